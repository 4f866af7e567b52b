
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * The shared memory: its size, and how it outlives a reload.
 */


#ifndef _NGX_SHOP_ZONE_H_INCLUDED_
#define _NGX_SHOP_ZONE_H_INCLUDED_


#include "state/model.h"


/*
 * Whether workers of a newer configuration have begun: then those of this one
 * publish nothing, as they would by what is not configured any more, and write
 * no events, which the newer ones write.  No lock.
 */
ngx_uint_t ngx_shop_zone_superseded(ngx_shop_model_zone_t *zone);

/* whether these have another zone: what is written here is read by nobody */
ngx_uint_t ngx_shop_zone_succeeded(ngx_shop_model_zone_t *zone);

/*
 * Called in the master when a new cycle is certain, before it has workers: a
 * zone of the old one that is not ours is told that it has a successor.
 */
void ngx_shop_zone_succeed(ngx_shop_model_zone_t *zone, ngx_cycle_t *cycle);

/*
 * Adds the zone once the configuration is complete: groups and sites are
 * filled, size is that of shop_zone or 0.  Refuses a size that is too small,
 * naming the one that is needed.
 */
ngx_int_t ngx_shop_zone_add(ngx_conf_t *cf, ngx_shop_model_zone_t *zone,
    size_t size, void *tag);


#endif /* _NGX_SHOP_ZONE_H_INCLUDED_ */
