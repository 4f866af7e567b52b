
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * Any headers, one a line: nothing out of range is answered, the case of
 * letters does not matter, and of equals the first one wins.
 */


#include "fuzz.h"
#include "logic/words/negotiate.h"


#define FUZZ_NEGOTIATE_MAX    1024
#define FUZZ_NEGOTIATE_LANGS  6


/* the first cannot be found: 0 is "none", but for "*" */
static const ngx_shop_str_t fuzz_negotiate_langs[FUZZ_NEGOTIATE_LANGS] =
{
    { 0, NULL },
    ngx_shop_string("en"),
    ngx_shop_string("de"),
    ngx_shop_string("pt-BR"),
    ngx_shop_string("zh-Hant"),
    ngx_shop_string("zh")
};

static const ngx_shop_str_t  fuzz_negotiate_none = { 0, NULL };


/* the next line, or the next member of a list */

static ngx_shop_str_t
fuzz_negotiate_cut(ngx_shop_str_t *rest, unsigned char end)
{
    ngx_shop_str_t  s;

    s.data = rest->data;

    for (s.len = 0; s.len < rest->len; s.len++) {
        if (s.data[s.len] == end) {
            break;
        }
    }

    rest->data += s.len;
    rest->len -= s.len;

    if (rest->len) {
        rest->data++;
        rest->len--;
    }

    return s;
}


static void
fuzz_negotiate_upper(ngx_shop_str_t *s, unsigned char *buf)
{
    size_t  i;

    for (i = 0; i < s->len; i++) {
        buf[i] = s->data[i];

        if (buf[i] >= 'a' && buf[i] <= 'z') {
            buf[i] = (unsigned char) (buf[i] - 0x20);
        }
    }

    s->data = buf;
}


static unsigned
fuzz_negotiate_language(const ngx_shop_str_t *s)
{
    unsigned  n;

    n = ngx_shop_negotiate_language(s, fuzz_negotiate_langs,
                                    FUZZ_NEGOTIATE_LANGS);
    fuzz_holds(n < FUZZ_NEGOTIATE_LANGS);

    return n;
}


static int
fuzz_negotiate_is_blank(const ngx_shop_str_t *s)
{
    size_t  i;

    for (i = 0; i < s->len; i++) {
        if (s->data[i] != ' ' && s->data[i] != '\t') {
            return 0;
        }
    }

    return 1;
}


/* the members alone, in order, say what the list must say */

static void
fuzz_negotiate_order(const ngx_shop_str_t *list)
{
    unsigned              i, lang, texts, assets;
    ngx_shop_str_t        rest, s;
    ngx_shop_negotiate_e  kind, k;

    if (memchr(list->data, ';', list->len)
        || memchr(list->data, '"', list->len)
        || memchr(list->data, '*', list->len))
    {
        return;
    }

    lang = 0;
    texts = 0;
    assets = 0;
    kind = NGX_SHOP_NEGOTIATE_TEXT;
    rest = *list;

    i = 0;

    while (rest.len) {
        s = fuzz_negotiate_cut(&rest, ',');

        if (fuzz_negotiate_is_blank(&s)) {
            continue;
        }

        if (lang == 0 && i++ < 64) {
            lang = fuzz_negotiate_language(&s);
        }

        k = ngx_shop_negotiate_kind(&s, &fuzz_negotiate_none,
                                    &fuzz_negotiate_none,
                                    &fuzz_negotiate_none);

        if (k == NGX_SHOP_NEGOTIATE_TEXT) {
            texts = 1;

        } else if (k == NGX_SHOP_NEGOTIATE_EMPTY) {
            assets = 1;

        } else if (kind == NGX_SHOP_NEGOTIATE_TEXT) {
            kind = k;
        }
    }

    fuzz_holds(fuzz_negotiate_language(list) == lang);

    /* "text" is also what is not known, which says nothing about order */

    if (texts) {
        return;
    }

    if (kind == NGX_SHOP_NEGOTIATE_TEXT && assets) {
        kind = NGX_SHOP_NEGOTIATE_EMPTY;
    }

    fuzz_holds(ngx_shop_negotiate_kind(list,
                                       &fuzz_negotiate_none,
                                       &fuzz_negotiate_none,
                                       &fuzz_negotiate_none)
               == kind);
}


int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    unsigned                     i, lang;
    unsigned char                buf[4][FUZZ_NEGOTIATE_MAX];
    ngx_shop_str_t               rest, line[4];
    ngx_shop_negotiate_e         kind;
    ngx_shop_negotiate_coding_e  coding[2];

    if (size == 0 || size > FUZZ_NEGOTIATE_MAX) {
        return 0;
    }

    rest.data = data;
    rest.len = size;

    for (i = 0; i < 4; i++) {
        line[i] = fuzz_negotiate_cut(&rest, '\n');
    }

    kind = ngx_shop_negotiate_kind(&line[0], &line[1], &line[3], &line[2]);
    fuzz_holds(kind >= NGX_SHOP_NEGOTIATE_HTML
               && kind <= NGX_SHOP_NEGOTIATE_EMPTY);

    coding[0] = ngx_shop_negotiate_coding(&line[0], 0);
    coding[1] = ngx_shop_negotiate_coding(&line[0], 1);

    fuzz_holds(coding[0] == NGX_SHOP_NEGOTIATE_IDENTITY
               || coding[0] == NGX_SHOP_NEGOTIATE_GZIP);
    fuzz_holds(coding[1] == NGX_SHOP_NEGOTIATE_BR || coding[1] == coding[0]);

    lang = fuzz_negotiate_language(&line[0]);

    if (line[0].len) {
        fuzz_negotiate_order(&line[0]);
    }

    for (i = 0; i < 4; i++) {
        fuzz_negotiate_upper(&line[i], buf[i]);
    }

    fuzz_holds(ngx_shop_negotiate_kind(&line[0], &line[1], &line[3], &line[2])
               == kind);
    fuzz_holds(ngx_shop_negotiate_coding(&line[0], 1)
               == coding[1]);
    fuzz_holds(fuzz_negotiate_language(&line[0]) == lang);

    return 0;
}
