
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * The link that becomes a cookie, and what the cookie says.
 */


#ifndef _NGX_SHOP_FAILOVER_GATE_LINK_H_INCLUDED_
#define _NGX_SHOP_FAILOVER_GATE_LINK_H_INCLUDED_


#include "nginx/gate.h"


/*
 * Access phase: takes the token of a link out of the URL and redirects with
 * the cookie; also while the shop is open, so that staff are ready before it
 * closes, and no token goes on to the shop.
 */
ngx_int_t ngx_shop_failover_gate_link_handler(ngx_http_request_t *r);

/* _PASS_LINK, _PASS_DRILL, or _PASS_NONE */
ngx_shop_failover_pass_e ngx_shop_failover_gate_link_pass(
    ngx_http_request_t *r, ngx_shop_failover_loc_conf_t *slcf);


#endif /* _NGX_SHOP_FAILOVER_GATE_LINK_H_INCLUDED_ */
