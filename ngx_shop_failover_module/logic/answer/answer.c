
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * Incremental parser of an HTTP/1.x response to a probe (RFC 9112), and of
 * the head of a CGI response (RFC 3875).  Where nginx's own proxy is lenient
 * (bare LF, any byte above a space in a name, a line without a colon), so is
 * this: a server that serves visitors must not fail its probe for it.
 *
 * Does not know what a good answer is (match does), nor what a header means
 * for the body (framing does).
 */


#include "logic/answer/answer.h"
#include "logic/answer/framing.h"


/* a chunk's size line with its extensions, in bytes */
#define NGX_SHOP_ANSWER_CHUNK_MAX  4096


/* The order matters: up to sw_chunk_end by lines, then data, then the end. */
typedef enum {
    sw_version = 0,
    sw_minor,
    sw_space,
    sw_code,
    sw_code_end,
    sw_reason,
    sw_line,                    /* first byte of a header line */
    sw_name,
    sw_before_value,
    sw_value,
    sw_ignore,                  /* of a line that is not kept */
    sw_next,                    /* first byte after a header line */
    sw_trailer,                 /* first byte of a trailer line */
    sw_trailer_line,
    sw_chunk,                   /* first digit of a chunk's size */
    sw_chunk_size,
    sw_chunk_ext,
    sw_chunk_end,               /* the line end after a chunk's data */

    sw_chunk_data,
    sw_length,
    sw_until_close,

    sw_done,
    sw_failed
} ngx_shop_answer_sw_e;


static int ngx_shop_answer_fail(ngx_shop_answer_t *a, const char *error);
static size_t ngx_shop_answer_body(ngx_shop_answer_t *a,
    const unsigned char *data, size_t len);
static int ngx_shop_answer_byte(ngx_shop_answer_t *a, unsigned char c);
static int ngx_shop_answer_status(ngx_shop_answer_t *a, unsigned char c);
static int ngx_shop_answer_line(ngx_shop_answer_t *a, unsigned char c);
static int ngx_shop_answer_name(ngx_shop_answer_t *a, unsigned char c);
static int ngx_shop_answer_value(ngx_shop_answer_t *a, unsigned char c);
static int ngx_shop_answer_next(ngx_shop_answer_t *a, unsigned char c);
static int ngx_shop_answer_chunk(ngx_shop_answer_t *a, unsigned char c);
static int ngx_shop_answer_chunk_size(ngx_shop_answer_t *a, unsigned char c);
static int ngx_shop_answer_trailer(ngx_shop_answer_t *a, unsigned char c);
static int ngx_shop_answer_put(ngx_shop_answer_t *a, unsigned char c);
static int ngx_shop_answer_head_end(ngx_shop_answer_t *a);
static int ngx_shop_answer_body_start(ngx_shop_answer_t *a);


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


int
ngx_shop_answer_header(const ngx_shop_answer_t *a, const ngx_shop_str_t *name,
    size_t *pos, ngx_shop_str_t *value)
{
    size_t                rest;
    ngx_shop_str_t        found;
    const unsigned char  *p, *lf, *colon;

    /* only whole lines: the one that is being received has no LF yet */

    while (*pos < a->head_len) {

        p = a->head + *pos;
        rest = a->head_len - *pos;

        lf = memchr(p, '\n', rest);

        if (lf == NULL) {
            break;
        }

        *pos += (size_t) (lf - p) + 1;

        colon = memchr(p, ':', (size_t) (lf - p));

        found.data = p;
        found.len = (size_t) (colon - p);

        if (ngx_shop_answer_same(&found, name)) {
            value->data = colon + 2;
            value->len = (size_t) (lf - value->data);
            return NGX_SHOP_OK;
        }
    }

    return NGX_SHOP_DECLINED;
}


static int
ngx_shop_answer_fail(ngx_shop_answer_t *a, const char *error)
{
    a->state = sw_failed;
    a->error = error;
    a->close = 1;

    return NGX_SHOP_ERROR;
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
        return ngx_shop_answer_status(a, c);
    }

    if (a->state < sw_trailer) {
        return ngx_shop_answer_line(a, c);
    }

    if (a->state < sw_chunk) {
        return ngx_shop_answer_trailer(a, c);
    }

    return ngx_shop_answer_chunk(a, c);
}


/* "HTTP/1.1 200 OK"; left counts the bytes of the current piece */

static int
ngx_shop_answer_status(ngx_shop_answer_t *a, unsigned char c)
{
    static const char  version[] = "HTTP/1.";

    switch (a->state) {

    case sw_version:
        if (c != (unsigned char) version[a->left]) {
            return ngx_shop_answer_fail(a, "not an HTTP/1.x answer");
        }

        if (++a->left == sizeof(version) - 1) {
            a->left = 0;
            a->state = sw_minor;
        }

        return NGX_SHOP_OK;

    case sw_minor:
        if (c < '0' || c > '9') {
            return ngx_shop_answer_fail(a, "not an HTTP/1.x answer");
        }

        a->minor = (uint8_t) (c - '0');
        a->state = sw_space;
        return NGX_SHOP_OK;

    case sw_space:
        if (c != ' ') {
            return ngx_shop_answer_fail(a, "broken status line");
        }

        a->state = sw_code;
        return NGX_SHOP_OK;

    case sw_code:
        if (c == ' ' && a->left == 0) {
            return NGX_SHOP_OK;
        }

        if (c < '0' || c > '9' || (a->left == 0 && c == '0')) {
            return ngx_shop_answer_fail(a, "bad status code");
        }

        a->status = (uint16_t) (a->status * 10 + (c - '0'));

        if (++a->left == 3) {
            a->left = 0;
            a->state = sw_code_end;
        }

        return NGX_SHOP_OK;

    case sw_code_end:

        /* IIS may send more status information: "403.1" */

        if (c != ' ' && c != '.' && c != '\n') {
            return ngx_shop_answer_fail(a, "bad status code");
        }

        a->state = sw_reason;

        /* fall through */

    default: /* sw_reason */
        if (c == '\n') {
            a->state = sw_line;
        }

        return NGX_SHOP_OK;
    }
}


static int
ngx_shop_answer_line(ngx_shop_answer_t *a, unsigned char c)
{
    switch (a->state) {

    case sw_next:
        return ngx_shop_answer_next(a, c);

    case sw_line:
        if (c == '\n') {
            return ngx_shop_answer_head_end(a);
        }

        if (c == ':') {
            return ngx_shop_answer_fail(a, "header without a name");
        }

        a->state = sw_name;

        /* fall through */

    case sw_name:
        return ngx_shop_answer_name(a, c);

    case sw_before_value:
    case sw_value:
        return ngx_shop_answer_value(a, c);

    default: /* sw_ignore */
        if (c == '\n') {
            a->state = sw_line;
        }

        return NGX_SHOP_OK;
    }
}


static int
ngx_shop_answer_name(ngx_shop_answer_t *a, unsigned char c)
{
    size_t  len;

    if (c == ':') {

        if (ngx_shop_answer_put(a, ':') != NGX_SHOP_OK
            || ngx_shop_answer_put(a, ' ') != NGX_SHOP_OK)
        {
            return NGX_SHOP_ERROR;
        }

        a->mark = a->head_len;
        a->state = sw_before_value;
        return NGX_SHOP_OK;
    }

    if (c > ' ' && c != 0x7f) {
        return ngx_shop_answer_put(a, c);
    }

    len = a->head_len - a->mark;

    if (c == '\n') {
        /* no colon: the proxy takes it as a name without a value */
        a->head_len = a->mark;
        a->state = sw_line;
        return NGX_SHOP_OK;
    }

    if (len >= 5 && memcmp(a->head + a->mark, "HTTP/", 5) == 0) {
        /* IIS, and CGI scripts that send a status line */
        a->head_len = a->mark;
        a->state = sw_ignore;
        return NGX_SHOP_OK;
    }

    return ngx_shop_answer_fail(a, "space or control byte"
                                   " in a header's name");
}


static int
ngx_shop_answer_value(ngx_shop_answer_t *a, unsigned char c)
{
    if (c == '\n') {
        a->state = sw_next;
        return NGX_SHOP_OK;
    }

    if (c == '\0') {
        return ngx_shop_answer_fail(a, "NUL in a header's value");
    }

    if (a->state == sw_before_value && (c == ' ' || c == '\t')) {
        return NGX_SHOP_OK;
    }

    a->state = sw_value;

    return ngx_shop_answer_put(a, c);
}


/* The line is complete unless this byte continues it (obs-fold). */

static int
ngx_shop_answer_next(ngx_shop_answer_t *a, unsigned char c)
{
    while (a->head_len > a->mark
           && (a->head[a->head_len - 1] == ' '
               || a->head[a->head_len - 1] == '\t'))
    {
        a->head_len--;
    }

    if (c == ' ' || c == '\t') {
        a->state = sw_before_value;

        return a->head_len == a->mark ? NGX_SHOP_OK
                                      : ngx_shop_answer_put(a, ' ');
    }

    if (ngx_shop_answer_put(a, '\n') != NGX_SHOP_OK) {
        return NGX_SHOP_ERROR;
    }

    a->mark = a->head_len;
    a->state = sw_line;

    return ngx_shop_answer_line(a, c);
}


static int
ngx_shop_answer_chunk(ngx_shop_answer_t *a, unsigned char c)
{
    switch (a->state) {

    case sw_chunk:
        a->left = 0;
        a->mark = 0;
        a->state = sw_chunk_size;

        if (c == '\n' || c == ' ' || c == '\t' || c == ';') {
            return ngx_shop_answer_fail(a, "chunk without a size");
        }

        /* fall through */

    case sw_chunk_size:
    case sw_chunk_ext:

        /* mark counts the line's bytes: extensions are of no use to us */

        if (++a->mark > NGX_SHOP_ANSWER_CHUNK_MAX) {
            return ngx_shop_answer_fail(a, "chunk line too long");
        }

        if (c == '\n') {
            a->state = a->left ? sw_chunk_data : sw_trailer;
            return NGX_SHOP_OK;
        }

        return ngx_shop_answer_chunk_size(a, c);

    default: /* sw_chunk_end */
        if (c != '\n') {
            return ngx_shop_answer_fail(a, "chunk longer than its" " size");
        }

        a->state = sw_chunk;
        return NGX_SHOP_OK;
    }
}


static int
ngx_shop_answer_chunk_size(ngx_shop_answer_t *a, unsigned char c)
{
    unsigned  digit;

    if (a->state == sw_chunk_ext) {
        return NGX_SHOP_OK;
    }

    if (c == ';' || c == ' ' || c == '\t') {
        a->state = sw_chunk_ext;
        return NGX_SHOP_OK;
    }

    if (c >= '0' && c <= '9') {
        digit = c - '0';

    } else if ((c | 0x20) >= 'a' && (c | 0x20) <= 'f') {
        digit = (c | 0x20) - 'a' + 10;

    } else {
        return ngx_shop_answer_fail(a, "bad chunk size");
    }

    if (a->left > (uint64_t) INT64_MAX >> 4) {
        return ngx_shop_answer_fail(a, "chunk size too large");
    }

    a->left = a->left << 4 | digit;

    return NGX_SHOP_OK;
}


/* Trailers are read over: what they say comes too late for a header rule. */

static int
ngx_shop_answer_trailer(ngx_shop_answer_t *a, unsigned char c)
{
    if (c != '\n') {
        a->state = sw_trailer_line;
        return NGX_SHOP_OK;
    }

    a->state = (a->state == sw_trailer) ? sw_done : sw_trailer;

    return NGX_SHOP_OK;
}


static int
ngx_shop_answer_put(ngx_shop_answer_t *a, unsigned char c)
{
    if (a->head_len == a->head_size) {
        return ngx_shop_answer_fail(a, "header too large");
    }

    a->head[a->head_len++] = c;

    return NGX_SHOP_OK;
}


static int
ngx_shop_answer_head_end(ngx_shop_answer_t *a)
{
    if (a->cgi || a->status >= 200) {
        return ngx_shop_answer_body_start(a);
    }

    if (a->status == 101) {
        return ngx_shop_answer_fail(a, "status 101: protocol"
                                       " switched unasked");
    }

    /* an interim response; seen goes on, so that they cannot come for ever */

    a->head_len = 0;
    a->mark = 0;
    a->status = 0;
    a->state = sw_version;

    return NGX_SHOP_OK;
}


static int
ngx_shop_answer_body_start(ngx_shop_answer_t *a)
{
    const char  *error;

    error = ngx_shop_framing_read(a);

    if (error) {
        return ngx_shop_answer_fail(a, error);
    }

    if (a->no_body || a->status < 200 || a->status == 204 || a->status == 304) {
        a->state = sw_done;

    } else if (a->chunked) {
        a->state = sw_chunk;

    } else if (a->content_length >= 0) {
        a->left = (uint64_t) a->content_length;
        a->state = a->left ? sw_length : sw_done;

    } else {
        a->close = 1;
        a->state = sw_until_close;
    }

    return NGX_SHOP_OK;
}


/* ASCII only: the C library's comparison would follow the locale */

int
ngx_shop_answer_same(const ngx_shop_str_t *one, const ngx_shop_str_t *two)
{
    size_t         i;
    unsigned char  c, d;

    if (one->len != two->len) {
        return 0;
    }

    for (i = 0; i < one->len; i++) {
        c = one->data[i];
        d = two->data[i];

        c = (unsigned char) ((c >= 'A' && c <= 'Z') ? c | 0x20 : c);
        d = (unsigned char) ((d >= 'A' && d <= 'Z') ? d | 0x20 : d);

        if (c != d) {
            return 0;
        }
    }

    return 1;
}
