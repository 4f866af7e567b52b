
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * The keys of the flag file.  Does not know lines, the clock, or who is let
 * in.
 */


#include "logic/flag/flag_keys.h"
#include "logic/flag/hosts.h"
#include "logic/pass/pattern.h"
#include "logic/text/span.h"
#include "logic/flag/times.h"


typedef void (*ngx_shop_flag_keys_set_pt)(
    ngx_shop_flag_keys_ctx_t *ctx,
    const ngx_shop_flag_keys_row_t *row, ngx_shop_span_t value);

struct ngx_shop_flag_keys_row_s {
    const char                *name;
    ngx_shop_flag_keys_set_pt  set;
    size_t                     offset;   /* in the notice */
    uint8_t                    said;     /* _flag_said_e */
    unsigned                   many:1;   /* may stand again */
    unsigned                   words:1;  /* " #" ends the value */
};


static void ngx_shop_flag_keys_set_text(ngx_shop_flag_keys_ctx_t *ctx,
    const ngx_shop_flag_keys_row_t *row, ngx_shop_span_t value);
static void ngx_shop_flag_keys_set_contact(ngx_shop_flag_keys_ctx_t *ctx,
    const ngx_shop_flag_keys_row_t *row, ngx_shop_span_t value);
static void ngx_shop_flag_keys_set_time(ngx_shop_flag_keys_ctx_t *ctx,
    const ngx_shop_flag_keys_row_t *row, ngx_shop_span_t value);
static void ngx_shop_flag_keys_set_mode(ngx_shop_flag_keys_ctx_t *ctx,
    const ngx_shop_flag_keys_row_t *row, ngx_shop_span_t value);
static void ngx_shop_flag_keys_set_paths(ngx_shop_flag_keys_ctx_t *ctx,
    ngx_shop_span_t rest);
static void ngx_shop_flag_keys_set_hosts(ngx_shop_flag_keys_ctx_t *ctx,
    const ngx_shop_flag_keys_row_t *row, ngx_shop_span_t value);
static void ngx_shop_flag_keys_add_host(ngx_shop_flag_keys_ctx_t *ctx,
    ngx_shop_span_t host, size_t *room);
static void ngx_shop_flag_keys_set_end(ngx_shop_flag_keys_ctx_t *ctx,
    const ngx_shop_flag_keys_row_t *row, ngx_shop_span_t value);
static void ngx_shop_flag_keys_set_update(ngx_shop_flag_keys_ctx_t *ctx,
    const ngx_shop_flag_keys_row_t *row, ngx_shop_span_t value);


/* of _pattern_fault_e */
static const ngx_shop_flag_keys_reason_e  ngx_shop_flag_keys_faults[] = {
    NGX_SHOP_FLAG_KEYS_NREASONS,            /* none */
    NGX_SHOP_FLAG_KEYS_BAD_PATH,
    NGX_SHOP_FLAG_KEYS_PATH_ARGUMENTS,
    NGX_SHOP_FLAG_KEYS_PATH_ESCAPE,
    NGX_SHOP_FLAG_KEYS_PATH_ABOVE
};


/* of _hosts_fault_e */
static const ngx_shop_flag_keys_reason_e  ngx_shop_flag_keys_host_faults[] = {
    NGX_SHOP_FLAG_KEYS_NREASONS,            /* none */
    NGX_SHOP_FLAG_KEYS_BAD_HOST,
    NGX_SHOP_FLAG_KEYS_HOST_PORT,
    NGX_SHOP_FLAG_KEYS_HOST_STAR
};


#define ngx_shop_flag_keys_offset(member)                                    \
    offsetof(ngx_shop_flag_notice_t, member)

static const ngx_shop_flag_keys_row_t  ngx_shop_flag_keys_table[] = {

    { "status", ngx_shop_flag_keys_set_text,
      ngx_shop_flag_keys_offset(status), NGX_SHOP_FLAG_SAID_STATUS, 0, 0 },

    { "reason", ngx_shop_flag_keys_set_text,
      ngx_shop_flag_keys_offset(reason), NGX_SHOP_FLAG_SAID_REASON, 0, 0 },

    { "offer", ngx_shop_flag_keys_set_text,
      ngx_shop_flag_keys_offset(offer), NGX_SHOP_FLAG_SAID_OFFER, 0, 0 },

    { "after", ngx_shop_flag_keys_set_text,
      ngx_shop_flag_keys_offset(after), NGX_SHOP_FLAG_SAID_AFTER, 0, 0 },

    { "who", ngx_shop_flag_keys_set_text,
      ngx_shop_flag_keys_offset(who), NGX_SHOP_FLAG_SAID_NONE, 0, 0 },

    { "contact", ngx_shop_flag_keys_set_contact,
      ngx_shop_flag_keys_offset(contacts), NGX_SHOP_FLAG_SAID_CONTACT, 1, 0 },

    { "eta", ngx_shop_flag_keys_set_time,
      ngx_shop_flag_keys_offset(eta), NGX_SHOP_FLAG_SAID_NONE, 0, 1 },

    { "start", ngx_shop_flag_keys_set_time,
      ngx_shop_flag_keys_offset(start), NGX_SHOP_FLAG_SAID_NONE, 0, 1 },

    { "until", ngx_shop_flag_keys_set_time,
      ngx_shop_flag_keys_offset(until), NGX_SHOP_FLAG_SAID_NONE, 0, 1 },

    { "next-update", ngx_shop_flag_keys_set_time,
      ngx_shop_flag_keys_offset(next_update), NGX_SHOP_FLAG_SAID_NONE, 0, 1 },

    { "after-until", ngx_shop_flag_keys_set_time,
      ngx_shop_flag_keys_offset(after_until), NGX_SHOP_FLAG_SAID_NONE, 0, 1 },

    { "end", ngx_shop_flag_keys_set_end,
      ngx_shop_flag_keys_offset(end), NGX_SHOP_FLAG_SAID_NONE, 0, 1 },

    { "mode", ngx_shop_flag_keys_set_mode,
      ngx_shop_flag_keys_offset(mode), NGX_SHOP_FLAG_SAID_NONE, 0, 1 },

    { "hosts", ngx_shop_flag_keys_set_hosts,
      ngx_shop_flag_keys_offset(hosts), NGX_SHOP_FLAG_SAID_NONE, 0, 1 },

    { "update", ngx_shop_flag_keys_set_update,
      ngx_shop_flag_keys_offset(updates), NGX_SHOP_FLAG_SAID_UPDATE, 1, 0 },

    { NULL, NULL, 0, 0, 0, 0 }
};


const ngx_shop_flag_keys_row_t *
ngx_shop_flag_keys_find(const ngx_shop_str_t *name)
{
    const ngx_shop_flag_keys_row_t  *row;

    for (row = ngx_shop_flag_keys_table; row->name; row++) {
        if (ngx_shop_span_is(name, row->name)) {
            return row;
        }
    }

    return NULL;
}


void
ngx_shop_flag_keys_set(ngx_shop_flag_keys_ctx_t *ctx,
    const ngx_shop_flag_keys_row_t *row, ngx_shop_span_t name,
    ngx_shop_span_t value)
{
    uint32_t  bit;

    if (row->words) {
        value = ngx_shop_span_uncomment(ctx->notice->text, value);
    }

    bit = (uint32_t) 1 << (row - ngx_shop_flag_keys_table);

    if ((ctx->seen & bit) && !row->many) {
        ngx_shop_flag_keys_reason_warn(ctx, NGX_SHOP_FLAG_KEYS_AGAIN, name);
    }

    ctx->seen |= bit;
    row->set(ctx, row, value);
}


unsigned
ngx_shop_flag_keys_said(const ngx_shop_flag_keys_row_t *row)
{
    return row->said;
}


void
ngx_shop_flag_keys_refuse(ngx_shop_flag_keys_ctx_t *ctx,
    const ngx_shop_flag_keys_row_t *row, ngx_shop_span_t line)
{
    ngx_shop_flag_keys_reason_warn(ctx, NGX_SHOP_FLAG_KEYS_NO_COLON, line);

    /* whoever wrote "start 22:00" did not want it to be closed now */

    if (row && row->offset == ngx_shop_flag_keys_offset(start)) {
        ctx->notice->bad_start = 1;
    }
}


static void
ngx_shop_flag_keys_set_text(ngx_shop_flag_keys_ctx_t *ctx,
    const ngx_shop_flag_keys_row_t *row, ngx_shop_span_t value)
{
    value = ngx_shop_flag_keys_value(ctx, value);

    memcpy((unsigned char *) ctx->notice + row->offset, &value,
           sizeof(ngx_shop_span_t));
}


static void
ngx_shop_flag_keys_set_contact(ngx_shop_flag_keys_ctx_t *ctx,
    const ngx_shop_flag_keys_row_t *row, ngx_shop_span_t value)
{
    ngx_shop_flag_notice_t  *notice;

    (void) row;

    notice = ctx->notice;
    value = ngx_shop_flag_keys_value(ctx, value);

    if (value.len == 0) {
        return;
    }

    if (notice->ncontacts == NGX_SHOP_FLAG_CONTACTS) {
        ngx_shop_flag_keys_reason_warn(ctx, NGX_SHOP_FLAG_KEYS_MANY_CONTACTS,
                                       value);
        return;
    }

    notice->contacts[notice->ncontacts++] = value;
}


static void
ngx_shop_flag_keys_set_time(ngx_shop_flag_keys_ctx_t *ctx,
    const ngx_shop_flag_keys_row_t *row, ngx_shop_span_t value)
{
    unsigned              doubt;
    const char           *reason;
    ngx_shop_str_t        s, old;
    ngx_shop_flag_time_t  was, is;

    value = ngx_shop_span_fit(ctx->notice->text, value,
                              NGX_SHOP_FLAG_TEXT_MAX);
    memset(&is, 0, sizeof(ngx_shop_flag_time_t));
    is.text = value;
    s = ngx_shop_span_str(ctx->notice->text, value);

    if (ctx->prev) {
        memcpy(&was, (const unsigned char *) ctx->prev + row->offset,
               sizeof(ngx_shop_flag_time_t));
        old = ngx_shop_span_str(ctx->prev->text, was.text);

        if (old.len == s.len && memcmp(old.data, s.data, s.len) == 0) {
            is.at = was.at;
        }
    }

    if (is.at == 0
        && ngx_shop_times_parse(&s, ctx->anchor, &is.at, &reason)
           != NGX_SHOP_OK)
    {
        is.at = 0;
        ngx_shop_flag_keys_reason_warn(ctx,
                    ngx_shop_flag_keys_reason_times(reason), value);
    }

    if (row->offset == ngx_shop_flag_keys_offset(start)) {
        doubt = is.at ? (unsigned) ngx_shop_times_doubt(&s, is.at) : 0;

        if (doubt) {
            is.at = 0;
            ngx_shop_flag_keys_reason_warn(ctx,
                NGX_SHOP_FLAG_KEYS_START_TWICE - 1 + doubt, value);
        }

        ctx->notice->bad_start = (is.at == 0);
    }

    memcpy((unsigned char *) ctx->notice + row->offset, &is,
           sizeof(ngx_shop_flag_time_t));
}


static void
ngx_shop_flag_keys_set_mode(ngx_shop_flag_keys_ctx_t *ctx,
    const ngx_shop_flag_keys_row_t *row, ngx_shop_span_t value)
{
    ngx_shop_str_t           s;
    ngx_shop_span_t          word, rest;
    ngx_shop_flag_notice_t  *notice;

    (void) row;

    notice = ctx->notice;
    notice->mode = NGX_SHOP_FLAG_FULL;
    notice->npaths = 0;
    memset(notice->paths, 0, sizeof(notice->paths));

    rest = value;
    word = ngx_shop_span_word(notice->text, &rest, " ");
    s = ngx_shop_span_str(notice->text, word);

    if (ngx_shop_span_is(&s, "paths")) {
        ngx_shop_flag_keys_set_paths(ctx, rest);

        if (notice->npaths) {
            notice->mode = NGX_SHOP_FLAG_PATHS_ONLY;
            return;
        }

    } else if (ngx_shop_span_is(&s, "browse")) {
        ngx_shop_flag_keys_set_paths(ctx, rest);
        notice->mode = NGX_SHOP_FLAG_BROWSE;
        return;

    } else if (rest.len == 0 && ngx_shop_span_is(&s, "words")) {
        notice->mode = NGX_SHOP_FLAG_WORDS;
        return;

    } else if (rest.len == 0 && ngx_shop_span_is(&s, "full")) {
        return;
    }

    ngx_shop_flag_keys_reason_warn(ctx, NGX_SHOP_FLAG_KEYS_BAD_MODE, value);
}


/* one warning for all that are bad: a sentence would fill the table */

static void
ngx_shop_flag_keys_set_paths(ngx_shop_flag_keys_ctx_t *ctx,
    ngx_shop_span_t rest)
{
    unsigned                  bad;
    ngx_shop_str_t            text;
    ngx_shop_span_t           path;
    ngx_shop_flag_notice_t   *notice;
    ngx_shop_pattern_fault_e  fault;

    bad = 0;
    notice = ctx->notice;

    while (rest.len) {
        path = ngx_shop_span_word(notice->text, &rest, " ,");

        if (path.len == 0) {
            rest.off++;
            rest.len--;
            continue;
        }

        text = ngx_shop_span_str(notice->text, path);
        fault = ngx_shop_pattern_fault(&text);

        if (fault != NGX_SHOP_PATTERN_FITS) {
            if (!bad++) {
                ngx_shop_flag_keys_reason_warn(ctx,
                                        ngx_shop_flag_keys_faults[fault],
                                        path);
            }

            continue;
        }

        if (notice->npaths == NGX_SHOP_FLAG_PATHS) {
            ngx_shop_flag_keys_reason_warn(ctx, NGX_SHOP_FLAG_KEYS_MANY_PATHS,
                                           path);
            return;
        }

        notice->paths[notice->npaths++] = path;
    }
}


/* one that is bad is left out: the others are closed, and no more than they */

static void
ngx_shop_flag_keys_set_hosts(ngx_shop_flag_keys_ctx_t *ctx,
    const ngx_shop_flag_keys_row_t *row, ngx_shop_span_t value)
{
    size_t                    room;
    ngx_shop_str_t            text;
    ngx_shop_span_t           host, rest;
    ngx_shop_flag_notice_t   *notice;
    ngx_shop_hosts_fault_e    fault;

    (void) row;

    notice = ctx->notice;
    notice->nhosts = 0;
    notice->hosts_given = 1;
    memset(notice->hosts, 0, sizeof(notice->hosts));

    room = NGX_SHOP_FLAG_HOSTS_MAX;
    rest = value;

    while (rest.len) {
        host = ngx_shop_span_word(notice->text, &rest, " ,");

        if (host.len == 0) {
            rest.off++;
            rest.len--;
            continue;
        }

        text = ngx_shop_span_str(notice->text, host);
        fault = ngx_shop_hosts_fault(&text);

        if (fault == NGX_SHOP_HOSTS_FITS) {
            ngx_shop_flag_keys_add_host(ctx, host, &room);

        } else {
            ngx_shop_flag_keys_reason_warn(ctx,
                                         ngx_shop_flag_keys_host_faults[fault],
                                    host);
        }
    }

    if (notice->nhosts == 0) {
        ngx_shop_flag_keys_reason_warn(ctx, NGX_SHOP_FLAG_KEYS_NO_HOST, value);
    }
}


static void
ngx_shop_flag_keys_add_host(ngx_shop_flag_keys_ctx_t *ctx,
    ngx_shop_span_t host, size_t *room)
{
    ngx_shop_flag_notice_t  *notice;

    notice = ctx->notice;

    if (notice->nhosts == NGX_SHOP_FLAG_HOSTS || host.len + 1u > *room) {
        ngx_shop_flag_keys_reason_warn(ctx, NGX_SHOP_FLAG_KEYS_MANY_HOSTS,
                                       host);
        return;
    }

    *room -= host.len + 1u;
    notice->hosts[notice->nhosts++] = host;
}


static void
ngx_shop_flag_keys_set_end(ngx_shop_flag_keys_ctx_t *ctx,
    const ngx_shop_flag_keys_row_t *row, ngx_shop_span_t value)
{
    uint8_t         i;
    ngx_shop_str_t  s;

    /* in the order of ngx_shop_flag_end_e */
    static const char *const  names[] = { "manual", "eta", "healthy" };

    (void) row;

    ctx->notice->end = NGX_SHOP_FLAG_END_MANUAL;
    ctx->notice->end_given = 0;
    s = ngx_shop_span_str(ctx->notice->text, value);

    for (i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        if (ngx_shop_span_is(&s, names[i])) {
            ctx->notice->end = i;
            ctx->notice->end_given = 1;
            return;
        }
    }

    ngx_shop_flag_keys_reason_warn(ctx, NGX_SHOP_FLAG_KEYS_BAD_END, value);
}


static void
ngx_shop_flag_keys_set_update(ngx_shop_flag_keys_ctx_t *ctx,
    const ngx_shop_flag_keys_row_t *row, ngx_shop_span_t value)
{
    ngx_shop_span_t  clock;

    (void) row;

    clock = ngx_shop_flag_keys_update_clock(ctx, &value);
    value = ngx_shop_flag_keys_value(ctx, value);

    if (value.len) {
        (void) ngx_shop_flag_keys_update(ctx, clock, value);
    }
}


ngx_shop_span_t
ngx_shop_flag_keys_value(ngx_shop_flag_keys_ctx_t *ctx, ngx_shop_span_t value)
{
    ngx_shop_span_t  kept;

    kept = ngx_shop_span_fit(ctx->notice->text, value, NGX_SHOP_FLAG_TEXT_MAX);

    if (value.len == 0) {
        ngx_shop_flag_keys_reason_warn(ctx, NGX_SHOP_FLAG_KEYS_NO_VALUE, value);

    } else if (value.len > NGX_SHOP_FLAG_TEXT_MAX) {
        ngx_shop_flag_keys_reason_warn(ctx, NGX_SHOP_FLAG_KEYS_TOO_LONG, value);
    }

    return kept;
}
