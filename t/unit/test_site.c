
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * What a site is and what a visitor gets, from groups, flag and time.
 */


#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "logic/judge/site.h"


#define TEST_SITE_NOW  ((int64_t) 1795230000)

#define CLOSED    NGX_SHOP_SITE_FLAG_CLOSED
#define BROWSE    NGX_SHOP_SITE_FLAG_BROWSE
#define OPEN      NGX_SHOP_SITE_FLAG_OPEN


static ngx_shop_flag_notice_t  test_site_notice;


/* a time is seconds from now; 0: not given */

static ngx_shop_flag_notice_t *
test_site_flag(int start, int until, int eta)
{
    ngx_shop_flag_notice_t  *n;

    n = &test_site_notice;
    memset(n, 0, sizeof(ngx_shop_flag_notice_t));

    n->start.at = start ? TEST_SITE_NOW + start : 0;
    n->until.at = until ? TEST_SITE_NOW + until : 0;
    n->eta.at = eta ? TEST_SITE_NOW + eta : 0;

    return n;
}


static void
a_flag_closes_between_its_start_and_its_end(void **state)
{
    static const struct {
        int      start, until, eta;
        uint8_t  end;
        int      asked;
    } cases[] = {
        { 0, 0, 0, NGX_SHOP_FLAG_END_MANUAL, CLOSED },
        { 1, 0, 0, NGX_SHOP_FLAG_END_MANUAL, OPEN },
        { -1, 0, 0, NGX_SHOP_FLAG_END_MANUAL, CLOSED },
        { 0, 1, 0, NGX_SHOP_FLAG_END_MANUAL, CLOSED },
        { 0, -1, 0, NGX_SHOP_FLAG_END_MANUAL, OPEN },
        { -1, 1, 0, NGX_SHOP_FLAG_END_MANUAL, CLOSED },
        { 0, 0, -1, NGX_SHOP_FLAG_END_MANUAL, CLOSED },
        { 0, 0, -1, NGX_SHOP_FLAG_END_ETA, OPEN },
        { 0, 0, 1, NGX_SHOP_FLAG_END_ETA, CLOSED },
        { 0, 0, 0, NGX_SHOP_FLAG_END_ETA, CLOSED },
        { 0, -1, 1, NGX_SHOP_FLAG_END_ETA, OPEN },
        { 0, 0, -1, NGX_SHOP_FLAG_END_HEALTHY, CLOSED }
    };

    size_t                   i;
    ngx_shop_flag_notice_t  *n;

    (void) state;

    for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        print_message("case %d\n", (int) i);

        n = test_site_flag(cases[i].start, cases[i].until, cases[i].eta);
        n->end = cases[i].end;

        assert_int_equal(ngx_shop_site_flag(n, OPEN, TEST_SITE_NOW),
                         cases[i].asked);
    }
}


static void
a_start_that_cannot_be_read_changes_nothing(void **state)
{
    ngx_shop_flag_notice_t  *n;

    (void) state;

    n = test_site_flag(0, 0, 0);
    n->bad_start = 1;

    assert_int_equal(ngx_shop_site_flag(n, OPEN, TEST_SITE_NOW), OPEN);
    assert_int_equal(ngx_shop_site_flag(n, CLOSED, TEST_SITE_NOW), CLOSED);
    assert_int_equal(ngx_shop_site_flag(n, BROWSE, TEST_SITE_NOW), BROWSE);
}


static void
end_healthy_waits_for_the_hold(void **state)
{
    ngx_shop_site_life_t     life;
    ngx_shop_flag_notice_t  *n;

    (void) state;

    n = test_site_flag(0, 0, 0);
    n->end = NGX_SHOP_FLAG_END_HEALTHY;
    memset(&life, 0, sizeof(life));

    assert_int_equal(ngx_shop_site_ended(&life, n, 0, 10, 100), 0);
    assert_int_equal(ngx_shop_site_ended(&life, n, 1, 10, 200), 0);
    assert_int_equal(ngx_shop_site_ended(&life, n, 1, 10, 209), 0);
    assert_int_equal(ngx_shop_site_ended(&life, n, 0, 10, 209), 0);
    assert_int_equal(ngx_shop_site_ended(&life, n, 1, 10, 210), 0);
    assert_int_equal(ngx_shop_site_ended(&life, n, 1, 10, 219), 0);
    assert_int_equal(ngx_shop_site_ended(&life, n, 1, 10, 220), 1);

    /* a later failure is an outage, and not maintenance again */

    assert_int_equal(ngx_shop_site_ended(&life, n, 0, 10, 230), 1);
}


static void
another_end_is_not_ended_by_health(void **state)
{
    ngx_shop_site_life_t     life;
    ngx_shop_flag_notice_t  *n;

    (void) state;

    n = test_site_flag(0, 0, 0);
    memset(&life, 0, sizeof(life));

    assert_int_equal(ngx_shop_site_ended(&life, n, 1, 0, 100), 0);
    n->end = NGX_SHOP_FLAG_END_ETA;
    assert_int_equal(ngx_shop_site_ended(&life, n, 1, 0, 100), 0);
}


static void
times_that_are_over_are_told_apart(void **state)
{
    ngx_shop_flag_notice_t  *n;

    (void) state;

    n = test_site_flag(0, 0, 0);
    assert_int_equal(ngx_shop_site_passed(n, TEST_SITE_NOW), 0);
    assert_int_equal(ngx_shop_site_next(n, TEST_SITE_NOW), 0);

    n = test_site_flag(-5, 20, 10);
    assert_int_equal(ngx_shop_site_passed(n, TEST_SITE_NOW), 1);
    assert_int_equal(ngx_shop_site_next(n, TEST_SITE_NOW), TEST_SITE_NOW + 10);
    assert_int_equal(ngx_shop_site_passed(n, TEST_SITE_NOW + 10), 5);
    assert_int_equal(ngx_shop_site_next(n, TEST_SITE_NOW + 10),
                     TEST_SITE_NOW + 20);
    assert_int_equal(ngx_shop_site_passed(n, TEST_SITE_NOW + 20), 7);
    assert_int_equal(ngx_shop_site_next(n, TEST_SITE_NOW + 20), 0);

    n->next_update.at = TEST_SITE_NOW;
    assert_int_equal(ngx_shop_site_passed(n, TEST_SITE_NOW), 9);
}


static void
a_group_is_as_good_as_what_serves(void **state)
{
    static const struct {
        ngx_shop_site_count_t  count;
        int                    is;
    } cases[] = {
        { { 2, 2, 1, 1, 0, 0, 0, 0, 0 }, NGX_SHOP_SITE_GROUP_UP },
        { { 2, 2, 1, 1, 1, 0, 0, 0, 0 }, NGX_SHOP_SITE_GROUP_DEGRADED },
        { { 2, 1, 1, 1, 0, 1, 0, 0, 0 }, NGX_SHOP_SITE_GROUP_DEGRADED },
        { { 2, 1, 1, 1, 0, 0, 0, 0, 0 }, NGX_SHOP_SITE_GROUP_DEGRADED },
        { { 2, 2, 1, 0, 0, 0, 0, 0, 0 }, NGX_SHOP_SITE_GROUP_DEGRADED },
        { { 2, 0, 1, 1, 0, 0, 0, 0, 0 }, NGX_SHOP_SITE_GROUP_BACKUP },
        { { 2, 0, 1, 0, 0, 0, 0, 0, 0 }, NGX_SHOP_SITE_GROUP_DOWN },
        { { 1, 0, 0, 0, 0, 0, 0, 0, 0 }, NGX_SHOP_SITE_GROUP_DOWN },

        /* by their own word: worn, planned, ordered */
        { { 2, 2, 1, 1, 0, 0, 1, 0, 0 }, NGX_SHOP_SITE_GROUP_DEGRADED },
        { { 2, 1, 0, 0, 0, 0, 0, 1, 0 }, NGX_SHOP_SITE_GROUP_DEGRADED },
        { { 2, 0, 1, 1, 0, 0, 0, 2, 0 }, NGX_SHOP_SITE_GROUP_BACKUP },
        { { 2, 0, 1, 0, 0, 0, 0, 3, 0 }, NGX_SHOP_SITE_GROUP_PLANNED },
        { { 2, 0, 1, 0, 0, 0, 0, 1, 2 }, NGX_SHOP_SITE_GROUP_PLANNED },

        /* one of them is dead, or nobody says that it was planned */
        { { 2, 0, 1, 0, 0, 0, 0, 2, 0 }, NGX_SHOP_SITE_GROUP_DOWN },
        { { 2, 0, 0, 0, 0, 0, 0, 0, 2 }, NGX_SHOP_SITE_GROUP_DOWN }
    };

    size_t  i;

    (void) state;

    for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        assert_int_equal(ngx_shop_site_group(&cases[i].count), cases[i].is);
    }
}


static void
planned_by_its_servers_is_no_outage(void **state)
{
    ngx_shop_site_t        site = { 0 };
    ngx_shop_site_input_t  in = { 0, 0, 0, 0, 0 };

    (void) state;

    in.group = NGX_SHOP_SITE_GROUP_PLANNED;
    assert_int_equal(ngx_shop_site_step(&site, &in, 1000, 1), 1);
    assert_int_equal(site.state, NGX_SHOP_SITE_MAINTENANCE);
    assert_int_equal(site.outage, 0);

    /* the last that was to come back is lost */
    in.group = NGX_SHOP_SITE_GROUP_DOWN;
    assert_int_equal(ngx_shop_site_step(&site, &in, 1001, 2), 1);
    assert_int_equal(site.state, NGX_SHOP_SITE_OUTAGE);

    /* what is said then ends no outage, also under a flag */
    in.group = NGX_SHOP_SITE_GROUP_PLANNED;
    assert_int_equal(ngx_shop_site_step(&site, &in, 1002, 3), 0);

    in.flag = CLOSED;
    assert_int_equal(ngx_shop_site_step(&site, &in, 1003, 4), 0);
    assert_int_equal(site.state, NGX_SHOP_SITE_OUTAGE);

    in.flag = OPEN;
    in.group = NGX_SHOP_SITE_GROUP_UP;
    assert_int_equal(ngx_shop_site_step(&site, &in, 1004, 5), 1);
    assert_int_equal(site.state, NGX_SHOP_SITE_OPEN);

    in.group = NGX_SHOP_SITE_GROUP_PLANNED;
    assert_int_equal(ngx_shop_site_step(&site, &in, 1005, 6), 1);
    assert_int_equal(site.state, NGX_SHOP_SITE_MAINTENANCE);
}


static void
a_site_is_busy_while_it_serves(void **state)
{
    size_t  i;

    static const struct {
        uint8_t  group;
        uint8_t  flag;
        uint8_t  is;
    } cases[] = {
        { NGX_SHOP_SITE_GROUP_UP, OPEN, NGX_SHOP_SITE_BUSY },
        { NGX_SHOP_SITE_GROUP_BACKUP, OPEN, NGX_SHOP_SITE_BUSY },
        { NGX_SHOP_SITE_GROUP_UP, BROWSE, NGX_SHOP_SITE_BROWSE },
        { NGX_SHOP_SITE_GROUP_UP, CLOSED, NGX_SHOP_SITE_MAINTENANCE },
        { NGX_SHOP_SITE_GROUP_DOWN, OPEN, NGX_SHOP_SITE_OUTAGE },
        { NGX_SHOP_SITE_GROUP_PLANNED, OPEN, NGX_SHOP_SITE_MAINTENANCE }
    };

    (void) state;

    for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        ngx_shop_site_t        site = { 0 };
        ngx_shop_site_input_t  in = { 0, 0, 1, 0, 0 };

        in.group = cases[i].group;
        in.flag = cases[i].flag;

        (void) ngx_shop_site_step(&site, &in, 1000, 1);
        assert_int_equal(site.state, cases[i].is);
    }

    assert_int_equal(ngx_shop_site_severity(NGX_SHOP_SITE_BUSY), 2);
}


static void
a_site_reopens_for_the_longer_of_hold_and_ramp(void **state)
{
    ngx_shop_site_t        site = { 0 };
    ngx_shop_site_input_t  in = { 0, 0, 0, 10, 40 };

    (void) state;

    in.flag = CLOSED;
    assert_int_equal(ngx_shop_site_step(&site, &in, 1000, 1), 1);
    assert_int_equal(site.state, NGX_SHOP_SITE_MAINTENANCE);
    assert_int_equal(ngx_shop_site_step(&site, &in, 1001, 2), 0);
    assert_int_equal(site.since, 1);

    in.flag = OPEN;
    assert_int_equal(ngx_shop_site_step(&site, &in, 2000, 3), 1);
    assert_int_equal(site.state, NGX_SHOP_SITE_REOPENING);
    assert_int_equal(ngx_shop_site_admitted(&site, 40, 2000), 0);
    assert_int_equal(ngx_shop_site_admitted(&site, 40, 2010), 250);
    assert_int_equal(ngx_shop_site_admitted(&site, 0, 2010), 1000);
    assert_int_equal(ngx_shop_site_step(&site, &in, 2039, 4), 0);

    /* a relapse closes at once, and the way back begins anew */

    in.group = NGX_SHOP_SITE_GROUP_DOWN;
    assert_int_equal(ngx_shop_site_step(&site, &in, 2039, 5), 1);
    assert_int_equal(site.state, NGX_SHOP_SITE_OUTAGE);

    in.group = NGX_SHOP_SITE_GROUP_DEGRADED;
    assert_int_equal(ngx_shop_site_step(&site, &in, 2050, 6), 1);
    assert_int_equal(site.state, NGX_SHOP_SITE_REOPENING);
    assert_int_equal(ngx_shop_site_step(&site, &in, 2089, 7), 0);
    assert_int_equal(ngx_shop_site_step(&site, &in, 2090, 8), 1);
    assert_int_equal(site.state, NGX_SHOP_SITE_DEGRADED);
    assert_int_equal(ngx_shop_site_admitted(&site, 40, 2090), 1000);
}


static void
an_order_ends_or_slows_the_ramp(void **state)
{
    ngx_shop_site_t        site = { 0 };
    ngx_shop_site_input_t  in = { 0, CLOSED, 0, 10, 40 };

    (void) state;

    (void) ngx_shop_site_step(&site, &in, 1000, 1);
    assert_int_equal(ngx_shop_site_order(&site, 40, 0, 1001), NGX_SHOP_ERROR);

    in.flag = OPEN;
    (void) ngx_shop_site_step(&site, &in, 2000, 2);
    assert_int_equal(ngx_shop_site_left(&site, 10, 40, 2010), 30);

    /* slower: who is in stays in */

    assert_int_equal(ngx_shop_site_order(&site, 40, 100, 2020), NGX_SHOP_OK);
    assert_int_equal(ngx_shop_site_admitted(&site, 40, 2020), 500);
    assert_int_equal(ngx_shop_site_admitted(&site, 40, 2070), 750);
    assert_int_equal(ngx_shop_site_left(&site, 10, 40, 2070), 50);
    assert_int_equal(ngx_shop_site_step(&site, &in, 2119, 3), 0);
    assert_int_equal(ngx_shop_site_admitted(&site, 40, 2120), 1000);
    assert_int_equal(ngx_shop_site_order(&site, 40, 0, 2120), NGX_SHOP_ERROR);
    assert_int_equal(ngx_shop_site_step(&site, &in, 2120, 4), 1);
    assert_int_equal(site.state, NGX_SHOP_SITE_OPEN);

    /* at once; it is called well when the hold is over, and not before */

    in.flag = CLOSED;
    (void) ngx_shop_site_step(&site, &in, 3000, 5);
    in.flag = OPEN;
    (void) ngx_shop_site_step(&site, &in, 4000, 6);
    assert_int_equal(ngx_shop_site_admitted(&site, 40, 4002), 50);
    assert_int_equal(ngx_shop_site_order(&site, 40, 0, 4002), NGX_SHOP_OK);
    assert_int_equal(ngx_shop_site_admitted(&site, 40, 4002), 1000);
    assert_int_equal(ngx_shop_site_left(&site, 10, 40, 4002), 8);
    assert_int_equal(ngx_shop_site_step(&site, &in, 4009, 7), 0);
    assert_int_equal(ngx_shop_site_step(&site, &in, 4010, 8), 1);

    /* another reopening knows nothing of it */

    in.flag = CLOSED;
    (void) ngx_shop_site_step(&site, &in, 5000, 9);
    in.flag = OPEN;
    (void) ngx_shop_site_step(&site, &in, 6000, 10);
    assert_int_equal(ngx_shop_site_admitted(&site, 40, 6010), 250);
}


static void
a_flag_that_came_before_probes_found_it(void **state)
{
    ngx_shop_site_t          site = { 0 };
    ngx_shop_flag_notice_t  *n;

    (void) state;

    site.state = NGX_SHOP_SITE_MAINTENANCE;
    n = test_site_flag(0, 0, 0);

    assert_int_equal(ngx_shop_site_before(&site, n, 100, 99999), 1);
    assert_int_equal(ngx_shop_site_before(&site, n, 100, 100000), 0);
    assert_int_equal(ngx_shop_site_before(&site, n, 100, 0), 0);

    site.outage = 99;
    assert_int_equal(ngx_shop_site_before(&site, n, 100, 99999), 0);

    site.outage = 0;
    site.state = NGX_SHOP_SITE_OPEN;
    assert_int_equal(ngx_shop_site_before(&site, n, 100, 99999), 0);

    site.state = NGX_SHOP_SITE_MAINTENANCE;
    n = test_site_flag(-5, 0, 0);
    assert_int_equal(ngx_shop_site_before(&site, n, 100, 99999), 0);
}


static void
who_is_let_in_stays_in(void **state)
{
    unsigned         in, was;
    uint32_t         visitor;
    uint64_t         msec;
    uint64_t         turn;
    ngx_shop_site_t  site;

    (void) state;

    memset(&site, 0, sizeof(ngx_shop_site_t));
    site.state = NGX_SHOP_SITE_REOPENING;
    site.reopened = 5000;

    for (msec = 0; msec <= 1000; msec += 250) {
        in = 0;

        for (visitor = 0; visitor < 1000; visitor++) {
            in += (unsigned) ngx_shop_site_admits(&site, 1000,
                                                  5000 + msec, visitor);
        }

        /* neighbours, as they are, make up about the share */

        assert_true(in + 60 >= msec && in <= msec + 60);
    }

    for (visitor = 0; visitor < 1000; visitor++) {
        was = 0;

        for (msec = 0; msec <= 1000; msec += 10) {
            in = (unsigned) ngx_shop_site_admits(&site, 1000,
                                                 5000 + msec, visitor);
            assert_true(in >= was);
            was = in;
        }

        assert_int_equal(was, 1);
    }

    /* whose turn is told comes in then, and not a millisecond before */

    for (visitor = 0; visitor < 1000; visitor++) {
        turn = ngx_shop_site_turn(&site, 777777, 5100, visitor);

        if (turn) {
            assert_int_equal(ngx_shop_site_admits(&site, 777777,
                                                  5100 + turn - 1, visitor),
                             0);
        }

        assert_int_equal(ngx_shop_site_admits(&site, 777777, 5100 + turn,
                                              visitor),
                         1);
    }

    assert_int_equal(ngx_shop_site_turn(&site, 0, 5100, 1), 0);
}


static void
without_hold_and_ramp_a_site_is_open_at_once(void **state)
{
    ngx_shop_site_t        site = { 0 };
    ngx_shop_site_input_t  in = { 0, 0, 0, 0, 0 };

    (void) state;

    in.flag = CLOSED;
    assert_int_equal(ngx_shop_site_step(&site, &in, 1000, 1), 1);
    in.flag = OPEN;
    assert_int_equal(ngx_shop_site_step(&site, &in, 1001, 2), 1);
    assert_int_equal(site.state, NGX_SHOP_SITE_OPEN);
}


static void
the_flag_comes_before_the_groups(void **state)
{
    static const struct {
        uint8_t   group, flag;
        int       is;
        unsigned  severity;
    } cases[] = {
        { NGX_SHOP_SITE_GROUP_UP, OPEN,
          NGX_SHOP_SITE_OPEN, 0 },
        { NGX_SHOP_SITE_GROUP_DEGRADED, OPEN,
          NGX_SHOP_SITE_DEGRADED, 3 },
        { NGX_SHOP_SITE_GROUP_BACKUP, OPEN,
          NGX_SHOP_SITE_BACKUP, 2 },
        { NGX_SHOP_SITE_GROUP_DOWN, OPEN,
          NGX_SHOP_SITE_OUTAGE, 1 },
        { NGX_SHOP_SITE_GROUP_UP, BROWSE,
          NGX_SHOP_SITE_BROWSE, 2 },
        { NGX_SHOP_SITE_GROUP_DOWN, BROWSE,
          NGX_SHOP_SITE_OUTAGE, 1 },
        { NGX_SHOP_SITE_GROUP_DOWN, CLOSED,
          NGX_SHOP_SITE_MAINTENANCE, 0 }
    };

    size_t                 i;
    ngx_shop_site_t        site;
    ngx_shop_site_input_t  in = { 0, 0, 0, 0, 0 };

    (void) state;

    for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        memset(&site, 0, sizeof(site));
        in.group = cases[i].group;
        in.flag = cases[i].flag;

        (void) ngx_shop_site_step(&site, &in, 1, 1);

        assert_int_equal(site.state, cases[i].is);
        assert_int_equal(ngx_shop_site_severity(site.state),
                         cases[i].severity);
    }
}


/* a flag gives an outage its words, and nothing of it becomes planned */

static void
an_outage_stays_one_under_a_flag(void **state)
{
    ngx_shop_site_t          site = { 0 };
    ngx_shop_site_input_t    in = { 0, 0, 0, 10, 0 };
    ngx_shop_flag_notice_t  *n;

    (void) state;

    n = test_site_flag(0, 0, 0);
    assert_false(ngx_shop_site_late(&site, n));

    in.group = NGX_SHOP_SITE_GROUP_DOWN;
    assert_int_equal(ngx_shop_site_step(&site, &in, 1000, 1), 1);
    assert_int_equal(site.state, NGX_SHOP_SITE_OUTAGE);
    assert_true(ngx_shop_site_late(&site, n));
    assert_false(ngx_shop_site_late(&site, test_site_flag(60, 0, 0)));

    in.flag = CLOSED;
    assert_int_equal(ngx_shop_site_step(&site, &in, 1001, 2), 0);
    in.flag = NGX_SHOP_SITE_FLAG_WORDS;
    assert_int_equal(ngx_shop_site_step(&site, &in, 1001, 2), 0);
    assert_int_equal(site.since, 1);

    /* not before somebody has served for the hold, without a break */

    in.flag = CLOSED;
    in.group = NGX_SHOP_SITE_GROUP_BACKUP;
    assert_int_equal(ngx_shop_site_step(&site, &in, 1002, 3), 0);
    assert_int_equal(ngx_shop_site_step(&site, &in, 1011, 4), 0);
    in.group = NGX_SHOP_SITE_GROUP_DOWN;
    assert_int_equal(ngx_shop_site_step(&site, &in, 1012, 5), 0);
    in.group = NGX_SHOP_SITE_GROUP_UP;
    assert_int_equal(ngx_shop_site_step(&site, &in, 1013, 6), 0);
    assert_int_equal(ngx_shop_site_step(&site, &in, 1022, 7), 0);
    assert_false(ngx_shop_site_alone(&site));
    assert_int_equal(ngx_shop_site_step(&site, &in, 1023, 8), 1);
    assert_int_equal(site.state, NGX_SHOP_SITE_MAINTENANCE);
    assert_true(ngx_shop_site_alone(&site));
    assert_int_equal(site.outage, 1);

    /* and it is the same one when they go again */

    in.group = NGX_SHOP_SITE_GROUP_DOWN;
    assert_int_equal(ngx_shop_site_step(&site, &in, 1024, 9), 1);
    assert_int_equal(site.state, NGX_SHOP_SITE_OUTAGE);
    assert_int_equal(site.outage, 1);

    in.flag = OPEN;
    in.group = NGX_SHOP_SITE_GROUP_UP;
    assert_int_equal(ngx_shop_site_step(&site, &in, 1025, 10), 1);
    assert_int_equal(site.state, NGX_SHOP_SITE_REOPENING);
    assert_false(ngx_shop_site_late(&site, test_site_flag(0, 0, 0)));
    assert_int_equal(ngx_shop_site_step(&site, &in, 1035, 11), 1);
    assert_int_equal(site.outage, 0);
}


static void
without_an_end_health_ends_only_what_came_in_an_outage(void **state)
{
    ngx_shop_site_life_t     life;
    ngx_shop_flag_notice_t  *n;

    (void) state;

    n = test_site_flag(0, 0, 0);
    memset(&life, 0, sizeof(life));

    assert_int_equal(ngx_shop_site_end(&life, n), NGX_SHOP_FLAG_END_MANUAL);
    life.late = 1;
    assert_int_equal(ngx_shop_site_end(&life, n), NGX_SHOP_FLAG_END_HEALTHY);
    n->end_given = 1;
    assert_int_equal(ngx_shop_site_end(&life, n), NGX_SHOP_FLAG_END_MANUAL);
}


static void
words_close_nothing(void **state)
{
    ngx_shop_site_t          site = { 0 };
    ngx_shop_site_input_t    in = { 0, 0, 0, 0, 0 };
    ngx_shop_flag_notice_t  *n;

    (void) state;

    n = test_site_flag(0, 0, 0);
    n->mode = NGX_SHOP_FLAG_WORDS;

    in.flag = (uint8_t) ngx_shop_site_flag(n, OPEN, TEST_SITE_NOW);
    assert_int_equal(in.flag, NGX_SHOP_SITE_FLAG_WORDS);
    assert_false(ngx_shop_site_closes(in.flag));
    assert_int_equal(ngx_shop_site_step(&site, &in, 1, 1), 0);
    assert_int_equal(site.state, NGX_SHOP_SITE_OPEN);
}


static void
what_is_over_is_spoken_of_for_a_while(void **state)
{
    ngx_shop_flag_notice_t  *n;

    (void) state;

    n = test_site_flag(0, 0, 0);
    n->after.len = 4;
    assert_false(ngx_shop_site_after(n, TEST_SITE_NOW));

    n->until.at = TEST_SITE_NOW + 1;
    assert_false(ngx_shop_site_after(n, TEST_SITE_NOW));
    assert_true(ngx_shop_site_after(n, TEST_SITE_NOW + 1));
    assert_true(ngx_shop_site_after(n, TEST_SITE_NOW + NGX_SHOP_SITE_AFTER));
    assert_false(ngx_shop_site_after(n, TEST_SITE_NOW + 1
                                        + NGX_SHOP_SITE_AFTER));

    n->after_until.at = TEST_SITE_NOW + 5;
    assert_true(ngx_shop_site_after(n, TEST_SITE_NOW + 4));
    assert_false(ngx_shop_site_after(n, TEST_SITE_NOW + 5));

    n->until.at = 0;
    n->eta.at = TEST_SITE_NOW;
    assert_false(ngx_shop_site_after(n, TEST_SITE_NOW));
    n->end = NGX_SHOP_FLAG_END_ETA;
    assert_true(ngx_shop_site_after(n, TEST_SITE_NOW));

    n->after.len = 0;
    assert_false(ngx_shop_site_after(n, TEST_SITE_NOW));
    n->nlangs = 1;
    n->langs[0].said = NGX_SHOP_FLAG_SAID_AFTER;
    assert_true(ngx_shop_site_after(n, TEST_SITE_NOW));
    n->langs[0].said = NGX_SHOP_FLAG_SAID_STATUS;
    assert_false(ngx_shop_site_after(n, TEST_SITE_NOW));
}


int
main(void)
{
    const struct CMUnitTest  tests[] = {
        cmocka_unit_test(a_flag_closes_between_its_start_and_its_end),
        cmocka_unit_test(a_start_that_cannot_be_read_changes_nothing),
        cmocka_unit_test(end_healthy_waits_for_the_hold),
        cmocka_unit_test(another_end_is_not_ended_by_health),
        cmocka_unit_test(times_that_are_over_are_told_apart),
        cmocka_unit_test(a_group_is_as_good_as_what_serves),
        cmocka_unit_test(planned_by_its_servers_is_no_outage),
        cmocka_unit_test(a_site_is_busy_while_it_serves),
        cmocka_unit_test(a_site_reopens_for_the_longer_of_hold_and_ramp),
        cmocka_unit_test(an_order_ends_or_slows_the_ramp),
        cmocka_unit_test(a_flag_that_came_before_probes_found_it),
        cmocka_unit_test(who_is_let_in_stays_in),
        cmocka_unit_test(without_hold_and_ramp_a_site_is_open_at_once),
        cmocka_unit_test(the_flag_comes_before_the_groups),
        cmocka_unit_test(an_outage_stays_one_under_a_flag),
        cmocka_unit_test(
            without_an_end_health_ends_only_what_came_in_an_outage),
        cmocka_unit_test(words_close_nothing),
        cmocka_unit_test(what_is_over_is_spoken_of_for_a_while)
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
