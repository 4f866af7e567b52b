
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * Groups in shared memory: who takes the traffic of a chain, and when verdicts
 * are ignored.
 */


#ifndef _NGX_SHOP_GROUPS_H_INCLUDED_
#define _NGX_SHOP_GROUPS_H_INCLUDED_


#include "state/model.h"


/* what changed */
typedef enum {
    NGX_SHOP_GROUPS_CHANGE_STATE = 0,     /* from, to: _group_e or _site_e */
    NGX_SHOP_GROUPS_CHANGE_SERVING,       /* 0: itself, n: nth backup */
    NGX_SHOP_GROUPS_CHANGE_PANIC,         /* 0 or 1 */
    NGX_SHOP_GROUPS_CHANGE_BLIND,         /* 0 or 1 */
    NGX_SHOP_GROUPS_CHANGE_LINE,          /* 0 or 1 */
    NGX_SHOP_GROUPS_CHANGE_FULL           /* of its line */
} ngx_shop_groups_change_e;


/* one change of the state of a group or a site, to be told to people */
typedef struct {
    ngx_shop_groups_change_e    what;
    ngx_shop_model_group_t     *group;      /* NULL: of a site */
    ngx_shop_model_site_t      *site;       /* NULL: of a group */
    unsigned                    from;
    unsigned                    to;
    int64_t                     since;      /* of "from", Unix s */
} ngx_shop_groups_change_t;


/* who serves for a group, copied under the lock */
typedef struct {
    ngx_uint_t                  state;      /* _site_group_e, chain included */
    int64_t                     since;      /* Unix s */
    ngx_shop_model_group_t     *serving;    /* itself or a backup */
    int64_t                     serving_since;  /* Unix s */
    ngx_uint_t                  panic;      /* verdicts are ignored */
} ngx_shop_groups_view_t;


/* called by zone only, once all groups are registered */
void ngx_shop_groups_register_locked(ngx_shop_model_zone_t *zone,
    ngx_shop_layout_t *old);

/*
 * Called by board only: brings one group up to date; up to six changes go
 * into changes, of which n have room.
 */
ngx_uint_t ngx_shop_groups_evaluate_locked(ngx_shop_model_zone_t *zone,
    ngx_shop_model_group_t *group, ngx_shop_groups_change_t *changes,
    ngx_uint_t n);

/* no lock; the state of a group with its backup groups */
ngx_uint_t ngx_shop_groups_state(ngx_shop_model_zone_t *zone,
    ngx_shop_model_group_t *group);

/* no lock, for the request path; 0: the group itself takes the traffic */
#define ngx_shop_groups_away(zone, group)                                    \
    ((zone)->sh->groups[(group)->index].serving)

/* no lock; who takes it: 0: the group itself, n: its nth backup */
ngx_uint_t ngx_shop_groups_serving(ngx_shop_model_zone_t *zone,
    ngx_shop_model_group_t *group);

/* no lock; too few peers are usable, so that verdicts are ignored */
ngx_uint_t ngx_shop_groups_panic(ngx_shop_model_zone_t *zone,
    ngx_shop_model_group_t *group);

void ngx_shop_groups_view(ngx_shop_model_zone_t *zone,
    ngx_shop_model_group_t *group, ngx_shop_groups_view_t *view);


#endif /* _NGX_SHOP_GROUPS_H_INCLUDED_ */
