
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * Places of a page's template; docs/page-authoring.md has the names.
 */


#ifndef _NGX_SHOP_PLACEHOLDERS_H_INCLUDED_
#define _NGX_SHOP_PLACEHOLDERS_H_INCLUDED_


#include "logic/words/template.h"
#include "logic/words/view.h"


/*
 * For template_compile() and template_render(): names to numbers, and numbers
 * to values.  The data of resolve is a view of which only vars and nvars
 * count: a template is compiled once for all views with the same names.
 */
int ngx_shop_placeholders_resolve(void *data, const ngx_shop_str_t *name,
    ngx_shop_template_name_t *result);
int ngx_shop_placeholders_get(void *data, unsigned id, unsigned item,
    ngx_shop_str_t *value);


#endif /* _NGX_SHOP_PLACEHOLDERS_H_INCLUDED_ */
