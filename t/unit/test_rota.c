
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * Whose turn it is to probe: in each turn one node's, and never nobody's.
 */


#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "logic/judge/rota.h"


#define NODES  7


static int64_t
wait_of(uint32_t nodes, uint32_t node, uint32_t key, int64_t now)
{
    ngx_shop_rota_t  rota;

    rota.nodes = nodes;
    rota.node = node;
    rota.key = key;
    rota.interval = 5000;

    return ngx_shop_rota_wait(&rota, now);
}


/* all nodes together probe once an interval, each of them once in a round */

static void
one_a_turn(void **state)
{
    int64_t   at, due[NODES], last;
    uint32_t  nodes, i, n, first;

    for (nodes = 1; nodes <= NODES; nodes++) {
        for (i = 0; i < nodes; i++) {
            due[i] = 1700000000000 + wait_of(nodes, i, 77, 1700000000000);
        }

        last = 0;

        for (n = 0; n < 5 * nodes; n++) {
            first = 0;

            for (i = 1; i < nodes; i++) {
                first = due[i] < due[first] ? i : first;
            }

            at = due[first];
            assert_true(last == 0 || at - last == 5000);
            last = at;

            /* it takes a while until the next is asked for */

            due[first] = at + 40 + wait_of(nodes, first, 77, at + 40);
            assert_int_equal(due[first] - at, 5000 * (int64_t) nodes);
        }
    }

    (void) state;
}


/* a timer that is early or late by less than half an interval stays in turn */

static void
early_and_late(void **state)
{
    int64_t  at, off;

    at = 1700000000000;
    at += wait_of(3, 1, 123456, at);

    for (off = -2499; off < 2500; off += 7) {
        assert_int_equal(off + wait_of(3, 1, 123456, at + off), 15000);
    }

    (void) state;
}


static void
bounds(void **state)
{
    int64_t   now, wait;
    uint32_t  key;

    for (key = 0; key < 20000; key += 313) {
        for (now = 1700000000000; now < 1700000020000; now += 97) {
            wait = wait_of(4, 2, key, now);
            assert_true(wait >= 2500 && wait <= 4 * 5000 + 2500);
        }
    }

    assert_int_equal(wait_of(1, 0, 0, 0), 5000);

    (void) state;
}


int
main(void)
{
    const struct CMUnitTest  tests[] = {
        cmocka_unit_test(one_a_turn),
        cmocka_unit_test(early_and_late),
        cmocka_unit_test(bounds)
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
