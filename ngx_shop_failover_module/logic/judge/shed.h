
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * How many pages a group may have in hand so that they stay quick: a limit
 * that finds itself.  Pure: time comes in.  The counters are of fixed size and
 * are added to by all workers at once, without a lock.
 */


#ifndef _NGX_SHOP_SHED_H_INCLUDED_
#define _NGX_SHOP_SHED_H_INCLUDED_


#include "logic/text/base.h"


/* of one group; lives in shared memory, zeroed: there is no limit */
typedef struct {
    uint32_t  limit;            /* pages in hand; 0: none */
    uint32_t  began;            /* ms, the window */
    uint32_t  pages;            /* that came in it */
    uint32_t  quickest;         /* 1 + ms, of them; 0: none came */
    uint32_t  most;             /* in hand at once */
    uint32_t  refused;          /* in it */
    uint32_t  calm;             /* windows in which there was room */
    uint32_t  rate;             /* pages in 1000 s */
    uint32_t  best;             /* ms: what a page takes where none wait */
    uint32_t  page;             /* ms: the last one came; 0: none did */
    uint32_t  since;            /* ms: some are in hand since */
    uint32_t  through;          /* ms: the last one let through */
    uint32_t  ticket;           /* ms: when the last refused one is to come */
} ngx_shop_shed_t;


typedef struct {
    uint32_t  target;           /* ms */
    uint32_t  inside;           /* pages in hand, of all workers */
    uint32_t  now;              /* ms */
    uint8_t   first;            /* is to go first */
} ngx_shop_shed_ask_t;


/* whether one more is let in; 0: there is no room for it */
int ngx_shop_shed_admit(ngx_shop_shed_t *s, const ngx_shop_shed_ask_t *ask);

/*
 * A page came after so many ms.  At the end of a window: where even the
 * quickest was later than the target, the limit goes down by a fifth; where
 * there was none it begins with what is in hand at such a rate within the
 * target.  Where all was well and the limit was reached it goes up.
 */
void ngx_shop_shed_page(ngx_shop_shed_t *s, const ngx_shop_shed_ask_t *ask,
    uint32_t waited);

/* whether somebody may be refused now, as far as is known */
int ngx_shop_shed_full(const ngx_shop_shed_t *s,
    const ngx_shop_shed_ask_t *ask);

/* when one that was refused is to come again, in s: each gets its own time */
uint32_t ngx_shop_shed_deal(ngx_shop_shed_t *s, uint32_t now);


#endif /* _NGX_SHOP_SHED_H_INCLUDED_ */
