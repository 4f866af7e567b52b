
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * How a command is typed, for its help.
 */


#ifndef _NGX_SHOP_EXAMPLES_H_INCLUDED_
#define _NGX_SHOP_EXAMPLES_H_INCLUDED_


#include <stdio.h>


/* the examples of a command and its exit codes, where they say something */
void ngx_shop_examples_show(FILE *out, const char *command);


#endif /* _NGX_SHOP_EXAMPLES_H_INCLUDED_ */
