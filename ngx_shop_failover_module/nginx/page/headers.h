
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * The headers of the page, and what the request's headers ask for.
 */


#ifndef _NGX_SHOP_HEADERS_H_INCLUDED_
#define _NGX_SHOP_HEADERS_H_INCLUDED_


#include "nginx/page/choice.h"
#include "nginx/page/render.h"


/* one pass over the request's headers */
void ngx_shop_headers_read(ngx_http_request_t *r,
    ngx_shop_choice_asked_t *asked);

/* forgets what an answer had so far, and sets status, type and length */
void ngx_shop_headers_begin(ngx_http_request_t *r, ngx_uint_t status,
    ngx_shop_rendering_t *rendering);

/* all headers of the 503; NGX_ERROR: no memory */
ngx_int_t ngx_shop_headers_closed(ngx_http_request_t *r,
    ngx_shop_render_variant_t *variant, ngx_shop_rendering_t *rendering,
    ngx_shop_choice_asked_t *asked);

/* those of the public status */
ngx_int_t ngx_shop_headers_public(ngx_http_request_t *r,
    ngx_shop_render_variant_t *variant, ngx_shop_rendering_t *rendering,
    ngx_shop_choice_asked_t *asked);

/*
 * NGX_OK: the answer of a preflight is set; NGX_DECLINED: it is none, or of an
 * origin that is not listed.
 */
ngx_int_t ngx_shop_headers_preflight(ngx_http_request_t *r,
    ngx_shop_choice_asked_t *asked);


#endif /* _NGX_SHOP_HEADERS_H_INCLUDED_ */
