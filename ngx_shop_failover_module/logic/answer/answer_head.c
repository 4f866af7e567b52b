
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * The head of a response: the status line, and header lines as they come.  What
 * is kept are whole lines "name: value", for answer_header().
 */


#include "logic/answer/answer_inside.h"


static int ngx_shop_answer_head_name(ngx_shop_answer_t *a, unsigned char c);
static int ngx_shop_answer_head_value(ngx_shop_answer_t *a, unsigned char c);
static int ngx_shop_answer_head_next(ngx_shop_answer_t *a, unsigned char c);
static int ngx_shop_answer_head_put(ngx_shop_answer_t *a, unsigned char c);
static int ngx_shop_answer_head_end(ngx_shop_answer_t *a);
static int ngx_shop_answer_head_body(ngx_shop_answer_t *a);


int
ngx_shop_answer_head_status(ngx_shop_answer_t *a, unsigned char c)
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


int
ngx_shop_answer_head(ngx_shop_answer_t *a, unsigned char c)
{
    switch (a->state) {

    case sw_next:
        return ngx_shop_answer_head_next(a, c);

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
        return ngx_shop_answer_head_name(a, c);

    case sw_before_value:
    case sw_value:
        return ngx_shop_answer_head_value(a, c);

    default: /* sw_ignore */
        if (c == '\n') {
            a->state = sw_line;
        }

        return NGX_SHOP_OK;
    }
}


static int
ngx_shop_answer_head_name(ngx_shop_answer_t *a, unsigned char c)
{
    size_t  len;

    if (c == ':') {

        if (ngx_shop_answer_head_put(a, ':') != NGX_SHOP_OK
            || ngx_shop_answer_head_put(a, ' ') != NGX_SHOP_OK)
        {
            return NGX_SHOP_ERROR;
        }

        a->mark = a->head_len;
        a->state = sw_before_value;
        return NGX_SHOP_OK;
    }

    if (c > ' ' && c != 0x7f) {
        return ngx_shop_answer_head_put(a, c);
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
ngx_shop_answer_head_value(ngx_shop_answer_t *a, unsigned char c)
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

    return ngx_shop_answer_head_put(a, c);
}


/* The line is complete unless this byte continues it (obs-fold). */

static int
ngx_shop_answer_head_next(ngx_shop_answer_t *a, unsigned char c)
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
                                      : ngx_shop_answer_head_put(a, ' ');
    }

    if (ngx_shop_answer_head_put(a, '\n') != NGX_SHOP_OK) {
        return NGX_SHOP_ERROR;
    }

    a->mark = a->head_len;
    a->state = sw_line;

    return ngx_shop_answer_head(a, c);
}


static int
ngx_shop_answer_head_put(ngx_shop_answer_t *a, unsigned char c)
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
        return ngx_shop_answer_head_body(a);
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
ngx_shop_answer_head_body(ngx_shop_answer_t *a)
{
    const char  *error;

    error = ngx_shop_answer_framing(a);

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
