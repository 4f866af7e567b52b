
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * What a person would want to know of a flag whose lines are all good.
 */


#include <stddef.h>

#include "logic/flag/flag.h"
#include "logic/flag/times.h"


#define ngx_shop_flag_doubt_offset(member)                                   \
    offsetof(ngx_shop_flag_notice_t, member)

#define ngx_shop_flag_doubt_time(notice, offset)                             \
    ((const void *) ((const unsigned char *) (notice) + (offset)))


/* promises; what they say once they are over */
static const struct {
    size_t                 offset;
    ngx_shop_flag_doubt_t  row;
} ngx_shop_flag_doubt_promises[] = {

    { ngx_shop_flag_doubt_offset(eta),
      { "eta", "is over, and visitors read that it takes longer; promise "
        "another time, or none" } },

    { ngx_shop_flag_doubt_offset(next_update),
      { "next-update", "is over: a message was promised and is overdue" } }
};


/* one that has to be after another one */
static const struct {
    size_t                 later;
    size_t                 earlier;
    ngx_shop_flag_doubt_t  row;
} ngx_shop_flag_doubt_order[] = {

    { ngx_shop_flag_doubt_offset(until), ngx_shop_flag_doubt_offset(start),
      { "until", "is not after start: the shop is never closed" } },

    { ngx_shop_flag_doubt_offset(eta), ngx_shop_flag_doubt_offset(start),
      { "eta", "is not after start: it is over before the shop closes" } },

    { ngx_shop_flag_doubt_offset(until), ngx_shop_flag_doubt_offset(eta),
      { "eta", "is after until, which opens the shop before" } }
};


/* local times; a start of this kind is refused by the parser */
static const struct {
    size_t                 offset;
    const char            *key;
} ngx_shop_flag_doubt_times[] = {
    { ngx_shop_flag_doubt_offset(eta), "eta" },
    { ngx_shop_flag_doubt_offset(until), "until" },
    { ngx_shop_flag_doubt_offset(next_update), "next-update" }
};


static const char  *ngx_shop_flag_doubt_clocks[] = {
    NULL,
    "comes twice, as clocks are set back then: the first of the two is "
    "meant; write +45m, or the time with its zone",
    "is left out, as clocks are set forward then: it counts as if they were "
    "not; write +45m, or the time with its zone"
};


unsigned
ngx_shop_flag_doubt(const ngx_shop_flag_notice_t *notice, int64_t now,
    int over, ngx_shop_flag_doubt_t *doubts)
{
    unsigned                     i, n, how;
    ngx_shop_str_t               text;
    const ngx_shop_flag_time_t  *a, *b;

    n = 0;

    for (i = 0; !over && i < 2; i++) {
        a = ngx_shop_flag_doubt_time(notice,
                                     ngx_shop_flag_doubt_promises[i].offset);

        if (a->at && a->at <= now) {
            doubts[n++] = ngx_shop_flag_doubt_promises[i].row;
        }
    }

    for (i = 0; i < 3; i++) {
        a = ngx_shop_flag_doubt_time(notice,
                                     ngx_shop_flag_doubt_order[i].later);
        b = ngx_shop_flag_doubt_time(notice,
                                     ngx_shop_flag_doubt_order[i].earlier);

        if (a->at && b->at
            && (a->at < b->at || (a->at == b->at && i < 2)))
        {
            doubts[n++] = ngx_shop_flag_doubt_order[i].row;
        }
    }

    for (i = 0; i < 3; i++) {
        a = ngx_shop_flag_doubt_time(notice,
                                     ngx_shop_flag_doubt_times[i].offset);
        text = ngx_shop_flag_text(notice, a->text);
        how = a->at ? (unsigned) ngx_shop_times_doubt(&text, a->at) : 0;

        if (how) {
            doubts[n].key = ngx_shop_flag_doubt_times[i].key;
            doubts[n++].text = ngx_shop_flag_doubt_clocks[how];
        }
    }

    return n;
}
