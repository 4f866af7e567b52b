
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * The headers of the page, and what the request's headers ask for.
 */


#ifndef _NGX_SHOP_FAILOVER_HEADERS_H_INCLUDED_
#define _NGX_SHOP_FAILOVER_HEADERS_H_INCLUDED_


#include "nginx/choice.h"
#include "nginx/render.h"


/* one pass over the request's headers */
void ngx_shop_failover_headers_read(ngx_http_request_t *r,
    ngx_shop_failover_asked_t *asked);

/* forgets what an answer had so far, and sets status, type and length */
void ngx_shop_failover_headers_begin(ngx_http_request_t *r, ngx_uint_t status,
    ngx_shop_failover_rendering_t *rendering);

/* all headers of the 503; NGX_ERROR: no memory */
ngx_int_t ngx_shop_failover_headers_closed(ngx_http_request_t *r,
    ngx_shop_failover_variant_t *variant,
    ngx_shop_failover_rendering_t *rendering,
    ngx_shop_failover_asked_t *asked);

/* those of the public status */
ngx_int_t ngx_shop_failover_headers_public(ngx_http_request_t *r,
    ngx_shop_failover_rendering_t *rendering,
    ngx_shop_failover_asked_t *asked);

/*
 * NGX_OK: the answer of a preflight is set; NGX_DECLINED: it is none, or of an
 * origin that is not listed.
 */
ngx_int_t ngx_shop_failover_headers_preflight(ngx_http_request_t *r,
    ngx_shop_failover_asked_t *asked);


#endif /* _NGX_SHOP_FAILOVER_HEADERS_H_INCLUDED_ */
