
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * The closed shop: two entrances, one exit.
 */


#ifndef _NGX_SHOP_PAGE_H_INCLUDED_
#define _NGX_SHOP_PAGE_H_INCLUDED_


#include "nginx/conf.h"


/* the phase handler: before the proxy, where the flag closes the shop */
ngx_int_t ngx_shop_page_handler(ngx_http_request_t *r);

/*
 * Before any location is looked for: the public status, whatever locations
 * and limits say.
 */
ngx_int_t ngx_shop_page_early_handler(ngx_http_request_t *r);

/*
 * The header filter's part, for nginx's own errors of a request that is not
 * proxied: limit_req and limit_conn.  Returns as page_error_replace().
 */
ngx_int_t ngx_shop_page_error_limited(ngx_http_request_t *r,
    ngx_http_output_header_filter_pt next);

/* of an answer below 400, too: counts where error_page stands in for ours */
void ngx_shop_page_error_stood_in(ngx_http_request_t *r);

/*
 * The header filter's part, for errors of a request that was proxied (status
 * 400 and above, r->upstream is set).  NGX_DECLINED: not ours, go on with the
 * next filter; anything else is the result of sending the page.
 */
ngx_int_t ngx_shop_page_error_replace(ngx_http_request_t *r,
    ngx_http_output_header_filter_pt next);


#endif /* _NGX_SHOP_PAGE_H_INCLUDED_ */
