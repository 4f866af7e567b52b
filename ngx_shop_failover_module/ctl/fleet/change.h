
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * on, update, off and tell for a fleet: one write, and then who has seen it.
 */


#ifndef _NGX_SHOP_CHANGE_H_INCLUDED_
#define _NGX_SHOP_CHANGE_H_INCLUDED_


#include "ctl/options.h"


extern const ngx_shop_options_entry_t  ngx_shop_change_off_options[];
extern const ngx_shop_options_entry_t  ngx_shop_change_forget_options[];

/* those of shopctl on, and those of a fleet */
const ngx_shop_options_entry_t *ngx_shop_change_options(void);

int ngx_shop_change_on(const ngx_shop_options_t *o);
int ngx_shop_change_update(const ngx_shop_options_t *o);
int ngx_shop_change_tell(const ngx_shop_options_t *o);
int ngx_shop_change_off(const ngx_shop_options_t *o);
int ngx_shop_change_forget(const ngx_shop_options_t *o);


#endif /* _NGX_SHOP_CHANGE_H_INCLUDED_ */
