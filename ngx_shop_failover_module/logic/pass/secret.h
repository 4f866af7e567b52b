
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * Whether what a stranger sent is a secret.
 */


#ifndef _NGX_SHOP_SECRET_H_INCLUDED_
#define _NGX_SHOP_SECRET_H_INCLUDED_


#include "logic/text/base.h"


/*
 * 1 where both are the same.  The time depends on the length that was sent and
 * on nothing else.  The secret is not empty.
 */
int ngx_shop_secret_same(const ngx_shop_str_t *sent,
    const ngx_shop_str_t *secret);


#endif /* _NGX_SHOP_SECRET_H_INCLUDED_ */
