
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * The sites of a snapshot, one after the other; the worst first.
 */


#include "state/snapshot_inside.h"
#include "state/clock.h"


static ngx_int_t ngx_shop_snapshot_sites_read(ngx_shop_snapshot_t *snap,
    ngx_uint_t n, ngx_shop_model_site_t *conf);
static void ngx_shop_snapshot_sites_end(ngx_shop_snapshot_t *snap);
static ngx_shop_model_site_t *ngx_shop_snapshot_sites_part(ngx_pool_t *pool,
    ngx_shop_model_site_t *part);
static ngx_int_t ngx_shop_snapshot_sites_site(ngx_shop_snapshot_t *snap,
    ngx_shop_snapshot_site_t *site);
static void ngx_shop_snapshot_sites_way(ngx_shop_model_zone_t *zone,
    ngx_shop_snapshot_site_t *site);
static ngx_int_t ngx_shop_snapshot_sites_uses(ngx_pool_t *pool,
    ngx_shop_model_zone_t *zone, ngx_shop_snapshot_site_t *site);
static ngx_uint_t ngx_shop_snapshot_sites_used(
    ngx_shop_snapshot_site_t *site);
static ngx_int_t ngx_libc_cdecl ngx_shop_snapshot_sites_order(const void *one,
    const void *two);


/* hosts that a file closes alone may be gone soon: they are read at once */

ngx_int_t
ngx_shop_snapshot_sites_begin(ngx_shop_snapshot_t *snap)
{
    ngx_uint_t              i, n;
    ngx_shop_model_site_t  *part;

    ngx_shop_board_hosts_learn(snap->zone, snap->pool->log);

    n = snap->zone->sites.nelts;

    snap->sites = ngx_pcalloc(snap->pool, (n + NGX_SHOP_LAYOUT_PARTS)
                                          * sizeof(ngx_shop_snapshot_site_t *));
    if (snap->sites == NULL) {
        return NGX_ERROR;
    }

    snap->nsites = n;

    for (i = 0; i < NGX_SHOP_LAYOUT_PARTS; i++) {

        if (!snap->zone->parts[i].used) {
            continue;
        }

        part = ngx_shop_snapshot_sites_part(snap->pool, &snap->zone->parts[i]);

        if (part == NULL
            || ngx_shop_snapshot_sites_read(snap, snap->nsites++, part)
               != NGX_OK)
        {
            return NGX_ERROR;
        }
    }

    return NGX_OK;
}


ngx_int_t
ngx_shop_snapshot_sites_next(ngx_shop_snapshot_t *snap)
{
    ngx_shop_model_site_t  **confs;

    confs = snap->zone->sites.elts;

    if (ngx_shop_snapshot_sites_read(snap, snap->next, confs[snap->next])
        != NGX_OK)
    {
        return NGX_ERROR;
    }

    if (++snap->next < snap->zone->sites.nelts) {
        return NGX_AGAIN;
    }

    ngx_shop_snapshot_sites_end(snap);

    return NGX_OK;
}


static ngx_int_t
ngx_shop_snapshot_sites_read(ngx_shop_snapshot_t *snap, ngx_uint_t n,
    ngx_shop_model_site_t *conf)
{
    ngx_shop_snapshot_site_t  *site;

    site = ngx_pcalloc(snap->pool, sizeof(ngx_shop_snapshot_site_t));
    if (site == NULL) {
        return NGX_ERROR;
    }

    site->conf = conf;
    snap->sites[n] = site;

    if (ngx_shop_snapshot_sites_site(snap, site) != NGX_OK) {
        return NGX_ERROR;
    }

    return ngx_shop_snapshot_sites_uses(snap->pool, snap->zone, site);
}


/* that of upstreams which no site has comes first, and may be left out */

static void
ngx_shop_snapshot_sites_end(ngx_shop_snapshot_t *snap)
{
    ngx_uint_t  i;

    if (snap->zone->sites.nelts > 1
        && !ngx_shop_snapshot_sites_used(snap->sites[0]))
    {
        snap->sites++;
        snap->nsites--;
    }

    ngx_sort(snap->sites, snap->nsites, sizeof(ngx_shop_snapshot_site_t *),
             ngx_shop_snapshot_sites_order);

    snap->site = snap->sites[0];

    for (i = 0; i < snap->nsites; i++) {
        if (snap->sites[i]->conf == snap->asked) {
            snap->site = snap->sites[i];
        }
    }
}


/* hosts that a file closes alone: they may be gone when it is looked at */

static ngx_shop_model_site_t *
ngx_shop_snapshot_sites_part(ngx_pool_t *pool, ngx_shop_model_site_t *part)
{
    ngx_str_t               from[3], *to[3];
    ngx_uint_t              i;
    ngx_shop_model_flag_t  *flag;
    ngx_shop_model_site_t  *copy;

    copy = ngx_palloc(pool, sizeof(ngx_shop_model_site_t));
    flag = ngx_palloc(pool, sizeof(ngx_shop_model_flag_t));

    if (copy == NULL || flag == NULL) {
        return NULL;
    }

    *copy = *part;
    *flag = *part->flag;
    copy->flag = flag;

    from[0] = part->name;
    from[1] = part->hosts;
    from[2] = part->flag->path;
    to[0] = &copy->name;
    to[1] = &copy->hosts;
    to[2] = &flag->path;

    for (i = 0; i < 3; i++) {
        to[i]->data = ngx_pstrdup(pool, &from[i]);
        if (to[i]->data == NULL) {
            return NULL;
        }
    }

    return copy;
}


static ngx_int_t
ngx_shop_snapshot_sites_site(ngx_shop_snapshot_t *snap,
    ngx_shop_snapshot_site_t *site)
{
    ngx_shop_week_t         *week;
    ngx_shop_model_zone_t   *zone;
    ngx_shop_layout_site_t  *ss;

    zone = snap->zone;
    week = NULL;

    if (snap->hours) {
        week = ngx_palloc(snap->pool, sizeof(ngx_shop_week_t));
        if (week == NULL) {
            return NGX_ERROR;
        }
    }

    ngx_shop_board_view(zone, site->conf, &site->view);
    ngx_shop_snapshot_sites_way(zone, site);

    ss = zone->sh->sites[site->conf->index];

    ngx_shmtx_lock(&zone->shpool->mutex);

    site->incident = ss->incident;
    site->counters = ss->counters;
    site->base = ss->base;
    site->band = ss->band;
    ngx_memcpy(site->entered, ss->entered, sizeof(site->entered));
    ngx_shop_ledger_view_locked(zone->sh, ss, &site->ledger, week);

    ngx_shmtx_unlock(&zone->shpool->mutex);

    return NGX_OK;
}


static void
ngx_shop_snapshot_sites_way(ngx_shop_model_zone_t *zone,
    ngx_shop_snapshot_site_t *site)
{
    uint64_t  now;

    now = ngx_shop_clock_msec(zone->sh);

    site->way.share = ngx_shop_site_admitted(&site->view.site,
                                             site->conf->ramp, now);
    site->way.left = (int64_t) ngx_shop_site_left(&site->view.site,
                                                  site->conf->hold,
                                                  site->conf->ramp, now);
    site->way.end = site->way.left ? ngx_shop_clock_now()
                                     + (site->way.left + 999) / 1000
                                   : 0;
}


static ngx_int_t
ngx_shop_snapshot_sites_uses(ngx_pool_t *pool, ngx_shop_model_zone_t *zone,
    ngx_shop_snapshot_site_t *site)
{
    ngx_uint_t                 i, n;
    ngx_shop_layout_site_t    *ss;
    ngx_shop_model_group_t   **group;

    n = site->conf->uses.nelts;
    group = zone->groups.elts;
    ss = zone->sh->sites[site->conf->index];

    site->nuses = n;
    site->uses = ngx_palloc(pool, (n + zone->groups.nelts + 1)
                                  * sizeof(ngx_shop_model_use_t));
    if (site->uses == NULL) {
        return NGX_ERROR;
    }

    ngx_memcpy(site->uses, site->conf->uses.elts,
               n * sizeof(ngx_shop_model_use_t));

    for (i = 0; i < zone->groups.nelts && !site->conf->listed; i++) {

        if (ngx_shop_board_bit(ss, group[i]->index)
            && !ngx_shop_board_uses(site->conf, group[i]))
        {
            site->uses[site->nuses].group = group[i];
            site->uses[site->nuses++].optional = 0;
        }
    }

    return NGX_OK;
}


/* whether that of upstreams which no site has ever sent a page */

static ngx_uint_t
ngx_shop_snapshot_sites_used(ngx_shop_snapshot_site_t *site)
{
    ngx_uint_t  i, j;

    for (i = 0; i < NGX_SHOP_LAYOUT_WHYS; i++) {
        for (j = 0; j < NGX_SHOP_LAYOUT_KINDS; j++) {
            if (site->counters.pages[i][j]) {
                return 1;
            }
        }
    }

    return 0;
}


/* P1 before P2 before P3; then a closed shop before an open one; else as is */

static ngx_int_t ngx_libc_cdecl
ngx_shop_snapshot_sites_order(const void *one, const void *two)
{
    unsigned                    sa, sb;
    ngx_shop_snapshot_site_t  *const *a = one, *const *b = two;

    sa = ngx_shop_site_severity((*a)->view.site.state);
    sb = ngx_shop_site_severity((*b)->view.site.state);

    if (sa != sb) {
        return sb && (sa == 0 || sb < sa);
    }

    return (*b)->view.site.state > (*a)->view.site.state;
}
