
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * The mutex of a zone as the master takes it, at a reload.  It must not wait
 * for a process that never lets it go.
 */


#ifndef _NGX_SHOP_LOCK_H_INCLUDED_
#define _NGX_SHOP_LOCK_H_INCLUDED_


#include "state/model.h"


/*
 * NGX_OK: it is ours, and ngx_shmtx_unlock() gives it back.  NGX_BUSY: a
 * process holds it that lives and does not go on; told, as the reload cannot.
 */
ngx_int_t ngx_shop_lock_take(ngx_slab_pool_t *shpool, ngx_log_t *log);


#endif /* _NGX_SHOP_LOCK_H_INCLUDED_ */
