
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * What the files of the renderings know of each other; nobody else includes
 * this.
 */


#ifndef _NGX_SHOP_RENDER_INSIDE_H_INCLUDED_
#define _NGX_SHOP_RENDER_INSIDE_H_INCLUDED_


#include "nginx/page/render.h"


#define NGX_SHOP_RENDER_SLOTS  512       /* 2^9 */

/*
 * Of a worker.  A site has less than a thousand variants at a time, of the
 * built-in page about 4 kilobytes each, most of them less.
 */
#define NGX_SHOP_RENDER_MAX    (16 * 1024 * 1024)
#define NGX_SHOP_RENDER_POOL   1024


/*
 * BrotliEncoderCompress() of libbrotlienc, whose interface is stable since
 * 1.0: quality, window, mode, input, output.
 */
typedef int (*ngx_shop_render_br_pt)(int quality, int lgwin,
    int mode, size_t len, const uint8_t *data, size_t *room, uint8_t *to);


struct ngx_shop_render_cache_s {
    ngx_shop_render_br_pt   br;         /* NULL: no library */
    size_t                  size;       /* bytes of all kept */
    ngx_queue_t             used;
    ngx_queue_t             chains[NGX_SHOP_RENDER_SLOTS];
};


/* a worker exits: its requests are done, or will not be */
void ngx_shop_render_keep_drop(void *data);

uint64_t ngx_shop_render_keep_key(ngx_shop_render_variant_t *variant);

ngx_shop_rendering_t *ngx_shop_render_keep_find(ngx_queue_t *chain,
    uint64_t key);

/* whether it is of this minute and of this version of the board */
ngx_uint_t ngx_shop_render_keep_current(ngx_shop_conf_main_t *smcf,
    ngx_shop_rendering_t *rendering);

/* one that does not fit is its request's alone */
void ngx_shop_render_keep(ngx_shop_conf_main_t *smcf, ngx_queue_t *chain,
    ngx_shop_rendering_t *rendering);

/*
 * Makes room by what is out of date.  What still holds stays: whoever asks
 * for all variants in turn would have each made anew each time.
 */
ngx_uint_t ngx_shop_render_keep_fits(ngx_shop_conf_main_t *smcf, size_t size);

void ngx_shop_render_keep_forget(ngx_shop_render_cache_t *renderings,
    ngx_shop_rendering_t *rendering);

/* one reference less; the last one destroys the rendering */
void ngx_shop_render_keep_release(void *data);

/* with one reference; old: the rendering before it, or NULL; NULL: no memory */
ngx_shop_rendering_t *ngx_shop_render_make(ngx_shop_conf_main_t *smcf,
    ngx_shop_render_variant_t *variant, ngx_shop_rendering_t *old);

/*
 * The feed of variant->met, and what it changes with: the flag's words, too,
 * for their languages.
 */
ngx_int_t ngx_shop_render_feed(ngx_shop_conf_main_t *smcf,
    ngx_shop_render_variant_t *variant, ngx_shop_view_t *v,
    ngx_shop_emit_t *e);
ngx_uint_t ngx_shop_render_feed_version(ngx_shop_conf_main_t *smcf,
    ngx_shop_model_site_t *site);

/* brotli's encoder, where it is installed; it goes with cf->pool */
ngx_int_t ngx_shop_render_pack_open(ngx_conf_t *cf,
    ngx_shop_render_cache_t *renderings);

/*
 * What does not get smaller is sent as it is, and what cannot be kept, too:
 * it would be compressed for each request.
 */
ngx_int_t ngx_shop_render_pack(ngx_shop_conf_main_t *smcf,
    ngx_shop_render_variant_t *variant, ngx_shop_rendering_t *rendering,
    ngx_str_t *page);

/* the bytes become those of the rendering, as they are */
ngx_int_t ngx_shop_render_pack_take(ngx_shop_rendering_t *rendering,
    ngx_str_t *body);


#endif /* _NGX_SHOP_RENDER_INSIDE_H_INCLUDED_ */
