
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * One peer finds its record, or gets a new one.
 */


#include "state/peers_inside.h"
#include "state/clock.h"
#include "state/shift.h"


static ngx_shop_layout_peer_t *ngx_shop_peers_add_new_locked(
    ngx_shop_model_zone_t *zone, ngx_shop_model_group_t *group,
    ngx_shop_model_peer_t *peer, ngx_shop_layout_t *old);
static void ngx_shop_peers_add_inherit(ngx_shop_layout_peer_t *ps,
    ngx_shop_layout_peer_t *from);


ngx_int_t
ngx_shop_peers_add(ngx_shop_model_zone_t *zone, ngx_shop_model_group_t *group,
    ngx_shop_model_peer_t *peer)
{
    ngx_int_t  rc;

    ngx_shmtx_lock(&zone->shpool->mutex);

    rc = ngx_shop_peers_add_locked(zone, group, peer, NULL, 1);

    ngx_shmtx_unlock(&zone->shpool->mutex);

    return rc;
}


ngx_shop_layout_peer_t *
ngx_shop_peers_add_known_locked(ngx_shop_model_zone_t *zone, ngx_str_t *name,
    ngx_str_t *server, ngx_str_t *address, ngx_shop_model_group_t **group)
{
    ngx_uint_t                i;
    ngx_shop_model_peer_t     peer;
    ngx_shop_model_group_t  **groups;
    ngx_shop_layout_peer_t   *ps;

    groups = zone->groups.elts;

    for (i = 0; i < zone->groups.nelts; i++) {

        if (groups[i]->name.len == name->len
            && ngx_memcmp(groups[i]->name.data, name->data, name->len) == 0)
        {
            break;
        }
    }

    if (i == zone->groups.nelts) {
        return NULL;
    }

    *group = groups[i];

    ngx_memzero(&peer, sizeof(ngx_shop_model_peer_t));
    peer.server = *server;
    peer.address = *address;

    ps = ngx_shop_peers_slot_find(zone->sh, name, &peer);

    if (ps || groups[i]->resolve == 0
        || ngx_shop_peers_add_locked(zone, groups[i], &peer, NULL, 1)
           != NGX_OK)
    {
        return ps;
    }

    return &zone->sh->peers[peer.slot];
}


ngx_int_t
ngx_shop_peers_add_locked(ngx_shop_model_zone_t *zone,
    ngx_shop_model_group_t *group, ngx_shop_model_peer_t *peer,
    ngx_shop_layout_t *old, ngx_uint_t dynamic)
{
    ngx_shop_layout_t       *sh;
    ngx_shop_layout_peer_t  *ps;

    sh = zone->sh;
    peer->slot = NGX_SHOP_LAYOUT_NO_SLOT;

    ngx_shop_shift_follow_locked(sh);

    ps = ngx_shop_peers_slot_find(sh, &group->name, peer);

    if (ps == NULL) {
        ps = ngx_shop_peers_add_new_locked(zone, group, peer, old);
        if (ps == NULL) {
            return NGX_DECLINED;
        }

        ps->dynamic = (uint8_t) dynamic;

    } else if (ngx_shop_peers_slot_stale(sh, ps)
               || (!dynamic && !ps->dynamic
                   && (int32_t) (ps->registered - sh->running) < 0))
    {
        ngx_shop_peers_clear_locked(ps);
        ngx_shop_peers_add_forget(zone, group, ps);
    }

    ngx_shop_peers_adopt_locked(sh, ps);

    peer->slot = ps - sh->peers;
    peer->id = ps->id;
    peer->twin = (ps->registered == zone->generation
                  && !(dynamic && ps->dynamic));

    ps->touched = ngx_shop_clock_msec(sh);

    if ((int32_t) (zone->generation - ps->registered) > 0) {
        ps->registered = zone->generation;
        ps->dynamic = (uint8_t) dynamic;
    }

    return NGX_OK;
}


static ngx_shop_layout_peer_t *
ngx_shop_peers_add_new_locked(ngx_shop_model_zone_t *zone,
    ngx_shop_model_group_t *group, ngx_shop_model_peer_t *peer,
    ngx_shop_layout_t *old)
{
    u_char                  *names;
    uint32_t                 slot, *bucket;
    ngx_shop_layout_t       *sh;
    ngx_shop_layout_peer_t  *ps, *from;

    if (peer->server.len > 65535 || peer->address.len > 65535) {
        return NULL;
    }

    slot = ngx_shop_peers_slot_take_locked(zone);
    if (slot == NGX_SHOP_LAYOUT_NO_SLOT) {
        return NULL;
    }

    sh = zone->sh;
    ps = &sh->peers[slot];

    names = ngx_slab_alloc_locked(zone->shpool,
                                  peer->server.len + peer->address.len);
    if (names == NULL) {
        ps->next = sh->free;
        sh->free = slot;
        return NULL;
    }

    ngx_memzero(ps, sizeof(ngx_shop_layout_peer_t));

    ngx_memcpy(ngx_cpymem(names, peer->server.data, peer->server.len),
               peer->address.data, peer->address.len);

    ps->names = names;
    ps->server_len = (uint16_t) peer->server.len;
    ps->address_len = (uint16_t) peer->address.len;
    ps->group = group->index;
    ps->hash = ngx_shop_peers_slot_hash(&group->name, peer);
    ps->id = sh->next_id++;

    ngx_shop_peers_add_forget(zone, group, ps);

    from = old ? ngx_shop_peers_slot_find(old, &group->name, peer) : NULL;

    if (from && (from->dynamic
                 || (int32_t) (from->registered - old->running) >= 0))
    {
        ngx_shop_peers_add_inherit(ps, from);
    }

    bucket = &sh->buckets[ps->hash & (sh->nbuckets - 1)];
    ps->next = *bucket;
    *bucket = slot;

    return ps;
}


void
ngx_shop_peers_add_forget(ngx_shop_model_zone_t *zone,
    ngx_shop_model_group_t *group, ngx_shop_layout_peer_t *ps)
{
    ngx_memzero(&ps->verdict, sizeof(ps->verdict));
    ngx_memzero(&ps->last, sizeof(ps->last));
    ngx_memzero(ps->history, sizeof(ps->history));

    ngx_memzero(&ps->evidence, sizeof(ps->evidence));
    ngx_memzero(&ps->aside, sizeof(ps->aside));
    ngx_memzero(&ps->own, sizeof(ps->own));

    ps->busy = 0;
    ps->suspect = 0;
    ps->silence = 0;
    ps->usual = 0;
    ps->reach = 0;
    ps->whose = NGX_SHOP_SILENCE_UNKNOWN;
    ps->ramp = 0;
    ps->asides = 0;
    ps->relapses = 0;
    ps->downs = 0;
    ps->doubt = 0;
    ps->doubted = 0;
    ps->up_since = 0;
    ps->checks = 0;
    ps->fails = 0;
    ps->owner = 0;
    ps->probing = 0;
    ps->due = 0;
    ps->since = ngx_shop_clock_now();
    ps->touched = ngx_shop_clock_msec(zone->sh);

    ngx_shop_peers_publish_locked(zone, ps, !(group->checked
                                            && group->rule.mandatory));
}


/* takes over what is known of a peer, not who probes it */

static void
ngx_shop_peers_add_inherit(ngx_shop_layout_peer_t *ps,
    ngx_shop_layout_peer_t *from)
{
    ps->unusable = from->unusable;
    ps->verdict = from->verdict;
    ps->downs = from->downs;
    ps->since = from->since;
    ps->doubt = from->doubt;
    ps->doubted = from->doubted;
    ps->up_since = from->up_since;
    ps->checks = from->checks;
    ps->fails = from->fails;
    ps->last = from->last;
    ps->due = from->due;
    ps->force = from->force;
    ps->evidence = from->evidence;
    ps->aside = from->aside;
    ps->own = from->own;
    ps->busy = from->busy;
    ps->ramp = from->ramp;
    ps->suspect = from->suspect;
    ps->usual = from->usual;
    ps->reach = from->reach;
    ps->whose = from->whose;
    ps->asides = from->asides;
    ps->relapses = from->relapses;
    ngx_memcpy(ps->history, from->history, sizeof(ps->history));
}
