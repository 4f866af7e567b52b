
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * When to probe: timers and leases of this worker.
 */


#ifndef _NGX_SHOP_PROBE_H_INCLUDED_
#define _NGX_SHOP_PROBE_H_INCLUDED_


#include "nginx/conf.h"


/* 1: requests of visitors get no answer of the peer, either */
typedef ngx_uint_t (*ngx_shop_probe_silent_pt)(
    ngx_shop_conf_srv_t *sscf, ngx_shop_model_peer_t *peer);


/*
 * Called in init_process of each worker; silent is asked where a probe failed.
 * NGX_ERROR: no memory.
 */
ngx_int_t ngx_shop_probe_start(ngx_cycle_t *cycle, ngx_shop_conf_main_t *smcf,
    ngx_shop_probe_silent_pt silent);

/* called in exit_process: ends what is under way and what is kept */
void ngx_shop_probe_exit(ngx_shop_conf_main_t *smcf);

/*
 * Probes a peer whose lease this worker has taken, wait ms from now and not at
 * the time that its timer is set to.
 */
void ngx_shop_probe_soon(ngx_shop_conf_main_t *smcf,
    ngx_shop_model_peer_t *peer, ngx_msec_t wait);


#endif /* _NGX_SHOP_PROBE_H_INCLUDED_ */
