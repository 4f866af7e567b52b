
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * Requests that wait for the first byte of an answer.  A frozen server fails
 * no request, it only lets them wait: one that waits longer than the server's
 * answers make likely is a reason to look, as a failure is, unless somebody got
 * an answer of that server meanwhile, in any worker.  Where the probe waits,
 * too, the server is suspect; where it fails, and still nobody has heard, the
 * silence counts as the first failure.
 */


#include "nginx/failover/failover.h"
#include "nginx/document.h"
#include "nginx/timer.h"

#include "logic/judge/silence.h"


/* a turn of the event loop may look at several that became due together; ms */
#define NGX_SHOP_FAILOVER_WAIT_TURN  10

/* a timer that is late by more tells of this worker and not of a server; ms */
#define NGX_SHOP_FAILOVER_WAIT_LATE  25


/* from then on it is of interest whether pages come at all; ms */
#define NGX_SHOP_FAILOVER_WAIT_LONG  2000

/* how often it is looked at; ms */
#define NGX_SHOP_FAILOVER_WAIT_EACH  500


struct ngx_shop_failover_wait_s {
    ngx_shop_timer_t          timer;      /* behind event.data */
    ngx_event_t               event;
    ngx_shop_conf_srv_t      *sscf;
    ngx_msec_t                expected;   /* of the timer */
    ngx_msec_t                next;       /* of a turn: in so many ms */
    uint64_t                  asked;      /* of a turn: slots, a bit each */
    uint32_t                  slot;       /* of a turn: the last peer */
    ngx_msec_t                patience;   /* ... and with it */
    ngx_msec_t                counted;    /* who wait for pages */
    ngx_uint_t                vain;       /* of a turn: who wait too long */
    ngx_shop_record_t         record;     /* ... at the last such peer */
};


static void ngx_shop_failover_wait_look(ngx_event_t *ev);
static void ngx_shop_failover_wait_one(ngx_shop_failover_wait_t *wait,
    ngx_shop_failover_t *ctx);
static void ngx_shop_failover_wait_connect(ngx_shop_failover_wait_t *wait,
    ngx_shop_failover_t *ctx, ngx_msec_t waited);
static ngx_shop_silence_e ngx_shop_failover_wait_says(
    ngx_shop_conf_srv_t *sscf, ngx_shop_record_t *record);
static ngx_shop_silence_e ngx_shop_failover_wait_whose(
    ngx_shop_failover_t *ctx);
static void ngx_shop_failover_wait_vain(ngx_shop_failover_wait_t *wait,
    ngx_shop_failover_t *ctx, ngx_msec_t waited);
static void ngx_shop_failover_wait_doubt(ngx_shop_failover_wait_t *wait,
    ngx_shop_failover_t *ctx, ngx_msec_t silence);
static void ngx_shop_failover_wait_next(ngx_shop_failover_wait_t *wait,
    ngx_msec_t msec);
static void ngx_shop_failover_wait_again(ngx_shop_failover_wait_t *wait,
    ngx_msec_t msec);
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
ngx_shop_failover_wait_begin(ngx_shop_conf_srv_t *sscf)
{
    sscf->wait->event.log = ngx_cycle->log;

    ngx_shop_failover_wait_again(sscf->wait, NGX_SHOP_SILENCE_CONNECT);
}


static void
ngx_shop_failover_wait_again(ngx_shop_failover_wait_t *wait, ngx_msec_t msec)
{
    msec = ngx_max(msec, NGX_SHOP_FAILOVER_WAIT_TURN);

    wait->expected = ngx_current_msec + msec;
    wait->sscf->waiting = 1;

    ngx_add_timer(&wait->event, msec);
}


/* the oldest request is the last in the queue */

static void
ngx_shop_failover_wait_look(ngx_event_t *ev)
{
    ngx_shop_timer_t          *timer = ev->data;
    ngx_shop_failover_wait_t  *wait = timer->data;

    ngx_msec_t                 waited;
    ngx_uint_t                 counted;
    ngx_queue_t               *q;
    ngx_shop_failover_t       *ctx;
    ngx_shop_conf_srv_t       *sscf;

    wait->sscf->waiting = 0;

    if (ngx_exiting || ngx_terminate || ngx_quit) {
        return;
    }

    if (ngx_current_msec - wait->expected > NGX_SHOP_FAILOVER_WAIT_LATE) {

        /* answers wait to be read, here and in other workers */

        ngx_shop_failover_wait_again(wait, NGX_SHOP_SILENCE_FLOOR);
        return;
    }

    sscf = wait->sscf;
    wait->next = 0;
    wait->asked = 0;
    wait->vain = 0;

    /* it reads headers, which is not for each turn */

    counted = ngx_current_msec - wait->counted >= NGX_SHOP_FAILOVER_WAIT_EACH;

    if (counted) {
        wait->counted = ngx_current_msec;
    }

    wait->slot = NGX_SHOP_LAYOUT_NO_SLOT;
    wait->patience = sscf->check->fast;

    for (q = ngx_queue_last(&sscf->flights);
         q != ngx_queue_sentinel(&sscf->flights);
         q = ngx_queue_prev(q))
    {
        ctx = ngx_queue_data(q, ngx_shop_failover_t, queue);
        waited = ngx_current_msec - ngx_shop_failover_since(ctx);

        if (waited < NGX_SHOP_SILENCE_CONNECT) {

            /* all that follow came later */

            ngx_shop_failover_wait_next(wait,
                                        NGX_SHOP_SILENCE_CONNECT - waited);
            break;
        }

        if (ngx_shop_failover_rescue_connecting(ctx)) {
            ngx_shop_failover_wait_connect(wait, ctx, waited);
        }

        if (!ctx->looked) {
            ngx_shop_failover_wait_one(wait, ctx);
        }

        if (waited < NGX_SHOP_FAILOVER_WAIT_LONG) {
            ngx_shop_failover_wait_next(wait,
                                        NGX_SHOP_FAILOVER_WAIT_LONG - waited);

        } else if (counted) {
            ngx_shop_failover_wait_vain(wait, ctx, waited);
        }
    }

    if (wait->vain) {
        ngx_shop_record_vain(sscf->zone, sscf->group, &wait->record,
                             wait->vain);
    }

    if (wait->next) {
        ngx_shop_failover_wait_again(wait, wait->next);
    }
}


/* twice: once the peer is silent for longer than usual, and for "fast" */

static void
ngx_shop_failover_wait_one(ngx_shop_failover_wait_t *wait,
    ngx_shop_failover_t *ctx)
{
    ngx_msec_t  silence, fast;

    if (!ngx_shop_failover_wait_pending(ctx)) {

        if (ctx->request->upstream->state->header_time != (ngx_msec_t) -1) {
            ctx->looked = 1;

        } else {
            ngx_shop_failover_wait_next(wait, NGX_SHOP_SILENCE_FLOOR);
        }

        return;
    }

    fast = wait->sscf->check->fast;
    silence = ngx_shop_failover_wait_silence(ctx);

    if (silence >= fast) {
        ctx->looked = 1;
        ngx_shop_failover_observe(ctx->request, wait->sscf,
                                  &ctx->request->upstream->peer,
                                  ngx_shop_failover_since(ctx));
        return;
    }

    ngx_shop_failover_wait_next(wait, fast - silence);

    if (wait->slot != ctx->record.slot) {
        wait->slot = ctx->record.slot;
        wait->patience = ngx_shop_record_patience(wait->sscf->zone,
                                                  &ctx->record, fast);
    }

    if (silence >= wait->patience && wait->patience < fast) {
        ngx_shop_failover_wait_doubt(wait, ctx, silence);
        return;
    }

    if (silence < NGX_SHOP_SILENCE_FLOOR) {
        ngx_shop_failover_wait_next(wait, NGX_SHOP_SILENCE_FLOOR - silence);
        return;
    }

    ngx_shop_failover_wait_next(wait, wait->patience - silence);

    /* however long the answers take, its kernel is quick */

    if (ngx_shop_failover_wait_whose(ctx) == NGX_SHOP_SILENCE_HOST) {
        ngx_shop_failover_wait_doubt(wait, ctx, silence);
    }
}


/* nothing was sent yet: it can go to any other server, whatever it asks for */

static void
ngx_shop_failover_wait_connect(ngx_shop_failover_wait_t *wait,
    ngx_shop_failover_t *ctx, ngx_msec_t waited)
{
    ngx_msec_t  most, silence;

    most = ngx_shop_record_connect(wait->sscf->zone, &ctx->record);

    if (most == 0) {
        return;
    }

    if (waited < most) {
        ngx_shop_failover_wait_next(wait, most - waited);
        return;
    }

    silence = ngx_shop_failover_wait_silence(ctx);

    if (silence >= most) {
        ngx_shop_failover_wait_doubt(wait, ctx, silence);
    }

    (void) ngx_shop_failover_rescue_connect(ctx);
}


/* who waits for a page for long, as no probe may see */

static void
ngx_shop_failover_wait_vain(ngx_shop_failover_wait_t *wait,
    ngx_shop_failover_t *ctx, ngx_msec_t waited)
{
    if (!ngx_shop_failover_wait_pending(ctx)
        || !ngx_shop_document_is(ctx->request))
    {
        return;
    }

    ngx_shop_failover_wait_next(wait, NGX_SHOP_FAILOVER_WAIT_EACH);

    ngx_shop_record_wait(wait->sscf->zone, &ctx->record);

    if (waited >= NGX_SHOP_SILENCE_VAIN) {
        wait->record = ctx->record;
        wait->vain++;
    }
}


/* once a turn for each peer */

static void
ngx_shop_failover_wait_doubt(ngx_shop_failover_wait_t *wait,
    ngx_shop_failover_t *ctx, ngx_msec_t silence)
{
    uint64_t                     bit;
    ngx_shop_suspect_silence_t   said;

    bit = (uint64_t) 1 << (ctx->record.slot & 63);

    if (wait->asked & bit) {
        return;
    }

    wait->asked |= bit;

    said.msec = silence;
    said.whose = ngx_shop_failover_wait_says(wait->sscf, &ctx->record);

    ngx_shop_failover_wait_next(wait,
        ngx_shop_failover_observe_silent(ctx->request, wait->sscf,
                                         &ctx->record, &said));
}


/* of all that wait at the peer: a connection that is not made says nothing */

static ngx_shop_silence_e
ngx_shop_failover_wait_says(ngx_shop_conf_srv_t *sscf,
    ngx_shop_record_t *record)
{
    ngx_queue_t          *q;
    ngx_shop_silence_e    whose;
    ngx_shop_failover_t  *ctx;

    for (q = ngx_queue_last(&sscf->flights);
         q != ngx_queue_sentinel(&sscf->flights);
         q = ngx_queue_prev(q))
    {
        ctx = ngx_queue_data(q, ngx_shop_failover_t, queue);

        if (ctx->record.slot == record->slot
            && ngx_shop_failover_wait_pending(ctx))
        {
            whose = ngx_shop_failover_wait_whose(ctx);

            if (whose != NGX_SHOP_SILENCE_UNKNOWN) {
                return whose;
            }
        }
    }

    return NGX_SHOP_SILENCE_UNKNOWN;
}


/*
 * The kernel's word on a request that was sent: a host that lives has
 * acknowledged it, however long its process takes (tcp(7), TCP_INFO).
 */

static ngx_shop_silence_e
ngx_shop_failover_wait_whose(ngx_shop_failover_t *ctx)
{
#if (NGX_HAVE_TCP_INFO)
    socklen_t             len;
    struct tcp_info       ti;
    ngx_http_upstream_t  *u;

    u = ctx->request->upstream;
    len = sizeof(struct tcp_info);

    if (!u->request_sent || u->peer.connection == NULL
        || u->peer.sockaddr->sa_family == AF_UNIX
        || getsockopt(u->peer.connection->fd, IPPROTO_TCP, TCP_INFO, &ti, &len)
           == -1)
    {
        return NGX_SHOP_SILENCE_UNKNOWN;
    }

    return ngx_shop_silence_whose(ti.tcpi_unacked, ti.tcpi_rtt / 1000,
                                  ti.tcpi_last_data_sent);
#else
    return NGX_SHOP_SILENCE_UNKNOWN;
#endif
}


/* 0: no need to look again */

static void
ngx_shop_failover_wait_next(ngx_shop_failover_wait_t *wait, ngx_msec_t msec)
{
    if (msec && (wait->next == 0 || msec < wait->next)) {
        wait->next = msec;
    }
}


/* for how long a request has waited at a peer that answered nobody, ms */

static ngx_msec_t
ngx_shop_failover_wait_silence(ngx_shop_failover_t *ctx)
{
    uint32_t    heard;
    ngx_msec_t  waited;

    waited = ngx_current_msec - ngx_shop_failover_since(ctx);

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
    ngx_msec_t            waited;
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

        waited = ngx_current_msec - ngx_shop_failover_since(ctx);

        if (waited < sscf->check->fast) {
            return 0;
        }

        if (ngx_shop_failover_wait_pending(ctx)
            && ngx_shop_failover_at(ctx->request->upstream->peer.name,
                                    peer)
            && ngx_shop_failover_wait_silence(ctx) == waited)
        {
            return 1;
        }
    }

    return 0;
}
