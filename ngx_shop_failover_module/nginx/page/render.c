
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * Kept renderings.  Each has a pool of its own, which is destroyed when the
 * rendering is out of date and its last request is done.  Knows no request.
 */


#include "nginx/page/render_inside.h"


static ngx_shop_rendering_t *ngx_shop_render_renew(ngx_shop_conf_main_t *smcf,
    ngx_shop_render_variant_t *variant, ngx_queue_t *chain,
    ngx_shop_rendering_t *old);


ngx_shop_render_cache_t *
ngx_shop_render_init(ngx_conf_t *cf)
{
    ngx_uint_t                i;
    ngx_pool_cleanup_t       *cln;
    ngx_shop_render_cache_t  *renderings;

    renderings = ngx_pcalloc(cf->pool, sizeof(ngx_shop_render_cache_t));
    cln = ngx_pool_cleanup_add(cf->pool, 0);

    if (renderings == NULL || cln == NULL) {
        return NULL;
    }

    ngx_queue_init(&renderings->used);

    for (i = 0; i < NGX_SHOP_RENDER_SLOTS; i++) {
        ngx_queue_init(&renderings->chains[i]);
    }

    cln->handler = ngx_shop_render_keep_drop;
    cln->data = renderings;

    if (ngx_shop_render_pack_open(cf, renderings) != NGX_OK) {
        return NULL;
    }

    return renderings;
}


ngx_uint_t
ngx_shop_render_has_br(ngx_shop_render_cache_t *renderings)
{
    return renderings->br != NULL;
}


ngx_shop_rendering_t *
ngx_shop_render_get(ngx_shop_conf_main_t *smcf,
    ngx_shop_render_variant_t *variant, ngx_pool_t *pool)
{
    uint64_t                key;
    ngx_queue_t            *chain;
    ngx_pool_cleanup_t     *cln;
    ngx_shop_rendering_t   *rendering;

    cln = ngx_pool_cleanup_add(pool, 0);
    if (cln == NULL) {
        return NULL;
    }

    key = ngx_shop_render_keep_key(variant);
    chain = &smcf->renderings->chains[(key * 0x9e3779b97f4a7c15ULL) >> 55];

    rendering = ngx_shop_render_keep_find(chain, key);

    if (rendering && ngx_shop_render_keep_current(smcf, rendering)) {
        rendering->refs++;

    } else {
        rendering = ngx_shop_render_renew(smcf, variant, chain, rendering);
        if (rendering == NULL) {
            return NULL;
        }
    }

    rendering->key = key;

    if (rendering->kept) {
        ngx_queue_remove(&rendering->used);
        ngx_queue_insert_head(&smcf->renderings->used, &rendering->used);
    }

    cln->handler = ngx_shop_render_keep_release;
    cln->data = rendering;

    return rendering;
}


/*
 * One reference of what is returned is the caller's.  The old rendering, NULL
 * where there is none, may have to go while the new one is made, for its room.
 */

static ngx_shop_rendering_t *
ngx_shop_render_renew(ngx_shop_conf_main_t *smcf,
    ngx_shop_render_variant_t *variant, ngx_queue_t *chain,
    ngx_shop_rendering_t *old)
{
    ngx_shop_rendering_t  *rendering;

    if (old) {
        old->refs++;
    }

    rendering = ngx_shop_render_make(smcf, variant, old);

    if (rendering == NULL) {

        /* the shop is closed in any case: better an old page than none */

        return old;
    }

    if (old) {
        if (old->kept) {
            ngx_shop_render_keep_forget(smcf->renderings, old);
        }

        ngx_shop_render_keep_release(old);
    }

    ngx_shop_render_keep(smcf, chain, rendering);

    return rendering;
}
