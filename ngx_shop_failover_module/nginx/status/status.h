
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

/* for status.c: the renderings */
void ngx_shop_status_json(ngx_shop_emit_t *e, ngx_shop_snapshot_t *snap);
void ngx_shop_status_metrics(ngx_shop_emit_t *e, ngx_shop_snapshot_t *snap);
void ngx_shop_status_html(ngx_shop_emit_t *e, ngx_shop_snapshot_t *snap);

/* for status_json.c: "history" and "history_ms" of a server, "day" of a site */
void ngx_shop_status_series_peer(ngx_shop_emit_t *e,
    ngx_shop_snapshot_peer_t *peer);
void ngx_shop_status_series_day(ngx_shop_emit_t *e, ngx_shop_band_t *band);

void ngx_shop_status_servers(ngx_shop_emit_t *e, ngx_shop_snapshot_t *snap);

void ngx_shop_status_events_json(ngx_shop_emit_t *e,
    ngx_shop_snapshot_t *snap);
void ngx_shop_status_events_html(ngx_shop_emit_t *e,
    ngx_shop_snapshot_t *snap);

/* the Content-Security-Policy of the HTML one */
ngx_int_t ngx_shop_status_style_policy(ngx_conf_t *cf, ngx_str_t *policy);

/* pieces of HTML: a text, "12m ago (...)", "for 12m (...)", "in 5m (...)" */
void ngx_shop_status_str(ngx_shop_emit_t *e, const ngx_str_t *s);
void ngx_shop_status_clock(ngx_shop_emit_t *e, int64_t at);
void ngx_shop_status_ago(ngx_shop_emit_t *e, int64_t at, int64_t now);
void ngx_shop_status_since(ngx_shop_emit_t *e, int64_t at, int64_t now);
void ngx_shop_status_due(ngx_shop_emit_t *e, int64_t at, int64_t now);

/* "P1" to "P3", or NULL */
const char *ngx_shop_status_severity(unsigned state);

/* names of the two dimensions of a page: "maintenance", "html" */
const char *ngx_shop_status_cause(ngx_uint_t why);
const char *ngx_shop_status_kind(ngx_uint_t kind);
ngx_uint_t ngx_shop_status_is_cause(ngx_uint_t why);

/* what a flag does now, an ngx_shop_flagset_e */
ngx_uint_t ngx_shop_status_flag(ngx_shop_board_view_t *view);

/* whether a closed shop shows its built-in text only; when a text changed */
ngx_uint_t ngx_shop_status_default_text(ngx_shop_snapshot_site_t *site);
const ngx_shop_str_t *ngx_shop_status_path(ngx_shop_snapshot_site_t *site);
int64_t ngx_shop_status_updated(ngx_shop_snapshot_site_t *site);

/* whether a peer is out for its silence, and it is known whose that is */
#define ngx_shop_status_silent(peer)                                         \
    ((peer)->whose != NGX_SHOP_SILENCE_UNKNOWN                               \
     && ((peer)->state == NGX_SHOP_SUSPECT                                   \
         || (peer)->state == NGX_SHOP_VERDICT_DOWN))


#endif /* _NGX_SHOP_STATUS_H_INCLUDED_ */
