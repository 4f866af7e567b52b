
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * How many requests an upstream's peers have room for.
 */


#include "nginx/failover/balance.h"


static ngx_uint_t ngx_shop_balance_places_list(
    ngx_http_upstream_rr_peers_t *peers, ngx_uint_t *full);


/*
 * As balancers see it (ngx_http_upstream_get_peer(),
 * src/http/ngx_http_upstream_round_robin.c).  What slow start hides is to be
 * had.
 */

ngx_uint_t
ngx_shop_balance_places(ngx_shop_conf_srv_t *sscf, ngx_uint_t *full)
{
    ngx_uint_t                     k, n;
    ngx_http_upstream_rr_peers_t  *peers;

    n = 0;

    if (ngx_shop_balance_stale(sscf)) {
        ngx_shop_balance_sync(sscf);
    }

    for (k = 0; k < 2; k++) {

        peers = sscf->uscf->peer.data;

        if (k) {
            peers = peers->next;
        }

        if (peers == NULL) {
            break;
        }

        if (sscf->group->resolve) {
            ngx_http_upstream_rr_peers_rlock(peers);
        }

        n += ngx_shop_balance_places_list(peers, full);

        if (sscf->group->resolve) {
            ngx_http_upstream_rr_peers_unlock(peers);
        }
    }

    return ngx_min(n, NGX_SHOP_BALANCE_ANY);
}


static ngx_uint_t
ngx_shop_balance_places_list(ngx_http_upstream_rr_peers_t *peers,
    ngx_uint_t *full)
{
    ngx_uint_t                    n;
    ngx_http_upstream_rr_peer_t  *peer;

    n = 0;

    for (peer = peers->peer; peer; peer = peer->next) {

        if (*(volatile ngx_uint_t *) &peer->down & ~NGX_SHOP_BALANCE_HELD) {
            continue;
        }

        if (!peers->single && peer->max_fails
            && peer->fails >= peer->max_fails
            && ngx_time() - peer->checked <= peer->fail_timeout)
        {
            continue;
        }

        if (peer->max_conns == 0) {
            n += NGX_SHOP_BALANCE_ANY;
            continue;
        }

        if (peer->conns >= peer->max_conns) {
            *full = 1;
            continue;
        }

        n += peer->max_conns - peer->conns;
    }

    return n;
}
