
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * A limit of pages in hand that finds itself: before a model of a shop that
 * does so many pages at a time, and of visitors who come at a rate.
 */


#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "logic/judge/shed.h"


#define TARGET  1000     /* ms */
#define MOST    4096


/* in hand, in the order in which they came */
typedef struct {
    uint32_t  came[MOST];
    unsigned  first;
    unsigned  n;
} queue_t;


static ngx_shop_shed_t  shed;
static queue_t          queue;
static uint32_t         now;
static unsigned         come, refused, quick, served, sessions, kept;


static int
begin(void **state)
{
    (void) state;

    memset(&shed, 0, sizeof(shed));
    memset(&queue, 0, sizeof(queue));
    now = 1000000;

    return 0;
}


static int
visitor(int first)
{
    ngx_shop_shed_ask_t  ask;

    ask.target = TARGET;
    ask.inside = queue.n;
    ask.now = now;
    ask.first = (uint8_t) first;

    if (!ngx_shop_shed_admit(&shed, &ask)) {
        return 0;
    }

    assert_true(queue.n < MOST);
    queue.came[(queue.first + queue.n++) % MOST] = now;

    return 1;
}


static void
page(void)
{
    uint32_t             waited;
    ngx_shop_shed_ask_t  ask;

    waited = now - queue.came[queue.first];
    queue.first = (queue.first + 1) % MOST;
    queue.n--;

    ask.target = TARGET;
    ask.inside = queue.n;
    ask.now = now;
    ask.first = 0;

    served++;
    quick += waited <= 4000;

    ngx_shop_shed_page(&shed, &ask, waited);
}


/*
 * A shop that ends a page each "each" ms (0: none), one visitor each "apart"
 * ms, of whom one of four has a session; for so many ms.
 */

static void
run(uint32_t each, uint32_t apart, uint32_t ms)
{
    uint32_t  end, busy;

    come = refused = quick = served = sessions = kept = 0;
    busy = 0;

    for (end = now + ms; now != end; now++) {

        if (now % apart == 0) {
            come++;

            if (come % 4 == 0) {
                sessions++;
                kept += visitor(1);

            } else {
                refused += !visitor(0);
            }
        }

        busy = queue.n ? busy + 1 : 0;

        if (each && queue.n && busy % each == 0) {
            page();
        }
    }
}


static void
a_healthy_shop_has_no_limit(void **state)
{
    (void) state;

    run(20, 25, 60000);

    assert_int_equal(shed.limit, 0);
    assert_int_equal(refused, 0);
    assert_int_equal(kept, sessions);
}


static void
with_too_many_pages_stay_quick(void **state)
{
    (void) state;

    /* at 20 pages a second, three times as many come */

    run(50, 60, 10000);
    run(50, 17, 60000);

    assert_true(shed.limit > 0);
    assert_true(served >= 60 * 20 * 95 / 100);
    assert_true(quick >= served * 98 / 100);
}


static void
sessions_go_first(void **state)
{
    (void) state;

    run(50, 60, 10000);
    run(50, 25, 60000);

    /* 10 of 40 a second have one, and 20 are served */

    assert_true(kept >= sessions * 95 / 100);
    assert_true(refused > 0);
}


static void
the_limit_goes_when_they_are_gone(void **state)
{
    (void) state;

    run(50, 17, 20000);
    assert_true(shed.limit > 0);

    run(50, 100, 60000);
    assert_int_equal(shed.limit, 0);
    run(50, 100, 10000);
    assert_int_equal(refused, 0);
}


static void
pages_that_take_their_time_are_no_crowd(void **state)
{
    unsigned  i;

    (void) state;

    /* 3 at a time, each 1500 ms, which is more than the target */

    for (i = 0; i < 200; i++) {
        assert_true(visitor(0));
        assert_true(visitor(0));
        assert_true(visitor(0));
        now += 1500;
        page();
        page();
        page();
    }

    assert_int_equal(shed.limit, 0);
}


static void
stuck_one_a_second_is_let_through(void **state)
{
    (void) state;

    run(20, 100, 5000);
    run(0, 100, 5000);
    assert_true(refused > 0);
    assert_true(refused < 20);

    run(0, 100, 10000);
    assert_in_range(come - refused - (sessions - kept), 9, 11);

    /* the first page that comes ends it */

    page();
    assert_true(visitor(0));
}


static void
each_that_is_refused_has_a_time_of_its_own(void **state)
{
    unsigned  i;
    uint32_t  last, s;

    (void) state;

    run(50, 17, 20000);
    last = 0;

    for (i = 0; i < 200; i++) {
        s = ngx_shop_shed_deal(&shed, now);
        assert_true(s >= 2 && s >= last && s <= 120);
        last = s;
    }

    /* 20 a second are served, and half of that is dealt */

    assert_in_range(last, 15, 30);

    for (i = 0; i < 5000; i++) {
        last = ngx_shop_shed_deal(&shed, now);
    }

    assert_int_equal(last, 120);

    memset(&shed, 0, sizeof(shed));
    assert_int_equal(ngx_shop_shed_deal(&shed, now), 2);
}


int
main(void)
{
    const struct CMUnitTest  tests[] = {
        cmocka_unit_test_setup(a_healthy_shop_has_no_limit, begin),
        cmocka_unit_test_setup(with_too_many_pages_stay_quick, begin),
        cmocka_unit_test_setup(sessions_go_first, begin),
        cmocka_unit_test_setup(the_limit_goes_when_they_are_gone, begin),
        cmocka_unit_test_setup(pages_that_take_their_time_are_no_crowd, begin),
        cmocka_unit_test_setup(stuck_one_a_second_is_let_through, begin),
        cmocka_unit_test_setup(each_that_is_refused_has_a_time_of_its_own,
                               begin)
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
