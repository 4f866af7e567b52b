
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * Incremental parser of an HTTP/1.x response to a probe (RFC 9112), and of
 * the head of a CGI response (RFC 3875).  Where nginx's own proxy is lenient
 * (bare LF, any byte above a space in a name, a line without a colon), so is
 * this: a server that serves visitors must not fail its probe for it.
 *
 * Does not know what a good answer is (match does), nor what a header means
 * for the body (answer_framing does).
 */


#include "logic/answer/answer_inside.h"


static size_t ngx_shop_answer_body(ngx_shop_answer_t *a,
    const unsigned char *data, size_t len);
static int ngx_shop_answer_byte(ngx_shop_answer_t *a, unsigned char c);


void
ngx_shop_answer_init(ngx_shop_answer_t *a)
{
    a->head_len = 0;
    a->body_len = 0;
    a->body_total = 0;
    a->content_length = -1;
    a->status = 0;
    a->minor = 0;
    a->chunked = 0;
    a->close = 0;
    a->error = NULL;

    a->left = 0;
    a->state = a->cgi ? sw_line : sw_version;
    a->seen = 0;
    a->mark = 0;
    a->cr = 0;
}


int
ngx_shop_answer_feed(ngx_shop_answer_t *a, const unsigned char *data,
    size_t len, size_t *used)
{
    size_t  n;

    n = 0;

    while (n < len && a->state < sw_done) {

        if (a->state < sw_chunk_data) {
            (void) ngx_shop_answer_byte(a, data[n++]);
            continue;
        }

        n += ngx_shop_answer_body(a, data + n, len - n);
    }

    *used = n;

    if (a->state == sw_done) {
        return NGX_SHOP_OK;
    }

    return a->state == sw_failed ? NGX_SHOP_ERROR : NGX_SHOP_AGAIN;
}


int
ngx_shop_answer_eof(ngx_shop_answer_t *a)
{
    const char  *error;

    a->close = 1;

    if (a->state == sw_until_close) {
        a->state = sw_done;
    }

    if (a->state == sw_done) {
        return NGX_SHOP_OK;
    }

    if (a->state == sw_failed) {
        return NGX_SHOP_ERROR;
    }

    if (a->state < sw_line) {
        error = "closed before the status line";

    } else if (a->state < sw_trailer) {
        error = a->seen ? "closed in the header" : "closed before the header";

    } else if (a->state == sw_length) {
        error = "body shorter than promised";

    } else {
        error = "closed before the last chunk's end";
    }

    return ngx_shop_answer_fail(a, error);
}


static size_t
ngx_shop_answer_body(ngx_shop_answer_t *a, const unsigned char *data,
    size_t len)
{
    size_t  keep;

    if (a->state != sw_until_close) {

        if (len > a->left) {
            len = (size_t) a->left;
        }

        a->left -= len;

        if (a->left == 0) {
            a->state = a->chunked ? sw_chunk_end : sw_done;
        }
    }

    keep = a->body_size - a->body_len;

    if (keep > len) {
        keep = len;
    }

    if (keep) {
        memcpy(a->body + a->body_len, data, keep);
        a->body_len += keep;
    }

    a->body_total += len;

    return len;
}


/* All that comes in lines; the states below see LF as the only line end. */

static int
ngx_shop_answer_byte(ngx_shop_answer_t *a, unsigned char c)
{
    if (a->state < sw_chunk && ++a->seen > NGX_SHOP_ANSWER_HEAD_MAX) {
        return ngx_shop_answer_fail(a, "header too large");
    }

    if (a->cr && c != '\n') {
        return ngx_shop_answer_fail(a, "CR without LF");
    }

    a->cr = (c == '\r');

    if (a->cr) {
        return NGX_SHOP_OK;
    }

    if (a->state < sw_line) {
        return ngx_shop_answer_head_status(a, c);
    }

    if (a->state < sw_trailer) {
        return ngx_shop_answer_head(a, c);
    }

    if (a->state < sw_chunk) {
        return ngx_shop_answer_chunk_trailer(a, c);
    }

    return ngx_shop_answer_chunk(a, c);
}
