
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * An order for the ramp by which a site lets visitors back in.
 */


#include "state/board.h"
#include "state/clock.h"
#include "state/shift.h"


ngx_int_t
ngx_shop_board_reopen(ngx_shop_model_zone_t *zone, ngx_shop_model_site_t *conf,
    ngx_msec_t over, ngx_shop_site_t *site)
{
    ngx_int_t                rc;
    ngx_shop_layout_site_t  *ss;

    ss = zone->sh->sites[conf->index];

    ngx_shmtx_lock(&zone->shpool->mutex);

    ngx_shop_shift_follow_locked(zone->sh);

    *site = ss->site;

    rc = ngx_shop_site_order(site, conf->ramp, over,
                             ngx_shop_clock_msec(zone->sh))
         == NGX_SHOP_OK ? NGX_OK : NGX_DECLINED;

    if (rc == NGX_OK) {

        /* requests read it without the lock: all of it, and then that it is */

        ss->site.ramped = 0;
        ngx_memory_barrier();

        ss->site.share = site->share;
        ss->site.ordered = site->ordered;
        ss->site.over = site->over;
        ngx_memory_barrier();

        ss->site.ramped = 1;
        ss->version++;
    }

    ngx_shmtx_unlock(&zone->shpool->mutex);

    return rc;
}
