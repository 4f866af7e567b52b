
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * Pieces of the operator's screen: texts, times of day, how long ago.
 */


#include "nginx/status/status.h"

#include "logic/flag/clockface.h"


void
ngx_shop_status_piece_str(ngx_shop_emit_t *e, const ngx_str_t *s)
{
    ngx_shop_emit_html(e, (ngx_shop_str_t *) s);
}


void
ngx_shop_status_piece_clock(ngx_shop_emit_t *e, int64_t at, int64_t now)
{
    u_char  buf[NGX_SHOP_TIMES_LEN];

    ngx_shop_emit_raw(e, buf, ngx_shop_clockface_write(buf, at, now));
}


void
ngx_shop_status_piece_ago(ngx_shop_emit_t *e, int64_t at, int64_t now)
{
    u_char  buf[NGX_SHOP_TIMES_LEN];

    ngx_shop_emit_raw(e, buf, ngx_shop_times_length(buf, now - at));
    ngx_shop_emit_text(e, " ago <span class=\"m\">(");
    ngx_shop_status_piece_clock(e, at, now);
    ngx_shop_emit_text(e, ")</span>");
}


void
ngx_shop_status_piece_since(ngx_shop_emit_t *e, int64_t at, int64_t now)
{
    u_char  buf[NGX_SHOP_TIMES_LEN];

    ngx_shop_emit_text(e, "for ");
    ngx_shop_emit_raw(e, buf, ngx_shop_times_length(buf, now - at));
    ngx_shop_emit_text(e, " <span class=\"m\">(since ");
    ngx_shop_status_piece_clock(e, at, now);
    ngx_shop_emit_text(e, ")</span>");
}


void
ngx_shop_status_piece_due(ngx_shop_emit_t *e, int64_t at, int64_t now)
{
    u_char  buf[NGX_SHOP_TIMES_LEN];

    if (at == 0) {
        ngx_shop_emit_text(e, "<span class=\"m\">not promised</span>");
        return;
    }

    if (at < now) {
        ngx_shop_emit_text(e, "<b class=\"x\">overdue</b> ");
        ngx_shop_status_piece_since(e, at, now);
        return;
    }

    ngx_shop_emit_text(e, "in ");
    ngx_shop_emit_raw(e, buf, ngx_shop_times_length(buf, at - now));
    ngx_shop_emit_text(e, " <span class=\"m\">(");
    ngx_shop_status_piece_clock(e, at, now);
    ngx_shop_emit_text(e, ")</span>");
}
