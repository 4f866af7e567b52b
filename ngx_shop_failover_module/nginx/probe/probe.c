
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * When to probe: every worker has a timer for every peer; the one that holds
 * the peer's lease makes the attempt, the others look again when the lease
 * would have run out.
 */


#include "nginx/probe/probe.h"
#include "nginx/probe/attempt.h"
#include "nginx/probe/discover.h"
#include "nginx/journal/journal.h"
#include "nginx/wake.h"

#include "state/line.h"
#include "state/suspect.h"


typedef struct ngx_shop_probe_worker_s  ngx_shop_probe_worker_t;
typedef struct ngx_shop_probe_target_s  ngx_shop_probe_target_t;


struct ngx_shop_probe_target_s {
    ngx_shop_timer_t           timer;
    ngx_shop_probe_worker_t   *prober;
    ngx_shop_conf_srv_t       *sscf;
    ngx_shop_model_peer_t     *peer;
    ngx_shop_lease_t           lease;
    ngx_shop_attempt_line_t    line;
    ngx_shop_probe_target_t   *next;
    unsigned                   running:1;
};


struct ngx_shop_probe_worker_s {
    ngx_shop_timer_t           timer;       /* to look for new peers */
    ngx_shop_stall_t           stall;
    ngx_shop_conf_main_t      *smcf;
    ngx_shop_probe_silent_pt   silent;
    ngx_shop_probe_target_t   *targets;    /* of configured peers */
    ngx_log_t                 *log;
};


/* how often to look for peers that came or went; ms */
#define NGX_SHOP_PROBE_LOOK  250


static void ngx_shop_probe_watch(ngx_shop_probe_worker_t *prober);
static void ngx_shop_probe_look(ngx_event_t *ev);
static void ngx_shop_probe_dynamic(ngx_shop_probe_worker_t *prober,
    ngx_shop_conf_srv_t *sscf, ngx_shop_model_dynamic_t *dynamic);
static void ngx_shop_probe_stop(ngx_shop_probe_target_t *t);
static ngx_msec_t ngx_shop_probe_paces(ngx_cycle_t *cycle,
    ngx_shop_conf_main_t *smcf);
static void ngx_shop_probe_target(ngx_shop_probe_target_t *t,
    ngx_shop_probe_worker_t *prober, ngx_shop_conf_srv_t *sscf,
    ngx_shop_model_peer_t *peer);
static void ngx_shop_probe_handler(ngx_event_t *ev);
static void ngx_shop_probe_begin(ngx_shop_probe_target_t *t, ngx_msec_t wait);
static void ngx_shop_probe_renew(ngx_shop_probe_target_t *t);
static void ngx_shop_probe_done(void *data, ngx_shop_layout_sample_t *sample);
static void ngx_shop_probe_late(ngx_shop_probe_target_t *t,
    ngx_shop_layout_sample_t *sample);
static void ngx_shop_probe_hurry(ngx_shop_probe_target_t *t);
static void ngx_shop_probe_again(ngx_shop_probe_target_t *t, ngx_msec_t wait);


ngx_int_t
ngx_shop_probe_start(ngx_cycle_t *cycle, ngx_shop_conf_main_t *smcf,
    ngx_shop_probe_silent_pt silent)
{
    ngx_uint_t                i, j, n;
    ngx_msec_t                timeout;
    ngx_shop_conf_srv_t     **sscf;
    ngx_shop_model_peer_t    *peer;
    ngx_shop_probe_target_t  *targets;
    ngx_shop_probe_worker_t  *prober;

    ngx_shop_peers_register_adopt(&smcf->zone);

    if (smcf->upstreams.nelts == 0) {
        return NGX_OK;
    }

    prober = ngx_pcalloc(cycle->pool, sizeof(ngx_shop_probe_worker_t));
    if (prober == NULL) {
        return NGX_ERROR;
    }

    prober->smcf = smcf;
    prober->log = cycle->log;
    prober->silent = silent;
    smcf->prober = prober;

    timeout = ngx_shop_probe_paces(cycle, smcf);

    ngx_shop_stall_start(&prober->stall, timeout, cycle->log);

    ngx_shop_probe_watch(prober);

    sscf = smcf->upstreams.elts;

    for (i = 0; i < smcf->upstreams.nelts; i++) {

        n = sscf[i]->group->peers.nelts;
        peer = sscf[i]->group->peers.elts;

        targets = ngx_pcalloc(cycle->pool,
                              n * sizeof(ngx_shop_probe_target_t));
        if (targets == NULL) {
            return NGX_ERROR;
        }

        for (j = 0; j < n; j++) {

            if (peer[j].down || peer[j].twin
                || peer[j].slot == NGX_SHOP_LAYOUT_NO_SLOT)
            {
                continue;
            }

            targets->next = prober->targets;
            prober->targets = targets;

            ngx_shop_probe_target(targets++, prober, sscf[i], &peer[j]);
        }
    }

    return NGX_OK;
}


/* a timer for groups whose peers come and go */

static void
ngx_shop_probe_watch(ngx_shop_probe_worker_t *prober)
{
    ngx_uint_t             i, resolve;
    ngx_shop_conf_srv_t  **sscf;

    resolve = 0;
    sscf = prober->smcf->upstreams.elts;

    for (i = 0; i < prober->smcf->upstreams.nelts; i++) {

        if (sscf[i]->group->resolve) {
            ngx_shop_discover_start(sscf[i]);
            resolve = 1;
        }
    }

    if (resolve == 0) {
        return;
    }

    ngx_shop_timer_init(&prober->timer, ngx_shop_probe_look, prober,
                        prober->log);

    ngx_add_timer(&prober->timer.event, 1);
}


static void
ngx_shop_probe_look(ngx_event_t *ev)
{
    ngx_shop_probe_worker_t    *prober = ngx_shop_timer_data(ev);

    ngx_uint_t                  i;
    ngx_shop_model_dynamic_t   *dynamic;
    ngx_shop_conf_srv_t       **sscf;

    if (ngx_exiting || ngx_terminate || ngx_quit) {
        return;
    }

    sscf = prober->smcf->upstreams.elts;

    for (i = 0; i < prober->smcf->upstreams.nelts; i++) {

        if (sscf[i]->group->resolve == 0) {
            continue;
        }

        ngx_shop_discover_scan(prober->smcf, sscf[i]);

        for (dynamic = sscf[i]->group->dynamic; dynamic;
             dynamic = dynamic->next)
        {
            ngx_shop_probe_dynamic(prober, sscf[i], dynamic);
        }

        ngx_shop_discover_free(sscf[i]->group);
    }

    ngx_add_timer(ev, NGX_SHOP_PROBE_LOOK);
}


/* begins or ends the probes of a peer that came or went */

static void
ngx_shop_probe_dynamic(ngx_shop_probe_worker_t *prober,
    ngx_shop_conf_srv_t *sscf, ngx_shop_model_dynamic_t *dynamic)
{
    ngx_uint_t                wanted;
    ngx_shop_model_peer_t    *peer;
    ngx_shop_probe_target_t  *t;

    t = dynamic->target;
    peer = &dynamic->peer;

    wanted = !dynamic->gone && !peer->down && !peer->twin
             && peer->slot != NGX_SHOP_LAYOUT_NO_SLOT;

    if (t && t->running && !wanted) {
        ngx_shop_probe_stop(t);
        return;
    }

    if (!wanted || (t && t->running)) {
        return;
    }

    if (t == NULL) {
        t = ngx_pcalloc(dynamic->pool, sizeof(ngx_shop_probe_target_t));
        if (t == NULL) {
            return;
        }

        dynamic->target = t;
    }

    ngx_shop_probe_target(t, prober, sscf, peer);
}


static void
ngx_shop_probe_stop(ngx_shop_probe_target_t *t)
{
    t->running = 0;

    if (t->timer.event.timer_set) {
        ngx_del_timer(&t->timer.event);
    }

    if (t->line.attempt) {
        ngx_shop_lease_release(&t->prober->smcf->zone, &t->lease);
    }

    ngx_shop_attempt_cancel(&t->line);
}


/* the shortest timeout of all checks */

static ngx_msec_t
ngx_shop_probe_paces(ngx_cycle_t *cycle, ngx_shop_conf_main_t *smcf)
{
    ngx_uint_t              i;
    ngx_msec_t              timeout;
    ngx_core_conf_t        *ccf;
    ngx_shop_conf_srv_t   **sscf;
    ngx_shop_conf_check_t  *check;

    ccf = (ngx_core_conf_t *) ngx_get_conf(cycle->conf_ctx, ngx_core_module);

    timeout = NGX_MAX_INT32_VALUE;
    sscf = smcf->upstreams.elts;

    for (i = 0; i < smcf->upstreams.nelts; i++) {

        check = sscf[i]->check;

        check->pace.interval = check->interval;
        check->pace.fast = check->fast;
        check->pace.timeout = check->timeout;
        check->pace.jitter = check->jitter;
        check->pace.rule = &check->rule;
        check->pace.group = sscf[i]->group;
        check->pace.kept = check->keepalive;
        check->pace.worker = ngx_worker;
        check->pace.workers = ngx_process == NGX_PROCESS_SINGLE
                              ? 1 : ccf->worker_processes;

        timeout = ngx_min(timeout, check->timeout);
    }

    return timeout;
}


static void
ngx_shop_probe_target(ngx_shop_probe_target_t *t,
    ngx_shop_probe_worker_t *prober, ngx_shop_conf_srv_t *sscf,
    ngx_shop_model_peer_t *peer)
{
    t->prober = prober;
    t->sscf = sscf;
    t->peer = peer;

    ngx_shop_timer_init(&t->timer, ngx_shop_probe_handler, t, prober->log);
    t->running = 1;

    t->line.check = sscf->check;
    t->line.peer = peer;
    t->line.stall = &prober->stall;
    t->line.done = ngx_shop_probe_done;
    t->line.data = t;

    ngx_shop_probe_again(t, 1);
}


static void
ngx_shop_probe_handler(ngx_event_t *ev)
{
    ngx_shop_probe_target_t  *t = ngx_shop_timer_data(ev);

    ngx_int_t                 rc;
    ngx_msec_t                wait;

    if (ngx_exiting || ngx_terminate || ngx_quit) {
        return;
    }

    if (t->line.attempt) {
        ngx_shop_probe_renew(t);
        return;
    }

    rc = ngx_shop_lease_take(&t->prober->smcf->zone, t->peer,
                             &t->sscf->check->pace, &t->lease, &wait);

    switch (rc) {

    case NGX_OK:
        ngx_shop_probe_begin(t, wait);
        return;

    case NGX_AGAIN:
        ngx_shop_probe_again(t, wait);
        return;

    default: /* NGX_DECLINED */

        /*
         * Of a peer that was found at run time, after this worker stood still
         * for more than a minute: it is looked for again.
         */

        ngx_shop_probe_stop(t);
        t->peer->slot = NGX_SHOP_LAYOUT_NO_SLOT;
    }
}


static void
ngx_shop_probe_begin(ngx_shop_probe_target_t *t, ngx_msec_t wait)
{
    t->line.timeout = ngx_shop_record_timeout(&t->prober->smcf->zone,
                                              t->sscf->group, t->peer,
                                              &t->sscf->outlier.rule);

    ngx_shop_attempt_start(&t->line);

    if (t->line.attempt == NULL) {

        /* it is over already */

        return;
    }

    if (t->line.timeout > wait) {
        ngx_shop_probe_again(t, wait);
    }
}


/* who does not renew is stuck, and another worker takes over */

static void
ngx_shop_probe_renew(ngx_shop_probe_target_t *t)
{
    ngx_int_t   rc;
    ngx_msec_t  interval;

    interval = t->sscf->check->interval;

    rc = ngx_shop_lease_renew(&t->prober->smcf->zone, &t->lease,
                              &t->sscf->check->pace);
    if (rc != NGX_OK) {
        ngx_shop_attempt_cancel(&t->line);
    }

    ngx_shop_probe_again(t, interval);
}


static void
ngx_shop_probe_done(void *data, ngx_shop_layout_sample_t *sample)
{
    ngx_shop_probe_target_t  *t = data;

    ngx_int_t                 rc;
    ngx_uint_t                silent;
    ngx_shop_model_zone_t    *zone;
    ngx_shop_lease_commit_t   commit;

    zone = &t->prober->smcf->zone;

    if (ngx_exiting || ngx_terminate || ngx_quit) {
        ngx_shop_lease_release(zone, &t->lease);
        return;
    }

    ngx_shop_probe_late(t, sample);

    t->lease.own = t->line.own;

    silent = sample->result != NGX_SHOP_VERDICT_RESULT_OK
             && t->prober->silent(t->sscf, t->peer);

    rc = ngx_shop_lease_commit(zone, &t->lease, &t->sscf->check->pace, sample,
                               silent, &commit);

    if (rc == NGX_OK) {
        ngx_shop_journal_probe(zone, t->sscf->group, t->peer, sample, &commit);

        if (commit.edge != NGX_SHOP_VERDICT_EDGE_NONE || commit.busy
            || commit.said)
        {
            ngx_shop_journal_update(zone);
            ngx_shop_wake_all(t->prober->smcf);

        } else if (commit.waiting
                   && sample->result == NGX_SHOP_VERDICT_RESULT_OK)
        {
            ngx_shop_line_hope(zone, t->sscf->group);
            ngx_shop_wake_all(t->prober->smcf);
        }
    }

    ngx_shop_probe_again(t, commit.wait);

    if (commit.edge == NGX_SHOP_VERDICT_EDGE_DOWN && commit.nobody) {
        ngx_shop_probe_hurry(t);
    }
}


/*
 * A timeout beside visitors who wait as long is no word on the server, and an
 * answer to a patient probe says that it is slow.
 */

static void
ngx_shop_probe_late(ngx_shop_probe_target_t *t,
    ngx_shop_layout_sample_t *sample)
{
    u_char      *p;
    ngx_msec_t   waited;

    p = sample->detail;

    switch (sample->result) {

    case NGX_SHOP_VERDICT_RESULT_OK:

        if (sample->total <= t->sscf->check->timeout) {
            return;
        }

        p = ngx_slprintf(p, p + NGX_SHOP_LAYOUT_DETAIL_LEN,
                         "answered after %uD ms", sample->total);
        break;

    case NGX_SHOP_VERDICT_RESULT_TIMEOUT:
    case NGX_SHOP_VERDICT_RESULT_CONNECT_TIMEOUT:

        waited = ngx_shop_record_late(&t->prober->smcf->zone, t->sscf->group,
                                      t->peer, &t->sscf->outlier.rule,
                                      sample->total);
        if (waited == 0) {
            return;
        }

        p = ngx_slprintf(p, p + NGX_SHOP_LAYOUT_DETAIL_LEN,
                         "timed out after %uD ms, a visitor was answered "
                         "after %M ms", sample->total, waited);
        break;

    default:
        return;
    }

    sample->result = NGX_SHOP_VERDICT_RESULT_BUSY;
    sample->detail_len = (uint8_t) (p - sample->detail);
}


/* the last one went down: those that were down before are asked more often */

static void
ngx_shop_probe_hurry(ngx_shop_probe_target_t *t)
{
    ngx_msec_t              wait;
    ngx_shop_peers_walk_t   walk;
    ngx_shop_model_peer_t  *peer;

    for (peer = ngx_shop_peers_first(t->sscf->group, &walk);
         peer;
         peer = ngx_shop_peers_next(&walk))
    {
        if (peer != t->peer
            && ngx_shop_suspect_hurry(&t->prober->smcf->zone, peer,
                                      &t->sscf->check->pace, &wait)
               == NGX_OK)
        {
            ngx_shop_probe_soon(t->prober->smcf, peer, wait);
        }
    }
}


/* a timer that is moved by little would stay where it is: it is set anew */

static void
ngx_shop_probe_again(ngx_shop_probe_target_t *t, ngx_msec_t wait)
{
    if (t->timer.event.timer_set) {
        ngx_del_timer(&t->timer.event);
    }

    ngx_add_timer(&t->timer.event, ngx_max(wait, 1));
}


void
ngx_shop_probe_soon(ngx_shop_conf_main_t *smcf, ngx_shop_model_peer_t *peer,
    ngx_msec_t wait)
{
    ngx_uint_t                  i;
    ngx_shop_conf_srv_t       **sscf;
    ngx_shop_probe_target_t    *t;
    ngx_shop_model_dynamic_t   *dynamic;

    if (smcf->prober == NULL) {
        return;
    }

    for (t = smcf->prober->targets; t; t = t->next) {
        if (t->peer == peer && t->line.attempt == NULL) {
            ngx_shop_probe_again(t, wait);
            return;
        }
    }

    sscf = smcf->upstreams.elts;

    for (i = 0; i < smcf->upstreams.nelts; i++) {

        for (dynamic = sscf[i]->group->dynamic;
             dynamic;
             dynamic = dynamic->next)
        {
            t = dynamic->target;

            if (&dynamic->peer == peer && t && t->running
                && t->line.attempt == NULL)
            {
                ngx_shop_probe_again(t, wait);
                return;
            }
        }
    }
}


/* a session of TLS, say, is of OpenSSL's memory and not of a pool's */

void
ngx_shop_probe_exit(ngx_shop_conf_main_t *smcf)
{
    ngx_uint_t                  i;
    ngx_shop_conf_srv_t       **sscf;
    ngx_shop_probe_target_t    *t;
    ngx_shop_model_dynamic_t   *dynamic;

    if (smcf->prober == NULL) {
        return;
    }

    for (t = smcf->prober->targets; t; t = t->next) {
        ngx_shop_probe_stop(t);
    }

    sscf = smcf->upstreams.elts;

    for (i = 0; i < smcf->upstreams.nelts; i++) {

        for (dynamic = sscf[i]->group->dynamic;
             dynamic;
             dynamic = dynamic->next)
        {
            if (dynamic->target) {
                ngx_shop_probe_stop(dynamic->target);
            }
        }
    }
}
