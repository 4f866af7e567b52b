
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * Additive increase, multiplicative decrease, of pages in hand.  Pure: no
 * clock, no memory but the counters themselves.
 */


#include "logic/judge/shed.h"


#define NGX_SHOP_SHED_WINDOW    500       /* ms, at least */
#define NGX_SHOP_SHED_FEW       4         /* pages in hand are no crowd */
#define NGX_SHOP_SHED_STUCK     4         /* targets without a page */
#define NGX_SHOP_SHED_THROUGH   1000      /* ms, between two let through */
#define NGX_SHOP_SHED_CALM      20        /* windows */
#define NGX_SHOP_SHED_SOONEST   2000      /* ms */
#define NGX_SHOP_SHED_LATEST    120000    /* ms */
#define NGX_SHOP_SHED_DEFAULT   500       /* ms, where no rate is known */

/* a page may take so many times what it takes where none wait */
#define NGX_SHOP_SHED_TIMES     2
#define NGX_SHOP_SHED_MOST      3         /* targets */

#define ngx_shop_shed_inc(p)                                                 \
    (void) __atomic_fetch_add(p, 1, __ATOMIC_RELAXED)
/* written by other workers meanwhile; each word stands for itself */
#define ngx_shop_shed_get(p)     __atomic_load_n(p, __ATOMIC_RELAXED)
#define ngx_shop_shed_set(p, n)  __atomic_store_n(p, n, __ATOMIC_RELAXED)
#define ngx_shop_shed_take(p)                                                \
    __atomic_exchange_n(p, 0, __ATOMIC_RELAXED)
#define ngx_shop_shed_swap(p, was, to)                                       \
    __atomic_compare_exchange_n(p, &(was), to, 0, __ATOMIC_RELAXED,          \
                                __ATOMIC_RELAXED)


static int ngx_shop_shed_stuck(const ngx_shop_shed_t *s,
    const ngx_shop_shed_ask_t *ask);
static uint32_t ngx_shop_shed_room(const ngx_shop_shed_t *s,
    const ngx_shop_shed_ask_t *ask);
static void ngx_shop_shed_turn(ngx_shop_shed_t *s,
    const ngx_shop_shed_ask_t *ask, uint32_t passed);
static uint32_t ngx_shop_shed_target(ngx_shop_shed_t *s, uint32_t target,
    uint32_t quickest);


int
ngx_shop_shed_admit(ngx_shop_shed_t *s, const ngx_shop_shed_ask_t *ask)
{
    uint32_t  was;

    if (ask->inside == 0) {
        ngx_shop_shed_set(&s->since, ask->now);
    }

    if (ask->inside >= ngx_shop_shed_get(&s->most)) {
        ngx_shop_shed_set(&s->most, ask->inside + 1);
    }

    if (ngx_shop_shed_stuck(s, ask)) {

        /* it may be well again, and nobody else would find out */

        was = ngx_shop_shed_get(&s->through);

        if (ask->now - was >= NGX_SHOP_SHED_THROUGH
            && ngx_shop_shed_swap(&s->through, was, ask->now))
        {
            return 1;
        }

    } else if (ask->inside < ngx_shop_shed_room(s, ask)) {
        return 1;
    }

    ngx_shop_shed_inc(&s->refused);

    return 0;
}


/* some are in hand for so long, and no page came meanwhile */

static int
ngx_shop_shed_stuck(const ngx_shop_shed_t *s, const ngx_shop_shed_ask_t *ask)
{
    uint32_t  most, page;

    most = NGX_SHOP_SHED_STUCK * ask->target;
    page = ngx_shop_shed_get(&s->page);

    return ask->inside >= NGX_SHOP_SHED_FEW
           && ask->now - ngx_shop_shed_get(&s->since) >= most
           && (page == 0 || ask->now - page >= most);
}


/* without a limit there is room for all */

static uint32_t
ngx_shop_shed_room(const ngx_shop_shed_t *s, const ngx_shop_shed_ask_t *ask)
{
    uint32_t  limit;

    limit = ngx_shop_shed_get(&s->limit);

    if (limit == 0) {
        return UINT32_MAX;
    }

    return ask->first ? limit + limit / 4 + 1 : limit;
}


int
ngx_shop_shed_full(const ngx_shop_shed_t *s, const ngx_shop_shed_ask_t *ask)
{
    return ngx_shop_shed_stuck(s, ask)
           || ask->inside >= ngx_shop_shed_room(s, ask);
}


void
ngx_shop_shed_page(ngx_shop_shed_t *s, const ngx_shop_shed_ask_t *ask,
    uint32_t waited)
{
    uint32_t  was, quickest;

    ngx_shop_shed_set(&s->page, ask->now | 1);

    ngx_shop_shed_inc(&s->pages);

    quickest = ngx_shop_shed_get(&s->quickest);

    if (quickest == 0 || waited < quickest - 1) {
        ngx_shop_shed_set(&s->quickest, waited + 1);
    }

    was = ngx_shop_shed_get(&s->began);

    if (ask->now - was >= NGX_SHOP_SHED_WINDOW
        && ngx_shop_shed_swap(&s->began, was, ask->now))
    {
        ngx_shop_shed_turn(s, ask, ask->now - was);
    }
}


static void
ngx_shop_shed_turn(ngx_shop_shed_t *s, const ngx_shop_shed_ask_t *ask,
    uint32_t passed)
{
    uint32_t  rate, most, limit, little, quickest, refused;

    rate = (uint32_t) ((uint64_t) ngx_shop_shed_take(&s->pages) * 1000000
                       / passed);
    quickest = ngx_shop_shed_take(&s->quickest);
    quickest -= (quickest != 0);
    most = ngx_shop_shed_take(&s->most);
    refused = ngx_shop_shed_take(&s->refused);

    /* a window that was long nobody came in */

    if (s->rate && passed < 4 * NGX_SHOP_SHED_WINDOW) {
        rate = s->rate / 2 + rate / 2;
    }

    ngx_shop_shed_set(&s->rate, rate);

    limit = ngx_shop_shed_get(&s->limit);

    if (quickest > ngx_shop_shed_target(s, ask->target, quickest)) {

        if (most <= NGX_SHOP_SHED_FEW) {
            return;
        }

        /* so many are in hand where each takes the target: Little's law */

        little = (uint32_t) ((uint64_t) rate * ask->target / 1000000);

        limit = limit ? limit - limit / 5
                      : little < most ? little : most;

        ngx_shop_shed_set(&s->limit, limit > NGX_SHOP_SHED_FEW
                                     ? limit : NGX_SHOP_SHED_FEW);
        s->calm = 0;
        return;
    }

    if (limit == 0) {
        return;
    }

    if (refused || most >= limit) {
        ngx_shop_shed_set(&s->limit, limit + 1 + limit / 16);
        s->calm = 0;

    } else if (++s->calm >= NGX_SHOP_SHED_CALM) {
        ngx_shop_shed_set(&s->limit, 0);
        s->calm = 0;
    }
}


/*
 * A target that is less than what a page takes with nobody before it would
 * refuse for ever.  What that is follows the quickest at once, and slower ones
 * slowly.
 */

static uint32_t
ngx_shop_shed_target(ngx_shop_shed_t *s, uint32_t target, uint32_t quickest)
{
    uint32_t  most;

    if (s->best == 0 || quickest < s->best) {
        s->best = quickest ? quickest : 1;

    } else {
        s->best += s->best / 64 + (s->best < 64);
    }

    most = NGX_SHOP_SHED_TIMES * s->best;

    if (most > NGX_SHOP_SHED_MOST * target) {
        most = NGX_SHOP_SHED_MOST * target;
    }

    return most > target ? most : target;
}


uint32_t
ngx_shop_shed_deal(ngx_shop_shed_t *s, uint32_t now)
{
    uint32_t  was, at, rate, step;

    /* those that come anew need room, too: half of it is dealt */

    rate = ngx_shop_shed_get(&s->rate);
    step = rate ? 2000000 / rate : NGX_SHOP_SHED_DEFAULT;

    for ( ;; ) {
        was = ngx_shop_shed_get(&s->ticket);

        at = (int32_t) (was - now) > 0 ? was : now;
        at += step;

        if (at - now > NGX_SHOP_SHED_LATEST) {
            return NGX_SHOP_SHED_LATEST / 1000;
        }

        if (ngx_shop_shed_swap(&s->ticket, was, at)) {
            break;
        }
    }

    at -= now;

    if (at < NGX_SHOP_SHED_SOONEST) {
        at = NGX_SHOP_SHED_SOONEST;
    }

    return (at + 999) / 1000;
}
