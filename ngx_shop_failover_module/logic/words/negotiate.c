
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * What a client wants, from the values of its headers (RFC 9110, section
 * 12).  Does not know a request, nor what the renderings look like.
 */


#include "logic/words/negotiate_inside.h"
#include "logic/words/tags.h"


/* header members that are looked at; what follows is ignored */
#define NGX_SHOP_NEGOTIATE_MEMBERS  64

/* kinds of what Accept names, beyond the renderings */
#define NGX_SHOP_NEGOTIATE_WILD     100
#define NGX_SHOP_NEGOTIATE_OTHER    101


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
static int ngx_shop_negotiate_find(const ngx_shop_negotiate_name_t *names,
    const ngx_shop_str_t *s);


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

    while (ngx_shop_negotiate_member_next(accept, &pos, &m) == NGX_SHOP_OK) {
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

    if (ngx_shop_negotiate_member_next(type, &pos, &m) == NGX_SHOP_OK
        && (ngx_shop_negotiate_member_is(&m.name, "application/graphql")
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

        if (ngx_shop_negotiate_member_is(&top, assets[i])) {
            return NGX_SHOP_NEGOTIATE_EMPTY;
        }
    }

    if (name->len > 5) {
        tail.len = 5;
        tail.data = name->data + name->len - 5;

        if (ngx_shop_negotiate_member_is(&tail, "+json")) {
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
           && ngx_shop_negotiate_member_next(accept_language, &pos,
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
    int       any, best;
    unsigned  i, distance, least;

    any = ngx_shop_negotiate_member_is(range, "*");
    best = NGX_SHOP_DECLINED;
    least = NGX_SHOP_TAGS_NEVER;

    for (i = 0; i < n; i++) {

        distance = any ? 0 : ngx_shop_tags_distance(range, &available[i]);

        /* a look at all members, so only where it matters */

        if (distance < least
            && !ngx_shop_negotiate_is_excluded(members, nmembers,
                                               &available[i]))
        {
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
           && ngx_shop_negotiate_member_same(range->data, lang->data,
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

    while (ngx_shop_negotiate_member_next(accept_encoding, &pos,
           &m) == NGX_SHOP_OK) {
        q = ngx_shop_negotiate_member_is(&m.name, "gzip") ? &gzip
            : ngx_shop_negotiate_member_is(&m.name, "x-gzip") ? &gzip
            : ngx_shop_negotiate_member_is(&m.name, "br") ? &br
            : ngx_shop_negotiate_member_is(&m.name, "identity") ? &identity
            : ngx_shop_negotiate_member_is(&m.name, "*") ? &any
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


static int
ngx_shop_negotiate_find(const ngx_shop_negotiate_name_t *names,
    const ngx_shop_str_t *s)
{
    for ( /* void */ ; names->name; names++) {
        if (ngx_shop_negotiate_member_is(s, names->name)) {
            return names->kind;
        }
    }

    return NGX_SHOP_DECLINED;
}
