
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * Availability.  Pure: no clock, no I/O.  What is in shared memory may have
 * been left half done: of that a few seconds get lost, and none is made up.
 */


#include "logic/story/tally.h"
#include "logic/judge/site.h"

#include <stdio.h>


static void ngx_shop_tally_turn(ngx_shop_tally_ring_t *ring, uint32_t *places,
    unsigned n, int64_t number);
static void ngx_shop_tally_window(const ngx_shop_tally_ring_t *ring,
    const uint32_t *places, unsigned n, ngx_shop_tally_sum_t *sum,
    int64_t from);


#define NGX_SHOP_TALLY_DAY  86400


static const struct {
    unsigned     days;
    const char  *name;
} ngx_shop_tally_windows[NGX_SHOP_TALLY_WINDOWS] = {
    { 7, "7d" },
    { NGX_SHOP_TALLY_DAYS, "30d" },
    { NGX_SHOP_TALLY_PIECES * NGX_SHOP_TALLY_PIECE, "365d" }
};


ngx_shop_tally_e
ngx_shop_tally_kind(unsigned state, unsigned outage)
{
    if (state == NGX_SHOP_SITE_OUTAGE
        || (state == NGX_SHOP_SITE_MAINTENANCE && outage))
    {
        return NGX_SHOP_TALLY_UNPLANNED;
    }

    return state == NGX_SHOP_SITE_MAINTENANCE ? NGX_SHOP_TALLY_PLANNED
                                              : NGX_SHOP_TALLY_KNOWN;
}


void
ngx_shop_tally_add(ngx_shop_tally_t *tally, ngx_shop_tally_e kind,
    uint64_t ms, int64_t now)
{
    int64_t   day;
    uint32_t  seconds;
    unsigned  i;

    day = now / NGX_SHOP_TALLY_DAY;

    ngx_shop_tally_turn(&tally->day, tally->days, NGX_SHOP_TALLY_DAYS, day);
    ngx_shop_tally_turn(&tally->piece, tally->pieces, NGX_SHOP_TALLY_PIECES,
                        day / NGX_SHOP_TALLY_PIECE);

    for (i = 0; i < NGX_SHOP_TALLY_N; i++) {

        if (i != NGX_SHOP_TALLY_KNOWN && i != (unsigned) kind) {
            continue;
        }

        /* in this order: seconds get lost, where a worker dies here */

        seconds = (uint32_t) ((tally->rest[i] + ms) / 1000);
        tally->rest[i] = (uint32_t) ((tally->rest[i] + ms) % 1000);

        tally->days[tally->day.turn % NGX_SHOP_TALLY_DAYS
                    * NGX_SHOP_TALLY_N + i] += seconds;
        tally->pieces[tally->piece.turn % NGX_SHOP_TALLY_PIECES
                      * NGX_SHOP_TALLY_N + i] += seconds;
    }
}


/*
 * Goes on to a day.  One that is a day ahead stays: a clock was set by some
 * hours.  From further ahead all of them come back.
 */

static void
ngx_shop_tally_turn(ngx_shop_tally_ring_t *ring, uint32_t *places, unsigned n,
    int64_t number)
{
    int64_t   newest;
    unsigned  i;

    newest = ring->base + (int64_t) ring->turn;

    if (ring->base == 0 || newest > number + 1) {
        ring->base = number - (int64_t) ring->turn;
        return;
    }

    for (i = 0; newest < number && i < n; i++, newest++) {
        memset(&places[(ring->turn + 1) % n * NGX_SHOP_TALLY_N], 0,
               NGX_SHOP_TALLY_N * sizeof(uint32_t));
        ring->turn++;
    }

    if (newest < number) {
        ring->base = number - (int64_t) ring->turn;
    }
}


int64_t
ngx_shop_tally_shift_days(int64_t seconds, unsigned days)
{
    int64_t  step;

    step = (int64_t) days * NGX_SHOP_TALLY_DAY;

    return (seconds + (seconds < 0 ? -step / 2 : step / 2)) / step;
}


void
ngx_shop_tally_sum(const ngx_shop_tally_t *tally, unsigned window,
    int64_t now, ngx_shop_tally_sum_t *sum)
{
    int64_t   day;
    unsigned  i;

    memset(sum, 0, sizeof(ngx_shop_tally_sum_t));

    day = now / NGX_SHOP_TALLY_DAY;

    if (window == NGX_SHOP_TALLY_YEAR) {
        ngx_shop_tally_window(&tally->piece, tally->pieces,
                              NGX_SHOP_TALLY_PIECES, sum,
                              day / NGX_SHOP_TALLY_PIECE
                              - NGX_SHOP_TALLY_PIECES);

    } else {
        ngx_shop_tally_window(&tally->day, tally->days, NGX_SHOP_TALLY_DAYS,
                              sum,
                              day - ngx_shop_tally_windows[window].days);
    }

    for (i = 0; i < NGX_SHOP_TALLY_N; i++) {
        sum->ms[i] = sum->ms[i] * 1000 + tally->rest[i];
    }
}


/* all that come after number "from" */

static void
ngx_shop_tally_window(const ngx_shop_tally_ring_t *ring,
    const uint32_t *places, unsigned n, ngx_shop_tally_sum_t *sum,
    int64_t from)
{
    int64_t   newest;
    unsigned  i, k;

    newest = ring->base + (int64_t) ring->turn;

    for (i = 0; i < n && newest - (int64_t) i > from; i++) {
        for (k = 0; k < NGX_SHOP_TALLY_N; k++) {
            sum->ms[k] += places[(ring->turn + n - i) % n * NGX_SHOP_TALLY_N
                                 + k];
        }
    }
}


unsigned
ngx_shop_tally_days(unsigned window)
{
    return ngx_shop_tally_windows[window].days;
}


const char *
ngx_shop_tally_name(unsigned window)
{
    return ngx_shop_tally_windows[window].name;
}


int64_t
ngx_shop_tally_share(const ngx_shop_tally_sum_t *sum)
{
    int64_t  all, good;

    all = sum->ms[NGX_SHOP_TALLY_KNOWN] - sum->ms[NGX_SHOP_TALLY_PLANNED];
    good = all - sum->ms[NGX_SHOP_TALLY_UNPLANNED];

    if (all <= 0 || good < 0) {
        return all <= 0 ? -1 : 0;
    }

    /* cut: of less than a thousand years 100 % is nothing missed */

    return (int64_t) ((double) good / (double) all * NGX_SHOP_TALLY_HUNDRED);
}


int64_t
ngx_shop_tally_allowed(const ngx_shop_tally_sum_t *sum, int64_t promise)
{
    /* without a product that is too large */

    return (sum->ms[NGX_SHOP_TALLY_KNOWN] - sum->ms[NGX_SHOP_TALLY_PLANNED])
           / 1000 * (NGX_SHOP_TALLY_HUNDRED - promise)
           / (NGX_SHOP_TALLY_HUNDRED / 1000);
}


int64_t
ngx_shop_tally_promise(const unsigned char *data, size_t len)
{
    int64_t               value, unit;
    const unsigned char  *p, *last;

    p = data;
    last = data + len;

    for (value = 0; p < last && *p >= '0' && *p <= '9' && value < 1000; p++) {
        value = value * 10 + (*p - '0');
    }

    value *= 1000000;

    if (p < last && *p == '.' && p > data) {
        for (p++, unit = 100000;
             p < last && *p >= '0' && *p <= '9' && unit;
             p++)
        {
            value += (*p - '0') * unit;
            unit /= 10;
        }
    }

    if (p < last && *p == '%') {
        p++;
    }

    return p == last && value > 0 && value < NGX_SHOP_TALLY_HUNDRED ? value
                                                                    : 0;
}


size_t
ngx_shop_tally_percent(unsigned char *buf, int64_t millionths)
{
    size_t  len;

    len = (size_t) snprintf((char *) buf, NGX_SHOP_TALLY_PERCENT_LEN,
                            "%d.%06d", (int) (millionths / 1000000),
                            (int) (millionths % 1000000));

    while (buf[len - 1] == '0') {
        len--;
    }

    return len - (buf[len - 1] == '.');
}
