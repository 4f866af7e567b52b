
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * One attempt of a probe.  Knows one peer and one answer; nothing of leases,
 * verdicts, or other attempts.
 */


#include "nginx/attempt.h"


static ngx_int_t ngx_shop_failover_attempt_request(
    ngx_shop_failover_attempt_t *a);
static void ngx_shop_failover_attempt_connect(ngx_shop_failover_attempt_t *a);
static void ngx_shop_failover_attempt_handler(ngx_event_t *ev);
static void ngx_shop_failover_attempt_connected(
    ngx_shop_failover_attempt_t *a);
static void ngx_shop_failover_attempt_send(ngx_shop_failover_attempt_t *a);
static ngx_int_t ngx_shop_failover_attempt_receive(
    ngx_shop_failover_attempt_t *a);
static void ngx_shop_failover_attempt_timeout(ngx_shop_failover_attempt_t *a);
static void ngx_shop_failover_attempt_judge(ngx_shop_failover_attempt_t *a);
static void ngx_shop_failover_attempt_failed(ngx_shop_failover_attempt_t *a,
    ngx_err_t err);
static ngx_int_t ngx_shop_failover_attempt_socket_error(ngx_connection_t *c);
static void ngx_shop_failover_attempt_finish(ngx_shop_failover_attempt_t *a,
    ngx_shop_failover_result_e result, const char *detail);
static void ngx_shop_failover_attempt_free(ngx_shop_failover_attempt_t *a);


/* an answer is read to its end, so that the server sees no reset, but not
 * without end */
#define NGX_SHOP_FAILOVER_ATTEMPT_MAX  (1024 * 1024)


ngx_shop_failover_attempt_t *
ngx_shop_failover_attempt_start(ngx_shop_failover_check_t *check,
    ngx_shop_failover_peer_t *peer, ngx_shop_failover_stall_t *stall,
    ngx_shop_failover_attempt_done_pt done, void *data)
{
    ngx_pool_t                   *pool;
    ngx_shop_failover_attempt_t  *a;

    pool = ngx_create_pool(1024, ngx_cycle->log);
    if (pool == NULL) {
        return NULL;
    }

    a = ngx_pcalloc(pool, sizeof(ngx_shop_failover_attempt_t));
    if (a == NULL) {
        ngx_destroy_pool(pool);
        return NULL;
    }

    a->pool = pool;
    a->check = check;
    a->peer = peer;
    a->stall = stall;
    a->done = done;
    a->data = data;

    /*
     * What the core says of a connection is said by us, once and with the
     * upstream's name; only its alerts are let through.
     */

    a->log = *ngx_cycle->log;
    a->log.log_level = ngx_min(a->log.log_level, NGX_LOG_ALERT)
                       | (a->log.log_level & NGX_LOG_DEBUG_ALL);

    a->answer.head_size = NGX_SHOP_FAILOVER_ANSWER_HEAD_MAX;
    a->answer.head = ngx_palloc(pool, a->answer.head_size);
    if (a->answer.head == NULL
        || ngx_shop_failover_attempt_request(a) != NGX_OK)
    {
        ngx_destroy_pool(pool);
        return NULL;
    }

    a->answer.no_body = (check->method.len == 4
                         && ngx_strncmp(check->method.data, "HEAD", 4) == 0);

    ngx_shop_failover_answer_init(&a->answer);

    ngx_shop_failover_attempt_connect(a);

    return a;
}


static ngx_int_t
ngx_shop_failover_attempt_request(ngx_shop_failover_attempt_t *a)
{
    size_t      len;
    ngx_str_t   host;
    ngx_buf_t  *b;

    host = a->peer->server;

    if (a->peer->sockaddr->sa_family == AF_UNIX) {
        ngx_str_set(&host, "localhost");
    }

    len = a->check->method.len + a->check->uri.len + host.len
          + sizeof("  HTTP/1.1" CRLF "Host: " CRLF
                   "User-Agent: shop-failover" CRLF "Accept: */*" CRLF
                   "Connection: close" CRLF CRLF);

    b = ngx_create_temp_buf(a->pool, len);
    if (b == NULL) {
        return NGX_ERROR;
    }

    b->last = ngx_slprintf(b->last, b->end,
                           "%V %V HTTP/1.1" CRLF "Host: %V" CRLF
                           "User-Agent: shop-failover" CRLF
                           "Accept: */*" CRLF
                           "Connection: close" CRLF CRLF,
                           &a->check->method, &a->check->uri, &host);

    a->request = b;

    return NGX_OK;
}


static void
ngx_shop_failover_attempt_connect(ngx_shop_failover_attempt_t *a)
{
    ngx_int_t          rc;
    ngx_connection_t  *c;

    a->started = ngx_current_msec;
    a->stalled = ngx_shop_failover_stall_total(a->stall);

    a->pc.sockaddr = a->peer->sockaddr;
    a->pc.socklen = a->peer->socklen;
    a->pc.name = &a->peer->address;
    a->pc.get = ngx_event_get_peer;
    a->pc.log = &a->log;
    a->pc.log_error = NGX_ERROR_INFO;

    /* to ask for a connection that is not there is an alert in the log */

    if (ngx_cycle->free_connection_n == 0
        && ngx_cycle->reusable_connections_n == 0)
    {
        rc = NGX_ERROR;

    } else {
        rc = ngx_event_connect_peer(&a->pc);
    }

    if (rc == NGX_ERROR || rc == NGX_BUSY) {

        /* no socket or no free connection: our own want, not the server's */

        ngx_shop_failover_attempt_finish(a,
                                       NGX_SHOP_FAILOVER_RESULT_INCONCLUSIVE,
                                       "nginx is out of connections");
        return;
    }

    if (rc == NGX_DECLINED) {
        ngx_shop_failover_attempt_failed(a, ngx_socket_errno);
        return;
    }

    c = a->pc.connection;
    c->data = a;
    c->pool = a->pool;
    c->log = &a->log;
    c->read->log = c->log;
    c->write->log = c->log;
    c->read->handler = ngx_shop_failover_attempt_handler;
    c->write->handler = ngx_shop_failover_attempt_handler;

    /*
     * An exiting worker is not held up: the timer does not count, and an idle
     * connection is told to close (ngx_close_idle_connections() in
     * src/core/ngx_connection.c).
     */

    c->idle = 1;
    c->read->cancelable = 1;

    ngx_add_timer(c->read, a->check->timeout);

    if (rc == NGX_OK) {
        ngx_shop_failover_attempt_connected(a);
    }
}


static void
ngx_shop_failover_attempt_handler(ngx_event_t *ev)
{
    ngx_connection_t             *c = ev->data;
    ngx_shop_failover_attempt_t  *a = c->data;

    if (c->close) {
        ngx_shop_failover_attempt_finish(a,
                                       NGX_SHOP_FAILOVER_RESULT_INCONCLUSIVE,
                                       "the worker is exiting");
        return;
    }

    if (c->read->timedout) {
        ngx_shop_failover_attempt_timeout(a);
        return;
    }

    if (!a->connected) {
        ngx_shop_failover_attempt_connected(a);
        return;
    }

    if (a->request->pos < a->request->last) {
        ngx_shop_failover_attempt_send(a);
        return;
    }

    if (!ev->write) {
        (void) ngx_shop_failover_attempt_receive(a);
    }
}


static void
ngx_shop_failover_attempt_connected(ngx_shop_failover_attempt_t *a)
{
    ngx_err_t  err;

    err = ngx_shop_failover_attempt_socket_error(a->pc.connection);

    if (err) {
        ngx_shop_failover_attempt_failed(a, err);
        return;
    }

    a->connected = 1;
    a->sample.connect = (uint32_t) (ngx_current_msec - a->started);

    ngx_shop_failover_attempt_send(a);
}


static ngx_int_t
ngx_shop_failover_attempt_socket_error(ngx_connection_t *c)
{
    int        err;
    socklen_t  len;

    err = 0;
    len = sizeof(int);

    if (getsockopt(c->fd, SOL_SOCKET, SO_ERROR, (void *) &err, &len) == -1) {
        err = ngx_socket_errno;
    }

    return err;
}


static void
ngx_shop_failover_attempt_send(ngx_shop_failover_attempt_t *a)
{
    ssize_t            n;
    ngx_connection_t  *c;

    c = a->pc.connection;

    while (a->request->pos < a->request->last) {

        n = c->send(c, a->request->pos, a->request->last - a->request->pos);

        if (n == NGX_ERROR) {

            /* an early answer may still be there to be read */

            a->request->pos = a->request->last;
            break;
        }

        if (n == NGX_AGAIN) {

            if (ngx_handle_write_event(c->write, 0) != NGX_OK) {
                ngx_shop_failover_attempt_finish(a,
                                       NGX_SHOP_FAILOVER_RESULT_INCONCLUSIVE,
                                       "nginx could not wait for the socket");
            }

            return;
        }

        a->request->pos += n;
    }

    (void) ngx_shop_failover_attempt_receive(a);
}


/* NGX_AGAIN: the attempt goes on; anything else: it is over and freed */

static ngx_int_t
ngx_shop_failover_attempt_receive(ngx_shop_failover_attempt_t *a)
{
    int                rc;
    size_t             used;
    ssize_t            n;
    u_char             buf[4096];
    ngx_connection_t  *c;

    c = a->pc.connection;

    for ( ;; ) {
        n = c->recv(c, buf, sizeof(buf));

        if (n == NGX_AGAIN) {

            if (ngx_handle_read_event(c->read, 0) == NGX_OK) {
                return NGX_AGAIN;
            }

            ngx_shop_failover_attempt_finish(a,
                                       NGX_SHOP_FAILOVER_RESULT_INCONCLUSIVE,
                                       "nginx could not wait for the socket");
            return NGX_DONE;
        }

        if (n == NGX_ERROR) {
            ngx_shop_failover_attempt_finish(a,
                                             NGX_SHOP_FAILOVER_RESULT_CLOSED,
                                             "connection reset");
            return NGX_DONE;
        }

        if (a->sample.first == 0 && n > 0) {
            a->sample.first = (uint32_t) (ngx_current_msec - a->started);
        }

        rc = (n == 0) ? ngx_shop_failover_answer_eof(&a->answer)
                      : ngx_shop_failover_answer_feed(&a->answer, buf, n,
                                                      &used);

        if (rc == NGX_SHOP_FAILOVER_OK
            || a->answer.body_total > NGX_SHOP_FAILOVER_ATTEMPT_MAX)
        {
            ngx_shop_failover_attempt_judge(a);
            return NGX_DONE;
        }

        if (rc == NGX_SHOP_FAILOVER_ERROR) {
            ngx_shop_failover_attempt_finish(a,
                             n == 0 ? NGX_SHOP_FAILOVER_RESULT_CLOSED
                                    : NGX_SHOP_FAILOVER_RESULT_MALFORMED,
                             a->answer.error);
            return NGX_DONE;
        }
    }
}


static void
ngx_shop_failover_attempt_judge(ngx_shop_failover_attempt_t *a)
{
    u_char  detail[NGX_SHOP_FAILOVER_DETAIL_LEN];

    if (a->answer.status >= 200 && a->answer.status < 400) {
        ngx_shop_failover_attempt_finish(a, NGX_SHOP_FAILOVER_RESULT_OK, NULL);
        return;
    }

    *ngx_slprintf(detail, detail + sizeof(detail) - 1,
                  "status %ui, wanted 200-399",
                  (ngx_uint_t) a->answer.status) = '\0';

    ngx_shop_failover_attempt_finish(a, NGX_SHOP_FAILOVER_RESULT_STATUS,
                                     (char *) detail);
}


/*
 * A timer can fire before an answer that is already in the socket is read.  A
 * worker that stood still gives the server once as much time more as it took
 * from it: then even one that is always busy comes to a result.
 */

static void
ngx_shop_failover_attempt_timeout(ngx_shop_failover_attempt_t *a)
{
    ngx_msec_t         lost;
    ngx_connection_t  *c;

    c = a->pc.connection;

    if (a->connected && a->request->pos == a->request->last) {

        c->read->ready = 1;

        if (ngx_shop_failover_attempt_receive(a) != NGX_AGAIN) {
            return;
        }
    }

    lost = ngx_shop_failover_stall_lost(a->stall, a->stalled,
                                        a->check->timeout);

    if (lost && lost <= a->check->timeout && !a->extended) {
        a->extended = 1;
        a->stalled = ngx_shop_failover_stall_total(a->stall);

        c->read->timedout = 0;
        ngx_add_timer(c->read, lost);
        return;
    }

    ngx_shop_failover_attempt_finish(a,
                        a->connected ? NGX_SHOP_FAILOVER_RESULT_TIMEOUT
                                     : NGX_SHOP_FAILOVER_RESULT_CONNECT_TIMEOUT,
                        NULL);
}


/* connect() did not succeed */

static void
ngx_shop_failover_attempt_failed(ngx_shop_failover_attempt_t *a,
    ngx_err_t err)
{
    switch (err) {

    case NGX_ECONNREFUSED:
        ngx_shop_failover_attempt_finish(a,
                                    NGX_SHOP_FAILOVER_RESULT_CONNECT_REFUSED,
                                    NULL);
        return;

    case NGX_ENOENT:
        ngx_shop_failover_attempt_finish(a,
                                    NGX_SHOP_FAILOVER_RESULT_CONNECT_REFUSED,
                                    "no such socket");
        return;

    case NGX_ETIMEDOUT:
        ngx_shop_failover_attempt_finish(a,
                                    NGX_SHOP_FAILOVER_RESULT_CONNECT_TIMEOUT,
                                    NULL);
        return;

    case NGX_EAGAIN:
        ngx_shop_failover_attempt_finish(a,
                                    NGX_SHOP_FAILOVER_RESULT_CONNECT_TIMEOUT,
                                    "the server's queue is full");
        return;

    case NGX_EHOSTUNREACH:
    case NGX_ENETUNREACH:
    case NGX_EHOSTDOWN:
        ngx_shop_failover_attempt_finish(a,
                                    NGX_SHOP_FAILOVER_RESULT_CONNECT_REFUSED,
                                    "host is unreachable");
        return;

    case NGX_ECONNRESET:
    case NGX_EPIPE:
        ngx_shop_failover_attempt_finish(a,
                                         NGX_SHOP_FAILOVER_RESULT_CLOSED,
                                         "connection reset");
        return;

    default:

        /* EADDRNOTAVAIL, EACCES, ENOBUFS: no fault of the server */

        ngx_log_error(NGX_LOG_ERR, ngx_cycle->log, err,
                      "shop failover: connect() of a probe to %V failed",
                      &a->peer->address);

        ngx_shop_failover_attempt_finish(a,
                                       NGX_SHOP_FAILOVER_RESULT_INCONCLUSIVE,
                                       "connect failed on this side");
    }
}


static void
ngx_shop_failover_attempt_finish(ngx_shop_failover_attempt_t *a,
    ngx_shop_failover_result_e result, const char *detail)
{
    size_t                       len;
    ngx_time_t                  *tp;
    ngx_shop_failover_sample_t   sample;

    sample = a->sample;
    tp = ngx_timeofday();

    /*
     * A worker that stood still has measured itself: it sent late, and the
     * server gave it up.  A refused connection is no matter of time.
     */

    if (result != NGX_SHOP_FAILOVER_RESULT_OK
        && result != NGX_SHOP_FAILOVER_RESULT_CONNECT_REFUSED
        && result != NGX_SHOP_FAILOVER_RESULT_INCONCLUSIVE
        && ngx_shop_failover_stall_lost(a->stall, a->stalled,
                                        a->check->timeout))
    {
        result = NGX_SHOP_FAILOVER_RESULT_INCONCLUSIVE;
        detail = "failed while this worker was busy";
    }

    if (detail == NULL) {
        detail = ngx_shop_failover_verdict_result_words(result);
    }

    len = ngx_min(ngx_strlen(detail), NGX_SHOP_FAILOVER_DETAIL_LEN);

    ngx_memcpy(sample.detail, detail, len);

    sample.detail_len = (uint8_t) len;
    sample.result = (uint8_t) result;
    sample.total = (uint32_t) (ngx_current_msec - a->started);
    sample.at = (int64_t) tp->sec * 1000 + tp->msec;

    a->done(a->data, &sample);

    ngx_shop_failover_attempt_free(a);
}


void
ngx_shop_failover_attempt_cancel(ngx_shop_failover_attempt_t *a)
{
    ngx_shop_failover_attempt_free(a);
}


static void
ngx_shop_failover_attempt_free(ngx_shop_failover_attempt_t *a)
{
    if (a->pc.connection) {
        ngx_close_connection(a->pc.connection);
    }

    ngx_destroy_pool(a->pool);
}
