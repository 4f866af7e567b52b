
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * The time, as all workers see it.
 */


#ifndef _NGX_SHOP_CLOCK_H_INCLUDED_
#define _NGX_SHOP_CLOCK_H_INCLUDED_


#include "state/layout.h"


/* "now" for since, eta and the like: Unix seconds */
#define ngx_shop_clock_now()  ((int64_t) ngx_time())

/* by how many seconds the machine's time zone is ahead of UTC */
#define ngx_shop_clock_ahead()                                               \
    ((int64_t) ((ngx_time_t *) ngx_cached_time)->gmtoff * 60)

/*
 * "now" for what workers share: monotonic, ms.  Each worker has the time of its
 * last look at the clock; here none is earlier than what another has noted.
 * With the lock or without.
 */
ngx_msec_t ngx_shop_clock_msec(ngx_shop_layout_t *sh);

/*
 * The time of day by which records are kept, Unix s: that of the monotonic
 * clock, ahead by what shift knows of.  With it a worker that has not yet seen
 * a step of the clock, and one that has, agree about the day.  With the lock.
 */
int64_t ngx_shop_clock_day_locked(ngx_shop_layout_t *sh);

/* Unix ms, for what outlives a restart */
int64_t ngx_shop_clock_unix(void);


#endif /* _NGX_SHOP_CLOCK_H_INCLUDED_ */
