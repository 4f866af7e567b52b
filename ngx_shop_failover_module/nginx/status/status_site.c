
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * What is said of a site in each of the formats.
 */


#include "nginx/status/status.h"


static void ngx_shop_status_site_error(ngx_shop_emit_t *e,
    ngx_shop_snapshot_t *snap);
static ngx_str_t *ngx_shop_status_site_name(ngx_shop_snapshot_t *snap,
    ngx_uint_t i);


/* names that a sentence lists */
#define NGX_SHOP_STATUS_SITE_NAMES  20

/* of a longer one only the beginning is said */
#define NGX_SHOP_STATUS_SITE_ERROR  1024


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


ngx_int_t
ngx_shop_status_site_none(ngx_shop_emit_t *e, ngx_shop_snapshot_t *snap,
    ngx_shop_status_walk_t *walk)
{
    ngx_shop_status_site_error(e, snap);
    ngx_shop_emit_text(e, "\n");

    return NGX_OK;
}


static void
ngx_shop_status_site_error(ngx_shop_emit_t *e, ngx_shop_snapshot_t *snap)
{
    ngx_uint_t   i, n;
    ngx_str_t   *name;

    ngx_shop_emit_text(e, "no such site \"");
    ngx_shop_emit_raw(e, snap->unknown.data, snap->unknown.len);
    ngx_shop_emit_text(e, "\", expected ");

    for (i = 0, n = 0; i < snap->nsites; i++) {
        name = ngx_shop_status_site_name(snap, i);

        if (name == NULL) {
            continue;
        }

        if (n++ == NGX_SHOP_STATUS_SITE_NAMES) {
            ngx_shop_emit_text(e, ", ...");
            break;
        }

        ngx_shop_emit_text(e, n > 1 ? ", \"" : "\"");
        ngx_shop_emit_raw(e, name->data, name->len);
        ngx_shop_emit_text(e, "\"");
    }

    if (n == 0) {
        ngx_shop_emit_text(e, "none: there is no site");
    }
}


ngx_int_t
ngx_shop_status_site_none_json(ngx_shop_emit_t *e, ngx_shop_snapshot_t *snap,
    ngx_shop_status_walk_t *walk)
{
    u_char           buf[NGX_SHOP_STATUS_SITE_ERROR];
    ngx_shop_str_t   error;
    ngx_shop_emit_t  text;

    ngx_shop_emit_init(&text, buf, sizeof(buf));
    ngx_shop_status_site_error(&text, snap);

    error.data = buf;
    error.len = text.pos - buf;

    ngx_shop_emit_object(e, NULL);
    ngx_shop_emit_str(e, "error", &error);
    ngx_shop_emit_close(e, '}');
    ngx_shop_emit_text(e, "\n");

    return NGX_OK;
}


static ngx_str_t *
ngx_shop_status_site_name(ngx_shop_snapshot_t *snap, ngx_uint_t i)
{
    ngx_str_t  *name;

    name = &snap->sites[i]->conf->name;

    return name->len ? name : NULL;
}
