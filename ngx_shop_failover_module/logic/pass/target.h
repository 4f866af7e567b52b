
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * What a visitor asked for, as he sent it: a path and arguments that nobody
 * has decoded or rewritten.  Knows no argument's name.
 */


#ifndef _NGX_SHOP_TARGET_H_INCLUDED_
#define _NGX_SHOP_TARGET_H_INCLUDED_


#include "logic/text/base.h"


/*
 * The value of the first argument of that name, in any case, as it stands in
 * target.  OK, or DECLINED: there is none, or none with a "=".
 */
int ngx_shop_target_value(const ngx_shop_str_t *target, const char *name,
    ngx_shop_str_t *value);

/*
 * Where target leads without the arguments of that name: a path of the same
 * host, for Location.  Every other byte stays as it is and where it is.
 * Returns how many bytes that are, and writes those that fit into size: the
 * same walk counts and writes.
 */
size_t ngx_shop_target_without(unsigned char *buf, size_t size,
    const ngx_shop_str_t *target, const char *name);


#endif /* _NGX_SHOP_TARGET_H_INCLUDED_ */
