
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * The snapshot as one screen of HTML.
 */


#include "nginx/status.h"


ngx_str_t  ngx_shop_failover_status_html_policy =
    ngx_string("default-src 'none'");


void
ngx_shop_failover_status_html(ngx_shop_failover_emit_t *e,
    ngx_shop_failover_snapshot_t *snap)
{
    ngx_shop_failover_emit_text(e, "<!DOCTYPE html>\n");
}
