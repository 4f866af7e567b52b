
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * The servers on the operator's screen: those that are not up first, and why;
 * of thousands only as many as a person reads.
 */


#include "nginx/status/status.h"

#include "state/force.h"

#include "logic/flag/times.h"


static void ngx_shop_status_servers_group(ngx_shop_emit_t *e,
    ngx_shop_snapshot_t *snap, ngx_shop_snapshot_group_t *group);
static ngx_uint_t ngx_shop_status_servers_rows(ngx_shop_emit_t *e,
    ngx_shop_snapshot_t *snap, ngx_shop_snapshot_group_t *group, ngx_uint_t up,
    ngx_uint_t max);
static void ngx_shop_status_servers_row(ngx_shop_emit_t *e,
    ngx_shop_snapshot_t *snap, ngx_shop_snapshot_peer_t *peer);
static void ngx_shop_status_servers_why(ngx_shop_emit_t *e,
    ngx_shop_snapshot_t *snap, ngx_shop_snapshot_peer_t *peer);
static void ngx_shop_status_servers_aside(ngx_shop_emit_t *e,
    ngx_shop_snapshot_t *snap, ngx_shop_snapshot_peer_t *peer);
static void ngx_shop_status_servers_force(ngx_shop_emit_t *e,
    ngx_shop_snapshot_t *snap, ngx_shop_layout_force_t *force);


#define NGX_SHOP_STATUS_SERVERS_MAX  100


void
ngx_shop_status_servers(ngx_shop_emit_t *e, ngx_shop_snapshot_t *snap)
{
    ngx_uint_t  i;

    ngx_shop_emit_text(e, "<section>\n<h2>Servers</h2>\n");

    if (snap->ngroups == 0) {
        ngx_shop_emit_text(e, "<p>None is checked: no upstream has "
                              "shop_health_check.</p>\n");
    }

    for (i = 0; i < snap->ngroups; i++) {
        ngx_shop_status_servers_group(e, snap, &snap->groups[i]);
    }

    ngx_shop_emit_text(e, "</section>\n");
}


static void
ngx_shop_status_servers_group(ngx_shop_emit_t *e, ngx_shop_snapshot_t *snap,
    ngx_shop_snapshot_group_t *group)
{
    ngx_uint_t          n;
    static const char  *classes[] = { "ok", "w", "w", "x" };
    static const char  *words[] = {
        "all servers serve", "a spare is missing", "served by backups",
        "nobody serves"
    };

    ngx_shop_emit_text(e, "<h3>");
    ngx_shop_status_str(e, &group->group->name);
    ngx_shop_emit_text(e, ": <b class=\"");
    ngx_shop_emit_text(e, classes[group->state]);
    ngx_shop_emit_text(e, "\">");
    ngx_shop_emit_text(e, words[group->state]);
    ngx_shop_emit_text(e, "</b></h3>\n<p>");
    ngx_shop_status_since(e, group->since, snap->now);

    if (group->serving && group->serving != group->group) {
        ngx_shop_emit_text(e, ", by upstream ");
        ngx_shop_status_str(e, &group->serving->name);
    }

    if (group->panic) {
        ngx_shop_emit_text(e, ", <b class=\"x\">too few are usable: "
                              "probes are ignored</b>");
    }

    ngx_shop_emit_text(e,
        "</p>\n<table>\n<thead><tr><th>Server</th><th>State</th><th>For</th>"
        "<th>Last check</th></tr></thead>\n<tbody>\n");

    n = ngx_shop_status_servers_rows(e, snap, group, 0,
                                     NGX_SHOP_STATUS_SERVERS_MAX);
    n += ngx_shop_status_servers_rows(e, snap, group, 1,
                                      NGX_SHOP_STATUS_SERVERS_MAX - n);

    ngx_shop_emit_text(e, "</tbody>\n</table>\n");

    if (n < group->npeers) {
        ngx_shop_emit_text(e, "<p>");
        ngx_shop_emit_number(e, (int64_t) (group->npeers - n));
        ngx_shop_emit_text(e, " more are in the JSON.</p>\n");
    }
}


static ngx_uint_t
ngx_shop_status_servers_rows(ngx_shop_emit_t *e, ngx_shop_snapshot_t *snap,
    ngx_shop_snapshot_group_t *group, ngx_uint_t up, ngx_uint_t max)
{
    ngx_uint_t  i, n;

    n = 0;

    for (i = 0; i < group->npeers && n < max; i++) {

        if ((group->peers[i].state == NGX_SHOP_VERDICT_UP) == up) {
            ngx_shop_status_servers_row(e, snap, &group->peers[i]);
            n++;
        }
    }

    return n;
}


static void
ngx_shop_status_servers_row(ngx_shop_emit_t *e, ngx_shop_snapshot_t *snap,
    ngx_shop_snapshot_peer_t *peer)
{
    u_char                  buf[NGX_SHOP_TIMES_LEN];
    ngx_shop_model_peer_t  *p;
    static const char      *classes[] = { "w", "ok", "x", "w", "w", "w",
                                              "w" };

    p = peer->peer;

    ngx_shop_emit_text(e, "<tr><td>");
    ngx_shop_status_str(e, &p->server);

    if (p->address.len != p->server.len
        || ngx_memcmp(p->address.data, p->server.data, p->server.len) != 0)
    {
        ngx_shop_emit_text(e, "<br><span class=\"m\">");
        ngx_shop_status_str(e, &p->address);
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

    if (peer->share < 1000) {
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
    ngx_shop_emit_text(e, " ms <span class=\"m\">\302\267 ");
    ngx_shop_emit_number(e, (int64_t) peer->fails);
    ngx_shop_emit_text(e, " of ");
    ngx_shop_emit_number(e, (int64_t) peer->checks);
    ngx_shop_emit_text(e, " failed</span>");
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
    ngx_shop_status_due(e, peer->back, snap->now);
    ngx_shop_emit_text(e, "; ");
}


static void
ngx_shop_status_servers_force(ngx_shop_emit_t *e, ngx_shop_snapshot_t *snap,
    ngx_shop_layout_force_t *force)
{
    ngx_shop_str_t  reason;

    ngx_shop_emit_text(e, "by order: ");
    ngx_shop_emit_text(e, ngx_shop_force_name(force->how));

    if (force->until) {
        ngx_shop_emit_text(e, ", ends ");
        ngx_shop_status_due(e, force->until, snap->now);
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
