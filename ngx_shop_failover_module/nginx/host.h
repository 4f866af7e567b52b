
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * The site of a request.
 */


#ifndef _NGX_SHOP_HOST_H_INCLUDED_
#define _NGX_SHOP_HOST_H_INCLUDED_


#include "nginx/conf.h"


/*
 * That of its location; or the part of it, while a file of the flag closes the
 * host that is asked for alone.  One word where no file of a flag has "hosts".
 * Good until the event is handled.
 */
ngx_shop_model_site_t *ngx_shop_host_site(ngx_http_request_t *r,
    ngx_shop_conf_loc_t *slcf);


#endif /* _NGX_SHOP_HOST_H_INCLUDED_ */
