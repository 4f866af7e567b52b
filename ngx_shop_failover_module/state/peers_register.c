
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * All peers and groups of a configuration, when it is loaded.
 */


#include "state/peers_inside.h"
#include "state/clock.h"
#include "state/counters.h"


static ngx_int_t ngx_shop_peers_register_group_locked(
    ngx_shop_model_zone_t *zone, ngx_shop_model_group_t *group,
    ngx_shop_layout_t *old);


/*
 * Whether the peers and groups of a new configuration find room in the zone of
 * the running one, beside what that one uses.  The workers go on meanwhile, so
 * that this is a forecast, and a page is left for each group.
 */

ngx_uint_t
ngx_shop_peers_register_fit_locked(ngx_shop_model_zone_t *zone,
    ngx_shop_layout_t *sh, size_t *size)
{
    ngx_uint_t                i, j, k, room, groups;
    ngx_shop_model_peer_t    *peer;
    ngx_shop_model_group_t  **group;

    room = sh->nslots - sh->used;

    for (k = 0; k < sh->used; k++) {
        if (sh->peers[k].id == 0
            || ngx_shop_peers_slot_stale(sh, &sh->peers[k]))
        {
            room++;
        }
    }

    groups = sh->ngroups - sh->groups_used;
    group = zone->groups.elts;

    for (i = 0; i < zone->groups.nelts; i++) {

        if (ngx_shop_peers_find_group(sh, &group[i]->name) == NULL) {

            if (groups-- == 0) {
                return 0;
            }

            *size += ngx_pagesize;
        }

        peer = group[i]->peers.elts;

        for (j = 0; j < group[i]->peers.nelts; j++) {

            if (ngx_shop_peers_slot_find(sh, &group[i]->name, &peer[j])) {
                continue;
            }

            if (room-- == 0) {
                return 0;
            }

            *size += 2 * (peer[j].server.len + peer[j].address.len);
        }
    }

    return 1;
}


ngx_uint_t
ngx_shop_peers_register_locked(ngx_shop_model_zone_t *zone,
    ngx_shop_layout_t *old)
{
    ngx_uint_t                i, j, lost;
    ngx_shop_model_peer_t    *peer;
    ngx_shop_model_group_t  **group;

    lost = 0;
    group = zone->groups.elts;

    for (i = 0; i < zone->groups.nelts; i++) {

        peer = group[i]->peers.elts;

        if (ngx_shop_peers_register_group_locked(zone, group[i], old)
            != NGX_OK)
        {
            lost += group[i]->peers.nelts;
            continue;
        }

        for (j = 0; j < group[i]->peers.nelts; j++) {

            if (ngx_shop_peers_add_locked(zone, group[i], &peer[j], old, 0)
                != NGX_OK)
            {
                lost++;
            }
        }
    }

    return lost;
}


static ngx_int_t
ngx_shop_peers_register_group_locked(ngx_shop_model_zone_t *zone,
    ngx_shop_model_group_t *group, ngx_shop_layout_t *old)
{
    ngx_shop_layout_t        *sh;
    ngx_shop_layout_group_t  *gs, *from;

    sh = zone->sh;
    gs = ngx_shop_peers_find_group(sh, &group->name);

    if (gs) {
        group->index = gs - sh->groups;
        return NGX_OK;
    }

    if (sh->groups_used == sh->ngroups) {
        return NGX_ERROR;
    }

    gs = &sh->groups[sh->groups_used];

    gs->name.data = ngx_slab_alloc_locked(zone->shpool, group->name.len);
    if (gs->name.data == NULL) {
        return NGX_ERROR;
    }

    gs->name.len = group->name.len;
    ngx_memcpy(gs->name.data, group->name.data, group->name.len);

    gs->since = ngx_shop_clock_now();
    gs->serving_since = gs->since;
    gs->better = NGX_SHOP_LAYOUT_NO_SLOT;
    group->index = sh->groups_used++;

    from = old ? ngx_shop_peers_find_group(old, &group->name) : NULL;

    if (from) {
        ngx_shop_counters_inherit_group(gs, from);
    }

    return NGX_OK;
}


/*
 * A group without probes has no verdicts; those of a time when it had some
 * would stay for ever.
 */

void
ngx_shop_peers_register_adopt(ngx_shop_model_zone_t *zone)
{
    ngx_uint_t                i, j;
    ngx_shop_layout_t        *sh;
    ngx_shop_model_peer_t    *peer;
    ngx_shop_model_group_t  **group;
    ngx_shop_layout_peer_t   *ps;

    sh = zone->sh;
    group = zone->groups.elts;

    ngx_shmtx_lock(&zone->shpool->mutex);

    if ((int32_t) (zone->generation - sh->running) <= 0) {
        ngx_shmtx_unlock(&zone->shpool->mutex);
        return;
    }

    sh->running = zone->generation;

    for (i = 0; i < zone->groups.nelts; i++) {

        peer = group[i]->peers.elts;

        for (j = 0; j < group[i]->peers.nelts; j++) {

            if (group[i]->checked || peer[j].slot == NGX_SHOP_LAYOUT_NO_SLOT) {
                continue;
            }

            ps = &sh->peers[peer[j].slot];

            if (ps->id == peer[j].id) {
                ngx_shop_peers_add_forget(zone, group[i], ps);
            }
        }
    }

    ngx_shmtx_unlock(&zone->shpool->mutex);
}
