
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * The directive "shop_open": paths that a flag never closes.
 */


#include "nginx/conf_gate.h"

#include "logic/pass/pattern.h"


static ngx_int_t ngx_shop_conf_open_add(ngx_conf_t *cf, ngx_array_t *open,
    ngx_str_t *text);


/* as _pattern_path() makes them: "\0" is "*" */

static ngx_str_t  ngx_shop_conf_open_paths[] = {
    ngx_string("/robots.txt"),
    ngx_string("/.well-known/\0")
};


ngx_array_t  ngx_shop_conf_open_default = {
    ngx_shop_conf_open_paths, 2, sizeof(ngx_str_t), 2, NULL
};


/* of _pattern_fault_e */

static const char *const  ngx_shop_conf_open_faults[] = {
    NULL,
    "begins with \"/\"",
    "has no arguments (\"?\") and no fragment (\"#\")",
    "has \"%\" before two digits of a byte, such as %20",
    "does not lead out of \"/\" by \"..\""
};


/* shop_open PATTERN ... | off */

char *
ngx_shop_conf_open(ngx_conf_t *cf, ngx_command_t *cmd, void *conf)
{
    ngx_str_t            *value;
    ngx_uint_t            i;
    ngx_shop_conf_loc_t  *slcf = conf;

    if (slcf->open == NULL) {
        return "is given beside \"off\"";
    }

    value = cf->args->elts;

    if (cf->args->nelts == 2 && ngx_strcmp(value[1].data, "off") == 0) {

        if (slcf->open != NGX_CONF_UNSET_PTR) {
            return "is \"off\" beside patterns";
        }

        slcf->open = NULL;
        return NGX_CONF_OK;
    }

    if (slcf->open == NGX_CONF_UNSET_PTR) {
        slcf->open = ngx_array_create(cf->pool, 4, sizeof(ngx_str_t));
        if (slcf->open == NULL) {
            return NGX_CONF_ERROR;
        }
    }

    for (i = 1; i < cf->args->nelts; i++) {
        if (ngx_shop_conf_open_add(cf, slcf->open, &value[i]) != NGX_OK) {
            return NGX_CONF_ERROR;
        }
    }

    return NGX_CONF_OK;
}


static ngx_int_t
ngx_shop_conf_open_add(ngx_conf_t *cf, ngx_array_t *open, ngx_str_t *text)
{
    ngx_str_t                 *path;
    ngx_shop_pattern_fault_e   fault;

    fault = ngx_shop_pattern_fault((ngx_shop_str_t *) text);

    if (fault != NGX_SHOP_PATTERN_FITS) {
        ngx_conf_log_error(NGX_LOG_WARN, cf, 0,
                           "\"%V\" in \"shop_open\" can match nothing, "
                           "expected a path that %s; it is left out",
                           text, ngx_shop_conf_open_faults[fault]);
        return NGX_OK;
    }

    path = ngx_array_push(open);
    if (path == NULL) {
        return NGX_ERROR;
    }

    path->data = ngx_pnalloc(cf->pool, text->len + 1);
    if (path->data == NULL) {
        return NGX_ERROR;
    }

    path->len = ngx_shop_pattern_path(path->data, (ngx_shop_str_t *) text,
                                      NGX_SHOP_PATTERN_PATTERN);

    if (path->len == 1) {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                           "invalid value \"%V\" in \"shop_open\": it is "
                           "every path, and a flag would close nothing; "
                           "expected paths such as /callback or, for all "
                           "of them, \"shop_maintenance off\"", text);
        return NGX_ERROR;
    }

    return NGX_OK;
}
