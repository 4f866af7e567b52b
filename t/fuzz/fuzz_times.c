
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * Any text as a time: what is read can be written and read again as the same,
 * a time of day lies within a day or so of what it counts from, and the same
 * text is always the same time.
 */


#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <time.h>

#include "fuzz.h"
#include "logic/flag/calendar.h"
#include "logic/flag/times.h"


/* longer than any day with a change of the clocks */
#define FUZZ_TIMES_DAY  (26 * 3600)


int LLVMFuzzerInitialize(int *argc, char ***argv);


/* "+01:00" is an hour before "Z", of the same day and time of day */

static void
fuzz_times_zone(const ngx_shop_str_t *text, int64_t at)
{
    int64_t                utc, offset;
    const char            *reason;
    unsigned char          buf[64];
    ngx_shop_str_t         s;
    const unsigned char   *p;

    if (text->len < 16 || text->len > sizeof(buf)) {
        return;
    }

    p = text->data + text->len - 6;

    if ((*p != '+' && *p != '-') || p[3] != ':') {
        return;
    }

    offset = ((p[1] - '0') * 10 + p[2] - '0') * 3600
             + ((p[4] - '0') * 10 + p[5] - '0') * 60;

    memcpy(buf, text->data, text->len);
    s.data = buf;
    s.len = text->len - 5;
    buf[s.len - 1] = 'Z';

    if (ngx_shop_times_parse(&s, 0, &utc, &reason) == NGX_SHOP_OK) {
        fuzz_holds(at == (*p == '+' ? utc - offset : utc + offset));
    }
}


static void
fuzz_times_point(const ngx_shop_str_t *text, int64_t anchor)
{
    int             rc;
    int64_t         at, again, last;
    const char     *reason;
    unsigned char   buf[NGX_SHOP_TIMES_LEN];
    ngx_shop_str_t  written;

    reason = NULL;
    rc = ngx_shop_times_parse(text, anchor, &at, &reason);

    if (rc != NGX_SHOP_OK) {
        fuzz_holds(reason != NULL);
        return;
    }

    fuzz_holds(at > 0 && at <= NGX_SHOP_CALENDAR_MAX);
    fuzz_times_zone(text, at);

    written.len = ngx_shop_times_rfc3339(buf, at);
    written.data = buf;
    fuzz_holds(ngx_shop_times_parse(&written, 0, &again,
                                    &reason)
               == NGX_SHOP_OK);
    fuzz_holds(again == at);

    /* a call in between must not change what is said */

    fuzz_holds(ngx_shop_times_parse(text, anchor, &again,
                                    &reason)
               == NGX_SHOP_OK);
    fuzz_holds(again == at);

    fuzz_holds(ngx_shop_times_local(buf, at) > 0);

    if (ngx_shop_times_parse_is_relative(text)) {
        fuzz_holds(at >= anchor);
    }

    if (ngx_shop_times_last(text, anchor, &last) == NGX_SHOP_OK) {
        fuzz_holds(at > anchor && at - anchor <= FUZZ_TIMES_DAY);
        fuzz_holds(last <= anchor && anchor - last <= FUZZ_TIMES_DAY);
    }
}


static void
fuzz_times_length(const ngx_shop_str_t *text)
{
    int64_t         seconds, again;
    const char     *reason;
    unsigned char   buf[NGX_SHOP_TIMES_LEN];
    ngx_shop_str_t  written;

    if (ngx_shop_times_parse_length(text, &seconds, &reason) != NGX_SHOP_OK) {
        return;
    }

    fuzz_holds(seconds >= 0);

    /* the two largest units: never more than was read */

    written.len = ngx_shop_times_length(buf, seconds);
    written.data = buf;
    fuzz_holds(ngx_shop_times_parse_length(&written, &again,
                                           &reason)
               == NGX_SHOP_OK);
    fuzz_holds(again <= seconds && seconds - again < 3600);
}


int
LLVMFuzzerInitialize(int *argc, char ***argv)
{
    (void) argc;
    (void) argv;

    setenv("TZ", "CET-1CEST,M3.5.0,M10.5.0/3", 1);
    tzset();

    return 0;
}


/* eight bytes for the anchor, then the text */

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    int64_t         n, min, max, wait;
    ngx_shop_str_t  text;

    if (size < 8) {
        return 0;
    }

    memcpy(&n, data, 8);
    text.data = data + 8;
    text.len = size - 8;

    fuzz_times_point(&text, n);
    fuzz_times_point(&text, 1774742400 + n % 31536000);  /* 2025 to 2027 */
    fuzz_times_length(&text);

    min = n & 0xFFF;
    max = (n >> 12) & 0xFFFF;
    wait = ngx_shop_times_retry_after(n, n / 3, n >> 40, min, max,
                                      (uint32_t) (n >> 20));
    fuzz_holds(wait >= 1 && (wait <= max || wait == 1));
    fuzz_holds(wait >= min || min > max);

    return 0;
}
