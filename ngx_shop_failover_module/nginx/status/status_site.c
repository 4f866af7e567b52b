
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * What is said of a site in each of the formats.
 */


#include "nginx/status/status.h"


ngx_uint_t
ngx_shop_status_site_flag(ngx_shop_board_view_t *view)
{
    if (!view->flag) {
        return NGX_SHOP_FLAGSET_NONE;
    }

    switch (view->asked) {

    case NGX_SHOP_SITE_FLAG_CLOSED:
        return !view->error && view->notice.mode == NGX_SHOP_FLAG_PATHS_ONLY
               ? NGX_SHOP_FLAGSET_PATHS : NGX_SHOP_FLAGSET_FULL;

    case NGX_SHOP_SITE_FLAG_BROWSE:
        return NGX_SHOP_FLAGSET_BROWSE;

    case NGX_SHOP_SITE_FLAG_WORDS:
        return NGX_SHOP_FLAGSET_WORDS;

    default:
        return view->announced ? NGX_SHOP_FLAGSET_ANNOUNCED
                               : NGX_SHOP_FLAGSET_OVER;
    }
}


ngx_uint_t
ngx_shop_status_site_default_text(ngx_shop_snapshot_site_t *site)
{
    ngx_shop_flag_notice_t  *notice;

    notice = &site->view.notice;

    return notice->status.len == 0 && notice->nlangs == 0
           && notice->nupdates == 0;
}


/* the path of its flag; len 0: it has none */

const ngx_shop_str_t *
ngx_shop_status_site_path(ngx_shop_snapshot_site_t *site)
{
    static const ngx_shop_str_t  none = { 0, NULL };

    return site->conf->flag ? (ngx_shop_str_t *) &site->conf->flag->path
                            : &none;
}


int64_t
ngx_shop_status_site_updated(ngx_shop_snapshot_site_t *site)
{
    return ngx_shop_status_site_default_text(site) ? 0 : site->view.written;
}
