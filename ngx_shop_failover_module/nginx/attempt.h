
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * One attempt of a probe: connect, send, receive -> result.
 */


#ifndef _NGX_SHOP_FAILOVER_ATTEMPT_H_INCLUDED_
#define _NGX_SHOP_FAILOVER_ATTEMPT_H_INCLUDED_


#include "nginx/conf.h"
#include "nginx/stall.h"

#include "logic/answer.h"


typedef struct ngx_shop_failover_attempt_s  ngx_shop_failover_attempt_t;

/* called once; the sample is gone when it returns, and so is the attempt */
typedef void (*ngx_shop_failover_attempt_done_pt)(void *data,
    ngx_shop_failover_sample_t *sample);

struct ngx_shop_failover_attempt_s {
    ngx_shop_failover_check_t           *check;
    ngx_shop_failover_peer_t            *peer;
    ngx_shop_failover_stall_t           *stall;
    ngx_shop_failover_attempt_done_pt    done;
    void                                *data;

    ngx_pool_t                          *pool;
    ngx_log_t                            log;      /* quiet: we say it */
    ngx_peer_connection_t                pc;
    ngx_buf_t                           *request;
    ngx_shop_failover_answer_t           answer;
    ngx_shop_failover_sample_t           sample;

    ngx_msec_t                           started;
    ngx_msec_t                           stalled;  /* stall_total() then */
    unsigned                             connected:1;
    unsigned                             extended:1;
};


/*
 * Starts; done may be called before this returns.  NULL: no memory, done was
 * not called.
 */
ngx_shop_failover_attempt_t *ngx_shop_failover_attempt_start(
    ngx_shop_failover_check_t *check, ngx_shop_failover_peer_t *peer,
    ngx_shop_failover_stall_t *stall, ngx_shop_failover_attempt_done_pt done,
    void *data);

/* ends it without a result; done is not called */
void ngx_shop_failover_attempt_cancel(ngx_shop_failover_attempt_t *a);


#endif /* _NGX_SHOP_FAILOVER_ATTEMPT_H_INCLUDED_ */
