
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * Any bytes as a language file.  Properties: texts lie in the source and are
 * of one line; read line by line it is the same; a refusal names its line, and
 * the lines before it are good; a text without places is filled to itself.
 */


#include "fuzz.h"
#include "logic/words/strings.h"


static void
inside(const ngx_shop_str_t *text, const ngx_shop_str_t *source)
{
    if (text->len == 0) {
        return;
    }

    fuzz_holds(text->data >= source->data);
    fuzz_holds(text->data + text->len <= source->data + source->len);
    fuzz_holds(memchr(text->data, '\n', text->len) == NULL);
}


static void
whole(const ngx_shop_strings_t *w, const ngx_shop_str_t *source)
{
    unsigned  i;

    for (i = 0; i < NGX_SHOP_STRINGS_N; i++) {
        inside(&w->text[i], source);
    }

    for (i = 0; i < 7; i++) {
        inside(&w->weekdays[i], source);
        fuzz_holds((w->weekdays[i].len != 0)
                   == (w->text[NGX_SHOP_STRINGS_WEEKDAYS].data != NULL));
    }

    for (i = 0; i < 12; i++) {
        inside(&w->months[i], source);
        fuzz_holds((w->months[i].len != 0)
                   == (w->text[NGX_SHOP_STRINGS_MONTHS].data != NULL));
    }

    fuzz_holds(w->nforms <= NGX_SHOP_STRINGS_FORMS);

    for (i = 0; i < w->nforms; i++) {
        inside(&w->forms[i].text, source);
        fuzz_holds(w->forms[i].key < NGX_SHOP_STRINGS_N);
    }
}


/*
 * The first n lines, each alone.  Not where there are forms, of which a later
 * file takes another's place, nor cases, which are known at the end only.
 */

static void
lines(const ngx_shop_str_t *source, unsigned n,
    const ngx_shop_strings_t *wanted)
{
    unsigned                   line;
    const char                *reason;
    ngx_shop_str_t             one;
    const unsigned char       *p, *last, *end;
    static ngx_shop_strings_t  w;

    if (memchr(source->data, '.', source->len)
        || memchr(source->data, ':', source->len))
    {
        return;
    }

    memset(&w, 0, sizeof(w));

    p = source->data;
    last = p + source->len;

    while (p < last && n--) {
        end = memchr(p, '\n', (size_t) (last - p));
        end = end ? end + 1 : last;

        one.data = p;
        one.len = (size_t) (end - p);

        /* a mark at the front of a file is none in its midst */

        if (p == source->data || one.len < 3
            || memcmp(p, "\xef\xbb\xbf", 3) != 0)
        {
            fuzz_holds(ngx_shop_strings_parse(&w, &one, &line, &reason)
                       == NGX_SHOP_OK);
        }

        p = end;
    }

    w.sources = 1;

    fuzz_holds(wanted == NULL || memcmp(&w, wanted, sizeof(w)) == 0);
}


/* as if another language stood behind it */

static void
fill(ngx_shop_strings_t *w)
{
    unsigned               i;
    ngx_shop_emit_t        e;
    static unsigned char   buf[4096];

    static const ngx_shop_strings_place_t  place = {
        "n", ngx_shop_string("40"), 0, 0
    };

    for (i = 0; i < NGX_SHOP_STRINGS_N; i++) {

        if (w->text[i].data == NULL) {
            w->text[i] = place.value;
        }

        ngx_shop_emit_init(&e, buf, sizeof(buf));
        ngx_shop_strings_fill(w, &e, &w->text[i], &place, 1);

        if (w->text[i].len <= sizeof(buf)
            && memchr(w->text[i].data, '{', w->text[i].len) == NULL)
        {
            fuzz_holds((size_t) (e.pos - buf) == w->text[i].len);
            fuzz_holds(memcmp(buf, w->text[i].data, w->text[i].len) == 0);
        }
    }

    ngx_shop_emit_init(&e, buf, sizeof(buf));
    ngx_shop_strings_in(w, &e, 40 * 60, 0);
    ngx_shop_strings_in(w, &e, 3 * 60, 1);
    ngx_shop_strings_in(w, &e, 3 * 3600, 0);
    ngx_shop_strings_moment(w, &e, 1795230000, NGX_SHOP_STRINGS_DATE_ZONE,
                            w->ncases ? &w->cases[0] : NULL);
}


int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    int                        rc;
    size_t                     i;
    unsigned                   line, last;
    const char                *reason;
    ngx_shop_str_t             source;
    static ngx_shop_strings_t  w;

    memset(&w, 0, sizeof(w));

    source.data = data;
    source.len = size;
    reason = NULL;

    rc = ngx_shop_strings_parse(&w, &source, &line, &reason);

    if (rc == NGX_SHOP_OK) {
        whole(&w, &source);
        lines(&source, line, &w);
        fill(&w);
        return 0;
    }

    for (last = 1, i = 0; i < size; i++) {
        last += (data[i] == '\n');
    }

    fuzz_holds(reason && *reason);
    fuzz_holds(line >= 1 && line <= last);

    lines(&source, line - 1, NULL);

    return 0;
}
