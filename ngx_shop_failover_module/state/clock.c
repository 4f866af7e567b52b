
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * The time, as all workers see it.
 */


#include "state/clock.h"


ngx_msec_t
ngx_shop_clock_msec(ngx_shop_layout_t *sh)
{
    ngx_msec_t         now;
    ngx_atomic_uint_t  last;

    now = ngx_current_msec;

    for ( ;; ) {
        last = sh->clock;

        if ((ngx_msec_int_t) (now - last) <= 0) {
            return last;
        }

        if (ngx_atomic_cmp_set(&sh->clock, last, now)) {
            return now;
        }
    }
}


int64_t
ngx_shop_clock_unix(void)
{
    ngx_time_t  *tp;

    tp = ngx_timeofday();

    return (int64_t) tp->sec * 1000 + tp->msec;
}


int64_t
ngx_shop_clock_day_locked(ngx_shop_layout_t *sh)
{
    if (sh->ahead_at == 0) {
        return ngx_shop_clock_now();
    }

    return ((int64_t) ngx_shop_clock_msec(sh) + sh->ahead) / 1000;
}
