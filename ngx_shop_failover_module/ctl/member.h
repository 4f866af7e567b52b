
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * Members of a JSON that nginx answers, for a terminal.
 */


#ifndef _NGX_SHOP_MEMBER_H_INCLUDED_
#define _NGX_SHOP_MEMBER_H_INCLUDED_


#include "logic/text/json.h"


/* a text, safe for a terminal; 0 and "": there is none */
int ngx_shop_member_get(const ngx_shop_json_t *v, const char *path, char *buf,
    size_t size);

/* a number; 0 where there is none */
long ngx_shop_member_number(const ngx_shop_json_t *v, const char *path);

/* whether it is true */
int ngx_shop_member_true(const ngx_shop_json_t *v, const char *path);

/* a time, Unix s; 0 where there is none */
int64_t ngx_shop_member_time(const ngx_shop_json_t *v, const char *path,
    int64_t now);


#endif /* _NGX_SHOP_MEMBER_H_INCLUDED_ */
