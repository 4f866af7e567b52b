
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * One more header of an answer.
 */


#ifndef _NGX_SHOP_HEADER_H_INCLUDED_
#define _NGX_SHOP_HEADER_H_INCLUDED_


#include "nginx/compat.h"


/* name is a literal */
#define ngx_shop_header_add(r, name, value)                                  \
    ngx_shop_header_push(r, sizeof(name) - 1, name, value)

/* len is of name; both texts live as long as r.  NULL: no memory */
ngx_table_elt_t *ngx_shop_header_push(ngx_http_request_t *r, size_t len,
    const char *name, ngx_str_t *value);


#endif /* _NGX_SHOP_HEADER_H_INCLUDED_ */
