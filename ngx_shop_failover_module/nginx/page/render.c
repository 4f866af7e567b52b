
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * Kept renderings.  Each has a pool of its own, which is destroyed when the
 * rendering is out of date and its last request is done.  Knows no request.
 */


#include "nginx/page/render.h"

#include "logic/words/effort.h"
#include "logic/text/emit.h"
#include "logic/words/placeholders.h"
#include "logic/words/problem.h"
#include "logic/flag/times.h"

#include <openssl/evp.h>
#include <zlib.h>
#include <dlfcn.h>


#define NGX_SHOP_RENDER_SLOTS  512       /* 2^9 */

/*
 * Of a worker.  A site has less than a thousand variants at a time, of the
 * built-in page about 4 kilobytes each, most of them less.
 */
#define NGX_SHOP_RENDER_MAX    (16 * 1024 * 1024)
#define NGX_SHOP_RENDER_POOL   1024
#define NGX_SHOP_RENDER_ROOM   (320 * 1024)
#define NGX_SHOP_RENDER_POLL   20        /* s, the least */


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


static void ngx_shop_render_close(void *data);
static void ngx_shop_render_drop(void *data);
static uint64_t ngx_shop_render_key(ngx_shop_render_variant_t *variant);
static ngx_shop_rendering_t *ngx_shop_render_find(ngx_queue_t *chain,
    uint64_t key);
static ngx_shop_rendering_t *ngx_shop_render_renew(ngx_shop_conf_main_t *smcf,
    ngx_shop_render_variant_t *variant, ngx_queue_t *chain,
    ngx_shop_rendering_t *old);
static ngx_uint_t ngx_shop_render_current(ngx_shop_conf_main_t *smcf,
    ngx_shop_rendering_t *rendering);
static void ngx_shop_render_keep(ngx_shop_conf_main_t *smcf,
    ngx_queue_t *chain, ngx_shop_rendering_t *rendering);
static ngx_uint_t ngx_shop_render_fits(ngx_shop_conf_main_t *smcf,
    size_t size);
static void ngx_shop_render_forget(ngx_shop_render_cache_t *renderings,
    ngx_shop_rendering_t *rendering);
static ngx_shop_rendering_t *ngx_shop_render_make(ngx_shop_conf_main_t *smcf,
    ngx_shop_render_variant_t *variant, ngx_shop_rendering_t *old);
static ngx_int_t ngx_shop_render_body(ngx_shop_conf_main_t *smcf,
    ngx_shop_render_variant_t *variant, ngx_shop_rendering_t *rendering,
    ngx_shop_rendering_t *old);
static void ngx_shop_render_view(ngx_shop_view_t *v,
    ngx_shop_render_variant_t *variant, ngx_shop_board_view_t *board,
    ngx_shop_rendering_t *rendering);
static void ngx_shop_render_write(ngx_shop_emit_t *e, ngx_shop_view_t *v,
    ngx_shop_render_variant_t *variant, ngx_shop_rendering_t *rendering);
static ngx_int_t ngx_shop_render_pack(ngx_shop_conf_main_t *smcf,
    ngx_shop_render_variant_t *variant, ngx_shop_rendering_t *rendering,
    ngx_str_t *page);
static ngx_int_t ngx_shop_render_same(ngx_shop_rendering_t *rendering,
    ngx_shop_rendering_t *old, ngx_str_t *page);
static ngx_int_t ngx_shop_render_take(ngx_shop_rendering_t *rendering,
    ngx_str_t *body);
static ngx_int_t ngx_shop_render_br(ngx_shop_render_cache_t *renderings,
    ngx_str_t *from, ngx_str_t *to);
static ngx_int_t ngx_shop_render_gzip(ngx_str_t *from, ngx_str_t *to);
static ngx_int_t ngx_shop_render_header(ngx_shop_rendering_t *rendering,
    ngx_shop_view_t *v);
static void ngx_shop_render_release(void *data);


ngx_shop_render_cache_t *
ngx_shop_render_init(ngx_conf_t *cf)
{
    void                     *library;
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

    cln->handler = ngx_shop_render_drop;
    cln->data = renderings;

    cln = ngx_pool_cleanup_add(cf->pool, 0);
    if (cln == NULL) {
        return NULL;
    }

    library = dlopen("libbrotlienc.so.1", RTLD_NOW|RTLD_LOCAL);

    if (library) {
        cln->handler = ngx_shop_render_close;
        cln->data = library;

        /* the way of dlsym(3): ISO C has no cast to a function pointer */

        *(void **) (&renderings->br) = dlsym(library,
                                             "BrotliEncoderCompress");
    }

    return renderings;
}


static void
ngx_shop_render_close(void *data)
{
    (void) dlclose(data);
}


/* when the worker exits; its requests are done, or will not be */

static void
ngx_shop_render_drop(void *data)
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


ngx_uint_t
ngx_shop_render_has_br(ngx_shop_render_cache_t *renderings)
{
    return renderings->br != NULL;
}


static uint64_t
ngx_shop_render_key(ngx_shop_render_variant_t *variant)
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

    return key << 1 | variant->admitted;
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

    key = ngx_shop_render_key(variant);
    chain = &smcf->renderings->chains[(key * 0x9e3779b97f4a7c15ULL) >> 55];

    rendering = ngx_shop_render_find(chain, key);

    if (rendering && ngx_shop_render_current(smcf, rendering)) {
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

    cln->handler = ngx_shop_render_release;
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
            ngx_shop_render_forget(smcf->renderings, old);
        }

        ngx_shop_render_release(old);
    }

    ngx_shop_render_keep(smcf, chain, rendering);

    return rendering;
}


static ngx_shop_rendering_t *
ngx_shop_render_find(ngx_queue_t *chain, uint64_t key)
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


static ngx_uint_t
ngx_shop_render_current(ngx_shop_conf_main_t *smcf,
    ngx_shop_rendering_t *rendering)
{
    return rendering->minute == ngx_shop_clock_now() / 60
           && rendering->version
              == ngx_shop_board_version(&smcf->zone,
                                        rendering->site);
}


/* one that does not fit is its request's alone */

static void
ngx_shop_render_keep(ngx_shop_conf_main_t *smcf, ngx_queue_t *chain,
    ngx_shop_rendering_t *rendering)
{
    ngx_shop_render_cache_t  *renderings;

    rendering->size = NGX_SHOP_RENDER_POOL + rendering->body.len;

    if (!ngx_shop_render_fits(smcf, rendering->size)) {
        return;
    }

    renderings = smcf->renderings;

    ngx_queue_insert_head(chain, &rendering->queue);
    ngx_queue_insert_head(&renderings->used, &rendering->used);
    renderings->size += rendering->size;

    rendering->kept = 1;
    rendering->refs++;
}


/*
 * Makes room by what is out of date.  What still holds stays: whoever asks
 * for all variants in turn would have each made anew each time.
 */

static ngx_uint_t
ngx_shop_render_fits(ngx_shop_conf_main_t *smcf, size_t size)
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

        if (ngx_shop_render_current(smcf, last)) {
            return 0;
        }

        ngx_shop_render_forget(renderings, last);
    }

    return 1;
}


static void
ngx_shop_render_forget(ngx_shop_render_cache_t *renderings,
    ngx_shop_rendering_t *rendering)
{
    ngx_queue_remove(&rendering->queue);
    ngx_queue_remove(&rendering->used);
    renderings->size -= rendering->size;
    rendering->kept = 0;

    ngx_shop_render_release(rendering);
}


static void
ngx_shop_render_release(void *data)
{
    ngx_shop_rendering_t  *rendering = data;

    if (--rendering->refs == 0) {
        ngx_destroy_pool(rendering->pool);
    }
}


static ngx_shop_rendering_t *
ngx_shop_render_make(ngx_shop_conf_main_t *smcf,
    ngx_shop_render_variant_t *variant, ngx_shop_rendering_t *old)
{
    ngx_pool_t            *pool;
    ngx_shop_rendering_t  *rendering;

    pool = ngx_create_pool(NGX_SHOP_RENDER_POOL, ngx_cycle->log);
    if (pool == NULL) {
        return NULL;
    }

    rendering = ngx_pcalloc(pool, sizeof(ngx_shop_rendering_t));

    if (rendering) {
        rendering->pool = pool;
        rendering->refs = 1;
        rendering->site = variant->site;
        rendering->minute = ngx_shop_clock_now() / 60;

        if (ngx_shop_render_body(smcf, variant, rendering, old) == NGX_OK) {
            return rendering;
        }
    }

    ngx_destroy_pool(pool);

    return NULL;
}


static ngx_int_t
ngx_shop_render_body(ngx_shop_conf_main_t *smcf,
    ngx_shop_render_variant_t *variant, ngx_shop_rendering_t *rendering,
    ngx_shop_rendering_t *old)
{
    u_char                 *buf;
    ngx_int_t               rc;
    ngx_str_t               page;
    ngx_pool_t             *temp;
    ngx_shop_emit_t         e;
    ngx_shop_view_t        *v;
    ngx_shop_board_view_t  *board;

    temp = ngx_create_pool(ngx_pagesize, ngx_cycle->log);
    if (temp == NULL) {
        return NGX_ERROR;
    }

    rc = NGX_ERROR;

    board = ngx_palloc(temp, sizeof(ngx_shop_board_view_t));
    v = ngx_pcalloc(temp, sizeof(ngx_shop_view_t));
    buf = ngx_palloc(temp, NGX_SHOP_RENDER_ROOM);

    if (board == NULL || v == NULL || buf == NULL) {
        goto done;
    }

    ngx_shop_board_view(&smcf->zone, variant->site, board);
    rendering->version = board->version;

    ngx_shop_render_view(v, variant, board, rendering);
    ngx_shop_view_prepare(v);

    rendering->eta = v->eta;

    ngx_shop_emit_init(&e, buf, NGX_SHOP_RENDER_ROOM);
    ngx_shop_render_write(&e, v, variant, rendering);

    if (e.failed) {
        ngx_log_error(NGX_LOG_ALERT, ngx_cycle->log, 0,
                      "shop failover: a rendered page is larger than %d bytes",
                      NGX_SHOP_RENDER_ROOM);
        goto done;
    }

    page.data = buf;
    page.len = e.pos - e.start;

    rc = ngx_shop_render_same(rendering, old, &page);

    if (rc == NGX_DECLINED) {
        rc = ngx_shop_render_pack(smcf, variant, rendering, &page);
    }

    if (rc == NGX_OK) {
        rc = ngx_shop_render_header(rendering, v);
    }

done:

    ngx_destroy_pool(temp);

    return rc;
}


/*
 * In an outage the texts of a flag count only where it closes something: a
 * planned closure of tomorrow explains nothing today.
 */

static void
ngx_shop_render_view(ngx_shop_view_t *v, ngx_shop_render_variant_t *variant,
    ngx_shop_board_view_t *board, ngx_shop_rendering_t *rendering)
{
    int64_t           now, next;
    ngx_shop_skin_t  *skin;

    skin = variant->slcf->page->skin;

    /*
     * The whole minute, so that all variants of one minute say the same, or
     * the last of the notice's times in it: an ETA passes on time.
     */

    now = rendering->minute * 60;
    next = ngx_shop_site_next(&board->notice, now);

    while (next && next <= ngx_shop_clock_now()) {
        now = next;
        next = ngx_shop_site_next(&board->notice, now);
    }

    /* who drills sees what is planned */

    if ((board->asked == NGX_SHOP_SITE_FLAG_OPEN
         && variant->state != NGX_SHOP_VIEW_MAINTENANCE)
        || (board->asked == NGX_SHOP_SITE_FLAG_WORDS
            && variant->state != NGX_SHOP_VIEW_OUTAGE))
    {
        ngx_memzero(&board->notice, sizeof(ngx_shop_flag_notice_t));
    }

    v->notice = &board->notice;
    v->words = &skin->words[variant->lang];
    v->lang = skin->codes[variant->lang];
    v->second = skin->codes[0];
    v->vars = skin->vars;
    v->nvars = skin->nvars;
    v->state = (uint8_t) variant->state;
    v->post = (uint8_t) variant->post;
    v->now = now;
    v->since = board->site.since;

    /* a failure that no probe has seen yet is of now */

    if (variant->state == NGX_SHOP_VIEW_OUTAGE
        && board->site.state != NGX_SHOP_SITE_OUTAGE)
    {
        v->since = board->site.outage ? board->site.outage : now;
    }

    v->unplanned = (board->site.outage != 0);

    v->status_url.len = variant->slcf->public_status.len;
    v->status_url.data = variant->slcf->public_status.data;

    v->retry_after = ngx_shop_times_retry_after(
                board->notice.eta.at ? board->notice.eta.at
                                     : board->notice.until.at,
                now, variant->slcf->retry_default,
                variant->slcf->retry_min, variant->slcf->retry_max,
                0);

    /* the longer it takes, the less often the page has to ask */

    v->poll = ngx_max(NGX_SHOP_RENDER_POLL, v->retry_after / 30);

    if (variant->kind == NGX_SHOP_RENDER_STATUS) {
        v->poll = v->poll / 2 + v->poll * (int64_t) variant->jitter
                                / (NGX_SHOP_RENDER_JITTER - 1);
    }
}


static void
ngx_shop_render_write(ngx_shop_emit_t *e, ngx_shop_view_t *v,
    ngx_shop_render_variant_t *variant, ngx_shop_rendering_t *rendering)
{
    ngx_shop_skin_t  *skin;

    skin = variant->slcf->page->skin;

    switch (variant->kind) {

    case NGX_SHOP_NEGOTIATE_HTML:
        ngx_str_set(&rendering->type, "text/html; charset=utf-8");
        ngx_shop_template_render(&skin->html, ngx_shop_placeholders_get, v, e);
        return;

    case NGX_SHOP_NEGOTIATE_JSON:
        ngx_str_set(&rendering->type, "application/problem+json");
        ngx_shop_problem_write(v, e);
        return;

    case NGX_SHOP_RENDER_STATUS:
        ngx_str_set(&rendering->type, "application/json");
        ngx_shop_problem_status(v, e, (int) variant->admitted);
        return;

    case NGX_SHOP_NEGOTIATE_TEXT:
        ngx_str_set(&rendering->type, "text/plain; charset=utf-8");
        ngx_shop_template_render(&skin->text, ngx_shop_placeholders_get, v, e);
        return;

    default:

        /* an image or a script that is text would only confuse */

        ngx_str_set(&rendering->type, "text/plain; charset=utf-8");
    }
}


/*
 * Most pages say the same in the next minute: NGX_OK, and the old bytes are
 * good.  NGX_DECLINED: it is another page.
 */

static ngx_int_t
ngx_shop_render_same(ngx_shop_rendering_t *rendering,
    ngx_shop_rendering_t *old, ngx_str_t *page)
{
    if (EVP_Digest(page->data, page->len, rendering->digest, NULL,
                   EVP_sha256(), NULL)
        != 1)
    {
        return NGX_ERROR;
    }

    if (old == NULL
        || ngx_memcmp(old->digest, rendering->digest,
                      NGX_SHOP_RENDER_DIGEST)
           != 0)
    {
        return NGX_DECLINED;
    }

    rendering->encoding = old->encoding;

    return ngx_shop_render_take(rendering, &old->body);
}


/*
 * What does not get smaller is sent as it is, and what cannot be kept, too:
 * it would be compressed for each request.
 */

static ngx_int_t
ngx_shop_render_pack(ngx_shop_conf_main_t *smcf,
    ngx_shop_render_variant_t *variant, ngx_shop_rendering_t *rendering,
    ngx_str_t *page)
{
    ngx_int_t   rc;
    ngx_str_t   packed;

    if (variant->coding == NGX_SHOP_NEGOTIATE_IDENTITY
        || page->len == 0
        || !ngx_shop_render_fits(smcf, NGX_SHOP_RENDER_POOL
                                       + page->len))
    {
        return ngx_shop_render_take(rendering, page);
    }

    packed.len = page->len;
    packed.data = ngx_alloc(packed.len, ngx_cycle->log);
    if (packed.data == NULL) {
        return NGX_ERROR;
    }

    if (variant->coding == NGX_SHOP_NEGOTIATE_BR) {
        ngx_str_set(&rendering->encoding, "br");
        rc = ngx_shop_render_br(smcf->renderings, page, &packed);

    } else {
        ngx_str_set(&rendering->encoding, "gzip");
        rc = ngx_shop_render_gzip(page, &packed);
    }

    if (rc != NGX_OK) {
        ngx_str_null(&rendering->encoding);
    }

    rc = ngx_shop_render_take(rendering, rc == NGX_OK ? &packed : page);
    ngx_free(packed.data);

    return rc;
}


static ngx_int_t
ngx_shop_render_take(ngx_shop_rendering_t *rendering, ngx_str_t *body)
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
ngx_shop_render_br(ngx_shop_render_cache_t *renderings, ngx_str_t *from,
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
ngx_shop_render_gzip(ngx_str_t *from, ngx_str_t *to)
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


/* "Shop-Status: maintenance; since=...; eta=...", for monitors */

static ngx_int_t
ngx_shop_render_header(ngx_shop_rendering_t *rendering, ngx_shop_view_t *v)
{
    u_char       *p;
    size_t        n;
    u_char        at[NGX_SHOP_TIMES_LEN];
    const char   *what;

    what = v->state == NGX_SHOP_VIEW_OUTAGE ? "outage"
           : v->state == NGX_SHOP_VIEW_REOPENING ? "reopening"
           : v->state == NGX_SHOP_VIEW_BUSY ? "busy"
           : "maintenance";

    p = ngx_pnalloc(rendering->pool, 3 * NGX_SHOP_TIMES_LEN);
    if (p == NULL) {
        return NGX_ERROR;
    }

    rendering->shop_status.data = p;

    p = ngx_sprintf(p, "%s", what);

    if (v->since) {
        n = ngx_shop_times_rfc3339(at, v->since);
        p = ngx_sprintf(p, "; since=%*s", n, at);
    }

    if (v->eta) {
        n = ngx_shop_times_rfc3339(at, v->eta);
        p = ngx_sprintf(p, "; eta=%*s", n, at);
    }

    rendering->shop_status.len = p - rendering->shop_status.data;

    return NGX_OK;
}
