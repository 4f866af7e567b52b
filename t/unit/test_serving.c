
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * Which group of a chain takes the traffic.
 */


#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "logic/judge/serving.h"


#define NONE  NGX_SHOP_SERVING_NONE
#define HOLD  30000


static ngx_shop_serving_t
begin(unsigned now)
{
    ngx_shop_serving_t  s;

    s.now = (uint8_t) now;
    s.better = NONE;
    s.well = 0;

    return s;
}


static int
step(ngx_shop_serving_t *s, uint64_t usable, uint64_t msec)
{
    return ngx_shop_serving_step(s, usable, HOLD, msec);
}


static void
a_primary_that_can_serve_serves(void **state)
{
    ngx_shop_serving_t  s = begin(0);

    (void) state;

    assert_int_equal(step(&s, 3, 1), 0);
    assert_int_equal(s.now, 0);
    assert_int_equal(step(&s, 1, 2), 0);
    assert_int_equal(s.now, 0);
}


static void
a_group_that_cannot_serve_is_left_at_once(void **state)
{
    ngx_shop_serving_t  s = begin(0);

    (void) state;

    assert_int_equal(step(&s, 6, 1), 1);
    assert_int_equal(s.now, 1);
    assert_int_equal(step(&s, 4, 2), 1);
    assert_int_equal(s.now, 2);
}


static void
the_primary_comes_back_after_the_hold(void **state)
{
    ngx_shop_serving_t  s = begin(1);

    (void) state;

    assert_int_equal(step(&s, 3, 1000), 0);
    assert_int_equal(step(&s, 3, 1000 + HOLD - 1), 0);
    assert_int_equal(s.now, 1);
    assert_int_equal(step(&s, 3, 1000 + HOLD), 1);
    assert_int_equal(s.now, 0);
}


static void
a_flap_begins_the_hold_again(void **state)
{
    ngx_shop_serving_t  s = begin(1);

    (void) state;

    assert_int_equal(step(&s, 3, 1000), 0);
    assert_int_equal(step(&s, 2, 20000), 0);
    assert_int_equal(step(&s, 3, 25000), 0);
    assert_int_equal(step(&s, 3, 25000 + HOLD - 1), 0);
    assert_int_equal(step(&s, 3, 25000 + HOLD), 1);
}


static void
a_hold_does_not_wait_where_nobody_else_serves(void **state)
{
    ngx_shop_serving_t  s = begin(1);

    (void) state;

    assert_int_equal(step(&s, 3, 1000), 0);
    assert_int_equal(step(&s, 1, 1001), 1);
    assert_int_equal(s.now, 0);
}


static void
an_outage_changes_nothing(void **state)
{
    ngx_shop_serving_t  s = begin(1);

    (void) state;

    assert_int_equal(step(&s, 3, 1000), 0);
    assert_int_equal(step(&s, 0, 2000), 0);
    assert_int_equal(s.now, 1);
    assert_int_equal(s.better, NONE);
    assert_int_equal(step(&s, 4, 3000), 1);
    assert_int_equal(s.now, 2);
}


static void
an_earlier_backup_is_better_and_waits_as_well(void **state)
{
    ngx_shop_serving_t  s = begin(2);

    (void) state;

    assert_int_equal(step(&s, 6, 1000), 0);
    assert_int_equal(s.better, 1);
    assert_int_equal(step(&s, 7, 5000), 0);
    assert_int_equal(s.better, 0);
    assert_int_equal(step(&s, 7, 5000 + HOLD), 1);
    assert_int_equal(s.now, 0);
}


static void
the_last_of_64_groups_counts(void **state)
{
    ngx_shop_serving_t  s = begin(0);

    (void) state;

    assert_int_equal(step(&s, (uint64_t) 1 << 63, 1), 1);
    assert_int_equal(s.now, 63);
}


static void
no_hold_is_no_wait(void **state)
{
    ngx_shop_serving_t  s = begin(1);

    (void) state;

    assert_int_equal(ngx_shop_serving_step(&s, 3, 0, 1000), 1);
    assert_int_equal(s.now, 0);
}


int
main(void)
{
    const struct CMUnitTest  tests[] = {
        cmocka_unit_test(a_primary_that_can_serve_serves),
        cmocka_unit_test(a_group_that_cannot_serve_is_left_at_once),
        cmocka_unit_test(the_primary_comes_back_after_the_hold),
        cmocka_unit_test(a_flap_begins_the_hold_again),
        cmocka_unit_test(a_hold_does_not_wait_where_nobody_else_serves),
        cmocka_unit_test(an_outage_changes_nothing),
        cmocka_unit_test(an_earlier_backup_is_better_and_waits_as_well),
        cmocka_unit_test(the_last_of_64_groups_counts),
        cmocka_unit_test(no_hold_is_no_wait)
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
