
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * The closed shop.  The phase handler and the header filter both end in
 * page_send(); what is sent was rendered once, per worker and change of the
 * board.
 */


#include "nginx/page/page.h"
#include "nginx/page/choice.h"
#include "nginx/gate/gate.h"
#include "nginx/page/headers.h"
#include "nginx/page/render.h"

#include "state/counters.h"


static ngx_uint_t ngx_shop_page_early(ngx_http_request_t *r);
static ngx_int_t ngx_shop_page_go(ngx_http_request_t *r,
    ngx_shop_gate_why_e why);
static void ngx_shop_page_again(ngx_http_request_t *r);
static ngx_int_t ngx_shop_page_answer(ngx_http_request_t *r,
    ngx_shop_gate_why_e why);
static ngx_uint_t ngx_shop_page_ours(ngx_http_request_t *r,
    ngx_shop_conf_loc_t *slcf);
static ngx_uint_t ngx_shop_page_failed(ngx_http_request_t *r,
    ngx_shop_conf_loc_t *slcf);
static ngx_uint_t ngx_shop_page_copied(ngx_http_request_t *r,
    ngx_shop_conf_loc_t *slcf);
static ngx_uint_t ngx_shop_page_listed(ngx_array_t *codes, ngx_uint_t status);
static ngx_uint_t ngx_shop_page_intercepted(ngx_shop_conf_loc_t *slcf,
    ngx_uint_t status);
static ngx_uint_t ngx_shop_page_sent(ngx_http_request_t *r);
static ngx_uint_t ngx_shop_page_asks(ngx_http_request_t *r);
static ngx_int_t ngx_shop_page_send(ngx_http_request_t *r,
    ngx_shop_gate_why_e why, ngx_shop_choice_asked_t *asked,
    ngx_http_output_header_filter_pt next);
static void ngx_shop_page_variant(ngx_http_request_t *r,
    ngx_shop_gate_why_e why, ngx_shop_choice_asked_t *asked,
    ngx_shop_render_variant_t *variant);
static ngx_uint_t ngx_shop_page_state(ngx_shop_conf_main_t *smcf,
    ngx_shop_model_site_t *site, ngx_shop_gate_why_e why);
static ngx_uint_t ngx_shop_page_closed(ngx_shop_conf_main_t *smcf,
    ngx_shop_model_site_t *site);
static ngx_int_t ngx_shop_page_poll(ngx_http_request_t *r);
static void ngx_shop_page_polled(ngx_http_request_t *r,
    ngx_shop_render_variant_t *variant);
static void ngx_shop_page_count(ngx_shop_conf_main_t *smcf,
    ngx_shop_gate_why_e why, ngx_shop_render_variant_t *variant);
static ngx_int_t ngx_shop_page_body(ngx_http_request_t *r,
    ngx_shop_rendering_t *rendering);


/*
 * By r->uri, which nobody has rewritten yet; what comes back here by a
 * redirect has a location of its own.
 */

ngx_int_t
ngx_shop_page_early_handler(ngx_http_request_t *r)
{
    ngx_shop_conf_loc_t  *slcf;
    ngx_shop_conf_srv_t  *sscf;

    if (r->internal) {
        return NGX_DECLINED;
    }

    sscf = ngx_http_get_module_srv_conf(r, ngx_shop_failover_module);
    slcf = sscf->early;

    if (slcf == NULL || sscf->many || r->uri.len != slcf->polled.len
        || ngx_memcmp(r->uri.data, slcf->polled.data, r->uri.len) != 0)
    {
        return NGX_DECLINED;
    }

    ngx_shop_conf_bare(r, slcf);

    return ngx_shop_page_go(r, NGX_SHOP_GATE_WHY_NOT);
}


ngx_int_t
ngx_shop_page_handler(ngx_http_request_t *r)
{
    ngx_shop_gate_why_e    why;
    ngx_shop_conf_loc_t   *slcf;
    ngx_shop_conf_main_t  *smcf;

    smcf = ngx_http_get_module_main_conf(r, ngx_shop_failover_module);
    slcf = ngx_http_get_module_loc_conf(r, ngx_shop_failover_module);

    if (r->uri.len == slcf->polled.len
        && ngx_memcmp(r->uri.data, slcf->polled.data, r->uri.len) == 0)
    {
        why = NGX_SHOP_GATE_WHY_NOT;

    } else {
        why = ngx_shop_gate_ask(r, smcf, slcf);

        if (why == NGX_SHOP_GATE_WHY_NOT) {
            return NGX_DECLINED;
        }
    }

    return ngx_shop_page_go(r, why);
}


/* NOT: the public status */

static ngx_int_t
ngx_shop_page_go(ngx_http_request_t *r, ngx_shop_gate_why_e why)
{
    ngx_int_t  rc;

    if (ngx_shop_page_early(r)) {
        rc = ngx_http_read_client_request_body(r, ngx_shop_page_again);

        if (rc >= NGX_HTTP_SPECIAL_RESPONSE) {
            return rc;
        }

        ngx_http_finalize_request(r, NGX_DONE);

        return NGX_DONE;
    }

    /* a body that nobody wants is not asked for, as in special_response */

    r->expect_tested = 1;

    rc = ngx_http_discard_request_body(r);

    if (rc == NGX_OK) {
        rc = (why == NGX_SHOP_GATE_WHY_NOT)
             ? ngx_shop_page_poll(r)
             : ngx_shop_page_answer(r, why);
    }

    ngx_http_finalize_request(r, rc);

    return NGX_DONE;
}


/*
 * Over HTTP/2 an answer that comes before the end of its request is followed
 * by RST_STREAM (RFC 9113, section 8.1; ngx_http_v2_close_stream()), and some
 * clients, curl 7.88 among them, then report an error and not the answer.  So
 * a short body is waited for; a long one would have to be sent in vain.
 */

static ngx_uint_t
ngx_shop_page_early(ngx_http_request_t *r)
{
    ngx_http_core_loc_conf_t  *clcf;

    if (!ngx_shop_compat_coming(r) || r->request_body) {
        return 0;
    }

    clcf = ngx_http_get_module_loc_conf(r, ngx_http_core_module);

    return r->headers_in.content_length_n > 0
           && r->headers_in.content_length_n
              <= (off_t) clcf->client_body_buffer_size;
}


/* as ngx_http_mirror_body_handler(): this phase once more, and those after */

static void
ngx_shop_page_again(ngx_http_request_t *r)
{
    r->write_event_handler = ngx_http_core_run_phases;
    ngx_http_core_run_phases(r);
}


static ngx_int_t
ngx_shop_page_answer(ngx_http_request_t *r, ngx_shop_gate_why_e why)
{
    ngx_shop_choice_asked_t  asked;

    ngx_shop_headers_read(r, &asked);

    return ngx_shop_page_send(r, why, &asked, NULL);
}


ngx_int_t
ngx_shop_page_replace(ngx_http_request_t *r,
    ngx_http_output_header_filter_pt next)
{
    ngx_shop_conf_loc_t       *slcf;
    ngx_shop_choice_asked_t    asked;

    if (r != r->main) {
        return NGX_DECLINED;
    }

    slcf = ngx_http_get_module_loc_conf(r, ngx_shop_failover_module);

    if (!slcf->falls_back || !ngx_shop_page_ours(r, slcf)) {
        return NGX_DECLINED;
    }

    ngx_shop_headers_read(r, &asked);

    return ngx_shop_page_send(r, ngx_shop_page_sent(r)
                                 ? NGX_SHOP_GATE_WHY_SENT
                                 : NGX_SHOP_GATE_WHY_UNSENT,
                              &asked, next);
}


/*
 * It is ours only in the location that proxied: after an error_page redirect
 * to a page of the operator's own that is on its way.  The upstream
 * configuration is the first member of the location configuration of every
 * proxying module (ngx_http_proxy_loc_conf_t and its like in src/http/modules).
 */

static ngx_uint_t
ngx_shop_page_ours(ngx_http_request_t *r, ngx_shop_conf_loc_t *slcf)
{
    ngx_uint_t  i;

    if (!ngx_shop_page_failed(r, slcf)) {
        return 0;
    }

    for (i = 0; i < ngx_http_max_module; i++) {
        if (r->loc_conf[i] == r->upstream->conf) {
            return 1;
        }
    }

    return 0;
}


/*
 * nginx's own 502 or 504 comes out of special_response once the upstream is
 * finalized.  Before that, and from the cache, it is a server that answers:
 * its page is replaced where "intercept" says so, and not where error_page has
 * fixed the status and asked a server for its page.
 */

static ngx_uint_t
ngx_shop_page_failed(ngx_http_request_t *r, ngx_shop_conf_loc_t *slcf)
{
    ngx_uint_t  status;

    status = r->headers_out.status;

    if (r->upstream->cleanup || ngx_shop_compat_cached(r)) {
        return r->err_status == 0
               && (ngx_shop_page_intercepted(slcf, status)
                   || (r->upstream->conf->intercept_errors
                       && ngx_shop_page_listed(slcf->behind, status)));
    }

    return r->err_status == status && !ngx_shop_page_copied(r, slcf)
           && (status == NGX_HTTP_BAD_GATEWAY
               || status == NGX_HTTP_GATEWAY_TIME_OUT);
}


static ngx_uint_t
ngx_shop_page_intercepted(ngx_shop_conf_loc_t *slcf, ngx_uint_t status)
{
    return ngx_shop_page_listed(slcf->intercept, status);
}


static ngx_uint_t
ngx_shop_page_listed(ngx_array_t *codes, ngx_uint_t status)
{
    ngx_uint_t  i, *code;

    if (codes == NULL) {
        return 0;
    }

    code = codes->elts;

    for (i = 0; i < codes->nelts; i++) {
        if (code[i] == status) {
            return 1;
        }
    }

    return 0;
}


/*
 * Whether a 502 or 504 is one that the cache remembers ("proxy_cache_valid
 * any", ngx_http_upstream_cache()): nobody was asked, and so it says nothing
 * of the shop, unless nobody serves.
 */

static ngx_uint_t
ngx_shop_page_copied(ngx_http_request_t *r, ngx_shop_conf_loc_t *slcf)
{
    ngx_shop_conf_main_t  *smcf;

    if (r->upstream_states && r->upstream_states->nelts) {
        return 0;
    }

    smcf = ngx_http_get_module_main_conf(r, ngx_shop_failover_module);

    return ngx_shop_board_state(&smcf->zone, ngx_shop_conf_site(slcf))
           != NGX_SHOP_SITE_OUTAGE;
}


/*
 * A request that limit_req or limit_conn has refused, in their phase: what
 * error_page sends in its place comes from a later one.
 */

ngx_int_t
ngx_shop_page_limited(ngx_http_request_t *r,
    ngx_http_output_header_filter_pt next)
{
    ngx_shop_conf_loc_t        *slcf;
    ngx_http_phase_handler_t   *ph;
    ngx_shop_choice_asked_t     asked;
    ngx_http_core_main_conf_t  *cmcf;

    slcf = ngx_http_get_module_loc_conf(r, ngx_shop_failover_module);

    if (r != r->main || !slcf->falls_back
        || r->err_status != r->headers_out.status
        || !ngx_shop_compat_limited(r)
        || !ngx_shop_page_intercepted(slcf, r->err_status))
    {
        return NGX_DECLINED;
    }

    cmcf = ngx_http_get_module_main_conf(r, ngx_http_core_module);
    ph = cmcf->phase_engine.handlers;

    if (ph[r->phase_handler].checker != ngx_http_core_generic_phase) {
        return NGX_DECLINED;
    }

    ngx_shop_headers_read(r, &asked);

    return ngx_shop_page_send(r, NGX_SHOP_GATE_WHY_BUSY, &asked, next);
}


/*
 * nginx's own 502 or 504 whose place another page takes: the upstream is over,
 * its last try failed, and what is sent is of another location or status.
 */

void
ngx_shop_page_stood_in(ngx_http_request_t *r)
{
    ngx_shop_conf_loc_t        *slcf;
    ngx_shop_conf_main_t       *smcf;
    ngx_shop_choice_asked_t     asked;
    ngx_http_upstream_state_t  *state;
    ngx_shop_render_variant_t   variant;

    slcf = ngx_http_get_module_loc_conf(r, ngx_shop_failover_module);

    if (r != r->main || !slcf->falls_back || r->upstream->cleanup
        || r->upstream_states == NULL || r->upstream_states->nelts == 0)
    {
        return;
    }

    state = r->upstream_states->elts;
    state += r->upstream_states->nelts - 1;

    if ((state->status != NGX_HTTP_BAD_GATEWAY
         && state->status != NGX_HTTP_GATEWAY_TIME_OUT)
        || (!r->internal && state->status == r->headers_out.status))
    {
        return;
    }

    smcf = ngx_http_get_module_main_conf(r, ngx_shop_failover_module);

    ngx_shop_headers_read(r, &asked);
    ngx_shop_conf_explain(r, ngx_shop_gate_why(NGX_SHOP_GATE_WHY_ERROR_PAGE));
    ngx_shop_page_variant(r, NGX_SHOP_GATE_WHY_ERROR_PAGE, &asked, &variant);
    ngx_shop_page_count(smcf, NGX_SHOP_GATE_WHY_ERROR_PAGE, &variant);
}


/*
 * Whether a server may have seen the request: then nobody can tell.  Of a try
 * that is not over yet the bytes are noted nowhere but in its connection.
 */

static ngx_uint_t
ngx_shop_page_sent(ngx_http_request_t *r)
{
    ngx_uint_t                  i;
    ngx_connection_t           *c;
    ngx_http_upstream_state_t  *state;

    if (r->upstream_states) {
        state = r->upstream_states->elts;

        for (i = 0; i < r->upstream_states->nelts; i++) {
            if (state[i].bytes_sent > 0) {
                return 1;
            }
        }
    }

    c = r->upstream ? r->upstream->peer.connection : NULL;

    return c && c->sent > 0;
}


/*
 * Whether the visitor only looked, and so may be led back by asking again: as
 * he sent it, for error_page and X-Accel-Redirect make a GET of a POST.
 */

static ngx_uint_t
ngx_shop_page_asks(ngx_http_request_t *r)
{
    ngx_str_t        *name;
    static ngx_str_t  names[] = {
        ngx_string("GET "),
        ngx_string("HEAD "),
        ngx_string("OPTIONS "),
        ngx_null_string
    };

    for (name = names; name->len; name++) {
        if (r->request_line.len >= name->len
            && ngx_strncmp(r->request_line.data, name->data, name->len) == 0)
        {
            return 1;
        }
    }

    return 0;
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

    ngx_shop_page_count(smcf, why, &variant);

    rc = next ? next(r) : ngx_http_send_header(r);

    if (rc == NGX_ERROR || rc > NGX_OK || r->header_only) {
        return rc;
    }

    rc = ngx_shop_page_body(r, rendering);

    if (next) {
        r->header_only = 1;
    }

    return rc;
}


static void
ngx_shop_page_count(ngx_shop_conf_main_t *smcf, ngx_shop_gate_why_e why,
    ngx_shop_render_variant_t *variant)
{
    ngx_shop_counters_turned_t  turned;

    turned.why = why;
    turned.kind = variant->kind;
    turned.sent = (variant->post == NGX_SHOP_VIEW_UNKNOWN);
    turned.class = variant->slcf->class;

    ngx_shop_counters_page(&smcf->zone, variant->site, &turned);
}


static ngx_int_t
ngx_shop_page_body(ngx_http_request_t *r, ngx_shop_rendering_t *rendering)
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


static void
ngx_shop_page_variant(ngx_http_request_t *r, ngx_shop_gate_why_e why,
    ngx_shop_choice_asked_t *asked, ngx_shop_render_variant_t *variant)
{
    ngx_shop_choice_t      choice;
    ngx_shop_conf_main_t  *smcf;

    smcf = ngx_http_get_module_main_conf(r, ngx_shop_failover_module);

    variant->slcf = ngx_http_get_module_loc_conf(r, ngx_shop_failover_module);
    variant->site = ngx_shop_conf_site(variant->slcf);
    variant->state = ngx_shop_page_state(smcf, variant->site, why);
    variant->jitter = 0;
    variant->admitted = 0;

    /* who calls an exempt location is a machine, if it does not say else */

    if (ngx_shop_conf_exempt(variant->slcf)) {
        ngx_str_set(&asked->type, "application/json");
    }

    ngx_shop_choice_make(smcf, variant->slcf->page, asked, &r->uri, &choice);

    variant->kind = choice.kind;
    variant->lang = choice.lang;
    variant->coding = choice.coding;

    if (ngx_shop_page_asks(r)) {
        variant->post = NGX_SHOP_VIEW_NO_POST;

    } else {
        variant->post = ngx_shop_page_sent(r)
                        ? NGX_SHOP_VIEW_UNKNOWN
                        : NGX_SHOP_VIEW_UNSENT;
    }
}


static ngx_uint_t
ngx_shop_page_state(ngx_shop_conf_main_t *smcf, ngx_shop_model_site_t *site,
    ngx_shop_gate_why_e why)
{
    switch (why) {

    case NGX_SHOP_GATE_WHY_CLOSED:
        return ngx_shop_board_gate(&smcf->zone, site)
               == NGX_SHOP_BOARD_GATE_PATHS
               ? NGX_SHOP_VIEW_PATHS
               : ngx_shop_page_closed(smcf, site);

    case NGX_SHOP_GATE_WHY_BROWSE:
        return NGX_SHOP_VIEW_BROWSE;

    case NGX_SHOP_GATE_WHY_RAMP:
        return NGX_SHOP_VIEW_REOPENING;

    case NGX_SHOP_GATE_WHY_BUSY:
        return NGX_SHOP_VIEW_BUSY;

    default:
        return NGX_SHOP_VIEW_OUTAGE;
    }
}


/* what an outage has closed was not planned, also where a flag keeps it shut */

static ngx_uint_t
ngx_shop_page_closed(ngx_shop_conf_main_t *smcf, ngx_shop_model_site_t *site)
{
    return ngx_shop_board_state(&smcf->zone, site)
           == NGX_SHOP_SITE_MAINTENANCE
           && ngx_shop_board_outage(&smcf->zone, site)
           ? NGX_SHOP_VIEW_OUTAGE : NGX_SHOP_VIEW_MAINTENANCE;
}


/* the public status: what the waiting page asks */

static ngx_int_t
ngx_shop_page_poll(ngx_http_request_t *r)
{
    ngx_int_t                   rc;
    ngx_shop_conf_loc_t        *slcf;
    ngx_shop_conf_main_t       *smcf;
    ngx_shop_rendering_t       *rendering;
    ngx_shop_choice_asked_t     asked;
    ngx_shop_render_variant_t   variant;

    slcf = ngx_http_get_module_loc_conf(r, ngx_shop_failover_module);
    ngx_shop_conf_bare(r, slcf);

    ngx_shop_headers_read(r, &asked);

    rc = ngx_shop_headers_preflight(r, &asked);

    if (rc != NGX_DECLINED) {
        return rc == NGX_OK ? ngx_http_send_header(r) : rc;
    }

    if (!(r->method & (NGX_HTTP_GET|NGX_HTTP_HEAD))) {
        return NGX_HTTP_NOT_ALLOWED;
    }

    smcf = ngx_http_get_module_main_conf(r, ngx_shop_failover_module);

    ngx_shop_page_variant(r, NGX_SHOP_GATE_WHY_CLOSED, &asked, &variant);
    ngx_shop_page_polled(r, &variant);

    if (variant.state == NGX_SHOP_VIEW_OPEN) {
        variant.kind = NGX_SHOP_RENDER_STATUS;
    }

    rendering = ngx_shop_render_get(smcf, &variant, r->pool);

    if (rendering == NULL
        || ngx_shop_headers_public(r, &variant, rendering, &asked)
           != NGX_OK)
    {
        return NGX_ERROR;
    }

    rc = ngx_http_send_header(r);

    if (rc == NGX_ERROR || rc > NGX_OK || r->header_only) {
        return rc;
    }

    return ngx_shop_page_body(r, rendering);
}


/* what the asking page would be shown now, and in which language */

static void
ngx_shop_page_polled(ngx_http_request_t *r, ngx_shop_render_variant_t *variant)
{
    ngx_str_t              lang;
    ngx_uint_t             i;
    ngx_shop_skin_t       *skin;
    ngx_shop_gate_why_e    why;
    ngx_shop_conf_main_t  *smcf;

    smcf = ngx_http_get_module_main_conf(r, ngx_shop_failover_module);

    /* "&page=1": what the page would be now, to take it over piece by piece */

    if (ngx_http_arg(r, (u_char *) "page", 4, &lang) == NGX_OK) {
        variant->kind = NGX_SHOP_NEGOTIATE_HTML;

    } else {
        variant->kind = NGX_SHOP_RENDER_STATUS;
        variant->jitter = ngx_random() % NGX_SHOP_RENDER_JITTER;
    }

    variant->post = NGX_SHOP_VIEW_NO_POST;

    if (ngx_http_arg(r, (u_char *) "lang", 4, &lang) == NGX_OK) {
        skin = variant->slcf->page->skin;

        for (i = 0; i < skin->nlangs; i++) {
            if (skin->codes[i].len == lang.len
                && ngx_memcmp(skin->codes[i].data, lang.data, lang.len) == 0)
            {
                variant->lang = i;
            }
        }
    }

    why = ngx_shop_gate_ask(r, smcf, variant->slcf);

    if (why != NGX_SHOP_GATE_WHY_NOT) {
        variant->state = ngx_shop_page_state(smcf, variant->site, why);
        return;
    }

    switch (ngx_shop_board_state(&smcf->zone, variant->site)) {

    case NGX_SHOP_SITE_OUTAGE:
        variant->state = NGX_SHOP_VIEW_OUTAGE;
        return;

    case NGX_SHOP_SITE_BROWSE:
        variant->state = NGX_SHOP_VIEW_BROWSE;
        return;

    case NGX_SHOP_SITE_REOPENING:
        variant->state = NGX_SHOP_VIEW_REOPENING;
        variant->admitted = 1;
        return;

    case NGX_SHOP_SITE_MAINTENANCE:

        /* some paths are closed, or this visitor has a bypass */

        variant->state = ngx_shop_board_gate(&smcf->zone,
                                             variant->site)
                         == NGX_SHOP_BOARD_GATE_PATHS
                         ? NGX_SHOP_VIEW_PATHS
                         : NGX_SHOP_VIEW_OPEN;
        return;

    default:
        variant->state = NGX_SHOP_VIEW_OPEN;
    }
}
