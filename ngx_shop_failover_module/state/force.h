
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * What an operator asked of a peer: drain, down, up, each perhaps for a while
 * only.  It stands above what probes say, and probes go on.
 */


#ifndef _NGX_SHOP_FORCE_H_INCLUDED_
#define _NGX_SHOP_FORCE_H_INCLUDED_


#include "state/peers.h"

#include "logic/story/saved.h"


/* an override whose time was over, to be told to people */
typedef struct {
    ngx_shop_model_group_t        *group;
    ngx_shop_model_peer_t         *peer;
    ngx_shop_layout_force_t        force;
} ngx_shop_force_change_t;


/*
 * Sets or, with FORCE_NONE, ends the override of a peer; *was is the one that
 * stood before.  NGX_DECLINED: the peer has no record in the shared memory.
 */
ngx_int_t ngx_shop_force_set(ngx_shop_model_zone_t *zone,
    ngx_shop_model_group_t *group, ngx_shop_model_peer_t *peer,
    ngx_shop_layout_force_t *force, ngx_shop_layout_force_t *was);

/* ends those whose time is over; any worker, called once a second */
ngx_uint_t ngx_shop_force_expire(ngx_shop_model_zone_t *zone,
    ngx_shop_force_change_t *changes, ngx_uint_t n);

/*
 * Somebody gave orders without the key.  How many times since this was last
 * said, or 0: within "quiet" seconds it is not to be said again.  No lock.
 */
ngx_uint_t ngx_shop_force_intruder(ngx_shop_model_zone_t *zone, int64_t quiet);

/* "drain", "down", "up"; "none" */
const char *ngx_shop_force_name(ngx_uint_t how);

/* for file.c: an override of before the restart; 0: it is over, or of nobody */
ngx_uint_t ngx_shop_force_restore_locked(ngx_shop_model_zone_t *zone,
    ngx_shop_saved_order_t *order);


#endif /* _NGX_SHOP_FORCE_H_INCLUDED_ */
