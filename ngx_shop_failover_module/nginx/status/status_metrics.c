
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * The snapshot as Prometheus text: a table of families, each with a getter,
 * and one walk over it.
 */


#include "nginx/status/status.h"

#include "logic/text/version.h"


/* at most: upstream, server, peer, role and one more */
#define NGX_SHOP_STATUS_METRICS_MAX  5

/* samples of peers that are written in one go: some tens of us */
#define NGX_SHOP_STATUS_METRICS_CHUNK  64

/* of a getter: no sample; 0 would be the year 1970 */
#define NGX_SHOP_STATUS_METRICS_NO   INT64_MIN


/* what a family is being written with */
typedef struct {
    ngx_shop_emit_t        *e;
    ngx_shop_snapshot_t    *snap;
    unsigned                n;           /* labels so far */
    ngx_shop_emit_label_t   labels[NGX_SHOP_STATUS_METRICS_MAX];
} ngx_shop_status_metrics_t;


typedef enum {
    NGX_SHOP_STATUS_METRICS_SITE = 0,
    NGX_SHOP_STATUS_METRICS_GROUP,
    NGX_SHOP_STATUS_METRICS_PEER
} ngx_shop_status_metrics_level_e;


typedef struct ngx_shop_status_metrics_row_s  ngx_shop_status_metrics_row_t;

struct ngx_shop_status_metrics_row_s {
    const char   *name;
    const char   *type;
    const char   *help;
    ngx_uint_t    level;

    /* the value of a site, group or peer */
    int64_t      (*get)(void *data, unsigned i);
    unsigned      milli;

    /* for i below n a sample, with names(i) as label; n 0: one without */
    const char   *label;
    const char  *(*names)(unsigned i);
    unsigned      n;

    /* or all samples in its own way */
    void         (*write)(ngx_shop_status_metrics_t *m,
                         ngx_shop_status_metrics_row_t *row,
                         void *data);
};


static ngx_int_t ngx_shop_status_metrics_build(ngx_shop_emit_t *e,
    ngx_shop_snapshot_t *snap, ngx_shop_status_walk_t *walk);
static ngx_int_t ngx_shop_status_metrics_families(ngx_shop_emit_t *e,
    ngx_shop_snapshot_t *snap, ngx_shop_status_walk_t *walk);
static ngx_int_t ngx_shop_status_metrics_family(ngx_shop_status_metrics_t *m,
    ngx_shop_status_metrics_row_t *row, ngx_shop_status_walk_t *walk);
static ngx_int_t ngx_shop_status_metrics_peers(ngx_shop_status_metrics_t *m,
    ngx_shop_status_metrics_row_t *row, ngx_shop_snapshot_group_t *group,
    ngx_shop_status_walk_t *walk);
static void ngx_shop_status_metrics_samples(ngx_shop_status_metrics_t *m,
    ngx_shop_status_metrics_row_t *row, void *data);
static void ngx_shop_status_metrics_sample(ngx_shop_status_metrics_t *m,
    ngx_shop_status_metrics_row_t *row, int64_t value);
static void ngx_shop_status_metrics_label(ngx_shop_status_metrics_t *m,
    const char *name, const ngx_str_t *value);
static void ngx_shop_status_metrics_word(ngx_shop_status_metrics_t *m,
    const char *name, const char *value);
static void ngx_shop_status_metrics_uses(ngx_shop_status_metrics_t *m,
    ngx_shop_status_metrics_row_t *row, void *data);
static void ngx_shop_status_metrics_responses(ngx_shop_status_metrics_t *m,
    ngx_shop_status_metrics_row_t *row, void *data);
static void ngx_shop_status_metrics_refused(ngx_shop_status_metrics_t *m,
    ngx_shop_status_metrics_row_t *row, void *data);
static void ngx_shop_status_metrics_promise(ngx_shop_status_metrics_t *m,
    ngx_shop_status_metrics_row_t *row, void *data);
static const char *ngx_shop_status_metrics_role(unsigned i);
static int64_t ngx_shop_status_metrics_time(int64_t at);


/* of a group with shop_queue alone */
#define ngx_shop_status_metrics_queue(g, value)                              \
    ((g)->group->queue ? (int64_t) (value) : NGX_SHOP_STATUS_METRICS_NO)

/* not of a part of a site, of which nobody counts this */
#define ngx_shop_status_metrics_tally(s, i, what)                            \
    ((s)->conf->whole ? NGX_SHOP_STATUS_METRICS_NO                           \
                      : (s)->ledger.sums[i].ms[what])

/* a getter: what is its record, and in it the value */
#define ngx_shop_status_metrics_get(name, what, value)                       \
    static int64_t                                                           \
    ngx_shop_status_metrics_ ## name(void *data, unsigned i)                 \
    {                                                                        \
        ngx_shop_snapshot_ ## what ## _t  *what = data;                      \
                                                                             \
        return (int64_t) (value);                                            \
    }

ngx_shop_status_metrics_get(site_state, site, site->view.site.state == i)
ngx_shop_status_metrics_get(site_since, site,
    ngx_shop_status_metrics_time(site->view.site.since))
ngx_shop_status_metrics_get(site_severity, site,
    ngx_shop_site_severity(site->view.site.state))
ngx_shop_status_metrics_get(site_entered, site, site->entered[i])
ngx_shop_status_metrics_get(site_incident, site,
    ngx_shop_status_metrics_time(site->incident))
ngx_shop_status_metrics_get(site_flag, site, site->view.flag)
ngx_shop_status_metrics_get(site_admitted, site, site->way.share)
ngx_shop_status_metrics_get(site_end, site,
    ngx_shop_status_metrics_time(site->way.end))
ngx_shop_status_metrics_get(site_alone, site,
    ngx_shop_site_alone(&site->view.site) ? 1 : 0)
ngx_shop_status_metrics_get(site_errors, site,
    site->view.notice.warnings_total + (site->view.error ? 1 : 0))
ngx_shop_status_metrics_get(site_default, site,
    ngx_shop_status_site_default_text(site))
ngx_shop_status_metrics_get(site_updated, site,
    ngx_shop_status_metrics_time(
                                 ngx_shop_status_site_updated(site)))
ngx_shop_status_metrics_get(site_eta, site,
    ngx_shop_status_metrics_time(site->view.notice.eta.at))
ngx_shop_status_metrics_get(site_next, site,
    ngx_shop_status_metrics_time(site->view.notice.next_update.at))
ngx_shop_status_metrics_get(site_bypassed, site, site->counters.bypassed)
ngx_shop_status_metrics_get(site_stale, site, site->counters.stale)
ngx_shop_status_metrics_get(site_known, site,
    ngx_shop_status_metrics_tally(site, i, NGX_SHOP_TALLY_KNOWN))
ngx_shop_status_metrics_get(site_planned, site,
    ngx_shop_status_metrics_tally(site, i, NGX_SHOP_TALLY_PLANNED))
ngx_shop_status_metrics_get(site_unplanned, site,
    ngx_shop_status_metrics_tally(site, i, NGX_SHOP_TALLY_UNPLANNED))
ngx_shop_status_metrics_get(site_left, site,
    site->conf->promise && site->conf->whole == NULL
    ? ngx_shop_tally_left(&site->ledger.sums[i], site->conf->promise)
    : NGX_SHOP_STATUS_METRICS_NO)

ngx_shop_status_metrics_get(group_state, group, group->state == i)
ngx_shop_status_metrics_get(group_since, group,
    ngx_shop_status_metrics_time(group->since))
ngx_shop_status_metrics_get(group_usable, group,
    i ? group->count.backups_usable : group->count.primaries_usable)
ngx_shop_status_metrics_get(group_entered, group, group->entered[i])
ngx_shop_status_metrics_get(group_detection, group,
    ngx_shop_status_metrics_time(group->detection))
ngx_shop_status_metrics_get(group_results, group,
    i ? (int64_t) group->results[i] : NGX_SHOP_STATUS_METRICS_NO)
ngx_shop_status_metrics_get(group_failovers, group,
    group->counts[NGX_SHOP_LAYOUT_COUNT_FAILOVER])
ngx_shop_status_metrics_get(group_moved, group,
    group->counts[NGX_SHOP_LAYOUT_COUNT_MOVED])
ngx_shop_status_metrics_get(group_shed, group,
    group->group->shed ? (int64_t) group->limit : NGX_SHOP_STATUS_METRICS_NO)
ngx_shop_status_metrics_get(group_inside, group,
    group->group->shed ? (int64_t) group->inside : NGX_SHOP_STATUS_METRICS_NO)
ngx_shop_status_metrics_get(group_nodes, group,
    group->group->shared > 1 ? (int64_t) group->nodes
                             : NGX_SHOP_STATUS_METRICS_NO)
ngx_shop_status_metrics_get(group_waiting, group,
    ngx_shop_status_metrics_queue(group, group->waiting))
ngx_shop_status_metrics_get(group_longest, group,
    ngx_shop_status_metrics_queue(group, group->longest))
ngx_shop_status_metrics_get(group_waited, group,
    ngx_shop_status_metrics_queue(group,
        group->counts[NGX_SHOP_LAYOUT_COUNT_WAITED]))
ngx_shop_status_metrics_get(group_released, group,
    ngx_shop_status_metrics_queue(group,
        group->counts[NGX_SHOP_LAYOUT_COUNT_RELEASED]))
ngx_shop_status_metrics_get(group_gone, group,
    ngx_shop_status_metrics_queue(group,
        group->counts[NGX_SHOP_LAYOUT_COUNT_GONE]))
ngx_shop_status_metrics_get(group_over, group,
    ngx_shop_status_metrics_queue(group,
        group->counts[NGX_SHOP_LAYOUT_COUNT_OVER]))
ngx_shop_status_metrics_get(group_full, group,
    ngx_shop_status_metrics_queue(group,
        group->counts[NGX_SHOP_LAYOUT_COUNT_FULL]))
ngx_shop_status_metrics_get(group_shed_refused, group,
    group->group->shed
    ? (int64_t) group->counts[NGX_SHOP_LAYOUT_COUNT_SHED]
    : NGX_SHOP_STATUS_METRICS_NO)
ngx_shop_status_metrics_get(group_blind, group, group->blind ? 1 : 0)
ngx_shop_status_metrics_get(group_doubted, group,
    group->counts[NGX_SHOP_LAYOUT_COUNT_DOUBTED])

ngx_shop_status_metrics_get(peer_up, peer, peer->usable)
ngx_shop_status_metrics_get(peer_override, peer, peer->force.how ? 1 : 0)
ngx_shop_status_metrics_get(peer_checks, peer, peer->checks)
ngx_shop_status_metrics_get(peer_fails, peer, peer->fails)
ngx_shop_status_metrics_get(peer_duration, peer,
    peer->checks ? (int64_t) peer->last.total
                 : NGX_SHOP_STATUS_METRICS_NO)
ngx_shop_status_metrics_get(peer_downs, peer, peer->downs)
ngx_shop_status_metrics_get(peer_busy, peer, peer->state == NGX_SHOP_BUSY)
ngx_shop_status_metrics_get(peer_aside, peer, peer->state == NGX_SHOP_ASIDE)
ngx_shop_status_metrics_get(peer_asides, peer, peer->asides)
ngx_shop_status_metrics_get(peer_suspect, peer,
    peer->state == NGX_SHOP_SUSPECT)


#define ngx_shop_status_metrics_of(level, name, type, get, help)             \
    { "shop_failover_" name, type, help,                                     \
      NGX_SHOP_STATUS_METRICS_ ## level,                                     \
      ngx_shop_status_metrics_ ## get, 0, NULL, NULL, 0, NULL }

#define ngx_shop_status_metrics_ms(level, name, type, get, help)             \
    { "shop_failover_" name, type, help,                                     \
      NGX_SHOP_STATUS_METRICS_ ## level,                                     \
      ngx_shop_status_metrics_ ## get, 1, NULL, NULL, 0, NULL }

#define ngx_shop_status_metrics_by(level, name, type, get, label,            \
                                   names, n, help)                           \
    { "shop_failover_" name, type, help,                                     \
      NGX_SHOP_STATUS_METRICS_ ## level,                                     \
      ngx_shop_status_metrics_ ## get, 0, label, names, n, NULL }

/* of a site, for each window of its availability */
#define ngx_shop_status_metrics_window(name, get, help)                      \
    { "shop_failover_" name, "gauge", help, NGX_SHOP_STATUS_METRICS_SITE,    \
      ngx_shop_status_metrics_ ## get, 1, "window", ngx_shop_tally_name,     \
      NGX_SHOP_TALLY_WINDOWS, NULL }

#define ngx_shop_status_metrics_own(level, name, type, write, help)          \
    { "shop_failover_" name, type, help,                                     \
      NGX_SHOP_STATUS_METRICS_ ## level,                                     \
      NULL, 0, NULL, NULL, 0, ngx_shop_status_metrics_ ## write }


static ngx_shop_status_metrics_row_t ngx_shop_status_metrics_rows[] =
{
    ngx_shop_status_metrics_by(SITE, "site_state",
        "gauge", site_state,
        "state", ngx_shop_site_name, NGX_SHOP_SITE_N,
        "1 for the state that the site is in."),

    ngx_shop_status_metrics_of(SITE, "site_since_timestamp_seconds",
        "gauge", site_since,
        "When the site entered its state."),

    ngx_shop_status_metrics_of(SITE, "site_severity",
        "gauge", site_severity,
        "1 to 3 for P1 to P3, 0 where nothing is to be done."),

    ngx_shop_status_metrics_by(SITE, "site_transitions_total",
        "counter", site_entered,
        "to", ngx_shop_site_name, NGX_SHOP_SITE_N,
        "How often the site entered a state."),

    ngx_shop_status_metrics_of(SITE,
        "incident_start_timestamp_seconds", "gauge", site_incident,
        "When the trouble of now began, absent while the shop is well."),

    ngx_shop_status_metrics_of(SITE, "flag_present",
        "gauge", site_flag,
        "Whether the flag file of maintenance is there."),

    ngx_shop_status_metrics_ms(SITE, "reopening_admitted_ratio",
        "gauge", site_admitted,
        "The share of visitors let in while the shop reopens, else 1."),

    ngx_shop_status_metrics_of(SITE, "reopening_end_timestamp_seconds",
        "gauge", site_end,
        "When all visitors are in again, or the hold is over, if nothing "
        "comes between; absent while the shop does not reopen."),

    ngx_shop_status_metrics_of(SITE, "shut_by_flag_alone",
        "gauge", site_alone,
        "1 where servers are back after an outage, and the flag alone keeps "
        "the shop shut."),

    ngx_shop_status_metrics_of(SITE, "flag_errors",
        "gauge", site_errors,
        "Lines of the flag file that were not understood, and 1 more for a "
        "file that cannot be read."),

    ngx_shop_status_metrics_of(SITE, "default_text",
        "gauge", site_default,
        "Whether visitors of a closed shop read the built-in text only."),

    ngx_shop_status_metrics_of(SITE,
        "status_updated_timestamp_seconds", "gauge", site_updated,
        "When the text for visitors was last changed, absent without one."),

    ngx_shop_status_metrics_of(SITE, "eta_timestamp_seconds",
        "gauge", site_eta,
        "When the shop is promised to be open again, absent without ETA."),

    ngx_shop_status_metrics_of(SITE, "next_update_timestamp_seconds",
        "gauge", site_next,
        "When the next message is promised, absent without promise."),

    ngx_shop_status_metrics_own(SITE, "site_upstream",
        "gauge", uses,
        "1 for an upstream that the site needs, 0 for one that is optional."),

    ngx_shop_status_metrics_own(SITE, "responses_total",
        "counter", responses,
        "Pages sent in place of an answer of the shop."),

    ngx_shop_status_metrics_own(SITE, "refused_requests_total",
        "counter", refused,
        "Requests turned away, by shop_class; of those with outcome unknown "
        "nobody can tell whether the shop acted on them."),

    ngx_shop_status_metrics_of(SITE, "bypassed_requests_total",
        "counter", site_bypassed,
        "Requests let into a closed shop."),

    ngx_shop_status_metrics_of(SITE, "stale_responses_total",
        "counter", site_stale,
        "Stale copies of the cache sent as the shop failed."),

    ngx_shop_status_metrics_own(SITE, "promise_ratio",
        "gauge", promise,
        "The availability that shop_budget promises, absent without it."),

    ngx_shop_status_metrics_window("known_seconds", site_known,
        "How long nginx watched the site, of the days of a window."),

    ngx_shop_status_metrics_window("planned_seconds", site_planned,
        "How long of that the site was closed as planned."),

    ngx_shop_status_metrics_window("unplanned_seconds", site_unplanned,
        "How long of that the site was out of order."),

    ngx_shop_status_metrics_window("budget_left_seconds", site_left,
        "Outages that the promise still has room for, below 0 where it is "
        "broken; absent without a promise."),

    ngx_shop_status_metrics_by(GROUP, "upstream_state",
        "gauge", group_state,
        "state", ngx_shop_site_group_name, NGX_SHOP_SITE_GROUP_N,
        "1 for the state that the upstream is in."),

    ngx_shop_status_metrics_of(GROUP,
        "upstream_since_timestamp_seconds", "gauge", group_since,
        "When the upstream entered its state."),

    ngx_shop_status_metrics_by(GROUP, "upstream_usable_peers",
        "gauge", group_usable,
        "role", ngx_shop_status_metrics_role, 2,
        "Peers that requests may be sent to."),

    ngx_shop_status_metrics_by(GROUP, "upstream_transitions_total",
        "counter", group_entered,
        "to", ngx_shop_site_group_name, NGX_SHOP_SITE_GROUP_N,
        "How often the upstream entered a state."),

    ngx_shop_status_metrics_ms(GROUP, "detection_seconds",
        "gauge", group_detection,
        "From the first failed probe to the verdict, the last time that a "
        "peer went down."),

    ngx_shop_status_metrics_by(GROUP, "check_results_total",
        "counter", group_results,
        "result", ngx_shop_verdict_result_name,
        NGX_SHOP_VERDICT_RESULT_N,
        "Probes by result."),

    ngx_shop_status_metrics_of(GROUP, "failovers_total",
        "counter", group_failovers,
        "Requests that entered a backup group."),

    ngx_shop_status_metrics_of(GROUP, "moved_requests_total",
        "counter", group_moved,
        "Requests taken off a peer that was found dead."),

    ngx_shop_status_metrics_of(GROUP, "shed_limit",
        "gauge", group_shed,
        "How many pages shop_shed lets in at once; 0: there is no limit now."),

    ngx_shop_status_metrics_of(GROUP, "shed_inside",
        "gauge", group_inside,
        "Pages in hand, where shop_shed is."),

    ngx_shop_status_metrics_of(GROUP, "shed_refused_total",
        "counter", group_shed_refused,
        "Pages that were refused for lack of room, where shop_shed is."),

    ngx_shop_status_metrics_of(GROUP, "probe_nodes",
        "gauge", group_nodes,
        "Nodes that share the probes now, where \"shared\" is; 1: this one "
        "probes alone."),

    ngx_shop_status_metrics_of(GROUP, "queue_waiting",
        "gauge", group_waiting,
        "Requests that wait for a server now, where shop_queue is."),

    ngx_shop_status_metrics_ms(GROUP, "queue_longest_seconds",
        "gauge", group_longest,
        "For how long the first of them waits."),

    ngx_shop_status_metrics_of(GROUP, "queue_waited_total",
        "counter", group_waited,
        "Requests that began to wait for a server."),

    ngx_shop_status_metrics_of(GROUP, "queue_released_total",
        "counter", group_released,
        "Requests that waited and were sent to a server."),

    ngx_shop_status_metrics_of(GROUP, "queue_gone_total",
        "counter", group_gone,
        "Requests that waited and whose client left."),

    ngx_shop_status_metrics_of(GROUP, "queue_over_total",
        "counter", group_over,
        "Requests that waited and got no server in time."),

    ngx_shop_status_metrics_of(GROUP, "queue_full_total",
        "counter", group_full,
        "Requests that could not wait, as the line was full."),

    ngx_shop_status_metrics_of(GROUP, "check_blind",
        "gauge", group_blind,
        "1 while visitors wait in vain for pages and probes pass."),

    ngx_shop_status_metrics_of(GROUP, "doubted_requests_total",
        "counter", group_doubted,
        "Requests taken off a peer that was only suspect."),

    ngx_shop_status_metrics_of(PEER, "peer_up",
        "gauge", peer_up,
        "Whether requests may be sent to the peer."),

    ngx_shop_status_metrics_of(PEER, "peer_overridden",
        "gauge", peer_override,
        "1 where an operator drains, disables or forces the peer."),

    ngx_shop_status_metrics_of(PEER, "checks_total",
        "counter", peer_checks,
        "Probes of the peer."),

    ngx_shop_status_metrics_of(PEER, "check_failures_total",
        "counter", peer_fails,
        "Probes of the peer that failed."),

    ngx_shop_status_metrics_ms(PEER, "check_duration_seconds",
        "gauge", peer_duration,
        "How long the last probe took."),

    ngx_shop_status_metrics_of(PEER, "peer_downs_total",
        "counter", peer_downs,
        "How often the peer went down."),

    ngx_shop_status_metrics_of(PEER, "peer_busy",
        "gauge", peer_busy,
        "1 while probes of the peer time out, as visitors wait as long."),

    ngx_shop_status_metrics_of(PEER, "peer_aside",
        "gauge", peer_aside,
        "1 while the peer is aside, as visitors got worse of it than of its "
        "siblings."),

    ngx_shop_status_metrics_of(PEER, "peer_asides_total",
        "counter", peer_asides,
        "How often the peer was put aside."),

    ngx_shop_status_metrics_of(PEER, "peer_suspect",
        "gauge", peer_suspect,
        "1 while visitors wait at the peer, a probe, too, and nobody hears of "
        "it.")
};


static const ngx_shop_status_part_pt  ngx_shop_status_metrics_parts[] = {
    ngx_shop_status_metrics_build,
    ngx_shop_status_metrics_families,
    NULL
};


ngx_int_t
ngx_shop_status_metrics(ngx_shop_emit_t *e, ngx_shop_snapshot_t *snap,
    ngx_shop_status_walk_t *walk)
{
    return ngx_shop_status_walk(ngx_shop_status_metrics_parts, e, snap, walk);
}


static ngx_int_t
ngx_shop_status_metrics_build(ngx_shop_emit_t *e, ngx_shop_snapshot_t *snap,
    ngx_shop_status_walk_t *walk)
{
    const char                *name = "shop_failover_build_info";
    ngx_shop_status_metrics_t  m;

    ngx_shop_emit_family(e, name, "gauge", "1; the versions are its labels.");

    m.n = 0;
    ngx_shop_status_metrics_word(&m, "version", NGX_SHOP_VERSION);
    ngx_shop_status_metrics_word(&m, "nginx", NGINX_VERSION);

    ngx_shop_emit_sample(e, name, m.labels, m.n, 1);

    return NGX_OK;
}


static ngx_int_t
ngx_shop_status_metrics_families(ngx_shop_emit_t *e,
    ngx_shop_snapshot_t *snap, ngx_shop_status_walk_t *walk)
{
    ngx_uint_t                 n;
    ngx_shop_status_metrics_t  m;

    m.e = e;
    m.snap = snap;

    n = sizeof(ngx_shop_status_metrics_rows)
        / sizeof(ngx_shop_status_metrics_row_t);

    if (ngx_shop_status_metrics_family(&m,
                                       &ngx_shop_status_metrics_rows[walk->i],
                                       walk)
        == NGX_OK)
    {
        walk->i++;
        walk->j = 0;
        walk->begun = 0;
    }

    return walk->i < n ? NGX_AGAIN : NGX_OK;
}


/* of one site, one group, or some of its peers */

static ngx_int_t
ngx_shop_status_metrics_family(ngx_shop_status_metrics_t *m,
    ngx_shop_status_metrics_row_t *row, ngx_shop_status_walk_t *walk)
{
    ngx_uint_t                  n;
    ngx_shop_snapshot_site_t   *site;
    ngx_shop_snapshot_group_t  *group;

    if (!walk->begun) {
        walk->begun = 1;
        ngx_shop_emit_family(m->e, row->name, row->type, row->help);
    }

    n = row->level == NGX_SHOP_STATUS_METRICS_SITE ? m->snap->nsites
                                                   : m->snap->ngroups;
    if (walk->j == n) {
        return NGX_OK;
    }

    m->n = 0;

    if (row->level == NGX_SHOP_STATUS_METRICS_SITE) {
        site = m->snap->sites[walk->j++];

        ngx_shop_status_metrics_label(m, "site", &site->conf->name);
        ngx_shop_status_metrics_samples(m, row, site);

        return NGX_AGAIN;
    }

    group = &m->snap->groups[walk->j];

    ngx_shop_status_metrics_label(m, "upstream", &group->group->name);

    if (row->level == NGX_SHOP_STATUS_METRICS_GROUP) {
        ngx_shop_status_metrics_samples(m, row, group);
        walk->j++;

    } else if (ngx_shop_status_metrics_peers(m, row, group, walk) == NGX_OK) {
        walk->j++;
        walk->k = 0;
    }

    return NGX_AGAIN;
}


static ngx_int_t
ngx_shop_status_metrics_peers(ngx_shop_status_metrics_t *m,
    ngx_shop_status_metrics_row_t *row, ngx_shop_snapshot_group_t *group,
    ngx_shop_status_walk_t *walk)
{
    ngx_uint_t                 last;
    ngx_shop_snapshot_peer_t  *peer;

    last = ngx_min(walk->k + NGX_SHOP_STATUS_METRICS_CHUNK, group->npeers);

    while (walk->k < last) {
        peer = &group->peers[walk->k++];

        m->n = 1;
        ngx_shop_status_metrics_label(m, "server", &peer->peer->server);
        ngx_shop_status_metrics_label(m, "peer", &peer->peer->address);
        ngx_shop_status_metrics_word(m, "role",
                     ngx_shop_status_metrics_role(peer->peer->backup));

        ngx_shop_status_metrics_samples(m, row, peer);
    }

    return last == group->npeers ? NGX_OK : NGX_AGAIN;
}


static void
ngx_shop_status_metrics_samples(ngx_shop_status_metrics_t *m,
    ngx_shop_status_metrics_row_t *row, void *data)
{
    unsigned  i, n;

    if (row->write) {
        row->write(m, row, data);
        return;
    }

    if (row->n == 0) {
        ngx_shop_status_metrics_sample(m, row, row->get(data, 0));
        return;
    }

    n = m->n;

    for (i = 0; i < row->n; i++) {
        m->n = n;
        ngx_shop_status_metrics_word(m, row->label, row->names(i));
        ngx_shop_status_metrics_sample(m, row, row->get(data, i));
    }
}


static void
ngx_shop_status_metrics_sample(ngx_shop_status_metrics_t *m,
    ngx_shop_status_metrics_row_t *row, int64_t value)
{
    if (value == NGX_SHOP_STATUS_METRICS_NO) {
        return;
    }

    if (row->milli) {
        ngx_shop_emit_sample_milli(m->e, row->name, m->labels, m->n, value);
        return;
    }

    ngx_shop_emit_sample(m->e, row->name, m->labels, m->n, value);
}


static void
ngx_shop_status_metrics_label(ngx_shop_status_metrics_t *m, const char *name,
    const ngx_str_t *value)
{
    m->labels[m->n].name = name;
    m->labels[m->n].value.data = value->data;
    m->labels[m->n].value.len = value->len;
    m->n++;
}


static void
ngx_shop_status_metrics_word(ngx_shop_status_metrics_t *m, const char *name,
    const char *value)
{
    ngx_str_t  word;

    word.data = (u_char *) value;
    word.len = ngx_strlen(value);

    ngx_shop_status_metrics_label(m, name, &word);
}


/* what joins the health of upstreams to the sites that pass to them */

static void
ngx_shop_status_metrics_uses(ngx_shop_status_metrics_t *m,
    ngx_shop_status_metrics_row_t *row, void *data)
{
    ngx_shop_snapshot_site_t  *site = data;

    ngx_uint_t  i;

    for (i = 0; i < site->nuses; i++) {
        m->n = 1;
        ngx_shop_status_metrics_label(m, "upstream",
                                      &site->uses[i].group->name);
        ngx_shop_status_metrics_sample(m, row, !site->uses[i].optional);
    }
}


/* all of them from the start, so that rate() sees the first one, too */

static void
ngx_shop_status_metrics_responses(ngx_shop_status_metrics_t *m,
    ngx_shop_status_metrics_row_t *row, void *data)
{
    ngx_shop_snapshot_site_t  *site = data;

    ngx_uint_t  why, kind;

    for (why = 0; why < NGX_SHOP_LAYOUT_WHYS; why++) {

        if (!ngx_shop_status_is_cause(why)) {
            continue;
        }

        for (kind = 0; kind < NGX_SHOP_LAYOUT_KINDS; kind++) {
            m->n = 1;
            ngx_shop_status_metrics_word(m, "cause",
                                         ngx_shop_status_cause(why));
            ngx_shop_status_metrics_word(m, "kind",
                                         ngx_shop_status_kind(kind));
            ngx_shop_status_metrics_sample(m, row, (int64_t)
                                           site->counters.pages[why][kind]);
        }
    }
}


static void
ngx_shop_status_metrics_refused(ngx_shop_status_metrics_t *m,
    ngx_shop_status_metrics_row_t *row, void *data)
{
    ngx_shop_snapshot_site_t  *site = data;

    ngx_uint_t                i, n;
    ngx_shop_model_class_t  **class;

    class = m->snap->zone->classes.elts;

    for (i = 0; i < m->snap->zone->classes.nelts; i++) {

        n = class[i]->index;

        if (n >= NGX_SHOP_LAYOUT_CLASSES) {
            continue;
        }

        m->n = 1;
        ngx_shop_status_metrics_label(m, "class", &class[i]->name);
        ngx_shop_status_metrics_word(m, "outcome", "refused");
        ngx_shop_status_metrics_sample(m, row, (int64_t)
                                       site->counters.refused[n]);

        m->n = 2;
        ngx_shop_status_metrics_word(m, "outcome", "unknown");
        ngx_shop_status_metrics_sample(m, row, (int64_t)
                                       site->counters.unknown[n]);
    }
}


/* 99.95 % is 0.9995 */

static void
ngx_shop_status_metrics_promise(ngx_shop_status_metrics_t *m,
    ngx_shop_status_metrics_row_t *row, void *data)
{
    ngx_shop_snapshot_site_t  *site = data;

    u_char  *p, buf[sizeof("0.00000000")];

    if (site->conf->promise == 0 || site->conf->whole) {
        return;
    }

    p = ngx_sprintf(buf, "0.%08L", site->conf->promise);

    while (p[-1] == '0') {
        p--;
    }

    ngx_shop_emit_sample_digits(m->e, row->name, m->labels, m->n, buf,
                                p - buf);
}


static const char *
ngx_shop_status_metrics_role(unsigned i)
{
    return i ? "backup" : "primary";
}


static int64_t
ngx_shop_status_metrics_time(int64_t at)
{
    return at ? at : NGX_SHOP_STATUS_METRICS_NO;
}
