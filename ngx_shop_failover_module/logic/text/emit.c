
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * A bounded writer of JSON, of HTML text and of Prometheus text.  Does not
 * know what it writes about, nor where the bytes go.
 */


#include "logic/text/emit.h"
#include "logic/flag/times.h"
#include "logic/text/utf8.h"


/* what stands for an ASCII character, or NULL: itself; buf has 8 bytes */
typedef const char *(*ngx_shop_emit_escape_pt)(unsigned char c, char *buf);


/* most bytes of names and addresses: no format escapes them */
#define ngx_shop_emit_plain(c)                                               \
    (((c) >= 'a' && (c) <= 'z') || ((c) >= '-' && (c) <= ':')                \
     || ((c) >= 'A' && (c) <= 'Z') || (c) == '_' || (c) == ' ')


static void ngx_shop_emit_escaped(ngx_shop_emit_t *e, const ngx_shop_str_t *s,
    ngx_shop_emit_escape_pt escape);
static const char *ngx_shop_emit_escape_html(unsigned char c, char *buf);
static const char *ngx_shop_emit_escape_json(unsigned char c, char *buf);
static const char *ngx_shop_emit_escape_label(unsigned char c, char *buf);
static const char *ngx_shop_emit_escape_help(unsigned char c, char *buf);
static ngx_shop_str_t ngx_shop_emit_constant(const char *text);
static void ngx_shop_emit_member(ngx_shop_emit_t *e, const char *key);
static void ngx_shop_emit_open(ngx_shop_emit_t *e, const char *key,
    const char *bracket);
static void ngx_shop_emit_thousandths(ngx_shop_emit_t *e, int64_t milli);
static void ngx_shop_emit_name(ngx_shop_emit_t *e, const char *name,
    const ngx_shop_emit_label_t *labels, unsigned nlabels);


void
ngx_shop_emit_init(ngx_shop_emit_t *e, unsigned char *buf, size_t size)
{
    memset(e, 0, sizeof(ngx_shop_emit_t));

    e->start = buf;
    e->pos = buf;
    e->last = size ? buf + size : buf;
}


void
ngx_shop_emit_raw(ngx_shop_emit_t *e, const void *data, size_t len)
{
    size_t                n;
    const unsigned char  *p;

    p = data;
    e->total += len;

    while (len && !e->failed) {

        n = (size_t) (e->last - e->pos);

        if (n == 0) {

            /* "more" that gives no room would be asked for ever */

            if (e->more == NULL
                || e->more(e) != NGX_SHOP_OK
                || e->pos == e->last)
            {
                e->failed = 1;
            }

            continue;
        }

        if (n > len) {
            n = len;
        }

        memcpy(e->pos, p, n);
        e->pos += n;
        p += n;
        len -= n;
    }
}


void
ngx_shop_emit_text(ngx_shop_emit_t *e, const char *text)
{
    ngx_shop_emit_raw(e, text, strlen(text));
}


void
ngx_shop_emit_number(ngx_shop_emit_t *e, int64_t n)
{
    char     *p, buf[20];
    uint64_t  u;

    /* negated as unsigned, for INT64_MIN */

    u = (n < 0) ? 0 - (uint64_t) n : (uint64_t) n;
    p = buf + sizeof(buf);

    do {
        *--p = (char) ('0' + u % 10);
        u /= 10;
    } while (u);

    if (n < 0) {
        *--p = '-';
    }

    ngx_shop_emit_raw(e, p, (size_t) (buf + sizeof(buf) - p));
}


void
ngx_shop_emit_html(ngx_shop_emit_t *e, const ngx_shop_str_t *s)
{
    ngx_shop_emit_escaped(e, s, ngx_shop_emit_escape_html);
}


void
ngx_shop_emit_quoted(ngx_shop_emit_t *e, const ngx_shop_str_t *s)
{
    ngx_shop_emit_raw(e, "\"", 1);
    ngx_shop_emit_escaped(e, s, ngx_shop_emit_escape_json);
    ngx_shop_emit_raw(e, "\"", 1);
}


/* the one loop over untrusted text: what goes out is well-formed UTF-8 */

static void
ngx_shop_emit_escaped(ngx_shop_emit_t *e, const ngx_shop_str_t *s,
    ngx_shop_emit_escape_pt escape)
{
    char                  buf[8];
    size_t                n, bad;
    const char           *text;
    const unsigned char  *p, *run, *last;

    if (s->len == 0) {
        return;
    }

    p = s->data;
    run = p;
    last = p + s->len;

    while (p < last) {

        if (ngx_shop_emit_plain(*p)) {
            p++;
            continue;
        }

        n = ngx_shop_utf8_next(p, last, &bad);

        if (n == 0) {
            text = NGX_SHOP_UTF8_REPLACEMENT;

        } else {
            text = (n == 1) ? escape(*p, buf) : NULL;
            bad = n;
        }

        if (text) {
            ngx_shop_emit_raw(e, run, (size_t) (p - run));
            ngx_shop_emit_text(e, text);
            run = p + bad;
        }

        p += bad;
    }

    ngx_shop_emit_raw(e, run, (size_t) (p - run));
}


static const char *
ngx_shop_emit_escape_html(unsigned char c, char *buf)
{
    (void) buf;

    switch (c) {

    case '&':
        return "&amp;";

    case '<':
        return "&lt;";

    case '>':
        return "&gt;";

    case '"':
        return "&quot;";

    case '\'':
        return "&#39;";

    case '\0':
        /* HTML has no way to write it */
        return NGX_SHOP_UTF8_REPLACEMENT;

    default:
        return NULL;
    }
}


static const char *
ngx_shop_emit_escape_json(unsigned char c, char *buf)
{
    static const char  hex[] = "0123456789abcdef";

    switch (c) {

    case '"':
        return "\\\"";

    case '\\':
        return "\\\\";

    case '\n':
        return "\\n";

    case '\r':
        return "\\r";

    case '\t':
        return "\\t";

    default:
        break;
    }

    /* < and > so that a value in a <script> cannot end it */

    if (c >= 0x20 && c != 0x7F && c != '<' && c != '>') {
        return NULL;
    }

    memcpy(buf, "\\u00", 4);
    buf[4] = hex[c >> 4];
    buf[5] = hex[c & 0xF];
    buf[6] = '\0';

    return buf;
}


static const char *
ngx_shop_emit_escape_label(unsigned char c, char *buf)
{
    if (c == '"') {
        return "\\\"";
    }

    return ngx_shop_emit_escape_help(c, buf);
}


static const char *
ngx_shop_emit_escape_help(unsigned char c, char *buf)
{
    (void) buf;

    switch (c) {

    case '\\':
        return "\\\\";

    case '\n':
        return "\\n";

    default:
        return NULL;
    }
}


static ngx_shop_str_t
ngx_shop_emit_constant(const char *text)
{
    ngx_shop_str_t  s;

    s.len = strlen(text);
    s.data = (const unsigned char *) text;

    return s;
}


/* what stands before every value: the comma that is due, and the key */

static void
ngx_shop_emit_member(ngx_shop_emit_t *e, const char *key)
{
    uint32_t        bit;
    ngx_shop_str_t  s;

    /* values at the top stand alone, e.g. each on a line of its own */

    if (e->depth) {
        bit = (uint32_t) 1 << (e->depth - 1);

        if (e->comma & bit) {
            ngx_shop_emit_raw(e, ",", 1);
        }

        e->comma |= bit;
    }

    if (key) {
        s = ngx_shop_emit_constant(key);
        ngx_shop_emit_quoted(e, &s);
        ngx_shop_emit_raw(e, ":", 1);
    }
}


static void
ngx_shop_emit_open(ngx_shop_emit_t *e, const char *key, const char *bracket)
{
    if (e->depth == NGX_SHOP_EMIT_DEPTH) {
        e->failed = 1;
        return;
    }

    ngx_shop_emit_member(e, key);
    ngx_shop_emit_raw(e, bracket, 1);

    e->comma &= ~((uint32_t) 1 << e->depth);
    e->depth++;
}


void
ngx_shop_emit_object(ngx_shop_emit_t *e, const char *key)
{
    ngx_shop_emit_open(e, key, "{");
}


void
ngx_shop_emit_array(ngx_shop_emit_t *e, const char *key)
{
    ngx_shop_emit_open(e, key, "[");
}


void
ngx_shop_emit_close(ngx_shop_emit_t *e, char bracket)
{
    if (e->depth == 0) {
        e->failed = 1;
        return;
    }

    e->depth--;
    ngx_shop_emit_raw(e, &bracket, 1);
}


void
ngx_shop_emit_str(ngx_shop_emit_t *e, const char *key,
    const ngx_shop_str_t *value)
{
    ngx_shop_emit_member(e, key);
    ngx_shop_emit_quoted(e, value);
}


void
ngx_shop_emit_cstr(ngx_shop_emit_t *e, const char *key, const char *value)
{
    ngx_shop_str_t  s;

    s = ngx_shop_emit_constant(value);
    ngx_shop_emit_str(e, key, &s);
}


void
ngx_shop_emit_int(ngx_shop_emit_t *e, const char *key, int64_t value)
{
    ngx_shop_emit_member(e, key);
    ngx_shop_emit_number(e, value);
}


void
ngx_shop_emit_digits(ngx_shop_emit_t *e, const char *key, const void *data,
    size_t len)
{
    ngx_shop_emit_member(e, key);
    ngx_shop_emit_raw(e, data, len);
}


void
ngx_shop_emit_milli(ngx_shop_emit_t *e, const char *key, int64_t milli)
{
    ngx_shop_emit_member(e, key);
    ngx_shop_emit_thousandths(e, milli);
}


void
ngx_shop_emit_bool(ngx_shop_emit_t *e, const char *key, int value)
{
    ngx_shop_emit_member(e, key);
    ngx_shop_emit_text(e, value ? "true" : "false");
}


void
ngx_shop_emit_null(ngx_shop_emit_t *e, const char *key)
{
    ngx_shop_emit_member(e, key);
    ngx_shop_emit_text(e, "null");
}


void
ngx_shop_emit_time(ngx_shop_emit_t *e, const char *key, int64_t at)
{
    unsigned char   buf[NGX_SHOP_TIMES_LEN];
    ngx_shop_str_t  s;

    s.data = buf;
    s.len = at ? ngx_shop_times_rfc3339(buf, at) : 0;

    if (s.len == 0) {
        ngx_shop_emit_null(e, key);
        return;
    }

    ngx_shop_emit_str(e, key, &s);
}


void
ngx_shop_emit_family(ngx_shop_emit_t *e, const char *name, const char *type,
    const char *help)
{
    ngx_shop_str_t  s;

    s = ngx_shop_emit_constant(help);

    ngx_shop_emit_text(e, "# HELP ");
    ngx_shop_emit_text(e, name);
    ngx_shop_emit_raw(e, " ", 1);
    ngx_shop_emit_escaped(e, &s, ngx_shop_emit_escape_help);

    ngx_shop_emit_text(e, "\n# TYPE ");
    ngx_shop_emit_text(e, name);
    ngx_shop_emit_raw(e, " ", 1);
    ngx_shop_emit_text(e, type);
    ngx_shop_emit_raw(e, "\n", 1);
}


void
ngx_shop_emit_sample(ngx_shop_emit_t *e, const char *name,
    const ngx_shop_emit_label_t *labels, unsigned nlabels, int64_t value)
{
    ngx_shop_emit_name(e, name, labels, nlabels);
    ngx_shop_emit_number(e, value);
    ngx_shop_emit_raw(e, "\n", 1);
}


void
ngx_shop_emit_sample_digits(ngx_shop_emit_t *e, const char *name,
    const ngx_shop_emit_label_t *labels, unsigned nlabels, const void *data,
    size_t len)
{
    ngx_shop_emit_name(e, name, labels, nlabels);
    ngx_shop_emit_raw(e, data, len);
    ngx_shop_emit_raw(e, "\n", 1);
}


void
ngx_shop_emit_sample_milli(ngx_shop_emit_t *e, const char *name,
    const ngx_shop_emit_label_t *labels, unsigned nlabels, int64_t milli)
{
    ngx_shop_emit_name(e, name, labels, nlabels);
    ngx_shop_emit_thousandths(e, milli);
    ngx_shop_emit_raw(e, "\n", 1);
}


static void
ngx_shop_emit_thousandths(ngx_shop_emit_t *e, int64_t milli)
{
    char    frac[4];
    int     rest;
    size_t  n;

    rest = (int) (milli % 1000);

    if (rest < 0) {
        rest = -rest;

        /* the sign is lost where the whole part is 0 */

        if (milli > -1000) {
            ngx_shop_emit_raw(e, "-", 1);
        }
    }

    ngx_shop_emit_number(e, milli / 1000);

    if (rest) {
        frac[0] = '.';
        frac[1] = (char) ('0' + rest / 100);
        frac[2] = (char) ('0' + rest / 10 % 10);
        frac[3] = (char) ('0' + rest % 10);

        n = (rest % 10) ? 4 : (rest % 100) ? 3 : 2;
        ngx_shop_emit_raw(e, frac, n);
    }
}


static void
ngx_shop_emit_name(ngx_shop_emit_t *e, const char *name,
    const ngx_shop_emit_label_t *labels, unsigned nlabels)
{
    unsigned  i;

    ngx_shop_emit_text(e, name);

    for (i = 0; i < nlabels; i++) {
        ngx_shop_emit_raw(e, (i == 0) ? "{" : ",", 1);
        ngx_shop_emit_text(e, labels[i].name);
        ngx_shop_emit_raw(e, "=\"", 2);
        ngx_shop_emit_escaped(e, &labels[i].value, ngx_shop_emit_escape_label);
        ngx_shop_emit_raw(e, "\"", 1);
    }

    if (nlabels) {
        ngx_shop_emit_raw(e, "}", 1);
    }

    ngx_shop_emit_raw(e, " ", 1);
}
