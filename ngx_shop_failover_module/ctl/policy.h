
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * A previewed page as a browser will treat it: under the policy that nginx
 * sends, and with words about what that blocks.
 */


#ifndef _NGX_SHOP_POLICY_H_INCLUDED_
#define _NGX_SHOP_POLICY_H_INCLUDED_


#include <stdio.h>

#include "logic/words/view.h"


/* warns of what a browser will block of a file of the operator's own */
void ngx_shop_policy_page(const char *name, const ngx_shop_str_t *source);
void ngx_shop_policy_style(const char *name, const ngx_shop_str_t *source);

/* and of places that no text has */
void ngx_shop_policy_texts(const char *name, const ngx_shop_str_t *source);

/* warns of variables that neither a look nor the template knows */
void ngx_shop_policy_vars(const ngx_shop_view_t *v,
    const ngx_shop_str_t *source);

/* warns of a page that is too large, but for so many bytes of the flag */
void ngx_shop_policy_size(const ngx_shop_str_t *page, size_t said);

/* writes the page, with its policy in a <meta> where there is a <head> */
void ngx_shop_policy_write(FILE *out, const ngx_shop_str_t *page);


#endif /* _NGX_SHOP_POLICY_H_INCLUDED_ */
