
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * The one exit: a page is chosen, rendered or found, counted and sent.
 */


#include "nginx/page/page_inside.h"
#include "nginx/page/headers.h"

#include "state/counters.h"


/*
 * In the header filter header and body are sent from here, and header_only
 * makes the caller stop: ngx_http_send_special_response() and
 * ngx_http_upstream_send_response() send no body after it.
 */

ngx_int_t
ngx_shop_page_send(ngx_http_request_t *r, ngx_shop_gate_why_e why,
    ngx_shop_choice_asked_t *asked, ngx_http_output_header_filter_pt next)
{
    ngx_int_t                   rc;
    ngx_shop_conf_loc_t        *slcf;
    ngx_shop_conf_main_t       *smcf;
    ngx_shop_rendering_t       *rendering;
    ngx_shop_render_variant_t   variant;

    slcf = ngx_http_get_module_loc_conf(r, ngx_shop_failover_module);
    ngx_shop_conf_bare(r, slcf);

    rc = ngx_shop_headers_preflight(r, asked);

    if (rc == NGX_OK) {

        /* a 204: the core's header filters set header_only */

        return next ? next(r) : ngx_http_send_header(r);
    }

    if (rc != NGX_DECLINED) {
        return rc;
    }

    smcf = ngx_http_get_module_main_conf(r, ngx_shop_failover_module);

    ngx_shop_conf_explain(r, ngx_shop_gate_why(why));
    ngx_shop_page_variant(r, why, asked, &variant);

    rendering = ngx_shop_render_get(smcf, &variant, r->pool);

    if (rendering == NULL
        || ngx_shop_headers_closed(r, &variant, rendering, asked)
           != NGX_OK)
    {
        return NGX_ERROR;
    }

    ngx_shop_page_send_count(smcf, why, &variant);

    rc = next ? next(r) : ngx_http_send_header(r);

    if (rc == NGX_ERROR || rc > NGX_OK || r->header_only) {
        return rc;
    }

    rc = ngx_shop_page_send_body(r, rendering);

    if (next) {
        r->header_only = 1;
    }

    return rc;
}


void
ngx_shop_page_send_count(ngx_shop_conf_main_t *smcf, ngx_shop_gate_why_e why,
    ngx_shop_render_variant_t *variant)
{
    ngx_shop_counters_turned_t  turned;

    turned.why = why;
    turned.kind = variant->kind;
    turned.sent = (variant->post == NGX_SHOP_VIEW_UNKNOWN);
    turned.class = variant->slcf->class;

    ngx_shop_counters_page(&smcf->zone, variant->site, &turned);
}


ngx_int_t
ngx_shop_page_send_body(ngx_http_request_t *r,
    ngx_shop_rendering_t *rendering)
{
    ngx_buf_t    *b;
    ngx_chain_t   out;

    b = ngx_calloc_buf(r->pool);
    if (b == NULL) {
        return NGX_ERROR;
    }

    b->pos = rendering->body.data;
    b->last = b->pos + rendering->body.len;
    b->memory = rendering->body.len ? 1 : 0;
    b->last_buf = 1;
    b->last_in_chain = 1;

    out.buf = b;
    out.next = NULL;

    return ngx_http_output_filter(r, &out);
}
