
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * Which upstreams a site has: those of shop_upstreams, or those that its
 * locations pass to.  Once all is parsed.
 */


#include "nginx/conf_site.h"
#include "nginx/conf_upstreams.h"
#include "nginx/conf_pass.h"


static ngx_int_t ngx_shop_conf_site_uses_one(ngx_conf_t *cf,
    ngx_shop_conf_main_t *smcf, ngx_shop_conf_site_t *site);
static ngx_int_t ngx_shop_conf_site_uses_named(ngx_conf_t *cf,
    ngx_shop_conf_site_t *site, ngx_shop_conf_use_t *named);
static ngx_int_t ngx_shop_conf_site_uses_add(ngx_shop_conf_site_t *site,
    ngx_shop_model_group_t *group, ngx_uint_t optional);
static ngx_int_t ngx_shop_conf_site_uses_rest(ngx_shop_conf_main_t *smcf);
static ngx_shop_model_group_t *ngx_shop_conf_site_uses_group(
    ngx_http_upstream_srv_conf_t *uscf);


ngx_int_t
ngx_shop_conf_site_uses_finish(ngx_conf_t *cf, ngx_shop_conf_main_t *smcf)
{
    ngx_uint_t               i;
    ngx_shop_conf_site_t   **site;
    ngx_shop_model_site_t  **model;

    if (ngx_shop_conf_pass_handlers(cf, smcf) != NGX_OK) {
        return NGX_ERROR;
    }

    site = smcf->sites.elts;

    for (i = 0; i < smcf->sites.nelts; i++) {

        if (ngx_shop_conf_site_uses_one(cf, smcf, site[i]) != NGX_OK) {
            return NGX_ERROR;
        }

        if (!site[i]->counts) {
            site[i]->model = site[0]->model;
            continue;
        }

        model = ngx_array_push(&smcf->zone.sites);
        if (model == NULL) {
            return NGX_ERROR;
        }

        *model = site[i]->model;
    }

    return ngx_shop_conf_site_uses_rest(smcf);
}


/* from names and blocks to groups */

static ngx_int_t
ngx_shop_conf_site_uses_one(ngx_conf_t *cf, ngx_shop_conf_main_t *smcf,
    ngx_shop_conf_site_t *site)
{
    ngx_uint_t                      i;
    ngx_shop_conf_use_t            *named;
    ngx_shop_model_group_t         *group;
    ngx_http_upstream_srv_conf_t  **uscf;

    named = site->named.elts;

    for (i = 0; i < site->named.nelts; i++) {
        if (ngx_shop_conf_site_uses_named(cf, site, &named[i]) != NGX_OK) {
            return NGX_ERROR;
        }
    }

    site->own.listed = (site->named.nelts != 0);

    uscf = site->passes.elts;

    for (i = 0; i < site->passes.nelts; i++) {
        group = ngx_shop_conf_site_uses_group(uscf[i]);

        if (group == NULL || ngx_shop_board_uses(&site->own, group)) {
            continue;
        }

        if (ngx_shop_conf_site_uses_add(site, group, 0) != NGX_OK) {
            return NGX_ERROR;
        }
    }

    if (site->own.listed || !site->variable || smcf->zone.groups.nelts == 0) {
        return NGX_OK;
    }

    site->counts = 1;

    ngx_conf_log_error(NGX_LOG_WARN, cf, 0,
                       "a variable says where requests of site \"%V\" are "
                       "passed to: which upstreams it has is learned from "
                       "them, \"shop_upstreams\" would say so ahead",
                       &site->own.name);
    return NGX_OK;
}


static ngx_int_t
ngx_shop_conf_site_uses_named(ngx_conf_t *cf, ngx_shop_conf_site_t *site,
    ngx_shop_conf_use_t *named)
{
    ngx_shop_conf_srv_t     *sscf;
    ngx_shop_model_group_t  *group;

    sscf = ngx_shop_conf_upstreams_find(cf, &named->name);

    if (sscf == NULL) {
        ngx_log_error(NGX_LOG_EMERG, cf->log, 0,
                      "upstream \"%V\" of \"shop_upstreams\" is not known, "
                      "expected the name of an \"upstream\" block in "
                      "%s:%ui", &named->name, named->file, named->line);
        return NGX_ERROR;
    }

    group = ngx_shop_conf_site_uses_group(sscf->uscf);

    if (group == NULL) {
        ngx_log_error(NGX_LOG_WARN, cf->log, 0,
                      "upstream \"%V\" of \"shop_upstreams\" has no "
                      "\"shop_health_check\", so that nobody knows how it is, "
                      "in %s:%ui", &named->name, named->file, named->line);
        return NGX_OK;
    }

    if (ngx_shop_board_uses(&site->own, group)) {
        ngx_log_error(NGX_LOG_EMERG, cf->log, 0,
                      "upstream \"%V\" is given twice in \"shop_upstreams\" "
                      "of site \"%V\" in %s:%ui", &named->name,
                      &site->own.name, named->file, named->line);
        return NGX_ERROR;
    }

    return ngx_shop_conf_site_uses_add(site, group, named->optional);
}


static ngx_int_t
ngx_shop_conf_site_uses_add(ngx_shop_conf_site_t *site,
    ngx_shop_model_group_t *group, ngx_uint_t optional)
{
    ngx_shop_model_use_t  *use;

    use = ngx_array_push(&site->own.uses);
    if (use == NULL) {
        return NGX_ERROR;
    }

    use->group = group;
    use->optional = optional ? 1 : 0;
    site->counts = 1;

    return NGX_OK;
}


/* an upstream that no site is known to have */

static ngx_int_t
ngx_shop_conf_site_uses_rest(ngx_shop_conf_main_t *smcf)
{
    ngx_uint_t                 i, j;
    ngx_shop_conf_site_t     **site;
    ngx_shop_model_site_t    **model;
    ngx_shop_model_group_t   **group;

    site = smcf->sites.elts;
    model = smcf->zone.sites.elts;
    group = smcf->zone.groups.elts;

    for (i = 0; i < smcf->zone.groups.nelts; i++) {

        for (j = 0; j < smcf->zone.sites.nelts; j++) {
            if (ngx_shop_board_uses(model[j], group[i])) {
                break;
            }
        }

        if (j == smcf->zone.sites.nelts && !group[i]->backup
            && ngx_shop_conf_site_uses_add(site[0], group[i], 0) != NGX_OK)
        {
            return NGX_ERROR;
        }
    }

    return NGX_OK;
}


/* NULL: nobody looks after it */

static ngx_shop_model_group_t *
ngx_shop_conf_site_uses_group(ngx_http_upstream_srv_conf_t *uscf)
{
    ngx_shop_conf_srv_t  *sscf;

    if (uscf->srv_conf == NULL) {
        return NULL;
    }

    sscf = ngx_http_conf_upstream_srv_conf(uscf, ngx_shop_failover_module);

    return sscf->group;
}
