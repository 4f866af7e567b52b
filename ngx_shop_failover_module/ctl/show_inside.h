
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * What the files of show know of each other; nobody else includes this.
 */


#ifndef _NGX_SHOP_SHOW_INSIDE_H_INCLUDED_
#define _NGX_SHOP_SHOW_INSIDE_H_INCLUDED_


#include "ctl/show.h"


/* what "check" knows of a flag while its files are shown */
typedef struct {
    const char       *flag;
    int64_t           now;
    int               rc;       /* the largest exit code of all files */
    ngx_shop_emit_t  *json;     /* NULL: for a person */
} ngx_shop_show_t;


/* what one file says; the exit code */
int ngx_shop_show_notice(ngx_shop_show_t *show, const char *path,
    const ngx_shop_flag_notice_t *n);


#endif /* _NGX_SHOP_SHOW_INSIDE_H_INCLUDED_ */
