
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

/* registers the variables of a table */
ngx_int_t ngx_shop_variables_table(ngx_conf_t *cf, ngx_http_variable_t *table);

void ngx_shop_variables_set(ngx_http_variable_value_t *v, const u_char *data,
    size_t len);


#endif /* _NGX_SHOP_VARIABLES_H_INCLUDED_ */
