
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * A strict reader of JSON over the caller's bytes.  json_scan.c refuses all
 * that is not JSON, so that what is here need not look twice.  Does not know
 * what the values mean.
 */


#include "logic/text/json.h"
#include "logic/text/json_scan.h"
#include "logic/text/utf8.h"


static const unsigned char *ngx_shop_json_skip(const unsigned char *p,
    const unsigned char *last);
static const unsigned char *ngx_shop_json_skip_string(const unsigned char *p);
static const unsigned char *ngx_shop_json_take(const unsigned char *p,
    const unsigned char *last, ngx_shop_json_t *value);
static int ngx_shop_json_step(const ngx_shop_json_t *value,
    const ngx_shop_str_t *name, ngx_shop_json_t *found);
static int ngx_shop_json_equals(const ngx_shop_json_t *value,
    const ngx_shop_str_t *text);
static size_t ngx_shop_json_unescape(const unsigned char **pos,
    unsigned char *buf);


int
ngx_shop_json_parse(ngx_shop_json_t *value, const ngx_shop_str_t *source,
    size_t *at, const char **reason)
{
    const unsigned char  *last;

    if (ngx_shop_json_scan(source, at, reason) != NGX_SHOP_OK) {
        return NGX_SHOP_ERROR;
    }

    last = source->data + source->len;

    (void) ngx_shop_json_take(
                              ngx_shop_json_scan_space(source->data, last),
                              last, value);

    return NGX_SHOP_OK;
}


int
ngx_shop_json_find(const ngx_shop_json_t *value, const char *path,
    ngx_shop_json_t *found)
{
    ngx_shop_str_t   name;
    ngx_shop_json_t  v;

    v = *value;

    if (*path == '\0') {
        *found = v;
        return NGX_SHOP_OK;
    }

    for ( ;; ) {
        name.data = (const unsigned char *) path;
        name.len = strcspn(path, ".");

        if (ngx_shop_json_step(&v, &name, found) != NGX_SHOP_OK) {
            return NGX_SHOP_DECLINED;
        }

        path += name.len;

        if (*path == '\0') {
            return NGX_SHOP_OK;
        }

        v = *found;
        path++;
    }
}


/* a member by its key, an item by its number */

static int
ngx_shop_json_step(const ngx_shop_json_t *value, const ngx_shop_str_t *name,
    ngx_shop_json_t *found)
{
    size_t                i;
    unsigned              n;
    ngx_shop_json_t       key;
    ngx_shop_json_walk_t  walk;

    n = 0;

    if (value->type == NGX_SHOP_JSON_ARRAY) {

        /* no array here is that long, and no number overflows */

        if (name->len == 0 || name->len > 6) {
            return NGX_SHOP_DECLINED;
        }

        for (i = 0; i < name->len; i++) {

            if (name->data[i] < '0' || name->data[i] > '9') {
                return NGX_SHOP_DECLINED;
            }

            n = n * 10 + (unsigned) (name->data[i] - '0');
        }
    }

    ngx_shop_json_walk(value, &walk);

    while (ngx_shop_json_next(&walk, &key, found) == NGX_SHOP_OK) {
        if (walk.object ? ngx_shop_json_equals(&key, name) : n-- == 0) {
            return NGX_SHOP_OK;
        }
    }

    return NGX_SHOP_DECLINED;
}


void
ngx_shop_json_walk(const ngx_shop_json_t *value, ngx_shop_json_walk_t *walk)
{
    walk->object = (value->type == NGX_SHOP_JSON_OBJECT);

    walk->pos = value->text.data;
    walk->last = walk->pos;

    if (walk->object || value->type == NGX_SHOP_JSON_ARRAY) {

        /* without the brackets */

        walk->last += value->text.len - 1;
        walk->pos++;
    }
}


int
ngx_shop_json_next(ngx_shop_json_walk_t *walk, ngx_shop_json_t *key,
    ngx_shop_json_t *value)
{
    ngx_shop_json_t        none;
    const unsigned char   *p;

    p = ngx_shop_json_scan_space(walk->pos, walk->last);

    if (p == walk->last) {
        walk->pos = p;
        return NGX_SHOP_DECLINED;
    }

    if (*p == ',') {
        p = ngx_shop_json_scan_space(p + 1, walk->last);
    }

    if (key == NULL) {
        key = &none;
    }

    memset(key, 0, sizeof(ngx_shop_json_t));

    if (walk->object) {
        p = ngx_shop_json_take(p, walk->last, key);
        p = ngx_shop_json_scan_space(p, walk->last);

        /* the colon */

        p = ngx_shop_json_scan_space(p + 1, walk->last);
    }

    walk->pos = ngx_shop_json_take(p, walk->last, value);

    return NGX_SHOP_OK;
}


/* the value that begins at p, which was checked; returns where it ends */

static const unsigned char *
ngx_shop_json_take(const unsigned char *p, const unsigned char *last,
    ngx_shop_json_t *value)
{
    switch (*p) {

    case '{':
        value->type = NGX_SHOP_JSON_OBJECT;
        break;

    case '[':
        value->type = NGX_SHOP_JSON_ARRAY;
        break;

    case '"':
        value->type = NGX_SHOP_JSON_STRING;
        break;

    case 't':
    case 'f':
        value->type = NGX_SHOP_JSON_BOOL;
        break;

    case 'n':
        value->type = NGX_SHOP_JSON_NULL;
        break;

    default:
        value->type = NGX_SHOP_JSON_NUMBER;
    }

    value->text.data = p;
    p = ngx_shop_json_skip(p, last);
    value->text.len = (size_t) (p - value->text.data);

    return p;
}


/* over one value that was checked */

static const unsigned char *
ngx_shop_json_skip(const unsigned char *p, const unsigned char *last)
{
    unsigned  depth;

    depth = 0;

    do {

        switch (*p) {

        case '"':
            p = ngx_shop_json_skip_string(p);
            break;

        case '{':
        case '[':
            depth++;
            p++;
            break;

        case '}':
        case ']':
            depth--;
            p++;
            break;

        default:

            /* spaces, "," and ":" between values, or a number or a word */

            p++;

            while (p < last && strchr("\"{}[], \t\n\r", *p) == NULL) {
                p++;
            }
        }

    } while (depth);

    return p;
}


static const unsigned char *
ngx_shop_json_skip_string(const unsigned char *p)
{
    for (p++; *p != '"'; p++) {
        if (*p == '\\') {
            p++;
        }
    }

    return p + 1;
}


int
ngx_shop_json_string(const ngx_shop_json_t *value, unsigned char *buf,
    size_t size, ngx_shop_str_t *s)
{
    size_t                n, len;
    unsigned char         c[4];
    const unsigned char  *p, *last;

    if (value->type != NGX_SHOP_JSON_STRING) {
        return NGX_SHOP_DECLINED;
    }

    p = value->text.data + 1;
    last = value->text.data + value->text.len - 1;

    for (len = 0; p < last; len += n) {
        n = ngx_shop_json_unescape(&p, c);

        if (n > size - len) {
            return NGX_SHOP_ERROR;
        }

        memcpy(buf + len, c, n);
    }

    s->data = buf;
    s->len = len;

    return NGX_SHOP_OK;
}


int
ngx_shop_json_is(const ngx_shop_json_t *value, const char *text)
{
    ngx_shop_str_t  s;

    s.data = (const unsigned char *) text;
    s.len = strlen(text);

    return value->type == NGX_SHOP_JSON_STRING
           && ngx_shop_json_equals(value, &s);
}


static int
ngx_shop_json_equals(const ngx_shop_json_t *value, const ngx_shop_str_t *text)
{
    size_t                n, len;
    unsigned char         c[4];
    const unsigned char  *p, *last;

    p = value->text.data + 1;
    last = value->text.data + value->text.len - 1;

    for (len = 0; p < last; len += n) {
        n = ngx_shop_json_unescape(&p, c);

        if (n > text->len - len || memcmp(text->data + len, c, n) != 0) {
            return 0;
        }
    }

    return len == text->len;
}


/* one byte or escape of a string that was checked; 1 to 4 bytes in buf */

static size_t
ngx_shop_json_unescape(const unsigned char **pos, unsigned char *buf)
{
    uint32_t              code, low;
    const char           *c;
    const unsigned char  *p;

    static const char  from[] = "bfnrt";
    static const char  to[] = "\b\f\n\r\t";

    p = *pos;

    if (*p != '\\') {
        *pos = p + 1;
        buf[0] = *p;
        return 1;
    }

    if (p[1] != 'u') {
        *pos = p + 2;
        c = strchr(from, p[1]);
        buf[0] = (unsigned char) (c ? to[c - from] : p[1]);
        return 1;
    }

    (void) ngx_shop_json_scan_hex(p, p + 6, &code);
    *pos = p + 6;

    if (code >= 0xD800 && code <= 0xDBFF) {
        (void) ngx_shop_json_scan_hex(p + 6, p + 12, &low);
        *pos = p + 12;
        code = 0x10000 + ((code - 0xD800) << 10) + (low - 0xDC00);
    }

    return ngx_shop_utf8_encode(buf, code);
}


int
ngx_shop_json_int(const ngx_shop_json_t *value, int64_t *n)
{
    int                   minus;
    uint64_t              u, max, digit;
    const unsigned char  *p, *last;

    if (value->type != NGX_SHOP_JSON_NUMBER) {
        return NGX_SHOP_DECLINED;
    }

    p = value->text.data;
    last = p + value->text.len;
    minus = (*p == '-');
    max = (uint64_t) INT64_MAX + (uint64_t) minus;
    u = 0;

    for (p += minus; p < last; p++) {

        if (*p < '0' || *p > '9') {
            return NGX_SHOP_DECLINED;
        }

        digit = (uint64_t) (*p - '0');

        if (u > (max - digit) / 10) {
            return NGX_SHOP_DECLINED;
        }

        u = u * 10 + digit;
    }

    /* INT64_MIN has no positive counterpart */

    *n = minus ? -(int64_t) (u ? u - 1 : 0) - (u != 0) : (int64_t) u;

    return NGX_SHOP_OK;
}


int
ngx_shop_json_bool(const ngx_shop_json_t *value, int *flag)
{
    if (value->type != NGX_SHOP_JSON_BOOL) {
        return NGX_SHOP_DECLINED;
    }

    *flag = (value->text.data[0] == 't');

    return NGX_SHOP_OK;
}
