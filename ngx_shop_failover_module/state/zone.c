
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * Shared memory: layout, sizing, and reuse over a reload.  A reload may still
 * fail after the zone was initialized (nginx: ngx_init_cycle() in
 * src/core/ngx_cycle.c), so nothing that the running generation uses is
 * changed here: records are only found or added.
 */


#include "state/zone.h"
#include "state/peers.h"
#include "state/board.h"
#include "state/chronicle.h"
#include "state/shift.h"
#include "state/counters.h"
#include "state/groups.h"
#include "state/lock.h"
#include "state/file.h"


static ngx_int_t ngx_shop_zone_fits(ngx_conf_t *cf,
    ngx_shop_model_zone_t *zone, ngx_slab_pool_t *old);
static size_t ngx_shop_zone_need(ngx_shop_model_zone_t *zone,
    ngx_uint_t *nslots);
static size_t ngx_shop_zone_hosts(ngx_shop_model_zone_t *zone);
static size_t ngx_shop_zone_slab(size_t size);
static uint32_t ngx_shop_zone_layout(void);
static ngx_slab_pool_t *ngx_shop_zone_old(ngx_cycle_t *old, ngx_str_t *name,
    size_t *size);
static ngx_int_t ngx_shop_zone_init(ngx_shm_zone_t *shm_zone, void *data);
static ngx_int_t ngx_shop_zone_create(ngx_shop_model_zone_t *zone);


/* a record, its buckets and its names, with some air */
#define NGX_SHOP_ZONE_SPARE                                                  \
    (sizeof(ngx_shop_layout_peer_t) + 2 * sizeof(uint32_t) + 256)


/* places for sites and flags that a reload adds */
#define NGX_SHOP_ZONE_SITES  8


static ngx_str_t  ngx_shop_zone_name = ngx_string("shop_failover");


ngx_int_t
ngx_shop_zone_add(ngx_conf_t *cf, ngx_shop_model_zone_t *zone, size_t size,
    void *tag)
{
    size_t            need, old_size;
    ngx_uint_t        nslots;
    ngx_slab_pool_t  *old;

    zone->identity = ngx_shop_file_identity(zone);

    need = ngx_shop_zone_need(zone, &nslots);

    if (size && size < need) {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                           "\"shop_zone\" of %uz bytes is too small for %ui "
                           "peers, at least %uzk is needed; without the "
                           "directive the size is chosen by itself",
                           size, nslots, (need + 1023) / 1024);
        return NGX_ERROR;
    }

    if (size == 0) {

        /* in steps, so that a few peers more still find their old zone */

        need += ngx_shop_zone_hosts(zone);
        size = ngx_align(need + need / 32, 64 * 1024);
    }

    size = ngx_align(size, ngx_pagesize);

    old = ngx_shop_zone_old(cf->cycle->old_cycle, &ngx_shop_zone_name,
                            &old_size);

    if (old && old_size == size) {

        switch (ngx_shop_zone_fits(cf, zone, old)) {

        case NGX_OK:
            break;

        case NGX_DECLINED:

            /* another size is a new segment, into which the state is copied */

            size += ngx_pagesize;
            break;

        default: /* NGX_BUSY */
            return NGX_ERROR;
        }
    }

    zone->voices = ngx_pcalloc(cf->pool, NGX_SHOP_LAYOUT_VOICES
                                         * sizeof(ngx_shop_model_flag_t));
    zone->parts = ngx_pcalloc(cf->pool, NGX_SHOP_LAYOUT_PARTS
                                        * sizeof(ngx_shop_model_site_t));

    if (zone->voices == NULL || zone->parts == NULL) {
        return NGX_ERROR;
    }

    zone->shm_zone = ngx_shared_memory_add(cf, &ngx_shop_zone_name, size, tag);
    if (zone->shm_zone == NULL) {
        return NGX_ERROR;
    }

    zone->shm_zone->init = ngx_shop_zone_init;
    zone->shm_zone->data = zone;

    return NGX_OK;
}


/*
 * NGX_OK: a new configuration finds room in the zone of the running one, beside
 * what that one uses.  The workers go on meanwhile, so that this is a forecast.
 * NGX_BUSY: nobody can say.
 */

static ngx_int_t
ngx_shop_zone_fits(ngx_conf_t *cf, ngx_shop_model_zone_t *zone,
    ngx_slab_pool_t *old)
{
    size_t      size;
    ngx_uint_t  fits;

    size = 0;

    if (ngx_shop_lock_take(old, cf->log) != NGX_OK) {
        return NGX_BUSY;
    }

    fits = ngx_shop_peers_register_fit_locked(zone, old->data, &size)
           && ngx_shop_counters_fit_locked(zone, old->data)
           && ngx_shop_board_slots_fit_locked(zone, old->data, &size)
           && size <= old->pfree * ngx_pagesize;

    ngx_shmtx_unlock(&old->mutex);

    return fits ? NGX_OK : NGX_DECLINED;
}


/* what ngx_slab_alloc() takes for size: a power of two, or whole pages */

static size_t
ngx_shop_zone_slab(size_t size)
{
    size_t  n;

    if (size >= ngx_pagesize / 2) {
        return ngx_align(size, ngx_pagesize);
    }

    for (n = 8; n < size; n <<= 1) { /* void */ }

    return n;
}


static size_t
ngx_shop_zone_need(ngx_shop_model_zone_t *zone, ngx_uint_t *nslots)
{
    size_t                    size, names;
    ngx_uint_t                i, j, n;
    ngx_shop_model_peer_t    *peer;
    ngx_shop_model_flag_t   **flag;
    ngx_shop_model_site_t   **site;
    ngx_shop_model_group_t  **group;

    n = 0;
    names = 0;
    group = zone->groups.elts;

    for (i = 0; i < zone->groups.nelts; i++) {
        n += group[i]->peers.nelts
             + group[i]->resolve * NGX_SHOP_LAYOUT_RESERVE;

        names += ngx_shop_zone_slab(group[i]->name.len)
                 + group[i]->resolve * NGX_SHOP_LAYOUT_RESERVE * 128;

        peer = group[i]->peers.elts;

        for (j = 0; j < group[i]->peers.nelts; j++) {
            names += ngx_shop_zone_slab(peer[j].server.len
                                        + peer[j].address.len);
        }
    }

    *nslots = n;

    size = ngx_shop_zone_slab(sizeof(ngx_shop_layout_t))
           + ngx_align(n * sizeof(ngx_shop_layout_peer_t), ngx_pagesize)
           + ngx_align(2 * n * sizeof(uint32_t), ngx_pagesize)
           + ngx_align((zone->groups.nelts + 8)
                       * sizeof(ngx_shop_layout_group_t), ngx_pagesize)
           + ngx_align((zone->sites.nelts + NGX_SHOP_ZONE_SITES
                        + NGX_SHOP_LAYOUT_PARTS)
                       * sizeof(void *), ngx_pagesize)
           + ngx_align((zone->flags.nelts + NGX_SHOP_ZONE_SITES
                        + NGX_SHOP_LAYOUT_VOICES)
                       * sizeof(void *), ngx_pagesize)
           + ngx_align(sizeof(ngx_shop_layout_chronicle_t),
                       ngx_pagesize)
           + names;

    site = zone->sites.elts;

    for (i = 0; i < zone->sites.nelts; i++) {
        size += ngx_shop_zone_slab(site[i]->name.len)
                + ngx_shop_zone_slab(ngx_shop_layout_words(zone->groups.nelts
                                                           + 8)
                                     * sizeof(ngx_atomic_t))
                + ngx_shop_zone_slab(sizeof(ngx_shop_layout_site_t))
                + ngx_shop_zone_slab(sizeof(ngx_shop_layout_ledger_t));
    }

    flag = zone->flags.elts;

    for (i = 0; i < zone->flags.nelts; i++) {
        size += ngx_shop_zone_slab(flag[i]->path.len)
                + ngx_shop_zone_slab(sizeof(ngx_shop_layout_flag_t));
    }

    /* the slab's own: its header, a page record a page, half-empty pages */

    size += size / ngx_pagesize * sizeof(ngx_slab_page_t) + 16 * ngx_pagesize;

    return size;
}


/*
 * For files of flags with "hosts", at run time.  In a zone of a given size
 * there may be less room: what finds none is told of.
 */

static size_t
ngx_shop_zone_hosts(ngx_shop_model_zone_t *zone)
{
    if (zone->flags.nelts == 0) {
        return 0;
    }

    return NGX_SHOP_LAYOUT_VOICES
           * ngx_shop_zone_slab(sizeof(ngx_shop_layout_flag_t))
           + NGX_SHOP_LAYOUT_PARTS
             * (ngx_shop_zone_slab(sizeof(ngx_shop_layout_site_t))
                + ngx_shop_zone_slab(NGX_SHOP_LAYOUT_PART_LEN
                                     + NGX_SHOP_FLAG_HOSTS_MAX));
}


/*
 * The zone of the running generation, while the next one is being set up.  It
 * may be that of another build of this module (the file was replaced before the
 * reload): then its memory is looked at only where the records are the same.
 */

static ngx_slab_pool_t *
ngx_shop_zone_old(ngx_cycle_t *old, ngx_str_t *name, size_t *size)
{
    ngx_uint_t          i;
    ngx_shm_zone_t     *shm_zone;
    ngx_list_part_t    *part;
    ngx_slab_pool_t    *shpool;
    ngx_shop_layout_t  *sh;

    if (old == NULL || ngx_is_init_cycle(old)) {
        return NULL;
    }

    part = &old->shared_memory.part;
    shm_zone = part->elts;

    for (i = 0; /* void */ ; i++) {

        if (i >= part->nelts) {
            if (part->next == NULL) {
                return NULL;
            }

            part = part->next;
            shm_zone = part->elts;
            i = 0;
        }

        if (shm_zone[i].shm.name.len == name->len
            && ngx_strncmp(shm_zone[i].shm.name.data, name->data, name->len)
               == 0)
        {
            break;
        }
    }

    shpool = (ngx_slab_pool_t *) shm_zone[i].shm.addr;

    if (shpool == NULL || shpool->data == NULL) {
        return NULL;
    }

    sh = shpool->data;

    if (sh->version != NGX_SHOP_LAYOUT_VERSION
        || sh->layout != ngx_shop_zone_layout())
    {
        return NULL;
    }

    *size = shm_zone[i].shm.size;

    return shpool;
}


static uint32_t
ngx_shop_zone_layout(void)
{
    return sizeof(ngx_shop_layout_peer_t)
           ^ sizeof(ngx_shop_layout_site_t) << 8
           ^ sizeof(ngx_shop_layout_flag_t) << 11
           ^ sizeof(ngx_shop_layout_group_t) << 14
           ^ sizeof(ngx_shop_layout_chronicle_t) << 4
           ^ sizeof(ngx_shop_layout_ledger_t) << 2
           ^ sizeof(ngx_shop_layout_t) << 20;
}


static ngx_int_t
ngx_shop_zone_init(ngx_shm_zone_t *shm_zone, void *data)
{
    size_t                  size;
    ngx_int_t               rc;
    ngx_uint_t              lost;
    ngx_slab_pool_t        *shpool;
    ngx_shop_layout_t      *old;
    ngx_shop_model_zone_t  *zone, *ozone;

    zone = shm_zone->data;
    ozone = data;
    old = NULL;
    shpool = NULL;

    zone->shpool = (ngx_slab_pool_t *) shm_zone->shm.addr;

    if (ozone) {
        zone->sh = ozone->sh;

    } else {
        /* ngx_cycle is the running one until ngx_init_cycle() has returned */

        shpool = ngx_shop_zone_old((ngx_cycle_t *) ngx_cycle,
                                   &shm_zone->shm.name, &size);
        if (shpool) {
            old = shpool->data;
        }

        if (ngx_shop_zone_create(zone) != NGX_OK) {
            ngx_log_error(NGX_LOG_EMERG, shm_zone->shm.log, 0,
                          "shop failover: no room in the shared memory zone "
                          "\"%V\" of %uz bytes", &shm_zone->shm.name,
                          shm_zone->shm.size);
            return NGX_ERROR;
        }
    }

    /* workers go on in the old zone; nobody else is in a new one */

    if (ngx_shop_lock_take(old ? shpool : zone->shpool,
                           shm_zone->shm.log)
        != NGX_OK)
    {
        return NGX_ERROR;
    }

    if (old) {
        ngx_shop_shift_follow_locked(old);

        zone->sh->generation = old->generation;
        zone->sh->clock = ngx_shop_clock_msec(old);
        zone->sh->ahead = old->ahead;
        zone->sh->ahead_at = old->ahead_at;
        zone->sh->next_id = old->next_id;
        zone->sh->texts = old->texts;
        zone->sh->probed = old->probed;
        zone->sh->save_error = old->save_error;
        ngx_shop_chronicle_inherit(zone, old);
    }

    zone->generation = ++zone->sh->generation;
    zone->parted = (ngx_atomic_uint_t) -1;

    ngx_shop_counters_register_locked(zone);

    lost = ngx_shop_peers_register_locked(zone, old);

    ngx_shop_groups_register_locked(zone, old);
    rc = ngx_shop_board_slots_register_locked(zone, old);

    ngx_shmtx_unlock(old ? &shpool->mutex : &zone->shpool->mutex);

    if (rc != NGX_OK) {
        ngx_log_error(NGX_LOG_EMERG, shm_zone->shm.log, 0,
                      "shop failover: no room in the shared memory zone for "
                      "%ui sites and %ui flags", zone->sites.nelts,
                      zone->flags.nelts);
        return NGX_ERROR;
    }

    if (lost) {
        ngx_log_error(NGX_LOG_ERR, shm_zone->shm.log, 0,
                      "shop failover: no room in the shared memory zone for "
                      "%ui peers: they stay usable and are not probed", lost);
    }

    if (ozone == NULL && old == NULL && zone->state_file.len
        && !ngx_test_config)
    {
        ngx_shop_file_load(zone, shm_zone->shm.log);
    }

    return NGX_OK;
}


static ngx_int_t
ngx_shop_zone_create(ngx_shop_model_zone_t *zone)
{
    size_t              need, size;
    ngx_uint_t          n;
    ngx_shop_layout_t  *sh;

    sh = ngx_slab_calloc(zone->shpool, sizeof(ngx_shop_layout_t));
    if (sh == NULL) {
        return NGX_ERROR;
    }

    need = ngx_shop_zone_need(zone, &n) + ngx_shop_zone_hosts(zone);

    /* what is left over is for peers that are found or added later */

    size = zone->shm_zone->shm.size;

    if (size > need) {
        n += (size - need) / NGX_SHOP_ZONE_SPARE;
    }

    sh->version = NGX_SHOP_LAYOUT_VERSION;
    sh->layout = ngx_shop_zone_layout();
    sh->next_id = 1;
    sh->free = NGX_SHOP_LAYOUT_NO_SLOT;
    sh->clock = ngx_current_msec;

    sh->nslots = n;
    sh->ngroups = zone->groups.nelts + 8;
    sh->nsites = zone->sites.nelts + NGX_SHOP_ZONE_SITES;
    sh->nflags = zone->flags.nelts + NGX_SHOP_ZONE_SITES;

    for (sh->nbuckets = 1; sh->nbuckets < n; sh->nbuckets <<= 1) { /* void */ }

    sh->buckets = ngx_slab_alloc(zone->shpool,
                                 sh->nbuckets * sizeof(uint32_t));

    sh->peers = ngx_slab_calloc(zone->shpool, (n ? n : 1)
                                * sizeof(ngx_shop_layout_peer_t));

    sh->groups = ngx_slab_calloc(zone->shpool, sh->ngroups
                                       * sizeof(ngx_shop_layout_group_t));

    sh->sites = ngx_slab_calloc(zone->shpool,
                                (sh->nsites + NGX_SHOP_LAYOUT_PARTS)
                                * sizeof(void *));

    sh->flags = ngx_slab_calloc(zone->shpool,
                                (sh->nflags + NGX_SHOP_LAYOUT_VOICES)
                                * sizeof(void *));

    if (sh->buckets == NULL || sh->peers == NULL || sh->groups == NULL
        || sh->sites == NULL || sh->flags == NULL)
    {
        return NGX_ERROR;
    }

    ngx_memset(sh->buckets, 0xff, sh->nbuckets * sizeof(uint32_t));

    zone->sh = sh;
    zone->shpool->data = sh;

    return ngx_shop_chronicle_create(zone);
}


ngx_uint_t
ngx_shop_zone_superseded(ngx_shop_model_zone_t *zone)
{
    return zone->sh->succeeded
           || (int32_t) (zone->sh->running - zone->generation) > 0;
}


ngx_uint_t
ngx_shop_zone_succeeded(ngx_shop_model_zone_t *zone)
{
    return zone->sh->succeeded;
}


void
ngx_shop_zone_succeed(ngx_shop_model_zone_t *zone, ngx_cycle_t *cycle)
{
    size_t              size;
    ngx_slab_pool_t    *shpool;
    ngx_shop_layout_t  *sh;

    shpool = ngx_shop_zone_old(cycle->old_cycle, &ngx_shop_zone_name, &size);

    if (shpool && shpool != zone->shpool) {
        sh = shpool->data;
        sh->succeeded = 1;
    }
}
