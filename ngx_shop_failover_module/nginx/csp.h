
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * What a Content-Security-Policy says of a script or a style that stands in
 * the page.
 */


#ifndef _NGX_SHOP_CSP_H_INCLUDED_
#define _NGX_SHOP_CSP_H_INCLUDED_


#include "nginx/compat.h"


/* bytes: " 'sha256-", base64 of 32 bytes, "'" */
#define NGX_SHOP_CSP_HASH  (sizeof(" 'sha256-'") - 1 + 44)


/* " 'sha256-...'" of a text; NULL: OpenSSL cannot, or there is no room */
u_char *ngx_shop_csp_hash(u_char *p, u_char *last, const u_char *text,
    size_t len);


#endif /* _NGX_SHOP_CSP_H_INCLUDED_ */
