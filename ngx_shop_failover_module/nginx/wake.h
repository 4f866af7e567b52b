
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * A word to every worker that a verdict changed.
 */


#ifndef _NGX_SHOP_WAKE_H_INCLUDED_
#define _NGX_SHOP_WAKE_H_INCLUDED_


#include "nginx/conf.h"


/*
 * In the master, before it forks: the descriptor that all workers share, those
 * of an older configuration included.
 */
void ngx_shop_wake_create(ngx_cycle_t *cycle, ngx_shop_conf_main_t *smcf);

/*
 * In each worker: from now on handler is called after each wake_all(), and
 * where that is not to be had, by a timer.
 */
ngx_int_t ngx_shop_wake_start(ngx_cycle_t *cycle, ngx_shop_conf_main_t *smcf,
    void (*handler)(ngx_shop_conf_main_t *smcf));

/* after a change of a verdict; this worker is woken, too */
void ngx_shop_wake_all(ngx_shop_conf_main_t *smcf);


#endif /* _NGX_SHOP_WAKE_H_INCLUDED_ */
