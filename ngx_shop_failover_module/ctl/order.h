
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * shopctl drain, enable, up, down, reopen: orders to a location with
 * shop_control.
 */


#ifndef _NGX_SHOP_ORDER_H_INCLUDED_
#define _NGX_SHOP_ORDER_H_INCLUDED_


#include "ctl/options.h"


/* options of all orders, for the tables of commands */

#define NGX_SHOP_ORDER_URL  "http://127.0.0.1/shop_control"
#define NGX_SHOP_ORDER_KEY  "/etc/nginx/shop.key"


#define NGX_SHOP_ORDER_UPSTREAM                                              \
    { "upstream", NGX_SHOP_OPTIONS_VALUE, "NAME",                            \
      "needed where several upstreams have the server" }

#define NGX_SHOP_ORDER_OPTIONS                                               \
    { "reason", NGX_SHOP_OPTIONS_VALUE, "TEXT",                              \
      "up to 96 bytes, shown in the status and in the log" },                \
    { "who", NGX_SHOP_OPTIONS_VALUE, "TEXT",                                 \
      "who gives the order, up to 48 bytes [the login]" },                   \
    { "url", NGX_SHOP_OPTIONS_VALUE, "URL",                                  \
      "a location with shop_control, else $SHOP_CONTROL, else "              \
      NGX_SHOP_ORDER_URL },                                                  \
    { "key", NGX_SHOP_OPTIONS_VALUE, "FILE",                                 \
      "of shop_control, else $SHOP_CONTROL_KEY, else "                       \
      NGX_SHOP_ORDER_KEY },                                                  \
    { "insecure", NGX_SHOP_OPTIONS_SWITCH, NULL,                             \
      "also to another machine, where anybody on the way reads the key" },   \
    { NULL, NGX_SHOP_OPTIONS_SWITCH, NULL, NULL }


extern const ngx_shop_options_entry_t  ngx_shop_order_options[];
extern const ngx_shop_options_entry_t ngx_shop_order_enable_options[];

extern const ngx_shop_options_entry_t ngx_shop_order_reopen_options[];

int ngx_shop_order_reopen(const ngx_shop_options_t *o);
int ngx_shop_order_drain(const ngx_shop_options_t *o);
int ngx_shop_order_down(const ngx_shop_options_t *o);
int ngx_shop_order_up(const ngx_shop_options_t *o);
int ngx_shop_order_enable(const ngx_shop_options_t *o);


#endif /* _NGX_SHOP_ORDER_H_INCLUDED_ */
