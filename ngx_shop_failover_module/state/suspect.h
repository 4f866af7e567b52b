
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * Failures of live traffic, and the probe that they ask for.
 */


#ifndef _NGX_SHOP_SUSPECT_H_INCLUDED_
#define _NGX_SHOP_SUSPECT_H_INCLUDED_


#include "state/lease.h"


/* how many failures of live traffic, in which time, ask for a probe */
typedef struct {
    ngx_uint_t                        errors;
    ngx_msec_t                        window;
    ngx_msec_t                        since;      /* waits since; 0: failed */
} ngx_shop_suspect_t;


/*
 * Live traffic failed, or waits for an answer, which is no reason to look at a
 * peer that passed a probe meanwhile.  NGX_OK: this worker has the lease and is
 * to probe in *wait ms; NGX_DECLINED: nothing to do, a probe is under way or
 * due.
 */
ngx_int_t ngx_shop_suspect(ngx_shop_model_zone_t *zone,
    ngx_shop_model_peer_t *peer, ngx_shop_lease_pace_t *pace,
    ngx_shop_suspect_t *suspicion, ngx_msec_t *wait);

/*
 * Nobody of a group serves any more: its peers that are down are to be probed
 * at the fast interval from now on.  Returns as _suspect() does.
 */
ngx_int_t ngx_shop_suspect_hurry(ngx_shop_model_zone_t *zone,
    ngx_shop_model_peer_t *peer, ngx_shop_lease_pace_t *pace,
    ngx_msec_t *wait);

/* a request has waited, and nobody heard of the peer meanwhile */
typedef struct {
    ngx_msec_t                        msec;
    ngx_shop_silence_e                whose;
} ngx_shop_suspect_silence_t;


/*
 * A request has waited at the peer for so many ms, longer than is usual, and
 * nobody heard of the peer meanwhile.  NGX_OK:
 * this worker has the lease and is to probe in *wait ms.  NGX_DONE: a probe
 * waits as well, or the host is silent: the peer is suspect from now on, and
 * all workers are to know.
 * NGX_AGAIN: ask again in *wait ms.  NGX_DECLINED: there is nothing to do.
 */
ngx_int_t ngx_shop_suspect_silent(ngx_shop_model_zone_t *zone,
    ngx_shop_model_peer_t *peer, ngx_shop_lease_pace_t *pace,
    ngx_shop_suspect_silence_t *silence, ngx_msec_t *wait);

/* no lock; how many more requests may be moved by suspicion alone */
ngx_uint_t ngx_shop_suspect_budget(ngx_shop_model_zone_t *zone,
    ngx_shop_model_group_t *group);

/* no lock; so many were */
void ngx_shop_suspect_spend(ngx_shop_model_zone_t *zone,
    ngx_shop_model_group_t *group, ngx_uint_t n);


#endif /* _NGX_SHOP_SUSPECT_H_INCLUDED_ */
