
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * One attempt of a probe: its phases, its time, its end.  Knows one peer;
 * nothing of leases, verdicts, or other attempts.
 */


#include "nginx/probe/attempt_inside.h"


static ngx_shop_attempt_t *ngx_shop_attempt_create(
    ngx_shop_attempt_line_t *line);
static void ngx_shop_attempt_no_memory(ngx_shop_attempt_line_t *line);
static void ngx_shop_attempt_connect(ngx_shop_attempt_t *a);
static const char *ngx_shop_attempt_want(ngx_err_t err);
static void ngx_shop_attempt_connected(ngx_shop_attempt_t *a);
static void ngx_shop_attempt_timeout(ngx_shop_attempt_t *a);
static void ngx_shop_attempt_late(ngx_shop_attempt_t *a);
static ngx_uint_t ngx_shop_attempt_of_time(ngx_shop_attempt_t *a,
    ngx_shop_verdict_result_e result);
static void ngx_shop_attempt_failed(ngx_shop_attempt_t *a, ngx_err_t err);


/* errors of connect(): those not listed are no fault of the server */

static struct {
    ngx_err_t                   err;
    ngx_shop_verdict_result_e   result;
    const char                 *detail;
} ngx_shop_attempt_errors[] = {
    { NGX_ECONNREFUSED, NGX_SHOP_VERDICT_RESULT_CONNECT_REFUSED, NULL },
    { NGX_ENOENT, NGX_SHOP_VERDICT_RESULT_CONNECT_REFUSED,
      "no such socket" },
    { NGX_ETIMEDOUT, NGX_SHOP_VERDICT_RESULT_CONNECT_TIMEOUT, NULL },
    { NGX_EAGAIN, NGX_SHOP_VERDICT_RESULT_CONNECT_TIMEOUT,
      "the server's queue is full" },
    { NGX_EHOSTUNREACH, NGX_SHOP_VERDICT_RESULT_CONNECT_REFUSED,
      "host is unreachable" },
    { NGX_ENETUNREACH, NGX_SHOP_VERDICT_RESULT_CONNECT_REFUSED,
      "network is unreachable" },
    { NGX_EHOSTDOWN, NGX_SHOP_VERDICT_RESULT_CONNECT_REFUSED,
      "host is down" },

    /* requests are refused as well: it is the same user that asks */

    { NGX_EACCES, NGX_SHOP_VERDICT_RESULT_CONNECT_REFUSED,
      "permission denied" },
    { NGX_EPERM, NGX_SHOP_VERDICT_RESULT_CONNECT_REFUSED,
      "permission denied" },
    { NGX_ECONNRESET, NGX_SHOP_VERDICT_RESULT_CLOSED, "connection reset" },
    { NGX_EPIPE, NGX_SHOP_VERDICT_RESULT_CLOSED, "connection reset" },
    { 0, NGX_SHOP_VERDICT_RESULT_NONE, NULL }
};


void
ngx_shop_attempt_start(ngx_shop_attempt_line_t *line)
{
    ngx_shop_attempt_t  *a;

    a = ngx_shop_attempt_create(line);

    if (a == NULL) {
        ngx_shop_attempt_no_memory(line);
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


/* not even for the attempt: its end without a beginning */

static void
ngx_shop_attempt_no_memory(ngx_shop_attempt_line_t *line)
{
    ngx_time_t                *tp;
    ngx_shop_layout_sample_t   sample;
    static const char          detail[] = "nginx is out of memory";

    ngx_memzero(&sample, sizeof(ngx_shop_layout_sample_t));

    tp = ngx_timeofday();

    sample.at = (int64_t) tp->sec * 1000 + tp->msec;
    sample.result = NGX_SHOP_VERDICT_RESULT_INCONCLUSIVE;
    sample.detail_len = sizeof(detail) - 1;
    ngx_memcpy(sample.detail, detail, sizeof(detail) - 1);

    line->done(line->data, &sample);
}


static void
ngx_shop_attempt_connect(ngx_shop_attempt_t *a)
{
    ngx_int_t       rc;
    ngx_msec_int_t  left;

    a->phase = NGX_SHOP_ATTEMPT_PHASE_CONNECT;

    rc = ngx_shop_attempt_wire_open(a);

    if (rc == NGX_ERROR) {

        ngx_shop_attempt_inconclusive(a,
                                      ngx_shop_attempt_want(ngx_socket_errno));
        return;
    }

    if (rc == NGX_DECLINED) {
        ngx_shop_attempt_failed(a, ngx_socket_errno);
        return;
    }

    /* one timer for the whole of it: no byte that drips in stretches it */

    left = (ngx_msec_int_t) (a->deadline - ngx_current_msec);

    ngx_add_timer(a->wire->c->read, (ngx_msec_t) ngx_max(left, 1));

    if (rc == NGX_OK) {
        ngx_shop_attempt_connected(a);
    }
}


/* what we lacked ourselves: no word on the server */

static const char *
ngx_shop_attempt_want(ngx_err_t err)
{
    switch (err) {

    case NGX_EMFILE:
    case NGX_ENFILE:
        return "nginx is out of descriptors";

    case NGX_ENOMEM:
    case ENOBUFS:
        return "nginx is out of memory";

    default:
        return "nginx is out of connections";
    }
}


/* a kept connection was closed meanwhile: once more, on a fresh one */

void
ngx_shop_attempt_again(ngx_shop_attempt_t *a)
{
    ngx_shop_attempt_wire_close(a->wire);

    a->wire = NULL;
    a->reused = 0;
    a->request->pos = a->request->start;

    ngx_shop_attempt_connect(a);
}


/* of the connection, in any phase */

void
ngx_shop_attempt_event(ngx_event_t *ev)
{
    ngx_connection_t         *c = ev->data;
    ngx_shop_attempt_wire_t  *wire = c->data;
    ngx_shop_attempt_t       *a = wire->attempt;

    if (c->close) {
        ngx_shop_attempt_inconclusive(a, "the worker is exiting");
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
        ngx_shop_attempt_tls_handshake(a);
        return;

    case NGX_SHOP_ATTEMPT_PHASE_SEND:
        ngx_shop_attempt_exchange_send(a);
        return;

    case NGX_SHOP_ATTEMPT_PHASE_RECEIVE:
        (void) ngx_shop_attempt_exchange_receive(a);
        return;
    }
}


static void
ngx_shop_attempt_connected(ngx_shop_attempt_t *a)
{
    ngx_err_t  err;

    err = ngx_shop_attempt_wire_error(a->wire);

    if (err) {
        ngx_shop_attempt_failed(a, err);
        return;
    }

    a->sample.connect = (uint32_t) (ngx_current_msec - a->started);

    if (a->check->type == NGX_SHOP_CONF_CHECK_HTTPS) {
        a->phase = NGX_SHOP_ATTEMPT_PHASE_TLS;
        ngx_shop_attempt_tls_start(a);
        return;
    }

    ngx_shop_attempt_ready(a);
}


void
ngx_shop_attempt_ready(ngx_shop_attempt_t *a)
{
    if (a->talk == NULL) {
        a->after = NGX_SHOP_ATTEMPT_AFTER_DRAIN;
        ngx_shop_attempt_finish(a, NGX_SHOP_VERDICT_RESULT_OK, NULL);
        return;
    }

    a->phase = NGX_SHOP_ATTEMPT_PHASE_SEND;

    ngx_shop_attempt_exchange_send(a);
}


/*
 * A timer can fire before an answer that is already in the socket is read.  A
 * worker that stood still gives the server once as much time more as it took
 * from it: then even one that is always busy comes to a result.
 */

static void
ngx_shop_attempt_timeout(ngx_shop_attempt_t *a)
{
    ngx_msec_t         lost;
    ngx_connection_t  *c;

    c = a->wire->c;

    if (a->phase == NGX_SHOP_ATTEMPT_PHASE_RECEIVE) {

        c->read->ready = 1;

        if (ngx_shop_attempt_exchange_receive(a) != NGX_AGAIN) {
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

    ngx_shop_attempt_late(a);
}


static void
ngx_shop_attempt_late(ngx_shop_attempt_t *a)
{
    u_char  detail[NGX_SHOP_LAYOUT_DETAIL_LEN];

    switch (a->phase) {

    case NGX_SHOP_ATTEMPT_PHASE_CONNECT:
        ngx_shop_attempt_finish(a,
                                NGX_SHOP_VERDICT_RESULT_CONNECT_TIMEOUT, NULL);
        return;

    case NGX_SHOP_ATTEMPT_PHASE_TLS:
        ngx_shop_attempt_finish(a, NGX_SHOP_VERDICT_RESULT_TIMEOUT,
                                "timed out in the TLS handshake");
        return;

    case NGX_SHOP_ATTEMPT_PHASE_SEND:
        ngx_shop_attempt_finish(a, NGX_SHOP_VERDICT_RESULT_TIMEOUT,
                                "timed out, the server does not "
                                "read the request");
        return;

    default:
        break;
    }

    *ngx_slprintf(detail, detail + sizeof(detail) - 1,
                  a->answered ? "timed out, answer is not complete after %M ms"
                              : "timed out, no answer after %M ms",
                  a->timeout) = '\0';

    ngx_shop_attempt_finish(a, NGX_SHOP_VERDICT_RESULT_TIMEOUT,
                            (char *) detail);
}


/* connect() did not succeed */

static void
ngx_shop_attempt_failed(ngx_shop_attempt_t *a, ngx_err_t err)
{
    ngx_uint_t  i;

    for (i = 0; ngx_shop_attempt_errors[i].err; i++) {

        if (ngx_shop_attempt_errors[i].err == err) {
            ngx_shop_attempt_finish(a,
                                    ngx_shop_attempt_errors[i].result,
                                    ngx_shop_attempt_errors[i].detail);
            return;
        }
    }

    /* EADDRNOTAVAIL, ENOBUFS */

    ngx_log_error(NGX_LOG_ERR, ngx_cycle->log, err,
                  "shop failover: connect() of a probe to %V failed",
                  &a->line->peer->address);

    ngx_shop_attempt_inconclusive(a, "connect failed on this side");
}


void
ngx_shop_attempt_inconclusive(ngx_shop_attempt_t *a, const char *detail)
{
    ngx_shop_attempt_finish(a, NGX_SHOP_VERDICT_RESULT_INCONCLUSIVE, detail);
}


/* whether a server that waited for us too long may end it so */

static ngx_uint_t
ngx_shop_attempt_of_time(ngx_shop_attempt_t *a,
    ngx_shop_verdict_result_e result)
{
    switch (result) {

    case NGX_SHOP_VERDICT_RESULT_CONNECT_TIMEOUT:
    case NGX_SHOP_VERDICT_RESULT_TIMEOUT:
    case NGX_SHOP_VERDICT_RESULT_CLOSED:
        return 1;

    case NGX_SHOP_VERDICT_RESULT_TLS:
        return a->after == NGX_SHOP_ATTEMPT_AFTER_CLOSE;

    case NGX_SHOP_VERDICT_RESULT_STATUS:
        return a->answer.status == 408;

    default:
        return 0;
    }
}


void
ngx_shop_attempt_finish(ngx_shop_attempt_t *a,
    ngx_shop_verdict_result_e result, const char *detail)
{
    size_t                     len;
    ngx_time_t                *tp;
    ngx_shop_attempt_line_t   *line;
    ngx_shop_layout_sample_t   sample;

    line = a->line;
    sample = a->sample;
    tp = ngx_timeofday();

    /*
     * A worker that stood still has measured itself: it sent late, and the
     * server gave it up.
     */

    if (ngx_shop_attempt_of_time(a, result)
        && ngx_shop_stall_lost(line->stall, a->stalled,
                               a->timeout))
    {
        result = NGX_SHOP_VERDICT_RESULT_INCONCLUSIVE;
        detail = "failed while this worker was busy";
    }

    if (detail == NULL) {
        detail = ngx_shop_verdict_result_words(result);
    }

    len = ngx_min(ngx_strlen(detail), NGX_SHOP_LAYOUT_DETAIL_LEN);

    ngx_memcpy(sample.detail, detail, len);

    sample.detail_len = (uint8_t) len;
    sample.result = (uint8_t) result;
    sample.total = (uint32_t) (ngx_current_msec - a->started);
    sample.at = (int64_t) tp->sec * 1000 + tp->msec;

    line->attempt = NULL;

    if (a->wire) {

        switch (a->after) {

        case NGX_SHOP_ATTEMPT_AFTER_CLOSE:
            ngx_shop_attempt_wire_close(a->wire);
            break;

        case NGX_SHOP_ATTEMPT_AFTER_DRAIN:
            ngx_shop_attempt_wire_drain(a->wire);
            break;

        case NGX_SHOP_ATTEMPT_AFTER_KEEP:
            ngx_shop_attempt_wire_keep(a->wire);
            break;
        }
    }

    ngx_destroy_pool(a->pool);

    line->done(line->data, &sample);
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
