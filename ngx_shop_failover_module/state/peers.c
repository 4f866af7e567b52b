
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * Peers in shared memory: what a balancer may use of them.
 */


#include "state/peers.h"
#include "state/clock.h"


static void ngx_shop_peers_count_own(ngx_shop_layout_peer_t *ps,
    ngx_uint_t usable, ngx_shop_site_count_t *count);
static ngx_uint_t ngx_shop_peers_forced(ngx_shop_layout_force_t *force);


ngx_shop_layout_group_t *
ngx_shop_peers_find_group(ngx_shop_layout_t *sh, ngx_str_t *name)
{
    ngx_uint_t                i;
    ngx_shop_layout_group_t  *gs;

    gs = sh->groups;

    for (i = 0; i < sh->groups_used; i++) {
        if (gs[i].name.len == name->len
            && ngx_memcmp(gs[i].name.data, name->data, name->len) == 0)
        {
            return &gs[i];
        }
    }

    return NULL;
}


void
ngx_shop_peers_publish_locked(ngx_shop_model_zone_t *zone,
    ngx_shop_layout_peer_t *ps, ngx_uint_t usable)
{
    ngx_uint_t  unusable;

    unusable = !usable ? NGX_SHOP_PEERS_UNUSABLE_DEAD
               : ps->own.said.what == NGX_SHOP_OWN_MAINT
                 ? NGX_SHOP_PEERS_UNUSABLE_MAINT
               : ps->aside.until ? NGX_SHOP_PEERS_UNUSABLE_ASIDE
               : ps->suspect ? NGX_SHOP_PEERS_UNUSABLE_SUSPECT
               : ps->own.said.what == NGX_SHOP_OWN_DRAIN
                 ? NGX_SHOP_PEERS_UNUSABLE_LEAVING
               : NGX_SHOP_PEERS_UNUSABLE_NOT;

    if (ps->force.how) {
        unusable = ngx_shop_peers_forced(&ps->force);
    }

    if (ps->unusable == unusable) {
        return;
    }

    ps->unusable = unusable;

    /* a full barrier: who sees the new generation sees the new verdict */

    (void) ngx_atomic_fetch_add(&zone->sh->verdicts, 1);
}


void
ngx_shop_peers_settle_locked(ngx_shop_model_zone_t *zone)
{
    ngx_uint_t                i;
    ngx_shop_peers_walk_t     walk;
    ngx_shop_model_peer_t    *peer;
    ngx_shop_model_group_t  **group;
    ngx_shop_layout_peer_t   *ps;

    group = zone->groups.elts;

    for (i = 0; i < zone->groups.nelts; i++) {

        for (peer = ngx_shop_peers_first(group[i], &walk);
             peer;
             peer = ngx_shop_peers_next(&walk))
        {
            if (peer->slot == NGX_SHOP_LAYOUT_NO_SLOT) {
                continue;
            }

            ps = &zone->sh->peers[peer->slot];

            if (ps->id == peer->id) {
                ngx_shop_peers_adopt_locked(zone->sh, ps);
                ngx_shop_peers_publish_locked(zone, ps,
                    !group[i]->checked
                    || ngx_shop_verdict_usable(&ps->verdict,
                                               &group[i]->rule));
            }
        }
    }

    /* who waits for a verdict looks again, whatever was told already */

    (void) ngx_atomic_fetch_add(&zone->sh->verdicts, 1);

    zone->sh->unsettled = 0;
}


ngx_shop_model_peer_t *
ngx_shop_peers_first(ngx_shop_model_group_t *group,
    ngx_shop_peers_walk_t *walk)
{
    walk->group = group;
    walk->dynamic = group->dynamic;
    walk->next = 0;

    return ngx_shop_peers_next(walk);
}


ngx_shop_model_peer_t *
ngx_shop_peers_next(ngx_shop_peers_walk_t *walk)
{
    ngx_shop_model_peer_t     *peer;
    ngx_shop_model_dynamic_t  *dynamic;

    if (walk->next < walk->group->peers.nelts) {
        peer = walk->group->peers.elts;
        return &peer[walk->next++];
    }

    while (walk->dynamic && walk->dynamic->gone) {
        walk->dynamic = walk->dynamic->next;
    }

    dynamic = walk->dynamic;

    if (dynamic == NULL) {
        return NULL;
    }

    walk->dynamic = dynamic->next;

    return &dynamic->peer;
}


void
ngx_shop_peers_count(ngx_shop_model_zone_t *zone,
    ngx_shop_model_group_t *group, ngx_shop_site_count_t *count)
{
    ngx_uint_t               usable;
    ngx_shop_peers_walk_t    walk;
    ngx_shop_model_peer_t   *peer;
    ngx_shop_layout_peer_t  *ps;

    ngx_memzero(count, sizeof(ngx_shop_site_count_t));

    for (peer = ngx_shop_peers_first(group, &walk);
         peer;
         peer = ngx_shop_peers_next(&walk))
    {
        if (peer->down) {
            continue;
        }

        usable = ngx_shop_peers_usable(zone, peer);

        if (peer->slot != NGX_SHOP_LAYOUT_NO_SLOT) {
            ps = &zone->sh->peers[peer->slot];

            count->busy += (usable && ngx_shop_layout_read(ps->busy)
                            && ngx_shop_layout_read(ps->id) == peer->id);
            count->aside += (!usable && ps->unusable
                                        == NGX_SHOP_PEERS_UNUSABLE_ASIDE);

            ngx_shop_peers_count_own(ps, usable, count);
        }

        if (peer->backup) {
            count->backups++;
            count->backups_usable += usable;

        } else {
            count->primaries++;
            count->primaries_usable += usable;
        }
    }
}


/* what it says of itself; an order stands above it */

static void
ngx_shop_peers_count_own(ngx_shop_layout_peer_t *ps, ngx_uint_t usable,
    ngx_shop_site_count_t *count)
{
    ngx_uint_t  what;

    what = ngx_shop_layout_read(ps->own.said.what);

    if (ngx_shop_layout_read(ps->force.how)) {
        count->ordered += !usable;

    } else if (!usable) {
        count->planned += (what == NGX_SHOP_OWN_MAINT);

    } else {
        count->worn += (what == NGX_SHOP_OWN_DRAIN
                        || what == NGX_SHOP_OWN_DEGRADED);
    }
}


ngx_uint_t
ngx_shop_peers_spared(ngx_shop_model_zone_t *zone,
    ngx_shop_model_group_t *group, ngx_shop_model_peer_t *peer)
{
    ngx_shop_peers_walk_t   walk;
    ngx_shop_model_peer_t  *other;

    if (!ngx_shop_peers_suspect(zone, peer)
        && !ngx_shop_peers_leaving(zone, peer))
    {
        return 0;
    }

    for (other = ngx_shop_peers_first(group, &walk);
         other;
         other = ngx_shop_peers_next(&walk))
    {
        if (!other->down && other->backup == peer->backup
            && ngx_shop_peers_steady(zone, other))
        {
            return 1;
        }
    }

    return 0;
}


ngx_uint_t
ngx_shop_peers_weight(ngx_shop_model_zone_t *zone, ngx_shop_model_peer_t *peer)
{
    ngx_uint_t  weight;

    if (peer->slot == NGX_SHOP_LAYOUT_NO_SLOT
        || ngx_shop_peers_read(zone, peer, id) != peer->id)
    {
        return 100;
    }

    weight = ngx_shop_peers_read(zone, peer, own.said.weight);

    return weight ? weight : 100;
}


ngx_uint_t
ngx_shop_peers_share(ngx_shop_model_zone_t *zone,
    ngx_shop_model_group_t *group, ngx_shop_model_peer_t *peer)
{
    ngx_msec_t      since, ramp;
    ngx_msec_int_t  passed;

    ramp = ngx_shop_peers_ramp(zone, group, peer);

    if (ramp == 0) {
        return 1000;
    }

    since = ngx_shop_peers_up_since(zone, peer);

    if (since == 0) {
        return 1000;
    }

    passed = (ngx_msec_int_t) (ngx_current_msec - since);

    if (passed < 0) {

        /* set by another worker, whose clock is a moment ahead */

        return 0;
    }

    return (ngx_msec_t) passed >= ramp
           ? 1000 : (ngx_msec_t) passed * 1000 / ramp;
}


void
ngx_shop_peers_clear_locked(ngx_shop_layout_peer_t *ps)
{
    ps->force.how = NGX_SHOP_LAYOUT_FORCE_NONE;

    ngx_memory_barrier();

    ngx_memzero(&ps->force, sizeof(ngx_shop_layout_force_t));
}


void
ngx_shop_peers_adopt_locked(ngx_shop_layout_t *sh, ngx_shop_layout_peer_t *ps)
{
    if (ps->force.how && ps->force.until
        && (sh->expires == 0 || ps->force.until < sh->expires))
    {
        sh->expires = ps->force.until;
    }
}


/* what an override makes of a peer, a _peers_unusable_e */

static ngx_uint_t
ngx_shop_peers_forced(ngx_shop_layout_force_t *force)
{
    switch (force->how) {

    case NGX_SHOP_LAYOUT_FORCE_DRAIN:
        return NGX_SHOP_PEERS_UNUSABLE_DRAINING;

    case NGX_SHOP_LAYOUT_FORCE_DOWN:
        return NGX_SHOP_PEERS_UNUSABLE_DEAD;

    default:
        return NGX_SHOP_PEERS_UNUSABLE_NOT;
    }
}
