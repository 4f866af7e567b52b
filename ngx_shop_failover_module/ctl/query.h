
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * A URL, and what is asked of it: "?site=NAME&week=1".
 */


#ifndef _NGX_SHOP_QUERY_H_INCLUDED_
#define _NGX_SHOP_QUERY_H_INCLUDED_


#include "ctl/options.h"


/* bytes of a URL with all that is asked */
#define NGX_SHOP_QUERY_LEN  4096


/* the URL alone; OK, or ERROR, and it was said: too long */
int ngx_shop_query_begin(char *buf, const char *url);

/* asks for one thing more; NULL: nothing */
int ngx_shop_query_add(char *buf, const char *name, const char *value);


#endif /* _NGX_SHOP_QUERY_H_INCLUDED_ */
