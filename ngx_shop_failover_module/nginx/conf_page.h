
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * Directives of the visitor's page.
 */


#ifndef _NGX_SHOP_CONF_PAGE_H_INCLUDED_
#define _NGX_SHOP_CONF_PAGE_H_INCLUDED_


#include "nginx/conf.h"


char *ngx_shop_conf_page_fallback(ngx_conf_t *cf, ngx_command_t *cmd,
    void *conf);
char *ngx_shop_conf_page_dir(ngx_conf_t *cf, ngx_command_t *cmd, void *conf);
char *ngx_shop_conf_page_look(ngx_conf_t *cf, ngx_command_t *cmd, void *conf);
char *ngx_shop_conf_page_var(ngx_conf_t *cf, ngx_command_t *cmd, void *conf);
char *ngx_shop_conf_page_retry_after(ngx_conf_t *cf, ngx_command_t *cmd,
    void *conf);
char *ngx_shop_conf_page_cors(ngx_conf_t *cf, ngx_command_t *cmd, void *conf);
char *ngx_shop_conf_page_public_status(ngx_conf_t *cf, ngx_command_t *cmd,
    void *conf);

/* the page's part of creating and of merging a location's configuration */
void ngx_shop_conf_page_create(ngx_shop_conf_loc_t *conf);
char *ngx_shop_conf_page_merge(ngx_conf_t *cf, ngx_shop_conf_loc_t *prev,
    ngx_shop_conf_loc_t *conf);

/* called by conf_page_merge only: the defaults, of what conf does not say */
void ngx_shop_conf_page_standard(ngx_shop_conf_loc_t *conf);


#endif /* _NGX_SHOP_CONF_PAGE_H_INCLUDED_ */
