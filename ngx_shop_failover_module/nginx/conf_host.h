
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * The host of a server's name.
 */


#ifndef _NGX_SHOP_CONF_HOST_H_INCLUDED_
#define _NGX_SHOP_CONF_HOST_H_INCLUDED_


#include "nginx/compat.h"


/*
 * The host of a server as written, without its port; len 0 for a unix socket.
 * Returns whether it is an address.
 */
ngx_uint_t ngx_shop_conf_host(ngx_str_t *server, ngx_str_t *host);


#endif /* _NGX_SHOP_CONF_HOST_H_INCLUDED_ */
