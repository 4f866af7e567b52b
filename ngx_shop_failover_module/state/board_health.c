
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * The upstreams of a site: which they are, and how they are.
 */


#include "state/board_inside.h"
#include "state/clock.h"
#include "state/peers.h"


static void ngx_shop_board_health_add(ngx_shop_model_zone_t *zone,
    ngx_shop_board_health_t *health, ngx_shop_model_group_t *group,
    ngx_uint_t optional);
static void ngx_shop_board_health_own(ngx_shop_model_zone_t *zone,
    ngx_shop_board_health_t *health, ngx_shop_model_group_t *group);
static void ngx_shop_board_health_add_own(ngx_shop_own_t *sum,
    ngx_shop_own_t *own);
static int64_t ngx_shop_board_health_failing(ngx_shop_model_zone_t *zone,
    ngx_shop_model_group_t *group);


void
ngx_shop_board_health(ngx_shop_model_zone_t *zone,
    ngx_shop_model_site_t *conf, ngx_shop_board_health_t *health)
{
    ngx_uint_t                 i;
    ngx_shop_model_use_t      *use;
    ngx_shop_layout_site_t    *ss;
    ngx_shop_model_group_t   **group;

    health->now = ngx_shop_clock_msec(zone->sh);
    health->worst = NGX_SHOP_SITE_GROUP_UP;
    health->checked = 0;
    health->busy = 0;
    health->failing = 0;
    health->own.what = NGX_SHOP_OWN_NONE;

    use = conf->uses.elts;

    for (i = 0; i < conf->uses.nelts; i++) {
        ngx_shop_board_health_add(zone, health, use[i].group, use[i].optional);
    }

    if (conf->listed) {
        return;
    }

    ss = zone->sh->sites[conf->index];
    group = zone->groups.elts;

    for (i = 0; i < zone->groups.nelts; i++) {
        if (ngx_shop_board_bit(ss, group[i]->index)
            && !ngx_shop_board_uses(conf, group[i]))
        {
            ngx_shop_board_health_add(zone, health, group[i], 0);
        }
    }
}


/* the loss of one that is optional is no more than a loss of redundancy */

static void
ngx_shop_board_health_add(ngx_shop_model_zone_t *zone,
    ngx_shop_board_health_t *health, ngx_shop_model_group_t *group,
    ngx_uint_t optional)
{
    int64_t                   failing;
    ngx_uint_t                i, state;
    ngx_shop_model_group_t  **next;

    if (!group->judged) {
        return;
    }

    state = group->state;

    if (optional && state > NGX_SHOP_SITE_GROUP_DEGRADED) {
        state = NGX_SHOP_SITE_GROUP_DEGRADED;
    }

    if (zone->sh->groups[group->index].room.busy) {

        if (optional) {
            state = ngx_max(state, NGX_SHOP_SITE_GROUP_DEGRADED);

        } else {
            health->busy = 1;
        }
    }

    health->checked += group->checked;
    health->worst = ngx_max(health->worst, state);

    if (state == NGX_SHOP_SITE_GROUP_PLANNED) {
        ngx_shop_board_health_own(zone, health, group);
    }

    if (state != NGX_SHOP_SITE_GROUP_DOWN) {
        return;
    }

    failing = ngx_shop_board_health_failing(zone, group);
    next = group->chain.elts;

    for (i = 0; i < group->chain.nelts; i++) {
        failing = ngx_max(failing,
                          ngx_shop_board_health_failing(zone, next[i]));
    }

    /* of several, the one that failed first is enough */

    if (health->failing == 0 || failing < health->failing) {
        health->failing = failing;
    }
}


/*
 * What visitors are told of servers that are out, as they say: the first reason
 * and the shortest time, as one that is back is enough.
 */

static void
ngx_shop_board_health_own(ngx_shop_model_zone_t *zone,
    ngx_shop_board_health_t *health, ngx_shop_model_group_t *group)
{
    ngx_uint_t                 i;
    ngx_shop_own_t            *own;
    ngx_shop_peers_walk_t      walk;
    ngx_shop_model_peer_t     *peer;
    ngx_shop_model_group_t   **next;

    next = group->chain.elts;

    for (i = 0; i <= group->chain.nelts; i++) {

        for (peer = ngx_shop_peers_first(i ? next[i - 1] : group, &walk);
             peer;
             peer = ngx_shop_peers_next(&walk))
        {
            if (peer->slot == NGX_SHOP_LAYOUT_NO_SLOT
                || zone->sh->peers[peer->slot].id != peer->id)
            {
                continue;
            }

            own = &zone->sh->peers[peer->slot].own.said;

            if (own->what == NGX_SHOP_OWN_MAINT) {
                ngx_shop_board_health_add_own(&health->own, own);
            }
        }
    }
}


static void
ngx_shop_board_health_add_own(ngx_shop_own_t *sum, ngx_shop_own_t *own)
{
    if (sum->what == NGX_SHOP_OWN_NONE) {
        *sum = *own;
        return;
    }

    if (own->timed && (!sum->timed || own->retry < sum->retry)) {
        sum->timed = 1;
        sum->retry = own->retry;
    }

    if (sum->reason_len == 0) {
        ngx_memcpy(sum->reason, own->reason, own->reason_len);
        sum->reason_len = own->reason_len;
    }
}


/* when the last of its servers began to fail, Unix ms */

static int64_t
ngx_shop_board_health_failing(ngx_shop_model_zone_t *zone,
    ngx_shop_model_group_t *group)
{
    int64_t                  failing;
    ngx_uint_t               i;
    ngx_shop_layout_peer_t  *ps;

    failing = 0;

    for (i = 0; i < zone->sh->used; i++) {
        ps = &zone->sh->peers[i];

        if (ps->names && ps->group == group->index
            && ps->verdict.state == NGX_SHOP_VERDICT_DOWN)
        {
            failing = ngx_max(failing, ps->doubt);
        }
    }

    return failing;
}
