
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * The directive "shop_class": what a location is for.  The names are few, and
 * become labels of metrics.
 */


#include "nginx/conf.h"


static ngx_uint_t ngx_shop_conf_class_name(ngx_str_t *name);


char *
ngx_shop_conf_class(ngx_conf_t *cf, ngx_command_t *cmd, void *conf)
{
    ngx_shop_conf_loc_t  *slcf = conf;

    ngx_str_t                *value;
    ngx_uint_t                i;
    ngx_shop_conf_main_t     *smcf;
    ngx_shop_model_class_t  **class;

    if (slcf->class != NGX_CONF_UNSET_PTR) {
        return "is duplicate";
    }

    value = cf->args->elts;

    if (!ngx_shop_conf_class_name(&value[1])) {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                           "invalid value \"%V\" in \"shop_class\", expected "
                           "a name of at most %d letters, digits, \"_\" "
                           "and \"-\" such as checkout",
                           &value[1], NGX_SHOP_LAYOUT_CLASS_LEN);
        return NGX_CONF_ERROR;
    }

    smcf = ngx_http_conf_get_module_main_conf(cf, ngx_shop_failover_module);
    smcf->used = 1;

    class = smcf->zone.classes.elts;

    for (i = 0; i < smcf->zone.classes.nelts; i++) {
        if (class[i]->name.len == value[1].len
            && ngx_strncmp(class[i]->name.data, value[1].data, value[1].len)
               == 0)
        {
            slcf->class = class[i];
            return NGX_CONF_OK;
        }
    }

    if (i == NGX_SHOP_LAYOUT_CLASSES) {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                           "\"shop_class %V\" is one name too many, expected "
                           "at most %d different ones: each is a label "
                           "of a metric",
                           &value[1], NGX_SHOP_LAYOUT_CLASSES);
        return NGX_CONF_ERROR;
    }

    class = ngx_array_push(&smcf->zone.classes);
    if (class == NULL) {
        return NGX_CONF_ERROR;
    }

    slcf->class = ngx_pcalloc(cf->pool, sizeof(ngx_shop_model_class_t));
    if (slcf->class == NULL) {
        return NGX_CONF_ERROR;
    }

    slcf->class->name = value[1];
    *class = slcf->class;

    return NGX_CONF_OK;
}


static ngx_uint_t
ngx_shop_conf_class_name(ngx_str_t *name)
{
    u_char      c;
    ngx_uint_t  i;

    if (name->len == 0 || name->len > NGX_SHOP_LAYOUT_CLASS_LEN) {
        return 0;
    }

    for (i = 0; i < name->len; i++) {
        c = name->data[i];

        if (!((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z')
              || (c >= '0' && c <= '9') || c == '_' || c == '-'))
        {
            return 0;
        }
    }

    return 1;
}
