
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * Verdicts: what runs of results make of a peer.  P is a pass, F a failure, I
 * inconclusive, B busy, S a failure while visitors get no answer either; of
 * what follows each, "+" is up, "-" down, "?" no verdict.
 */


#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <cmocka.h>

#include "logic/judge/verdict.h"


typedef struct {
    uint16_t     fails;
    uint16_t     passes;
    uint8_t      mandatory;
    const char  *results;
    const char  *states;
    unsigned     edges;
} verdict_case_t;


static const verdict_case_t  cases[] = {
    { 2, 2, 0, "P",        "+",        1 },
    { 2, 2, 1, "PP",       "?+",       1 },
    { 2, 2, 1, "PFPP",     "???+",     1 },
    { 2, 2, 0, "FF",       "?-",       1 },
    { 2, 2, 0, "FPFF",     "?++-",     2 },
    { 3, 2, 0, "PFFF",     "+++-",     2 },
    { 3, 2, 0, "PFFPFFF",  "++++++-",  2 },
    { 2, 3, 0, "FFPPP",    "?---+",    2 },
    { 2, 3, 0, "FFPPFPPP", "?------+", 2 },
    { 1, 1, 0, "PFPF",     "+-+-",     4 },
    { 2, 2, 0, "IIII",     "????",     0 },
    { 2, 2, 0, "PFIFI",    "+++--",    2 },
    { 2, 2, 0, "PFIPIF",   "++++++",   1 },
    { 2, 2, 0, "PS",       "+-",       2 },
    { 3, 2, 0, "PSF",      "++-",      2 },
    { 3, 2, 0, "PSPSS",    "++++-",    2 },
    { 1, 2, 0, "PS",       "+-",       2 },
    { 2, 2, 0, "SP",       "?+",       1 },
    { 2, 2, 0, "PSSPP",    "+---+",    3 },
    { 2, 2, 0, "PFBF",     "++++",     1 },
    { 2, 2, 0, "PBBBB",    "+++++",    1 },
    { 2, 2, 0, "FBF",      "???",      0 },
    { 2, 2, 0, "FFPBP",    "?---+",    2 }
};


static ngx_shop_verdict_result_e
result_of(char c)
{
    switch (c) {

    case 'P':
        return NGX_SHOP_VERDICT_RESULT_OK;

    case 'B':
        return NGX_SHOP_VERDICT_RESULT_BUSY;

    case 'F':
    case 'S':
        return NGX_SHOP_VERDICT_RESULT_TIMEOUT;

    default:
        return NGX_SHOP_VERDICT_RESULT_INCONCLUSIVE;
    }
}


static void
runs_of_results_turn_the_verdict(void **state)
{
    size_t                         i, k;
    unsigned                       edges;
    ngx_shop_verdict_result_e      result;
    ngx_shop_verdict_t             v;
    ngx_shop_verdict_rule_t rule;

    (void) state;

    for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        memset(&v, 0, sizeof(v));

        rule.fails = cases[i].fails;
        rule.passes = cases[i].passes;
        rule.mandatory = cases[i].mandatory;
        edges = 0;

        for (k = 0; cases[i].results[k]; k++) {
            result = result_of(cases[i].results[k]);

            if (cases[i].results[k] == 'S') {
                ngx_shop_verdict_suspect(&v, &rule, result);
            }

            edges += ngx_shop_verdict_add(&v, &rule, result)
                     != NGX_SHOP_VERDICT_EDGE_NONE;

            assert_int_equal(cases[i].states[k], "?+-"[v.state]);
        }

        assert_int_equal(edges, cases[i].edges);
    }
}


static void
a_new_peer_is_usable_unless_it_is_mandatory(void **state)
{
    ngx_shop_verdict_t       v;
    ngx_shop_verdict_rule_t  rule = { 2, 2, 0 };

    (void) state;

    memset(&v, 0, sizeof(v));
    assert_true(ngx_shop_verdict_usable(&v, &rule));

    rule.mandatory = 1;
    assert_false(ngx_shop_verdict_usable(&v, &rule));

    v.state = NGX_SHOP_VERDICT_UP;
    assert_true(ngx_shop_verdict_usable(&v, &rule));

    v.state = NGX_SHOP_VERDICT_DOWN;
    rule.mandatory = 0;
    assert_false(ngx_shop_verdict_usable(&v, &rule));
}


static void
doubt_lasts_until_the_run_is_over(void **state)
{
    ngx_shop_verdict_t       v;
    ngx_shop_verdict_rule_t  rule = { 2, 2, 0 };

    (void) state;

    memset(&v, 0, sizeof(v));
    assert_true(ngx_shop_verdict_in_doubt(&v));

    ngx_shop_verdict_add(&v, &rule, NGX_SHOP_VERDICT_RESULT_OK);
    assert_false(ngx_shop_verdict_in_doubt(&v));

    ngx_shop_verdict_add(&v, &rule, NGX_SHOP_VERDICT_RESULT_TLS);
    assert_true(ngx_shop_verdict_in_doubt(&v));

    ngx_shop_verdict_add(&v, &rule, NGX_SHOP_VERDICT_RESULT_TLS);
    assert_false(ngx_shop_verdict_in_doubt(&v));
}


static void
every_result_and_state_has_a_name(void **state)
{
    unsigned  i;

    (void) state;

    for (i = 0; i < NGX_SHOP_VERDICT_RESULT_N; i++) {
        assert_string_not_equal(ngx_shop_verdict_result_name(i), "unknown");
    }

    assert_string_equal(ngx_shop_verdict_result_name(i), "unknown");
    assert_string_equal(ngx_shop_verdict_state_name(99), "unknown");
    assert_string_equal(ngx_shop_verdict_state_name(
                                                    NGX_SHOP_VERDICT_DISABLED),
                        "disabled");
    assert_string_equal(ngx_shop_verdict_state_name(NGX_SHOP_ASIDE), "aside");
    assert_string_equal(ngx_shop_verdict_state_name(NGX_SHOP_SUSPECT),
                        "suspect");
    assert_string_equal(ngx_shop_verdict_state_name(NGX_SHOP_BUSY), "busy");
}


int
main(void)
{
    const struct CMUnitTest  tests[] = {
        cmocka_unit_test(runs_of_results_turn_the_verdict),
        cmocka_unit_test(a_new_peer_is_usable_unless_it_is_mandatory),
        cmocka_unit_test(doubt_lasts_until_the_run_is_over),
        cmocka_unit_test(every_result_and_state_has_a_name)
    };

    return cmocka_run_group_tests_name("verdict", tests, NULL, NULL);
}
