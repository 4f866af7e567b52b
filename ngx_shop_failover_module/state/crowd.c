
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * Pages that a group has in hand.
 */


#include "state/crowd.h"


static ngx_atomic_t *ngx_shop_crowd_own(ngx_shop_model_zone_t *zone,
    ngx_shop_model_group_t *group);
static void ngx_shop_crowd_ask(ngx_shop_model_zone_t *zone,
    ngx_shop_model_group_t *group, ngx_shop_shed_ask_t *ask);


void
ngx_shop_crowd_start(ngx_shop_model_zone_t *zone)
{
    ngx_uint_t                i;
    ngx_shop_model_group_t  **group;

    group = zone->groups.elts;

    for (i = 0; i < zone->groups.nelts; i++) {
        if (group[i]->shed) {
            *ngx_shop_crowd_own(zone, group[i]) = 0;
        }
    }
}


/*
 * This worker's count.  That of a worker that was killed is set to 0 by its
 * successor.  Old workers go on after a reload, so that every other
 * configuration has counts of its own.
 */

static ngx_atomic_t *
ngx_shop_crowd_own(ngx_shop_model_zone_t *zone, ngx_shop_model_group_t *group)
{
    ngx_shop_layout_group_t  *gs;

    gs = &zone->sh->groups[group->index];

    return &gs->inside[zone->generation & 1]
                      [ngx_worker % NGX_SHOP_LAYOUT_WORKERS];
}


ngx_uint_t
ngx_shop_crowd_inside(ngx_shop_model_zone_t *zone,
    ngx_shop_model_group_t *group)
{
    ngx_uint_t     i, n;
    ngx_atomic_t  *inside;

    n = 0;
    inside = zone->sh->groups[group->index].inside[zone->generation & 1];

    for (i = 0; i < NGX_SHOP_LAYOUT_WORKERS; i++) {
        n += inside[i];
    }

    return n;
}


static void
ngx_shop_crowd_ask(ngx_shop_model_zone_t *zone, ngx_shop_model_group_t *group,
    ngx_shop_shed_ask_t *ask)
{
    ask->target = (uint32_t) group->shed;
    ask->inside = (uint32_t) ngx_shop_crowd_inside(zone, group);
    ask->now = (uint32_t) ngx_current_msec;
    ask->first = 0;
}


ngx_uint_t
ngx_shop_crowd_enter(ngx_shop_model_zone_t *zone,
    ngx_shop_model_group_t *group, ngx_uint_t first, ngx_uint_t always)
{
    ngx_shop_shed_ask_t  ask;

    ngx_shop_crowd_ask(zone, group, &ask);
    ask.first = (uint8_t) first;

    if (!ngx_shop_shed_admit(&zone->sh->groups[group->index].shed, &ask)
        && !always)
    {
        return 0;
    }

    (void) ngx_atomic_fetch_add(ngx_shop_crowd_own(zone, group), 1);

    return 1;
}


void
ngx_shop_crowd_leave(ngx_shop_model_zone_t *zone,
    ngx_shop_model_group_t *group)
{
    (void) ngx_atomic_fetch_add(ngx_shop_crowd_own(zone, group), -1);
}


void
ngx_shop_crowd_page(ngx_shop_model_zone_t *zone,
    ngx_shop_model_group_t *group, ngx_msec_t waited)
{
    ngx_shop_shed_ask_t  ask;

    ngx_shop_crowd_ask(zone, group, &ask);

    ngx_shop_shed_page(&zone->sh->groups[group->index].shed, &ask,
                       (uint32_t) waited);
}


ngx_uint_t
ngx_shop_crowd_full(ngx_shop_model_zone_t *zone,
    ngx_shop_model_group_t *group)
{
    ngx_shop_shed_ask_t  ask;

    ngx_shop_crowd_ask(zone, group, &ask);

    return ngx_shop_shed_full(&zone->sh->groups[group->index].shed, &ask);
}


ngx_uint_t
ngx_shop_crowd_deal(ngx_shop_model_zone_t *zone,
    ngx_shop_model_group_t *group)
{
    return ngx_shop_shed_deal(&zone->sh->groups[group->index].shed,
                              (uint32_t) ngx_current_msec);
}
