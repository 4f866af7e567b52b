
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * Paths and patterns: what a path means however it is written, which paths a
 * pattern is, and which patterns can be none.  Every text in a room of its own
 * size, so that a byte too many is seen.
 */


#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "logic/pass/pattern.h"


static ngx_shop_str_t
copy_of(const char *text)
{
    unsigned char   *data;
    ngx_shop_str_t   copy;

    copy.len = strlen(text);
    data = malloc(copy.len + (copy.len == 0));
    assert_non_null(data);
    memcpy(data, text, copy.len);
    copy.data = data;

    return copy;
}


static ngx_shop_str_t
path_of(const char *text, ngx_shop_pattern_text_e what)
{
    unsigned char   *buf;
    ngx_shop_str_t   copy, path;

    copy = copy_of(text);
    buf = malloc(copy.len + 1);
    assert_non_null(buf);

    path.len = ngx_shop_pattern_path(buf, &copy, what);
    path.data = buf;
    assert_true(path.len >= 1 && path.len <= copy.len + 1);

    free((void *) copy.data);

    return path;
}


static const struct {
    const char  *target;
    const char  *path;
} paths[] = {
    { "", "/" },
    { "/", "/" },
    { "//", "/" },
    { "?a", "/" },
    { "/?a=/b", "/" },
    { "/#a", "/" },
    { "/a", "/a" },
    { "/a/", "/a" },
    { "/a//b", "/a/b" },
    { "//a", "/a" },
    { "/a/./b/.", "/a/b" },
    { "/a/../b", "/b" },
    { "/a/b/..", "/a" },
    { "/..", "/" },
    { "/../../a", "/a" },
    { "/...", "/..." },
    { "/.a", "/.a" },
    { "/%63art", "/cart" },
    { "/%2e%2E/a", "/a" },
    { "/a%2fb", "/a/b" },
    { "/a%3Fb", "/a?b" },
    { "/a%23b", "/a#b" },
    { "/a%2563", "/a%63" },
    { "/a%", "/a%" },
    { "/a%6", "/a%6" },
    { "/a%zz", "/a%zz" },
    { "/a%00b", "/a%00b" },
    { "/a*b", "/a*b" },
    { "/index.php", "/" },
    { "/index.php/", "/" },
    { "/index.php?a", "/" },
    { "/index.php/cart", "/cart" },
    { "/shop/index.php/cart", "/shop/cart" },
    { "/index.php/../cart", "/cart" },
    { "/a/index.php/../b", "/a/b" },
    { "/index%2Ephp/index.php/cart", "/cart" },
    { "/index.phpx/cart", "/index.phpx/cart" },
    { "/xindex.php/cart", "/xindex.php/cart" },
    { NULL, NULL }
};


static void
test_what_a_path_means(void **state)
{
    unsigned        i;
    ngx_shop_str_t  path;

    (void) state;

    for (i = 0; paths[i].target; i++) {
        path = path_of(paths[i].target, NGX_SHOP_PATTERN_TARGET);

        if (path.len != strlen(paths[i].path)
            || memcmp(path.data, paths[i].path, path.len) != 0)
        {
            fail_msg("\"%s\" is \"%.*s\", not \"%s\"", paths[i].target,
                     (int) path.len, path.data, paths[i].path);
        }

        free((void *) path.data);
    }
}


/* what nginx has decoded is not decoded again, and has no arguments */

static void
test_a_decoded_path_is_as_it_is(void **state)
{
    ngx_shop_str_t  path;

    (void) state;

    path = path_of("/a%63?b/index.php", NGX_SHOP_PATTERN_URI);
    assert_int_equal(path.len, 7);
    assert_memory_equal(path.data, "/a%63?b", 7);
    free((void *) path.data);
}


static const struct {
    const char  *pattern;
    const char  *target;
    int          matches;
} matches[] = {
    { "/", "/", 1 },
    { "/", "/a/b", 1 },
    { "/cart", "/cart", 1 },
    { "/cart", "/cart/", 1 },
    { "/cart/", "/cart", 1 },
    { "/cart", "/cart/a/b", 1 },
    { "/cart", "/cart?x", 1 },
    { "/cart", "/carts", 0 },
    { "/cart", "/car", 0 },
    { "/cart", "/", 0 },
    { "/cart", "/a/cart", 0 },
    { "/cart", "/CART", 0 },
    { "/cart", "//cart", 1 },
    { "/cart", "/%63art", 1 },
    { "/cart", "/a/../cart", 1 },
    { "/cart", "/cart/../a", 0 },
    { "/cart", "/index.php/cart", 1 },
    { "/index.php/cart", "/cart", 1 },
    { "/x/../cart", "/cart", 1 },
    { "/my%20cart", "/my%20cart/x", 1 },
    { "/checkout*", "/checkout", 1 },
    { "/checkout*", "/checkouts", 1 },
    { "/checkout*", "/checkout-success/a", 1 },
    { "/checkout*", "/checkou", 0 },
    { "/*/checkout", "/de/checkout", 1 },
    { "/*/checkout", "/de/checkout/a", 1 },
    { "/*/checkout", "/checkout", 0 },
    { "/*/checkout", "//checkout", 0 },
    { "/*/checkout", "/a/b/checkout", 0 },
    { "/*", "/", 0 },
    { "/*", "/a", 1 },
    { "/.well-known/*", "/.well-known/acme-challenge/x", 1 },
    { "/.well-known/*", "/.well-known", 0 },
    { "/a*c", "/abc", 1 },
    { "/a*c", "/abcc", 1 },
    { "/a*c", "/acb", 0 },
    { "/a*c", "/ab/c", 0 },
    { "/*a*b*", "/xaxbx", 1 },
    { "/*a*b*", "/xbxax", 0 },
    { "/*aab", "/aaaab", 1 },
    { "/**", "/x", 1 },
    { "/a%2Ab", "/a*b", 1 },
    { "/a%2Ab", "/axb", 0 },
    { "/a*b", "/a*b", 1 },
    { NULL, NULL, 0 }
};


static void
test_which_paths_a_pattern_is(void **state)
{
    unsigned        i;
    ngx_shop_str_t  pattern, path;

    (void) state;

    for (i = 0; matches[i].pattern; i++) {
        pattern = path_of(matches[i].pattern, NGX_SHOP_PATTERN_PATTERN);
        path = path_of(matches[i].target, NGX_SHOP_PATTERN_TARGET);

        if (ngx_shop_pattern_match(&pattern, &path) != matches[i].matches) {
            fail_msg("\"%s\" and \"%s\": not %d", matches[i].pattern,
                     matches[i].target, matches[i].matches);
        }

        free((void *) pattern.data);
        free((void *) path.data);
    }
}


static const struct {
    const char                *pattern;
    ngx_shop_pattern_fault_e   fault;
} faults[] = {
    { "/", NGX_SHOP_PATTERN_FITS },
    { "/a/*/b*", NGX_SHOP_PATTERN_FITS },
    { "/a/../b//c/./d", NGX_SHOP_PATTERN_FITS },
    { "/%63", NGX_SHOP_PATTERN_FITS },
    { "", NGX_SHOP_PATTERN_NO_PATH },
    { "cart", NGX_SHOP_PATTERN_NO_PATH },
    { "*", NGX_SHOP_PATTERN_NO_PATH },
    { "https://a/b", NGX_SHOP_PATTERN_NO_PATH },
    { "/a?", NGX_SHOP_PATTERN_ARGUMENTS },
    { "/a?b=c", NGX_SHOP_PATTERN_ARGUMENTS },
    { "/a#b", NGX_SHOP_PATTERN_ARGUMENTS },
    { "/a%3Fb", NGX_SHOP_PATTERN_FITS },
    { "/a%", NGX_SHOP_PATTERN_ESCAPE },
    { "/a%6", NGX_SHOP_PATTERN_ESCAPE },
    { "/a%zz", NGX_SHOP_PATTERN_ESCAPE },
    { "/a%00", NGX_SHOP_PATTERN_ESCAPE },
    { "/..", NGX_SHOP_PATTERN_ABOVE },
    { "/a/../..", NGX_SHOP_PATTERN_ABOVE },
    { "/a/%2e%2e/../b", NGX_SHOP_PATTERN_ABOVE },
    { "/...", NGX_SHOP_PATTERN_FITS },
    { NULL, NGX_SHOP_PATTERN_FITS }
};


static void
test_what_no_path_can_be(void **state)
{
    unsigned                   i;
    ngx_shop_str_t             copy;
    ngx_shop_pattern_fault_e   fault;

    (void) state;

    for (i = 0; faults[i].pattern; i++) {
        copy = copy_of(faults[i].pattern);
        fault = ngx_shop_pattern_fault(&copy);

        if (fault != faults[i].fault) {
            fail_msg("\"%s\": %d, not %d", faults[i].pattern, (int) fault,
                     (int) faults[i].fault);
        }

        free((void *) copy.data);
    }
}


/* a text that is cut anywhere is read no further */

static void
test_every_beginning_is_a_path(void **state)
{
    char             text[] = "/a/%2e%2E//index.php/b%63*/../c?d";
    size_t           n;
    ngx_shop_str_t   path;

    (void) state;

    for (n = sizeof(text) - 1; n; n--) {
        text[n] = '\0';
        path = path_of(text, NGX_SHOP_PATTERN_TARGET);
        assert_int_equal(path.data[0], '/');
        free((void *) path.data);
    }
}


int
main(void)
{
    const struct CMUnitTest  tests[] = {
        cmocka_unit_test(test_what_a_path_means),
        cmocka_unit_test(test_a_decoded_path_is_as_it_is),
        cmocka_unit_test(test_which_paths_a_pattern_is),
        cmocka_unit_test(test_what_no_path_can_be),
        cmocka_unit_test(test_every_beginning_is_a_path)
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
