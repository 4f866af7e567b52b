
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * One rendering is made: the view of the site, the page, its headers.
 */


#include "nginx/page/render_inside.h"
#include "nginx/page/skin_decide.h"

#include "logic/flag/times.h"
#include "logic/text/emit.h"
#include "logic/words/placeholders.h"
#include "logic/words/problem.h"

#include <openssl/evp.h>


#define NGX_SHOP_RENDER_ROOM   (320 * 1024)
#define NGX_SHOP_RENDER_POLL   20        /* s, the least */


static ngx_int_t ngx_shop_render_make_body(ngx_shop_conf_main_t *smcf,
    ngx_shop_render_variant_t *variant, ngx_shop_rendering_t *rendering,
    ngx_shop_rendering_t *old);
static void ngx_shop_render_make_view(ngx_shop_view_t *v,
    ngx_shop_render_variant_t *variant, ngx_shop_board_view_t *board,
    ngx_shop_rendering_t *rendering);
static ngx_uint_t ngx_shop_render_make_planned(
    ngx_shop_render_variant_t *variant, ngx_shop_board_view_t *board);
static void ngx_shop_render_make_own(ngx_shop_board_view_t *board);
static ngx_int_t ngx_shop_render_make_fit(ngx_shop_emit_t *e,
    ngx_shop_view_t *v, ngx_shop_render_variant_t *variant,
    ngx_shop_rendering_t *rendering);
static void ngx_shop_render_make_write(ngx_shop_emit_t *e, ngx_shop_view_t *v,
    ngx_shop_render_variant_t *variant, ngx_shop_rendering_t *rendering,
    ngx_shop_skin_face_t *face);
static ngx_int_t ngx_shop_render_make_same(ngx_shop_rendering_t *rendering,
    ngx_shop_rendering_t *old, ngx_str_t *page);
static ngx_int_t ngx_shop_render_make_header(ngx_shop_rendering_t *rendering,
    ngx_shop_view_t *v);


ngx_shop_rendering_t *
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

        if (ngx_shop_render_make_body(smcf, variant, rendering, old)
            == NGX_OK)
        {
            return rendering;
        }
    }

    ngx_destroy_pool(pool);

    return NULL;
}


static ngx_int_t
ngx_shop_render_make_body(ngx_shop_conf_main_t *smcf,
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

    rendering->feed = (variant->kind == NGX_SHOP_RENDER_FEED);
    rendering->version = ngx_shop_render_feed_version(smcf, variant->site);

    ngx_shop_board_view(&smcf->zone, variant->site, board);

    if (!rendering->feed) {
        rendering->version = board->version;
    }

    if (variant->state == NGX_SHOP_VIEW_REOPENING && !board->flag) {
        (void) ngx_shop_board_flag_last(&smcf->zone, variant->site,
                                        &board->notice);
    }

    rendering->said = ngx_shop_render_make_planned(variant, board)
                      ? board->own.retry : 0;

    ngx_shop_render_make_view(v, variant, board, rendering);
    ngx_shop_view_prepare(v);

    if (rendering->feed) {
        ngx_str_set(&rendering->type, "application/atom+xml");
    }

    rendering->eta = v->eta;
    rendering->retry = (variant->kind == NGX_SHOP_NEGOTIATE_JSON)
                       ? v->retry_after : 0;

    ngx_shop_emit_init(&e, buf, NGX_SHOP_RENDER_ROOM);

    if ((rendering->feed
         ? ngx_shop_render_feed(smcf, variant, v, &e)
         : ngx_shop_render_make_fit(&e, v, variant, rendering))
        != NGX_OK)
    {
        goto done;
    }

    page.data = buf;
    page.len = e.pos - e.start;

    rc = ngx_shop_render_make_same(rendering, old, &page);

    if (rc == NGX_DECLINED) {
        rc = ngx_shop_render_pack(smcf, variant, rendering, &page);
    }

    if (rc == NGX_OK) {
        rc = ngx_shop_render_make_header(rendering, v);
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
ngx_shop_render_make_view(ngx_shop_view_t *v,
    ngx_shop_render_variant_t *variant, ngx_shop_board_view_t *board,
    ngx_shop_rendering_t *rendering)
{
    int64_t           now, next, more;
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

    /* while visitors are let back in, the ways to order stay */

    if (variant->state == NGX_SHOP_VIEW_REOPENING) {

        ngx_shop_flag_ways(&board->notice);
        board->notice.eta.at = variant->turn * 60;

    /* who drills sees what is planned */

    } else if (ngx_shop_render_make_planned(variant, board)) {

        ngx_shop_render_make_own(board);

    } else if ((board->asked == NGX_SHOP_SITE_FLAG_OPEN
         && variant->state != NGX_SHOP_VIEW_MAINTENANCE)
        || (board->asked == NGX_SHOP_SITE_FLAG_WORDS
            && variant->state != NGX_SHOP_VIEW_OUTAGE))
    {
        ngx_memzero(&board->notice, sizeof(ngx_shop_flag_notice_t));
    }

    v->notice = &board->notice;
    v->words = &skin->words[variant->lang];
    v->lang = skin->codes[variant->lang];
    v->second = ngx_shop_skin_decide_second(variant->slcf->page);
    v->bare = ngx_shop_skin_decide_bare(variant->slcf->page);
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
                rendering->said ? now + rendering->said
                : board->notice.eta.at ? board->notice.eta.at
                                     : board->notice.until.at,
                now, variant->slcf->retry_default,
                variant->slcf->retry_min, variant->slcf->retry_max,
                0);

    /* the longer it takes, the less often the page has to ask */

    v->poll = ngx_max(NGX_SHOP_RENDER_POLL, v->retry_after / 30);

    if (variant->wait) {

        /* a time of its own, when there is room for this visitor */

        v->retry_after = (int64_t) ngx_shop_render_wait_seconds(variant->wait);
        v->poll = v->retry_after;
        return;
    }

    if (variant->kind == NGX_SHOP_NEGOTIATE_JSON) {
        more = v->retry_after / 4 * (int64_t) variant->jitter
               / (NGX_SHOP_RENDER_JITTER - 1);
        v->retry_after = ngx_min(v->retry_after + more,
                                 variant->slcf->retry_max);
    }

    if (variant->kind == NGX_SHOP_RENDER_STATUS) {
        v->poll = v->poll / 2 + v->poll * (int64_t) variant->jitter
                                / (NGX_SHOP_RENDER_JITTER - 1);
    }
}


/* the page of a shop whose servers have closed it themselves */

static ngx_uint_t
ngx_shop_render_make_planned(ngx_shop_render_variant_t *variant,
    ngx_shop_board_view_t *board)
{
    return board->own.what == NGX_SHOP_OWN_MAINT
           && variant->state == NGX_SHOP_VIEW_MAINTENANCE;
}


/*
 * An operator's words ("mode: words") are better than those of the servers;
 * what is planned for later says nothing of now.
 */

static void
ngx_shop_render_make_own(ngx_shop_board_view_t *board)
{
    ngx_shop_flag_notice_t  *notice;

    notice = &board->notice;

    if (board->asked == NGX_SHOP_SITE_FLAG_WORDS) {
        return;
    }

    ngx_memzero(notice, sizeof(ngx_shop_flag_notice_t));

    ngx_memcpy(notice->text, board->own.reason, board->own.reason_len);
    notice->text_len = board->own.reason_len;
    notice->reason.len = board->own.reason_len;
}


/*
 * A template of somebody's own may repeat so much that the page has no room:
 * the visitor gets the built-in one, or its text, should the style be as large.
 */

static ngx_int_t
ngx_shop_render_make_fit(ngx_shop_emit_t *e, ngx_shop_view_t *v,
    ngx_shop_render_variant_t *variant, ngx_shop_rendering_t *rendering)
{
    ngx_shop_skin_t  *skin;

    skin = variant->slcf->page->skin;

    ngx_shop_render_make_write(e, v, variant, rendering, &skin->face);

    if (!e->failed) {
        return NGX_OK;
    }

    ngx_log_error(NGX_LOG_ERR, ngx_cycle->log, 0,
                  "shop failover: a page of \"%V\" would be larger than %d "
                  "bytes, the built-in one is shown; let its template repeat "
                  "less", &variant->slcf->page_dir, NGX_SHOP_RENDER_ROOM);

    ngx_shop_emit_init(e, e->start, NGX_SHOP_RENDER_ROOM);
    ngx_shop_render_make_write(e, v, variant, rendering, &skin->builtin);

    if (e->failed && variant->kind == NGX_SHOP_NEGOTIATE_HTML) {
        ngx_str_set(&rendering->type, "text/plain; charset=utf-8");

        ngx_shop_emit_init(e, e->start, NGX_SHOP_RENDER_ROOM);
        ngx_shop_template_render(&skin->builtin.text,
                                 ngx_shop_placeholders_get, v, e);
    }

    return e->failed ? NGX_ERROR : NGX_OK;
}


static void
ngx_shop_render_make_write(ngx_shop_emit_t *e, ngx_shop_view_t *v,
    ngx_shop_render_variant_t *variant, ngx_shop_rendering_t *rendering,
    ngx_shop_skin_face_t *face)
{
    rendering->csp = &face->csp;

    switch (variant->kind) {

    case NGX_SHOP_NEGOTIATE_HTML:
        ngx_str_set(&rendering->type, "text/html; charset=utf-8");
        ngx_shop_template_render(&face->html, ngx_shop_placeholders_get, v, e);
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
        ngx_shop_template_render(&face->text, ngx_shop_placeholders_get, v, e);
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
ngx_shop_render_make_same(ngx_shop_rendering_t *rendering,
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

    return ngx_shop_render_pack_take(rendering, &old->body);
}


/* "Shop-Status: maintenance; since=...; eta=...", for monitors */

static ngx_int_t
ngx_shop_render_make_header(ngx_shop_rendering_t *rendering,
    ngx_shop_view_t *v)
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
