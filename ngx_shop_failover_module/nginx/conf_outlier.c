
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * shop_outlier: which answers to visitors put a server aside.
 */


#include "nginx/conf.h"
#include "nginx/params.h"


#define NGX_SHOP_CONF_ERRORS     3
#define NGX_SHOP_CONF_MIN        20
#define NGX_SHOP_CONF_RATIO      25
#define NGX_SHOP_CONF_SLOW       5
#define NGX_SHOP_CONF_EJECT_MIN  10000      /* ms */
#define NGX_SHOP_CONF_EJECT_MAX  300000     /* ms */
#define NGX_SHOP_CONF_MAX        50
#define NGX_SHOP_CONF_LONGEST    86400000   /* ms */


/* as written */
typedef struct {
    ngx_int_t  errors;
    ngx_int_t  min;
    ngx_int_t  ratio;
    ngx_int_t  slow;
    ngx_int_t  max;
    ngx_str_t  eject;
} ngx_shop_conf_outlier_t;


static void ngx_shop_conf_outlier_set(ngx_shop_record_conf_t *outlier,
    ngx_shop_conf_outlier_t *written);
static ngx_int_t ngx_shop_conf_outlier_eject(ngx_conf_t *cf,
    ngx_shop_record_conf_t *outlier, ngx_str_t *value);
static ngx_uint_t ngx_shop_conf_outlier_hashed(ngx_conf_t *cf,
    ngx_shop_conf_srv_t *sscf);


static ngx_shop_params_t  ngx_shop_conf_outliers[] = {

    { ngx_string("errors"), NGX_SHOP_PARAMS_NUM,
      offsetof(ngx_shop_conf_outlier_t, errors), 1, 1000, NULL,
      "a number from 1 to 1000" },

    { ngx_string("min"), NGX_SHOP_PARAMS_NUM,
      offsetof(ngx_shop_conf_outlier_t, min), 2, 100000, NULL,
      "a number from 2 to 100000" },

    { ngx_string("ratio"), NGX_SHOP_PARAMS_PERCENT,
      offsetof(ngx_shop_conf_outlier_t, ratio), 1, 100, NULL,
      "a percentage from 1% to 100%" },

    { ngx_string("slow"), NGX_SHOP_PARAMS_NUM,
      offsetof(ngx_shop_conf_outlier_t, slow), 0, 1000, NULL,
      "how many times as slow, from 2 to 1000, or 0 for never" },

    { ngx_string("eject"), NGX_SHOP_PARAMS_STR,
      offsetof(ngx_shop_conf_outlier_t, eject), 0, 0, NULL,
      "two times such as 10s..5m" },

    { ngx_string("max"), NGX_SHOP_PARAMS_PERCENT,
      offsetof(ngx_shop_conf_outlier_t, max), 1, 99, NULL,
      "a percentage from 1% to 99%" },

    { ngx_null_string, 0, 0, 0, 0, NULL, NULL }
};


char *
ngx_shop_conf_outlier(ngx_conf_t *cf, ngx_command_t *cmd, void *conf)
{
    ngx_str_t                *value;
    ngx_shop_conf_srv_t      *sscf = conf;
    ngx_shop_conf_outlier_t   written;

    if (sscf->outlier.percent != NGX_CONF_UNSET_UINT) {
        return "is duplicate";
    }

    value = cf->args->elts;

    if (cf->args->nelts == 2 && value[1].len == 3
        && ngx_strncmp(value[1].data, "off", 3) == 0)
    {
        sscf->outlier.percent = 0;
        return ngx_shop_conf_use(cf, sscf);
    }

    ngx_shop_conf_outlier_set(&sscf->outlier, &written);

    if (ngx_shop_params_parse(cf, ngx_shop_conf_outliers, 1,
                              &written)
        != NGX_CONF_OK)
    {
        return NGX_CONF_ERROR;
    }

    if (written.slow == 1) {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                           "invalid value \"1\" of parameter \"slow\" in "
                           "\"shop_outlier\": each server is as slow as "
                           "itself; expected %s",
                           ngx_shop_conf_outliers[3].expected);
        return NGX_CONF_ERROR;
    }

    sscf->outlier.rule.errors = (uint32_t) written.errors;
    sscf->outlier.rule.min = (uint32_t) written.min;
    sscf->outlier.rule.ratio = (uint32_t) written.ratio;
    sscf->outlier.rule.slow = (uint32_t) written.slow;
    sscf->outlier.percent = (ngx_uint_t) written.max;

    if (written.eject.len
        && ngx_shop_conf_outlier_eject(cf, &sscf->outlier,
                                       &written.eject)
           != NGX_OK)
    {
        return NGX_CONF_ERROR;
    }

    return ngx_shop_conf_use(cf, sscf);
}


/* the defaults, in both forms */

static void
ngx_shop_conf_outlier_set(ngx_shop_record_conf_t *outlier,
    ngx_shop_conf_outlier_t *written)
{
    ngx_memzero(written, sizeof(ngx_shop_conf_outlier_t));

    written->errors = NGX_SHOP_CONF_ERRORS;
    written->min = NGX_SHOP_CONF_MIN;
    written->ratio = NGX_SHOP_CONF_RATIO;
    written->slow = NGX_SHOP_CONF_SLOW;
    written->max = NGX_SHOP_CONF_MAX;

    outlier->rule.errors = NGX_SHOP_CONF_ERRORS;
    outlier->rule.min = NGX_SHOP_CONF_MIN;
    outlier->rule.ratio = NGX_SHOP_CONF_RATIO;
    outlier->rule.slow = NGX_SHOP_CONF_SLOW;
    outlier->percent = NGX_SHOP_CONF_MAX;
    outlier->min = NGX_SHOP_CONF_EJECT_MIN;
    outlier->max = NGX_SHOP_CONF_EJECT_MAX;
}


static ngx_int_t
ngx_shop_conf_outlier_eject(ngx_conf_t *cf, ngx_shop_record_conf_t *outlier,
    ngx_str_t *value)
{
    u_char     *p;
    ngx_int_t   min, max;
    ngx_str_t   from, to;

    from = *value;
    ngx_str_null(&to);

    for (p = value->data; p + 1 < value->data + value->len; p++) {

        if (p[0] == '.' && p[1] == '.') {
            from.len = p - value->data;
            to.data = p + 2;
            to.len = value->data + value->len - to.data;
            break;
        }
    }

    min = ngx_parse_time(&from, 0);
    max = ngx_parse_time(&to, 0);

    if (to.len == 0 || min == NGX_ERROR || max == NGX_ERROR || min < 100
        || max < min || max > NGX_SHOP_CONF_LONGEST)
    {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                           "invalid value \"%V\" of parameter \"eject\" in "
                           "\"shop_outlier\", expected the time of the "
                           "first time aside and the longest, from 100ms to "
                           "1d, such as 10s..5m", value);
        return NGX_ERROR;
    }

    outlier->min = (ngx_msec_t) min;
    outlier->max = (ngx_msec_t) max;

    return NGX_OK;
}


void
ngx_shop_conf_outlier_finish(ngx_conf_t *cf, ngx_shop_conf_srv_t *sscf)
{
    ngx_shop_conf_outlier_t  written;

    if (sscf->outlier.percent == NGX_CONF_UNSET_UINT) {

        sscf->outlier.percent = 0;

        if (sscf->check) {
            ngx_shop_conf_outlier_set(&sscf->outlier, &written);
        }
    }

    if (sscf->outlier.percent && ngx_shop_conf_outlier_hashed(cf, sscf)) {
        /* each server has URLs of its own: their times say nothing of it */

        sscf->outlier.rule.slow = 0;
    }
}


/* "hash": by the first member of what it keeps, the key of its requests */

static ngx_uint_t
ngx_shop_conf_outlier_hashed(ngx_conf_t *cf, ngx_shop_conf_srv_t *sscf)
{
    ngx_uint_t                  i;
    ngx_module_t               *module;
    ngx_http_complex_value_t   *key;

    for (i = 0; cf->cycle->modules[i]; i++) {

        module = cf->cycle->modules[i];

        if (ngx_strcmp(module->name, "ngx_http_upstream_hash_module") == 0) {
            key = sscf->uscf->srv_conf[module->ctx_index];
            return key->value.data != NULL;
        }
    }

    return 0;
}
