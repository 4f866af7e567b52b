
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * The texts of a notice that have a language, and which language lacks which.
 */


#ifndef _NGX_SHOP_SHOW_LANGS_H_INCLUDED_
#define _NGX_SHOP_SHOW_LANGS_H_INCLUDED_


#include "logic/flag/flag.h"


/* all but updates */
void ngx_shop_show_langs_texts(const ngx_shop_flag_notice_t *n);

/* of one update */
void ngx_shop_show_langs_update(const ngx_shop_flag_notice_t *n, unsigned nth);

void ngx_shop_show_langs_lacks(const ngx_shop_flag_notice_t *n);


#endif /* _NGX_SHOP_SHOW_LANGS_H_INCLUDED_ */
