
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * The snapshot as one screen, in the order in which a person at 3 am asks:
 * what do visitors see, what is broken and why, what are they told, what to
 * type next; then what is well, the last day, who was turned away, what
 * happened, is the flag file in order.
 */


#include "nginx/status/status.h"

#include "state/counters.h"
#include "logic/flag/clockface.h"
#include "logic/story/vocab.h"
#include "logic/text/version.h"
#include "logic/words/assets.h"


static ngx_int_t ngx_shop_status_html_head(ngx_shop_emit_t *e,
    ngx_shop_snapshot_t *snap, ngx_shop_status_walk_t *walk);
static ngx_int_t ngx_shop_status_html_told(ngx_shop_emit_t *e,
    ngx_shop_snapshot_t *snap, ngx_shop_status_walk_t *walk);
static ngx_int_t ngx_shop_status_html_tail(ngx_shop_emit_t *e,
    ngx_shop_snapshot_t *snap, ngx_shop_status_walk_t *walk);
static void ngx_shop_status_html_now(ngx_shop_emit_t *e,
    ngx_shop_snapshot_t *snap);
static void ngx_shop_status_html_way(ngx_shop_emit_t *e,
    ngx_shop_snapshot_t *snap);
static void ngx_shop_status_html_as_of(ngx_shop_emit_t *e,
    ngx_shop_snapshot_t *snap);
static ngx_int_t ngx_shop_status_html_others(ngx_shop_emit_t *e,
    ngx_shop_snapshot_t *snap, ngx_shop_status_walk_t *walk);
static void ngx_shop_status_html_link(ngx_shop_emit_t *e, ngx_str_t *name);
static void ngx_shop_status_html_day(ngx_shop_emit_t *e,
    ngx_shop_snapshot_t *snap);
static void ngx_shop_status_html_counts(ngx_shop_emit_t *e,
    ngx_shop_snapshot_t *snap);
static void ngx_shop_status_html_count(ngx_shop_emit_t *e, const char *what,
    ngx_str_t *class, uint64_t incident, uint64_t total);


/* more sites than that have no day of their own */
#define NGX_SHOP_STATUS_HTML_BANDS  20


/* what stands in a query as it is */
#define ngx_shop_status_html_plain(c)                                        \
    (((c) >= 'a' && (c) <= 'z') || ((c) >= 'A' && (c) <= 'Z')                \
     || ((c) >= '0' && (c) <= '9') || (c) == '.' || (c) == '-' || (c) == '_')


/* the colour, by number of ngx_shop_site_e */
static const char  *ngx_shop_status_html_states[] = {
    "ok", "w", "w", "w", "x", "w", "w", "w"
};

typedef char  ngx_shop_status_html_has_all[
    sizeof(ngx_shop_status_html_states) / sizeof(char *)
    == NGX_SHOP_SITE_N ? 1 : -1];


static const ngx_shop_status_part_pt  ngx_shop_status_html_parts[] = {
    ngx_shop_status_html_head,
    ngx_shop_status_html_others,
    ngx_shop_status_servers_broken,
    ngx_shop_status_html_told,
    ngx_shop_status_servers_well,
    ngx_shop_status_html_tail,
    NULL
};


ngx_int_t
ngx_shop_status_html(ngx_shop_emit_t *e, ngx_shop_snapshot_t *snap,
    ngx_shop_status_walk_t *walk)
{
    return ngx_shop_status_walk(ngx_shop_status_html_parts, e, snap, walk);
}


static ngx_int_t
ngx_shop_status_html_head(ngx_shop_emit_t *e, ngx_shop_snapshot_t *snap,
    ngx_shop_status_walk_t *walk)
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

    return NGX_OK;
}


static ngx_int_t
ngx_shop_status_html_told(ngx_shop_emit_t *e, ngx_shop_snapshot_t *snap,
    ngx_shop_status_walk_t *walk)
{
    ngx_shop_status_told_text(e, snap);
    ngx_shop_status_told_next(e, snap);

    return NGX_OK;
}


static ngx_int_t
ngx_shop_status_html_tail(ngx_shop_emit_t *e, ngx_shop_snapshot_t *snap,
    ngx_shop_status_walk_t *walk)
{
    ngx_shop_status_html_day(e, snap);
    ngx_shop_status_budget_html(e, snap);
    ngx_shop_status_html_counts(e, snap);
    ngx_shop_status_events_html(e, snap);
    ngx_shop_status_told_flag(e, snap);

    ngx_shop_emit_text(e,
        "</main>\n<footer>\n<p role=\"status\"></p>\n"
        "<p><button type=\"button\" hidden>Pause</button> "
        "<a href=\"?format=json\">JSON</a> "
        "<a href=\"?format=prometheus\">Prometheus</a></p>\n"
        "<p>ngx_shop_failover_module/" NGX_SHOP_VERSION
        " in nginx/" NGINX_VERSION "</p>\n</footer>\n"
        "<script>");
    ngx_shop_emit_text(e, ngx_shop_assets_status_js);
    ngx_shop_emit_text(e, "</script>\n</body>\n</html>\n");

    return NGX_OK;
}


/* what visitors see right now, and since when */

static void
ngx_shop_status_html_now(ngx_shop_emit_t *e, ngx_shop_snapshot_t *snap)
{
    const char       *severity;
    ngx_uint_t        alone;
    ngx_shop_site_t  *site;

    site = &snap->site->view.site;
    alone = ngx_shop_site_alone(site);
    severity = ngx_shop_status_severity(site->state);

    ngx_shop_emit_text(e, "<header class=\"");
    ngx_shop_emit_text(e, ngx_shop_status_html_states[
                                  alone ? NGX_SHOP_SITE_OUTAGE : site->state]);
    ngx_shop_emit_text(e, "\">\n<p class=\"k\">");

    if (severity) {
        ngx_shop_emit_text(e, severity);
        ngx_shop_emit_text(e, " \302\267 ");
    }

    ngx_shop_emit_text(e, ngx_shop_site_name(site->state));
    ngx_shop_emit_text(e, "</p>\n<h1>");
    ngx_shop_emit_text(e, ngx_shop_vocab_visitors(site->state,
                              ngx_shop_status_site_flag(&snap->site->view),
                              alone, snap->site->way.share / 10));
    ngx_shop_emit_text(e, "</h1>\n<p>");

    if (alone) {
        ngx_shop_emit_text(e, "The servers are back, and <b>only the flag "
                              "keeps the shop shut</b> ");
    }

    ngx_shop_status_piece_since(e, site->since, snap->now);
    ngx_shop_status_html_way(e, snap);

    if (snap->site->incident && snap->site->incident != site->since) {
        ngx_shop_emit_text(e, "; it began ");
        ngx_shop_status_piece_ago(e, snap->site->incident, snap->now);
    }

    ngx_shop_emit_text(e, "</p>\n");

    if (alone) {
        ngx_shop_emit_text(e, "<p>Open it:</p>\n<pre>shopctl off --flag ");
        ngx_shop_status_piece_str(e, (ngx_str_t *)
                                     ngx_shop_status_site_path(snap->site));
        ngx_shop_emit_text(e, "</pre>\n");
    }

    ngx_shop_status_html_as_of(e, snap);

    ngx_shop_emit_text(e, "</header>\n");
}


/* the zone of all times, named once, and where to read what to do */

static void
ngx_shop_status_html_as_of(ngx_shop_emit_t *e, ngx_shop_snapshot_t *snap)
{
    u_char  buf[NGX_SHOP_TIMES_LEN];

    ngx_shop_emit_text(e, "<p class=\"m\">As of ");
    ngx_shop_emit_raw(e, buf, ngx_shop_clockface_now(buf, snap->now));
    ngx_shop_emit_text(e, "; all times are ");
    ngx_shop_emit_raw(e, buf, ngx_shop_clockface_zone(buf, snap->now));

    if (snap->runbook.len) {
        ngx_shop_emit_text(e, " \302\267 <a href=\"");
        ngx_shop_status_piece_str(e, &snap->runbook);
        ngx_shop_emit_text(e, "\">Runbook</a>");
    }

    ngx_shop_emit_text(e, "</p>\n");
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
        ngx_shop_status_piece_due(e, site->view.notice.start.at, snap->now);
    }

    if (site->view.site.state != NGX_SHOP_SITE_REOPENING) {
        return;
    }

    left = (site->way.left + 999) / 1000;

    if (site->way.share < 1000) {
        ngx_shop_emit_text(e, "; ");
        ngx_shop_emit_number(e, site->way.share / 10);
        ngx_shop_emit_text(e, "&nbsp;% of them are let in, all are in by ");

    } else {
        ngx_shop_emit_text(e, "; all are in, and if it stays so it is called "
                              "well at ");
    }

    ngx_shop_status_piece_clock(e, snap->now + left, snap->now);
    ngx_shop_emit_text(e, ", in ");
    ngx_shop_emit_raw(e, buf, ngx_shop_times_length(buf, left));
}


/* a line each, those in trouble first */

static ngx_int_t
ngx_shop_status_html_others(ngx_shop_emit_t *e, ngx_shop_snapshot_t *snap,
    ngx_shop_status_walk_t *walk)
{
    ngx_shop_snapshot_site_t  *site;

    if (snap->nsites < 2) {
        return NGX_OK;
    }

    if (walk->i == 0) {
        ngx_shop_emit_text(e, "<ul>\n");
    }

    site = snap->sites[walk->i++];

    ngx_shop_emit_text(e, "<li>");
    ngx_shop_status_html_link(e, &site->conf->name);
    ngx_shop_emit_text(e, ": <b class=\"");
    ngx_shop_emit_text(e, ngx_shop_status_html_states[site->view.site.state]);
    ngx_shop_emit_text(e, "\">");
    ngx_shop_emit_text(e, ngx_shop_site_name(site->view.site.state));
    ngx_shop_emit_text(e, "</b> ");
    ngx_shop_status_piece_since(e, site->view.site.since, snap->now);

    if (site == snap->site) {
        ngx_shop_emit_text(e, " (shown here)");

    } else if (snap->nsites <= NGX_SHOP_STATUS_HTML_BANDS) {
        ngx_shop_status_figure_band(e, &site->band);
    }

    ngx_shop_emit_text(e, "</li>\n");

    if (walk->i < snap->nsites) {
        return NGX_AGAIN;
    }

    ngx_shop_emit_text(e, "</ul>\n");

    return NGX_OK;
}


/* to the screen of this site alone */

static void
ngx_shop_status_html_link(ngx_shop_emit_t *e, ngx_str_t *name)
{
    u_char  hex[3];
    size_t  i;

    if (name->len == 0) {
        ngx_shop_emit_text(e, "upstreams of no site");
        return;
    }

    ngx_shop_emit_text(e, "<a href=\"?format=html&amp;site=");

    for (i = 0; i < name->len; i++) {

        if (ngx_shop_status_html_plain(name->data[i])) {
            ngx_shop_emit_raw(e, &name->data[i], 1);
            continue;
        }

        (void) ngx_sprintf(hex, "%%%02Xi", (ngx_int_t) name->data[i]);
        ngx_shop_emit_raw(e, hex, 3);
    }

    ngx_shop_emit_text(e, "\">");
    ngx_shop_status_piece_str(e, name);
    ngx_shop_emit_text(e, "</a>");
}


static void
ngx_shop_status_html_day(ngx_shop_emit_t *e, ngx_shop_snapshot_t *snap)
{
    ngx_shop_band_t  *band;

    band = &snap->site->band;

    ngx_shop_emit_text(e, "<section>\n<h2>The last 24 hours</h2>\n<figure>");
    ngx_shop_status_figure_band(e, band);
    ngx_shop_emit_text(e, "<figcaption class=\"m\"><span>");
    ngx_shop_status_piece_clock(e, ngx_shop_band_time(band, 0), snap->now);
    ngx_shop_emit_text(e, "</span><span>now</span></figcaption></figure>\n");
    ngx_shop_status_figure_told(e, snap, band);
    ngx_shop_emit_text(e, "</section>\n");
}


/* counts since it began */

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
        ngx_shop_status_piece_str(e, class);
    }

    ngx_shop_emit_text(e, "</td><td class=\"n\" "
                          "data-l=\"since it began\">");
    ngx_shop_emit_number(e, (int64_t) incident);
    ngx_shop_emit_text(e, "</td><td class=\"n\" data-l=\"in all\">");
    ngx_shop_emit_number(e, (int64_t) total);
    ngx_shop_emit_text(e, "</td></tr>\n");
}
