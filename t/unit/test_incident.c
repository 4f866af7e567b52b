
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * Incidents, told as a list of events.
 */


#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "logic/story/incident.h"
#include "logic/story/incident_public.h"
#include "logic/judge/site.h"
#include "logic/judge/verdict.h"


#define TEST_INCIDENT_AT  ((int64_t) 1795230600000)    /* ms */


static ngx_shop_incident_t       *test_incident;
static ngx_shop_incident_fold_t   test_incident_fold;
static int64_t                    test_incident_seq;
static const char                *test_incident_text;


static int
test_incident_setup(void **state)
{
    (void) state;

    memset(&test_incident_fold, 0, sizeof(test_incident_fold));
    test_incident_seq = 0;
    test_incident_text = "";

    return 0;
}


static void
test_incident_set(ngx_shop_event_t *event, ngx_shop_span_t *span,
    const char *text)
{
    ngx_shop_str_t  s;

    s.len = strlen(text);
    s.data = (const unsigned char *) text;
    ngx_shop_event_set(event, span, &s);
}


/* at is in ms after TEST_INCIDENT_AT */

static ngx_shop_incident_e
test_incident_add(ngx_shop_event_t *event, int64_t at)
{
    event->seq = ++test_incident_seq;
    event->time = TEST_INCIDENT_AT + at;

    return ngx_shop_incident_fold(&test_incident_fold, event, &test_incident);
}


static void
test_incident_down(int64_t at, int64_t failed)
{
    ngx_shop_event_t  event;

    memset(&event, 0, sizeof(event));
    event.type = NGX_SHOP_EVENT_PEER;
    event.from = NGX_SHOP_VERDICT_UP;
    event.to = NGX_SHOP_VERDICT_DOWN;
    event.first_failure = TEST_INCIDENT_AT + failed;

    assert_int_equal(test_incident_add(&event, at), 0);
}


static ngx_shop_incident_e
test_incident_site(int64_t at, unsigned from, unsigned to, int64_t visitors)
{
    ngx_shop_event_t  event;
    ngx_shop_str_t    class = ngx_shop_string("checkout");

    memset(&event, 0, sizeof(event));
    event.type = NGX_SHOP_EVENT_SITE;
    event.from = (uint8_t) from;
    event.to = (uint8_t) to;
    event.visitors = visitors;
    test_incident_set(&event, &event.site, "/flag");
    test_incident_set(&event, &event.text, test_incident_text);
    ngx_shop_event_add_class(&event, &class, visitors / 2, visitors / 4);

    return test_incident_add(&event, at);
}


static void
test_incident_flag(int64_t at, unsigned what, const char *text)
{
    ngx_shop_event_t  event;

    memset(&event, 0, sizeof(event));
    event.type = NGX_SHOP_EVENT_FLAG;
    event.to = (uint8_t) what;
    test_incident_set(&event, &event.site, "/flag");
    test_incident_set(&event, &event.text, text);

    assert_int_equal(test_incident_add(&event, at), 0);
}


static void
test_incident_says(unsigned n, const char *text)
{
    ngx_shop_str_t  s;

    s = ngx_shop_incident_told_text(test_incident,
                                    test_incident->texts[n].text);
    assert_int_equal(s.len, strlen(text));
    assert_memory_equal(s.data, text, s.len);
}


static void
a_failure_is_followed_to_its_end(void **state)
{
    ngx_shop_incident_t  *in;

    (void) state;

    test_incident_down(1500, 500);
    assert_int_equal(test_incident_site(1600, NGX_SHOP_SITE_OPEN,
                                        NGX_SHOP_SITE_BACKUP, 100),
                     NGX_SHOP_INCIDENT_BEGUN);
    in = test_incident;
    assert_int_equal(in->severity, 2);
    assert_int_equal(in->by, NGX_SHOP_EVENT_BY_BACKUP);
    assert_int_equal(in->number, 1);
    assert_int_equal(in->planned, 0);

    test_incident_down(9000, 8000);
    assert_int_equal(test_incident_site(9001, NGX_SHOP_SITE_BACKUP,
                                        NGX_SHOP_SITE_OUTAGE, 100),
                     NGX_SHOP_INCIDENT_ESCALATED);
    assert_ptr_equal(test_incident, in);

    test_incident_flag(20000, NGX_SHOP_EVENT_SET, "repairing");
    test_incident_text = "repairing";
    test_incident_site(20001, NGX_SHOP_SITE_OUTAGE, NGX_SHOP_SITE_MAINTENANCE,
                       120);
    test_incident_flag(30000, NGX_SHOP_EVENT_UPDATE, "half done");
    test_incident_flag(31000, NGX_SHOP_EVENT_CHANGED, "repairing");
    test_incident_flag(40000, NGX_SHOP_EVENT_REMOVED, "");
    test_incident_site(40001, NGX_SHOP_SITE_MAINTENANCE,
                       NGX_SHOP_SITE_REOPENING, 180);
    assert_int_equal(test_incident_site(50000,
                                        NGX_SHOP_SITE_REOPENING,
                                        NGX_SHOP_SITE_DEGRADED, 180),
                     NGX_SHOP_INCIDENT_RESOLVED);

    assert_ptr_equal(test_incident, in);
    assert_int_equal(in->severity, 1);
    assert_int_equal(in->first_failure - TEST_INCIDENT_AT, 500);
    assert_int_equal(in->detected - TEST_INCIDENT_AT, 1500);
    assert_int_equal(in->mitigated - TEST_INCIDENT_AT, 1600);
    assert_int_equal(in->reopening - TEST_INCIDENT_AT, 40001);
    assert_int_equal(in->resolved - TEST_INCIDENT_AT, 50000);
    assert_int_equal(in->visitors, 80);
    assert_int_equal(in->nclasses, 1);
    assert_int_equal(in->classes[0].refused, 40);
    assert_int_equal(in->classes[0].unknown, 20);

    assert_int_equal(in->ntexts, 3);
    test_incident_says(0, "");
    test_incident_says(1, "repairing");
    test_incident_says(2, "half done");
    assert_true(in->texts[2].update);
}


static void
a_flag_on_a_healthy_shop_is_planned(void **state)
{
    (void) state;

    assert_int_equal(test_incident_site(0, NGX_SHOP_SITE_OPEN,
                                        NGX_SHOP_SITE_MAINTENANCE, 0),
                     NGX_SHOP_INCIDENT_BEGUN);
    assert_true(test_incident->planned);
    assert_int_equal(test_incident->severity, 0);
    assert_int_equal(test_incident->by, NGX_SHOP_EVENT_BY_PAGE);
    assert_true(test_incident->first_failure == 0);
    assert_true(test_incident->detected == TEST_INCIDENT_AT);
}


static void
servers_that_fail_together_count_from_the_first(void **state)
{
    (void) state;

    test_incident_down(0, -9000);
    test_incident_down(100000, 99000);
    test_incident_down(101000, 98000);
    test_incident_site(101001, NGX_SHOP_SITE_DEGRADED, NGX_SHOP_SITE_OUTAGE,
                       0);

    assert_int_equal(test_incident->first_failure - TEST_INCIDENT_AT, 98000);
    assert_int_equal(test_incident->detected - TEST_INCIDENT_AT, 100000);
}


static void
degraded_is_no_incident(void **state)
{
    (void) state;

    assert_int_equal(test_incident_site(0, NGX_SHOP_SITE_OPEN,
                                        NGX_SHOP_SITE_DEGRADED, 0),
                     NGX_SHOP_INCIDENT_NO_NEWS);
    assert_null(test_incident);
}


static void
another_upstream_that_stepped_in_is_named(void **state)
{
    ngx_shop_event_t  event;

    (void) state;

    memset(&event, 0, sizeof(event));
    event.type = NGX_SHOP_EVENT_GROUP;
    event.to = NGX_SHOP_SITE_GROUP_BACKUP;
    test_incident_set(&event, &event.upstream, "shop");
    test_incident_set(&event, &event.served_by, "post");
    test_incident_add(&event, 0);

    test_incident_site(1, NGX_SHOP_SITE_OPEN, NGX_SHOP_SITE_BACKUP, 0);
    assert_int_equal(test_incident->by, NGX_SHOP_EVENT_BY_GROUP);
}


static void
a_restart_ends_what_was_open_and_says_so(void **state)
{
    ngx_shop_incident_t  *in;

    (void) state;

    test_incident_site(0, NGX_SHOP_SITE_OPEN, NGX_SHOP_SITE_OUTAGE, 5);
    in = test_incident;

    test_incident_seq = 0;
    test_incident_site(1000, NGX_SHOP_SITE_OPEN, NGX_SHOP_SITE_OUTAGE, 0);

    assert_true(in->lost);
    assert_int_equal(in->resolved - TEST_INCIDENT_AT, 1000);
    assert_ptr_not_equal(test_incident, in);
    assert_int_equal(test_incident->number, 2);
}


static void
only_the_last_ones_are_kept(void **state)
{
    int               i;
    ngx_shop_event_t  event;

    (void) state;

    for (i = 1; i <= NGX_SHOP_INCIDENTS + 1; i++) {
        test_incident_site(i * 10, NGX_SHOP_SITE_OPEN, NGX_SHOP_SITE_OUTAGE,
                           0);
        assert_int_equal(test_incident->number, i);

        test_incident_site(i * 10 + 5, NGX_SHOP_SITE_OUTAGE,
                           NGX_SHOP_SITE_OPEN, 0);
    }

    assert_int_equal(test_incident_fold.incidents[0].number,
                     NGX_SHOP_INCIDENTS + 1);
    assert_int_equal(test_incident_fold.incidents[1].number, 2);

    ngx_shop_incident_event(&test_incident_fold.incidents[1],
                            NGX_SHOP_INCIDENT_RESOLVED, &event);
    assert_int_equal(event.incident, 2);
    assert_int_equal(event.to, NGX_SHOP_EVENT_RESOLVED);
    assert_int_equal(event.nclasses, 1);
}


static void
the_log_has_the_numbers(void **state)
{
    ngx_shop_event_t  event;

    (void) state;

    test_incident_site(0, NGX_SHOP_SITE_OPEN, NGX_SHOP_SITE_OUTAGE, 0);

    ngx_shop_incident_event(test_incident, NGX_SHOP_INCIDENT_BEGUN, &event);
    event.incident = 17;
    test_incident_add(&event, 0);

    assert_int_equal(test_incident->number, 17);
}


static void
a_number_that_no_log_has_is_not_taken(void **state)
{
    ngx_shop_event_t  event;

    (void) state;

    test_incident_site(0, NGX_SHOP_SITE_OPEN, NGX_SHOP_SITE_OUTAGE, 0);

    ngx_shop_incident_event(test_incident, NGX_SHOP_INCIDENT_BEGUN, &event);

    /* as a number of 32 bits it is 0, which is no number */

    event.incident = (int64_t) 1 << 32;
    test_incident_add(&event, 0);

    assert_int_equal(test_incident->number, 1);
}


/* what visitors met: no backup, no hold, and nothing twice */

static void
visitors_meet_closings_and_openings(void **state)
{
    unsigned                   i, n;
    ngx_shop_incident_entry_t  found[NGX_SHOP_INCIDENT_ENTRIES];

    static const struct {
        int64_t   at;
        unsigned  found;
    } expected[] = {
        { 2000, NGX_SHOP_INCIDENT_FOUND_PROBLEM },
        { 5000, NGX_SHOP_INCIDENT_FOUND_OPEN },
        { 6000, NGX_SHOP_INCIDENT_FOUND_BROWSE },
        { 7000, NGX_SHOP_INCIDENT_FOUND_CLOSED },
        { 8000, NGX_SHOP_INCIDENT_FOUND_OPEN }
    };

    (void) state;

    memset(&test_incident_fold, 0, sizeof(test_incident_fold));

    test_incident_site(1000, NGX_SHOP_SITE_OPEN, NGX_SHOP_SITE_BACKUP, 0);
    assert_int_equal(ngx_shop_incident_public(test_incident, found), 0);

    test_incident_site(2000, NGX_SHOP_SITE_BACKUP, NGX_SHOP_SITE_OUTAGE, 0);
    test_incident_site(3000, NGX_SHOP_SITE_OUTAGE, NGX_SHOP_SITE_MAINTENANCE,
                       0);
    test_incident_site(4000, NGX_SHOP_SITE_MAINTENANCE,
                       NGX_SHOP_SITE_REOPENING, 0);
    test_incident_site(5000, NGX_SHOP_SITE_REOPENING, NGX_SHOP_SITE_BACKUP, 0);
    test_incident_site(6000, NGX_SHOP_SITE_BACKUP, NGX_SHOP_SITE_BROWSE, 0);
    test_incident_site(7000, NGX_SHOP_SITE_BROWSE, NGX_SHOP_SITE_MAINTENANCE,
                       0);
    test_incident_site(8000, NGX_SHOP_SITE_MAINTENANCE, NGX_SHOP_SITE_OPEN, 0);

    n = ngx_shop_incident_public(test_incident, found);
    assert_int_equal(n, sizeof(expected) / sizeof(expected[0]));

    for (i = 0; i < n; i++) {
        assert_false(found[i].told);
        assert_int_equal(found[i].nth, i);
        assert_int_equal(found[i].at, TEST_INCIDENT_AT + expected[i].at);
        assert_int_equal(found[i].found, expected[i].found);
    }

    /* more of them than there is room for: the last ones stay */

    for (i = 0; i < 10; i++) {
        test_incident_site(9000, NGX_SHOP_SITE_OPEN, NGX_SHOP_SITE_OUTAGE, 0);
        test_incident_site(9500, NGX_SHOP_SITE_OUTAGE, NGX_SHOP_SITE_BACKUP,
                           0);
    }

    n = ngx_shop_incident_public(test_incident, found);
    assert_int_equal(n, NGX_SHOP_INCIDENT_EDGES);
    assert_int_equal(found[n - 1].nth, 19);
}


/* a number that is added to, or shown as a time, fits */

static void
an_incident_of_a_file_has_numbers_that_fit(void **state)
{
    size_t               i, size;
    ngx_shop_incident_t  in;

    int64_t  *numbers[] = {
        &in.began, &in.first_failure, &in.detected, &in.mitigated,
        &in.reopening, &in.resolved, &in.visitors, &in.visitors_before,
        &in.classes[0].refused, &in.classes[0].unknown,
        &in.classes[0].refused_before, &in.classes[0].unknown_before,
        &in.texts[0].at, &in.born, &in.edges[0].at
    };

    (void) state;

    memset(&in, 0, sizeof(in));

    in.number = 1;
    in.nclasses = 1;
    in.ntexts = 1;
    in.nedges = 1;
    size = ngx_shop_incident_saved_size(&in);

    for (i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++) {

        *numbers[i] = 1800000000000;
        assert_true(ngx_shop_incident_saved_sane(&in, size));

        *numbers[i] = INT64_MIN;
        assert_false(ngx_shop_incident_saved_sane(&in, size));

        *numbers[i] = INT64_MAX;
        assert_false(ngx_shop_incident_saved_sane(&in, size));

        *numbers[i] = 0;
    }
}


int
main(void)
{
    const struct CMUnitTest  tests[] = {
        cmocka_unit_test_setup(a_failure_is_followed_to_its_end,
                               test_incident_setup),
        cmocka_unit_test_setup(a_flag_on_a_healthy_shop_is_planned,
                               test_incident_setup),
        cmocka_unit_test_setup(servers_that_fail_together_count_from_the_first,
                               test_incident_setup),
        cmocka_unit_test_setup(degraded_is_no_incident,
                               test_incident_setup),
        cmocka_unit_test_setup(another_upstream_that_stepped_in_is_named,
                               test_incident_setup),
        cmocka_unit_test_setup(a_restart_ends_what_was_open_and_says_so,
                               test_incident_setup),
        cmocka_unit_test_setup(only_the_last_ones_are_kept,
                               test_incident_setup),
        cmocka_unit_test_setup(the_log_has_the_numbers,
                               test_incident_setup),
        cmocka_unit_test_setup(a_number_that_no_log_has_is_not_taken,
                               test_incident_setup),
        cmocka_unit_test(visitors_meet_closings_and_openings),
        cmocka_unit_test(an_incident_of_a_file_has_numbers_that_fit)
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
