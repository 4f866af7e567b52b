
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * One more header of an answer.  Which one is for others to say.
 */


#include "nginx/header.h"


ngx_table_elt_t *
ngx_shop_header_push(ngx_http_request_t *r, size_t len, const char *name,
    ngx_str_t *value)
{
    ngx_table_elt_t  *h;

    h = ngx_list_push(&r->headers_out.headers);
    if (h == NULL) {
        return NULL;
    }

    /* "next" of 1.23 and later, too */

    ngx_memzero(h, sizeof(ngx_table_elt_t));

    h->hash = 1;
    h->key.data = (u_char *) name;
    h->key.len = len;
    h->value = *value;

    return h;
}
