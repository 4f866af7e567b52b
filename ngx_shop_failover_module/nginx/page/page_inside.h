
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


/* a request from the word of the gate to what is sent */
typedef struct {
    ngx_shop_gate_why_e          why;        /* NOT: the public status */
    ngx_shop_choice_asked_t      asked;
    ngx_shop_render_variant_t    variant;
    ngx_shop_rendering_t        *rendering;
} ngx_shop_page_t;


/*
 * The way of all that is answered here, from any entrance: choice, rendering,
 * send.  next is the header filter to go on with, or NULL in the phase handler:
 * then the page goes through all filters, as any answer.
 */
ngx_int_t ngx_shop_page_answer(ngx_http_request_t *r, ngx_shop_gate_why_e why,
    ngx_http_output_header_filter_pt next);

/* page->variant, of page->why and page->asked */
void ngx_shop_page_choose(ngx_http_request_t *r, ngx_shop_page_t *page);

/* which page a visitor of a site is shown for that reason; a _view_e */
ngx_uint_t ngx_shop_page_choose_state(ngx_shop_conf_main_t *smcf,
    ngx_shop_model_site_t *site, ngx_shop_gate_why_e why);

/* when the visitor is let in while others are, Unix minutes; or 0 */
int64_t ngx_shop_page_choose_turn(ngx_http_request_t *r,
    ngx_shop_render_variant_t *variant);

/*
 * Whether a server may have seen the request: then nobody can tell.  Of a try
 * that is not over yet the bytes are noted nowhere but in its connection.
 */
ngx_uint_t ngx_shop_page_choose_sent(ngx_http_request_t *r);

/* whether the public status is asked for, or its feed */
ngx_uint_t ngx_shop_page_poll_asked(ngx_str_t *uri, ngx_shop_conf_loc_t *slcf);

/* the same of the public status: what the page that asks would be now */
void ngx_shop_page_poll(ngx_http_request_t *r, ngx_shop_page_t *page);

/* headers and body of the rendering */
ngx_int_t ngx_shop_page_send(ngx_http_request_t *r, ngx_shop_page_t *page,
    ngx_http_output_header_filter_pt next);

/* NGX_DECLINED: it is no preflight, or of an origin that is not listed */
ngx_int_t ngx_shop_page_send_preflight(ngx_http_request_t *r,
    ngx_shop_page_t *page, ngx_http_output_header_filter_pt next);

/* that the visitor got it: for $shop_fallback, and in the site's counters */
void ngx_shop_page_send_note(ngx_http_request_t *r, ngx_shop_page_t *page);


#endif /* _NGX_SHOP_PAGE_INSIDE_H_INCLUDED_ */
