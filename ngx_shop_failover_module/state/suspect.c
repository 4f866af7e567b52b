
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * A live failure of a peer: once for all workers, the next probe of it is
 * brought forward, and the worker that saw the failure is to make it.
 */


#include "state/suspect.h"
#include "state/clock.h"
#include "state/peers.h"


/* the budget of moves is for so many ms, a power of two */
#define NGX_SHOP_SUSPECT_SHIFT  15


static ngx_int_t ngx_shop_suspect_take_locked(ngx_shop_model_zone_t *zone,
    ngx_shop_layout_peer_t *ps, ngx_shop_lease_pace_t *pace, ngx_msec_t apart,
    ngx_msec_t *wait);
static ngx_int_t ngx_shop_suspect_silent_locked(ngx_shop_model_zone_t *zone,
    ngx_shop_layout_peer_t *ps, ngx_shop_lease_pace_t *pace,
    ngx_shop_suspect_silence_t *silence, ngx_msec_t *wait);


ngx_int_t
ngx_shop_suspect(ngx_shop_model_zone_t *zone, ngx_shop_model_peer_t *peer,
    ngx_shop_lease_pace_t *pace, ngx_shop_suspect_t *s, ngx_msec_t *wait)
{
    ngx_int_t                rc;
    ngx_msec_t               now;
    ngx_shop_layout_peer_t  *ps;

    if (peer->slot == NGX_SHOP_LAYOUT_NO_SLOT) {
        return NGX_DECLINED;
    }

    rc = NGX_DECLINED;
    ps = &zone->sh->peers[peer->slot];

    ngx_shmtx_lock(&zone->shpool->mutex);

    now = ngx_shop_clock_msec(zone->sh);

    if (ps->id != peer->id || ps->probing
        || ps->verdict.state == NGX_SHOP_VERDICT_DOWN
        || (int32_t) (ps->generation - zone->generation) > 0)
    {
        goto done;
    }

    if (s->since && ps->busy) {

        /* all wait there, as is known: another probe waits with them */

        goto done;
    }

    if (s->since && ps->last.result == NGX_SHOP_VERDICT_RESULT_OK
        && (int32_t) (ps->started - (uint32_t) s->since) >= 0)
    {
        goto done;
    }

    if ((uint32_t) now - ps->failed > s->window) {
        ps->failed = (uint32_t) now;
        ps->failures = 0;
    }

    if (++ps->failures < s->errors) {
        goto done;
    }

    ps->failures = 0;

    rc = ngx_shop_suspect_take_locked(zone, ps, pace, pace->fast, wait);

done:

    ngx_shmtx_unlock(&zone->shpool->mutex);

    return rc;
}


/* a flood of failures is one reason for a probe, not a flood of them */

static ngx_int_t
ngx_shop_suspect_take_locked(ngx_shop_model_zone_t *zone,
    ngx_shop_layout_peer_t *ps, ngx_shop_lease_pace_t *pace, ngx_msec_t apart,
    ngx_msec_t *wait)
{
    uint32_t    passed;
    ngx_msec_t  now, next;

    now = ngx_shop_clock_msec(zone->sh);
    next = now;
    passed = (uint32_t) now - ps->started;

    if (passed < apart) {
        next += apart - passed;
    }

    if (ps->owner && (ngx_msec_int_t) (ps->due - next) <= 0) {
        return NGX_DECLINED;
    }

    ps->due = next;
    ps->owner = ngx_pid;
    ps->worker = (uint16_t) pace->worker;
    ps->generation = zone->generation;
    ps->until = next + pace->interval;
    ps->touched = now;

    *wait = next - now;

    return NGX_OK;
}


ngx_int_t
ngx_shop_suspect_hurry(ngx_shop_model_zone_t *zone,
    ngx_shop_model_peer_t *peer, ngx_shop_lease_pace_t *pace, ngx_msec_t *wait)
{
    ngx_int_t                rc;
    ngx_shop_layout_peer_t  *ps;

    if (peer->slot == NGX_SHOP_LAYOUT_NO_SLOT) {
        return NGX_DECLINED;
    }

    rc = NGX_DECLINED;
    ps = &zone->sh->peers[peer->slot];

    ngx_shmtx_lock(&zone->shpool->mutex);

    if (ps->id == peer->id && !ps->probing
        && ps->verdict.state == NGX_SHOP_VERDICT_DOWN
        && (int32_t) (ps->generation - zone->generation) <= 0)
    {
        rc = ngx_shop_suspect_take_locked(zone, ps, pace, pace->fast, wait);
    }

    ngx_shmtx_unlock(&zone->shpool->mutex);

    return rc;
}


ngx_int_t
ngx_shop_suspect_silent(ngx_shop_model_zone_t *zone,
    ngx_shop_model_peer_t *peer, ngx_shop_lease_pace_t *pace,
    ngx_shop_suspect_silence_t *silence, ngx_msec_t *wait)
{
    ngx_int_t                rc;
    ngx_shop_layout_peer_t  *ps;

    if (peer->slot == NGX_SHOP_LAYOUT_NO_SLOT) {
        return NGX_DECLINED;
    }

    rc = NGX_DECLINED;
    ps = &zone->sh->peers[peer->slot];

    ngx_shmtx_lock(&zone->shpool->mutex);

    if (ps->id == peer->id
        && ps->unusable == NGX_SHOP_PEERS_UNUSABLE_NOT
        && ps->verdict.state == NGX_SHOP_VERDICT_UP
        && ps->busy == 0 && ps->force.how == NGX_SHOP_LAYOUT_FORCE_NONE
        && (int32_t) (ps->generation - zone->generation) <= 0)
    {
        rc = ngx_shop_suspect_silent_locked(zone, ps, pace, silence, wait);
    }

    ngx_shmtx_unlock(&zone->shpool->mutex);

    return rc;
}


/*
 * One probe has two times: after what is usual for it the peer is suspect, and
 * after its timeout it has failed.
 */

static ngx_int_t
ngx_shop_suspect_silent_locked(ngx_shop_model_zone_t *zone,
    ngx_shop_layout_peer_t *ps, ngx_shop_lease_pace_t *pace,
    ngx_shop_suspect_silence_t *silence, ngx_msec_t *wait)
{
    uint32_t  now, quick, passed;

    now = (uint32_t) ngx_shop_clock_msec(zone->sh);
    quick = ngx_shop_silence_probe(ps->usual, (uint32_t) pace->timeout);
    passed = now - ps->started;

    if (!ps->probing) {

        ps->silence = (uint32_t) silence->msec;

        if (ngx_shop_suspect_take_locked(zone, ps, pace,
                                         NGX_SHOP_SILENCE_FLOOR, wait)
            == NGX_OK)
        {
            return NGX_OK;
        }

        /* another worker is about to */

        *wait = NGX_SHOP_SILENCE_FLOOR;

        return NGX_AGAIN;
    }

    if (silence->whose == NGX_SHOP_SILENCE_HOST) {

        /* the kernel's word stands for the probe's */

    } else if (passed < quick) {
        *wait = quick - passed;
        return NGX_AGAIN;
    }

    zone->sh->unsettled++;

    ps->suspect = now | 1;
    ps->whose = (uint8_t) silence->whose;
    ps->silence = (uint32_t) silence->msec;

    ngx_shop_peers_publish_locked(zone, ps, 1);

    zone->sh->unsettled--;

    return NGX_DONE;
}


ngx_uint_t
ngx_shop_suspect_budget(ngx_shop_model_zone_t *zone,
    ngx_shop_model_group_t *group)
{
    uint32_t                  budget, doubts, period;
    ngx_shop_peers_walk_t     walk;
    ngx_shop_model_peer_t    *peer;
    ngx_shop_layout_group_t  *gs;
    ngx_shop_evidence_sum_t   sum;
    ngx_atomic_uint_t         was;

    ngx_memzero(&sum, sizeof(ngx_shop_evidence_sum_t));

    for (peer = ngx_shop_peers_first(group, &walk);
         peer;
         peer = ngx_shop_peers_next(&walk))
    {
        if (peer->slot != NGX_SHOP_LAYOUT_NO_SLOT) {
            ngx_shop_evidence_sum(&sum, &zone->sh->peers[peer->slot].evidence,
                                  (uint32_t) ngx_current_msec);
        }
    }

    gs = &zone->sh->groups[group->index];
    period = (uint32_t) ngx_current_msec >> NGX_SHOP_SUSPECT_SHIFT;

    /* the first worker of a stretch of time empties what was spent */

    was = gs->doubts_at;

    if (was != period && ngx_atomic_cmp_set(&gs->doubts_at, was, period)) {
        gs->doubts = 0;
    }

    budget = ngx_shop_silence_budget(sum.n);
    doubts = (uint32_t) gs->doubts;

    return budget > doubts ? budget - doubts : 0;
}


void
ngx_shop_suspect_spend(ngx_shop_model_zone_t *zone,
    ngx_shop_model_group_t *group, ngx_uint_t n)
{
    (void) ngx_atomic_fetch_add(&zone->sh->groups[group->index].doubts, n);
}
