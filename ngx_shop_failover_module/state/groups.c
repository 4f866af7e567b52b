
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * Groups in shared memory.  Says what changed, logs nothing.
 */


#include "state/groups.h"
#include "state/clock.h"
#include "state/line.h"
#include "state/peers.h"


static ngx_uint_t ngx_shop_groups_few(ngx_shop_model_zone_t *zone,
    ngx_shop_model_group_t *group);
static ngx_uint_t ngx_shop_groups_blind_locked(ngx_shop_model_group_t *group,
    ngx_shop_layout_group_t *gs, ngx_shop_groups_change_t *change);
static ngx_uint_t ngx_shop_groups_room_locked(ngx_shop_model_zone_t *zone,
    ngx_shop_model_group_t *group, ngx_shop_groups_change_t *changes);
static void ngx_shop_groups_inherit_locked(ngx_shop_model_zone_t *zone,
    ngx_shop_model_group_t *group, ngx_shop_layout_t *old);
static ngx_uint_t ngx_shop_groups_serving_locked(ngx_shop_model_zone_t *zone,
    ngx_shop_model_group_t *group, ngx_shop_groups_change_t *change);
static ngx_uint_t ngx_shop_groups_usable(ngx_shop_model_zone_t *zone,
    ngx_shop_model_group_t *group);


void
ngx_shop_groups_register_locked(ngx_shop_model_zone_t *zone,
    ngx_shop_layout_t *old)
{
    ngx_uint_t                i;
    ngx_shop_model_group_t  **group;

    group = zone->groups.elts;

    for (i = 0; old && i < zone->groups.nelts; i++) {
        ngx_shop_groups_inherit_locked(zone, group[i], old);
    }
}


/* takes over who serves for a group; an index is of its own zone only */

static void
ngx_shop_groups_inherit_locked(ngx_shop_model_zone_t *zone,
    ngx_shop_model_group_t *group, ngx_shop_layout_t *old)
{
    ngx_str_t                *name;
    ngx_uint_t                i;
    ngx_shop_model_group_t  **backup;
    ngx_shop_layout_group_t  *gs, *from;

    gs = &zone->sh->groups[group->index];
    from = ngx_shop_peers_find_group(old, &group->name);

    if (from == NULL) {
        return;
    }

    gs->serving = 0;
    gs->better = NGX_SHOP_LAYOUT_NO_SLOT;

    if (from->serving == 0) {
        return;
    }

    name = &old->groups[from->serving - 1].name;
    backup = group->chain.elts;

    for (i = 0; i < group->chain.nelts; i++) {
        if (backup[i]->name.len == name->len
            && ngx_memcmp(backup[i]->name.data, name->data, name->len) == 0)
        {
            gs->serving = backup[i]->index + 1;
        }
    }
}


ngx_uint_t
ngx_shop_groups_evaluate_locked(ngx_shop_model_zone_t *zone,
    ngx_shop_model_group_t *group, ngx_shop_groups_change_t *changes,
    ngx_uint_t n)
{
    ngx_uint_t                k, state, panic;
    ngx_shop_layout_group_t  *gs;

    k = 0;
    gs = &zone->sh->groups[group->index];

    if (k < n && group->chain.nelts) {
        k += ngx_shop_groups_serving_locked(zone, group, &changes[k]);
    }

    state = ngx_shop_groups_state(zone, group);

    if (k < n && state != gs->state) {
        changes[k].group = group;
        changes[k].site = NULL;
        changes[k].what = NGX_SHOP_GROUPS_CHANGE_STATE;
        changes[k].from = gs->state;
        changes[k].to = state;
        changes[k].since = gs->since;
        k++;

        gs->since = ngx_shop_clock_now();
        gs->state = (uint8_t) state;
        gs->entered[state]++;
    }

    panic = ngx_shop_groups_panic(zone, group);

    if (k < n && panic != gs->panic) {
        changes[k].group = group;
        changes[k].site = NULL;
        changes[k].what = NGX_SHOP_GROUPS_CHANGE_PANIC;
        changes[k].from = gs->panic;
        changes[k].to = panic;
        changes[k].since = gs->since;
        k++;

        gs->panic = (uint8_t) panic;
    }

    if (k < n) {
        k += ngx_shop_groups_blind_locked(group, gs, &changes[k]);
    }

    if (k + 2 <= n
        && (group->queue || group->shed || gs->room.busy || gs->room.line))
    {
        k += ngx_shop_groups_room_locked(zone, group, &changes[k]);
    }

    return k;
}


/* whether visitors find room, and whether they wait in line for it */

static ngx_uint_t
ngx_shop_groups_room_locked(ngx_shop_model_zone_t *zone,
    ngx_shop_model_group_t *group, ngx_shop_groups_change_t *changes)
{
    unsigned                  what;
    ngx_uint_t                k;
    ngx_shop_room_look_t      look;
    ngx_shop_layout_group_t  *gs;

    gs = &zone->sh->groups[group->index];

    look.full = gs->counts[NGX_SHOP_LAYOUT_COUNT_FULL];
    look.turned = look.full + gs->counts[NGX_SHOP_LAYOUT_COUNT_OVER]
                  + gs->counts[NGX_SHOP_LAYOUT_COUNT_SHED];
    look.waiting = group->queue
                   ? (uint32_t) ngx_shop_line_waiting(zone, group, NULL) : 0;
    look.shut = gs->state >= NGX_SHOP_SITE_GROUP_PLANNED;

    what = ngx_shop_room_step(&gs->room, &look,
                              ngx_shop_clock_msec(zone->sh));
    k = 0;

    if (what & NGX_SHOP_ROOM_LINE) {
        changes[k].what = NGX_SHOP_GROUPS_CHANGE_LINE;
        changes[k].from = !gs->room.line;
        changes[k].to = gs->room.line;
        changes[k].since = gs->room.line ? ngx_shop_clock_now() : gs->lined;
        gs->lined = gs->room.line ? ngx_shop_clock_now() : 0;
        k++;
    }

    if (what & NGX_SHOP_ROOM_FULL) {
        changes[k].what = NGX_SHOP_GROUPS_CHANGE_FULL;
        changes[k].from = 0;
        changes[k].to = 1;
        changes[k].since = ngx_shop_clock_now();
        k++;
    }

    changes[0].group = group;
    changes[0].site = NULL;
    changes[1].group = group;
    changes[1].site = NULL;

    return k;
}


/* visitors wait in vain where probes pass */

static ngx_uint_t
ngx_shop_groups_blind_locked(ngx_shop_model_group_t *group,
    ngx_shop_layout_group_t *gs, ngx_shop_groups_change_t *change)
{
    ngx_uint_t  blind;

    /* workers say it each moment while it is so */

    blind = gs->vain
            && (uint32_t) ngx_current_msec - (uint32_t) gs->vain
               < NGX_SHOP_SILENCE_VAIN;

    if (blind == (gs->blind != 0)) {
        return 0;
    }

    change->group = group;
    change->site = NULL;
    change->what = NGX_SHOP_GROUPS_CHANGE_BLIND;
    change->from = !blind;
    change->to = blind;
    change->since = blind ? ngx_shop_clock_now() : gs->blind;

    gs->blind = blind ? ngx_shop_clock_now() : 0;

    return 1;
}


/*
 * Who takes the traffic of a group.  The record keeps indices of groups, which
 * mean the same to every generation; the step counts along the chain.
 */

static ngx_uint_t
ngx_shop_groups_serving_locked(ngx_shop_model_zone_t *zone,
    ngx_shop_model_group_t *group, ngx_shop_groups_change_t *change)
{
    uint64_t                   usable;
    ngx_uint_t                 i, changed;
    ngx_shop_serving_t         serving;
    ngx_shop_model_group_t   **backup;
    ngx_shop_layout_group_t   *gs;

    gs = &zone->sh->groups[group->index];
    backup = group->chain.elts;

    usable = ngx_shop_groups_usable(zone, group);

    serving.now = (uint8_t) ngx_shop_groups_serving(zone, group);
    serving.better = NGX_SHOP_SERVING_NONE;
    serving.well = gs->well;

    if (gs->better == 0) {
        serving.better = 0;
    }

    for (i = 0; i < group->chain.nelts; i++) {

        if (ngx_shop_groups_usable(zone, backup[i])) {
            usable |= (uint64_t) 1 << (i + 1);
        }

        if (gs->better == backup[i]->index + 1) {
            serving.better = (uint8_t) (i + 1);
        }
    }

    if (usable > 1 && ngx_shop_groups_few(zone, group)) {

        /* what is left of it would break down under the load of all */

        usable &= ~(uint64_t) 1;
    }

    change->group = group;
    change->site = NULL;
    change->what = NGX_SHOP_GROUPS_CHANGE_SERVING;
    change->from = serving.now;
    change->since = gs->serving_since;

    changed = ngx_shop_serving_step(&serving, usable, group->hold,
                                    ngx_shop_clock_msec(zone->sh));
    change->to = serving.now;

    gs->well = (ngx_msec_t) serving.well;
    gs->better = (serving.better == NGX_SHOP_SERVING_NONE)
                 ? NGX_SHOP_LAYOUT_NO_SLOT
                 : serving.better ? backup[serving.better - 1]->index + 1 : 0;

    if (changed) {
        gs->serving_since = ngx_shop_clock_now();
        gs->serving = serving.now ? backup[serving.now - 1]->index + 1 : 0;
    }

    return changed;
}


ngx_uint_t
ngx_shop_groups_state(ngx_shop_model_zone_t *zone,
    ngx_shop_model_group_t *group)
{
    ngx_uint_t                 i, own;
    ngx_shop_site_count_t      count, next;
    ngx_shop_model_group_t   **backup;

    ngx_shop_peers_count(zone, group, &count);

    own = ngx_shop_site_group(&count);

    if (own < NGX_SHOP_SITE_GROUP_PLANNED
        && ngx_shop_groups_serving(zone, group) == 0)
    {
        return own;
    }

    backup = group->chain.elts;

    for (i = 0; i < group->chain.nelts; i++) {

        ngx_shop_peers_count(zone, backup[i], &next);

        if (next.primaries_usable || next.backups_usable) {
            return NGX_SHOP_SITE_GROUP_BACKUP;
        }

        count.primaries += next.primaries + next.backups;
        count.planned += next.planned;
        count.ordered += next.ordered;
    }

    /* planned where it is so of all that could have served */

    return own < NGX_SHOP_SITE_GROUP_PLANNED ? own
                                             : ngx_shop_site_group(&count);
}


static ngx_uint_t
ngx_shop_groups_usable(ngx_shop_model_zone_t *zone,
    ngx_shop_model_group_t *group)
{
    ngx_shop_site_count_t  count;

    ngx_shop_peers_count(zone, group, &count);

    return count.primaries_usable || count.backups_usable;
}


/* whether so few primaries are left that a backup group is to take over */

static ngx_uint_t
ngx_shop_groups_few(ngx_shop_model_zone_t *zone, ngx_shop_model_group_t *group)
{
    ngx_shop_site_count_t  count;

    if (group->below == 0) {
        return 0;
    }

    ngx_shop_peers_count(zone, group, &count);

    return (ngx_uint_t) count.primaries_usable * 100
           < count.primaries * group->below;
}


ngx_uint_t
ngx_shop_groups_serving(ngx_shop_model_zone_t *zone,
    ngx_shop_model_group_t *group)
{
    ngx_uint_t                i, serving;
    ngx_shop_model_group_t  **backup;

    serving = zone->sh->groups[group->index].serving;

    if (serving == 0) {
        return 0;
    }

    backup = group->chain.elts;

    for (i = 0; i < group->chain.nelts; i++) {
        if (backup[i]->index + 1 == serving) {
            return i + 1;
        }
    }

    /* of another generation's configuration */

    return 0;
}


ngx_uint_t
ngx_shop_groups_panic(ngx_shop_model_zone_t *zone,
    ngx_shop_model_group_t *group)
{
    ngx_uint_t                  i, usable, all;
    ngx_shop_site_count_t       count;
    ngx_shop_model_group_t    **backup;

    if (group->panic == 0) {
        return 0;
    }

    ngx_shop_peers_count(zone, group, &count);

    all = count.primaries + count.backups;
    usable = count.primaries_usable + count.backups_usable;

    if (usable * 100 > all * group->panic) {
        return 0;
    }

    /* a backup group that can serve is better than a peer that seems dead */

    backup = group->chain.elts;

    for (i = 0; i < group->chain.nelts; i++) {
        ngx_shop_peers_count(zone, backup[i], &count);

        if (count.primaries_usable || count.backups_usable) {
            return 0;
        }
    }

    return 1;
}


void
ngx_shop_groups_view(ngx_shop_model_zone_t *zone,
    ngx_shop_model_group_t *group, ngx_shop_groups_view_t *view)
{
    ngx_uint_t                 serving;
    ngx_shop_model_group_t   **backup;
    ngx_shop_layout_group_t   *gs;

    gs = &zone->sh->groups[group->index];
    backup = group->chain.elts;

    ngx_shmtx_lock(&zone->shpool->mutex);

    serving = ngx_shop_groups_serving(zone, group);

    view->serving = serving ? backup[serving - 1] : group;
    view->serving_since = gs->serving_since;
    view->state = ngx_shop_groups_state(zone, group);
    view->since = gs->since;
    view->panic = gs->panic;

    ngx_shmtx_unlock(&zone->shpool->mutex);
}
