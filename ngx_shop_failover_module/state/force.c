
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * Overrides of peers in shared memory.  Does not know who asked, and how.
 */


#include "state/force.h"
#include "state/clock.h"
#include "state/shift.h"


static void ngx_shop_force_write_locked(ngx_shop_layout_peer_t *ps,
    ngx_shop_layout_force_t *force);
static int64_t ngx_shop_force_until_locked(ngx_shop_model_zone_t *zone,
    ngx_shop_model_peer_t *peer);
static void ngx_shop_force_end_locked(ngx_shop_model_zone_t *zone,
    ngx_shop_model_group_t *group, ngx_shop_model_peer_t *peer,
    ngx_shop_force_change_t *change);


ngx_int_t
ngx_shop_force_set(ngx_shop_model_zone_t *zone, ngx_shop_model_group_t *group,
    ngx_shop_model_peer_t *peer, ngx_shop_layout_force_t *force,
    ngx_shop_layout_force_t *was)
{
    ngx_int_t                rc;
    ngx_shop_layout_peer_t  *ps;

    if (peer->slot == NGX_SHOP_LAYOUT_NO_SLOT) {
        return NGX_DECLINED;
    }

    rc = NGX_DECLINED;
    ps = &zone->sh->peers[peer->slot];

    ngx_shmtx_lock(&zone->shpool->mutex);

    ngx_shop_shift_follow_locked(zone->sh);

    if (ps->id == peer->id) {
        *was = ps->force;
        zone->sh->unsettled++;
        ngx_shop_force_write_locked(ps, force);

        ngx_shop_peers_adopt_locked(zone->sh, ps);
        ngx_shop_peers_publish_locked(zone, ps,
             ngx_shop_verdict_usable(&ps->verdict, &group->rule));
        zone->sh->unsettled--;

        zone->sh->changed++;
        rc = NGX_OK;
    }

    ngx_shmtx_unlock(&zone->shpool->mutex);

    return rc;
}


/*
 * A worker may be killed between any two stores: what ends an override goes
 * first, what makes it one comes last, so that none is left without its end.
 */

static void
ngx_shop_force_write_locked(ngx_shop_layout_peer_t *ps,
    ngx_shop_layout_force_t *force)
{
    if (force->how == NGX_SHOP_LAYOUT_FORCE_NONE) {
        ngx_shop_peers_clear_locked(ps);
        return;
    }

    ps->force.since = force->since;
    ps->force.until = force->until;
    ps->force.reason_len = force->reason_len;
    ngx_memcpy(ps->force.reason, force->reason, force->reason_len);
    ps->force.who_len = force->who_len;
    ngx_memcpy(ps->force.who, force->who, force->who_len);

    ngx_memory_barrier();

    ps->force.how = force->how;
}


ngx_uint_t
ngx_shop_force_restore_locked(ngx_shop_model_zone_t *zone,
    ngx_shop_saved_order_t *order)
{
    ngx_shop_model_group_t  *group;
    ngx_shop_layout_peer_t  *ps;

    if (order->until && order->until <= ngx_shop_clock_now()) {
        return 0;
    }

    ps = ngx_shop_peers_add_known_locked(zone, (ngx_str_t *) &order->group,
                                     (ngx_str_t *) &order->server,
                                     (ngx_str_t *) &order->address, &group);
    if (ps == NULL) {
        return 0;
    }

    ps->force.how = order->how;
    ps->force.since = order->since;
    ps->force.until = order->until;
    ps->force.reason_len = (uint8_t) ngx_min(order->reason.len,
                                             NGX_SHOP_LAYOUT_REASON_LEN);
    ngx_memcpy(ps->force.reason, order->reason.data, ps->force.reason_len);
    ps->force.who_len = (uint8_t) ngx_min(order->who.len,
                                          NGX_SHOP_LAYOUT_WHO_LEN);
    ngx_memcpy(ps->force.who, order->who.data, ps->force.who_len);

    ngx_shop_peers_adopt_locked(zone->sh, ps);
    ngx_shop_peers_publish_locked(zone, ps,
             ngx_shop_verdict_usable(&ps->verdict, &group->rule));

    return 1;
}


/*
 * All peers are walked only when the first end has come.  A peer that this
 * configuration does not name keeps its override until one names it again.
 */

ngx_uint_t
ngx_shop_force_expire(ngx_shop_model_zone_t *zone,
    ngx_shop_force_change_t *changes, ngx_uint_t n)
{
    int64_t                   now, until, first;
    ngx_uint_t                i, k;
    ngx_shop_peers_walk_t     walk;
    ngx_shop_model_peer_t    *peer;
    ngx_shop_model_group_t  **group;

    now = ngx_shop_clock_now();

    if (zone->sh->expires == 0 || zone->sh->expires > now) {
        return 0;
    }

    k = 0;
    group = zone->groups.elts;

    ngx_shmtx_lock(&zone->shpool->mutex);

    /* it is over when its time has passed, not when the clock stepped */

    ngx_shop_shift_follow_locked(zone->sh);

    first = 0;

    for (i = 0; i < zone->groups.nelts; i++) {

        for (peer = ngx_shop_peers_first(group[i], &walk);
             peer;
             peer = ngx_shop_peers_next(&walk))
        {
            if (k == n) {
                goto done;
            }

            until = ngx_shop_force_until_locked(zone, peer);

            if (until && until <= now) {
                ngx_shop_force_end_locked(zone, group[i], peer, &changes[k++]);

            } else if (until && (first == 0 || until < first)) {
                first = until;
            }
        }
    }

    /* only now: a worker that is killed before leaves all to the next one */

    zone->sh->expires = first;

done:

    ngx_shmtx_unlock(&zone->shpool->mutex);

    return k;
}


/* Unix s; 0: no override, or one without an end */

static int64_t
ngx_shop_force_until_locked(ngx_shop_model_zone_t *zone,
    ngx_shop_model_peer_t *peer)
{
    ngx_shop_layout_peer_t  *ps;

    if (peer->slot == NGX_SHOP_LAYOUT_NO_SLOT) {
        return 0;
    }

    ps = &zone->sh->peers[peer->slot];

    return ps->id == peer->id && ps->force.how ? ps->force.until : 0;
}


static void
ngx_shop_force_end_locked(ngx_shop_model_zone_t *zone,
    ngx_shop_model_group_t *group, ngx_shop_model_peer_t *peer,
    ngx_shop_force_change_t *change)
{
    ngx_shop_layout_peer_t  *ps;

    ps = &zone->sh->peers[peer->slot];

    change->group = group;
    change->peer = peer;
    change->force = ps->force;

    zone->sh->unsettled++;
    ngx_shop_peers_clear_locked(ps);
    zone->sh->changed++;

    ngx_shop_peers_publish_locked(zone, ps,
             ngx_shop_verdict_usable(&ps->verdict, &group->rule));
    zone->sh->unsettled--;
}


ngx_uint_t
ngx_shop_force_intruder(ngx_shop_model_zone_t *zone, int64_t quiet)
{
    ngx_uint_t         n;
    ngx_atomic_uint_t  last, now;

    (void) ngx_atomic_fetch_add(&zone->sh->intruders, 1);

    now = (ngx_atomic_uint_t) ngx_shop_clock_now();
    last = zone->sh->intruded;

    if (now - last < (ngx_atomic_uint_t) quiet
        || !ngx_atomic_cmp_set(&zone->sh->intruded, last, now))
    {
        return 0;
    }

    n = zone->sh->intruders;
    (void) ngx_atomic_fetch_add(&zone->sh->intruders,
                                -(ngx_atomic_int_t) n);

    return n;
}


const char *
ngx_shop_force_name(ngx_uint_t how)
{
    static const char  *names[] = { "none", "drain", "down", "up" };

    return how <= NGX_SHOP_LAYOUT_FORCE_UP ? names[how] : "unknown";
}
