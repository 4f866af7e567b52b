
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * Peers in shared memory: who probes (leases), what was found (commit), and
 * what a balancer may use.  No probe, no log line, no HTTP here.
 */


#ifndef _NGX_SHOP_FAILOVER_PEERS_H_INCLUDED_
#define _NGX_SHOP_FAILOVER_PEERS_H_INCLUDED_


#include "state/zone.h"


/* how a group is probed, as far as the shared state needs to know; ms */
typedef struct {
    ngx_msec_t                        interval;
    ngx_msec_t                        fast;
    ngx_msec_t                        timeout;
    ngx_uint_t                        jitter;     /* percent */
    ngx_uint_t                        workers;    /* that share the work */
    ngx_uint_t                        worker;     /* this one's number */
    ngx_shop_failover_verdict_rule_t *rule;
} ngx_shop_failover_pace_t;


/* a right to probe once; checked again when the result is committed */
typedef struct {
    uint64_t                          id;
    uint32_t                          slot;
    uint32_t                          epoch;
    ngx_msec_t                        started;
} ngx_shop_failover_lease_t;


/* what a commit did, copied out so that it is logged without the lock */
typedef struct {
    ngx_shop_failover_edge_e          edge;
    ngx_uint_t                        run;        /* results of the edge */
    int64_t                           doubt;      /* Unix ms */
    int64_t                           since;      /* Unix s, state before */
    ngx_msec_t                        wait;       /* until the next probe */
} ngx_shop_failover_commit_t;


/* a consistent copy of one peer, for the status */
typedef struct {
    ngx_shop_failover_verdict_t       verdict;
    unsigned                          known:1;    /* has a slot */
    unsigned                          usable:1;
    uint32_t                          downs;
    int64_t                           since;
    uint64_t                          checks;
    uint64_t                          fails;
    ngx_shop_failover_sample_t        last;
    uint8_t                           history[NGX_SHOP_FAILOVER_HISTORY / 2];
} ngx_shop_failover_peer_view_t;


/* called by zone only */
ngx_uint_t ngx_shop_failover_peers_fit(ngx_shop_failover_zone_t *zone,
    ngx_shop_failover_sh_t *sh);
void ngx_shop_failover_peers_register_locked(ngx_shop_failover_zone_t *zone,
    ngx_shop_failover_sh_t *old);

/*
 * Finds or adds the slot of a peer that appeared at run time ("resolve");
 * NGX_DECLINED: no room, the peer stays usable and is not probed.
 */
ngx_int_t ngx_shop_failover_peers_add(ngx_shop_failover_zone_t *zone,
    ngx_shop_failover_group_t *group, ngx_shop_failover_peer_t *peer);

/* no lock; the request path.  A peer without a slot is usable. */
#define ngx_shop_failover_peers_usable(zone, peer)                           \
    ((peer)->slot == NGX_SHOP_FAILOVER_NO_SLOT                               \
     || (zone)->sh->peers[(peer)->slot].unusable == 0)

/* no lock; changes whenever the usability of any peer does */
#define ngx_shop_failover_peers_generation(zone)  ((zone)->sh->verdicts)

/*
 * Asks for the right to probe now.  NGX_OK: *lease is set.  NGX_AGAIN: not
 * yet, or another worker does; ask again after *wait ms.  NGX_DECLINED: the
 * slot belongs to another peer now.
 */
ngx_int_t ngx_shop_failover_peers_lease(ngx_shop_failover_zone_t *zone,
    ngx_shop_failover_peer_t *peer, ngx_shop_failover_pace_t *pace,
    ngx_shop_failover_lease_t *lease, ngx_msec_t *wait);

/*
 * Publishes a result.  NGX_DECLINED: the lease was lost meanwhile, nothing was
 * changed.
 */
ngx_int_t ngx_shop_failover_peers_commit(ngx_shop_failover_zone_t *zone,
    ngx_shop_failover_lease_t *lease, ngx_shop_failover_pace_t *pace,
    ngx_shop_failover_sample_t *sample, ngx_shop_failover_commit_t *commit);

/* gives the right back without a result (shutdown) */
void ngx_shop_failover_peers_release(ngx_shop_failover_zone_t *zone,
    ngx_shop_failover_lease_t *lease);

void ngx_shop_failover_peers_view(ngx_shop_failover_zone_t *zone,
    ngx_shop_failover_peer_t *peer, ngx_shop_failover_peer_view_t *view);

/* no lock; how many peers of a group there are and can be used */
void ngx_shop_failover_peers_count(ngx_shop_failover_zone_t *zone,
    ngx_shop_failover_group_t *group, ngx_shop_failover_site_count_t *count);


#endif /* _NGX_SHOP_FAILOVER_PEERS_H_INCLUDED_ */
