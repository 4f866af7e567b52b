
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * Texts of the flag file that have a language.  Does not choose among them.
 */


#include "logic/flag/flag_langs.h"
#include "logic/flag/times.h"
#include "logic/text/span.h"


static void ngx_shop_flag_langs_once(ngx_shop_flag_keys_ctx_t *ctx,
    unsigned said, ngx_shop_span_t lang, ngx_shop_span_t value);
static void ngx_shop_flag_langs_contact(ngx_shop_flag_keys_ctx_t *ctx,
    ngx_shop_span_t lang, ngx_shop_span_t value);
static void ngx_shop_flag_langs_update(ngx_shop_flag_keys_ctx_t *ctx,
    ngx_shop_span_t lang, ngx_shop_span_t value);
static int ngx_shop_flag_langs_meant(ngx_shop_flag_keys_ctx_t *ctx,
    ngx_shop_span_t lang, ngx_shop_span_t clock);
static int ngx_shop_flag_langs_has(const ngx_shop_flag_notice_t *notice,
    unsigned nth, ngx_shop_span_t lang);
static int ngx_shop_flag_langs_same(const ngx_shop_flag_notice_t *notice,
    ngx_shop_span_t a, ngx_shop_span_t b);
static ngx_shop_flag_lang_t *ngx_shop_flag_langs_add(
    ngx_shop_flag_keys_ctx_t *ctx, unsigned said, ngx_shop_span_t lang,
    ngx_shop_span_t text);
static int ngx_shop_flag_langs_is(const ngx_shop_str_t *s);


void
ngx_shop_flag_langs_set(ngx_shop_flag_keys_ctx_t *ctx, unsigned said,
    ngx_shop_span_t lang, ngx_shop_span_t value)
{
    ngx_shop_str_t  s;

    s = ngx_shop_span_str(ctx->notice->text, lang);

    if (!ngx_shop_flag_langs_is(&s)) {
        ngx_shop_flag_keys_reason_warn(ctx, NGX_SHOP_FLAG_KEYS_BAD_LANG, lang);
        return;
    }

    switch (said) {

    case NGX_SHOP_FLAG_SAID_CONTACT:
        ngx_shop_flag_langs_contact(ctx, lang, value);
        return;

    case NGX_SHOP_FLAG_SAID_UPDATE:
        ngx_shop_flag_langs_update(ctx, lang, value);
        return;

    default:
        ngx_shop_flag_langs_once(ctx, said, lang, value);
    }
}


/* of a text that may stand once the last line wins, also an empty one */

static void
ngx_shop_flag_langs_once(ngx_shop_flag_keys_ctx_t *ctx, unsigned said,
    ngx_shop_span_t lang, ngx_shop_span_t value)
{
    unsigned                 i;
    ngx_shop_flag_lang_t    *known;
    ngx_shop_flag_notice_t  *notice;

    notice = ctx->notice;
    value = ngx_shop_flag_keys_value(ctx, value);

    for (i = 0; i < notice->nlangs; i++) {
        known = &notice->langs[i];

        if (known->said == said
            && ngx_shop_flag_langs_same(notice, known->lang, lang))
        {
            ngx_shop_flag_keys_reason_warn(ctx, NGX_SHOP_FLAG_KEYS_AGAIN, lang);
            known->lang = lang;
            known->text = value;
            return;
        }
    }

    (void) ngx_shop_flag_langs_add(ctx, said, lang, value);
}


static void
ngx_shop_flag_langs_contact(ngx_shop_flag_keys_ctx_t *ctx,
    ngx_shop_span_t lang, ngx_shop_span_t value)
{
    unsigned                 i, n;
    ngx_shop_flag_notice_t  *notice;

    notice = ctx->notice;
    value = ngx_shop_flag_keys_value(ctx, value);

    if (value.len == 0) {
        return;
    }

    for (i = 0, n = 0; i < notice->nlangs; i++) {
        n += notice->langs[i].said == NGX_SHOP_FLAG_SAID_CONTACT
             && ngx_shop_flag_langs_same(notice, notice->langs[i].lang, lang);
    }

    if (n == NGX_SHOP_FLAG_CONTACTS) {
        ngx_shop_flag_keys_reason_warn(ctx, NGX_SHOP_FLAG_KEYS_MANY_CONTACTS,
                                       value);
        return;
    }

    (void) ngx_shop_flag_langs_add(ctx, NGX_SHOP_FLAG_SAID_CONTACT, lang,
                                   value);
}


static void
ngx_shop_flag_langs_update(ngx_shop_flag_keys_ctx_t *ctx,
    ngx_shop_span_t lang, ngx_shop_span_t value)
{
    int                      nth;
    ngx_shop_span_t          clock;
    ngx_shop_flag_lang_t    *known;
    ngx_shop_flag_update_t  *update;

    clock = ngx_shop_flag_keys_update_clock(ctx, &value);
    value = ngx_shop_flag_keys_value(ctx, value);

    if (value.len == 0) {
        return;
    }

    nth = ngx_shop_flag_langs_meant(ctx, lang, clock);

    if (nth == -1) {
        update = ngx_shop_flag_keys_update(ctx, clock, value);
        update->lang = lang;
        return;
    }

    known = ngx_shop_flag_langs_add(ctx, NGX_SHOP_FLAG_SAID_UPDATE, lang,
                                    value);
    if (known) {
        known->nth = (uint8_t) nth;
    }
}


/* the update that a text in a language is of, or -1: of a new one */

static int
ngx_shop_flag_langs_meant(ngx_shop_flag_keys_ctx_t *ctx, ngx_shop_span_t lang,
    ngx_shop_span_t clock)
{
    int                            nth;
    int64_t                        at;
    ngx_shop_str_t                 hhmm;
    const ngx_shop_flag_update_t  *update;

    hhmm = ngx_shop_span_str(ctx->notice->text, clock);

    for (nth = ctx->notice->nupdates - 1; nth >= 0; nth--) {
        update = &ctx->notice->updates[nth];

        if (clock.len
            && (update->at == 0
                || ngx_shop_times_last(&hhmm, update->at, &at) != NGX_SHOP_OK
                || at != update->at))
        {
            continue;
        }

        if (!ngx_shop_flag_langs_has(ctx->notice, (unsigned) nth, lang)) {
            return nth;
        }

        if (clock.len == 0) {
            break;
        }
    }

    return -1;
}


static int
ngx_shop_flag_langs_has(const ngx_shop_flag_notice_t *notice, unsigned nth,
    ngx_shop_span_t lang)
{
    unsigned                     i;
    const ngx_shop_flag_lang_t  *known;

    for (i = 0; i < notice->nlangs; i++) {
        known = &notice->langs[i];

        if (known->said == NGX_SHOP_FLAG_SAID_UPDATE && known->nth == nth
            && ngx_shop_flag_langs_same(notice, known->lang, lang))
        {
            return 1;
        }
    }

    return ngx_shop_flag_langs_same(notice, notice->updates[nth].lang, lang);
}


static int
ngx_shop_flag_langs_same(const ngx_shop_flag_notice_t *notice,
    ngx_shop_span_t a, ngx_shop_span_t b)
{
    ngx_shop_str_t  first, second;

    first = ngx_shop_span_str(notice->text, a);
    second = ngx_shop_span_str(notice->text, b);

    return ngx_shop_span_same(&first, &second);
}


static ngx_shop_flag_lang_t *
ngx_shop_flag_langs_add(ngx_shop_flag_keys_ctx_t *ctx, unsigned said,
    ngx_shop_span_t lang, ngx_shop_span_t text)
{
    ngx_shop_flag_lang_t    *known;
    ngx_shop_flag_notice_t  *notice;

    notice = ctx->notice;

    if (notice->nlangs == NGX_SHOP_FLAG_LANGS) {
        ngx_shop_flag_keys_reason_warn(ctx, NGX_SHOP_FLAG_KEYS_MANY_LANGS,
                                       lang);
        return NULL;
    }

    known = &notice->langs[notice->nlangs++];
    known->said = (uint8_t) said;
    known->lang = lang;
    known->text = text;

    return known;
}


/* the shape of RFC 5646: 2 to 8 letters, then parts of 1 to 8 alphanumerics */

static int
ngx_shop_flag_langs_is(const ngx_shop_str_t *s)
{
    size_t         i, part;
    unsigned       first;
    unsigned char  ch;

    part = 0;
    first = 1;

    for (i = 0; i < s->len; i++) {
        ch = s->data[i] | 0x20;

        if (ch == '-') {

            if (part < 1 + first) {
                return 0;
            }

            part = 0;
            first = 0;
            continue;
        }

        if (++part > 8
            || !((ch >= 'a' && ch <= 'z')
                 || (!first && ch >= '0' && ch <= '9')))
        {
            return 0;
        }
    }

    return part >= 1 + first;
}
