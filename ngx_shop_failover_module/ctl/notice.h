
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * What a flag file says, as members of a JSON.
 */


#ifndef _NGX_SHOP_NOTICE_H_INCLUDED_
#define _NGX_SHOP_NOTICE_H_INCLUDED_


#include "logic/flag/flag.h"
#include "logic/text/emit.h"


/* the names are those of "maintenance" in the status */
void ngx_shop_notice_json(ngx_shop_emit_t *e, const ngx_shop_flag_notice_t *n,
    int64_t now, int over);


#endif /* _NGX_SHOP_NOTICE_H_INCLUDED_ */
