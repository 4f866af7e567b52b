
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * The local zone (TZ): what clocks show <-> instants.  Must not ask the clock,
 * and must give one answer for one question: mktime() is not used, because in
 * the hours when summer time begins and ends its answer depends on the calls
 * before.  Does not know how times are written.
 *
 * "civil" is what a calendar and a clock show, as seconds since 1970 as if
 * they were in UTC.  Instants are Unix seconds.  Both are to lie between the
 * years 1 and 9999.
 */


#ifndef _NGX_SHOP_CALENDAR_H_INCLUDED_
#define _NGX_SHOP_CALENDAR_H_INCLUDED_


#include "logic/text/base.h"


#define NGX_SHOP_CALENDAR_DAY  86400

/* 9999-12-31T23:59:59Z, the last that RFC 3339 can write */
#define NGX_SHOP_CALENDAR_MAX  ((int64_t) 253402300799)


/* midnight of a day, as civil; ERROR: there is no such day */
int ngx_shop_calendar_day(int year, int month, int day, int64_t *civil);

/*
 * The instants at which local clocks show civil, in order; returns how many:
 * usually one, two in the hour that comes twice.  In the hour that is left
 * out: the one by the offset before it (the rule of RFC 5545, 3.3.5).
 */
unsigned ngx_shop_calendar_instants(int64_t civil, int64_t at[2]);

/* what local clocks show at an instant, as civil */
int64_t ngx_shop_calendar_shown(int64_t at);

/*
 * The instant nearest to ref at which local clocks show a minute of the day
 * (0 to 1439): the first after ref, or the last that is not after it.
 */
int64_t ngx_shop_calendar_next(int minute, int64_t ref);
int64_t ngx_shop_calendar_last(int minute, int64_t ref);


#endif /* _NGX_SHOP_CALENDAR_H_INCLUDED_ */
