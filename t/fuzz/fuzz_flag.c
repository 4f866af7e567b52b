
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * Any bytes as a flag file, whole and cut: every span lies in the text, the
 * text is clean UTF-8, a prefix never knows more than the whole, and closes
 * where a good whole does, the same bytes make the same notice, and a file that
 * is read again later keeps its times.
 */


#include <stddef.h>
#include <stdint.h>
#include <time.h>

#include "fuzz.h"
#include "logic/flag/flag.h"
#include "logic/judge/site.h"
#include "logic/text/utf8.h"
#include "logic/words/tongue.h"


#define FUZZ_FLAG_NOW   ((int64_t) 1795230000)

/* prefixes that are looked at, so that a large input is not too slow */
#define FUZZ_FLAG_CUTS  32


int LLVMFuzzerInitialize(int *argc, char ***argv);
static ngx_shop_flag_notice_t  fuzz_flag_whole;
static ngx_shop_flag_notice_t  fuzz_flag_other;


static void
fuzz_flag_span(const ngx_shop_flag_notice_t *n, ngx_shop_span_t span,
    size_t max)
{
    size_t          i;
    ngx_shop_str_t  s;

    fuzz_holds(span.len <= max);
    fuzz_holds((size_t) span.off + span.len <= n->text_len);

    s = ngx_shop_flag_text(n, span);
    fuzz_holds(fuzz_is_utf8(&s));

    for (i = 0; i < s.len; i++) {
        fuzz_holds(s.data[i] >= 0x20 && s.data[i] != 0x7F);
    }
}


static void
fuzz_flag_time(const ngx_shop_flag_notice_t *n, const ngx_shop_flag_time_t *t)
{
    fuzz_flag_span(n, t->text, NGX_SHOP_FLAG_TEXT_MAX);
    fuzz_holds(t->at >= 0);
    fuzz_holds(t->at == 0 || t->text.len > 0);
}


static void
fuzz_flag_notice(const ngx_shop_flag_notice_t *n, size_t size)
{
    unsigned  i;

    fuzz_holds(n->text_len <= size);
    fuzz_holds(n->nlangs <= NGX_SHOP_FLAG_LANGS);
    fuzz_holds(n->ncontacts <= NGX_SHOP_FLAG_CONTACTS);
    fuzz_holds(n->nupdates <= NGX_SHOP_FLAG_UPDATES);
    fuzz_holds(n->npaths <= NGX_SHOP_FLAG_PATHS);
    fuzz_holds(n->nwarnings <= NGX_SHOP_FLAG_WARNINGS);
    fuzz_holds(n->nwarnings <= n->warnings_total);
    fuzz_holds(n->end <= NGX_SHOP_FLAG_END_HEALTHY);
    fuzz_holds(n->mode <= NGX_SHOP_FLAG_PATHS_ONLY);
    fuzz_holds(n->npaths ? n->mode != NGX_SHOP_FLAG_FULL
                         : n->mode != NGX_SHOP_FLAG_PATHS_ONLY);

    fuzz_flag_time(n, &n->eta);
    fuzz_flag_time(n, &n->start);
    fuzz_flag_time(n, &n->until);
    fuzz_flag_time(n, &n->next_update);

    /* who wrote a start did not want it to be closed now */

    fuzz_holds(n->start.text.len == 0 || n->start.at || n->bad_start);

    fuzz_flag_span(n, n->status, NGX_SHOP_FLAG_TEXT_MAX);
    fuzz_flag_span(n, n->reason, NGX_SHOP_FLAG_TEXT_MAX);
    fuzz_flag_span(n, n->offer, NGX_SHOP_FLAG_TEXT_MAX);

    for (i = 0; i < n->nlangs; i++) {
        fuzz_flag_span(n, n->langs[i].lang, NGX_SHOP_FLAG_MAX_SIZE);
        fuzz_flag_span(n, n->langs[i].text, NGX_SHOP_FLAG_TEXT_MAX);
    }

    for (i = 0; i < n->ncontacts; i++) {
        fuzz_flag_span(n, n->contacts[i], NGX_SHOP_FLAG_TEXT_MAX);
    }

    for (i = 0; i < n->nupdates; i++) {
        fuzz_flag_span(n, n->updates[i].text, NGX_SHOP_FLAG_TEXT_MAX);
        fuzz_holds(n->updates[i].text.len > 0);
        fuzz_holds(n->updates[i].at <= FUZZ_FLAG_NOW + NGX_SHOP_FLAG_SLACK);
    }

    for (i = 0; i < n->npaths; i++) {
        fuzz_flag_span(n, n->paths[i], NGX_SHOP_FLAG_MAX_SIZE);
        fuzz_holds(n->text[n->paths[i].off] == '/');
    }

    for (i = 0; i < n->nwarnings; i++) {
        fuzz_flag_span(n, n->warnings[i].what, NGX_SHOP_FLAG_WHAT_MAX);
        fuzz_holds(ngx_shop_flag_reason(n->warnings[i].reason) != NULL);
        fuzz_holds(i == 0
                   || n->warnings[i].line >= n->warnings[i - 1].line);
    }
}


static ngx_shop_site_flag_e
fuzz_flag_asks(const ngx_shop_flag_notice_t *n)
{
    return ngx_shop_site_flag(n, NGX_SHOP_SITE_FLAG_OPEN, FUZZ_FLAG_NOW);
}


/* a prefix; one that ends with a line is the whole, less what follows */

static void
fuzz_flag_prefix(const uint8_t *data, size_t cut)
{
    unsigned                       i;
    const ngx_shop_flag_notice_t  *part, *whole;

    part = &fuzz_flag_other;
    whole = &fuzz_flag_whole;

    ngx_shop_flag_parse(&fuzz_flag_other, NULL, data, cut, FUZZ_FLAG_NOW,
                        FUZZ_FLAG_NOW);
    fuzz_flag_notice(part, cut);

    /* half a "start" says no moment: what was before stays */

    if (whole->warnings_total == 0 && !part->bad_start
        && fuzz_flag_asks(whole) != NGX_SHOP_SITE_FLAG_OPEN)
    {
        fuzz_holds(fuzz_flag_asks(part) != NGX_SHOP_SITE_FLAG_OPEN);
    }

    if (cut && data[cut - 1] != '\n') {
        return;
    }

    fuzz_holds(part->text_len <= whole->text_len);
    fuzz_holds(memcmp(part->text, whole->text, part->text_len) == 0);
    fuzz_holds(part->ncontacts <= whole->ncontacts);
    fuzz_holds(part->nupdates <= whole->nupdates);
    fuzz_holds(part->warnings_total <= whole->warnings_total);

    for (i = 0; i < part->nwarnings; i++) {
        fuzz_holds(part->warnings[i].line == whole->warnings[i].line);
        fuzz_holds(part->warnings[i].reason == whole->warnings[i].reason);
    }
}


static void
fuzz_flag_again(const uint8_t *data, size_t size)
{
    unsigned                       i;
    const ngx_shop_flag_notice_t  *later, *whole;

    later = &fuzz_flag_other;
    whole = &fuzz_flag_whole;

    memset(&fuzz_flag_other, 0xA5, sizeof(fuzz_flag_other));
    ngx_shop_flag_parse(&fuzz_flag_other, NULL, data, size, FUZZ_FLAG_NOW,
                        FUZZ_FLAG_NOW);
    fuzz_holds(memcmp(later, whole, sizeof(*whole)) == 0);

    ngx_shop_flag_parse(&fuzz_flag_other, whole, data, size,
                        FUZZ_FLAG_NOW + 86400 + 4711,
                        FUZZ_FLAG_NOW + 86400 + 4711);

    fuzz_holds(later->eta.at == whole->eta.at);
    fuzz_holds(later->start.at == whole->start.at);
    fuzz_holds(later->until.at == whole->until.at);
    fuzz_holds(later->next_update.at == whole->next_update.at);
    fuzz_holds(later->bad_start == whole->bad_start);
    fuzz_holds(later->nupdates == whole->nupdates);

    for (i = 0; i < whole->nupdates; i++) {
        fuzz_holds(later->updates[i].at == whole->updates[i].at);
    }
}


/* who reads a language is told what stands in it, in no other one */

static void
fuzz_flag_languages(void)
{
    unsigned                       i, nth;
    ngx_shop_str_t                 text;
    ngx_shop_tongue_t              t;
    ngx_shop_tongue_mark_t         mark;
    const ngx_shop_flag_notice_t  *n;

    n = &fuzz_flag_whole;
    memset(&t, 0, sizeof(t));
    t.notice = n;

    for (i = 0; i < n->nlangs; i++) {
        nth = n->langs[i].nth;
        fuzz_holds(n->langs[i].said > NGX_SHOP_FLAG_SAID_NONE);
        fuzz_holds(n->langs[i].said < NGX_SHOP_FLAG_SAID_N);
        fuzz_holds(nth == 0 || nth < n->nupdates);

        t.lang = ngx_shop_flag_text(n, n->langs[i].lang);
        text = ngx_shop_tongue_text(&t, n->langs[i].said, nth, &mark);
        fuzz_holds(mark.lang.len == 0);

        if (n->langs[i].said != NGX_SHOP_FLAG_SAID_CONTACT) {
            fuzz_holds(text.data == n->text + n->langs[i].text.off);
        }

        (void) ngx_shop_tongue_lacks(n, &t.lang);
    }
}


int
LLVMFuzzerInitialize(int *argc, char ***argv)
{
    (void) argc;
    (void) argv;

    setenv("TZ", "CET-1CEST,M3.5.0,M10.5.0/3", 1);
    tzset();

    return 0;
}


int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    size_t  cut, step;

    ngx_shop_flag_parse(&fuzz_flag_whole, NULL, data, size, FUZZ_FLAG_NOW,
                        FUZZ_FLAG_NOW);
    fuzz_flag_notice(&fuzz_flag_whole, size);

    if (size > NGX_SHOP_FLAG_MAX_SIZE) {
        size = NGX_SHOP_FLAG_MAX_SIZE;
    }

    fuzz_flag_again(data, size);
    fuzz_flag_languages();

    step = size / FUZZ_FLAG_CUTS + 1;

    for (cut = size % step; cut <= size; cut += step) {
        fuzz_flag_prefix(data, cut);
    }

    return 0;
}
