
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * Which group of a chain takes the traffic.  Pure: no clock, no I/O.
 */


#include "logic/judge/serving.h"


int
ngx_shop_serving_step(ngx_shop_serving_t *serving, uint64_t usable,
    uint64_t hold, uint64_t msec)
{
    unsigned  best;

    for (best = 0; best < NGX_SHOP_SERVING_MAX; best++) {
        if (usable & ((uint64_t) 1 << best)) {
            break;
        }
    }

    if (best == serving->now || best == NGX_SHOP_SERVING_MAX) {

        /* where nobody can serve, who should is of no interest */

        serving->better = NGX_SHOP_SERVING_NONE;
        return 0;
    }

    if (usable & ((uint64_t) 1 << serving->now)) {

        /* so that best comes before it */

        if (serving->better != best) {
            serving->better = (uint8_t) best;
            serving->well = msec;
        }

        if (msec - serving->well < hold) {
            return 0;
        }
    }

    serving->now = (uint8_t) best;
    serving->better = NGX_SHOP_SERVING_NONE;

    return 1;
}
