
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * Time and requests of each site, in shared memory.  Lengths are those of the
 * monotonic clock: one that is set makes no minute of outage.
 */


#include "state/ledger.h"
#include "state/clock.h"


static ngx_uint_t ngx_shop_ledger_usual(unsigned state);
static void ngx_shop_ledger_last(ngx_shop_layout_site_t *ss,
    ngx_shop_week_t *week);


/*
 * Somebody evaluates once a second: where nobody did for longer, nobody knows
 * what was meanwhile.
 */
#define NGX_SHOP_LEDGER_GAP    60000     /* ms */

#define NGX_SHOP_LEDGER_CHUNK  16        /* sites under one lock */


void
ngx_shop_ledger_inherit(ngx_shop_layout_site_t *ss,
    ngx_shop_layout_site_t *from)
{
    if (ss->ledger && from->ledger) {
        *ss->ledger = *from->ledger;
    }
}


void
ngx_shop_ledger_count_locked(ngx_shop_layout_t *sh,
    ngx_shop_layout_site_t *ss, uint64_t msec)
{
    int64_t                     now;
    uint32_t                    gone, counts[NGX_SHOP_WEEK_N];
    uint64_t                    was;
    ngx_uint_t                  i, usual;
    ngx_shop_layout_ledger_t   *ledger;

    ledger = ss->ledger;

    if (ledger == NULL) {
        return;
    }

    /* first: who is killed here leaves some seconds out, and none in twice */

    was = ledger->counted;
    ledger->counted = msec ? msec : 1;
    ngx_memory_barrier();

    gone = 0;

    if (was && msec > was && msec - was <= NGX_SHOP_LEDGER_GAP) {
        gone = (uint32_t) (msec - was);
    }

    now = ngx_shop_clock_day_locked(sh);

    ngx_shop_tally_add(&ledger->tally,
                       ngx_shop_tally_kind(ss->site.state,
                                           ss->site.outage != 0),
                       gone, now);

    usual = ngx_shop_ledger_usual(ss->site.state);

    for (i = 0; i < NGX_SHOP_WEEK_N; i++) {
        counts[i] = (uint32_t) ledger->fresh[i];
        (void) ngx_atomic_fetch_add(&ledger->fresh[i],
                                    -(ngx_atomic_int_t) counts[i]);

        counts[i] = usual ? counts[i] : 0;
    }

    ngx_shop_week_add(&ledger->week,
                      ngx_shop_week_number(now, ngx_shop_clock_ahead()),
                      usual ? gone : 0, counts);
}


/* who is sent away, or waits for his turn, makes no quiet hour */

static ngx_uint_t
ngx_shop_ledger_usual(unsigned state)
{
    return state == NGX_SHOP_SITE_OPEN || state == NGX_SHOP_SITE_DEGRADED
           || state == NGX_SHOP_SITE_BACKUP;
}


void
ngx_shop_ledger_flush(ngx_shop_model_zone_t *zone)
{
    ngx_uint_t                  i, k;
    ngx_shop_model_site_t     **conf;
    ngx_shop_layout_ledger_t   *ledger;

    conf = zone->sites.elts;

    for (i = 0; i < zone->sites.nelts; i++) {

        if (conf[i]->traffic[NGX_SHOP_WEEK_REQUESTS] == 0) {
            continue;
        }

        ledger = zone->sh->sites[conf[i]->index]->ledger;

        for (k = 0; k < NGX_SHOP_WEEK_N; k++) {
            (void) ngx_atomic_fetch_add(&ledger->fresh[k],
                                        conf[i]->traffic[k]);
            conf[i]->traffic[k] = 0;
        }
    }
}


void
ngx_shop_ledger_view_locked(ngx_shop_layout_t *sh,
    ngx_shop_layout_site_t *ss, ngx_shop_ledger_view_t *view,
    ngx_shop_week_t *week)
{
    int64_t                    now;
    ngx_uint_t                 i;
    ngx_shop_layout_ledger_t  *ledger;

    ledger = ss->ledger;

    if (ledger == NULL) {
        ngx_memzero(view, sizeof(ngx_shop_ledger_view_t));
        return;
    }

    now = ngx_shop_clock_day_locked(sh);

    for (i = 0; i < NGX_SHOP_TALLY_WINDOWS; i++) {
        ngx_shop_tally_sum(&ledger->tally, (unsigned) i, now, &view->sums[i]);
    }

    view->week = week;

    if (week) {
        *week = ledger->week;
    }
}


/* what nobody has taken yet: of a worker that leaves */

static void
ngx_shop_ledger_last(ngx_shop_layout_site_t *ss, ngx_shop_week_t *week)
{
    ngx_uint_t  i;

    for (i = 0; i < NGX_SHOP_WEEK_N && ngx_shop_ledger_usual(ss->site.state);
         i++)
    {
        week->sums[i] += (uint32_t) ss->ledger->fresh[i];
    }
}


void
ngx_shop_ledger_save(ngx_shop_model_zone_t *zone, ngx_shop_saved_writer_t *w)
{
    ngx_uint_t                i, n;
    ngx_shop_layout_t        *sh;
    ngx_shop_layout_site_t   *ss;
    ngx_shop_saved_ledger_t   saved;

    sh = zone->sh;

    for (i = 0; i < sh->sites_used; /* void */ ) {

        ngx_shmtx_lock(&zone->shpool->mutex);

        for (n = 0; n < NGX_SHOP_LEDGER_CHUNK && i < sh->sites_used; n++) {
            ss = sh->sites[i++];

            saved.site.data = ss->name.data;
            saved.site.len = ss->name.len;
            saved.tally = ss->ledger->tally;
            saved.week = ss->ledger->week;
            ngx_shop_ledger_last(ss, &saved.week);

            ngx_shop_saved_ledger(w, &saved);
        }

        ngx_shmtx_unlock(&zone->shpool->mutex);
    }
}


void
ngx_shop_ledger_load_locked(ngx_shop_layout_t *sh,
    ngx_shop_saved_ledger_t *saved)
{
    ngx_uint_t               i;
    ngx_shop_layout_site_t  *ss;

    for (i = 0; i < sh->sites_used; i++) {
        ss = sh->sites[i];

        if (ss->name.len == saved->site.len
            && ngx_memcmp(ss->name.data, saved->site.data, ss->name.len) == 0)
        {
            ss->ledger->tally = saved->tally;
            ss->ledger->week = saved->week;
        }
    }
}
