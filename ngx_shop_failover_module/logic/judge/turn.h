
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * How a line of requests that wait for a server is let go: how many at a time,
 * and who is first.  Pure: time comes in.
 */


#ifndef _NGX_SHOP_TURN_H_INCLUDED_
#define _NGX_SHOP_TURN_H_INCLUDED_


#include "logic/text/base.h"


/* of one worker's line */
typedef struct {
    uint32_t  window;           /* that were let go and have no answer yet */
    uint32_t  since;            /* ms: servers take requests; 0: they do not */
    uint32_t  looked;           /* ms: the window grew */
    uint32_t  answered;         /* so far, when it did */
} ngx_shop_turn_t;


typedef struct {
    uint32_t  now;              /* ms */
    uint32_t  pending;          /* were let go and have no answer yet */
    uint32_t  answered;         /* have one, so far */
    uint32_t  places;           /* that the servers have, as far as is known */
} ngx_shop_turn_ask_t;


/* somebody takes requests again; nothing where that was known */
void ngx_shop_turn_open(ngx_shop_turn_t *t, uint32_t now);

/* nobody does, or nobody waits */
void ngx_shop_turn_shut(ngx_shop_turn_t *t);

/*
 * How many may go now.  A few at first; as many again as got an answer, so
 * that the line goes at the pace of the servers; one more now and then where
 * they are slow.
 */
uint32_t ngx_shop_turn_room(ngx_shop_turn_t *t,
    const ngx_shop_turn_ask_t *ask);

/*
 * Whether the newest goes first: a line that servers have not emptied for so
 * long would make everybody wait as long as it is, and serve fewer in time.
 */
int ngx_shop_turn_newest(const ngx_shop_turn_t *t, uint32_t now);


#endif /* _NGX_SHOP_TURN_H_INCLUDED_ */
