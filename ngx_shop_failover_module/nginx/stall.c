
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * A heartbeat: a timer that notes by how much it came too late.
 */


#include "nginx/stall.h"


static void ngx_shop_stall_beat(ngx_event_t *ev);
static ngx_msec_t ngx_shop_stall_late(ngx_shop_stall_t *stall);


#define NGX_SHOP_STALL_PERIOD  200       /* ms, at most */
#define NGX_SHOP_STALL_NOISE   20        /* ms: a busy loop is this */


void
ngx_shop_stall_start(ngx_shop_stall_t *stall, ngx_msec_t timeout,
    ngx_log_t *log)
{
    stall->period = ngx_min(ngx_max(timeout / 4,
                                    NGX_SHOP_STALL_NOISE),
                            NGX_SHOP_STALL_PERIOD);

    ngx_shop_timer_init(&stall->timer, ngx_shop_stall_beat, stall, log);

    stall->expected = ngx_current_msec + stall->period;

    ngx_add_timer(&stall->timer.event, stall->period);
}


static void
ngx_shop_stall_beat(ngx_event_t *ev)
{
    ngx_shop_stall_t        *stall = ngx_shop_timer_data(ev);

    stall->total += ngx_shop_stall_late(stall);
    stall->expected = ngx_current_msec + stall->period;

    if (!ngx_exiting) {
        ngx_add_timer(ev, stall->period);
    }
}


static ngx_msec_t
ngx_shop_stall_late(ngx_shop_stall_t *stall)
{
    ngx_msec_int_t  late;

    late = (ngx_msec_int_t) (ngx_current_msec - stall->expected);

    return late > NGX_SHOP_STALL_NOISE ? (ngx_msec_t) late : 0;
}


ngx_msec_t
ngx_shop_stall_total(ngx_shop_stall_t *stall)
{
    return stall->total + ngx_shop_stall_late(stall);
}


ngx_msec_t
ngx_shop_stall_lost(ngx_shop_stall_t *stall, ngx_msec_t before,
    ngx_msec_t timeout)
{
    ngx_msec_t  lost;

    lost = ngx_shop_stall_total(stall) - before;

    return lost > ngx_max(timeout / 10, 50) ? lost : 0;
}
