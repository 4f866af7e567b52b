
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * The last day of a site: nothing bad is missed, nothing is made up.
 */


#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "logic/story/band.h"
#include "logic/judge/site.h"


#define STEP     NGX_SHOP_BAND_STEP
#define N        NGX_SHOP_BAND_N
#define NOW      ((int64_t) 6000000 * STEP)
#define UNKNOWN  NGX_SHOP_BAND_UNKNOWN


/* steps in a state, UNKNOWN included */

static unsigned
count(const ngx_shop_band_t *band, unsigned state)
{
    unsigned  i, n;

    n = 0;

    for (i = 0; i < N; i++) {
        n += (ngx_shop_band_get(band, i) == state);
    }

    return n;
}


static void
at_first_nothing_is_known_but_now(void **state)
{
    ngx_shop_band_t  band;

    (void) state;

    memset(&band, 0, sizeof(band));
    assert_int_equal(count(&band, UNKNOWN), N);

    ngx_shop_band_add(&band, NGX_SHOP_SITE_OPEN, NOW + 7);

    assert_int_equal(count(&band, UNKNOWN), N - 1);
    assert_int_equal(ngx_shop_band_get(&band, N - 1), NGX_SHOP_SITE_OPEN);
    assert_int_equal(ngx_shop_band_time(&band, N - 1), NOW);
    assert_int_equal(ngx_shop_band_time(&band, 0), NOW - (N - 1) * STEP);
}


static void
the_worst_of_a_step_stays(void **state)
{
    unsigned         i;
    ngx_shop_band_t  band;

    (void) state;

    memset(&band, 0, sizeof(band));

    for (i = 0; i < 3 * STEP; i++) {
        ngx_shop_band_add(&band, i == STEP + 5 ? NGX_SHOP_SITE_OUTAGE
                                               : NGX_SHOP_SITE_OPEN, NOW + i);
    }

    assert_int_equal(ngx_shop_band_get(&band, N - 3), NGX_SHOP_SITE_OPEN);
    assert_int_equal(ngx_shop_band_get(&band, N - 2), NGX_SHOP_SITE_OUTAGE);
    assert_int_equal(ngx_shop_band_get(&band, N - 1), NGX_SHOP_SITE_OPEN);
}


static void
a_second_of_outage_is_worse_than_all_else(void **state)
{
    unsigned  i;

    (void) state;

    for (i = 0; i < NGX_SHOP_SITE_N; i++) {
        assert_int_equal(ngx_shop_band_worse(i, NGX_SHOP_SITE_OUTAGE),
                         NGX_SHOP_SITE_OUTAGE);
        assert_int_equal(ngx_shop_band_worse(i, NGX_SHOP_SITE_OPEN), i);
        assert_int_equal(ngx_shop_band_worse(UNKNOWN, i), i);
    }

    assert_int_equal(ngx_shop_band_worse(UNKNOWN, UNKNOWN), UNKNOWN);
}


static void
where_nobody_looked_is_no_state(void **state)
{
    ngx_shop_band_t  band;

    (void) state;

    memset(&band, 0, sizeof(band));

    ngx_shop_band_add(&band, NGX_SHOP_SITE_BACKUP, NOW);
    ngx_shop_band_add(&band, NGX_SHOP_SITE_OPEN, NOW + 10 * STEP);

    assert_int_equal(ngx_shop_band_get(&band, N - 11), NGX_SHOP_SITE_BACKUP);
    assert_int_equal(count(&band, UNKNOWN), N - 2);
}


static void
what_is_a_day_old_is_gone(void **state)
{
    ngx_shop_band_t  band;

    (void) state;

    memset(&band, 0, sizeof(band));

    ngx_shop_band_add(&band, NGX_SHOP_SITE_OUTAGE, NOW);
    ngx_shop_band_add(&band, NGX_SHOP_SITE_OPEN, NOW + (N - 1) * STEP);
    assert_int_equal(count(&band, NGX_SHOP_SITE_OUTAGE), 1);

    ngx_shop_band_add(&band, NGX_SHOP_SITE_OPEN, NOW + N * STEP);
    assert_int_equal(count(&band, NGX_SHOP_SITE_OUTAGE), 0);

    /* a year later, at once */

    ngx_shop_band_add(&band, NGX_SHOP_SITE_OPEN, NOW + 365 * N * STEP);
    assert_int_equal(count(&band, NGX_SHOP_SITE_OPEN), 1);
    assert_int_equal(count(&band, UNKNOWN), N - 1);
}


/* whatever is done to the clock, what was an hour ago stays so */

static void
a_clock_that_is_set_moves_it_as_a_whole(void **state)
{
    unsigned         i;
    static int64_t   steps[] = { 86400, -86400, 3600 * 24 * 400, STEP, -STEP };
    ngx_shop_band_t  band;

    (void) state;

    for (i = 0; i < sizeof(steps) / sizeof(steps[0]); i++) {
        memset(&band, 0, sizeof(band));

        ngx_shop_band_add(&band, NGX_SHOP_SITE_OUTAGE, NOW - 3600);
        ngx_shop_band_add(&band, NGX_SHOP_SITE_DEGRADED, NOW);

        ngx_shop_band_shift(&band, steps[i]);
        ngx_shop_band_add(&band, NGX_SHOP_SITE_DEGRADED, NOW + steps[i]);

        assert_int_equal(ngx_shop_band_get(&band, N - 13),
                         NGX_SHOP_SITE_OUTAGE);
        assert_int_equal(ngx_shop_band_get(&band, N - 1),
                         NGX_SHOP_SITE_DEGRADED);
        assert_int_equal(count(&band, UNKNOWN), N - 2);
        assert_int_equal(ngx_shop_band_time(&band, N - 1), NOW + steps[i]);
    }
}


static void
a_clock_that_crept_back_is_followed(void **state)
{
    ngx_shop_band_t  band;

    (void) state;

    memset(&band, 0, sizeof(band));

    ngx_shop_band_add(&band, NGX_SHOP_SITE_OUTAGE, NOW - STEP);
    ngx_shop_band_add(&band, NGX_SHOP_SITE_OPEN, NOW);

    /* by less than a step: nothing is lost, nothing moves */

    ngx_shop_band_shift(&band, -100);
    ngx_shop_band_add(&band, NGX_SHOP_SITE_OPEN, NOW - 100);
    assert_int_equal(ngx_shop_band_time(&band, N - 1), NOW);

    ngx_shop_band_add(&band, NGX_SHOP_SITE_OPEN, NOW - 20 * STEP);
    assert_int_equal(ngx_shop_band_time(&band, N - 1), NOW - 20 * STEP);
    assert_int_equal(ngx_shop_band_get(&band, N - 2), NGX_SHOP_SITE_OUTAGE);
}


static void
bytes_of_another_version_are_no_state(void **state)
{
    int              c;
    unsigned         i;
    ngx_shop_band_t  band;

    (void) state;

    for (c = 0; c < 256; c++) {
        memset(&band, c, sizeof(band));
        band.last = NOW / STEP;

        for (i = 0; i < N; i++) {
            assert_true(ngx_shop_band_get(&band, i) == UNKNOWN
                        || ngx_shop_band_get(&band, i) < NGX_SHOP_SITE_N);
        }
    }
}


int
main(void)
{
    const struct CMUnitTest  tests[] = {
        cmocka_unit_test(at_first_nothing_is_known_but_now),
        cmocka_unit_test(the_worst_of_a_step_stays),
        cmocka_unit_test(a_second_of_outage_is_worse_than_all_else),
        cmocka_unit_test(where_nobody_looked_is_no_state),
        cmocka_unit_test(what_is_a_day_old_is_gone),
        cmocka_unit_test(a_clock_that_is_set_moves_it_as_a_whole),
        cmocka_unit_test(a_clock_that_crept_back_is_followed),
        cmocka_unit_test(bytes_of_another_version_are_no_state)
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
