
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * The servers on the operator's screen: those that are not up first, and why;
 * of thousands only as many as a person reads.
 */


#include "nginx/status/status.h"

#include "state/force.h"

#include "logic/flag/times.h"
#include "logic/story/vocab.h"


/* a group, counted */
typedef struct {
    ngx_uint_t  n;                      /* not switched off */
    ngx_uint_t  up;
    ngx_uint_t  unknown;                /* not checked yet */
    ngx_uint_t  slow;                   /* in slow start */
    ngx_uint_t  off;
} ngx_shop_status_servers_sum_t;


/* which servers of a group a table has */
typedef enum {
    NGX_SHOP_STATUS_SERVERS_UP = 1,
    NGX_SHOP_STATUS_SERVERS_NOT_UP,
    NGX_SHOP_STATUS_SERVERS_ALL
} ngx_shop_status_servers_e;


static ngx_uint_t ngx_shop_status_servers_well_one(
    ngx_shop_snapshot_group_t *group, ngx_shop_status_servers_sum_t *sum);
static void ngx_shop_status_servers_count(ngx_shop_emit_t *e,
    ngx_shop_status_servers_sum_t *sum);
static void ngx_shop_status_servers_group(ngx_shop_emit_t *e,
    ngx_shop_snapshot_t *snap, ngx_shop_snapshot_group_t *group,
    ngx_shop_status_servers_sum_t *sum, ngx_shop_status_walk_t *walk);
static ngx_uint_t ngx_shop_status_servers_table(ngx_shop_emit_t *e,
    ngx_shop_snapshot_t *snap, ngx_shop_snapshot_group_t *group,
    ngx_uint_t which, ngx_uint_t max);
static ngx_uint_t ngx_shop_status_servers_is(ngx_shop_snapshot_peer_t *peer);
static void ngx_shop_status_servers_row(ngx_shop_emit_t *e,
    ngx_shop_snapshot_t *snap, ngx_shop_snapshot_peer_t *peer);
static void ngx_shop_status_servers_why(ngx_shop_emit_t *e,
    ngx_shop_snapshot_t *snap, ngx_shop_snapshot_peer_t *peer);
static void ngx_shop_status_servers_aside(ngx_shop_emit_t *e,
    ngx_shop_snapshot_t *snap, ngx_shop_snapshot_peer_t *peer);
static void ngx_shop_status_servers_force(ngx_shop_emit_t *e,
    ngx_shop_snapshot_t *snap, ngx_shop_layout_force_t *force);


/* servers of an upstream that are listed; of all those that are well */
#define NGX_SHOP_STATUS_SERVERS_MAX   100
#define NGX_SHOP_STATUS_SERVERS_WELL  500

/* how many that are well may be listed; walk->k have been */
#define ngx_shop_status_servers_room(walk)                                   \
    ngx_min(NGX_SHOP_STATUS_SERVERS_WELL - (walk)->k,                        \
            NGX_SHOP_STATUS_SERVERS_MAX)


/* what is broken, with why, and nothing else */

ngx_int_t
ngx_shop_status_servers_broken(ngx_shop_emit_t *e, ngx_shop_snapshot_t *snap,
    ngx_shop_status_walk_t *walk)
{
    ngx_shop_snapshot_group_t     *group;
    ngx_shop_status_servers_sum_t  sum;

    if (walk->i == snap->ngroups) {

        if (walk->begun) {
            ngx_shop_emit_text(e, "</section>\n");
        }

        return NGX_OK;
    }

    group = &snap->groups[walk->i++];

    if (ngx_shop_status_servers_well_one(group, &sum)) {
        return NGX_AGAIN;
    }

    if (!walk->begun) {
        walk->begun = 1;
        ngx_shop_emit_text(e, "<section>\n<h2>What is not well</h2>\n");
    }

    ngx_shop_status_servers_group(e, snap, group, &sum, walk);

    return NGX_AGAIN;
}


/* a line each; its servers are a click away */

ngx_int_t
ngx_shop_status_servers_well(ngx_shop_emit_t *e, ngx_shop_snapshot_t *snap,
    ngx_shop_status_walk_t *walk)
{
    ngx_shop_snapshot_group_t     *group;
    ngx_shop_status_servers_sum_t  sum;

    if (walk->i == snap->ngroups) {

        if (walk->begun) {
            ngx_shop_emit_text(e, "</section>\n");
        }

        if (snap->ngroups == 0) {
            ngx_shop_emit_text(e, "<p>No server is checked: no upstream has "
                                  "shop_health_check.</p>\n");
        }

        return NGX_OK;
    }

    group = &snap->groups[walk->i++];

    if (!ngx_shop_status_servers_well_one(group, &sum)) {
        return NGX_AGAIN;
    }

    if (!walk->begun) {
        walk->begun = 1;
        ngx_shop_emit_text(e, "<section>\n<h2>What is well</h2>\n");
    }

    ngx_shop_emit_text(e, "<details id=\"u-");
    ngx_shop_status_piece_str(e, &group->group->name);
    ngx_shop_emit_text(e, "\"><summary><b class=\"ok\">");
    ngx_shop_status_piece_str(e, &group->group->name);
    ngx_shop_emit_text(e, "</b>: ");
    ngx_shop_status_servers_count(e, &sum);
    ngx_shop_emit_text(e, "</summary>\n");
    ngx_shop_status_queue_html(e, group);
    walk->k += ngx_shop_status_servers_table(e, snap, group,
                                             NGX_SHOP_STATUS_SERVERS_ALL,
                                       ngx_shop_status_servers_room(walk));
    ngx_shop_emit_text(e, "</details>\n");

    return NGX_AGAIN;
}


/* those switched off in the configuration are meant to be */

static ngx_uint_t
ngx_shop_status_servers_well_one(ngx_shop_snapshot_group_t *group,
    ngx_shop_status_servers_sum_t *sum)
{
    ngx_uint_t                 i;
    ngx_shop_snapshot_peer_t  *peer;

    ngx_memzero(sum, sizeof(ngx_shop_status_servers_sum_t));

    for (i = 0; i < group->npeers; i++) {
        peer = &group->peers[i];

        if (peer->peer->down) {
            sum->off++;
            continue;
        }

        sum->n++;
        sum->up += (peer->state == NGX_SHOP_VERDICT_UP);
        sum->unknown += (peer->state == NGX_SHOP_VERDICT_CHECKING);
        sum->slow += (peer->share < 1000);
    }

    return group->state == NGX_SHOP_SITE_GROUP_UP && !group->panic
           && !group->busy && group->waiting == 0
           && sum->slow == 0 && sum->up + sum->unknown == sum->n;
}


/* "12 of 12 up" */

static void
ngx_shop_status_servers_count(ngx_shop_emit_t *e,
    ngx_shop_status_servers_sum_t *sum)
{
    ngx_shop_emit_number(e, (int64_t) sum->up);
    ngx_shop_emit_text(e, " of ");
    ngx_shop_emit_number(e, (int64_t) sum->n);
    ngx_shop_emit_text(e, " up");

    if (sum->unknown) {
        ngx_shop_emit_text(e, ", ");
        ngx_shop_emit_number(e, (int64_t) sum->unknown);
        ngx_shop_emit_text(e, " not checked yet");
    }

    if (sum->off) {
        ngx_shop_emit_text(e, ", ");
        ngx_shop_emit_number(e, (int64_t) sum->off);
        ngx_shop_emit_text(e, " switched off in the configuration");
    }
}


static void
ngx_shop_status_servers_group(ngx_shop_emit_t *e, ngx_shop_snapshot_t *snap,
    ngx_shop_snapshot_group_t *group, ngx_shop_status_servers_sum_t *sum,
    ngx_shop_status_walk_t *walk)
{
    static const char  *classes[] = { "ok", "w", "w", "w", "x" };

    ngx_shop_emit_text(e, "<h3>");
    ngx_shop_status_piece_str(e, &group->group->name);
    ngx_shop_emit_text(e, ": ");
    ngx_shop_status_servers_count(e, sum);
    ngx_shop_emit_text(e, ", <b class=\"");
    ngx_shop_emit_text(e, classes[group->state]);
    ngx_shop_emit_text(e, "\">");
    ngx_shop_emit_text(e, ngx_shop_vocab_group(group->state));
    ngx_shop_emit_text(e, "</b></h3>\n<p>");
    ngx_shop_status_piece_since(e, group->since, snap->now);

    if (group->serving && group->serving != group->group) {
        ngx_shop_emit_text(e, ", by upstream ");
        ngx_shop_status_piece_str(e, &group->serving->name);
    }

    if (group->panic) {
        ngx_shop_emit_text(e, ", <b class=\"x\">too few are usable: "
                              "probes are ignored</b>");
    }

    ngx_shop_emit_text(e, "</p>\n");

    ngx_shop_status_queue_html(e, group);

    (void) ngx_shop_status_servers_table(e, snap, group,
                                         NGX_SHOP_STATUS_SERVERS_NOT_UP,
                                         NGX_SHOP_STATUS_SERVERS_MAX);

    if (sum->up > sum->slow) {
        ngx_shop_emit_text(e, "<details id=\"u-");
        ngx_shop_status_piece_str(e, &group->group->name);
        ngx_shop_emit_text(e, "\"><summary>");
        ngx_shop_emit_number(e, (int64_t) (sum->up - sum->slow));
        ngx_shop_emit_text(e, sum->up - sum->slow == 1 ? " is up" : " are up");
        ngx_shop_emit_text(e, "</summary>\n");
        walk->k += ngx_shop_status_servers_table(e, snap, group,
                                                 NGX_SHOP_STATUS_SERVERS_UP,
                                           ngx_shop_status_servers_room(walk));
        ngx_shop_emit_text(e, "</details>\n");
    }
}


/* how many it lists */

static ngx_uint_t
ngx_shop_status_servers_table(ngx_shop_emit_t *e, ngx_shop_snapshot_t *snap,
    ngx_shop_snapshot_group_t *group, ngx_uint_t which, ngx_uint_t max)
{
    ngx_uint_t                 i, n, more;
    ngx_shop_snapshot_peer_t  *peer;

    n = 0;
    more = 0;

    for (i = 0; i < group->npeers; i++) {
        peer = &group->peers[i];

        if (!(ngx_shop_status_servers_is(peer) & which)) {
            continue;
        }

        if (n == max) {
            more++;
            continue;
        }

        if (n++ == 0) {
            ngx_shop_emit_text(e,
                "<table>\n<thead><tr><th>Server</th><th>State</th>"
                "<th>For</th><th>Last checks</th></tr></thead>\n<tbody>\n");
        }

        ngx_shop_status_servers_row(e, snap, peer);
    }

    if (n) {
        ngx_shop_emit_text(e, "</tbody>\n</table>\n");
    }

    if (more) {
        ngx_shop_emit_text(e, "<p>");
        ngx_shop_emit_number(e, (int64_t) more);
        ngx_shop_emit_text(e, " more are in the JSON.</p>\n");
    }

    return n;
}


/* a server in its slow start is up, and shown with what is not well */

static ngx_uint_t
ngx_shop_status_servers_is(ngx_shop_snapshot_peer_t *peer)
{
    return peer->state == NGX_SHOP_VERDICT_UP && peer->share == 1000
           && peer->own.said.what == NGX_SHOP_OWN_NONE
           ? NGX_SHOP_STATUS_SERVERS_UP : NGX_SHOP_STATUS_SERVERS_NOT_UP;
}


static void
ngx_shop_status_servers_row(ngx_shop_emit_t *e, ngx_shop_snapshot_t *snap,
    ngx_shop_snapshot_peer_t *peer)
{
    u_char                  buf[NGX_SHOP_TIMES_LEN];
    ngx_shop_model_peer_t  *p;
    static const char      *classes[NGX_SHOP_VERDICT_STATE_N] = {
        "w", "ok", "x", "w", "w", "w", "w", "w"
    };

    p = peer->peer;

    ngx_shop_emit_text(e, "<tr><td>");
    ngx_shop_status_piece_str(e, &p->server);

    if (p->address.len != p->server.len
        || ngx_memcmp(p->address.data, p->server.data, p->server.len) != 0)
    {
        ngx_shop_emit_text(e, "<br><span class=\"m\">");
        ngx_shop_status_piece_str(e, &p->address);
        ngx_shop_emit_text(e, "</span>");
    }

    if (p->backup) {
        ngx_shop_emit_text(e, " <span class=\"m\">backup</span>");
    }

    ngx_shop_emit_text(e, "</td><td><b class=\"");
    ngx_shop_emit_text(e, classes[peer->state]);
    ngx_shop_emit_text(e, "\">");
    ngx_shop_emit_text(e, ngx_shop_verdict_state_name(peer->state));
    ngx_shop_emit_text(e, "</b></td><td data-l=\"for\">");
    ngx_shop_emit_raw(e, buf,
                      ngx_shop_times_length(buf, snap->now - peer->since));
    ngx_shop_emit_text(e, "</td><td>");
    ngx_shop_status_servers_why(e, snap, peer);
    ngx_shop_emit_text(e, "</td></tr>\n");
}


static void
ngx_shop_status_servers_why(ngx_shop_emit_t *e, ngx_shop_snapshot_t *snap,
    ngx_shop_snapshot_peer_t *peer)
{
    ngx_shop_str_t  detail;

    if (peer->force.how) {
        ngx_shop_status_servers_force(e, snap, &peer->force);

    } else if (peer->peer->down) {
        ngx_shop_emit_text(e, "switched off in the configuration; ");
    }

    if (peer->state == NGX_SHOP_ASIDE) {
        ngx_shop_status_servers_aside(e, snap, peer);
    }

    if (ngx_shop_status_silent(peer)) {
        ngx_shop_emit_text(e, ngx_shop_silence_words(peer->whose));
        ngx_shop_emit_text(e, "; ");
    }

    ngx_shop_status_own_html(e, &peer->own.said);

    if (peer->share < 1000 && peer->own.said.weight) {
        ngx_shop_emit_number(e, peer->share / 10);
        ngx_shop_emit_text(e, " % of its share; ");

    } else if (peer->share < 1000) {
        ngx_shop_emit_text(e, "slow start, ");
        ngx_shop_emit_number(e, peer->share / 10);
        ngx_shop_emit_text(e, " % of its share; ");
    }

    if (peer->checks == 0) {
        ngx_shop_emit_text(e, "not checked yet");
        return;
    }

    detail.data = peer->last.detail;
    detail.len = peer->last.detail_len;

    ngx_shop_emit_html(e, &detail);
    ngx_shop_emit_text(e, ", ");
    ngx_shop_emit_number(e, peer->last.total);
    ngx_shop_emit_text(e, " ms");

    ngx_shop_status_figure_strip(e, peer);
}


static void
ngx_shop_status_servers_aside(ngx_shop_emit_t *e, ngx_shop_snapshot_t *snap,
    ngx_shop_snapshot_peer_t *peer)
{
    u_char          buf[NGX_SHOP_LAYOUT_DETAIL_LEN];
    ngx_shop_str_t  why;

    why.data = buf;
    why.len = ngx_shop_record_why(buf, buf + sizeof(buf),
                                  &peer->aside.finding)
              - buf;

    ngx_shop_emit_html(e, &why);
    ngx_shop_emit_text(e, ", ends ");
    ngx_shop_status_piece_due(e, peer->back, snap->now);
    ngx_shop_emit_text(e, "; ");
}


static void
ngx_shop_status_servers_force(ngx_shop_emit_t *e, ngx_shop_snapshot_t *snap,
    ngx_shop_layout_force_t *force)
{
    ngx_shop_str_t  reason, who;

    ngx_shop_emit_text(e, "by order");

    if (force->who_len) {
        who.data = force->who;
        who.len = force->who_len;

        ngx_shop_emit_text(e, " of ");
        ngx_shop_emit_html(e, &who);
    }

    ngx_shop_emit_text(e, ": ");
    ngx_shop_emit_text(e, ngx_shop_force_name(force->how));

    if (force->until) {
        ngx_shop_emit_text(e, ", ends ");
        ngx_shop_status_piece_due(e, force->until, snap->now);
    }

    if (force->reason_len) {
        reason.data = force->reason;
        reason.len = force->reason_len;

        ngx_shop_emit_text(e, ", \342\200\234");
        ngx_shop_emit_html(e, &reason);
        ngx_shop_emit_text(e, "\342\200\235");
    }

    ngx_shop_emit_text(e, "; ");
}
