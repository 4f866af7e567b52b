
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * Time for programs that wait: a clock that nobody sets.
 */


#ifndef _NGX_SHOP_PULSE_H_INCLUDED_
#define _NGX_SHOP_PULSE_H_INCLUDED_


#include <stdint.h>


/* ms, monotonic */
int64_t ngx_shop_pulse_msec(void);

/* ms of the wall clock */
int64_t ngx_shop_pulse_wall(void);

/* ends early when a signal comes */
void ngx_shop_pulse_sleep(int64_t msec);


#endif /* _NGX_SHOP_PULSE_H_INCLUDED_ */
