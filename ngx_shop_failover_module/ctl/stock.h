
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * "on --template database": words to begin with, in all languages.
 */


#ifndef _NGX_SHOP_STOCK_H_INCLUDED_
#define _NGX_SHOP_STOCK_H_INCLUDED_


#include "logic/text/emit.h"


#define NGX_SHOP_STOCK_N  5


/* its place, or -1 */
int ngx_shop_stock_find(const char *name);

/* the lines of a flag, one a language */
void ngx_shop_stock_lines(ngx_shop_emit_t *e, int template);


#endif /* _NGX_SHOP_STOCK_H_INCLUDED_ */
