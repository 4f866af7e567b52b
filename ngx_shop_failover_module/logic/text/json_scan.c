
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * Whether bytes are one JSON value and nothing else (RFC 8259).  Knows no
 * value.
 */


#include "logic/text/json.h"
#include "logic/text/json_scan.h"
#include "logic/text/utf8.h"


typedef struct {
    const unsigned char  *pos;
    const unsigned char  *last;
    const char           *reason;
    unsigned              depth;
    uint32_t              objects;     /* bit a level: an object */
} ngx_shop_json_scan_t;


static int ngx_shop_json_scan_value(ngx_shop_json_scan_t *s);
static int ngx_shop_json_scan_key(ngx_shop_json_scan_t *s);
static int ngx_shop_json_scan_open(ngx_shop_json_scan_t *s);
static int ngx_shop_json_scan_after(ngx_shop_json_scan_t *s);
static int ngx_shop_json_scan_string(ngx_shop_json_scan_t *s);
static int ngx_shop_json_scan_escape(ngx_shop_json_scan_t *s);
static int ngx_shop_json_scan_number(ngx_shop_json_scan_t *s);
static int ngx_shop_json_scan_digits(ngx_shop_json_scan_t *s);
static int ngx_shop_json_scan_word(ngx_shop_json_scan_t *s, const char *word);
static int ngx_shop_json_scan_is_object(const ngx_shop_json_scan_t *s);
static int ngx_shop_json_scan_fail(ngx_shop_json_scan_t *s,
    const char *reason);


int
ngx_shop_json_scan(const ngx_shop_str_t *source, size_t *at,
    const char **reason)
{
    int                   rc;
    ngx_shop_json_scan_t  s;

    if (source->len == 0) {
        *at = 0;
        *reason = "it is empty";
        return NGX_SHOP_ERROR;
    }

    memset(&s, 0, sizeof(ngx_shop_json_scan_t));

    s.pos = source->data;
    s.last = source->data + source->len;

    do {
        rc = ngx_shop_json_scan_value(&s);

        while (rc == NGX_SHOP_OK && s.depth) {
            rc = ngx_shop_json_scan_after(&s);
        }

    } while (rc == NGX_SHOP_AGAIN);

    if (rc == NGX_SHOP_OK) {
        s.pos = ngx_shop_json_scan_space(s.pos, s.last);

        if (s.pos < s.last) {
            rc = ngx_shop_json_scan_fail(&s, "more follows the value");
        }
    }

    if (rc != NGX_SHOP_OK) {
        *at = (size_t) (s.pos - source->data);
        *reason = s.reason;
    }

    return rc;
}


/* OK: one value was read.  AGAIN: one began, its first item is to be read. */

static int
ngx_shop_json_scan_value(ngx_shop_json_scan_t *s)
{
    if (ngx_shop_json_scan_is_object(s)
        && ngx_shop_json_scan_key(s) != NGX_SHOP_OK)
    {
        return NGX_SHOP_ERROR;
    }

    s->pos = ngx_shop_json_scan_space(s->pos, s->last);

    if (s->pos == s->last) {
        return ngx_shop_json_scan_fail(s, "a value is missing");
    }

    switch (*s->pos) {

    case '{':
    case '[':
        return ngx_shop_json_scan_open(s);

    case '"':
        return ngx_shop_json_scan_string(s);

    case 't':
        return ngx_shop_json_scan_word(s, "true");

    case 'f':
        return ngx_shop_json_scan_word(s, "false");

    case 'n':
        return ngx_shop_json_scan_word(s, "null");

    default:
        return ngx_shop_json_scan_number(s);
    }
}


static int
ngx_shop_json_scan_key(ngx_shop_json_scan_t *s)
{
    s->pos = ngx_shop_json_scan_space(s->pos, s->last);

    if (s->pos == s->last || *s->pos != '"') {
        return ngx_shop_json_scan_fail(s, "a key in quotes is missing");
    }

    if (ngx_shop_json_scan_string(s) != NGX_SHOP_OK) {
        return NGX_SHOP_ERROR;
    }

    s->pos = ngx_shop_json_scan_space(s->pos, s->last);

    if (s->pos == s->last || *s->pos != ':') {
        return ngx_shop_json_scan_fail(s, "a colon is missing");
    }

    s->pos++;

    return NGX_SHOP_OK;
}


static int
ngx_shop_json_scan_open(ngx_shop_json_scan_t *s)
{
    uint32_t       bit;
    unsigned char  close;

    if (s->depth == NGX_SHOP_JSON_DEPTH) {
        return ngx_shop_json_scan_fail(s, "too many levels");
    }

    bit = (uint32_t) 1 << s->depth++;

    if (*s->pos == '{') {
        s->objects |= bit;
        close = '}';

    } else {
        s->objects &= ~bit;
        close = ']';
    }

    s->pos = ngx_shop_json_scan_space(s->pos + 1, s->last);

    if (s->pos < s->last && *s->pos == close) {
        s->pos++;
        s->depth--;
        return NGX_SHOP_OK;
    }

    return NGX_SHOP_AGAIN;
}


/* OK: this level ended.  AGAIN: another item follows. */

static int
ngx_shop_json_scan_after(ngx_shop_json_scan_t *s)
{
    unsigned char  close;

    s->pos = ngx_shop_json_scan_space(s->pos, s->last);
    close = ngx_shop_json_scan_is_object(s) ? '}' : ']';

    if (s->pos < s->last && *s->pos == ',') {
        s->pos++;
        return NGX_SHOP_AGAIN;
    }

    if (s->pos < s->last && *s->pos == close) {
        s->pos++;
        s->depth--;
        return NGX_SHOP_OK;
    }

    return ngx_shop_json_scan_fail(s,
                                   (close == '}')
                                   ? "neither \",\" nor \"}\" follows"
                                   : "neither \",\" nor \"]\" follows");
}


static int
ngx_shop_json_scan_string(ngx_shop_json_scan_t *s)
{
    size_t  n, bad;

    s->pos++;

    while (s->pos < s->last) {

        if (*s->pos == '"') {
            s->pos++;
            return NGX_SHOP_OK;
        }

        if (*s->pos == '\\') {

            if (ngx_shop_json_scan_escape(s) != NGX_SHOP_OK) {
                return NGX_SHOP_ERROR;
            }

            continue;
        }

        if (*s->pos < 0x20) {
            return ngx_shop_json_scan_fail(s, "a control byte in a string");
        }

        n = ngx_shop_utf8_next(s->pos, s->last, &bad);

        if (n == 0) {
            return ngx_shop_json_scan_fail(s, "invalid UTF-8");
        }

        s->pos += n;
    }

    return ngx_shop_json_scan_fail(s, "a string does not end");
}


static int
ngx_shop_json_scan_escape(ngx_shop_json_scan_t *s)
{
    uint32_t              code, low;
    const unsigned char  *p;

    p = s->pos;

    if (s->last - p >= 2 && p[1] != '\0' && strchr("\"\\/bfnrt", p[1])) {
        s->pos += 2;
        return NGX_SHOP_OK;
    }

    if (ngx_shop_json_scan_hex(p, s->last, &code) != NGX_SHOP_OK) {
        return ngx_shop_json_scan_fail(s, "a bad escape in a string");
    }

    if (code >= 0xD800 && code <= 0xDFFF) {

        if (code >= 0xDC00
            || ngx_shop_json_scan_hex(p + 6, s->last, &low)
               != NGX_SHOP_OK
            || low < 0xDC00 || low > 0xDFFF)
        {
            return ngx_shop_json_scan_fail(s, "half of a surrogate pair");
        }

        s->pos += 6;
    }

    s->pos += 6;

    return NGX_SHOP_OK;
}


static int
ngx_shop_json_scan_number(ngx_shop_json_scan_t *s)
{
    const unsigned char  *start;

    start = s->pos;

    if (*s->pos == '-') {
        s->pos++;
    }

    if (s->pos < s->last && *s->pos == '0') {
        s->pos++;

    } else if (ngx_shop_json_scan_digits(s) != NGX_SHOP_OK) {
        s->pos = start;
        return ngx_shop_json_scan_fail(s, "this is no value");
    }

    if (s->pos < s->last && *s->pos == '.') {
        s->pos++;

        if (ngx_shop_json_scan_digits(s) != NGX_SHOP_OK) {
            return ngx_shop_json_scan_fail(s, "a digit is missing");
        }
    }

    if (s->pos < s->last && (*s->pos == 'e' || *s->pos == 'E')) {
        s->pos++;

        if (s->pos < s->last && (*s->pos == '+' || *s->pos == '-')) {
            s->pos++;
        }

        if (ngx_shop_json_scan_digits(s) != NGX_SHOP_OK) {
            return ngx_shop_json_scan_fail(s, "a digit is missing");
        }
    }

    return NGX_SHOP_OK;
}


/* one digit or more, else DECLINED */

static int
ngx_shop_json_scan_digits(ngx_shop_json_scan_t *s)
{
    const unsigned char  *start;

    start = s->pos;

    while (s->pos < s->last && *s->pos >= '0' && *s->pos <= '9') {
        s->pos++;
    }

    return (s->pos > start) ? NGX_SHOP_OK : NGX_SHOP_DECLINED;
}


static int
ngx_shop_json_scan_word(ngx_shop_json_scan_t *s, const char *word)
{
    size_t  len;

    len = strlen(word);

    if ((size_t) (s->last - s->pos) < len
        || memcmp(s->pos, word, len) != 0)
    {
        return ngx_shop_json_scan_fail(s, "this is no value");
    }

    s->pos += len;

    return NGX_SHOP_OK;
}


/* whether the innermost level is an object */

static int
ngx_shop_json_scan_is_object(const ngx_shop_json_scan_t *s)
{
    return s->depth && (s->objects & ((uint32_t) 1 << (s->depth - 1)));
}


static int
ngx_shop_json_scan_fail(ngx_shop_json_scan_t *s, const char *reason)
{
    s->reason = reason;

    return NGX_SHOP_ERROR;
}


const unsigned char *
ngx_shop_json_scan_space(const unsigned char *p, const unsigned char *last)
{
    while (p < last
           && (*p == ' ' || *p == '\t' || *p == '\n' || *p == '\r'))
    {
        p++;
    }

    return p;
}


/* "\u" and four digits */

int
ngx_shop_json_scan_hex(const unsigned char *p, const unsigned char *last,
    uint32_t *code)
{
    size_t         i;
    unsigned char  c;

    *code = 0;

    if (last - p < 6 || p[0] != '\\' || p[1] != 'u') {
        return NGX_SHOP_DECLINED;
    }

    for (i = 2; i < 6; i++) {
        c = p[i] | 0x20;

        if (p[i] >= '0' && p[i] <= '9') {
            *code = *code * 16 + (uint32_t) (p[i] - '0');

        } else if (c >= 'a' && c <= 'f') {
            *code = *code * 16 + (uint32_t) (c - 'a' + 10);

        } else {
            return NGX_SHOP_DECLINED;
        }
    }

    return NGX_SHOP_OK;
}
