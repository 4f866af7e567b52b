
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * Steps of the wall clock: found by comparing it with the monotonic one.
 */


#include "state/shift.h"
#include "state/chronicle.h"


static void ngx_shop_shift_shift(ngx_shop_layout_t *sh, int64_t by);
static void ngx_shop_shift_shift_peer(ngx_shop_layout_peer_t *ps, int64_t by);


#define NGX_SHOP_SHIFT_STEP  1000        /* ms: less is no step */

/* the nearest: a step is measured some ms short or long */
#define ngx_shop_shift_seconds(ms)                                           \
    (((ms) + ((ms) < 0 ? -500 : 500)) / 1000)


void
ngx_shop_shift_follow_locked(ngx_shop_layout_t *sh)
{
    int64_t      ahead, step;
    ngx_time_t  *tp;

    tp = ngx_timeofday();

    ahead = (int64_t) tp->sec * 1000 + tp->msec - (int64_t) ngx_current_msec;

    if (sh->ahead_at == 0) {
        sh->ahead = ahead;
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

    sh->ahead = ahead;
    sh->ahead_at = ngx_current_msec;

    ngx_shop_shift_shift(sh, step);
}


static void
ngx_shop_shift_shift(ngx_shop_layout_t *sh, int64_t by)
{
    int64_t                  seconds;
    ngx_uint_t               i;
    ngx_shop_layout_flag_t  *fs;
    ngx_shop_layout_site_t  *ss;

    seconds = ngx_shop_shift_seconds(by);

    for (i = 0; i < sh->used; i++) {
        ngx_shop_shift_shift_peer(&sh->peers[i], by);
    }

    for (i = 0; i < sh->groups_used; i++) {
        sh->groups[i].since += seconds;
        sh->groups[i].serving_since += seconds;
    }

    for (i = 0; i < sh->sites_used; i++) {
        ss = sh->sites[i];

        ss->site.since += seconds;
        ss->site.outage += ss->site.outage ? seconds : 0;
        ss->incident += ss->incident ? seconds : 0;
        ngx_shop_band_shift(&ss->band, seconds);
        ss->version++;
    }

    for (i = 0; i < sh->flags_used; i++) {
        fs = sh->flags[i];

        fs->since += fs->since ? seconds : 0;
        fs->version++;
    }

    sh->probed += sh->probed ? by : 0;
    sh->expires += sh->expires ? seconds : 0;

    ngx_shop_incident_shift(&sh->chronicle->fold, by);
}


static void
ngx_shop_shift_shift_peer(ngx_shop_layout_peer_t *ps, int64_t by)
{
    int64_t  seconds;

    seconds = ngx_shop_shift_seconds(by);

    ps->since += seconds;
    ps->doubt += ps->doubt ? by : 0;
    ps->last.at += ps->last.at ? by : 0;

    if (ps->force.how) {

        /* an order is for so long, not until a time of day */

        ps->force.since += seconds;
        ps->force.until += ps->force.until ? seconds : 0;
    }
}
