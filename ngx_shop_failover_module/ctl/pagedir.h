
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * The files that a page is made of: built in, and over them those of a
 * directory, as nginx has them with "shop_page_dir".
 */


#ifndef _NGX_SHOP_PAGEDIR_H_INCLUDED_
#define _NGX_SHOP_PAGEDIR_H_INCLUDED_


#include "logic/text/base.h"


/* stays until the program ends; name is told in errors */
typedef struct {
    const char      *name;
    ngx_shop_str_t   data;
} ngx_shop_pagedir_source_t;


/* OK, also for NULL: no directory; ERROR after it was said that it is none */
int ngx_shop_pagedir_open(const char *dir);

/* OK, or DECLINED: none of this name is built in */
int ngx_shop_pagedir_builtin(const char *name,
    ngx_shop_pagedir_source_t *source);

/* OK; DECLINED: the directory has none; ERROR after it was said why */
int ngx_shop_pagedir_own(const char *name, ngx_shop_pagedir_source_t *source);

/* the built-in language next to this one, or NULL */
const char *ngx_shop_pagedir_nearest(const char *lang);

/* the codes of those that are built in, in one line on stderr */
void ngx_shop_pagedir_languages(void);


#endif /* _NGX_SHOP_PAGEDIR_H_INCLUDED_ */
