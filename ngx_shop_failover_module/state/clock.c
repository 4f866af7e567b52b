
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * Steps of the wall clock: found by comparing it with the monotonic one.
 */


#include "state/clock.h"
#include "state/chronicle.h"


static void ngx_shop_failover_clock_shift(ngx_shop_failover_sh_t *sh,
    int64_t by);
static void ngx_shop_failover_clock_shift_peer(
    ngx_shop_failover_peer_sh_t *ps, int64_t by);


#define NGX_SHOP_FAILOVER_CLOCK_STEP  1000        /* ms: less is no step */


void
ngx_shop_failover_clock_follow_locked(ngx_shop_failover_sh_t *sh)
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

    if (step > -NGX_SHOP_FAILOVER_CLOCK_STEP
        && step < NGX_SHOP_FAILOVER_CLOCK_STEP)
    {
        return;
    }

    /* a worker that looked at its clocks before the step knows nothing of it */

    if ((ngx_msec_int_t) (ngx_current_msec - sh->ahead_at) <= 0) {
        return;
    }

    /* whole seconds, as most times are; the rest counts the next time */

    step = step / 1000 * 1000;

    sh->ahead += step;
    sh->ahead_at = ngx_current_msec;

    ngx_shop_failover_clock_shift(sh, step);
}


static void
ngx_shop_failover_clock_shift(ngx_shop_failover_sh_t *sh, int64_t by)
{
    ngx_uint_t                    i;
    ngx_shop_failover_site_sh_t  *ss;

    for (i = 0; i < sh->used; i++) {
        ngx_shop_failover_clock_shift_peer(&sh->peers[i], by);
    }

    for (i = 0; i < sh->groups_used; i++) {
        sh->groups[i].since += by / 1000;
        sh->groups[i].serving_since += by / 1000;
    }

    for (i = 0; i < sh->sites_used; i++) {
        ss = sh->sites[i];

        ss->site.since += by / 1000;
        ss->flag_since += ss->flag_since ? by / 1000 : 0;
        ss->incident += ss->incident ? by / 1000 : 0;
        ss->version++;
    }

    sh->probed += sh->probed ? by : 0;
    sh->expires += sh->expires ? by / 1000 : 0;

    ngx_shop_failover_incident_shift(&sh->chronicle->fold, by);
}


static void
ngx_shop_failover_clock_shift_peer(ngx_shop_failover_peer_sh_t *ps,
    int64_t by)
{
    ps->since += by / 1000;
    ps->doubt += ps->doubt ? by : 0;
    ps->last.at += ps->last.at ? by : 0;

    if (ps->force.how) {

        /* an order is for so long, not until a time of day */

        ps->force.since += by / 1000;
        ps->force.until += ps->force.until ? by / 1000 : 0;
    }
}
