
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * shopctl calendar: closings that are announced, for calendars (RFC 5545).
 */


#ifndef _NGX_SHOP_ICS_H_INCLUDED_
#define _NGX_SHOP_ICS_H_INCLUDED_


#include "ctl/options.h"


extern const ngx_shop_options_entry_t  ngx_shop_ics_options[];

int ngx_shop_ics_run(const ngx_shop_options_t *o);


#endif /* _NGX_SHOP_ICS_H_INCLUDED_ */
