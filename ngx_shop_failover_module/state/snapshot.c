
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * Copies of the shared memory, taken in steps.  Knows no format.
 */


#include "state/snapshot_inside.h"
#include "state/clock.h"


static ngx_int_t ngx_shop_snapshot_happened(ngx_pool_t *pool,
    ngx_shop_snapshot_t *snap);
static ngx_uint_t ngx_shop_snapshot_slot(ngx_shop_snapshot_peer_t *peer,
    ngx_uint_t i);


#define NGX_SHOP_SNAPSHOT_EVENTS  10


ngx_shop_snapshot_t *
ngx_shop_snapshot_begin(ngx_pool_t *pool, ngx_shop_model_zone_t *zone,
    ngx_shop_model_site_t *conf)
{
    ngx_shop_snapshot_t  *snap;

    snap = ngx_pcalloc(pool, sizeof(ngx_shop_snapshot_t));
    if (snap == NULL) {
        return NULL;
    }

    snap->pool = pool;
    snap->zone = zone;
    snap->asked = conf;
    snap->now = ngx_shop_clock_now();

    if (ngx_shop_snapshot_sites_begin(snap) != NGX_OK
        || ngx_shop_snapshot_peers_begin(snap) != NGX_OK)
    {
        return NULL;
    }

    return snap;
}


ngx_int_t
ngx_shop_snapshot_step(ngx_shop_snapshot_t *snap)
{
    ngx_int_t  rc;

    if (snap->site == NULL) {

        rc = ngx_shop_snapshot_sites_next(snap);

        return rc == NGX_OK ? NGX_AGAIN : rc;
    }

    rc = ngx_shop_snapshot_peers_next(snap);

    return rc == NGX_OK ? ngx_shop_snapshot_happened(snap->pool, snap) : rc;
}


static ngx_int_t
ngx_shop_snapshot_happened(ngx_pool_t *pool, ngx_shop_snapshot_t *snap)
{
    snap->incidents = ngx_palloc(pool, NGX_SHOP_INCIDENTS
                                       * sizeof(ngx_shop_incident_t));
    snap->events = ngx_palloc(pool, NGX_SHOP_SNAPSHOT_EVENTS
                                    * sizeof(ngx_shop_event_t));

    if (snap->incidents == NULL || snap->events == NULL) {
        return NGX_ERROR;
    }

    snap->nincidents = ngx_shop_chronicle_incidents(snap->zone,
                         snap->incidents, NGX_SHOP_INCIDENTS);

    snap->nevents = ngx_shop_chronicle_events(snap->zone,
                      snap->events, NGX_SHOP_SNAPSHOT_EVENTS);
    return NGX_OK;
}


ngx_uint_t
ngx_shop_snapshot_results(ngx_shop_snapshot_peer_t *peer)
{
    return ngx_min(peer->checks, NGX_SHOP_LAYOUT_HISTORY);
}


ngx_uint_t
ngx_shop_snapshot_result(ngx_shop_snapshot_peer_t *peer, ngx_uint_t i)
{
    uint8_t     two;
    ngx_uint_t  n;

    n = ngx_shop_snapshot_slot(peer, i);
    two = peer->history[n / 2];

    return (n & 1) ? two >> 4 : two & 0x0f;
}


ngx_uint_t
ngx_shop_snapshot_took(ngx_shop_snapshot_peer_t *peer, ngx_uint_t i)
{
    return peer->took[ngx_shop_snapshot_slot(peer, i)];
}


static ngx_uint_t
ngx_shop_snapshot_slot(ngx_shop_snapshot_peer_t *peer, ngx_uint_t i)
{
    return (peer->checks - ngx_shop_snapshot_results(peer) + i)
           % NGX_SHOP_LAYOUT_HISTORY;
}
