
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * The directive "shop_control".  Without a key there is no control.
 */


#include "nginx/control/control.h"
#include "nginx/keyfile.h"


char *
ngx_shop_control_key_directive(ngx_conf_t *cf, ngx_command_t *cmd, void *conf)
{
    ngx_shop_conf_loc_t  *slcf = conf;

    ngx_http_core_loc_conf_t  *clcf;
    ngx_shop_conf_main_t      *smcf;

    if (slcf->answer) {
        return slcf->control ? "is duplicate"
                             : "cannot stand beside \"shop_status\"";
    }

    slcf->control = ngx_palloc(cf->pool, sizeof(ngx_str_t));

    if (slcf->control == NULL
        || ngx_shop_keyfile_read(cf, cmd, 1, slcf->control) != NGX_OK)
    {
        return NGX_CONF_ERROR;
    }

    slcf->answer = ngx_shop_control_handler;

    smcf = ngx_http_conf_get_module_main_conf(cf, ngx_shop_failover_module);
    smcf->used = 1;

    clcf = ngx_http_conf_get_module_loc_conf(cf, ngx_http_core_module);
    clcf->handler = slcf->answer;

    return NGX_CONF_OK;
}
