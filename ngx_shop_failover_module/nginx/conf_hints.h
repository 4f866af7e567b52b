
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * What "nginx -t" says of a location that does not do what it seems to.
 */


#ifndef _NGX_SHOP_CONF_HINTS_H_INCLUDED_
#define _NGX_SHOP_CONF_HINTS_H_INCLUDED_


#include "nginx/conf.h"


/* where a location, not merged yet, says "shop_maintenance off" */
ngx_int_t ngx_shop_conf_hints_off(ngx_conf_t *cf, ngx_shop_conf_loc_t *prev);

/*
 * Of a merged location: where error_page comes before the page, says so; with
 * over=error_page takes its codes away.
 */
ngx_int_t ngx_shop_conf_hints_error_page(ngx_conf_t *cf,
    ngx_shop_conf_loc_t *conf);


#endif /* _NGX_SHOP_CONF_HINTS_H_INCLUDED_ */
