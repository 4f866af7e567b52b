
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * The records of flags and sites in shared memory: found by name, made at a
 * reload, filled from the zone before.
 */


#include "state/board_inside.h"
#include "state/clock.h"
#include "state/counters.h"
#include "state/ledger.h"
#include "state/peers.h"


static void ngx_shop_board_slots_inherit_locked(ngx_shop_model_zone_t *zone,
    ngx_shop_layout_site_t *ss, ngx_shop_layout_t *old);
static void ngx_shop_board_slots_learned_locked(ngx_shop_model_zone_t *zone,
    ngx_shop_layout_site_t *ss, ngx_shop_layout_t *old,
    ngx_shop_layout_site_t *from);
static ngx_shop_layout_site_t *ngx_shop_board_slots_find(
    ngx_shop_layout_t *sh, ngx_str_t *name);
static ngx_shop_layout_site_t *ngx_shop_board_slots_add_locked(
    ngx_shop_model_zone_t *zone, ngx_str_t *name);
static ngx_int_t ngx_shop_board_slots_copy_locked(ngx_shop_model_zone_t *zone,
    ngx_str_t *to, ngx_str_t *from);
static ngx_int_t ngx_shop_board_slots_flag_locked(ngx_shop_model_zone_t *zone,
    ngx_shop_model_flag_t *conf, ngx_shop_layout_t *old);
static ngx_shop_layout_flag_t *ngx_shop_board_slots_find_flag(
    ngx_shop_layout_t *sh, ngx_str_t *path);
static ngx_shop_layout_flag_t *ngx_shop_board_slots_add_flag_locked(
    ngx_shop_model_zone_t *zone, ngx_str_t *path);


ngx_uint_t
ngx_shop_board_slots_fit_locked(ngx_shop_model_zone_t *zone,
    ngx_shop_layout_t *sh, size_t *size)
{
    ngx_uint_t               i, room;
    ngx_shop_model_flag_t  **flag;
    ngx_shop_model_site_t  **conf;

    room = sh->nsites - sh->sites_used;
    conf = zone->sites.elts;

    for (i = 0; i < zone->sites.nelts; i++) {

        if (ngx_shop_board_slots_find(sh, &conf[i]->name)) {
            continue;
        }

        if (room-- == 0) {
            return 0;
        }

        *size += ngx_align(sizeof(ngx_shop_layout_site_t), ngx_pagesize)
                 + ngx_align(sizeof(ngx_shop_layout_ledger_t), ngx_pagesize)
                 + ngx_align(ngx_shop_layout_words(sh->ngroups)
                             * sizeof(ngx_atomic_t), ngx_pagesize)
                 + ngx_align(conf[i]->name.len, ngx_pagesize);
    }

    room = sh->nflags - sh->flags_used;
    flag = zone->flags.elts;

    for (i = 0; i < zone->flags.nelts; i++) {

        if (ngx_shop_board_slots_find_flag(sh, &flag[i]->path)) {
            continue;
        }

        if (room-- == 0) {
            return 0;
        }

        *size += ngx_align(sizeof(ngx_shop_layout_flag_t), ngx_pagesize)
                 + ngx_align(flag[i]->path.len, ngx_pagesize);
    }

    return 1;
}


ngx_int_t
ngx_shop_board_slots_register_locked(ngx_shop_model_zone_t *zone,
    ngx_shop_layout_t *old)
{
    ngx_uint_t               i;
    ngx_shop_model_flag_t  **flag;
    ngx_shop_model_site_t  **conf;
    ngx_shop_layout_site_t  *ss;

    flag = zone->flags.elts;

    for (i = 0; i < zone->flags.nelts; i++) {
        if (ngx_shop_board_slots_flag_locked(zone, flag[i], old) != NGX_OK) {
            return NGX_ERROR;
        }
    }

    conf = zone->sites.elts;

    for (i = 0; i < zone->sites.nelts; i++) {

        ss = ngx_shop_board_slots_find(zone->sh, &conf[i]->name);

        if (ss == NULL) {
            ss = ngx_shop_board_slots_add_locked(zone, &conf[i]->name);
            if (ss == NULL) {
                return NGX_ERROR;
            }

            ngx_shop_board_slots_inherit_locked(zone, ss, old);
        }

        conf[i]->index = ss->index;
        conf[i]->base = conf[i]->flag;
    }

    return NGX_OK;
}


/* from the zone before, where it knew this site */

static void
ngx_shop_board_slots_inherit_locked(ngx_shop_model_zone_t *zone,
    ngx_shop_layout_site_t *ss, ngx_shop_layout_t *old)
{
    ngx_shop_layout_site_t  *from;

    from = old ? ngx_shop_board_slots_find(old, &ss->name) : NULL;

    if (from == NULL) {
        return;
    }

    ss->gate = from->gate;
    ss->version = from->version;
    ss->announced = from->announced;
    ss->site = from->site;
    ss->life = from->life;
    ss->text = from->text;
    ss->drill = from->drill;
    ss->asked = from->asked;
    ss->band = from->band;

    ngx_shop_counters_inherit(zone->sh, ss, old, from);
    ngx_shop_ledger_inherit(ss, from);
    ngx_shop_board_slots_learned_locked(zone, ss, old, from);
}


/* an index is of its own zone only: by name */

static void
ngx_shop_board_slots_learned_locked(ngx_shop_model_zone_t *zone,
    ngx_shop_layout_site_t *ss, ngx_shop_layout_t *old,
    ngx_shop_layout_site_t *from)
{
    ngx_uint_t                i, n;
    ngx_shop_layout_group_t  *gs;

    for (i = 0; i < old->groups_used; i++) {

        if (!ngx_shop_board_bit(from, i)) {
            continue;
        }

        gs = ngx_shop_peers_find_group(zone->sh, &old->groups[i].name);

        if (gs) {
            n = gs - zone->sh->groups;
            ss->learned[ngx_shop_board_word(n)] |= ngx_shop_board_mask(n);
        }
    }
}


static ngx_shop_layout_site_t *
ngx_shop_board_slots_find(ngx_shop_layout_t *sh, ngx_str_t *name)
{
    ngx_uint_t               i;
    ngx_shop_layout_site_t  *ss;

    for (i = 0; i < sh->sites_used; i++) {
        ss = sh->sites[i];

        if (ss->name.len == name->len
            && ngx_memcmp(ss->name.data, name->data, name->len) == 0)
        {
            return ss;
        }
    }

    return NULL;
}


/* what is half made stays unused: the registration fails as a whole */

static ngx_shop_layout_site_t *
ngx_shop_board_slots_add_locked(ngx_shop_model_zone_t *zone, ngx_str_t *name)
{
    ngx_shop_layout_t       *sh;
    ngx_shop_layout_site_t  *ss;

    sh = zone->sh;

    if (sh->sites_used == sh->nsites) {
        return NULL;
    }

    ss = ngx_slab_calloc_locked(zone->shpool, sizeof(ngx_shop_layout_site_t));
    if (ss == NULL) {
        return NULL;
    }

    ss->learned = ngx_slab_calloc_locked(zone->shpool,
                                         ngx_shop_layout_words(sh->ngroups)
                                         * sizeof(ngx_atomic_t));
    ss->ledger = ngx_slab_calloc_locked(zone->shpool,
                                        sizeof(ngx_shop_layout_ledger_t));

    if (ss->learned == NULL
        || ss->ledger == NULL
        || ngx_shop_board_slots_copy_locked(zone, &ss->name, name) != NGX_OK)
    {
        return NULL;
    }

    ss->site.since = ngx_shop_clock_now();
    ss->speaker = NGX_SHOP_LAYOUT_NO_SLOT;
    ss->index = sh->sites_used;

    sh->sites[sh->sites_used++] = ss;

    return ss;
}


static ngx_int_t
ngx_shop_board_slots_copy_locked(ngx_shop_model_zone_t *zone, ngx_str_t *to,
    ngx_str_t *from)
{
    if (from->len == 0) {
        return NGX_OK;
    }

    to->data = ngx_slab_alloc_locked(zone->shpool, from->len);
    if (to->data == NULL) {
        return NGX_ERROR;
    }

    to->len = from->len;
    ngx_memcpy(to->data, from->data, from->len);

    return NGX_OK;
}


static ngx_int_t
ngx_shop_board_slots_flag_locked(ngx_shop_model_zone_t *zone,
    ngx_shop_model_flag_t *conf, ngx_shop_layout_t *old)
{
    ngx_str_t                path;
    ngx_uint_t               index;
    ngx_shop_layout_flag_t  *fs, *from;

    fs = ngx_shop_board_slots_find_flag(zone->sh, &conf->path);

    if (fs == NULL) {
        fs = ngx_shop_board_slots_add_flag_locked(zone, &conf->path);
        if (fs == NULL) {
            return NGX_ERROR;
        }

        from = old ? ngx_shop_board_slots_find_flag(old, &conf->path) : NULL;

        if (from) {
            path = fs->path;
            index = fs->index;

            *fs = *from;

            fs->path = path;
            fs->index = (uint32_t) index;

            if (fs->voices) {

                /* its files with "hosts" are read again, and at once */

                ngx_shop_layout_flag_unread(fs);
                fs->voices = 0;
            }

            fs->claimed = 0;
            fs->trouble = 0;
        }
    }

    conf->index = fs->index;

    return NGX_OK;
}


static ngx_shop_layout_flag_t *
ngx_shop_board_slots_find_flag(ngx_shop_layout_t *sh, ngx_str_t *path)
{
    ngx_uint_t               i;
    ngx_shop_layout_flag_t  *fs;

    for (i = 0; i < sh->flags_used; i++) {
        fs = sh->flags[i];

        if (fs->path.len == path->len
            && ngx_memcmp(fs->path.data, path->data, path->len) == 0)
        {
            return fs;
        }
    }

    return NULL;
}


static ngx_shop_layout_flag_t *
ngx_shop_board_slots_add_flag_locked(ngx_shop_model_zone_t *zone,
    ngx_str_t *path)
{
    ngx_shop_layout_t       *sh;
    ngx_shop_layout_flag_t  *fs;

    sh = zone->sh;

    if (sh->flags_used == sh->nflags) {
        return NULL;
    }

    fs = ngx_slab_calloc_locked(zone->shpool, sizeof(ngx_shop_layout_flag_t));

    if (fs == NULL
        || ngx_shop_board_slots_copy_locked(zone, &fs->path, path) != NGX_OK)
    {
        return NULL;
    }

    fs->signature.size = -1;
    fs->index = sh->flags_used;

    sh->flags[sh->flags_used++] = fs;

    return fs;
}
