
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * What a visitor asked for, without one of its arguments: whole, into every
 * room that is too small, and from bytes of their own, so that each one read
 * beyond them is seen.
 */


#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "logic/pass/target.h"


#define TEST_TARGET_NAME  "pass"


/* a copy of that size and no more */

static ngx_shop_str_t
target_of(const char *text)
{
    unsigned char   *data;
    ngx_shop_str_t   target;

    target.len = strlen(text);
    data = malloc(target.len + (target.len == 0));
    assert_non_null(data);
    memcpy(data, text, target.len);
    target.data = data;

    return target;
}


static const struct {
    const char  *target;
    const char  *leads;
    const char  *value;                /* NULL: it has none */
} targets[] = {
    { "/", "/", NULL },
    { "", "/", NULL },
    { "?", "/?", NULL },
    { "/?", "/?", NULL },
    { "/a/b", "/a/b", NULL },
    { "/a?x=1&y", "/a?x=1&y", NULL },
    { "/a?x=1?y=2", "/a?x=1?y=2", NULL },

    { "/?pass=1", "/", "1" },
    { "?pass=1", "/", "1" },
    { "/?pass=", "/", "" },
    { "/?PASS=1", "/", "1" },
    { "/a?pass=1&b", "/a?b", "1" },
    { "/a?b&pass=1", "/a?b", "1" },
    { "/a?b&pass=1&c", "/a?b&c", "1" },
    { "/a?pass=1&pass=2&Pass=3", "/a", "1" },
    { "/a?&pass=1", "/a?", "1" },
    { "/a?pass=1&", "/a?", "1" },
    { "/a?&&pass=1&&b&", "/a?&&&b&", "1" },
    { "/a?pass=a=b?c", "/a", "a=b?c" },

    { "/a?pass", "/a?pass", NULL },
    { "/a?pas", "/a?pas", NULL },
    { "/a?passe=1", "/a?passe=1", NULL },
    { "/a?bypass=1", "/a?bypass=1", NULL },
    { "/a?b=pass=1", "/a?b=pass=1", NULL },
    { "/a?%70ass=1", "/a?%70ass=1", NULL },
    { "/pass=1", "/pass=1", NULL },
    { "/a&pass=1", "/a&pass=1", NULL },
    { "/a%3fpass=1", "/a%3fpass=1", NULL },

    { "/a?pass=1#b", "/a", "1" },
    { "/a?b#&pass=1", "/a?b", NULL },
    { "/a#?pass=1", "/a", NULL },
    { "#", "/", NULL },

    { "//evil.example/?pass=1", "/evil.example/", "1" },
    { "/\\/\\evil.example?pass=1", "/evil.example", "1" },
    { "//", "/", NULL },
    { "//?/", "/?/", NULL }
};


static void
an_argument_goes_and_all_else_stays(void **state)
{
    size_t          i, n;
    unsigned char   buf[64];
    ngx_shop_str_t  target;

    (void) state;

    for (i = 0; i < sizeof(targets) / sizeof(targets[0]); i++) {
        target = target_of(targets[i].target);
        memset(buf, '!', sizeof(buf));

        n = ngx_shop_target_without(buf, sizeof(buf) - 1, &target,
                                    TEST_TARGET_NAME);

        assert_int_equal(buf[n], '!');
        buf[n] = '\0';
        assert_string_equal((char *) buf, targets[i].leads);

        free((void *) (uintptr_t) target.data);
    }
}


static void
what_is_counted_is_what_is_written(void **state)
{
    size_t           i, size, n;
    unsigned char   *buf;
    ngx_shop_str_t   target;

    (void) state;

    for (i = 0; i < sizeof(targets) / sizeof(targets[0]); i++) {
        target = target_of(targets[i].target);
        n = strlen(targets[i].leads);

        assert_int_equal(ngx_shop_target_without(NULL, 0, &target,
                                                 TEST_TARGET_NAME),
                         n);

        for (size = 0; size <= n; size++) {
            buf = malloc(size + (size == 0));
            assert_non_null(buf);

            assert_int_equal(ngx_shop_target_without(buf, size,
                                                     &target,
                                                     TEST_TARGET_NAME),
                             n);
            assert_memory_equal(buf, targets[i].leads, size);

            free(buf);
        }

        free((void *) (uintptr_t) target.data);
    }
}


static void
the_first_value_counts(void **state)
{
    int             rc;
    size_t          i;
    ngx_shop_str_t  target, value;

    (void) state;

    for (i = 0; i < sizeof(targets) / sizeof(targets[0]); i++) {
        target = target_of(targets[i].target);

        rc = ngx_shop_target_value(&target, TEST_TARGET_NAME, &value);

        if (targets[i].value == NULL) {
            assert_int_equal(rc, NGX_SHOP_DECLINED);

        } else {
            assert_int_equal(rc, NGX_SHOP_OK);
            assert_int_equal(value.len, strlen(targets[i].value));
            assert_memory_equal(value.data, targets[i].value, value.len);
        }

        free((void *) (uintptr_t) target.data);
    }
}


int
main(void)
{
    const struct CMUnitTest  tests[] = {
        cmocka_unit_test(an_argument_goes_and_all_else_stays),
        cmocka_unit_test(what_is_counted_is_what_is_written),
        cmocka_unit_test(the_first_value_counts)
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
