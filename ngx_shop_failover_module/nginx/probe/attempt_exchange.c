
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * The exchange on a connection that is ready: the request goes out, the answer
 * comes in and is judged.  Knows no protocol but through its talk.
 */


#include "nginx/probe/attempt_inside.h"


static ngx_int_t ngx_shop_attempt_exchange_room(ngx_shop_attempt_t *a);
static void ngx_shop_attempt_exchange_end(ngx_shop_attempt_t *a, int rc,
    ngx_uint_t eof, ngx_uint_t whole);
static ngx_int_t ngx_shop_attempt_exchange_broken(ngx_shop_attempt_t *a,
    ssize_t n);
static ngx_uint_t ngx_shop_attempt_exchange_keeps(ngx_shop_attempt_t *a);
static void ngx_shop_attempt_exchange_judge(ngx_shop_attempt_t *a);
static void ngx_shop_attempt_exchange_own(ngx_shop_attempt_t *a,
    ngx_uint_t passed);
static void ngx_shop_attempt_exchange_stderr(ngx_shop_attempt_t *a,
    ngx_shop_emit_t *e);
static int ngx_shop_attempt_exchange_exec(void *data, void *regex,
    const ngx_shop_str_t *subject);


static const char  ngx_shop_attempt_exchange_deaf[] =
    "nginx could not wait for the socket";


/* an answer is read to its end, so that the server sees no reset, but not
 * without end */
#define NGX_SHOP_ATTEMPT_EXCHANGE_MAX  (1024 * 1024)

/* bytes that are told of a bad word; seconds between two such lines */
#define NGX_SHOP_ATTEMPT_EXCHANGE_BAD    160
#define NGX_SHOP_ATTEMPT_EXCHANGE_QUIET  60


ngx_int_t
ngx_shop_attempt_exchange_send(ngx_shop_attempt_t *a)
{
    ssize_t            n;
    ngx_connection_t  *c;

    c = a->wire->c;

    while (a->request->pos < a->request->last) {

        n = c->send(c, a->request->pos, a->request->last - a->request->pos);

        if (n == NGX_ERROR) {

            /* an early answer may still be there to be read */

            a->request->pos = a->request->last;
            break;
        }

        if (n == NGX_AGAIN) {

            if (ngx_handle_write_event(c->write, 0) != NGX_OK) {
                ngx_shop_attempt_end_inconclusive(a,
                                              ngx_shop_attempt_exchange_deaf);
                return NGX_DONE;
            }

            return NGX_AGAIN;
        }

        a->request->pos += n;
    }

    /* poll() and select() would go on telling that there is room to write */

    if (ngx_handle_write_event(c->write, 0) != NGX_OK) {
        ngx_shop_attempt_end_inconclusive(a, ngx_shop_attempt_exchange_deaf);
        return NGX_DONE;
    }

    a->phase = NGX_SHOP_ATTEMPT_PHASE_RECEIVE;

    return ngx_shop_attempt_exchange_receive(a);
}


ngx_int_t
ngx_shop_attempt_exchange_receive(ngx_shop_attempt_t *a)
{
    int                rc;
    size_t             used;
    ssize_t            n;
    u_char             buf[4096];
    ngx_connection_t  *c;

    c = a->wire->c;
    used = 0;

    for ( ;; ) {
        n = c->recv(c, buf, sizeof(buf));

        if (n == NGX_AGAIN) {

            if (ngx_handle_read_event(c->read, 0) == NGX_OK) {
                return NGX_AGAIN;
            }

            ngx_shop_attempt_end_inconclusive(a,
                                              ngx_shop_attempt_exchange_deaf);
            return NGX_DONE;
        }

        if (n == NGX_ERROR || (n == 0 && !a->answered)) {
            return ngx_shop_attempt_exchange_broken(a, n);
        }

        if (ngx_shop_attempt_exchange_room(a) != NGX_OK) {
            ngx_shop_attempt_end_inconclusive(a, "nginx is out of memory");
            return NGX_DONE;
        }

        rc = (n == 0) ? a->talk->eof(a) : a->talk->feed(a, buf, n, &used);

        a->received += n;

        if (rc != NGX_SHOP_AGAIN
            || a->received > NGX_SHOP_ATTEMPT_EXCHANGE_MAX)
        {
            ngx_shop_attempt_exchange_end(a, rc, n == 0, used == (size_t) n);
            return NGX_DONE;
        }
    }
}


/*
 * The answer is whole or broken, or as much of it as is read has come: bytes
 * that are none of a body (chunk extensions, what a script writes to stderr)
 * can be as many.
 */

static void
ngx_shop_attempt_exchange_end(ngx_shop_attempt_t *a, int rc, ngx_uint_t eof,
    ngx_uint_t whole)
{
    a->after = eof ? NGX_SHOP_ATTEMPT_AFTER_CLOSE
                   : NGX_SHOP_ATTEMPT_AFTER_DRAIN;

    if (rc == NGX_SHOP_ERROR) {
        ngx_shop_attempt_end(a, eof ? NGX_SHOP_VERDICT_RESULT_CLOSED
                                    : NGX_SHOP_VERDICT_RESULT_MALFORMED,
                             a->talk->error(a));
        return;
    }

    if (rc == NGX_SHOP_AGAIN && a->answer.body_total == 0) {
        ngx_shop_attempt_end(a, NGX_SHOP_VERDICT_RESULT_MALFORMED,
                             "a megabyte and no answer in it");
        return;
    }

    if (rc == NGX_SHOP_OK && !eof && whole
        && ngx_shop_attempt_exchange_keeps(a))
    {
        a->after = NGX_SHOP_ATTEMPT_AFTER_KEEP;
    }

    ngx_shop_attempt_exchange_judge(a);
}


/* room for an answer, once it begins: most of what is down never needs it */

static ngx_int_t
ngx_shop_attempt_exchange_room(ngx_shop_attempt_t *a)
{
    if (a->answered) {
        return NGX_OK;
    }

    a->answered = 1;
    a->sample.first = (uint32_t) (ngx_current_msec - a->started);

    a->answer.head_size = NGX_SHOP_ANSWER_HEAD_MAX;
    a->answer.head = ngx_palloc(a->pool, a->answer.head_size);
    if (a->answer.head == NULL) {
        return NGX_ERROR;
    }

    if (a->check->match && a->check->match->body) {
        a->answer.body_size = NGX_SHOP_CONF_CHECK_BODY;
        a->answer.body = ngx_palloc(a->pool, a->answer.body_size);
        if (a->answer.body == NULL) {
            return NGX_ERROR;
        }
    }

    ngx_shop_answer_init(&a->answer);

    if (a->check->type == NGX_SHOP_CONF_CHECK_FASTCGI) {
        ngx_shop_fastcgi_init(&a->fastcgi);
    }

    return NGX_OK;
}


/* the connection ended before a byte of the answer came, or with a reset */

static ngx_int_t
ngx_shop_attempt_exchange_broken(ngx_shop_attempt_t *a, ssize_t n)
{
    const char  *words;

    if (a->reused && !a->answered) {

        /* no fault: servers may close what is idle, just then */

        return NGX_DECLINED;
    }

    words = ngx_shop_attempt_tls_words(a->wire);

    if (words) {
        ngx_shop_attempt_end(a, NGX_SHOP_VERDICT_RESULT_TLS, words);
        return NGX_DONE;
    }

    ngx_shop_attempt_end(a, NGX_SHOP_VERDICT_RESULT_CLOSED,
                         n == 0 ? "closed without an answer"
                                : "connection reset");

    return NGX_DONE;
}


static ngx_uint_t
ngx_shop_attempt_exchange_keeps(ngx_shop_attempt_t *a)
{
    /* what "Connection" says is of the script, not of PHP-FPM */

    return a->check->keepalive && !ngx_exiting
           && (!a->answer.close
               || a->check->type == NGX_SHOP_CONF_CHECK_FASTCGI)
           && (a->check->type != NGX_SHOP_CONF_CHECK_HTTPS
               || (ngx_shop_attempt_tls_fresh(a->line)
                   && !ngx_shop_attempt_tls_pending(a->wire->c)));
}


static void
ngx_shop_attempt_exchange_judge(ngx_shop_attempt_t *a)
{
    u_char                      detail[NGX_SHOP_LAYOUT_DETAIL_LEN + 1];
    ngx_shop_emit_t             e;
    ngx_shop_match_t            match;
    ngx_shop_verdict_result_e   result;

    ngx_memzero(&match, sizeof(ngx_shop_match_t));

    if (a->check->match) {
        match.rules = a->check->match->rules.elts;
        match.nrules = a->check->match->rules.nelts;
        match.exec = ngx_shop_attempt_exchange_exec;
    }

    ngx_shop_emit_init(&e, detail, NGX_SHOP_LAYOUT_DETAIL_LEN);

    result = ngx_shop_match_judge(&match, &a->answer, &e);

    ngx_shop_attempt_exchange_own(a, result == NGX_SHOP_VERDICT_RESULT_OK);

    if (result == NGX_SHOP_VERDICT_RESULT_OK) {
        ngx_shop_attempt_end(a, result, NULL);
        return;
    }

    ngx_shop_attempt_exchange_stderr(a, &e);

    *e.pos = '\0';

    /* the next probe is to meet the server as a new visitor does */

    if (a->after == NGX_SHOP_ATTEMPT_AFTER_KEEP) {
        a->after = NGX_SHOP_ATTEMPT_AFTER_DRAIN;
    }

    ngx_shop_attempt_end(a, result, (char *) detail);
}


/* what the server says of itself; nonsense is told once, and not too often */

static void
ngx_shop_attempt_exchange_own(ngx_shop_attempt_t *a, ngx_uint_t passed)
{
    u_char                    buf[NGX_SHOP_ATTEMPT_EXCHANGE_BAD];
    uint32_t                  sum;
    ngx_shop_emit_t           bad;
    ngx_shop_attempt_line_t  *line;

    line = a->line;

    ngx_shop_emit_init(&bad, buf, sizeof(buf));
    ngx_shop_own_read(&line->own, &a->answer, (int) passed, ngx_time(), &bad);

    if (bad.pos == bad.start) {
        return;
    }

    sum = ngx_crc32_short(bad.start, bad.pos - bad.start) | 1;

    if (sum == line->bad
        || (line->bad
            && ngx_time() - line->misspoke < NGX_SHOP_ATTEMPT_EXCHANGE_QUIET))
    {
        return;
    }

    line->bad = sum;
    line->misspoke = ngx_time();

    ngx_log_error(NGX_LOG_WARN, ngx_cycle->log, 0,
                  "shop failover: %*s of %V, in the answer to a probe, is not "
                  "heeded: expected \"drain\", \"maint\", \"degraded\" or "
                  "\"weight=1\" to \"weight=100\", then \"; reason=\"TEXT\"\" "
                  "and \"; retry-after=SECONDS\"",
                  (size_t) (bad.pos - bad.start), bad.start,
                  &line->peer->address);
}


/* PHP-FPM answers 404, and says only there why */

static void
ngx_shop_attempt_exchange_stderr(ngx_shop_attempt_t *a, ngx_shop_emit_t *e)
{
    u_char  *p, *last;

    p = a->fastcgi.log;
    last = p + a->fastcgi.log_len;

    if (p == last) {
        return;
    }

    ngx_shop_emit_text(e, ": ");

    for ( /* void */ ; p < last && *p != LF && *p != CR; p++) {
        ngx_shop_emit_raw(e, *p >= ' ' && *p < 0x7f ? p : (u_char *) "?", 1);
    }
}


static int
ngx_shop_attempt_exchange_exec(void *data, void *regex,
    const ngx_shop_str_t *subject)
{
#if (NGX_PCRE)

    ngx_int_t  n;
    ngx_str_t  s;

    s.len = subject->len;
    s.data = (u_char *) subject->data;

    n = ngx_regex_exec(regex, &s, NULL, 0);

    if (n >= 0) {
        return NGX_SHOP_OK;
    }

    return n == NGX_REGEX_NO_MATCHED ? NGX_SHOP_DECLINED : NGX_SHOP_ERROR;

#else

    return NGX_SHOP_ERROR;

#endif
}
