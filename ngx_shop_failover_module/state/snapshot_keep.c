
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * Of a snapshot what one site is about: itself and its parts, its upstreams and
 * those that back them up, its incidents and events.
 */


#include "state/snapshot.h"


static void ngx_shop_snapshot_keep_groups(ngx_shop_snapshot_t *snap);
static ngx_uint_t ngx_shop_snapshot_keep_uses(ngx_shop_snapshot_t *snap,
    ngx_shop_model_group_t *group);
static void ngx_shop_snapshot_keep_happened(ngx_shop_snapshot_t *snap);
static ngx_uint_t ngx_shop_snapshot_keep_has(ngx_shop_snapshot_t *snap,
    const ngx_shop_str_t *name);
static ngx_uint_t ngx_shop_snapshot_keep_knows(ngx_shop_snapshot_t *snap,
    const ngx_shop_str_t *name);


#define ngx_shop_snapshot_keep_is(a, b)                                      \
    ((a)->len == (b)->len && ngx_memcmp((a)->data, (b)->data, (a)->len) == 0)


ngx_int_t
ngx_shop_snapshot_keep(ngx_shop_snapshot_t *snap, ngx_str_t *name)
{
    ngx_uint_t              i, n;
    ngx_shop_model_site_t  *conf;

    n = 0;

    for (i = 0; i < snap->nsites; i++) {
        conf = snap->sites[i]->conf;

        if (!ngx_shop_snapshot_keep_is(&conf->name, name)
            && (conf->whole == NULL
                || !ngx_shop_snapshot_keep_is(&conf->whole->name, name)))
        {
            continue;
        }

        if (n != i) {
            snap->sites[n] = snap->sites[i];
        }

        n++;
    }

    if (n == 0) {
        return NGX_DECLINED;
    }

    snap->nsites = n;
    snap->site = snap->sites[0];

    for (i = 0; i < n; i++) {
        if (ngx_shop_snapshot_keep_is(&snap->sites[i]->conf->name, name)) {
            snap->site = snap->sites[i];
        }
    }

    ngx_shop_snapshot_keep_groups(snap);
    ngx_shop_snapshot_keep_happened(snap);

    return NGX_OK;
}


static void
ngx_shop_snapshot_keep_groups(ngx_shop_snapshot_t *snap)
{
    ngx_uint_t  i, n;

    n = 0;

    for (i = 0; i < snap->ngroups; i++) {
        if (ngx_shop_snapshot_keep_uses(snap, snap->groups[i].group)) {
            snap->groups[n++] = snap->groups[i];
        }
    }

    snap->ngroups = n;
}


static ngx_uint_t
ngx_shop_snapshot_keep_uses(ngx_shop_snapshot_t *snap,
    ngx_shop_model_group_t *group)
{
    ngx_uint_t                  i, j, k;
    ngx_shop_model_use_t       *use;
    ngx_shop_snapshot_site_t   *site;
    ngx_shop_model_group_t    **backup;

    for (i = 0; i < snap->nsites; i++) {
        site = snap->sites[i];

        for (j = 0; j < site->nuses; j++) {
            use = &site->uses[j];

            if (use->group == group) {
                return 1;
            }

            backup = use->group->chain.elts;

            for (k = 0; k < use->group->chain.nelts; k++) {
                if (backup[k] == group) {
                    return 1;
                }
            }
        }
    }

    return 0;
}


static void
ngx_shop_snapshot_keep_happened(ngx_shop_snapshot_t *snap)
{
    ngx_uint_t       i, n;
    ngx_shop_str_t   site, upstream;

    n = 0;

    for (i = 0; i < snap->nincidents; i++) {
        site = ngx_shop_incident_told_text(&snap->incidents[i],
                                      snap->incidents[i].site);

        if (ngx_shop_snapshot_keep_has(snap, &site)) {

            if (n != i) {
                snap->incidents[n] = snap->incidents[i];
            }

            n++;
        }
    }

    snap->nincidents = n;
    n = 0;

    for (i = 0; i < snap->nevents; i++) {
        site = ngx_shop_event_get(&snap->events[i], snap->events[i].site);
        upstream = ngx_shop_event_get(&snap->events[i],
                                      snap->events[i].upstream);

        if ((site.len && ngx_shop_snapshot_keep_has(snap, &site))
            || (upstream.len && ngx_shop_snapshot_keep_knows(snap, &upstream)))
        {
            if (n != i) {
                snap->events[n] = snap->events[i];
            }

            n++;
        }
    }

    snap->nevents = n;
}


static ngx_uint_t
ngx_shop_snapshot_keep_has(ngx_shop_snapshot_t *snap,
    const ngx_shop_str_t *name)
{
    ngx_uint_t  i;

    for (i = 0; i < snap->nsites; i++) {
        if (ngx_shop_snapshot_keep_is(&snap->sites[i]->conf->name, name)) {
            return 1;
        }
    }

    return 0;
}


static ngx_uint_t
ngx_shop_snapshot_keep_knows(ngx_shop_snapshot_t *snap,
    const ngx_shop_str_t *name)
{
    ngx_uint_t  i;

    for (i = 0; i < snap->ngroups; i++) {
        if (ngx_shop_snapshot_keep_is(&snap->groups[i].group->name, name)) {
            return 1;
        }
    }

    return 0;
}
