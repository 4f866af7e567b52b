
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * The public status: what the waiting page asks.
 */


#include "nginx/page/page_inside.h"
#include "nginx/page/headers.h"


static void ngx_shop_page_poll_variant(ngx_http_request_t *r,
    ngx_shop_render_variant_t *variant);


ngx_int_t
ngx_shop_page_poll(ngx_http_request_t *r)
{
    ngx_int_t                   rc;
    ngx_shop_conf_loc_t        *slcf;
    ngx_shop_conf_main_t       *smcf;
    ngx_shop_rendering_t       *rendering;
    ngx_shop_choice_asked_t     asked;
    ngx_shop_render_variant_t   variant;

    slcf = ngx_http_get_module_loc_conf(r, ngx_shop_failover_module);
    ngx_shop_conf_bare(r, slcf);

    ngx_shop_headers_read(r, &asked);

    rc = ngx_shop_headers_preflight(r, &asked);

    if (rc != NGX_DECLINED) {
        return rc == NGX_OK ? ngx_http_send_header(r) : rc;
    }

    if (!(r->method & (NGX_HTTP_GET|NGX_HTTP_HEAD))) {
        return NGX_HTTP_NOT_ALLOWED;
    }

    smcf = ngx_http_get_module_main_conf(r, ngx_shop_failover_module);

    ngx_shop_page_variant(r, NGX_SHOP_GATE_WHY_CLOSED, &asked, &variant);
    ngx_shop_page_poll_variant(r, &variant);

    if (variant.state == NGX_SHOP_VIEW_OPEN) {
        variant.kind = NGX_SHOP_RENDER_STATUS;
    }

    rendering = ngx_shop_render_get(smcf, &variant, r->pool);

    if (rendering == NULL
        || ngx_shop_headers_public(r, &variant, rendering, &asked)
           != NGX_OK)
    {
        return NGX_ERROR;
    }

    rc = ngx_http_send_header(r);

    if (rc == NGX_ERROR || rc > NGX_OK || r->header_only) {
        return rc;
    }

    return ngx_shop_page_send_body(r, rendering);
}


/* what the asking page would be shown now, and in which language */

static void
ngx_shop_page_poll_variant(ngx_http_request_t *r,
    ngx_shop_render_variant_t *variant)
{
    ngx_str_t              lang;
    ngx_uint_t             i;
    ngx_shop_skin_t       *skin;
    ngx_shop_gate_why_e    why;
    ngx_shop_conf_main_t  *smcf;

    smcf = ngx_http_get_module_main_conf(r, ngx_shop_failover_module);

    /* "&page=1": what the page would be now, to take it over piece by piece */

    if (ngx_http_arg(r, (u_char *) "page", 4, &lang) == NGX_OK) {
        variant->kind = NGX_SHOP_NEGOTIATE_HTML;

    } else {
        variant->kind = NGX_SHOP_RENDER_STATUS;
        variant->jitter = ngx_random() % NGX_SHOP_RENDER_JITTER;
    }

    variant->post = NGX_SHOP_VIEW_NO_POST;

    if (ngx_http_arg(r, (u_char *) "lang", 4, &lang) == NGX_OK) {
        skin = variant->slcf->page->skin;

        for (i = 0; i < skin->nlangs; i++) {
            if (skin->codes[i].len == lang.len
                && ngx_memcmp(skin->codes[i].data, lang.data, lang.len) == 0)
            {
                variant->lang = i;
            }
        }
    }

    why = ngx_shop_gate_ask(r, smcf, variant->slcf);

    if (why != NGX_SHOP_GATE_WHY_NOT) {
        variant->state = ngx_shop_page_variant_state(smcf, variant->site, why);
        return;
    }

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

        variant->state = ngx_shop_board_gate(&smcf->zone,
                                             variant->site)
                         == NGX_SHOP_BOARD_GATE_PATHS
                         ? NGX_SHOP_VIEW_PATHS
                         : NGX_SHOP_VIEW_OPEN;
        return;

    default:
        variant->state = NGX_SHOP_VIEW_OPEN;
    }
}
