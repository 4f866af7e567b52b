
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * shopctl drill: takes a server down on purpose, and looks whether anybody
 * notices.
 */


#ifndef _NGX_SHOP_DRILL_H_INCLUDED_
#define _NGX_SHOP_DRILL_H_INCLUDED_


#include "ctl/options.h"


extern const ngx_shop_options_entry_t  ngx_shop_drill_options[];

int ngx_shop_drill_run(const ngx_shop_options_t *o);


#endif /* _NGX_SHOP_DRILL_H_INCLUDED_ */
