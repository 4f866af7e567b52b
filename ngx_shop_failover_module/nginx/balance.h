
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * Verdicts into the balancer's own peers.
 */


#ifndef _NGX_SHOP_FAILOVER_BALANCE_H_INCLUDED_
#define _NGX_SHOP_FAILOVER_BALANCE_H_INCLUDED_


#include "nginx/conf.h"


/*
 * Wraps peer.init of every upstream with a health check.  To be called in
 * postconfiguration: all init_upstream() have run by then.  Refuses a
 * load balancing method that is not built on round robin's peers.
 */
ngx_int_t ngx_shop_failover_balance_init(ngx_conf_t *cf);

/* brings one upstream's peers up to date with the verdicts */
void ngx_shop_failover_balance_sync(ngx_shop_failover_main_conf_t *smcf,
    ngx_shop_failover_srv_conf_t *sscf);


#endif /* _NGX_SHOP_FAILOVER_BALANCE_H_INCLUDED_ */
