
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * Peers in shared memory: slots found by key, leases, commit of a result.
 */


#include "state/peers.h"
#include "state/clock.h"
#include "state/shift.h"
#include "state/counters.h"


static uint32_t ngx_shop_peers_hash(ngx_str_t *group,
    ngx_shop_model_peer_t *peer);
static ngx_shop_layout_peer_t *ngx_shop_peers_find(ngx_shop_layout_t *sh,
    ngx_str_t *group, ngx_shop_model_peer_t *peer);
static ngx_int_t ngx_shop_peers_group_locked(ngx_shop_model_zone_t *zone,
    ngx_shop_model_group_t *group, ngx_shop_layout_t *old);
static ngx_int_t ngx_shop_peers_add_locked(ngx_shop_model_zone_t *zone,
    ngx_shop_model_group_t *group, ngx_shop_model_peer_t *peer,
    ngx_shop_layout_t *old, ngx_uint_t dynamic);
static ngx_shop_layout_peer_t *ngx_shop_peers_new_locked(
    ngx_shop_model_zone_t *zone, ngx_shop_model_group_t *group,
    ngx_shop_model_peer_t *peer, ngx_shop_layout_t *old);
static void ngx_shop_peers_forget(ngx_shop_model_zone_t *zone,
    ngx_shop_model_group_t *group, ngx_shop_layout_peer_t *ps);
static uint32_t ngx_shop_peers_slot_locked(ngx_shop_model_zone_t *zone);
static void ngx_shop_peers_drop_locked(ngx_shop_model_zone_t *zone,
    uint32_t slot);
static ngx_uint_t ngx_shop_peers_stale(ngx_shop_layout_t *sh,
    ngx_shop_layout_peer_t *ps);
static void ngx_shop_peers_inherit(ngx_shop_layout_peer_t *ps,
    ngx_shop_layout_peer_t *from);


/* a slot that was nobody's for so long is free for another peer; ms */
#define NGX_SHOP_PEERS_STALE  60000


static uint32_t
ngx_shop_peers_hash(ngx_str_t *group, ngx_shop_model_peer_t *peer)
{
    uint32_t  hash;

    ngx_crc32_init(hash);
    ngx_crc32_update(&hash, group->data, group->len);
    ngx_crc32_update(&hash, (u_char *) "", 1);
    ngx_crc32_update(&hash, peer->server.data, peer->server.len);
    ngx_crc32_update(&hash, (u_char *) "", 1);
    ngx_crc32_update(&hash, peer->address.data, peer->address.len);
    ngx_crc32_final(hash);

    return hash;
}


static ngx_shop_layout_peer_t *
ngx_shop_peers_find(ngx_shop_layout_t *sh, ngx_str_t *group,
    ngx_shop_model_peer_t *peer)
{
    uint32_t                 hash, slot;
    ngx_str_t               *name;
    ngx_shop_layout_peer_t  *ps;

    hash = ngx_shop_peers_hash(group, peer);

    for (slot = sh->buckets[hash & (sh->nbuckets - 1)];
         slot != NGX_SHOP_LAYOUT_NO_SLOT;
         slot = ps->next)
    {
        ps = &sh->peers[slot];
        name = &sh->groups[ps->group].name;

        if (ps->hash == hash
            && ps->server_len == peer->server.len
            && ps->address_len == peer->address.len
            && name->len == group->len
            && ngx_memcmp(name->data, group->data, group->len) == 0
            && ngx_memcmp(ps->names, peer->server.data, ps->server_len) == 0
            && ngx_memcmp(ps->names + ps->server_len, peer->address.data,
                          ps->address_len)
               == 0)
        {
            return ps;
        }
    }

    return NULL;
}


/*
 * Whether the peers and groups of a new configuration find room in the zone of
 * the running one, beside what that one uses.  The workers go on meanwhile, so
 * that this is a forecast, and a page is left for each group.
 */

ngx_uint_t
ngx_shop_peers_fit_locked(ngx_shop_model_zone_t *zone, ngx_shop_layout_t *sh,
    size_t *size)
{
    ngx_uint_t                i, j, k, room, groups;
    ngx_shop_model_peer_t    *peer;
    ngx_shop_model_group_t  **group;

    room = sh->nslots - sh->used;

    for (k = 0; k < sh->used; k++) {
        if (sh->peers[k].id == 0 || ngx_shop_peers_stale(sh, &sh->peers[k])) {
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

            if (ngx_shop_peers_find(sh, &group[i]->name, &peer[j])) {
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

        if (ngx_shop_peers_group_locked(zone, group[i], old) != NGX_OK) {
            lost += group[i]->peers.nelts;
            continue;
        }

        for (j = 0; j < group[i]->peers.nelts; j++) {

            if (ngx_shop_peers_add_locked(zone, group[i], &peer[j],
                                          old, 0)
                != NGX_OK)
            {
                lost++;
            }
        }
    }

    return lost;
}


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


static ngx_int_t
ngx_shop_peers_group_locked(ngx_shop_model_zone_t *zone,
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
ngx_shop_peers_adopt(ngx_shop_model_zone_t *zone)
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
                ngx_shop_peers_forget(zone, group[i], ps);
            }
        }
    }

    ngx_shmtx_unlock(&zone->shpool->mutex);
}


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
ngx_shop_peers_known_locked(ngx_shop_model_zone_t *zone, ngx_str_t *name,
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

    ps = ngx_shop_peers_find(zone->sh, name, &peer);

    if (ps || groups[i]->resolve == 0
        || ngx_shop_peers_add_locked(zone, groups[i], &peer, NULL, 1)
           != NGX_OK)
    {
        return ps;
    }

    return &zone->sh->peers[peer.slot];
}


/*
 * A slot that is found keeps its verdict over a reload, as long as somebody
 * looked at the peer until now.  Generations only grow here: workers of the one
 * before go on for a moment.
 */

static ngx_int_t
ngx_shop_peers_add_locked(ngx_shop_model_zone_t *zone,
    ngx_shop_model_group_t *group, ngx_shop_model_peer_t *peer,
    ngx_shop_layout_t *old, ngx_uint_t dynamic)
{
    ngx_shop_layout_t       *sh;
    ngx_shop_layout_peer_t  *ps;

    sh = zone->sh;
    peer->slot = NGX_SHOP_LAYOUT_NO_SLOT;

    ngx_shop_shift_follow_locked(sh);

    ps = ngx_shop_peers_find(sh, &group->name, peer);

    if (ps == NULL) {
        ps = ngx_shop_peers_new_locked(zone, group, peer, old);
        if (ps == NULL) {
            return NGX_DECLINED;
        }

        ps->dynamic = (uint8_t) dynamic;

    } else if (ngx_shop_peers_stale(sh, ps)
               || (!dynamic && !ps->dynamic
                   && (int32_t) (ps->registered - sh->running) < 0))
    {
        ngx_shop_peers_clear_locked(ps);
        ngx_shop_peers_forget(zone, group, ps);
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
ngx_shop_peers_new_locked(ngx_shop_model_zone_t *zone,
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

    slot = ngx_shop_peers_slot_locked(zone);
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
    ps->hash = ngx_shop_peers_hash(&group->name, peer);
    ps->id = sh->next_id++;

    ngx_shop_peers_forget(zone, group, ps);

    from = old ? ngx_shop_peers_find(old, &group->name, peer) : NULL;

    if (from && (from->dynamic
                 || (int32_t) (from->registered - old->running) >= 0))
    {
        ngx_shop_peers_inherit(ps, from);
    }

    bucket = &sh->buckets[ps->hash & (sh->nbuckets - 1)];
    ps->next = *bucket;
    *bucket = slot;

    return ps;
}


/* the state of a peer that nobody has looked at */

static void
ngx_shop_peers_forget(ngx_shop_model_zone_t *zone,
    ngx_shop_model_group_t *group, ngx_shop_layout_peer_t *ps)
{
    ngx_memzero(&ps->verdict, sizeof(ps->verdict));
    ngx_memzero(&ps->last, sizeof(ps->last));
    ngx_memzero(ps->history, sizeof(ps->history));

    ngx_memzero(&ps->evidence, sizeof(ps->evidence));
    ngx_memzero(&ps->aside, sizeof(ps->aside));

    ps->busy = 0;
    ps->suspect = 0;
    ps->silence = 0;
    ps->usual = 0;
    ps->reach = 0;
    ps->whose = 0;
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
ngx_shop_peers_inherit(ngx_shop_layout_peer_t *ps,
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


/*
 * Whether nobody uses a slot any more.  What the running configuration names
 * is in use, however rarely it is probed; what was found at run time is touched
 * by the workers that still see it.
 */

static ngx_uint_t
ngx_shop_peers_stale(ngx_shop_layout_t *sh, ngx_shop_layout_peer_t *ps)
{
    return (ps->dynamic || (int32_t) (ps->registered - sh->running) < 0)
           && ngx_shop_clock_msec(sh) - ps->touched
              > NGX_SHOP_PEERS_STALE;
}


/* a slot for a new peer: a free one, else one that nobody uses any more */

static uint32_t
ngx_shop_peers_slot_locked(ngx_shop_model_zone_t *zone)
{
    uint32_t            slot;
    ngx_shop_layout_t  *sh;

    sh = zone->sh;

    if (sh->free == NGX_SHOP_LAYOUT_NO_SLOT && sh->used == sh->nslots) {

        for (slot = 0; slot < sh->used; slot++) {
            if (sh->peers[slot].names == NULL
                || ngx_shop_peers_stale(sh, &sh->peers[slot]))
            {
                ngx_shop_peers_drop_locked(zone, slot);
            }
        }
    }

    slot = sh->free;

    if (slot != NGX_SHOP_LAYOUT_NO_SLOT) {
        sh->free = sh->peers[slot].next;
        return slot;
    }

    return sh->used < sh->nslots ? sh->used++ : NGX_SHOP_LAYOUT_NO_SLOT;
}


static void
ngx_shop_peers_drop_locked(ngx_shop_model_zone_t *zone, uint32_t slot)
{
    u_char                  *names;
    uint32_t                *p;
    ngx_shop_layout_t       *sh;
    ngx_shop_layout_peer_t  *ps;

    sh = zone->sh;
    ps = &sh->peers[slot];

    for (p = &sh->buckets[ps->hash & (sh->nbuckets - 1)];
         *p != NGX_SHOP_LAYOUT_NO_SLOT;
         p = &sh->peers[*p].next)
    {
        if (*p == slot) {
            *p = ps->next;
            break;
        }
    }

    /* none: a worker was killed between two lines of _new_locked() */

    names = ps->names;

    ps->id = 0;
    ps->unusable = 0;
    ps->names = NULL;
    ps->server_len = 0;
    ps->address_len = 0;

    /* only now: a worker that is killed here leaks them, nobody frees twice */

    if (names) {
        ngx_slab_free_locked(zone->shpool, names);
    }

    ps->next = sh->free;
    sh->free = slot;
}


void
ngx_shop_peers_publish_locked(ngx_shop_model_zone_t *zone,
    ngx_shop_layout_peer_t *ps, ngx_uint_t usable)
{
    ngx_uint_t  unusable;

    unusable = !usable ? NGX_SHOP_PEERS_UNUSABLE_DEAD
               : ps->aside.until ? NGX_SHOP_PEERS_UNUSABLE_ASIDE
               : ps->suspect ? NGX_SHOP_PEERS_UNUSABLE_SUSPECT
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

            count->busy += (usable && ps->busy && ps->id == peer->id);
            count->aside += (!usable && ps->unusable
                                        == NGX_SHOP_PEERS_UNUSABLE_ASIDE);
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


ngx_uint_t
ngx_shop_peers_spared(ngx_shop_model_zone_t *zone,
    ngx_shop_model_group_t *group, ngx_shop_model_peer_t *peer)
{
    ngx_shop_peers_walk_t   walk;
    ngx_shop_model_peer_t  *other;

    if (!ngx_shop_peers_suspect(zone, peer)) {
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


ngx_uint_t
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
