
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * A fleet as metrics, in a file that Prometheus' node exporter reads.
 */


#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

#include "ctl/fleet/keep.h"
#include "ctl/fleet/overview.h"
#include "ctl/follow.h"


#define NGX_SHOP_OVERVIEW_METRICS  (256 * 1024)


static void ngx_shop_overview_metrics_all(ngx_shop_emit_t *e,
    const ngx_shop_overview_t *v);
static int64_t ngx_shop_overview_metrics_value(
    const ngx_shop_overview_node_t *n, unsigned i);


/* of each node; a node that is away has the first only */
static const char *const  ngx_shop_overview_metrics_node[][2] = {
    { "shop_fleet_node_up", "Whether the node reports." },
    { "shop_fleet_node_agrees",
      "Whether its nginx has the flag of the engine in force." },
    { "shop_fleet_node_revision", "The revision that it acknowledged." },
    { "shop_fleet_node_servers", "Servers that it knows." },
    { "shop_fleet_node_servers_down", "Servers that it sees down." },
    { "shop_fleet_node_servers_down_alone",
      "Servers that it alone sees down." },
    { "shop_fleet_node_clock_ahead_seconds",
      "Its clock, compared with the engine's." },
    { NULL, NULL }
};


int
ngx_shop_overview_metrics(const ngx_shop_overview_t *v, const char *path)
{
    int               rc;
    unsigned char    *buf;
    ngx_shop_emit_t   e;

    if (strlen(path) < 6 || strcmp(path + strlen(path) - 5, ".prom") != 0) {
        (void) ngx_shop_say_error("--textfile \"%s\": the node exporter reads "
                                  "files that end in .prom", path);
        return NGX_SHOP_ERROR;
    }

    buf = malloc(NGX_SHOP_OVERVIEW_METRICS);

    if (buf == NULL) {
        (void) ngx_shop_say_error("no memory");
        return NGX_SHOP_ERROR;
    }

    ngx_shop_emit_init(&e, buf, NGX_SHOP_OVERVIEW_METRICS);

    ngx_shop_emit_family(&e, "shop_fleet_engine_up", "gauge",
                         "Whether the engine answered.");
    ngx_shop_emit_sample(&e, "shop_fleet_engine_up", NULL, 0, v != NULL);

    if (v) {
        ngx_shop_overview_metrics_all(&e, v);
    }

    rc = e.failed ? EFBIG
         : ngx_shop_keep_file(path, buf, (size_t) (e.pos - e.start));

    free(buf);

    if (rc != NGX_SHOP_OK) {
        (void) ngx_shop_say_errno(rc, "cannot write \"%s\"", path);
        return NGX_SHOP_ERROR;
    }

    return NGX_SHOP_OK;
}


static void
ngx_shop_overview_metrics_all(ngx_shop_emit_t *e, const ngx_shop_overview_t *v)
{
    unsigned                          i, k;
    const char *const                *row;
    ngx_shop_emit_label_t             label;
    const ngx_shop_overview_node_t   *n;

    ngx_shop_emit_family(e, "shop_fleet_flag_revision", "gauge",
                         "The revision of the engine.");
    ngx_shop_emit_sample(e, "shop_fleet_flag_revision", NULL, 0, v->revision);
    ngx_shop_emit_family(e, "shop_fleet_flag_present", "gauge",
                         "Whether the engine has a flag.");
    ngx_shop_emit_sample(e, "shop_fleet_flag_present", NULL, 0,
                         (int64_t) v->there);
    ngx_shop_emit_family(e, "shop_fleet_nodes", "gauge",
                         "Nodes that were ever seen and not forgotten.");
    ngx_shop_emit_sample(e, "shop_fleet_nodes", NULL, 0, (int64_t) v->nnodes);
    ngx_shop_emit_family(e, "shop_fleet_nodes_agree", "gauge",
                         "Nodes that have the flag of the engine in force.");
    ngx_shop_emit_sample(e, "shop_fleet_nodes_agree", NULL, 0,
                         (int64_t) v->nagree);

    label.name = "node";

    for (k = 0; ngx_shop_overview_metrics_node[k][0]; k++) {
        row = ngx_shop_overview_metrics_node[k];
        ngx_shop_emit_family(e, row[0], "gauge", row[1]);

        for (i = 0; i < v->nnodes; i++) {
            n = &v->nodes[i];

            if (k && (n->away || n->unread)) {
                continue;
            }

            label.value.data = (const unsigned char *) n->name;
            label.value.len = strlen(n->name);
            ngx_shop_emit_sample(e, row[0], &label, 1,
                                 ngx_shop_overview_metrics_value(n, k));
        }
    }
}


/* in the order of the table */

static int64_t
ngx_shop_overview_metrics_value(const ngx_shop_overview_node_t *n, unsigned i)
{
    switch (i) {

    case 0:
        return !n->away && !n->unread;

    case 1:
        return n->agrees;

    case 2:
        return n->line.revision;

    case 3:
        return (int64_t) n->line.nservers;

    case 4:
        return (int64_t) n->line.ndown;

    case 5:
        return (int64_t) n->alone;

    default:
        return n->line.ahead;
    }
}
