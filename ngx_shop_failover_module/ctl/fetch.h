
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * What shopctl asks of nginx, by plain HTTP.
 */


#ifndef _NGX_SHOP_FAILOVER_FETCH_H_INCLUDED_
#define _NGX_SHOP_FAILOVER_FETCH_H_INCLUDED_


#include "ctl/say.h"


#define NGX_SHOP_FAILOVER_FETCH_TIMEOUT  10       /* s */


/*
 * GET over HTTP/1.0, wanted is status 200; body is malloc()ed, to be freed.
 * OK, or ERROR after it was said why.
 */
int ngx_shop_failover_fetch_url(const char *url, unsigned char **body,
    size_t *size);

/*
 * POST of a form with a key; any status, which goes to *status.  The rest as
 * above.
 */
int ngx_shop_failover_fetch_order(const char *url,
    const ngx_shop_failover_str_t *key, const ngx_shop_failover_str_t *form,
    unsigned *status, unsigned char **body, size_t *size);


#endif /* _NGX_SHOP_FAILOVER_FETCH_H_INCLUDED_ */
