
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * Probes that several nodes of a fleet share.  Somebody who knows the others
 * says how many they are, again and again; where nobody does, this node is on
 * its own within an interval.
 */


#ifndef _NGX_SHOP_SHARE_H_INCLUDED_
#define _NGX_SHOP_SHARE_H_INCLUDED_


#include "state/model.h"


/* nodes is 1 for "on your own"; the others were heard of so many ms ago */
void ngx_shop_share_tell(ngx_shop_model_zone_t *zone, ngx_uint_t nodes,
    ngx_uint_t node, ngx_msec_t age);

/* how many share the probes of a group now, and in *node which one is this */
ngx_uint_t ngx_shop_share_nodes_locked(ngx_shop_model_zone_t *zone,
    ngx_shop_model_group_t *group, ngx_uint_t *node);

/* for lease.c: NGX_OK, and ps->due is this node's next turn; or NGX_DECLINED */
ngx_int_t ngx_shop_share_due_locked(ngx_shop_model_zone_t *zone,
    ngx_shop_layout_peer_t *ps, ngx_shop_model_group_t *group);

/*
 * for lease.c: how long to sleep before ps->due, or before it is to be asked
 * again whether the turns still hold.  Where they do not, ps->due is set
 * anew.  0: ps->due is now, or is none.
 */
ngx_msec_t ngx_shop_share_sleep_locked(ngx_shop_model_zone_t *zone,
    ngx_shop_layout_peer_t *ps, ngx_shop_model_group_t *group);


#endif /* _NGX_SHOP_SHARE_H_INCLUDED_ */
