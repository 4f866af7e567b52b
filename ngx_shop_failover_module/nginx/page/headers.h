
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * The headers of what is sent: the page, the public status, a preflight.
 */


#ifndef _NGX_SHOP_HEADERS_H_INCLUDED_
#define _NGX_SHOP_HEADERS_H_INCLUDED_


#include "nginx/page/choice.h"
#include "nginx/page/render.h"


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
