
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
static char *ngx_shop_params_invalid(ngx_conf_t *cf, ngx_shop_params_t *param,
    ngx_str_t *value);
static u_char *ngx_shop_params_expected(ngx_shop_params_t *param, u_char *p,
    u_char *last);
static u_char *ngx_shop_params_time(u_char *p, u_char *last, ngx_int_t ms);


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

    ngx_shop_params_standards(table, base);

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
            return ngx_shop_params_invalid(cf, param, &value);
        }
    }

    return NGX_CONF_OK;
}


char *
ngx_shop_params_value(ngx_conf_t *cf, ngx_shop_params_t *param, void *base)
{
    ngx_str_t  *args;

    args = cf->args->elts;

    return ngx_shop_params_set(param, &args[1],
                               (u_char *) base + param->offset)
           == NGX_OK
           ? NGX_CONF_OK : ngx_shop_params_invalid(cf, param, &args[1]);
}


void
ngx_shop_params_standards(ngx_shop_params_t *table, void *base)
{
    ngx_shop_params_t  *param;

    for (param = table; param->name.len; param++) {
        ngx_shop_params_standard(param, base);
    }
}


void
ngx_shop_params_standard(ngx_shop_params_t *param, void *base)
{
    ngx_str_t  value;

    if (param->standard == NULL) {
        return;
    }

    value.data = (u_char *) param->standard;
    value.len = ngx_strlen(param->standard);

    (void) ngx_shop_params_set(param, &value,
                               (u_char *) base + param->offset);
}


ngx_uint_t
ngx_shop_params_given(ngx_conf_t *cf, const char *name)
{
    size_t       len;
    ngx_str_t   *args;
    ngx_uint_t   i;

    len = ngx_strlen(name);
    args = cf->args->elts;

    for (i = 1; i < cf->args->nelts; i++) {
        if (args[i].len > len && args[i].data[len] == '='
            && ngx_strncmp(args[i].data, name, len) == 0)
        {
            return 1;
        }
    }

    return 0;
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

    case NGX_SHOP_PARAMS_SHARE:
        n = ngx_atoi(value->data, value->len
                                  - (value->data[value->len - 1] == '%'));
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


static char *
ngx_shop_params_invalid(ngx_conf_t *cf, ngx_shop_params_t *param,
    ngx_str_t *value)
{
    u_char     *last, right[512];
    ngx_str_t  *args;

    args = cf->args->elts;
    last = ngx_shop_params_expected(param, right, right + sizeof(right));

    if (param->name.len) {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                           "invalid value \"%V\" of parameter \"%V\" in "
                           "\"%V\", expected %*s",
                           value, &param->name, &args[0],
                           (size_t) (last - right), right);

    } else {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                           "invalid value \"%V\" in \"%V\", expected %*s",
                           value, &args[0], (size_t) (last - right), right);
    }

    return NGX_CONF_ERROR;
}


/* what would be right, with the limits of the row */

static u_char *
ngx_shop_params_expected(ngx_shop_params_t *param, u_char *p, u_char *last)
{
    ngx_int_t         unit;
    ngx_conf_enum_t  *e;

    switch (param->type) {

    case NGX_SHOP_PARAMS_MSEC:
    case NGX_SHOP_PARAMS_SEC:
        unit = (param->type == NGX_SHOP_PARAMS_SEC) ? 1000 : 1;

        p = ngx_slprintf(p, last, "a time from ");
        p = ngx_shop_params_time(p, last, param->min * unit);
        p = ngx_slprintf(p, last, " to ");
        p = ngx_shop_params_time(p, last, param->max * unit);

        return ngx_slprintf(p, last, " such as %s", param->such);

    case NGX_SHOP_PARAMS_NUM:
        return ngx_slprintf(p, last, "%s from %i to %i",
                            param->such ? param->such : "a number",
                            param->min, param->max);

    case NGX_SHOP_PARAMS_PERCENT:
    case NGX_SHOP_PARAMS_SHARE:
        return ngx_slprintf(p, last, "a share from %i%% to %i%% such as %s",
                            param->min, param->max, param->such);

    case NGX_SHOP_PARAMS_FLAG:
        return ngx_slprintf(p, last, "on or off");

    case NGX_SHOP_PARAMS_ENUM:
        p = ngx_slprintf(p, last, "one of");

        for (e = param->values; e->name.len; e++) {
            p = ngx_slprintf(p, last, "%s %V", e == param->values ? "" : ",",
                             &e->name);
        }

        return p;

    default:
        return ngx_slprintf(p, last, "%s", param->such);
    }
}


/* in the largest unit of which it is a whole number */

static u_char *
ngx_shop_params_time(u_char *p, u_char *last, ngx_int_t ms)
{
    ngx_uint_t  i;

    static struct {
        ngx_int_t    ms;
        const char  *name;
    } units[] = {
        { 86400000, "d" }, { 3600000, "h" }, { 60000, "m" }, { 1000, "s" },
        { 1, "ms" }
    };

    if (ms == 0) {
        return ngx_slprintf(p, last, "0s");
    }

    for (i = 0; ms % units[i].ms; i++) { /* void */ }

    return ngx_slprintf(p, last, "%i%s", ms / units[i].ms, units[i].name);
}
