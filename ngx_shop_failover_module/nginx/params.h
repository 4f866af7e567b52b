
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * Parameters of a directive ("name=value"), parsed from a table, which is the
 * one home of their limits and defaults: parsing and merging read it, and
 * t/docs/docs.t holds docs/directives.md against it.
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
    NGX_SHOP_PARAMS_SHARE,        /* ... or "10" */
    NGX_SHOP_PARAMS_FLAG,         /* ngx_flag_t, "name" or "=on|off" */
    NGX_SHOP_PARAMS_ENUM          /* ngx_uint_t, ngx_conf_enum_t */
} ngx_shop_params_kind_e;


typedef struct {
    ngx_str_t                name;       /* len 0: the directive's value */
    ngx_shop_params_kind_e   type;
    size_t                   offset;
    const char              *standard;   /* as it is written; NULL: none */
    ngx_int_t                min;
    ngx_int_t                max;
    ngx_conf_enum_t         *values;

    /*
     * What would be right: of a STR all that is said of it, of times and
     * shares an example, of a NUM what it counts, or NULL.
     */
    const char              *such;
} ngx_shop_params_t;


#define NGX_SHOP_PARAMS_DAY  86400000      /* ms */

#define ngx_shop_params_end  { ngx_null_string, 0, 0, NULL, 0, 0, NULL, NULL }


/*
 * Sets the defaults, and parses the arguments from number first on into base.
 * At most 32 parameters; the table ends with a null name.  An unknown one, a
 * bad value, or one given twice is an error that names it.
 */
char *ngx_shop_params_parse(ngx_conf_t *cf, ngx_shop_params_t *table,
    ngx_uint_t first, void *base);

/* a directive with one value */
char *ngx_shop_params_value(ngx_conf_t *cf, ngx_shop_params_t *param,
    void *base);

/* where a directive is not given: of one row, of all rows of a table */
void ngx_shop_params_standard(ngx_shop_params_t *param, void *base);
void ngx_shop_params_standards(ngx_shop_params_t *table, void *base);

/* whether "name=" is among the arguments */
ngx_uint_t ngx_shop_params_given(ngx_conf_t *cf, const char *name);


#endif /* _NGX_SHOP_PARAMS_H_INCLUDED_ */
