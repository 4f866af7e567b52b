
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * Carries out an order for the ramp by which visitors are let back in: ended,
 * or slowed.  Who is in stays in.
 */


#include "nginx/control/control.h"

#include "state/board.h"
#include "state/clock.h"


static ngx_uint_t ngx_shop_control_reopen_sites(ngx_http_request_t *r,
    ngx_shop_control_order_t *order, ngx_shop_emit_t *e);
static ngx_int_t ngx_shop_control_reopen_none(ngx_http_request_t *r,
    ngx_shop_control_order_t *order);


#define NGX_SHOP_CONTROL_REOPEN_BUF  4096


ngx_int_t
ngx_shop_control_reopen(ngx_http_request_t *r, ngx_shop_control_order_t *order)
{
    ngx_uint_t             n;
    ngx_shop_outflow_t     out;
    ngx_shop_conf_main_t  *smcf;
    static ngx_str_t       left =
                              ngx_string("this worker leaves after a reload, "
                                         "and its shared memory with it: "
                                         "nothing was done, send the order "
                                         "again");

    smcf = ngx_http_get_module_main_conf(r, ngx_shop_failover_module);

    if (ngx_shop_zone_succeeded(&smcf->zone)) {
        return ngx_shop_control_do_error(r, NGX_HTTP_SERVICE_UNAVAILABLE,
                                         &left);
    }

    ngx_shop_outflow_begin(&out, r, NGX_SHOP_CONTROL_REOPEN_BUF);

    ngx_shop_emit_object(&out.emit, NULL);
    ngx_shop_emit_str(&out.emit, "action", (ngx_shop_str_t *) &order->action);
    ngx_shop_emit_array(&out.emit, "sites");

    n = ngx_shop_control_reopen_sites(r, order, &out.emit);

    ngx_shop_emit_close(&out.emit, ']');
    ngx_shop_emit_close(&out.emit, '}');

    return n ? ngx_shop_control_do_send(&out, NGX_HTTP_OK)
             : ngx_shop_control_reopen_none(r, order);
}


static ngx_uint_t
ngx_shop_control_reopen_sites(ngx_http_request_t *r,
    ngx_shop_control_order_t *order, ngx_shop_emit_t *e)
{
    uint64_t                 msec;
    ngx_uint_t               i, n;
    ngx_shop_site_t          site;
    ngx_shop_conf_main_t    *smcf;
    ngx_shop_model_site_t  **conf;

    n = 0;
    smcf = ngx_http_get_module_main_conf(r, ngx_shop_failover_module);
    conf = smcf->zone.sites.elts;

    for (i = 0; i < smcf->zone.sites.nelts; i++) {

        if (order->site.len
            && (order->site.len != conf[i]->name.len
                || ngx_memcmp(order->site.data, conf[i]->name.data,
                              order->site.len)
                   != 0))
        {
            continue;
        }

        if (ngx_shop_board_reopen(&smcf->zone, conf[i], order->ramp, &site)
            != NGX_OK)
        {
            continue;
        }

        ngx_log_error(NGX_LOG_NOTICE, r->connection->log, 0,
                      "shop failover: control: site \"%V\" lets all visitors "
                      "in %s%V, reason: \"%V\"%s%V", &conf[i]->name,
                      order->over.len ? "over " : "at once", &order->over,
                      &order->reason, order->who.len ? ", by " : "",
                      &order->who);

        msec = ngx_shop_clock_msec(smcf->zone.sh);

        ngx_shop_emit_object(e, NULL);
        ngx_shop_emit_str(e, "name", (ngx_shop_str_t *) &conf[i]->name);
        ngx_shop_emit_int(e, "admitted",
                          ngx_shop_site_admitted(&site, conf[i]->ramp, msec)
                          / 10);
        ngx_shop_emit_time(e, "all_in",
                           ngx_shop_clock_now() + (int64_t) (order->ramp + 999)
                                                  / 1000);
        ngx_shop_emit_close(e, '}');

        n++;
    }

    return n;
}


/* what is, so that the next thing typed is the right one */

static ngx_int_t
ngx_shop_control_reopen_none(ngx_http_request_t *r,
    ngx_shop_control_order_t *order)
{
    u_char                  *p;
    size_t                   len;
    ngx_str_t                error;
    ngx_uint_t               i, n;
    ngx_shop_conf_main_t    *smcf;
    ngx_shop_model_site_t  **conf;

    smcf = ngx_http_get_module_main_conf(r, ngx_shop_failover_module);
    conf = smcf->zone.sites.elts;

    for (i = 0, n = smcf->zone.sites.nelts; i < smcf->zone.sites.nelts; i++) {

        if (order->site.len
            && (order->site.len != conf[i]->name.len
                || ngx_memcmp(order->site.data, conf[i]->name.data,
                              order->site.len)
                   != 0))
        {
            continue;
        }

        /* of several, one that is not simply open */

        if (n == smcf->zone.sites.nelts
            || ngx_shop_board_state(&smcf->zone, conf[n])
               == NGX_SHOP_SITE_OPEN)
        {
            n = i;
        }
    }

    if (n == smcf->zone.sites.nelts) {
        ngx_str_set(&error, "no such \"site\", expected one that shop_status "
                            "lists");
        return ngx_shop_control_do_error(r, NGX_HTTP_NOT_FOUND, &error);
    }

    len = sizeof("nothing to do: no site lets visitors in by a ramp now; "
                 "\"\" is \"maintenance\"") + conf[n]->name.len;

    p = ngx_pnalloc(r->pool, len);
    if (p == NULL) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    error.data = p;
    error.len = ngx_slprintf(p, p + len,
                             "nothing to do: no site lets visitors in by a "
                             "ramp now; \"%V\" is \"%s\"", &conf[n]->name,
                             ngx_shop_site_name(
                                ngx_shop_board_state(&smcf->zone, conf[n])))
                - p;

    return ngx_shop_control_do_error(r, NGX_HTTP_CONFLICT, &error);
}
