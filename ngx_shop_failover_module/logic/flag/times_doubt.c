
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * Whether a local time is one that clocks show twice, or never, as they are
 * set back or forward.
 */


#include "logic/flag/calendar.h"
#include "logic/flag/times.h"


/* "04:30" behind the date, where there is no zone */
#define NGX_SHOP_TIMES_DOUBT_CLOCK  5
#define NGX_SHOP_TIMES_DOUBT_DATE   11


static const unsigned char *ngx_shop_times_doubt_local(
    const ngx_shop_str_t *text);


ngx_shop_times_doubt_e
ngx_shop_times_doubt(const ngx_shop_str_t *text, int64_t at)
{
    int64_t               shown, instants[2];
    const unsigned char  *p;

    p = ngx_shop_times_doubt_local(text);

    if (p == NULL) {
        return NGX_SHOP_TIMES_CLEAR;
    }

    shown = ngx_shop_calendar_shown(at);

    if (shown % NGX_SHOP_CALENDAR_DAY / 60
        != ((p[0] - '0') * 10 + p[1] - '0') * 60
           + (p[3] - '0') * 10 + p[4] - '0')
    {
        return NGX_SHOP_TIMES_NEVER;
    }

    return ngx_shop_calendar_instants(shown, instants) == 2
           ? NGX_SHOP_TIMES_TWICE : NGX_SHOP_TIMES_CLEAR;
}


/* where the time of day is; NULL: it has a zone, or is counted */

static const unsigned char *
ngx_shop_times_doubt_local(const ngx_shop_str_t *text)
{
    size_t                i;
    const unsigned char  *p;

    if (ngx_shop_times_parse_is_relative(text)) {
        return NULL;
    }

    if (text->len == NGX_SHOP_TIMES_DOUBT_CLOCK) {
        return text->data;
    }

    if (text->len < NGX_SHOP_TIMES_DOUBT_DATE + NGX_SHOP_TIMES_DOUBT_CLOCK) {
        return NULL;
    }

    p = text->data + NGX_SHOP_TIMES_DOUBT_DATE;

    for (i = 0; i < text->len - NGX_SHOP_TIMES_DOUBT_DATE; i++) {
        if ((p[i] < '0' || p[i] > '9') && p[i] != ':' && p[i] != '.') {
            return NULL;
        }
    }

    return p;
}
