
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * Times of day as a screen shows them, which names its zone once.  Knows no
 * clock: "now" is an argument.
 */


#ifndef _NGX_SHOP_CLOCKFACE_H_INCLUDED_
#define _NGX_SHOP_CLOCKFACE_H_INCLUDED_


#include "logic/flag/times.h"


/*
 * "04:30:07", or "04:30" where it is an hour away or more; with its date where
 * that is another day's, and with its zone where the clocks are set between
 * the two.  buf of TIMES_LEN; returns the length.
 */
size_t ngx_shop_clockface_write(unsigned char *buf, int64_t at, int64_t now);

/* the same of a time that was written to the minute, such as an update's */
size_t ngx_shop_clockface_minute(unsigned char *buf, int64_t at, int64_t now);

/* "2026-11-21 04:30:07", and "CET": what a screen names once */
size_t ngx_shop_clockface_now(unsigned char *buf, int64_t now);
size_t ngx_shop_clockface_zone(unsigned char *buf, int64_t now);


#endif /* _NGX_SHOP_CLOCKFACE_H_INCLUDED_ */
