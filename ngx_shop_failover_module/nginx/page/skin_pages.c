
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * Which skins a configuration needs: one for all pages of the same directory,
 * look and variables.
 */


#include "nginx/page/skin.h"
#include "nginx/page/skin_decide.h"


static ngx_shop_skin_t *ngx_shop_skin_pages_skin(ngx_conf_t *cf,
    ngx_shop_conf_page_t **pages, ngx_uint_t n);
static ngx_uint_t ngx_shop_skin_pages_same(ngx_str_t *one, ngx_str_t *other);


ngx_int_t
ngx_shop_skin_pages_load(ngx_conf_t *cf, ngx_shop_conf_main_t *smcf)
{
    ngx_uint_t              i;
    ngx_shop_conf_page_t  **pages;

    pages = smcf->pages.elts;

    for (i = 0; i < smcf->pages.nelts; i++) {
        pages[i]->skin = ngx_shop_skin_pages_skin(cf, pages, i);

        if (pages[i]->skin == NULL
            || ngx_shop_skin_decide_load(cf, pages[i]) != NGX_OK)
        {
            return NGX_ERROR;
        }
    }

    return NGX_OK;
}


/* that of a page before, where only what it asks for and when is another */

static ngx_shop_skin_t *
ngx_shop_skin_pages_skin(ngx_conf_t *cf, ngx_shop_conf_page_t **pages,
    ngx_uint_t n)
{
    ngx_uint_t            i;
    ngx_shop_conf_loc_t  *conf, *other;

    conf = pages[n]->conf;

    for (i = 0; i < n; i++) {
        other = pages[i]->conf;

        if (other->page_vars == conf->page_vars
            && ngx_shop_skin_pages_same(&other->page_dir, &conf->page_dir)
            && ngx_shop_skin_pages_same(&other->page_look, &conf->page_look))
        {
            return pages[i]->skin;
        }
    }

    return ngx_shop_skin_load(cf, &conf->page_dir, &conf->page_look,
                              conf->page_vars);
}


static ngx_uint_t
ngx_shop_skin_pages_same(ngx_str_t *one, ngx_str_t *other)
{
    return one->len == other->len
           && ngx_strncmp(one->data, other->data, one->len) == 0;
}
