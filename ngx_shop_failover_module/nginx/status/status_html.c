
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * The snapshot as one screen, in the order in which a person at 3 am asks:
 * what do visitors see, what do we tell them, which servers are up, how many
 * were turned away, is the flag file in order, what to type next.
 */


#include "nginx/status/status.h"
#include "nginx/status/status_langs.h"

#include "state/counters.h"
#include "logic/flag/times.h"
#include "logic/story/next.h"
#include "logic/text/version.h"
#include "logic/words/assets.h"


static void ngx_shop_status_html_now(ngx_shop_emit_t *e,
    ngx_shop_snapshot_t *snap);
static void ngx_shop_status_html_way(ngx_shop_emit_t *e,
    ngx_shop_snapshot_t *snap);
static void ngx_shop_status_html_others(ngx_shop_emit_t *e,
    ngx_shop_snapshot_t *snap);
static void ngx_shop_status_html_text(ngx_shop_emit_t *e,
    ngx_shop_snapshot_t *snap);
static void ngx_shop_status_html_updates(ngx_shop_emit_t *e,
    ngx_shop_snapshot_t *snap);
static void ngx_shop_status_html_counts(ngx_shop_emit_t *e,
    ngx_shop_snapshot_t *snap);
static void ngx_shop_status_html_count(ngx_shop_emit_t *e, const char *what,
    ngx_str_t *class, uint64_t incident, uint64_t total);
static void ngx_shop_status_html_flag(ngx_shop_emit_t *e,
    ngx_shop_snapshot_t *snap);
static void ngx_shop_status_html_next(ngx_shop_emit_t *e,
    ngx_shop_snapshot_t *snap);


typedef struct {
    const char  *class;                     /* of the colours */
    const char  *words;                     /* what visitors see */
} ngx_shop_status_html_state_t;


/* by number of ngx_shop_site_e */
static ngx_shop_status_html_state_t ngx_shop_status_html_states[] =
{
    { "ok", "Visitors see the shop" },
    { "w", "Visitors see the shop, but a spare server is missing" },
    { "w", "Visitors see the shop, served by backups" },
    { "w", "Visitors can look around, but not order" },
    { "x", "Visitors see \342\200\234Sorry, there is a problem with the "
           "shop\342\200\235" },
    { "w", "Visitors see \342\200\234Sorry, the shop is closed\342\200\235" },
    { "w", "Visitors see the shop again" }
};


void
ngx_shop_status_html(ngx_shop_emit_t *e, ngx_shop_snapshot_t *snap)
{
    ngx_shop_emit_text(e,
        "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n"
        "<meta charset=\"utf-8\">\n"
        "<meta name=\"viewport\" content=\"width=device-width\">\n"
        "<meta name=\"robots\" content=\"noindex\">\n<title>Shop: ");
    ngx_shop_emit_text(e, ngx_shop_site_name(snap->site->view.site.state));
    ngx_shop_emit_text(e, "</title>\n<style>");
    ngx_shop_emit_text(e, ngx_shop_assets_status_css);
    ngx_shop_emit_text(e, "</style>\n</head>\n<body>\n<main>\n");

    ngx_shop_status_html_now(e, snap);
    ngx_shop_status_html_text(e, snap);
    ngx_shop_status_servers(e, snap);
    ngx_shop_status_html_counts(e, snap);
    ngx_shop_status_events_html(e, snap);
    ngx_shop_status_html_flag(e, snap);
    ngx_shop_status_html_next(e, snap);

    ngx_shop_emit_text(e, "<p class=\"m\">As of ");
    ngx_shop_status_clock(e, snap->now);
    ngx_shop_emit_text(e,
        ".</p>\n</main>\n<footer>\n<p role=\"status\"></p>\n"
        "<p><button type=\"button\" hidden>Pause</button> "
        "<a href=\"?format=json\">JSON</a> "
        "<a href=\"?format=prometheus\">Prometheus</a></p>\n"
        "<p>ngx_shop_failover_module/" NGX_SHOP_VERSION
        " in nginx/" NGINX_VERSION "</p>\n</footer>\n"
        "<script>");
    ngx_shop_emit_text(e, ngx_shop_assets_status_js);
    ngx_shop_emit_text(e, "</script>\n</body>\n</html>\n");
}


/* 1: what visitors see right now, and since when */

static void
ngx_shop_status_html_now(ngx_shop_emit_t *e, ngx_shop_snapshot_t *snap)
{
    const char                    *severity;
    ngx_shop_site_t               *site;
    ngx_shop_status_html_state_t  *words;

    site = &snap->site->view.site;
    words = &ngx_shop_status_html_states[ngx_shop_site_alone(site)
                                         ? NGX_SHOP_SITE_OUTAGE
                                         : site->state];
    severity = ngx_shop_status_severity(site->state);

    ngx_shop_emit_text(e, "<header class=\"");
    ngx_shop_emit_text(e, words->class);
    ngx_shop_emit_text(e, "\">\n<p class=\"k\">");

    if (severity) {
        ngx_shop_emit_text(e, severity);
        ngx_shop_emit_text(e, " \302\267 ");
    }

    ngx_shop_emit_text(e, ngx_shop_site_name(site->state));
    ngx_shop_emit_text(e, "</p>\n<h1>");
    ngx_shop_emit_text(e, words->words);
    ngx_shop_emit_text(e, "</h1>\n<p>");

    if (ngx_shop_site_alone(site)) {
        ngx_shop_emit_text(e, "The servers are back, and <b>only the flag "
                              "keeps the shop shut</b> ");
    }

    ngx_shop_status_since(e, site->since, snap->now);
    ngx_shop_status_html_way(e, snap);

    if (snap->site->incident && snap->site->incident != site->since) {
        ngx_shop_emit_text(e, "; it began ");
        ngx_shop_status_ago(e, snap->site->incident, snap->now);
    }

    ngx_shop_emit_text(e, "</p>\n</header>\n");

    ngx_shop_status_html_others(e, snap);
}


/* where it goes by itself: an announced closing, a ramp, a hold */

static void
ngx_shop_status_html_way(ngx_shop_emit_t *e, ngx_shop_snapshot_t *snap)
{
    u_char                     buf[NGX_SHOP_TIMES_LEN];
    int64_t                    left;
    ngx_shop_snapshot_site_t  *site;

    site = snap->site;

    if (site->view.announced) {
        ngx_shop_emit_text(e, "; <b>the shop closes by itself</b> ");
        ngx_shop_status_due(e, site->view.notice.start.at, snap->now);
    }

    if (site->view.site.state != NGX_SHOP_SITE_REOPENING) {
        return;
    }

    left = (site->way.left + 999) / 1000;

    if (site->way.share < 1000) {
        ngx_shop_emit_text(e, "; ");
        ngx_shop_emit_number(e, site->way.share / 10);
        ngx_shop_emit_text(e, "&nbsp;% of them are let in, all are in ");

    } else {
        ngx_shop_emit_text(e, "; all are in, and if it stays so it is called "
                              "well in ");
    }

    ngx_shop_emit_raw(e, buf, ngx_shop_times_length(buf, left));
}


static void
ngx_shop_status_html_others(ngx_shop_emit_t *e, ngx_shop_snapshot_t *snap)
{
    ngx_uint_t                 i;
    ngx_shop_snapshot_site_t  *site;

    if (snap->nsites < 2) {
        return;
    }

    ngx_shop_emit_text(e, "<ul>\n");

    for (i = 0; i < snap->nsites; i++) {
        site = &snap->sites[i];

        ngx_shop_emit_text(e, "<li>");
        ngx_shop_status_str(e, &site->conf->name);
        ngx_shop_emit_text(e, site->conf->name.len ? ": <b class=\""
                              : "upstreams of no site: <b class=\"");
        ngx_shop_emit_text(e,
                           ngx_shop_status_html_states[site->view.site.state]
                           .class);
        ngx_shop_emit_text(e, "\">");
        ngx_shop_emit_text(e, ngx_shop_site_name(site->view.site.state));
        ngx_shop_emit_text(e, "</b> ");
        ngx_shop_status_since(e, site->view.site.since, snap->now);

        if (site == snap->site) {
            ngx_shop_emit_text(e, " (shown here)");
        }

        ngx_shop_emit_text(e, "</li>\n");
    }

    ngx_shop_emit_text(e, "</ul>\n");
}


/* 2: which text and ETA, how old */

static void
ngx_shop_status_html_text(ngx_shop_emit_t *e, ngx_shop_snapshot_t *snap)
{
    ngx_shop_str_t           text;
    ngx_shop_flag_notice_t  *notice;

    notice = &snap->site->view.notice;
    text = ngx_shop_flag_status(notice);

    ngx_shop_emit_text(e, "<section>\n<h2>What we tell them</h2>\n"
                          "<dl>\n<dt>Text</dt><dd>");

    if (text.len) {
        ngx_shop_emit_html(e, &text);

    } else {
        ngx_shop_emit_text(e, "<span class=\"m\">the built-in one" "</span>");
    }

    ngx_shop_emit_text(e, "</dd>\n<dt>Open again</dt><dd>");
    ngx_shop_status_due(e, notice->eta.at, snap->now);
    ngx_shop_emit_text(e, "</dd>\n<dt>Next message</dt><dd>");
    ngx_shop_status_due(e, notice->next_update.at, snap->now);

    if (snap->site->view.written) {
        ngx_shop_emit_text(e, "</dd>\n<dt>Written</dt><dd>");
        ngx_shop_status_ago(e, snap->site->view.written, snap->now);
    }

    ngx_shop_emit_text(e, "</dd>\n</dl>\n");

    ngx_shop_status_html_updates(e, snap);
    ngx_shop_status_langs_html(e, notice);

    ngx_shop_emit_text(e, "</section>\n");
}


static void
ngx_shop_status_html_updates(ngx_shop_emit_t *e, ngx_shop_snapshot_t *snap)
{
    ngx_uint_t               i;
    ngx_shop_str_t           text;
    ngx_shop_flag_notice_t  *notice;
    ngx_shop_flag_update_t  *update;

    notice = &snap->site->view.notice;

    if (notice->nupdates == 0) {
        return;
    }

    ngx_shop_emit_text(e, "<ul>\n");

    for (i = notice->nupdates; i > 0; i--) {
        update = &notice->updates[i - 1];
        text = ngx_shop_flag_text(notice, update->text);

        ngx_shop_emit_text(e, "<li>");
        ngx_shop_emit_html(e, &text);

        if (update->at) {
            ngx_shop_emit_text(e, " <span class=\"m\">");
            ngx_shop_status_ago(e, update->at, snap->now);
            ngx_shop_emit_text(e, "</span>");
        }

        ngx_shop_emit_text(e, "</li>\n");
    }

    ngx_shop_emit_text(e, "</ul>\n");
}


/* 4: counts since it began */

static void
ngx_shop_status_html_counts(ngx_shop_emit_t *e, ngx_shop_snapshot_t *snap)
{
    ngx_uint_t                   i, n;
    ngx_shop_model_class_t     **class;
    ngx_shop_snapshot_site_t    *site;
    ngx_shop_layout_counters_t  *now, *base;

    site = snap->site;
    now = &site->counters;
    base = site->incident ? &site->base : &site->counters;

    ngx_shop_emit_text(e,
        "<section>\n<h2>Turned away</h2>\n<table>\n<thead><tr><th>What</th>"
        "<th class=\"n\">Since it began</th><th class=\"n\">In all</th></tr>"
        "</thead>\n<tbody>\n");

    ngx_shop_status_html_count(e, "Pages shown to visitors", NULL,
                               ngx_shop_counters_visitors(now)
                               - ngx_shop_counters_visitors(base),
                               ngx_shop_counters_visitors(now));

    class = snap->zone->classes.elts;

    for (i = 0; i < snap->zone->classes.nelts; i++) {
        n = class[i]->index;

        if (n >= NGX_SHOP_LAYOUT_CLASSES) {
            continue;
        }

        ngx_shop_status_html_count(e, "Refused: ", &class[i]->name,
                                   now->refused[n] - base->refused[n],
                                   now->refused[n]);

        if (now->unknown[n]) {
            ngx_shop_status_html_count(e, "Sent, outcome unknown: ",
                                       &class[i]->name,
                                       now->unknown[n] - base->unknown[n],
                                       now->unknown[n]);
        }
    }

    ngx_shop_status_html_count(e, "Let in by address or link", NULL,
                               now->bypassed - base->bypassed, now->bypassed);

    if (now->stale) {
        ngx_shop_status_html_count(e, "Stale copies from the cache", NULL,
                                   now->stale - base->stale, now->stale);
    }

    ngx_shop_emit_text(e, "</tbody>\n</table>\n</section>\n");
}


static void
ngx_shop_status_html_count(ngx_shop_emit_t *e, const char *what,
    ngx_str_t *class, uint64_t incident, uint64_t total)
{
    ngx_shop_emit_text(e, "<tr><td>");
    ngx_shop_emit_text(e, what);

    if (class) {
        ngx_shop_status_str(e, class);
    }

    ngx_shop_emit_text(e, "</td><td class=\"n\" "
                          "data-l=\"since it began\">");
    ngx_shop_emit_number(e, (int64_t) incident);
    ngx_shop_emit_text(e, "</td><td class=\"n\" data-l=\"in all\">");
    ngx_shop_emit_number(e, (int64_t) total);
    ngx_shop_emit_text(e, "</td></tr>\n");
}


/* 6: the flag file and its warnings */

static void
ngx_shop_status_html_flag(ngx_shop_emit_t *e, ngx_shop_snapshot_t *snap)
{
    ngx_uint_t                i;
    ngx_shop_str_t            text;
    ngx_shop_board_view_t    *view;
    ngx_shop_flag_notice_t   *notice;
    ngx_shop_flag_warning_t  *w;

    view = &snap->site->view;
    notice = &view->notice;

    ngx_shop_emit_text(e, "<section>\n<h2>Flag file</h2>\n<p>");

    if (snap->site->conf->flag == NULL) {
        ngx_shop_emit_text(e, "None: shop_maintenance is not "
                              "configured.</p>\n</section>\n");
        return;
    }

    ngx_shop_status_str(e, &snap->site->conf->flag->path);

    if (view->error) {
        ngx_shop_emit_text(e, ": <b class=\"x\">cannot be read</b> "
                              "(errno ");
        ngx_shop_emit_number(e, view->error);
        ngx_shop_emit_text(e, "), so the shop is closed");

    } else if (view->flag) {
        ngx_shop_emit_text(e, ": there ");
        ngx_shop_status_since(e, view->flag_since, snap->now);

    } else {
        ngx_shop_emit_text(e, ": not there");
    }

    ngx_shop_emit_text(e, "</p>\n");

    if (notice->nwarnings) {
        ngx_shop_emit_text(e, "<ul>\n");
    }

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

    ngx_shop_emit_text(e, notice->nwarnings
                          ? "</ul>\n</section>\n" : "</section>\n");
}


/* what to type next: logic/story/next has the list */

static void
ngx_shop_status_html_next(ngx_shop_emit_t *e, ngx_shop_snapshot_t *snap)
{
    unsigned                 i, n;
    ngx_str_t               *path;
    ngx_shop_next_t          next;
    ngx_shop_board_view_t   *view;
    ngx_shop_next_command_t  commands[NGX_SHOP_NEXT_MAX];

    view = &snap->site->view;

    next.state = view->site.state;
    next.flag = ngx_shop_status_flag(view);
    next.alone = ngx_shop_site_alone(&view->site);
    next.configured = (snap->site->conf->flag != NULL);
    next.incident = (snap->site->incident != 0);
    next.eta = view->notice.eta.at;
    next.next_update = view->notice.next_update.at;
    next.now = snap->now;

    n = ngx_shop_next(&next, commands);

    if (n == 0) {
        return;
    }

    path = (ngx_str_t *) ngx_shop_status_path(snap->site);

    ngx_shop_emit_text(e, "<section>\n<h2>What to type next</h2>\n");

    for (i = 0; i < n; i++) {
        ngx_shop_emit_text(e, "<p>");
        ngx_shop_emit_text(e, commands[i].why);
        ngx_shop_emit_text(e, ":</p>\n<pre>shopctl ");
        ngx_shop_emit_text(e, commands[i].command);

        if (commands[i].flag) {
            ngx_shop_emit_text(e, " --flag ");
            ngx_shop_status_str(e, path);
        }

        ngx_shop_emit_text(e, "</pre>\n");
    }

    ngx_shop_emit_text(e, "</section>\n");
}
