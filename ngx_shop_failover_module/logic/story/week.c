
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * The hours of the week.  Pure: no clock, no I/O.
 */


#include "logic/story/week.h"


static void ngx_shop_week_close(ngx_shop_week_t *week);


#define NGX_SHOP_WEEK_HOUR  3600000      /* ms */


void
ngx_shop_week_add(ngx_shop_week_t *week, int64_t number, uint32_t ms,
    const uint32_t counts[NGX_SHOP_WEEK_N])
{
    unsigned  i;

    if (week->hour != number) {

        if (week->open >= NGX_SHOP_WEEK_HOUR / 2) {
            ngx_shop_week_close(week);
        }

        week->open = 0;
        memset(week->sums, 0, sizeof(week->sums));
        week->hour = number;
    }

    week->open += ms;

    for (i = 0; i < NGX_SHOP_WEEK_N; i++) {
        week->sums[i] += counts[i];
    }
}


/* what was seen of it stands for the whole hour */

static void
ngx_shop_week_close(ngx_shop_week_t *week)
{
    double    seen, usual;
    unsigned  i, h, n;

    h = ngx_shop_week_hour(week->hour);
    n = week->weeks[h] + 1u;
    n = n < NGX_SHOP_WEEK_MEMORY ? n : NGX_SHOP_WEEK_MEMORY;

    for (i = 0; i < NGX_SHOP_WEEK_N; i++) {

        usual = week->usual[h * NGX_SHOP_WEEK_N + i];
        seen = (double) week->sums[i] * NGX_SHOP_WEEK_UNIT
               * NGX_SHOP_WEEK_HOUR / week->open;

        usual += (seen - usual) / n;
        usual = usual < (double) UINT32_MAX - 1 ? usual : UINT32_MAX - 1;

        week->usual[h * NGX_SHOP_WEEK_N + i] = (uint32_t) (usual + 0.5);
    }

    if (week->weeks[h] < UINT8_MAX) {
        week->weeks[h]++;
    }
}
