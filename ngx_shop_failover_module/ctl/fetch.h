
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * What shopctl asks of nginx, by plain HTTP.
 */


#ifndef _NGX_SHOP_FETCH_H_INCLUDED_
#define _NGX_SHOP_FETCH_H_INCLUDED_


#include "ctl/say.h"


#define NGX_SHOP_FETCH_TIMEOUT  10       /* s, of the whole */


/* a form, and the key that nginx wants to see with it */
typedef struct {
    ngx_shop_str_t  key;
    ngx_shop_str_t  form;
    unsigned        insecure;   /* also to another machine */
    unsigned        status;     /* of the answer */
} ngx_shop_fetch_order_t;


/*
 * GET over HTTP/1.0, wanted is status 200; body is malloc()ed, to be freed.
 * OK, or ERROR after it was said why.
 */
int ngx_shop_fetch_url(const char *url, unsigned char **body, size_t *size);

/*
 * The same, but says nothing, and waits no longer than so many ms: for who
 * would like to know, and goes on without.
 */
int ngx_shop_fetch_quick(const char *url, int64_t msec, unsigned char **body,
    size_t *size);

/*
 * POST; any status.  The key goes to this machine only, as nobody encrypts it,
 * unless insecure.  The rest as above.
 */
int ngx_shop_fetch_order(const char *url, ngx_shop_fetch_order_t *order,
    unsigned char **body, size_t *size);


#endif /* _NGX_SHOP_FETCH_H_INCLUDED_ */
