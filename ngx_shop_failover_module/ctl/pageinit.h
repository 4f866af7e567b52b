
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * The templates and texts that are built in, as files to edit.
 */


#ifndef _NGX_SHOP_PAGEINIT_H_INCLUDED_
#define _NGX_SHOP_PAGEINIT_H_INCLUDED_


#include "ctl/options.h"


extern const ngx_shop_options_entry_t  ngx_shop_pageinit_options[];


/* "page init DIR" */
int ngx_shop_pageinit_run(const ngx_shop_options_t *o);


#endif /* _NGX_SHOP_PAGEINIT_H_INCLUDED_ */
