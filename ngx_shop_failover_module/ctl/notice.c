
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * What a flag file says, as members of a JSON.
 */


#include "ctl/notice.h"
#include "logic/words/tongue.h"


static void ngx_shop_notice_text(ngx_shop_emit_t *e, const char *key,
    const ngx_shop_flag_notice_t *n, ngx_shop_span_t span);
static void ngx_shop_notice_lists(ngx_shop_emit_t *e,
    const ngx_shop_flag_notice_t *n);
static void ngx_shop_notice_warnings(ngx_shop_emit_t *e,
    const ngx_shop_flag_notice_t *n);


void
ngx_shop_notice_json(ngx_shop_emit_t *e, const ngx_shop_flag_notice_t *n,
    int64_t now, int over)
{
    unsigned               i, k;
    ngx_shop_flag_doubt_t  doubts[NGX_SHOP_FLAG_DOUBTS];

    ngx_shop_emit_cstr(e, "mode", ngx_shop_flag_mode_name(n->mode));
    ngx_shop_emit_cstr(e, "end", ngx_shop_flag_end_name(n->end));
    ngx_shop_emit_time(e, "start", n->start.at);
    ngx_shop_emit_time(e, "until", n->until.at);
    ngx_shop_emit_time(e, "eta", n->eta.at);
    ngx_shop_emit_time(e, "next_update", n->next_update.at);
    ngx_shop_notice_text(e, "status", n, n->status);
    ngx_shop_notice_text(e, "reason", n, n->reason);
    ngx_shop_notice_text(e, "offer", n, n->offer);
    ngx_shop_notice_text(e, "after", n, n->after);
    ngx_shop_emit_time(e, "after_until", n->after_until.at);
    ngx_shop_notice_text(e, "who", n, n->who);

    ngx_shop_notice_lists(e, n);
    ngx_shop_notice_warnings(e, n);

    ngx_shop_emit_array(e, "doubts");

    k = ngx_shop_flag_doubt(n, now, over, doubts);

    for (i = 0; i < k; i++) {
        ngx_shop_emit_object(e, NULL);
        ngx_shop_emit_cstr(e, "key", doubts[i].key);
        ngx_shop_emit_cstr(e, "text", doubts[i].text);
        ngx_shop_emit_close(e, '}');
    }

    ngx_shop_emit_close(e, ']');
}


static void
ngx_shop_notice_text(ngx_shop_emit_t *e, const char *key,
    const ngx_shop_flag_notice_t *n, ngx_shop_span_t span)
{
    ngx_shop_str_t  text;

    text = ngx_shop_flag_text(n, span);

    ngx_shop_emit_str(e, key, &text);
}


static void
ngx_shop_notice_lists(ngx_shop_emit_t *e, const ngx_shop_flag_notice_t *n)
{
    unsigned        i, k;
    ngx_shop_str_t  langs[NGX_SHOP_FLAG_LANGS];

    ngx_shop_emit_array(e, "languages");

    k = ngx_shop_tongue_langs(n, langs, NGX_SHOP_FLAG_LANGS);

    for (i = 0; i < k; i++) {
        ngx_shop_emit_str(e, NULL, &langs[i]);
    }

    ngx_shop_emit_close(e, ']');
    ngx_shop_emit_array(e, "contacts");

    for (i = 0; i < n->ncontacts; i++) {
        ngx_shop_notice_text(e, NULL, n, n->contacts[i]);
    }

    ngx_shop_emit_close(e, ']');
    ngx_shop_emit_array(e, "paths");

    for (i = 0; i < n->npaths; i++) {
        ngx_shop_notice_text(e, NULL, n, n->paths[i]);
    }

    ngx_shop_emit_close(e, ']');
    ngx_shop_emit_array(e, "updates");

    for (i = 0; i < n->nupdates; i++) {
        ngx_shop_emit_object(e, NULL);
        ngx_shop_emit_time(e, "time", n->updates[i].at);
        ngx_shop_notice_text(e, "text", n, n->updates[i].text);
        ngx_shop_emit_close(e, '}');
    }

    ngx_shop_emit_close(e, ']');
}


static void
ngx_shop_notice_warnings(ngx_shop_emit_t *e, const ngx_shop_flag_notice_t *n)
{
    unsigned  i;

    ngx_shop_emit_array(e, "warnings");

    for (i = 0; i < n->nwarnings; i++) {
        ngx_shop_emit_object(e, NULL);
        ngx_shop_emit_int(e, "line", n->warnings[i].line);
        ngx_shop_emit_cstr(e, "reason",
                           ngx_shop_flag_reason(n->warnings[i].reason));
        ngx_shop_notice_text(e, "text", n, n->warnings[i].what);
        ngx_shop_emit_close(e, '}');
    }

    ngx_shop_emit_close(e, ']');
}
