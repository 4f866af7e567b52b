
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * URLs in a text that people typed.  https, tel and mailto only, and only
 * what is beyond doubt (RFC 3986, 3966, 6068); all else stays text.  Does
 * not know pages or templates.
 */


#include "logic/words/link.h"
#include "logic/text/span.h"


#define NGX_SHOP_LINK_HOST_MAX    253
#define NGX_SHOP_LINK_LABEL_MAX   63

/* a subscriber's number has more, a country code alone has less */
#define NGX_SHOP_LINK_DIGITS_MIN  3
#define NGX_SHOP_LINK_DIGITS_MAX  15


/* whether what follows the scheme, from p to last, is valid to the end */
typedef int (*ngx_shop_link_check_pt)(const unsigned char *p,
    const unsigned char *last);


typedef struct {
    const char              *scheme;
    ngx_shop_link_check_pt   check;
    unsigned                 shown;      /* the scheme is */
} ngx_shop_link_scheme_t;


static const unsigned char *ngx_shop_link_word_end(const unsigned char *p,
    const unsigned char *last);
static const unsigned char *ngx_shop_link_trim(const unsigned char *p,
    const unsigned char *last);
static const ngx_shop_link_scheme_t *ngx_shop_link_scheme(
    const unsigned char *p, const unsigned char *last);
static int ngx_shop_link_starts(const unsigned char *p,
    const unsigned char *last, const char *text);
static int ngx_shop_link_is_split_number(const unsigned char *p,
    const unsigned char *last);
static int ngx_shop_link_check_https(const unsigned char *p,
    const unsigned char *last);
static int ngx_shop_link_check_tel(const unsigned char *p,
    const unsigned char *last);
static int ngx_shop_link_check_mailto(const unsigned char *p,
    const unsigned char *last);
static const unsigned char *ngx_shop_link_host(const unsigned char *p,
    const unsigned char *last);
static int ngx_shop_link_is_path(const unsigned char *p,
    const unsigned char *last);
static int ngx_shop_link_is_alnum(unsigned char c);
static int ngx_shop_link_is_one_of(unsigned char c, const char *list);


static const ngx_shop_link_scheme_t ngx_shop_link_schemes[] =
{
    { "https://", ngx_shop_link_check_https,  1 },
    { "tel:",     ngx_shop_link_check_tel,    0 },
    { "mailto:",  ngx_shop_link_check_mailto, 0 },
    { NULL, NULL, 0 }
};


int
ngx_shop_link_next(const ngx_shop_str_t *s, size_t *pos,
    ngx_shop_link_piece_t *piece)
{
    size_t                         skip;
    const unsigned char           *p, *last, *start, *end, *url;
    const ngx_shop_link_scheme_t  *scheme;

    if (*pos >= s->len) {
        return NGX_SHOP_DECLINED;
    }

    start = s->data + *pos;
    last = s->data + s->len;

    piece->href.len = 0;
    piece->href.data = NULL;

    for (p = start; p < last; p++) {

        /* a scheme begins a word */

        if (p > s->data
            && (ngx_shop_link_is_alnum(p[-1])
                || ngx_shop_link_is_one_of(p[-1], "+-._~/@=&?%#")))
        {
            continue;
        }

        scheme = ngx_shop_link_scheme(p, last);

        if (scheme == NULL) {
            continue;
        }

        skip = strlen(scheme->scheme);
        end = ngx_shop_link_word_end(p, last);
        url = ngx_shop_link_trim(p + skip, end);

        if (!scheme->check(p + skip, url)
            || (scheme->check == ngx_shop_link_check_tel
                && ngx_shop_link_is_split_number(url, last)))
        {
            /* nor is anything else in this word, or time would be squared */

            p = end - 1;
            continue;
        }

        if (p > start) {
            break;
        }

        piece->href.data = p;
        piece->href.len = (size_t) (url - p);

        if (!scheme->shown) {
            p += skip;
        }

        piece->text.data = p;
        piece->text.len = (size_t) (url - p);
        *pos = (size_t) (url - s->data);

        return NGX_SHOP_OK;
    }

    piece->text.data = start;
    piece->text.len = (size_t) (p - start);
    *pos = (size_t) (p - s->data);

    return NGX_SHOP_OK;
}


int
ngx_shop_link_is_safe(const ngx_shop_str_t *url, int image)
{
    size_t                i, n;
    unsigned char         c;
    const unsigned char  *p, *last;

    static const char * const  starts[] = {
        "/", "?", "#", "https://", "http://", "tel:", "mailto:", "data:image/"
    };

    if (url->len == 0) {
        return 0;
    }

    p = url->data;
    last = p + url->len;

    for (i = 0; i < url->len; i++) {
        c = p[i];

        /* browsers drop some and read "\" as "/" */

        if (c <= 0x20 || c == 0x7F || c == '\\') {
            return 0;
        }
    }

    n = sizeof(starts) / sizeof(starts[0]);

    for (i = 0; i < (image ? n : n - 1); i++) {
        if (ngx_shop_link_starts(p, last, starts[i])) {
            return 1;
        }
    }

    return 0;
}


/* a word ends at a space, a quote or a bracket, ASCII or not */

static const unsigned char *
ngx_shop_link_word_end(const unsigned char *p, const unsigned char *last)
{
    for ( /* void */ ; p < last; p++) {

        if (*p <= 0x20 || *p == 0x7F || ngx_shop_link_is_one_of(*p, "\"<>")) {
            break;
        }

        /*
         * Spaces, quotes and stops of many scripts: U+0080 to U+00BF, U+2000
         * to U+203F, U+3000 to U+303F, full width forms, the Arabic comma.
         */

        if (ngx_shop_link_starts(p, last, "\xC2")
            || ngx_shop_link_starts(p, last, "\xE2\x80")
            || ngx_shop_link_starts(p, last, "\xE3\x80")
            || ngx_shop_link_starts(p, last, "\xEF\xBC")
            || ngx_shop_link_starts(p, last, "\xD8\x8C"))
        {
            break;
        }
    }

    return p;
}


/* without the punctuation of the sentence around it */

static const unsigned char *
ngx_shop_link_trim(const unsigned char *p, const unsigned char *last)
{
    int                   open;
    const unsigned char  *q;

    open = 0;

    for (q = p; q < last; q++) {
        open += (*q == '(') - (*q == ')');
    }

    for ( /* void */ ; last > p; last--) {

        if (last[-1] == ')' && open < 0) {
            open++;
            continue;
        }

        if (!ngx_shop_link_is_one_of(last[-1], ".,;:!?']")) {
            break;
        }
    }

    return last;
}


static const ngx_shop_link_scheme_t *
ngx_shop_link_scheme(const unsigned char *p, const unsigned char *last)
{
    const ngx_shop_link_scheme_t  *scheme;

    for (scheme = ngx_shop_link_schemes; scheme->scheme; scheme++) {
        if (ngx_shop_link_starts(p, last, scheme->scheme)) {
            return scheme;
        }
    }

    return NULL;
}


/* text in lower case; without regard to the case of ASCII letters in p */

static int
ngx_shop_link_starts(const unsigned char *p, const unsigned char *last,
    const char *text)
{
    for ( /* void */ ; *text; text++, p++) {

        if (p == last) {
            return 0;
        }

        if (ngx_shop_span_lower(*p) != (unsigned char) *text) {
            return 0;
        }
    }

    return 1;
}


/* whether a number that ends at a space goes on: "tel:+49 800 123456" */

static int
ngx_shop_link_is_split_number(const unsigned char *p,
    const unsigned char *last)
{
    unsigned  spaces;

    spaces = 0;

    for ( /* void */ ; p < last; p++) {

        if (ngx_shop_link_starts(p, last, "\xC2\xA0")) {
            spaces = 1;
            p++;

        } else if (*p == ' ' || *p == '\t') {
            spaces = 1;

        } else if (!spaces || !ngx_shop_link_is_one_of(*p, "(-+/.")) {
            break;
        }
    }

    return spaces && p < last && *p >= '0' && *p <= '9';
}


static int
ngx_shop_link_check_https(const unsigned char *p, const unsigned char *last)
{
    unsigned  port;

    p = ngx_shop_link_host(p, last);

    if (p == NULL) {
        return 0;
    }

    if (p < last && *p == ':') {
        port = 0;

        for (p++; p < last && *p >= '0' && *p <= '9'; p++) {
            port = port * 10 + (unsigned) (*p - '0');

            if (port > 65535) {
                return 0;
            }
        }

        if (port == 0) {
            return 0;
        }
    }

    if (p == last) {
        return 1;
    }

    return ngx_shop_link_is_one_of(*p, "/?#")
           && ngx_shop_link_is_path(p, last);
}


static int
ngx_shop_link_check_tel(const unsigned char *p, const unsigned char *last)
{
    unsigned  digits;

    digits = 0;

    if (p < last && *p == '+') {
        p++;
    }

    for ( /* void */ ; p < last; p++) {

        if (*p >= '0' && *p <= '9') {
            digits++;

        } else if (!ngx_shop_link_is_one_of(*p, "-.()")) {
            return 0;
        }
    }

    return digits >= NGX_SHOP_LINK_DIGITS_MIN
           && digits <= NGX_SHOP_LINK_DIGITS_MAX;
}


static int
ngx_shop_link_check_mailto(const unsigned char *p, const unsigned char *last)
{
    const unsigned char  *start;

    start = p;

    while (p < last
           && (ngx_shop_link_is_alnum(*p)
               || ngx_shop_link_is_one_of(*p, "._+-")))
    {
        p++;
    }

    return p > start
           && p < last
           && *p == '@'
           && ngx_shop_link_host(p + 1, last) == last;
}


/* the end of the host at p: labels and dots; NULL: there is none */

static const unsigned char *
ngx_shop_link_host(const unsigned char *p, const unsigned char *last)
{
    size_t                n;
    const unsigned char  *start;

    start = p;

    for ( ;; ) {

        for (n = 0; p < last; n++, p++) {
            if (!ngx_shop_link_is_alnum(*p) && *p != '-') {
                break;
            }
        }

        if (n == 0
            || n > NGX_SHOP_LINK_LABEL_MAX
            || p[-1] == '-'
            || *(p - n) == '-')
        {
            return NULL;
        }

        if (p == last || *p != '.') {
            break;
        }

        p++;
    }

    return (p - start > NGX_SHOP_LINK_HOST_MAX) ? NULL : p;
}


/* path, query and fragment of RFC 3986, to the end */

static int
ngx_shop_link_is_path(const unsigned char *p, const unsigned char *last)
{
    unsigned  fragments;

    fragments = 0;

    for ( /* void */ ; p < last; p++) {

        if (*p == '%') {

            if (last - p < 3
                || !ngx_shop_link_is_one_of(p[1],
                                           "0123456789abcdefABCDEF")
                || !ngx_shop_link_is_one_of(p[2],
                                           "0123456789abcdefABCDEF"))
            {
                return 0;
            }

            p += 2;
            continue;
        }

        if (*p == '#' && fragments++) {
            return 0;
        }

        if (!ngx_shop_link_is_alnum(*p)
            && !ngx_shop_link_is_one_of(*p,
                                        "-._~!$&'()*+,;=:@/?#"))
        {
            return 0;
        }
    }

    return 1;
}


static int
ngx_shop_link_is_alnum(unsigned char c)
{
    return (c >= '0' && c <= '9')
           || (c >= 'A' && c <= 'Z')
           || (c >= 'a' && c <= 'z');
}


static int
ngx_shop_link_is_one_of(unsigned char c, const char *list)
{
    return c != '\0' && strchr(list, c) != NULL;
}
