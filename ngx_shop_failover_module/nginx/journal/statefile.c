
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * The timer of the state file.  A change is saved within a second, by whichever
 * worker looks first; the write is off the request path, but of this process.
 */


#include "nginx/journal/statefile.h"
#include "nginx/timer.h"

#include "state/file.h"


typedef struct {
    ngx_shop_timer_t              timer;
    ngx_shop_model_zone_t        *zone;
} ngx_shop_statefile_t;


static void ngx_shop_statefile_handler(ngx_event_t *ev);
static void ngx_shop_statefile_save(ngx_shop_model_zone_t *zone,
    ngx_uint_t last, ngx_log_t *log);


#define NGX_SHOP_STATEFILE_PERIOD  1000      /* ms */


ngx_int_t
ngx_shop_statefile_start(ngx_cycle_t *cycle, ngx_shop_conf_main_t *smcf)
{
    ngx_shop_statefile_t  *store;

    if (smcf->zone.state_file.len == 0) {
        return NGX_OK;
    }

    store = ngx_pcalloc(cycle->pool, sizeof(ngx_shop_statefile_t));
    if (store == NULL) {
        return NGX_ERROR;
    }

    store->zone = &smcf->zone;
    ngx_shop_timer_init(&store->timer, ngx_shop_statefile_handler, store,
                        cycle->log);

    ngx_add_timer(&store->timer.event, NGX_SHOP_STATEFILE_PERIOD);

    return NGX_OK;
}


static void
ngx_shop_statefile_handler(ngx_event_t *ev)
{
    ngx_shop_statefile_t    *store = ngx_shop_timer_data(ev);

    if (ngx_exiting || ngx_terminate || ngx_quit) {
        return;
    }

    ngx_shop_statefile_save(store->zone, 0, ev->log);

    ngx_add_timer(ev, NGX_SHOP_STATEFILE_PERIOD);
}


void
ngx_shop_statefile_exit(ngx_cycle_t *cycle, ngx_shop_conf_main_t *smcf)
{
    ngx_shop_statefile_save(&smcf->zone, 1, cycle->log);
}


/* that the disk is full is said once, and once that it is not any more */

static void
ngx_shop_statefile_save(ngx_shop_model_zone_t *zone, ngx_uint_t last,
    ngx_log_t *log)
{
    ngx_shop_file_outcome_t  outcome;

    if (ngx_shop_file_save(zone, last, &outcome, log) != NGX_OK
        || outcome.err == outcome.before)
    {
        return;
    }

    if (outcome.err) {
        ngx_log_error(NGX_LOG_ERR, log, outcome.err,
                      "shop failover: state file \"%V\" cannot be written: %s "
                      "failed; verdicts and orders would not survive a "
                      "restart",
                      &zone->state_file, outcome.what);
        return;
    }

    ngx_log_error(NGX_LOG_NOTICE, log, 0,
                  "shop failover: state file \"%V\" is written again",
                  &zone->state_file);
}
