
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * Copies of the shared memory.  Knows no format.
 */


#include "state/snapshot.h"
#include "state/crowd.h"
#include "state/line.h"
#include "state/clock.h"
#include "state/groups.h"
#include "state/peers.h"

#include "logic/words/negotiate.h"


static ngx_int_t ngx_shop_snapshot_happened(ngx_pool_t *pool,
    ngx_shop_snapshot_t *snap);
static ngx_int_t ngx_shop_snapshot_sites(ngx_pool_t *pool,
    ngx_shop_snapshot_t *snap, ngx_shop_model_site_t *conf);
static ngx_shop_model_site_t *ngx_shop_snapshot_part(ngx_pool_t *pool,
    ngx_shop_model_site_t *part);
static void ngx_shop_snapshot_site(ngx_shop_model_zone_t *zone,
    ngx_shop_snapshot_site_t *site);
static void ngx_shop_snapshot_way(ngx_shop_model_zone_t *zone,
    ngx_shop_snapshot_site_t *site);
static ngx_int_t ngx_shop_snapshot_uses(ngx_pool_t *pool,
    ngx_shop_model_zone_t *zone, ngx_shop_snapshot_site_t *site);
static ngx_uint_t ngx_shop_snapshot_used(ngx_shop_snapshot_site_t *site);
static ngx_uint_t ngx_shop_snapshot_worse(ngx_shop_snapshot_site_t *a,
    ngx_shop_snapshot_site_t *b);
static ngx_int_t ngx_shop_snapshot_groups(ngx_pool_t *pool,
    ngx_shop_snapshot_t *snap);
static void ngx_shop_snapshot_group(ngx_shop_model_zone_t *zone,
    ngx_shop_snapshot_group_t *group);
static void ngx_shop_snapshot_serving(ngx_shop_model_zone_t *zone,
    ngx_shop_snapshot_group_t *group);
static void ngx_shop_snapshot_peers(ngx_shop_model_zone_t *zone,
    ngx_shop_snapshot_group_t *group);
static void ngx_shop_snapshot_peer_locked(ngx_shop_model_zone_t *zone,
    ngx_shop_snapshot_peer_t *copy);
static ngx_uint_t ngx_shop_snapshot_state(ngx_shop_snapshot_peer_t *copy);
static ngx_uint_t ngx_shop_snapshot_slot(ngx_shop_snapshot_peer_t *peer,
    ngx_uint_t i);
static ngx_uint_t ngx_shop_snapshot_share(ngx_shop_model_zone_t *zone,
    ngx_shop_snapshot_group_t *group, ngx_shop_snapshot_peer_t *copy);


/* peers that are copied in one go under the lock: a few microseconds */
#define NGX_SHOP_SNAPSHOT_CHUNK  32

#define NGX_SHOP_SNAPSHOT_EVENTS  10


ngx_shop_snapshot_t *
ngx_shop_snapshot_take(ngx_pool_t *pool, ngx_shop_model_zone_t *zone,
    ngx_shop_model_site_t *conf)
{
    ngx_shop_snapshot_t  *snap;

    snap = ngx_pcalloc(pool, sizeof(ngx_shop_snapshot_t));
    if (snap == NULL) {
        return NULL;
    }

    snap->zone = zone;
    snap->now = ngx_shop_clock_now();

    if (ngx_shop_snapshot_sites(pool, snap, conf) != NGX_OK
        || ngx_shop_snapshot_groups(pool, snap) != NGX_OK
        || ngx_shop_snapshot_happened(pool, snap) != NGX_OK)
    {
        return NULL;
    }

    return snap;
}


static ngx_int_t
ngx_shop_snapshot_happened(ngx_pool_t *pool, ngx_shop_snapshot_t *snap)
{
    snap->incidents = ngx_palloc(pool, NGX_SHOP_INCIDENTS
                                       * sizeof(ngx_shop_incident_t));
    snap->events = ngx_palloc(pool, NGX_SHOP_SNAPSHOT_EVENTS
                                    * sizeof(ngx_shop_event_t));

    if (snap->incidents == NULL || snap->events == NULL) {
        return NGX_ERROR;
    }

    snap->nincidents = ngx_shop_chronicle_incidents(snap->zone,
                         snap->incidents, NGX_SHOP_INCIDENTS);

    snap->nevents = ngx_shop_chronicle_events(snap->zone,
                      snap->events, NGX_SHOP_SNAPSHOT_EVENTS);
    return NGX_OK;
}


static ngx_int_t
ngx_shop_snapshot_sites(ngx_pool_t *pool, ngx_shop_snapshot_t *snap,
    ngx_shop_model_site_t *conf)
{
    ngx_uint_t                  i, j, n;
    ngx_shop_model_site_t      *part, **confs;
    ngx_shop_snapshot_site_t   *site;

    ngx_shop_board_hosts_learn(snap->zone, pool->log);

    n = snap->zone->sites.nelts;
    confs = snap->zone->sites.elts;

    for (i = 0, j = 0; i < NGX_SHOP_LAYOUT_PARTS; i++) {
        j += snap->zone->parts[i].used;
    }

    snap->sites = ngx_pcalloc(pool, (n + j)
                                    * sizeof(ngx_shop_snapshot_site_t));
    if (snap->sites == NULL) {
        return NGX_ERROR;
    }

    snap->site = snap->sites;

    for (i = 0, j = 0; i < n || j < NGX_SHOP_LAYOUT_PARTS; /* void */ ) {

        site = &snap->sites[snap->nsites];

        if (i < n) {
            site->conf = confs[i++];

        } else {
            part = &snap->zone->parts[j++];

            if (!part->used) {
                continue;
            }

            site->conf = ngx_shop_snapshot_part(pool, part);
            if (site->conf == NULL) {
                return NGX_ERROR;
            }
        }

        ngx_shop_snapshot_site(snap->zone, site);

        if (ngx_shop_snapshot_uses(pool, snap->zone, site) != NGX_OK) {
            return NGX_ERROR;
        }

        if (site->conf == confs[0] && n > 1 && !ngx_shop_snapshot_used(site)) {
            continue;
        }

        snap->nsites++;

        if (conf ? site->conf == conf
                 : ngx_shop_snapshot_worse(site, snap->site))
        {
            snap->site = site;
        }
    }

    return NGX_OK;
}


/* hosts that a file closes alone: they may be gone when it is looked at */

static ngx_shop_model_site_t *
ngx_shop_snapshot_part(ngx_pool_t *pool, ngx_shop_model_site_t *part)
{
    ngx_str_t               from[3], *to[3];
    ngx_uint_t              i;
    ngx_shop_model_flag_t  *flag;
    ngx_shop_model_site_t  *copy;

    copy = ngx_palloc(pool, sizeof(ngx_shop_model_site_t));
    flag = ngx_palloc(pool, sizeof(ngx_shop_model_flag_t));

    if (copy == NULL || flag == NULL) {
        return NULL;
    }

    *copy = *part;
    *flag = *part->flag;
    copy->flag = flag;

    from[0] = part->name;
    from[1] = part->hosts;
    from[2] = part->flag->path;
    to[0] = &copy->name;
    to[1] = &copy->hosts;
    to[2] = &flag->path;

    for (i = 0; i < 3; i++) {
        to[i]->data = ngx_pstrdup(pool, &from[i]);
        if (to[i]->data == NULL) {
            return NULL;
        }
    }

    return copy;
}


static void
ngx_shop_snapshot_site(ngx_shop_model_zone_t *zone,
    ngx_shop_snapshot_site_t *site)
{
    ngx_shop_layout_site_t  *ss;

    ngx_shop_board_view(zone, site->conf, &site->view);
    ngx_shop_snapshot_way(zone, site);

    ss = zone->sh->sites[site->conf->index];

    ngx_shmtx_lock(&zone->shpool->mutex);

    site->incident = ss->incident;
    site->counters = ss->counters;
    site->base = ss->base;
    site->band = ss->band;
    ngx_memcpy(site->entered, ss->entered, sizeof(site->entered));

    ngx_shmtx_unlock(&zone->shpool->mutex);
}


static void
ngx_shop_snapshot_way(ngx_shop_model_zone_t *zone,
    ngx_shop_snapshot_site_t *site)
{
    uint64_t  now;

    now = ngx_shop_clock_msec(zone->sh);

    site->way.share = ngx_shop_site_admitted(&site->view.site,
                                             site->conf->ramp, now);
    site->way.left = (int64_t) ngx_shop_site_left(&site->view.site,
                                                  site->conf->hold,
                                                  site->conf->ramp, now);
    site->way.end = site->way.left ? ngx_shop_clock_now()
                                     + (site->way.left + 999) / 1000
                                   : 0;
}


static ngx_int_t
ngx_shop_snapshot_uses(ngx_pool_t *pool, ngx_shop_model_zone_t *zone,
    ngx_shop_snapshot_site_t *site)
{
    ngx_uint_t                 i, n;
    ngx_shop_layout_site_t    *ss;
    ngx_shop_model_group_t   **group;

    n = site->conf->uses.nelts;
    group = zone->groups.elts;
    ss = zone->sh->sites[site->conf->index];

    site->nuses = n;
    site->uses = ngx_palloc(pool, (n + zone->groups.nelts + 1)
                                  * sizeof(ngx_shop_model_use_t));
    if (site->uses == NULL) {
        return NGX_ERROR;
    }

    ngx_memcpy(site->uses, site->conf->uses.elts,
               n * sizeof(ngx_shop_model_use_t));

    for (i = 0; i < zone->groups.nelts && !site->conf->listed; i++) {

        if (ngx_shop_board_bit(ss, group[i]->index)
            && !ngx_shop_board_uses(site->conf, group[i]))
        {
            site->uses[site->nuses].group = group[i];
            site->uses[site->nuses++].optional = 0;
        }
    }

    return NGX_OK;
}


/* whether that of upstreams which no site has ever sent a page */

static ngx_uint_t
ngx_shop_snapshot_used(ngx_shop_snapshot_site_t *site)
{
    ngx_uint_t  i, j;

    for (i = 0; i < NGX_SHOP_LAYOUT_WHYS; i++) {
        for (j = 0; j < NGX_SHOP_LAYOUT_KINDS; j++) {
            if (site->counters.pages[i][j]) {
                return 1;
            }
        }
    }

    return 0;
}


/* P1 before P2 before P3; then a closed shop before an open one */

static ngx_uint_t
ngx_shop_snapshot_worse(ngx_shop_snapshot_site_t *a,
    ngx_shop_snapshot_site_t *b)
{
    unsigned  sa, sb;

    sa = ngx_shop_site_severity(a->view.site.state);
    sb = ngx_shop_site_severity(b->view.site.state);

    if (sa != sb) {
        return sa && (sb == 0 || sa < sb);
    }

    return a->view.site.state > b->view.site.state;
}


static ngx_int_t
ngx_shop_snapshot_groups(ngx_pool_t *pool, ngx_shop_snapshot_t *snap)
{
    ngx_uint_t                  i;
    ngx_shop_peers_walk_t       walk;
    ngx_shop_model_peer_t      *peer;
    ngx_shop_model_group_t    **group;
    ngx_shop_snapshot_group_t  *copy;

    group = snap->zone->groups.elts;

    snap->ngroups = snap->zone->groups.nelts;
    snap->groups = ngx_pcalloc(pool, snap->ngroups
                               * sizeof(ngx_shop_snapshot_group_t));
    if (snap->groups == NULL) {
        return NGX_ERROR;
    }

    for (i = 0; i < snap->ngroups; i++) {
        copy = &snap->groups[i];
        copy->group = group[i];

        for (peer = ngx_shop_peers_first(group[i], &walk);
             peer;
             peer = ngx_shop_peers_next(&walk))
        {
            copy->npeers++;
        }

        copy->peers = ngx_pcalloc(pool, copy->npeers
                                  * sizeof(ngx_shop_snapshot_peer_t));
        if (copy->peers == NULL) {
            return NGX_ERROR;
        }

        ngx_shop_snapshot_group(snap->zone, copy);
        ngx_shop_snapshot_serving(snap->zone, copy);
        ngx_shop_snapshot_peers(snap->zone, copy);
    }

    return NGX_OK;
}


static void
ngx_shop_snapshot_group(ngx_shop_model_zone_t *zone,
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
    group->inside = ngx_shop_crowd_inside(zone, group->group);
    group->waiting = ngx_shop_line_waiting(zone, group->group,
                                           &group->longest);
    ngx_memcpy(group->results, gs->results, sizeof(group->results));
    ngx_memcpy(group->entered, gs->entered, sizeof(group->entered));
    ngx_memcpy(group->counts, (void *) gs->counts, sizeof(group->counts));

    ngx_shmtx_unlock(&zone->shpool->mutex);
}


/* whose servers answer now: the group itself, one of its backups, nobody */

static void
ngx_shop_snapshot_serving(ngx_shop_model_zone_t *zone,
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
ngx_shop_snapshot_peers(ngx_shop_model_zone_t *zone,
    ngx_shop_snapshot_group_t *group)
{
    ngx_uint_t              i, last, n;
    ngx_shop_peers_walk_t   walk;
    ngx_shop_model_peer_t  *peer;

    n = group->npeers;
    peer = ngx_shop_peers_first(group->group, &walk);

    for (i = 0; i < n; /* void */ ) {

        last = ngx_min(i + NGX_SHOP_SNAPSHOT_CHUNK, n);

        ngx_shmtx_lock(&zone->shpool->mutex);

        for ( /* void */ ; i < last; i++) {
            group->peers[i].peer = peer;

            ngx_shop_snapshot_peer_locked(zone, &group->peers[i]);

            peer = ngx_shop_peers_next(&walk);
        }

        ngx_shmtx_unlock(&zone->shpool->mutex);
    }

    for (i = 0; i < n; i++) {
        group->peers[i].state = (uint8_t)
                          ngx_shop_snapshot_state(&group->peers[i]);
        group->peers[i].share = (uint16_t)
                          ngx_shop_snapshot_share(zone, group,
                                                  &group->peers[i]);
    }
}


static void
ngx_shop_snapshot_peer_locked(ngx_shop_model_zone_t *zone,
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
ngx_shop_snapshot_state(ngx_shop_snapshot_peer_t *copy)
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

    if (copy->aside.until) {
        copy->since = copy->aside.since;
        return NGX_SHOP_ASIDE;
    }

    if (copy->suspect) {
        return NGX_SHOP_SUSPECT;
    }

    if (copy->busy) {
        copy->since = copy->busy;
        return NGX_SHOP_BUSY;
    }

    return copy->verdict.state;
}


/* in slow start, a peer that came back takes less than its share */

static ngx_uint_t
ngx_shop_snapshot_share(ngx_shop_model_zone_t *zone,
    ngx_shop_snapshot_group_t *group, ngx_shop_snapshot_peer_t *copy)
{
    if (group->panic || !copy->known || copy->state != NGX_SHOP_VERDICT_UP) {
        return 1000;
    }

    return ngx_shop_peers_share(zone, group->group, copy->peer);
}


ngx_uint_t
ngx_shop_snapshot_results(ngx_shop_snapshot_peer_t *peer)
{
    return ngx_min(peer->checks, NGX_SHOP_LAYOUT_HISTORY);
}


ngx_uint_t
ngx_shop_snapshot_result(ngx_shop_snapshot_peer_t *peer, ngx_uint_t i)
{
    uint8_t     two;
    ngx_uint_t  n;

    n = ngx_shop_snapshot_slot(peer, i);
    two = peer->history[n / 2];

    return (n & 1) ? two >> 4 : two & 0x0f;
}


ngx_uint_t
ngx_shop_snapshot_took(ngx_shop_snapshot_peer_t *peer, ngx_uint_t i)
{
    return peer->took[ngx_shop_snapshot_slot(peer, i)];
}


static ngx_uint_t
ngx_shop_snapshot_slot(ngx_shop_snapshot_peer_t *peer, ngx_uint_t i)
{
    return (peer->checks - ngx_shop_snapshot_results(peer) + i)
           % NGX_SHOP_LAYOUT_HISTORY;
}
