
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * What is drawn, as numbers in the JSON: the last probes of a server, the last
 * day of a site.
 */


#include "nginx/status/status.h"


static void ngx_shop_status_series_history(ngx_shop_emit_t *e,
    ngx_shop_snapshot_peer_t *peer);
static void ngx_shop_status_series_took(ngx_shop_emit_t *e,
    ngx_shop_snapshot_peer_t *peer);


void
ngx_shop_status_series_peer(ngx_shop_emit_t *e, ngx_shop_snapshot_peer_t *peer)
{
    ngx_shop_status_series_history(e, peer);
    ngx_shop_status_series_took(e, peer);
}


/* runs of equal results, the oldest first */

static void
ngx_shop_status_series_history(ngx_shop_emit_t *e,
    ngx_shop_snapshot_peer_t *peer)
{
    ngx_uint_t  i, n, run, result;

    ngx_shop_emit_array(e, "history");

    n = ngx_shop_snapshot_results(peer);

    for (i = 0; i < n; i += run) {
        result = ngx_shop_snapshot_result(peer, i);

        for (run = 1;
             i + run < n
             && ngx_shop_snapshot_result(peer, i + run) == result;
             run++)
        {
            /* void */
        }

        ngx_shop_emit_object(e, NULL);
        ngx_shop_emit_cstr(e, "result", ngx_shop_verdict_result_name(result));
        ngx_shop_emit_int(e, "n", run);
        ngx_shop_emit_close(e, '}');
    }

    ngx_shop_emit_close(e, ']');
}


/* one for each result of the history, in its order */

static void
ngx_shop_status_series_took(ngx_shop_emit_t *e, ngx_shop_snapshot_peer_t *peer)
{
    ngx_uint_t  i, n, took;

    ngx_shop_emit_array(e, "history_ms");

    n = ngx_shop_snapshot_results(peer);

    for (i = 0; i < n; i++) {
        took = ngx_shop_snapshot_took(peer, i);

        if (took == NGX_SHOP_LAYOUT_NO_TIME) {
            ngx_shop_emit_null(e, NULL);

        } else {
            ngx_shop_emit_int(e, NULL, (int64_t) took);
        }
    }

    ngx_shop_emit_close(e, ']');
}


/* its last day, in runs of equal steps, the oldest first; null: not known */

void
ngx_shop_status_series_day(ngx_shop_emit_t *e, ngx_shop_band_t *band)
{
    unsigned  i, run, state;

    ngx_shop_emit_object(e, "day");
    ngx_shop_emit_time(e, "from", ngx_shop_band_time(band, 0));
    ngx_shop_emit_int(e, "step", NGX_SHOP_BAND_STEP);
    ngx_shop_emit_array(e, "states");

    for (i = 0; i < NGX_SHOP_BAND_N; i += run) {
        state = ngx_shop_band_get(band, i);

        for (run = 1;
             i + run < NGX_SHOP_BAND_N
             && ngx_shop_band_get(band, i + run) == state;
             run++)
        {
            /* void */
        }

        ngx_shop_emit_object(e, NULL);

        if (state == NGX_SHOP_BAND_UNKNOWN) {
            ngx_shop_emit_null(e, "state");

        } else {
            ngx_shop_emit_cstr(e, "state", ngx_shop_site_name(state));
        }

        ngx_shop_emit_int(e, "n", run);
        ngx_shop_emit_close(e, '}');
    }

    ngx_shop_emit_close(e, ']');
    ngx_shop_emit_close(e, '}');
}
