
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * Sees a flag file change.
 */


#ifndef _NGX_SHOP_WATCH_H_INCLUDED_
#define _NGX_SHOP_WATCH_H_INCLUDED_


#include "nginx/conf.h"


/*
 * Called in init_process of each worker: reads the flags before the first
 * request, then watches them.  NGX_ERROR: no memory.
 */
ngx_int_t ngx_shop_watch_start(ngx_cycle_t *cycle, ngx_shop_conf_main_t *smcf);


#endif /* _NGX_SHOP_WATCH_H_INCLUDED_ */
