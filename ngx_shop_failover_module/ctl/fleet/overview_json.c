
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * A fleet for programs: docs/shopctl.schema.json.
 */


#include "ctl/fleet/overview.h"
#include "ctl/jsonout.h"


static void ngx_shop_overview_json_node(ngx_shop_emit_t *e,
    const ngx_shop_overview_node_t *n);
static void ngx_shop_overview_json_server(ngx_shop_emit_t *e,
    const ngx_shop_overview_t *v, const ngx_shop_overview_server_t *s);


void
ngx_shop_overview_json(const ngx_shop_overview_t *v)
{
    unsigned         i;
    ngx_shop_emit_t  e;

    ngx_shop_jsonout_begin(&e, "fleet status", v->now);
    ngx_shop_emit_cstr(&e, "engine", v->engine);
    ngx_shop_emit_int(&e, "revision", v->revision);
    ngx_shop_emit_cstr(&e, "flag_state", v->word);

    if (v->there) {
        ngx_shop_emit_cstr(&e, "flag_sum", v->sum);
        ngx_shop_emit_cstr(&e, "status", v->status);

    } else {
        ngx_shop_emit_null(&e, "flag_sum");
        ngx_shop_emit_null(&e, "status");
    }

    ngx_shop_emit_int(&e, "agree", (int64_t) v->nagree);
    ngx_shop_emit_array(&e, "nodes");

    for (i = 0; i < v->nnodes; i++) {
        ngx_shop_overview_json_node(&e, &v->nodes[i]);
    }

    ngx_shop_emit_close(&e, ']');
    ngx_shop_emit_array(&e, "down");

    for (i = 0; i < v->nservers; i++) {
        ngx_shop_overview_json_server(&e, v, &v->servers[i]);
    }

    ngx_shop_emit_close(&e, ']');
    ngx_shop_jsonout_end(&e);
}


static void
ngx_shop_overview_json_node(ngx_shop_emit_t *e,
    const ngx_shop_overview_node_t *n)
{
    ngx_shop_emit_object(e, NULL);
    ngx_shop_emit_cstr(e, "name", n->name);
    ngx_shop_emit_bool(e, "away", (int) (n->away || n->unread));
    ngx_shop_emit_bool(e, "agrees", (int) n->agrees);
    ngx_shop_emit_int(e, "alone", (int64_t) n->alone);

    if (n->away || n->unread) {
        ngx_shop_emit_null(e, "report");

    } else {
        /* as the node has written it */

        ngx_shop_nodeline_emit(&n->line, e, "report");
    }

    ngx_shop_emit_close(e, '}');
}


static void
ngx_shop_overview_json_server(ngx_shop_emit_t *e,
    const ngx_shop_overview_t *v, const ngx_shop_overview_server_t *s)
{
    unsigned  i;

    ngx_shop_emit_object(e, NULL);
    ngx_shop_emit_cstr(e, "upstream", s->upstream);
    ngx_shop_emit_cstr(e, "server", s->server);
    ngx_shop_emit_array(e, "by");

    for (i = 0; i < v->nnodes; i++) {
        if (s->by[i / 32] >> i % 32 & 1) {
            ngx_shop_emit_cstr(e, NULL, v->nodes[i].name);
        }
    }

    ngx_shop_emit_close(e, ']');
    ngx_shop_emit_close(e, '}');
}
