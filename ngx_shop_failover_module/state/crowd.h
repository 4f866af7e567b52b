
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * Pages that a group has in hand, of all workers, and whether there is room for
 * one more.  No lock: logic/judge/shed decides by words that each worker adds
 * to.
 */


#ifndef _NGX_SHOP_CROWD_H_INCLUDED_
#define _NGX_SHOP_CROWD_H_INCLUDED_


#include "state/model.h"


/* called by each worker when it starts: it has no page in hand */
void ngx_shop_crowd_start(ngx_shop_model_zone_t *zone);

/*
 * For groups with shop_shed.  first: goes before others; always: is let in
 * whatever comes.  1: it is in hand from now on, until _leave().
 */
ngx_uint_t ngx_shop_crowd_enter(ngx_shop_model_zone_t *zone,
    ngx_shop_model_group_t *group, ngx_uint_t first, ngx_uint_t always);
void ngx_shop_crowd_leave(ngx_shop_model_zone_t *zone,
    ngx_shop_model_group_t *group);

/* a page came after so many ms */
void ngx_shop_crowd_page(ngx_shop_model_zone_t *zone,
    ngx_shop_model_group_t *group, ngx_msec_t waited);

/* whether one who comes now is refused; pages in hand of all workers */
ngx_uint_t ngx_shop_crowd_full(ngx_shop_model_zone_t *zone,
    ngx_shop_model_group_t *group);
ngx_uint_t ngx_shop_crowd_inside(ngx_shop_model_zone_t *zone,
    ngx_shop_model_group_t *group);

/* in how many s one who was refused is to come again */
ngx_uint_t ngx_shop_crowd_deal(ngx_shop_model_zone_t *zone,
    ngx_shop_model_group_t *group);


#endif /* _NGX_SHOP_CROWD_H_INCLUDED_ */
