
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * shopctl status: one screen, from the JSON of shop_status.
 */


#ifndef _NGX_SHOP_SCREEN_H_INCLUDED_
#define _NGX_SHOP_SCREEN_H_INCLUDED_


#include "ctl/options.h"


extern const ngx_shop_options_entry_t  ngx_shop_screen_options[];

int ngx_shop_screen_run(const ngx_shop_options_t *o);


#endif /* _NGX_SHOP_SCREEN_H_INCLUDED_ */
