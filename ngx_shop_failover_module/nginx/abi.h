
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * Whether this nginx lays out its structures as the one that we were built
 * for: some forks add members and load our module all the same.
 */


#ifndef _NGX_SHOP_ABI_H_INCLUDED_
#define _NGX_SHOP_ABI_H_INCLUDED_


#include <ngx_config.h>
#include <ngx_core.h>


/*
 * Called first of all, from preconfiguration: NGX_ERROR, and a sentence in the
 * log, where it does not.
 */
ngx_int_t ngx_shop_abi_check(ngx_conf_t *cf);


#endif /* _NGX_SHOP_ABI_H_INCLUDED_ */
