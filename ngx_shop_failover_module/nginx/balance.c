
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
#define NGX_SHOP_FAILOVER_BALANCE_DOWN  0x40      /* by verdict */
#define NGX_SHOP_FAILOVER_BALANCE_HELD  0x80      /* by slow start */

#define NGX_SHOP_FAILOVER_BALANCE_OURS                                       \
    (NGX_SHOP_FAILOVER_BALANCE_DOWN|NGX_SHOP_FAILOVER_BALANCE_HELD)

/*
 * Workers share the bits of an upstream with a zone, and their clocks differ
 * by a turn of the event loop: so much longer the bits are looked after.
 */
#define NGX_SHOP_FAILOVER_BALANCE_GRACE  2000     /* ms */


#define ngx_shop_failover_balance_share(sscf, peer)                          \
    ngx_shop_failover_peers_share((sscf)->zone, (sscf)->group, peer)


static void ngx_shop_failover_balance_sync_list(
    ngx_shop_failover_srv_conf_t *sscf, ngx_http_upstream_rr_peers_t *peers,
    ngx_uint_t panic);
static ngx_shop_failover_peer_t *ngx_shop_failover_balance_find(
    ngx_shop_failover_group_t *group, ngx_http_upstream_rr_peer_t *peer,
    ngx_uint_t *cursor);
static ngx_uint_t ngx_shop_failover_balance_same(
    ngx_shop_failover_peer_t *known, ngx_http_upstream_rr_peer_t *peer);
static void ngx_shop_failover_balance_admit(
    ngx_shop_failover_srv_conf_t *sscf);
static ngx_uint_t ngx_shop_failover_balance_admit_list(
    ngx_shop_failover_srv_conf_t *sscf, ngx_http_upstream_rr_peers_t *peers,
    ngx_uint_t others);
static ngx_uint_t ngx_shop_failover_balance_mark(
    ngx_http_upstream_rr_peers_t *peers, ngx_http_upstream_rr_peer_t *peer,
    ngx_uint_t bits);


ngx_int_t
ngx_shop_failover_balance_init(ngx_conf_t *cf)
{
    ngx_uint_t                       i;
    ngx_http_upstream_rr_peers_t    *peers;
    ngx_http_upstream_srv_conf_t    *uscf;
    ngx_shop_failover_srv_conf_t   **sscf;
    ngx_shop_failover_main_conf_t   *smcf;

    smcf = ngx_http_conf_get_module_main_conf(cf, ngx_shop_failover_module);
    sscf = smcf->balanced.elts;

    for (i = 0; i < smcf->balanced.nelts; i++) {

        uscf = sscf[i]->uscf;
        peers = uscf->peer.data;

        if (peers == NULL || peers->name != &uscf->host) {
            ngx_log_error(NGX_LOG_EMERG, cf->log, 0,
                          "health checks and failover cannot work with the "
                          "load balancing method of upstream \"%V\" in "
                          "%s:%ui: it keeps its peers in its own way; use "
                          "one of nginx's own methods",
                          &uscf->host, uscf->file_name, uscf->line);
            return NGX_ERROR;
        }

        sscf[i]->init = uscf->peer.init;
    }

    return NGX_OK;
}


ngx_int_t
ngx_shop_failover_balance_open(ngx_http_request_t *r,
    ngx_shop_failover_srv_conf_t *sscf)
{
    ngx_uint_t                       i;
    ngx_shop_failover_srv_conf_t   **chain;

    if (ngx_shop_failover_discover_due(sscf)) {

        /* before a new peer gets its first visitor */

        ngx_shop_failover_discover_scan(
            ngx_http_get_module_main_conf(r, ngx_shop_failover_module), sscf);
    }

    if (ngx_shop_failover_balance_stale(sscf)) {

        /* what the backups can do is asked for before they are entered */

        chain = sscf->chain.elts;

        for (i = 0; i < sscf->chain.nelts; i++) {
            if (ngx_shop_failover_balance_stale(chain[i])) {
                ngx_shop_failover_balance_sync(chain[i]);
            }
        }

        ngx_shop_failover_balance_sync(sscf);
    }

    if (sscf->ramping) {
        ngx_shop_failover_balance_admit(sscf);
    }

    return sscf->init(r, sscf->uscf);
}


/*
 * The generation is read before the verdicts, so that a verdict which changes
 * meanwhile is seen again at the next request.
 */

void
ngx_shop_failover_balance_sync(ngx_shop_failover_srv_conf_t *sscf)
{
    ngx_uint_t                     panic;
    ngx_http_upstream_rr_peers_t  *peers;

    sscf->applied = ngx_shop_failover_peers_generation(sscf->zone);
    sscf->ramp_end = ngx_current_msec;

    ngx_memory_barrier();

    panic = ngx_shop_failover_groups_panic(sscf->zone, sscf->group);

    for (peers = sscf->uscf->peer.data; peers; peers = peers->next) {

        ngx_http_upstream_rr_peers_wlock(peers);

        ngx_shop_failover_balance_sync_list(sscf, peers, panic);

        ngx_http_upstream_rr_peers_unlock(peers);
    }

    sscf->ramping = (sscf->ramp_end != ngx_current_msec);
}


static void
ngx_shop_failover_balance_sync_list(ngx_shop_failover_srv_conf_t *sscf,
    ngx_http_upstream_rr_peers_t *peers, ngx_uint_t panic)
{
    ngx_msec_t                    end;
    ngx_uint_t                    cursor, bits;
    ngx_shop_failover_peer_t     *known;
    ngx_http_upstream_rr_peer_t  *peer;

    cursor = 0;

    for (peer = peers->peer; peer; peer = peer->next) {

        known = ngx_shop_failover_balance_find(sscf->group, peer, &cursor);

        if (known == NULL && ngx_shop_failover_compat_dynamic(peer)) {

            /* it appeared just now: another worker may know it already */

            continue;
        }

        bits = 0;

        if (known && !panic) {

            if (!ngx_shop_failover_peers_usable(sscf->zone, known)) {
                bits = NGX_SHOP_FAILOVER_BALANCE_DOWN;

            } else if (ngx_shop_failover_balance_share(sscf, known) < 1000) {

                end = ngx_shop_failover_peers_up_since(sscf->zone, known)
                      + ngx_shop_failover_peers_ramp(sscf->zone, sscf->group,
                                                     known);

                if ((ngx_msec_int_t) (end - sscf->ramp_end) > 0) {
                    sscf->ramp_end = end;
                }
            }
        }

        (void) ngx_shop_failover_balance_mark(peers, peer, bits);
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
 * Slow start: by admission, not by weight, as hash and ip_hash walk the
 * weights against their sum (src/http/modules/ngx_http_upstream_hash_module.c).
 * A peer that came back is hidden from a request with a probability that falls
 * with time, and only where another peer can take the request.
 */

static void
ngx_shop_failover_balance_admit(ngx_shop_failover_srv_conf_t *sscf)
{
    ngx_uint_t                     others;
    ngx_msec_int_t                 over;
    ngx_http_upstream_rr_peers_t  *peers;

    over = (ngx_msec_int_t) (ngx_current_msec - sscf->ramp_end);

    if (over >= 0) {
        (void) ngx_shop_failover_balance_release(sscf);

        if (over > NGX_SHOP_FAILOVER_BALANCE_GRACE) {
            sscf->ramping = 0;
        }

        return;
    }

    peers = sscf->uscf->peer.data;
    others = 0;

    if (peers->next) {
        others = ngx_shop_failover_balance_admit_list(sscf, peers->next, 0);
    }

    (void) ngx_shop_failover_balance_admit_list(sscf, peers, others);
}


/* others: peers elsewhere that take requests; returns those of this list */

static ngx_uint_t
ngx_shop_failover_balance_admit_list(ngx_shop_failover_srv_conf_t *sscf,
    ngx_http_upstream_rr_peers_t *peers, ngx_uint_t others)
{
    ngx_uint_t                    cursor, n, share, bits;
    ngx_shop_failover_peer_t     *known;
    ngx_http_upstream_rr_peer_t  *peer;

    n = 0;
    cursor = 0;

    ngx_http_upstream_rr_peers_wlock(peers);

    for (peer = peers->peer; peer; peer = peer->next) {

        known = ngx_shop_failover_balance_find(sscf->group, peer, &cursor);

        if ((peer->down & ~NGX_SHOP_FAILOVER_BALANCE_HELD) == 0
            && (known == NULL
                || ngx_shop_failover_balance_share(sscf, known) == 1000))
        {
            n++;
        }
    }

    others += n;
    cursor = 0;

    for (peer = peers->peer; peer; peer = peer->next) {

        known = ngx_shop_failover_balance_find(sscf->group, peer, &cursor);

        if (known == NULL) {
            continue;
        }

        share = ngx_shop_failover_balance_share(sscf, known);

        bits = peer->down & NGX_SHOP_FAILOVER_BALANCE_DOWN;

        if (others && share < 1000
            && (ngx_uint_t) ngx_random() % 1000 >= share)
        {
            bits |= NGX_SHOP_FAILOVER_BALANCE_HELD;
        }

        (void) ngx_shop_failover_balance_mark(peers, peer, bits);
    }

    ngx_http_upstream_rr_peers_unlock(peers);

    return n;
}


ngx_uint_t
ngx_shop_failover_balance_release(ngx_shop_failover_srv_conf_t *sscf)
{
    ngx_uint_t                     released;
    ngx_http_upstream_rr_peer_t   *peer;
    ngx_http_upstream_rr_peers_t  *peers;

    released = 0;

    for (peers = sscf->uscf->peer.data; peers; peers = peers->next) {

        ngx_http_upstream_rr_peers_wlock(peers);

        for (peer = peers->peer; peer; peer = peer->next) {
            released += ngx_shop_failover_balance_mark(peers, peer,
                                peer->down & NGX_SHOP_FAILOVER_BALANCE_DOWN);
        }

        ngx_http_upstream_rr_peers_unlock(peers);
    }

    return released != 0;
}


ngx_uint_t
ngx_shop_failover_balance_live(ngx_shop_failover_srv_conf_t *sscf)
{
    ngx_http_upstream_rr_peers_t  *peers;

    peers = sscf->uscf->peer.data;

    return peers->tries + (peers->next ? peers->next->tries : 0)
           + ngx_shop_failover_balance_hidden(sscf);
}


ngx_uint_t
ngx_shop_failover_balance_hidden(ngx_shop_failover_srv_conf_t *sscf)
{
    ngx_uint_t                     n;
    ngx_http_upstream_rr_peer_t   *peer;
    ngx_http_upstream_rr_peers_t  *peers;

    n = 0;

    if (!sscf->ramping) {
        return 0;
    }

    for (peers = sscf->uscf->peer.data; peers; peers = peers->next) {

        ngx_http_upstream_rr_peers_rlock(peers);

        for (peer = peers->peer; peer; peer = peer->next) {
            n += (peer->down == NGX_SHOP_FAILOVER_BALANCE_HELD);
        }

        ngx_http_upstream_rr_peers_unlock(peers);
    }

    return n;
}


/*
 * peers->tries is the number of peers that are not down
 * (src/http/ngx_http_upstream_round_robin.c); it has to follow, or the last
 * answer of the shop itself would be replaced by nginx's own 502.  A peer that
 * comes back starts with a clean slate: what requests found is older than what
 * the probe found.  Returns 1 where a bit changed.
 */

static ngx_uint_t
ngx_shop_failover_balance_mark(ngx_http_upstream_rr_peers_t *peers,
    ngx_http_upstream_rr_peer_t *peer, ngx_uint_t bits)
{
    ngx_uint_t  was;

    was = peer->down;

    if ((was & NGX_SHOP_FAILOVER_BALANCE_OURS) == bits) {
        return 0;
    }

    peer->down = (was & ~NGX_SHOP_FAILOVER_BALANCE_OURS) | bits;

    if ((was & NGX_SHOP_FAILOVER_BALANCE_DOWN)
        && !(bits & NGX_SHOP_FAILOVER_BALANCE_DOWN))
    {
        peer->fails = 0;
        peer->effective_weight = peer->weight;
    }

    if (was == 0) {
        peers->tries--;

    } else if (peer->down == 0) {
        peers->tries++;
    }

    return 1;
}
