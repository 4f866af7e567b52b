
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * What a location has of its page: merged from the blocks around it, and shared
 * with all locations whose page is the same.
 */


#include "nginx/conf_page.h"


extern ngx_module_t  ngx_http_headers_filter_module;


static ngx_int_t ngx_shop_conf_page_merge_bare(ngx_conf_t *cf,
    ngx_shop_conf_loc_t *conf);
static void ngx_shop_conf_page_merge_early(ngx_conf_t *cf,
    ngx_shop_conf_loc_t *conf);
static ngx_shop_conf_page_t *ngx_shop_conf_page_merge_record(ngx_conf_t *cf,
    ngx_shop_conf_loc_t *conf);
static ngx_uint_t ngx_shop_conf_page_merge_same(ngx_str_t *one,
    ngx_str_t *other);


char *
ngx_shop_conf_page_merge(ngx_conf_t *cf, ngx_shop_conf_loc_t *prev,
    ngx_shop_conf_loc_t *conf)
{
    ngx_shop_conf_main_t  *smcf;

    if (conf->fallback == NGX_CONF_UNSET) {
        ngx_conf_merge_ptr_value(conf->intercept, prev->intercept, NULL);
        conf->over = prev->over;

    } else {
        ngx_conf_init_ptr_value(conf->intercept, NULL);
    }

    /* on where a flag is set or "off", unless said otherwise */

    if (conf->fallback == NGX_CONF_UNSET) {
        conf->fallback = prev->fallback;
    }

    conf->falls_back = (conf->fallback == NGX_CONF_UNSET)
                       ? conf->said : (unsigned) conf->fallback;

    ngx_shop_conf_page_standard(prev);

    ngx_conf_merge_value(conf->retry_default, prev->retry_default, 0);
    ngx_conf_merge_value(conf->retry_min, prev->retry_min, 0);
    ngx_conf_merge_value(conf->retry_max, prev->retry_max, 0);
    ngx_conf_merge_ptr_value(conf->cors, prev->cors, NULL);
    ngx_conf_merge_str_value(conf->public_status, prev->public_status, "");

    /* what is watched for at each request: nothing where nothing closes */

    if (conf->falls_back || conf->flagged) {
        conf->polled = conf->public_status;

        if (ngx_shop_conf_page_merge_bare(cf, conf) != NGX_OK) {
            return NGX_CONF_ERROR;
        }

        ngx_shop_conf_page_merge_early(cf, conf);

        smcf = ngx_http_conf_get_module_main_conf(cf,
                                                  ngx_shop_failover_module);
        smcf->gated = 1;
    }

    ngx_conf_merge_str_value(conf->page_dir, prev->page_dir, "");
    ngx_conf_merge_str_value(conf->page_look, prev->page_look, "");
    ngx_conf_merge_ptr_value(conf->page_vars, prev->page_vars, NULL);

    if (conf->page_lang == NULL) {
        conf->page_lang = prev->page_lang;
    }

    conf->page = ngx_shop_conf_page_merge_record(cf, conf);

    return conf->page ? NGX_CONF_OK : NGX_CONF_ERROR;
}


/*
 * The location with another configuration of add_header and expires: zeroed,
 * as ngx_http_headers_filter_module has it where neither is set.  It is longer
 * than any version's.
 */

static ngx_int_t
ngx_shop_conf_page_merge_bare(ngx_conf_t *cf, ngx_shop_conf_loc_t *conf)
{
    ngx_http_conf_ctx_t     *ctx;
    static const ngx_uint_t  none[64];

    ctx = cf->ctx;

    conf->bare = ngx_palloc(cf->pool, ngx_http_max_module * sizeof(void *));
    if (conf->bare == NULL) {
        return NGX_ERROR;
    }

    ngx_memcpy(conf->bare, ctx->loc_conf,
               ngx_http_max_module * sizeof(void *));

    conf->bare[ngx_http_headers_filter_module.ctx_index] = (void *) none;

    return NGX_OK;
}


/*
 * Who answers for a server's public status before its locations do: the server
 * itself, or where only locations have a flag, they, if it is one site.
 */

static void
ngx_shop_conf_page_merge_early(ngx_conf_t *cf, ngx_shop_conf_loc_t *conf)
{
    ngx_http_conf_ctx_t       *ctx;
    ngx_shop_conf_srv_t       *sscf;
    ngx_http_core_srv_conf_t  *cscf;

    sscf = ngx_http_conf_get_module_srv_conf(cf, ngx_shop_failover_module);

    if (conf->polled.len == 0) {
        return;
    }

    if (sscf->early == NULL) {
        sscf->early = conf;
        return;
    }

    ctx = cf->ctx;
    cscf = ngx_http_conf_get_module_srv_conf(cf, ngx_http_core_module);

    if (cscf->ctx->loc_conf[ngx_shop_failover_module.ctx_index] == conf
        || ((ngx_shop_conf_loc_t *)
                cscf->ctx->loc_conf[ngx_shop_failover_module.ctx_index])
           == sscf->early
        || ctx->loc_conf == cscf->ctx->loc_conf)
    {
        return;
    }

    if (sscf->early->site != conf->site
        || !ngx_shop_conf_page_merge_same(&sscf->early->polled, &conf->polled))
    {
        sscf->many = 1;
    }
}


/* one for all locations whose pages are the same, in the order of use */

static ngx_shop_conf_page_t *
ngx_shop_conf_page_merge_record(ngx_conf_t *cf, ngx_shop_conf_loc_t *conf)
{
    ngx_uint_t              i;
    ngx_shop_conf_loc_t    *other;
    ngx_shop_conf_page_t   *page, **pages;
    ngx_shop_conf_main_t   *smcf;

    smcf = ngx_http_conf_get_module_main_conf(cf, ngx_shop_failover_module);
    pages = smcf->pages.elts;

    for (i = 0; i < smcf->pages.nelts; i++) {
        other = pages[i]->conf;

        if (other->page_vars == conf->page_vars
            && other->page_lang == conf->page_lang
            && ngx_shop_conf_page_merge_same(&other->page_dir,
                                       &conf->page_dir)
            && ngx_shop_conf_page_merge_same(&other->page_look,
                                       &conf->page_look)
            && ngx_shop_conf_page_merge_same(&other->public_status,
                                       &conf->public_status)
            && other->retry_default == conf->retry_default
            && other->retry_min == conf->retry_min
            && other->retry_max == conf->retry_max)
        {
            return pages[i];
        }
    }

    page = ngx_pcalloc(cf->pool, sizeof(ngx_shop_conf_page_t));
    pages = ngx_array_push(&smcf->pages);

    if (page == NULL || pages == NULL) {
        return NULL;
    }

    page->number = smcf->pages.nelts - 1;
    page->conf = conf;

    *pages = page;

    return page;
}


static ngx_uint_t
ngx_shop_conf_page_merge_same(ngx_str_t *one, ngx_str_t *other)
{
    return one->len == other->len
           && ngx_strncmp(one->data, other->data, one->len) == 0;
}
