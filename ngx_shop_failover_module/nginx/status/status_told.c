
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * What visitors are told, on the operator's screen: texts, promises, updates,
 * the flag file and its faults, and what to type next.
 */


#include "nginx/status/status.h"
#include "nginx/status/status_langs.h"

#include "logic/story/next.h"


static void ngx_shop_status_told_updates(ngx_shop_emit_t *e,
    ngx_shop_snapshot_t *snap);
static void ngx_shop_status_told_warnings(ngx_shop_emit_t *e,
    ngx_shop_flag_notice_t *notice);


#define NGX_SHOP_STATUS_TOLD_UPDATES  3


/* which text and promises, how old; nothing where nobody is told anything */

void
ngx_shop_status_told_text(ngx_shop_emit_t *e, ngx_shop_snapshot_t *snap)
{
    ngx_uint_t               told;
    ngx_shop_str_t           text;
    ngx_shop_board_view_t   *view;
    ngx_shop_flag_notice_t  *notice;

    view = &snap->site->view;
    notice = &view->notice;

    if (!view->flag && view->site.state != NGX_SHOP_SITE_OUTAGE) {
        return;
    }

    text = ngx_shop_flag_status(notice);

    /* words that nobody reads yet, or any more, are the flag's alone */

    told = view->site.state == NGX_SHOP_SITE_OUTAGE
           || view->site.state == NGX_SHOP_SITE_MAINTENANCE
           || view->site.state == NGX_SHOP_SITE_BROWSE;

    ngx_shop_emit_text(e, "<section>\n<h2>");
    ngx_shop_emit_text(e, told ? "What visitors are told"
                               : "What the flag says");
    ngx_shop_emit_text(e, "</h2>\n<dl>\n<dt>Text</dt><dd>");

    if (text.len) {
        ngx_shop_emit_html(e, &text);

    } else {
        ngx_shop_emit_text(e, "<span class=\"m\">the built-in one</span>");
    }

    ngx_shop_emit_text(e, "</dd>\n<dt>Open again</dt><dd>");
    ngx_shop_status_piece_due(e, notice->eta.at, snap->now);
    ngx_shop_emit_text(e, "</dd>\n<dt>Next message</dt><dd>");
    ngx_shop_status_piece_due(e, notice->next_update.at, snap->now);

    if (view->written) {
        ngx_shop_emit_text(e, "</dd>\n<dt>Written</dt><dd>");
        ngx_shop_status_piece_ago(e, view->written, snap->now);
    }

    text = ngx_shop_flag_text(notice, notice->who);

    if (text.len) {
        ngx_shop_emit_text(e, "</dd>\n<dt>Who</dt><dd>");
        ngx_shop_emit_html(e, &text);
    }

    ngx_shop_emit_text(e, "</dd>\n</dl>\n");

    ngx_shop_status_told_updates(e, snap);
    ngx_shop_status_langs_html(e, notice);

    ngx_shop_emit_text(e, "</section>\n");
}


/* the newest; the others push nothing away */

static void
ngx_shop_status_told_updates(ngx_shop_emit_t *e, ngx_shop_snapshot_t *snap)
{
    ngx_uint_t               i, n;
    ngx_shop_str_t           text;
    ngx_shop_flag_notice_t  *notice;
    ngx_shop_flag_update_t  *update;

    notice = &snap->site->view.notice;
    n = ngx_min(notice->nupdates, NGX_SHOP_STATUS_TOLD_UPDATES);

    if (n == 0) {
        return;
    }

    ngx_shop_emit_text(e, "<ul>\n");

    for (i = 0; i < n; i++) {
        update = &notice->updates[notice->nupdates - 1 - i];
        text = ngx_shop_flag_text(notice, update->text);

        ngx_shop_emit_text(e, "<li>");
        ngx_shop_emit_html(e, &text);

        if (update->at) {
            ngx_shop_emit_text(e, " <span class=\"m\">");
            ngx_shop_status_piece_ago(e, update->at, snap->now);
            ngx_shop_emit_text(e, "</span>");
        }

        ngx_shop_emit_text(e, "</li>\n");
    }

    if (notice->nupdates > n) {
        ngx_shop_emit_text(e, "<li class=\"m\">and ");
        ngx_shop_emit_number(e, (int64_t) (notice->nupdates - n));
        ngx_shop_emit_text(e, " earlier ones</li>\n");
    }

    ngx_shop_emit_text(e, "</ul>\n");
}


/* what to type next: logic/story/next has the list */

void
ngx_shop_status_told_next(ngx_shop_emit_t *e, ngx_shop_snapshot_t *snap)
{
    unsigned                 i, n;
    ngx_str_t               *path;
    ngx_shop_next_t          next;
    ngx_shop_board_view_t   *view;
    ngx_shop_next_command_t  commands[NGX_SHOP_NEXT_MAX];

    view = &snap->site->view;

    next.state = view->site.state;
    next.flag = ngx_shop_status_site_flag(view);
    next.alone = ngx_shop_site_alone(&view->site);
    next.servers = (view->own.what != NGX_SHOP_OWN_NONE);
    next.configured = (snap->site->conf->flag != NULL);
    next.incident = (snap->site->incident != 0);
    next.ramp = (snap->site->way.share < 1000);
    next.eta = view->notice.eta.at;
    next.next_update = view->notice.next_update.at;
    next.now = snap->now;

    n = ngx_shop_next(&next, commands);

    if (n == 0) {
        return;
    }

    path = (ngx_str_t *) ngx_shop_status_site_path(snap->site);

    ngx_shop_emit_text(e, "<section>\n<h2>What to type next</h2>\n");

    for (i = 0; i < n; i++) {
        ngx_shop_emit_text(e, "<p>");
        ngx_shop_emit_text(e, commands[i].why);
        ngx_shop_emit_text(e, ":</p>\n<pre>shopctl ");
        ngx_shop_emit_text(e, commands[i].command);

        if (commands[i].flag) {
            ngx_shop_emit_text(e, " --flag ");
            ngx_shop_status_piece_str(e, path);
        }

        ngx_shop_emit_text(e, "</pre>\n");
    }

    ngx_shop_emit_text(e, "</section>\n");
}


/* the flag file and its warnings */

void
ngx_shop_status_told_flag(ngx_shop_emit_t *e, ngx_shop_snapshot_t *snap)
{
    ngx_shop_board_view_t  *view;

    view = &snap->site->view;

    ngx_shop_emit_text(e, "<section>\n<h2>Flag file</h2>\n<p>");

    if (snap->site->conf->flag == NULL) {
        ngx_shop_emit_text(e, "None: shop_maintenance is not "
                              "configured.</p>\n</section>\n");
        return;
    }

    ngx_shop_status_piece_str(e, &snap->site->conf->flag->path);

    if (view->error) {
        ngx_shop_emit_text(e, ": <b class=\"x\">cannot be read</b> "
                              "(errno ");
        ngx_shop_emit_number(e, view->error);
        ngx_shop_emit_text(e, "), so the shop is closed");

    } else if (view->flag) {
        ngx_shop_emit_text(e, ": there ");
        ngx_shop_status_piece_since(e, view->flag_since, snap->now);

    } else {
        ngx_shop_emit_text(e, ": not there");
    }

    ngx_shop_emit_text(e, "</p>\n");

    if (view->notice.nwarnings) {
        ngx_shop_status_told_warnings(e, &view->notice);
    }

    ngx_shop_emit_text(e, "</section>\n");
}


static void
ngx_shop_status_told_warnings(ngx_shop_emit_t *e,
    ngx_shop_flag_notice_t *notice)
{
    ngx_uint_t                i;
    ngx_shop_str_t            text;
    ngx_shop_flag_warning_t  *w;

    ngx_shop_emit_text(e, "<ul>\n");

    for (i = 0; i < notice->nwarnings; i++) {
        w = &notice->warnings[i];
        text = ngx_shop_flag_text(notice, w->what);

        ngx_shop_emit_text(e, "<li><b class=\"w\">line ");
        ngx_shop_emit_number(e, w->line);
        ngx_shop_emit_text(e, "</b>: ");
        ngx_shop_emit_text(e, ngx_shop_flag_reason(w->reason));
        ngx_shop_emit_text(e, ": ");
        ngx_shop_emit_html(e, &text);
        ngx_shop_emit_text(e, "</li>\n");
    }

    ngx_shop_emit_text(e, "</ul>\n");
}
