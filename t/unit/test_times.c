
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * Points in time and lengths: what is read, what is refused and with which
 * words, and the nights when the clocks change.  Instants are written in RFC
 * 3339, so that a person can check them.
 */


#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <stdlib.h>
#include <time.h>
#include <cmocka.h>

#include "logic/flag/calendar.h"
#include "logic/flag/times.h"


/* rules are written out, so that no database of zones is needed */

static int
test_times_zone(const char *name)
{
    setenv("TZ", name, 1);
    tzset();

    return 0;
}


static int
test_times_setup(void **state)
{
    (void) state;

    return test_times_zone("CET-1CEST,M3.5.0,M10.5.0/3");
}


static ngx_shop_str_t
test_times_str(const char *text)
{
    ngx_shop_str_t  s;

    s.len = strlen(text);
    s.data = (const unsigned char *) text;

    return s;
}


/* a UTC time of RFC 3339 by the C library */

static int64_t
test_times_utc(const char *text)
{
    int64_t         at;
    const char     *reason;
    ngx_shop_str_t  s;

    s = test_times_str(text);

    if (ngx_shop_times_parse(&s, 1, &at, &reason) != NGX_SHOP_OK) {
        fail_msg("%s: %s", text, reason);
    }

    return at;
}


static void
test_times_is(const char *text, const char *anchor, const char *expected)
{
    size_t          n;
    int64_t         at;
    const char     *reason;
    unsigned char   buf[NGX_SHOP_TIMES_LEN + 1];
    ngx_shop_str_t  s;

    s = test_times_str(text);

    if (ngx_shop_times_parse(&s, test_times_utc(anchor), &at, &reason)
        != NGX_SHOP_OK)
    {
        fail_msg("\"%s\" at %s: %s", text, anchor, reason);
    }

    n = ngx_shop_times_rfc3339(buf, at);
    buf[n] = '\0';
    assert_string_equal((char *) buf, expected);
}


static void
test_times_last_is(const char *text, const char *limit, const char *expected)
{
    size_t          n;
    int64_t         at;
    unsigned char   buf[NGX_SHOP_TIMES_LEN + 1];
    ngx_shop_str_t  s;

    s = test_times_str(text);
    assert_int_equal(ngx_shop_times_last(&s, test_times_utc(limit),
                                         &at),
                     NGX_SHOP_OK);

    n = ngx_shop_times_rfc3339(buf, at);
    buf[n] = '\0';
    assert_string_equal((char *) buf, expected);
}


static void
test_times_refused(const char *text, const char *expected)
{
    int64_t         at;
    const char     *reason;
    ngx_shop_str_t  s;

    s = test_times_str(text);
    at = 4711;
    reason = NULL;

    if (ngx_shop_times_parse(&s, 1795230000, &at, &reason) != NGX_SHOP_ERROR) {
        fail_msg("\"%s\" was not refused", text);
    }

    assert_int_equal(at, 4711);

    if (strstr(reason, expected) == NULL) {
        fail_msg("\"%s\": \"%s\" does not say \"%s\"", text, reason, expected);
    }
}


static void
test_times_relative(void **state)
{
    (void) state;

    test_times_is("+45m", "2026-11-21T03:00:00Z", "2026-11-21T03:45:00Z");
    test_times_is("+1h30m", "2026-11-21T03:00:00Z", "2026-11-21T04:30:00Z");
    test_times_is("+1h 30m", "2026-11-21T03:00:00Z", "2026-11-21T04:30:00Z");
    test_times_is("+90s", "2026-11-21T03:00:00Z", "2026-11-21T03:01:30Z");
    test_times_is("+2d", "2026-11-21T03:00:00Z", "2026-11-23T03:00:00Z");
    test_times_is("+0m", "2026-11-21T03:00:00Z", "2026-11-21T03:00:00Z");
    test_times_is("+1d1h1m1s", "2026-11-21T03:00:00Z",
                  "2026-11-22T04:01:01Z");

    /* a day is 24 hours, also over a change of the clocks */

    test_times_is("+1d", "2026-03-28T12:00:00Z", "2026-03-29T12:00:00Z");
}


static void
test_times_absolute(void **state)
{
    (void) state;

    test_times_is("2026-11-21 04:30", "2026-01-01T00:00:00Z",
                  "2026-11-21T03:30:00Z");
    test_times_is("2026-07-21 04:30:15", "2026-01-01T00:00:00Z",
                  "2026-07-21T02:30:15Z");
    test_times_is("2026-11-21T04:30:00+01:00", "2026-01-01T00:00:00Z",
                  "2026-11-21T03:30:00Z");
    test_times_is("2026-11-21t04:30:00.25z", "2026-01-01T00:00:00Z",
                  "2026-11-21T04:30:00Z");
    test_times_is("2026-11-21 04:30:00-09:30", "2026-01-01T00:00:00Z",
                  "2026-11-21T14:00:00Z");
    test_times_is("2028-02-29 12:00", "2026-01-01T00:00:00Z",
                  "2028-02-29T11:00:00Z");
    test_times_is("9999-12-31T23:59:59Z", "2026-01-01T00:00:00Z",
                  "9999-12-31T23:59:59Z");
}


static void
test_times_next_clock(void **state)
{
    (void) state;

    test_times_is("04:30", "2026-11-21T03:00:00Z", "2026-11-21T03:30:00Z");
    test_times_is("03:59", "2026-11-21T03:00:00Z", "2026-11-22T02:59:00Z");

    /* "after", so the very same minute is tomorrow's */

    test_times_is("04:00", "2026-11-21T03:00:00Z", "2026-11-22T03:00:00Z");
    test_times_is("04:01", "2026-11-21T03:00:00Z", "2026-11-21T03:01:00Z");
    test_times_is("00:00", "2026-12-31T12:00:00Z", "2026-12-31T23:00:00Z");
}


static void
test_times_last_clock(void **state)
{
    int64_t         at;
    ngx_shop_str_t  s;

    (void) state;

    test_times_last_is("03:10", "2026-11-21T03:00:00Z",
                       "2026-11-21T02:10:00Z");
    test_times_last_is("04:00", "2026-11-21T03:00:00Z",
                       "2026-11-21T03:00:00Z");
    test_times_last_is("04:01", "2026-11-21T03:00:00Z",
                       "2026-11-20T03:01:00Z");

    s = test_times_str("24:00");
    assert_int_equal(ngx_shop_times_last(&s, 1795230000, &at), NGX_SHOP_ERROR);
    s = test_times_str("3:10");
    assert_int_equal(ngx_shop_times_last(&s, 1795230000, &at), NGX_SHOP_ERROR);
}


/* Berlin: 2026-03-29 02:00 becomes 03:00; 02:30 does not exist */

static void
test_times_spring(void **state)
{
    (void) state;

    test_times_is("2026-03-29 01:59", "2026-01-01T00:00:00Z",
                  "2026-03-29T00:59:00Z");
    test_times_is("2026-03-29 02:30", "2026-01-01T00:00:00Z",
                  "2026-03-29T01:30:00Z");
    test_times_is("2026-03-29 03:00", "2026-01-01T00:00:00Z",
                  "2026-03-29T01:00:00Z");

    test_times_is("02:30", "2026-03-29T00:00:00Z", "2026-03-29T01:30:00Z");
    test_times_is("06:00", "2026-03-28T23:30:00Z", "2026-03-29T04:00:00Z");
    test_times_is("00:30", "2026-03-29T00:00:00Z", "2026-03-29T22:30:00Z");
    test_times_last_is("01:30", "2026-03-29T01:30:00Z",
                       "2026-03-29T00:30:00Z");
}


/* Berlin: 2026-10-25 03:00 becomes 02:00; 02:30 comes twice */

static void
test_times_autumn(void **state)
{
    (void) state;

    test_times_is("2026-10-25 02:30", "2026-01-01T00:00:00Z",
                  "2026-10-25T00:30:00Z");
    test_times_is("2026-10-25 03:00", "2026-01-01T00:00:00Z",
                  "2026-10-25T02:00:00Z");

    test_times_is("02:30", "2026-10-25T00:10:00Z", "2026-10-25T00:30:00Z");
    test_times_is("02:30", "2026-10-25T00:30:00Z", "2026-10-25T01:30:00Z");
    test_times_is("02:30", "2026-10-25T01:10:00Z", "2026-10-25T01:30:00Z");
    test_times_is("02:30", "2026-10-25T01:40:00Z", "2026-10-26T01:30:00Z");

    test_times_last_is("02:30", "2026-10-25T01:10:00Z",
                       "2026-10-25T00:30:00Z");
    test_times_last_is("02:30", "2026-10-25T01:40:00Z",
                       "2026-10-25T01:30:00Z");
}


/* what was asked before must not change an answer, as it does with mktime() */

static void
test_times_no_memory(void **state)
{
    unsigned  i;

    static const char *const  before[] = {
        "2026-01-15 12:00", "2026-07-15 12:00"
    };

    (void) state;

    for (i = 0; i < 2; i++) {
        test_times_utc(before[i]);
        test_times_autumn(NULL);
        test_times_utc(before[i]);
        test_times_spring(NULL);
    }
}


static void
test_times_other_zones(void **state)
{
    (void) state;

    test_times_zone("IST-5:30");
    test_times_is("04:30", "2026-11-21T03:00:00Z", "2026-11-21T23:00:00Z");

    test_times_zone("PST8PDT,M3.2.0,M11.1.0");
    test_times_is("04:30", "2026-11-21T03:00:00Z", "2026-11-21T12:30:00Z");
    test_times_is("2026-11-01 01:30", "2026-01-01T00:00:00Z",
                  "2026-11-01T08:30:00Z");

    /* half an hour of summer time, south of the equator */

    test_times_zone("<+1030>-10:30<+11>-11,M10.1.0,M4.1.0");
    test_times_is("2026-04-05 01:45", "2026-01-01T00:00:00Z",
                  "2026-04-04T14:45:00Z");
    test_times_is("01:45", "2026-04-04T14:45:00Z", "2026-04-04T15:15:00Z");

    test_times_zone("UTC0");
    test_times_is("04:30", "2026-11-21T03:00:00Z", "2026-11-21T04:30:00Z");
}


static void
test_times_refuses_bad(void **state)
{
    (void) state;

    test_times_refused("", "not a time");
    test_times_refused("soon", "not a time");
    test_times_refused("-5m", "goes forward");
    test_times_refused("45m", "no +");
    test_times_refused("45", "no +");
    test_times_refused("11/12", "clear date");
    test_times_refused("21.11.2026 04:30", "clear date");
    test_times_refused("11-12-2026", "clear date");
    test_times_refused("4:30", "two digits");
    test_times_refused("04:3", "two digits");
    test_times_refused("04:30:00", "two digits");
    test_times_refused("04:30pm", "two digits");
    test_times_refused("24:00", "no such time of day");
    test_times_refused("04:60", "no such time of day");
    test_times_refused("2026-11-21", "no time of day");
    test_times_refused("2026-11-21 04", "no time of day");
    test_times_refused("2026-11-21 04:3", "no time of day");
    test_times_refused("2026-11-21_04:30", "no time of day");
    test_times_refused("2026-02-29 04:30", "no such day");
    test_times_refused("2100-02-29 04:30", "no such day");
    test_times_refused("2026-04-31 04:30", "no such day");
    test_times_refused("2026-13-01 04:30", "no such day");
    test_times_refused("2026-00-10 04:30", "no such day");
    test_times_refused("2026-1x-10 04:30", "no such day");
    test_times_refused("2026-11-21 25:30", "no such time of day");
    test_times_refused("2026-11-21 04:30:60", "no such time of day");
    test_times_refused("2026-11-21 04:30:0", "follows");
    test_times_refused("2026-11-21 04:30 CET", "follows");
    test_times_refused("2026-11-21T04:30:00", "no zone");
    test_times_refused("2026-11-21T04:30:00Zx", "follows");
    test_times_refused("2026-11-21T04:30:00+01", "bad zone");
    test_times_refused("2026-11-21T04:30:00+0100", "bad zone");
    test_times_refused("2026-11-21T04:30:00+25:00", "bad zone");
    test_times_refused("1969-12-31T23:59:59Z", "1970");
    test_times_refused("1970-01-01T00:00:00Z", "1970");
    test_times_refused("9999-12-31T23:59:59-01:00", "9999");
}


static void
test_times_refuses_lengths(void **state)
{
    (void) state;

    test_times_refused("+", "no number");
    test_times_refused("+4", "no unit");
    test_times_refused("+1h30", "no unit");
    test_times_refused("+m", "no number");
    test_times_refused("+-5m", "no number");
    test_times_refused("+ 45m", "no number");
    test_times_refused("+1h  30m", "no number");
    test_times_refused("+45m ", "no number");
    test_times_refused("+45min", "no number");
    test_times_refused("+45M", "unknown unit");
    test_times_refused("+1.5h", "unknown unit");
    test_times_refused("+30m1h", "large to small");
    test_times_refused("+1h1h", "large to small");
    test_times_refused("+3661d", "ten years");
    test_times_refused("+3660d1s", "ten years");
    test_times_refused("+99999999999999999999999999999m", "ten years");
    test_times_refused("+18446744073709551661s", "ten years");
}


/* a torn text means the same or nothing, never another time by accident */

static void
test_times_prefixes(void **state)
{
    size_t          n, i;
    int64_t         at;
    const char     *reason;
    ngx_shop_str_t  s;

    static const char *const  texts[] = {
        "+45m", "04:30", "2026-11-21 04:30", "2026-11-21T04:30:00+01:00"
    };

    (void) state;

    for (i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
        s = test_times_str(texts[i]);

        for (n = s.len - 1; n != (size_t) -1; n--) {
            s.len = n;
            assert_int_equal(ngx_shop_times_parse(&s, 1795230000,
                                                  &at, &reason),
                             NGX_SHOP_ERROR);
        }
    }
}


static void
test_times_bad_anchor(void **state)
{
    unsigned        i, k;
    int64_t         at;
    const char     *reason;
    ngx_shop_str_t  s;

    static const int64_t  anchors[] = {
        -1, INT64_MIN, INT64_MAX, NGX_SHOP_CALENDAR_MAX + 1,
        NGX_SHOP_CALENDAR_MAX
    };

    static const char *const  texts[] = { "+1d", "23:59" };

    (void) state;

    test_times_zone("UTC0");

    for (i = 0; i < sizeof(anchors) / sizeof(anchors[0]); i++) {
        for (k = 0; k < 2; k++) {
            s = test_times_str(texts[k]);
            assert_int_equal(ngx_shop_times_parse(&s, anchors[i],
                                                  &at, &reason),
                             NGX_SHOP_ERROR);
            assert_non_null(strstr(reason, "years"));
        }

        if (anchors[i] != NGX_SHOP_CALENDAR_MAX) {
            assert_int_equal(ngx_shop_times_last(&s, anchors[i],
                                                 &at),
                             NGX_SHOP_ERROR);
        }
    }
}


static void
test_times_every_reason(void **state)
{
    unsigned  i;

    (void) state;

    for (i = 0; ngx_shop_times_parse_reason(i); i++) {
        assert_true(strlen(ngx_shop_times_parse_reason(i)) > 5);
    }

    assert_int_equal(i, 17);
}


static void
test_times_is_relative(void **state)
{
    ngx_shop_str_t  s;

    (void) state;

    s = test_times_str("+45m");
    assert_true(ngx_shop_times_parse_is_relative(&s));
    s = test_times_str("04:30");
    assert_false(ngx_shop_times_parse_is_relative(&s));
    s = test_times_str("");
    assert_false(ngx_shop_times_parse_is_relative(&s));
}


static void
test_times_lengths(void **state)
{
    size_t          n;
    int64_t         seconds;
    unsigned        i;
    const char     *reason;
    unsigned char   buf[NGX_SHOP_TIMES_LEN + 1];
    ngx_shop_str_t  s;

    static const struct {
        int64_t      seconds;
        const char  *text;
    } rows[] = {
        { 0, "0s" }, { 45, "45s" }, { 60, "1m" }, { 61, "1m 1s" },
        { 600, "10m" }, { 4800, "1h 20m" }, { 3605, "1h" },
        { 86400, "1d" }, { 273600, "3d 4h" }, { 90000, "1d 1h" }
    };

    (void) state;

    for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        n = ngx_shop_times_length(buf, rows[i].seconds);
        buf[n] = '\0';
        assert_string_equal((char *) buf, rows[i].text);

        /* what is written can be read */

        s = test_times_str((char *) buf);
        assert_int_equal(ngx_shop_times_parse_length(&s, &seconds,
                                                     &reason),
                         NGX_SHOP_OK);
        assert_int_equal(seconds, rows[i].seconds == 3605
                                  ? 3600 : rows[i].seconds);
    }

    n = ngx_shop_times_length(buf, -5);
    assert_memory_equal(buf, "0s", n);

    n = ngx_shop_times_length(buf, INT64_MAX);
    assert_true(n < NGX_SHOP_TIMES_LEN);

    s = test_times_str("+45m");
    assert_int_equal(ngx_shop_times_parse_length(&s, &seconds,
                                                 &reason),
                     NGX_SHOP_ERROR);
    assert_string_equal(reason, "no number before the unit, write as 45m");
}


static void
test_times_local(void **state)
{
    size_t         n;
    unsigned char  buf[NGX_SHOP_TIMES_LEN + 1];

    (void) state;

    n = ngx_shop_times_local(buf, test_times_utc("2026-11-21T03:30:00Z"));
    buf[n] = '\0';
    assert_string_equal((char *) buf, "2026-11-21 04:30 CET");

    n = ngx_shop_times_local(buf, test_times_utc("2026-07-21T02:30:00Z"));
    buf[n] = '\0';
    assert_string_equal((char *) buf, "2026-07-21 04:30 CEST");

    /* a zone's name that does not fit */

    test_times_zone("<abcdefghijklmnopqrstuvwxyzabcdefghijklmnopqrstuvwxyz>-1");
    n = ngx_shop_times_local(buf, test_times_utc("2026-11-21T03:30:00Z"));
    buf[n] = '\0';
    assert_string_equal((char *) buf, "2026-11-21 04:30 +0100");
}


static void
test_times_rfc3339_ends(void **state)
{
    size_t         n;
    unsigned char  buf[NGX_SHOP_TIMES_LEN + 1];

    (void) state;

    n = ngx_shop_times_rfc3339(buf, INT64_MIN);
    buf[n] = '\0';
    assert_string_equal((char *) buf, "1970-01-01T00:00:00Z");

    n = ngx_shop_times_rfc3339(buf, INT64_MAX);
    buf[n] = '\0';
    assert_string_equal((char *) buf, "9999-12-31T23:59:59Z");
}


static void
test_times_calendar_round_trip(void **state)
{
    size_t          n;
    int64_t         at, back;
    const char     *reason;
    unsigned char   buf[NGX_SHOP_TIMES_LEN];
    ngx_shop_str_t  s;

    (void) state;

    /* steps of a prime number of seconds, over all the years */

    for (at = 1; at <= NGX_SHOP_CALENDAR_MAX; at += (int64_t) 7919 * 9973) {
        s.len = ngx_shop_times_rfc3339(buf, at);
        s.data = buf;
        assert_int_equal(ngx_shop_times_parse(&s, 1, &back, &reason),
                         NGX_SHOP_OK);
        assert_true(back == at);
    }

    /* every half hour of two years, through the local zone */

    for (at = 1767225600; at < 1767225600 + 2 * 31536000; at += 1800) {
        n = ngx_shop_times_local(buf, at);
        assert_true(n > 16);

        s.len = 16;
        s.data = buf;
        assert_int_equal(ngx_shop_times_parse(&s, 1, &back, &reason),
                         NGX_SHOP_OK);
        assert_true(back == at || back == at - 3600);

        /* the other of two is found from the first */

        s.len = 5;
        s.data = buf + 11;
        assert_int_equal(ngx_shop_times_parse(&s, at - 1, &back,
                                              &reason),
                         NGX_SHOP_OK);
        assert_true(back == at);
        assert_int_equal(ngx_shop_times_last(&s, at, &back), NGX_SHOP_OK);
        assert_true(back == at);
    }
}


static void
test_times_retry_after(void **state)
{
    int64_t   n, low, high;
    uint32_t  rnd;

    (void) state;

    /* eta - now, and up to a quarter more */

    low = INT64_MAX;
    high = 0;

    for (rnd = 0; rnd < 1000; rnd++) {
        n = ngx_shop_times_retry_after(1400, 1000, 120, 30, 3600, rnd);
        low = n < low ? n : low;
        high = n > high ? n : high;
    }

    assert_int_equal(low, 400);
    assert_int_equal(high, 500);

    /* none, and a passed one: the default */

    assert_int_equal(ngx_shop_times_retry_after(0, 1000, 120, 30,
                                                3600, 0), 120);
    assert_int_equal(ngx_shop_times_retry_after(999, 1000, 120, 30,
                                                3600, 0), 120);
    assert_int_equal(ngx_shop_times_retry_after(1000, 1000, 120, 30,
                                                3600, 0), 120);

    /* clipped; never above max, whatever the jitter; never below 1 */

    assert_int_equal(ngx_shop_times_retry_after(1001, 1000, 120, 30,
                                                3600, 0), 30);
    assert_int_equal(ngx_shop_times_retry_after(4601, 1000, 120, 30,
                                                3600, 0), 3600);
    assert_int_equal(ngx_shop_times_retry_after(99999, 1000, 120, 30,
                                                3600, 77), 3600);
    assert_int_equal(ngx_shop_times_retry_after(4500, 1000, 120, 30,
                                                3600, 875), 3600);
    assert_int_equal(ngx_shop_times_retry_after(INT64_MAX, 0, 1, 1,
                                                60, 7), 60);
    assert_int_equal(ngx_shop_times_retry_after(1, INT64_MIN, 120, 1,
                                                600, 0), 120);
    assert_int_equal(ngx_shop_times_retry_after(0, 0, -5, 0, 10, 0), 1);
    assert_int_equal(ngx_shop_times_retry_after(0, 0, 0, 0, 0, 9), 1);
    assert_int_equal(ngx_shop_times_retry_after(INT64_MAX, 0, 1, 1,
                                                INT64_MAX, 3)
                     > 0, 1);
}


#define test_times_row(name, function)                                       \
    { name, function, test_times_setup, NULL, NULL }


int
main(void)
{
    const struct CMUnitTest  tests[] = {
        test_times_row("lengths count from the anchor", test_times_relative),
        test_times_row("dates are local or in their zone",
                       test_times_absolute),
        test_times_row("a time of day is the next one",
                       test_times_next_clock),
        test_times_row("a time of day that was said is the last one",
                       test_times_last_clock),
        test_times_row("the hour that is left out in spring",
                       test_times_spring),
        test_times_row("the hour that comes twice in autumn",
                       test_times_autumn),
        test_times_row("earlier calls change no answer",
                       test_times_no_memory),
        test_times_row("other zones, odd ones too", test_times_other_zones),
        test_times_row("bad times are refused with a reason",
                       test_times_refuses_bad),
        test_times_row("bad lengths are refused with a reason",
                       test_times_refuses_lengths),
        test_times_row("a torn time is refused", test_times_prefixes),
        test_times_row("anchors and results outside of the calendar",
                       test_times_bad_anchor),
        test_times_row("every reason has a text", test_times_every_reason),
        test_times_row("what is counted from an anchor",
                       test_times_is_relative),
        test_times_row("lengths are written and read", test_times_lengths),
        test_times_row("local times are written", test_times_local),
        test_times_row("what cannot be written is the nearest end",
                       test_times_rfc3339_ends),
        test_times_row("what is written is read as the same time",
                       test_times_calendar_round_trip),
        test_times_row("retry after an eta, clipped and spread",
                       test_times_retry_after)
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
