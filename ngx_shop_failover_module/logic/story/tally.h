
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * How long a site was open, closed as planned, and out of order, over 7, 30 and
 * 365 days; and what is left of a promise.  The rules of what counts are here,
 * for nginx and for shopctl.
 */


#ifndef _NGX_SHOP_TALLY_H_INCLUDED_
#define _NGX_SHOP_TALLY_H_INCLUDED_


#include "logic/text/emit.h"


#define NGX_SHOP_TALLY_DAYS     30
#define NGX_SHOP_TALLY_PIECES   73       /* of a year */
#define NGX_SHOP_TALLY_PIECE    5        /* days */

/* of a promise: 100 %, in millionths of a percent */
#define NGX_SHOP_TALLY_HUNDRED  ((int64_t) 100 * 1000000)


typedef enum {
    NGX_SHOP_TALLY_KNOWN = 0,            /* of all that was counted */
    NGX_SHOP_TALLY_PLANNED,
    NGX_SHOP_TALLY_UNPLANNED,
    NGX_SHOP_TALLY_N
} ngx_shop_tally_e;


typedef enum {
    NGX_SHOP_TALLY_WEEK = 0,
    NGX_SHOP_TALLY_MONTH,
    NGX_SHOP_TALLY_YEAR,
    NGX_SHOP_TALLY_WINDOWS
} ngx_shop_tally_window_e;


/* where the newest stands in a ring: its number is base + turn */
typedef struct {
    int64_t   base;
    uint64_t  turn;
} ngx_shop_tally_ring_t;


/*
 * Seconds by day of UTC, and by five days for the year.  Zeroed: nothing is
 * known.  Kept in shared memory and in the state file.
 */
typedef struct {
    ngx_shop_tally_ring_t  day;
    ngx_shop_tally_ring_t  piece;
    uint32_t               rest[NGX_SHOP_TALLY_N];    /* ms, below 1000 */
    uint32_t               days[NGX_SHOP_TALLY_DAYS * NGX_SHOP_TALLY_N];
    uint32_t               pieces[NGX_SHOP_TALLY_PIECES * NGX_SHOP_TALLY_N];
} ngx_shop_tally_t;


/* ms, of one window */
typedef struct {
    int64_t  ms[NGX_SHOP_TALLY_N];
} ngx_shop_tally_sum_t;


/*
 * What time in a state counts as: outage is set where what closed the site was
 * one, and a flag alone keeps it shut.  KNOWN: visitors are served.
 */
ngx_shop_tally_e ngx_shop_tally_kind(unsigned state, unsigned outage);

/*
 * So many ms, up to now (Unix s), counted as that.  The length is measured by a
 * clock that nobody sets; now only says which day it is.
 */
void ngx_shop_tally_add(ngx_shop_tally_t *tally, ngx_shop_tally_e kind,
    uint64_t ms, int64_t now);

/* the clock was set: days stay so many days ago */
int64_t ngx_shop_tally_shift_days(int64_t seconds, unsigned days);

/* today and the days before, of a window */
void ngx_shop_tally_sum(const ngx_shop_tally_t *tally, unsigned window,
    int64_t now, ngx_shop_tally_sum_t *sum);

/* 7, 30, 365; "7d", "30d", "365d" */
unsigned ngx_shop_tally_days(unsigned window);
const char *ngx_shop_tally_name(unsigned window);

/* served of what was not planned otherwise, in millionths, cut; -1: unknown */
int64_t ngx_shop_tally_share(const ngx_shop_tally_sum_t *sum);

/* ms of outages that a promise has room for, in what was counted */
int64_t ngx_shop_tally_allowed(const ngx_shop_tally_sum_t *sum,
    int64_t promise);

/* ... that are left of them; below 0: it is broken */
#define ngx_shop_tally_left(sum, promise)                                    \
    (ngx_shop_tally_allowed(sum, promise)                                    \
     - (sum)->ms[NGX_SHOP_TALLY_UNPLANNED])

/* whether all of a window is known, but the part of a day, and starts */
#define ngx_shop_tally_whole(sum, window)                                    \
    ((sum)->ms[NGX_SHOP_TALLY_KNOWN] / 1000                                  \
     >= (int64_t) (ngx_shop_tally_days(window) - 1) * 86400 * 98 / 100)

/*
 * "99.95" or "99.95%", in millionths of a percent.  0: it is no percentage
 * above 0 and below 100.
 */
int64_t ngx_shop_tally_promise(const unsigned char *data, size_t len);

/* of tally_share() or a promise: "99.95", without zeros at its end */
size_t ngx_shop_tally_percent(unsigned char *buf, int64_t millionths);

#define NGX_SHOP_TALLY_PERCENT_LEN  16

/*
 * "99.801 %, 20m of outages, 0s closed as planned; left: 2h of 3h": with a
 * promise (0: none) also what is left of it.
 */
size_t ngx_shop_tally_told(unsigned char *buf,
    const ngx_shop_tally_sum_t *sum, int64_t promise);

#define NGX_SHOP_TALLY_TOLD_LEN     256

/* all windows, as docs/status.schema.json has them */
void ngx_shop_tally_told_json(ngx_shop_emit_t *e, const char *key,
    const ngx_shop_tally_sum_t *sums, int64_t promise);


#endif /* _NGX_SHOP_TALLY_H_INCLUDED_ */
