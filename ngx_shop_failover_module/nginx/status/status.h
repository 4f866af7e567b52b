
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * The operator's view: one snapshot, three renderings.
 */


#ifndef _NGX_SHOP_STATUS_H_INCLUDED_
#define _NGX_SHOP_STATUS_H_INCLUDED_


#include "nginx/conf.h"

#include "state/snapshot.h"

#include "logic/text/emit.h"


/* the directive "shop_status" */
char *ngx_shop_status_answer_directive(ngx_conf_t *cf, ngx_command_t *cmd,
    void *conf);

/*
 * Where a rendering is.  It is made in pieces, as the worker serves visitors
 * between two of them.
 */
typedef struct {
    ngx_uint_t            part;
    ngx_uint_t            i;            /* in the part: a site, a group */
    ngx_uint_t            j;            /* in that */
    ngx_uint_t            k;            /* in that */
    ngx_uint_t            begun;
} ngx_shop_status_walk_t;


/* NGX_AGAIN: there is more of it; NGX_OK: that was all */
typedef ngx_int_t (*ngx_shop_status_part_pt)(ngx_shop_emit_t *e,
    ngx_shop_snapshot_t *snap, ngx_shop_status_walk_t *walk);

/* of a document's parts, the last one NULL, a little more */
ngx_int_t ngx_shop_status_walk(const ngx_shop_status_part_pt *parts,
    ngx_shop_emit_t *e, ngx_shop_snapshot_t *snap,
    ngx_shop_status_walk_t *walk);

/*
 * The renderings: each call writes a site, or at most some tens of peers, or an
 * upstream as a person reads it.
 */
ngx_int_t ngx_shop_status_json(ngx_shop_emit_t *e, ngx_shop_snapshot_t *snap,
    ngx_shop_status_walk_t *walk);
ngx_int_t ngx_shop_status_metrics(ngx_shop_emit_t *e,
    ngx_shop_snapshot_t *snap, ngx_shop_status_walk_t *walk);
ngx_int_t ngx_shop_status_html(ngx_shop_emit_t *e, ngx_shop_snapshot_t *snap,
    ngx_shop_status_walk_t *walk);

/* instead of them, that there is no such site */
ngx_int_t ngx_shop_status_site_none(ngx_shop_emit_t *e,
    ngx_shop_snapshot_t *snap, ngx_shop_status_walk_t *walk);
ngx_int_t ngx_shop_status_site_none_json(ngx_shop_emit_t *e,
    ngx_shop_snapshot_t *snap, ngx_shop_status_walk_t *walk);

/*
 * Answers a request, in as many pieces as it takes.  keep is called when the
 * snapshot is whole; NGX_DECLINED: what is asked for is not in it.  header is
 * called before the first byte, of so many, or -1.
 */
typedef struct {
    ngx_shop_status_part_pt   render;
    ngx_shop_status_part_pt   none;
    ngx_int_t               (*keep)(ngx_http_request_t *r,
                                    ngx_shop_snapshot_t *snap);
    ngx_int_t               (*header)(ngx_http_request_t *r,
                                      ngx_shop_snapshot_t *snap, off_t size);
} ngx_shop_status_serve_t;

ngx_int_t ngx_shop_status_serve(ngx_http_request_t *r,
    ngx_shop_snapshot_t *snap, const ngx_shop_status_serve_t *how);

/* for status_json.c: "history" and "history_ms" of a server, "day" of a site */
void ngx_shop_status_series_peer(ngx_shop_emit_t *e,
    ngx_shop_snapshot_peer_t *peer);
void ngx_shop_status_series_day(ngx_shop_emit_t *e, ngx_shop_band_t *band);

/* for status_json.c: "week" of a site; for status_html.c: its availability */
void ngx_shop_status_budget_week(ngx_shop_emit_t *e, ngx_shop_week_t *week);
void ngx_shop_status_budget_html(ngx_shop_emit_t *e,
    ngx_shop_snapshot_t *snap);

/* for status_html.c: its sections, and figures in them */
ngx_int_t ngx_shop_status_servers_broken(ngx_shop_emit_t *e,
    ngx_shop_snapshot_t *snap, ngx_shop_status_walk_t *walk);
ngx_int_t ngx_shop_status_servers_well(ngx_shop_emit_t *e,
    ngx_shop_snapshot_t *snap, ngx_shop_status_walk_t *walk);
void ngx_shop_status_told_text(ngx_shop_emit_t *e, ngx_shop_snapshot_t *snap);
void ngx_shop_status_told_next(ngx_shop_emit_t *e, ngx_shop_snapshot_t *snap);
void ngx_shop_status_told_flag(ngx_shop_emit_t *e, ngx_shop_snapshot_t *snap);
void ngx_shop_status_figure_strip(ngx_shop_emit_t *e,
    ngx_shop_snapshot_peer_t *peer);
void ngx_shop_status_figure_band(ngx_shop_emit_t *e, ngx_shop_band_t *band);
void ngx_shop_status_figure_told(ngx_shop_emit_t *e,
    ngx_shop_snapshot_t *snap, ngx_shop_band_t *band);

void ngx_shop_status_events_json(ngx_shop_emit_t *e,
    ngx_shop_snapshot_t *snap);
void ngx_shop_status_events_html(ngx_shop_emit_t *e,
    ngx_shop_snapshot_t *snap);

/* the Content-Security-Policy of the HTML one */
ngx_int_t ngx_shop_status_style_policy(ngx_conf_t *cf, ngx_str_t *policy);

/* a text; "04:30", "12m ago (04:30)", "for 12m (...)", "in 5m (...)" */
void ngx_shop_status_piece_str(ngx_shop_emit_t *e, const ngx_str_t *s);
void ngx_shop_status_piece_clock(ngx_shop_emit_t *e, int64_t at, int64_t now);
void ngx_shop_status_piece_ago(ngx_shop_emit_t *e, int64_t at, int64_t now);
void ngx_shop_status_piece_since(ngx_shop_emit_t *e, int64_t at, int64_t now);
void ngx_shop_status_piece_due(ngx_shop_emit_t *e, int64_t at, int64_t now);

/* "P1" to "P3", or NULL */
const char *ngx_shop_status_severity(unsigned state);

/* names of the two dimensions of a page: "maintenance", "html" */
const char *ngx_shop_status_cause(ngx_uint_t why);
const char *ngx_shop_status_kind(ngx_uint_t kind);
ngx_uint_t ngx_shop_status_is_cause(ngx_uint_t why);

/* what a flag does now, an ngx_shop_flagset_e */
ngx_uint_t ngx_shop_status_site_flag(ngx_shop_board_view_t *view);

/* whether a closed shop shows its built-in text only; when a text changed */
ngx_uint_t ngx_shop_status_site_default_text(ngx_shop_snapshot_site_t *site);
const ngx_shop_str_t *ngx_shop_status_site_path(
    ngx_shop_snapshot_site_t *site);
int64_t ngx_shop_status_site_updated(ngx_shop_snapshot_site_t *site);

/* the member "says" of a server or a site, and the same in words */
void ngx_shop_status_own_json(ngx_shop_emit_t *e, ngx_shop_own_t *own,
    int64_t since);
void ngx_shop_status_own_html(ngx_shop_emit_t *e, ngx_shop_own_t *own);

/* the member "queue" of an upstream: who waits for a server */
void ngx_shop_status_queue_json(ngx_shop_emit_t *e,
    ngx_shop_snapshot_group_t *group);
void ngx_shop_status_queue_html(ngx_shop_emit_t *e,
    ngx_shop_snapshot_group_t *group);

/* the member "shared" of an upstream: nodes that take turns in probing it */
void ngx_shop_status_share_json(ngx_shop_emit_t *e,
    ngx_shop_snapshot_group_t *group);

/* counts the requests at each peer of a group, into group->active */
void ngx_shop_status_active(ngx_shop_snapshot_t *snap,
    ngx_shop_snapshot_group_t *group);

/* whether a peer is out for its silence, and it is known whose that is */
#define ngx_shop_status_silent(peer)                                         \
    ((peer)->whose != NGX_SHOP_SILENCE_UNKNOWN                               \
     && ((peer)->state == NGX_SHOP_SUSPECT                                   \
         || (peer)->state == NGX_SHOP_VERDICT_DOWN))


#endif /* _NGX_SHOP_STATUS_H_INCLUDED_ */
