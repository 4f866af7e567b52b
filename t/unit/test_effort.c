
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * A larger page is not compressed harder, and none so hard that it stops a
 * worker.
 */


#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "logic/words/effort.h"


#define TEST_EFFORT_SLOW    10             /* brotli: a tree of all ways */
#define TEST_EFFORT_LARGE   (128 * 1024)
#define TEST_EFFORT_ALL     (320 * 1024)   /* room of a rendering */


static void
test_effort_falls(void **state)
{
    size_t                    len;
    const ngx_shop_effort_t  *effort, *before;

    (void) state;

    before = ngx_shop_effort_for(0);

    for (len = 1; len <= TEST_EFFORT_ALL; len++) {
        effort = ngx_shop_effort_for(len);

        assert_true(effort->br_quality <= before->br_quality);
        assert_true(effort->gzip_level <= before->gzip_level);
        before = effort;
    }
}


static void
test_effort_is_bounded(void **state)
{
    const ngx_shop_effort_t  *effort;

    (void) state;

    assert_true(ngx_shop_effort_for(0)->br_quality < TEST_EFFORT_SLOW);

    effort = ngx_shop_effort_for(TEST_EFFORT_LARGE + 1);

    assert_true(effort->br_quality <= 4);
    assert_true(effort->huffman);
}


/* a picture in the middle of a page, of one more than half and one less */

static void
test_effort_finds_pictures(void **state)
{
    size_t                i;
    static unsigned char  page[20 * 1024];

    (void) state;

    memset(page, ' ', sizeof(page));
    assert_false(ngx_shop_effort_dense(page, sizeof(page)));
    assert_false(ngx_shop_effort_dense(page, 0));

    memset(page + 4096, 'x', sizeof(page) / 2);
    assert_false(ngx_shop_effort_dense(page, sizeof(page)));

    memset(page + 4096, '/', sizeof(page) / 2 + 1);
    assert_true(ngx_shop_effort_dense(page, sizeof(page)));

    /* words, and a style without a blank */

    memset(page, 'x', sizeof(page));

    for (i = 0; i < sizeof(page); i += 511) {
        page[i] = ';';
    }

    assert_false(ngx_shop_effort_dense(page, sizeof(page)));
}


/* zlib's and brotli's limits, and a window that is not larger than a page */

static void
test_effort_is_possible(void **state)
{
    size_t                    len;
    const ngx_shop_effort_t  *effort;

    (void) state;

    for (len = 0; len <= TEST_EFFORT_ALL; len++) {
        effort = ngx_shop_effort_for(len);

        assert_in_range(effort->gzip_level, 1, 9);
        assert_in_range(effort->br_window, 10, 24);
        assert_true(len < (size_t) 1 << effort->br_window);
    }
}


int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_effort_falls),
        cmocka_unit_test(test_effort_is_bounded),
        cmocka_unit_test(test_effort_is_possible),
        cmocka_unit_test(test_effort_finds_pictures),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
