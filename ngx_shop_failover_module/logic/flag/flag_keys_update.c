
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * Updates of a flag file: the text of each, and the time that it begins with.
 */


#include "logic/flag/flag_keys.h"
#include "logic/text/span.h"
#include "logic/flag/times.h"


static void ngx_shop_flag_keys_update_shift(ngx_shop_flag_notice_t *notice);
static int64_t ngx_shop_flag_keys_update_when(
    const ngx_shop_flag_keys_ctx_t *ctx, ngx_shop_span_t clock,
    ngx_shop_span_t text);


/* the newest news counts most: of too many updates the oldest goes */

ngx_shop_flag_update_t *
ngx_shop_flag_keys_update(ngx_shop_flag_keys_ctx_t *ctx, ngx_shop_span_t clock,
    ngx_shop_span_t text)
{
    ngx_shop_flag_notice_t  *notice;
    ngx_shop_flag_update_t  *update;

    notice = ctx->notice;

    if (notice->nupdates == NGX_SHOP_FLAG_UPDATES) {
        ngx_shop_flag_keys_reason_warn(ctx, NGX_SHOP_FLAG_KEYS_MANY_UPDATES,
                                notice->updates[0].text);
        ngx_shop_flag_keys_update_shift(notice);
    }

    update = &notice->updates[notice->nupdates++];
    memset(update, 0, sizeof(ngx_shop_flag_update_t));

    update->text = text;
    update->at = clock.len ? ngx_shop_flag_keys_update_when(ctx, clock,
                                                            text) : 0;

    return update;
}


/* the oldest update goes, and what it says in other languages */

static void
ngx_shop_flag_keys_update_shift(ngx_shop_flag_notice_t *notice)
{
    unsigned               i, n;
    ngx_shop_flag_lang_t  *lang;

    notice->nupdates--;
    memmove(notice->updates, notice->updates + 1,
            notice->nupdates * sizeof(ngx_shop_flag_update_t));

    for (i = 0, n = 0; i < notice->nlangs; i++) {
        lang = &notice->langs[i];

        if (lang->said == NGX_SHOP_FLAG_SAID_UPDATE && lang->nth-- == 0) {
            continue;
        }

        notice->langs[n++] = *lang;
    }

    memset(&notice->langs[n], 0,
           (notice->nlangs - n) * sizeof(ngx_shop_flag_lang_t));
    notice->nlangs = (uint8_t) n;
}


ngx_shop_span_t
ngx_shop_flag_keys_update_clock(ngx_shop_flag_keys_ctx_t *ctx,
    ngx_shop_span_t *value)
{
    int64_t               at;
    unsigned              bracket;
    ngx_shop_str_t        s;
    ngx_shop_span_t       clock;
    const unsigned char  *p;

    p = ctx->notice->text + value->off;
    bracket = (value->len && *p == '[');
    p += bracket;

    clock.off = (uint16_t) (value->off + bracket);
    clock.len = 0;

    if (value->len < 5 + 2 * bracket
        || (bracket && p[5] != ']')
        || (!bracket && value->len > 5 && p[5] != ' ')
        || p[2] != ':' || *p < '0' || *p > '9')
    {
        return clock;
    }

    clock.len = 5;
    s = ngx_shop_span_str(ctx->notice->text, clock);

    if (ngx_shop_times_last(&s, ctx->anchor, &at) != NGX_SHOP_OK) {
        ngx_shop_flag_keys_reason_warn(ctx, NGX_SHOP_FLAG_KEYS_BAD_CLOCK,
                                       clock);
        clock.len = 0;
        return clock;
    }

    value->off = (uint16_t) (value->off + 5 + 2 * bracket);
    value->len = (uint16_t) (value->len - 5 - 2 * bracket);
    *value = ngx_shop_span_trim(ctx->notice->text, *value);

    return clock;
}


/*
 * When an update was said.  One that was there before keeps its time: on the
 * next day "03:10" would else be that of today.
 */

static int64_t
ngx_shop_flag_keys_update_when(const ngx_shop_flag_keys_ctx_t *ctx,
    ngx_shop_span_t clock, ngx_shop_span_t text)
{
    int64_t                        at;
    unsigned                       i;
    ngx_shop_str_t                 s, old, hhmm;
    const ngx_shop_flag_update_t  *was;

    hhmm = ngx_shop_span_str(ctx->notice->text, clock);
    s = ngx_shop_span_str(ctx->notice->text, text);

    for (i = 0; ctx->prev && i < ctx->prev->nupdates; i++) {
        was = &ctx->prev->updates[i];
        old = ngx_shop_span_str(ctx->prev->text, was->text);

        if (old.len == s.len && memcmp(old.data, s.data, s.len) == 0
            && ngx_shop_times_last(&hhmm, was->at, &at)
               == NGX_SHOP_OK
            && at == was->at)
        {
            return at;
        }
    }

    if (ngx_shop_times_last(&hhmm,
                            ctx->anchor + NGX_SHOP_FLAG_SLACK, &at)
        != NGX_SHOP_OK)
    {
        return 0;
    }

    return at;
}
