
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * As much of cmocka as t/unit uses, where cmocka itself is not: the unit tests
 * of logic/ compiled for another machine.  The first failure ends a program.
 */


#ifndef CMOCKA_STANDIN_H
#define CMOCKA_STANDIN_H


#include <stdio.h>
#include <stdlib.h>
#include <string.h>


typedef int (*CMFixtureFunction)(void **state);

struct CMUnitTest {
    const char         *name;
    void              (*test)(void **state);
    CMFixtureFunction   setup;
    CMFixtureFunction   teardown;       /* here for tables written by hand */
    void               *initial_state;
};


#define cmocka_unit_test(f)               { #f, f, NULL, NULL, NULL }
#define cmocka_unit_test_setup(f, setup)  { #f, f, setup, NULL, NULL }

#define cmocka_failed(...)                                                   \
    (printf("not ok - %s:%d: ", __FILE__, __LINE__), printf(__VA_ARGS__),    \
     printf("\n"), exit(1))

#define assert_true(x)                                                       \
    ((x) ? (void) 0 : cmocka_failed("%s", #x))
#define assert_false(x)          assert_true(!(x))
#define assert_null(x)           assert_true((x) == NULL)
#define assert_non_null(x)       assert_true((x) != NULL)
#define assert_int_equal(a, b)                                               \
    assert_true((unsigned long long) (a) == (unsigned long long) (b))
#define assert_int_not_equal(a, b)                                           \
    assert_true((unsigned long long) (a) != (unsigned long long) (b))
#define assert_in_range(x, a, b)                                             \
    assert_true((unsigned long long) (x) >= (unsigned long long) (a)         \
                && (unsigned long long) (x) <= (unsigned long long) (b))
#define assert_ptr_equal(a, b)           assert_true((a) == (b))
#define assert_ptr_not_equal(a, b)       assert_true((a) != (b))
#define assert_string_equal(a, b)        assert_true(strcmp(a, b) == 0)
#define assert_string_not_equal(a, b)    assert_true(strcmp(a, b) != 0)
#define assert_memory_equal(a, b, n)     assert_true(memcmp(a, b, n) == 0)
#define fail()                           cmocka_failed("fail()")
#define fail_msg(...)                    cmocka_failed(__VA_ARGS__)
#define print_error(...)                 ((void) printf(__VA_ARGS__))
#define print_message(...)               ((void) printf(__VA_ARGS__))
#define skip()                           return


static int
cmocka_run(const struct CMUnitTest *tests, size_t n, CMFixtureFunction setup)
{
    size_t   i;
    void    *state;

    state = NULL;

    if (setup && setup(&state) != 0) {
        cmocka_failed("the setup of all");
    }

    for (i = 0; i < n; i++) {
        state = NULL;

        if (tests[i].setup && tests[i].setup(&state) != 0) {
            cmocka_failed("%s: setup", tests[i].name);
        }

        tests[i].test(&state);
        printf("ok %d - %s\n", (int) i + 1, tests[i].name);
    }

    printf("1..%d\n", (int) n);

    return 0;
}


#define cmocka_run_group_tests(tests, setup, teardown)                       \
    cmocka_run(tests, sizeof(tests) / sizeof(tests[0]), setup)
#define cmocka_run_group_tests_name(name, tests, setup, teardown)            \
    cmocka_run(tests, sizeof(tests) / sizeof(tests[0]), setup)


#endif /* CMOCKA_STANDIN_H */
