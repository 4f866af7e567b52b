
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * Requests for which there is no server now: what failover.c, failover_queue.c
 * and failover_place.c share.
 */


#ifndef _NGX_SHOP_FAILOVER_QUEUE_H_INCLUDED_
#define _NGX_SHOP_FAILOVER_QUEUE_H_INCLUDED_


#include "nginx/failover/failover.h"

#include "state/line.h"


typedef enum {
    NGX_SHOP_FAILOVER_LINED_NOT = 0,
    NGX_SHOP_FAILOVER_LINED_WAITS,              /* has a place in the line */
    NGX_SHOP_FAILOVER_LINED_DONE                /* had one */
} ngx_shop_failover_lined_e;


/*
 * The place of a request in the line, of its pool.  nginx takes the connection
 * for one that is being made: it has no descriptor, and is taken away before
 * nginx would close it.
 */
struct ngx_shop_failover_place_s {
    ngx_connection_t                    connection;
    ngx_event_t                         read;
    ngx_event_t                         write;

    struct sockaddr                     nowhere;  /* for nginx it only must
                                                     be there */
    ngx_log_t                           silence;  /* what nginx says of the
                                                     connection is not true */

    ngx_queue_t                         queue;    /* by age, newest first */
    ngx_queue_t                         fresh;    /* until it is settled */
    ngx_shop_failover_t                *ctx;
    void                              (*leave)(ngx_shop_failover_t *ctx,
                                            ngx_uint_t count);

    ngx_http_upstream_handler_pt        go;       /* nginx's own, when there
                                                     is a connection */
    ngx_http_upstream_handler_pt        hear;

    ngx_msec_t                          begun;    /* of the first time */
    ngx_msec_t                          since;
    ngx_msec_t                          waited;   /* in all, once it is done */
    ngx_uint_t                          look;     /* that it was let go in */

    unsigned                            queued:1;
    unsigned                            pending:1; /* is in fresh */
    unsigned                            settled:1; /* handlers are ours */
    unsigned                            over:1;   /* is to end */
    unsigned                            inside:1; /* of shop_shed, before */
};


/*
 * The balancers have nobody, and answered rc.  NGX_AGAIN: it waits, and looks
 * to nginx as if it was being connected; else rc.
 */
ngx_int_t ngx_shop_failover_queue_wait(ngx_shop_failover_t *ctx,
    ngx_peer_connection_t *pc, ngx_int_t rc);

/* of u->peer, of a request that has no try left: it waits at once */
ngx_int_t ngx_shop_failover_queue_get(ngx_peer_connection_t *pc, void *data);

/* whether a request that has lost its last server may wait for one */
ngx_uint_t ngx_shop_failover_queue_may(ngx_shop_failover_t *ctx);

/* for a request that waits: what stands in u->peer */
ngx_int_t ngx_shop_failover_place_take(ngx_shop_failover_t *ctx,
    ngx_peer_connection_t *pc);

/* ... once nginx has left it alone */
void ngx_shop_failover_place_settle(ngx_shop_failover_place_t *place);

/*
 * It tries to get a server; or ends as one that got none, where place->over is.
 * The request may be gone afterwards.
 */
void ngx_shop_failover_place_go(ngx_shop_failover_place_t *place);

/* of u->peer while it waits */
void ngx_shop_failover_place_free(ngx_peer_connection_t *pc, void *data,
    ngx_uint_t state);


#endif /* _NGX_SHOP_FAILOVER_QUEUE_H_INCLUDED_ */
