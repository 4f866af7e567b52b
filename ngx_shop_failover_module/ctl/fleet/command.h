
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * drain, down, up and enable for a fleet: written once, carried out by each
 * node.
 */


#ifndef _NGX_SHOP_COMMAND_H_INCLUDED_
#define _NGX_SHOP_COMMAND_H_INCLUDED_


#include "ctl/options.h"


extern const ngx_shop_options_entry_t  ngx_shop_command_options[];

int ngx_shop_command_drain(const ngx_shop_options_t *o);
int ngx_shop_command_down(const ngx_shop_options_t *o);
int ngx_shop_command_up(const ngx_shop_options_t *o);
int ngx_shop_command_enable(const ngx_shop_options_t *o);


#endif /* _NGX_SHOP_COMMAND_H_INCLUDED_ */
