
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * From the board to the bytes of one page.
 */


#ifndef _NGX_SHOP_FAILOVER_RENDER_H_INCLUDED_
#define _NGX_SHOP_FAILOVER_RENDER_H_INCLUDED_


#include "nginx/conf.h"
#include "nginx/gate.h"

#include "logic/negotiate.h"


/* one page of the many that a site has */
typedef struct {
    ngx_shop_failover_negotiate_e    kind;
    ngx_shop_failover_why_e          why;
} ngx_shop_failover_variant_t;


typedef struct {
    ngx_str_t                        body;
    ngx_str_t                        type;       /* Content-Type */
} ngx_shop_failover_rendering_t;


/* NGX_ERROR: no memory */
ngx_int_t ngx_shop_failover_render(ngx_pool_t *pool,
    ngx_shop_failover_board_view_t *view,
    ngx_shop_failover_variant_t *variant,
    ngx_shop_failover_rendering_t *rendering);


#endif /* _NGX_SHOP_FAILOVER_RENDER_H_INCLUDED_ */
