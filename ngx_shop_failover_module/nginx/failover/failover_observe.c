
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * Live traffic that fails, or waits for long, asks for the probe that confirms
 * or clears the suspicion.
 */


#include "nginx/failover/failover.h"
#include "nginx/probe/probe.h"

#include "state/suspect.h"


void
ngx_shop_failover_observe(ngx_http_request_t *r, ngx_shop_conf_srv_t *sscf,
    ngx_peer_connection_t *pc, ngx_msec_t since)
{
    ngx_int_t               rc;
    ngx_msec_t              wait;
    ngx_shop_suspect_t      suspicion;
    ngx_shop_peers_walk_t   walk;
    ngx_shop_model_peer_t  *peer;

    if (pc->name == NULL || ngx_exiting || ngx_terminate || ngx_quit) {
        return;
    }

    suspicion.errors = sscf->observe.errors;
    suspicion.window = sscf->observe.window;
    suspicion.since = since;

    for (peer = ngx_shop_peers_first(sscf->group, &walk);
         peer;
         peer = ngx_shop_peers_next(&walk))
    {
        if (!ngx_shop_failover_at(pc->name, peer)) {
            continue;
        }

        rc = ngx_shop_suspect(sscf->zone, peer,
                              &sscf->check->pace, &suspicion, &wait);

        if (rc == NGX_OK) {
            ngx_shop_probe_soon(
                ngx_http_get_module_main_conf(r, ngx_shop_failover_module),
                peer, wait);
        }
    }
}
