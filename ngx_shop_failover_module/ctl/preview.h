
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * The page as visitors would see it: the command "preview".
 */


#ifndef _NGX_SHOP_PREVIEW_H_INCLUDED_
#define _NGX_SHOP_PREVIEW_H_INCLUDED_


#include "ctl/options.h"


extern const ngx_shop_options_entry_t  ngx_shop_preview_options[];

int ngx_shop_preview_run(const ngx_shop_options_t *o);


#endif /* _NGX_SHOP_PREVIEW_H_INCLUDED_ */
