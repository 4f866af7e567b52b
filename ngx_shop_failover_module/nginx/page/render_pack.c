
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * A page compressed, by brotli or gzip.
 */


#include "nginx/page/render_inside.h"

#include "logic/words/effort.h"

#include <zlib.h>
#include <dlfcn.h>


static void ngx_shop_render_pack_close(void *data);
static ngx_int_t ngx_shop_render_pack_br(ngx_shop_render_cache_t *renderings,
    ngx_str_t *from, ngx_str_t *to);
static ngx_int_t ngx_shop_render_pack_gzip(ngx_str_t *from, ngx_str_t *to);


ngx_int_t
ngx_shop_render_pack_open(ngx_conf_t *cf, ngx_shop_render_cache_t *renderings)
{
    void                *library;
    ngx_pool_cleanup_t  *cln;

    cln = ngx_pool_cleanup_add(cf->pool, 0);
    if (cln == NULL) {
        return NGX_ERROR;
    }

    library = dlopen("libbrotlienc.so.1", RTLD_NOW|RTLD_LOCAL);

    if (library) {
        cln->handler = ngx_shop_render_pack_close;
        cln->data = library;

        /* the way of dlsym(3): ISO C has no cast to a function pointer */

        *(void **) (&renderings->br) = dlsym(library,
                                             "BrotliEncoderCompress");
    }

    return NGX_OK;
}


static void
ngx_shop_render_pack_close(void *data)
{
    (void) dlclose(data);
}


ngx_int_t
ngx_shop_render_pack(ngx_shop_conf_main_t *smcf,
    ngx_shop_render_variant_t *variant, ngx_shop_rendering_t *rendering,
    ngx_str_t *page)
{
    ngx_int_t   rc;
    ngx_str_t   packed;

    if (variant->coding == NGX_SHOP_NEGOTIATE_IDENTITY
        || page->len == 0
        || !ngx_shop_render_keep_fits(smcf, NGX_SHOP_RENDER_POOL
                                       + page->len))
    {
        return ngx_shop_render_pack_take(rendering, page);
    }

    packed.len = page->len;
    packed.data = ngx_alloc(packed.len, ngx_cycle->log);
    if (packed.data == NULL) {
        return NGX_ERROR;
    }

    if (variant->coding == NGX_SHOP_NEGOTIATE_BR) {
        ngx_str_set(&rendering->encoding, "br");
        rc = ngx_shop_render_pack_br(smcf->renderings, page, &packed);

    } else {
        ngx_str_set(&rendering->encoding, "gzip");
        rc = ngx_shop_render_pack_gzip(page, &packed);
    }

    if (rc != NGX_OK) {
        ngx_str_null(&rendering->encoding);
    }

    rc = ngx_shop_render_pack_take(rendering, rc == NGX_OK ? &packed : page);
    ngx_free(packed.data);

    return rc;
}


ngx_int_t
ngx_shop_render_pack_take(ngx_shop_rendering_t *rendering, ngx_str_t *body)
{
    rendering->body.data = ngx_pnalloc(rendering->pool,
                                       body->len ? body->len : 1);
    if (rendering->body.data == NULL) {
        return NGX_ERROR;
    }

    rendering->body.len = body->len;
    ngx_memcpy(rendering->body.data, body->data, body->len);

    return NGX_OK;
}


/* to->len is its room, and then its length */

static ngx_int_t
ngx_shop_render_pack_br(ngx_shop_render_cache_t *renderings, ngx_str_t *from,
    ngx_str_t *to)
{
    const ngx_shop_effort_t  *effort;

    effort = ngx_shop_effort_for(from->len);

    /* 1: text */

    if (renderings->br
        && renderings->br(effort->br_quality, effort->br_window, 1,
                          from->len, from->data, &to->len, to->data)
        && to->len < from->len)
    {
        return NGX_OK;
    }

    return NGX_DECLINED;
}


static ngx_int_t
ngx_shop_render_pack_gzip(ngx_str_t *from, ngx_str_t *to)
{
    int       rc;
    z_stream  z;

    ngx_memzero(&z, sizeof(z_stream));

    /* 16 more than the window: a gzip header */

    if (deflateInit2(&z, ngx_shop_effort_for(from->len)->gzip_level,
                     Z_DEFLATED, MAX_WBITS + 16, 9, Z_DEFAULT_STRATEGY)
        != Z_OK)
    {
        return NGX_DECLINED;
    }

    z.next_in = from->data;
    z.avail_in = from->len;
    z.next_out = to->data;
    z.avail_out = to->len;

    rc = deflate(&z, Z_FINISH);

    to->len = z.total_out;
    (void) deflateEnd(&z);

    return rc == Z_STREAM_END ? NGX_OK : NGX_DECLINED;
}
