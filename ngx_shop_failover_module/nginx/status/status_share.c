
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * Probes that nodes of a fleet share, in the status.
 */


#include "nginx/status/status.h"


void
ngx_shop_status_share_json(ngx_shop_emit_t *e,
    ngx_shop_snapshot_group_t *group)
{
    if (group->group->shared < 2) {
        ngx_shop_emit_null(e, "shared");
        return;
    }

    ngx_shop_emit_object(e, "shared");
    ngx_shop_emit_int(e, "most", (int64_t) group->group->shared);
    ngx_shop_emit_int(e, "interval_ms", (int64_t) group->group->interval);
    ngx_shop_emit_int(e, "nodes", (int64_t) group->nodes);
    ngx_shop_emit_int(e, "node", (int64_t) group->node);
    ngx_shop_emit_close(e, '}');
}
