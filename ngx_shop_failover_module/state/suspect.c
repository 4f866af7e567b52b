
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * A live failure of a peer: once for all workers, the next probe of it is
 * brought forward, and the worker that saw the failure is to make it.
 */


#include "state/suspect.h"
#include "state/clock.h"


static ngx_int_t ngx_shop_suspect_take_locked(ngx_shop_model_zone_t *zone,
    ngx_shop_layout_peer_t *ps, ngx_shop_lease_pace_t *pace, ngx_msec_t *wait);


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

    rc = ngx_shop_suspect_take_locked(zone, ps, pace, wait);

done:

    ngx_shmtx_unlock(&zone->shpool->mutex);

    return rc;
}


/* a flood of failures is one reason for a probe, not a flood of them */

static ngx_int_t
ngx_shop_suspect_take_locked(ngx_shop_model_zone_t *zone,
    ngx_shop_layout_peer_t *ps, ngx_shop_lease_pace_t *pace, ngx_msec_t *wait)
{
    uint32_t    passed;
    ngx_msec_t  now, next;

    now = ngx_shop_clock_msec(zone->sh);
    next = now;
    passed = (uint32_t) now - ps->started;

    if (passed < pace->fast) {
        next += pace->fast - passed;
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
        rc = ngx_shop_suspect_take_locked(zone, ps, pace, wait);
    }

    ngx_shmtx_unlock(&zone->shpool->mutex);

    return rc;
}
