
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * Availability: nothing is rounded to the better, no clock that is set makes a
 * minute of outage, and a year ends after a year.
 */


#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "logic/story/tally.h"
#include "logic/judge/site.h"


#define DAY    ((int64_t) 86400)
#define NOW    (20005 * DAY + 7)         /* the first of five days */
#define GOOD   NGX_SHOP_TALLY_KNOWN
#define MEANT  NGX_SHOP_TALLY_PLANNED
#define BAD    NGX_SHOP_TALLY_UNPLANNED


static int64_t
of(const ngx_shop_tally_t *tally, unsigned window, int64_t now, unsigned what)
{
    ngx_shop_tally_sum_t  sum;

    ngx_shop_tally_sum(tally, window, now, &sum);

    return sum.ms[what];
}


static int64_t
promise(const char *s)
{
    return ngx_shop_tally_promise((const unsigned char *) s, strlen(s));
}


static void
percent_is(int64_t millionths, const char *expected)
{
    size_t         n;
    unsigned char  buf[NGX_SHOP_TALLY_PERCENT_LEN];

    n = ngx_shop_tally_percent(buf, millionths);

    assert_int_equal(n, strlen(expected));
    assert_memory_equal(buf, expected, n);
}


static void
an_outage_that_a_flag_keeps_shut_was_not_planned(void **state)
{
    (void) state;

    assert_int_equal(ngx_shop_tally_kind(NGX_SHOP_SITE_OUTAGE, 0), BAD);
    assert_int_equal(ngx_shop_tally_kind(NGX_SHOP_SITE_MAINTENANCE, 1), BAD);
    assert_int_equal(ngx_shop_tally_kind(NGX_SHOP_SITE_MAINTENANCE, 0), MEANT);
    assert_int_equal(ngx_shop_tally_kind(NGX_SHOP_SITE_REOPENING, 1), GOOD);
    assert_int_equal(ngx_shop_tally_kind(NGX_SHOP_SITE_BACKUP, 0), GOOD);
}


static void
parts_of_a_second_add_up(void **state)
{
    int               i;
    ngx_shop_tally_t  tally;

    (void) state;

    memset(&tally, 0, sizeof(tally));

    for (i = 0; i < 1001; i++) {
        ngx_shop_tally_add(&tally, BAD, 333, NOW);
        ngx_shop_tally_add(&tally, GOOD, 334, NOW);
    }

    for (i = 0; i < NGX_SHOP_TALLY_WINDOWS; i++) {
        assert_int_equal(of(&tally, i, NOW, GOOD), 1001 * 667);
        assert_int_equal(of(&tally, i, NOW, BAD), 1001 * 333);
        assert_int_equal(of(&tally, i, NOW, MEANT), 0);
    }
}


static void
a_window_ends(void **state)
{
    int               day;
    ngx_shop_tally_t  tally;

    (void) state;

    memset(&tally, 0, sizeof(tally));

    for (day = 0; day < 800; day++) {
        ngx_shop_tally_add(&tally, day % 10 ? GOOD : MEANT, DAY * 1000,
                           NOW + day * DAY);
    }

    day = 799;

    assert_int_equal(of(&tally, NGX_SHOP_TALLY_WEEK, NOW + day * DAY, GOOD),
                     7 * DAY * 1000);
    assert_int_equal(of(&tally, NGX_SHOP_TALLY_MONTH, NOW + day * DAY, GOOD),
                     30 * DAY * 1000);
    assert_int_equal(of(&tally, NGX_SHOP_TALLY_MONTH, NOW + day * DAY, MEANT),
                     3 * DAY * 1000);
    assert_int_equal(of(&tally, NGX_SHOP_TALLY_YEAR, NOW + day * DAY, GOOD),
                     365 * DAY * 1000);

    /* nobody counted since: it grows old */

    assert_int_equal(of(&tally, NGX_SHOP_TALLY_WEEK, NOW + 803 * DAY, GOOD),
                     3 * DAY * 1000);
    assert_int_equal(of(&tally, NGX_SHOP_TALLY_WEEK, NOW + 806 * DAY, GOOD),
                     0);
    assert_int_equal(of(&tally, NGX_SHOP_TALLY_YEAR, NOW + 1200 * DAY, GOOD),
                     0);

    /* after a long time without nginx nothing is of now */

    ngx_shop_tally_add(&tally, GOOD, 1000, NOW + 2000 * DAY);

    assert_int_equal(of(&tally, NGX_SHOP_TALLY_YEAR, NOW + 2000 * DAY, GOOD),
                     1000);
    assert_int_equal(of(&tally, NGX_SHOP_TALLY_MONTH, NOW + 2000 * DAY, MEANT),
                     0);
}


/* as state/shift does: where it saw the step */

static void
shift(ngx_shop_tally_t *tally, int64_t seconds)
{
    tally->day.base += ngx_shop_tally_shift_days(seconds, 1);
    tally->piece.base += ngx_shop_tally_shift_days(seconds,
                                                   NGX_SHOP_TALLY_PIECE);
}


static void
a_clock_that_is_set_moves_nothing(void **state)
{
    int               day;
    int64_t           ahead[] = { 13 * 3600, 40 * DAY, -5 * DAY, -3600 };
    unsigned          i, told;
    ngx_shop_tally_t  tally;

    (void) state;

    for (i = 0; i < sizeof(ahead) / sizeof(ahead[0]); i++) {
        for (told = 0; told < 2; told++) {

            memset(&tally, 0, sizeof(tally));
            ngx_shop_tally_add(&tally, BAD, 60000, NOW - DAY);
            ngx_shop_tally_add(&tally, GOOD, 540000, NOW);

            if (told) {
                shift(&tally, ahead[i]);
            }

            ngx_shop_tally_add(&tally, GOOD, 1000, NOW + ahead[i]);

            if (told) {
                assert_int_equal(of(&tally, NGX_SHOP_TALLY_WEEK,
                                    NOW + ahead[i], BAD), 60000);
                shift(&tally, -ahead[i]);
            }

            ngx_shop_tally_add(&tally, GOOD, 1000, NOW);

            /* never more than there was; where it was told of, all of it */

            assert_true(of(&tally, NGX_SHOP_TALLY_YEAR, NOW, BAD) <= 60000);
            assert_true(of(&tally, NGX_SHOP_TALLY_YEAR, NOW, GOOD) <= 602000);

            if (told) {
                assert_int_equal(of(&tally, NGX_SHOP_TALLY_YEAR, NOW, GOOD),
                                 602000);
                assert_int_equal(of(&tally, NGX_SHOP_TALLY_WEEK, NOW, BAD),
                                 60000);
            }

            /* days go on, and do not wait until the clock is there again */

            for (day = 1; day <= 20; day++) {
                ngx_shop_tally_add(&tally, GOOD, DAY * 1000, NOW + day * DAY);
            }

            assert_int_equal(of(&tally, NGX_SHOP_TALLY_WEEK, NOW + 20 * DAY,
                                GOOD) / 1000 / 60, 7 * DAY / 60);
        }
    }
}


static void
a_promise_is_a_percentage(void **state)
{
    (void) state;

    assert_int_equal(promise("99.9"), 99900000);
    assert_int_equal(promise("99.9%"), 99900000);
    assert_int_equal(promise("99"), 99000000);
    assert_int_equal(promise("0.000001"), 1);
    assert_int_equal(promise("99.999999%"), 99999999);

    assert_int_equal(promise(""), 0);
    assert_int_equal(promise("%"), 0);
    assert_int_equal(promise("0"), 0);
    assert_int_equal(promise("100"), 0);
    assert_int_equal(promise("99,9"), 0);
    assert_int_equal(promise("-1"), 0);
    assert_int_equal(promise(".9"), 0);
    assert_int_equal(promise("99.9999999"), 0);
    assert_int_equal(promise("99.9%%"), 0);
    assert_int_equal(promise("99999999999999999999"), 0);

    percent_is(99900000, "99.9");
    percent_is(99000000, "99");
    percent_is(90000000, "90");
    percent_is(100000000, "100");
    percent_is(0, "0");
    percent_is(1, "0.000001");
}


static void
nothing_is_better_than_it_was(void **state)
{
    unsigned char         buf[NGX_SHOP_TALLY_TOLD_LEN];
    ngx_shop_tally_sum_t  sum;

    (void) state;

    memset(&sum, 0, sizeof(sum));
    assert_int_equal(ngx_shop_tally_share(&sum), -1);

    sum.ms[GOOD] = 365 * DAY * 1000;
    assert_int_equal(ngx_shop_tally_share(&sum), NGX_SHOP_TALLY_HUNDRED);

    sum.ms[BAD] = 1;
    assert_int_equal(ngx_shop_tally_share(&sum), NGX_SHOP_TALLY_HUNDRED - 1);

    /* planned time is no time of the promise */

    sum.ms[GOOD] = 2000000;
    sum.ms[MEANT] = 1000000;
    sum.ms[BAD] = 900;

    assert_int_equal(ngx_shop_tally_share(&sum), 99910000);
    assert_int_equal(ngx_shop_tally_allowed(&sum, promise("99.9")), 1000);
    assert_int_equal(ngx_shop_tally_left(&sum, promise("99.9")), 100);

    sum.ms[BAD] = 61000;
    buf[ngx_shop_tally_told(buf, &sum, promise("99.9"))] = '\0';
    assert_string_equal((char *) buf, "93.900 %, 1m 1s of outages, 16m 40s "
                        "closed as planned; the promise is BROKEN by 1m");

    /* never open */

    sum.ms[GOOD] = sum.ms[MEANT];
    sum.ms[BAD] = 0;
    assert_int_equal(ngx_shop_tally_share(&sum), -1);
}


int
main(void)
{
    const struct CMUnitTest  tests[] = {
        cmocka_unit_test(an_outage_that_a_flag_keeps_shut_was_not_planned),
        cmocka_unit_test(parts_of_a_second_add_up),
        cmocka_unit_test(a_window_ends),
        cmocka_unit_test(a_clock_that_is_set_moves_nothing),
        cmocka_unit_test(a_promise_is_a_percentage),
        cmocka_unit_test(nothing_is_better_than_it_was),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
