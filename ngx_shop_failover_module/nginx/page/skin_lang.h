
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * The languages of a skin.
 */


#ifndef _NGX_SHOP_SKIN_LANG_H_INCLUDED_
#define _NGX_SHOP_SKIN_LANG_H_INCLUDED_


#include "nginx/page/skin.h"


/* those that are built in, and those of dir, whose vars the skin has already */
ngx_int_t ngx_shop_skin_lang_load(ngx_conf_t *cf, ngx_shop_skin_t *skin,
    ngx_str_t *dir);


#endif /* _NGX_SHOP_SKIN_LANG_H_INCLUDED_ */
