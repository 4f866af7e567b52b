
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * When an upstream is busy, and when there is a line.
 */


#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "logic/judge/room.h"


static ngx_shop_room_t  room;


static unsigned
look(uint64_t msec, unsigned turned, unsigned full, unsigned waiting)
{
    ngx_shop_room_look_t  l;

    memset(&l, 0, sizeof(l));
    l.turned = turned;
    l.full = full;
    l.waiting = waiting;

    return ngx_shop_room_step(&room, &l, msec);
}


static int
begin(void **state)
{
    (void) state;

    memset(&room, 0, sizeof(room));
    (void) look(1000, 7, 3, 0);

    return 0;
}


static void
who_is_turned_away_lacks_room(void **state)
{
    (void) state;

    /* what was counted before the first look says nothing */
    assert_int_equal(room.busy, 0);

    assert_int_equal(look(1500, 8, 3, 0), 0);
    assert_int_equal(room.busy, 1);
    assert_int_equal(room.line, 0);
}


static void
it_does_not_come_and_go_with_each_visitor(void **state)
{
    uint64_t  now;
    unsigned  turned;

    (void) state;

    turned = 7;

    for (now = 2000; now < 60000; now += 9500) {
        (void) look(now, ++turned, 3, 0);
        assert_int_equal(room.busy, 1);
        (void) look(now + 9000, turned, 3, 0);
        assert_int_equal(room.busy, 1);
    }

    now -= 9500;
    (void) look(now + 9999, turned, 3, 0);
    assert_int_equal(room.busy, 1);
    (void) look(now + 10000, turned, 3, 0);
    assert_int_equal(room.busy, 0);
}


static void
a_wait_of_a_moment_is_no_line(void **state)
{
    (void) state;

    assert_int_equal(look(2000, 7, 3, 5), 0);
    assert_int_equal(look(2500, 7, 3, 0), 0);
    assert_int_equal(look(3000, 7, 3, 5), 0);
    assert_int_equal(look(3999, 7, 3, 5), 0);
    assert_int_equal(room.line, 0);
    assert_int_equal(room.busy, 0);

    assert_int_equal(look(4000, 7, 3, 5), NGX_SHOP_ROOM_LINE);
    assert_int_equal(room.line, 1);
    assert_int_equal(room.busy, 1);

    assert_int_equal(look(5000, 7, 3, 0), 0);
    assert_int_equal(room.line, 1);
    assert_int_equal(look(13999, 7, 3, 0), 0);
    assert_int_equal(look(14000, 7, 3, 0), NGX_SHOP_ROOM_LINE);
    assert_int_equal(room.line, 0);
    assert_int_equal(room.busy, 0);
}


static void
a_full_line_is_told_once(void **state)
{
    (void) state;

    assert_int_equal(look(2000, 8, 4, 0), NGX_SHOP_ROOM_FULL);
    assert_int_equal(look(2500, 9, 5, 0), 0);
    assert_int_equal(look(12500, 9, 5, 0), 0);
    assert_int_equal(room.busy, 0);
    assert_int_equal(look(13000, 10, 6, 0), NGX_SHOP_ROOM_FULL);
}


static void
where_nobody_serves_it_is_not_busy(void **state)
{
    ngx_shop_room_look_t  l = { 9, 3, 5, 1 };

    (void) state;

    (void) look(2000, 8, 3, 0);
    assert_int_equal(room.busy, 1);

    (void) ngx_shop_room_step(&room, &l, 2500);
    assert_int_equal(room.busy, 0);
    assert_int_equal(ngx_shop_room_step(&room, &l, 3500), NGX_SHOP_ROOM_LINE);
    assert_int_equal(room.busy, 0);

    /* they serve again, and nobody was turned away since */
    assert_int_equal(look(4000, 9, 3, 0), 0);
    assert_int_equal(room.busy, 0);
}


int
main(void)
{
    const struct CMUnitTest  tests[] = {
        cmocka_unit_test_setup(who_is_turned_away_lacks_room, begin),
        cmocka_unit_test_setup(it_does_not_come_and_go_with_each_visitor,
                               begin),
        cmocka_unit_test_setup(a_wait_of_a_moment_is_no_line, begin),
        cmocka_unit_test_setup(a_full_line_is_told_once, begin),
        cmocka_unit_test_setup(where_nobody_serves_it_is_not_busy, begin)
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
