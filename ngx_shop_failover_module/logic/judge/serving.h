
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * Which group of a chain (the primary and its backup groups) takes the
 * traffic.  Pure: no clock, no I/O.
 */


#ifndef _NGX_SHOP_SERVING_H_INCLUDED_
#define _NGX_SHOP_SERVING_H_INCLUDED_


#include "logic/text/base.h"


/* groups of a chain, the primary included: a bit for each */
#define NGX_SHOP_SERVING_MAX   64
#define NGX_SHOP_SERVING_NONE  255


typedef struct {
    uint8_t   now;                          /* 0: the primary */
    uint8_t   better;                       /* waits for its hold, or NONE */
    uint64_t  well;                         /* ms: better is usable since */
} ngx_shop_serving_t;


/*
 * One step; returns 1 where another group took over.  Bit n of usable: group n
 * can serve.  A group that cannot serve is left at once; one that comes before
 * it takes the traffic back only after it was usable for hold, and a flap
 * begins that time again.
 */
int ngx_shop_serving_step(ngx_shop_serving_t *serving, uint64_t usable,
    uint64_t hold, uint64_t msec);


#endif /* _NGX_SHOP_SERVING_H_INCLUDED_ */
