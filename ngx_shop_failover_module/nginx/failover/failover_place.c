
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * One request that waits for a server.  ngx_http_upstream_connect() is told
 * that a connection is being made (NGX_AGAIN) and is given one without a
 * descriptor: nginx then does all that it does for a request in that state,
 * whoever leaves, ends or reloads.  When there is a server, the connection is
 * made and put in the other's place.  When there is none, the connection "has
 * failed", and ngx_http_upstream_next() finds no tries left.  Read beside
 * src/http/ngx_http_upstream.c of 1.22.1 and 1.31.5.
 */


#include "nginx/failover/failover_queue.h"

#include "state/counters.h"


static ngx_int_t ngx_shop_failover_place_get(ngx_peer_connection_t *pc,
    void *data);
static void ngx_shop_failover_place_refused(ngx_peer_connection_t *pc,
    void *data, ngx_uint_t state);
static void ngx_shop_failover_place_resume(ngx_http_request_t *r,
    ngx_http_upstream_t *u);
static void ngx_shop_failover_place_ignore(ngx_http_request_t *r,
    ngx_http_upstream_t *u);
static void ngx_shop_failover_place_time(ngx_shop_failover_place_t *place);
static void ngx_shop_failover_place_fail(ngx_shop_failover_place_t *place,
    ngx_int_t rc);
static ngx_int_t ngx_shop_failover_place_name(ngx_http_request_t *r,
    ngx_http_upstream_t *u);
static ngx_int_t ngx_shop_failover_place_connected(
    ngx_shop_failover_place_t *place);


ngx_int_t
ngx_shop_failover_place_take(ngx_shop_failover_t *ctx,
    ngx_peer_connection_t *pc)
{
    ngx_connection_t           *c;
    ngx_http_request_t         *r;
    ngx_shop_failover_place_t  *place;

    r = ctx->request;
    place = ctx->place;

    if (ctx->lined == NGX_SHOP_FAILOVER_LINED_NOT) {

        place = ngx_pcalloc(r->pool, sizeof(ngx_shop_failover_place_t));
        if (place == NULL) {
            return NGX_ERROR;
        }

        place->ctx = ctx;
        place->begun = ngx_current_msec;

        ctx->place = place;
    }

    c = &place->connection;

    c->fd = (ngx_socket_t) -1;
    c->read = &place->read;
    c->write = &place->write;
    c->pool = r->pool;
    c->log = r->connection->log;

    place->read.data = c;
    place->read.log = c->log;
    place->write.data = c;
    place->write.log = c->log;
    place->write.write = 1;

    if (ctx->lined != NGX_SHOP_FAILOVER_LINED_WAITS) {
        place->since = ngx_current_msec;
    }

    pc->connection = c;
    pc->sockaddr = &place->nowhere;
    pc->name = &ctx->primary->uscf->host;
    pc->cached = 0;
    pc->get = ngx_shop_failover_place_get;
    pc->free = ngx_shop_failover_place_free;

    return NGX_OK;
}


/* nginx has set its own handlers and a timer since then */

void
ngx_shop_failover_place_settle(ngx_shop_failover_place_t *place)
{
    ngx_http_upstream_t  *u;

    u = place->ctx->request->upstream;

    if (place->write.timer_set) {
        ngx_del_timer(&place->write);
    }

    place->go = u->write_event_handler;
    place->hear = u->read_event_handler;

    u->write_event_handler = ngx_shop_failover_place_resume;
    u->read_event_handler = ngx_shop_failover_place_ignore;

    place->settled = 1;
}


void
ngx_shop_failover_place_go(ngx_shop_failover_place_t *place)
{
    place->write.handler(&place->write);
}


static void
ngx_shop_failover_place_ignore(ngx_http_request_t *r, ngx_http_upstream_t *u)
{
    /* there is no connection to read from */
}


static ngx_int_t
ngx_shop_failover_place_get(ngx_peer_connection_t *pc, void *data)
{
    ngx_shop_failover_t  *ctx = data;

    if (ngx_shop_failover_anew(ctx) != NGX_OK) {
        return NGX_ERROR;
    }

    return pc->get(pc, pc->data);
}


/* the request is over, for whatever reason, while it waits */

void
ngx_shop_failover_place_free(ngx_peer_connection_t *pc, void *data,
    ngx_uint_t state)
{
    ngx_shop_failover_t  *ctx = data;

    pc->connection = NULL;

    if (ctx->lined == NGX_SHOP_FAILOVER_LINED_WAITS) {
        ngx_shop_failover_place_time(ctx->place);
        ctx->place->leave(ctx, state && !ctx->request->connection->error
                               ? NGX_SHOP_LAYOUT_COUNT_OVER
                               : NGX_SHOP_LAYOUT_COUNT_GONE);
    }

    pc->tries = 0;
    ctx->tries = 0;
    ctx->told = 0;
}


/* it got a peer, which refused the connection at once */

static void
ngx_shop_failover_place_refused(ngx_peer_connection_t *pc, void *data,
    ngx_uint_t state)
{
    ngx_shop_failover_t    *ctx = data;

    ngx_event_get_peer_pt   get;

    pc->connection = NULL;
    pc->free = ctx->group->free;
    get = pc->get;

    pc->free(pc, data, state);

    if (pc->get != get) {

        /* it keeps its place, and nginx connects anew */

        ctx->place->settled = 0;
        return;
    }

    ngx_shop_failover_place_time(ctx->place);
    ctx->place->leave(ctx, NGX_SHOP_LAYOUT_COUNT_RELEASED);
}


static void
ngx_shop_failover_place_resume(ngx_http_request_t *r, ngx_http_upstream_t *u)
{
    ngx_int_t                   rc;
    ngx_shop_failover_t        *ctx;
    ngx_peer_connection_t      *pc;
    ngx_shop_failover_place_t  *place;

    pc = &u->peer;
    ctx = pc->data;
    place = ctx->place;

    if (place->over || r->connection->error) {
        ngx_shop_failover_place_fail(place, NGX_BUSY);
        return;
    }

    r->connection->log->action = "connecting to upstream";

    pc->connection = NULL;
    pc->sockaddr = NULL;

    u->start_time = ngx_current_msec;

    rc = ngx_event_connect_peer(pc);

    if (pc->connection == &place->connection) {

        /* it waits again */

        return;
    }

    if (rc != NGX_OK && rc != NGX_AGAIN && rc != NGX_DONE) {
        ngx_shop_failover_place_fail(place, rc);
        return;
    }

    ngx_shop_failover_place_time(place);
    ctx->place->leave(ctx, NGX_SHOP_LAYOUT_COUNT_RELEASED);

    if (ngx_shop_failover_place_connected(place) != NGX_OK) {
        ngx_shop_failover_place_fail(place, NGX_ERROR);
        return;
    }

    if (rc == NGX_AGAIN) {
        ngx_add_timer(pc->connection->write, u->conf->connect_timeout);
        return;
    }

    u->write_event_handler(r, u);
}


/* the time in the line is no time of servers */

static void
ngx_shop_failover_place_time(ngx_shop_failover_place_t *place)
{
    ngx_msec_t  waited;

    waited = ngx_current_msec - place->since;

    place->waited += waited;
    place->ctx->request->upstream->peer.start_time += waited;
}


/* as ngx_http_upstream_connect() does with a connection */

static ngx_int_t
ngx_shop_failover_place_connected(ngx_shop_failover_place_t *place)
{
    ngx_connection_t     *c;
    ngx_http_request_t   *r;
    ngx_http_upstream_t  *u;

    r = place->ctx->request;
    u = r->upstream;
    c = u->peer.connection;

    if (ngx_shop_failover_place_name(r, u) != NGX_OK) {
        return NGX_ERROR;
    }

    c->requests++;
    c->data = r;

    c->write->handler = place->write.handler;
    c->read->handler = place->read.handler;

    u->write_event_handler = place->go;
    u->read_event_handler = place->hear;

    c->sendfile &= r->connection->sendfile;
    u->output.sendfile = c->sendfile;

    if (r->connection->tcp_nopush == NGX_TCP_NOPUSH_DISABLED) {
        c->tcp_nopush = NGX_TCP_NOPUSH_DISABLED;
    }

    if (c->pool == NULL) {
        c->pool = ngx_create_pool(128, r->connection->log);
        if (c->pool == NULL) {
            return NGX_ERROR;
        }
    }

    c->log = r->connection->log;
    c->pool->log = c->log;
    c->read->log = c->log;
    c->write->log = c->log;

    u->writer.connection = c;

    return NGX_OK;
}


/* the name of a peer that the resolver may take away is copied */

static ngx_int_t
ngx_shop_failover_place_name(ngx_http_request_t *r, ngx_http_upstream_t *u)
{
    ngx_str_t  *name;

    name = u->peer.name;

    if (ngx_shop_compat_config(u->upstream->peer.data)) {

        name = ngx_palloc(r->pool, sizeof(ngx_str_t) + name->len);
        if (name == NULL) {
            return NGX_ERROR;
        }

        name->len = u->peer.name->len;
        name->data = (u_char *) (name + 1);
        ngx_memcpy(name->data, u->peer.name->data, name->len);

        u->peer.name = name;
    }

    u->state->peer = name;

    return NGX_OK;
}


/*
 * There is no server for it: rc is what stands for that, or what became of a
 * connection.  ngx_http_upstream_test_connect() finds no descriptor, and
 * ngx_http_upstream_next() goes on as it does after a failed connection.
 */

static void
ngx_shop_failover_place_fail(ngx_shop_failover_place_t *place, ngx_int_t rc)
{
    ngx_http_request_t     *r;
    ngx_http_upstream_t    *u;
    ngx_shop_failover_t    *ctx;
    ngx_peer_connection_t  *pc;

    ctx = place->ctx;
    r = ctx->request;
    u = r->upstream;
    pc = &u->peer;

    if (rc == NGX_ERROR && ctx->flying) {

        /* it is no fault of the peer's */

        if (pc->connection) {
            ngx_close_connection(pc->connection);
        }

        pc->connection = NULL;
        pc->free(pc, pc->data, 0);
    }

    if (ctx->flying) {
        u->state->peer = pc->name;
        pc->free = ngx_shop_failover_place_refused;

    } else {
        pc->sockaddr = &place->nowhere;
        pc->free = ngx_shop_failover_place_free;
        pc->tries = 0;
    }

    pc->connection = &place->connection;
    place->connection.log = &place->silence;

    u->write_event_handler = place->go;
    u->read_event_handler = place->hear;

    u->write_event_handler(r, u);
}
