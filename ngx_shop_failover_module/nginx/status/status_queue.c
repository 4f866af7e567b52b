
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * Requests that wait for a server, in the status.
 */


#include "nginx/status/status.h"

#include "logic/flag/times.h"


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


/* "5 wait in line, the first for 2s; 40 got a server, ..." */

void
ngx_shop_status_queue_html(ngx_shop_emit_t *e,
    ngx_shop_snapshot_group_t *group)
{
    u_char              buf[NGX_SHOP_TIMES_LEN];
    ngx_atomic_uint_t  *counts;

    counts = group->counts;

    if (group->group->shed && counts[NGX_SHOP_LAYOUT_COUNT_SHED]) {
        ngx_shop_emit_text(e, "<p>");
        ngx_shop_emit_number(e, counts[NGX_SHOP_LAYOUT_COUNT_SHED]);
        ngx_shop_emit_text(e, " were turned away by shop_shed");
        ngx_shop_emit_text(e, group->busy ? ", <b class=\"w\">busy</b></p>\n"
                                          : "</p>\n");
    }

    if (group->group->queue == 0
        || (group->waiting == 0
            && counts[NGX_SHOP_LAYOUT_COUNT_WAITED] == 0
            && counts[NGX_SHOP_LAYOUT_COUNT_FULL] == 0))
    {
        return;
    }

    ngx_shop_emit_text(e, "<p>");
    ngx_shop_emit_number(e, (int64_t) group->waiting);
    ngx_shop_emit_text(e, " wait in line");

    if (group->waiting) {
        ngx_shop_emit_text(e, ", the first for ");
        ngx_shop_emit_raw(e, buf,
                  ngx_shop_times_length(buf, (int64_t) group->longest / 1000));
    }

    ngx_shop_emit_text(e, "; so far ");
    ngx_shop_emit_number(e, counts[NGX_SHOP_LAYOUT_COUNT_RELEASED]);
    ngx_shop_emit_text(e, " got a server, ");
    ngx_shop_emit_number(e, counts[NGX_SHOP_LAYOUT_COUNT_GONE]);
    ngx_shop_emit_text(e, " left, ");
    ngx_shop_emit_number(e, counts[NGX_SHOP_LAYOUT_COUNT_OVER]
                            + counts[NGX_SHOP_LAYOUT_COUNT_FULL]);
    ngx_shop_emit_text(e, " were turned away</p>\n");
}


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
