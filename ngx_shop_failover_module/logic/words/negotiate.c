
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * What a client wants, from the values of its headers (RFC 9110, section
 * 12).  Does not know a request, nor what the renderings look like.
 */


#include "logic/words/negotiate.h"
#include "logic/words/tags.h"


#define NGX_SHOP_NEGOTIATE_Q_MAX    1000

/* a weight that cannot be read: named, so not excluded, but liked least */
#define NGX_SHOP_NEGOTIATE_Q_MIN    1

/* header members that are looked at; what follows is ignored */
#define NGX_SHOP_NEGOTIATE_MEMBERS  64

/* kinds of what Accept names, beyond the renderings */
#define NGX_SHOP_NEGOTIATE_WILD     100
#define NGX_SHOP_NEGOTIATE_OTHER    101


/* one member of a list: "gzip;q=0.8" */
typedef struct {
    ngx_shop_str_t  name;
    unsigned        q;             /* thousandths */
} ngx_shop_negotiate_member_t;


typedef struct {
    const char     *name;
    int             kind;
} ngx_shop_negotiate_name_t;


static int ngx_shop_negotiate_sent(const ngx_shop_str_t *type);
static int ngx_shop_negotiate_accept(const ngx_shop_str_t *accept);
static int ngx_shop_negotiate_media(const ngx_shop_str_t *name);
static int ngx_shop_negotiate_extension(const ngx_shop_str_t *path);
static int ngx_shop_negotiate_range(const ngx_shop_negotiate_member_t *members,
    unsigned nmembers, const ngx_shop_str_t *range,
    const ngx_shop_str_t *available, unsigned n);
static int ngx_shop_negotiate_is_excluded(
    const ngx_shop_negotiate_member_t *members, unsigned nmembers,
    const ngx_shop_str_t *lang);
static int ngx_shop_negotiate_covers(const ngx_shop_str_t *range,
    const ngx_shop_str_t *lang);
static int ngx_shop_negotiate_next(const ngx_shop_str_t *header, size_t *pos,
    ngx_shop_negotiate_member_t *member);
static unsigned ngx_shop_negotiate_weight(const ngx_shop_str_t *param);
static ngx_shop_str_t ngx_shop_negotiate_piece(const ngx_shop_str_t *header,
    size_t *pos);
static int ngx_shop_negotiate_find(const ngx_shop_negotiate_name_t *names,
    const ngx_shop_str_t *s);
static int ngx_shop_negotiate_is(const ngx_shop_str_t *s, const char *text);
static int ngx_shop_negotiate_same(const unsigned char *a,
    const unsigned char *b, size_t len);


/* what is not here ("empty", "manifest", "object") is decided by Accept */
static const ngx_shop_negotiate_name_t ngx_shop_negotiate_dests[] =
{
    { "document",      NGX_SHOP_NEGOTIATE_HTML },
    { "iframe",        NGX_SHOP_NEGOTIATE_HTML },
    { "frame",         NGX_SHOP_NEGOTIATE_HTML },
    { "fencedframe",   NGX_SHOP_NEGOTIATE_HTML },
    { "image",         NGX_SHOP_NEGOTIATE_EMPTY },
    { "style",         NGX_SHOP_NEGOTIATE_EMPTY },
    { "script",        NGX_SHOP_NEGOTIATE_EMPTY },
    { "font",          NGX_SHOP_NEGOTIATE_EMPTY },
    { "audio",         NGX_SHOP_NEGOTIATE_EMPTY },
    { "video",         NGX_SHOP_NEGOTIATE_EMPTY },
    { "track",         NGX_SHOP_NEGOTIATE_EMPTY },
    { "worker",        NGX_SHOP_NEGOTIATE_EMPTY },
    { "sharedworker",  NGX_SHOP_NEGOTIATE_EMPTY },
    { "serviceworker", NGX_SHOP_NEGOTIATE_EMPTY },
    { "audioworklet",  NGX_SHOP_NEGOTIATE_EMPTY },
    { "paintworklet",  NGX_SHOP_NEGOTIATE_EMPTY },
    { NULL, 0 }
};


static const ngx_shop_negotiate_name_t ngx_shop_negotiate_medias[] =
{
    { "text/html",                NGX_SHOP_NEGOTIATE_HTML },
    { "application/xhtml+xml",    NGX_SHOP_NEGOTIATE_HTML },
    { "application/json",         NGX_SHOP_NEGOTIATE_JSON },
    { "text/plain",               NGX_SHOP_NEGOTIATE_TEXT },
    { "text/*",                   NGX_SHOP_NEGOTIATE_TEXT },
    { "text/css",                 NGX_SHOP_NEGOTIATE_EMPTY },
    { "text/javascript",          NGX_SHOP_NEGOTIATE_EMPTY },
    { "application/javascript",   NGX_SHOP_NEGOTIATE_EMPTY },
    { "application/x-javascript", NGX_SHOP_NEGOTIATE_EMPTY },
    { "application/ecmascript",   NGX_SHOP_NEGOTIATE_EMPTY },
    { "application/font-woff",    NGX_SHOP_NEGOTIATE_EMPTY },
    { "application/font-woff2",   NGX_SHOP_NEGOTIATE_EMPTY },
    { "*/*",                      NGX_SHOP_NEGOTIATE_WILD },
    { "*",                        NGX_SHOP_NEGOTIATE_WILD },
    { "application/*",            NGX_SHOP_NEGOTIATE_WILD },
    { NULL, 0 }
};


static const ngx_shop_negotiate_name_t ngx_shop_negotiate_extensions[] =
{
    { "json",        NGX_SHOP_NEGOTIATE_JSON },
    { "js",          NGX_SHOP_NEGOTIATE_EMPTY },
    { "mjs",         NGX_SHOP_NEGOTIATE_EMPTY },
    { "css",         NGX_SHOP_NEGOTIATE_EMPTY },
    { "map",         NGX_SHOP_NEGOTIATE_EMPTY },
    { "wasm",        NGX_SHOP_NEGOTIATE_EMPTY },
    { "webmanifest", NGX_SHOP_NEGOTIATE_EMPTY },
    { "png",         NGX_SHOP_NEGOTIATE_EMPTY },
    { "jpg",         NGX_SHOP_NEGOTIATE_EMPTY },
    { "jpeg",        NGX_SHOP_NEGOTIATE_EMPTY },
    { "gif",         NGX_SHOP_NEGOTIATE_EMPTY },
    { "webp",        NGX_SHOP_NEGOTIATE_EMPTY },
    { "avif",        NGX_SHOP_NEGOTIATE_EMPTY },
    { "svg",         NGX_SHOP_NEGOTIATE_EMPTY },
    { "ico",         NGX_SHOP_NEGOTIATE_EMPTY },
    { "bmp",         NGX_SHOP_NEGOTIATE_EMPTY },
    { "woff",        NGX_SHOP_NEGOTIATE_EMPTY },
    { "woff2",       NGX_SHOP_NEGOTIATE_EMPTY },
    { "ttf",         NGX_SHOP_NEGOTIATE_EMPTY },
    { "otf",         NGX_SHOP_NEGOTIATE_EMPTY },
    { "eot",         NGX_SHOP_NEGOTIATE_EMPTY },
    { "mp3",         NGX_SHOP_NEGOTIATE_EMPTY },
    { "mp4",         NGX_SHOP_NEGOTIATE_EMPTY },
    { "webm",        NGX_SHOP_NEGOTIATE_EMPTY },
    { "ogg",         NGX_SHOP_NEGOTIATE_EMPTY },
    { NULL, 0 }
};


ngx_shop_negotiate_e
ngx_shop_negotiate_kind(const ngx_shop_str_t *accept,
    const ngx_shop_str_t *dest, const ngx_shop_str_t *type,
    const ngx_shop_str_t *path)
{
    int  kind;

    kind = ngx_shop_negotiate_find(ngx_shop_negotiate_dests, dest);

    if (kind == NGX_SHOP_DECLINED) {
        kind = ngx_shop_negotiate_accept(accept);
    }

    if (kind == NGX_SHOP_DECLINED) {
        kind = ngx_shop_negotiate_sent(type);
    }

    if (kind == NGX_SHOP_DECLINED) {
        kind = ngx_shop_negotiate_extension(path);
    }

    if (kind == NGX_SHOP_DECLINED) {
        kind = NGX_SHOP_NEGOTIATE_TEXT;
    }

    return (ngx_shop_negotiate_e) kind;
}


static int
ngx_shop_negotiate_accept(const ngx_shop_str_t *accept)
{
    int                          kind, best, assets, others;
    size_t                       pos;
    unsigned                     q;
    ngx_shop_negotiate_member_t  m;

    best = NGX_SHOP_DECLINED;
    assets = 0;
    others = 0;
    pos = 0;
    q = 0;

    while (ngx_shop_negotiate_next(accept, &pos, &m) == NGX_SHOP_OK) {
        if (m.q == 0) {
            continue;
        }

        kind = ngx_shop_negotiate_media(&m.name);

        switch (kind) {

        case NGX_SHOP_NEGOTIATE_WILD:
            break;

        case NGX_SHOP_NEGOTIATE_EMPTY:
            assets = 1;
            break;

        case NGX_SHOP_NEGOTIATE_OTHER:
            others = 1;
            break;

        default:

            if (m.q > q) {
                q = m.q;
                best = kind;
            }
        }
    }

    /* a browser's wish for a document names image types too */

    if (best == NGX_SHOP_DECLINED && assets && !others) {
        return NGX_SHOP_NEGOTIATE_EMPTY;
    }

    return best;
}


/* only of JSON it is known that who sends it reads it */

static int
ngx_shop_negotiate_sent(const ngx_shop_str_t *type)
{
    size_t                       pos;
    ngx_shop_negotiate_member_t  m;

    pos = 0;

    if (ngx_shop_negotiate_next(type, &pos, &m) == NGX_SHOP_OK
        && (ngx_shop_negotiate_is(&m.name, "application/graphql")
            || ngx_shop_negotiate_media(&m.name) == NGX_SHOP_NEGOTIATE_JSON))
    {
        return NGX_SHOP_NEGOTIATE_JSON;
    }

    return NGX_SHOP_DECLINED;
}


static int
ngx_shop_negotiate_media(const ngx_shop_str_t *name)
{
    int              kind;
    size_t           i;
    ngx_shop_str_t   top, tail;

    static const char * const  assets[] = {
        "image/", "font/", "audio/", "video/"
    };

    kind = ngx_shop_negotiate_find(ngx_shop_negotiate_medias, name);

    if (kind != NGX_SHOP_DECLINED) {
        return kind;
    }

    for (i = 0; i < sizeof(assets) / sizeof(assets[0]); i++) {

        top = *name;

        if (top.len > strlen(assets[i])) {
            top.len = strlen(assets[i]);
        }

        if (ngx_shop_negotiate_is(&top, assets[i])) {
            return NGX_SHOP_NEGOTIATE_EMPTY;
        }
    }

    if (name->len > 5) {
        tail.len = 5;
        tail.data = name->data + name->len - 5;

        if (ngx_shop_negotiate_is(&tail, "+json")) {
            return NGX_SHOP_NEGOTIATE_JSON;
        }
    }

    return NGX_SHOP_NEGOTIATE_OTHER;
}


static int
ngx_shop_negotiate_extension(const ngx_shop_str_t *path)
{
    size_t           i;
    unsigned char    c;
    ngx_shop_str_t   ext;

    ext.len = 0;
    ext.data = NULL;

    for (i = 0; i < path->len; i++) {
        c = path->data[i];

        if (c == '?' || c == '#') {
            break;
        }

        if (c == '.') {
            ext.data = path->data + i + 1;
        }
    }

    if (ext.data == NULL) {
        return NGX_SHOP_DECLINED;
    }

    ext.len = (size_t) (path->data + i - ext.data);

    return ngx_shop_negotiate_find(ngx_shop_negotiate_extensions, &ext);
}


unsigned
ngx_shop_negotiate_language(const ngx_shop_str_t *accept_language,
    const ngx_shop_str_t *available, unsigned n)
{
    int                                   found;
    size_t                                pos;
    unsigned                              i, q, nmembers, best;
    ngx_shop_negotiate_member_t members[NGX_SHOP_NEGOTIATE_MEMBERS];

    pos = 0;
    nmembers = 0;

    while (nmembers < NGX_SHOP_NEGOTIATE_MEMBERS
           && ngx_shop_negotiate_next(accept_language, &pos,
                                      &members[nmembers])
              == NGX_SHOP_OK)
    {
        nmembers++;
    }

    q = 0;
    best = 0;

    for (i = 0; i < nmembers; i++) {

        if (members[i].q <= q) {
            continue;
        }

        found = ngx_shop_negotiate_range(members, nmembers, &members[i].name,
                                         available, n);

        if (found != NGX_SHOP_DECLINED) {
            q = members[i].q;
            best = (unsigned) found;
        }
    }

    return best;
}


/* the available language for one range, as an index */

static int
ngx_shop_negotiate_range(const ngx_shop_negotiate_member_t *members,
    unsigned nmembers, const ngx_shop_str_t *range,
    const ngx_shop_str_t *available, unsigned n)
{
    int       best;
    unsigned  i, distance, least;

    best = NGX_SHOP_DECLINED;
    least = NGX_SHOP_TAGS_NEVER;

    for (i = 0; i < n; i++) {

        if (ngx_shop_negotiate_is_excluded(members, nmembers, &available[i])) {
            continue;
        }

        if (ngx_shop_negotiate_is(range, "*")) {
            return (int) i;
        }

        distance = ngx_shop_tags_distance(range, &available[i]);

        if (distance < least) {
            least = distance;
            best = (int) i;
        }
    }

    return best;
}


/* "en;q=0" excludes "en-GB" too, unless that is itself named */

static int
ngx_shop_negotiate_is_excluded(const ngx_shop_negotiate_member_t *members,
    unsigned nmembers, const ngx_shop_str_t *lang)
{
    int       excluded;
    size_t    len;
    unsigned  i;

    len = 0;
    excluded = 0;

    for (i = 0; i < nmembers; i++) {

        if (members[i].name.len > len
            && ngx_shop_negotiate_covers(&members[i].name, lang))
        {
            len = members[i].name.len;
            excluded = (members[i].q == 0);
        }
    }

    return excluded;
}


/* whether lang is range, or begins with range and a '-' */

static int
ngx_shop_negotiate_covers(const ngx_shop_str_t *range,
    const ngx_shop_str_t *lang)
{
    return range->len != 0
           && range->len <= lang->len
           && (range->len == lang->len || lang->data[range->len] == '-')
           && ngx_shop_negotiate_same(range->data, lang->data,
                                      range->len);
}


ngx_shop_negotiate_coding_e
ngx_shop_negotiate_coding(const ngx_shop_str_t *accept_encoding, int have_br)
{
    int                          gzip, br, identity, any, *q;
    size_t                       pos;
    ngx_shop_negotiate_member_t  m;

    gzip = -1;
    br = -1;
    identity = -1;
    any = -1;
    pos = 0;

    while (ngx_shop_negotiate_next(accept_encoding, &pos, &m) == NGX_SHOP_OK) {
        q = ngx_shop_negotiate_is(&m.name, "gzip") ? &gzip
            : ngx_shop_negotiate_is(&m.name, "x-gzip") ? &gzip
            : ngx_shop_negotiate_is(&m.name, "br") ? &br
            : ngx_shop_negotiate_is(&m.name, "identity") ? &identity
            : ngx_shop_negotiate_is(&m.name, "*") ? &any
            : NULL;

        if (q && *q == -1) {
            *q = (int) m.q;
        }
    }

    /* all that send "*" can gzip; not all can br */

    if (gzip == -1) {
        gzip = any;
    }

    if (have_br && br > 0 && br >= gzip && br >= identity) {
        return NGX_SHOP_NEGOTIATE_BR;
    }

    if (gzip > 0 && gzip >= identity) {
        return NGX_SHOP_NEGOTIATE_GZIP;
    }

    return NGX_SHOP_NEGOTIATE_IDENTITY;
}


/* the next member of a list: OK, or DECLINED where there is none */

static int
ngx_shop_negotiate_next(const ngx_shop_str_t *header, size_t *pos,
    ngx_shop_negotiate_member_t *member)
{
    unsigned         weighted;
    ngx_shop_str_t   param;

    do {

        while (*pos < header->len && header->data[*pos] == ',') {
            (*pos)++;
        }

        if (*pos == header->len) {
            return NGX_SHOP_DECLINED;
        }

        member->name = ngx_shop_negotiate_piece(header, pos);
        member->q = NGX_SHOP_NEGOTIATE_Q_MAX;
        weighted = 0;

        while (*pos < header->len && header->data[*pos] == ';') {
            (*pos)++;
            param = ngx_shop_negotiate_piece(header, pos);

            if (!weighted
                && param.len > 1
                && (param.data[0] | 0x20) == 'q'
                && param.data[1] == '=')
            {
                weighted = 1;
                member->q = ngx_shop_negotiate_weight(&param);
            }
        }

    } while (member->name.len == 0);

    return NGX_SHOP_OK;
}


/* "q=0.8" -> 800 */

static unsigned
ngx_shop_negotiate_weight(const ngx_shop_str_t *param)
{
    size_t         i;
    unsigned       q, unit;
    unsigned char  c;

    if (param->len < 3 || (param->data[2] != '0' && param->data[2] != '1')) {
        return NGX_SHOP_NEGOTIATE_Q_MIN;
    }

    unit = NGX_SHOP_NEGOTIATE_Q_MAX;
    q = (unsigned) (param->data[2] - '0') * unit;

    for (i = 3; i < param->len; i++) {
        c = param->data[i];

        if (i == 3) {

            if (c != '.') {
                return NGX_SHOP_NEGOTIATE_Q_MIN;
            }

            continue;
        }

        if (c < '0' || c > '9') {
            return NGX_SHOP_NEGOTIATE_Q_MIN;
        }

        /* some clients print a float, with more than three digits */

        unit /= 10;
        q += (unsigned) (c - '0') * unit;
    }

    if (q > NGX_SHOP_NEGOTIATE_Q_MAX) {
        return NGX_SHOP_NEGOTIATE_Q_MIN;
    }

    return q;
}


/* what stands before the next ',' or ';' outside quotes, trimmed */

static ngx_shop_str_t
ngx_shop_negotiate_piece(const ngx_shop_str_t *header, size_t *pos)
{
    size_t           i;
    unsigned         quoted;
    unsigned char    c;
    ngx_shop_str_t   s;

    quoted = 0;

    for (i = *pos; i < header->len; i++) {
        c = header->data[i];

        if (c == '"') {
            quoted = !quoted;

        } else if (quoted) {

            if (c == '\\' && i + 1 < header->len) {
                i++;
            }

        } else if (c == ',' || c == ';') {
            break;
        }
    }

    s.data = header->data + *pos;
    s.len = i - *pos;
    *pos = i;

    while (s.len && (s.data[0] == ' ' || s.data[0] == '\t')) {
        s.data++;
        s.len--;
    }

    while (s.len
           && (s.data[s.len - 1] == ' ' || s.data[s.len - 1] == '\t'))
    {
        s.len--;
    }

    return s;
}


static int
ngx_shop_negotiate_find(const ngx_shop_negotiate_name_t *names,
    const ngx_shop_str_t *s)
{
    for ( /* void */ ; names->name; names++) {
        if (ngx_shop_negotiate_is(s, names->name)) {
            return names->kind;
        }
    }

    return NGX_SHOP_DECLINED;
}


static int
ngx_shop_negotiate_is(const ngx_shop_str_t *s, const char *text)
{
    return s->len == strlen(text)
           && ngx_shop_negotiate_same(s->data,
                                      (const unsigned char *) text,
                                      s->len);
}


/* without regard to the case of ASCII letters, whatever the locale */

static int
ngx_shop_negotiate_same(const unsigned char *a, const unsigned char *b,
    size_t len)
{
    size_t         i;
    unsigned char  c, d;

    for (i = 0; i < len; i++) {
        c = a[i];
        d = b[i];

        c = (unsigned char) ((c >= 'A' && c <= 'Z') ? c | 0x20 : c);
        d = (unsigned char) ((d >= 'A' && d <= 'Z') ? d | 0x20 : d);

        if (c != d) {
            return 0;
        }
    }

    return 1;
}
