
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * The one place that knows that nginx versions differ.  A module is built for
 * exactly one version, so a comparison with nginx_version is safe.
 */


#ifndef _NGX_SHOP_FAILOVER_COMPAT_H_INCLUDED_
#define _NGX_SHOP_FAILOVER_COMPAT_H_INCLUDED_


#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_event.h>
#include <ngx_http.h>


#if (nginx_version < 1022000)
#error "nginx 1.22.0 or newer is needed"
#endif


#endif /* _NGX_SHOP_FAILOVER_COMPAT_H_INCLUDED_ */
