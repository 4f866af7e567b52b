
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * The page as visitors would see it: the command "preview".
 */


#ifndef _NGX_SHOP_FAILOVER_PREVIEW_H_INCLUDED_
#define _NGX_SHOP_FAILOVER_PREVIEW_H_INCLUDED_


#include "ctl/options.h"


extern const ngx_shop_failover_option_t  ngx_shop_failover_preview_options[];

int ngx_shop_failover_preview_run(const ngx_shop_failover_options_t *o);


#endif /* _NGX_SHOP_FAILOVER_PREVIEW_H_INCLUDED_ */
