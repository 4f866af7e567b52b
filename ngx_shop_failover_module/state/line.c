
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * Places of workers: taken when the first of their requests waits, given back
 * with the last.  That of a worker that was killed is anybody's.
 */


#include "state/line.h"
#include "state/clock.h"


static ngx_int_t ngx_shop_line_take(ngx_shop_layout_line_t *line,
    ngx_shop_line_t *own);
static ngx_uint_t ngx_shop_line_gone(ngx_atomic_uint_t owner);
static ngx_uint_t ngx_shop_line_long_dead(ngx_shop_model_zone_t *zone,
    ngx_shop_model_group_t *group);
static int64_t ngx_shop_line_died(ngx_shop_model_zone_t *zone,
    ngx_shop_model_peer_t *peer);
static ngx_uint_t ngx_shop_line_heard(ngx_shop_model_zone_t *zone,
    ngx_shop_model_group_t *group, uint32_t since);
static ngx_shop_model_group_t *ngx_shop_line_group(
    ngx_shop_model_group_t *group, ngx_uint_t n);


#define ngx_shop_line_of(zone, group)                                        \
    (&(zone)->sh->groups[(group)->index].line)


ngx_int_t
ngx_shop_line_enter(ngx_shop_model_zone_t *zone, ngx_shop_model_group_t *group,
    ngx_shop_line_t *own, ngx_uint_t always)
{
    ngx_shop_layout_line_t  *line;

    line = ngx_shop_line_of(zone, group);

    if (own->place == 0 && ngx_shop_line_take(line, own) != NGX_OK) {
        return NGX_BUSY;
    }

    /* told first: two workers that count at once are too few, not too many */

    own->waiting++;
    line->places[own->place - 1].waiting = own->waiting;

    ngx_memory_barrier();

    if (!always
        && ngx_shop_line_waiting(zone, group, NULL) > group->queue)
    {
        ngx_shop_line_leave(zone, group, own);
        return NGX_BUSY;
    }

    return NGX_OK;
}


static ngx_int_t
ngx_shop_line_take(ngx_shop_layout_line_t *line, ngx_shop_line_t *own)
{
    ngx_uint_t                i;
    ngx_atomic_uint_t         owner;
    ngx_shop_layout_place_t  *place;

    for (i = 0; i < NGX_SHOP_LAYOUT_WORKERS; i++) {

        place = &line->places[i];
        owner = place->owner;

        if (owner && owner != (ngx_atomic_uint_t) ngx_pid
            && !ngx_shop_line_gone(owner))
        {
            continue;
        }

        if (ngx_atomic_cmp_set(&place->owner, owner, ngx_pid)) {
            place->waiting = 0;
            place->oldest = ngx_current_msec;

            own->place = 1 + i;
            own->waiting = 0;

            return NGX_OK;
        }
    }

    return NGX_DECLINED;
}


static ngx_uint_t
ngx_shop_line_gone(ngx_atomic_uint_t owner)
{
    return kill((ngx_pid_t) owner, 0) == -1 && ngx_errno == ESRCH;
}


void
ngx_shop_line_leave(ngx_shop_model_zone_t *zone, ngx_shop_model_group_t *group,
    ngx_shop_line_t *own)
{
    ngx_shop_layout_place_t  *place;

    place = &ngx_shop_line_of(zone, group)->places[own->place - 1];

    own->waiting--;
    place->waiting = own->waiting;

    if (own->waiting == 0) {
        ngx_memory_barrier();

        place->owner = 0;
        own->place = 0;
    }
}


void
ngx_shop_line_oldest(ngx_shop_model_zone_t *zone,
    ngx_shop_model_group_t *group, ngx_shop_line_t *own, ngx_msec_t since)
{
    if (own->place) {
        ngx_shop_line_of(zone, group)->places[own->place - 1].oldest = since;
    }
}


ngx_uint_t
ngx_shop_line_waiting(ngx_shop_model_zone_t *zone,
    ngx_shop_model_group_t *group, ngx_msec_t *longest)
{
    ngx_uint_t                i, n;
    ngx_msec_int_t            waited;
    ngx_atomic_uint_t         owner, waiting;
    ngx_shop_layout_place_t  *place;

    n = 0;

    if (longest) {
        *longest = 0;
    }

    if (group->queue == 0) {
        return 0;
    }

    place = ngx_shop_line_of(zone, group)->places;

    for (i = 0; i < NGX_SHOP_LAYOUT_WORKERS; i++) {

        owner = place[i].owner;
        waiting = place[i].waiting;

        if (owner == 0 || waiting == 0
            || (owner != (ngx_atomic_uint_t) ngx_pid
                && ngx_shop_line_gone(owner)))
        {
            continue;
        }

        n += waiting;
        waited = (ngx_msec_int_t) (ngx_current_msec - place[i].oldest);

        if (longest && waited > (ngx_msec_int_t) *longest) {
            *longest = waited;
        }
    }

    return n;
}


ngx_uint_t
ngx_shop_line_young(ngx_shop_model_zone_t *zone, ngx_shop_model_group_t *group)
{
    uint32_t                  now;
    ngx_atomic_uint_t         was;
    ngx_shop_layout_line_t   *line;

    if (ngx_shop_line_long_dead(zone, group)) {
        return 0;
    }

    line = ngx_shop_line_of(zone, group);
    now = (uint32_t) ngx_current_msec | 1;
    was = line->trouble;

    if (was == 0 || ngx_shop_line_heard(zone, group, (uint32_t) was)) {

        /* one worker's time is as good as another's */

        (void) ngx_atomic_cmp_set(&line->trouble, was, now);
        return 1;
    }

    return (int32_t) (now - (uint32_t) was) < (int32_t) group->patience;
}


/* the nth group of a chain, the group itself first; NULL: no more */

static ngx_shop_model_group_t *
ngx_shop_line_group(ngx_shop_model_group_t *group, ngx_uint_t n)
{
    ngx_shop_model_group_t  **chain;

    if (n == 0) {
        return group;
    }

    chain = group->chain.elts;

    return n <= group->chain.nelts ? chain[n - 1] : NULL;
}


/* by verdicts and orders: that of the last one that could be had counts */

static ngx_uint_t
ngx_shop_line_long_dead(ngx_shop_model_zone_t *zone,
    ngx_shop_model_group_t *group)
{
    int64_t                  died, last;
    ngx_uint_t               n;
    ngx_shop_peers_walk_t    walk;
    ngx_shop_model_peer_t   *peer;
    ngx_shop_model_group_t  *one;

    last = 0;

    for (n = 0; (one = ngx_shop_line_group(group, n)) != NULL; n++) {

        for (peer = ngx_shop_peers_first(one, &walk);
             peer;
             peer = ngx_shop_peers_next(&walk))
        {
            if (peer->down) {
                continue;
            }

            if (ngx_shop_peers_usable(zone, peer)) {
                return 0;
            }

            died = ngx_shop_line_died(zone, peer);
            last = ngx_max(last, died);
        }
    }

    return last && (ngx_shop_clock_now() - last) * 1000
                   > (int64_t) group->patience;
}


/* Unix s */

static int64_t
ngx_shop_line_died(ngx_shop_model_zone_t *zone, ngx_shop_model_peer_t *peer)
{
    int64_t                  died;
    ngx_shop_layout_peer_t  *ps;

    ps = &zone->sh->peers[peer->slot];

    if (ngx_shop_layout_read(ps->force.how) == NGX_SHOP_LAYOUT_FORCE_NONE) {
        died = ngx_shop_layout_read(ps->since);

        if (ps->unusable == NGX_SHOP_PEERS_UNUSABLE_MAINT) {
            return ngx_shop_layout_read(ps->own.since);
        }

        if (ps->unusable != NGX_SHOP_PEERS_UNUSABLE_ASIDE) {
            return died;
        }

        return ngx_shop_layout_read(ps->aside.since);
    }

    return ngx_shop_layout_read(ps->force.since);
}


static ngx_uint_t
ngx_shop_line_heard(ngx_shop_model_zone_t *zone, ngx_shop_model_group_t *group,
    uint32_t since)
{
    uint32_t                 heard;
    ngx_uint_t               n;
    ngx_shop_peers_walk_t    walk;
    ngx_shop_model_peer_t   *peer;
    ngx_shop_model_group_t  *one;

    for (n = 0; (one = ngx_shop_line_group(group, n)) != NULL; n++) {

        for (peer = ngx_shop_peers_first(one, &walk);
             peer;
             peer = ngx_shop_peers_next(&walk))
        {
            if (peer->slot == NGX_SHOP_LAYOUT_NO_SLOT) {
                continue;
            }

            heard = ngx_shop_peers_read(zone, peer, evidence.heard);

            if (heard && (int32_t) (heard - since) > 0) {
                return 1;
            }
        }
    }

    return 0;
}


void
ngx_shop_line_hope(ngx_shop_model_zone_t *zone, ngx_shop_model_group_t *group)
{
    (void) ngx_atomic_fetch_add(&ngx_shop_line_of(zone, group)->hopes, 1);
}
