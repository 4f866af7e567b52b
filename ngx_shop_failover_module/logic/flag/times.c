
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * Points in time and lengths as people read them.  Knows neither the clock nor
 * the rules of the local zone (calendar does).
 */


#include <stdio.h>
#include <time.h>

#include "logic/flag/calendar.h"
#include "logic/flag/times_inside.h"


static int64_t ngx_shop_times_clip(int64_t at);


int
ngx_shop_times_last(const ngx_shop_str_t *text, int64_t limit, int64_t *at)
{
    int  clock;

    clock = ngx_shop_times_parse_clock(text->data, text->len);

    if (clock < 0 || limit < 0 || limit > NGX_SHOP_CALENDAR_MAX) {
        return NGX_SHOP_ERROR;
    }

    *at = ngx_shop_calendar_last(clock, limit);

    return NGX_SHOP_OK;
}


size_t
ngx_shop_times_rfc3339(unsigned char *buf, int64_t at)
{
    time_t     t;
    struct tm  tm;

    t = (time_t) ngx_shop_times_clip(at);

    if (gmtime_r(&t, &tm) == NULL) {
        return 0;
    }

    return strftime((char *) buf, NGX_SHOP_TIMES_LEN, "%Y-%m-%dT%H:%M:%SZ",
                    &tm);
}


size_t
ngx_shop_times_rfc3339_local(unsigned char *buf, int64_t at)
{
    size_t     n;
    time_t     t;
    struct tm  tm;

    t = (time_t) ngx_shop_times_clip(at);

    if (localtime_r(&t, &tm) == NULL) {
        return 0;
    }

    n = strftime((char *) buf, NGX_SHOP_TIMES_LEN, "%Y-%m-%dT%H:%M:%S%z", &tm);

    if (n < 5) {
        return 0;
    }

    /* "+0100" is what strftime() knows, "+01:00" what RFC 3339 wants */

    buf[n] = buf[n - 1];
    buf[n - 1] = buf[n - 2];
    buf[n - 2] = ':';

    return n + 1;
}


size_t
ngx_shop_times_local(unsigned char *buf, int64_t at)
{
    size_t     n;
    time_t     t;
    struct tm  tm;

    t = (time_t) ngx_shop_times_clip(at);

    if (localtime_r(&t, &tm) == NULL) {
        return 0;
    }

    n = strftime((char *) buf, NGX_SHOP_TIMES_LEN, "%Y-%m-%d %H:%M %Z", &tm);

    if (n == 0) {

        /* the zone's name comes from outside, and did not fit */

        n = strftime((char *) buf, NGX_SHOP_TIMES_LEN, "%Y-%m-%d %H:%M %z",
                     &tm);
    }

    return n;
}


size_t
ngx_shop_times_length(unsigned char *buf, int64_t seconds)
{
    int                           n;
    long long                     first, second;
    const ngx_shop_times_unit_t  *unit;

    if (seconds < 0) {
        seconds = 0;
    }

    unit = ngx_shop_times_parse_units;

    while (unit->seconds > 1 && seconds < unit->seconds) {
        unit++;
    }

    first = seconds / unit->seconds;
    second = unit->seconds > 1 ? seconds % unit->seconds / unit[1].seconds : 0;

    if (second) {
        n = snprintf((char *) buf, NGX_SHOP_TIMES_LEN, "%lld%c %lld%c", first,
                     unit->name, second, unit[1].name);

    } else {
        n = snprintf((char *) buf, NGX_SHOP_TIMES_LEN, "%lld%c", first,
                     unit->name);
    }

    return (size_t) n;
}


int64_t
ngx_shop_times_retry_after(int64_t eta, int64_t now, int64_t def, int64_t min,
    int64_t max, uint32_t rnd)
{
    int64_t  wait, more;

    wait = (eta > 0 && now >= 0 && eta > now) ? eta - now : def;

    if (wait < min) {
        wait = min;
    }

    if (wait < 1) {
        wait = 1;
    }

    if (wait < max) {
        more = (int64_t) (rnd % ((uint64_t) wait / 4 + 1));
        wait = more < max - wait ? wait + more : max;
    }

    if (wait > max) {
        wait = max;
    }

    return wait < 1 ? 1 : wait;
}


static int64_t
ngx_shop_times_clip(int64_t at)
{
    if (at < 0) {
        return 0;
    }

    return at > NGX_SHOP_CALENDAR_MAX ? NGX_SHOP_CALENDAR_MAX : at;
}
