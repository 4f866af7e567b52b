
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * The composition root: the table of directives, phases, filters and the
 * module itself.  Uses everyone; nobody uses it.
 */


#include "nginx/host.h"
#include "nginx/module_conf.h"
#include "nginx/conf_gate.h"
#include "nginx/conf_statefile.h"
#include "nginx/conf_lang.h"
#include "nginx/conf_page.h"
#include "nginx/conf_site.h"
#include "nginx/failover/balance.h"
#include "nginx/page/choice.h"
#include "nginx/failover/failover.h"
#include "nginx/abi.h"
#include "nginx/journal/events.h"
#include "nginx/gate/gate_link.h"
#include "nginx/control/control.h"
#include "nginx/page/page.h"
#include "nginx/probe/probe.h"
#include "nginx/page/render.h"
#include "nginx/page/skin.h"
#include "nginx/status/live.h"
#include "nginx/status/status.h"
#include "nginx/page/variables.h"
#include "nginx/page/variables_gate.h"
#include "nginx/wake.h"
#include "nginx/journal/statefile.h"
#include "nginx/watch/watch.h"

#include "state/crowd.h"
#include "state/counters.h"
#include "state/ledger.h"

#include "logic/text/version.h"


static ngx_int_t ngx_shop_module_preconfiguration(ngx_conf_t *cf);
static ngx_int_t ngx_shop_module_postconfiguration(ngx_conf_t *cf);
static ngx_int_t ngx_shop_module_init_module(ngx_cycle_t *cycle);
static ngx_int_t ngx_shop_module_init_process(ngx_cycle_t *cycle);
static void ngx_shop_module_exit_process(ngx_cycle_t *cycle);
static void ngx_shop_module_woken(ngx_shop_conf_main_t *smcf);
static ngx_int_t ngx_shop_module_access(ngx_http_request_t *r);
static ngx_int_t ngx_shop_module_header_filter(ngx_http_request_t *r);
static ngx_inline void ngx_shop_module_count(ngx_http_request_t *r);


static ngx_command_t  ngx_shop_module_commands[] = {

    { ngx_string("shop_health_check"),
      NGX_HTTP_UPS_CONF|NGX_CONF_ANY,
      ngx_shop_conf_check,
      NGX_HTTP_SRV_CONF_OFFSET,
      0,
      NULL },

    { ngx_string("shop_health_header"),
      NGX_HTTP_UPS_CONF|NGX_CONF_TAKE2,
      ngx_shop_conf_check_header,
      NGX_HTTP_SRV_CONF_OFFSET,
      0,
      NULL },

    { ngx_string("shop_health_body"),
      NGX_HTTP_UPS_CONF|NGX_CONF_TAKE1,
      ngx_shop_conf_check_body,
      NGX_HTTP_SRV_CONF_OFFSET,
      0,
      NULL },

    { ngx_string("shop_health_fastcgi_param"),
      NGX_HTTP_UPS_CONF|NGX_CONF_TAKE2,
      ngx_shop_conf_check_param,
      NGX_HTTP_SRV_CONF_OFFSET,
      0,
      NULL },

    { ngx_string("shop_health_ssl_name"),
      NGX_HTTP_UPS_CONF|NGX_CONF_TAKE1,
      ngx_shop_conf_tls,
      NGX_HTTP_SRV_CONF_OFFSET,
      offsetof(ngx_shop_conf_srv_t, ask.name),
      "the name that the server's certificate has" },

    { ngx_string("shop_health_ssl_verify"),
      NGX_HTTP_UPS_CONF|NGX_CONF_FLAG,
      ngx_conf_set_flag_slot,
      NGX_HTTP_SRV_CONF_OFFSET,
      offsetof(ngx_shop_conf_srv_t, ask.verify),
      NULL },

    { ngx_string("shop_health_ssl_trusted_certificate"),
      NGX_HTTP_UPS_CONF|NGX_CONF_TAKE1,
      ngx_shop_conf_tls,
      NGX_HTTP_SRV_CONF_OFFSET,
      offsetof(ngx_shop_conf_srv_t, ask.trusted),
      "a file of certificates in PEM format" },

    { ngx_string("shop_health_ssl_certificate"),
      NGX_HTTP_UPS_CONF|NGX_CONF_TAKE1,
      ngx_shop_conf_tls,
      NGX_HTTP_SRV_CONF_OFFSET,
      offsetof(ngx_shop_conf_srv_t, ask.certificate),
      "a file with our certificate in PEM format" },

    { ngx_string("shop_health_ssl_certificate_key"),
      NGX_HTTP_UPS_CONF|NGX_CONF_TAKE1,
      ngx_shop_conf_tls,
      NGX_HTTP_SRV_CONF_OFFSET,
      offsetof(ngx_shop_conf_srv_t, ask.key),
      "a file with our certificate's key in PEM format" },

    { ngx_string("shop_health_ssl_protocols"),
      NGX_HTTP_UPS_CONF|NGX_CONF_1MORE,
      ngx_shop_conf_tls_protocols,
      NGX_HTTP_SRV_CONF_OFFSET,
      0,
      NULL },

    { ngx_string("shop_health_ssl_ciphers"),
      NGX_HTTP_UPS_CONF|NGX_CONF_TAKE1,
      ngx_shop_conf_tls,
      NGX_HTTP_SRV_CONF_OFFSET,
      offsetof(ngx_shop_conf_srv_t, ask.ciphers),
      "a list of ciphers as OpenSSL understands it" },

    { ngx_string("shop_failover_to"),
      NGX_HTTP_UPS_CONF|NGX_CONF_1MORE,
      ngx_shop_conf_failover_to,
      NGX_HTTP_SRV_CONF_OFFSET,
      0,
      NULL },

    { ngx_string("shop_observe"),
      NGX_HTTP_UPS_CONF|NGX_CONF_ANY,
      ngx_shop_conf_failover_observe,
      NGX_HTTP_SRV_CONF_OFFSET,
      0,
      NULL },

    { ngx_string("shop_outlier"),
      NGX_HTTP_UPS_CONF|NGX_CONF_1MORE,
      ngx_shop_conf_outlier,
      NGX_HTTP_SRV_CONF_OFFSET,
      0,
      NULL },

    { ngx_string("shop_slow_start"),
      NGX_HTTP_UPS_CONF|NGX_CONF_TAKE1,
      ngx_shop_conf_failover_slow_start,
      NGX_HTTP_SRV_CONF_OFFSET,
      0,
      NULL },

    { ngx_string("shop_panic"),
      NGX_HTTP_UPS_CONF|NGX_CONF_TAKE1,
      ngx_shop_conf_failover_panic,
      NGX_HTTP_SRV_CONF_OFFSET,
      0,
      NULL },

    { ngx_string("shop_shed"),
      NGX_HTTP_UPS_CONF|NGX_CONF_TAKE12,
      ngx_shop_conf_shed,
      NGX_HTTP_SRV_CONF_OFFSET,
      0,
      NULL },

    { ngx_string("shop_queue"),
      NGX_HTTP_UPS_CONF|NGX_CONF_TAKE12,
      ngx_shop_conf_queue,
      NGX_HTTP_SRV_CONF_OFFSET,
      0,
      NULL },

    { ngx_string("shop_match"),
      NGX_HTTP_MAIN_CONF|NGX_CONF_BLOCK|NGX_CONF_TAKE1,
      ngx_shop_conf_match,
      NGX_HTTP_MAIN_CONF_OFFSET,
      0,
      NULL },

    { ngx_string("shop_zone"),
      NGX_HTTP_MAIN_CONF|NGX_CONF_TAKE1,
      ngx_shop_conf_zone,
      NGX_HTTP_MAIN_CONF_OFFSET,
      0,
      NULL },

    { ngx_string("shop_state_file"),
      NGX_HTTP_MAIN_CONF|NGX_CONF_TAKE1,
      ngx_shop_conf_statefile_file,
      NGX_HTTP_MAIN_CONF_OFFSET,
      0,
      NULL },

    { ngx_string("shop_events"),
      NGX_HTTP_MAIN_CONF|NGX_CONF_TAKE1,
      ngx_shop_events_directive,
      NGX_HTTP_MAIN_CONF_OFFSET,
      0,
      NULL },

    { ngx_string("shop_maintenance"),
      NGX_HTTP_MAIN_CONF|NGX_HTTP_SRV_CONF|NGX_HTTP_LOC_CONF|NGX_CONF_TAKE1,
      ngx_shop_conf_maintenance,
      NGX_HTTP_LOC_CONF_OFFSET,
      0,
      NULL },

    { ngx_string("shop_site"),
      NGX_HTTP_MAIN_CONF|NGX_HTTP_SRV_CONF|NGX_HTTP_LOC_CONF|NGX_CONF_TAKE1,
      ngx_shop_conf_site_directive,
      NGX_HTTP_LOC_CONF_OFFSET,
      0,
      NULL },

    { ngx_string("shop_budget"),
      NGX_HTTP_MAIN_CONF|NGX_HTTP_SRV_CONF|NGX_CONF_TAKE1,
      ngx_shop_conf_budget_directive,
      NGX_HTTP_LOC_CONF_OFFSET,
      0,
      NULL },

    { ngx_string("shop_upstreams"),
      NGX_HTTP_SRV_CONF|NGX_HTTP_LOC_CONF|NGX_CONF_1MORE,
      ngx_shop_conf_site_upstreams,
      NGX_HTTP_LOC_CONF_OFFSET,
      0,
      NULL },

    { ngx_string("shop_bypass"),
      NGX_HTTP_MAIN_CONF|NGX_HTTP_SRV_CONF|NGX_HTTP_LOC_CONF|NGX_CONF_1MORE,
      ngx_shop_conf_gate_bypass,
      NGX_HTTP_LOC_CONF_OFFSET,
      0,
      NULL },

    { ngx_string("shop_bypass_key"),
      NGX_HTTP_MAIN_CONF|NGX_HTTP_SRV_CONF|NGX_HTTP_LOC_CONF|NGX_CONF_TAKE123,
      ngx_shop_conf_gate_key,
      NGX_HTTP_LOC_CONF_OFFSET,
      0,
      NULL },

    { ngx_string("shop_open"),
      NGX_HTTP_MAIN_CONF|NGX_HTTP_SRV_CONF|NGX_HTTP_LOC_CONF|NGX_CONF_1MORE,
      ngx_shop_conf_open,
      NGX_HTTP_LOC_CONF_OFFSET,
      0,
      NULL },

    { ngx_string("shop_reopen"),
      NGX_HTTP_MAIN_CONF|NGX_HTTP_SRV_CONF|NGX_HTTP_LOC_CONF|NGX_CONF_TAKE12,
      ngx_shop_conf_gate_reopen,
      NGX_HTTP_LOC_CONF_OFFSET,
      0,
      NULL },

    { ngx_string("shop_fallback"),
      NGX_HTTP_MAIN_CONF|NGX_HTTP_SRV_CONF|NGX_HTTP_LOC_CONF|NGX_CONF_TAKE123,
      ngx_shop_conf_page_fallback,
      NGX_HTTP_LOC_CONF_OFFSET,
      0,
      NULL },

    { ngx_string("shop_page_dir"),
      NGX_HTTP_MAIN_CONF|NGX_HTTP_SRV_CONF|NGX_HTTP_LOC_CONF|NGX_CONF_TAKE1,
      ngx_shop_conf_page_dir,
      NGX_HTTP_LOC_CONF_OFFSET,
      0,
      NULL },

    { ngx_string("shop_page_look"),
      NGX_HTTP_MAIN_CONF|NGX_HTTP_SRV_CONF|NGX_HTTP_LOC_CONF|NGX_CONF_TAKE1,
      ngx_shop_conf_page_look,
      NGX_HTTP_LOC_CONF_OFFSET,
      0,
      NULL },

    { ngx_string("shop_page_lang"),
      NGX_HTTP_MAIN_CONF|NGX_HTTP_SRV_CONF|NGX_HTTP_LOC_CONF|NGX_CONF_TAKE12,
      ngx_shop_conf_lang,
      NGX_HTTP_LOC_CONF_OFFSET,
      0,
      NULL },

    { ngx_string("shop_page_var"),
      NGX_HTTP_MAIN_CONF|NGX_HTTP_SRV_CONF|NGX_HTTP_LOC_CONF|NGX_CONF_TAKE2,
      ngx_shop_conf_page_var,
      NGX_HTTP_LOC_CONF_OFFSET,
      0,
      NULL },

    { ngx_string("shop_retry_after"),
      NGX_HTTP_MAIN_CONF|NGX_HTTP_SRV_CONF|NGX_HTTP_LOC_CONF|NGX_CONF_TAKE123,
      ngx_shop_conf_page_retry_after,
      NGX_HTTP_LOC_CONF_OFFSET,
      0,
      NULL },

    { ngx_string("shop_cors"),
      NGX_HTTP_MAIN_CONF|NGX_HTTP_SRV_CONF|NGX_HTTP_LOC_CONF|NGX_CONF_1MORE,
      ngx_shop_conf_page_cors,
      NGX_HTTP_LOC_CONF_OFFSET,
      0,
      NULL },

    { ngx_string("shop_public_status"),
      NGX_HTTP_MAIN_CONF|NGX_HTTP_SRV_CONF|NGX_HTTP_LOC_CONF|NGX_CONF_TAKE1,
      ngx_shop_conf_page_public_status,
      NGX_HTTP_LOC_CONF_OFFSET,
      0,
      NULL },

    { ngx_string("shop_class"),
      NGX_HTTP_MAIN_CONF|NGX_HTTP_SRV_CONF|NGX_HTTP_LOC_CONF|NGX_CONF_TAKE1,
      ngx_shop_conf_class,
      NGX_HTTP_LOC_CONF_OFFSET,
      0,
      NULL },

    { ngx_string("shop_control"),
      NGX_HTTP_LOC_CONF|NGX_CONF_TAKE1,
      ngx_shop_control_key_directive,
      NGX_HTTP_LOC_CONF_OFFSET,
      0,
      NULL },

    { ngx_string("shop_live"),
      NGX_HTTP_LOC_CONF|NGX_CONF_NOARGS|NGX_CONF_TAKE1,
      ngx_shop_live_directive,
      NGX_HTTP_LOC_CONF_OFFSET,
      0,
      NULL },

    { ngx_string("shop_status"),
      NGX_HTTP_LOC_CONF|NGX_CONF_NOARGS|NGX_CONF_TAKE12,
      ngx_shop_status_answer_directive,
      NGX_HTTP_LOC_CONF_OFFSET,
      0,
      NULL },

      ngx_null_command
};


static ngx_http_module_t  ngx_shop_module_ctx = {
    ngx_shop_module_preconfiguration,   /* preconfiguration */
    ngx_shop_module_postconfiguration,  /* postconfiguration */

    ngx_shop_module_conf_create_main,   /* create main conf */
    NULL,                               /* init main conf */

    ngx_shop_module_conf_create_srv,    /* create server conf */
    NULL,                               /* merge server conf */

    ngx_shop_module_conf_create_loc,    /* create location conf */
    ngx_shop_module_conf_merge_loc      /* merge location conf */
};


ngx_module_t  ngx_shop_failover_module = {
    NGX_MODULE_V1,
    &ngx_shop_module_ctx,               /* module context */
    ngx_shop_module_commands,           /* module directives */
    NGX_HTTP_MODULE,                    /* module type */
    NULL,                               /* init master */
    ngx_shop_module_init_module,        /* init module */
    ngx_shop_module_init_process,       /* init process */
    NULL,                               /* init thread */
    NULL,                               /* exit thread */
    ngx_shop_module_exit_process,       /* exit process */
    NULL,                               /* exit master */
    NGX_MODULE_V1_PADDING
};


static ngx_http_output_header_filter_pt  ngx_http_next_header_filter;


static ngx_int_t
ngx_shop_module_preconfiguration(ngx_conf_t *cf)
{
    if (ngx_shop_abi_check(cf) != NGX_OK
        || ngx_shop_variables_add(cf) != NGX_OK
        || ngx_shop_failover_time_add(cf) != NGX_OK)
    {
        return NGX_ERROR;
    }

    return ngx_shop_variables_gate_add(cf);
}


static ngx_int_t
ngx_shop_module_postconfiguration(ngx_conf_t *cf)
{
    ngx_http_handler_pt        *h;
    ngx_shop_conf_main_t       *smcf;
    ngx_http_core_main_conf_t  *cmcf;

    if (ngx_shop_conf_check_finish(cf) != NGX_OK) {
        return NGX_ERROR;
    }

    smcf = ngx_http_conf_get_module_main_conf(cf, ngx_shop_failover_module);

    if (!smcf->used) {
        return NGX_OK;
    }

    smcf->renderings = ngx_shop_render_init(cf);
    smcf->choices = ngx_shop_choice_init(cf);

    if (smcf->renderings == NULL || smcf->choices == NULL
        || ngx_shop_skin_pages_load(cf, smcf) != NGX_OK
        || ngx_shop_module_conf_finish(cf) != NGX_OK
        || ngx_shop_balance_init(cf) != NGX_OK
        || ngx_shop_failover_init(cf) != NGX_OK)
    {
        return NGX_ERROR;
    }

    if (!smcf->gated) {
        return NGX_OK;
    }

    /*
     * The access phase: after realip and rewrite, and before the checks of
     * the shop's own visitors, as a module that was loaded last is asked first.
     */

    cmcf = ngx_http_conf_get_module_main_conf(cf, ngx_http_core_module);

    h = ngx_array_push(&cmcf->phases[NGX_HTTP_ACCESS_PHASE].handlers);
    if (h == NULL) {
        return NGX_ERROR;
    }

    *h = ngx_shop_module_access;

    /* ... and before the server's own rewrite */

    h = ngx_array_push(&cmcf->phases[NGX_HTTP_SERVER_REWRITE_PHASE].handlers);
    if (h == NULL) {
        return NGX_ERROR;
    }

    *h = ngx_shop_page_early_handler;

    ngx_http_next_header_filter = ngx_http_top_header_filter;
    ngx_http_top_header_filter = ngx_shop_module_header_filter;

    return NGX_OK;
}


static ngx_int_t
ngx_shop_module_init_module(ngx_cycle_t *cycle)
{
    ngx_shop_conf_main_t  *smcf;

    smcf = ngx_shop_conf_cycle(cycle);

    if (smcf == NULL) {
        return NGX_OK;
    }

    ngx_shop_wake_create(cycle, smcf);

    if (smcf->used) {
        ngx_shop_zone_succeed(&smcf->zone, cycle);
    }

    /* once, or when the running nginx had none of ours, or another build */

    if (ngx_is_init_cycle(cycle->old_cycle)
        || ngx_shop_conf_cycle(cycle->old_cycle) == NULL)
    {
        ngx_log_error(NGX_LOG_NOTICE, cycle->log, 0,
                      "shop failover: ngx_shop_failover_module/"
                      NGX_SHOP_VERSION " in nginx/" NGINX_VERSION);
    }

    return NGX_OK;
}


static ngx_int_t
ngx_shop_module_init_process(ngx_cycle_t *cycle)
{
    ngx_shop_conf_main_t  *smcf;

    /* the cache manager and loader run this, too */

    if (ngx_process != NGX_PROCESS_WORKER && ngx_process != NGX_PROCESS_SINGLE)
    {
        return NGX_OK;
    }

    smcf = ngx_shop_conf_cycle(cycle);

    if (smcf == NULL || !smcf->used) {
        return NGX_OK;
    }

    if (ngx_shop_watch_start(cycle, smcf) != NGX_OK
        || ngx_shop_wake_start(cycle, smcf,
                               ngx_shop_module_woken)
           != NGX_OK
        || ngx_shop_statefile_start(cycle, smcf) != NGX_OK)
    {
        return NGX_ERROR;
    }

    if (ngx_shop_probe_start(cycle, smcf,
                             ngx_shop_failover_wait_silent)
        != NGX_OK)
    {
        return NGX_ERROR;
    }

    ngx_shop_crowd_start(&smcf->zone);
    ngx_shop_balance_start(smcf);

    return NGX_OK;
}


/* a verdict may have changed */

static void
ngx_shop_module_woken(ngx_shop_conf_main_t *smcf)
{
    ngx_shop_failover_rescue(smcf);
    ngx_shop_failover_queue_woken(smcf);
}


static void
ngx_shop_module_exit_process(ngx_cycle_t *cycle)
{
    ngx_shop_conf_main_t  *smcf;

    if (ngx_process != NGX_PROCESS_WORKER && ngx_process != NGX_PROCESS_SINGLE)
    {
        return;
    }

    smcf = ngx_shop_conf_cycle(cycle);

    if (smcf && smcf->used) {
        ngx_shop_probe_exit(smcf);
        ngx_shop_ledger_flush(&smcf->zone);
        ngx_shop_statefile_exit(cycle, smcf);
    }
}


/*
 * One handler, which is done at once where nothing can be closed: nginx spends
 * as much on calling another one as this takes.
 */

static ngx_int_t
ngx_shop_module_access(ngx_http_request_t *r)
{
    ngx_int_t             rc;
    ngx_shop_conf_loc_t  *slcf;

    slcf = ngx_http_get_module_loc_conf(r, ngx_shop_failover_module);

    if (slcf->flag == NULL && slcf->polled.len == 0) {
        return NGX_DECLINED;
    }

    rc = ngx_shop_gate_link_handler(r);

    return rc == NGX_DECLINED ? ngx_shop_page_handler(r) : rc;
}


static ngx_int_t
ngx_shop_module_header_filter(ngx_http_request_t *r)
{
    ngx_int_t              rc;
    ngx_shop_conf_loc_t   *slcf;
    ngx_shop_conf_main_t  *smcf;

    if (r->upstream == NULL) {

        rc = (r->err_status >= NGX_HTTP_BAD_REQUEST)
             ? ngx_shop_page_error_limited(r, ngx_http_next_header_filter)
             : NGX_DECLINED;

        return rc == NGX_DECLINED ? ngx_http_next_header_filter(r) : rc;
    }

    ngx_shop_failover_record_heard(r);

    if (ngx_shop_compat_stale(r)) {
        smcf = ngx_http_get_module_main_conf(r, ngx_shop_failover_module);
        slcf = ngx_http_get_module_loc_conf(r, ngx_shop_failover_module);

        ngx_shop_counters_stale(&smcf->zone, ngx_shop_host_site(r, slcf));

        return ngx_http_next_header_filter(r);
    }

    rc = (r->headers_out.status >= NGX_HTTP_BAD_REQUEST)
         ? ngx_shop_page_error_replace(r, ngx_http_next_header_filter)
         : NGX_DECLINED;

    if (rc != NGX_DECLINED) {
        return rc;
    }

    ngx_shop_page_error_stood_in(r);

    if (r == r->main) {
        ngx_shop_module_count(r);
    }

    return ngx_http_next_header_filter(r);
}


/*
 * An answer of the shop, for the hours of the week: in memory of this worker,
 * as every healthy request comes here.
 */

static ngx_inline void
ngx_shop_module_count(ngx_http_request_t *r)
{
    ngx_str_t            *type;
    ngx_atomic_uint_t    *traffic;
    ngx_shop_conf_loc_t  *slcf;

    slcf = ngx_http_get_module_loc_conf(r, ngx_shop_failover_module);
    traffic = ngx_shop_conf_site(slcf)->traffic;

    traffic[NGX_SHOP_WEEK_REQUESTS]++;

    if (r->method == NGX_HTTP_GET) {

        type = &r->headers_out.content_type;

        if (r->headers_out.status == NGX_HTTP_OK
            && type->len >= sizeof("text/html") - 1
            && ngx_memcmp(type->data, "text/html", sizeof("text/html") - 1)
               == 0)
        {
            traffic[NGX_SHOP_WEEK_PAGES]++;
        }

    } else if (r->method == NGX_HTTP_POST
               && r->headers_out.status < NGX_HTTP_BAD_REQUEST)
    {
        traffic[NGX_SHOP_WEEK_POSTS]++;
    }
}
