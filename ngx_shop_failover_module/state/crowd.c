
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * Pages that a group has in hand.
 */


#include "state/crowd.h"


/* a count, and in the upper half of the word the generation that counts */
#define NGX_SHOP_CROWD_HALF  (4 * sizeof(ngx_atomic_uint_t))
#define NGX_SHOP_CROWD_MASK                                                  \
    (((ngx_atomic_uint_t) 1 << NGX_SHOP_CROWD_HALF) - 1)

#define ngx_shop_crowd_tag(zone)                                             \
    ((ngx_atomic_uint_t) (zone)->generation << NGX_SHOP_CROWD_HALF)


static ngx_atomic_t *ngx_shop_crowd_own(ngx_shop_model_zone_t *zone,
    ngx_shop_model_group_t *group);
static void ngx_shop_crowd_count(ngx_shop_model_zone_t *zone,
    ngx_shop_model_group_t *group, ngx_int_t n);
static void ngx_shop_crowd_ask(ngx_shop_model_zone_t *zone,
    ngx_shop_model_group_t *group, ngx_shop_shed_ask_t *ask);


void
ngx_shop_crowd_start(ngx_shop_model_zone_t *zone)
{
    ngx_uint_t                i;
    ngx_atomic_t             *own;
    ngx_atomic_uint_t         was;
    ngx_shop_model_group_t  **group;

    group = zone->groups.elts;

    for (i = 0; i < zone->groups.nelts; i++) {

        if (group[i]->shed == 0) {
            continue;
        }

        own = ngx_shop_crowd_own(zone, group[i]);

        do {
            was = *own;

            if ((ngx_atomic_int_t) ((was & ~NGX_SHOP_CROWD_MASK)
                                    - ngx_shop_crowd_tag(zone))
                > 0)
            {
                break;
            }

        } while (!ngx_atomic_cmp_set(own, was, ngx_shop_crowd_tag(zone)));
    }
}


/*
 * This worker's count.  That of a worker that was killed is set to 0 by its
 * successor.  Old workers go on after a reload, so that every other
 * configuration has counts of its own, and what is left of the one before that
 * counts no more.
 */

static ngx_atomic_t *
ngx_shop_crowd_own(ngx_shop_model_zone_t *zone, ngx_shop_model_group_t *group)
{
    ngx_shop_layout_group_t  *gs;

    gs = &zone->sh->groups[group->index];

    return &gs->inside[zone->generation & 1]
                      [ngx_worker % NGX_SHOP_LAYOUT_WORKERS];
}


/* by one; never of a newer configuration, and never below nobody */

static void
ngx_shop_crowd_count(ngx_shop_model_zone_t *zone,
    ngx_shop_model_group_t *group, ngx_int_t n)
{
    ngx_atomic_t       *own;
    ngx_atomic_uint_t   was;

    own = ngx_shop_crowd_own(zone, group);

    do {
        was = *own;

        if ((was & ~NGX_SHOP_CROWD_MASK) != ngx_shop_crowd_tag(zone)
            || (n < 0 && (was & NGX_SHOP_CROWD_MASK) == 0))
        {
            return;
        }

    } while (!ngx_atomic_cmp_set(own, was, was + n));
}


ngx_uint_t
ngx_shop_crowd_inside(ngx_shop_model_zone_t *zone,
    ngx_shop_model_group_t *group)
{
    ngx_uint_t          i, n;
    ngx_atomic_t       *inside;
    ngx_atomic_uint_t   word;

    n = 0;
    inside = zone->sh->groups[group->index].inside[zone->generation & 1];

    for (i = 0; i < NGX_SHOP_LAYOUT_WORKERS; i++) {
        word = inside[i];

        if ((word & ~NGX_SHOP_CROWD_MASK) == ngx_shop_crowd_tag(zone)) {
            n += word & NGX_SHOP_CROWD_MASK;
        }
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

    ngx_shop_crowd_count(zone, group, 1);

    return 1;
}


void
ngx_shop_crowd_leave(ngx_shop_model_zone_t *zone,
    ngx_shop_model_group_t *group)
{
    ngx_shop_crowd_count(zone, group, -1);
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
