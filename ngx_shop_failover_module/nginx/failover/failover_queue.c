
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * shop_queue: the line of requests in this worker for which there is no server
 * now.  When a server may be had, it is let go at the pace of its answers
 * (logic/judge/turn).  What nginx sees of such a request is failover_place's.
 */


#include "nginx/failover/failover_queue.h"
#include "nginx/failover/balance.h"
#include "nginx/timer.h"

#include "state/counters.h"
#include "state/crowd.h"

#include "logic/judge/turn.h"


/* how often a line is looked at that servers take requests of; ms */
#define NGX_SHOP_FAILOVER_QUEUE_TURN  5

/* ... and one of which nobody is known to listen: then one tries, too */
#define NGX_SHOP_FAILOVER_QUEUE_TRY   250


struct ngx_shop_queue_s {
    ngx_shop_timer_t          timer;
    ngx_shop_conf_srv_t      *sscf;
    ngx_queue_t               places;     /* by age, the newest first */
    ngx_queue_t               fresh;      /* nginx is not done with them */
    ngx_shop_line_t           line;
    ngx_shop_turn_t           turn;
    ngx_uint_t                released;   /* so far */
    ngx_uint_t                look;       /* its number */
    ngx_uint_t                generation; /* of verdicts, when it was shut */
    ngx_uint_t                hopes;      /* ... of passed probes */
    ngx_msec_t                tried;
    unsigned                  shut:1;     /* nobody listens, as was found */
};


static ngx_uint_t ngx_shop_failover_queue_full(ngx_shop_failover_t *ctx);
static ngx_uint_t ngx_shop_failover_queue_stale(ngx_http_request_t *r);
static void ngx_shop_failover_queue_enter(ngx_shop_queue_t *q,
    ngx_shop_failover_place_t *place);
static void ngx_shop_failover_queue_leave(ngx_shop_failover_t *ctx,
    ngx_uint_t count);
static void ngx_shop_failover_queue_shut(ngx_shop_queue_t *q);
static void ngx_shop_failover_queue_refuse(ngx_shop_failover_t *ctx);
static void ngx_shop_failover_queue_turn(ngx_event_t *ev);
static void ngx_shop_failover_queue_end(ngx_shop_queue_t *q);
static void ngx_shop_failover_queue_release(ngx_shop_queue_t *q);
static ngx_uint_t ngx_shop_failover_queue_room(ngx_shop_queue_t *q);
static ngx_uint_t ngx_shop_failover_queue_pending(ngx_shop_queue_t *q);
static ngx_shop_failover_place_t *ngx_shop_failover_queue_next(
    ngx_shop_queue_t *q);
static void ngx_shop_failover_queue_again(ngx_shop_queue_t *q);
static void ngx_shop_failover_queue_hook(ngx_shop_queue_t *q,
    ngx_event_free_peer_pt free);
static ngx_shop_conf_srv_t *ngx_shop_failover_queue_group(
    ngx_shop_conf_srv_t *sscf, ngx_uint_t n);


#define ngx_shop_failover_queue_place(q)                                     \
    ngx_queue_data(q, ngx_shop_failover_place_t, queue)


ngx_int_t
ngx_shop_failover_queue_init(ngx_conf_t *cf, ngx_shop_conf_srv_t *sscf)
{
    ngx_shop_queue_t  *q;

    if (sscf->queueing.number == 0) {
        return NGX_OK;
    }

    q = ngx_pcalloc(cf->pool, sizeof(ngx_shop_queue_t));
    if (q == NULL) {
        return NGX_ERROR;
    }

    q->sscf = sscf;
    ngx_queue_init(&q->places);
    ngx_queue_init(&q->fresh);

    ngx_shop_timer_init(&q->timer, ngx_shop_failover_queue_turn, q,
                        cf->cycle->log);

    /* a worker that exits waits for them, until worker_shutdown_timeout */

    q->timer.event.cancelable = 0;

    sscf->queue = q;

    return NGX_OK;
}


/*
 * By what nginx would do with one more server, and by what a visitor can wait
 * for.  One that was sent and lost waits once: it is not to be sent again and
 * again.
 */

ngx_uint_t
ngx_shop_failover_queue_may(ngx_shop_failover_t *ctx)
{
    ngx_uint_t            limit;
    ngx_http_request_t   *r;
    ngx_http_upstream_t  *u;
    ngx_shop_conf_srv_t  *sscf;

    r = ctx->request;
    u = r->upstream;
    sscf = ctx->primary;
    limit = u->conf->next_upstream_tries;

    if (r->background || r->connection->error || ngx_terminate
        || (limit && ctx->used >= limit)
        || ngx_shop_failover_queue_stale(r))
    {
        return 0;
    }

    if (ctx->lined
        && (ctx->place->over
            || (ctx->used && u->request_sent)
            || ctx->place->waited >= sscf->queueing.timeout))
    {
        return 0;
    }

    return ngx_shop_failover_queue_full(ctx)
           || ngx_shop_line_young(sscf->zone, sscf->group);
}


/* all that can be had are, at max_conns */

static ngx_uint_t
ngx_shop_failover_queue_full(ngx_shop_failover_t *ctx)
{
    ngx_uint_t            n, full;
    ngx_shop_conf_srv_t  *group;

    full = 0;

    for (n = 0; ; n++) {
        group = ngx_shop_failover_queue_group(ctx->primary, n);

        if (group == NULL) {
            return full;
        }

        (void) ngx_shop_balance_places(group, &full);
    }
}


/* a copy of the cache can be had at once */

static ngx_uint_t
ngx_shop_failover_queue_stale(ngx_http_request_t *r)
{
#if (NGX_HTTP_CACHE)
    ngx_http_upstream_t  *u;

    u = r->upstream;

    return u->cache_status == NGX_HTTP_CACHE_EXPIRED
           && ((u->conf->cache_use_stale & NGX_HTTP_UPSTREAM_FT_ERROR)
               || (r->cache && r->cache->stale_error));
#else
    return 0;
#endif
}


ngx_int_t
ngx_shop_failover_queue_wait(ngx_shop_failover_t *ctx,
    ngx_peer_connection_t *pc, ngx_int_t rc)
{
    ngx_uint_t            again;
    ngx_shop_queue_t     *q;
    ngx_shop_conf_srv_t  *sscf;

    sscf = ctx->primary;
    q = sscf->queue;
    again = (ctx->lined == NGX_SHOP_FAILOVER_LINED_WAITS);

    if (!ngx_shop_failover_queue_may(ctx)) {

        if (again && !ctx->place->settled) {
            ngx_shop_failover_queue_leave(ctx, NGX_SHOP_LAYOUT_COUNT_OVER);
        }

        return rc;
    }

    /* one that a server refused comes back, also to a line that is full */

    if (!again && ngx_shop_line_enter(sscf->zone, sscf->group, &q->line,
                                      ctx->lined)
                  != NGX_OK)
    {
        ngx_shop_failover_queue_refuse(ctx);
        return rc;
    }

    if (ngx_shop_failover_place_take(ctx, pc) != NGX_OK) {
        ngx_shop_line_leave(sscf->zone, sscf->group, &q->line);
        return NGX_ERROR;
    }

    if (!again) {
        ctx->place->settled = 0;
        ctx->place->leave = ngx_shop_failover_queue_leave;
        ctx->place->inside = ngx_shop_failover_shed_out(ctx);

        ngx_shop_counters_group(sscf->zone, sscf->group,
                                NGX_SHOP_LAYOUT_COUNT_WAITED);
    }

    ctx->lined = NGX_SHOP_FAILOVER_LINED_WAITS;

    if (!ctx->place->settled) {
        ngx_queue_insert_tail(&q->fresh, &ctx->place->fresh);
        ctx->place->pending = 1;
    }

    ngx_shop_failover_queue_enter(q, ctx->place);

    ngx_log_debug0(NGX_LOG_DEBUG_HTTP, ctx->request->connection->log, 0,
                   "shop failover: waits for a server");

    return NGX_AGAIN;
}


ngx_int_t
ngx_shop_failover_queue_get(ngx_peer_connection_t *pc, void *data)
{
    ngx_shop_failover_t  *ctx = data;

    pc->name = &ctx->primary->uscf->host;
    pc->tries = 0;

    return ngx_shop_failover_queue_wait(ctx, pc, NGX_DECLINED);
}


/* there is no room in the line: the page of a full shop, where there is one */

static void
ngx_shop_failover_queue_refuse(ngx_shop_failover_t *ctx)
{
    ngx_http_request_t   *r;
    ngx_shop_conf_loc_t  *slcf;

    r = ctx->request;

    ngx_shop_counters_group(ctx->primary->zone, ctx->primary->group,
                            NGX_SHOP_LAYOUT_COUNT_FULL);

    slcf = ngx_http_get_module_loc_conf(r, ngx_shop_failover_module);

    if (r == r->main && slcf->falls_back && ngx_shop_failover_queue_full(ctx)) {
        ngx_shop_conf_explain(r, "busy");
    }
}


/* those that were let go in vain go back to where they were */

static void
ngx_shop_failover_queue_enter(ngx_shop_queue_t *q,
    ngx_shop_failover_place_t *place)
{
    ngx_queue_t                *at;
    ngx_shop_failover_place_t  *other;

    for (at = ngx_queue_head(&q->places);
         at != ngx_queue_sentinel(&q->places);
         at = ngx_queue_next(at))
    {
        other = ngx_shop_failover_queue_place(at);

        if ((ngx_msec_int_t) (other->begun - place->begun) <= 0) {
            break;
        }
    }

    ngx_queue_insert_tail(at, &place->queue);
    place->queued = 1;

    if (ngx_queue_last(&q->places) == &place->queue) {
        ngx_shop_line_oldest(q->sscf->zone, q->sscf->group, &q->line,
                             place->begun);
    }

    /* one that got nobody: so will the others, if none is known to listen */

    if (!ngx_shop_failover_queue_full(place->ctx)) {
        ngx_shop_failover_queue_shut(q);

    } else {
        ngx_shop_turn_open(&q->turn, (uint32_t) ngx_current_msec);
        ngx_shop_failover_queue_hook(q, ngx_shop_failover_queue_free);
    }

    /* that of the configuration's time is gone, once it was read again */

    q->timer.event.log = ngx_cycle->log;

    ngx_post_event(&q->timer.event, &ngx_posted_events);
}


static void
ngx_shop_failover_queue_shut(ngx_shop_queue_t *q)
{
    q->shut = 1;
    q->tried = ngx_current_msec;
    q->generation = ngx_shop_peers_generation(q->sscf->zone);
    q->hopes = ngx_shop_line_hopes(q->sscf->zone, q->sscf->group);

    ngx_shop_turn_shut(&q->turn);
}


/* a request leaves the line, and is counted so */

static void
ngx_shop_failover_queue_leave(ngx_shop_failover_t *ctx, ngx_uint_t count)
{
    ngx_shop_queue_t           *q;
    ngx_shop_conf_srv_t        *sscf;
    ngx_shop_failover_place_t  *place;

    sscf = ctx->primary;
    q = sscf->queue;
    place = ctx->place;

    if (place->queued) {
        ngx_queue_remove(&place->queue);
        place->queued = 0;
    }

    if (place->pending) {
        ngx_queue_remove(&place->fresh);
        place->pending = 0;
    }

    if (place->write.timer_set) {
        ngx_del_timer(&place->write);
    }

    ctx->lined = NGX_SHOP_FAILOVER_LINED_DONE;

    ngx_shop_line_leave(sscf->zone, sscf->group, &q->line);
    ngx_shop_counters_group(sscf->zone, sscf->group, count);

    if (count == NGX_SHOP_LAYOUT_COUNT_RELEASED) {
        q->released++;

        if (place->inside) {
            ngx_shop_failover_shed_in(ctx);
        }
    }
}


/* the timer, a wake-up, a free place, or one that began to wait */

static void
ngx_shop_failover_queue_turn(ngx_event_t *ev)
{
    ngx_shop_queue_t           *q = ngx_shop_timer_data(ev);

    ngx_queue_t                *at;
    ngx_shop_failover_place_t  *place;

    if (ev->timer_set) {
        ngx_del_timer(ev);
    }

    while (!ngx_queue_empty(&q->fresh)) {
        at = ngx_queue_head(&q->fresh);
        place = ngx_queue_data(at, ngx_shop_failover_place_t, fresh);

        ngx_queue_remove(at);
        place->pending = 0;

        ngx_shop_failover_place_settle(place);
    }

    q->look++;

    ngx_shop_failover_queue_end(q);
    ngx_shop_failover_queue_release(q);
    ngx_shop_failover_queue_again(q);
}


/* those that have waited for as long as they may */

static void
ngx_shop_failover_queue_end(ngx_shop_queue_t *q)
{
    ngx_queue_t                *at;
    ngx_shop_failover_place_t  *place;

    while (!ngx_queue_empty(&q->places)) {
        at = ngx_queue_last(&q->places);
        place = ngx_shop_failover_queue_place(at);

        if (!place->settled
            || ngx_current_msec - place->begun < q->sscf->queueing.timeout)
        {
            return;
        }

        ngx_queue_remove(&place->queue);

        place->queued = 0;
        place->over = 1;

        ngx_shop_failover_place_go(place);
    }
}


static void
ngx_shop_failover_queue_release(ngx_shop_queue_t *q)
{
    ngx_uint_t                  room;
    ngx_shop_failover_place_t  *place;

    if (q->shut
        && (q->generation != ngx_shop_peers_generation(q->sscf->zone)
            || q->hopes != ngx_shop_line_hopes(q->sscf->zone, q->sscf->group)
            || ngx_current_msec - q->tried >= NGX_SHOP_FAILOVER_QUEUE_TRY))
    {
        q->shut = 0;
    }

    if (q->shut) {
        return;
    }

    for (room = ngx_shop_failover_queue_room(q); room; room--) {

        place = ngx_shop_failover_queue_next(q);

        if (place == NULL) {
            return;
        }

        ngx_queue_remove(&place->queue);

        place->queued = 0;
        place->look = q->look;

        ngx_shop_failover_place_go(place);

        if (q->shut) {
            return;
        }
    }
}


/* how many may go: by what servers take, and by the answers that came */

static ngx_uint_t
ngx_shop_failover_queue_room(ngx_shop_queue_t *q)
{
    ngx_uint_t            n, places, full;
    ngx_shop_conf_srv_t  *group, *sscf;
    ngx_shop_turn_ask_t   ask;

    sscf = q->sscf;
    places = 0;
    full = 0;

    for (n = 0; ; n++) {
        group = ngx_shop_failover_queue_group(sscf, n);

        if (group == NULL) {
            break;
        }

        places += ngx_shop_balance_places(group, &full);
    }

    if (places == 0 && !full) {
        ngx_shop_failover_queue_shut(q);
        return 0;
    }

    if (full) {
        ngx_shop_failover_queue_hook(q, ngx_shop_failover_queue_free);
    }

    if (sscf->shed.target
        && ngx_shop_crowd_full(sscf->zone, sscf->group))
    {
        return 0;
    }

    ngx_shop_turn_open(&q->turn, (uint32_t) ngx_current_msec);

    ask.now = (uint32_t) ngx_current_msec;
    ask.pending = (uint32_t) ngx_shop_failover_queue_pending(q);
    ask.answered = (uint32_t) q->released - ask.pending;
    ask.places = (uint32_t) places;

    return ngx_shop_turn_room(&q->turn, &ask);
}


/* those that were let go and have no answer yet */

static ngx_uint_t
ngx_shop_failover_queue_pending(ngx_shop_queue_t *q)
{
    ngx_uint_t            n, pending;
    ngx_queue_t          *at;
    ngx_shop_conf_srv_t  *group;
    ngx_shop_failover_t  *ctx;

    pending = 0;

    for (n = 0; ; n++) {
        group = ngx_shop_failover_queue_group(q->sscf, n);

        if (group == NULL) {
            return ngx_min(pending, q->released);
        }

        for (at = ngx_queue_head(&group->flights);
             at != ngx_queue_sentinel(&group->flights);
             at = ngx_queue_next(at))
        {
            ctx = ngx_queue_data(at, ngx_shop_failover_t, queue);

            pending += (ctx->lined == NGX_SHOP_FAILOVER_LINED_DONE
                        && ctx->primary == q->sscf
                        && ctx->request->upstream->state->header_time
                           == (ngx_msec_t) -1);
        }
    }
}


/* NULL: all have had their turn in this look */

static ngx_shop_failover_place_t *
ngx_shop_failover_queue_next(ngx_shop_queue_t *q)
{
    ngx_queue_t                *at;
    ngx_shop_failover_place_t  *place;

    if (ngx_queue_empty(&q->places)) {
        return NULL;
    }

    at = ngx_shop_turn_newest(&q->turn, (uint32_t) ngx_current_msec)
         ? ngx_queue_head(&q->places) : ngx_queue_last(&q->places);

    place = ngx_shop_failover_queue_place(at);

    /* one that began to wait just now is not settled yet */

    return place->look == q->look || !place->settled ? NULL : place;
}


static void
ngx_shop_failover_queue_again(ngx_shop_queue_t *q)
{
    ngx_msec_t                  left, wait;
    ngx_shop_failover_place_t  *place;

    if (ngx_queue_empty(&q->places)) {
        q->shut = 0;
        ngx_shop_turn_shut(&q->turn);
        ngx_shop_failover_queue_hook(q, ngx_shop_failover_free);
        return;
    }

    place = ngx_shop_failover_queue_place(ngx_queue_last(&q->places));

    ngx_shop_line_oldest(q->sscf->zone, q->sscf->group, &q->line,
                         place->begun);

    left = ngx_current_msec - place->begun;
    left = left < q->sscf->queueing.timeout
           ? q->sscf->queueing.timeout - left : 1;

    wait = q->shut ? NGX_SHOP_FAILOVER_QUEUE_TRY : NGX_SHOP_FAILOVER_QUEUE_TURN;

    ngx_add_timer(&q->timer.event, ngx_min(left, wait));
}


/* requests that have a peer tell when they give it back, while others wait */

static void
ngx_shop_failover_queue_hook(ngx_shop_queue_t *q, ngx_event_free_peer_pt free)
{
    ngx_uint_t              n;
    ngx_queue_t            *at;
    ngx_shop_conf_srv_t    *group;
    ngx_shop_failover_t    *ctx;
    ngx_peer_connection_t  *pc;

    for (n = 0; ; n++) {
        group = ngx_shop_failover_queue_group(q->sscf, n);

        if (group == NULL) {
            return;
        }

        if (group->free == free) {
            continue;
        }

        group->free = free;

        for (at = ngx_queue_head(&group->flights);
             at != ngx_queue_sentinel(&group->flights);
             at = ngx_queue_next(at))
        {
            ctx = ngx_queue_data(at, ngx_shop_failover_t, queue);
            pc = &ctx->request->upstream->peer;

            if (pc->free == ngx_shop_failover_free
                || pc->free == ngx_shop_failover_queue_free)
            {
                pc->free = free;
            }
        }
    }
}


void
ngx_shop_failover_queue_free(ngx_peer_connection_t *pc, void *data,
    ngx_uint_t state)
{
    ngx_shop_failover_t  *ctx = data;

    ngx_shop_queue_t     *q;

    q = ctx->primary->queue;

    ngx_shop_failover_free(pc, data, state);

    if (q && !ngx_queue_empty(&q->places)) {
        ngx_post_event(&q->timer.event, &ngx_posted_events);
    }
}


void
ngx_shop_failover_queue_woken(ngx_shop_conf_main_t *smcf)
{
    ngx_uint_t              i;
    ngx_shop_queue_t       *q;
    ngx_shop_conf_srv_t   **sscf;

    sscf = smcf->balanced.elts;

    for (i = 0; i < smcf->balanced.nelts; i++) {
        q = sscf[i]->queue;

        if (q && !ngx_queue_empty(&q->places)) {
            ngx_post_event(&q->timer.event, &ngx_posted_events);
        }
    }
}


/* the nth group of a chain, the first is that of the request; NULL: no more */

static ngx_shop_conf_srv_t *
ngx_shop_failover_queue_group(ngx_shop_conf_srv_t *sscf, ngx_uint_t n)
{
    ngx_shop_conf_srv_t  **chain;

    if (n == 0) {
        return sscf;
    }

    chain = sscf->chain.elts;

    return n <= sscf->chain.nelts ? chain[n - 1] : NULL;
}
