
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * The entrance of what has failed: which errors are ours to answer.
 */


#include "nginx/host.h"
#include "nginx/page/page.h"
#include "nginx/page/page_inside.h"


static ngx_uint_t ngx_shop_page_error_busy(ngx_http_request_t *r);
static ngx_uint_t ngx_shop_page_error_planned(ngx_http_request_t *r,
    ngx_shop_conf_loc_t *slcf);
static ngx_uint_t ngx_shop_page_error_ours(ngx_http_request_t *r,
    ngx_shop_conf_loc_t *slcf);
static ngx_uint_t ngx_shop_page_error_failed(ngx_http_request_t *r,
    ngx_shop_conf_loc_t *slcf);
static ngx_uint_t ngx_shop_page_error_intercepted(ngx_shop_conf_loc_t *slcf,
    ngx_uint_t status);
static ngx_uint_t ngx_shop_page_error_listed(ngx_array_t *codes,
    ngx_uint_t status);
static ngx_uint_t ngx_shop_page_error_copied(ngx_http_request_t *r,
    ngx_shop_conf_loc_t *slcf);


ngx_int_t
ngx_shop_page_error_replace(ngx_http_request_t *r,
    ngx_http_output_header_filter_pt next)
{
    ngx_shop_conf_loc_t  *slcf;

    if (r != r->main) {
        return NGX_DECLINED;
    }

    slcf = ngx_http_get_module_loc_conf(r, ngx_shop_failover_module);

    if (!slcf->falls_back || !ngx_shop_page_error_ours(r, slcf)) {
        return NGX_DECLINED;
    }

    return ngx_shop_page_answer(r, ngx_shop_page_error_busy(r)
                                   ? NGX_SHOP_GATE_WHY_BUSY
                                   : ngx_shop_page_error_planned(r, slcf)
                                   ? NGX_SHOP_GATE_WHY_CLOSED
                                   : ngx_shop_page_choose_sent(r)
                                   ? NGX_SHOP_GATE_WHY_SENT
                                   : NGX_SHOP_GATE_WHY_UNSENT,
                                next);
}


/* whether it was refused by shop_shed (failover_shed.c) */

static ngx_uint_t
ngx_shop_page_error_busy(ngx_http_request_t *r)
{
    const char  *why;

    why = ngx_shop_conf_explained(r);

    return why && ngx_strcmp(why, ngx_shop_gate_why(NGX_SHOP_GATE_WHY_BUSY))
                  == 0;
}


/*
 * Whether all servers of the upstream that was asked for say of themselves that
 * they are out, as planned.  Another upstream of the site that fails has
 * failed.
 */

static ngx_uint_t
ngx_shop_page_error_planned(ngx_http_request_t *r, ngx_shop_conf_loc_t *slcf)
{
    ngx_shop_conf_srv_t            *sscf;
    ngx_shop_conf_main_t           *smcf;
    ngx_http_upstream_srv_conf_t   *uscf;

    smcf = ngx_http_get_module_main_conf(r, ngx_shop_failover_module);
    uscf = r->upstream->conf->upstream;

    if (uscf == NULL) {

        /* named by a variable */

        uscf = r->upstream->upstream;
    }

    if (uscf == NULL || uscf->srv_conf == NULL
        || !ngx_shop_board_planned(&smcf->zone, ngx_shop_host_site(r, slcf)))
    {
        return 0;
    }

    sscf = ngx_http_conf_upstream_srv_conf(uscf, ngx_shop_failover_module);

    return sscf->group
           && smcf->zone.sh->groups[sscf->group->index].state
              == NGX_SHOP_SITE_GROUP_PLANNED;
}


/*
 * It is ours only in the location that proxied: after an error_page redirect
 * to a page of the operator's own that is on its way.  The upstream
 * configuration is the first member of the location configuration of every
 * proxying module (ngx_http_proxy_loc_conf_t and its like in src/http/modules).
 */

static ngx_uint_t
ngx_shop_page_error_ours(ngx_http_request_t *r, ngx_shop_conf_loc_t *slcf)
{
    ngx_uint_t  i;

    if (!ngx_shop_page_error_failed(r, slcf)) {
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
ngx_shop_page_error_failed(ngx_http_request_t *r, ngx_shop_conf_loc_t *slcf)
{
    ngx_uint_t  status;

    status = r->headers_out.status;

    if (r->upstream->cleanup || ngx_shop_compat_cached(r)) {
        return r->err_status == 0
               && (ngx_shop_page_error_intercepted(slcf, status)
                   || (r->upstream->conf->intercept_errors
                       && ngx_shop_page_error_listed(slcf->behind, status)));
    }

    return r->err_status == status && !ngx_shop_page_error_copied(r, slcf)
           && (status == NGX_HTTP_BAD_GATEWAY
               || status == NGX_HTTP_GATEWAY_TIME_OUT);
}


static ngx_uint_t
ngx_shop_page_error_intercepted(ngx_shop_conf_loc_t *slcf, ngx_uint_t status)
{
    return ngx_shop_page_error_listed(slcf->intercept, status);
}


static ngx_uint_t
ngx_shop_page_error_listed(ngx_array_t *codes, ngx_uint_t status)
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
ngx_shop_page_error_copied(ngx_http_request_t *r, ngx_shop_conf_loc_t *slcf)
{
    ngx_shop_conf_main_t  *smcf;

    if (r->upstream_states && r->upstream_states->nelts) {
        return 0;
    }

    smcf = ngx_http_get_module_main_conf(r, ngx_shop_failover_module);

    return ngx_shop_board_state(&smcf->zone, ngx_shop_host_site(r, slcf))
           != NGX_SHOP_SITE_OUTAGE;
}


/*
 * A request that limit_req or limit_conn has refused, in their phase: what
 * error_page sends in its place comes from a later one.
 */

ngx_int_t
ngx_shop_page_error_limited(ngx_http_request_t *r,
    ngx_http_output_header_filter_pt next)
{
    ngx_shop_conf_loc_t        *slcf;
    ngx_http_phase_handler_t   *ph;
    ngx_http_core_main_conf_t  *cmcf;

    slcf = ngx_http_get_module_loc_conf(r, ngx_shop_failover_module);

    if (r != r->main || !slcf->falls_back
        || r->err_status != r->headers_out.status
        || !ngx_shop_compat_limited(r)
        || !ngx_shop_page_error_intercepted(slcf, r->err_status))
    {
        return NGX_DECLINED;
    }

    cmcf = ngx_http_get_module_main_conf(r, ngx_http_core_module);
    ph = cmcf->phase_engine.handlers;

    if (ph[r->phase_handler].checker != ngx_http_core_generic_phase) {
        return NGX_DECLINED;
    }

    return ngx_shop_page_answer(r, NGX_SHOP_GATE_WHY_BUSY, next);
}


/*
 * nginx's own 502 or 504 whose place another page takes: the upstream is over,
 * its last try failed, and what is sent is of another location or status.
 */

void
ngx_shop_page_error_stood_in(ngx_http_request_t *r)
{
    ngx_shop_page_t             page;
    ngx_shop_conf_loc_t        *slcf;
    ngx_http_upstream_state_t  *state;

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

    page.why = NGX_SHOP_GATE_WHY_ERROR_PAGE;

    ngx_shop_choice_read(r, &page.asked);
    ngx_shop_page_choose(r, &page);
    ngx_shop_page_send_note(r, &page);
}
