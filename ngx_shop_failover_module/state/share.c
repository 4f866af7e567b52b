
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * Shared probes.  The one who tells is not believed further than the
 * configuration allows: "shared" is the most nodes that count, and what was
 * told holds for less than an interval.
 */


#include "state/share.h"
#include "state/clock.h"

#include "logic/judge/rota.h"


/*
 * Of an interval: for so long the others count after they were heard of; what
 * is left of it is for the probes that are due then, so that not all of them
 * begin at once.
 */
#define ngx_shop_share_trust(interval)   ((interval) / 4 * 3)
#define ngx_shop_share_spread(interval)  ((interval) / 4)


static ngx_msec_int_t ngx_shop_share_left_locked(ngx_shop_model_zone_t *zone,
    ngx_shop_model_group_t *group);
static void ngx_shop_share_end_locked(ngx_shop_model_zone_t *zone,
    ngx_shop_layout_peer_t *ps, ngx_shop_model_group_t *group);


void
ngx_shop_share_tell(ngx_shop_model_zone_t *zone, ngx_uint_t nodes,
    ngx_uint_t node, ngx_msec_t age)
{
    ngx_shop_layout_share_t  *share = &zone->sh->share;

    ngx_shmtx_lock(&zone->shpool->mutex);

    if (share->nodes != nodes || share->node != node) {

        /* who waits for a turn of the old order waits for it no longer */

        share->serial++;
        share->nodes = (uint32_t) nodes;
        share->node = (uint32_t) node;
    }

    share->heard = ngx_shop_clock_msec(zone->sh) - age;

    ngx_shmtx_unlock(&zone->shpool->mutex);
}


/* ms for which the turns hold; 0 or less: they do not */

static ngx_msec_int_t
ngx_shop_share_left_locked(ngx_shop_model_zone_t *zone,
    ngx_shop_model_group_t *group)
{
    ngx_msec_int_t            left;
    ngx_shop_layout_share_t  *share = &zone->sh->share;

    if (group->shared < 2 || share->nodes < 2) {
        return 0;
    }

    left = (ngx_msec_int_t) (share->heard
                             + ngx_shop_share_trust(group->interval)
                             - ngx_shop_clock_msec(zone->sh));

    return ngx_min(left, (ngx_msec_int_t) group->interval);
}


ngx_uint_t
ngx_shop_share_nodes_locked(ngx_shop_model_zone_t *zone,
    ngx_shop_model_group_t *group, ngx_uint_t *node)
{
    ngx_uint_t  nodes;

    nodes = ngx_shop_share_left_locked(zone, group) > 0
            ? ngx_min(zone->sh->share.nodes, group->shared) : 1;

    *node = zone->sh->share.node % nodes;

    return nodes;
}


ngx_int_t
ngx_shop_share_due_locked(ngx_shop_model_zone_t *zone,
    ngx_shop_layout_peer_t *ps, ngx_shop_model_group_t *group)
{
    ngx_uint_t        node;
    ngx_msec_t        wait;
    ngx_shop_rota_t   rota;

    ps->shared = 0;

    rota.nodes = (uint32_t) ngx_shop_share_nodes_locked(zone, group,
                                                        &node);
    if (rota.nodes == 1) {
        return NGX_DECLINED;
    }

    rota.node = (uint32_t) node;
    rota.key = ps->hash;
    rota.interval = (uint32_t) group->interval;

    wait = (ngx_msec_t) ngx_shop_rota_wait(&rota, ngx_shop_clock_unix());

    ps->due = ngx_shop_clock_msec(zone->sh) + wait;
    ps->shared = zone->sh->share.serial + 1;

    return NGX_OK;
}


ngx_msec_t
ngx_shop_share_sleep_locked(ngx_shop_model_zone_t *zone,
    ngx_shop_layout_peer_t *ps, ngx_shop_model_group_t *group)
{
    ngx_msec_int_t  left, hold;

    hold = 0;

    if (ps->shared) {
        hold = ngx_shop_share_left_locked(zone, group);

        if (hold <= 0 || ps->shared != zone->sh->share.serial + 1) {
            ngx_shop_share_end_locked(zone, ps, group);
            hold = 0;
        }
    }

    left = (ngx_msec_int_t) (ps->due - ngx_shop_clock_msec(zone->sh));

    if (left <= 0) {
        return 0;
    }

    if (hold) {

        /* half an interval more: the first turn is that far at the most */

        return left <= (ngx_msec_int_t) ((group->shared + 2)
                                         * group->interval)
               ? (ngx_msec_t) ngx_min(left, hold) : 0;
    }

    return left <= (ngx_msec_int_t) (2 * group->interval) ? (ngx_msec_t) left
                                                         : 0;
}


/* on its own again: an interval after its last probe, or soon */

static void
ngx_shop_share_end_locked(ngx_shop_model_zone_t *zone,
    ngx_shop_layout_peer_t *ps, ngx_shop_model_group_t *group)
{
    uint32_t    passed;
    ngx_msec_t  now, due;

    now = ngx_shop_clock_msec(zone->sh);
    passed = (uint32_t) now - ps->started;

    due = passed < group->interval
          ? now + group->interval - passed
          : now + ps->hash % (ngx_shop_share_spread(group->interval) + 1);

    if ((ngx_msec_int_t) (ps->due - due) > 0) {
        ps->due = due;
    }

    ps->shared = 0;
}
