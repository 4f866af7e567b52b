
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * The snapshot as JSON.  Names are a promise: docs/status.schema.json.
 */


#include "nginx/status/status.h"
#include "nginx/status/status_langs.h"

#include "state/force.h"
#include "state/counters.h"

#include "logic/text/version.h"


static ngx_int_t ngx_shop_status_json_head(ngx_shop_emit_t *e,
    ngx_shop_snapshot_t *snap, ngx_shop_status_walk_t *walk);
static ngx_int_t ngx_shop_status_json_sites(ngx_shop_emit_t *e,
    ngx_shop_snapshot_t *snap, ngx_shop_status_walk_t *walk);
static ngx_int_t ngx_shop_status_json_groups(ngx_shop_emit_t *e,
    ngx_shop_snapshot_t *snap, ngx_shop_status_walk_t *walk);
static ngx_int_t ngx_shop_status_json_tail(ngx_shop_emit_t *e,
    ngx_shop_snapshot_t *snap, ngx_shop_status_walk_t *walk);
static void ngx_shop_status_json_site(ngx_shop_emit_t *e, const char *key,
    ngx_shop_snapshot_site_t *site);
static void ngx_shop_status_json_uses(ngx_shop_emit_t *e,
    ngx_shop_snapshot_site_t *site);
static void ngx_shop_status_json_maintenance(ngx_shop_emit_t *e,
    ngx_shop_snapshot_site_t *site);
static void ngx_shop_status_json_hosts(ngx_shop_emit_t *e,
    ngx_shop_snapshot_site_t *site);
static void ngx_shop_status_json_sum(ngx_shop_emit_t *e,
    ngx_shop_board_view_t *view);
static void ngx_shop_status_json_text(ngx_shop_emit_t *e, const char *key,
    ngx_shop_flag_notice_t *notice, ngx_shop_span_t span);
static void ngx_shop_status_json_texts(ngx_shop_emit_t *e,
    ngx_shop_flag_notice_t *notice);
static void ngx_shop_status_json_warnings(ngx_shop_emit_t *e,
    ngx_shop_flag_notice_t *notice);
static void ngx_shop_status_json_group(ngx_shop_emit_t *e,
    ngx_shop_snapshot_group_t *group);
static void ngx_shop_status_json_peer(ngx_shop_emit_t *e,
    ngx_shop_snapshot_group_t *group, ngx_uint_t i);
static void ngx_shop_status_json_last(ngx_shop_emit_t *e,
    ngx_shop_layout_sample_t *last);
static void ngx_shop_status_json_visitors(ngx_shop_emit_t *e,
    ngx_shop_evidence_sum_t *sum);
static void ngx_shop_status_json_aside(ngx_shop_emit_t *e,
    ngx_shop_snapshot_peer_t *peer);
static void ngx_shop_status_json_force(ngx_shop_emit_t *e,
    ngx_shop_layout_force_t *force);
static void ngx_shop_status_json_counters(ngx_shop_emit_t *e,
    ngx_shop_snapshot_t *snap);
static void ngx_shop_status_json_pages(ngx_shop_emit_t *e,
    ngx_shop_snapshot_site_t *site);
static void ngx_shop_status_json_classes(ngx_shop_emit_t *e,
    ngx_shop_snapshot_t *snap);


/* of this document, not of the module */
#define NGX_SHOP_STATUS_JSON_VERSION  1

/* peers that are written in one go: less than a tenth of a ms */
#define NGX_SHOP_STATUS_JSON_CHUNK    32


static const ngx_shop_status_part_pt  ngx_shop_status_json_parts[] = {
    ngx_shop_status_json_head,
    ngx_shop_status_json_sites,
    ngx_shop_status_json_groups,
    ngx_shop_status_json_tail,
    NULL
};


ngx_int_t
ngx_shop_status_json(ngx_shop_emit_t *e, ngx_shop_snapshot_t *snap,
    ngx_shop_status_walk_t *walk)
{
    return ngx_shop_status_walk(ngx_shop_status_json_parts, e, snap, walk);
}


static ngx_int_t
ngx_shop_status_json_head(ngx_shop_emit_t *e, ngx_shop_snapshot_t *snap,
    ngx_shop_status_walk_t *walk)
{
    ngx_shop_emit_object(e, NULL);
    ngx_shop_emit_int(e, "version", NGX_SHOP_STATUS_JSON_VERSION);
    ngx_shop_emit_cstr(e, "module", NGX_SHOP_VERSION);
    ngx_shop_emit_cstr(e, "nginx", NGINX_VERSION);
    ngx_shop_emit_time(e, "time", snap->now);

    if (snap->runbook.len) {
        ngx_shop_emit_str(e, "runbook", (ngx_shop_str_t *) &snap->runbook);

    } else {
        ngx_shop_emit_null(e, "runbook");
    }

    ngx_shop_status_json_site(e, "site", snap->site);
    ngx_shop_status_json_maintenance(e, snap->site);

    return NGX_OK;
}


static ngx_int_t
ngx_shop_status_json_sites(ngx_shop_emit_t *e, ngx_shop_snapshot_t *snap,
    ngx_shop_status_walk_t *walk)
{
    if (walk->i == 0) {
        ngx_shop_emit_array(e, "sites");
    }

    ngx_shop_status_json_site(e, NULL, snap->sites[walk->i++]);

    if (walk->i < snap->nsites) {
        return NGX_AGAIN;
    }

    ngx_shop_emit_close(e, ']');

    return NGX_OK;
}


static ngx_int_t
ngx_shop_status_json_groups(ngx_shop_emit_t *e, ngx_shop_snapshot_t *snap,
    ngx_shop_status_walk_t *walk)
{
    ngx_uint_t                  last;
    ngx_shop_snapshot_group_t  *group;

    if (!walk->begun) {
        walk->begun = 1;
        ngx_shop_emit_array(e, "upstreams");
    }

    if (walk->i == snap->ngroups) {
        ngx_shop_emit_close(e, ']');
        return NGX_OK;
    }

    group = &snap->groups[walk->i];

    if (walk->j == 0) {
        ngx_shop_status_active(snap, group);
        ngx_shop_status_json_group(e, group);
    }

    last = ngx_min(walk->j + NGX_SHOP_STATUS_JSON_CHUNK, group->npeers);

    while (walk->j < last) {
        ngx_shop_status_json_peer(e, group, walk->j++);
    }

    if (last == group->npeers) {
        ngx_shop_emit_close(e, ']');
        ngx_shop_emit_close(e, '}');

        walk->i++;
        walk->j = 0;
    }

    return NGX_AGAIN;
}


static ngx_int_t
ngx_shop_status_json_tail(ngx_shop_emit_t *e, ngx_shop_snapshot_t *snap,
    ngx_shop_status_walk_t *walk)
{
    ngx_shop_status_json_counters(e, snap);

    ngx_shop_status_events_json(e, snap);

    ngx_shop_emit_close(e, '}');
    ngx_shop_emit_text(e, "\n");

    return NGX_OK;
}


static void
ngx_shop_status_json_site(ngx_shop_emit_t *e, const char *key,
    ngx_shop_snapshot_site_t *site)
{
    const char  *severity;

    ngx_shop_emit_object(e, key);
    ngx_shop_emit_str(e, "name", (ngx_shop_str_t *) &site->conf->name);
    ngx_shop_emit_cstr(e, "state", ngx_shop_site_name(site->view.site.state));
    ngx_shop_emit_time(e, "since", site->view.site.since);

    severity = ngx_shop_status_severity(site->view.site.state);

    if (severity) {
        ngx_shop_emit_cstr(e, "severity", severity);

    } else {
        ngx_shop_emit_null(e, "severity");
    }

    switch (site->view.site.state) {

    case NGX_SHOP_SITE_OUTAGE:
    case NGX_SHOP_SITE_MAINTENANCE:
    case NGX_SHOP_SITE_REOPENING:
        ngx_shop_emit_bool(e, "planned", site->view.site.outage == 0);
        break;

    default:
        ngx_shop_emit_null(e, "planned");
    }

    ngx_shop_emit_int(e, "admitted", site->view.site.state
                                     == NGX_SHOP_SITE_REOPENING
                                     ? site->way.share / 10
                                     : site->view.site.state
                                       == NGX_SHOP_SITE_OUTAGE
                                       || site->view.site.state
                                          == NGX_SHOP_SITE_MAINTENANCE
                                       ? 0 : 100);
    ngx_shop_emit_int(e, "well_in", (site->way.left + 999) / 1000);
    ngx_shop_emit_bool(e, "shut_by_flag_alone",
                       ngx_shop_site_alone(&site->view.site));

    ngx_shop_status_own_json(e, &site->view.own, site->view.site.since);

    ngx_shop_emit_str(e, "flag", ngx_shop_status_site_path(site));
    ngx_shop_emit_cstr(e, "flag_state", ngx_shop_flagset_name(
                                     ngx_shop_status_site_flag(&site->view)));
    ngx_shop_status_json_sum(e, &site->view);
    ngx_shop_status_json_hosts(e, site);
    ngx_shop_status_json_uses(e, site);
    ngx_shop_status_series_day(e, &site->band);
    ngx_shop_tally_told_json(e, "availability", site->ledger.sums,
                             site->conf->whole ? 0 : site->conf->promise);
    ngx_shop_status_budget_week(e, site->ledger.week);
    ngx_shop_emit_close(e, '}');
}


/* of a part of a site, which a file closes alone: its hosts, and the site */

static void
ngx_shop_status_json_hosts(ngx_shop_emit_t *e, ngx_shop_snapshot_site_t *site)
{
    u_char          *p, *last;
    ngx_shop_str_t   host;

    if (site->conf->whole == NULL) {
        ngx_shop_emit_null(e, "hosts");
        ngx_shop_emit_null(e, "part_of");
        return;
    }

    ngx_shop_emit_array(e, "hosts");

    p = site->conf->hosts.data;
    last = p + site->conf->hosts.len;

    while (p < last) {
        host.data = p;
        p = ngx_strlchr(p, last, ' ');
        p = p ? p : last;
        host.len = p++ - host.data;

        ngx_shop_emit_str(e, NULL, &host);
    }

    ngx_shop_emit_close(e, ']');
    ngx_shop_emit_str(e, "part_of",
                      (ngx_shop_str_t *) &site->conf->whole->name);
}


/* of what was read last: so that shopctl knows whether it was its own */

static void
ngx_shop_status_json_sum(ngx_shop_emit_t *e, ngx_shop_board_view_t *view)
{
    u_char          buf[16];
    ngx_shop_str_t  sum;

    if (!view->flag) {
        ngx_shop_emit_null(e, "flag_sum");
        return;
    }

    sum.data = buf;
    sum.len = ngx_sprintf(buf, "%016xL", ngx_shop_flag_sum(&view->notice))
              - buf;

    ngx_shop_emit_str(e, "flag_sum", &sum);
}


/* its upstreams; those learned from requests come last */

static void
ngx_shop_status_json_uses(ngx_shop_emit_t *e, ngx_shop_snapshot_site_t *site)
{
    ngx_uint_t             i;
    ngx_shop_model_use_t  *use;

    ngx_shop_emit_array(e, "upstreams");

    for (i = 0; i < site->nuses; i++) {
        use = &site->uses[i];

        ngx_shop_emit_object(e, NULL);
        ngx_shop_emit_str(e, "name", (ngx_shop_str_t *) &use->group->name);
        ngx_shop_emit_bool(e, "optional", use->optional);
        ngx_shop_emit_close(e, '}');
    }

    ngx_shop_emit_close(e, ']');
}


static void
ngx_shop_status_json_maintenance(ngx_shop_emit_t *e,
    ngx_shop_snapshot_site_t *site)
{
    ngx_shop_board_view_t   *view;
    ngx_shop_flag_notice_t  *notice;

    view = &site->view;
    notice = &view->notice;

    ngx_shop_emit_object(e, "maintenance");

    ngx_shop_emit_str(e, "flag", ngx_shop_status_site_path(site));
    ngx_shop_emit_bool(e, "present", view->flag);
    ngx_shop_emit_time(e, "since", view->flag ? view->flag_since : 0);
    ngx_shop_emit_int(e, "error", view->error);

    ngx_shop_emit_cstr(e, "mode", ngx_shop_flag_mode_name(notice->mode));
    ngx_shop_emit_cstr(e, "end", ngx_shop_flag_end_name(
                                     view->late && !notice->end_given
                                     ? NGX_SHOP_FLAG_END_HEALTHY
                                     : notice->end));
    ngx_shop_emit_time(e, "start", notice->start.at);
    ngx_shop_emit_time(e, "until", notice->until.at);
    ngx_shop_emit_time(e, "eta", notice->eta.at);
    ngx_shop_emit_time(e, "next_update", notice->next_update.at);

    ngx_shop_status_json_texts(e, notice);
    ngx_shop_status_json_warnings(e, notice);

    ngx_shop_emit_close(e, '}');
}


static void
ngx_shop_status_json_text(ngx_shop_emit_t *e, const char *key,
    ngx_shop_flag_notice_t *notice, ngx_shop_span_t span)
{
    ngx_shop_str_t  text;

    text = ngx_shop_flag_text(notice, span);

    ngx_shop_emit_str(e, key, &text);
}


static void
ngx_shop_status_json_texts(ngx_shop_emit_t *e, ngx_shop_flag_notice_t *notice)
{
    ngx_uint_t      i;
    ngx_shop_str_t  status;

    status = ngx_shop_flag_status(notice);

    ngx_shop_emit_str(e, "status", &status);
    ngx_shop_status_json_text(e, "reason", notice, notice->reason);
    ngx_shop_status_json_text(e, "offer", notice, notice->offer);
    ngx_shop_status_json_text(e, "after", notice, notice->after);
    ngx_shop_status_json_text(e, "who", notice, notice->who);

    ngx_shop_status_langs_json(e, notice);

    ngx_shop_emit_array(e, "contacts");

    for (i = 0; i < notice->ncontacts; i++) {
        ngx_shop_status_json_text(e, NULL, notice, notice->contacts[i]);
    }

    ngx_shop_emit_close(e, ']');

    ngx_shop_emit_array(e, "paths");

    for (i = 0; i < notice->npaths; i++) {
        ngx_shop_status_json_text(e, NULL, notice, notice->paths[i]);
    }

    ngx_shop_emit_close(e, ']');

    ngx_shop_emit_array(e, "updates");

    for (i = 0; i < notice->nupdates; i++) {
        ngx_shop_emit_object(e, NULL);
        ngx_shop_emit_time(e, "time", notice->updates[i].at);
        ngx_shop_status_json_text(e, "text", notice, notice->updates[i].text);
        ngx_shop_emit_close(e, '}');
    }

    ngx_shop_emit_close(e, ']');
}


static void
ngx_shop_status_json_warnings(ngx_shop_emit_t *e,
    ngx_shop_flag_notice_t *notice)
{
    ngx_uint_t                i;
    ngx_shop_flag_warning_t  *w;

    ngx_shop_emit_array(e, "warnings");

    for (i = 0; i < notice->nwarnings; i++) {
        w = &notice->warnings[i];

        ngx_shop_emit_object(e, NULL);
        ngx_shop_emit_int(e, "line", w->line);
        ngx_shop_emit_cstr(e, "reason", ngx_shop_flag_reason(w->reason));
        ngx_shop_status_json_text(e, "text", notice, w->what);
        ngx_shop_emit_close(e, '}');
    }

    ngx_shop_emit_close(e, ']');
}


/* up to its first peer */

static void
ngx_shop_status_json_group(ngx_shop_emit_t *e,
    ngx_shop_snapshot_group_t *group)
{
    ngx_uint_t                i;
    ngx_shop_model_group_t  **next;

    ngx_shop_emit_object(e, NULL);
    ngx_shop_emit_str(e, "name", (ngx_shop_str_t *) &group->group->name);
    ngx_shop_emit_cstr(e, "state", ngx_shop_site_group_name(group->state));
    ngx_shop_emit_time(e, "since", group->since);

    if (group->serving == NULL) {
        ngx_shop_emit_null(e, "serving");

    } else {
        ngx_shop_emit_cstr(e, "serving",
                           group->serving == group->group
                           && group->count.primaries_usable
                           ? "primary" : "backup");
    }

    if (group->serving == NULL) {
        ngx_shop_emit_null(e, "served_by");

    } else {
        ngx_shop_emit_str(e, "served_by",
                          (ngx_shop_str_t *) &group->serving->name);
    }

    ngx_shop_emit_bool(e, "panic", group->panic != 0);
    ngx_shop_emit_bool(e, "blind", group->blind != 0);
    ngx_shop_emit_bool(e, "busy", group->busy != 0);

    if (group->group->shed) {
        ngx_shop_emit_object(e, "shed");
        ngx_shop_emit_int(e, "limit", (int64_t) group->limit);
        ngx_shop_emit_int(e, "inside", (int64_t) group->inside);
        ngx_shop_emit_int(e, "refused",
                         (int64_t) group->counts[NGX_SHOP_LAYOUT_COUNT_SHED]);
        ngx_shop_emit_close(e, '}');

    } else {
        ngx_shop_emit_null(e, "shed");
    }

    ngx_shop_status_queue_json(e, group);
    ngx_shop_status_share_json(e, group);

    ngx_shop_emit_array(e, "failover_to");

    next = group->group->chain.elts;

    for (i = 0; i < group->group->chain.nelts; i++) {
        ngx_shop_emit_str(e, NULL, (ngx_shop_str_t *) &next[i]->name);
    }

    ngx_shop_emit_close(e, ']');

    ngx_shop_emit_int(e, "failovers",
                      (int64_t) group->counts[NGX_SHOP_LAYOUT_COUNT_FAILOVER]);
    ngx_shop_emit_int(e, "moved",
                      (int64_t) group->counts[NGX_SHOP_LAYOUT_COUNT_MOVED]);
    ngx_shop_emit_int(e, "doubted",
                      (int64_t) group->counts[NGX_SHOP_LAYOUT_COUNT_DOUBTED]);

    ngx_shop_emit_array(e, "peers");
}


static void
ngx_shop_status_json_peer(ngx_shop_emit_t *e, ngx_shop_snapshot_group_t *group,
    ngx_uint_t i)
{
    ngx_shop_snapshot_peer_t  *peer = &group->peers[i];

    ngx_shop_emit_object(e, NULL);
    ngx_shop_emit_str(e, "server", (ngx_shop_str_t *) &peer->peer->server);
    ngx_shop_emit_str(e, "address", (ngx_shop_str_t *) &peer->peer->address);
    ngx_shop_emit_bool(e, "backup", peer->peer->backup);
    ngx_shop_emit_cstr(e, "state", ngx_shop_verdict_state_name(peer->state));
    ngx_shop_emit_time(e, "since", peer->since);
    ngx_shop_emit_int(e, "share", peer->share / 10);
    ngx_shop_emit_int(e, "checks", (int64_t) peer->checks);
    ngx_shop_emit_int(e, "fails", (int64_t) peer->fails);

    if (peer->checks) {
        ngx_shop_status_json_last(e, &peer->last);

    } else {
        ngx_shop_emit_null(e, "last");
    }

    ngx_shop_status_series_peer(e, peer);

    if (ngx_shop_status_silent(peer)) {
        ngx_shop_emit_cstr(e, "silent", ngx_shop_silence_name(peer->whose));

    } else {
        ngx_shop_emit_null(e, "silent");
    }

    if (group->active) {
        ngx_shop_emit_int(e, "active", (int64_t) group->active[i]);

    } else {
        ngx_shop_emit_null(e, "active");
    }

    ngx_shop_status_json_visitors(e, &peer->visitors);
    ngx_shop_status_json_aside(e, peer);
    ngx_shop_status_own_json(e, &peer->own.said, peer->own.since);

    if (peer->force.how) {
        ngx_shop_status_json_force(e, &peer->force);

    } else {
        ngx_shop_emit_null(e, "override");
    }

    ngx_shop_emit_close(e, '}');
}


static void
ngx_shop_status_json_last(ngx_shop_emit_t *e, ngx_shop_layout_sample_t *last)
{
    ngx_shop_str_t  detail;

    detail.data = last->detail;
    detail.len = last->detail_len;

    ngx_shop_emit_object(e, "last");
    ngx_shop_emit_time(e, "time", last->at / 1000);
    ngx_shop_emit_cstr(e, "result",
                       ngx_shop_verdict_result_name(last->result));
    ngx_shop_emit_str(e, "detail", &detail);
    ngx_shop_emit_int(e, "ms", last->total);

    /* since the start of the probe; 0: at once, or not reached */

    ngx_shop_emit_int(e, "connect_ms", last->connect);
    ngx_shop_emit_int(e, "tls_ms", last->tls);
    ngx_shop_emit_int(e, "first_byte_ms", last->first);
    ngx_shop_emit_close(e, '}');
}


/* what visitors got of it, in the window */

static void
ngx_shop_status_json_visitors(ngx_shop_emit_t *e, ngx_shop_evidence_sum_t *sum)
{
    ngx_shop_emit_object(e, "visitors");
    ngx_shop_emit_int(e, "requests", sum->n);
    ngx_shop_emit_int(e, "failed", sum->bad);
    ngx_shop_emit_int(e, "first_byte_ms",
                      sum->timed ? (int64_t) (sum->sum / sum->timed) : 0);
    ngx_shop_emit_close(e, '}');
}


static void
ngx_shop_status_json_aside(ngx_shop_emit_t *e, ngx_shop_snapshot_peer_t *peer)
{
    u_char          buf[NGX_SHOP_LAYOUT_DETAIL_LEN];
    ngx_shop_str_t  why;

    if (peer->aside.until == 0) {
        ngx_shop_emit_null(e, "aside");
        return;
    }

    why.data = buf;
    why.len = ngx_shop_record_why(buf, buf + sizeof(buf),
                                  &peer->aside.finding)
              - buf;

    ngx_shop_emit_object(e, "aside");
    ngx_shop_emit_str(e, "reason", &why);
    ngx_shop_emit_time(e, "until", peer->back);
    ngx_shop_emit_int(e, "times", peer->aside.times);
    ngx_shop_emit_close(e, '}');
}


static void
ngx_shop_status_json_force(ngx_shop_emit_t *e, ngx_shop_layout_force_t *force)
{
    ngx_shop_str_t  reason, who;

    reason.data = force->reason;
    reason.len = force->reason_len;
    who.data = force->who;
    who.len = force->who_len;

    ngx_shop_emit_object(e, "override");
    ngx_shop_emit_cstr(e, "action", ngx_shop_force_name(force->how));
    ngx_shop_emit_time(e, "since", force->since);
    ngx_shop_emit_time(e, "until", force->until);
    ngx_shop_emit_str(e, "reason", &reason);
    ngx_shop_emit_str(e, "who", &who);
    ngx_shop_emit_close(e, '}');
}


/* since the zone was made, and since the trouble of now began */

static void
ngx_shop_status_json_counters(ngx_shop_emit_t *e, ngx_shop_snapshot_t *snap)
{
    uint64_t                   visitors, base;
    ngx_shop_snapshot_site_t  *site;

    site = snap->site;
    visitors = ngx_shop_counters_visitors(&site->counters);
    base = ngx_shop_counters_visitors(&site->base);

    ngx_shop_emit_object(e, "counters");
    ngx_shop_emit_time(e, "incident_since", site->incident);

    ngx_shop_emit_object(e, "visitors");
    ngx_shop_emit_int(e, "total", (int64_t) visitors);
    ngx_shop_emit_int(e, "incident",
                      site->incident ? (int64_t) (visitors - base) : 0);
    ngx_shop_emit_close(e, '}');

    ngx_shop_emit_int(e, "bypassed", (int64_t) site->counters.bypassed);
    ngx_shop_emit_int(e, "stale", (int64_t) site->counters.stale);

    ngx_shop_status_json_pages(e, site);
    ngx_shop_status_json_classes(e, snap);

    ngx_shop_emit_close(e, '}');
}


static void
ngx_shop_status_json_pages(ngx_shop_emit_t *e, ngx_shop_snapshot_site_t *site)
{
    ngx_uint_t  why, kind, n, base;

    ngx_shop_emit_array(e, "pages");

    for (why = 0; why < NGX_SHOP_LAYOUT_WHYS; why++) {
        for (kind = 0; kind < NGX_SHOP_LAYOUT_KINDS; kind++) {

            n = site->counters.pages[why][kind];
            base = site->base.pages[why][kind];

            if (n == 0) {
                continue;
            }

            ngx_shop_emit_object(e, NULL);
            ngx_shop_emit_cstr(e, "cause", ngx_shop_status_cause(why));
            ngx_shop_emit_cstr(e, "kind", ngx_shop_status_kind(kind));
            ngx_shop_emit_int(e, "total", (int64_t) n);
            ngx_shop_emit_int(e, "incident", site->incident ? n - base : 0);
            ngx_shop_emit_close(e, '}');
        }
    }

    ngx_shop_emit_close(e, ']');
}


/* every configured class, those with nothing to count included */

static void
ngx_shop_status_json_classes(ngx_shop_emit_t *e, ngx_shop_snapshot_t *snap)
{
    ngx_uint_t                 i, n, refused, unknown;
    ngx_shop_model_class_t   **class;
    ngx_shop_snapshot_site_t  *site;

    site = snap->site;
    class = snap->zone->classes.elts;

    ngx_shop_emit_array(e, "refused");

    for (i = 0; i < snap->zone->classes.nelts; i++) {

        n = class[i]->index;

        if (n >= NGX_SHOP_LAYOUT_CLASSES) {
            continue;
        }

        refused = site->counters.refused[n];
        unknown = site->counters.unknown[n];

        ngx_shop_emit_object(e, NULL);
        ngx_shop_emit_str(e, "class", (ngx_shop_str_t *) &class[i]->name);
        ngx_shop_emit_int(e, "total", refused);
        ngx_shop_emit_int(e, "incident", site->incident
                          ? refused - site->base.refused[n] : 0);
        ngx_shop_emit_int(e, "unknown_total", unknown);
        ngx_shop_emit_int(e, "unknown_incident", site->incident
                          ? unknown - site->base.unknown[n] : 0);
        ngx_shop_emit_close(e, '}');
    }

    ngx_shop_emit_close(e, ']');
}
