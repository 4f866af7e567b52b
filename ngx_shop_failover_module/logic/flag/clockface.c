
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * Times of day as a screen shows them.
 */


#include "logic/flag/clockface.h"

#include <time.h>


static size_t ngx_shop_clockface_of(unsigned char *buf, int64_t at,
    int64_t now, int near);
static size_t ngx_shop_clockface_form(unsigned char *buf, size_t size,
    const char *form, int64_t at);


#define NGX_SHOP_CLOCKFACE_NEAR  3600      /* s: then seconds matter */


size_t
ngx_shop_clockface_write(unsigned char *buf, int64_t at, int64_t now)
{
    return ngx_shop_clockface_of(buf, at, now,
                                 at - now < NGX_SHOP_CLOCKFACE_NEAR
                                 && now - at < NGX_SHOP_CLOCKFACE_NEAR);
}


size_t
ngx_shop_clockface_minute(unsigned char *buf, int64_t at, int64_t now)
{
    return ngx_shop_clockface_of(buf, at, now, 0);
}


static size_t
ngx_shop_clockface_of(unsigned char *buf, int64_t at, int64_t now, int near)
{
    size_t         n;
    unsigned char  day[NGX_SHOP_TIMES_LEN], today[NGX_SHOP_TIMES_LEN];

    n = ngx_shop_clockface_form(day, sizeof(day), "%Y-%m-%d", at);

    if (n == ngx_shop_clockface_form(today, sizeof(today), "%Y-%m-%d", now)
        && memcmp(day, today, n) == 0)
    {
        n = ngx_shop_clockface_form(buf, NGX_SHOP_TIMES_LEN,
                                    near ? "%H:%M:%S" : "%H:%M", at);

    } else {
        n = ngx_shop_clockface_form(buf, NGX_SHOP_TIMES_LEN, near
                                    ? "%Y-%m-%d %H:%M:%S" : "%Y-%m-%d %H:%M",
                                    at);
    }

    if (ngx_shop_clockface_form(day, sizeof(day), "%z", at)
            != ngx_shop_clockface_form(today, sizeof(today), "%z", now)
        || memcmp(day, today, 5) != 0)
    {
        n += ngx_shop_clockface_form(buf + n, NGX_SHOP_TIMES_LEN - n, " %Z",
                                     at);
    }

    return n;
}


size_t
ngx_shop_clockface_now(unsigned char *buf, int64_t now)
{
    return ngx_shop_clockface_form(buf, NGX_SHOP_TIMES_LEN,
                                   "%Y-%m-%d %H:%M:%S", now);
}


size_t
ngx_shop_clockface_zone(unsigned char *buf, int64_t now)
{
    size_t  n;

    n = ngx_shop_clockface_form(buf, NGX_SHOP_TIMES_LEN, "%Z", now);

    /* its name comes from outside, and may not fit */

    return n ? n : ngx_shop_clockface_form(buf, NGX_SHOP_TIMES_LEN, "%z", now);
}


static size_t
ngx_shop_clockface_form(unsigned char *buf, size_t size, const char *form,
    int64_t at)
{
    time_t     t;
    struct tm  tm;

    t = (time_t) at;

    if (localtime_r(&t, &tm) == NULL) {
        return 0;
    }

    return strftime((char *) buf, size, form, &tm);
}
