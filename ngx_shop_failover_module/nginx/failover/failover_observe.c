
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * Live traffic that fails, or waits for long, asks for the probe that confirms
 * or clears the suspicion.
 */


#include "nginx/failover/failover.h"
#include "nginx/probe/probe.h"

#include "nginx/wake.h"

#include "state/suspect.h"

#include "logic/judge/silence.h"


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


ngx_msec_t
ngx_shop_failover_observe_silent(ngx_http_request_t *r,
    ngx_shop_conf_srv_t *sscf, ngx_shop_record_t *record,
    ngx_shop_suspect_silence_t *silence)
{
    ngx_msec_t              wait;
    ngx_shop_peers_walk_t   walk;
    ngx_shop_conf_main_t   *smcf;
    ngx_shop_model_peer_t  *peer;

    smcf = ngx_http_get_module_main_conf(r, ngx_shop_failover_module);

    for (peer = ngx_shop_peers_first(sscf->group, &walk);
         peer;
         peer = ngx_shop_peers_next(&walk))
    {
        if (peer->slot != record->slot || peer->id != record->id) {
            continue;
        }

        wait = 0;

        switch (ngx_shop_suspect_silent(sscf->zone, peer, &sscf->check->pace,
                                        silence, &wait))
        {
        case NGX_OK:
            ngx_shop_probe_soon(smcf, peer, wait);
            return wait + 1;

        case NGX_DONE:
            ngx_log_error(NGX_LOG_INFO, ngx_cycle->log, 0,
                          "shop failover: peer %V in upstream \"%V\" is "
                          "suspect: nobody hears of it for %M ms, %s",
                          &peer->address, &sscf->group->name, silence->msec,
                          ngx_shop_silence_words(silence->whose));
            ngx_shop_wake_all(smcf);
            return 0;

        default:
            return wait;
        }
    }

    return 0;
}
