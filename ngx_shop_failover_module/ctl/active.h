
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * Whether a flag closes the shop now.
 */


#ifndef _NGX_SHOP_ACTIVE_H_INCLUDED_
#define _NGX_SHOP_ACTIVE_H_INCLUDED_


#include "ctl/options.h"


extern const ngx_shop_options_entry_t  ngx_shop_active_options[];

int ngx_shop_active_run(const ngx_shop_options_t *o);


#endif /* _NGX_SHOP_ACTIVE_H_INCLUDED_ */
