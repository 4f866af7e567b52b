
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * Nodes that take turns in probing: the follower of a fleet says how many they
 * are, which of them this one is, and how long ago it heard of the others.  It
 * is forgotten by itself, and how much it counts is in the configuration.
 */


#include "nginx/control/control.h"

#include "state/share.h"


static ngx_int_t ngx_shop_control_share_number(ngx_str_t *value,
    ngx_int_t most);


#define NGX_SHOP_CONTROL_SHARE_BUF    4096
#define NGX_SHOP_CONTROL_SHARE_NODES  1000
#define NGX_SHOP_CONTROL_SHARE_AGE    86400000   /* ms */


ngx_int_t
ngx_shop_control_share_read(ngx_shop_control_order_t *order, ngx_str_t *error)
{
    ngx_int_t  nodes, node, age;

    if (order->peer.len || order->upstream.len || order->length.len
        || order->site.len || order->over.len)
    {
        ngx_str_set(error, "\"share\" is of all probes: it takes \"nodes\", "
                           "\"node\" and \"age\"");
        return NGX_ERROR;
    }

    nodes = ngx_shop_control_share_number(&order->nodes,
                                          NGX_SHOP_CONTROL_SHARE_NODES);
    node = ngx_shop_control_share_number(&order->node, nodes - 1);
    age = order->age.len
          ? ngx_shop_control_share_number(&order->age,
                                          NGX_SHOP_CONTROL_SHARE_AGE)
          : 0;

    if (nodes < 1 || node == NGX_ERROR || age == NGX_ERROR) {
        ngx_str_set(error, "\"share\" takes \"nodes\", how many they are, 1 "
                           "to 1000; \"node\", which of them this is, from 0; "
                           "and \"age\", the ms since they were heard of");
        return NGX_ERROR;
    }

    order->among = (ngx_uint_t) nodes;
    order->turn = (ngx_uint_t) node;
    order->heard = (ngx_msec_t) age;

    return NGX_OK;
}


static ngx_int_t
ngx_shop_control_share_number(ngx_str_t *value, ngx_int_t most)
{
    ngx_int_t  n;

    n = ngx_atoi(value->data, value->len);

    return n > most ? NGX_ERROR : n;
}


ngx_int_t
ngx_shop_control_share(ngx_http_request_t *r, ngx_shop_control_order_t *order)
{
    ngx_uint_t                 i, n;
    ngx_shop_outflow_t         out;
    ngx_shop_conf_main_t      *smcf;
    ngx_shop_model_group_t   **group;

    smcf = ngx_http_get_module_main_conf(r, ngx_shop_failover_module);
    group = smcf->zone.groups.elts;

    ngx_shop_share_tell(&smcf->zone, order->among, order->turn, order->heard);

    n = 0;

    for (i = 0; i < smcf->zone.groups.nelts; i++) {
        n += group[i]->shared > 1;
    }

    ngx_shop_outflow_begin(&out, r, NGX_SHOP_CONTROL_SHARE_BUF);

    ngx_shop_emit_object(&out.emit, NULL);
    ngx_shop_emit_str(&out.emit, "action", (ngx_shop_str_t *) &order->action);
    ngx_shop_emit_int(&out.emit, "nodes", (int64_t) order->among);
    ngx_shop_emit_int(&out.emit, "node", (int64_t) order->turn);
    ngx_shop_emit_int(&out.emit, "upstreams", (int64_t) n);
    ngx_shop_emit_close(&out.emit, '}');

    return ngx_shop_control_do_send(&out, NGX_HTTP_OK);
}
