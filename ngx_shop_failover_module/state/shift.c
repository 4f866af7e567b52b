
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * Steps of the wall clock: found by comparing it with the monotonic one.
 */


#include "state/shift.h"
#include "state/chronicle.h"


/* who goes through the times of day, always in the same order */
typedef struct {
    ngx_shop_layout_t  *sh;
    ngx_uint_t          n;                  /* so many were met */
} ngx_shop_shift_walk_t;


static void ngx_shop_shift_begin(ngx_shop_layout_t *sh, int64_t by,
    int64_t ahead);
static void ngx_shop_shift_finish(ngx_shop_layout_t *sh);
static void ngx_shop_shift_peer(ngx_shop_shift_walk_t *walk,
    ngx_shop_layout_peer_t *ps);
static void ngx_shop_shift_site(ngx_shop_shift_walk_t *walk,
    ngx_shop_layout_site_t *ss);
static void ngx_shop_shift_seconds(ngx_shop_shift_walk_t *walk, int64_t *at);
static void ngx_shop_shift_days(ngx_shop_shift_walk_t *walk, int64_t *at,
    unsigned days);
static void ngx_shop_shift_time(void *data, int64_t *at, int64_t by);
static void ngx_shop_shift_band(ngx_shop_shift_walk_t *walk,
    ngx_shop_band_t *band);
static int64_t ngx_shop_shift_nearest(int64_t by);


#define NGX_SHOP_SHIFT_STEP  1000        /* ms: less is no step */


void
ngx_shop_shift_follow_locked(ngx_shop_layout_t *sh)
{
    int64_t      ahead, step;
    ngx_time_t  *tp;

    if (sh->shift.by) {

        /* who began it was killed */

        ngx_shop_shift_finish(sh);
    }

    tp = ngx_timeofday();

    ahead = (int64_t) tp->sec * 1000 + tp->msec - (int64_t) ngx_current_msec;

    if (sh->ahead_at == 0) {
        sh->ahead = ahead;
        ngx_memory_barrier();
        sh->ahead_at = ngx_current_msec;
        return;
    }

    step = ahead - sh->ahead;

    if (step > -NGX_SHOP_SHIFT_STEP && step < NGX_SHOP_SHIFT_STEP) {
        return;
    }

    /* a worker that looked at its clocks before the step knows nothing of it */

    if ((ngx_msec_int_t) (ngx_current_msec - sh->ahead_at) <= 0) {
        return;
    }

    ngx_shop_shift_begin(sh, step, ahead);
    ngx_shop_shift_finish(sh);
}


/* "by" comes last: without it nothing has begun */

static void
ngx_shop_shift_begin(ngx_shop_layout_t *sh, int64_t by, int64_t ahead)
{
    sh->shift.ahead = ahead;
    sh->shift.ahead_at = ngx_current_msec;

    sh->shift.peers = sh->used;
    sh->shift.groups = sh->groups_used;
    sh->shift.sites = sh->sites_used;
    sh->shift.flags = sh->flags_used;

    sh->shift.moved = 0;
    sh->shift.ready = 0;

    ngx_memory_barrier();
    sh->shift.by = by;
    ngx_memory_barrier();
}


/*
 * All of it may be done again: a time that has moved is passed by, and a page
 * that is rendered once more says the same.
 */

static void
ngx_shop_shift_finish(ngx_shop_layout_t *sh)
{
    ngx_uint_t             i;
    ngx_shop_shift_walk_t  walk;

    walk.sh = sh;
    walk.n = 0;

    for (i = 0; i < sh->shift.peers; i++) {
        ngx_shop_shift_peer(&walk, &sh->peers[i]);
    }

    for (i = 0; i < sh->shift.groups; i++) {
        ngx_shop_shift_seconds(&walk, &sh->groups[i].since);
        ngx_shop_shift_seconds(&walk, &sh->groups[i].serving_since);
        ngx_shop_shift_seconds(&walk, &sh->groups[i].lined);
    }

    for (i = 0; i < sh->shift.sites; i++) {
        ngx_shop_shift_site(&walk, sh->sites[i]);
    }

    for (i = 0; i < sh->shift.flags; i++) {
        ngx_shop_shift_seconds(&walk, &sh->flags[i]->since);
        sh->flags[i]->version++;
    }

    ngx_shop_shift_time(&walk, &sh->probed, sh->shift.by);
    ngx_shop_shift_seconds(&walk, &sh->expires);

    ngx_shop_incident_shift(&sh->chronicle->fold, sh->shift.by,
                            ngx_shop_shift_time, &walk);

    sh->ahead = sh->shift.ahead;
    sh->ahead_at = sh->shift.ahead_at;

    ngx_memory_barrier();
    sh->shift.by = 0;
}


/* an order is for so long, not until a time of day */

static void
ngx_shop_shift_peer(ngx_shop_shift_walk_t *walk, ngx_shop_layout_peer_t *ps)
{
    ngx_shop_shift_seconds(walk, &ps->since);
    ngx_shop_shift_seconds(walk, &ps->aside.since);
    ngx_shop_shift_seconds(walk, &ps->own.since);
    ngx_shop_shift_seconds(walk, &ps->busy);
    ngx_shop_shift_seconds(walk, &ps->force.since);
    ngx_shop_shift_seconds(walk, &ps->force.until);

    ngx_shop_shift_time(walk, &ps->doubt, walk->sh->shift.by);
    ngx_shop_shift_time(walk, &ps->last.at, walk->sh->shift.by);
}


static void
ngx_shop_shift_site(ngx_shop_shift_walk_t *walk, ngx_shop_layout_site_t *ss)
{
    ngx_shop_shift_seconds(walk, &ss->site.since);
    ngx_shop_shift_seconds(walk, &ss->site.outage);
    ngx_shop_shift_seconds(walk, &ss->incident);

    ngx_shop_shift_band(walk, &ss->band);
    ngx_shop_shift_days(walk, &ss->ledger->tally.day.base, 1);
    ngx_shop_shift_days(walk, &ss->ledger->tally.piece.base,
                        NGX_SHOP_TALLY_PIECE);

    ss->version++;
}


static void
ngx_shop_shift_seconds(ngx_shop_shift_walk_t *walk, int64_t *at)
{
    ngx_shop_shift_time(walk, at, ngx_shop_shift_nearest(walk->sh->shift.by));
}


/* the number of a day, or of so many */

static void
ngx_shop_shift_days(ngx_shop_shift_walk_t *walk, int64_t *at, unsigned days)
{
    int64_t  seconds;

    seconds = ngx_shop_shift_nearest(walk->sh->shift.by);

    ngx_shop_shift_time(walk, at, ngx_shop_tally_shift_days(seconds, days));
}


/* in seconds: a step is measured some ms short or long */

static int64_t
ngx_shop_shift_nearest(int64_t by)
{
    return (by + (by < 0 ? -500 : 500)) / 1000;
}


/*
 * Moves a time once, whoever is killed wherever: its new value is noted before
 * it is stored, and that it is done afterwards.  0 is no time.
 */

static void
ngx_shop_shift_time(void *data, int64_t *at, int64_t by)
{
    ngx_shop_shift_walk_t *walk = data;

    ngx_uint_t                n;
    ngx_shop_layout_shift_t  *shift;

    n = walk->n++;
    shift = &walk->sh->shift;

    if (n < shift->moved) {
        return;
    }

    if (shift->ready != n + 1) {
        shift->value = *at ? *at + by : 0;
        ngx_memory_barrier();
        shift->ready = n + 1;
    }

    ngx_memory_barrier();
    *at = shift->value;
    ngx_memory_barrier();

    shift->moved = n + 1;
}


/* in the same way */

static void
ngx_shop_shift_band(ngx_shop_shift_walk_t *walk, ngx_shop_band_t *band)
{
    ngx_uint_t                n;
    ngx_shop_layout_shift_t  *shift;

    n = walk->n++;
    shift = &walk->sh->shift;

    if (n < shift->moved) {
        return;
    }

    if (shift->ready != n + 1) {
        shift->band = *band;
        ngx_shop_band_shift(&shift->band, ngx_shop_shift_nearest(shift->by));
        ngx_memory_barrier();
        shift->ready = n + 1;
    }

    ngx_memory_barrier();
    *band = shift->band;
    ngx_memory_barrier();

    shift->moved = n + 1;
}
