
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * What the files of discover know of each other; nobody else includes this.
 */


#ifndef _NGX_SHOP_DISCOVER_INSIDE_H_INCLUDED_
#define _NGX_SHOP_DISCOVER_INSIDE_H_INCLUDED_


#include "nginx/probe/discover.h"


/* a copy of a balancer's peer */
typedef struct {
    ngx_http_upstream_rr_peer_t      *peer;
    ngx_str_t                         name;
    ngx_str_t                         server;
    ngx_sockaddr_t                    sockaddr;
    socklen_t                         socklen;
    unsigned                          down:1;
    unsigned                          backup:1;
    unsigned                          dynamic:1;
} ngx_shop_discover_copy_t;


/* room for copies, made before a lock is taken */
typedef struct {
    ngx_shop_discover_copy_t         *copies;
    ngx_uint_t                        n;
    ngx_uint_t                        max;
    u_char                           *text;
    u_char                           *last;
    ngx_uint_t                        config;
} ngx_shop_discover_list_t;


/* all peers of both lists, with their texts, from the pool */
ngx_int_t ngx_shop_discover_list(ngx_shop_conf_srv_t *sscf, ngx_pool_t *pool,
    ngx_shop_discover_list_t *list);

/* whether a peer of the group is that one, by server and address */
ngx_uint_t ngx_shop_discover_list_same(ngx_shop_model_peer_t *peer,
    ngx_shop_discover_copy_t *copy);

/* the one of those that were found at run time; NULL: it is a new one */
ngx_shop_model_dynamic_t *ngx_shop_discover_list_find(
    ngx_shop_model_group_t *group, ngx_shop_discover_copy_t *copy);

/* makes the roster of what was copied; NGX_ERROR: no memory */
ngx_int_t ngx_shop_discover_roster_seat(ngx_shop_conf_srv_t *sscf,
    ngx_shop_discover_list_t *list);


#endif /* _NGX_SHOP_DISCOVER_INSIDE_H_INCLUDED_ */
