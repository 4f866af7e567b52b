
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * The page templates and translations of html/, as html/embed.pl turned them
 * into C: "page.html", "page.txt", then "lang/en.txt" and the other languages
 * by name.  Read only; what is in them is described in docs/page-authoring.md.
 */


#ifndef _NGX_SHOP_ASSETS_H_INCLUDED_
#define _NGX_SHOP_ASSETS_H_INCLUDED_


#include "logic/text/base.h"


typedef struct {
    ngx_shop_str_t  name;       /* as the file in a page directory */
    ngx_shop_str_t  data;
} ngx_shop_assets_entry_t;


extern const ngx_shop_assets_entry_t  ngx_shop_assets[];
extern const unsigned                 ngx_shop_assets_n;

/* the asset of this name, or NULL; name ends with a NUL */
const ngx_shop_assets_entry_t *ngx_shop_assets_find(const char *name);

/* of the operator's screen; each ends with a NUL */
extern const char  ngx_shop_assets_status_css[];
extern const char  ngx_shop_assets_status_js[];


#endif /* _NGX_SHOP_ASSETS_H_INCLUDED_ */
