
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * Times of day on a screen: short, and never of another day or zone unsaid.
 */


#define _POSIX_C_SOURCE  200809L

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <cmocka.h>

#include "logic/flag/clockface.h"


/* 2026-11-26 12:00:00 in Berlin, which is UTC+1 */
#define NOW  1795690800


static const char *
shown(int64_t at, int64_t now)
{
    static char  buf[NGX_SHOP_TIMES_LEN + 1];

    buf[ngx_shop_clockface_write((unsigned char *) buf, at, now)] = '\0';

    return buf;
}


static int
in_berlin(void **state)
{
    (void) state;

    setenv("TZ", "Europe/Berlin", 1);
    tzset();

    return 0;
}


static void
seconds_are_shown_where_they_matter(void **state)
{
    (void) state;

    assert_string_equal(shown(NOW - 59 * 60 - 7, NOW), "11:00:53");
    assert_string_equal(shown(NOW + 7, NOW), "12:00:07");
    assert_string_equal(shown(NOW - 3600, NOW), "11:00");
    assert_string_equal(shown(NOW + 3 * 3600 + 7, NOW), "15:00");
}


static void
another_day_is_named(void **state)
{
    (void) state;

    assert_string_equal(shown(NOW - 86400, NOW), "2026-11-25 12:00");
    assert_string_equal(shown(NOW + 12 * 3600, NOW), "2026-11-27 00:00");

    /* a minute before midnight, ten seconds after it */

    assert_string_equal(shown(NOW + 12 * 3600 - 60, NOW + 12 * 3600 + 10),
                        "2026-11-26 23:59:00");
}


static void
a_zone_is_named_where_the_clocks_are_set_between(void **state)
{
    (void) state;

    /* summer time ends on 2026-10-25 at 01:00 UTC */

    assert_string_equal(shown(1792890000 - 1800, 1792890000 + 1700),
                        "02:30:00 CEST");
    assert_string_equal(shown(1792890000 + 1800, 1792890000 - 1700),
                        "02:30:00 CET");
}


static void
what_is_named_once(void **state)
{
    char  buf[NGX_SHOP_TIMES_LEN + 1];

    (void) state;

    buf[ngx_shop_clockface_now((unsigned char *) buf, NOW)] = '\0';
    assert_string_equal(buf, "2026-11-26 12:00:00");

    buf[ngx_shop_clockface_zone((unsigned char *) buf, NOW)] = '\0';
    assert_string_equal(buf, "CET");
}


int
main(void)
{
    const struct CMUnitTest  tests[] = {
        cmocka_unit_test(seconds_are_shown_where_they_matter),
        cmocka_unit_test(another_day_is_named),
        cmocka_unit_test(a_zone_is_named_where_the_clocks_are_set_between),
        cmocka_unit_test(what_is_named_once)
    };

    return cmocka_run_group_tests(tests, in_berlin, NULL);
}
