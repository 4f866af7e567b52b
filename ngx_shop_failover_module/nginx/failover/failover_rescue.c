
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * Requests that wait for a peer which was found dead move to the next one at
 * once, not after their timeout.  The way there is nginx's own: the event that
 * a request waits for is made to have timed out, and
 * ngx_http_upstream_next() decides by its rules.  Where these would end the
 * request, it is left waiting: the peer may yet answer.
 */


#include "nginx/failover/failover.h"
#include "nginx/failover/balance.h"

#include "state/counters.h"


static ngx_uint_t ngx_shop_failover_rescue_group(ngx_shop_conf_srv_t *sscf);
static ngx_uint_t ngx_shop_failover_rescue_dead(ngx_shop_failover_t *ctx);
static ngx_uint_t ngx_shop_failover_rescue_may_move(ngx_shop_failover_t *ctx,
    ngx_uint_t failure);
static ngx_uint_t ngx_shop_failover_rescue_left(ngx_shop_failover_t *ctx);
static ngx_uint_t ngx_shop_failover_rescue_move(ngx_shop_failover_t *ctx);
static ssize_t ngx_shop_failover_rescue_recv(ngx_connection_t *c, u_char *buf,
    size_t size);
static ngx_chain_t *ngx_shop_failover_rescue_send(ngx_connection_t *c,
    ngx_chain_t *in, off_t limit);


void
ngx_shop_failover_rescue(ngx_shop_conf_main_t *smcf)
{
    ngx_uint_t              i, n;
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

        n = ngx_shop_failover_rescue_group(sscf[i]);

        if (n) {
            ngx_log_error(NGX_LOG_INFO, ngx_cycle->log, 0,
                          "shop failover: %ui requests that waited for a dead "
                          "peer of upstream \"%V\" are moved on",
                          n, &sscf[i]->group->name);
        }
    }
}


/* nothing is run here: events are posted, and so the queue stays as it is */

static ngx_uint_t
ngx_shop_failover_rescue_group(ngx_shop_conf_srv_t *sscf)
{
    ngx_uint_t            n;
    ngx_queue_t          *q;
    ngx_shop_failover_t  *ctx;

    n = 0;

    if (ngx_queue_empty(&sscf->flights)
        || ngx_shop_groups_panic(sscf->zone, sscf->group))
    {
        return 0;
    }

    for (q = ngx_queue_head(&sscf->flights);
         q != ngx_queue_sentinel(&sscf->flights);
         q = ngx_queue_next(q))
    {
        ctx = ngx_queue_data(q, ngx_shop_failover_t, queue);

        if (ngx_shop_failover_rescue_dead(ctx)) {
            n += ngx_shop_failover_rescue_move(ctx);
        }
    }

    return n;
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


static ngx_uint_t
ngx_shop_failover_rescue_move(ngx_shop_failover_t *ctx)
{
    u_char                byte;
    ngx_uint_t            timeout;
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

    timeout = ngx_shop_failover_rescue_may_move(ctx,
                                                NGX_HTTP_UPSTREAM_FT_TIMEOUT);

    if (!timeout
        && (!u->request_sent
            || !ngx_shop_failover_rescue_may_move(ctx,
                                                  NGX_HTTP_UPSTREAM_FT_ERROR)))
    {
        return 0;
    }

    if (u->request_body_sent && recv(c->fd, &byte, 1, MSG_PEEK) > 0) {

        /* an answer is here, only not read yet */

        return 0;
    }

    if (timeout) {
        ev->delayed = 0;
        ev->timedout = 1;

    } else {
        c->recv = ngx_shop_failover_rescue_recv;
        c->send_chain = ngx_shop_failover_rescue_send;
    }

    ngx_post_event(ev, &ngx_posted_events);

    ngx_shop_counters_group(ctx->group->zone, ctx->group->group,
                            NGX_SHOP_LAYOUT_COUNT_MOVED);

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
