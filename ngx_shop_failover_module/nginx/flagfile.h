
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * The flag on disk: its signature and its bytes.
 */


#ifndef _NGX_SHOP_FAILOVER_FLAGFILE_H_INCLUDED_
#define _NGX_SHOP_FAILOVER_FLAGFILE_H_INCLUDED_


#include "nginx/conf.h"


/*
 * What stands at path, without reading it.  NGX_OK: *sig is set, size -1 where
 * there is nothing.  NGX_ERROR: it cannot be told (*err), the last known
 * state is to stay.
 */
ngx_int_t ngx_shop_failover_flagfile_look(ngx_str_t *path,
    ngx_shop_failover_signature_t *sig, ngx_err_t *err);

/*
 * Reads at most size bytes.  NGX_OK: *n bytes, *sig is of what was read.
 * NGX_DECLINED: it is gone.  NGX_BUSY: it is there but cannot be read (*err;
 * EFBIG: larger than size).  NGX_ERROR: it cannot be told (*err).
 */
ngx_int_t ngx_shop_failover_flagfile_read(ngx_str_t *path,
    ngx_shop_failover_signature_t *sig, u_char *buf, size_t size, size_t *n,
    ngx_err_t *err);


#endif /* _NGX_SHOP_FAILOVER_FLAGFILE_H_INCLUDED_ */
