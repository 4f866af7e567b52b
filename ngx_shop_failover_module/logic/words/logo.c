
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * A logo as a data: URI.  Pure.
 */


#include "logic/words/logo.h"
#include "logic/text/span.h"


typedef struct {
    const unsigned char  *p;
    const unsigned char  *last;
    unsigned char        *to;
    int                   depth;            /* of elements that are open */
} ngx_shop_logo_t;


static int ngx_shop_logo_clean(ngx_shop_logo_t *l);
static int ngx_shop_logo_begins(const ngx_shop_logo_t *l);
static int ngx_shop_logo_tag(ngx_shop_logo_t *l);
static int ngx_shop_logo_attribute(ngx_shop_logo_t *l);
static int ngx_shop_logo_skip(ngx_shop_logo_t *l, const char *begin,
    const char *end);
static int ngx_shop_logo_drop(ngx_shop_logo_t *l, const ngx_shop_str_t *name);
static ngx_shop_str_t ngx_shop_logo_name(ngx_shop_logo_t *l);
static int ngx_shop_logo_harms(const ngx_shop_str_t *name,
    const ngx_shop_str_t *value);
static void ngx_shop_logo_copy(ngx_shop_logo_t *l, const unsigned char *from);
static void ngx_shop_logo_base64(ngx_shop_emit_t *e, const unsigned char *p,
    size_t len);


#define ngx_shop_logo_is_space(c)                                            \
    ((c) == ' ' || (c) == '\t' || (c) == '\r' || (c) == '\n')


int
ngx_shop_logo_uri(const ngx_shop_str_t *file, unsigned char *clean,
    ngx_shop_emit_t *e, const char **reason)
{
    ngx_shop_logo_t             l;
    static const unsigned char  png[] = "\x89PNG\r\n\x1a\n";

    if (file->len > NGX_SHOP_LOGO_MAX) {
        *reason = "a file of up to 32 KB: every waiting visitor loads it";
        return NGX_SHOP_ERROR;
    }

    if (file->len > 8 && memcmp(file->data, png, 8) == 0) {
        ngx_shop_emit_text(e, "data:image/png;base64,");
        ngx_shop_logo_base64(e, file->data, file->len);
        return NGX_SHOP_OK;
    }

    l.p = file->data;
    l.last = file->data + file->len;
    l.to = clean;
    l.depth = 0;

    if (ngx_shop_logo_clean(&l) != NGX_SHOP_OK) {
        *reason = "a PNG, or a whole SVG without a DOCTYPE of its own";
        return NGX_SHOP_ERROR;
    }

    ngx_shop_emit_text(e, "data:image/svg+xml;base64,");
    ngx_shop_logo_base64(e, clean, (size_t) (l.to - clean));

    return NGX_SHOP_OK;
}


/* one element <svg>, which ends; a file that was cut off is none */

static int
ngx_shop_logo_clean(ngx_shop_logo_t *l)
{
    int             svg;
    unsigned char  *from;

    svg = 0;

    while (l->p < l->last) {

        if (*l->p != '<') {

            /* a byte order mark and white space before the first element */

            if (svg) {
                *l->to++ = *l->p;
            }

            l->p++;
            continue;
        }

        if (ngx_shop_logo_skip(l, "<!--", "-->")
            || ngx_shop_logo_skip(l, "<?", "?>"))
        {
            continue;
        }

        if (l->last - l->p > 9 && memcmp(l->p, "<![CDATA[", 9) == 0) {
            from = (unsigned char *) l->p;

            if (!ngx_shop_logo_skip(l, "<![CDATA[", "]]>")) {
                return NGX_SHOP_ERROR;
            }

            ngx_shop_logo_copy(l, from);
            continue;
        }

        if (l->depth == 0 && (svg || !ngx_shop_logo_begins(l))) {
            return NGX_SHOP_ERROR;
        }

        svg = 1;

        if (ngx_shop_logo_tag(l) != NGX_SHOP_OK) {
            return NGX_SHOP_ERROR;
        }
    }

    return svg && l->depth == 0 ? NGX_SHOP_OK : NGX_SHOP_ERROR;
}


/* <svg>, or <svg:svg>; XML knows capitals */

static int
ngx_shop_logo_begins(const ngx_shop_logo_t *l)
{
    ngx_shop_logo_t  at;
    ngx_shop_str_t   name;

    if (l->last - l->p < 5 || memcmp(l->p, "<svg", 4) != 0) {
        return 0;
    }

    at = *l;
    at.p++;
    name = ngx_shop_logo_name(&at);

    return name.len == 3 && memcmp(name.data, "svg", 3) == 0;
}


static int
ngx_shop_logo_tag(ngx_shop_logo_t *l)
{
    int                    ends;
    ngx_shop_str_t         name;
    const unsigned char   *from;

    from = l->p++;
    ends = (l->p < l->last && *l->p == '/');
    l->p += ends;

    /* "!": a DOCTYPE, or a comment that does not end */

    if (l->p == l->last || *l->p == '!' || *l->p == '?') {
        return NGX_SHOP_ERROR;
    }

    name = ngx_shop_logo_name(l);

    if (name.len == 0) {
        return NGX_SHOP_ERROR;
    }

    if (ngx_shop_span_is(&name, "script")
        || ngx_shop_span_is(&name, "handler")
        || ngx_shop_span_is(&name, "iframe")
        || ngx_shop_span_is(&name, "foreignObject"))
    {
        return ngx_shop_logo_drop(l, &name);
    }

    ngx_shop_logo_copy(l, from);

    while (l->p < l->last && *l->p != '>') {

        from = l->p;

        if (ngx_shop_logo_is_space(*l->p)
            || (*l->p == '/' && l->last - l->p > 1 && l->p[1] == '>'))
        {
            l->p++;
            ngx_shop_logo_copy(l, from);
            continue;
        }

        if (!ngx_shop_logo_is_space(l->p[-1])
            || ngx_shop_logo_attribute(l) != NGX_SHOP_OK)
        {
            return NGX_SHOP_ERROR;
        }
    }

    if (l->p == l->last) {
        return NGX_SHOP_ERROR;
    }

    if (ends) {
        l->depth--;

    } else if (l->p[-1] != '/') {
        l->depth++;
    }

    *l->to++ = *l->p++;

    return NGX_SHOP_OK;
}


/* name = "value", in either kind of quotes, as XML wants it */

static int
ngx_shop_logo_attribute(ngx_shop_logo_t *l)
{
    unsigned char          quote;
    ngx_shop_str_t         name, value;
    const unsigned char   *from, *end;

    from = l->p;
    name = ngx_shop_logo_name(l);

    while (l->p < l->last && ngx_shop_logo_is_space(*l->p)) {
        l->p++;
    }

    if (name.len == 0 || l->p == l->last || *l->p++ != '=') {
        return NGX_SHOP_ERROR;
    }

    while (l->p < l->last && ngx_shop_logo_is_space(*l->p)) {
        l->p++;
    }

    if (l->p == l->last || (*l->p != '"' && *l->p != '\'')) {
        return NGX_SHOP_ERROR;
    }

    quote = *l->p++;
    end = memchr(l->p, quote, (size_t) (l->last - l->p));

    if (end == NULL) {
        return NGX_SHOP_ERROR;
    }

    value.data = l->p;
    value.len = (size_t) (end - l->p);
    l->p = end + 1;

    if (!ngx_shop_logo_harms(&name, &value)) {
        ngx_shop_logo_copy(l, from);
    }

    return NGX_SHOP_OK;
}


/* without its prefix: "xlink:href" is "href" */

static ngx_shop_str_t
ngx_shop_logo_name(ngx_shop_logo_t *l)
{
    ngx_shop_str_t  name;

    name.data = l->p;

    while (l->p < l->last && !ngx_shop_logo_is_space(*l->p)
           && strchr("></=\"'<", *l->p) == NULL)
    {
        if (*l->p++ == ':') {
            name.data = l->p;
        }
    }

    name.len = (size_t) (l->p - name.data);

    return name;
}


/* what runs, and what is loaded from elsewhere */

static int
ngx_shop_logo_harms(const ngx_shop_str_t *name, const ngx_shop_str_t *value)
{
    if (name->len > 2 && (name->data[0] | 0x20) == 'o'
        && (name->data[1] | 0x20) == 'n')
    {
        return 1;
    }

    return (ngx_shop_span_is(name, "href")
            || ngx_shop_span_is(name, "src"))
           && !(value->len && value->data[0] == '#')
           && !(value->len > 11
                && memcmp(value->data, "data:image/", 11) == 0);
}


/* whether there was one; l is then behind it */

static int
ngx_shop_logo_skip(ngx_shop_logo_t *l, const char *begin, const char *end)
{
    size_t                n;
    const unsigned char  *p;

    n = strlen(begin);

    if ((size_t) (l->last - l->p) < n || memcmp(l->p, begin, n) != 0) {
        return 0;
    }

    n = strlen(end);

    for (p = l->p + strlen(begin); (size_t) (l->last - p) >= n; p++) {
        if (memcmp(p, end, n) == 0) {
            l->p = p + n;
            return 1;
        }
    }

    return 0;
}


/* an element with all that is in it */

static int
ngx_shop_logo_drop(ngx_shop_logo_t *l, const ngx_shop_str_t *name)
{
    ngx_shop_str_t         tail;
    const unsigned char   *end;

    end = memchr(l->p, '>', (size_t) (l->last - l->p));

    if (end == NULL) {
        return NGX_SHOP_ERROR;
    }

    l->p = end + 1;

    if (end[-1] == '/') {
        return NGX_SHOP_OK;
    }

    while (l->p < l->last) {

        if (*l->p++ != '<' || l->p == l->last || *l->p != '/') {
            continue;
        }

        l->p++;
        tail = ngx_shop_logo_name(l);

        if (tail.len == name->len
            && memcmp(tail.data, name->data, tail.len) == 0)
        {
            end = memchr(l->p, '>', (size_t) (l->last - l->p));
            l->p = end ? end + 1 : l->last;

            return end ? NGX_SHOP_OK : NGX_SHOP_ERROR;
        }
    }

    return NGX_SHOP_ERROR;
}


static void
ngx_shop_logo_copy(ngx_shop_logo_t *l, const unsigned char *from)
{
    memcpy(l->to, from, (size_t) (l->p - from));
    l->to += l->p - from;
}


static void
ngx_shop_logo_base64(ngx_shop_emit_t *e, const unsigned char *p, size_t len)
{
    char                four[5];
    size_t              i, n;
    uint32_t            bits;
    static const char   digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
                                   "abcdefghijklmnopqrstuvwxyz0123456789+/";

    for (i = 0; i < len; i += 3) {
        n = len - i;
        bits = (uint32_t) p[i] << 16
               | (n > 1 ? (uint32_t) p[i + 1] << 8 : 0)
               | (n > 2 ? (uint32_t) p[i + 2] : 0);

        four[0] = digits[bits >> 18];
        four[1] = digits[bits >> 12 & 63];
        four[2] = n > 1 ? digits[bits >> 6 & 63] : '=';
        four[3] = n > 2 ? digits[bits & 63] : '=';
        four[4] = '\0';

        ngx_shop_emit_text(e, four);
    }
}
