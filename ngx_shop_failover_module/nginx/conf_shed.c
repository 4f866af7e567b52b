
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * shop_shed: how quick pages are to be, and who goes first.
 */


#include "nginx/conf.h"


#define NGX_SHOP_CONF_SHED_MIN  100      /* ms */
#define NGX_SHOP_CONF_SHED_MAX  60000    /* ms */


char *
ngx_shop_conf_shed(ngx_conf_t *cf, ngx_command_t *cmd, void *conf)
{
    ngx_int_t                          target;
    ngx_str_t                         *value;
    ngx_shop_conf_srv_t               *sscf = conf;
    ngx_http_compile_complex_value_t   ccv;

    if (sscf->shed.target != NGX_CONF_UNSET_MSEC) {
        return "is duplicate";
    }

    value = cf->args->elts;

    if (cf->args->nelts == 2 && ngx_strcmp(value[1].data, "off") == 0) {
        sscf->shed.target = 0;
        return ngx_shop_conf_use(cf, sscf);
    }

    target = ngx_parse_time(&value[1], 0);

    if (target == NGX_ERROR || target < NGX_SHOP_CONF_SHED_MIN
        || target > NGX_SHOP_CONF_SHED_MAX)
    {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                           "invalid value \"%V\" in \"shop_shed\", expected "
                           "the time within which pages are to come, from "
                           "100ms to 1m such as 1s, or \"off\"", &value[1]);
        return NGX_CONF_ERROR;
    }

    sscf->shed.target = (ngx_msec_t) target;

    if (cf->args->nelts == 2) {
        return ngx_shop_conf_use(cf, sscf);
    }

    if (value[2].len < 2 || value[2].data[0] != '$') {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                           "invalid value \"%V\" in \"shop_shed\", expected "
                           "a variable that those have who go first, such as "
                           "$cookie_session", &value[2]);
        return NGX_CONF_ERROR;
    }

    sscf->shed.first = ngx_palloc(cf->pool, sizeof(ngx_http_complex_value_t));
    if (sscf->shed.first == NULL) {
        return NGX_CONF_ERROR;
    }

    ngx_memzero(&ccv, sizeof(ngx_http_compile_complex_value_t));

    ccv.cf = cf;
    ccv.value = &value[2];
    ccv.complex_value = sscf->shed.first;

    if (ngx_http_compile_complex_value(&ccv) != NGX_OK) {
        return NGX_CONF_ERROR;
    }

    return ngx_shop_conf_use(cf, sscf);
}
