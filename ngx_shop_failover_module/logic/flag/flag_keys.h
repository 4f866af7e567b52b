
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * The keys of the flag file: what each value means for the notice, and the
 * warnings about it.  Private to the parser of the file (flag); does not know
 * lines, nor how bytes became text.
 */


#ifndef _NGX_SHOP_FLAG_KEYS_H_INCLUDED_
#define _NGX_SHOP_FLAG_KEYS_H_INCLUDED_


#include "logic/flag/flag.h"


/* in the order of the table of texts; the reasons of times follow */
typedef enum {
    NGX_SHOP_FLAG_KEYS_UNKNOWN = 0,
    NGX_SHOP_FLAG_KEYS_NO_COLON,
    NGX_SHOP_FLAG_KEYS_NO_VALUE,
    NGX_SHOP_FLAG_KEYS_AGAIN,
    NGX_SHOP_FLAG_KEYS_TOO_LONG,
    NGX_SHOP_FLAG_KEYS_ENCODING,
    NGX_SHOP_FLAG_KEYS_CONTROL,
    NGX_SHOP_FLAG_KEYS_BAD_LANG,
    NGX_SHOP_FLAG_KEYS_BAD_MODE,
    NGX_SHOP_FLAG_KEYS_BAD_PATH,
    NGX_SHOP_FLAG_KEYS_BAD_END,
    NGX_SHOP_FLAG_KEYS_BAD_CLOCK,
    NGX_SHOP_FLAG_KEYS_MANY_LANGS,
    NGX_SHOP_FLAG_KEYS_MANY_CONTACTS,
    NGX_SHOP_FLAG_KEYS_MANY_UPDATES,
    NGX_SHOP_FLAG_KEYS_MANY_PATHS,
    NGX_SHOP_FLAG_KEYS_PATH_ARGUMENTS,
    NGX_SHOP_FLAG_KEYS_PATH_ESCAPE,
    NGX_SHOP_FLAG_KEYS_PATH_ABOVE,
    NGX_SHOP_FLAG_KEYS_BAD_HOST,
    NGX_SHOP_FLAG_KEYS_HOST_PORT,
    NGX_SHOP_FLAG_KEYS_HOST_STAR,
    NGX_SHOP_FLAG_KEYS_MANY_HOSTS,
    NGX_SHOP_FLAG_KEYS_NO_HOST,
    NGX_SHOP_FLAG_KEYS_START_TWICE,
    NGX_SHOP_FLAG_KEYS_START_NEVER,
    NGX_SHOP_FLAG_KEYS_NREASONS
} ngx_shop_flag_keys_reason_e;


typedef struct {
    ngx_shop_flag_notice_t           *notice;
    const ngx_shop_flag_notice_t     *prev;     /* or NULL */
    int64_t                           anchor;   /* Unix seconds */
    uint32_t                          seen;     /* a bit a row of keys */
    uint16_t                          line;     /* from 1 */
} ngx_shop_flag_keys_ctx_t;


typedef struct ngx_shop_flag_keys_row_s  ngx_shop_flag_keys_row_t;


/* the row of a key; NULL: there is no such key ("status.de" is none) */
const ngx_shop_flag_keys_row_t *ngx_shop_flag_keys_find(
    const ngx_shop_str_t *name);

/* a line "name: value"; both trimmed, value may be empty */
void ngx_shop_flag_keys_set(ngx_shop_flag_keys_ctx_t *ctx,
    const ngx_shop_flag_keys_row_t *row, ngx_shop_span_t name,
    ngx_shop_span_t value);

/* _flag_said_e of a key that may have a language, or NONE */
unsigned ngx_shop_flag_keys_said(const ngx_shop_flag_keys_row_t *row);

/* a line of a key (or of none: NULL) that has no colon */
void ngx_shop_flag_keys_refuse(ngx_shop_flag_keys_ctx_t *ctx,
    const ngx_shop_flag_keys_row_t *row, ngx_shop_span_t line);

/* a text as it is kept, with the warnings that it earns */
ngx_shop_span_t ngx_shop_flag_keys_value(ngx_shop_flag_keys_ctx_t *ctx,
    ngx_shop_span_t value);

/* takes "HH:MM " or "[HH:MM]" off the begin of an update; len 0: none there */
ngx_shop_span_t ngx_shop_flag_keys_update_clock(ngx_shop_flag_keys_ctx_t *ctx,
    ngx_shop_span_t *value);

/* a new update; the oldest goes where there is no room */
ngx_shop_flag_update_t *ngx_shop_flag_keys_update(
    ngx_shop_flag_keys_ctx_t *ctx, ngx_shop_span_t clock,
    ngx_shop_span_t text);

void ngx_shop_flag_keys_reason_warn(ngx_shop_flag_keys_ctx_t *ctx,
    unsigned reason,
    ngx_shop_span_t what);

const char *ngx_shop_flag_keys_reason(unsigned reason);

/* the reason of which times says so in words */
unsigned ngx_shop_flag_keys_reason_times(const char *text);


#endif /* _NGX_SHOP_FLAG_KEYS_H_INCLUDED_ */
