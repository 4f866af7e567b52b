
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * What the files of the snapshot know of each other; nobody else includes this.
 */


#ifndef _NGX_SHOP_SNAPSHOT_INSIDE_H_INCLUDED_
#define _NGX_SHOP_SNAPSHOT_INSIDE_H_INCLUDED_


#include "state/snapshot.h"


/* NGX_OK, NGX_ERROR; of _next(): NGX_AGAIN until it is done */

ngx_int_t ngx_shop_snapshot_sites_begin(ngx_shop_snapshot_t *snap);
ngx_int_t ngx_shop_snapshot_sites_next(ngx_shop_snapshot_t *snap);

ngx_int_t ngx_shop_snapshot_peers_begin(ngx_shop_snapshot_t *snap);
ngx_int_t ngx_shop_snapshot_peers_next(ngx_shop_snapshot_t *snap);


#endif /* _NGX_SHOP_SNAPSHOT_INSIDE_H_INCLUDED_ */
