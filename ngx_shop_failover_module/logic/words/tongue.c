
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * Which of the operator's texts a reader gets, and in which language it is.
 */


#include "logic/text/span.h"
#include "logic/words/negotiate.h"
#include "logic/words/tongue.h"


/* the place of a text without a language, and of none */
#define NGX_SHOP_TONGUE_BARE   0
#define NGX_SHOP_TONGUE_NONE  -1

/* texts in a language, the one without, and the update's own */
#define NGX_SHOP_TONGUE_MAX   (NGX_SHOP_FLAG_LANGS + 2)


/* all that is said under a key, by language; bare first */
typedef struct {
    ngx_shop_str_t  lang[NGX_SHOP_TONGUE_MAX];
    ngx_shop_str_t  text[NGX_SHOP_TONGUE_MAX];
    unsigned        n;
} ngx_shop_tongue_said_t;


static void ngx_shop_tongue_collect(const ngx_shop_flag_notice_t *notice,
    unsigned said, unsigned nth, ngx_shop_tongue_said_t *s);
static ngx_shop_span_t ngx_shop_tongue_bare(
    const ngx_shop_flag_notice_t *notice, unsigned said, unsigned nth);
static int ngx_shop_tongue_pick(const ngx_shop_tongue_t *t, unsigned said,
    const ngx_shop_tongue_said_t *s);
static int ngx_shop_tongue_find(const ngx_shop_tongue_said_t *s,
    const ngx_shop_str_t *lang);
static void ngx_shop_tongue_mark(const ngx_shop_tongue_t *t,
    const ngx_shop_str_t *lang, ngx_shop_tongue_mark_t *mark);
static int ngx_shop_tongue_within(const ngx_shop_str_t *a,
    const ngx_shop_str_t *b);


ngx_shop_str_t
ngx_shop_tongue_text(const ngx_shop_tongue_t *t, unsigned said, unsigned nth,
    ngx_shop_tongue_mark_t *mark)
{
    int                     i;
    ngx_shop_str_t          none;
    ngx_shop_tongue_said_t  s;

    ngx_shop_tongue_collect(t->notice, said, nth, &s);
    i = ngx_shop_tongue_pick(t, said, &s);

    if (i == NGX_SHOP_TONGUE_NONE) {
        memset(mark, 0, sizeof(ngx_shop_tongue_mark_t));
        memset(&none, 0, sizeof(none));
        return none;
    }

    ngx_shop_tongue_mark(t, &s.lang[i], mark);

    return s.text[i];
}


unsigned
ngx_shop_tongue_contacts(const ngx_shop_tongue_t *t, ngx_shop_str_t *lines,
    ngx_shop_tongue_mark_t *mark)
{
    int                            i;
    unsigned                       k, n;
    ngx_shop_str_t                 lang;
    ngx_shop_tongue_said_t         s;
    const ngx_shop_flag_notice_t  *notice;

    notice = t->notice;

    ngx_shop_tongue_collect(notice, NGX_SHOP_FLAG_SAID_CONTACT, 0, &s);
    i = ngx_shop_tongue_pick(t, NGX_SHOP_FLAG_SAID_CONTACT, &s);
    n = 0;

    if (i == NGX_SHOP_TONGUE_NONE) {
        memset(mark, 0, sizeof(ngx_shop_tongue_mark_t));
        return 0;
    }

    ngx_shop_tongue_mark(t, &s.lang[i], mark);

    for (k = 0; i == NGX_SHOP_TONGUE_BARE && k < notice->ncontacts; k++) {
        lines[n++] = ngx_shop_flag_text(notice, notice->contacts[k]);
    }

    for (k = 0; i != NGX_SHOP_TONGUE_BARE && k < notice->nlangs; k++) {
        lang = ngx_shop_flag_text(notice, notice->langs[k].lang);

        if (notice->langs[k].said == NGX_SHOP_FLAG_SAID_CONTACT
            && ngx_shop_span_same(&lang, &s.lang[i]))
        {
            lines[n++] = ngx_shop_flag_text(notice, notice->langs[k].text);
        }
    }

    return n;
}


static void
ngx_shop_tongue_collect(const ngx_shop_flag_notice_t *notice, unsigned said,
    unsigned nth, ngx_shop_tongue_said_t *s)
{
    unsigned                     i;
    const ngx_shop_flag_lang_t  *known;

    memset(&s->lang[0], 0, sizeof(ngx_shop_str_t));
    s->text[0] = ngx_shop_flag_text(notice,
                                    ngx_shop_tongue_bare(notice, said, nth));
    s->n = 1;

    if (said == NGX_SHOP_FLAG_SAID_UPDATE && notice->updates[nth].lang.len) {
        s->lang[1] = ngx_shop_flag_text(notice, notice->updates[nth].lang);
        s->text[1] = s->text[0];
        s->text[0].len = 0;
        s->n = 2;
    }

    for (i = 0; i < notice->nlangs; i++) {
        known = &notice->langs[i];

        if (known->said == said
            && (said != NGX_SHOP_FLAG_SAID_UPDATE || known->nth == nth))
        {
            s->lang[s->n] = ngx_shop_flag_text(notice, known->lang);
            s->text[s->n++] = ngx_shop_flag_text(notice, known->text);
        }
    }
}


static ngx_shop_span_t
ngx_shop_tongue_bare(const ngx_shop_flag_notice_t *notice, unsigned said,
    unsigned nth)
{
    switch (said) {

    case NGX_SHOP_FLAG_SAID_REASON:
        return notice->reason;

    case NGX_SHOP_FLAG_SAID_OFFER:
        return notice->offer;

    case NGX_SHOP_FLAG_SAID_AFTER:
        return notice->after;

    case NGX_SHOP_FLAG_SAID_CONTACT:
        return notice->contacts[0];

    case NGX_SHOP_FLAG_SAID_UPDATE:
        return notice->updates[nth].text;

    default:
        return notice->status;
    }
}


static int
ngx_shop_tongue_pick(const ngx_shop_tongue_t *t, unsigned said,
    const ngx_shop_tongue_said_t *s)
{
    int  i;

    i = ngx_shop_tongue_find(s, &t->lang);

    if (i != NGX_SHOP_TONGUE_NONE) {
        return i;
    }

    if (s->text[NGX_SHOP_TONGUE_BARE].len) {
        return NGX_SHOP_TONGUE_BARE;
    }

    if (said == NGX_SHOP_FLAG_SAID_STATUS) {
        return NGX_SHOP_TONGUE_NONE;
    }

    i = ngx_shop_tongue_find(s, &t->second);

    if (i == NGX_SHOP_TONGUE_NONE && said == NGX_SHOP_FLAG_SAID_UPDATE
        && s->n > 1)
    {
        return 1;
    }

    return i;
}


/* the place of the text that a reader of a language understands */

static int
ngx_shop_tongue_find(const ngx_shop_tongue_said_t *s,
    const ngx_shop_str_t *lang)
{
    unsigned        n;
    ngx_shop_str_t  langs[NGX_SHOP_TONGUE_MAX];

    if (lang->len == 0 || s->n == 1) {
        return NGX_SHOP_TONGUE_NONE;
    }

    memcpy(langs, s->lang, s->n * sizeof(ngx_shop_str_t));

    /* what nobody asks for by name stands for "nothing fits" */

    langs[0].data = (const unsigned char *) "x-none";
    langs[0].len = sizeof("x-none") - 1;

    n = ngx_shop_negotiate_language(lang, langs, s->n);

    return n ? (int) n : NGX_SHOP_TONGUE_NONE;
}


static void
ngx_shop_tongue_mark(const ngx_shop_tongue_t *t, const ngx_shop_str_t *lang,
    ngx_shop_tongue_mark_t *mark)
{
    memset(mark, 0, sizeof(ngx_shop_tongue_mark_t));

    if (lang->len == 0) {
        lang = &t->bare;
    }

    if (lang->len == 0 || ngx_shop_tongue_within(lang, &t->lang)
        || ngx_shop_tongue_within(&t->lang, lang))
    {
        return;
    }

    mark->lang = *lang;
    mark->dir = ngx_shop_tongue_dir(lang);
}


/* whether a is b, or b with more subtags */

static int
ngx_shop_tongue_within(const ngx_shop_str_t *a, const ngx_shop_str_t *b)
{
    ngx_shop_str_t  part;

    if (a->len < b->len
        || (a->len > b->len && a->data[b->len] != '-'))
    {
        return 0;
    }

    part.data = a->data;
    part.len = b->len;

    return ngx_shop_span_same(&part, b);
}


unsigned
ngx_shop_tongue_langs(const ngx_shop_flag_notice_t *notice,
    ngx_shop_str_t *langs, unsigned max)
{
    unsigned        i, k, n;
    ngx_shop_str_t  lang;

    for (i = 0, n = 0; i < (unsigned) notice->nlangs + notice->nupdates; i++) {

        lang = ngx_shop_flag_text(notice, i < notice->nlangs
                              ? notice->langs[i].lang
                              : notice->updates[i - notice->nlangs].lang);

        for (k = 0; k < n; k++) {
            if (ngx_shop_span_same(&langs[k], &lang)) {
                break;
            }
        }

        if (lang.len && k == n && n < max) {
            langs[n++] = lang;
        }
    }

    return n;
}


unsigned
ngx_shop_tongue_lacks(const ngx_shop_flag_notice_t *notice,
    const ngx_shop_str_t *lang)
{
    int                     found;
    unsigned                said, nth, lacks, n;
    ngx_shop_tongue_said_t  s;

    lacks = 0;

    for (said = 1; said < NGX_SHOP_FLAG_SAID_N; said++) {

        n = said == NGX_SHOP_FLAG_SAID_UPDATE ? notice->nupdates : 1;

        for (nth = 0; nth < n; nth++) {
            ngx_shop_tongue_collect(notice, said, nth, &s);
            found = ngx_shop_tongue_find(&s, lang);

            if (found == NGX_SHOP_TONGUE_NONE
                && (s.text[0].len || s.n > 1))
            {
                lacks |= 1u << said;
            }
        }
    }

    return lacks;
}


const char *
ngx_shop_tongue_name(unsigned said)
{
    static const char *const  names[NGX_SHOP_FLAG_SAID_N] = {
        "", "status", "reason", "offer", "contact", "update",
        "after"
    };

    return names[said];
}


ngx_shop_str_t
ngx_shop_tongue_dir(const ngx_shop_str_t *lang)
{
    unsigned               i;
    ngx_shop_str_t         part;
    const ngx_shop_str_t  *dir;

    static const ngx_shop_str_t  ltr = ngx_shop_string("ltr");
    static const ngx_shop_str_t  rtl = ngx_shop_string("rtl");

    /* languages that are written so, and scripts by name */

    static const ngx_shop_str_t  langs[] = {
        ngx_shop_string("ar"), ngx_shop_string("he"), ngx_shop_string("iw"),
        ngx_shop_string("fa"), ngx_shop_string("ur"), ngx_shop_string("ps"),
        ngx_shop_string("sd"), ngx_shop_string("ug"), ngx_shop_string("yi"),
        ngx_shop_string("dv"), ngx_shop_string("ckb")
    };
    static const char *const  scripts[] = { "Arab", "Hebr", "Thaa", "Latn" };

    dir = &ltr;

    for (i = 0; i < sizeof(langs) / sizeof(langs[0]); i++) {
        if (ngx_shop_tongue_within(lang, &langs[i])) {
            dir = &rtl;
        }
    }

    /* a script is the subtag of four letters: "az-Arab", "ar-Latn" */

    for (part = *lang; part.len > 4; part.data++, part.len--) {
        if (part.data[0] != '-' || (part.len > 5 && part.data[5] != '-')) {
            continue;
        }

        part.data++;
        part.len = 4;

        for (i = 0; i < sizeof(scripts) / sizeof(scripts[0]); i++) {
            if (ngx_shop_span_is(&part, scripts[i])) {
                return i == 3 ? ltr : rtl;
            }
        }

        break;
    }

    return *dir;
}
