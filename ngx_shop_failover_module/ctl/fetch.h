
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * A document for shopctl: from a file, stdin, or by plain HTTP.
 */


#ifndef _NGX_SHOP_FAILOVER_FETCH_H_INCLUDED_
#define _NGX_SHOP_FAILOVER_FETCH_H_INCLUDED_


#include "ctl/say.h"


#define NGX_SHOP_FAILOVER_FETCH_TIMEOUT  10       /* s */


/*
 * GET over HTTP/1.0; body is malloc()ed, to be freed.  OK, or ERROR after it
 * was said why.
 */
int ngx_shop_failover_fetch_url(const char *url, unsigned char **body,
    size_t *size);


#endif /* _NGX_SHOP_FAILOVER_FETCH_H_INCLUDED_ */
