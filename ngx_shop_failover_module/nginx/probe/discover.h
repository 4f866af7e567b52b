
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * Peers that appear and vanish at run time ("resolve" and "service" of nginx
 * 1.27.3 and later): from the balancer's list into the group's.
 */


#ifndef _NGX_SHOP_DISCOVER_H_INCLUDED_
#define _NGX_SHOP_DISCOVER_H_INCLUDED_


#include "nginx/conf.h"


/* a peer of a balancer, and what balance reads and means to write there */
typedef struct {
    ngx_http_upstream_rr_peer_t       *peer;
    ngx_shop_model_peer_t             *known;     /* ours; NULL: none */
    ngx_uint_t                         was;       /* peer->down */
    ngx_uint_t                         wanted;
} ngx_shop_seat_t;


/*
 * Who of an upstream's peers is who, so that nothing is searched or compared
 * when a verdict is applied; in the memory of this worker.
 *
 * Where nothing is resolved at run time, the lists are those of the
 * configuration as long as nginx runs: peers neither come nor go, and their
 * names do not change.  Else a pointer here is good under the lock of its list,
 * and only if the list's generation is still sscf->config.  Without the lock
 * its words may be read, as a zone stays mapped, but may be another peer's.
 */
struct ngx_shop_roster_s {
    ngx_pool_t                        *pool;
    ngx_shop_seat_t                   *seats[2];  /* the backups' are [1] */
    ngx_uint_t                         n[2];
};


/*
 * Whether the balancer's list is another one than that which was looked at
 * last; no lock, for the request path.
 */
#define ngx_shop_discover_due(sscf)                                          \
    ((sscf)->group->resolve                                                  \
     && (sscf)->config                                                       \
        != ngx_shop_compat_config((sscf)->uscf->peer.data))

/* once in each worker, before the first scan */
void ngx_shop_discover_start(ngx_shop_conf_srv_t *sscf);

/*
 * Brings the group's list up to date and keeps its slots.  A peer that
 * vanished is marked as gone; who probes it lets go of it and frees it
 * (ngx_shop_discover_free).
 */
void ngx_shop_discover_scan(ngx_shop_conf_main_t *smcf,
    ngx_shop_conf_srv_t *sscf);

/*
 * Makes the roster of an upstream where nothing is resolved at run time; once
 * in each worker, no lock.  NGX_DECLINED: discover_scan() makes it.
 */
ngx_int_t ngx_shop_discover_roster(ngx_shop_conf_srv_t *sscf);

/* frees the records of peers that are gone; nothing points to them any more */
void ngx_shop_discover_free(ngx_shop_model_group_t *group);


#endif /* _NGX_SHOP_DISCOVER_H_INCLUDED_ */
