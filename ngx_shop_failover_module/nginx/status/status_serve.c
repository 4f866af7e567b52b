
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * Sends a status in pieces: with thousands of servers it takes tens of ms, and
 * visitors of the same worker are served between two pieces.  What fits into
 * the first one is sent at once and with its length.
 */


#include "nginx/status/status.h"
#include "nginx/outflow.h"
#include "nginx/timer.h"


typedef struct {
    ngx_http_request_t             *request;
    const ngx_shop_status_serve_t  *how;
    ngx_shop_status_part_pt         render;
    ngx_shop_snapshot_t            *snap;
    ngx_shop_status_walk_t          walk;
    ngx_shop_outflow_t              out;
    ngx_shop_timer_t                turn;        /* the next piece */
    unsigned                        taken:1;     /* the snapshot is whole */
    unsigned                        whole:1;     /* all of it is written */
    unsigned                        begun:1;     /* the header is sent */
} ngx_shop_status_serve_ctx_t;


static ngx_int_t ngx_shop_status_serve_piece(ngx_shop_status_serve_ctx_t *s);
static ngx_int_t ngx_shop_status_serve_send(ngx_shop_status_serve_ctx_t *s);
static ngx_int_t ngx_shop_status_serve_later(ngx_shop_status_serve_ctx_t *s);
static void ngx_shop_status_serve_deliver(ngx_shop_status_serve_ctx_t *s);
static void ngx_shop_status_serve_yield(ngx_shop_status_serve_ctx_t *s);
static void ngx_shop_status_serve_turn(ngx_event_t *ev);
static void ngx_shop_status_serve_write(ngx_http_request_t *r);
static void ngx_shop_status_serve_next(ngx_shop_status_serve_ctx_t *s);
static void ngx_shop_status_serve_wait(ngx_shop_status_serve_ctx_t *s);
static void ngx_shop_status_serve_finish(ngx_shop_status_serve_ctx_t *s,
    ngx_int_t rc);
static void ngx_shop_status_serve_stop(void *data);


#define NGX_SHOP_STATUS_SERVE_BUF    32768

/* a piece: so many bytes, or steps of the snapshot; about half a ms */
#define NGX_SHOP_STATUS_SERVE_PIECE  32768
#define NGX_SHOP_STATUS_SERVE_STEPS  8

/* ms; a worker that exits waits for its timers only, and so for this answer */
#define NGX_SHOP_STATUS_SERVE_GUARD  1000


ngx_int_t
ngx_shop_status_serve(ngx_http_request_t *r, ngx_shop_snapshot_t *snap,
    const ngx_shop_status_serve_t *how)
{
    ngx_int_t                     rc;
    ngx_shop_status_serve_ctx_t  *s;

    s = ngx_pcalloc(r->pool, sizeof(ngx_shop_status_serve_ctx_t));
    if (s == NULL) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    s->request = r;
    s->how = how;
    s->snap = snap;

    ngx_shop_outflow_begin(&s->out, r, NGX_SHOP_STATUS_SERVE_BUF);

    rc = ngx_shop_status_serve_piece(s);

    /* who keeps an answer in memory needs its length (njs, SSI) */

    while (rc == NGX_AGAIN && r->subrequest_in_memory) {
        rc = ngx_shop_status_serve_piece(s);
    }

    if (rc == NGX_OK) {
        return ngx_shop_status_serve_send(s);
    }

    return rc == NGX_AGAIN ? ngx_shop_status_serve_later(s) : rc;
}


/*
 * Makes a piece: NGX_OK: it is the last one; NGX_AGAIN: there is more to come;
 * else what the request ends with.
 */

static ngx_int_t
ngx_shop_status_serve_piece(ngx_shop_status_serve_ctx_t *s)
{
    size_t      total;
    ngx_int_t   rc;
    ngx_uint_t  n;

    for (n = 0; !s->taken; n++) {

        if (n == NGX_SHOP_STATUS_SERVE_STEPS) {
            return NGX_AGAIN;
        }

        rc = ngx_shop_snapshot_step(s->snap);

        if (rc == NGX_ERROR) {
            return NGX_HTTP_INTERNAL_SERVER_ERROR;
        }

        if (rc == NGX_OK) {
            s->taken = 1;
            s->render = s->how->keep(s->request, s->snap) == NGX_OK
                        ? s->how->render : s->how->none;
        }
    }

    total = s->out.emit.total;

    do {
        rc = s->render(&s->out.emit, s->snap, &s->walk);

        if (s->out.emit.failed) {
            return NGX_HTTP_INTERNAL_SERVER_ERROR;
        }

    } while (rc == NGX_AGAIN
             && s->out.emit.total - total < NGX_SHOP_STATUS_SERVE_PIECE);

    s->whole = (rc == NGX_OK);

    return rc;
}


/* what is written; before it the header, with a length where it is known */

static ngx_int_t
ngx_shop_status_serve_send(ngx_shop_status_serve_ctx_t *s)
{
    ngx_int_t            rc;
    ngx_http_request_t  *r;

    r = s->request;

    if (!s->begun) {
        s->begun = 1;

        rc = s->how->header(r, s->snap,
                            s->whole ? (off_t) s->out.emit.total : -1);

        if (rc == NGX_ERROR || rc > NGX_OK || r->header_only) {
            s->whole = 1;
            return rc;
        }
    }

    return ngx_shop_outflow_send(&s->out, s->whole);
}


static ngx_int_t
ngx_shop_status_serve_later(ngx_shop_status_serve_ctx_t *s)
{
    ngx_http_cleanup_t  *cln;
    ngx_http_request_t  *r;

    r = s->request;

    cln = ngx_http_cleanup_add(r, 0);
    if (cln == NULL) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    cln->handler = ngx_shop_status_serve_stop;
    cln->data = s;

    ngx_shop_timer_init(&s->turn, ngx_shop_status_serve_turn, s,
                        r->connection->log);
    s->turn.event.cancelable = 0;

    r->write_event_handler = ngx_shop_status_serve_write;
    r->main->count++;

    ngx_shop_status_serve_deliver(s);

    return NGX_DONE;
}


/* sends the piece that was made, and sees to the next one */

static void
ngx_shop_status_serve_deliver(ngx_shop_status_serve_ctx_t *s)
{
    ngx_int_t            rc;
    ngx_http_request_t  *r;

    r = s->request;

    if (s->out.emit.total == 0) {
        ngx_shop_status_serve_yield(s);
        return;
    }

    rc = ngx_shop_status_serve_send(s);

    if (rc == NGX_ERROR || s->whole) {
        ngx_shop_status_serve_finish(s, rc);
        return;
    }

    /* of a subrequest that has to wait for others the filters keep it all */

    if (rc == NGX_AGAIN && r == r->connection->data) {
        ngx_shop_status_serve_wait(s);
        return;
    }

    ngx_shop_status_serve_yield(s);
}


static void
ngx_shop_status_serve_yield(ngx_shop_status_serve_ctx_t *s)
{
    ngx_post_event(&s->turn.event, &ngx_posted_next_events);
    ngx_add_timer(&s->turn.event, NGX_SHOP_STATUS_SERVE_GUARD);
}


static void
ngx_shop_status_serve_turn(ngx_event_t *ev)
{
    ngx_connection_t             *c;
    ngx_http_request_t           *r;
    ngx_shop_status_serve_ctx_t  *s;

    s = ngx_shop_timer_data(ev);
    r = s->request;
    c = r->connection;

    ngx_http_set_log_request(c->log, r);

    if (ev->posted) {
        ngx_delete_posted_event(ev);
    }

    ngx_shop_status_serve_next(s);

    ngx_http_run_posted_requests(c);
}


static void
ngx_shop_status_serve_write(ngx_http_request_t *r)
{
    ngx_http_cleanup_t           *cln;
    ngx_shop_status_serve_ctx_t  *s;

    for (cln = r->main->cleanup; cln; cln = cln->next) {

        if (cln->handler != ngx_shop_status_serve_stop) {
            continue;
        }

        s = cln->data;

        if (s->request == r) {

            if (!s->turn.event.posted) {
                ngx_shop_status_serve_next(s);
            }

            return;
        }
    }
}


/* as ngx_http_writer(), and the next piece when the last one is out */

static void
ngx_shop_status_serve_next(ngx_shop_status_serve_ctx_t *s)
{
    ngx_int_t            rc;
    ngx_event_t         *wev;
    ngx_connection_t    *c;
    ngx_http_request_t  *r;

    r = s->request;
    c = r->connection;
    wev = c->write;

    if (r == c->data && wev->timedout) {
        c->timedout = 1;
        ngx_shop_status_serve_finish(s, NGX_HTTP_REQUEST_TIME_OUT);
        return;
    }

    if (r == c->data && (wev->delayed || r->aio)) {
        ngx_shop_status_serve_wait(s);
        return;
    }

    rc = ngx_shop_outflow_flush(&s->out);

    if (rc == NGX_AGAIN) {
        ngx_shop_status_serve_wait(s);
        return;
    }

    if (rc == NGX_OK) {
        rc = ngx_shop_status_serve_piece(s);
    }

    if (rc == NGX_OK || rc == NGX_AGAIN) {
        ngx_shop_status_serve_deliver(s);
        return;
    }

    /* a status that was begun cannot end as an error page */

    ngx_shop_status_serve_finish(s, s->begun ? NGX_ERROR : rc);
}


/* for a slow client */

static void
ngx_shop_status_serve_wait(ngx_shop_status_serve_ctx_t *s)
{
    ngx_event_t               *wev;
    ngx_http_request_t        *r;
    ngx_http_core_loc_conf_t  *clcf;

    r = s->request;
    wev = r->connection->write;

    ngx_shop_status_serve_stop(s);

    clcf = ngx_http_get_module_loc_conf(r->main, ngx_http_core_module);

    if (!wev->delayed) {
        ngx_add_timer(wev, clcf->send_timeout);
    }

    if (ngx_handle_write_event(wev, clcf->send_lowat) != NGX_OK) {
        ngx_shop_status_serve_finish(s, NGX_ERROR);
    }
}


static void
ngx_shop_status_serve_finish(ngx_shop_status_serve_ctx_t *s, ngx_int_t rc)
{
    ngx_shop_status_serve_stop(s);

    ngx_http_finalize_request(s->request, rc);
}


static void
ngx_shop_status_serve_stop(void *data)
{
    ngx_shop_status_serve_ctx_t  *s = data;

    if (s->turn.event.posted) {
        ngx_delete_posted_event(&s->turn.event);
    }

    if (s->turn.event.timer_set) {
        ngx_del_timer(&s->turn.event);
    }
}
