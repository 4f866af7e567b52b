
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * shopctl budget: how available each site was, from the event log.
 */


#ifndef _NGX_SHOP_BUDGET_H_INCLUDED_
#define _NGX_SHOP_BUDGET_H_INCLUDED_


#include "ctl/options.h"


extern const ngx_shop_options_entry_t  ngx_shop_budget_options[];

int ngx_shop_budget_run(const ngx_shop_options_t *o);


#endif /* _NGX_SHOP_BUDGET_H_INCLUDED_ */
