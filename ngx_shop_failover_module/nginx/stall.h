
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * How long this worker itself stood still: a probe that ran out of time
 * meanwhile says nothing about the server.
 */


#ifndef _NGX_SHOP_STALL_H_INCLUDED_
#define _NGX_SHOP_STALL_H_INCLUDED_


#include "nginx/timer.h"


typedef struct {
    ngx_shop_timer_t   timer;
    ngx_msec_t         period;      /* of the beat */
    ngx_msec_t         expected;    /* of the next beat */
    ngx_msec_t         total;       /* ms late so far */
} ngx_shop_stall_t;


/*
 * Starts the heartbeat of this worker, fine enough for probes that last
 * timeout ms; stall is zeroed memory.
 */
void ngx_shop_stall_start(ngx_shop_stall_t *stall, ngx_msec_t timeout,
    ngx_log_t *log);

/*
 * Milliseconds for which the event loop was late, so far, a delay that goes
 * on included; what happened in between is the difference of two calls.
 */
ngx_msec_t ngx_shop_stall_total(ngx_shop_stall_t *stall);

/*
 * How much of a probe's time was lost since total was before; 0: too little to
 * change what it found.
 */
ngx_msec_t ngx_shop_stall_lost(ngx_shop_stall_t *stall, ngx_msec_t before,
    ngx_msec_t timeout);


#endif /* _NGX_SHOP_STALL_H_INCLUDED_ */
