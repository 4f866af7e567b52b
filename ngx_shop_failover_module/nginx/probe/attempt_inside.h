
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * What the files of an attempt know of each other; nobody else includes this.
 */


#ifndef _NGX_SHOP_ATTEMPT_INSIDE_H_INCLUDED_
#define _NGX_SHOP_ATTEMPT_INSIDE_H_INCLUDED_


#include "nginx/probe/attempt.h"

#include "logic/answer/answer.h"
#include "logic/text/emit.h"
#include "logic/answer/fastcgi.h"


#define NGX_SHOP_ATTEMPT_SAID_LEN    192     /* of what the core said */
#define NGX_SHOP_ATTEMPT_STDERR_LEN  128     /* of what PHP-FPM said */


/* a connection: it outlives its attempt when it is kept or drained */
struct ngx_shop_attempt_wire_s {
    ngx_pool_t                           *pool;
    ngx_connection_t                     *c;        /* its data is this */
    ngx_shop_attempt_t                   *attempt;  /* NULL: between two */
    ngx_shop_attempt_line_t              *line;     /* NULL: drained */
    ngx_log_t                             log;      /* quiet: we say it */
    size_t                                left;     /* bytes to drain */
    size_t                                said_len;
    u_char                          said[NGX_SHOP_ATTEMPT_SAID_LEN];
};


/* how a protocol asks and listens; return values as of logic/answer/answer */
typedef struct {
    ngx_int_t    (*request)(ngx_shop_attempt_t *a);
    int          (*feed)(ngx_shop_attempt_t *a, const u_char *data,
                        size_t len, size_t *used);
    int          (*eof)(ngx_shop_attempt_t *a);
    const char  *(*error)(ngx_shop_attempt_t *a);
} ngx_shop_attempt_talk_t;


typedef enum {
    NGX_SHOP_ATTEMPT_PHASE_CONNECT = 0,
    NGX_SHOP_ATTEMPT_PHASE_TLS,
    NGX_SHOP_ATTEMPT_PHASE_SEND,
    NGX_SHOP_ATTEMPT_PHASE_RECEIVE
} ngx_shop_attempt_phase_e;


/* what becomes of the connection */
typedef enum {
    NGX_SHOP_ATTEMPT_AFTER_CLOSE = 0,        /* it is broken or stuck */
    NGX_SHOP_ATTEMPT_AFTER_DRAIN,            /* the server is not done */
    NGX_SHOP_ATTEMPT_AFTER_KEEP
} ngx_shop_attempt_after_e;


struct ngx_shop_attempt_s {
    ngx_shop_attempt_line_t        *line;
    ngx_shop_conf_check_t          *check;
    ngx_pool_t                     *pool;
    ngx_shop_attempt_wire_t        *wire;
    const ngx_shop_attempt_talk_t  *talk;      /* NULL: type=tcp */
    ngx_event_handler_pt            handler;   /* of the connection */

    ngx_buf_t                      *request;
    ngx_shop_answer_t               answer;
    ngx_shop_fastcgi_t              fastcgi;
    ngx_shop_layout_sample_t        sample;

    ngx_msec_t                      started;
    ngx_msec_t                      timeout;      /* of this attempt */
    ngx_msec_t                      deadline;
    ngx_msec_t                      stalled;   /* stall_total() then */
    size_t                          received;  /* bytes */
    ngx_shop_attempt_phase_e        phase;
    ngx_shop_attempt_after_e        after;
    unsigned                        reused:1;  /* the connection was kept */
    unsigned                        answered:1;   /* a byte has come */
    unsigned                        extended:1;   /* the deadline, once */
};


/* ---- attempt_end.c */

/* detail NULL: the words of the result.  a is gone on return. */
void ngx_shop_attempt_end(ngx_shop_attempt_t *a,
    ngx_shop_verdict_result_e result, const char *detail);
void ngx_shop_attempt_end_inconclusive(ngx_shop_attempt_t *a,
    const char *detail);

/* connect() did not succeed; the time is up, in any phase */
void ngx_shop_attempt_end_unconnected(ngx_shop_attempt_t *a, ngx_err_t err);
void ngx_shop_attempt_end_late(ngx_shop_attempt_t *a);

/* not even for the attempt: its end without a beginning */
void ngx_shop_attempt_end_no_memory(ngx_shop_attempt_line_t *line);

/* for what we lacked ourselves: no word on the server */
void ngx_shop_attempt_end_wanting(ngx_shop_attempt_t *a, ngx_err_t err);


/* ---- attempt_exchange.c: send, receive, judge */

/*
 * NGX_AGAIN: the attempt goes on; NGX_DONE: it is over, and a is gone;
 * NGX_DECLINED: the kept connection was closed, try once more on a fresh one.
 */
ngx_int_t ngx_shop_attempt_exchange_send(ngx_shop_attempt_t *a);
ngx_int_t ngx_shop_attempt_exchange_receive(ngx_shop_attempt_t *a);


/* ---- attempt_wire.c */

/* NGX_OK, NGX_AGAIN; NGX_DECLINED: errno; NGX_ERROR: our own want, or 0 */
ngx_int_t ngx_shop_attempt_wire_open(ngx_shop_attempt_t *a);
ngx_err_t ngx_shop_attempt_wire_error(ngx_shop_attempt_wire_t *wire);
void ngx_shop_attempt_wire_close(ngx_shop_attempt_wire_t *wire);
void ngx_shop_attempt_wire_drain(ngx_shop_attempt_wire_t *wire);
void ngx_shop_attempt_wire_keep(ngx_shop_attempt_wire_t *wire);

/* the kept connection for an attempt, if there is one: NGX_DECLINED */
ngx_int_t ngx_shop_attempt_wire_take(ngx_shop_attempt_t *a);


/* ---- attempt_tls.c */

/* NGX_OK: the handshake is done; NGX_AGAIN; NGX_DONE: over, and a is gone */
ngx_int_t ngx_shop_attempt_tls_start(ngx_shop_attempt_t *a);
ngx_int_t ngx_shop_attempt_tls_handshake(ngx_shop_attempt_t *a);

/* what the core said of TLS, in words of ours; NULL: nothing of TLS */
const char *ngx_shop_attempt_tls_words(ngx_shop_attempt_wire_t *wire);
void ngx_shop_attempt_tls_forget(ngx_shop_attempt_line_t *line);

/* whether the certificate was seen lately: no later look at it is spared */
ngx_uint_t ngx_shop_attempt_tls_fresh(ngx_shop_attempt_line_t *line);

/* whether bytes wait in OpenSSL that no event of the socket would tell of */
ngx_uint_t ngx_shop_attempt_tls_pending(ngx_connection_t *c);


/* ---- attempt_http.c, attempt_fastcgi.c */

extern const ngx_shop_attempt_talk_t  ngx_shop_attempt_http_talk;
extern const ngx_shop_attempt_talk_t  ngx_shop_attempt_fastcgi_talk;

/* the Host of a request, as a browser writes it; allocated from a->pool */
ngx_int_t ngx_shop_attempt_http_host(ngx_shop_attempt_t *a, ngx_str_t *host);

/* what is to be sent as CONTENT_LENGTH; -1: nothing */
ngx_int_t ngx_shop_attempt_http_length(ngx_shop_conf_check_t *check);


#endif /* _NGX_SHOP_ATTEMPT_INSIDE_H_INCLUDED_ */
