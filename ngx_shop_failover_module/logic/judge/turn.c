
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * A window that begins small and doubles with each round of answers, as that of
 * TCP does (RFC 5681, slow start).
 */


#include "logic/judge/turn.h"


#define NGX_SHOP_TURN_FEW     4
#define NGX_SHOP_TURN_MOST    4096
#define NGX_SHOP_TURN_ROUND   10         /* ms */
#define NGX_SHOP_TURN_SLOW    50         /* ms, without an answer */
#define NGX_SHOP_TURN_CALM    1000       /* ms, to empty the line */


void
ngx_shop_turn_open(ngx_shop_turn_t *t, uint32_t now)
{
    if (t->since) {
        return;
    }

    t->since = now | 1;
    t->window = NGX_SHOP_TURN_FEW;
    t->looked = now;
}


void
ngx_shop_turn_shut(ngx_shop_turn_t *t)
{
    t->since = 0;
}


uint32_t
ngx_shop_turn_room(ngx_shop_turn_t *t, const ngx_shop_turn_ask_t *ask)
{
    uint32_t  room, passed, more;

    if (t->since == 0) {
        return 0;
    }

    passed = ask->now - t->looked;
    more = ask->answered - t->answered;

    if (passed >= NGX_SHOP_TURN_ROUND && (more || passed >= NGX_SHOP_TURN_SLOW))
    {
        t->window += more < t->window ? (more ? more : 1) : t->window;

        if (t->window > NGX_SHOP_TURN_MOST) {
            t->window = NGX_SHOP_TURN_MOST;
        }

        t->looked = ask->now;
        t->answered = ask->answered;
    }

    room = t->window > ask->pending ? t->window - ask->pending : 0;

    return room < ask->places ? room : ask->places;
}


int
ngx_shop_turn_newest(const ngx_shop_turn_t *t, uint32_t now)
{
    return t->since && now - t->since >= NGX_SHOP_TURN_CALM;
}
