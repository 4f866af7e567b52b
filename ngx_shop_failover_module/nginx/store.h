
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * When the state file is written, and what is said of it.
 */


#ifndef _NGX_SHOP_FAILOVER_STORE_H_INCLUDED_
#define _NGX_SHOP_FAILOVER_STORE_H_INCLUDED_


#include "nginx/conf.h"


/* once in each worker */
ngx_int_t ngx_shop_failover_store_start(ngx_cycle_t *cycle,
    ngx_shop_failover_main_conf_t *smcf);

/* at the exit of each worker */
void ngx_shop_failover_store_exit(ngx_cycle_t *cycle,
    ngx_shop_failover_main_conf_t *smcf);


#endif /* _NGX_SHOP_FAILOVER_STORE_H_INCLUDED_ */
