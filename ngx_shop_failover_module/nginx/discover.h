
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * Peers that appear and vanish at run time ("resolve" and "service" of nginx
 * 1.27.3 and later): from the balancer's list into the group's.
 */


#ifndef _NGX_SHOP_FAILOVER_DISCOVER_H_INCLUDED_
#define _NGX_SHOP_FAILOVER_DISCOVER_H_INCLUDED_


#include "nginx/conf.h"


/*
 * Whether the balancer's list is another one than that which was looked at
 * last; no lock, for the request path.
 */
#define ngx_shop_failover_discover_due(sscf)                                 \
    ((sscf)->group->resolve                                                  \
     && (sscf)->config                                                       \
        != ngx_shop_failover_compat_config((sscf)->uscf->peer.data))

/* once in each worker, before the first scan */
void ngx_shop_failover_discover_start(ngx_shop_failover_srv_conf_t *sscf);

/*
 * Brings the group's list up to date and keeps its slots.  A peer that
 * vanished is marked as gone; who probes it lets go of it and frees it
 * (ngx_shop_failover_discover_free).
 */
void ngx_shop_failover_discover_scan(ngx_shop_failover_main_conf_t *smcf,
    ngx_shop_failover_srv_conf_t *sscf);

/* frees the records of peers that are gone; nothing points to them any more */
void ngx_shop_failover_discover_free(ngx_shop_failover_group_t *group);


#endif /* _NGX_SHOP_FAILOVER_DISCOVER_H_INCLUDED_ */
