
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * shop_shed: whether there is room for one more page.  Who is refused gets the
 * page of a full shop, by the way of a request that nobody can serve; a stale
 * copy of the cache comes first.
 */


#include "nginx/failover/failover.h"
#include "nginx/document.h"

#include "state/crowd.h"


static ngx_uint_t ngx_shop_failover_shed_first(ngx_http_request_t *r,
    ngx_shop_conf_srv_t *sscf, ngx_shop_conf_loc_t *slcf);
static ngx_int_t ngx_shop_failover_shed_get(ngx_peer_connection_t *pc,
    void *data);
static void ngx_shop_failover_shed_cleanup(void *data);


/*
 * Only where the page can be shown, and only pages: what a page is made of
 * comes with it.  One that may order is never refused.
 */

ngx_int_t
ngx_shop_failover_shed(ngx_shop_failover_t *ctx)
{
    ngx_uint_t            first, always;
    ngx_http_request_t   *r;
    ngx_pool_cleanup_t   *cln;
    ngx_shop_conf_loc_t  *slcf;
    ngx_shop_conf_srv_t  *sscf;

    r = ctx->request;
    sscf = ctx->primary;
    slcf = ngx_http_get_module_loc_conf(r, ngx_shop_failover_module);

    if (r != r->main || !slcf->falls_back || !ngx_shop_document_is(r)) {
        return NGX_OK;
    }

    always = !(r->method & (NGX_HTTP_GET|NGX_HTTP_HEAD));
    first = always || ngx_shop_failover_shed_first(r, sscf, slcf);

    if (!ngx_shop_crowd_enter(sscf->zone, sscf->group, first, always)) {
        ngx_shop_failover_idle_not(ctx);
        ngx_shop_conf_explain(r, "busy");
        (void) ngx_atomic_fetch_add(&sscf->zone->sh->groups[
                   sscf->group->index].counts[NGX_SHOP_LAYOUT_COUNT_SHED], 1);
        r->upstream->upstream = sscf->uscf;
        r->upstream->peer.get = ngx_shop_failover_shed_get;
        return NGX_OK;
    }

    /* it is counted until the request ends, wherever */

    ngx_shop_failover_idle_not(ctx);

    ctx->inside = 1;
    ctx->begun = ngx_current_msec;

    cln = ngx_pool_cleanup_add(r->pool, 0);

    if (cln == NULL) {
        ngx_shop_failover_shed_cleanup(ctx);
        return NGX_ERROR;
    }

    cln->handler = ngx_shop_failover_shed_cleanup;
    cln->data = ctx;

    return NGX_OK;
}


/* who carries the variable, and checkout */

static ngx_uint_t
ngx_shop_failover_shed_first(ngx_http_request_t *r, ngx_shop_conf_srv_t *sscf,
    ngx_shop_conf_loc_t *slcf)
{
    ngx_str_t  value;

    if (slcf->class && slcf->class->name.len == 8
        && ngx_strncmp(slcf->class->name.data, "checkout", 8) == 0)
    {
        return 1;
    }

    return sscf->shed.first
           && ngx_http_complex_value(r, sscf->shed.first, &value) == NGX_OK
           && value.len && !(value.len == 1 && value.data[0] == '0');
}


/* as for a group of which nobody can serve, see failover_known_dead() */

static ngx_int_t
ngx_shop_failover_shed_get(ngx_peer_connection_t *pc, void *data)
{
    ngx_shop_failover_t  *ctx = data;

    pc->name = &ctx->primary->uscf->host;
    pc->tries = 0;
    ctx->told = 0;

    return NGX_DECLINED;
}


ngx_uint_t
ngx_shop_failover_shed_out(ngx_shop_failover_t *ctx)
{
    ngx_uint_t  inside;

    inside = ctx->inside;
    ngx_shop_failover_shed_cleanup(ctx);

    return inside;
}


void
ngx_shop_failover_shed_in(ngx_shop_failover_t *ctx)
{
    ngx_shop_conf_srv_t  *sscf;

    sscf = ctx->primary;

    (void) ngx_shop_crowd_enter(sscf->zone, sscf->group, 1, 1);

    ctx->inside = 1;
    ctx->begun = ngx_current_msec;
}


void
ngx_shop_failover_shed_page(ngx_shop_failover_t *ctx, ngx_uint_t good)
{
    ngx_shop_failover_shed_cleanup(ctx);

    if (good) {
        ngx_shop_crowd_page(ctx->primary->zone, ctx->primary->group,
                            ngx_current_msec - ctx->begun);
    }
}


static void
ngx_shop_failover_shed_cleanup(void *data)
{
    ngx_shop_failover_t  *ctx = data;

    if (ctx->inside) {
        ctx->inside = 0;
        ngx_shop_crowd_leave(ctx->primary->zone, ctx->primary->group);
    }
}
