
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * The site of a request, by its location and its host.
 */


#include "nginx/host.h"


ngx_shop_model_site_t *
ngx_shop_host_site(ngx_http_request_t *r, ngx_shop_conf_loc_t *slcf)
{
    ngx_shop_conf_main_t   *smcf;
    ngx_shop_model_site_t  *site;

    site = ngx_shop_conf_site(slcf);

    if (site->base == NULL) {
        return site;
    }

    smcf = ngx_http_get_module_main_conf(r, ngx_shop_failover_module);

    if (!(ngx_shop_board_word_of(&smcf->zone, site)
          & NGX_SHOP_BOARD_GATE_HOSTS))
    {
        return site;
    }

    return ngx_shop_board_hosts_part(&smcf->zone, site, &r->headers_in.server,
                                     r->connection->log);
}
