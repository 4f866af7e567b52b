
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * The directive that decides the page's language.
 */


#ifndef _NGX_SHOP_CONF_LANG_H_INCLUDED_
#define _NGX_SHOP_CONF_LANG_H_INCLUDED_


#include "nginx/conf.h"


char *ngx_shop_conf_lang(ngx_conf_t *cf, ngx_command_t *cmd, void *conf);


#endif /* _NGX_SHOP_CONF_LANG_H_INCLUDED_ */
