
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * Where the context of a request comes from, and where it goes.  A request
 * whose first peer answers, as nearly all do, gives its context back with its
 * peer, for the next one: so it takes nothing from the request's pool.  Taken
 * from there, it would now and then cost a block more of the pool, and that is
 * dearer than all else that a healthy request costs (docs/benchmarks.md).
 */


#include "nginx/failover/failover.h"


/* so many requests of one upstream at a time; more have their own pool's */
#define NGX_SHOP_FAILOVER_IDLE_MAX  1024


static void ngx_shop_failover_idle_new(ngx_shop_failover_t *ctx,
    ngx_shop_conf_srv_t *primary);
static void ngx_shop_failover_idle_back(void *data);


ngx_shop_failover_t *
ngx_shop_failover_idle_make(ngx_http_request_t *r,
    ngx_shop_conf_srv_t *primary)
{
    ngx_pool_t           *pool;
    ngx_shop_failover_t  *ctx;

    /* what a crowd needs for a moment is not kept until the worker ends */

    pool = primary->idles < NGX_SHOP_FAILOVER_IDLE_MAX
           ? primary->pool : r->pool;

    ctx = ngx_palloc(pool, sizeof(ngx_shop_failover_t));
    if (ctx == NULL) {
        return NULL;
    }

    ngx_shop_failover_idle_new(ctx, primary);

    if (pool == primary->pool) {
        primary->idles++;
        ctx->idles = 1;
    }

    return ctx;
}


static void
ngx_shop_failover_idle_new(ngx_shop_failover_t *ctx,
    ngx_shop_conf_srv_t *primary)
{
    ngx_memzero(ctx, sizeof(ngx_shop_failover_t));

    ctx->primary = primary;
    ctx->group = primary;
    ctx->failed.slot = NGX_SHOP_LAYOUT_NO_SLOT;
}


/*
 * From here on it is not known which call of nginx is the last: a request that
 * has no peer ends without another one.
 */

void
ngx_shop_failover_idle_not(ngx_shop_failover_t *ctx)
{
    ngx_pool_cleanup_t  *cln;

    if (!ctx->idles) {
        return;
    }

    ctx->idles = 0;

    cln = ngx_pool_cleanup_add(ctx->request->pool, 0);

    /* without memory for that, this worker has one context less */

    if (cln) {
        cln->handler = ngx_shop_failover_idle_back;
        cln->data = ctx;
    }
}


static void
ngx_shop_failover_idle_back(void *data)
{
    ngx_shop_failover_t  *ctx = data;

    ngx_shop_conf_srv_t  *primary;

    primary = ctx->primary;

    ngx_shop_failover_idle_new(ctx, primary);

    ctx->idles = 1;

    ngx_shop_failover_idle_push(ctx);
}
