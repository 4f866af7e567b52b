
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * When a visitor is to come again, as one of few times: a page is kept for
 * each.
 */


#include "nginx/page/render.h"


/* at most 15, as they are part of the key of a rendering */

static const ngx_uint_t  ngx_shop_render_wait_times[] = {
    0, 2, 3, 4, 6, 8, 11, 15, 20, 27, 36, 50, 67, 90, 120
};


ngx_uint_t
ngx_shop_render_wait_of(ngx_uint_t seconds)
{
    ngx_uint_t  i, n;

    n = sizeof(ngx_shop_render_wait_times) / sizeof(ngx_uint_t);

    for (i = 1; i < n - 1; i++) {
        if (ngx_shop_render_wait_times[i] >= seconds) {
            break;
        }
    }

    return i;
}


ngx_uint_t
ngx_shop_render_wait_seconds(ngx_uint_t wait)
{
    return ngx_shop_render_wait_times[wait];
}
