
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * What a year and a week of each site were like: how long it served, and how
 * much it is used in each hour.
 */


#ifndef _NGX_SHOP_LEDGER_H_INCLUDED_
#define _NGX_SHOP_LEDGER_H_INCLUDED_


#include "state/model.h"

#include "logic/story/saved.h"


/* of a site, for a screen */
typedef struct {
    ngx_shop_tally_sum_t  sums[NGX_SHOP_TALLY_WINDOWS];
    ngx_shop_week_t      *week;          /* NULL: nobody asked for it */
} ngx_shop_ledger_view_t;


/* called by board only: into a record that is new */
void ngx_shop_ledger_inherit(ngx_shop_layout_site_t *ss,
    ngx_shop_layout_site_t *from);

/*
 * Called before the state of a site may change: the time until now was in the
 * state before.  msec is that of clock_msec().
 */
void ngx_shop_ledger_count_locked(ngx_shop_layout_t *sh,
    ngx_shop_layout_site_t *ss, uint64_t msec);

/* each worker, now and then and when it leaves: its requests; no lock */
void ngx_shop_ledger_flush(ngx_shop_model_zone_t *zone);

/* week: into these bytes, or NULL; a part of a site has zeros */
void ngx_shop_ledger_view_locked(ngx_shop_layout_t *sh,
    ngx_shop_layout_site_t *ss, ngx_shop_ledger_view_t *view,
    ngx_shop_week_t *week);

/* to a state file and from it */
void ngx_shop_ledger_save(ngx_shop_model_zone_t *zone,
    ngx_shop_saved_writer_t *w);
void ngx_shop_ledger_load_locked(ngx_shop_layout_t *sh,
    ngx_shop_saved_ledger_t *saved);


#endif /* _NGX_SHOP_LEDGER_H_INCLUDED_ */
