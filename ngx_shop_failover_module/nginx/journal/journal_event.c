
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * Events of transitions.  Decides nothing, writes nothing: state/chronicle
 * numbers and keeps them.
 */


#include "nginx/journal/journal_event.h"
#include "nginx/journal/events.h"

#include "state/chronicle.h"
#include "state/groups.h"
#include "state/news.h"


#define NGX_SHOP_JOURNAL_EVENT_USES  512   /* bytes */


static void ngx_shop_journal_event_peer(ngx_shop_event_t *event,
    ngx_shop_model_group_t *group, ngx_shop_model_peer_t *peer);
static uint8_t ngx_shop_journal_event_own(ngx_uint_t what,
    ngx_uint_t verdict);
static uint8_t ngx_shop_journal_event_state(ngx_shop_layout_force_t *force,
    ngx_uint_t state);
static void ngx_shop_journal_event_set(ngx_shop_event_t *event,
    ngx_shop_span_t *span, ngx_str_t *text);
static void ngx_shop_journal_event_uses(ngx_shop_model_zone_t *zone,
    ngx_shop_model_site_t *conf, ngx_shop_event_t *event);
static void ngx_shop_journal_event_notice(ngx_shop_model_zone_t *zone,
    ngx_shop_model_site_t *conf, ngx_shop_event_t *event);
static void ngx_shop_journal_event_flag(ngx_shop_model_zone_t *zone,
    ngx_shop_model_flag_t *conf, ngx_pool_t *pool);
static void ngx_shop_journal_event_tell(ngx_shop_model_zone_t *zone,
    ngx_shop_model_site_t *conf, ngx_shop_board_view_t *view,
    ngx_shop_news_t *news);
static void ngx_shop_journal_event_of_flag(ngx_shop_event_t *event,
    ngx_shop_model_site_t *conf, ngx_shop_board_view_t *view, ngx_uint_t what);


void
ngx_shop_journal_event_probe(ngx_shop_model_zone_t *zone,
    ngx_shop_model_group_t *group, ngx_shop_model_peer_t *peer,
    ngx_shop_layout_sample_t *sample, ngx_shop_lease_commit_t *commit)
{
    ngx_str_t         detail;
    ngx_shop_event_t  event;

    ngx_shop_journal_event_peer(&event, group, peer);

    event.from = (uint8_t) commit->from;
    event.to = commit->edge == NGX_SHOP_VERDICT_EDGE_DOWN
               ? NGX_SHOP_VERDICT_DOWN : NGX_SHOP_VERDICT_UP;
    event.cause = sample->result;
    event.since = commit->since * 1000;
    event.count = (int64_t) commit->run;

    if (event.to == NGX_SHOP_VERDICT_DOWN) {
        event.first_failure = commit->doubt;
    }

    detail.len = sample->detail_len;
    detail.data = sample->detail;

    ngx_shop_journal_event_set(&event, &event.detail, &detail);

    ngx_shop_chronicle_add(zone, &event);
}


void
ngx_shop_journal_event_busy(ngx_shop_model_zone_t *zone,
    ngx_shop_model_group_t *group, ngx_shop_model_peer_t *peer,
    ngx_shop_layout_sample_t *sample, ngx_shop_lease_commit_t *commit)
{
    ngx_str_t         detail;
    ngx_shop_event_t  event;

    ngx_shop_journal_event_peer(&event, group, peer);

    event.from = commit->busy > 0 ? NGX_SHOP_VERDICT_UP : NGX_SHOP_BUSY;
    event.to = commit->busy > 0 ? NGX_SHOP_BUSY : NGX_SHOP_VERDICT_UP;
    event.cause = sample->result;
    event.since = 1000 * (commit->busy > 0 ? commit->since
                                           : commit->busy_since);

    detail.len = sample->detail_len;
    detail.data = sample->detail;

    ngx_shop_journal_event_set(&event, &event.detail, &detail);

    ngx_shop_chronicle_add(zone, &event);
}


void
ngx_shop_journal_event_aside(ngx_shop_model_zone_t *zone,
    ngx_shop_record_change_t *change)
{
    u_char            why[NGX_SHOP_LAYOUT_DETAIL_LEN];
    ngx_str_t         detail;
    ngx_shop_event_t  event;

    ngx_shop_journal_event_peer(&event, change->group, change->peer);

    event.from = change->aside ? NGX_SHOP_VERDICT_UP : NGX_SHOP_ASIDE;
    event.to = change->aside ? NGX_SHOP_ASIDE : NGX_SHOP_VERDICT_UP;
    event.cause = NGX_SHOP_EVENT_VISITORS;
    event.since = change->since * 1000;
    event.count = change->finding.failed;

    detail.data = why;
    detail.len = ngx_shop_record_why(why, why + sizeof(why),
                                     &change->finding)
                 - why;

    ngx_shop_journal_event_set(&event, &event.detail, &detail);

    ngx_shop_chronicle_add(zone, &event);
}


void
ngx_shop_journal_event_said(ngx_shop_model_zone_t *zone,
    ngx_shop_model_group_t *group, ngx_shop_model_peer_t *peer,
    ngx_shop_lease_commit_t *commit)
{
    u_char            buf[NGX_SHOP_LAYOUT_DETAIL_LEN];
    ngx_str_t         detail;
    ngx_uint_t        verdict;
    ngx_shop_event_t  event;

    verdict = ngx_shop_chronicle_verdict(zone, peer);

    ngx_shop_journal_event_peer(&event, group, peer);

    event.cause = NGX_SHOP_EVENT_SERVER;
    event.from = ngx_shop_journal_event_own(commit->said_was, verdict);
    event.to = ngx_shop_journal_event_own(commit->said_is, verdict);
    event.since = 1000 * (commit->said_was ? commit->said_since
                                           : commit->since);

    detail.data = buf;
    detail.len = ngx_slprintf(buf, buf + sizeof(buf), "says \"%s\"%s%*s",
                              ngx_shop_own_name(commit->said_is),
                              commit->own.reason_len ? ": " : "",
                              (size_t) commit->own.reason_len,
                              commit->own.reason)
                 - buf;

    if (commit->said_is == NGX_SHOP_OWN_NONE) {
        ngx_str_set(&detail, "says so no more");
    }

    ngx_shop_journal_event_set(&event, &event.detail, &detail);

    ngx_shop_chronicle_add(zone, &event);
}


/* as the status shows it */

static uint8_t
ngx_shop_journal_event_own(ngx_uint_t what, ngx_uint_t verdict)
{
    if (verdict == NGX_SHOP_VERDICT_DOWN) {
        return NGX_SHOP_VERDICT_DOWN;
    }

    return what == NGX_SHOP_OWN_MAINT ? NGX_SHOP_VERDICT_DISABLED
           : what == NGX_SHOP_OWN_DRAIN ? NGX_SHOP_VERDICT_DRAINING
           : (uint8_t) verdict;
}


static void
ngx_shop_journal_event_peer(ngx_shop_event_t *event,
    ngx_shop_model_group_t *group, ngx_shop_model_peer_t *peer)
{
    ngx_memzero(event, sizeof(ngx_shop_event_t));

    event->type = NGX_SHOP_EVENT_PEER;
    event->backup = peer->backup;

    ngx_shop_journal_event_set(event, &event->upstream, &group->name);
    ngx_shop_journal_event_set(event, &event->peer, &peer->address);
    ngx_shop_journal_event_set(event, &event->server, &peer->server);
}


void
ngx_shop_journal_event_order(ngx_shop_model_zone_t *zone,
    ngx_shop_model_group_t *group, ngx_shop_model_peer_t *peer,
    ngx_shop_layout_force_t *was, ngx_shop_layout_force_t *order)
{
    ngx_str_t                 reason, who;
    ngx_uint_t                verdict;
    ngx_shop_event_t          event;
    ngx_shop_layout_force_t  *said;

    verdict = ngx_shop_chronicle_verdict(zone, peer);

    ngx_shop_journal_event_peer(&event, group, peer);

    event.cause = NGX_SHOP_EVENT_OPERATOR;
    event.from = ngx_shop_journal_event_state(was, verdict);
    event.to = ngx_shop_journal_event_state(order, verdict);
    event.since = was->since * 1000;

    /* what ends was ordered for the same reason */

    said = order->how ? order : was;

    reason.len = said->reason_len;
    reason.data = said->reason;

    ngx_shop_journal_event_set(&event, &event.detail, &reason);

    /* one that ends by itself is nobody's */

    who.len = order->who_len;
    who.data = order->who;

    ngx_shop_journal_event_set(&event, &event.who, &who);

    ngx_shop_chronicle_add(zone, &event);
}


/* as the status shows it */

static uint8_t
ngx_shop_journal_event_state(ngx_shop_layout_force_t *force, ngx_uint_t state)
{
    switch (force->how) {

    case NGX_SHOP_LAYOUT_FORCE_DRAIN:
        return NGX_SHOP_VERDICT_DRAINING;

    case NGX_SHOP_LAYOUT_FORCE_DOWN:
        return NGX_SHOP_VERDICT_DISABLED;

    case NGX_SHOP_LAYOUT_FORCE_UP:
        return NGX_SHOP_VERDICT_UP;

    default:
        return (uint8_t) state;
    }
}


static void
ngx_shop_journal_event_set(ngx_shop_event_t *event, ngx_shop_span_t *span,
    ngx_str_t *text)
{
    ngx_shop_event_set(event, span, (ngx_shop_str_t *) text);
}


void
ngx_shop_journal_event_group(ngx_shop_model_zone_t *zone,
    ngx_shop_groups_change_t *change)
{
    ngx_shop_event_t        event;
    ngx_shop_groups_view_t  view;

    ngx_shop_groups_view(zone, change->group, &view);

    ngx_memzero(&event, sizeof(ngx_shop_event_t));

    event.type = NGX_SHOP_EVENT_GROUP;
    event.since = change->since * 1000;
    event.from = (uint8_t) view.state;
    event.to = (uint8_t) view.state;

    switch (change->what) {

    case NGX_SHOP_GROUPS_CHANGE_SERVING:
        event.what = NGX_SHOP_EVENT_SERVING;
        break;

    case NGX_SHOP_GROUPS_CHANGE_PANIC:
        event.what = change->to ? NGX_SHOP_EVENT_PANIC
                                : NGX_SHOP_EVENT_PANIC_OVER;
        break;

    case NGX_SHOP_GROUPS_CHANGE_BLIND:
        event.what = change->to ? NGX_SHOP_EVENT_BLIND
                                : NGX_SHOP_EVENT_BLIND_OVER;
        break;

    case NGX_SHOP_GROUPS_CHANGE_LINE:
        event.what = change->to ? NGX_SHOP_EVENT_QUEUE
                                : NGX_SHOP_EVENT_QUEUE_OVER;
        break;

    case NGX_SHOP_GROUPS_CHANGE_FULL:
        event.what = NGX_SHOP_EVENT_QUEUE_FULL;
        break;

    default:
        event.what = NGX_SHOP_EVENT_STATE;
        event.from = (uint8_t) change->from;
        event.to = (uint8_t) change->to;
    }

    ngx_shop_journal_event_set(&event, &event.upstream, &change->group->name);

    if (event.to < NGX_SHOP_SITE_GROUP_PLANNED) {
        ngx_shop_journal_event_set(&event, &event.served_by,
                                   &view.serving->name);
    }

    ngx_shop_chronicle_add(zone, &event);
}


void
ngx_shop_journal_event_site(ngx_shop_model_zone_t *zone,
    ngx_shop_groups_change_t *change)
{
    ngx_shop_event_t  event;

    ngx_memzero(&event, sizeof(ngx_shop_event_t));

    event.type = NGX_SHOP_EVENT_SITE;
    event.from = (uint8_t) change->from;
    event.to = (uint8_t) change->to;
    event.since = change->since * 1000;
    event.severity = (uint8_t) ngx_shop_site_severity(change->to);

    ngx_shop_journal_event_set(&event, &event.site, &change->site->name);

    if (change->site->whole) {
        ngx_shop_journal_event_set(&event, &event.hosts, &change->site->hosts);
    }

    if (change->site->flag) {
        ngx_shop_journal_event_set(&event, &event.flag,
                                   &change->site->flag->path);
    }

    ngx_shop_journal_event_uses(zone, change->site, &event);
    ngx_shop_journal_event_notice(zone, change->site, &event);
    ngx_shop_chronicle_counters(zone, change->site, &event);

    ngx_shop_chronicle_add(zone, &event);
}


/*
 * The upstreams of a site with their chains.  Where they do not fit none is
 * named: then the incident is told with all of them.
 */

static void
ngx_shop_journal_event_uses(ngx_shop_model_zone_t *zone,
    ngx_shop_model_site_t *conf, ngx_shop_event_t *event)
{
    u_char                    buf[NGX_SHOP_JOURNAL_EVENT_USES], *p;
    ngx_str_t                 text;
    ngx_uint_t                i, j;
    ngx_shop_model_group_t  **group, **backup;

    p = buf;
    group = zone->groups.elts;

    for (i = 0; i < zone->groups.nelts; i++) {

        if (!ngx_shop_board_has(zone, conf, group[i])) {
            continue;
        }

        p = ngx_slprintf(p, buf + sizeof(buf), "%V ", &group[i]->name);
        backup = group[i]->chain.elts;

        for (j = 0; j < group[i]->chain.nelts; j++) {
            p = ngx_slprintf(p, buf + sizeof(buf), "%V ", &backup[j]->name);
        }
    }

    if (p > buf && p < buf + sizeof(buf)) {
        text.data = buf;
        text.len = p - buf - 1;

        ngx_shop_journal_event_set(event, &event->upstreams, &text);
    }
}


/* the text that a page of this site shows now */

static void
ngx_shop_journal_event_notice(ngx_shop_model_zone_t *zone,
    ngx_shop_model_site_t *conf, ngx_shop_event_t *event)
{
    ngx_pool_t             *pool;
    ngx_shop_str_t          text;
    ngx_shop_board_view_t  *view;

    if (conf->flag == NULL && !ngx_shop_board_planned(zone, conf)) {
        return;
    }

    pool = ngx_create_pool(sizeof(ngx_shop_board_view_t) + 512,
                           ngx_cycle->log);
    if (pool == NULL) {
        return;
    }

    view = ngx_palloc(pool, sizeof(ngx_shop_board_view_t));

    if (view) {
        ngx_shop_board_view(zone, conf, view);

        text = ngx_shop_flag_status(&view->notice);

        if (view->own.what && !view->flag) {
            text.data = view->own.reason;
            text.len = view->own.reason_len;
        }

        ngx_shop_event_set(event, &event->text, &text);
        event->eta = view->notice.eta.at * 1000;
        event->mode = view->notice.mode;
    }

    ngx_destroy_pool(pool);
}


void
ngx_shop_journal_event_flags(ngx_shop_model_zone_t *zone)
{
    ngx_uint_t               i, n;
    ngx_pool_t              *pool;
    ngx_shop_model_flag_t   *conf, **flags;

    flags = zone->flags.elts;
    n = zone->flags.nelts;

    for (i = 0; i < n + NGX_SHOP_LAYOUT_VOICES; i++) {

        conf = i < n ? flags[i] : &zone->voices[i - n];

        if (conf->path.len == 0 || !ngx_shop_news_wait(zone, conf)) {
            continue;
        }

        pool = ngx_create_pool(sizeof(ngx_shop_board_view_t) + 512,
                               ngx_cycle->log);
        if (pool == NULL) {
            return;
        }

        ngx_shop_journal_event_flag(zone, conf, pool);

        ngx_destroy_pool(pool);
    }
}


/* to each site that has it: an incident is of one */

static void
ngx_shop_journal_event_flag(ngx_shop_model_zone_t *zone,
    ngx_shop_model_flag_t *conf, ngx_pool_t *pool)
{
    ngx_uint_t               i;
    ngx_shop_news_t          news;
    ngx_shop_board_view_t   *view;
    ngx_shop_model_site_t  **site;

    view = ngx_palloc(pool, sizeof(ngx_shop_board_view_t));

    if (view == NULL
        || ngx_shop_news_take(zone, conf, view, &news) != NGX_OK)
    {
        return;
    }

    site = zone->sites.elts;

    for (i = 0; i < zone->sites.nelts; i++) {

        if (site[i]->flag == conf) {
            ngx_shop_journal_event_tell(zone, site[i], view, &news);

            /* now, as only the last events are kept */

            ngx_shop_events_flush(zone);
        }
    }

    for (i = 0; i < NGX_SHOP_LAYOUT_PARTS; i++) {

        if (zone->parts[i].used && zone->parts[i].flag == conf) {
            ngx_shop_journal_event_tell(zone, &zone->parts[i], view, &news);
            ngx_shop_events_flush(zone);
        }
    }
}


static void
ngx_shop_journal_event_tell(ngx_shop_model_zone_t *zone,
    ngx_shop_model_site_t *conf, ngx_shop_board_view_t *view,
    ngx_shop_news_t *news)
{
    ngx_uint_t         i;
    ngx_shop_str_t     text;
    ngx_shop_event_t   event;

    if (news->unreadable || news->removed || news->appeared || news->changed) {

        ngx_shop_journal_event_of_flag(&event, conf, view,
                    news->unreadable ? NGX_SHOP_EVENT_UNREADABLE
                    : news->removed ? NGX_SHOP_EVENT_REMOVED
                    : news->appeared ? NGX_SHOP_EVENT_SET
                                     : NGX_SHOP_EVENT_CHANGED);

        text = ngx_shop_flag_status(&view->notice);
        ngx_shop_event_set(&event, &event.text, &text);
        ngx_shop_chronicle_add(zone, &event);
    }

    for (i = news->updates; i < view->notice.nupdates; i++) {

        ngx_shop_journal_event_of_flag(&event, conf, view,
                                       NGX_SHOP_EVENT_UPDATE);

        text = ngx_shop_flag_text(&view->notice, view->notice.updates[i].text);
        ngx_shop_event_set(&event, &event.text, &text);
        ngx_shop_chronicle_add(zone, &event);
    }
}


/* all but the text */

static void
ngx_shop_journal_event_of_flag(ngx_shop_event_t *event,
    ngx_shop_model_site_t *conf, ngx_shop_board_view_t *view, ngx_uint_t what)
{
    ngx_shop_str_t  who;

    ngx_memzero(event, sizeof(ngx_shop_event_t));

    who = ngx_shop_flag_text(&view->notice, view->notice.who);
    ngx_shop_event_set(event, &event->who, &who);

    event->type = NGX_SHOP_EVENT_FLAG;
    event->to = (uint8_t) what;
    event->mode = view->notice.mode;
    event->eta = view->notice.eta.at * 1000;
    event->next_update = view->notice.next_update.at * 1000;
    event->warnings = view->notice.warnings_total;
    event->error = view->error;

    ngx_shop_journal_event_set(event, &event->site, &conf->name);
    ngx_shop_journal_event_set(event, &event->flag, &conf->flag->path);
}
