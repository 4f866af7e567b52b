
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * Why a line of a flag file does not mean what it says, in words.
 */


#include "logic/flag/flag_keys.h"
#include "logic/text/span.h"
#include "logic/flag/times.h"


/* a limit as it stands in a text */
#define ngx_shop_flag_keys_reason_n(limit)  ngx_shop_flag_keys_reason_s(limit)
#define ngx_shop_flag_keys_reason_s(limit)  #limit


static const char *const
    ngx_shop_flag_keys_reason_words[NGX_SHOP_FLAG_KEYS_NREASONS] = {

    "unknown key",
    "no \":\" after the key",
    "no value",
    "key given again, the last one counts",
    ("longer than " ngx_shop_flag_keys_reason_n(NGX_SHOP_FLAG_TEXT_MAX)
     " bytes, the rest is not shown"),
    "not UTF-8, shown with ? in its place",
    "control bytes, left out",
    "bad language, write as status.de or update.pt-BR",
    ("unknown mode, full is used; write full, browse, browse /a, "
     "paths /a /b, or words"),
    "not a path, it begins with /",
    "unknown end, manual is used; write manual, eta, or healthy",
    "no such time of day, it goes from 00:00 to 23:59",
    ("more than " ngx_shop_flag_keys_reason_n(NGX_SHOP_FLAG_LANGS)
     " texts with a language, this one is left out"),
    ("more than " ngx_shop_flag_keys_reason_n(NGX_SHOP_FLAG_CONTACTS)
     " contacts, this one is left out"),
    ("more than " ngx_shop_flag_keys_reason_n(NGX_SHOP_FLAG_UPDATES)
     " updates, the oldest is left out"),
    ("more than " ngx_shop_flag_keys_reason_n(NGX_SHOP_FLAG_PATHS)
     " paths, this one is left out"),
    "matches nothing: the arguments behind ? or # are not of the path",
    "matches nothing: % and two digits of a byte, such as %20",
    "matches nothing: .. leads out of /",
    ("not the name of a host, write as shop.example, with xn-- for other "
     "letters"),
    "no host: write the name without https:// and without a port",
    "a * stands alone in front, as in *.shop.example, or behind, as in shop.*",
    ("more than " ngx_shop_flag_keys_reason_n(NGX_SHOP_FLAG_HOSTS)
     " hosts or " ngx_shop_flag_keys_reason_n(NGX_SHOP_FLAG_HOSTS_MAX)
     " bytes of them, this one is left out"),
    "no host that can be meant, closes nobody",
    ("clocks are set back then, and show it twice: write it with its zone, "
     "2026-10-25T02:30:00+01:00"),
    ("clocks are set forward then, and leave it out: write it with its zone, "
     "2026-03-29T03:30:00+02:00")
};


void
ngx_shop_flag_keys_reason_warn(ngx_shop_flag_keys_ctx_t *ctx, unsigned reason,
    ngx_shop_span_t what)
{
    ngx_shop_flag_notice_t   *notice;
    ngx_shop_flag_warning_t  *warning;

    notice = ctx->notice;
    notice->warnings_total++;

    if (notice->nwarnings == NGX_SHOP_FLAG_WARNINGS) {
        return;
    }

    warning = &notice->warnings[notice->nwarnings++];
    warning->line = ctx->line;
    warning->reason = (uint16_t) reason;
    warning->what = ngx_shop_span_fit(notice->text, what,
                                      NGX_SHOP_FLAG_WHAT_MAX);
}


const char *
ngx_shop_flag_keys_reason(unsigned reason)
{
    if (reason < NGX_SHOP_FLAG_KEYS_NREASONS) {
        return ngx_shop_flag_keys_reason_words[reason];
    }

    return ngx_shop_times_parse_reason(reason - NGX_SHOP_FLAG_KEYS_NREASONS);
}


/* the text is one of times' own, so it is found by its address */

unsigned
ngx_shop_flag_keys_reason_times(const char *text)
{
    unsigned     i;
    const char  *known;

    for (i = 0; (known = ngx_shop_times_parse_reason(i)) != NULL; i++) {
        if (known == text) {
            break;
        }
    }

    return NGX_SHOP_FLAG_KEYS_NREASONS + i;
}
