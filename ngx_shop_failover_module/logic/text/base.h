
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * The few types that all of logic/ shares.  libc only: no nginx header, no
 * I/O, no clock; time and bytes come in as arguments.
 */


#ifndef _NGX_SHOP_BASE_H_INCLUDED_
#define _NGX_SHOP_BASE_H_INCLUDED_


#include <stddef.h>
#include <stdint.h>
#include <string.h>


/*
 * The same layout as ngx_str_t, so that the glue passes an ngx_str_t by a
 * cast; never NUL-terminated by contract, and data is not owned.
 */
typedef struct {
    size_t                len;
    const unsigned char  *data;
} ngx_shop_str_t;


/* A piece of a text buffer that lives beside it: no pointer, fits in shm. */
typedef struct {
    uint16_t              off;
    uint16_t              len;
} ngx_shop_span_t;


/* Return codes of logic/; the values of NGX_OK, NGX_ERROR, NGX_AGAIN, ... */
#define NGX_SHOP_OK         0
#define NGX_SHOP_ERROR     -1
#define NGX_SHOP_AGAIN     -2
#define NGX_SHOP_DECLINED  -5


#define ngx_shop_string(s)                                                   \
    { sizeof(s) - 1, (const unsigned char *) s }


#endif /* _NGX_SHOP_BASE_H_INCLUDED_ */
