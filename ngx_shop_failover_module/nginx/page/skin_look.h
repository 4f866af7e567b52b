
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * A look with a shop's own colours and logo.
 */


#ifndef _NGX_SHOP_SKIN_LOOK_H_INCLUDED_
#define _NGX_SHOP_SKIN_LOOK_H_INCLUDED_


#include "nginx/page/skin.h"


/* sets vars, style and icon; look is the look's style; NGX_ERROR: logged */
ngx_int_t ngx_shop_skin_look_load(ngx_conf_t *cf, ngx_shop_skin_t *skin,
    ngx_shop_str_t *look, ngx_array_t *vars);

/* warns of variables that neither the looks nor the templates use */
void ngx_shop_skin_look_unused(ngx_conf_t *cf, ngx_shop_skin_t *skin,
    ngx_shop_str_t *html, ngx_shop_str_t *text);


#endif /* _NGX_SHOP_SKIN_LOOK_H_INCLUDED_ */
