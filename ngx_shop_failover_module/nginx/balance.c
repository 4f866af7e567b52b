
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * Verdicts into the balancer's own peers, by a private bit in peer->down.
 * Every stock balancer tests "down" for truth only, so that this one bit
 * serves them all.  Knows nothing of probes: it reads state/peers.
 */


#include "nginx/balance.h"
#include "nginx/discover.h"


/*
 * Beside 1 ("down" in the configuration) and 8 (NGX_HTTP_UPSTREAM_DRAINING
 * since nginx 1.29.6), which stay as they are.
 */
#define NGX_SHOP_FAILOVER_BALANCE_DOWN  0x40


static ngx_int_t ngx_shop_failover_balance_init_peer(ngx_http_request_t *r,
    ngx_http_upstream_srv_conf_t *us);
static void ngx_shop_failover_balance_sync_list(
    ngx_shop_failover_zone_t *zone, ngx_shop_failover_group_t *group,
    ngx_http_upstream_rr_peers_t *peers);
static ngx_shop_failover_peer_t *ngx_shop_failover_balance_find(
    ngx_shop_failover_group_t *group, ngx_http_upstream_rr_peer_t *peer,
    ngx_uint_t *cursor);
static ngx_uint_t ngx_shop_failover_balance_same(
    ngx_shop_failover_peer_t *known, ngx_http_upstream_rr_peer_t *peer);
static void ngx_shop_failover_balance_mark(
    ngx_http_upstream_rr_peers_t *peers, ngx_http_upstream_rr_peer_t *peer,
    ngx_uint_t usable);


ngx_int_t
ngx_shop_failover_balance_init(ngx_conf_t *cf)
{
    ngx_uint_t                       i;
    ngx_http_upstream_rr_peers_t    *peers;
    ngx_http_upstream_srv_conf_t    *uscf;
    ngx_shop_failover_srv_conf_t   **sscf;
    ngx_shop_failover_main_conf_t   *smcf;

    smcf = ngx_http_conf_get_module_main_conf(cf, ngx_shop_failover_module);
    sscf = smcf->upstreams.elts;

    for (i = 0; i < smcf->upstreams.nelts; i++) {

        uscf = sscf[i]->uscf;
        peers = uscf->peer.data;

        if (peers == NULL || peers->name != &uscf->host) {
            ngx_log_error(NGX_LOG_EMERG, cf->log, 0,
                          "\"shop_health_check\" cannot work with the load "
                          "balancing method of upstream \"%V\" in %s:%ui: it "
                          "keeps its peers in its own way; use one of "
                          "nginx's own methods",
                          &uscf->host, uscf->file_name, uscf->line);
            return NGX_ERROR;
        }

        sscf[i]->init = uscf->peer.init;
        uscf->peer.init = ngx_shop_failover_balance_init_peer;
    }

    return NGX_OK;
}


static ngx_int_t
ngx_shop_failover_balance_init_peer(ngx_http_request_t *r,
    ngx_http_upstream_srv_conf_t *us)
{
    ngx_shop_failover_srv_conf_t   *sscf;
    ngx_shop_failover_main_conf_t  *smcf;

    sscf = ngx_http_conf_upstream_srv_conf(us, ngx_shop_failover_module);
    smcf = ngx_http_get_module_main_conf(r, ngx_shop_failover_module);

    if (ngx_shop_failover_discover_due(sscf)) {

        /* before a new peer gets its first visitor */

        ngx_shop_failover_discover_scan(smcf, sscf);
    }

    if (sscf->applied != ngx_shop_failover_peers_generation(&smcf->zone)) {
        ngx_shop_failover_balance_sync(smcf, sscf);
    }

    return sscf->init(r, us);
}


/*
 * The generation is read before the verdicts, so that a verdict which changes
 * meanwhile is seen again at the next request.
 */

void
ngx_shop_failover_balance_sync(ngx_shop_failover_main_conf_t *smcf,
    ngx_shop_failover_srv_conf_t *sscf)
{
    ngx_http_upstream_rr_peers_t  *peers;

    sscf->applied = ngx_shop_failover_peers_generation(&smcf->zone);

    ngx_memory_barrier();

    for (peers = sscf->uscf->peer.data; peers; peers = peers->next) {

        ngx_http_upstream_rr_peers_wlock(peers);

        ngx_shop_failover_balance_sync_list(&smcf->zone, sscf->group, peers);

        ngx_http_upstream_rr_peers_unlock(peers);
    }
}


static void
ngx_shop_failover_balance_sync_list(ngx_shop_failover_zone_t *zone,
    ngx_shop_failover_group_t *group, ngx_http_upstream_rr_peers_t *peers)
{
    ngx_uint_t                    cursor;
    ngx_shop_failover_peer_t     *known;
    ngx_http_upstream_rr_peer_t  *peer;

    cursor = 0;

    for (peer = peers->peer; peer; peer = peer->next) {

        known = ngx_shop_failover_balance_find(group, peer, &cursor);

        if (known == NULL && ngx_shop_failover_compat_dynamic(peer)) {

            /* it appeared just now: another worker may know it already */

            continue;
        }

        ngx_shop_failover_balance_mark(peers, peer,
             known == NULL || ngx_shop_failover_peers_usable(zone, known));
    }
}


/* in the common case the next peer in order, so that a walk is linear */

static ngx_shop_failover_peer_t *
ngx_shop_failover_balance_find(ngx_shop_failover_group_t *group,
    ngx_http_upstream_rr_peer_t *peer, ngx_uint_t *cursor)
{
    ngx_uint_t                    i, n;
    ngx_shop_failover_peer_t     *known;
    ngx_shop_failover_dynamic_t  *dynamic;

    known = group->peers.elts;

    for (n = 0; n < group->peers.nelts; n++) {

        i = (*cursor + n) % group->peers.nelts;

        if (ngx_shop_failover_balance_same(&known[i], peer)) {
            *cursor = i + 1;
            return &known[i];
        }
    }

    for (dynamic = group->dynamic; dynamic; dynamic = dynamic->next) {

        if (ngx_shop_failover_balance_same(&dynamic->peer, peer)) {
            return &dynamic->peer;
        }
    }

    return NULL;
}


static ngx_uint_t
ngx_shop_failover_balance_same(ngx_shop_failover_peer_t *known,
    ngx_http_upstream_rr_peer_t *peer)
{
    return known->address.len == peer->name.len
           && known->server.len == peer->server.len
           && ngx_memcmp(known->address.data, peer->name.data, peer->name.len)
              == 0
           && ngx_memcmp(known->server.data, peer->server.data,
                         peer->server.len)
              == 0;
}


/*
 * peers->tries is the number of peers that are not down
 * (src/http/ngx_http_upstream_round_robin.c); it has to follow, or the last
 * answer of the shop itself would be replaced by nginx's own 502.  A peer that
 * comes back starts with a clean slate: what requests found is older than what
 * the probe found.
 */

static void
ngx_shop_failover_balance_mark(ngx_http_upstream_rr_peers_t *peers,
    ngx_http_upstream_rr_peer_t *peer, ngx_uint_t usable)
{
    ngx_uint_t  was;

    was = peer->down;

    if (usable == !(was & NGX_SHOP_FAILOVER_BALANCE_DOWN)) {
        return;
    }

    if (usable) {
        peer->down &= ~NGX_SHOP_FAILOVER_BALANCE_DOWN;
        peer->fails = 0;
        peer->effective_weight = peer->weight;

    } else {
        peer->down |= NGX_SHOP_FAILOVER_BALANCE_DOWN;
    }

    if (was == 0) {
        peers->tries--;

    } else if (peer->down == 0) {
        peers->tries++;
    }
}
