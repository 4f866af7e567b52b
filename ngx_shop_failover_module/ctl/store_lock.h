
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * One shopctl at a time: a lock on a directory.
 */


#ifndef _NGX_SHOP_STORE_LOCK_H_INCLUDED_
#define _NGX_SHOP_STORE_LOCK_H_INCLUDED_


/*
 * Until the process ends.  OK: we have it; DECLINED: somebody else has, for
 * longer than these seconds.  Where a file system has no locks it is OK, too.
 */
int ngx_shop_store_lock_take(int dir, unsigned seconds);


#endif /* _NGX_SHOP_STORE_LOCK_H_INCLUDED_ */
