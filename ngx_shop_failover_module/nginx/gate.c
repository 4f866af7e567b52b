
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * Who passes.  Decides, and sends nothing.
 */


#include "nginx/gate.h"


static ngx_uint_t ngx_shop_failover_gate_path(ngx_http_request_t *r,
    ngx_shop_failover_zone_t *zone, ngx_shop_failover_flag_conf_t *flag);


ngx_shop_failover_why_e
ngx_shop_failover_gate_ask(ngx_http_request_t *r,
    ngx_shop_failover_main_conf_t *smcf, ngx_shop_failover_loc_conf_t *slcf)
{
    if (slcf->flag == NULL || slcf->exempt) {
        return NGX_SHOP_FAILOVER_WHY_NOT;
    }

    switch (ngx_shop_failover_board_gate(&smcf->zone, slcf->flag)) {

    case NGX_SHOP_FAILOVER_GATE_OPEN:
        return NGX_SHOP_FAILOVER_WHY_NOT;

    case NGX_SHOP_FAILOVER_GATE_BROWSE:
        return (r->method & (NGX_HTTP_GET|NGX_HTTP_HEAD|NGX_HTTP_OPTIONS
                             |NGX_HTTP_TRACE))
               ? NGX_SHOP_FAILOVER_WHY_NOT : NGX_SHOP_FAILOVER_WHY_BROWSE;

    case NGX_SHOP_FAILOVER_GATE_PATHS:
        return ngx_shop_failover_gate_path(r, &smcf->zone, slcf->flag)
               ? NGX_SHOP_FAILOVER_WHY_CLOSED : NGX_SHOP_FAILOVER_WHY_NOT;

    case NGX_SHOP_FAILOVER_GATE_RAMP:
        return NGX_SHOP_FAILOVER_WHY_NOT;

    default:
        return NGX_SHOP_FAILOVER_WHY_CLOSED;
    }
}


/* whether the notice closes this path: "/cart" closes "/cart/...", too */

static ngx_uint_t
ngx_shop_failover_gate_path(ngx_http_request_t *r,
    ngx_shop_failover_zone_t *zone, ngx_shop_failover_flag_conf_t *flag)
{
    ngx_uint_t                       i;
    ngx_shop_failover_str_t          path;
    ngx_shop_failover_board_view_t  *view;

    view = ngx_palloc(r->pool, sizeof(ngx_shop_failover_board_view_t));
    if (view == NULL) {
        return 0;
    }

    ngx_shop_failover_board_view(zone, flag, view);

    for (i = 0; i < view->notice.npaths; i++) {
        path = ngx_shop_failover_flag_text(&view->notice,
                                           view->notice.paths[i]);

        while (path.len > 1 && path.data[path.len - 1] == '/') {
            path.len--;
        }

        if (r->uri.len >= path.len
            && ngx_memcmp(r->uri.data, path.data, path.len) == 0
            && (r->uri.len == path.len || path.len == 1
                || r->uri.data[path.len] == '/'))
        {
            return 1;
        }
    }

    return 0;
}


const char *
ngx_shop_failover_gate_why(ngx_shop_failover_why_e why)
{
    static const char  *words[] = {
        "", "maintenance", "browse", "reopening", "outage", "outage"
    };

    return words[why];
}
