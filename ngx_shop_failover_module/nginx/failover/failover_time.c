
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * $shop_queue_time: for how long a request waited for a server.
 */


#include "nginx/failover/failover_queue.h"


static ngx_int_t ngx_shop_failover_time_get(ngx_http_request_t *r,
    ngx_http_variable_value_t *v, uintptr_t data);
static ngx_int_t ngx_shop_failover_time_waited(ngx_http_request_t *r,
    ngx_msec_t *waited);


static ngx_str_t  ngx_shop_failover_time_name = ngx_string("shop_queue_time");


ngx_int_t
ngx_shop_failover_time_add(ngx_conf_t *cf)
{
    ngx_http_variable_t  *var;

    var = ngx_http_add_variable(cf, &ngx_shop_failover_time_name,
                                NGX_HTTP_VAR_NOCACHEABLE);
    if (var == NULL) {
        return NGX_ERROR;
    }

    var->get_handler = ngx_shop_failover_time_get;

    return NGX_OK;
}


/* s, as $upstream_response_time; not found where it did not wait */

static ngx_int_t
ngx_shop_failover_time_get(ngx_http_request_t *r, ngx_http_variable_value_t *v,
    uintptr_t data)
{
    u_char      *p;
    ngx_msec_t   waited;

    if (ngx_shop_failover_time_waited(r, &waited) != NGX_OK) {
        v->not_found = 1;
        return NGX_OK;
    }

    p = ngx_pnalloc(r->pool, NGX_TIME_T_LEN + 4);
    if (p == NULL) {
        return NGX_ERROR;
    }

    v->data = p;
    v->len = (unsigned) (ngx_sprintf(p, "%M.%03M", waited / 1000,
                                     waited % 1000) - p) & 0xfffffff;
    v->valid = 1;
    v->no_cacheable = 0;
    v->not_found = 0;

    return NGX_OK;
}


static ngx_int_t
ngx_shop_failover_time_waited(ngx_http_request_t *r, ngx_msec_t *waited)
{
    ngx_http_upstream_t  *u;
    ngx_shop_failover_t  *ctx;

    u = r->upstream;

    if (u == NULL
        || (u->peer.free != ngx_shop_failover_free
            && u->peer.free != ngx_shop_failover_queue_free
            && u->peer.free != ngx_shop_failover_place_free))
    {
        return NGX_DECLINED;
    }

    ctx = u->peer.data;

    if (ctx->lined == NGX_SHOP_FAILOVER_LINED_NOT) {
        return NGX_DECLINED;
    }

    *waited = ctx->place->waited;

    if (ctx->lined == NGX_SHOP_FAILOVER_LINED_WAITS) {
        *waited += ngx_current_msec - ctx->place->since;
    }

    return NGX_OK;
}
