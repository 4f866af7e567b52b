
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * shopctl say: the words of a flag, ready to be pasted elsewhere.
 */


#ifndef _NGX_SHOP_SPEAK_H_INCLUDED_
#define _NGX_SHOP_SPEAK_H_INCLUDED_


#include "ctl/options.h"


extern const ngx_shop_options_entry_t  ngx_shop_speak_options[];

int ngx_shop_speak_run(const ngx_shop_options_t *o);


#endif /* _NGX_SHOP_SPEAK_H_INCLUDED_ */
