
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * The flag file's grammar: bytes -> clean lines -> keys and values.  Reads no
 * file, knows no clock, and does not decide who is let in.
 */


#include "logic/flag/flag.h"
#include "logic/flag/flag_keys.h"
#include "logic/flag/flag_langs.h"
#include "logic/flag/hosts.h"
#include "logic/text/span.h"
#include "logic/text/utf8.h"


static int64_t ngx_shop_flag_anchor(int64_t appeared, int64_t now);
static ngx_shop_span_t ngx_shop_flag_clean(ngx_shop_flag_keys_ctx_t *ctx,
    const unsigned char *p, const unsigned char *last);
static void ngx_shop_flag_line(ngx_shop_flag_keys_ctx_t *ctx,
    ngx_shop_span_t line);


void
ngx_shop_flag_parse(ngx_shop_flag_notice_t *notice,
    const ngx_shop_flag_notice_t *prev, const unsigned char *data, size_t size,
    int64_t appeared, int64_t now)
{
    const unsigned char      *p, *last, *end;
    ngx_shop_flag_keys_ctx_t  ctx;

    memset(notice, 0, sizeof(ngx_shop_flag_notice_t));

    ctx.notice = notice;
    ctx.prev = prev;
    ctx.anchor = ngx_shop_flag_anchor(appeared, now);
    ctx.seen = 0;
    ctx.line = 0;

    if (size > NGX_SHOP_FLAG_MAX_SIZE) {
        size = NGX_SHOP_FLAG_MAX_SIZE;
    }

    if (size >= 3 && memcmp(data, "\xEF\xBB\xBF", 3) == 0) {
        data += 3;
        size -= 3;
    }

    for (p = data, last = data + size; p < last; p = end + 1) {
        end = memchr(p, '\n', (size_t) (last - p));

        if (end == NULL) {
            end = last;
        }

        ctx.line++;
        ngx_shop_flag_line(&ctx, ngx_shop_flag_clean(&ctx, p, end));

        if (end == last) {
            break;
        }

        notice->text[notice->text_len++] = '\n';
    }
}


static int64_t
ngx_shop_flag_anchor(int64_t appeared, int64_t now)
{
    return (appeared <= 0 || appeared > now) ? now : appeared;
}


int64_t
ngx_shop_flag_appeared(int64_t mtime, int64_t ctime)
{
    return mtime > ctime ? mtime : ctime;
}


/*
 * Appends a line to the notice's text.  A CR at its end is that of CRLF, or of
 * a CRLF that is not wholly written yet.  Comments may hold anything.
 */

static ngx_shop_span_t
ngx_shop_flag_clean(ngx_shop_flag_keys_ctx_t *ctx, const unsigned char *p,
    const unsigned char *last)
{
    size_t                   n, bad;
    unsigned                 encoding, control;
    ngx_shop_span_t          line;
    ngx_shop_flag_notice_t  *notice;

    notice = ctx->notice;
    line.off = (uint16_t) notice->text_len;
    encoding = 0;
    control = 0;

    if (p < last && last[-1] == '\r') {
        last--;
    }

    while (p < last) {
        n = ngx_shop_utf8_next(p, last, &bad);

        if (n == 0) {
            notice->text[notice->text_len++] = '?';
            encoding = 1;
            p += bad;

        } else if (*p == '\t') {
            notice->text[notice->text_len++] = ' ';
            p++;

        } else if (ngx_shop_utf8_control(p, n)) {
            control = 1;
            p += n;

        } else {
            memcpy(notice->text + notice->text_len, p, n);
            notice->text_len += (uint32_t) n;
            p += n;
        }
    }

    line.len = (uint16_t) (notice->text_len - line.off);
    line = ngx_shop_span_trim(notice->text, line);

    if (line.len && notice->text[line.off] == '#') {
        line.len = 0;
        return line;
    }

    if (encoding) {
        ngx_shop_flag_keys_reason_warn(ctx, NGX_SHOP_FLAG_KEYS_ENCODING, line);
    }

    if (control) {
        ngx_shop_flag_keys_reason_warn(ctx, NGX_SHOP_FLAG_KEYS_CONTROL, line);
    }

    return line;
}


static void
ngx_shop_flag_line(ngx_shop_flag_keys_ctx_t *ctx, ngx_shop_span_t line)
{
    unsigned                         said;
    ngx_shop_str_t                   s;
    ngx_shop_span_t                  name, lang, value;
    const unsigned char             *text;
    const ngx_shop_flag_keys_row_t  *row;

    if (line.len == 0) {
        return;
    }

    text = ctx->notice->text;

    value = line;
    name = ngx_shop_span_word(text, &value, ": ");
    value = ngx_shop_span_trim(text, value);

    s = ngx_shop_span_str(text, name);
    row = ngx_shop_flag_keys_find(&s);

    if (value.len == 0 || text[value.off] != ':') {
        ngx_shop_flag_keys_refuse(ctx, row, line);
        return;
    }

    value.off++;
    value.len--;
    value = ngx_shop_span_trim(text, value);

    if (row) {
        ngx_shop_flag_keys_set(ctx, row, name, value);
        return;
    }

    lang = name;
    name = ngx_shop_span_word(text, &lang, ".");
    s = ngx_shop_span_str(text, name);

    row = lang.len ? ngx_shop_flag_keys_find(&s) : NULL;
    said = row ? ngx_shop_flag_keys_said(row) : NGX_SHOP_FLAG_SAID_NONE;

    if (said == NGX_SHOP_FLAG_SAID_NONE) {
        ngx_shop_flag_keys_reason_warn(ctx, NGX_SHOP_FLAG_KEYS_UNKNOWN, line);
        return;
    }

    lang.off++;
    lang.len--;
    ngx_shop_flag_langs_set(ctx, said, lang, value);
}


ngx_shop_str_t
ngx_shop_flag_text(const ngx_shop_flag_notice_t *notice, ngx_shop_span_t span)
{
    return ngx_shop_span_str(notice->text, span);
}


void
ngx_shop_flag_ways(ngx_shop_flag_notice_t *notice)
{
    unsigned                i, n;
    ngx_shop_flag_lang_t   *lang;
    ngx_shop_flag_update_t  none;

    memset(&notice->status, 0, sizeof(ngx_shop_span_t));
    memset(&notice->reason, 0, sizeof(ngx_shop_span_t));
    memset(&notice->after, 0, sizeof(ngx_shop_span_t));
    memset(&notice->eta, 0, sizeof(ngx_shop_flag_time_t));
    memset(&notice->until, 0, sizeof(ngx_shop_flag_time_t));
    memset(&notice->next_update, 0, sizeof(ngx_shop_flag_time_t));
    memset(&none, 0, sizeof(none));

    while (notice->nupdates) {
        notice->updates[--notice->nupdates] = none;
    }

    for (i = 0, n = 0; i < notice->nlangs; i++) {
        lang = &notice->langs[i];

        if (lang->said == NGX_SHOP_FLAG_SAID_CONTACT
            || lang->said == NGX_SHOP_FLAG_SAID_OFFER)
        {
            notice->langs[n++] = *lang;
        }
    }

    notice->nlangs = (uint8_t) n;
}


ngx_shop_str_t
ngx_shop_flag_status(const ngx_shop_flag_notice_t *notice)
{
    unsigned  i;

    for (i = 0; notice->status.len == 0 && i < notice->nlangs; i++) {
        if (notice->langs[i].said == NGX_SHOP_FLAG_SAID_STATUS) {
            return ngx_shop_flag_text(notice, notice->langs[i].text);
        }
    }

    return ngx_shop_flag_text(notice, notice->status);
}


int
ngx_shop_flag_about(const ngx_shop_flag_notice_t *notice,
    const ngx_shop_str_t *host)
{
    unsigned        i;
    ngx_shop_str_t  pattern;

    if (!notice->hosts_given) {
        return 1;
    }

    for (i = 0; host->len && i < notice->nhosts; i++) {
        pattern = ngx_shop_flag_text(notice, notice->hosts[i]);

        if (ngx_shop_hosts_match(&pattern, host)) {
            return 1;
        }
    }

    return 0;
}


/* FNV-1a */

uint64_t
ngx_shop_flag_sum(const ngx_shop_flag_notice_t *notice)
{
    uint32_t  i;
    uint64_t  sum;

    sum = UINT64_C(14695981039346656037);

    for (i = 0; i < notice->text_len; i++) {
        sum = (sum ^ notice->text[i]) * UINT64_C(1099511628211);
    }

    return sum;
}


const char *
ngx_shop_flag_reason(unsigned reason)
{
    return ngx_shop_flag_keys_reason(reason);
}


const char *
ngx_shop_flag_mode_name(unsigned mode)
{
    static const char *const  names[] = { "full", "browse", "paths", "words" };

    return mode < sizeof(names) / sizeof(names[0]) ? names[mode] : NULL;
}


const char *
ngx_shop_flag_end_name(unsigned end)
{
    static const char *const  names[] = { "manual", "eta", "healthy" };

    return end < sizeof(names) / sizeof(names[0]) ? names[end] : NULL;
}
