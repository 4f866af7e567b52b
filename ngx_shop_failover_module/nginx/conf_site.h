
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * Sites: which shop a location belongs to, and which upstreams a shop has.
 */


#ifndef _NGX_SHOP_CONF_SITE_H_INCLUDED_
#define _NGX_SHOP_CONF_SITE_H_INCLUDED_


#include "nginx/conf.h"


char *ngx_shop_conf_site_directive(ngx_conf_t *cf, ngx_command_t *cmd,
    void *conf);
char *ngx_shop_conf_site_upstreams(ngx_conf_t *cf, ngx_command_t *cmd,
    void *conf);

char *ngx_shop_conf_budget_directive(ngx_conf_t *cf, ngx_command_t *cmd,
    void *conf);

/* once the site of a location is known */
char *ngx_shop_conf_budget_merge(ngx_conf_t *cf, ngx_shop_conf_loc_t *prev,
    ngx_shop_conf_loc_t *conf);

/* the model's site of what no site has */
ngx_int_t ngx_shop_conf_site_create(ngx_conf_t *cf,
    ngx_shop_conf_main_t *smcf);

/*
 * Finds the site of a location, and what it passes to.  Once the flag is known
 * and before what asks for the site.
 */
char *ngx_shop_conf_site_merge(ngx_conf_t *cf, ngx_shop_conf_loc_t *prev,
    ngx_shop_conf_loc_t *conf);

/* once all of the location is merged: whether it makes its server a site */
void ngx_shop_conf_site_count(ngx_shop_conf_loc_t *conf);

/* after all blocks were read, with the groups made: the sites of the zone */
ngx_int_t ngx_shop_conf_site_uses_finish(ngx_conf_t *cf,
    ngx_shop_conf_main_t *smcf);


#endif /* _NGX_SHOP_CONF_SITE_H_INCLUDED_ */
