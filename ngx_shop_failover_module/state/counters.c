
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * Counters in shared memory.  Does not know what a page is, nor who reads.
 */


#include "state/counters.h"

#include "logic/words/negotiate.h"


static uint32_t ngx_shop_counters_find(ngx_shop_layout_t *sh, u_char *name,
    size_t len);
static void ngx_shop_counters_copy(ngx_shop_layout_t *sh,
    ngx_shop_layout_counters_t *to, ngx_shop_layout_t *old,
    ngx_shop_layout_counters_t *from);


/* the number of a name, or that of the first free place; CLASSES: neither */

static uint32_t
ngx_shop_counters_find(ngx_shop_layout_t *sh, u_char *name, size_t len)
{
    uint32_t                  i;
    ngx_shop_layout_class_t  *class;

    for (i = 0; i < NGX_SHOP_LAYOUT_CLASSES; i++) {
        class = &sh->classes[i];

        if (class->len == 0
            || (class->len == len && ngx_memcmp(class->name, name, len) == 0))
        {
            break;
        }
    }

    return i;
}


/* whether the names of a new configuration find room in the running zone */

ngx_uint_t
ngx_shop_counters_fit_locked(ngx_shop_model_zone_t *zone,
    ngx_shop_layout_t *sh)
{
    uint32_t                  n;
    ngx_uint_t                i, new;
    ngx_shop_model_class_t  **class;

    for (n = 0; n < NGX_SHOP_LAYOUT_CLASSES && sh->classes[n].len; n++) {
        /* void */
    }

    new = 0;
    class = zone->classes.elts;

    for (i = 0; i < zone->classes.nelts; i++) {
        new += ngx_shop_counters_find(sh, class[i]->name.data,
                                      class[i]->name.len)
               >= n;
    }

    return n + new <= NGX_SHOP_LAYOUT_CLASSES;
}


void
ngx_shop_counters_register_locked(ngx_shop_model_zone_t *zone)
{
    uint32_t                  n;
    ngx_uint_t                i;
    ngx_shop_model_class_t  **class;
    ngx_shop_layout_class_t  *cs;

    class = zone->classes.elts;

    for (i = 0; i < zone->classes.nelts; i++) {

        n = ngx_shop_counters_find(zone->sh, class[i]->name.data,
                                   class[i]->name.len);
        class[i]->index = n;

        if (n == NGX_SHOP_LAYOUT_CLASSES) {
            continue;
        }

        cs = &zone->sh->classes[n];
        cs->len = (uint8_t) class[i]->name.len;
        ngx_memcpy(cs->name, class[i]->name.data, class[i]->name.len);
    }
}


/*
 * Into a new segment.  What the workers of the old one count from now on is
 * not seen any more; a name that is not configured any more is dropped.
 */

void
ngx_shop_counters_inherit(ngx_shop_layout_t *sh, ngx_shop_layout_site_t *ss,
    ngx_shop_layout_t *old, ngx_shop_layout_site_t *from)
{
    ss->incident = from->incident;
    ngx_memcpy(ss->entered, from->entered, sizeof(ss->entered));

    ngx_shop_counters_copy(sh, &ss->counters, old, &from->counters);
    ngx_shop_counters_copy(sh, &ss->base, old, &from->base);
}


static void
ngx_shop_counters_copy(ngx_shop_layout_t *sh, ngx_shop_layout_counters_t *to,
    ngx_shop_layout_t *old, ngx_shop_layout_counters_t *from)
{
    uint32_t                  i, n;
    ngx_shop_layout_class_t  *class;

    ngx_memcpy((void *) to->pages, (void *) from->pages,
               sizeof(to->pages));
    to->bypassed = from->bypassed;
    to->stale = from->stale;

    for (i = 0; i < NGX_SHOP_LAYOUT_CLASSES; i++) {
        class = &old->classes[i];

        n = ngx_shop_counters_find(sh, class->name, class->len);

        if (class->len && n < NGX_SHOP_LAYOUT_CLASSES && sh->classes[n].len) {
            to->refused[n] = from->refused[i];
            to->unknown[n] = from->unknown[i];
        }
    }
}


void
ngx_shop_counters_inherit_group(ngx_shop_layout_group_t *gs,
    ngx_shop_layout_group_t *from)
{
    ngx_str_t  name;

    name = gs->name;
    *gs = *from;
    gs->name = name;
}


void
ngx_shop_counters_mark_locked(ngx_shop_layout_site_t *ss,
    ngx_shop_site_t *next)
{
    switch (next->state) {

    case NGX_SHOP_SITE_OPEN:
    case NGX_SHOP_SITE_DEGRADED:
        ss->incident = 0;
        return;

    default:
        if (ss->incident == 0) {

            /* in this order: with "incident" it counts from here */

            ss->base = ss->counters;
            ngx_memory_barrier();
            ss->incident = next->since;
        }
    }
}


void
ngx_shop_counters_page(ngx_shop_model_zone_t *zone,
    ngx_shop_model_site_t *site, ngx_shop_counters_turned_t *turned)
{
    ngx_atomic_t                *count;
    ngx_shop_layout_counters_t  *counters;

    counters = &zone->sh->sites[site->index]->counters;

    (void) ngx_atomic_fetch_add(&counters->pages
                               [turned->why % NGX_SHOP_LAYOUT_WHYS]
                               [turned->kind % NGX_SHOP_LAYOUT_KINDS], 1);

    if (turned->class == NULL
        || turned->class->index >= NGX_SHOP_LAYOUT_CLASSES)
    {
        return;
    }

    count = turned->sent ? counters->unknown : counters->refused;

    (void) ngx_atomic_fetch_add(&count[turned->class->index], 1);
}


uint64_t
ngx_shop_counters_visitors(ngx_shop_layout_counters_t *counters)
{
    uint64_t    n;
    ngx_uint_t  i;

    n = 0;

    for (i = 0; i < NGX_SHOP_LAYOUT_WHYS; i++) {
        n += counters->pages[i][NGX_SHOP_NEGOTIATE_HTML];
    }

    return n;
}
