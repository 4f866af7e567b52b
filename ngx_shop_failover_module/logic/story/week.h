
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * How much a site is used in each hour of the week: what is usual, out of the
 * weeks before, the newest of which count most.
 */


#ifndef _NGX_SHOP_WEEK_H_INCLUDED_
#define _NGX_SHOP_WEEK_H_INCLUDED_


#include "logic/text/base.h"


#define NGX_SHOP_WEEK_HOURS   168
#define NGX_SHOP_WEEK_UNIT    64         /* of "usual": in parts of one */
#define NGX_SHOP_WEEK_MEMORY  4          /* the newest week counts a quarter */


typedef enum {
    NGX_SHOP_WEEK_REQUESTS = 0,
    NGX_SHOP_WEEK_PAGES,
    NGX_SHOP_WEEK_POSTS,
    NGX_SHOP_WEEK_N
} ngx_shop_week_e;


/*
 * Zeroed: nothing is known.  Kept in shared memory and in the state file.
 * Hours are those of the machine's time zone; 0 is Monday, 0:00.
 */
typedef struct {
    int64_t   hour;                      /* that goes on, its number */
    uint32_t  open;                      /* ms of it that all was open */
    uint32_t  sums[NGX_SHOP_WEEK_N];     /* in these */
    uint32_t  usual[NGX_SHOP_WEEK_HOURS * NGX_SHOP_WEEK_N];
    uint8_t   weeks[NGX_SHOP_WEEK_HOURS];    /* that it is made of */
} ngx_shop_week_t;


/* the number of an hour, of Unix seconds and how far the zone is ahead */
#define ngx_shop_week_number(at, ahead)  (((at) + (ahead)) / 3600)

/* which of the week; the year 1970 began on a Thursday */
#define ngx_shop_week_hour(number)                                           \
    ((unsigned) (((number) + 72) % NGX_SHOP_WEEK_HOURS))

/*
 * In the hour with that number, so many ms of an open site saw so many
 * requests, pages and POSTs.  An hour of which less than half was seen says
 * nothing, so that neither a closing nor a restart looks like a quiet hour.
 */
void ngx_shop_week_add(ngx_shop_week_t *week, int64_t number, uint32_t ms,
    const uint32_t counts[NGX_SHOP_WEEK_N]);


#endif /* _NGX_SHOP_WEEK_H_INCLUDED_ */
