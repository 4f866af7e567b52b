
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * shop_outlier: which answers to visitors put a server aside.
 */


#include "nginx/conf.h"
#include "nginx/params.h"


#define NGX_SHOP_CONF_OUTLIER_SHORTEST  100         /* ms */
#define NGX_SHOP_CONF_OUTLIER_LONGEST   NGX_SHOP_PARAMS_DAY

/* of an ngx_str_t, with the limits above */
#define NGX_SHOP_CONF_OUTLIER_EJECT                                          \
    "the time of the first time aside and the longest, from 100ms to 1d, "   \
    "such as 10s..5m"


/* as written */
typedef struct {
    ngx_int_t  errors;
    ngx_int_t  min;
    ngx_int_t  ratio;
    ngx_int_t  slow;
    ngx_int_t  max;
    ngx_str_t  eject;
} ngx_shop_conf_outlier_t;


static ngx_int_t ngx_shop_conf_outlier_set(ngx_shop_record_conf_t *outlier,
    ngx_shop_conf_outlier_t *written);
static ngx_int_t ngx_shop_conf_outlier_eject(ngx_shop_record_conf_t *outlier,
    ngx_str_t *value);
static ngx_uint_t ngx_shop_conf_outlier_hashed(ngx_conf_t *cf,
    ngx_shop_conf_srv_t *sscf);


#define ngx_shop_conf_outlier_row(name, type, field, standard, min, max,     \
                                  such)                                      \
    { ngx_string(name), NGX_SHOP_PARAMS_ ## type,                            \
      offsetof(ngx_shop_conf_outlier_t, field), standard, min, max, NULL,    \
      such }


static ngx_shop_params_t  ngx_shop_conf_outliers[] = {

    ngx_shop_conf_outlier_row("errors", NUM, errors, "3", 1, 1000, NULL),

    ngx_shop_conf_outlier_row("min", NUM, min, "20", 2, 100000, NULL),

    ngx_shop_conf_outlier_row("ratio", PERCENT, ratio, "25%", 1, 100, "25%"),

    ngx_shop_conf_outlier_row("slow", NUM, slow, "5", 0, 1000,
        "how many times as slow, 0 for never,"),

    ngx_shop_conf_outlier_row("eject", STR, eject, "10s..5m", 0, 0,
        NGX_SHOP_CONF_OUTLIER_EJECT),

    ngx_shop_conf_outlier_row("max", PERCENT, max, "50%", 1, 99, "50%"),

    ngx_shop_params_end
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

    if (ngx_shop_params_parse(cf, ngx_shop_conf_outliers, 1, &written)
        != NGX_CONF_OK)
    {
        return NGX_CONF_ERROR;
    }

    if (written.slow == 1) {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                           "invalid value \"1\" of parameter \"slow\" in "
                           "\"shop_outlier\": each server is as slow as "
                           "itself; expected 2 or more, or 0 for never");
        return NGX_CONF_ERROR;
    }

    if (ngx_shop_conf_outlier_set(&sscf->outlier, &written) != NGX_OK) {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                           "invalid value \"%V\" of parameter \"eject\" in "
                           "\"shop_outlier\", expected "
                           NGX_SHOP_CONF_OUTLIER_EJECT, &written.eject);
        return NGX_CONF_ERROR;
    }

    return ngx_shop_conf_use(cf, sscf);
}


/* NGX_ERROR: "eject" is not two times */

static ngx_int_t
ngx_shop_conf_outlier_set(ngx_shop_record_conf_t *outlier,
    ngx_shop_conf_outlier_t *written)
{
    outlier->rule.errors = (uint32_t) written->errors;
    outlier->rule.min = (uint32_t) written->min;
    outlier->rule.ratio = (uint32_t) written->ratio;
    outlier->rule.slow = (uint32_t) written->slow;
    outlier->percent = (ngx_uint_t) written->max;

    return ngx_shop_conf_outlier_eject(outlier, &written->eject);
}


static ngx_int_t
ngx_shop_conf_outlier_eject(ngx_shop_record_conf_t *outlier, ngx_str_t *value)
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

    if (to.len == 0 || min == NGX_ERROR || max == NGX_ERROR
        || min < NGX_SHOP_CONF_OUTLIER_SHORTEST || max < min
        || max > NGX_SHOP_CONF_OUTLIER_LONGEST)
    {
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
            ngx_shop_params_standards(ngx_shop_conf_outliers, &written);
            (void) ngx_shop_conf_outlier_set(&sscf->outlier, &written);
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
