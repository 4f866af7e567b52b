
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * One attempt of a probe: its phases and its time.  Knows one peer; nothing of
 * leases, verdicts, or other attempts.
 */


#include "nginx/probe/attempt_inside.h"


static ngx_shop_attempt_t *ngx_shop_attempt_create(
    ngx_shop_attempt_line_t *line);
static void ngx_shop_attempt_connect(ngx_shop_attempt_t *a);
static void ngx_shop_attempt_event(ngx_event_t *ev);
static void ngx_shop_attempt_connected(ngx_shop_attempt_t *a);
static void ngx_shop_attempt_ready(ngx_shop_attempt_t *a);
static void ngx_shop_attempt_exchanged(ngx_shop_attempt_t *a, ngx_int_t rc);
static void ngx_shop_attempt_again(ngx_shop_attempt_t *a);
static void ngx_shop_attempt_timeout(ngx_shop_attempt_t *a);


void
ngx_shop_attempt_start(ngx_shop_attempt_line_t *line)
{
    ngx_shop_attempt_t  *a;

    ngx_memzero(&line->own, sizeof(ngx_shop_own_t));

    a = ngx_shop_attempt_create(line);

    if (a == NULL) {
        ngx_shop_attempt_end_no_memory(line);
        return;
    }

    line->attempt = a;

    a->started = ngx_current_msec;
    a->timeout = line->timeout;
    a->deadline = a->started + a->timeout;
    a->stalled = ngx_shop_stall_total(line->stall);

    if (ngx_shop_attempt_wire_take(a) == NGX_OK) {
        a->reused = 1;
        ngx_add_timer(a->wire->c->read, a->timeout);
        ngx_shop_attempt_ready(a);

    } else {
        ngx_shop_attempt_connect(a);
    }
}


static ngx_shop_attempt_t *
ngx_shop_attempt_create(ngx_shop_attempt_line_t *line)
{
    ngx_pool_t          *pool;
    ngx_shop_attempt_t  *a;

    pool = ngx_create_pool(2048, ngx_cycle->log);
    if (pool == NULL) {
        return NULL;
    }

    a = ngx_pcalloc(pool, sizeof(ngx_shop_attempt_t));
    if (a == NULL) {
        ngx_destroy_pool(pool);
        return NULL;
    }

    a->pool = pool;
    a->line = line;
    a->check = line->check;
    a->handler = ngx_shop_attempt_event;

    switch (a->check->type) {

    case NGX_SHOP_CONF_CHECK_TCP:
        break;

    case NGX_SHOP_CONF_CHECK_FASTCGI:
        a->talk = &ngx_shop_attempt_fastcgi_talk;
        break;

    default:
        a->talk = &ngx_shop_attempt_http_talk;
    }

    if (a->talk && a->talk->request(a) != NGX_OK) {
        ngx_destroy_pool(pool);
        return NULL;
    }

    return a;
}


static void
ngx_shop_attempt_connect(ngx_shop_attempt_t *a)
{
    ngx_int_t       rc;
    ngx_msec_int_t  left;

    a->phase = NGX_SHOP_ATTEMPT_PHASE_CONNECT;

    rc = ngx_shop_attempt_wire_open(a);

    if (rc == NGX_ERROR) {
        ngx_shop_attempt_end_wanting(a, ngx_socket_errno);
        return;
    }

    if (rc == NGX_DECLINED) {
        ngx_shop_attempt_end_unconnected(a, ngx_socket_errno);
        return;
    }

    /* one timer for the whole of it: no byte that drips in stretches it */

    left = (ngx_msec_int_t) (a->deadline - ngx_current_msec);

    ngx_add_timer(a->wire->c->read, (ngx_msec_t) ngx_max(left, 1));

    if (rc == NGX_OK) {
        ngx_shop_attempt_connected(a);
    }
}


/* of the connection, in any phase */

static void
ngx_shop_attempt_event(ngx_event_t *ev)
{
    ngx_connection_t         *c = ev->data;
    ngx_shop_attempt_wire_t  *wire = c->data;
    ngx_shop_attempt_t       *a = wire->attempt;

    if (c->close) {
        ngx_shop_attempt_end_inconclusive(a, "the worker is exiting");
        return;
    }

    if (c->read->timedout) {
        ngx_shop_attempt_timeout(a);
        return;
    }

    switch (a->phase) {

    case NGX_SHOP_ATTEMPT_PHASE_CONNECT:
        ngx_shop_attempt_connected(a);
        return;

    case NGX_SHOP_ATTEMPT_PHASE_TLS:
        if (ngx_shop_attempt_tls_handshake(a) == NGX_OK) {
            ngx_shop_attempt_ready(a);
        }

        return;

    case NGX_SHOP_ATTEMPT_PHASE_SEND:
        ngx_shop_attempt_exchanged(a, ngx_shop_attempt_exchange_send(a));
        return;

    case NGX_SHOP_ATTEMPT_PHASE_RECEIVE:
        ngx_shop_attempt_exchanged(a, ngx_shop_attempt_exchange_receive(a));
        return;
    }
}


static void
ngx_shop_attempt_connected(ngx_shop_attempt_t *a)
{
    ngx_err_t  err;

    err = ngx_shop_attempt_wire_error(a->wire);

    if (err) {
        ngx_shop_attempt_end_unconnected(a, err);
        return;
    }

    a->sample.connect = (uint32_t) (ngx_current_msec - a->started);

    if (a->check->type == NGX_SHOP_CONF_CHECK_HTTPS) {
        a->phase = NGX_SHOP_ATTEMPT_PHASE_TLS;

        if (ngx_shop_attempt_tls_start(a) != NGX_OK) {
            return;
        }
    }

    ngx_shop_attempt_ready(a);
}


/* the connection is there, with TLS where that is wanted */

static void
ngx_shop_attempt_ready(ngx_shop_attempt_t *a)
{
    if (a->talk == NULL) {
        a->after = NGX_SHOP_ATTEMPT_AFTER_DRAIN;
        ngx_shop_attempt_end(a, NGX_SHOP_VERDICT_RESULT_OK, NULL);
        return;
    }

    a->phase = NGX_SHOP_ATTEMPT_PHASE_SEND;

    ngx_shop_attempt_exchanged(a, ngx_shop_attempt_exchange_send(a));
}


/* a is gone, unless it is to go on */

static void
ngx_shop_attempt_exchanged(ngx_shop_attempt_t *a, ngx_int_t rc)
{
    if (rc == NGX_DECLINED) {
        ngx_shop_attempt_again(a);
    }
}


/* a kept connection was closed meanwhile: once more, on a fresh one */

static void
ngx_shop_attempt_again(ngx_shop_attempt_t *a)
{
    ngx_shop_attempt_wire_close(a->wire);

    a->wire = NULL;
    a->reused = 0;
    a->request->pos = a->request->start;

    ngx_shop_attempt_connect(a);
}


/*
 * A timer can fire before an answer that is already in the socket is read.  A
 * worker that stood still gives the server once as much time more as it took
 * from it: then even one that is always busy comes to a result.
 */

static void
ngx_shop_attempt_timeout(ngx_shop_attempt_t *a)
{
    ngx_int_t          rc;
    ngx_msec_t         lost;
    ngx_connection_t  *c;

    c = a->wire->c;

    if (a->phase == NGX_SHOP_ATTEMPT_PHASE_RECEIVE) {

        c->read->ready = 1;

        rc = ngx_shop_attempt_exchange_receive(a);

        if (rc != NGX_AGAIN) {
            ngx_shop_attempt_exchanged(a, rc);
            return;
        }
    }

    lost = ngx_shop_stall_lost(a->line->stall, a->stalled, a->timeout);

    if (lost && lost <= a->timeout && !a->extended) {
        a->extended = 1;
        a->deadline = ngx_current_msec + lost;
        a->stalled = ngx_shop_stall_total(a->line->stall);

        c->read->timedout = 0;
        ngx_add_timer(c->read, lost);
        return;
    }

    ngx_shop_attempt_end_late(a);
}


void
ngx_shop_attempt_cancel(ngx_shop_attempt_line_t *line)
{
    ngx_shop_attempt_t  *a;

    a = line->attempt;

    if (a) {
        line->attempt = NULL;

        if (a->wire) {
            ngx_shop_attempt_wire_close(a->wire);
        }

        ngx_destroy_pool(a->pool);
    }

    if (line->kept) {
        ngx_shop_attempt_wire_close(line->kept);
    }

    ngx_shop_attempt_tls_forget(line);
}
