
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * The connection of an attempt, and what becomes of it afterwards: closed,
 * read to its end so that the server sees no reset, or kept for the next
 * attempt.  Knows no protocol.
 */


#include "nginx/probe/attempt_inside.h"


static void ngx_shop_attempt_wire_listen(ngx_log_t *log, ngx_uint_t level,
    u_char *buf, size_t len);
static void ngx_shop_attempt_wire_setup(ngx_shop_attempt_wire_t *wire,
    ngx_connection_t *c);
static void ngx_shop_attempt_wire_drain_handler(ngx_event_t *ev);
static void ngx_shop_attempt_wire_kept_handler(ngx_event_t *ev);
static void ngx_shop_attempt_wire_ignore(ngx_event_t *ev);


/* after the answer, for the server to see that we are done, and to agree */
#define NGX_SHOP_ATTEMPT_WIRE_DRAIN_TIME  1000          /* ms */
#define NGX_SHOP_ATTEMPT_WIRE_DRAIN_SIZE  (1024 * 1024)


ngx_int_t
ngx_shop_attempt_wire_open(ngx_shop_attempt_t *a)
{
    ngx_int_t                 rc;
    ngx_err_t                 err;
    ngx_pool_t               *pool;
    ngx_peer_connection_t     pc;
    ngx_shop_attempt_wire_t  *wire;

    /* to ask for a connection that is not there is an alert in the log */

    if (ngx_cycle->free_connection_n == 0
        && ngx_cycle->reusable_connections_n == 0)
    {
        ngx_set_socket_errno(0);
        return NGX_ERROR;
    }

    pool = ngx_create_pool(1024, ngx_cycle->log);
    if (pool == NULL) {
        ngx_set_socket_errno(NGX_ENOMEM);
        return NGX_ERROR;
    }

    wire = ngx_pcalloc(pool, sizeof(ngx_shop_attempt_wire_t));
    if (wire == NULL) {
        ngx_destroy_pool(pool);
        ngx_set_socket_errno(NGX_ENOMEM);
        return NGX_ERROR;
    }

    wire->pool = pool;
    wire->line = a->line;
    wire->attempt = a;

    /*
     * What the core says of a connection is said by us, once and with the
     * upstream's name.  Its words on TLS are the only ones that there are, so
     * they are listened to.
     */

    wire->log = *ngx_cycle->log;
    wire->log.log_level = NGX_LOG_INFO
                          | (ngx_cycle->log->log_level & NGX_LOG_DEBUG_ALL);
    wire->log.writer = ngx_shop_attempt_wire_listen;
    wire->log.wdata = wire;
    wire->log.next = NULL;

    ngx_memzero(&pc, sizeof(ngx_peer_connection_t));

    pc.sockaddr = a->line->peer->sockaddr;
    pc.socklen = a->line->peer->socklen;
    pc.name = &a->line->peer->address;
    pc.get = ngx_event_get_peer;
    pc.log = &wire->log;
    pc.log_error = NGX_ERROR_INFO;

    ngx_set_socket_errno(0);

    rc = ngx_event_connect_peer(&pc);
    err = ngx_socket_errno;

    if (rc == NGX_OK || rc == NGX_AGAIN) {
        ngx_shop_attempt_wire_setup(wire, pc.connection);
        a->wire = wire;
        return rc;
    }

    if (pc.connection) {
        ngx_close_connection(pc.connection);
    }

    ngx_destroy_pool(pool);
    ngx_set_socket_errno(err);

    return rc == NGX_DECLINED ? NGX_DECLINED : NGX_ERROR;
}


static void
ngx_shop_attempt_wire_setup(ngx_shop_attempt_wire_t *wire, ngx_connection_t *c)
{
    wire->c = c;

    c->data = wire;
    c->pool = wire->pool;
    c->log = &wire->log;
    c->read->log = c->log;
    c->write->log = c->log;
    c->read->handler = wire->attempt->handler;
    c->write->handler = wire->attempt->handler;

    /*
     * An exiting worker is not held up: the timer does not count, and an idle
     * connection is told to close (ngx_close_idle_connections() in
     * src/core/ngx_connection.c).
     */

    c->idle = 1;
    c->read->cancelable = 1;
}


/* why connect() failed, or 0 */

ngx_err_t
ngx_shop_attempt_wire_error(ngx_shop_attempt_wire_t *wire)
{
    int        err;
    socklen_t  len;

    err = 0;
    len = sizeof(int);

    if (getsockopt(wire->c->fd, SOL_SOCKET, SO_ERROR, (void *) &err, &len)
        == -1)
    {
        err = ngx_socket_errno;
    }

    return err;
}


/* a writer of ngx_log_t: buf is a whole line, with its time and line feed */

static void
ngx_shop_attempt_wire_listen(ngx_log_t *log, ngx_uint_t level, u_char *buf,
    size_t len)
{
    u_char                   *p, *last;
    ngx_log_t                *out;
    ngx_shop_attempt_wire_t  *wire = log->wdata;

    /* socket() without a descriptor would be an alert for every peer */

    if (level <= NGX_LOG_ALERT && wire->c == NULL
        && (ngx_socket_errno == NGX_EMFILE || ngx_socket_errno == NGX_ENFILE))
    {
        return;
    }

    if (level <= NGX_LOG_ALERT || level == NGX_LOG_DEBUG) {
        out = ngx_cycle->log;

        if (out->writer) {
            out->writer(out, level, buf, len);

        } else if (out->file && out->file->fd != NGX_INVALID_FILE) {
            (void) ngx_write_fd(out->file->fd, buf, len);
        }

        return;
    }

    /* the end says most: "(SSL: ...:certificate verify failed)" */

    last = buf + len;

    for (p = buf; p < last && *p != '#'; p++) {
        /* void */
    }

    len = ngx_min((size_t) (last - p), NGX_SHOP_ATTEMPT_SAID_LEN - 1);

    ngx_memcpy(wire->said, last - len, len);
    wire->said[len] = '\0';
    wire->said_len = len;
}


void
ngx_shop_attempt_wire_close(ngx_shop_attempt_wire_t *wire)
{
    ngx_connection_t  *c;

    c = wire->c;

#if (NGX_HTTP_SSL)

    if (c->ssl) {
        c->ssl->no_wait_shutdown = 1;
        c->ssl->no_send_shutdown = 1;

        (void) ngx_ssl_shutdown(c);
    }

#endif

    if (wire->line && wire->line->kept == wire) {
        wire->line->kept = NULL;
    }

    ngx_close_connection(c);
    ngx_destroy_pool(wire->pool);
}


/*
 * Bytes that the server still sends to a closed socket are answered by a
 * reset, and resets are what administrators of servers complain about.
 */

void
ngx_shop_attempt_wire_drain(ngx_shop_attempt_wire_t *wire)
{
    ngx_connection_t  *c;

    c = wire->c;

#if (NGX_HTTP_SSL)

    if (c->ssl) {
        c->ssl->no_wait_shutdown = 1;

        if (ngx_ssl_shutdown(c) != NGX_OK) {
            ngx_shop_attempt_wire_close(wire);
            return;
        }
    }

#endif

    if (c->read->eof || c->read->error || ngx_exiting
        || ngx_shutdown_socket(c->fd, NGX_WRITE_SHUTDOWN) == -1)
    {
        ngx_shop_attempt_wire_close(wire);
        return;
    }

    wire->attempt = NULL;
    wire->line = NULL;
    wire->left = NGX_SHOP_ATTEMPT_WIRE_DRAIN_SIZE;

    c->read->handler = ngx_shop_attempt_wire_drain_handler;
    c->write->handler = ngx_shop_attempt_wire_ignore;

    ngx_add_timer(c->read, NGX_SHOP_ATTEMPT_WIRE_DRAIN_TIME);

    ngx_shop_attempt_wire_drain_handler(c->read);
}


static void
ngx_shop_attempt_wire_drain_handler(ngx_event_t *ev)
{
    u_char                    buf[4096];
    ssize_t                   n;
    ngx_connection_t         *c = ev->data;
    ngx_shop_attempt_wire_t  *wire = c->data;

    if (c->close || ev->timedout) {
        ngx_shop_attempt_wire_close(wire);
        return;
    }

    do {
        n = ngx_recv(c, buf, sizeof(buf));

        if (n == NGX_AGAIN && ngx_handle_read_event(ev, 0) == NGX_OK) {
            return;
        }

        if (n <= 0 || (size_t) n >= wire->left) {
            break;
        }

        wire->left -= n;

    } while (1);

    ngx_shop_attempt_wire_close(wire);
}


void
ngx_shop_attempt_wire_keep(ngx_shop_attempt_wire_t *wire)
{
    ngx_connection_t       *c;
    ngx_shop_conf_check_t  *check;

    c = wire->c;
    check = wire->line->check;

    wire->attempt = NULL;
    wire->line->kept = wire;

    c->read->handler = ngx_shop_attempt_wire_kept_handler;
    c->write->handler = ngx_shop_attempt_wire_ignore;

    /* the next probe may be another worker's */

    ngx_add_timer(c->read, 2 * check->interval + check->timeout);

    if (c->read->ready) {
        ngx_shop_attempt_wire_kept_handler(c->read);
    }
}


/* whatever comes between two probes ends the connection */

static void
ngx_shop_attempt_wire_kept_handler(ngx_event_t *ev)
{
    char                      buf[1];
    ssize_t                   n;
    ngx_connection_t         *c = ev->data;
    ngx_shop_attempt_wire_t  *wire = c->data;

    if (!c->close && !ev->timedout) {

        n = recv(c->fd, buf, 1, MSG_PEEK);

        if (n == -1 && ngx_socket_errno == NGX_EAGAIN) {
            ev->ready = 0;

            if (ngx_handle_read_event(ev, 0) == NGX_OK) {
                return;
            }
        }
    }

    ngx_shop_attempt_wire_close(wire);
}


ngx_int_t
ngx_shop_attempt_wire_take(ngx_shop_attempt_t *a)
{
    ngx_connection_t         *c;
    ngx_shop_attempt_wire_t  *wire;

    wire = a->line->kept;

    if (wire == NULL) {
        return NGX_DECLINED;
    }

    a->line->kept = NULL;
    a->wire = wire;
    wire->attempt = a;
    wire->said_len = 0;

    c = wire->c;

    c->read->handler = wire->attempt->handler;
    c->write->handler = wire->attempt->handler;

    ngx_del_timer(c->read);

    return NGX_OK;
}


static void
ngx_shop_attempt_wire_ignore(ngx_event_t *ev)
{
    /* poll() and select() are told not to tell it again */

    (void) ngx_handle_write_event(ev, 0);
}
