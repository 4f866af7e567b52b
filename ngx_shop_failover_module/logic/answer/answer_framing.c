
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * What the headers of a response say about its body and its connection.  Does
 * not read the body.
 */


#include "logic/answer/answer_inside.h"
#include "logic/text/span.h"


static const char *ngx_shop_answer_framing_status(ngx_shop_answer_t *a);
static const char *ngx_shop_answer_framing_length(ngx_shop_answer_t *a);
static void ngx_shop_answer_framing_connection(ngx_shop_answer_t *a);
static int ngx_shop_answer_framing_get(const ngx_shop_answer_t *a,
    const char *name, size_t *pos, ngx_shop_str_t *value);
static int ngx_shop_answer_framing_token(ngx_shop_str_t *list,
    ngx_shop_str_t *token);


const char *
ngx_shop_answer_framing(ngx_shop_answer_t *a)
{
    size_t           pos;
    const char      *error;
    ngx_shop_str_t   value, token;

    if (a->cgi) {
        error = ngx_shop_answer_framing_status(a);

        if (error) {
            return error;
        }
    }

    error = ngx_shop_answer_framing_length(a);

    if (error) {
        return error;
    }

    ngx_shop_answer_framing_connection(a);

    /* what counts is the last coding; CGI has no transfer coding */

    pos = 0;

    while (!a->cgi
           && ngx_shop_answer_framing_get(a, "Transfer-Encoding", &pos,
                                  &value))
    {
        while (ngx_shop_answer_framing_token(&value, &token)) {
            a->chunked = (uint8_t) ngx_shop_span_is(&token, "chunked");
        }
    }

    if (a->chunked && a->content_length >= 0) {
        return "both Content-Length and chunked";
    }

    return NULL;
}


/* RFC 3875, section 6.3: no Status means 200, or 302 with a Location */

static const char *
ngx_shop_answer_framing_status(ngx_shop_answer_t *a)
{
    size_t          pos, i;
    ngx_shop_str_t  value;

    pos = 0;

    if (!ngx_shop_answer_framing_get(a, "Status", &pos, &value)) {
        pos = 0;

        a->status = ngx_shop_answer_framing_get(a, "Location", &pos, &value)
                    ? 302 : 200;

        return NULL;
    }

    for (i = 0; i < value.len && i < 3; i++) {

        if (value.data[i] < '0' || value.data[i] > '9') {
            break;
        }

        a->status = (uint16_t) (a->status * 10 + (value.data[i] - '0'));
    }

    if (a->status < 100 || (value.len > 3 && value.data[3] != ' ')) {
        a->status = 0;
        return "bad status code";
    }

    return NULL;
}


static const char *
ngx_shop_answer_framing_length(ngx_shop_answer_t *a)
{
    size_t          pos, i;
    int64_t         n;
    unsigned        digit;
    ngx_shop_str_t  value;

    pos = 0;

    while (ngx_shop_answer_framing_get(a, "Content-Length", &pos, &value)) {
        n = 0;

        for (i = 0; i < value.len; i++) {
            digit = value.data[i] - (unsigned) '0';

            if (digit > 9 || n > (INT64_MAX - (int64_t) digit) / 10) {
                break;
            }

            n = n * 10 + (int64_t) digit;
        }

        if (value.len == 0 || i < value.len) {
            return "bad Content-Length";
        }

        if (a->content_length >= 0 && a->content_length != n) {
            return "two different Content-Lengths";
        }

        a->content_length = n;
    }

    return NULL;
}


/* RFC 9112, section 9.3: "close" beats "keep-alive" */

static void
ngx_shop_answer_framing_connection(ngx_shop_answer_t *a)
{
    int             close, keep;
    size_t          pos;
    ngx_shop_str_t  value, token;

    pos = 0;
    keep = 0;
    close = 0;

    while (ngx_shop_answer_framing_get(a, "Connection", &pos, &value)) {

        while (ngx_shop_answer_framing_token(&value, &token)) {
            close |= ngx_shop_span_is(&token, "close");
            keep |= ngx_shop_span_is(&token, "keep-alive");
        }
    }

    a->close = (uint8_t) (close || (a->minor == 0 && !keep));
}


/* Takes the next token of a comma-separated list, without blanks; 0: none. */

static int
ngx_shop_answer_framing_token(ngx_shop_str_t *list, ngx_shop_str_t *token)
{
    unsigned char  c;

    token->len = 0;

    while (list->len) {
        c = *list->data++;
        list->len--;

        if (c == ',' && token->len) {
            break;
        }

        if (c == ',' || c == ' ' || c == '\t') {
            continue;
        }

        if (token->len == 0) {
            token->data = list->data - 1;
        }

        token->len = (size_t) (list->data - token->data);
    }

    return token->len != 0;
}


static int
ngx_shop_answer_framing_get(const ngx_shop_answer_t *a, const char *name,
    size_t *pos, ngx_shop_str_t *value)
{
    ngx_shop_str_t  s;

    s.len = strlen(name);
    s.data = (const unsigned char *) name;

    return ngx_shop_answer_header(a, &s, pos, value) == NGX_SHOP_OK;
}
