
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * Hints, not verdicts: a node that sees a server go down or come up says so,
 * and the others have their nginx look at it now.  What it sees decides.
 */


#ifndef _NGX_SHOP_HINTS_H_INCLUDED_
#define _NGX_SHOP_HINTS_H_INCLUDED_


#include "ctl/fleet/orders.h"


#define NGX_SHOP_HINTS_MAX   16        /* of the document */
#define NGX_SHOP_HINTS_REST  1000      /* ms between two of a node */


typedef struct {
    int64_t                     id;
    char                        node[NGX_SHOP_ENGINE_NAME];
    char                        state[8];
    ngx_shop_nodeline_server_t  server;
} ngx_shop_hints_one_t;


typedef struct {
    int64_t                     last;      /* id, that was heard */
    int64_t                     next;      /* ms: not before */
    unsigned                    heard:1;   /* a document was read */
    unsigned                    seen:1;    /* was is known */
    unsigned                    nwas;
    unsigned                    ndoubt;
    unsigned                    nnews;
    ngx_shop_nodeline_server_t  was[NGX_SHOP_NODELINE_DOWN];
    ngx_shop_nodeline_server_t  doubt[NGX_SHOP_NODELINE_DOWN];
    ngx_shop_hints_one_t        news[NGX_SHOP_HINTS_MAX];
} ngx_shop_hints_t;


/* what has changed since the last look */
void ngx_shop_hints_see(ngx_shop_hints_t *h, const ngx_shop_nodeline_t *line);

/* tells it.  OK; ERROR: it is dropped; DECLINED: read, and call again */
int ngx_shop_hints_tell(ngx_shop_hints_t *h, ngx_shop_engine_t *e,
    const char *node, int64_t now);

/* what others tell: a probe of each */
void ngx_shop_hints_hear(ngx_shop_hints_t *h,
    const ngx_shop_engine_value_t *value, ngx_shop_orders_t *c,
    const char *node);


#endif /* _NGX_SHOP_HINTS_H_INCLUDED_ */
