
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * Directives of the visitor's page: parse, merge, defaults.
 */


#include "nginx/conf_page.h"
#include "nginx/params.h"

#include "logic/words/assets.h"
#include "logic/words/look.h"
#include "logic/words/view.h"


static char *ngx_shop_conf_page_intercept(ngx_conf_t *cf,
    ngx_shop_conf_loc_t *slcf, ngx_str_t *value);
static ngx_int_t ngx_shop_conf_page_code(ngx_conf_t *cf, ngx_array_t *codes,
    ngx_str_t *text);


#define NGX_SHOP_CONF_PAGE_RETRY_MAX  (7 * 86400)     /* s */


static ngx_shop_params_t  ngx_shop_conf_page_retries[] = {

    { ngx_string("min"), NGX_SHOP_PARAMS_SEC,
      offsetof(ngx_shop_conf_loc_t, retry_min), "30s",
      1, NGX_SHOP_CONF_PAGE_RETRY_MAX, NULL, "30s" },

    { ngx_string("max"), NGX_SHOP_PARAMS_SEC,
      offsetof(ngx_shop_conf_loc_t, retry_max), "1h",
      1, NGX_SHOP_CONF_PAGE_RETRY_MAX, NULL, "1h" },

    ngx_shop_params_end
};


static ngx_shop_params_t  ngx_shop_conf_page_retry = {
    ngx_null_string, NGX_SHOP_PARAMS_SEC,
    offsetof(ngx_shop_conf_loc_t, retry_default), "120s",
    1, NGX_SHOP_CONF_PAGE_RETRY_MAX, NULL, "120s"
};


static ngx_shop_params_t  ngx_shop_conf_page_status = {
    ngx_null_string, NGX_SHOP_PARAMS_STR,
    offsetof(ngx_shop_conf_loc_t, public_status), "/.shop-status",
    0, 0, NULL, "a path such as /.shop-status, or off"
};


static ngx_shop_params_t  ngx_shop_conf_page_looks = {
    ngx_null_string, NGX_SHOP_PARAMS_STR,
    offsetof(ngx_shop_conf_loc_t, page_look), "hero",
    0, 0, NULL, "hero, card or plain"
};


void
ngx_shop_conf_page_create(ngx_shop_conf_loc_t *conf)
{
    conf->fallback = NGX_CONF_UNSET;
    conf->intercept = NGX_CONF_UNSET_PTR;
    conf->page_vars = NGX_CONF_UNSET_PTR;
    conf->cors = NGX_CONF_UNSET_PTR;
    conf->retry_default = NGX_CONF_UNSET;
    conf->retry_min = NGX_CONF_UNSET;
    conf->retry_max = NGX_CONF_UNSET;
}


/* the defaults, of what the outermost block does not say */

void
ngx_shop_conf_page_standard(ngx_shop_conf_loc_t *conf)
{
    if (conf->retry_default == NGX_CONF_UNSET) {
        ngx_shop_params_standard(&ngx_shop_conf_page_retry, conf);
        ngx_shop_params_standards(ngx_shop_conf_page_retries, conf);
    }

    if (conf->public_status.data == NULL) {
        ngx_shop_params_standard(&ngx_shop_conf_page_status, conf);
    }

    if (conf->page_look.data == NULL) {
        ngx_shop_params_standard(&ngx_shop_conf_page_looks, conf);
    }
}


/* shop_fallback on|off [intercept=CODE,...] [over=error_page] */

char *
ngx_shop_conf_page_fallback(ngx_conf_t *cf, ngx_command_t *cmd, void *conf)
{
    char                 *rv;
    ngx_str_t            *value;
    ngx_uint_t            i;
    ngx_shop_conf_loc_t  *slcf = conf;

    if (slcf->fallback != NGX_CONF_UNSET) {
        return "is duplicate";
    }

    value = cf->args->elts;

    if (ngx_strcmp(value[1].data, "on") == 0) {
        slcf->fallback = 1;

    } else if (ngx_strcmp(value[1].data, "off") == 0) {
        slcf->fallback = 0;

    } else {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                           "invalid value \"%V\" in \"shop_fallback\", "
                           "expected on or off", &value[1]);
        return NGX_CONF_ERROR;
    }

    for (i = 2; i < cf->args->nelts; i++) {

        if (slcf->fallback && !slcf->over
            && ngx_strcmp(value[i].data, "over=error_page") == 0)
        {
            slcf->over = 1;
            continue;
        }

        if (ngx_strncmp(value[i].data, "intercept=", 10) != 0
            || slcf->fallback == 0 || slcf->intercept != NGX_CONF_UNSET_PTR)
        {
            ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                               "unknown parameter \"%V\" of \"shop_fallback "
                               "%V\", known is \"on intercept=CODE,... "
                               "over=error_page\"", &value[i], &value[1]);
            return NGX_CONF_ERROR;
        }

        rv = ngx_shop_conf_page_intercept(cf, slcf, &value[i]);
        if (rv != NGX_CONF_OK) {
            return rv;
        }
    }

    return NGX_CONF_OK;
}


static char *
ngx_shop_conf_page_intercept(ngx_conf_t *cf, ngx_shop_conf_loc_t *slcf,
    ngx_str_t *value)
{
    u_char     *p, *last;
    ngx_str_t   code;

    slcf->intercept = ngx_array_create(cf->pool, 4, sizeof(ngx_uint_t));
    if (slcf->intercept == NULL) {
        return NGX_CONF_ERROR;
    }

    last = value->data + value->len;

    for (p = value->data + 10; p <= last; p = code.data + code.len + 1) {

        code.data = p;
        code.len = 0;

        while (p + code.len < last && p[code.len] != ',') {
            code.len++;
        }

        if (ngx_shop_conf_page_code(cf, slcf->intercept, &code) != NGX_OK) {
            return NGX_CONF_ERROR;
        }
    }

    return NGX_CONF_OK;
}


static ngx_int_t
ngx_shop_conf_page_code(ngx_conf_t *cf, ngx_array_t *codes, ngx_str_t *text)
{
    ngx_int_t    n;
    ngx_uint_t  *code;

    n = ngx_atoi(text->data, text->len);

    if (n < 400 || n > 599 || n == NGX_HTTP_CLIENT_CLOSED_REQUEST) {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                           "invalid code \"%V\" in \"intercept\" of "
                           "\"shop_fallback\", expected a status from 400 "
                           "to 599 such as 503", text);
        return NGX_ERROR;
    }

    code = ngx_array_push(codes);
    if (code == NULL) {
        return NGX_ERROR;
    }

    *code = n;

    return NGX_OK;
}


char *
ngx_shop_conf_page_dir(ngx_conf_t *cf, ngx_command_t *cmd, void *conf)
{
    ngx_str_t            *value;
    ngx_file_info_t       fi;
    ngx_shop_conf_loc_t  *slcf = conf;

    if (slcf->page_dir.data) {
        return "is duplicate";
    }

    value = cf->args->elts;
    slcf->page_dir = value[1];

    if (ngx_conf_full_name(cf->cycle, &slcf->page_dir, 1) != NGX_OK) {
        return NGX_CONF_ERROR;
    }

    while (slcf->page_dir.len > 1
           && slcf->page_dir.data[slcf->page_dir.len - 1] == '/')
    {
        slcf->page_dir.data[--slcf->page_dir.len] = '\0';
    }

    if (ngx_file_info(slcf->page_dir.data, &fi) == NGX_FILE_ERROR
        || !ngx_is_dir(&fi))
    {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, ngx_errno,
                           "invalid value \"%V\" in \"shop_page_dir\", "
                           "expected a directory with page.html, page.txt "
                           "or lang/*.txt", &slcf->page_dir);
        return NGX_CONF_ERROR;
    }

    return NGX_CONF_OK;
}


/* shop_page_look hero|card|plain */

char *
ngx_shop_conf_page_look(ngx_conf_t *cf, ngx_command_t *cmd, void *conf)
{
    u_char               *asset;
    ngx_str_t            *value;
    ngx_shop_conf_loc_t  *slcf = conf;

    if (slcf->page_look.data) {
        return "is duplicate";
    }

    value = cf->args->elts;

    asset = ngx_pnalloc(cf->pool, value[1].len + sizeof("look/.css"));
    if (asset == NULL) {
        return NGX_CONF_ERROR;
    }

    (void) ngx_sprintf(asset, "look/%V.css%Z", &value[1]);

    if (ngx_shop_assets_find((char *) asset) == NULL) {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                           "invalid value \"%V\" in \"shop_page_look\", "
                           "expected %s", &value[1],
                           ngx_shop_conf_page_looks.such);
        return NGX_CONF_ERROR;
    }

    slcf->page_look = value[1];

    return NGX_CONF_OK;
}


/* shop_page_var NAME VALUE */

char *
ngx_shop_conf_page_var(ngx_conf_t *cf, ngx_command_t *cmd, void *conf)
{
    u_char                ch;
    ngx_str_t            *value;
    const char           *right;
    ngx_uint_t            i;
    ngx_shop_view_var_t  *var;
    ngx_shop_conf_loc_t  *slcf = conf;

    value = cf->args->elts;

    for (i = 0; i < value[1].len; i++) {
        ch = (u_char) (value[1].data[i] | 0x20);

        if ((ch < 'a' || ch > 'z') && value[1].data[i] != '_'
            && (value[1].data[i] < '0' || value[1].data[i] > '9'))
        {
            break;
        }
    }

    if (value[1].len == 0 || i < value[1].len) {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                           "invalid name \"%V\" in \"shop_page_var\", expected "
                           "letters, digits and \"_\", such as name, home, "
                           "basket, contact or logo", &value[1]);
        return NGX_CONF_ERROR;
    }

    if (slcf->page_vars == NGX_CONF_UNSET_PTR) {
        slcf->page_vars = ngx_array_create(cf->pool, 4,
                                           sizeof(ngx_shop_view_var_t));
        if (slcf->page_vars == NULL) {
            return NGX_CONF_ERROR;
        }
    }

    var = slcf->page_vars->elts;

    for (i = 0; i < slcf->page_vars->nelts; i++) {
        if (var[i].name.len == value[1].len
            && ngx_strncmp(var[i].name.data, value[1].data, value[1].len) == 0)
        {
            ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                               "\"shop_page_var %V\" is given twice",
                               &value[1]);
            return NGX_CONF_ERROR;
        }
    }

    var = ngx_array_push(slcf->page_vars);
    if (var == NULL) {
        return NGX_CONF_ERROR;
    }

    var->name.len = value[1].len;
    var->name.data = value[1].data;
    var->value.len = value[2].len;
    var->value.data = value[2].data;

    right = ngx_shop_look_refuses(var);

    if (right) {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                           "invalid value \"%V\" in \"shop_page_var %V\", "
                           "expected %s", &value[2], &value[1], right);
        return NGX_CONF_ERROR;
    }

    return NGX_CONF_OK;
}


/* shop_retry_after DEFAULT [min=] [max=] */

char *
ngx_shop_conf_page_retry_after(ngx_conf_t *cf, ngx_command_t *cmd, void *conf)
{
    ngx_str_t            *value;
    ngx_shop_conf_loc_t  *slcf = conf;

    if (slcf->retry_default != NGX_CONF_UNSET) {
        return "is duplicate";
    }

    if (ngx_shop_params_parse(cf, ngx_shop_conf_page_retries, 2, slcf)
        != NGX_CONF_OK
        || ngx_shop_params_value(cf, &ngx_shop_conf_page_retry, slcf)
           != NGX_CONF_OK)
    {
        return NGX_CONF_ERROR;
    }

    if (slcf->retry_default < slcf->retry_min
        || slcf->retry_default > slcf->retry_max)
    {
        value = cf->args->elts;

        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                           "invalid value \"%V\" in \"shop_retry_after\", "
                           "expected a time from min (%is) to max (%is)",
                           &value[1], slcf->retry_min, slcf->retry_max);
        return NGX_CONF_ERROR;
    }

    return NGX_CONF_OK;
}


/* shop_cors ORIGIN ... */

char *
ngx_shop_conf_page_cors(ngx_conf_t *cf, ngx_command_t *cmd, void *conf)
{
    u_char               *p, *last;
    ngx_str_t            *value, *origin;
    ngx_uint_t            i;
    ngx_shop_conf_loc_t  *slcf = conf;

    if (slcf->cors != NGX_CONF_UNSET_PTR) {
        return "is duplicate";
    }

    slcf->cors = ngx_array_create(cf->pool, cf->args->nelts,
                                  sizeof(ngx_str_t));
    if (slcf->cors == NULL) {
        return NGX_CONF_ERROR;
    }

    value = cf->args->elts;

    for (i = 1; i < cf->args->nelts; i++) {

        /* RFC 6454: scheme "://" host [ ":" port ], no path */

        last = value[i].data + value[i].len;

        p = value[i].data
            + (ngx_strncasecmp(value[i].data, (u_char *) "https://", 8) == 0
               ? 8
               : ngx_strncasecmp(value[i].data, (u_char *) "http://", 7) == 0
               ? 7 : value[i].len);

        if (p >= last || ngx_strlchr(p, last, '/')
            || ngx_strlchr(p, last, '*'))
        {
            ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                               "invalid origin \"%V\" in \"shop_cors\", "
                               "expected a scheme and a host such as "
                               "https://app.example.com", &value[i]);
            return NGX_CONF_ERROR;
        }

        origin = ngx_array_push(slcf->cors);
        if (origin == NULL) {
            return NGX_CONF_ERROR;
        }

        *origin = value[i];
    }

    return NGX_CONF_OK;
}


/* shop_public_status URI|off */

char *
ngx_shop_conf_page_public_status(ngx_conf_t *cf, ngx_command_t *cmd,
    void *conf)
{
    ngx_str_t            *value;
    ngx_shop_conf_loc_t  *slcf = conf;

    if (slcf->public_status.data) {
        return "is duplicate";
    }

    value = cf->args->elts;
    slcf->public_status = value[1];

    if (ngx_strcmp(value[1].data, "off") == 0) {
        slcf->public_status.len = 0;
        return NGX_CONF_OK;
    }

    if (value[1].data[0] != '/' || ngx_strchr(value[1].data, '?')
        || ngx_strchr(value[1].data, ' '))
    {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                           "invalid value \"%V\" in \"shop_public_status\", "
                           "expected %s", &value[1],
                           ngx_shop_conf_page_status.such);
        return NGX_CONF_ERROR;
    }

    return NGX_CONF_OK;
}
