
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * Who probes a peer, and when: the right to probe once, and the result that
 * it ends in.  One worker holds it; others take it from a dead or stuck one.
 * No probe, no log line, no HTTP here.
 */


#ifndef _NGX_SHOP_LEASE_H_INCLUDED_
#define _NGX_SHOP_LEASE_H_INCLUDED_


#include "state/model.h"


/* how a group is probed, as far as the shared state needs to know; ms */
typedef struct {
    ngx_msec_t                interval;
    ngx_msec_t                fast;
    ngx_msec_t                timeout;
    ngx_uint_t                jitter;      /* percent */
    ngx_uint_t                workers;     /* that share the work */
    ngx_uint_t                worker;      /* this one's number */
    ngx_uint_t                kept;        /* their connections are */
    ngx_shop_verdict_rule_t  *rule;
    ngx_shop_model_group_t   *group;
} ngx_shop_lease_pace_t;


/* a right to probe once; checked again when the result is committed */
typedef struct {
    uint64_t                  id;
    uint32_t                  slot;
    uint32_t                  epoch;
    ngx_msec_t                started;
    ngx_shop_own_t            own;         /* set by who commits: what the
                                              server says of itself */
} ngx_shop_lease_t;


/* what a commit did, copied out so that it is logged without the lock */
typedef struct {
    ngx_shop_verdict_edge_e   edge;
    ngx_uint_t                from;        /* state before */
    ngx_uint_t                run;         /* results of the edge */
    ngx_uint_t                need;        /* ... of so many */
    ngx_uint_t                silent;      /* to visitors, too */
    ngx_uint_t                waiting;     /* visitors, for a server */
    ngx_uint_t                whose;       /* silence, _silence_e */
    ngx_int_t                 busy;        /* 1: is now, -1: no more */
    ngx_shop_own_t            own;         /* of the lease */
    ngx_uint_t                said;        /* it says another word now: */
    ngx_uint_t                said_was;    /* ... than this, _own_e */
    ngx_uint_t                said_is;
    ngx_uint_t                planned;     /* no failure, as it says why */
    int64_t                   said_since;  /* Unix s, of said_was */
    ngx_uint_t                nobody;      /* of the group is usable */
    int64_t                   busy_since;  /* Unix s */
    ngx_msec_t                waited;      /* by a busy one's probe */
    int64_t                   doubt;       /* Unix ms */
    int64_t                   since;       /* Unix s, state before */
    ngx_msec_t                wait;        /* until the next probe */
} ngx_shop_lease_commit_t;


/*
 * Asks for the right to probe now.  NGX_OK: *lease is set, to be renewed each
 * *wait ms while the probe goes on.  NGX_AGAIN: not yet, or another worker
 * does; ask again after *wait ms.  NGX_DECLINED: the slot belongs to another
 * peer now.
 */
ngx_int_t ngx_shop_lease_take(ngx_shop_model_zone_t *zone,
    ngx_shop_model_peer_t *peer, ngx_shop_lease_pace_t *pace,
    ngx_shop_lease_t *lease, ngx_msec_t *wait);

/*
 * Says that the worker which probes still lives.  NGX_DECLINED: another one
 * took over meanwhile, a result would not count.
 */
ngx_int_t ngx_shop_lease_renew(ngx_shop_model_zone_t *zone,
    ngx_shop_lease_t *lease, ngx_shop_lease_pace_t *pace);

/*
 * Publishes a result; silent: visitors get no answer of the peer, either.
 * NGX_DECLINED: the lease was lost meanwhile, nothing was changed.
 */
ngx_int_t ngx_shop_lease_commit(ngx_shop_model_zone_t *zone,
    ngx_shop_lease_t *lease, ngx_shop_lease_pace_t *pace,
    ngx_shop_layout_sample_t *sample, ngx_uint_t silent,
    ngx_shop_lease_commit_t *commit);

/* gives the right back without a result (shutdown) */
void ngx_shop_lease_release(ngx_shop_model_zone_t *zone,
    ngx_shop_lease_t *lease);


#endif /* _NGX_SHOP_LEASE_H_INCLUDED_ */
