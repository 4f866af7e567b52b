
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * What the files of peers know of each other; nobody else includes this.
 */


#ifndef _NGX_SHOP_PEERS_INSIDE_H_INCLUDED_
#define _NGX_SHOP_PEERS_INSIDE_H_INCLUDED_


#include "state/peers.h"


uint32_t ngx_shop_peers_slot_hash(ngx_str_t *group,
    ngx_shop_model_peer_t *peer);

/* NULL: the peer has no slot */
ngx_shop_layout_peer_t *ngx_shop_peers_slot_find(ngx_shop_layout_t *sh,
    ngx_str_t *group, ngx_shop_model_peer_t *peer);

/*
 * Whether nobody uses a slot any more.  What the running configuration names
 * is in use, however rarely it is probed; what was found at run time is touched
 * by the workers that still see it.
 */
ngx_uint_t ngx_shop_peers_slot_stale(ngx_shop_layout_t *sh,
    ngx_shop_layout_peer_t *ps);

/* a slot for a new peer: a free one, else one that nobody uses any more */
uint32_t ngx_shop_peers_slot_take_locked(ngx_shop_model_zone_t *zone);

/* dynamic: it was found at run time; NGX_DECLINED: there is no room */
ngx_int_t ngx_shop_peers_add_locked(ngx_shop_model_zone_t *zone,
    ngx_shop_model_group_t *group, ngx_shop_model_peer_t *peer,
    ngx_shop_layout_t *old, ngx_uint_t dynamic);

/* the state of a peer that nobody has looked at */
void ngx_shop_peers_add_forget(ngx_shop_model_zone_t *zone,
    ngx_shop_model_group_t *group, ngx_shop_layout_peer_t *ps);


#endif /* _NGX_SHOP_PEERS_INSIDE_H_INCLUDED_ */
