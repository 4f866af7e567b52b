
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * Carries out a request for a probe now: somebody has seen that a server is
 * down, or up again, and this nginx is to look for itself.  What the other one
 * saw decides nothing here.
 */


#include "nginx/control/control.h"
#include "nginx/probe/probe.h"

#include "state/suspect.h"


static void ngx_shop_control_probe_peer(ngx_shop_conf_main_t *smcf,
    ngx_shop_conf_srv_t *sscf, ngx_shop_model_peer_t *peer,
    ngx_shop_emit_t *e);


#define NGX_SHOP_CONTROL_PROBE_BUF  4096


ngx_int_t
ngx_shop_control_probe(ngx_http_request_t *r, ngx_shop_control_order_t *order)
{
    ngx_uint_t               i, n;
    ngx_shop_outflow_t       out;
    ngx_shop_conf_srv_t    **sscf, *of;
    ngx_shop_conf_main_t    *smcf;
    ngx_shop_peers_walk_t    walk;
    ngx_shop_model_peer_t   *peer;
    static ngx_str_t         none = ngx_string("no such \"peer\" in the "
                                               "upstream, or nobody probes "
                                               "it");

    of = NULL;
    smcf = ngx_http_get_module_main_conf(r, ngx_shop_failover_module);
    sscf = smcf->upstreams.elts;

    for (i = 0; i < smcf->upstreams.nelts; i++) {
        if (sscf[i]->group == order->group && sscf[i]->check) {
            of = sscf[i];
        }
    }

    ngx_shop_outflow_begin(&out, r, NGX_SHOP_CONTROL_PROBE_BUF);

    ngx_shop_emit_object(&out.emit, NULL);
    ngx_shop_emit_str(&out.emit, "action", (ngx_shop_str_t *) &order->action);
    ngx_shop_emit_str(&out.emit, "upstream",
                      (ngx_shop_str_t *) &order->group->name);
    ngx_shop_emit_array(&out.emit, "peers");

    n = 0;

    for (peer = of ? ngx_shop_peers_first(order->group, &walk) : NULL;
         peer;
         peer = ngx_shop_peers_next(&walk))
    {
        if (ngx_shop_control_do_match(peer, &order->peer)) {
            ngx_shop_control_probe_peer(smcf, of, peer, &out.emit);
            n++;
        }
    }

    ngx_shop_emit_close(&out.emit, ']');
    ngx_shop_emit_close(&out.emit, '}');

    return n ? ngx_shop_control_do_send(&out, NGX_HTTP_OK)
             : ngx_shop_control_do_error(r, NGX_HTTP_NOT_FOUND, &none);
}


/* no more often than "fast", and never two at once: what suspicion asks for */

static void
ngx_shop_control_probe_peer(ngx_shop_conf_main_t *smcf,
    ngx_shop_conf_srv_t *sscf, ngx_shop_model_peer_t *peer, ngx_shop_emit_t *e)
{
    ngx_int_t           rc;
    ngx_msec_t          wait;
    ngx_shop_suspect_t  suspicion;

    suspicion.errors = 1;
    suspicion.window = sscf->check->pace.interval;
    suspicion.since = 0;

    rc = ngx_shop_suspect(sscf->zone, peer, &sscf->check->pace, &suspicion,
                          &wait);

    if (rc != NGX_OK) {
        rc = ngx_shop_suspect_hurry(sscf->zone, peer, &sscf->check->pace,
                                    &wait);
    }

    if (rc == NGX_OK) {
        ngx_shop_probe_soon(smcf, peer, wait);
    }

    ngx_shop_emit_object(e, NULL);
    ngx_shop_emit_str(e, "server", (ngx_shop_str_t *) &peer->server);
    ngx_shop_emit_str(e, "address", (ngx_shop_str_t *) &peer->address);
    ngx_shop_emit_bool(e, "probed", rc == NGX_OK);
    ngx_shop_emit_close(e, '}');
}
