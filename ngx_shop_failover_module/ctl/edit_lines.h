
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * The lines of a flag that is changed.
 */


#ifndef _NGX_SHOP_EDIT_LINES_H_INCLUDED_
#define _NGX_SHOP_EDIT_LINES_H_INCLUDED_


#include "ctl/store.h"
#include "logic/text/emit.h"


/* one change of a flag */
typedef struct {
    const ngx_shop_options_t  *o;
    ngx_shop_store_t           store;
    ngx_shop_flag_notice_t     was;      /* of the file as it is */
    ngx_shop_flag_notice_t     is;
    ngx_shop_emit_t            out;
    ngx_shop_options_given_t   news;     /* of "update TEXT" */
    int64_t                    now;
    ngx_shop_store_e           what;     /* "on" or "update" */
    unsigned                   surplus;  /* oldest updates to go */
    unsigned                   outage;   /* nobody serves, says nginx */
    const char                *who;      /* to be written; NULL: as it is */
    unsigned char              buf[2 * NGX_SHOP_FLAG_MAX_SIZE];
} ngx_shop_edit_t;


/* the lines that are there, but for those which an option replaces */
void ngx_shop_edit_lines_keep(ngx_shop_edit_t *e);

/* the line that an option asks for */
void ngx_shop_edit_lines_add(ngx_shop_edit_t *e,
    const ngx_shop_options_given_t *given);

/* "key: value" */
void ngx_shop_edit_lines_line(ngx_shop_edit_t *e, const char *key, int len,
    const ngx_shop_str_t *value);

/* an option of shopctl, and not a key of the file */
int ngx_shop_edit_lines_is_ours(const ngx_shop_options_given_t *given);

/* the time of a key that has one, as a notice has it; else NULL */
const ngx_shop_flag_time_t *ngx_shop_edit_lines_is_time(
    const ngx_shop_flag_notice_t *notice, const char *key, size_t len);

ngx_shop_str_t ngx_shop_edit_lines_str(const char *text);

/* keys are compared without regard to case */
int ngx_shop_edit_lines_same(const ngx_shop_str_t *a, const char *b,
    size_t len);


#endif /* _NGX_SHOP_EDIT_LINES_H_INCLUDED_ */
