
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * Availability in words and as JSON: the same in the status, on its screens and
 * in shopctl.
 */


#include "logic/story/tally.h"
#include "logic/flag/times.h"

#include <stdio.h>


static size_t ngx_shop_tally_told_text(unsigned char *buf, size_t n,
    const char *text);
static int64_t ngx_shop_tally_told_floor(int64_t ms);
static int64_t ngx_shop_tally_told_ceil(int64_t ms);
static void ngx_shop_tally_told_decimal(ngx_shop_emit_t *e, const char *key,
    int64_t millionths);


/* whole seconds: an outage is not shorter than it was, nor is more left */

size_t
ngx_shop_tally_told(unsigned char *buf, const ngx_shop_tally_sum_t *sum,
    int64_t promise)
{
    size_t   n;
    int64_t  share, left;

    share = ngx_shop_tally_share(sum);

    if (share < 0) {
        n = ngx_shop_tally_told_text(buf, 0, "never open: ");

    } else {
        n = (size_t) snprintf((char *) buf, 16, "%d.%03d %%, ",
                              (int) (share / 1000000),
                              (int) (share % 1000000 / 1000));
    }

    n += ngx_shop_times_length(buf + n,
                               ngx_shop_tally_told_ceil(
                                   sum->ms[NGX_SHOP_TALLY_UNPLANNED]));
    n = ngx_shop_tally_told_text(buf, n, " of outages, ");
    n += ngx_shop_times_length(buf + n,
                               sum->ms[NGX_SHOP_TALLY_PLANNED] / 1000);
    n = ngx_shop_tally_told_text(buf, n, " closed as planned");

    if (promise == 0) {
        return n;
    }

    left = ngx_shop_tally_left(sum, promise);

    if (left < 0) {
        n = ngx_shop_tally_told_text(buf, n, "; the promise is BROKEN by ");
        return n + ngx_shop_times_length(buf + n,
                                         ngx_shop_tally_told_ceil(-left));
    }

    n = ngx_shop_tally_told_text(buf, n, "; left: ");
    n += ngx_shop_times_length(buf + n, left / 1000);
    n = ngx_shop_tally_told_text(buf, n, " of ");

    return n + ngx_shop_times_length(buf + n,
                                     ngx_shop_tally_allowed(sum, promise)
                                     / 1000);
}


static size_t
ngx_shop_tally_told_text(unsigned char *buf, size_t n, const char *text)
{
    size_t  len;

    len = strlen(text);
    memcpy(buf + n, text, len);

    return n + len;
}


void
ngx_shop_tally_told_json(ngx_shop_emit_t *e, const char *key,
    const ngx_shop_tally_sum_t *sums, int64_t promise)
{
    int64_t                      share;
    unsigned                     i;
    const ngx_shop_tally_sum_t  *sum;

    ngx_shop_emit_object(e, key);
    ngx_shop_tally_told_decimal(e, "promise", promise ? promise : -1);
    ngx_shop_emit_array(e, "windows");

    for (i = 0; i < NGX_SHOP_TALLY_WINDOWS; i++) {
        sum = &sums[i];
        share = ngx_shop_tally_share(sum);

        ngx_shop_emit_object(e, NULL);
        ngx_shop_emit_int(e, "days", ngx_shop_tally_days(i));
        ngx_shop_emit_int(e, "known", sum->ms[NGX_SHOP_TALLY_KNOWN] / 1000);
        ngx_shop_emit_int(e, "planned",
                          sum->ms[NGX_SHOP_TALLY_PLANNED] / 1000);
        ngx_shop_emit_int(e, "unplanned",
                          ngx_shop_tally_told_ceil(
                              sum->ms[NGX_SHOP_TALLY_UNPLANNED]));
        ngx_shop_tally_told_decimal(e, "percent", share);

        if (promise) {
            ngx_shop_emit_int(e, "allowed",
                              ngx_shop_tally_allowed(sum, promise) / 1000);
            ngx_shop_emit_int(e, "left", ngx_shop_tally_told_floor(
                                         ngx_shop_tally_left(sum, promise)));

        } else {
            ngx_shop_emit_null(e, "allowed");
            ngx_shop_emit_null(e, "left");
        }

        ngx_shop_emit_close(e, '}');
    }

    ngx_shop_emit_close(e, ']');
    ngx_shop_emit_close(e, '}');
}


static int64_t
ngx_shop_tally_told_floor(int64_t ms)
{
    return ms >= 0 ? ms / 1000 : -ngx_shop_tally_told_ceil(-ms);
}


static int64_t
ngx_shop_tally_told_ceil(int64_t ms)
{
    return (ms + 999) / 1000;
}


static void
ngx_shop_tally_told_decimal(ngx_shop_emit_t *e, const char *key,
    int64_t millionths)
{
    unsigned char  buf[NGX_SHOP_TALLY_PERCENT_LEN];

    if (millionths < 0) {
        ngx_shop_emit_null(e, key);
        return;
    }

    ngx_shop_emit_digits(e, key, buf,
                         ngx_shop_tally_percent(buf, millionths));
}
