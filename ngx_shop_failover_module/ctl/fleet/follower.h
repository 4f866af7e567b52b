
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * The daemon beside an nginx: what the engine says becomes a file, and what
 * nginx makes of it is told to the engine.
 */


#ifndef _NGX_SHOP_FOLLOWER_H_INCLUDED_
#define _NGX_SHOP_FOLLOWER_H_INCLUDED_


#include "ctl/options.h"


extern const ngx_shop_options_entry_t  ngx_shop_follower_options[];

int ngx_shop_follower_run(const ngx_shop_options_t *o);


#endif /* _NGX_SHOP_FOLLOWER_H_INCLUDED_ */
