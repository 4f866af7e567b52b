
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * Groups in shared memory: who takes the traffic of a chain, and when verdicts
 * are ignored.
 */


#ifndef _NGX_SHOP_FAILOVER_GROUPS_H_INCLUDED_
#define _NGX_SHOP_FAILOVER_GROUPS_H_INCLUDED_


#include "state/board.h"


/* who serves for a group, copied under the lock */
typedef struct {
    ngx_uint_t                        state;      /* _group_e, chain included */
    int64_t                           since;      /* Unix s */
    ngx_shop_failover_group_t        *serving;    /* itself or a backup */
    int64_t                           serving_since;  /* Unix s */
    ngx_uint_t                        panic;      /* verdicts are ignored */
} ngx_shop_failover_group_view_t;


/* called by zone only, once all groups are registered */
void ngx_shop_failover_groups_register_locked(ngx_shop_failover_zone_t *zone,
    ngx_shop_failover_sh_t *old);

/*
 * Called by board only: brings one group up to date; up to three changes go
 * into changes, of which n have room.
 */
ngx_uint_t ngx_shop_failover_groups_evaluate_locked(
    ngx_shop_failover_zone_t *zone, ngx_shop_failover_group_t *group,
    ngx_shop_failover_change_t *changes, ngx_uint_t n);

/* no lock; the state of a group with its backup groups */
ngx_uint_t ngx_shop_failover_groups_state(ngx_shop_failover_zone_t *zone,
    ngx_shop_failover_group_t *group);

/* no lock; who takes the traffic: 0: the group itself, n: its nth backup */
ngx_uint_t ngx_shop_failover_groups_serving(ngx_shop_failover_zone_t *zone,
    ngx_shop_failover_group_t *group);

/* no lock; too few peers are usable, so that verdicts are ignored */
ngx_uint_t ngx_shop_failover_groups_panic(ngx_shop_failover_zone_t *zone,
    ngx_shop_failover_group_t *group);

void ngx_shop_failover_groups_view(ngx_shop_failover_zone_t *zone,
    ngx_shop_failover_group_t *group, ngx_shop_failover_group_view_t *view);


#endif /* _NGX_SHOP_FAILOVER_GROUPS_H_INCLUDED_ */
