
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * The directive that decides the page's language.  Which languages there are is
 * known only when the pages are loaded.
 */


#include "nginx/conf_lang.h"


static char *ngx_shop_conf_lang_value(ngx_conf_t *cf,
    ngx_shop_conf_lang_t *lang, ngx_str_t *value);


/* shop_page_lang auto|CODE|$variable [default=CODE] */

char *
ngx_shop_conf_lang(ngx_conf_t *cf, ngx_command_t *cmd, void *conf)
{
    ngx_str_t             *value;
    ngx_shop_conf_loc_t   *slcf = conf;
    ngx_shop_conf_lang_t  *lang;

    if (slcf->page_lang) {
        return "is duplicate";
    }

    lang = ngx_pcalloc(cf->pool, sizeof(ngx_shop_conf_lang_t));
    if (lang == NULL) {
        return NGX_CONF_ERROR;
    }

    slcf->page_lang = lang;

    lang->file = cf->conf_file->file.name;
    lang->line = cf->conf_file->line;

    value = cf->args->elts;

    if (cf->args->nelts == 3) {

        if (value[2].len <= 8
            || ngx_strncmp(value[2].data, "default=", 8) != 0)
        {
            ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                               "unknown parameter \"%V\" of "
                               "\"shop_page_lang\", expected default=CODE "
                               "such as default=de", &value[2]);
            return NGX_CONF_ERROR;
        }

        lang->other.data = value[2].data + 8;
        lang->other.len = value[2].len - 8;
    }

    return ngx_shop_conf_lang_value(cf, lang, &value[1]);
}


static char *
ngx_shop_conf_lang_value(ngx_conf_t *cf, ngx_shop_conf_lang_t *lang,
    ngx_str_t *value)
{
    ngx_http_compile_complex_value_t  ccv;

    if (ngx_strcmp(value->data, "auto") == 0) {
        lang->headers = 1;
        return NGX_CONF_OK;
    }

    ngx_memzero(&ccv, sizeof(ngx_http_compile_complex_value_t));

    ccv.cf = cf;
    ccv.value = value;
    ccv.complex_value = &lang->value;

    if (ngx_http_compile_complex_value(&ccv) != NGX_OK) {
        return NGX_CONF_ERROR;
    }

    lang->fixed = (lang->value.lengths == NULL);

    if (lang->fixed && lang->other.len) {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                           "\"default=%V\" of \"shop_page_lang %V\" would "
                           "never be used, as all pages are in \"%V\"; "
                           "remove it", &lang->other, value, value);
        return NGX_CONF_ERROR;
    }

    return NGX_CONF_OK;
}
