
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * shopctl drain, enable, up, down, reopen: orders to a location with
 * shop_control.
 */


#ifndef _NGX_SHOP_ORDER_H_INCLUDED_
#define _NGX_SHOP_ORDER_H_INCLUDED_


#include "ctl/options.h"


extern const ngx_shop_options_entry_t  ngx_shop_order_options[];
extern const ngx_shop_options_entry_t ngx_shop_order_enable_options[];

extern const ngx_shop_options_entry_t ngx_shop_order_reopen_options[];

int ngx_shop_order_reopen(const ngx_shop_options_t *o);
int ngx_shop_order_drain(const ngx_shop_options_t *o);
int ngx_shop_order_down(const ngx_shop_options_t *o);
int ngx_shop_order_up(const ngx_shop_options_t *o);
int ngx_shop_order_enable(const ngx_shop_options_t *o);


#endif /* _NGX_SHOP_ORDER_H_INCLUDED_ */
