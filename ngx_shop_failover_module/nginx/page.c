
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * The closed shop.  The phase handler and the header filter both end in
 * page_send(); what is sent was rendered once, per worker and change of the
 * board.
 */


#include "nginx/page.h"
#include "nginx/gate.h"
#include "nginx/render.h"

#include "logic/times.h"


static ngx_uint_t ngx_shop_failover_page_ours(ngx_http_request_t *r,
    ngx_shop_failover_loc_conf_t *slcf);
static ngx_shop_failover_why_e ngx_shop_failover_page_failed(
    ngx_http_request_t *r);
static ngx_int_t ngx_shop_failover_page_send(ngx_http_request_t *r,
    ngx_shop_failover_why_e why, ngx_http_output_header_filter_pt next);
static void ngx_shop_failover_page_variant(ngx_http_request_t *r,
    ngx_shop_failover_variant_t *variant);
static ngx_str_t ngx_shop_failover_page_header(ngx_http_request_t *r,
    ngx_str_t *name);
static ngx_int_t ngx_shop_failover_page_headers(ngx_http_request_t *r,
    ngx_shop_failover_board_view_t *view,
    ngx_shop_failover_rendering_t *rendering, ngx_shop_failover_why_e why);
static ngx_int_t ngx_shop_failover_page_add(ngx_http_request_t *r,
    const char *name, ngx_str_t *value);


ngx_int_t
ngx_shop_failover_page_handler(ngx_http_request_t *r)
{
    ngx_int_t                       rc;
    ngx_shop_failover_why_e         why;
    ngx_shop_failover_loc_conf_t   *slcf;
    ngx_shop_failover_main_conf_t  *smcf;

    smcf = ngx_http_get_module_main_conf(r, ngx_shop_failover_module);
    slcf = ngx_http_get_module_loc_conf(r, ngx_shop_failover_module);

    why = ngx_shop_failover_gate_ask(r, smcf, slcf);

    if (why == NGX_SHOP_FAILOVER_WHY_NOT) {
        return NGX_DECLINED;
    }

    rc = ngx_http_discard_request_body(r);

    if (rc == NGX_OK) {
        rc = ngx_shop_failover_page_send(r, why, NULL);
    }

    ngx_http_finalize_request(r, rc);

    return NGX_DONE;
}


ngx_int_t
ngx_shop_failover_page_replace(ngx_http_request_t *r,
    ngx_http_output_header_filter_pt next)
{
    ngx_shop_failover_loc_conf_t  *slcf;

    if (r != r->main || r->upstream == NULL
        || (r->headers_out.status != NGX_HTTP_BAD_GATEWAY
            && r->headers_out.status != NGX_HTTP_GATEWAY_TIME_OUT))
    {
        return NGX_DECLINED;
    }

    slcf = ngx_http_get_module_loc_conf(r, ngx_shop_failover_module);

    if (!slcf->fallback || !ngx_shop_failover_page_ours(r, slcf)) {
        return NGX_DECLINED;
    }

    return ngx_shop_failover_page_send(r, ngx_shop_failover_page_failed(r),
                                       next);
}


/*
 * nginx's own 502 or 504 comes out of special_response with err_status set;
 * the shop's own answer has none.  And it is ours only in the location that
 * proxied: after an error_page redirect the operator's own page is on its way.
 * The upstream configuration is the first member of the location
 * configuration of every proxying module (ngx_http_proxy_loc_conf_t and its
 * like in src/http/modules).
 */

static ngx_uint_t
ngx_shop_failover_page_ours(ngx_http_request_t *r,
    ngx_shop_failover_loc_conf_t *slcf)
{
    ngx_uint_t  i;

    if (r->err_status != r->headers_out.status) {
        return 0;
    }

    for (i = 0; i < ngx_http_max_module; i++) {
        if (r->loc_conf[i] == r->upstream->conf) {
            return 1;
        }
    }

    return 0;
}


/* whether a server may have seen the request: then nobody can tell */

static ngx_shop_failover_why_e
ngx_shop_failover_page_failed(ngx_http_request_t *r)
{
    ngx_uint_t                   i;
    ngx_http_upstream_state_t   *state;

    if (r->upstream_states) {
        state = r->upstream_states->elts;

        for (i = 0; i < r->upstream_states->nelts; i++) {
            if (state[i].bytes_sent > 0) {
                return NGX_SHOP_FAILOVER_WHY_SENT;
            }
        }
    }

    return NGX_SHOP_FAILOVER_WHY_UNSENT;
}


/*
 * next is the header filter to go on with, or NULL in the phase handler: then
 * the page goes through all filters, as any answer.
 *
 * In the header filter header and body are sent from here, and header_only
 * makes the caller stop: ngx_http_send_special_response() and
 * ngx_http_upstream_send_response() send no body after it.
 */

static ngx_int_t
ngx_shop_failover_page_send(ngx_http_request_t *r,
    ngx_shop_failover_why_e why, ngx_http_output_header_filter_pt next)
{
    ngx_buf_t                       *b;
    ngx_int_t                        rc;
    ngx_chain_t                      out;
    ngx_shop_failover_variant_t      variant;
    ngx_shop_failover_rendering_t    rendering;
    ngx_shop_failover_loc_conf_t    *slcf;
    ngx_shop_failover_main_conf_t   *smcf;
    ngx_shop_failover_board_view_t  *view;

    smcf = ngx_http_get_module_main_conf(r, ngx_shop_failover_module);
    slcf = ngx_http_get_module_loc_conf(r, ngx_shop_failover_module);

    view = ngx_palloc(r->pool, sizeof(ngx_shop_failover_board_view_t));
    if (view == NULL) {
        return NGX_ERROR;
    }

    ngx_shop_failover_board_view(&smcf->zone,
                                 ngx_shop_failover_conf_site(smcf, slcf),
                                 view);

    variant.why = why;
    ngx_shop_failover_page_variant(r, &variant);

    if (ngx_shop_failover_render(r->pool, view, &variant, &rendering)
        != NGX_OK
        || ngx_shop_failover_page_headers(r, view, &rendering, why) != NGX_OK)
    {
        return NGX_ERROR;
    }

    rc = next ? next(r) : ngx_http_send_header(r);

    if (rc == NGX_ERROR || rc > NGX_OK || r->header_only) {
        return rc;
    }

    b = ngx_calloc_buf(r->pool);
    if (b == NULL) {
        return NGX_ERROR;
    }

    b->pos = rendering.body.data;
    b->last = b->pos + rendering.body.len;
    b->memory = rendering.body.len ? 1 : 0;
    b->last_buf = 1;
    b->last_in_chain = 1;

    out.buf = b;
    out.next = NULL;

    rc = ngx_http_output_filter(r, &out);

    if (next) {
        r->header_only = 1;
    }

    return rc;
}


static void
ngx_shop_failover_page_variant(ngx_http_request_t *r,
    ngx_shop_failover_variant_t *variant)
{
    ngx_str_t         accept, dest;
    static ngx_str_t  accept_name = ngx_string("accept");
    static ngx_str_t  dest_name = ngx_string("sec-fetch-dest");

    accept = ngx_shop_failover_page_header(r, &accept_name);
    dest = ngx_shop_failover_page_header(r, &dest_name);

    variant->kind = ngx_shop_failover_negotiate_kind(
                                   (ngx_shop_failover_str_t *) &accept,
                                   (ngx_shop_failover_str_t *) &dest,
                                   (ngx_shop_failover_str_t *) &r->uri);
}


/* a request header by its lower-case name; several lines are not joined */

static ngx_str_t
ngx_shop_failover_page_header(ngx_http_request_t *r, ngx_str_t *name)
{
    ngx_str_t         none = ngx_null_string;
    ngx_uint_t        i;
    ngx_list_part_t  *part;
    ngx_table_elt_t  *h;

    part = &r->headers_in.headers.part;
    h = part->elts;

    for (i = 0; /* void */ ; i++) {

        if (i >= part->nelts) {
            if (part->next == NULL) {
                return none;
            }

            part = part->next;
            h = part->elts;
            i = 0;
        }

        if (h[i].key.len == name->len
            && ngx_strncmp(h[i].lowcase_key, name->data, name->len) == 0)
        {
            return h[i].value;
        }
    }
}


static ngx_int_t
ngx_shop_failover_page_headers(ngx_http_request_t *r,
    ngx_shop_failover_board_view_t *view,
    ngx_shop_failover_rendering_t *rendering, ngx_shop_failover_why_e why)
{
    u_char     *p;
    int64_t     retry;
    ngx_str_t   value;

    ngx_http_clear_content_length(r);
    ngx_http_clear_accept_ranges(r);
    ngx_http_clear_last_modified(r);
    ngx_http_clear_etag(r);
    ngx_http_clear_location(r);

    if (r->headers_out.content_encoding) {
        r->headers_out.content_encoding->hash = 0;
        r->headers_out.content_encoding = NULL;
    }

    r->headers_out.charset.len = 0;
    r->headers_out.status_line.len = 0;
    r->headers_out.status = NGX_HTTP_SERVICE_UNAVAILABLE;

    /* or $status and the access log would keep what it was */

    r->err_status = NGX_HTTP_SERVICE_UNAVAILABLE;

    r->headers_out.content_type = rendering->type;
    r->headers_out.content_type_len = rendering->type.len;
    r->headers_out.content_type_lowcase = NULL;
    r->headers_out.content_length_n = rendering->body.len;

    r->disable_not_modified = 1;
    r->allow_ranges = 0;

    retry = ngx_shop_failover_times_retry_after(view->notice.eta.at,
                                                ngx_shop_failover_now(), 120,
                                                30, 3600,
                                                (uint32_t) ngx_random());

    p = ngx_pnalloc(r->pool, NGX_INT64_LEN);
    if (p == NULL) {
        return NGX_ERROR;
    }

    value.data = p;
    value.len = ngx_sprintf(p, "%L", retry) - p;

    if (ngx_shop_failover_page_add(r, "Retry-After", &value) != NGX_OK) {
        return NGX_ERROR;
    }

    ngx_str_set(&value, "no-store");

    return ngx_shop_failover_page_add(r, "Cache-Control", &value);
}


static ngx_int_t
ngx_shop_failover_page_add(ngx_http_request_t *r, const char *name,
    ngx_str_t *value)
{
    ngx_table_elt_t  *h;

    h = ngx_list_push(&r->headers_out.headers);
    if (h == NULL) {
        return NGX_ERROR;
    }

    ngx_memzero(h, sizeof(ngx_table_elt_t));

    h->hash = 1;
    h->key.data = (u_char *) name;
    h->key.len = ngx_strlen(name);
    h->value = *value;

    return NGX_OK;
}
