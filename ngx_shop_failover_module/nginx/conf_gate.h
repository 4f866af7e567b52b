
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * Directives of who passes: shop_bypass, shop_bypass_key, shop_reopen,
 * shop_open.
 */


#ifndef _NGX_SHOP_CONF_GATE_H_INCLUDED_
#define _NGX_SHOP_CONF_GATE_H_INCLUDED_


#include "nginx/conf.h"


char *ngx_shop_conf_gate_bypass(ngx_conf_t *cf, ngx_command_t *cmd,
    void *conf);
char *ngx_shop_conf_gate_key(ngx_conf_t *cf, ngx_command_t *cmd, void *conf);
char *ngx_shop_conf_gate_reopen(ngx_conf_t *cf, ngx_command_t *cmd,
    void *conf);

char *ngx_shop_conf_open(ngx_conf_t *cf, ngx_command_t *cmd, void *conf);

/* what is open where shop_open says nothing */
extern ngx_array_t  ngx_shop_conf_open_default;

/* the gate's part of creating and of merging a location's configuration */
void ngx_shop_conf_gate_create(ngx_shop_conf_loc_t *conf);
char *ngx_shop_conf_gate_merge(ngx_conf_t *cf, ngx_shop_conf_loc_t *prev,
    ngx_shop_conf_loc_t *conf);

/* after all merges: what no location has set */
void ngx_shop_conf_gate_finish(ngx_shop_conf_main_t *smcf);


#endif /* _NGX_SHOP_CONF_GATE_H_INCLUDED_ */
