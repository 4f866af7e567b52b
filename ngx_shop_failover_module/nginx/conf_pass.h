
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * Where the locations of a site pass requests to.
 */


#ifndef _NGX_SHOP_CONF_PASS_H_INCLUDED_
#define _NGX_SHOP_CONF_PASS_H_INCLUDED_


#include "nginx/conf.h"


/*
 * Called for each location, "if" and named ones included, while it is merged:
 * adds the upstream block that it names to site->passes, else its handler to
 * site->handlers.
 */
ngx_int_t ngx_shop_conf_pass_find(ngx_conf_t *cf, ngx_shop_conf_site_t *site);

/* after all blocks were read: sets "variable" of sites */
ngx_int_t ngx_shop_conf_pass_handlers(ngx_conf_t *cf,
    ngx_shop_conf_main_t *smcf);


#endif /* _NGX_SHOP_CONF_PASS_H_INCLUDED_ */
