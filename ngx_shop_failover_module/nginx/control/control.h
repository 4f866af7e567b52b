
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * What an operator asks of peers, by POST.
 */


#ifndef _NGX_SHOP_CONTROL_H_INCLUDED_
#define _NGX_SHOP_CONTROL_H_INCLUDED_


#include "nginx/conf.h"
#include "nginx/outflow.h"

#include "logic/text/emit.h"


/* bytes of an order */
#define NGX_SHOP_CONTROL_BODY   4096


/* one request, read and understood */
typedef struct {
    ngx_str_t                 action;
    ngx_str_t                 upstream;
    ngx_str_t                 peer;
    ngx_str_t                 length;       /* "for" */
    ngx_str_t                 reason;
    ngx_str_t                 who;
    ngx_str_t                 site;         /* of "reopen" */
    ngx_str_t                 over;
    ngx_str_t                 nodes;        /* of "share" */
    ngx_str_t                 node;
    ngx_str_t                 age;

    ngx_shop_layout_force_t   force;
    ngx_shop_model_group_t   *group;

    ngx_uint_t                reopen;       /* and nothing of peers */
    ngx_uint_t                probe;        /* now; and no order */
    ngx_uint_t                share;        /* probes; and no order */
    ngx_uint_t                among;        /* ... so many nodes */
    ngx_uint_t                turn;         /* ... this one, from 0 */
    ngx_msec_t                heard;        /* ... of the others, ago */
    ngx_msec_t                ramp;         /* of "over"; 0: at once */
} ngx_shop_control_order_t;


/* the directive "shop_control" */
char *ngx_shop_control_key_directive(ngx_conf_t *cf, ngx_command_t *cmd,
    void *conf);

/* for control.c: the location's handler */
ngx_int_t ngx_shop_control_handler(ngx_http_request_t *r);

/*
 * for control_order.c: the whole body, which may be changed.  NGX_OK, or a
 * status
 */
ngx_int_t ngx_shop_control_body_read(ngx_http_request_t *r, ngx_str_t *body);

/*
 * for control.c: reads the body into order.  NGX_OK, or a status: then *error
 * is what is wrong, in words.
 */
ngx_int_t ngx_shop_control_order_read(ngx_http_request_t *r,
    ngx_shop_control_order_t *order, ngx_str_t *error);

/* for control_order.c: whether an order's "peer" means this one */
ngx_uint_t ngx_shop_control_do_match(ngx_shop_model_peer_t *peer,
    ngx_str_t *name);

/* for control.c: carries out an order and answers */
ngx_int_t ngx_shop_control_do(ngx_http_request_t *r,
    ngx_shop_control_order_t *order);

/* for control.c: has a server probed now, and answers */
ngx_int_t ngx_shop_control_probe(ngx_http_request_t *r,
    ngx_shop_control_order_t *order);

/* for control.c: notes who shares the probes, and answers */
ngx_int_t ngx_shop_control_share(ngx_http_request_t *r,
    ngx_shop_control_order_t *order);

/* for control_order.c: NGX_OK, or NGX_ERROR and *error is what is wrong */
ngx_int_t ngx_shop_control_share_read(ngx_shop_control_order_t *order,
    ngx_str_t *error);

/* for control.c: carries out an order for the ramp of sites, and answers */
ngx_int_t ngx_shop_control_reopen(ngx_http_request_t *r,
    ngx_shop_control_order_t *order);

/* for control_reopen.c: ends the answer and sends it */
ngx_int_t ngx_shop_control_do_send(ngx_shop_outflow_t *out,
    ngx_uint_t status);

/* sends {"error": ...} */
ngx_int_t ngx_shop_control_do_error(ngx_http_request_t *r, ngx_uint_t status,
    ngx_str_t *error);


#endif /* _NGX_SHOP_CONTROL_H_INCLUDED_ */
