
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * Requests that wait for a peer which was found dead move to the next one at
 * once, not after their timeout.  The way there is nginx's own: the event that
 * a request waits for is made to have timed out, and
 * ngx_http_upstream_next() decides by its rules.  Where these would end the
 * request, it is left waiting: the peer may yet answer.  As many are moved as
 * the others have room for: a crowd that comes at once would hold them up, too.
 */


#include "nginx/failover/failover.h"
#include "nginx/failover/balance.h"

#include "nginx/timer.h"

#include "state/counters.h"
#include "state/suspect.h"

#include "logic/judge/silence.h"


/* how long those that are left wait for room at most; ms */
#define NGX_SHOP_FAILOVER_RESCUE_TURN  20


struct ngx_shop_rescue_s {
    ngx_shop_timer_t          timer;      /* behind event.data */
    ngx_event_t               event;
    ngx_shop_conf_srv_t      *sscf;
    ngx_uint_t                answered;   /* of those that were moved */
    ngx_uint_t                total;      /* moved, not told of yet */
};


/* of one look at the requests of a group */
typedef struct {
    ngx_shop_conf_srv_t      *sscf;
    ngx_uint_t                room;
    ngx_uint_t                budget;     /* by suspicion */
    ngx_uint_t                moved;
    ngx_uint_t                doubted;    /* ... of them, by suspicion */
    ngx_uint_t                left;       /* for want of room */
} ngx_shop_failover_rescue_look_t;


static void ngx_shop_failover_rescue_turn(ngx_event_t *ev);
static void ngx_shop_failover_rescue_group(ngx_shop_conf_srv_t *sscf);
static void ngx_shop_failover_rescue_room(ngx_shop_conf_srv_t *sscf,
    ngx_shop_failover_rescue_look_t *look);
static void ngx_shop_failover_rescue_one(ngx_shop_failover_t *ctx,
    ngx_shop_failover_rescue_look_t *look);
static void ngx_shop_failover_rescue_told(ngx_shop_conf_srv_t *sscf,
    ngx_shop_failover_rescue_look_t *look);
static ngx_uint_t ngx_shop_failover_rescue_dead(ngx_shop_failover_t *ctx);
static ngx_uint_t ngx_shop_failover_rescue_suspect(ngx_shop_failover_t *ctx);
static ngx_uint_t ngx_shop_failover_rescue_may_move(ngx_shop_failover_t *ctx,
    ngx_uint_t failure);
static ngx_uint_t ngx_shop_failover_rescue_left(ngx_shop_failover_t *ctx);
static ngx_uint_t ngx_shop_failover_rescue_may(ngx_shop_failover_t *ctx);
static ngx_uint_t ngx_shop_failover_rescue_move(ngx_shop_failover_t *ctx);
static ssize_t ngx_shop_failover_rescue_recv(ngx_connection_t *c, u_char *buf,
    size_t size);
static ngx_chain_t *ngx_shop_failover_rescue_send(ngx_connection_t *c,
    ngx_chain_t *in, off_t limit);


ngx_int_t
ngx_shop_failover_rescue_init(ngx_conf_t *cf, ngx_shop_conf_srv_t *sscf)
{
    ngx_shop_rescue_t  *rescue;

    rescue = ngx_pcalloc(cf->pool, sizeof(ngx_shop_rescue_t));
    if (rescue == NULL) {
        return NGX_ERROR;
    }

    rescue->sscf = sscf;

    rescue->timer.data = rescue;
    rescue->timer.fd = (ngx_socket_t) -1;

    rescue->event.handler = ngx_shop_failover_rescue_turn;
    rescue->event.data = &rescue->timer;
    rescue->event.cancelable = 1;

    sscf->rescue = rescue;

    return NGX_OK;
}


void
ngx_shop_failover_rescue(ngx_shop_conf_main_t *smcf)
{
    ngx_uint_t              i;
    ngx_shop_conf_srv_t   **sscf;

    if (smcf->rescued == ngx_shop_peers_generation(&smcf->zone)) {
        return;
    }

    smcf->rescued = ngx_shop_peers_generation(&smcf->zone);

    sscf = smcf->balanced.elts;

    for (i = 0; i < smcf->balanced.nelts; i++) {

        /* also where nothing waits: a chain counts what its backups can do */

        if (ngx_shop_balance_stale(sscf[i])) {
            ngx_shop_balance_sync(sscf[i]);
        }
    }

    for (i = 0; i < smcf->balanced.nelts; i++) {
        if (sscf[i]->rescue) {
            ngx_shop_failover_rescue_group(sscf[i]);
        }
    }
}


/* the timer, or a request that was moved and is done */

static void
ngx_shop_failover_rescue_turn(ngx_event_t *ev)
{
    ngx_shop_timer_t   *timer = ev->data;
    ngx_shop_rescue_t  *rescue = timer->data;

    ngx_shop_failover_rescue_group(rescue->sscf);
}


void
ngx_shop_failover_rescue_more(ngx_shop_conf_srv_t *sscf)
{
    ngx_shop_rescue_t  *rescue;

    rescue = sscf->rescue;

    /* not set: nobody is left */

    if (rescue && rescue->event.timer_set) {
        rescue->answered++;
        ngx_post_event(&rescue->event, &ngx_posted_events);
    }
}


/* nothing is run here: events are posted, and so the queue stays as it is */

static void
ngx_shop_failover_rescue_group(ngx_shop_conf_srv_t *sscf)
{
    ngx_queue_t                      *q;
    ngx_shop_rescue_t                *rescue;
    ngx_shop_failover_t              *ctx;
    ngx_shop_failover_rescue_look_t   look;

    rescue = sscf->rescue;

    if (rescue->event.timer_set) {
        ngx_del_timer(&rescue->event);
    }

    if (ngx_queue_empty(&sscf->flights)
        || ngx_shop_groups_panic(sscf->zone, sscf->group))
    {
        ngx_memzero(&look, sizeof(ngx_shop_failover_rescue_look_t));
        ngx_shop_failover_rescue_told(sscf, &look);
        return;
    }

    ngx_shop_failover_rescue_room(sscf, &look);

    /* the oldest first */

    for (q = ngx_queue_last(&sscf->flights);
         q != ngx_queue_sentinel(&sscf->flights);
         q = ngx_queue_prev(q))
    {
        ctx = ngx_queue_data(q, ngx_shop_failover_t, queue);

        ngx_shop_failover_rescue_one(ctx, &look);
    }

    ngx_shop_failover_rescue_told(sscf, &look);
}


/* what others have in hand, and how many were given to them just now */

static void
ngx_shop_failover_rescue_room(ngx_shop_conf_srv_t *sscf,
    ngx_shop_failover_rescue_look_t *look)
{
    ngx_uint_t            others, moved;
    ngx_queue_t          *q;
    ngx_shop_failover_t  *ctx;

    others = 0;
    moved = 0;

    for (q = ngx_queue_head(&sscf->flights);
         q != ngx_queue_sentinel(&sscf->flights);
         q = ngx_queue_next(q))
    {
        ctx = ngx_queue_data(q, ngx_shop_failover_t, queue);

        if (ctx->moved) {
            moved++;

        } else if (!ngx_shop_failover_rescue_dead(ctx)
                   && !ngx_shop_failover_rescue_suspect(ctx))
        {
            others++;
        }
    }

    ngx_memzero(look, sizeof(ngx_shop_failover_rescue_look_t));

    look->sscf = sscf;
    look->room = ngx_shop_silence_room((uint32_t) others,
                                       (uint32_t) sscf->rescue->answered,
                                       (uint32_t) moved);
    look->budget = ngx_shop_suspect_budget(sscf->zone, sscf->group);
}


static void
ngx_shop_failover_rescue_one(ngx_shop_failover_t *ctx,
    ngx_shop_failover_rescue_look_t *look)
{
    ngx_uint_t  doubted;

    if (ctx->moved == NGX_SHOP_FAILOVER_MOVED_OFF) {
        return;
    }

    doubted = 0;

    if (!ngx_shop_failover_rescue_dead(ctx)) {

        if (look->budget == 0 || !ngx_shop_failover_rescue_suspect(ctx)) {
            return;
        }

        doubted = 1;
    }

    if (!ngx_shop_failover_rescue_may(ctx)) {
        return;
    }

    if (look->room == 0) {
        look->left++;
        return;
    }

    if (!ngx_shop_failover_rescue_move(ctx)) {
        return;
    }

    ctx->moved = NGX_SHOP_FAILOVER_MOVED_OFF;
    ctx->doubted = doubted;

    look->room--;
    look->moved++;
    look->doubted += doubted;
    look->budget -= doubted;
}


/* one line for all that were moved one after the other */

static void
ngx_shop_failover_rescue_told(ngx_shop_conf_srv_t *sscf,
    ngx_shop_failover_rescue_look_t *look)
{
    ngx_uint_t          i;
    ngx_shop_rescue_t  *rescue;

    rescue = sscf->rescue;
    rescue->total += look->moved;

    if (look->doubted) {
        ngx_shop_suspect_spend(sscf->zone, sscf->group, look->doubted);
    }

    for (i = 0; i < look->moved; i++) {
        ngx_shop_counters_group(sscf->zone, sscf->group,
                                i < look->doubted
                                ? NGX_SHOP_LAYOUT_COUNT_DOUBTED
                                : NGX_SHOP_LAYOUT_COUNT_MOVED);
    }

    if (look->left) {
        rescue->event.log = ngx_cycle->log;
        ngx_add_timer(&rescue->event, NGX_SHOP_FAILOVER_RESCUE_TURN);
        return;
    }

    rescue->answered = 0;

    if (rescue->total) {
        ngx_log_error(NGX_LOG_INFO, ngx_cycle->log, 0,
                      "shop failover: %ui requests that waited for a %s "
                      "peer of upstream \"%V\" are moved on",
                      rescue->total, look->doubted ? "silent" : "dead",
                      &sscf->group->name);
        rescue->total = 0;
    }
}


/*
 * By address: the balancer's own record of the peer may be gone.  Where two
 * servers have one address, both have to be dead.
 */

static ngx_uint_t
ngx_shop_failover_rescue_dead(ngx_shop_failover_t *ctx)
{
    ngx_str_t              *name;
    ngx_uint_t              dead;
    ngx_shop_peers_walk_t   walk;
    ngx_shop_model_peer_t  *peer;

    name = ctx->request->upstream->peer.name;
    dead = 0;

    if (name == NULL) {
        return 0;
    }

    for (peer = ngx_shop_peers_first(ctx->group->group, &walk);
         peer;
         peer = ngx_shop_peers_next(&walk))
    {
        if (!ngx_shop_failover_at(name, peer)) {
            continue;
        }

        if (!ngx_shop_peers_dead(ctx->group->zone, peer)) {
            return 0;
        }

        dead = 1;
    }

    return dead;
}


/* at a suspect, where a sibling is to take what comes */

static ngx_uint_t
ngx_shop_failover_rescue_suspect(ngx_shop_failover_t *ctx)
{
    ngx_shop_conf_srv_t    *group;
    ngx_shop_peers_walk_t   walk;
    ngx_shop_model_peer_t  *peer;

    group = ctx->group;

    for (peer = ngx_shop_peers_first(group->group, &walk);
         peer;
         peer = ngx_shop_peers_next(&walk))
    {
        if (peer->slot == ctx->record.slot && peer->id == ctx->record.id) {
            return ngx_shop_peers_suspect(group->zone, peer)
                   && ngx_shop_peers_spared(group->zone, group->group, peer);
        }
    }

    return 0;
}


/* the rules of ngx_http_upstream_next() (src/http/ngx_http_upstream.c) */

static ngx_uint_t
ngx_shop_failover_rescue_may_move(ngx_shop_failover_t *ctx, ngx_uint_t failure)
{
    ngx_msec_t            timeout;
    ngx_http_request_t   *r;
    ngx_http_upstream_t  *u;

    r = ctx->request;
    u = r->upstream;

    if (u->request_sent
        && (r->method & (NGX_HTTP_POST|NGX_HTTP_LOCK|NGX_HTTP_PATCH)))
    {
        failure |= NGX_HTTP_UPSTREAM_FT_NON_IDEMPOTENT;
    }

    timeout = u->conf->next_upstream_timeout;

    return (u->conf->next_upstream & failure) == failure
           && !(u->request_sent && r->request_body_no_buffering)
           && !(timeout && ngx_current_msec - u->peer.start_time >= timeout)
           && ngx_shop_failover_rescue_left(ctx);
}


/* tries that would be left once the dead peer is given back, and lead to one */

static ngx_uint_t
ngx_shop_failover_rescue_left(ngx_shop_failover_t *ctx)
{
    ngx_uint_t                     limit, live;
    ngx_http_upstream_rr_peers_t  *peers;

    limit = ctx->request->upstream->conf->next_upstream_tries;

    if (limit && ctx->used + 1 >= limit) {
        return 0;
    }

    peers = ctx->group->uscf->peer.data;

    live = peers->single && peers->next == NULL
           ? 0 : ngx_shop_balance_live(ctx->group);

    if (ctx->tries <= 1) {
        live = 0;
    }

    return live + ngx_shop_failover_extra(ctx);
}


/* whether it may be moved, as a timeout or else as an error */

static ngx_uint_t
ngx_shop_failover_rescue_may(ngx_shop_failover_t *ctx)
{
    ngx_event_t          *ev;
    ngx_connection_t     *c;
    ngx_http_upstream_t  *u;

    u = ctx->request->upstream;
    c = u->peer.connection;

    if (c == NULL || u->header_sent
        || u->state->header_time != (ngx_msec_t) -1)
    {
        return 0;
    }

    ev = u->request_body_sent ? c->read : c->write;

    if (ev->timedout || c->error) {
        return 0;
    }

    return ngx_shop_failover_rescue_may_move(ctx, NGX_HTTP_UPSTREAM_FT_TIMEOUT)
           || (u->request_sent
               && ngx_shop_failover_rescue_may_move(ctx,
                                               NGX_HTTP_UPSTREAM_FT_ERROR));
}


static ngx_uint_t
ngx_shop_failover_rescue_move(ngx_shop_failover_t *ctx)
{
    u_char                byte;
    ngx_event_t          *ev;
    ngx_connection_t     *c;
    ngx_http_upstream_t  *u;

    u = ctx->request->upstream;
    c = u->peer.connection;
    ev = u->request_body_sent ? c->read : c->write;

    if (u->request_body_sent && recv(c->fd, &byte, 1, MSG_PEEK) > 0) {

        /* an answer is here, only not read yet */

        return 0;
    }

    if (ngx_shop_failover_rescue_may_move(ctx, NGX_HTTP_UPSTREAM_FT_TIMEOUT)) {
        ev->delayed = 0;
        ev->timedout = 1;

    } else {
        c->recv = ngx_shop_failover_rescue_recv;
        c->send_chain = ngx_shop_failover_rescue_send;
    }

    ngx_post_event(ev, &ngx_posted_events);

    return 1;
}


ngx_uint_t
ngx_shop_failover_rescue_connecting(ngx_shop_failover_t *ctx)
{
    ngx_connection_t     *c;
    ngx_http_upstream_t  *u;

    u = ctx->request->upstream;
    c = u->peer.connection;

    return c && !u->request_sent && !u->peer.cached
#if (NGX_HTTP_SSL)
           && c->ssl == NULL
#endif
           && ctx->moved != NGX_SHOP_FAILOVER_MOVED_OFF
           && u->state->header_time == (ngx_msec_t) -1;
}


ngx_uint_t
ngx_shop_failover_rescue_connect(ngx_shop_failover_t *ctx)
{
    if (!ngx_shop_failover_rescue_may(ctx)
        || !ngx_shop_failover_rescue_move(ctx))
    {
        return 0;
    }

    ctx->moved = NGX_SHOP_FAILOVER_MOVED_OFF;
    ctx->doubted = 1;

    ngx_shop_counters_group(ctx->group->zone, ctx->group->group,
                            NGX_SHOP_LAYOUT_COUNT_DOUBTED);

    return 1;
}


/* for "proxy_next_upstream error": the connection has failed */

static ssize_t
ngx_shop_failover_rescue_recv(ngx_connection_t *c, u_char *buf, size_t size)
{
    c->read->error = 1;

    return NGX_ERROR;
}


static ngx_chain_t *
ngx_shop_failover_rescue_send(ngx_connection_t *c, ngx_chain_t *in,
    off_t limit)
{
    c->write->error = 1;

    return NGX_CHAIN_ERROR;
}
