
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * The files of a page, by their names in a page directory.
 */


#ifndef _NGX_SHOP_SKIN_SOURCE_H_INCLUDED_
#define _NGX_SHOP_SKIN_SOURCE_H_INCLUDED_


#include "nginx/conf.h"

#include "logic/text/base.h"


/* a source with the name that errors are told by */
typedef struct {
    ngx_str_t         name;
    ngx_shop_str_t    data;
} ngx_shop_skin_source_t;


/* OK, or DECLINED: there is none of this name */
ngx_int_t ngx_shop_skin_source_builtin(const char *name,
    ngx_shop_skin_source_t *source);

/* ERROR after it was logged why; DECLINED: there is none, also without a dir */
ngx_int_t ngx_shop_skin_source_file(ngx_conf_t *cf, ngx_str_t *dir,
    const char *name, ngx_shop_skin_source_t *source);


#endif /* _NGX_SHOP_SKIN_SOURCE_H_INCLUDED_ */
