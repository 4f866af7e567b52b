
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * shop_budget: the availability that a site promises.
 */


#include "nginx/conf_site.h"


char *
ngx_shop_conf_budget_directive(ngx_conf_t *cf, ngx_command_t *cmd, void *conf)
{
    ngx_str_t             *value;
    ngx_shop_conf_loc_t   *slcf = conf;
    ngx_shop_conf_main_t  *smcf;

    if (slcf->budget != NGX_CONF_UNSET) {
        return "is duplicate";
    }

    value = cf->args->elts;

    if (ngx_strcmp(value[1].data, "off") == 0) {
        slcf->budget = 0;
        return NGX_CONF_OK;
    }

    slcf->budget = (ngx_int_t) ngx_shop_tally_promise(value[1].data,
                                                      value[1].len);

    if (slcf->budget == 0) {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                           "invalid value \"%V\" in \"shop_budget\", expected "
                           "a percentage above 0 and below 100 such as 99.9, "
                           "or \"off\"", &value[1]);
        return NGX_CONF_ERROR;
    }

    smcf = ngx_http_conf_get_module_main_conf(cf, ngx_shop_failover_module);
    smcf->used = 1;

    return NGX_CONF_OK;
}


char *
ngx_shop_conf_budget_merge(ngx_conf_t *cf, ngx_shop_conf_loc_t *prev,
    ngx_shop_conf_loc_t *conf)
{
    u_char                 here[NGX_SHOP_TALLY_PERCENT_LEN];
    u_char                 there[NGX_SHOP_TALLY_PERCENT_LEN];
    ngx_shop_conf_site_t  *site;

    site = conf->site;

    if (conf->budget != NGX_CONF_UNSET && conf->budget) {
        site->counts = 1;
    }

    ngx_conf_merge_value(conf->budget, prev->budget, 0);

    if (conf->budget == 0 || site->own.promise == conf->budget) {
        return NGX_CONF_OK;
    }

    if (site->own.promise == 0) {
        site->own.promise = conf->budget;
        return NGX_CONF_OK;
    }

    ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                       "\"shop_budget\" is %*s here and %*s elsewhere for the "
                       "same site \"%V\": a site promises one thing, set it "
                       "once",
                       ngx_shop_tally_percent(here, conf->budget), here,
                       ngx_shop_tally_percent(there, site->own.promise), there,
                       &site->own.name);
    return NGX_CONF_ERROR;
}
