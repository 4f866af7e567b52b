
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * Requests that wait for the first byte of an answer.  A frozen server fails
 * no request, it only lets them wait: one that waits longer than "fast" is a
 * reason to look, as a failure is, unless somebody got an answer of that server
 * meanwhile, in any worker; and where the probe fails, too, and still nobody
 * has, it counts as the first failure.
 */


#include "nginx/failover/failover.h"
#include "nginx/stall.h"


/* a turn of the event loop may look at several that became due together; ms */
#define NGX_SHOP_FAILOVER_WAIT_TURN  10


struct ngx_shop_failover_wait_s {
    ngx_shop_stall_timer_t    timer;      /* behind event.data */
    ngx_event_t               event;
    ngx_shop_conf_srv_t      *sscf;
};


static void ngx_shop_failover_wait_look(ngx_event_t *ev);
static ngx_uint_t ngx_shop_failover_wait_pending(ngx_shop_failover_t *ctx);
static ngx_msec_t ngx_shop_failover_wait_silence(ngx_shop_failover_t *ctx);


ngx_int_t
ngx_shop_failover_wait_init(ngx_conf_t *cf, ngx_shop_conf_srv_t *sscf)
{
    ngx_shop_failover_wait_t  *wait;

    if (!sscf->observe.errors) {
        return NGX_OK;
    }

    wait = ngx_pcalloc(cf->pool, sizeof(ngx_shop_failover_wait_t));
    if (wait == NULL) {
        return NGX_ERROR;
    }

    wait->sscf = sscf;

    wait->timer.data = wait;
    wait->timer.fd = (ngx_socket_t) -1;

    wait->event.handler = ngx_shop_failover_wait_look;
    wait->event.data = &wait->timer;
    wait->event.cancelable = 1;

    sscf->wait = wait;

    return NGX_OK;
}


void
ngx_shop_failover_wait_begin(ngx_shop_failover_t *ctx)
{
    ngx_shop_failover_wait_t  *wait;

    wait = ctx->group->wait;

    ctx->since = ngx_current_msec;
    ctx->looked = 0;

    if (!wait->event.timer_set) {
        wait->event.log = ngx_cycle->log;

        ngx_add_timer(&wait->event, ctx->group->check->fast);
    }
}


/* the oldest request is the last in the queue */

static void
ngx_shop_failover_wait_look(ngx_event_t *ev)
{
    ngx_shop_stall_timer_t    *timer = ev->data;
    ngx_shop_failover_wait_t  *wait = timer->data;

    ngx_msec_t                 silence, fast, next;
    ngx_queue_t               *q;
    ngx_shop_failover_t       *ctx;
    ngx_shop_conf_srv_t       *sscf;

    if (ngx_exiting || ngx_terminate || ngx_quit) {
        return;
    }

    sscf = wait->sscf;
    fast = sscf->check->fast;
    next = 0;

    for (q = ngx_queue_last(&sscf->flights);
         q != ngx_queue_sentinel(&sscf->flights);
         q = ngx_queue_prev(q))
    {
        ctx = ngx_queue_data(q, ngx_shop_failover_t, queue);

        if (ctx->looked) {
            continue;
        }

        silence = ngx_shop_failover_wait_silence(ctx);

        if (silence < fast
            && (next == 0 || fast - silence < next))
        {
            next = fast - silence;
        }

        if (ngx_current_msec - ctx->since < fast) {

            /* all that follow came later */

            break;
        }

        if (!ngx_shop_failover_wait_pending(ctx)) {
            ctx->looked = 1;

        } else if (silence >= fast) {
            ctx->looked = 1;
            ngx_shop_failover_observe(ctx->request, sscf,
                                      &ctx->request->upstream->peer,
                                      ctx->since);
        }
    }

    if (next) {
        ngx_add_timer(ev, ngx_max(next, NGX_SHOP_FAILOVER_WAIT_TURN));
    }
}


/* for how long a request has waited at a peer that answered nobody, ms */

static ngx_msec_t
ngx_shop_failover_wait_silence(ngx_shop_failover_t *ctx)
{
    uint32_t    heard;
    ngx_msec_t  waited;

    waited = ngx_current_msec - ctx->since;

    if (ngx_shop_record_heard(ctx->group->zone, &ctx->record, &heard)
        != NGX_OK)
    {
        return waited;
    }

    /* another worker may be ahead of this one's time by a turn of its loop */

    heard = (uint32_t) ngx_current_msec - heard;

    return (int32_t) heard < 0 ? 0 : ngx_min(waited, heard);
}


/* 1: the peer owes an answer; not so while the visitor's own body is sent */

static ngx_uint_t
ngx_shop_failover_wait_pending(ngx_shop_failover_t *ctx)
{
    ngx_http_upstream_t  *u;

    u = ctx->request->upstream;

    return u->state->header_time == (ngx_msec_t) -1
           && (!u->request_sent || u->request_body_sent);
}


ngx_uint_t
ngx_shop_failover_wait_silent(ngx_shop_conf_srv_t *sscf,
    ngx_shop_model_peer_t *peer)
{
    ngx_queue_t          *q;
    ngx_shop_failover_t  *ctx;

    if (sscf->wait == NULL) {
        return 0;
    }

    for (q = ngx_queue_last(&sscf->flights);
         q != ngx_queue_sentinel(&sscf->flights);
         q = ngx_queue_prev(q))
    {
        ctx = ngx_queue_data(q, ngx_shop_failover_t, queue);

        if (ngx_current_msec - ctx->since < sscf->check->fast) {
            return 0;
        }

        if (ngx_shop_failover_wait_pending(ctx)
            && ngx_shop_failover_at(ctx->request->upstream->peer.name,
                                    peer)
            && ngx_shop_failover_wait_silence(ctx)
               == ngx_current_msec - ctx->since)
        {
            return 1;
        }
    }

    return 0;
}
