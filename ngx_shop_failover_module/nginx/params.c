
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * Parameters of a directive, parsed from a table.  Knows no directive.
 */


#include "nginx/params.h"


static ngx_shop_params_t *ngx_shop_params_find(ngx_shop_params_t *table,
    ngx_str_t *arg, ngx_str_t *value);
static ngx_int_t ngx_shop_params_set(ngx_shop_params_t *param,
    ngx_str_t *value, void *field);
static ngx_int_t ngx_shop_params_number(ngx_shop_params_t *param, ngx_int_t n,
    ngx_int_t *field);
static char *ngx_shop_params_unknown(ngx_conf_t *cf, ngx_shop_params_t *table,
    ngx_str_t *arg);


char *
ngx_shop_params_parse(ngx_conf_t *cf, ngx_shop_params_t *table,
    ngx_uint_t first, void *base)
{
    uint32_t            seen;
    ngx_str_t          *args, value;
    ngx_uint_t          i, n;
    ngx_shop_params_t  *param;

    args = cf->args->elts;
    seen = 0;

    for (i = first; i < cf->args->nelts; i++) {

        param = ngx_shop_params_find(table, &args[i], &value);

        if (param == NULL) {
            return ngx_shop_params_unknown(cf, table, &args[i]);
        }

        n = param - table;

        if (seen & (1u << n)) {
            ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                               "parameter \"%V\" of \"%V\" is given twice",
                               &param->name, &args[0]);
            return NGX_CONF_ERROR;
        }

        seen |= 1u << n;

        if (ngx_shop_params_set(param, &value,
                                (u_char *) base + param->offset)
            != NGX_OK)
        {
            ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                               "invalid value \"%V\" of parameter \"%V\" in "
                               "\"%V\", expected %s",
                               &value, &param->name, &args[0],
                               param->expected);
            return NGX_CONF_ERROR;
        }
    }

    return NGX_CONF_OK;
}


static ngx_shop_params_t *
ngx_shop_params_find(ngx_shop_params_t *table, ngx_str_t *arg,
    ngx_str_t *value)
{
    ngx_shop_params_t  *param;

    for (param = table; param->name.len; param++) {

        if (arg->len < param->name.len
            || ngx_strncmp(arg->data, param->name.data, param->name.len) != 0)
        {
            continue;
        }

        if (arg->len == param->name.len) {

            if (param->type != NGX_SHOP_PARAMS_FLAG) {
                continue;
            }

            ngx_str_set(value, "on");
            return param;
        }

        if (arg->data[param->name.len] == '=') {
            value->data = arg->data + param->name.len + 1;
            value->len = arg->len - param->name.len - 1;
            return param;
        }
    }

    return NULL;
}


static ngx_int_t
ngx_shop_params_set(ngx_shop_params_t *param, ngx_str_t *value, void *field)
{
    ngx_int_t         n;
    ngx_conf_enum_t  *e;

    if (value->len == 0) {
        return NGX_ERROR;
    }

    switch (param->type) {

    case NGX_SHOP_PARAMS_STR:
        *(ngx_str_t *) field = *value;
        return NGX_OK;

    case NGX_SHOP_PARAMS_MSEC:
        n = ngx_parse_time(value, 0);
        return ngx_shop_params_number(param, n, field);

    case NGX_SHOP_PARAMS_SEC:
        n = ngx_parse_time(value, 1);
        return ngx_shop_params_number(param, n, field);

    case NGX_SHOP_PARAMS_NUM:
        n = ngx_atoi(value->data, value->len);
        return ngx_shop_params_number(param, n, field);

    case NGX_SHOP_PARAMS_PERCENT:
        if (value->data[value->len - 1] != '%') {
            return NGX_ERROR;
        }

        n = ngx_atoi(value->data, value->len - 1);
        return ngx_shop_params_number(param, n, field);

    case NGX_SHOP_PARAMS_FLAG:
        if (value->len == 2 && ngx_strncmp(value->data, "on", 2) == 0) {
            *(ngx_flag_t *) field = 1;
            return NGX_OK;
        }

        if (value->len == 3 && ngx_strncmp(value->data, "off", 3) == 0) {
            *(ngx_flag_t *) field = 0;
            return NGX_OK;
        }

        return NGX_ERROR;

    case NGX_SHOP_PARAMS_ENUM:

        for (e = param->values; e->name.len; e++) {
            if (e->name.len == value->len
                && ngx_strncmp(e->name.data, value->data, value->len) == 0)
            {
                *(ngx_uint_t *) field = e->value;
                return NGX_OK;
            }
        }

        return NGX_ERROR;
    }

    return NGX_ERROR;
}


static ngx_int_t
ngx_shop_params_number(ngx_shop_params_t *param, ngx_int_t n, ngx_int_t *field)
{
    if (n == NGX_ERROR || n < param->min || n > param->max) {
        return NGX_ERROR;
    }

    *field = n;

    return NGX_OK;
}


static char *
ngx_shop_params_unknown(ngx_conf_t *cf, ngx_shop_params_t *table,
    ngx_str_t *arg)
{
    u_char             *p, *last, list[512];
    ngx_str_t          *args;
    ngx_shop_params_t  *param;

    p = list;
    last = list + sizeof(list);
    args = cf->args->elts;

    for (param = table; param->name.len; param++) {
        p = ngx_slprintf(p, last, " %V%s", &param->name,
                         param->type == NGX_SHOP_PARAMS_FLAG
                         ? "" : "=");
    }

    ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                       "unknown parameter \"%V\" of \"%V\", known are:%*s",
                       arg, &args[0], (size_t) (p - list), list);

    return NGX_CONF_ERROR;
}
