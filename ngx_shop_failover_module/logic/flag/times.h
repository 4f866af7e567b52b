
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * Points in time as people write and read them.  Knows no clock: "now" is
 * an argument.  Uses the process's time zone (TZ) for times without one.
 */


#ifndef _NGX_SHOP_TIMES_H_INCLUDED_
#define _NGX_SHOP_TIMES_H_INCLUDED_


#include "logic/text/base.h"


/* enough for every text that this file writes */
#define NGX_SHOP_TIMES_LEN  64


/*
 * "+45m", "+1h30m", "+90s", "+2d" (counted from anchor; a unit is required, so
 * that a torn "+4" is refused and not misread), "04:30" (the next such time
 * after anchor, local zone), "2026-11-21 04:30[:00]" (local zone), RFC 3339.
 * Refused: ambiguous dates ("11/12"), impossible ones, trailing bytes, RFC
 * 3339 without its zone (it may be torn), what is before 1970 or after 9999.
 *
 * A local time that the end of summer time makes twice is the first of the two
 * ("04:30": the first that is after anchor); one that its start leaves out
 * counts as if the clocks had not changed.
 *
 * NGX_SHOP_OK and *at (Unix seconds, above 0), or ERROR and *reason:
 * a text of ngx_shop_times_parse_reason() for a person, e.g. "no unit after
 * the number, write +45m".
 */
int ngx_shop_times_parse(const ngx_shop_str_t *text, int64_t anchor,
    int64_t *at, const char **reason);

/*
 * "04:30" of something that was said already: the latest such local time that
 * is not after limit.  OK and *at, or ERROR: not HH:MM.
 */
int ngx_shop_times_last(const ngx_shop_str_t *text, int64_t limit,
    int64_t *at);

/* every text that *reason may get, from 0; NULL past the last */
const char *ngx_shop_times_parse_reason(unsigned i);

/* whether the text is counted from an anchor ("+...") */
int ngx_shop_times_parse_is_relative(const ngx_shop_str_t *text);

/* a local time in the hours in which clocks are changed */
typedef enum {
    NGX_SHOP_TIMES_CLEAR = 0,
    NGX_SHOP_TIMES_TWICE,        /* set back: there are two of it */
    NGX_SHOP_TIMES_NEVER         /* set forward: it is left out */
} ngx_shop_times_doubt_e;

/* of a text that ngx_shop_times_parse() has read as that instant */
ngx_shop_times_doubt_e ngx_shop_times_doubt(const ngx_shop_str_t *text,
    int64_t at);

/*
 * "45s", "10m", "1h30m", "1h 30m", "2d": a length, not a point.  Seconds, at
 * most ten years.  For shopctl and control requests; no sign, a unit is
 * required, units go from large to small.
 */
int ngx_shop_times_parse_length(const ngx_shop_str_t *text, int64_t *seconds,
    const char **reason);

/*
 * The writers below take a buf of TIMES_LEN, return the length and promise no
 * NUL.  A time before 1970 or after 9999 is written as that end.
 */

/* RFC 3339 in UTC, "2026-11-21T03:30:00Z" */
size_t ngx_shop_times_rfc3339(unsigned char *buf, int64_t at);

/* the same in the local zone with its offset, "2026-11-21T04:30:00+01:00" */
size_t ngx_shop_times_rfc3339_local(unsigned char *buf, int64_t at);

/* "2026-11-21 04:30 CET" in the local zone, for operators */
size_t ngx_shop_times_local(unsigned char *buf, int64_t at);

/*
 * "1h 20m", "45s", "3d 4h": how long, the largest unit and the one below it,
 * cut and not rounded; below 0 counts as "0s"
 */
size_t ngx_shop_times_length(unsigned char *buf, int64_t seconds);

/*
 * The Retry-After of an answer, in seconds: eta - now where an ETA is known
 * and not passed, else def; clipped to [min, max]; then up to 25 % more, by
 * rnd (any number), so that waiting clients do not come back all at once;
 * never above max and never below 1.
 */
int64_t ngx_shop_times_retry_after(int64_t eta, int64_t now, int64_t def,
    int64_t min, int64_t max, uint32_t rnd);


#endif /* _NGX_SHOP_TIMES_H_INCLUDED_ */
