
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * How near two languages are.  The tables say of CLDR 48.2 (likelySubtags,
 * parentLocales, aliases) what matters for the languages that shops write.
 */


#include <string.h>

#include "logic/words/tags.h"


/* what is added for what differs; each outweighs all above it together */
#define NGX_SHOP_TAGS_REST     1      /* of each subtag that is dropped */
#define NGX_SHOP_TAGS_PARENT   10     /* es-MX, es-419 */
#define NGX_SHOP_TAGS_DROPPED  20     /* fr-CH, fr */
#define NGX_SHOP_TAGS_LIKELY   30     /* pt, pt-BR */
#define NGX_SHOP_TAGS_SISTER   60     /* fr-CH, fr-CA */
#define NGX_SHOP_TAGS_MORE     80     /* fr, fr-x-shop */
#define NGX_SHOP_TAGS_SCRIPT   200
#define NGX_SHOP_TAGS_NAME     400    /* nn, no */


typedef struct {
    ngx_shop_str_t  lang;
    ngx_shop_str_t  script;
    ngx_shop_str_t  region;
    ngx_shop_str_t  rest;
} ngx_shop_tags_t;


/* regions are with blanks between and around */
typedef struct {
    const char     *lang;
    const char     *value;
    const char     *regions;
} ngx_shop_tags_row_t;


static int ngx_shop_tags_may_be(const ngx_shop_str_t *range,
    const ngx_shop_str_t *lang);
static int ngx_shop_tags_is_name(unsigned char a, unsigned char b);
static unsigned ngx_shop_tags_names_of(const ngx_shop_str_t *range,
    const ngx_shop_str_t *lang, ngx_shop_tags_t *r, ngx_shop_tags_t *l);
static void ngx_shop_tags_read(ngx_shop_tags_t *t);
static ngx_shop_str_t ngx_shop_tags_part(ngx_shop_str_t *rest);
static int ngx_shop_tags_is_script(const ngx_shop_str_t *part);
static int ngx_shop_tags_is_region(const ngx_shop_str_t *part);
static unsigned ngx_shop_tags_regions(const ngx_shop_tags_t *range,
    const ngx_shop_tags_t *lang);
static unsigned ngx_shop_tags_rests(const ngx_shop_str_t *range,
    const ngx_shop_str_t *lang);
static ngx_shop_str_t ngx_shop_tags_of(const ngx_shop_tags_row_t *rows,
    const ngx_shop_tags_t *t);
static int ngx_shop_tags_has(const char *regions,
    const ngx_shop_str_t *region);
static int ngx_shop_tags_same(const ngx_shop_str_t *a,
    const ngx_shop_str_t *b);
static int ngx_shop_tags_like(const char *a, const ngx_shop_str_t *b);
static unsigned char ngx_shop_tags_lower(unsigned char c);


/* other names of a language */
static const ngx_shop_tags_row_t  ngx_shop_tags_names[] = {
    { "nb", "no", NULL },
    { "nn", "no", NULL },
    { "iw", "he", NULL },
    { "in", "id", NULL },
    { "mo", "ro", NULL },
    { "tl", "fil", NULL },
    { "cmn", "zh", NULL },
    { NULL, NULL, NULL }
};


/* the script that is meant where none is said; the first row that fits */
static const ngx_shop_tags_row_t  ngx_shop_tags_scripts[] = {
    { "zh", "Hant", " AU BN GB GF HK ID MO PA PF PH SR TH TW US VN " },
    { "zh", "Hans", NULL },
    { "sr", "Latn", " ME RO TR " },
    { "sr", "Cyrl", NULL },
    { NULL, NULL, NULL }
};


/* the region that is meant where none is said */
static const ngx_shop_tags_row_t  ngx_shop_tags_likely[] = {
    { "en", "US", NULL },
    { "pt", "BR", NULL },
    { "es", "ES", NULL },
    { "fr", "FR", NULL },
    { "de", "DE", NULL },
    { "it", "IT", NULL },
    { "nl", "NL", NULL },
    { NULL, NULL, NULL }
};


/* the region whose language others follow */
static const ngx_shop_tags_row_t  ngx_shop_tags_parents[] = {
    { "pt", "PT", " AO CH CV FR GQ GW LU MO MZ ST TL " },
    { "es", "419", " AR BO BR BZ CL CO CR CU DO EC GT HN MX NI PA PE PR PY SV "
                   "US UY VE " },
    { "en", "001", " 150 AG AI AU BB BM BS BW BZ CC CY DM FJ FK GB GD GG GH "
                   "GI GM GY HK IE IL IM IN JE JM KE KN KY LC LK LR LS MG MO "
                   "MS MT MU MV MW MY NA NG NZ PG PK RW SB SC SD SG SH SL SS "
                   "SZ TC TO TT TZ UG VC VG VU WS ZA ZM ZW " },
    { "en", "150", " AT BE CH CZ DE DK EE ES FI FR GE HU IT LT LV NL NO PL PT "
                   "RO SE SI SK UA " },
    { "zh", "HK", " MO " },
    { NULL, NULL, NULL }
};


int
ngx_shop_tags_nearest(const ngx_shop_str_t *range, const ngx_shop_str_t *langs,
    unsigned n)
{
    int       nearest;
    unsigned  i, distance, least;

    nearest = -1;
    least = NGX_SHOP_TAGS_NEVER;

    for (i = 0; i < n; i++) {

        distance = ngx_shop_tags_distance(range, &langs[i]);

        if (distance < least) {
            least = distance;
            nearest = (int) i;
        }
    }

    return nearest;
}


unsigned
ngx_shop_tags_distance(const ngx_shop_str_t *range, const ngx_shop_str_t *lang)
{
    unsigned          distance;
    ngx_shop_str_t    a, b;
    ngx_shop_tags_t   r, l;

    if (!ngx_shop_tags_may_be(range, lang)) {
        return NGX_SHOP_TAGS_NEVER;
    }

    distance = ngx_shop_tags_names_of(range, lang, &r, &l);

    if (distance == NGX_SHOP_TAGS_NEVER) {
        return distance;
    }

    ngx_shop_tags_read(&r);
    ngx_shop_tags_read(&l);

    a = r.script.len ? r.script : ngx_shop_tags_of(ngx_shop_tags_scripts, &r);
    b = l.script.len ? l.script : ngx_shop_tags_of(ngx_shop_tags_scripts, &l);

    if (a.len && b.len && !ngx_shop_tags_same(&a, &b)) {
        distance += NGX_SHOP_TAGS_SCRIPT;
    }

    return distance + ngx_shop_tags_regions(&r, &l)
           + ngx_shop_tags_rests(&r.rest, &l.rest);
}


/* two letters rule most pairs out: clients may send long lists */

static int
ngx_shop_tags_may_be(const ngx_shop_str_t *range, const ngx_shop_str_t *lang)
{
    unsigned char  a, b;

    if (range->len < 2 || lang->len < 2) {
        return 1;
    }

    a = ngx_shop_tags_lower(range->data[0]);
    b = ngx_shop_tags_lower(range->data[1]);

    if (a == ngx_shop_tags_lower(lang->data[0])
        && b == ngx_shop_tags_lower(lang->data[1]))
    {
        return 1;
    }

    return ngx_shop_tags_is_name(a, b)
           || ngx_shop_tags_is_name(ngx_shop_tags_lower(lang->data[0]),
                                    ngx_shop_tags_lower(lang->data[1]));
}


/* whether a name of _names begins so */

static int
ngx_shop_tags_is_name(unsigned char a, unsigned char b)
{
    const ngx_shop_tags_row_t  *row;

    for (row = ngx_shop_tags_names; row->lang; row++) {
        if ((unsigned char) row->lang[0] == a
            && (unsigned char) row->lang[1] == b)
        {
            return 1;
        }
    }

    return 0;
}


static unsigned
ngx_shop_tags_names_of(const ngx_shop_str_t *range, const ngx_shop_str_t *lang,
    ngx_shop_tags_t *r, ngx_shop_tags_t *l)
{
    ngx_shop_str_t  a, b;

    memset(r, 0, sizeof(ngx_shop_tags_t));
    memset(l, 0, sizeof(ngx_shop_tags_t));

    r->rest = *range;
    l->rest = *lang;

    r->lang = ngx_shop_tags_part(&r->rest);
    l->lang = ngx_shop_tags_part(&l->rest);

    if (r->lang.len == 0) {
        return NGX_SHOP_TAGS_NEVER;
    }

    if (ngx_shop_tags_same(&r->lang, &l->lang)) {
        return 0;
    }

    a = ngx_shop_tags_of(ngx_shop_tags_names, r);
    b = ngx_shop_tags_of(ngx_shop_tags_names, l);

    r->lang = a.len ? a : r->lang;
    l->lang = b.len ? b : l->lang;

    return ngx_shop_tags_same(&r->lang, &l->lang)
           ? NGX_SHOP_TAGS_NAME : NGX_SHOP_TAGS_NEVER;
}


static unsigned
ngx_shop_tags_regions(const ngx_shop_tags_t *range, const ngx_shop_tags_t *lang)
{
    ngx_shop_str_t              likely;
    ngx_shop_tags_t             bare;
    const ngx_shop_tags_row_t  *row;

    if (ngx_shop_tags_same(&range->region, &lang->region)) {
        return 0;
    }

    if (lang->region.len == 0) {
        return NGX_SHOP_TAGS_DROPPED;
    }

    for (row = ngx_shop_tags_parents; row->lang; row++) {
        if (ngx_shop_tags_like(row->lang, &range->lang)
            && ngx_shop_tags_like(row->value, &lang->region)
            && ngx_shop_tags_has(row->regions, &range->region))
        {
            return NGX_SHOP_TAGS_PARENT;
        }
    }

    bare = *lang;
    bare.region.len = 0;

    likely = ngx_shop_tags_of(ngx_shop_tags_likely, &bare);

    return ngx_shop_tags_same(&likely, &lang->region)
           ? NGX_SHOP_TAGS_LIKELY : NGX_SHOP_TAGS_SISTER;
}


/* variants and private use: of what is offered, all must be asked for */

static unsigned
ngx_shop_tags_rests(const ngx_shop_str_t *range, const ngx_shop_str_t *lang)
{
    unsigned         distance;
    ngx_shop_str_t   r, l, a, b;

    r = *range;
    l = *lang;
    distance = 0;

    while (l.len) {
        a = ngx_shop_tags_part(&r);
        b = ngx_shop_tags_part(&l);

        if (!ngx_shop_tags_same(&a, &b)) {
            return NGX_SHOP_TAGS_MORE;
        }
    }

    while (r.len && distance < 9) {
        (void) ngx_shop_tags_part(&r);
        distance += NGX_SHOP_TAGS_REST;
    }

    return distance;
}


/* script and region; the three letters of an "extlang" are not read */

static void
ngx_shop_tags_read(ngx_shop_tags_t *t)
{
    ngx_shop_str_t  rest, next;

    rest = t->rest;
    next = rest;
    t->script = ngx_shop_tags_part(&next);

    if (ngx_shop_tags_is_script(&t->script)) {
        rest = next;

    } else {
        t->script.len = 0;
    }

    next = rest;
    t->region = ngx_shop_tags_part(&next);

    if (ngx_shop_tags_is_region(&t->region)) {
        rest = next;

    } else {
        t->region.len = 0;
    }

    t->rest = rest;
}


/* what stands before the next hyphen, which is taken off with it */

static ngx_shop_str_t
ngx_shop_tags_part(ngx_shop_str_t *rest)
{
    ngx_shop_str_t  part;

    part = *rest;
    part.len = 0;

    while (part.len < rest->len && rest->data[part.len] != '-') {
        part.len++;
    }

    if (part.len == rest->len) {
        rest->len = 0;

    } else {
        rest->data += part.len + 1;
        rest->len -= part.len + 1;
    }

    return part;
}


static int
ngx_shop_tags_is_script(const ngx_shop_str_t *part)
{
    unsigned char  c;

    c = part->len == 4 ? ngx_shop_tags_lower(part->data[0]) : 0;

    return c >= 'a' && c <= 'z';
}


static int
ngx_shop_tags_is_region(const ngx_shop_str_t *part)
{
    return part->len == 2
           || (part->len == 3 && part->data[0] >= '0'
               && part->data[0] <= '9');
}


/* the value of the first row that fits, or "" */

static ngx_shop_str_t
ngx_shop_tags_of(const ngx_shop_tags_row_t *rows, const ngx_shop_tags_t *t)
{
    ngx_shop_str_t              value;
    const ngx_shop_tags_row_t  *row;

    value.len = 0;
    value.data = NULL;

    for (row = rows; row->lang; row++) {
        if (ngx_shop_tags_like(row->lang, &t->lang)
            && (row->regions == NULL
                || ngx_shop_tags_has(row->regions, &t->region)))
        {
            value.data = (const unsigned char *) row->value;
            value.len = strlen(row->value);
            break;
        }
    }

    return value;
}


static int
ngx_shop_tags_has(const char *regions, const ngx_shop_str_t *region)
{
    size_t           len;
    const char      *p;
    ngx_shop_str_t   one;

    for (p = regions + 1; *p; p += len + 1) {

        len = strcspn(p, " ");

        one.data = (const unsigned char *) p;
        one.len = len;

        if (ngx_shop_tags_same(&one, region)) {
            return 1;
        }
    }

    return 0;
}


static int
ngx_shop_tags_like(const char *a, const ngx_shop_str_t *b)
{
    ngx_shop_str_t  s;

    s.data = (const unsigned char *) a;
    s.len = strlen(a);

    return ngx_shop_tags_same(&s, b);
}


/* without regard to the case of ASCII letters, whatever the locale */

static int
ngx_shop_tags_same(const ngx_shop_str_t *a, const ngx_shop_str_t *b)
{
    size_t  i;

    if (a->len != b->len) {
        return 0;
    }

    for (i = 0; i < a->len; i++) {
        if (ngx_shop_tags_lower(a->data[i]) != ngx_shop_tags_lower(b->data[i]))
        {
            return 0;
        }
    }

    return 1;
}


static unsigned char
ngx_shop_tags_lower(unsigned char c)
{
    return (unsigned char) ((c >= 'A' && c <= 'Z') ? c | 0x20 : c);
}
