
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * The end of an attempt: its result, in words, and what becomes of its
 * connection.
 */


#include "nginx/probe/attempt_inside.h"


static ngx_uint_t ngx_shop_attempt_end_of_time(ngx_shop_attempt_t *a,
    ngx_shop_verdict_result_e result);


/* errors of connect(): those not listed are no fault of the server */

static struct {
    ngx_err_t                   err;
    ngx_shop_verdict_result_e   result;
    const char                 *detail;
} ngx_shop_attempt_end_errors[] = {
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
ngx_shop_attempt_end_no_memory(ngx_shop_attempt_line_t *line)
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


void
ngx_shop_attempt_end_wanting(ngx_shop_attempt_t *a, ngx_err_t err)
{
    const char  *detail;

    switch (err) {

    case NGX_EMFILE:
    case NGX_ENFILE:
        detail = "nginx is out of descriptors";
        break;

    case NGX_ENOMEM:
    case ENOBUFS:
        detail = "nginx is out of memory";
        break;

    default:
        detail = "nginx is out of connections";
    }

    ngx_shop_attempt_end_inconclusive(a, detail);
}


void
ngx_shop_attempt_end_late(ngx_shop_attempt_t *a)
{
    u_char  detail[NGX_SHOP_LAYOUT_DETAIL_LEN];

    switch (a->phase) {

    case NGX_SHOP_ATTEMPT_PHASE_CONNECT:
        ngx_shop_attempt_end(a, NGX_SHOP_VERDICT_RESULT_CONNECT_TIMEOUT, NULL);
        return;

    case NGX_SHOP_ATTEMPT_PHASE_TLS:
        ngx_shop_attempt_end(a, NGX_SHOP_VERDICT_RESULT_TIMEOUT,
                             "timed out in the TLS handshake");
        return;

    case NGX_SHOP_ATTEMPT_PHASE_SEND:
        ngx_shop_attempt_end(a, NGX_SHOP_VERDICT_RESULT_TIMEOUT,
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

    ngx_shop_attempt_end(a, NGX_SHOP_VERDICT_RESULT_TIMEOUT, (char *) detail);
}


void
ngx_shop_attempt_end_unconnected(ngx_shop_attempt_t *a, ngx_err_t err)
{
    ngx_uint_t  i;

    for (i = 0; ngx_shop_attempt_end_errors[i].err; i++) {

        if (ngx_shop_attempt_end_errors[i].err == err) {
            ngx_shop_attempt_end(a, ngx_shop_attempt_end_errors[i].result,
                                 ngx_shop_attempt_end_errors[i].detail);
            return;
        }
    }

    /* EADDRNOTAVAIL, ENOBUFS */

    ngx_log_error(NGX_LOG_ERR, ngx_cycle->log, err,
                  "shop failover: connect() of a probe to %V failed",
                  &a->line->peer->address);

    ngx_shop_attempt_end_inconclusive(a, "connect failed on this side");
}


void
ngx_shop_attempt_end_inconclusive(ngx_shop_attempt_t *a, const char *detail)
{
    ngx_shop_attempt_end(a, NGX_SHOP_VERDICT_RESULT_INCONCLUSIVE, detail);
}


/* whether a server that waited for us too long may end it so */

static ngx_uint_t
ngx_shop_attempt_end_of_time(ngx_shop_attempt_t *a,
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
ngx_shop_attempt_end(ngx_shop_attempt_t *a,
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

    if (ngx_shop_attempt_end_of_time(a, result)
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
