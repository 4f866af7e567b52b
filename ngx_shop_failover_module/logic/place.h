
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * Places of a page's template; docs/page-authoring.md has the names.
 */


#ifndef _NGX_SHOP_FAILOVER_PLACE_H_INCLUDED_
#define _NGX_SHOP_FAILOVER_PLACE_H_INCLUDED_


#include "logic/template.h"
#include "logic/view.h"


/*
 * For template_compile() and template_render(): names to numbers, and numbers
 * to values.  The data of resolve is a view of which only vars and nvars
 * count: a template is compiled once for all views with the same names.
 */
int ngx_shop_failover_place_resolve(void *data,
    const ngx_shop_failover_str_t *name,
    ngx_shop_failover_template_name_t *result);
int ngx_shop_failover_place_get(void *data, unsigned id, unsigned item,
    ngx_shop_failover_str_t *value);


#endif /* _NGX_SHOP_FAILOVER_PLACE_H_INCLUDED_ */
