
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * Links for staff: the command "link".
 */


#ifndef _NGX_SHOP_BYPASS_H_INCLUDED_
#define _NGX_SHOP_BYPASS_H_INCLUDED_


#include "ctl/options.h"


extern const ngx_shop_options_entry_t  ngx_shop_bypass_options[];

int ngx_shop_bypass_link(const ngx_shop_options_t *o);


#endif /* _NGX_SHOP_BYPASS_H_INCLUDED_ */
