
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * Which renderings a worker keeps: by key, the last used first, up to a number
 * of bytes.
 */


#include "nginx/page/render_inside.h"


void
ngx_shop_render_keep_drop(void *data)
{
    ngx_shop_render_cache_t  *renderings = data;

    ngx_queue_t              *q;
    ngx_shop_rendering_t     *rendering;

    while (!ngx_queue_empty(&renderings->used)) {
        q = ngx_queue_head(&renderings->used);
        rendering = ngx_queue_data(q, ngx_shop_rendering_t, used);

        ngx_queue_remove(q);
        ngx_destroy_pool(rendering->pool);
    }
}


uint64_t
ngx_shop_render_keep_key(ngx_shop_render_variant_t *variant)
{
    uint64_t  key;

    key = variant->slcf->page->number;
    key = key << 16 | variant->site->index;
    key = key << 3 | variant->kind;
    key = key << 3 | variant->state;
    key = key << 2 | variant->post;
    key = key << 6 | variant->lang;
    key = key << 2 | variant->coding;
    key = key << 4 | variant->jitter;
    key = key << 4 | variant->wait;
    key = key << NGX_SHOP_RENDER_TURNS | (uint64_t) variant->turn
                                         % (1 << NGX_SHOP_RENDER_TURNS);

    key = key << 1 | variant->admitted;

    return key ^ variant->met * 0x9e3779b97f4a7c15ULL;
}


ngx_shop_rendering_t *
ngx_shop_render_keep_find(ngx_queue_t *chain, uint64_t key)
{
    ngx_queue_t           *q;
    ngx_shop_rendering_t  *rendering;

    for (q = ngx_queue_head(chain);
         q != ngx_queue_sentinel(chain);
         q = ngx_queue_next(q))
    {
        rendering = ngx_queue_data(q, ngx_shop_rendering_t, queue);

        if (rendering->key == key) {
            return rendering;
        }
    }

    return NULL;
}


ngx_uint_t
ngx_shop_render_keep_current(ngx_shop_conf_main_t *smcf,
    ngx_shop_rendering_t *rendering)
{
    return rendering->minute == ngx_shop_clock_now() / 60
           && rendering->version
              == (rendering->feed
                  ? ngx_shop_render_feed_version(smcf, rendering->site)
                  : ngx_shop_board_version(&smcf->zone, rendering->site));
}


void
ngx_shop_render_keep(ngx_shop_conf_main_t *smcf, ngx_queue_t *chain,
    ngx_shop_rendering_t *rendering)
{
    ngx_shop_render_cache_t  *renderings;

    rendering->size = NGX_SHOP_RENDER_POOL + rendering->body.len;

    if (!ngx_shop_render_keep_fits(smcf, rendering->size)) {
        return;
    }

    renderings = smcf->renderings;

    ngx_queue_insert_head(chain, &rendering->queue);
    ngx_queue_insert_head(&renderings->used, &rendering->used);
    renderings->size += rendering->size;

    rendering->kept = 1;
    rendering->refs++;
}


ngx_uint_t
ngx_shop_render_keep_fits(ngx_shop_conf_main_t *smcf, size_t size)
{
    ngx_queue_t              *q;
    ngx_shop_rendering_t     *last;
    ngx_shop_render_cache_t  *renderings;

    renderings = smcf->renderings;

    while (renderings->size + size > NGX_SHOP_RENDER_MAX) {

        if (ngx_queue_empty(&renderings->used)) {
            return 0;
        }

        q = ngx_queue_last(&renderings->used);
        last = ngx_queue_data(q, ngx_shop_rendering_t, used);

        if (ngx_shop_render_keep_current(smcf, last)) {
            return 0;
        }

        ngx_shop_render_keep_forget(renderings, last);
    }

    return 1;
}


void
ngx_shop_render_keep_forget(ngx_shop_render_cache_t *renderings,
    ngx_shop_rendering_t *rendering)
{
    ngx_queue_remove(&rendering->queue);
    ngx_queue_remove(&rendering->used);
    renderings->size -= rendering->size;
    rendering->kept = 0;

    ngx_shop_render_keep_release(rendering);
}


void
ngx_shop_render_keep_release(void *data)
{
    ngx_shop_rendering_t  *rendering = data;

    if (--rendering->refs == 0) {
        ngx_destroy_pool(rendering->pool);
    }
}
