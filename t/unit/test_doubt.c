
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * What is odd of a flag whose lines are all good: promises that are over, times
 * in the wrong order, and local times that clocks show twice or never.
 */


#include "flag.h"



static void
test_doubt_list(const char *text, int over, const char *keys)
{
    char                   list[128];
    unsigned               i, n;
    ngx_shop_flag_doubt_t  doubts[NGX_SHOP_FLAG_DOUBTS];

    print_message("%s\n", text);

    n = ngx_shop_flag_doubt(test_flag_parse(text), TEST_FLAG_NOW, over,
                            doubts);
    list[0] = '\0';

    for (i = 0; i < n; i++) {
        strcat(list, doubts[i].key);
        strcat(list, " ");
    }

    assert_string_equal(list, keys);
}


static void
promises_and_their_order(void **state)
{
    (void) state;

    test_doubt_list("", 0, "");
    test_doubt_list("eta: +45m\nnext-update: +20m\nuntil: +2h\n", 0, "");
    test_doubt_list("eta: 2020-01-01 00:00\n", 0, "eta ");
    test_doubt_list("eta: 2020-01-01 00:00\n", 1, "");
    test_doubt_list("next-update: 2020-01-01 00:00\n", 0, "next-update ");
    test_doubt_list("start: +2h\nuntil: +1h\n", 0, "until ");
    test_doubt_list("start: +2h\nuntil: +2h\n", 0, "until ");
    test_doubt_list("start: +2h\neta: +1h\n", 0, "eta ");
    test_doubt_list("eta: +2h\nuntil: +1h\n", 0, "eta ");
    test_doubt_list("eta: +1h\nuntil: +1h\n", 0, "");
}


static void
clocks_that_are_changed(void **state)
{
    (void) state;

    test_doubt_list("eta: 2027-10-31 02:30\n", 0, "eta ");
    test_doubt_list("until: 2027-03-28 02:30:00\n", 0, "until ");
    test_doubt_list("eta: 2027-10-31 03:00\n", 0, "");
    test_doubt_list("eta: 2027-10-31 01:59\n", 0, "");
    test_doubt_list("eta: 2027-10-31 02:30+01:00\n", 0, "");
    test_doubt_list("eta: 2027-10-31T02:30:00Z\n", 0, "");
    test_doubt_list("eta: 04:30\n", 0, "");
    test_doubt_list("next-update: +20m\n", 0, "");
}


/* a start that is not clear closes nothing, and says so */

static void
a_start_has_to_be_clear(void **state)
{
    size_t                         i;
    const ngx_shop_flag_notice_t  *n;

    static const struct {
        const char  *text;
        unsigned     bad;
    } cases[] = {
        { "start: 2027-10-31 02:30\n", 1 },
        { "start: 2027-03-28 02:30\n", 1 },
        { "start: 2027-10-31 03:00\n", 0 },
        { "start: 2027-03-28 03:00\n", 0 },
        { "start: 2027-10-31 02:30+02:00\n", 0 },
        { "start: +45m\n", 0 }
    };

    (void) state;

    for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        print_message("%s\n", cases[i].text);

        n = test_flag_parse(cases[i].text);
        assert_int_equal(n->bad_start, cases[i].bad);
        assert_int_equal(n->nwarnings, cases[i].bad);
        assert_true((n->start.at == 0) == cases[i].bad);
    }
}


static void
who_it_was(void **state)
{
    ngx_shop_str_t                 who;
    const ngx_shop_flag_notice_t  *n;

    (void) state;

    n = test_flag_parse("who: anna, ticket 4711\nstatus: x\n");
    who = ngx_shop_flag_text(n, n->who);

    assert_int_equal(n->nwarnings, 0);
    assert_int_equal(who.len, 17);
    assert_memory_equal(who.data, "anna, ticket 4711", 17);
}


int
main(void)
{
    const struct CMUnitTest  tests[] = {
        cmocka_unit_test_setup(promises_and_their_order, test_flag_setup),
        cmocka_unit_test_setup(clocks_that_are_changed, test_flag_setup),
        cmocka_unit_test_setup(a_start_has_to_be_clear, test_flag_setup),
        cmocka_unit_test_setup(who_it_was, test_flag_setup)
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
