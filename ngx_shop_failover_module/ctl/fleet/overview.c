
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * What is known of a fleet, from the engine, and where its nodes differ.
 */


#include "ctl/fleet/overview.h"
#include "ctl/fleet/pulse.h"
#include "ctl/jsonout.h"
#include "logic/flag/flagset.h"


static void ngx_shop_overview_flag(ngx_shop_overview_t *v,
    const ngx_shop_engine_value_t *value);
static void ngx_shop_overview_visit(void *data,
    const ngx_shop_engine_node_t *node);
static void ngx_shop_overview_compare(ngx_shop_overview_t *v);
static void ngx_shop_overview_down(ngx_shop_overview_t *v, unsigned node,
    const ngx_shop_nodeline_server_t *down);


const ngx_shop_options_entry_t  ngx_shop_overview_options[] = {
    NGX_SHOP_SETTINGS_OPTIONS,
    NGX_SHOP_JSONOUT_OPTION,
    { "textfile", NGX_SHOP_OPTIONS_VALUE, "FILE",
      "metrics into a file of Prometheus' node exporter, FILE.prom" },
    { NULL, NGX_SHOP_OPTIONS_SWITCH, NULL, NULL }
};


static ngx_shop_settings_t       ngx_shop_overview_settings;
static ngx_shop_engine_t         ngx_shop_overview_engine;
static ngx_shop_overview_t       ngx_shop_overview;
static ngx_shop_overview_node_t  ngx_shop_overview_nodes[
                                     NGX_SHOP_OVERVIEW_NODES];
static ngx_shop_flag_notice_t    ngx_shop_overview_notice;


int
ngx_shop_overview_run(const ngx_shop_options_t *o)
{
    const char           *path;
    ngx_shop_engine_t    *e = &ngx_shop_overview_engine;
    ngx_shop_overview_t  *v = &ngx_shop_overview;

    if (o->nrest) {
        return ngx_shop_say_error("\"status\" takes no \"%s\"", o->rest[0]);
    }

    path = ngx_shop_options_get(o, "textfile");

    if (ngx_shop_settings_read(&ngx_shop_overview_settings, o) != NGX_SHOP_OK
        || ngx_shop_engine_open(e, &ngx_shop_overview_settings) != NGX_SHOP_OK)
    {
        return NGX_SHOP_SAY_ERROR;
    }

    v->engine = ngx_shop_overview_settings.engine;
    v->now = ngx_shop_pulse_wall() / 1000;
    v->nodes = ngx_shop_overview_nodes;

    if (e->ops->read(e) != NGX_SHOP_OK
        || e->ops->nodes(e, ngx_shop_overview_visit, v) != NGX_SHOP_OK)
    {
        if (path) {
            (void) ngx_shop_overview_metrics(NULL, path);
        }

        return ngx_shop_say_error("the engine does not answer, each node "
                                  "keeps what it has: %s", e->error);
    }

    v->revision = e->revision;
    ngx_shop_overview_flag(v, &e->value[NGX_SHOP_ENGINE_FLAG]);
    ngx_shop_overview_compare(v);

    if (path) {
        if (ngx_shop_overview_metrics(v, path) != NGX_SHOP_OK) {
            return NGX_SHOP_SAY_ERROR;
        }

    } else if (ngx_shop_options_get(o, "json")) {
        ngx_shop_overview_json(v);

    } else {
        ngx_shop_overview_screen(v);
    }

    return v->nnodes && v->nagree == v->nnodes ? NGX_SHOP_SAY_YES
                                               : NGX_SHOP_SAY_NO;
}


static void
ngx_shop_overview_flag(ngx_shop_overview_t *v,
    const ngx_shop_engine_value_t *value)
{
    size_t                   size;
    ngx_shop_flag_notice_t  *n = &ngx_shop_overview_notice;

    v->there = value->there;
    (void) strcpy(v->word, "open");

    if (!value->there) {
        return;
    }

    size = value->size > NGX_SHOP_FLAG_MAX_SIZE ? NGX_SHOP_FLAG_MAX_SIZE
                                                : value->size;
    ngx_shop_flag_parse(n, NULL, value->data, size, v->now, v->now);

    (void) snprintf(v->word, sizeof(v->word), "%s",
                    ngx_shop_flagset_name(ngx_shop_flagset_word(n, v->now)));
    (void) snprintf(v->status, sizeof(v->status), "%s",
                    ngx_shop_say_clean(ngx_shop_flag_status(n)));
    (void) snprintf(v->sum, sizeof(v->sum), "%016llx",
                    (unsigned long long) ngx_shop_flag_sum(n));
}


static void
ngx_shop_overview_visit(void *data, const ngx_shop_engine_node_t *node)
{
    ngx_shop_overview_t       *v = data;
    ngx_shop_overview_node_t  *n;

    if (v->nnodes == NGX_SHOP_OVERVIEW_NODES) {
        return;
    }

    n = &v->nodes[v->nnodes++];

    (void) snprintf(n->name, sizeof(n->name), "%s",
                    ngx_shop_say_name(node->name));
    n->away = node->away;
    n->unread = !node->away
                && ngx_shop_nodeline_parse(&n->line, &node->line)
                   != NGX_SHOP_OK;
}


static void
ngx_shop_overview_compare(ngx_shop_overview_t *v)
{
    unsigned                   i, k;
    ngx_shop_overview_node_t  *n;

    for (i = 0; i < v->nnodes; i++) {
        n = &v->nodes[i];

        if (n->away || n->unread) {
            continue;
        }

        v->nheard++;

        n->agrees = n->line.revision > 0 && strcmp(n->line.sum, v->sum) == 0
                    && n->line.nginx_up && n->line.knows
                    && !(n->line.other && !v->there);
        v->nagree += n->agrees;

        for (k = 0; k < n->line.ndown && k < NGX_SHOP_NODELINE_DOWN; k++) {
            ngx_shop_overview_down(v, i, &n->line.down[k]);
        }
    }

    for (k = 0; k < v->nservers; k++) {
        for (i = 0; i < v->nnodes && v->servers[k].n == 1; i++) {
            v->nodes[i].alone += v->servers[k].by[i / 32] >> i % 32 & 1;
        }
    }
}


static void
ngx_shop_overview_down(ngx_shop_overview_t *v, unsigned node,
    const ngx_shop_nodeline_server_t *down)
{
    unsigned                     i;
    ngx_shop_overview_server_t  *s;

    for (i = 0; i < v->nservers; i++) {
        if (strcmp(v->servers[i].server, down->server) == 0
            && strcmp(v->servers[i].upstream, down->upstream) == 0)
        {
            break;
        }
    }

    if (i == NGX_SHOP_OVERVIEW_SERVERS) {
        return;
    }

    s = &v->servers[i];

    if (i == v->nservers) {
        s->upstream = down->upstream;
        s->server = down->server;
        v->nservers++;
    }

    if ((s->by[node / 32] >> node % 32 & 1) == 0) {
        s->by[node / 32] |= 1u << node % 32;
        s->n++;
    }
}
