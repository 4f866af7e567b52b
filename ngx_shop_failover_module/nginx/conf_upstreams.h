
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * The upstream blocks of a configuration.
 */


#ifndef _NGX_SHOP_CONF_UPSTREAMS_H_INCLUDED_
#define _NGX_SHOP_CONF_UPSTREAMS_H_INCLUDED_


#include "nginx/conf.h"


/*
 * One after the other, with sscf->uscf set; *i is 0 at first.  NULL: no more.
 * What nginx makes of "proxy_pass http://host" is no block and is left out.
 */
ngx_shop_conf_srv_t *ngx_shop_conf_upstreams_next(ngx_conf_t *cf,
    ngx_uint_t *i);

/* by name, without regard to case, as nginx finds it; NULL: there is none */
ngx_shop_conf_srv_t *ngx_shop_conf_upstreams_find(ngx_conf_t *cf,
    ngx_str_t *name);


#endif /* _NGX_SHOP_CONF_UPSTREAMS_H_INCLUDED_ */
