
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * Commands that change the flag: on, update, off.
 */


#ifndef _NGX_SHOP_EDIT_H_INCLUDED_
#define _NGX_SHOP_EDIT_H_INCLUDED_


#include "ctl/options.h"


extern const ngx_shop_options_entry_t  ngx_shop_edit_options[];
extern const ngx_shop_options_entry_t  ngx_shop_edit_off_options[];

int ngx_shop_edit_on(const ngx_shop_options_t *o);
int ngx_shop_edit_tell(const ngx_shop_options_t *o);
int ngx_shop_edit_update(const ngx_shop_options_t *o);
int ngx_shop_edit_off(const ngx_shop_options_t *o);


#endif /* _NGX_SHOP_EDIT_H_INCLUDED_ */
