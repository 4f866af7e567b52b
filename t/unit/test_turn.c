
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * How a line of requests is let go.
 */


#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "logic/judge/turn.h"


static uint32_t
room(ngx_shop_turn_t *t, uint32_t now, uint32_t pending, uint32_t answered,
    uint32_t places)
{
    ngx_shop_turn_ask_t  ask;

    ask.now = now;
    ask.pending = pending;
    ask.answered = answered;
    ask.places = places;

    return ngx_shop_turn_room(t, &ask);
}


static void
shut(void **state)
{
    ngx_shop_turn_t  t;

    memset(&t, 0, sizeof(t));
    assert_int_equal(room(&t, 1000, 0, 0, 100), 0);

    ngx_shop_turn_open(&t, 1000);
    assert_true(room(&t, 1000, 0, 0, 100) > 0);

    ngx_shop_turn_shut(&t);
    assert_int_equal(room(&t, 1000, 0, 0, 100), 0);
}


/* few at first, and as many again as got an answer */

static void
pace(void **state)
{
    uint32_t         now, n, sent, most;
    ngx_shop_turn_t  t;

    memset(&t, 0, sizeof(t));
    ngx_shop_turn_open(&t, 0);

    sent = room(&t, 0, 0, 0, 100000);
    assert_true(sent <= 4);

    for (now = 10; now <= 100; now += 10) {
        most = sent;
        n = room(&t, now, 0, sent, 100000);
        assert_true(n <= 2 * most + 4);
        sent += n;
    }

    /* a restart's line is gone in a tenth of a second */

    assert_true(sent > 600);
}


/* a server that answers nobody gets little more */

static void
slow(void **state)
{
    uint32_t         now, sent;
    ngx_shop_turn_t  t;

    memset(&t, 0, sizeof(t));
    ngx_shop_turn_open(&t, 0);

    sent = 0;

    for (now = 0; now < 1000; now += 5) {
        sent += room(&t, now, sent, 0, 100000);
    }

    assert_in_range(sent, 5, 30);
}


static void
places(void **state)
{
    ngx_shop_turn_t  t;

    memset(&t, 0, sizeof(t));
    ngx_shop_turn_open(&t, 0);

    assert_int_equal(room(&t, 0, 0, 0, 1), 1);
    assert_int_equal(room(&t, 0, 0, 0, 0), 0);
    assert_int_equal(room(&t, 0, 4, 0, 100), 0);
}


/* the newest first, once the line was not emptied for a second */

static void
newest(void **state)
{
    ngx_shop_turn_t  t;

    memset(&t, 0, sizeof(t));
    assert_false(ngx_shop_turn_newest(&t, 5000));

    ngx_shop_turn_open(&t, 5000);
    assert_false(ngx_shop_turn_newest(&t, 5900));
    assert_true(ngx_shop_turn_newest(&t, 6001));

    /* it is open already */

    ngx_shop_turn_open(&t, 6000);
    assert_true(ngx_shop_turn_newest(&t, 6001));

    ngx_shop_turn_shut(&t);
    assert_false(ngx_shop_turn_newest(&t, 6001));
}


/* also when the clock turns over */

static void
wraps(void **state)
{
    ngx_shop_turn_t  t;

    memset(&t, 0, sizeof(t));
    ngx_shop_turn_open(&t, UINT32_MAX - 100);

    assert_false(ngx_shop_turn_newest(&t, 100));
    assert_true(ngx_shop_turn_newest(&t, 1000));
}


int
main(void)
{
    const struct CMUnitTest  tests[] = {
        cmocka_unit_test(shut),
        cmocka_unit_test(pace),
        cmocka_unit_test(slow),
        cmocka_unit_test(places),
        cmocka_unit_test(newest),
        cmocka_unit_test(wraps),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
