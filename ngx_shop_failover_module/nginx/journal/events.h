
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * The event log: where the lines of shop_events go.
 */


#ifndef _NGX_SHOP_EVENTS_H_INCLUDED_
#define _NGX_SHOP_EVENTS_H_INCLUDED_


#include "nginx/conf.h"


/* the directive "shop_events" */
char *ngx_shop_events_directive(ngx_conf_t *cf, ngx_command_t *cmd,
    void *conf);

/*
 * Writes what the log does not have yet.  Called by journal after each change
 * and once a second; never by a request.
 */
void ngx_shop_events_flush(ngx_shop_model_zone_t *zone);


#endif /* _NGX_SHOP_EVENTS_H_INCLUDED_ */
