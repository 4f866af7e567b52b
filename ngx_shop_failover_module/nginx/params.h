
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * Parameters of a directive ("name=value"), parsed from a table.
 */


#ifndef _NGX_SHOP_PARAMS_H_INCLUDED_
#define _NGX_SHOP_PARAMS_H_INCLUDED_


#include "nginx/compat.h"


typedef enum {
    NGX_SHOP_PARAMS_STR = 0,      /* ngx_str_t, not empty */
    NGX_SHOP_PARAMS_MSEC,         /* ngx_msec_t, min..max in ms */
    NGX_SHOP_PARAMS_SEC,          /* ngx_int_t, min..max in s */
    NGX_SHOP_PARAMS_NUM,          /* ngx_int_t, min..max */
    NGX_SHOP_PARAMS_PERCENT,      /* ngx_int_t, "10%" */
    NGX_SHOP_PARAMS_FLAG,         /* ngx_flag_t, "name" or "=on|off" */
    NGX_SHOP_PARAMS_ENUM          /* ngx_uint_t, ngx_conf_enum_t */
} ngx_shop_params_kind_e;


typedef struct {
    ngx_str_t                name;
    ngx_shop_params_kind_e   type;
    size_t                   offset;
    ngx_int_t                min;
    ngx_int_t                max;
    ngx_conf_enum_t         *values;
    const char              *expected;   /* what would be right */
} ngx_shop_params_t;


/*
 * Parses the arguments from number first on into base.  At most 32
 * parameters; the table ends with a null name.  An unknown one, a bad value,
 * or one given twice is an error that names it.
 */
char *ngx_shop_params_parse(ngx_conf_t *cf, ngx_shop_params_t *table,
    ngx_uint_t first, void *base);


#endif /* _NGX_SHOP_PARAMS_H_INCLUDED_ */
