
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * The upstream blocks of a configuration.
 */


#include "nginx/conf_upstreams.h"


ngx_shop_conf_srv_t *
ngx_shop_conf_upstreams_next(ngx_conf_t *cf, ngx_uint_t *i)
{
    ngx_shop_conf_srv_t             *sscf;
    ngx_http_upstream_srv_conf_t   **uscfp;
    ngx_http_upstream_main_conf_t   *umcf;

    umcf = ngx_http_conf_get_module_main_conf(cf, ngx_http_upstream_module);
    uscfp = umcf->upstreams.elts;

    while (*i < umcf->upstreams.nelts) {

        if (uscfp[*i]->srv_conf == NULL) {
            (*i)++;
            continue;
        }

        sscf = ngx_http_conf_upstream_srv_conf(uscfp[*i],
                                               ngx_shop_failover_module);
        sscf->uscf = uscfp[(*i)++];

        return sscf;
    }

    return NULL;
}


ngx_shop_conf_srv_t *
ngx_shop_conf_upstreams_find(ngx_conf_t *cf, ngx_str_t *name)
{
    ngx_str_t            *host;
    ngx_uint_t            i;
    ngx_shop_conf_srv_t  *sscf;

    i = 0;

    for (sscf = ngx_shop_conf_upstreams_next(cf, &i);
         sscf;
         sscf = ngx_shop_conf_upstreams_next(cf, &i))
    {
        host = &sscf->uscf->host;

        if (host->len == name->len
            && ngx_strncasecmp(host->data, name->data, name->len) == 0)
        {
            return sscf;
        }
    }

    return NULL;
}
