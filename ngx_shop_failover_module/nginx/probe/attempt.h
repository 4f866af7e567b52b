
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * One attempt of a probe: connect, send, receive -> result.
 */


#ifndef _NGX_SHOP_ATTEMPT_H_INCLUDED_
#define _NGX_SHOP_ATTEMPT_H_INCLUDED_


#include "nginx/conf.h"
#include "nginx/stall.h"


typedef struct ngx_shop_attempt_s  ngx_shop_attempt_t;
typedef struct ngx_shop_attempt_wire_s  ngx_shop_attempt_wire_t;

/* called once; the attempt is over, and the sample is gone on return */
typedef void (*ngx_shop_attempt_done_pt)(void *data,
    ngx_shop_layout_sample_t *sample);


/*
 * What the attempts at one peer share in one worker, and what one of them
 * leaves for the next.  Zeroed memory of the caller's, who sets the first six.
 */
typedef struct {
    ngx_shop_conf_check_t      *check;
    ngx_shop_model_peer_t      *peer;
    ngx_shop_stall_t           *stall;
    ngx_shop_attempt_done_pt    done;
    void                       *data;
    ngx_msec_t                  timeout;    /* of the next attempt */

    /* of attempt */
    ngx_shop_attempt_t         *attempt;    /* in flight */
    ngx_shop_attempt_wire_t    *kept;       /* for the next one */
    void                       *session;    /* ngx_ssl_session_t */
    ngx_msec_t                  certified;  /* when it was verified */
    ngx_shop_own_t              own;        /* said by the last answer */
    time_t                      misspoke;   /* when a bad word was told */
    uint32_t                    bad;        /* a sum of it; 0: none */
} ngx_shop_attempt_line_t;


/* done may be called before this returns */
void ngx_shop_attempt_start(ngx_shop_attempt_line_t *line);

/*
 * Before the memory of the line goes: ends an attempt without a result (done
 * is not called), and closes what is kept.
 */
void ngx_shop_attempt_cancel(ngx_shop_attempt_line_t *line);


#endif /* _NGX_SHOP_ATTEMPT_H_INCLUDED_ */
