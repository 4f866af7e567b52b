
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * Warnings about templates of the operator's own.
 */


#ifndef _NGX_SHOP_SKIN_LINT_H_INCLUDED_
#define _NGX_SHOP_SKIN_LINT_H_INCLUDED_


#include "nginx/page/skin.h"


/* what a browser will block, with file and line */
void ngx_shop_skin_lint_page(ngx_conf_t *cf, ngx_str_t *name,
    ngx_shop_str_t *source);
void ngx_shop_skin_lint_style(ngx_conf_t *cf, ngx_str_t *name,
    ngx_shop_str_t *source);

/* places that no text has */
void ngx_shop_skin_lint_texts(ngx_conf_t *cf, ngx_str_t *name,
    ngx_shop_str_t *source);

/* a page that is larger than what is promised, before the flag says a word */
void ngx_shop_skin_lint_size(ngx_conf_t *cf, ngx_shop_skin_t *skin,
    ngx_str_t *dir);


#endif /* _NGX_SHOP_SKIN_LINT_H_INCLUDED_ */
