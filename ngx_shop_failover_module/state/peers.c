
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * Peers in shared memory: slots found by key, leases, commit of a result.
 */


#include "state/peers.h"


static uint32_t ngx_shop_failover_peers_hash(ngx_str_t *group,
    ngx_shop_failover_peer_t *peer);
static ngx_shop_failover_peer_sh_t *ngx_shop_failover_peers_find(
    ngx_shop_failover_sh_t *sh, ngx_str_t *group,
    ngx_shop_failover_peer_t *peer);
static ngx_int_t ngx_shop_failover_peers_group_locked(
    ngx_shop_failover_zone_t *zone, ngx_shop_failover_group_t *group,
    ngx_shop_failover_sh_t *old);
static ngx_int_t ngx_shop_failover_peers_add_locked(
    ngx_shop_failover_zone_t *zone, ngx_shop_failover_group_t *group,
    ngx_shop_failover_peer_t *peer, ngx_shop_failover_sh_t *old);
static uint32_t ngx_shop_failover_peers_slot_locked(
    ngx_shop_failover_zone_t *zone);
static void ngx_shop_failover_peers_drop_locked(
    ngx_shop_failover_zone_t *zone, uint32_t slot);
static ngx_uint_t ngx_shop_failover_peers_stale(
    ngx_shop_failover_peer_sh_t *ps);
static void ngx_shop_failover_peers_inherit(ngx_shop_failover_peer_sh_t *ps,
    ngx_shop_failover_peer_sh_t *from);
static ngx_uint_t ngx_shop_failover_peers_takes(
    ngx_shop_failover_zone_t *zone, ngx_shop_failover_peer_sh_t *ps,
    ngx_shop_failover_pace_t *pace);
static ngx_msec_t ngx_shop_failover_peers_spread(ngx_msec_t interval,
    ngx_uint_t jitter);
static void ngx_shop_failover_peers_remember(ngx_shop_failover_peer_sh_t *ps,
    ngx_shop_failover_sample_t *sample);
static ngx_uint_t ngx_shop_failover_peers_publish(
    ngx_shop_failover_zone_t *zone, ngx_shop_failover_peer_sh_t *ps,
    ngx_uint_t usable);


/* a slot that nobody probed for so long may be given to another peer; ms */
#define NGX_SHOP_FAILOVER_PEERS_STALE  60000


static uint32_t
ngx_shop_failover_peers_hash(ngx_str_t *group, ngx_shop_failover_peer_t *peer)
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


static ngx_shop_failover_peer_sh_t *
ngx_shop_failover_peers_find(ngx_shop_failover_sh_t *sh, ngx_str_t *group,
    ngx_shop_failover_peer_t *peer)
{
    uint32_t                      hash, slot;
    ngx_str_t                    *name;
    ngx_shop_failover_peer_sh_t  *ps;

    hash = ngx_shop_failover_peers_hash(group, peer);

    for (slot = sh->buckets[hash & (sh->nbuckets - 1)];
         slot != NGX_SHOP_FAILOVER_NO_SLOT;
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
 * the running one, beside what that one uses.
 */

ngx_uint_t
ngx_shop_failover_peers_fit(ngx_shop_failover_zone_t *zone,
    ngx_shop_failover_sh_t *sh)
{
    ngx_uint_t                   i, j, k, room, groups;
    ngx_shop_failover_peer_t    *peer;
    ngx_shop_failover_group_t  **group;

    room = sh->nslots - sh->used;

    for (k = 0; k < sh->used; k++) {
        if (sh->peers[k].id == 0
            || ngx_shop_failover_peers_stale(&sh->peers[k]))
        {
            room++;
        }
    }

    groups = sh->ngroups - sh->groups_used;
    group = zone->groups.elts;

    for (i = 0; i < zone->groups.nelts; i++) {

        for (k = 0; k < sh->groups_used; k++) {
            if (sh->groups[k].name.len == group[i]->name.len
                && ngx_memcmp(sh->groups[k].name.data, group[i]->name.data,
                              group[i]->name.len)
                   == 0)
            {
                break;
            }
        }

        if (k == sh->groups_used && groups-- == 0) {
            return 0;
        }

        peer = group[i]->peers.elts;

        for (j = 0; j < group[i]->peers.nelts; j++) {
            if (ngx_shop_failover_peers_find(sh, &group[i]->name, &peer[j])) {
                continue;
            }

            if (room-- == 0) {
                return 0;
            }
        }
    }

    return zone->sites.nelts <= sh->nsites - sh->sites_used;
}


void
ngx_shop_failover_peers_register_locked(ngx_shop_failover_zone_t *zone,
    ngx_shop_failover_sh_t *old)
{
    ngx_uint_t                   i, j;
    ngx_shop_failover_peer_t    *peer;
    ngx_shop_failover_group_t  **group;

    group = zone->groups.elts;

    for (i = 0; i < zone->groups.nelts; i++) {

        if (ngx_shop_failover_peers_group_locked(zone, group[i], old)
            != NGX_OK)
        {
            continue;
        }

        peer = group[i]->peers.elts;

        for (j = 0; j < group[i]->peers.nelts; j++) {
            (void) ngx_shop_failover_peers_add_locked(zone, group[i], &peer[j],
                                                      old);
        }
    }
}


static ngx_int_t
ngx_shop_failover_peers_group_locked(ngx_shop_failover_zone_t *zone,
    ngx_shop_failover_group_t *group, ngx_shop_failover_sh_t *old)
{
    ngx_uint_t                     i;
    ngx_shop_failover_sh_t        *sh;
    ngx_shop_failover_group_sh_t  *gs;

    sh = zone->sh;
    gs = sh->groups;

    for (i = 0; i < sh->groups_used; i++) {
        if (gs[i].name.len == group->name.len
            && ngx_memcmp(gs[i].name.data, group->name.data, group->name.len)
               == 0)
        {
            group->index = i;
            return NGX_OK;
        }
    }

    if (i == sh->ngroups) {
        return NGX_ERROR;
    }

    gs = &sh->groups[i];

    gs->name.data = ngx_slab_alloc_locked(zone->shpool, group->name.len);
    if (gs->name.data == NULL) {
        return NGX_ERROR;
    }

    gs->name.len = group->name.len;
    ngx_memcpy(gs->name.data, group->name.data, group->name.len);

    gs->since = ngx_shop_failover_now();
    group->index = i;
    sh->groups_used++;

    for (i = 0; old && i < old->groups_used; i++) {
        if (old->groups[i].name.len == group->name.len
            && ngx_memcmp(old->groups[i].name.data, group->name.data,
                          group->name.len)
               == 0)
        {
            gs->state = old->groups[i].state;
            gs->since = old->groups[i].since;
        }
    }

    return NGX_OK;
}


ngx_int_t
ngx_shop_failover_peers_add(ngx_shop_failover_zone_t *zone,
    ngx_shop_failover_group_t *group, ngx_shop_failover_peer_t *peer)
{
    ngx_int_t  rc;

    ngx_shmtx_lock(&zone->shpool->mutex);

    rc = ngx_shop_failover_peers_add_locked(zone, group, peer, NULL);

    ngx_shmtx_unlock(&zone->shpool->mutex);

    return rc;
}


static ngx_int_t
ngx_shop_failover_peers_add_locked(ngx_shop_failover_zone_t *zone,
    ngx_shop_failover_group_t *group, ngx_shop_failover_peer_t *peer,
    ngx_shop_failover_sh_t *old)
{
    u_char                       *names;
    uint32_t                      slot, *bucket;
    ngx_shop_failover_sh_t       *sh;
    ngx_shop_failover_peer_sh_t  *ps, *from;

    sh = zone->sh;
    peer->slot = NGX_SHOP_FAILOVER_NO_SLOT;

    ps = ngx_shop_failover_peers_find(sh, &group->name, peer);

    if (ps) {
        ps->touched = ngx_current_msec;
        peer->slot = ps - sh->peers;
        peer->id = ps->id;
        return NGX_OK;
    }

    slot = ngx_shop_failover_peers_slot_locked(zone);
    if (slot == NGX_SHOP_FAILOVER_NO_SLOT) {
        return NGX_DECLINED;
    }

    ps = &sh->peers[slot];

    names = ngx_slab_alloc_locked(zone->shpool,
                                  peer->server.len + peer->address.len);
    if (names == NULL) {
        ps->next = sh->free;
        sh->free = slot;
        return NGX_DECLINED;
    }

    ngx_memzero(ps, sizeof(ngx_shop_failover_peer_sh_t));

    ngx_memcpy(ngx_cpymem(names, peer->server.data, peer->server.len),
               peer->address.data, peer->address.len);

    ps->names = names;
    ps->server_len = (uint16_t) peer->server.len;
    ps->address_len = (uint16_t) peer->address.len;
    ps->group = group->index;
    ps->hash = ngx_shop_failover_peers_hash(&group->name, peer);
    ps->since = ngx_shop_failover_now();
    ps->touched = ngx_current_msec;
    ps->unusable = group->checked && group->rule.mandatory;
    ps->id = sh->next_id++;

    from = old ? ngx_shop_failover_peers_find(old, &group->name, peer) : NULL;

    if (from) {
        ngx_shop_failover_peers_inherit(ps, from);
    }

    bucket = &sh->buckets[ps->hash & (sh->nbuckets - 1)];
    ps->next = *bucket;
    *bucket = slot;

    peer->slot = slot;
    peer->id = ps->id;

    return NGX_OK;
}


/* takes over what is known of a peer, not who probes it */

static void
ngx_shop_failover_peers_inherit(ngx_shop_failover_peer_sh_t *ps,
    ngx_shop_failover_peer_sh_t *from)
{
    ps->unusable = from->unusable;
    ps->verdict = from->verdict;
    ps->downs = from->downs;
    ps->since = from->since;
    ps->doubt = from->doubt;
    ps->up_since = from->up_since;
    ps->checks = from->checks;
    ps->fails = from->fails;
    ps->last = from->last;
    ps->due = from->due;
    ngx_memcpy(ps->history, from->history, sizeof(ps->history));
}


static ngx_uint_t
ngx_shop_failover_peers_stale(ngx_shop_failover_peer_sh_t *ps)
{
    return ngx_current_msec - ps->touched > NGX_SHOP_FAILOVER_PEERS_STALE
           && !ps->probing;
}


/* a slot for a new peer: a free one, else one that nobody uses any more */

static uint32_t
ngx_shop_failover_peers_slot_locked(ngx_shop_failover_zone_t *zone)
{
    uint32_t                 slot;
    ngx_shop_failover_sh_t  *sh;

    sh = zone->sh;

    if (sh->free == NGX_SHOP_FAILOVER_NO_SLOT && sh->used == sh->nslots) {

        for (slot = 0; slot < sh->used; slot++) {
            if (ngx_shop_failover_peers_stale(&sh->peers[slot])) {
                ngx_shop_failover_peers_drop_locked(zone, slot);
            }
        }
    }

    slot = sh->free;

    if (slot != NGX_SHOP_FAILOVER_NO_SLOT) {
        sh->free = sh->peers[slot].next;
        return slot;
    }

    return sh->used < sh->nslots ? sh->used++ : NGX_SHOP_FAILOVER_NO_SLOT;
}


static void
ngx_shop_failover_peers_drop_locked(ngx_shop_failover_zone_t *zone,
    uint32_t slot)
{
    uint32_t                     *p;
    ngx_shop_failover_sh_t       *sh;
    ngx_shop_failover_peer_sh_t  *ps;

    sh = zone->sh;
    ps = &sh->peers[slot];

    for (p = &sh->buckets[ps->hash & (sh->nbuckets - 1)];
         *p != NGX_SHOP_FAILOVER_NO_SLOT;
         p = &sh->peers[*p].next)
    {
        if (*p == slot) {
            *p = ps->next;
            break;
        }
    }

    ngx_slab_free_locked(zone->shpool, ps->names);

    ps->id = 0;
    ps->unusable = 0;
    ps->names = NULL;
    ps->server_len = 0;
    ps->address_len = 0;
    ps->next = sh->free;
    sh->free = slot;
}


/*
 * Whether this worker may take the lease from its holder: nobody holds it, it
 * ran out, the holder is of an older configuration, is gone, or keeps it only
 * because the worker whose turn it is was away.
 */

static ngx_uint_t
ngx_shop_failover_peers_takes(ngx_shop_failover_zone_t *zone,
    ngx_shop_failover_peer_sh_t *ps, ngx_shop_failover_pace_t *pace)
{
    int32_t     newer;
    ngx_uint_t  home;

    if (ps->owner == ngx_pid) {
        return 1;
    }

    home = ((ps - zone->sh->peers) % pace->workers == pace->worker);

    newer = (int32_t) (ps->generation - zone->generation);

    if (ps->owner == 0 || newer < 0) {
        /* at the start each worker takes its share, then what is left */

        return home
               || ngx_current_msec - ps->touched > pace->interval;
    }

    if (newer > 0) {
        return 0;
    }

    if ((ngx_msec_int_t) (ngx_current_msec - ps->until) >= 0) {
        return 1;
    }

    if (home && (!ps->probing || ps->worker == pace->worker)) {

        /* the same worker number is a respawn: its predecessor is dead */

        return 1;
    }

    return kill(ps->owner, 0) == -1 && ngx_errno == ESRCH;
}


ngx_int_t
ngx_shop_failover_peers_lease(ngx_shop_failover_zone_t *zone,
    ngx_shop_failover_peer_t *peer, ngx_shop_failover_pace_t *pace,
    ngx_shop_failover_lease_t *lease, ngx_msec_t *wait)
{
    ngx_int_t                     rc;
    ngx_msec_t                    now;
    ngx_msec_int_t                left;
    ngx_shop_failover_peer_sh_t  *ps;

    now = ngx_current_msec;
    ps = &zone->sh->peers[peer->slot];

    ngx_shmtx_lock(&zone->shpool->mutex);

    if (ps->id != peer->id) {
        rc = NGX_DECLINED;
        goto done;
    }

    if (!ngx_shop_failover_peers_takes(zone, ps, pace)) {

        left = (ngx_msec_int_t) (ps->until - now);

        *wait = (left > 0) ? (ngx_msec_t) left : pace->interval;
        rc = NGX_AGAIN;
        goto done;
    }

    if (ps->owner == 0 && ps->due == 0) {

        /* a new peer: soon, but not all of them at once */

        ps->due = now + ngx_random() % (ngx_min(pace->interval, 1000) + 1);
    }

    ps->owner = ngx_pid;
    ps->worker = (uint16_t) pace->worker;
    ps->generation = zone->generation;
    ps->touched = now;

    left = (ngx_msec_int_t) (ps->due - now);

    if (left > 0 && (ngx_msec_t) left <= 2 * pace->interval) {
        ps->until = ps->due + pace->interval;
        *wait = left;
        rc = NGX_AGAIN;
        goto done;
    }

    ps->probing = 1;
    ps->epoch++;
    ps->until = now + pace->timeout
                + ngx_min(pace->interval, pace->timeout) + 100;

    lease->id = ps->id;
    lease->slot = peer->slot;
    lease->epoch = ps->epoch;
    lease->started = now;

    rc = NGX_OK;

done:

    ngx_shmtx_unlock(&zone->shpool->mutex);

    return rc;
}


ngx_int_t
ngx_shop_failover_peers_commit(ngx_shop_failover_zone_t *zone,
    ngx_shop_failover_lease_t *lease, ngx_shop_failover_pace_t *pace,
    ngx_shop_failover_sample_t *sample, ngx_shop_failover_commit_t *commit)
{
    ngx_int_t                     rc;
    ngx_msec_t                    now, interval;
    ngx_msec_int_t                left;
    ngx_shop_failover_peer_sh_t  *ps;

    now = ngx_current_msec;
    ps = &zone->sh->peers[lease->slot];

    ngx_memzero(commit, sizeof(ngx_shop_failover_commit_t));
    commit->wait = pace->interval;

    ngx_shmtx_lock(&zone->shpool->mutex);

    if (ps->id != lease->id || ps->owner != ngx_pid
        || ps->epoch != lease->epoch)
    {
        rc = NGX_DECLINED;
        goto done;
    }

    ngx_shop_failover_peers_remember(ps, sample);

    commit->since = ps->since;
    commit->run = ps->verdict.run + 1;
    commit->edge = ngx_shop_failover_verdict_add(&ps->verdict, pace->rule,
                                                 sample->result);
    commit->doubt = ps->doubt;

    if (commit->edge != NGX_SHOP_FAILOVER_EDGE_NONE) {
        ps->since = sample->at / 1000;
        ps->doubt = 0;

        if (commit->edge == NGX_SHOP_FAILOVER_EDGE_UP) {
            ps->up_since = now;
        }

        if (commit->edge == NGX_SHOP_FAILOVER_EDGE_DOWN) {
            ps->downs++;
        }
    }

    (void) ngx_shop_failover_peers_publish(zone, ps,
             ngx_shop_failover_verdict_usable(&ps->verdict, pace->rule));

    interval = ngx_shop_failover_verdict_in_doubt(&ps->verdict)
               ? pace->fast : pace->interval;

    ps->due = lease->started
              + ngx_shop_failover_peers_spread(interval, pace->jitter);

    left = (ngx_msec_int_t) (ps->due - now);

    if (left <= 0) {
        ps->due = now + 1;
        left = 1;
    }

    commit->wait = left;

    ps->probing = 0;
    ps->touched = now;
    ps->until = ps->due + pace->interval;

    rc = NGX_OK;

done:

    ngx_shmtx_unlock(&zone->shpool->mutex);

    return rc;
}


void
ngx_shop_failover_peers_release(ngx_shop_failover_zone_t *zone,
    ngx_shop_failover_lease_t *lease)
{
    ngx_shop_failover_peer_sh_t  *ps;

    ps = &zone->sh->peers[lease->slot];

    ngx_shmtx_lock(&zone->shpool->mutex);

    if (ps->id == lease->id && ps->owner == ngx_pid
        && ps->epoch == lease->epoch)
    {
        ps->probing = 0;
        ps->owner = 0;
        ps->due = ngx_current_msec;
    }

    ngx_shmtx_unlock(&zone->shpool->mutex);
}


/* interval, give or take jitter percent */

static ngx_msec_t
ngx_shop_failover_peers_spread(ngx_msec_t interval, ngx_uint_t jitter)
{
    ngx_msec_t  range;

    range = interval * jitter / 100;

    if (range == 0) {
        return interval;
    }

    return interval - range + ngx_random() % (2 * range + 1);
}


static void
ngx_shop_failover_peers_remember(ngx_shop_failover_peer_sh_t *ps,
    ngx_shop_failover_sample_t *sample)
{
    ngx_uint_t  n;

    n = ps->checks % NGX_SHOP_FAILOVER_HISTORY;

    if (n & 1) {
        ps->history[n / 2] = (uint8_t) ((ps->history[n / 2] & 0x0f)
                                        | (sample->result << 4));

    } else {
        ps->history[n / 2] = (uint8_t) ((ps->history[n / 2] & 0xf0)
                                        | sample->result);
    }

    ps->checks++;
    ps->last = *sample;

    if (sample->result == NGX_SHOP_FAILOVER_RESULT_OK
        || sample->result == NGX_SHOP_FAILOVER_RESULT_INCONCLUSIVE)
    {
        return;
    }

    ps->fails++;

    if (ps->verdict.state != NGX_SHOP_FAILOVER_DOWN
        && (ps->doubt == 0 || ps->verdict.run == 0))
    {
        ps->doubt = sample->at;
    }
}


static ngx_uint_t
ngx_shop_failover_peers_publish(ngx_shop_failover_zone_t *zone,
    ngx_shop_failover_peer_sh_t *ps, ngx_uint_t usable)
{
    if (ps->unusable == !usable) {
        return 0;
    }

    ps->unusable = !usable;

    /* a full barrier: who sees the new generation sees the new verdict */

    (void) ngx_atomic_fetch_add(&zone->sh->verdicts, 1);

    return 1;
}


void
ngx_shop_failover_peers_view(ngx_shop_failover_zone_t *zone,
    ngx_shop_failover_peer_t *peer, ngx_shop_failover_peer_view_t *view)
{
    ngx_shop_failover_peer_sh_t  *ps;

    ngx_memzero(view, sizeof(ngx_shop_failover_peer_view_t));

    view->usable = 1;

    if (peer->slot == NGX_SHOP_FAILOVER_NO_SLOT) {
        return;
    }

    ps = &zone->sh->peers[peer->slot];

    ngx_shmtx_lock(&zone->shpool->mutex);

    if (ps->id == peer->id) {
        view->known = 1;
        view->usable = !ps->unusable;
        view->verdict = ps->verdict;
        view->downs = ps->downs;
        view->since = ps->since;
        view->checks = ps->checks;
        view->fails = ps->fails;
        view->last = ps->last;
        ngx_memcpy(view->history, ps->history, sizeof(view->history));
    }

    ngx_shmtx_unlock(&zone->shpool->mutex);
}


void
ngx_shop_failover_peers_count(ngx_shop_failover_zone_t *zone,
    ngx_shop_failover_group_t *group, ngx_shop_failover_site_count_t *count)
{
    ngx_uint_t                 i, usable;
    ngx_shop_failover_peer_t  *peer;

    ngx_memzero(count, sizeof(ngx_shop_failover_site_count_t));

    peer = group->peers.elts;

    for (i = 0; i < group->peers.nelts; i++) {

        if (peer[i].down) {
            continue;
        }

        usable = ngx_shop_failover_peers_usable(zone, &peer[i]);

        if (peer[i].backup) {
            count->backups++;
            count->backups_usable += usable;

        } else {
            count->primaries++;
            count->primaries_usable += usable;
        }
    }
}
