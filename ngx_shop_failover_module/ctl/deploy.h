
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * shopctl deploy: a command that restarts a server, without a visitor there.
 */


#ifndef _NGX_SHOP_DEPLOY_H_INCLUDED_
#define _NGX_SHOP_DEPLOY_H_INCLUDED_


#include "ctl/options.h"


extern const ngx_shop_options_entry_t  ngx_shop_deploy_options[];

int ngx_shop_deploy_run(const ngx_shop_options_t *o);


#endif /* _NGX_SHOP_DEPLOY_H_INCLUDED_ */
