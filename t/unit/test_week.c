
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * The hours of the week: what is usual follows the season, and an hour in which
 * the shop was closed is no quiet one.
 */


#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "logic/story/week.h"


#define HOUR    3600000
#define NUMBER  ((int64_t) 168 * 2900 + 5)
#define SLOT    ngx_shop_week_hour(NUMBER)
#define UNIT    NGX_SHOP_WEEK_UNIT


static uint32_t
usual(const ngx_shop_week_t *week, unsigned what)
{
    return week->usual[SLOT * NGX_SHOP_WEEK_N + what];
}


/* that hour of a week, in pieces, and on to the next one */

static void
hour(ngx_shop_week_t *week, int n, uint32_t ms, uint32_t requests,
    uint32_t posts)
{
    int       i;
    uint32_t  none[NGX_SHOP_WEEK_N] = { 0, 0, 0 };
    uint32_t  counts[NGX_SHOP_WEEK_N] = { requests / 10, requests / 20,
                                          posts / 10 };

    for (i = 0; i < 10; i++) {
        ngx_shop_week_add(week, NUMBER + 168 * n, ms / 10, counts);
    }

    ngx_shop_week_add(week, NUMBER + 168 * n + 1, 0, none);
}


static void
hours_begin_on_monday(void **state)
{
    int64_t  at = 1795478400;            /* Tuesday, 2026-11-24 00:00 UTC */

    (void) state;

    assert_int_equal(ngx_shop_week_hour(ngx_shop_week_number(at, 0)), 24);
    assert_int_equal(ngx_shop_week_hour(ngx_shop_week_number(at - 1, 0)), 23);
    assert_int_equal(ngx_shop_week_hour(ngx_shop_week_number(at, -3600)), 23);
    assert_int_equal(ngx_shop_week_hour(ngx_shop_week_number(at, 7200)), 26);
}


static void
what_is_usual_follows_the_season(void **state)
{
    int              i;
    ngx_shop_week_t  week;

    (void) state;

    memset(&week, 0, sizeof(week));

    hour(&week, 0, HOUR, 1000, 100);
    assert_int_equal(usual(&week, NGX_SHOP_WEEK_REQUESTS), 1000 * UNIT);
    assert_int_equal(usual(&week, NGX_SHOP_WEEK_PAGES), 500 * UNIT);
    assert_int_equal(usual(&week, NGX_SHOP_WEEK_POSTS), 100 * UNIT);
    assert_int_equal(week.weeks[SLOT], 1);
    assert_int_equal(week.weeks[SLOT + 1], 0);

    hour(&week, 1, HOUR, 2000, 0);
    assert_int_equal(usual(&week, NGX_SHOP_WEEK_REQUESTS), 1500 * UNIT);
    assert_int_equal(usual(&week, NGX_SHOP_WEEK_POSTS), 50 * UNIT);

    for (i = 2; i < 20; i++) {
        hour(&week, i, HOUR, 4000, 400);
    }

    /* of 1,500 there is less than one in a hundred left */

    assert_in_range(usual(&week, NGX_SHOP_WEEK_REQUESTS), 3970 * UNIT,
                    4000 * UNIT);

    /* one day of a sale is a quarter at most */

    hour(&week, 20, HOUR, 40000, 400);
    assert_in_range(usual(&week, NGX_SHOP_WEEK_REQUESTS), 12900 * UNIT,
                    13000 * UNIT);
}


static void
an_hour_that_was_not_seen_says_nothing(void **state)
{
    ngx_shop_week_t  week;

    (void) state;

    memset(&week, 0, sizeof(week));

    hour(&week, 0, HOUR, 1000, 100);

    /* closed for most of it, or nginx was down */

    hour(&week, 1, HOUR / 2 - 100, 10, 0);
    assert_int_equal(usual(&week, NGX_SHOP_WEEK_REQUESTS), 1000 * UNIT);
    assert_int_equal(week.weeks[SLOT], 1);

    /* open for three quarters: as much a minute */

    hour(&week, 2, HOUR / 4 * 3, 750, 75 / 10 * 10);
    assert_in_range(usual(&week, NGX_SHOP_WEEK_REQUESTS), 1000 * UNIT - 1,
                    1000 * UNIT + 1);
}


static void
no_count_runs_over(void **state)
{
    uint32_t         counts[NGX_SHOP_WEEK_N] = { UINT32_MAX, 1, 1 };
    ngx_shop_week_t  week;

    (void) state;

    memset(&week, 0, sizeof(week));

    ngx_shop_week_add(&week, NUMBER, HOUR, counts);
    ngx_shop_week_add(&week, NUMBER + 1, 0, counts);

    assert_int_equal(usual(&week, NGX_SHOP_WEEK_REQUESTS), UINT32_MAX - 1);
}


int
main(void)
{
    const struct CMUnitTest  tests[] = {
        cmocka_unit_test(hours_begin_on_monday),
        cmocka_unit_test(what_is_usual_follows_the_season),
        cmocka_unit_test(an_hour_that_was_not_seen_says_nothing),
        cmocka_unit_test(no_count_runs_over),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
