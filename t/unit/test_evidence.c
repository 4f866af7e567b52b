
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * What visitors got, weighed.  Scripted cases, and recorded traces: what two
 * or more servers behind nginx gave, a line each ("ms server what waited uri
 * visitor"), and what is to come of it.
 */


#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "logic/judge/evidence.h"


#define SERVERS  4
#define TRACES   "t/unit/traces/"


typedef ngx_shop_evidence_t          evidence_t;
typedef ngx_shop_evidence_finding_t  finding_t;

static const ngx_shop_evidence_rule_t  rule = {
    3, 20, 25, 5, 2000, 5000
};

static evidence_t  servers[SERVERS];
static uint32_t    now;


static int
begin(void **state)
{
    (void) state;

    memset(servers, 0, sizeof(servers));
    now = 1000000;

    return 0;
}


static void
heard(unsigned server, unsigned kind, uint32_t waited, uint32_t place,
    uint32_t visitor)
{
    ngx_shop_evidence_heard_t  h;

    h.kind = kind;
    h.waited = waited;
    h.msec = now;
    h.place = place;
    h.visitor = visitor;

    ngx_shop_evidence_add(&servers[server], &rule, &h);
}


static void
good(unsigned server, unsigned n, uint32_t waited)
{
    while (n--) {
        heard(server, NGX_SHOP_EVIDENCE_GOOD, waited, 0, 0);
    }
}


/* n failures, of as many URIs and visitors */

static void
bad(unsigned server, unsigned n)
{
    while (n--) {
        heard(server, NGX_SHOP_EVIDENCE_STATUS, 0, n, n);
    }
}


static finding_t
weigh(unsigned server, unsigned n, int returned)
{
    unsigned                   i;
    finding_t                  finding;
    ngx_shop_evidence_case_t   c;

    memset(&c, 0, sizeof(c));
    c.rule = &rule;
    c.own = &servers[server];
    c.msec = now;
    c.returned = (uint8_t) returned;

    ngx_shop_evidence_sum(&c.sum, c.own, now);

    for (i = 0; i < n; i++) {
        if (i != server) {
            ngx_shop_evidence_sum(&c.others, &servers[i], now);
        }
    }

    ngx_shop_evidence_weigh(&c, &finding);

    return finding;
}


static unsigned
late(uint32_t began, int room)
{
    finding_t                  finding;
    ngx_shop_evidence_case_t   c;

    memset(&c, 0, sizeof(c));
    c.rule = &rule;
    c.own = &servers[0];
    c.msec = now;
    c.began = began;
    c.late = 1;
    c.room = (uint8_t) room;

    ngx_shop_evidence_weigh(&c, &finding);

    return finding.verdict == NGX_SHOP_EVIDENCE_BUSY;
}


/* of the next probe */

static uint32_t
timeout_of(int busy, int room)
{
    ngx_shop_evidence_case_t  c;

    memset(&c, 0, sizeof(c));
    c.rule = &rule;
    c.own = &servers[0];
    c.msec = now;
    c.busy = (uint8_t) busy;
    c.room = (uint8_t) room;

    return ngx_shop_evidence_timeout(&c);
}


static void
a_server_with_which_all_wait_is_asked_with_patience(void **state)
{
    (void) state;

    assert_int_equal(timeout_of(0, 0), 2000);
    assert_int_equal(timeout_of(1, 0), 10000);
    assert_int_equal(timeout_of(1, 1), 2000);

    /* also before its first probe was late, and not for long after */

    good(0, 1, 1500);
    assert_int_equal(timeout_of(0, 0), 10000);
    assert_int_equal(timeout_of(0, 1), 2000);

    now += 7001;
    assert_int_equal(timeout_of(0, 0), 2000);
}


static void
a_late_probe_beside_late_answers_is_busy(void **state)
{
    (void) state;

    assert_false(late(now - 2000, 0));

    good(0, 10, 30);
    assert_false(late(now - 2000, 0));

    good(0, 1, 999);
    assert_false(late(now - 2000, 0));

    good(0, 1, 1000);
    assert_true(late(now - 2000, 0));
    assert_true(late(now, 0));
    assert_false(late(now + 1, 0));
    assert_false(late(now - 2000, 1));
}


static void
what_is_no_answer_from_a_queue_proves_no_life(void **state)
{
    (void) state;

    /* a long poll; an error, however late it came */

    good(0, 1, 30000);
    heard(0, NGX_SHOP_EVIDENCE_STATUS, 3000, 1, 1);
    heard(0, NGX_SHOP_EVIDENCE_READ, 3000, 1, 1);

    assert_false(late(now - 2000, 0));
}


static void
a_server_has_room_where_nobody_waits(void **state)
{
    (void) state;

    assert_true(ngx_shop_evidence_room(servers, &rule, 500, now));
    assert_false(ngx_shop_evidence_room(servers, &rule, 501, now));

    good(0, 1, 1500);
    assert_false(ngx_shop_evidence_room(servers, &rule, 5, now));
    assert_false(ngx_shop_evidence_room(servers, &rule, 5, now + 7000));
    assert_true(ngx_shop_evidence_room(servers, &rule, 5, now + 7001));
}


static void
three_failures_beside_a_sound_sibling_are_enough(void **state)
{
    finding_t  finding;

    (void) state;

    good(0, 200, 10);
    good(1, 200, 10);

    bad(0, 2);
    assert_int_equal(weigh(0, 2, 0).verdict, NGX_SHOP_EVIDENCE_NOTHING);

    bad(0, 1);
    finding = weigh(0, 2, 0);
    assert_int_equal(finding.verdict, NGX_SHOP_EVIDENCE_FAILS);
    assert_int_equal(finding.kind, NGX_SHOP_EVIDENCE_STATUS);
    assert_int_equal(finding.failed, 3);
    assert_int_equal(finding.of, 203);

    assert_int_equal(weigh(1, 2, 0).verdict, NGX_SHOP_EVIDENCE_NOTHING);
}


static void
where_all_fail_it_is_the_shop(void **state)
{
    unsigned  i;

    (void) state;

    for (i = 0; i < 200; i++) {
        bad(0, 2);
        bad(1, 2);
        bad(2, 2);

        assert_int_equal(weigh(i % 3, 3, 0).verdict,
                         NGX_SHOP_EVIDENCE_NOTHING);
        now += 50;
    }
}


static void
nobody_goes_without_a_sibling(void **state)
{
    (void) state;

    bad(0, 100);
    assert_int_equal(weigh(0, 1, 0).verdict, NGX_SHOP_EVIDENCE_NOTHING);

    /* nor beside one of which nothing was heard */

    assert_int_equal(weigh(0, 2, 0).verdict, NGX_SHOP_EVIDENCE_NOTHING);
}


static void
one_url_or_one_visitor_takes_nobody_out(void **state)
{
    unsigned  i;

    (void) state;

    good(1, 200, 10);

    for (i = 0; i < 5; i++) {
        heard(0, NGX_SHOP_EVIDENCE_STATUS, 0, 7, i);
    }

    assert_int_equal(weigh(0, 2, 0).verdict, NGX_SHOP_EVIDENCE_NOTHING);

    (void) begin(NULL);
    good(1, 200, 10);

    for (i = 0; i < 5; i++) {
        heard(0, NGX_SHOP_EVIDENCE_STATUS, 0, i, 7);
    }

    assert_int_equal(weigh(0, 2, 0).verdict, NGX_SHOP_EVIDENCE_NOTHING);

    /* what a sibling did well is proof, whoever asked for whatever */

    for (i = 0; i < 3; i++) {
        ngx_shop_evidence_proof(&servers[0]);
    }

    assert_int_equal(weigh(0, 2, 0).verdict, NGX_SHOP_EVIDENCE_FAILS);
}


static void
few_requests_count_too(void **state)
{
    unsigned  i;

    (void) state;

    /* one a minute to each of two servers */

    for (i = 0; i < 12; i++) {
        good(1, 1, 20);
        heard(0, NGX_SHOP_EVIDENCE_STATUS, 0, i, i);
        ngx_shop_evidence_proof(&servers[0]);
        now += 60000;

        if (weigh(0, 2, 0).verdict == NGX_SHOP_EVIDENCE_FAILS) {
            break;
        }
    }

    assert_in_range(i, 1, 6);
}


static void
a_server_that_returned_needs_less(void **state)
{
    (void) state;

    good(1, 400, 10);
    bad(0, 2);

    assert_int_equal(weigh(0, 2, 0).verdict, NGX_SHOP_EVIDENCE_NOTHING);
    assert_int_equal(weigh(0, 2, 1).verdict, NGX_SHOP_EVIDENCE_FAILS);
}


static void
some_failures_among_good_answers_are_seen(void **state)
{
    unsigned  i;

    (void) state;

    for (i = 0; i < 60; i++) {
        good(0, 2, 10);
        good(1, 3, 10);
        heard(0, NGX_SHOP_EVIDENCE_READ, 0, i, i);
    }

    assert_int_equal(weigh(0, 2, 0).verdict, NGX_SHOP_EVIDENCE_FAILS);
    assert_int_equal(weigh(0, 2, 0).kind, NGX_SHOP_EVIDENCE_READ);
}


static void
the_window_forgets(void **state)
{
    (void) state;

    good(1, 200, 10);
    bad(0, 30);
    good(0, 1, 10);
    assert_int_equal(weigh(0, 2, 0).verdict, NGX_SHOP_EVIDENCE_FAILS);

    now += NGX_SHOP_EVIDENCE_WINDOW;
    good(1, 20, 10);
    good(0, 20, 10);
    assert_int_equal(weigh(0, 2, 0).verdict, NGX_SHOP_EVIDENCE_NOTHING);
}


static void
who_crawls_beside_siblings_is_seen(void **state)
{
    finding_t  finding;

    (void) state;

    good(0, 19, 2500);
    good(1, 190, 250);
    assert_int_equal(weigh(0, 2, 0).verdict, NGX_SHOP_EVIDENCE_NOTHING);

    good(0, 1, 2500);
    finding = weigh(0, 2, 0);
    assert_int_equal(finding.verdict, NGX_SHOP_EVIDENCE_CRAWLS);
    assert_int_equal(finding.mean, 2500);
    assert_int_equal(finding.usual, 250);
    assert_int_equal(weigh(1, 2, 0).verdict, NGX_SHOP_EVIDENCE_NOTHING);
}


static void
pages_of_5_ms_or_2_s_at_random_are_no_reason(void **state)
{
    unsigned  i, k;
    uint32_t  x;

    (void) state;

    x = 12345;

    for (i = 0; i < 20000; i++) {
        for (k = 0; k < 2; k++) {
            x = x * 1664525u + 1013904223u;
            good(k, 1, (x >> 24) < 26 ? 2000 : 5);

            assert_int_equal(weigh(k, 2, 0).verdict,
                             NGX_SHOP_EVIDENCE_NOTHING);
        }

        now += 100;
    }
}


/* a fifth of all requests fails, at each server alike, for ten minutes */

static void
a_shop_that_fails_often_keeps_its_servers(void **state)
{
    unsigned  i, k;
    uint32_t  x;

    (void) state;

    x = 4711;

    for (i = 0; i < 20000; i++) {
        for (k = 0; k < 3; k++) {
            x = x * 1664525u + 1013904223u;

            if ((x >> 24) >= 51) {
                good(k, 1, 20);
                continue;
            }

            heard(k, NGX_SHOP_EVIDENCE_STATUS, 0, x >> 9, x >> 14);
            assert_int_equal(weigh(k, 3, 0).verdict,
                             NGX_SHOP_EVIDENCE_NOTHING);
        }

        now += 30;
    }
}


static void
time_aside_doubles_up_to_its_end(void **state)
{
    (void) state;

    assert_int_equal(ngx_shop_evidence_aside(10, 300, 0), 10);
    assert_int_equal(ngx_shop_evidence_aside(10, 300, 1), 20);
    assert_int_equal(ngx_shop_evidence_aside(10, 300, 4), 160);
    assert_int_equal(ngx_shop_evidence_aside(10, 300, 5), 300);
    assert_int_equal(ngx_shop_evidence_aside(10, 300, 99), 300);
    assert_int_equal(ngx_shop_evidence_aside(10, 10, 0), 10);
    assert_int_equal(ngx_shop_evidence_aside(10, 10, 3), 10);
}


static void
never_the_last_and_never_more_than_max(void **state)
{
    (void) state;

    assert_false(ngx_shop_evidence_spares(1, 1, 99));
    assert_true(ngx_shop_evidence_spares(2, 2, 50));
    assert_false(ngx_shop_evidence_spares(2, 1, 99));
    assert_false(ngx_shop_evidence_spares(2, 2, 49));
    assert_true(ngx_shop_evidence_spares(3, 3, 50));
    assert_false(ngx_shop_evidence_spares(3, 2, 50));
    assert_true(ngx_shop_evidence_spares(4, 3, 50));
    assert_false(ngx_shop_evidence_spares(4, 2, 50));
}


static void
what_failed_is_named(void **state)
{
    unsigned  i, k;

    (void) state;

    for (i = 0; i <= NGX_SHOP_EVIDENCE_N; i++) {
        for (k = 0; k < i; k++) {
            assert_string_not_equal(ngx_shop_evidence_words(i),
                                    ngx_shop_evidence_words(k));
        }
    }
}


/*
 * The first line is "want N VERDICT MAX": server N (or -: none) is FAILS or
 * CRAWLS after at most MAX of its requests.
 */

static void
replay(const char *name)
{
    int         wanted, found;
    char        path[256], verdict[16], what[16], line[512], who[8];
    FILE       *file;
    unsigned    server, waited, place, visitor, most, of;
    uint32_t    at;
    finding_t   finding;

    (void) begin(NULL);
    (void) snprintf(path, sizeof(path), TRACES "%s", name);

    file = fopen(path, "r");
    assert_non_null(file);
    assert_non_null(fgets(line, sizeof(line), file));
    assert_int_equal(sscanf(line, "want %7s %15s %u", who, verdict, &most), 3);

    wanted = who[0] == '-' ? -1 : who[0] - '0';
    found = -1;
    of = 0;

    while (found == -1 && fgets(line, sizeof(line), file)) {

        assert_int_equal(sscanf(line, "%u %u %15s %u %u %u", &at, &server,
                                what, &waited, &place, &visitor), 6);
        assert_true(server < 2);

        now = 1000000 + at;
        of += ((int) server == wanted);

        if (strcmp(what, "proof") == 0) {
            ngx_shop_evidence_proof(&servers[server]);

        } else {
            heard(server,
                  what[0] == '2' ? NGX_SHOP_EVIDENCE_GOOD
                  : what[0] == '5' ? NGX_SHOP_EVIDENCE_STATUS
                  : NGX_SHOP_EVIDENCE_READ,
                  waited, place, visitor);
        }

        for (server = 0; server < 2; server++) {
            finding = weigh(server, 2, 0);

            if (finding.verdict != NGX_SHOP_EVIDENCE_NOTHING) {
                found = (int) server;
                assert_string_equal(verdict,
                    finding.verdict == NGX_SHOP_EVIDENCE_FAILS
                    ? "FAILS" : "CRAWLS");
                break;
            }
        }
    }

    (void) fclose(file);

    assert_int_equal(found, wanted);
    assert_true(of <= most);
}


static void
recorded_traces_have_their_verdicts(void **state)
{
    size_t              i;
    static const char  *names[] = { "busy", "full", "sick", "slow", "well" };

    (void) state;

    for (i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        replay(names[i]);
    }
}


#define evidence_test(f)  cmocka_unit_test_setup(f, begin)


int
main(void)
{
    const struct CMUnitTest  tests[] = {
        evidence_test(a_late_probe_beside_late_answers_is_busy),
        evidence_test(a_server_with_which_all_wait_is_asked_with_patience),
        evidence_test(what_is_no_answer_from_a_queue_proves_no_life),
        evidence_test(a_server_has_room_where_nobody_waits),
        evidence_test(three_failures_beside_a_sound_sibling_are_enough),
        evidence_test(where_all_fail_it_is_the_shop),
        evidence_test(nobody_goes_without_a_sibling),
        evidence_test(one_url_or_one_visitor_takes_nobody_out),
        evidence_test(few_requests_count_too),
        evidence_test(a_server_that_returned_needs_less),
        evidence_test(some_failures_among_good_answers_are_seen),
        evidence_test(the_window_forgets),
        evidence_test(who_crawls_beside_siblings_is_seen),
        evidence_test(pages_of_5_ms_or_2_s_at_random_are_no_reason),
        evidence_test(a_shop_that_fails_often_keeps_its_servers),
        evidence_test(time_aside_doubles_up_to_its_end),
        evidence_test(never_the_last_and_never_more_than_max),
        evidence_test(what_failed_is_named),
        evidence_test(recorded_traces_have_their_verdicts)
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
