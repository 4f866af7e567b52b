
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * Patterns of paths: what a path means, and whether it is one of a pattern's.
 */


#include "logic/pass/pattern.h"


/* "*" of a pattern; no path has it, as nginx refuses it in a request */
#define NGX_SHOP_PATTERN_ANY    '\0'
#define NGX_SHOP_PATTERN_FRONT  "index.php"


typedef struct {
    const unsigned char     *p;
    const unsigned char     *last;
    ngx_shop_pattern_text_e  what;
} ngx_shop_pattern_walk_t;


static int ngx_shop_pattern_next(ngx_shop_pattern_walk_t *walk);
static int ngx_shop_pattern_escape(const ngx_shop_pattern_walk_t *walk);
static int ngx_shop_pattern_digit(unsigned char c);
static size_t ngx_shop_pattern_segment(unsigned char *buf, size_t begin,
    size_t end);
static size_t ngx_shop_pattern_front(unsigned char *buf, size_t len);
static ngx_shop_str_t ngx_shop_pattern_take(ngx_shop_str_t *path);
static int ngx_shop_pattern_is(const ngx_shop_str_t *pattern,
    const ngx_shop_str_t *name);


size_t
ngx_shop_pattern_path(unsigned char *buf, const ngx_shop_str_t *text,
    ngx_shop_pattern_text_e what)
{
    int                      c;
    size_t                   begin, end;
    ngx_shop_pattern_walk_t  walk;

    walk.p = text->data;
    walk.last = text->data + text->len;
    walk.what = what;

    /* each segment begins with its "/", the last one has no other behind it */

    buf[0] = '/';
    begin = 0;
    end = 1;

    if (walk.p < walk.last && *walk.p == '/') {
        walk.p++;
    }

    for ( ;; ) {
        c = ngx_shop_pattern_next(&walk);

        if (c != '/' && c != NGX_SHOP_DECLINED) {
            buf[end++] = (unsigned char) c;
            continue;
        }

        begin = ngx_shop_pattern_segment(buf, begin, end);

        if (c == NGX_SHOP_DECLINED) {
            break;
        }

        buf[begin] = '/';
        end = begin + 1;
    }

    return ngx_shop_pattern_front(buf, begin);
}


/* the next byte as it is meant, _PATTERN_ANY, or DECLINED at the end */

static int
ngx_shop_pattern_next(ngx_shop_pattern_walk_t *walk)
{
    int            c;
    unsigned char  ch;

    if (walk->p == walk->last) {
        return NGX_SHOP_DECLINED;
    }

    ch = *walk->p;

    if (walk->what == NGX_SHOP_PATTERN_URI) {
        walk->p++;
        return ch;
    }

    if (ch == '?' || ch == '#') {
        return NGX_SHOP_DECLINED;
    }

    c = (ch == '%') ? ngx_shop_pattern_escape(walk) : NGX_SHOP_DECLINED;

    if (c > 0) {
        walk->p += 3;
        return c;
    }

    walk->p++;

    if (walk->what == NGX_SHOP_PATTERN_PATTERN && ch == '*') {
        return NGX_SHOP_PATTERN_ANY;
    }

    return ch;
}


/* what the "%" here stands for, or DECLINED */

static int
ngx_shop_pattern_escape(const ngx_shop_pattern_walk_t *walk)
{
    int  high, low;

    if (walk->last - walk->p < 3) {
        return NGX_SHOP_DECLINED;
    }

    high = ngx_shop_pattern_digit(walk->p[1]);
    low = ngx_shop_pattern_digit(walk->p[2]);

    return (high < 0 || low < 0) ? NGX_SHOP_DECLINED : high * 16 + low;
}


static int
ngx_shop_pattern_digit(unsigned char c)
{
    if (c >= '0' && c <= '9') {
        return c - '0';
    }

    c |= 0x20;

    return (c >= 'a' && c <= 'f') ? c - 'a' + 10 : NGX_SHOP_DECLINED;
}


/*
 * The segment from begin to end is whole; returns where what counts ends:
 * "" and "." are nothing, and ".." takes the one before it away.
 */

static size_t
ngx_shop_pattern_segment(unsigned char *buf, size_t begin, size_t end)
{
    size_t  len;

    len = end - begin;

    if (len == 1 || (len == 2 && buf[begin + 1] == '.')) {
        return begin;
    }

    if (len == 3 && buf[begin + 1] == '.' && buf[begin + 2] == '.') {

        while (begin && buf[--begin] != '/') {
            /* void */
        }

        return begin;
    }

    return end;
}


/* after "..", which takes away "index.php" as any other name */

static size_t
ngx_shop_pattern_front(unsigned char *buf, size_t len)
{
    size_t          n, size;
    ngx_shop_str_t  rest, name;

    rest.data = buf;
    rest.len = len;
    size = sizeof(NGX_SHOP_PATTERN_FRONT) - 1;
    n = 0;

    while (rest.len) {
        name = ngx_shop_pattern_take(&rest);

        if (name.len == size
            && memcmp(name.data, NGX_SHOP_PATTERN_FRONT, size) == 0)
        {
            continue;
        }

        buf[n++] = '/';
        memmove(buf + n, name.data, name.len);
        n += name.len;
    }

    if (n == 0) {
        buf[n++] = '/';
    }

    return n;
}


int
ngx_shop_pattern_match(const ngx_shop_str_t *pattern,
    const ngx_shop_str_t *path)
{
    ngx_shop_str_t  left, rest, part, name;

    left = *pattern;
    rest = *path;

    while (left.len > 1) {
        part = ngx_shop_pattern_take(&left);
        name = ngx_shop_pattern_take(&rest);

        if (name.len == 0 || !ngx_shop_pattern_is(&part, &name)) {
            return 0;
        }
    }

    return 1;
}


/* the first segment, without its "/" */

static ngx_shop_str_t
ngx_shop_pattern_take(ngx_shop_str_t *path)
{
    const unsigned char  *end;
    ngx_shop_str_t        name;

    name.data = path->data;
    name.len = 0;

    if (path->len < 2) {
        path->len = 0;
        return name;
    }

    name.data = path->data + 1;
    end = memchr(name.data, '/', path->len - 1);
    name.len = end ? (size_t) (end - name.data) : path->len - 1;

    path->data += name.len + 1;
    path->len -= name.len + 1;

    return name;
}


/* the last "*" takes a byte more each time that what follows does not fit */

static int
ngx_shop_pattern_is(const ngx_shop_str_t *pattern, const ngx_shop_str_t *name)
{
    size_t  i, j, any, from;

    any = pattern->len;
    from = 0;
    i = 0;
    j = 0;

    while (j < name->len) {

        if (i < pattern->len && pattern->data[i] == NGX_SHOP_PATTERN_ANY) {
            any = i++;
            from = j;
            continue;
        }

        if (i < pattern->len && pattern->data[i] == name->data[j]) {
            i++;
            j++;
            continue;
        }

        if (any == pattern->len) {
            return 0;
        }

        i = any + 1;
        j = ++from;
    }

    while (i < pattern->len && pattern->data[i] == NGX_SHOP_PATTERN_ANY) {
        i++;
    }

    return i == pattern->len;
}


ngx_shop_pattern_fault_e
ngx_shop_pattern_fault(const ngx_shop_str_t *text)
{
    int                      c;
    long                     depth, len, dots;
    ngx_shop_pattern_walk_t  walk;

    if (text->len == 0 || text->data[0] != '/') {
        return NGX_SHOP_PATTERN_NO_PATH;
    }

    walk.p = text->data + 1;
    walk.last = text->data + text->len;
    walk.what = NGX_SHOP_PATTERN_PATTERN;

    depth = 0;
    len = 0;
    dots = 0;

    for ( ;; ) {

        if (walk.p < walk.last && *walk.p == '%'
            && ngx_shop_pattern_escape(&walk) <= 0)
        {
            return NGX_SHOP_PATTERN_ESCAPE;
        }

        c = ngx_shop_pattern_next(&walk);

        if (c != '/' && c != NGX_SHOP_DECLINED) {
            len++;
            dots += (c == '.');
            continue;
        }

        if (len == 2 && dots == 2) {
            depth--;

        } else if (len && !(len == 1 && dots == 1)) {
            depth++;
        }

        if (depth < 0) {
            return NGX_SHOP_PATTERN_ABOVE;
        }

        if (c == NGX_SHOP_DECLINED) {
            break;
        }

        len = 0;
        dots = 0;
    }

    return (walk.p < walk.last) ? NGX_SHOP_PATTERN_ARGUMENTS
                                : NGX_SHOP_PATTERN_FITS;
}
