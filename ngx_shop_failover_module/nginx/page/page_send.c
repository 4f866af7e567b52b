
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * The one exit: headers and body of a rendering, or of a preflight.
 */


#include "nginx/page/page_inside.h"
#include "nginx/page/headers.h"

#include "state/counters.h"


static ngx_int_t ngx_shop_page_send_body(ngx_http_request_t *r,
    ngx_shop_rendering_t *rendering);


ngx_int_t
ngx_shop_page_send_preflight(ngx_http_request_t *r, ngx_shop_page_t *page,
    ngx_http_output_header_filter_pt next)
{
    ngx_int_t  rc;

    rc = ngx_shop_headers_preflight(r, &page->asked);

    if (rc != NGX_OK) {
        return rc;
    }

    /* a 204: the core's header filters set header_only */

    return next ? next(r) : ngx_http_send_header(r);
}


/*
 * In the header filter header and body are sent from here, and header_only
 * makes the caller stop: ngx_http_send_special_response() and
 * ngx_http_upstream_send_response() send no body after it.
 */

ngx_int_t
ngx_shop_page_send(ngx_http_request_t *r, ngx_shop_page_t *page,
    ngx_http_output_header_filter_pt next)
{
    ngx_int_t  rc;

    if (page->why == NGX_SHOP_GATE_WHY_NOT) {
        rc = ngx_shop_headers_public(r, &page->variant, page->rendering,
                                     &page->asked);

    } else {
        rc = ngx_shop_headers_closed(r, &page->variant, page->rendering,
                                     &page->asked);
    }

    if (rc != NGX_OK) {
        return rc;
    }

    if (page->why != NGX_SHOP_GATE_WHY_NOT) {
        ngx_shop_page_send_note(r, page);
    }

    rc = next ? next(r) : ngx_http_send_header(r);

    if (rc == NGX_ERROR || rc > NGX_OK || r->header_only) {
        return rc;
    }

    rc = ngx_shop_page_send_body(r, page->rendering);

    if (next) {
        r->header_only = 1;
    }

    return rc;
}


void
ngx_shop_page_send_note(ngx_http_request_t *r, ngx_shop_page_t *page)
{
    ngx_shop_conf_main_t       *smcf;
    ngx_shop_counters_turned_t  turned;

    smcf = ngx_http_get_module_main_conf(r, ngx_shop_failover_module);

    ngx_shop_conf_explain(r, ngx_shop_gate_why(page->why));

    turned.why = page->why;
    turned.kind = page->variant.kind;
    turned.sent = (page->variant.post == NGX_SHOP_VIEW_UNKNOWN);
    turned.class = page->variant.slcf->class;

    ngx_shop_counters_page(&smcf->zone, page->variant.site, &turned);
}


static ngx_int_t
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
