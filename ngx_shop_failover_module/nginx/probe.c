
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * When to probe: every worker has a timer for every peer; the one that holds
 * the peer's lease makes the attempt, the others look again when the lease
 * would have run out.
 */


#include "nginx/probe.h"
#include "nginx/attempt.h"
#include "nginx/journal.h"


typedef struct {
    ngx_shop_failover_stall_t        stall;
    ngx_shop_failover_main_conf_t   *smcf;
    ngx_log_t                       *log;
} ngx_shop_failover_prober_t;


typedef struct {
    ngx_shop_failover_timer_t        timer;      /* behind event.data */
    ngx_event_t                      event;
    ngx_shop_failover_prober_t      *prober;
    ngx_shop_failover_srv_conf_t    *sscf;
    ngx_shop_failover_peer_t        *peer;
    ngx_shop_failover_lease_t        lease;
} ngx_shop_failover_target_t;


static void ngx_shop_failover_probe_target(ngx_shop_failover_target_t *t,
    ngx_shop_failover_prober_t *prober, ngx_shop_failover_srv_conf_t *sscf,
    ngx_shop_failover_peer_t *peer);
static void ngx_shop_failover_probe_handler(ngx_event_t *ev);
static void ngx_shop_failover_probe_done(void *data,
    ngx_shop_failover_sample_t *sample);
static void ngx_shop_failover_probe_again(ngx_shop_failover_target_t *t,
    ngx_msec_t wait);


ngx_int_t
ngx_shop_failover_probe_start(ngx_cycle_t *cycle,
    ngx_shop_failover_main_conf_t *smcf)
{
    ngx_uint_t                      i, j, n;
    ngx_core_conf_t                *ccf;
    ngx_shop_failover_peer_t       *peer;
    ngx_shop_failover_target_t     *targets;
    ngx_shop_failover_prober_t     *prober;
    ngx_shop_failover_srv_conf_t  **sscf;

    prober = ngx_pcalloc(cycle->pool, sizeof(ngx_shop_failover_prober_t));
    if (prober == NULL) {
        return NGX_ERROR;
    }

    prober->smcf = smcf;
    prober->log = cycle->log;

    ccf = (ngx_core_conf_t *) ngx_get_conf(cycle->conf_ctx, ngx_core_module);

    sscf = smcf->upstreams.elts;
    n = 0;

    for (i = 0; i < smcf->upstreams.nelts; i++) {
        sscf[i]->check->pace.interval = sscf[i]->check->interval;
        sscf[i]->check->pace.fast = sscf[i]->check->fast;
        sscf[i]->check->pace.timeout = sscf[i]->check->timeout;
        sscf[i]->check->pace.jitter = sscf[i]->check->jitter;
        sscf[i]->check->pace.rule = &sscf[i]->check->rule;
        sscf[i]->check->pace.worker = ngx_worker;
        sscf[i]->check->pace.workers = ngx_process == NGX_PROCESS_SINGLE
                                       ? 1 : ccf->worker_processes;

        n += sscf[i]->group->peers.nelts;
    }

    if (n == 0) {
        return NGX_OK;
    }

    targets = ngx_pcalloc(cycle->pool,
                          n * sizeof(ngx_shop_failover_target_t));
    if (targets == NULL) {
        return NGX_ERROR;
    }

    ngx_shop_failover_stall_start(&prober->stall, cycle->log);

    for (i = 0; i < smcf->upstreams.nelts; i++) {
        peer = sscf[i]->group->peers.elts;

        for (j = 0; j < sscf[i]->group->peers.nelts; j++) {

            if (peer[j].down || peer[j].slot == NGX_SHOP_FAILOVER_NO_SLOT) {
                continue;
            }

            ngx_shop_failover_probe_target(targets++, prober, sscf[i],
                                           &peer[j]);
        }
    }

    return NGX_OK;
}


static void
ngx_shop_failover_probe_target(ngx_shop_failover_target_t *t,
    ngx_shop_failover_prober_t *prober, ngx_shop_failover_srv_conf_t *sscf,
    ngx_shop_failover_peer_t *peer)
{
    t->timer.data = t;
    t->timer.fd = (ngx_socket_t) -1;
    t->prober = prober;
    t->sscf = sscf;
    t->peer = peer;

    t->event.handler = ngx_shop_failover_probe_handler;
    t->event.data = &t->timer;
    t->event.log = prober->log;
    t->event.cancelable = 1;

    ngx_shop_failover_probe_again(t, 1);
}


static void
ngx_shop_failover_probe_handler(ngx_event_t *ev)
{
    ngx_shop_failover_timer_t   *timer = ev->data;
    ngx_shop_failover_target_t  *t = timer->data;

    ngx_int_t                    rc;
    ngx_msec_t                   wait;

    if (ngx_exiting || ngx_terminate || ngx_quit) {
        return;
    }

    rc = ngx_shop_failover_peers_lease(&t->prober->smcf->zone, t->peer,
                                       &t->sscf->check->pace, &t->lease,
                                       &wait);

    switch (rc) {

    case NGX_AGAIN:
        ngx_shop_failover_probe_again(t, wait);
        return;

    case NGX_DECLINED:
        ngx_log_error(NGX_LOG_ALERT, t->prober->log, 0,
                      "shop failover: slot of peer %V in upstream \"%V\" was "
                      "taken by another peer, it is not probed any more",
                      &t->peer->address, &t->sscf->group->name);
        return;
    }

    if (ngx_shop_failover_attempt_start(t->sscf->check, t->peer,
                                        &t->prober->stall,
                                        ngx_shop_failover_probe_done, t)
        == NULL)
    {
        ngx_shop_failover_peers_release(&t->prober->smcf->zone, &t->lease);
        ngx_shop_failover_probe_again(t, t->sscf->check->interval);
    }
}


static void
ngx_shop_failover_probe_done(void *data, ngx_shop_failover_sample_t *sample)
{
    ngx_shop_failover_target_t  *t = data;

    ngx_int_t                    rc;
    ngx_shop_failover_zone_t    *zone;
    ngx_shop_failover_commit_t   commit;

    zone = &t->prober->smcf->zone;

    if (ngx_exiting || ngx_terminate || ngx_quit) {
        ngx_shop_failover_peers_release(zone, &t->lease);
        return;
    }

    rc = ngx_shop_failover_peers_commit(zone, &t->lease,
                                        &t->sscf->check->pace, sample,
                                        &commit);

    if (rc == NGX_OK) {
        ngx_shop_failover_journal_probe(t->sscf->group, t->peer, sample,
                                        &commit);

        if (commit.edge != NGX_SHOP_FAILOVER_EDGE_NONE) {
            ngx_shop_failover_journal_update(zone);
        }
    }

    ngx_shop_failover_probe_again(t, commit.wait);
}


static void
ngx_shop_failover_probe_again(ngx_shop_failover_target_t *t, ngx_msec_t wait)
{
    ngx_add_timer(&t->event, ngx_max(wait, 1));
}
