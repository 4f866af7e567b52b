
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * What the files of the page know of each other; nobody else includes this.
 */


#ifndef _NGX_SHOP_PAGE_INSIDE_H_INCLUDED_
#define _NGX_SHOP_PAGE_INSIDE_H_INCLUDED_


#include "nginx/page/choice.h"
#include "nginx/page/render.h"
#include "nginx/gate/gate.h"


/*
 * next is the header filter to go on with, or NULL in the phase handler: then
 * the page goes through all filters, as any answer.
 */
ngx_int_t ngx_shop_page_send(ngx_http_request_t *r, ngx_shop_gate_why_e why,
    ngx_shop_choice_asked_t *asked, ngx_http_output_header_filter_pt next);

/* counts the page for the site, by its reason and form */
void ngx_shop_page_send_count(ngx_shop_conf_main_t *smcf,
    ngx_shop_gate_why_e why, ngx_shop_render_variant_t *variant);

ngx_int_t ngx_shop_page_send_body(ngx_http_request_t *r,
    ngx_shop_rendering_t *rendering);

/* the public status: what the waiting page asks */
ngx_int_t ngx_shop_page_poll(ngx_http_request_t *r);

void ngx_shop_page_variant(ngx_http_request_t *r, ngx_shop_gate_why_e why,
    ngx_shop_choice_asked_t *asked, ngx_shop_render_variant_t *variant);

/* which page a visitor of a site is shown for that reason; a _view_e */
ngx_uint_t ngx_shop_page_variant_state(ngx_shop_conf_main_t *smcf,
    ngx_shop_model_site_t *site, ngx_shop_gate_why_e why);

/*
 * Whether a server may have seen the request: then nobody can tell.  Of a try
 * that is not over yet the bytes are noted nowhere but in its connection.
 */
ngx_uint_t ngx_shop_page_variant_sent(ngx_http_request_t *r);


#endif /* _NGX_SHOP_PAGE_INSIDE_H_INCLUDED_ */
