
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * The status as a plugin of Nagios and Icinga says it.
 */


#ifndef _NGX_SHOP_MONITOR_H_INCLUDED_
#define _NGX_SHOP_MONITOR_H_INCLUDED_


#include "ctl/say.h"
#include "logic/text/json.h"


/* exit codes of plugins, which are not those of shopctl */
#define NGX_SHOP_MONITOR_OK        0
#define NGX_SHOP_MONITOR_WARNING   1
#define NGX_SHOP_MONITOR_CRITICAL  2
#define NGX_SHOP_MONITOR_UNKNOWN   3


/* one line on stdout with figures behind "|"; NULL: there is no status */
int ngx_shop_monitor_show(const ngx_shop_json_t *v, const char *url);


#endif /* _NGX_SHOP_MONITOR_H_INCLUDED_ */
