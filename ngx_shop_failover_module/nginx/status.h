
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * The operator's view.
 */


#ifndef _NGX_SHOP_FAILOVER_STATUS_H_INCLUDED_
#define _NGX_SHOP_FAILOVER_STATUS_H_INCLUDED_


#include "nginx/conf.h"


/* the directive "shop_status" */
char *ngx_shop_failover_status_directive(ngx_conf_t *cf, ngx_command_t *cmd,
    void *conf);


#endif /* _NGX_SHOP_FAILOVER_STATUS_H_INCLUDED_ */
