
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * What visitors met with, counted in shared memory without a lock.  A request
 * that the shop serves passes nothing of this.
 */


#ifndef _NGX_SHOP_COUNTERS_H_INCLUDED_
#define _NGX_SHOP_COUNTERS_H_INCLUDED_


#include "state/model.h"

#include "logic/story/saved.h"


/* one page that was sent in place of an answer of the shop */
typedef struct {
    ngx_uint_t                why;        /* below _LAYOUT_WHYS */
    ngx_uint_t                kind;       /* below _LAYOUT_KINDS */
    ngx_uint_t                sent;       /* to a server, and failed */
    ngx_shop_model_class_t   *class;      /* NULL: none */
} ngx_shop_counters_turned_t;


/* called by zone, board and peers only */
ngx_uint_t ngx_shop_counters_fit_locked(ngx_shop_model_zone_t *zone,
    ngx_shop_layout_t *sh);
void ngx_shop_counters_register_locked(ngx_shop_model_zone_t *zone);
void ngx_shop_counters_inherit(ngx_shop_layout_t *sh,
    ngx_shop_layout_site_t *ss, ngx_shop_layout_t *old,
    ngx_shop_layout_site_t *from);
void ngx_shop_counters_inherit_group(ngx_shop_layout_group_t *gs,
    ngx_shop_layout_group_t *from);

/*
 * Called before the state of a site changes to that of "next": where trouble
 * begins, what was counted so far is set aside, so that "since it began" is a
 * difference.
 */
void ngx_shop_counters_mark_locked(ngx_shop_layout_site_t *ss,
    ngx_shop_site_t *next);

/* to a state file and from it, under the lock */
void ngx_shop_counters_file_save_locked(ngx_shop_layout_site_t *ss,
    ngx_shop_saved_site_t *site);
void ngx_shop_counters_file_load_locked(ngx_shop_layout_site_t *ss,
    ngx_shop_saved_site_t *site);
void ngx_shop_counters_file_save_classes_locked(ngx_shop_layout_t *sh,
    ngx_shop_layout_site_t *ss, ngx_shop_saved_writer_t *w);
void ngx_shop_counters_file_load_class_locked(ngx_shop_layout_t *sh,
    ngx_shop_layout_site_t *ss, ngx_shop_saved_class_t *class);
void ngx_shop_counters_file_save_group_locked(ngx_shop_layout_group_t *gs,
    ngx_shop_saved_group_t *group);
void ngx_shop_counters_file_load_group_locked(ngx_shop_layout_group_t *gs,
    ngx_shop_saved_group_t *group);

/* no lock; called once for each page */
void ngx_shop_counters_page(ngx_shop_model_zone_t *zone,
    ngx_shop_model_site_t *site, ngx_shop_counters_turned_t *turned);

/* no lock; a request that passes a closed shop, by address or by link */
#define ngx_shop_counters_bypassed(zone, conf)                               \
    (void) ngx_atomic_fetch_add(                                             \
              &(zone)->sh->sites[(conf)->index]->counters.bypassed, 1)

/* no lock; a copy of the cache was sent, as the shop failed */
#define ngx_shop_counters_stale(zone, conf)                                  \
    (void) ngx_atomic_fetch_add(                                             \
              &(zone)->sh->sites[(conf)->index]->counters.stale, 1)

/* no lock; what is an ngx_shop_layout_count_group_e */
#define ngx_shop_counters_group(zone, group, what)                           \
    (void) ngx_atomic_fetch_add(                                             \
              &(zone)->sh->groups[(group)->index].counts[what], 1)

/* pages for people (HTML), whatever the cause */
uint64_t ngx_shop_counters_visitors(ngx_shop_layout_counters_t *counters);


#endif /* _NGX_SHOP_COUNTERS_H_INCLUDED_ */
