
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * Peers in shared memory: who probes (leases), what was found (commit), and
 * what a balancer may use.  No probe, no log line, no HTTP here.
 */


#ifndef _NGX_SHOP_PEERS_H_INCLUDED_
#define _NGX_SHOP_PEERS_H_INCLUDED_


#include "state/model.h"


/* why a balancer is not to use a peer */
typedef enum {
    NGX_SHOP_PEERS_UNUSABLE_NOT = 0,
    NGX_SHOP_PEERS_UNUSABLE_DEAD,        /* what waits there is lost */
    NGX_SHOP_PEERS_UNUSABLE_DRAINING,    /* ... is to end in peace */
    NGX_SHOP_PEERS_UNUSABLE_ASIDE,       /* ... may get an answer */

    /* nobody hears of it: usable, and hidden while a sibling serves */
    NGX_SHOP_PEERS_UNUSABLE_SUSPECT,

    /* it asks for no new visitors: the same, but what waits ends in peace */
    NGX_SHOP_PEERS_UNUSABLE_LEAVING,

    /* it says that it is out, as planned; what waits ends in peace */
    NGX_SHOP_PEERS_UNUSABLE_MAINT
} ngx_shop_peers_unusable_e;


/* where a walk over the peers of a group is */
typedef struct {
    ngx_shop_model_group_t        *group;
    ngx_shop_model_dynamic_t      *dynamic;
    ngx_uint_t                     next;       /* in group->peers */
} ngx_shop_peers_walk_t;


/* called by state/ only; NULL: there is none of this name */
ngx_shop_layout_group_t *ngx_shop_peers_find_group(ngx_shop_layout_t *sh,
    ngx_str_t *name);

/* called by zone only; how many peers found no room */
ngx_uint_t ngx_shop_peers_register_locked(ngx_shop_model_zone_t *zone,
    ngx_shop_layout_t *old);

/*
 * Called by zone only: whether there is room for a new configuration; adds the
 * memory that it takes to *size.
 */
ngx_uint_t ngx_shop_peers_register_fit_locked(ngx_shop_model_zone_t *zone,
    ngx_shop_layout_t *sh, size_t *size);

/*
 * Called by each worker when it starts, so that the reload has succeeded:
 * only now is forgotten what the generation before may still have needed.
 */
void ngx_shop_peers_register_adopt(ngx_shop_model_zone_t *zone);

/*
 * All peers of a group: those of the configuration, then those that were found
 * at run time.  NULL: no more.  For code of this worker that runs to its end.
 */
ngx_shop_model_peer_t *ngx_shop_peers_first(ngx_shop_model_group_t *group,
    ngx_shop_peers_walk_t *walk);
ngx_shop_model_peer_t *ngx_shop_peers_next(ngx_shop_peers_walk_t *walk);

/*
 * Finds or adds the slot of a peer that appeared at run time ("resolve"), and
 * keeps it from being given away for a minute.  NGX_DECLINED: no room, the
 * peer stays usable and is not probed.
 */
ngx_int_t ngx_shop_peers_add(ngx_shop_model_zone_t *zone,
    ngx_shop_model_group_t *group, ngx_shop_model_peer_t *peer);

/* a member of the peer's record, without a lock */
#define ngx_shop_peers_read(zone, peer, member)                              \
    ngx_shop_layout_read((zone)->sh->peers[(peer)->slot].member)


/* no lock.  A peer without a slot, or whose slot went to another, is usable. */
#define ngx_shop_peers_usable(zone, peer)                                    \
    (ngx_shop_peers_steady(zone, peer)                                       \
     || ngx_shop_peers_suspect(zone, peer)                                   \
     || ngx_shop_peers_leaving(zone, peer))

/* no lock; the same, and neither suspect nor leaving */
#define ngx_shop_peers_steady(zone, peer)                                    \
    ((peer)->slot == NGX_SHOP_LAYOUT_NO_SLOT                                 \
     || (zone)->sh->peers[(peer)->slot].unusable == 0                        \
     || ngx_shop_peers_read(zone, peer, id) != (peer)->id)

/* no lock; false of one that has no slot */
#define ngx_shop_peers_suspect(zone, peer)                                   \
    ngx_shop_peers_is(zone, peer, NGX_SHOP_PEERS_UNUSABLE_SUSPECT)
#define ngx_shop_peers_leaving(zone, peer)                                   \
    ngx_shop_peers_is(zone, peer, NGX_SHOP_PEERS_UNUSABLE_LEAVING)

#define ngx_shop_peers_is(zone, peer, how)                                   \
    ((peer)->slot != NGX_SHOP_LAYOUT_NO_SLOT                                 \
     && (zone)->sh->peers[(peer)->slot].unusable == (how)                    \
     && (zone)->sh->peers[(peer)->slot].id == (peer)->id)

/*
 * No lock; 1: the peer is suspect or leaving, and a sibling is not, which is to
 * take what comes.  A backup is no sibling of a primary.
 */
ngx_uint_t ngx_shop_peers_spared(ngx_shop_model_zone_t *zone,
    ngx_shop_model_group_t *group, ngx_shop_model_peer_t *peer);

/* no lock; changes whenever the usability of any peer does */
#define ngx_shop_peers_generation(zone)  ((zone)->sh->verdicts)

/*
 * No lock; whether requests that wait for the peer wait in vain: probes found
 * it dead, or an operator said so.  On a drained one they end in peace,
 * whatever probes say: who drains a server is about to switch it off.  One
 * that is unusable only because it was never probed had no requests.
 */
#define ngx_shop_peers_dead(zone, peer)                                      \
    (!ngx_shop_peers_usable(zone, peer)                                      \
     && (zone)->sh->peers[(peer)->slot].unusable                             \
        == NGX_SHOP_PEERS_UNUSABLE_DEAD                                      \
     && (ngx_shop_peers_read(zone, peer, verdict.state)                      \
         == NGX_SHOP_VERDICT_DOWN                                            \
         || ngx_shop_peers_read(zone, peer, force.how)                       \
            == NGX_SHOP_LAYOUT_FORCE_DOWN))

/* when it came back, monotonic ms; 0: it was never down */
#define ngx_shop_peers_up_since(zone, peer)                                  \
    ((peer)->slot == NGX_SHOP_LAYOUT_NO_SLOT                                 \
     ? 0 : ngx_shop_peers_read(zone, peer, up_since))

/* for how long it takes less than its share then; ms */
#define ngx_shop_peers_ramp(zone, group, peer)                               \
    ((group)->slow_start || (peer)->slot == NGX_SHOP_LAYOUT_NO_SLOT          \
     ? (group)->slow_start : ngx_shop_peers_read(zone, peer, ramp))

/* no lock; the share that it asks for itself, in percent */
ngx_uint_t ngx_shop_peers_weight(ngx_shop_model_zone_t *zone,
    ngx_shop_model_peer_t *peer);

/*
 * No lock; how much of its share a usable peer is to take: 0 to 1000.  Not of
 * it is what it asks for itself: that is held against its siblings'.
 */
ngx_uint_t ngx_shop_peers_share(ngx_shop_model_zone_t *zone,
    ngx_shop_model_group_t *group, ngx_shop_model_peer_t *peer);

/*
 * Called by state/ only: what balancers are to do with a peer of which probes
 * say that it is usable or not; an override stands above that.
 */
void ngx_shop_peers_publish_locked(ngx_shop_model_zone_t *zone,
    ngx_shop_layout_peer_t *ps, ngx_uint_t usable);

/*
 * Called by board only: a worker was killed after a verdict or an override had
 * changed and before that was published; all are published.
 */
void ngx_shop_peers_settle_locked(ngx_shop_model_zone_t *zone);

/*
 * Called by state/ only: the slot of a peer by its names, made for a group with
 * "resolve" whose peers are not found yet; NULL: it is not of this group.
 */
ngx_shop_layout_peer_t *ngx_shop_peers_add_known_locked(
    ngx_shop_model_zone_t *zone, ngx_str_t *name, ngx_str_t *server,
    ngx_str_t *address, ngx_shop_model_group_t **group);

/* no lock; how many peers of a group there are and can be used */
void ngx_shop_peers_count(ngx_shop_model_zone_t *zone,
    ngx_shop_model_group_t *group, ngx_shop_site_count_t *count);

/* takes an override from a record, also when a worker is killed meanwhile */
void ngx_shop_peers_clear_locked(ngx_shop_layout_peer_t *ps);

/* a record with an override was found, copied or changed */
void ngx_shop_peers_adopt_locked(ngx_shop_layout_t *sh,
    ngx_shop_layout_peer_t *ps);


#endif /* _NGX_SHOP_PEERS_H_INCLUDED_ */
