
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * Turns in probing: which nodes of the fleet probe the same servers, whether
 * they are still heard of, and what this node's nginx is told of it.  What is
 * not told again is forgotten there: silence ends it, wherever it begins.
 */


#ifndef _NGX_SHOP_TURNS_H_INCLUDED_
#define _NGX_SHOP_TURNS_H_INCLUDED_


#include "ctl/fleet/orders.h"


#define NGX_SHOP_TURNS_NODES  256     /* that are known at once */
#define NGX_SHOP_TURNS_IDLE   500     /* ms, where nothing is shared */


typedef struct {
    char      name[NGX_SHOP_ENGINE_NAME];
    int64_t   beat;                   /* the last of it */
    int64_t   heard;                  /* ms: it was not older; 0: never */
    int64_t   set;                    /* the nodes that it sees */
    unsigned  same:1;                 /* it probes what this node does */
} ngx_shop_turns_node_t;


typedef struct {
    int64_t                 next;     /* ms: not before */
    int64_t                 last;     /* ms: when they were asked */
    const char             *node;     /* this one */
    ngx_shop_nodeline_t    *line;     /* ... of it */
    unsigned                n;
    ngx_shop_turns_node_t   nodes[NGX_SHOP_TURNS_NODES];
} ngx_shop_turns_t;


void ngx_shop_turns_open(ngx_shop_turns_t *t, const char *node,
    ngx_shop_nodeline_t *line);

/*
 * When it is time: asks for the others, and tells nginx.  The line has a new
 * beat then, which the others wait for.  ERROR: the engine did not answer.
 */
int ngx_shop_turns_step(ngx_shop_turns_t *t, ngx_shop_engine_t *e,
    ngx_shop_orders_t *c);


#endif /* _NGX_SHOP_TURNS_H_INCLUDED_ */
