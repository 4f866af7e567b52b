
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * The variables of the gate and of what the flag announces.
 */


#ifndef _NGX_SHOP_VARIABLES_GATE_H_INCLUDED_
#define _NGX_SHOP_VARIABLES_GATE_H_INCLUDED_


#include "nginx/conf.h"


/* $shop_bypass, $shop_notice, $shop_notice_html, $shop_eta */
ngx_int_t ngx_shop_variables_gate_add(ngx_conf_t *cf);


#endif /* _NGX_SHOP_VARIABLES_GATE_H_INCLUDED_ */
