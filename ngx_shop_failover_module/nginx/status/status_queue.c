
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * Requests that wait for a server, in the status.
 */


#include "nginx/status/status.h"


typedef struct {
    const char                       *name;
    ngx_shop_layout_count_group_e     count;
} ngx_shop_status_queue_count_t;


static const ngx_shop_status_queue_count_t  ngx_shop_status_queue_counts[] = {
    { "waited", NGX_SHOP_LAYOUT_COUNT_WAITED },
    { "released", NGX_SHOP_LAYOUT_COUNT_RELEASED },
    { "gone", NGX_SHOP_LAYOUT_COUNT_GONE },
    { "over", NGX_SHOP_LAYOUT_COUNT_OVER },
    { "full", NGX_SHOP_LAYOUT_COUNT_FULL },
    { NULL, NGX_SHOP_LAYOUT_COUNT_GROUP_N }
};


void
ngx_shop_status_queue_json(ngx_shop_emit_t *e,
    ngx_shop_snapshot_group_t *group)
{
    const ngx_shop_status_queue_count_t  *row;

    if (group->group->queue == 0) {
        ngx_shop_emit_null(e, "queue");
        return;
    }

    ngx_shop_emit_object(e, "queue");
    ngx_shop_emit_int(e, "waiting", (int64_t) group->waiting);
    ngx_shop_emit_int(e, "longest_ms", (int64_t) group->longest);

    for (row = ngx_shop_status_queue_counts; row->name; row++) {
        ngx_shop_emit_int(e, row->name, (int64_t) group->counts[row->count]);
    }

    ngx_shop_emit_close(e, '}');
}
