
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * For how long a server may be silent.
 */


#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "logic/judge/silence.h"


#define MOST  1000


static const ngx_shop_evidence_rule_t  rule = { 3, 20, 25, 5, 2000, 5000 };

static ngx_shop_evidence_t  server;
static uint32_t             now;


static int
begin(void **state)
{
    (void) state;

    memset(&server, 0, sizeof(server));
    now = 1000000;

    return 0;
}


/* n answers, one each "apart" ms, that waited for so long */

static int
heard(unsigned n, uint32_t apart, uint32_t waited)
{
    int                        news;
    ngx_shop_evidence_heard_t  h;

    news = 0;
    memset(&h, 0, sizeof(h));

    while (n--) {
        now += apart;
        h.waited = waited;
        h.msec = now;
        news = ngx_shop_evidence_add(&server, &rule, &h);
    }

    return news;
}


static uint32_t
patience(void)
{
    return ngx_shop_silence_patience(&server, now, MOST);
}


static void
few_answers_say_nothing_of_a_pace(void **state)
{
    (void) state;

    assert_int_equal(patience(), MOST);
    heard(19, 10, 5);
    assert_int_equal(patience(), MOST);
    heard(1, 10, 5);
    assert_int_equal(patience(), NGX_SHOP_SILENCE_FLOOR);
}


static void
the_longest_silence_that_ended_is_usual(void **state)
{
    (void) state;

    heard(100, 10, 5);
    assert_true(heard(1, 300, 300));
    assert_int_equal(patience(), 450);

    /* no news: shorter than that */

    assert_false(heard(1, 300, 299));
}


static void
a_long_page_beside_quick_ones_is_no_silence(void **state)
{
    (void) state;

    heard(100, 10, 5);

    /* it took 2 s, and others were heard 10 ms before */

    assert_true(heard(1, 10, 2000));
    assert_int_equal(patience(), NGX_SHOP_SILENCE_FLOOR);
}


static void
a_pause_each_5_seconds_stays_usual(void **state)
{
    unsigned  i;

    (void) state;

    heard(100, 10, 5);

    for (i = 0; i < 120; i++) {
        heard(1, 300, 300);
        heard(470, 10, 5);
        assert_true(patience() > 300);
    }

    /* and is forgotten when there is none any more */

    heard(30000, 10, 5);
    assert_true(patience() < 100);
}


static void
patience_has_an_end(void **state)
{
    (void) state;

    heard(100, 10, 5);
    heard(1, 30000, 30000);
    heard(30, 100, 5);
    assert_int_equal(patience(), MOST);
}


static void
an_old_pace_says_nothing(void **state)
{
    (void) state;

    heard(100, 10, 5);
    now += NGX_SHOP_EVIDENCE_WINDOW + 4096;
    assert_int_equal(patience(), MOST);
}


static void
a_probe_has_a_pace_too(void **state)
{
    uint32_t  i, usual;

    (void) state;

    assert_int_equal(ngx_shop_silence_probe(0, 2000), 2000);

    usual = ngx_shop_silence_usual(0, 0);
    assert_int_equal(ngx_shop_silence_probe(usual, 2000), 50);
    assert_int_equal(ngx_shop_silence_probe(usual, 30), 30);

    usual = ngx_shop_silence_usual(usual, 100);
    assert_int_equal(ngx_shop_silence_probe(usual, 2000), 300);
    assert_int_equal(ngx_shop_silence_probe(usual, 200), 200);

    for (i = 0; i < 40; i++) {
        usual = ngx_shop_silence_usual(usual, 2);
    }

    assert_int_equal(ngx_shop_silence_probe(usual, 2000), 50);
}


static void
a_connection_is_made_within_reason(void **state)
{
    (void) state;

    assert_int_equal(ngx_shop_silence_connect(0), 0);
    assert_int_equal(ngx_shop_silence_connect(1), NGX_SHOP_SILENCE_CONNECT);
    assert_int_equal(ngx_shop_silence_connect(80), 320);
}


static void
who_is_silent_is_the_kernels_word(void **state)
{
    (void) state;

    assert_int_equal(ngx_shop_silence_whose(1, 0, 59),
                     NGX_SHOP_SILENCE_UNKNOWN);
    assert_int_equal(ngx_shop_silence_whose(1, 0, 60), NGX_SHOP_SILENCE_HOST);
    assert_int_equal(ngx_shop_silence_whose(0, 0, 60),
                     NGX_SHOP_SILENCE_PROCESS);

    /* a host far away has its time */

    assert_int_equal(ngx_shop_silence_whose(1, 100, 259),
                     NGX_SHOP_SILENCE_UNKNOWN);
    assert_string_equal(ngx_shop_silence_name(NGX_SHOP_SILENCE_HOST), "host");
    assert_string_equal(ngx_shop_silence_words(NGX_SHOP_SILENCE_PROCESS),
                        "its host answers, its process does not");
}


static void
a_check_is_blind_where_no_page_comes(void **state)
{
    ngx_shop_silence_wait_t  w;

    (void) state;

    w.waiting = 3;
    w.now = 100000;
    w.page = 0;
    w.probe = 99000;
    assert_true(ngx_shop_silence_blind(&w));

    /* a page came; nobody knows how it is now; one waits for a report */

    w.page = 96000;
    assert_false(ngx_shop_silence_blind(&w));
    w.page = 95000;
    assert_true(ngx_shop_silence_blind(&w));
    w.probe = 80000;
    assert_false(ngx_shop_silence_blind(&w));
    w.probe = 99000;
    w.waiting = 2;
    assert_false(ngx_shop_silence_blind(&w));
}


static void
as_many_are_moved_as_there_is_room_for(void **state)
{
    (void) state;

    assert_int_equal(ngx_shop_silence_room(0, 0, 0), 8);
    assert_int_equal(ngx_shop_silence_room(0, 0, 8), 0);
    assert_int_equal(ngx_shop_silence_room(0, 5, 8), 5);
    assert_int_equal(ngx_shop_silence_room(30, 0, 10), 20);
}


static void
few_are_moved_by_suspicion(void **state)
{
    (void) state;

    assert_int_equal(ngx_shop_silence_budget(0), 8);
    assert_int_equal(ngx_shop_silence_budget(1000), 58);
    assert_int_equal(ngx_shop_silence_budget(UINT32_MAX), 214748372);
}


int
main(void)
{
    const struct CMUnitTest  tests[] = {
        cmocka_unit_test_setup(few_answers_say_nothing_of_a_pace, begin),
        cmocka_unit_test_setup(the_longest_silence_that_ended_is_usual, begin),
        cmocka_unit_test_setup(a_long_page_beside_quick_ones_is_no_silence,
                               begin),
        cmocka_unit_test_setup(a_pause_each_5_seconds_stays_usual, begin),
        cmocka_unit_test_setup(patience_has_an_end, begin),
        cmocka_unit_test_setup(an_old_pace_says_nothing, begin),
        cmocka_unit_test(a_probe_has_a_pace_too),
        cmocka_unit_test(a_connection_is_made_within_reason),
        cmocka_unit_test(who_is_silent_is_the_kernels_word),
        cmocka_unit_test(a_check_is_blind_where_no_page_comes),
        cmocka_unit_test(as_many_are_moved_as_there_is_room_for),
        cmocka_unit_test(few_are_moved_by_suspicion)
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
