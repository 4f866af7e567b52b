
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * Who decides in which language a page is: the visitor, or the shop.
 */


#ifndef _NGX_SHOP_SKIN_DECIDE_H_INCLUDED_
#define _NGX_SHOP_SKIN_DECIDE_H_INCLUDED_


#include "nginx/page/skin.h"


/*
 * Finds the languages that a page is told to use among those that it has.  In
 * postconfiguration, when its skin is loaded.
 */
ngx_int_t ngx_shop_skin_decide_load(ngx_conf_t *cf, ngx_shop_conf_page_t *page);

/* puts what the shop says in the place of Accept-Language */
void ngx_shop_skin_decide_ask(ngx_http_request_t *r, ngx_str_t *language);

/* whether the language is another one for another Accept-Language */
ngx_uint_t ngx_shop_skin_decide_varies(ngx_shop_conf_page_t *page);

/* the default, and the language of texts that name none: len 0: not known */
ngx_shop_str_t ngx_shop_skin_decide_second(ngx_shop_conf_page_t *page);
ngx_shop_str_t ngx_shop_skin_decide_bare(ngx_shop_conf_page_t *page);


#endif /* _NGX_SHOP_SKIN_DECIDE_H_INCLUDED_ */
