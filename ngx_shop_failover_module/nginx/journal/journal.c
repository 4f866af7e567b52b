
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * Log lines and events of transitions.  Decides nothing: state/ says what
 * changed.
 */


#include "nginx/journal/journal.h"
#include "nginx/journal/journal_event.h"
#include "nginx/journal/events.h"
#include "nginx/wake.h"

#include "logic/flag/times.h"
#include "logic/story/vocab.h"


#define NGX_SHOP_JOURNAL_CHANGES  16


static void ngx_shop_journal_forced(ngx_shop_model_zone_t *zone);
static void ngx_shop_journal_busy(ngx_shop_model_group_t *group,
    ngx_shop_model_peer_t *peer, ngx_shop_lease_commit_t *commit);
static void ngx_shop_journal_said(ngx_shop_model_group_t *group,
    ngx_shop_model_peer_t *peer, ngx_shop_lease_commit_t *commit);
static void ngx_shop_journal_returned(ngx_shop_model_zone_t *zone);
static void ngx_shop_journal_group(ngx_shop_groups_change_t *change);
static void ngx_shop_journal_serving(ngx_shop_groups_change_t *change);
static void ngx_shop_journal_panic(ngx_shop_groups_change_t *change);
static void ngx_shop_journal_blind(ngx_shop_groups_change_t *change);
static void ngx_shop_journal_line(ngx_shop_groups_change_t *change);
static void ngx_shop_journal_site(ngx_shop_groups_change_t *change);
static size_t ngx_shop_journal_length(u_char *buf, int64_t since);


void
ngx_shop_journal_probe(ngx_shop_model_zone_t *zone,
    ngx_shop_model_group_t *group, ngx_shop_model_peer_t *peer,
    ngx_shop_layout_sample_t *sample, ngx_shop_lease_commit_t *commit)
{
    u_char      length[NGX_SHOP_TIMES_LEN];
    ngx_log_t  *log;

    log = ngx_cycle->log;

    if (commit->busy) {
        ngx_shop_journal_event_busy(zone, group, peer, sample, commit);
        ngx_shop_journal_busy(group, peer, commit);
    }

    if (commit->said && commit->edge != NGX_SHOP_VERDICT_EDGE_DOWN) {

        /* a share that is asked for may be another one each time */

        if (commit->said_is != NGX_SHOP_OWN_WEIGHT
            && (commit->said_is || commit->said_was != NGX_SHOP_OWN_WEIGHT))
        {
            ngx_shop_journal_event_said(zone, group, peer, commit);
        }

        ngx_shop_journal_said(group, peer, commit);
    }

    if (sample->result != NGX_SHOP_VERDICT_RESULT_OK && !commit->planned) {
        ngx_log_error(NGX_LOG_INFO, log, 0,
                      "shop failover: probe of %V in upstream \"%V\" failed: "
                      "%*s, after %uD ms",
                      &peer->address, &group->name,
                      (size_t) sample->detail_len, sample->detail,
                      sample->total);
    }

    /* the first verdict "up" is no news, as 10,000 peers have it at once */

    if (commit->edge == NGX_SHOP_VERDICT_EDGE_DOWN
        || commit->edge == NGX_SHOP_VERDICT_EDGE_UP)
    {
        ngx_shop_journal_event_probe(zone, group, peer, sample, commit);
    }

    switch (commit->edge) {

    case NGX_SHOP_VERDICT_EDGE_DOWN:
        ngx_log_error(NGX_LOG_WARN, log, 0,
                      "shop failover: peer %V in upstream \"%V\" is down: "
                      "%*s, %ui of %ui failed%s%s%s",
                      &peer->address, &group->name,
                      (size_t) sample->detail_len, sample->detail,
                      commit->run, (ngx_uint_t) group->rule.fails,
                      commit->silent ? ", and visitors wait in vain" : "",
                      commit->silent && commit->whose ? ": " : "",
                      commit->silent && commit->whose
                      ? ngx_shop_silence_words(commit->whose) : "");
        return;

    case NGX_SHOP_VERDICT_EDGE_UP:
        ngx_log_error(NGX_LOG_NOTICE, log, 0,
                      "shop failover: peer %V in upstream \"%V\" is up again: "
                      "%ui of %ui passed, was down for %*s",
                      &peer->address, &group->name, commit->run,
                      commit->need,
                      ngx_shop_journal_length(length, commit->since),
                      length);
        return;

    case NGX_SHOP_VERDICT_EDGE_FIRST_UP:
        ngx_log_error(NGX_LOG_INFO, log, 0,
                      "shop failover: peer %V in upstream \"%V\" is up: "
                      "first probe passed",
                      &peer->address, &group->name);
        return;

    default:
        return;
    }
}


static void
ngx_shop_journal_busy(ngx_shop_model_group_t *group,
    ngx_shop_model_peer_t *peer, ngx_shop_lease_commit_t *commit)
{
    u_char  length[NGX_SHOP_TIMES_LEN];

    if (commit->busy > 0) {
        ngx_log_error(NGX_LOG_WARN, ngx_cycle->log, 0,
                      "shop failover: peer %V in upstream \"%V\" is slow: its "
                      "probe waits as long as visitors do, %M ms",
                      &peer->address, &group->name, commit->waited);
        return;
    }

    ngx_log_error(NGX_LOG_NOTICE, ngx_cycle->log, 0,
                  "shop failover: peer %V in upstream \"%V\" is no longer "
                  "slow: it was for %*s",
                  &peer->address, &group->name,
                  ngx_shop_journal_length(length, commit->busy_since),
                  length);
}


static void
ngx_shop_journal_said(ngx_shop_model_group_t *group,
    ngx_shop_model_peer_t *peer, ngx_shop_lease_commit_t *commit)
{
    u_char           length[NGX_SHOP_TIMES_LEN];
    ngx_uint_t       level;
    ngx_shop_own_t  *own;

    own = &commit->own;

    if (commit->said_is == NGX_SHOP_OWN_NONE) {
        ngx_log_error(NGX_LOG_NOTICE, ngx_cycle->log, 0,
                      "shop failover: peer %V in upstream \"%V\" no longer "
                      "says \"%s\": it did for %*s",
                      &peer->address, &group->name,
                      ngx_shop_own_name(commit->said_was),
                      ngx_shop_journal_length(length, commit->said_since),
                      length);
        return;
    }

    level = commit->said_is == NGX_SHOP_OWN_WEIGHT ? NGX_LOG_INFO
                                                   : NGX_LOG_NOTICE;

    ngx_log_error(level, ngx_cycle->log, 0,
                  "shop failover: peer %V in upstream \"%V\" says \"%s\" "
                  "of itself%s%*s",
                  &peer->address, &group->name,
                  ngx_shop_own_name(commit->said_is),
                  own->reason_len ? ": " : "",
                  (size_t) own->reason_len, own->reason);
}


void
ngx_shop_journal_aside(ngx_shop_model_zone_t *zone,
    ngx_shop_record_change_t *change, ngx_str_t *uri)
{
    u_char      why[NGX_SHOP_LAYOUT_DETAIL_LEN];
    u_char      length[NGX_SHOP_TIMES_LEN];
    u_char     *last;
    ngx_log_t  *log;

    log = ngx_cycle->log;

    ngx_shop_journal_event_aside(zone, change);

    if (change->aside) {
        last = ngx_shop_record_why(why, why + sizeof(why), &change->finding);

        ngx_log_error(NGX_LOG_WARN, log, 0,
                      "shop failover: peer %V in upstream \"%V\" is put aside "
                      "for %M ms: it %s%V, but %*s",
                      &change->peer->address, &change->group->name,
                      change->length,
                      uri->len ? "answers " : "passes its probes", uri,
                      (size_t) (last - why), why);
        return;
    }

    ngx_log_error(NGX_LOG_NOTICE, log, 0,
                  "shop failover: peer %V in upstream \"%V\" gets visitors "
                  "again%s: was aside for %*s",
                  &change->peer->address, &change->group->name,
                  change->last ? ", as nobody else is left" : "",
                  ngx_shop_journal_length(length, change->since),
                  length);
}


/* peers whose time aside is over */

static void
ngx_shop_journal_returned(ngx_shop_model_zone_t *zone)
{
    ngx_str_t                          none;
    ngx_uint_t                         i, n;
    ngx_shop_record_change_t changes[NGX_SHOP_JOURNAL_CHANGES];

    n = ngx_shop_record_return(zone, changes, NGX_SHOP_JOURNAL_CHANGES);

    ngx_str_null(&none);

    for (i = 0; i < n; i++) {
        ngx_shop_journal_aside(zone, &changes[i], &none);
    }
}


void
ngx_shop_journal_order(ngx_shop_model_zone_t *zone,
    ngx_shop_model_group_t *group, ngx_shop_model_peer_t *peer,
    ngx_shop_layout_force_t *was, ngx_shop_layout_force_t *order)
{
    ngx_shop_journal_event_order(zone, group, peer, was, order);
}


void
ngx_shop_journal_update(ngx_shop_model_zone_t *zone)
{
    ngx_uint_t                i, n;
    ngx_shop_groups_change_t  changes[NGX_SHOP_JOURNAL_CHANGES];

    if (ngx_shop_zone_superseded(zone)) {

        /* groups and times of another configuration, events of others */

        return;
    }

    ngx_shop_board_parts_map(zone, ngx_cycle->log);
    ngx_shop_journal_event_flags(zone);

    /* files that are gone have been told of */

    ngx_shop_board_parts_map(zone, ngx_cycle->log);
    ngx_shop_journal_forced(zone);
    ngx_shop_journal_returned(zone);

    do {
        n = ngx_shop_board_evaluate(zone, changes, NGX_SHOP_JOURNAL_CHANGES);

        for (i = 0; i < n; i++) {

            if (changes[i].what == NGX_SHOP_GROUPS_CHANGE_SERVING) {
                ngx_shop_journal_event_group(zone, &changes[i]);
                ngx_shop_journal_serving(&changes[i]);

            } else if (changes[i].what == NGX_SHOP_GROUPS_CHANGE_PANIC) {
                ngx_shop_journal_event_group(zone, &changes[i]);
                ngx_shop_journal_panic(&changes[i]);

            } else if (changes[i].what == NGX_SHOP_GROUPS_CHANGE_BLIND) {
                ngx_shop_journal_event_group(zone, &changes[i]);
                ngx_shop_journal_blind(&changes[i]);

            } else if (changes[i].what == NGX_SHOP_GROUPS_CHANGE_LINE
                       || changes[i].what == NGX_SHOP_GROUPS_CHANGE_FULL)
            {
                ngx_shop_journal_event_group(zone, &changes[i]);
                ngx_shop_journal_line(&changes[i]);

            } else if (changes[i].group) {
                ngx_shop_journal_event_group(zone, &changes[i]);
                ngx_shop_journal_group(&changes[i]);

            } else if (changes[i].site->name.len || zone->sites.nelts == 1) {
                ngx_shop_journal_event_site(zone, &changes[i]);
                ngx_shop_journal_site(&changes[i]);
            }
        }

        /* now: many sites change together, and few events are kept */

        ngx_shop_events_flush(zone);

    } while (n == NGX_SHOP_JOURNAL_CHANGES);
}


/* overrides of peers whose time is over */

static void
ngx_shop_journal_forced(ngx_shop_model_zone_t *zone)
{
    u_char                   length[NGX_SHOP_TIMES_LEN];
    ngx_uint_t               i, n;
    ngx_shop_conf_main_t    *smcf;
    ngx_shop_layout_force_t  none;
    ngx_shop_force_change_t  ended[NGX_SHOP_JOURNAL_CHANGES];

    n = ngx_shop_force_expire(zone, ended, NGX_SHOP_JOURNAL_CHANGES);

    ngx_memzero(&none, sizeof(ngx_shop_layout_force_t));

    for (i = 0; i < n; i++) {
        ngx_shop_journal_event_order(zone, ended[i].group, ended[i].peer,
                                     &ended[i].force, &none);

        ngx_log_error(NGX_LOG_NOTICE, ngx_cycle->log, 0,
                      "shop failover: \"%s\" of peer %V in upstream \"%V\" "
                      "ended after %*s, as ordered; reason was: \"%*s\"",
                      ngx_shop_force_name(ended[i].force.how),
                      &ended[i].peer->address, &ended[i].group->name,
                      ngx_shop_journal_length(length,
                                              ended[i].force.since),
                      length, (size_t) ended[i].force.reason_len,
                      ended[i].force.reason);
    }

    /* one that was forced up may be dead */

    if (n) {
        smcf = ngx_shop_conf_cycle((ngx_cycle_t *) ngx_cycle);
        ngx_shop_wake_all(smcf);
    }
}


static void
ngx_shop_journal_group(ngx_shop_groups_change_t *change)
{
    u_char      length[NGX_SHOP_TIMES_LEN];
    ngx_uint_t  level;

    level = change->to > change->from ? NGX_LOG_WARN : NGX_LOG_NOTICE;

    ngx_log_error(level, ngx_cycle->log, 0,
                  "shop failover: upstream \"%V\" %s (was \"%s\" for %*s)",
                  &change->group->name,
                  ngx_shop_vocab_group_change(change->from, change->to),
                  ngx_shop_site_group_name(change->from),
                  ngx_shop_journal_length(length, change->since), length);
}


static void
ngx_shop_journal_serving(ngx_shop_groups_change_t *change)
{
    u_char                    length[NGX_SHOP_TIMES_LEN];
    ngx_str_t                *from, *to;
    ngx_shop_model_group_t  **backup;

    backup = change->group->chain.elts;

    from = change->from ? &backup[change->from - 1]->name
                        : &change->group->name;
    to = change->to ? &backup[change->to - 1]->name : &change->group->name;

    if (change->to == 0) {
        ngx_log_error(NGX_LOG_NOTICE, ngx_cycle->log, 0,
                      "shop failover: upstream \"%V\" serves itself again "
                      "(was served by upstream \"%V\" for %*s)",
                      to, from,
                      ngx_shop_journal_length(length, change->since),
                      length);
        return;
    }

    ngx_log_error(NGX_LOG_WARN, ngx_cycle->log, 0,
                  "shop failover: upstream \"%V\" is now served by upstream "
                  "\"%V\" (was by \"%V\" for %*s)",
                  &change->group->name, to, from,
                  ngx_shop_journal_length(length, change->since),
                  length);
}


static void
ngx_shop_journal_panic(ngx_shop_groups_change_t *change)
{
    if (change->to) {
        ngx_log_error(NGX_LOG_WARN, ngx_cycle->log, 0,
                      "shop failover: not more than %ui%% of upstream \"%V\" "
                      "is usable, verdicts of probes are ignored",
                      change->group->panic, &change->group->name);
        return;
    }

    ngx_log_error(NGX_LOG_NOTICE, ngx_cycle->log, 0,
                  "shop failover: verdicts of probes count again in upstream "
                  "\"%V\"", &change->group->name);
}


static void
ngx_shop_journal_blind(ngx_shop_groups_change_t *change)
{
    u_char  length[NGX_SHOP_TIMES_LEN];

    if (change->to) {
        ngx_log_error(NGX_LOG_WARN, ngx_cycle->log, 0,
                      "shop failover: visitors wait in vain for pages of "
                      "upstream \"%V\", whose probes pass: does the health "
                      "path ask the database?", &change->group->name);
        return;
    }

    ngx_log_error(NGX_LOG_NOTICE, ngx_cycle->log, 0,
                  "shop failover: visitors get pages of upstream \"%V\" again: "
                  "they waited in vain for %*s",
                  &change->group->name,
                  ngx_shop_journal_length(length, change->since),
                  length);
}


static void
ngx_shop_journal_line(ngx_shop_groups_change_t *change)
{
    u_char  length[NGX_SHOP_TIMES_LEN];

    if (change->what == NGX_SHOP_GROUPS_CHANGE_FULL) {
        ngx_log_error(NGX_LOG_WARN, ngx_cycle->log, 0,
                      "shop failover: the line of upstream \"%V\" is full: %ui "
                      "wait, and who comes now is turned away",
                      &change->group->name, change->group->queue);
        return;
    }

    if (change->to) {
        ngx_log_error(NGX_LOG_WARN, ngx_cycle->log, 0,
                      "shop failover: visitors wait in line for upstream "
                      "\"%V\"", &change->group->name);
        return;
    }

    ngx_log_error(NGX_LOG_NOTICE, ngx_cycle->log, 0,
                  "shop failover: nobody waits in line for upstream \"%V\" "
                  "any more: there was a line for %*s",
                  &change->group->name,
                  ngx_shop_journal_length(length, change->since), length);
}


static void
ngx_shop_journal_site(ngx_shop_groups_change_t *change)
{
    u_char      length[NGX_SHOP_TIMES_LEN];
    ngx_str_t   name;
    ngx_uint_t  level;

    name = change->site->name;

    /* that of upstreams which no site has is told of where it is alone */

    if (name.len == 0) {
        ngx_str_set(&name, "(none)");
    }

    if (change->from == NGX_SHOP_SITE_OUTAGE
        && change->to == NGX_SHOP_SITE_MAINTENANCE
        && change->site->flag)
    {
        ngx_log_error(NGX_LOG_WARN, ngx_cycle->log, 0,
                      "shop failover: site \"%V\" is now \"maintenance\": "
                      "servers are back after an outage of %*s, and only the "
                      "flag keeps it shut, open it: shopctl off --flag %V",
                      &name, ngx_shop_journal_length(length, change->since),
                      length, &change->site->flag->path);
        return;
    }

    level = (change->to == NGX_SHOP_SITE_OUTAGE
             || change->to == NGX_SHOP_SITE_MAINTENANCE
             || change->to == NGX_SHOP_SITE_BROWSE
             || change->to == NGX_SHOP_SITE_BUSY)
            ? NGX_LOG_WARN : NGX_LOG_NOTICE;

    ngx_log_error(level, ngx_cycle->log, 0,
                  "shop failover: site \"%V\" is now \"%s\" "
                  "(was \"%s\" for %*s)",
                  &name, ngx_shop_site_name(change->to),
                  ngx_shop_site_name(change->from),
                  ngx_shop_journal_length(length, change->since),
                  length);
}


/* "how long since", in words; the length of the text */

static size_t
ngx_shop_journal_length(u_char *buf, int64_t since)
{
    return ngx_shop_times_length(buf, ngx_shop_clock_now() - since);
}
