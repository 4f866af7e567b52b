
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * Who passes.
 */


#ifndef _NGX_SHOP_GATE_H_INCLUDED_
#define _NGX_SHOP_GATE_H_INCLUDED_


#include "nginx/conf.h"


/* why a visitor gets the page; 0: he does not */
typedef enum {
    NGX_SHOP_GATE_WHY_NOT = 0,
    NGX_SHOP_GATE_WHY_CLOSED,           /* the flag: all, or this path */
    NGX_SHOP_GATE_WHY_BROWSE,           /* the flag: this method */
    NGX_SHOP_GATE_WHY_RAMP,             /* not let back in yet */
    NGX_SHOP_GATE_WHY_UNSENT,           /* nothing serves, never sent */
    NGX_SHOP_GATE_WHY_SENT,             /* sent to a server and failed */
    NGX_SHOP_GATE_WHY_BUSY,             /* limit_req, limit_conn, shop_shed */
    NGX_SHOP_GATE_WHY_ERROR_PAGE        /* nothing serves, and error_page has
                                           answered */
} ngx_shop_gate_why_e;


/* what a visitor holds */
typedef enum {
    NGX_SHOP_GATE_PASS_NONE = 0,
    NGX_SHOP_GATE_PASS_ADDRESS,         /* shop_bypass */
    NGX_SHOP_GATE_PASS_LINK,            /* the cookie of a link */
    NGX_SHOP_GATE_PASS_DRILL            /* ... to see the closed shop */
} ngx_shop_gate_pass_e;


/* the request path: one word read where the shop is open */
/* when this visitor is let in (Unix s), while others are; 0: not known */
int64_t ngx_shop_gate_turn(ngx_http_request_t *r, ngx_shop_conf_main_t *smcf,
    ngx_shop_conf_loc_t *slcf);

ngx_shop_gate_why_e ngx_shop_gate_ask(ngx_http_request_t *r,
    ngx_shop_conf_main_t *smcf, ngx_shop_conf_loc_t *slcf);

/* "maintenance", "browse", "outage", ...: of $shop_fallback */
const char *ngx_shop_gate_why(ngx_shop_gate_why_e why);

ngx_shop_gate_pass_e ngx_shop_gate_pass(ngx_http_request_t *r,
    ngx_shop_conf_loc_t *slcf);

/* "address", "link", "drill" or "": of $shop_bypass */
const char *ngx_shop_gate_pass_name(ngx_shop_gate_pass_e pass);


#endif /* _NGX_SHOP_GATE_H_INCLUDED_ */
