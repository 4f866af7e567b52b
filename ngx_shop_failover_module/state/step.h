
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * For a test alone: the places between two stores into shared memory, so that
 * a worker can be killed at each of them (t/kill_steps.t).  Only a build with
 * -DNGX_SHOP_FAILOVER_STEPS has them, in what is installed there is no trace.
 */


#ifndef _NGX_SHOP_FAILOVER_STEP_H_INCLUDED_
#define _NGX_SHOP_FAILOVER_STEP_H_INCLUDED_


#if (NGX_SHOP_FAILOVER_STEPS)

void ngx_shop_failover_step_at(const char *file, int line);

#define ngx_shop_failover_step()                                             \
    ngx_shop_failover_step_at(__FILE__, __LINE__)

/* one that the test's shop does not come to in time */
#define ngx_shop_failover_step_rare()  ngx_shop_failover_step()

#else

#define ngx_shop_failover_step()
#define ngx_shop_failover_step_rare()

#endif


#endif /* _NGX_SHOP_FAILOVER_STEP_H_INCLUDED_ */
