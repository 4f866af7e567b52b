
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * Verdicts into the balancer's own peers.
 */


#ifndef _NGX_SHOP_BALANCE_H_INCLUDED_
#define _NGX_SHOP_BALANCE_H_INCLUDED_


#include "nginx/conf.h"
#include "nginx/probe/discover.h"


/*
 * Keeps the peer.init of every upstream with a group of ours, for
 * balance_open().  To be called in postconfiguration: all init_upstream() have
 * run by then.  Refuses a load balancing method that is not built on round
 * robin's peers.
 */
ngx_int_t ngx_shop_balance_init(ngx_conf_t *cf);

/*
 * Called by each worker when it starts: what a predecessor left half done, as
 * it was killed, is put right before anybody asks.
 */
void ngx_shop_balance_start(ngx_shop_conf_main_t *smcf);

/*
 * Before the balancer's own peer.init: peers are brought up to date with the
 * verdicts, those of this upstream and of all that back it up.  Nothing is to
 * be done where they are _ready(), as for nearly every request.
 */
void ngx_shop_balance_open(ngx_http_request_t *r, ngx_shop_conf_srv_t *sscf);

#define ngx_shop_balance_ready(sscf)                                         \
    (!ngx_shop_balance_stale(sscf) && !(sscf)->ramping                       \
     && !ngx_shop_discover_due(sscf))

/* brings one upstream's peers up to date with the verdicts */
void ngx_shop_balance_sync(ngx_shop_conf_srv_t *sscf);

/* lets peers take their full share that are in slow start; 1: some were */
ngx_uint_t ngx_shop_balance_release(ngx_shop_conf_srv_t *sscf);

/*
 * While peers are ramping: how many could be tried, but slow start hides them.
 * No balancer counts these.
 */
ngx_uint_t ngx_shop_balance_hidden(ngx_shop_conf_srv_t *sscf)
    ngx_shop_compat_cold;


/* how many peers of an upstream can be tried, the hidden ones included */

static ngx_inline ngx_uint_t
ngx_shop_balance_live(ngx_shop_conf_srv_t *sscf)
{
    ngx_uint_t                     n;
    ngx_http_upstream_rr_peers_t  *peers;

    peers = sscf->uscf->peer.data;
    n = peers->tries + (peers->next ? peers->next->tries : 0);

    return sscf->ramping ? n + ngx_shop_balance_hidden(sscf) : n;
}


/* of peer->down: hidden by slow start, for now (balance.c) */
#define NGX_SHOP_BALANCE_HELD  0x80

/*
 * How many requests the peers have room for now; NGX_SHOP_BALANCE_ANY: as many
 * as come.  *full: some take none for max_conns alone.
 */
#define NGX_SHOP_BALANCE_ANY  0x10000

ngx_uint_t ngx_shop_balance_places(ngx_shop_conf_srv_t *sscf,
    ngx_uint_t *full);

/* 1: the peers are not those that sscf was brought up to date with */
#define ngx_shop_balance_stale(sscf)                                         \
    ((sscf)->applied != ngx_shop_peers_generation((sscf)->zone))


#endif /* _NGX_SHOP_BALANCE_H_INCLUDED_ */
