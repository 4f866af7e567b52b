
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * Requests that wait for a server of a group, of all workers: how many, since
 * when, and whether one more may.  No lock: each worker writes words of its
 * own, and those of a worker that is gone count no more.
 */


#ifndef _NGX_SHOP_LINE_H_INCLUDED_
#define _NGX_SHOP_LINE_H_INCLUDED_


#include "state/model.h"
#include "state/peers.h"


/* of a worker: what it wrote of a group */
typedef struct {
    ngx_uint_t                     place;      /* 1 + its index; 0: none */
    ngx_uint_t                     waiting;
} ngx_shop_line_t;


/* NGX_OK: one more waits; NGX_BUSY: as many do as may, unless it is let in */
ngx_int_t ngx_shop_line_enter(ngx_shop_model_zone_t *zone,
    ngx_shop_model_group_t *group, ngx_shop_line_t *own, ngx_uint_t always);

void ngx_shop_line_leave(ngx_shop_model_zone_t *zone,
    ngx_shop_model_group_t *group, ngx_shop_line_t *own);

/* since when the oldest of this worker waits; monotonic ms */
void ngx_shop_line_oldest(ngx_shop_model_zone_t *zone,
    ngx_shop_model_group_t *group, ngx_shop_line_t *own, ngx_msec_t since);

/* how many wait, and in *longest for how many ms, where it is not NULL */
ngx_uint_t ngx_shop_line_waiting(ngx_shop_model_zone_t *zone,
    ngx_shop_model_group_t *group, ngx_msec_t *longest);

/*
 * Whether it is for less than group->patience that nobody can be had: by
 * verdicts, or else since the first request found nobody.  An answer in between
 * begins it anew.
 */
ngx_uint_t ngx_shop_line_young(ngx_shop_model_zone_t *zone,
    ngx_shop_model_group_t *group);

/* a probe has passed while somebody waits; changes with each */
void ngx_shop_line_hope(ngx_shop_model_zone_t *zone,
    ngx_shop_model_group_t *group);

#define ngx_shop_line_hopes(zone, group)                                     \
    ((zone)->sh->groups[(group)->index].line.hopes)


#endif /* _NGX_SHOP_LINE_H_INCLUDED_ */
