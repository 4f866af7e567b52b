
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * The variables of the module.
 */


#ifndef _NGX_SHOP_VARIABLES_H_INCLUDED_
#define _NGX_SHOP_VARIABLES_H_INCLUDED_


#include "nginx/conf.h"


/* adds all variables; the preconfiguration of the module */
ngx_int_t ngx_shop_variables_add(ngx_conf_t *cf);


#endif /* _NGX_SHOP_VARIABLES_H_INCLUDED_ */
