
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * The composition root's half of the configuration, for module.c.
 */


#ifndef _NGX_SHOP_MODULE_CONF_H_INCLUDED_
#define _NGX_SHOP_MODULE_CONF_H_INCLUDED_


#include "nginx/conf.h"


void *ngx_shop_module_conf_create_main(ngx_conf_t *cf);
void *ngx_shop_module_conf_create_srv(ngx_conf_t *cf);
void *ngx_shop_module_conf_create_loc(ngx_conf_t *cf);
char *ngx_shop_module_conf_merge_loc(ngx_conf_t *cf, void *parent, void *child);

/* in postconfiguration: groups from the upstreams, then the zone */
ngx_int_t ngx_shop_module_conf_finish(ngx_conf_t *cf);


#endif /* _NGX_SHOP_MODULE_CONF_H_INCLUDED_ */
