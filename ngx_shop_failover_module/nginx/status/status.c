
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * What the operator's screens share: names, and pieces of HTML.  The screens
 * are status_json.c, status_metrics.c and status_html.c; status_answer.c is
 * who is asked for them.
 */


#include "nginx/status/status.h"
#include "nginx/gate/gate.h"

#include "logic/flag/times.h"
#include "logic/story/event.h"


const char *
ngx_shop_status_severity(unsigned state)
{
    unsigned  severity;

    severity = ngx_shop_site_severity(state);

    return severity ? ngx_shop_event_severity_name(severity) : NULL;
}


/* that of $shop_fallback, with what was sent and then failed told apart */

const char *
ngx_shop_status_cause(ngx_uint_t why)
{
    if (why == NGX_SHOP_GATE_WHY_SENT) {
        return "outage_sent";
    }

    return why <= NGX_SHOP_GATE_WHY_ERROR_PAGE ? ngx_shop_gate_why(why)
                                               : "other";
}


ngx_uint_t
ngx_shop_status_is_cause(ngx_uint_t why)
{
    return why > NGX_SHOP_GATE_WHY_NOT && why <= NGX_SHOP_GATE_WHY_ERROR_PAGE;
}


const char *
ngx_shop_status_kind(ngx_uint_t kind)
{
    static const char  *names[] = { "html", "json", "text", "empty" };

    return names[kind % NGX_SHOP_LAYOUT_KINDS];
}


ngx_uint_t
ngx_shop_status_flag(ngx_shop_board_view_t *view)
{
    if (!view->flag) {
        return NGX_SHOP_FLAGSET_NONE;
    }

    switch (view->asked) {

    case NGX_SHOP_SITE_FLAG_CLOSED:
        return !view->error && view->notice.mode == NGX_SHOP_FLAG_PATHS_ONLY
               ? NGX_SHOP_FLAGSET_PATHS : NGX_SHOP_FLAGSET_FULL;

    case NGX_SHOP_SITE_FLAG_BROWSE:
        return NGX_SHOP_FLAGSET_BROWSE;

    case NGX_SHOP_SITE_FLAG_WORDS:
        return NGX_SHOP_FLAGSET_WORDS;

    default:
        return view->announced ? NGX_SHOP_FLAGSET_ANNOUNCED
                               : NGX_SHOP_FLAGSET_OVER;
    }
}


ngx_uint_t
ngx_shop_status_default_text(ngx_shop_snapshot_site_t *site)
{
    ngx_shop_flag_notice_t  *notice;

    notice = &site->view.notice;

    return notice->status.len == 0 && notice->nlangs == 0
           && notice->nupdates == 0;
}


/* the path of its flag; len 0: it has none */

const ngx_shop_str_t *
ngx_shop_status_path(ngx_shop_snapshot_site_t *site)
{
    static const ngx_shop_str_t  none = { 0, NULL };

    return site->conf->flag ? (ngx_shop_str_t *) &site->conf->flag->path
                            : &none;
}


int64_t
ngx_shop_status_updated(ngx_shop_snapshot_site_t *site)
{
    return ngx_shop_status_default_text(site) ? 0 : site->view.written;
}


void
ngx_shop_status_str(ngx_shop_emit_t *e, const ngx_str_t *s)
{
    ngx_shop_emit_html(e, (ngx_shop_str_t *) s);
}


void
ngx_shop_status_clock(ngx_shop_emit_t *e, int64_t at)
{
    u_char  buf[NGX_SHOP_TIMES_LEN];

    ngx_shop_emit_raw(e, buf, ngx_shop_times_local(buf, at));
}


void
ngx_shop_status_ago(ngx_shop_emit_t *e, int64_t at, int64_t now)
{
    u_char  buf[NGX_SHOP_TIMES_LEN];

    ngx_shop_emit_raw(e, buf, ngx_shop_times_length(buf, now - at));
    ngx_shop_emit_text(e, " ago <span class=\"m\">(");
    ngx_shop_status_clock(e, at);
    ngx_shop_emit_text(e, ")</span>");
}


void
ngx_shop_status_since(ngx_shop_emit_t *e, int64_t at, int64_t now)
{
    u_char  buf[NGX_SHOP_TIMES_LEN];

    ngx_shop_emit_text(e, "for ");
    ngx_shop_emit_raw(e, buf, ngx_shop_times_length(buf, now - at));
    ngx_shop_emit_text(e, " <span class=\"m\">(since ");
    ngx_shop_status_clock(e, at);
    ngx_shop_emit_text(e, ")</span>");
}


void
ngx_shop_status_due(ngx_shop_emit_t *e, int64_t at, int64_t now)
{
    u_char  buf[NGX_SHOP_TIMES_LEN];

    if (at == 0) {
        ngx_shop_emit_text(e, "<span class=\"m\">not promised" "</span>");
        return;
    }

    if (at < now) {
        ngx_shop_emit_text(e, "<b class=\"x\">overdue</b> ");
        ngx_shop_status_since(e, at, now);
        return;
    }

    ngx_shop_emit_text(e, "in ");
    ngx_shop_emit_raw(e, buf, ngx_shop_times_length(buf, at - now));
    ngx_shop_emit_text(e, " <span class=\"m\">(");
    ngx_shop_status_clock(e, at);
    ngx_shop_emit_text(e, ")</span>");
}
