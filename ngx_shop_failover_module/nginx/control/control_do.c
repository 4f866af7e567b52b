
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * Carries out an order: the override into state/, one log line, the answer.
 */


#include "nginx/control/control.h"
#include "nginx/journal/journal.h"
#include "nginx/outflow.h"
#include "nginx/wake.h"

#include "state/force.h"

#include "logic/judge/site.h"


static ngx_uint_t ngx_shop_control_do_peers(ngx_http_request_t *r,
    ngx_shop_control_order_t *order, ngx_shop_emit_t *e);
static void ngx_shop_control_do_log(ngx_http_request_t *r,
    ngx_shop_control_order_t *order, ngx_shop_model_peer_t *peer);


/* grows by so much; an answer rarely needs more than one */
#define NGX_SHOP_CONTROL_DO_BUF  4096


ngx_int_t
ngx_shop_control_do(ngx_http_request_t *r, ngx_shop_control_order_t *order)
{
    ngx_uint_t              n;
    ngx_shop_emit_t        *e;
    ngx_shop_outflow_t      out;
    ngx_shop_conf_main_t   *smcf;
    ngx_shop_site_count_t   count;
    static ngx_str_t        left =
                               ngx_string("this worker leaves after a reload, "
                                          "and its shared memory with it: "
                                          "nothing was done, send the order "
                                          "again");
    static ngx_str_t        unknown =
                               ngx_string("no such \"peer\" in the upstream, "
                                          "expected a server as written in "
                                          "the configuration, or an address");

    smcf = ngx_http_get_module_main_conf(r, ngx_shop_failover_module);

    if (ngx_shop_zone_succeeded(&smcf->zone)) {
        return ngx_shop_control_do_error(r, NGX_HTTP_SERVICE_UNAVAILABLE,
                                         &left);
    }

    ngx_shop_outflow_begin(&out, r, NGX_SHOP_CONTROL_DO_BUF);
    e = &out.emit;

    ngx_shop_emit_object(e, NULL);
    ngx_shop_emit_str(e, "action", (ngx_shop_str_t *) &order->action);
    ngx_shop_emit_str(e, "upstream", (ngx_shop_str_t *) &order->group->name);

    ngx_shop_emit_array(e, "peers");
    n = ngx_shop_control_do_peers(r, order, e);
    ngx_shop_emit_close(e, ']');

    if (n == 0) {
        return ngx_shop_control_do_error(r, NGX_HTTP_NOT_FOUND, &unknown);
    }

    ngx_shop_journal_update(&smcf->zone);

    /* who waits for a server that was taken down need not wait any longer */

    ngx_shop_wake_all(smcf);

    /* who drains the last server is told so */

    ngx_shop_peers_count(&smcf->zone, order->group, &count);

    ngx_shop_emit_cstr(e, "state",
                       ngx_shop_site_group_name(
                                                ngx_shop_site_group(&count)));
    ngx_shop_emit_int(e, "usable", (int64_t) count.primaries_usable
                                    + count.backups_usable);
    ngx_shop_emit_close(e, '}');

    return ngx_shop_control_do_send(&out, NGX_HTTP_OK);
}


/* a name may stand for several addresses: all of them */

static ngx_uint_t
ngx_shop_control_do_peers(ngx_http_request_t *r,
    ngx_shop_control_order_t *order, ngx_shop_emit_t *e)
{
    ngx_uint_t               n;
    ngx_shop_conf_main_t    *smcf;
    ngx_shop_peers_walk_t    walk;
    ngx_shop_model_peer_t   *peer;
    ngx_shop_layout_force_t  was;

    n = 0;
    smcf = ngx_http_get_module_main_conf(r, ngx_shop_failover_module);

    if (order->force.how == NGX_SHOP_LAYOUT_FORCE_NONE) {
        order->force.since = 0;
        order->force.reason_len = 0;
    }

    for (peer = ngx_shop_peers_first(order->group, &walk);
         peer;
         peer = ngx_shop_peers_next(&walk))
    {
        if (!ngx_shop_control_do_match(peer, &order->peer)
            || ngx_shop_force_set(&smcf->zone, order->group, peer,
                                  &order->force, &was)
               != NGX_OK)
        {
            continue;
        }

        ngx_shop_control_do_log(r, order, peer);
        ngx_shop_journal_order(&smcf->zone, order->group, peer, &was,
                               &order->force);

        ngx_shop_emit_object(e, NULL);
        ngx_shop_emit_str(e, "server", (ngx_shop_str_t *) &peer->server);
        ngx_shop_emit_str(e, "address", (ngx_shop_str_t *) &peer->address);
        ngx_shop_emit_cstr(e, "was", ngx_shop_force_name(was.how));
        ngx_shop_emit_time(e, "until", order->force.until);
        ngx_shop_emit_close(e, '}');

        n++;
    }

    return n;
}


ngx_uint_t
ngx_shop_control_do_match(ngx_shop_model_peer_t *peer, ngx_str_t *name)
{
    return (peer->server.len == name->len
            && ngx_memcmp(peer->server.data, name->data, name->len) == 0)
           || (peer->address.len == name->len
               && ngx_memcmp(peer->address.data, name->data, name->len) == 0);
}


static void
ngx_shop_control_do_log(ngx_http_request_t *r, ngx_shop_control_order_t *order,
    ngx_shop_model_peer_t *peer)
{
    ngx_log_error(NGX_LOG_NOTICE, r->connection->log, 0,
                  "shop failover: control: \"%V\" of peer %V in upstream "
                  "\"%V\"%s%V, reason: \"%V\"%s%V",
                  &order->action, &peer->address, &order->group->name,
                  order->length.len ? " for " : "", &order->length,
                  &order->reason, order->who.len ? ", by " : "",
                  &order->who);
}


ngx_int_t
ngx_shop_control_do_error(ngx_http_request_t *r, ngx_uint_t status,
    ngx_str_t *error)
{
    ngx_shop_emit_t     *e;
    ngx_shop_outflow_t   out;

    ngx_shop_outflow_begin(&out, r, NGX_SHOP_CONTROL_DO_BUF);
    e = &out.emit;

    ngx_shop_emit_object(e, NULL);
    ngx_shop_emit_str(e, "error", (ngx_shop_str_t *) error);
    ngx_shop_emit_close(e, '}');

    return ngx_shop_control_do_send(&out, status);
}


ngx_int_t
ngx_shop_control_do_send(ngx_shop_outflow_t *out, ngx_uint_t status)
{
    ngx_int_t            rc;
    ngx_http_request_t  *r;

    r = out->request;

    ngx_shop_emit_text(&out->emit, "\n");

    if (ngx_shop_outflow_end(out) != NGX_OK) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    ngx_str_set(&r->headers_out.content_type, "application/json");
    r->headers_out.content_type_len = r->headers_out.content_type.len;
    r->headers_out.status = status;
    r->headers_out.content_length_n = out->emit.total;

    rc = ngx_http_send_header(r);

    if (rc == NGX_ERROR || rc > NGX_OK || r->header_only) {
        return rc;
    }

    return ngx_http_output_filter(r, out->first);
}
