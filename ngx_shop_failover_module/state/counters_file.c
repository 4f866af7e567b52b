
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * Counters of sites and upstreams, to the state file and from it: an order of
 * numbers that only grows at its end.
 */


#include "state/counters.h"


static ngx_uint_t ngx_shop_counters_file_rows(ngx_shop_layout_site_t *ss,
    ngx_atomic_t **rows);


#define NGX_SHOP_COUNTERS_FILE_ROWS                                          \
    (2 * (NGX_SHOP_LAYOUT_WHYS * NGX_SHOP_LAYOUT_KINDS + 2))


void
ngx_shop_counters_file_save_locked(ngx_shop_layout_site_t *ss,
    ngx_shop_saved_site_t *site)
{
    ngx_uint_t     i, n;
    ngx_atomic_t  *rows[NGX_SHOP_COUNTERS_FILE_ROWS];

    ngx_memzero(site->counts, sizeof(site->counts));

    n = ngx_shop_counters_file_rows(ss, rows);

    for (i = 0; i < n; i++) {
        site->counts[i] = *rows[i];
    }

    for (i = 0; i < NGX_SHOP_SITE_N; i++) {
        site->counts[n++] = ss->entered[i];
    }

    site->ncounts = (uint8_t) n;
}


void
ngx_shop_counters_file_save_classes_locked(ngx_shop_layout_t *sh,
    ngx_shop_layout_site_t *ss, ngx_shop_saved_writer_t *w)
{
    ngx_uint_t              i;
    ngx_shop_saved_class_t  class;

    class.site.data = ss->name.data;
    class.site.len = ss->name.len;

    for (i = 0; i < NGX_SHOP_LAYOUT_CLASSES && sh->classes[i].len; i++) {
        class.name.data = sh->classes[i].name;
        class.name.len = sh->classes[i].len;
        class.counts[0] = ss->counters.refused[i];
        class.counts[1] = ss->counters.unknown[i];
        class.counts[2] = ss->base.refused[i];
        class.counts[3] = ss->base.unknown[i];

        if (class.counts[0] || class.counts[1]) {
            ngx_shop_saved_class(w, &class);
        }
    }
}


/* now, then when the incident began */

static ngx_uint_t
ngx_shop_counters_file_rows(ngx_shop_layout_site_t *ss, ngx_atomic_t **rows)
{
    ngx_uint_t                   i, j, n, base;
    ngx_shop_layout_counters_t  *counters;

    n = 0;

    for (base = 0; base < 2; base++) {
        counters = base ? &ss->base : &ss->counters;

        for (i = 0; i < NGX_SHOP_LAYOUT_WHYS; i++) {
            for (j = 0; j < NGX_SHOP_LAYOUT_KINDS; j++) {
                rows[n++] = &counters->pages[i][j];
            }
        }

        rows[n++] = &counters->bypassed;
        rows[n++] = &counters->stale;
    }

    return n;
}


void
ngx_shop_counters_file_load_locked(ngx_shop_layout_site_t *ss,
    ngx_shop_saved_site_t *site)
{
    ngx_uint_t     i, n;
    ngx_atomic_t  *rows[NGX_SHOP_COUNTERS_FILE_ROWS];

    n = ngx_shop_counters_file_rows(ss, rows);

    if (site->ncounts < n + NGX_SHOP_SITE_N) {
        return;
    }

    for (i = 0; i < n; i++) {
        *rows[i] = (ngx_atomic_uint_t) site->counts[i];
    }

    for (i = 0; i < NGX_SHOP_SITE_N; i++) {
        ss->entered[i] = (uint32_t) site->counts[n++];
    }

}


void
ngx_shop_counters_file_load_class_locked(ngx_shop_layout_t *sh,
    ngx_shop_layout_site_t *ss, ngx_shop_saved_class_t *class)
{
    ngx_uint_t  i;

    for (i = 0; i < NGX_SHOP_LAYOUT_CLASSES; i++) {

        if (sh->classes[i].len == 0 || sh->classes[i].len != class->name.len
            || ngx_memcmp(sh->classes[i].name, class->name.data,
                          class->name.len)
               != 0)
        {
            continue;
        }

        ss->counters.refused[i] = (ngx_atomic_uint_t) class->counts[0];
        ss->counters.unknown[i] = (ngx_atomic_uint_t) class->counts[1];
        ss->base.refused[i] = (ngx_atomic_uint_t) class->counts[2];
        ss->base.unknown[i] = (ngx_atomic_uint_t) class->counts[3];
    }
}


void
ngx_shop_counters_file_save_group_locked(ngx_shop_layout_group_t *gs,
    ngx_shop_saved_group_t *group)
{
    ngx_uint_t  i, n;

    n = 0;
    ngx_memzero(group->counts, sizeof(group->counts));

    for (i = 0; i < NGX_SHOP_LAYOUT_COUNT_GROUP_N; i++) {
        group->counts[n++] = gs->counts[i];
    }

    for (i = 0; i < NGX_SHOP_SITE_GROUP_N; i++) {
        group->counts[n++] = gs->entered[i];
    }

    for (i = 0; i < NGX_SHOP_VERDICT_RESULT_N; i++) {
        group->counts[n++] = gs->results[i];
    }

    group->ncounts = (uint8_t) n;
    group->detection = gs->detection;
}


void
ngx_shop_counters_file_load_group_locked(ngx_shop_layout_group_t *gs,
    ngx_shop_saved_group_t *group)
{
    ngx_uint_t  i, n;

    n = 0;

    /* of another version: it has other counts, and others in their places */

    if (group->ncounts != NGX_SHOP_LAYOUT_COUNT_GROUP_N
                          + NGX_SHOP_SITE_GROUP_N + NGX_SHOP_VERDICT_RESULT_N)
    {
        return;
    }

    for (i = 0; i < NGX_SHOP_LAYOUT_COUNT_GROUP_N; i++) {
        gs->counts[i] = (ngx_atomic_uint_t) group->counts[n++];
    }

    for (i = 0; i < NGX_SHOP_SITE_GROUP_N; i++) {
        gs->entered[i] = (uint32_t) group->counts[n++];
    }

    for (i = 0; i < NGX_SHOP_VERDICT_RESULT_N && n < group->ncounts; i++) {
        gs->results[i] = group->counts[n++];
    }

    gs->detection = group->detection;
}
