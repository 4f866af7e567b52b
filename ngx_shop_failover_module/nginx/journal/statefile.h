
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * When the state file is written, and what is said of it.
 */


#ifndef _NGX_SHOP_STATEFILE_H_INCLUDED_
#define _NGX_SHOP_STATEFILE_H_INCLUDED_


#include "nginx/conf.h"


/* once in each worker */
ngx_int_t ngx_shop_statefile_start(ngx_cycle_t *cycle,
    ngx_shop_conf_main_t *smcf);

/* at the exit of each worker */
void ngx_shop_statefile_exit(ngx_cycle_t *cycle, ngx_shop_conf_main_t *smcf);


#endif /* _NGX_SHOP_STATEFILE_H_INCLUDED_ */
