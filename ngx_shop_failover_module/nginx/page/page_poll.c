
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * The public status: what the waiting page asks.
 */


#include "nginx/page/page_inside.h"

#include "state/chronicle.h"
#include "state/crowd.h"

#include "logic/words/feed.h"


static ngx_uint_t ngx_shop_page_poll_feed(ngx_str_t *uri,
    ngx_shop_conf_loc_t *slcf);
static void ngx_shop_page_poll_room(ngx_shop_conf_main_t *smcf,
    ngx_shop_render_variant_t *variant);
static void ngx_shop_page_poll_language(ngx_http_request_t *r,
    ngx_shop_render_variant_t *variant);
static void ngx_shop_page_poll_met(ngx_http_request_t *r,
    ngx_shop_render_variant_t *variant);
static void ngx_shop_page_poll_state(ngx_shop_conf_main_t *smcf,
    ngx_shop_render_variant_t *variant);


ngx_uint_t
ngx_shop_page_poll_asked(ngx_str_t *uri, ngx_shop_conf_loc_t *slcf)
{
    if (slcf->polled.len == 0 || uri->len < slcf->polled.len
        || ngx_memcmp(uri->data, slcf->polled.data, slcf->polled.len) != 0)
    {
        return 0;
    }

    return uri->len == slcf->polled.len || ngx_shop_page_poll_feed(uri, slcf);
}


/* of a URI that begins as the public status' does */

static ngx_uint_t
ngx_shop_page_poll_feed(ngx_str_t *uri, ngx_shop_conf_loc_t *slcf)
{
    return uri->len == slcf->polled.len + sizeof(NGX_SHOP_FEED_SUFFIX) - 1
           && ngx_memcmp(uri->data + slcf->polled.len, NGX_SHOP_FEED_SUFFIX,
                         sizeof(NGX_SHOP_FEED_SUFFIX) - 1)
              == 0;
}


/* what the asking page would be shown now, and in which language */

void
ngx_shop_page_poll(ngx_http_request_t *r, ngx_shop_page_t *page)
{
    ngx_str_t                   arg;
    ngx_shop_gate_why_e         why;
    ngx_shop_conf_main_t       *smcf;
    ngx_shop_render_variant_t  *variant;

    ngx_shop_page_choose(r, page);

    smcf = ngx_http_get_module_main_conf(r, ngx_shop_failover_module);
    variant = &page->variant;

    if (ngx_shop_page_poll_feed(&r->uri, variant->slcf)) {
        ngx_shop_page_poll_language(r, variant);
        ngx_shop_page_poll_met(r, variant);
        return;
    }

    /* "&page=1": what the page would be now, to take it over piece by piece */

    if (ngx_http_arg(r, (u_char *) "page", 4, &arg) == NGX_OK) {
        variant->kind = NGX_SHOP_NEGOTIATE_HTML;

    } else {
        variant->kind = NGX_SHOP_RENDER_STATUS;
        variant->jitter = ngx_random() % NGX_SHOP_RENDER_JITTER;
    }

    variant->post = NGX_SHOP_VIEW_NO_POST;

    ngx_shop_page_poll_language(r, variant);

    why = ngx_shop_gate_ask(r, smcf, variant->slcf);

    if (why != NGX_SHOP_GATE_WHY_NOT) {
        variant->state = ngx_shop_page_choose_state(smcf, variant->site, why);
        variant->turn = ngx_shop_page_choose_turn(r, variant);
        return;
    }

    ngx_shop_page_poll_state(smcf, variant);

    if (variant->state == NGX_SHOP_VIEW_OPEN) {
        variant->kind = NGX_SHOP_RENDER_STATUS;
    }
}


/* what was, whoever asks: the same to who passes the closed shop */

static void
ngx_shop_page_poll_met(ngx_http_request_t *r,
    ngx_shop_render_variant_t *variant)
{
    ngx_shop_conf_main_t   *smcf;
    ngx_shop_model_site_t  *site;

    smcf = ngx_http_get_module_main_conf(r, ngx_shop_failover_module);
    site = variant->site->whole ? variant->site->whole : variant->site;

    variant->kind = NGX_SHOP_RENDER_FEED;
    variant->state = NGX_SHOP_VIEW_OPEN;
    variant->post = NGX_SHOP_VIEW_NO_POST;
    variant->jitter = 0;
    variant->turn = 0;
    variant->met = ngx_shop_chronicle_met(&smcf->zone, &site->name,
                                          &r->headers_in.server);
}


/* that of the page, which says it: a browser may prefer another one */

static void
ngx_shop_page_poll_language(ngx_http_request_t *r,
    ngx_shop_render_variant_t *variant)
{
    ngx_str_t         lang;
    ngx_uint_t        i;
    ngx_shop_skin_t  *skin;

    if (ngx_http_arg(r, (u_char *) "lang", 4, &lang) != NGX_OK) {
        return;
    }

    skin = variant->slcf->page->skin;

    for (i = 0; i < skin->nlangs; i++) {
        if (skin->codes[i].len == lang.len
            && ngx_memcmp(skin->codes[i].data, lang.data, lang.len) == 0)
        {
            variant->lang = i;
        }
    }
}


/* the gate lets this visitor pass: what the site as a whole is */

static void
ngx_shop_page_poll_state(ngx_shop_conf_main_t *smcf,
    ngx_shop_render_variant_t *variant)
{
    switch (ngx_shop_board_state(&smcf->zone, variant->site)) {

    case NGX_SHOP_SITE_OUTAGE:
        variant->state = NGX_SHOP_VIEW_OUTAGE;
        return;

    case NGX_SHOP_SITE_BROWSE:
        variant->state = NGX_SHOP_VIEW_BROWSE;
        return;

    case NGX_SHOP_SITE_REOPENING:
        variant->state = NGX_SHOP_VIEW_REOPENING;
        variant->admitted = 1;
        return;

    case NGX_SHOP_SITE_MAINTENANCE:

        /* some paths are closed, or this visitor has a bypass */

        if (ngx_shop_board_planned(&smcf->zone, variant->site)) {
            variant->state = NGX_SHOP_VIEW_MAINTENANCE;
            return;
        }

        variant->state = ngx_shop_board_gate(&smcf->zone, variant->site)
                         == NGX_SHOP_BOARD_GATE_PATHS
                         ? NGX_SHOP_VIEW_PATHS : NGX_SHOP_VIEW_OPEN;
        return;

    default:
        variant->state = NGX_SHOP_VIEW_OPEN;
        ngx_shop_page_poll_room(smcf, variant);
    }
}


/* where shop_shed has no room for one more, it is not open to who waits */

static void
ngx_shop_page_poll_room(ngx_shop_conf_main_t *smcf,
    ngx_shop_render_variant_t *variant)
{
    ngx_uint_t                i;
    ngx_shop_model_group_t  **group;

    group = smcf->zone.groups.elts;

    for (i = 0; i < smcf->zone.groups.nelts; i++) {

        if (group[i]->shed
            && ngx_shop_board_has(&smcf->zone, variant->site, group[i])
            && ngx_shop_crowd_full(&smcf->zone, group[i]))
        {
            variant->state = NGX_SHOP_VIEW_BUSY;
            variant->wait = ngx_shop_render_wait_of(
                            ngx_shop_crowd_deal(&smcf->zone, group[i]));
            return;
        }
    }
}
