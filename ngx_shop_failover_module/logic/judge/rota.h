
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * Whose turn it is to probe a server, where several nodes share the work.
 * Time is cut into turns of one interval; in each of them one node probes, the
 * nodes one after the other.  Nobody is asked: the wall clock tells.
 */


#ifndef _NGX_SHOP_ROTA_H_INCLUDED_
#define _NGX_SHOP_ROTA_H_INCLUDED_


#include "logic/text/base.h"


typedef struct {
    uint32_t   nodes;         /* that take turns, at least 1 */
    uint32_t   node;          /* which of them this one is, from 0 */
    uint32_t   key;           /* of the server: where in a turn it is probed */
    uint32_t   interval;      /* ms, at least 1 */
} ngx_shop_rota_t;


/*
 * ms from now, a wall clock in ms, until this node's next turn.  One that began
 * less than half an interval ago, or is about to, is the one that is over.
 */
int64_t ngx_shop_rota_wait(const ngx_shop_rota_t *rota, int64_t now);


#endif /* _NGX_SHOP_ROTA_H_INCLUDED_ */
