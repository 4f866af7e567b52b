
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * The link that becomes a cookie, and what the cookie says.
 */


#ifndef _NGX_SHOP_GATE_LINK_H_INCLUDED_
#define _NGX_SHOP_GATE_LINK_H_INCLUDED_


#include "nginx/gate/gate.h"


/*
 * Access phase: takes the token of a link out of the URL and redirects with
 * the cookie; also while the shop is open, so that staff are ready before it
 * closes, and no token goes on to the shop.
 */
ngx_int_t ngx_shop_gate_link_handler(ngx_http_request_t *r);

/* _GATE_PASS_LINK, _GATE_PASS_DRILL, or _GATE_PASS_NONE */
ngx_shop_gate_pass_e ngx_shop_gate_link_pass(ngx_http_request_t *r,
    ngx_shop_conf_loc_t *slcf);


#endif /* _NGX_SHOP_GATE_LINK_H_INCLUDED_ */
