
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * Whether this nginx is worth sending visitors to.
 */


#ifndef _NGX_SHOP_LIVE_H_INCLUDED_
#define _NGX_SHOP_LIVE_H_INCLUDED_


#include "nginx/conf.h"


/* the directive "shop_live" */
char *ngx_shop_live_directive(ngx_conf_t *cf, ngx_command_t *cmd, void *conf);


#endif /* _NGX_SHOP_LIVE_H_INCLUDED_ */
