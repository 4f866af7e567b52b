
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * shopctl status: one screen, from the JSON of shop_status.
 */


#ifndef _NGX_SHOP_FAILOVER_SCREEN_H_INCLUDED_
#define _NGX_SHOP_FAILOVER_SCREEN_H_INCLUDED_


#include "ctl/options.h"


extern const ngx_shop_failover_option_t  ngx_shop_failover_screen_options[];

int ngx_shop_failover_screen_run(const ngx_shop_failover_options_t *o);


#endif /* _NGX_SHOP_FAILOVER_SCREEN_H_INCLUDED_ */
