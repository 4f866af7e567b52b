
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * Names of hosts as the key "hosts" of a flag file has them: "a.example",
 * "*.b.example" (hosts below it) and "shop.*" (under any end), as nginx's
 * server_name.  Names are compared without regard to case.  Knows no file.
 */


#ifndef _NGX_SHOP_HOSTS_H_INCLUDED_
#define _NGX_SHOP_HOSTS_H_INCLUDED_


#include "logic/text/base.h"


/* bytes of a host name */
#define NGX_SHOP_HOSTS_LEN  253


typedef enum {
    NGX_SHOP_HOSTS_FITS = 0,
    NGX_SHOP_HOSTS_BAD,          /* no name of a host */
    NGX_SHOP_HOSTS_PORT,         /* a port or an address with a scheme */
    NGX_SHOP_HOSTS_STAR          /* a "*" in another place */
} ngx_shop_hosts_fault_e;


ngx_shop_hosts_fault_e ngx_shop_hosts_fault(const ngx_shop_str_t *pattern);

/* whether a host, as a visitor asks for it and without a port, is meant */
int ngx_shop_hosts_match(const ngx_shop_str_t *pattern,
    const ngx_shop_str_t *host);

/*
 * Whether some host (meets), or each one (covers), of a server_name may be
 * meant.  A name that stands for any ("", "_", a regular expression: len 0)
 * meets each pattern, and none covers it.
 */
int ngx_shop_hosts_meets(const ngx_shop_str_t *pattern,
    const ngx_shop_str_t *name);
int ngx_shop_hosts_covers(const ngx_shop_str_t *pattern,
    const ngx_shop_str_t *name);


#endif /* _NGX_SHOP_HOSTS_H_INCLUDED_ */
