
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * The operator's view, as JSON.  Reads copies from state/, one peer at a time;
 * holds no lock that a request takes.
 */


#include "nginx/status.h"

#include "logic/emit.h"


/* the chain that emit fills */
typedef struct {
    ngx_http_request_t   *r;
    ngx_chain_t          *first;
    ngx_chain_t         **last;
    ngx_buf_t            *buf;
    size_t                size;
} ngx_shop_failover_status_out_t;


static ngx_int_t ngx_shop_failover_status_handler(ngx_http_request_t *r);
static int ngx_shop_failover_status_more(ngx_shop_failover_emit_t *e);
static void ngx_shop_failover_status_site(ngx_shop_failover_emit_t *e,
    ngx_shop_failover_board_view_t *view);
static void ngx_shop_failover_status_maintenance(ngx_shop_failover_emit_t *e,
    ngx_shop_failover_flag_conf_t *conf,
    ngx_shop_failover_board_view_t *view);
static void ngx_shop_failover_status_group(ngx_shop_failover_emit_t *e,
    ngx_shop_failover_zone_t *zone, ngx_shop_failover_group_t *group);
static void ngx_shop_failover_status_peer(ngx_shop_failover_emit_t *e,
    ngx_shop_failover_zone_t *zone, ngx_shop_failover_peer_t *peer);
static void ngx_shop_failover_status_last(ngx_shop_failover_emit_t *e,
    ngx_shop_failover_sample_t *last);


#define NGX_SHOP_FAILOVER_STATUS_BUF  32768


char *
ngx_shop_failover_status_directive(ngx_conf_t *cf, ngx_command_t *cmd,
    void *conf)
{
    ngx_shop_failover_loc_conf_t  *slcf = conf;

    ngx_str_t                      *value;
    ngx_http_core_loc_conf_t       *clcf;
    ngx_shop_failover_main_conf_t  *smcf;

    value = cf->args->elts;

    if (cf->args->nelts == 2
        && (value[1].len != 4 || ngx_strncmp(value[1].data, "json", 4) != 0))
    {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                           "invalid value \"%V\" in \"shop_status\", expected "
                           "is json", &value[1]);
        return NGX_CONF_ERROR;
    }

    if (slcf->exempt) {
        return "is duplicate";
    }

    slcf->exempt = 1;

    smcf = ngx_http_conf_get_module_main_conf(cf, ngx_shop_failover_module);
    smcf->used = 1;

    clcf = ngx_http_conf_get_module_loc_conf(cf, ngx_http_core_module);
    clcf->handler = ngx_shop_failover_status_handler;

    return NGX_CONF_OK;
}


static ngx_int_t
ngx_shop_failover_status_handler(ngx_http_request_t *r)
{
    size_t                           size;
    ngx_int_t                        rc;
    ngx_uint_t                       i;
    ngx_shop_failover_emit_t         e;
    ngx_shop_failover_group_t      **group;
    ngx_shop_failover_loc_conf_t    *slcf;
    ngx_shop_failover_flag_conf_t   *site;
    ngx_shop_failover_main_conf_t   *smcf;
    ngx_shop_failover_board_view_t  *view;
    ngx_shop_failover_status_out_t   out;

    if (!(r->method & (NGX_HTTP_GET|NGX_HTTP_HEAD))) {
        return NGX_HTTP_NOT_ALLOWED;
    }

    rc = ngx_http_discard_request_body(r);
    if (rc != NGX_OK) {
        return rc;
    }

    smcf = ngx_http_get_module_main_conf(r, ngx_shop_failover_module);
    slcf = ngx_http_get_module_loc_conf(r, ngx_shop_failover_module);

    view = ngx_palloc(r->pool, sizeof(ngx_shop_failover_board_view_t));
    if (view == NULL) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    site = ngx_shop_failover_conf_site(smcf, slcf);
    ngx_shop_failover_board_view(&smcf->zone, site, view);

    ngx_memzero(&out, sizeof(out));
    out.r = r;
    out.last = &out.first;

    ngx_shop_failover_emit_init(&e, NULL, 0);
    e.more = ngx_shop_failover_status_more;
    e.data = &out;

    ngx_shop_failover_emit_object(&e, NULL);
    ngx_shop_failover_emit_int(&e, "version", 1);
    ngx_shop_failover_emit_time(&e, "time", ngx_shop_failover_now());

    ngx_shop_failover_status_site(&e, view);
    ngx_shop_failover_status_maintenance(&e, site, view);

    ngx_shop_failover_emit_array(&e, "upstreams");

    group = smcf->zone.groups.elts;

    for (i = 0; i < smcf->zone.groups.nelts; i++) {
        ngx_shop_failover_status_group(&e, &smcf->zone, group[i]);
    }

    ngx_shop_failover_emit_close(&e, ']');
    ngx_shop_failover_emit_close(&e, '}');
    ngx_shop_failover_emit_text(&e, "\n");

    if (e.failed || out.buf == NULL) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    out.buf->last = e.pos;
    out.buf->last_buf = 1;
    out.buf->last_in_chain = 1;

    size = e.total;

    ngx_str_set(&r->headers_out.content_type, "application/json");
    r->headers_out.content_type_len = r->headers_out.content_type.len;
    r->headers_out.status = NGX_HTTP_OK;
    r->headers_out.content_length_n = size;

    rc = ngx_http_send_header(r);

    if (rc == NGX_ERROR || rc > NGX_OK || r->header_only) {
        return rc;
    }

    return ngx_http_output_filter(r, out.first);
}


static int
ngx_shop_failover_status_more(ngx_shop_failover_emit_t *e)
{
    ngx_chain_t                     *cl;
    ngx_shop_failover_status_out_t  *out = e->data;

    if (out->buf) {
        out->buf->last = e->pos;
    }

    cl = ngx_alloc_chain_link(out->r->pool);
    if (cl == NULL) {
        return NGX_ERROR;
    }

    cl->buf = ngx_create_temp_buf(out->r->pool, NGX_SHOP_FAILOVER_STATUS_BUF);
    if (cl->buf == NULL) {
        return NGX_ERROR;
    }

    cl->next = NULL;
    *out->last = cl;
    out->last = &cl->next;
    out->buf = cl->buf;

    e->start = cl->buf->start;
    e->pos = cl->buf->start;
    e->last = cl->buf->end;

    return NGX_OK;
}


static void
ngx_shop_failover_status_site(ngx_shop_failover_emit_t *e,
    ngx_shop_failover_board_view_t *view)
{
    unsigned  severity;

    ngx_shop_failover_emit_object(e, "site");
    ngx_shop_failover_emit_cstr(e, "state",
                               ngx_shop_failover_site_name(view->site.state));
    ngx_shop_failover_emit_time(e, "since", view->site.since);

    severity = ngx_shop_failover_site_severity(view->site.state);

    if (severity) {
        ngx_shop_failover_emit_cstr(e, "severity",
                                    severity == 1 ? "P1"
                                    : severity == 2 ? "P2" : "P3");

    } else {
        ngx_shop_failover_emit_null(e, "severity");
    }

    ngx_shop_failover_emit_close(e, '}');
}


static void
ngx_shop_failover_status_maintenance(ngx_shop_failover_emit_t *e,
    ngx_shop_failover_flag_conf_t *conf, ngx_shop_failover_board_view_t *view)
{
    ngx_uint_t                         i;
    ngx_shop_failover_str_t            text;
    ngx_shop_failover_notice_t        *notice;
    ngx_shop_failover_flag_warning_t  *w;

    notice = &view->notice;

    ngx_shop_failover_emit_object(e, "maintenance");

    ngx_shop_failover_emit_str(e, "flag",
                               (ngx_shop_failover_str_t *) &conf->path);
    ngx_shop_failover_emit_bool(e, "present", view->flag);
    ngx_shop_failover_emit_time(e, "since", view->flag ? view->flag_since : 0);

    text = ngx_shop_failover_flag_text(notice, notice->status);
    ngx_shop_failover_emit_str(e, "status", &text);
    ngx_shop_failover_emit_time(e, "eta", notice->eta.at);

    ngx_shop_failover_emit_array(e, "warnings");

    for (i = 0; i < notice->nwarnings; i++) {
        w = &notice->warnings[i];
        text = ngx_shop_failover_flag_text(notice, w->what);

        ngx_shop_failover_emit_object(e, NULL);
        ngx_shop_failover_emit_int(e, "line", w->line);
        ngx_shop_failover_emit_cstr(e, "reason",
                                    ngx_shop_failover_flag_reason(w->reason));
        ngx_shop_failover_emit_str(e, "text", &text);
        ngx_shop_failover_emit_close(e, '}');
    }

    ngx_shop_failover_emit_close(e, ']');
    ngx_shop_failover_emit_close(e, '}');
}


static void
ngx_shop_failover_status_group(ngx_shop_failover_emit_t *e,
    ngx_shop_failover_zone_t *zone, ngx_shop_failover_group_t *group)
{
    ngx_uint_t                       state;
    ngx_shop_failover_walk_t         walk;
    ngx_shop_failover_peer_t        *peer;
    ngx_shop_failover_site_count_t   count;

    ngx_shop_failover_peers_count(zone, group, &count);
    state = ngx_shop_failover_site_group(&count);

    ngx_shop_failover_emit_object(e, NULL);
    ngx_shop_failover_emit_str(e, "name",
                               (ngx_shop_failover_str_t *) &group->name);
    ngx_shop_failover_emit_cstr(e, "state",
                                ngx_shop_failover_site_group_name(state));

    if (state == NGX_SHOP_FAILOVER_GROUP_DOWN) {
        ngx_shop_failover_emit_null(e, "serving");

    } else {
        ngx_shop_failover_emit_cstr(e, "serving",
                                    state == NGX_SHOP_FAILOVER_GROUP_BACKUP
                                    ? "backup" : "primary");
    }

    ngx_shop_failover_emit_array(e, "peers");

    for (peer = ngx_shop_failover_peers_first(group, &walk);
         peer;
         peer = ngx_shop_failover_peers_next(&walk))
    {
        ngx_shop_failover_status_peer(e, zone, peer);
    }

    ngx_shop_failover_emit_close(e, ']');
    ngx_shop_failover_emit_close(e, '}');
}


static void
ngx_shop_failover_status_peer(ngx_shop_failover_emit_t *e,
    ngx_shop_failover_zone_t *zone, ngx_shop_failover_peer_t *peer)
{
    unsigned                       state;
    ngx_shop_failover_peer_view_t  view;

    ngx_shop_failover_peers_view(zone, peer, &view);

    state = peer->down ? NGX_SHOP_FAILOVER_DISABLED : view.verdict.state;

    ngx_shop_failover_emit_object(e, NULL);
    ngx_shop_failover_emit_str(e, "server",
                               (ngx_shop_failover_str_t *) &peer->server);
    ngx_shop_failover_emit_str(e, "address",
                               (ngx_shop_failover_str_t *) &peer->address);
    ngx_shop_failover_emit_bool(e, "backup", peer->backup);
    ngx_shop_failover_emit_cstr(e, "state",
                                ngx_shop_failover_verdict_state_name(state));
    ngx_shop_failover_emit_time(e, "since", view.since);
    ngx_shop_failover_emit_int(e, "checks", (int64_t) view.checks);
    ngx_shop_failover_emit_int(e, "fails", (int64_t) view.fails);

    if (view.checks) {
        ngx_shop_failover_status_last(e, &view.last);

    } else {
        ngx_shop_failover_emit_null(e, "last");
    }

    ngx_shop_failover_emit_close(e, '}');
}


static void
ngx_shop_failover_status_last(ngx_shop_failover_emit_t *e,
    ngx_shop_failover_sample_t *last)
{
    ngx_shop_failover_str_t  detail;

    detail.data = last->detail;
    detail.len = last->detail_len;

    ngx_shop_failover_emit_object(e, "last");
    ngx_shop_failover_emit_time(e, "time", last->at / 1000);
    ngx_shop_failover_emit_cstr(e, "result",
                       ngx_shop_failover_verdict_result_name(last->result));
    ngx_shop_failover_emit_str(e, "detail", &detail);
    ngx_shop_failover_emit_int(e, "ms", last->total);
    ngx_shop_failover_emit_close(e, '}');
}
