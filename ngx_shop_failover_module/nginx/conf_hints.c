
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * What "nginx -t" says of a location that does not do what it seems to.  The
 * core and its modules have merged theirs before: they come first.
 */


#include "nginx/conf_hints.h"


static ngx_uint_t ngx_shop_conf_hints_leads_on(ngx_conf_t *cf);
static ngx_uint_t ngx_shop_conf_hints_ours(ngx_shop_conf_loc_t *conf,
    ngx_int_t status);
static ngx_int_t ngx_shop_conf_hints_over(ngx_conf_t *cf,
    ngx_shop_conf_loc_t *conf, ngx_http_core_loc_conf_t *clcf);


extern ngx_module_t  ngx_http_rewrite_module;
extern ngx_module_t  ngx_http_try_files_module;


/*
 * "location /callback { shop_maintenance off; try_files $uri /index.php; }" is
 * closed nevertheless, in the location where /index.php ends.
 */

ngx_int_t
ngx_shop_conf_hints_off(ngx_conf_t *cf, ngx_shop_conf_loc_t *prev)
{
    ngx_http_core_loc_conf_t  *clcf;
    ngx_http_core_srv_conf_t  *cscf;

    clcf = ngx_http_conf_get_module_loc_conf(cf, ngx_http_core_module);
    cscf = ngx_http_conf_get_module_srv_conf(cf, ngx_http_core_module);

    if (prev->home == NULL || clcf->handler || clcf->noname
        || clcf->name.len == 0 || !ngx_shop_conf_hints_leads_on(cf))
    {
        return NGX_OK;
    }

    ngx_log_error(NGX_LOG_WARN, cf->log, 0,
                  "\"shop_maintenance off\" of location \"%V\" in the server "
                  "in %s:%ui does not hold where its \"try_files\" or "
                  "\"rewrite\" leads to another location, which the flag "
                  "closes; \"shop_open %V\" in the server keeps the path open",
                  &clcf->name, cscf->file_name, cscf->line, &clcf->name);

    return NGX_OK;
}


/*
 * The first member of both configurations: the list of try_files, and the
 * codes of rewrite, each of which begins with a pointer to its function.
 */

static ngx_uint_t
ngx_shop_conf_hints_leads_on(ngx_conf_t *cf)
{
    void         *conf;
    uintptr_t    *code, *last;
    ngx_array_t  *codes;

    conf = ngx_http_conf_get_module_loc_conf(cf, ngx_http_try_files_module);

    if (*(void **) conf) {
        return 1;
    }

    conf = ngx_http_conf_get_module_loc_conf(cf, ngx_http_rewrite_module);
    codes = *(ngx_array_t **) conf;

    if (codes == NULL || codes == NGX_CONF_UNSET_PTR) {
        return 0;
    }

    code = codes->elts;
    last = (uintptr_t *) ((u_char *) codes->elts + codes->nelts * codes->size);

    for ( /* void */ ; code < last; code++) {
        if (*code == (uintptr_t) ngx_http_script_regex_end_code) {
            return 1;
        }
    }

    return 0;
}


ngx_int_t
ngx_shop_conf_hints_error_page(ngx_conf_t *cf, ngx_shop_conf_loc_t *conf)
{
    ngx_uint_t                 i;
    ngx_http_err_page_t       *page;
    ngx_shop_conf_main_t      *smcf;
    ngx_http_core_loc_conf_t  *clcf;
    ngx_http_core_srv_conf_t  *cscf;

    clcf = ngx_http_conf_get_module_loc_conf(cf, ngx_http_core_module);

    if (!conf->falls_back || clcf->handler == NULL || conf->answer
        || clcf->error_pages == NULL)
    {
        return NGX_OK;
    }

    if (conf->over) {
        return ngx_shop_conf_hints_over(cf, conf, clcf);
    }

    smcf = ngx_http_conf_get_module_main_conf(cf, ngx_shop_failover_module);
    cscf = ngx_http_conf_get_module_srv_conf(cf, ngx_http_core_module);

    /* locations share the list of their server: it is told of once */

    if (smcf->told == clcf->error_pages) {
        return NGX_OK;
    }

    page = clcf->error_pages->elts;

    for (i = 0; i < clcf->error_pages->nelts; i++) {

        if (!ngx_shop_conf_hints_ours(conf, page[i].status)) {
            continue;
        }

        smcf->told = clcf->error_pages;

        ngx_log_error(NGX_LOG_WARN, cf->log, 0,
                      "\"error_page %i\" comes before the page of "
                      "\"shop_fallback\" in location \"%V\" of the server in "
                      "%s:%ui: visitors get that, also in an outage; "
                      "\"shop_fallback on over=error_page\" puts the page "
                      "first", page[i].status, &clcf->name, cscf->file_name,
                      cscf->line);
        break;
    }

    return NGX_OK;
}


/* whether the page is sent in place of that status */

static ngx_uint_t
ngx_shop_conf_hints_ours(ngx_shop_conf_loc_t *conf, ngx_int_t status)
{
    ngx_uint_t  i, *code;

    if (status == NGX_HTTP_BAD_GATEWAY || status == NGX_HTTP_GATEWAY_TIME_OUT)
    {
        return 1;
    }

    if (conf->intercept == NULL) {
        return 0;
    }

    code = conf->intercept->elts;

    for (i = 0; i < conf->intercept->nelts; i++) {
        if (code[i] == (ngx_uint_t) status) {
            return 1;
        }
    }

    return 0;
}


/* a list of this location's own, as others go on using the one it had */

static ngx_int_t
ngx_shop_conf_hints_over(ngx_conf_t *cf, ngx_shop_conf_loc_t *conf,
    ngx_http_core_loc_conf_t *clcf)
{
    ngx_uint_t            i, *code;
    ngx_array_t          *rest;
    ngx_http_err_page_t  *page, *copy;

    rest = ngx_array_create(cf->pool, clcf->error_pages->nelts,
                            sizeof(ngx_http_err_page_t));
    conf->behind = ngx_array_create(cf->pool, 4, sizeof(ngx_uint_t));

    if (rest == NULL || conf->behind == NULL) {
        return NGX_ERROR;
    }

    page = clcf->error_pages->elts;

    for (i = 0; i < clcf->error_pages->nelts; i++) {

        if (ngx_shop_conf_hints_ours(conf, page[i].status)) {
            code = ngx_array_push(conf->behind);
            if (code == NULL) {
                return NGX_ERROR;
            }

            *code = page[i].status;
            continue;
        }

        copy = ngx_array_push(rest);
        if (copy == NULL) {
            return NGX_ERROR;
        }

        *copy = page[i];
    }

    clcf->error_pages = rest->nelts ? rest : NULL;

    return NGX_OK;
}
