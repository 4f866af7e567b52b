
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * shopctl doctor: what of this machine and its configuration would keep the
 * module from its work.
 */


#ifndef _NGX_SHOP_DOCTOR_H_INCLUDED_
#define _NGX_SHOP_DOCTOR_H_INCLUDED_


#include "ctl/options.h"


extern const ngx_shop_options_entry_t  ngx_shop_doctor_options[];

int ngx_shop_doctor_run(const ngx_shop_options_t *o);


#endif /* _NGX_SHOP_DOCTOR_H_INCLUDED_ */
