
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * The look of a previewed page: its style, colours and logo, as nginx has
 * them.
 */


#ifndef _NGX_SHOP_DRESS_H_INCLUDED_
#define _NGX_SHOP_DRESS_H_INCLUDED_


#include "logic/words/view.h"


/* bytes of a page with both logos and an icon */
#define NGX_SHOP_DRESS_ROOM  524288


/* checks the variables, warns, and adds what the files of logos become; there
   is room for two more.  OK, or ERROR, and it was said */
int ngx_shop_dress_vars(ngx_shop_view_var_t *vars, unsigned *nvars);

/* the template with the style of a look; what it returns stays */
int ngx_shop_dress_source(const char *look, const ngx_shop_view_t *v,
    ngx_shop_str_t *source);


#endif /* _NGX_SHOP_DRESS_H_INCLUDED_ */
