
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * The groups of a snapshot and their peers, some at a time.
 */


#include "state/snapshot_inside.h"
#include "state/crowd.h"
#include "state/line.h"
#include "state/clock.h"
#include "state/groups.h"
#include "state/peers.h"
#include "state/share.h"


static ngx_int_t ngx_shop_snapshot_peers_group(ngx_shop_snapshot_t *snap,
    ngx_shop_model_group_t *group);
static ngx_int_t ngx_shop_snapshot_peers_list(ngx_pool_t *pool,
    ngx_shop_snapshot_group_t *group);
static ngx_shop_model_peer_t *ngx_shop_snapshot_peers_copy(ngx_pool_t *pool,
    ngx_shop_model_peer_t *peer);
static void ngx_shop_snapshot_peers_of(ngx_shop_model_zone_t *zone,
    ngx_shop_snapshot_group_t *group);
static void ngx_shop_snapshot_peers_serving(ngx_shop_model_zone_t *zone,
    ngx_shop_snapshot_group_t *group);
static void ngx_shop_snapshot_peers_read(ngx_shop_model_zone_t *zone,
    ngx_shop_snapshot_group_t *group, ngx_uint_t i, ngx_uint_t last);
static void ngx_shop_snapshot_peers_read_locked(ngx_shop_model_zone_t *zone,
    ngx_shop_snapshot_peer_t *copy);
static ngx_uint_t ngx_shop_snapshot_peers_state(
    ngx_shop_snapshot_peer_t *copy);
static ngx_uint_t ngx_shop_snapshot_peers_share(ngx_shop_model_zone_t *zone,
    ngx_shop_snapshot_group_t *group, ngx_shop_snapshot_peer_t *copy);


/* peers that are copied in one go under the lock: a few microseconds */
#define NGX_SHOP_SNAPSHOT_PEERS_CHUNK  32


ngx_int_t
ngx_shop_snapshot_peers_begin(ngx_shop_snapshot_t *snap)
{
    snap->groups = ngx_pcalloc(snap->pool, (snap->zone->groups.nelts + 1)
                                           * sizeof(ngx_shop_snapshot_group_t));

    return snap->groups ? NGX_OK : NGX_ERROR;
}


/* a group, then some of its peers, and so on */

ngx_int_t
ngx_shop_snapshot_peers_next(ngx_shop_snapshot_t *snap)
{
    ngx_uint_t                  last;
    ngx_shop_model_group_t    **conf;
    ngx_shop_snapshot_group_t  *group;

    conf = snap->zone->groups.elts;

    if (snap->ngroups) {
        group = &snap->groups[snap->ngroups - 1];

        if (snap->next < group->npeers) {
            last = ngx_min(snap->next + NGX_SHOP_SNAPSHOT_PEERS_CHUNK,
                           group->npeers);

            ngx_shop_snapshot_peers_read(snap->zone, group, snap->next, last);

            snap->next = last;

            return NGX_AGAIN;
        }
    }

    if (snap->ngroups == snap->zone->groups.nelts) {
        return NGX_OK;
    }

    snap->next = 0;

    return ngx_shop_snapshot_peers_group(snap, conf[snap->ngroups])
           == NGX_OK ? NGX_AGAIN : NGX_ERROR;
}


static ngx_int_t
ngx_shop_snapshot_peers_group(ngx_shop_snapshot_t *snap,
    ngx_shop_model_group_t *group)
{
    ngx_shop_snapshot_group_t  *copy;

    copy = &snap->groups[snap->ngroups++];
    copy->group = group;

    if (ngx_shop_snapshot_peers_list(snap->pool, copy) != NGX_OK) {
        return NGX_ERROR;
    }

    ngx_shop_snapshot_peers_of(snap->zone, copy);
    ngx_shop_snapshot_peers_serving(snap->zone, copy);

    return NGX_OK;
}


/* which there are; those that were resolved may be gone when they are read */

static ngx_int_t
ngx_shop_snapshot_peers_list(ngx_pool_t *pool,
    ngx_shop_snapshot_group_t *group)
{
    ngx_uint_t              i, known;
    ngx_shop_peers_walk_t   walk;
    ngx_shop_model_peer_t  *peer;

    for (peer = ngx_shop_peers_first(group->group, &walk);
         peer;
         peer = ngx_shop_peers_next(&walk))
    {
        group->npeers++;
    }

    group->peers = ngx_palloc(pool, (group->npeers + 1)
                                    * sizeof(ngx_shop_snapshot_peer_t));
    if (group->peers == NULL) {
        return NGX_ERROR;
    }

    known = group->group->peers.nelts;
    peer = ngx_shop_peers_first(group->group, &walk);

    for (i = 0; i < group->npeers; i++) {

        group->peers[i].peer = i < known ? peer
                               : ngx_shop_snapshot_peers_copy(pool, peer);

        if (group->peers[i].peer == NULL) {
            return NGX_ERROR;
        }

        peer = ngx_shop_peers_next(&walk);
    }

    return NGX_OK;
}


static ngx_shop_model_peer_t *
ngx_shop_snapshot_peers_copy(ngx_pool_t *pool, ngx_shop_model_peer_t *peer)
{
    ngx_shop_model_peer_t  *copy;

    copy = ngx_palloc(pool, sizeof(ngx_shop_model_peer_t));
    if (copy == NULL) {
        return NULL;
    }

    *copy = *peer;
    copy->server.data = ngx_pstrdup(pool, &peer->server);
    copy->address.data = ngx_pstrdup(pool, &peer->address);

    return copy->server.data && copy->address.data ? copy : NULL;
}


static void
ngx_shop_snapshot_peers_of(ngx_shop_model_zone_t *zone,
    ngx_shop_snapshot_group_t *group)
{
    ngx_shop_layout_group_t  *gs;

    gs = &zone->sh->groups[group->group->index];

    ngx_shmtx_lock(&zone->shpool->mutex);

    group->state = gs->state;
    group->since = gs->since;
    group->detection = gs->detection;
    group->panic = gs->panic;
    group->blind = gs->blind;
    group->limit = gs->shed.limit;
    group->busy = gs->room.busy;
    group->inside = ngx_shop_crowd_inside(zone, group->group);
    group->nodes = ngx_shop_share_nodes_locked(zone, group->group,
                                               &group->node);
    group->waiting = ngx_shop_line_waiting(zone, group->group,
                                           &group->longest);
    ngx_memcpy(group->results, gs->results, sizeof(group->results));
    ngx_memcpy(group->entered, gs->entered, sizeof(group->entered));
    ngx_memcpy(group->counts, (void *) gs->counts, sizeof(group->counts));

    ngx_shmtx_unlock(&zone->shpool->mutex);
}


/* whose servers answer now: the group itself, one of its backups, nobody */

static void
ngx_shop_snapshot_peers_serving(ngx_shop_model_zone_t *zone,
    ngx_shop_snapshot_group_t *group)
{
    ngx_uint_t                 i;
    ngx_shop_site_count_t      count;
    ngx_shop_model_group_t   **next;

    ngx_shop_peers_count(zone, group->group, &group->count);

    next = group->group->chain.elts;
    i = ngx_shop_groups_serving(zone, group->group);

    if (i) {

        /* held back, or down */

        ngx_shop_peers_count(zone, next[i - 1], &count);

        if (count.primaries_usable || count.backups_usable) {
            group->serving = next[i - 1];
            return;
        }
    }

    if (group->count.primaries_usable || group->count.backups_usable) {
        group->serving = group->group;
        return;
    }

    for (i = 0; i < group->group->chain.nelts; i++) {
        ngx_shop_peers_count(zone, next[i], &count);

        if (count.primaries_usable || count.backups_usable) {
            group->serving = next[i];
            return;
        }
    }
}


static void
ngx_shop_snapshot_peers_read(ngx_shop_model_zone_t *zone,
    ngx_shop_snapshot_group_t *group, ngx_uint_t i, ngx_uint_t last)
{
    ngx_uint_t              k;
    ngx_shop_model_peer_t  *peer;

    for (k = i; k < last; k++) {
        peer = group->peers[k].peer;
        ngx_memzero(&group->peers[k], sizeof(ngx_shop_snapshot_peer_t));
        group->peers[k].peer = peer;
    }

    ngx_shmtx_lock(&zone->shpool->mutex);

    for (k = i; k < last; k++) {
        ngx_shop_snapshot_peers_read_locked(zone, &group->peers[k]);
    }

    ngx_shmtx_unlock(&zone->shpool->mutex);

    for (k = i; k < last; k++) {
        group->peers[k].state = (uint8_t)
                          ngx_shop_snapshot_peers_state(&group->peers[k]);
        group->peers[k].share = (uint16_t)
                          ngx_shop_snapshot_peers_share(zone, group,
                                                        &group->peers[k]);
    }
}


static void
ngx_shop_snapshot_peers_read_locked(ngx_shop_model_zone_t *zone,
    ngx_shop_snapshot_peer_t *copy)
{
    ngx_msec_int_t           left;
    ngx_shop_layout_peer_t  *ps;

    copy->usable = 1;

    if (copy->peer->slot == NGX_SHOP_LAYOUT_NO_SLOT) {
        return;
    }

    ps = &zone->sh->peers[copy->peer->slot];

    if (ps->id != copy->peer->id) {
        return;
    }

    copy->known = 1;
    copy->whose = ps->whose;
    copy->suspect = ngx_shop_peers_suspect(zone, copy->peer);
    copy->usable = ngx_shop_peers_usable(zone, copy->peer);
    copy->verdict = ps->verdict;
    copy->downs = ps->downs;
    copy->since = ps->since;
    copy->checks = ps->checks;
    copy->fails = ps->fails;
    copy->last = ps->last;
    copy->force = ps->force;
    copy->own = ps->own;
    copy->aside = ps->aside;
    copy->asides = ps->asides;
    copy->busy = ps->busy;

    left = (ngx_msec_int_t) (ps->aside.until - ngx_shop_clock_msec(zone->sh));
    copy->back = ngx_shop_clock_now() + ngx_max(left, 0) / 1000;

    ngx_shop_evidence_sum(&copy->visitors, &ps->evidence,
                          (uint32_t) ngx_current_msec);

    ngx_memcpy(copy->history, ps->history, sizeof(copy->history));
    ngx_memcpy(copy->took, ps->took, sizeof(copy->took));
}


/* what an operator asked for is what people see; "last" has the probe's word */

static ngx_uint_t
ngx_shop_snapshot_peers_state(ngx_shop_snapshot_peer_t *copy)
{
    if (copy->peer->down) {
        copy->usable = 0;
        return NGX_SHOP_VERDICT_DISABLED;
    }

    switch (copy->force.how) {

    case NGX_SHOP_LAYOUT_FORCE_DRAIN:
        copy->since = copy->force.since;
        return NGX_SHOP_VERDICT_DRAINING;

    case NGX_SHOP_LAYOUT_FORCE_DOWN:
        copy->since = copy->force.since;
        return NGX_SHOP_VERDICT_DISABLED;

    case NGX_SHOP_LAYOUT_FORCE_UP:
        copy->since = copy->force.since;
        return NGX_SHOP_VERDICT_UP;

    default:
        break;
    }

    if (copy->verdict.state == NGX_SHOP_VERDICT_DOWN) {
        return NGX_SHOP_VERDICT_DOWN;
    }

    if (copy->own.said.what == NGX_SHOP_OWN_MAINT) {
        copy->since = copy->own.since;
        return NGX_SHOP_VERDICT_DISABLED;
    }

    if (copy->aside.until) {
        copy->since = copy->aside.since;
        return NGX_SHOP_ASIDE;
    }

    if (copy->suspect) {
        return NGX_SHOP_SUSPECT;
    }

    if (copy->own.said.what == NGX_SHOP_OWN_DRAIN) {
        copy->since = copy->own.since;
        return NGX_SHOP_VERDICT_DRAINING;
    }

    if (copy->busy) {
        copy->since = copy->busy;
        return NGX_SHOP_BUSY;
    }

    return copy->verdict.state;
}


/* in slow start, a peer that came back takes less than its share */

static ngx_uint_t
ngx_shop_snapshot_peers_share(ngx_shop_model_zone_t *zone,
    ngx_shop_snapshot_group_t *group, ngx_shop_snapshot_peer_t *copy)
{
    if (group->panic || !copy->known || copy->state != NGX_SHOP_VERDICT_UP) {
        return 1000;
    }

    return ngx_shop_peers_share(zone, group->group, copy->peer)
           * ngx_shop_peers_weight(zone, copy->peer) / 100;
}
