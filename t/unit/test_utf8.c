
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * UTF-8: every code point, and every beginning of two bytes that is none.
 */


#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "logic/utf8.h"


static void
every_code_point_is_read_as_it_is_written(void **state)
{
    size_t         n, len, bad;
    uint32_t       code;
    unsigned char  buf[4];

    (void) state;

    for (code = 0; code <= 0x10FFFF; code++) {
        len = ngx_shop_failover_utf8_encode(buf, code);
        n = ngx_shop_failover_utf8_next(buf, buf + len, &bad);

        if (code >= 0xD800 && code <= 0xDFFF) {
            assert_int_equal(n, 0);
            assert_int_equal(bad, 1);
            continue;
        }

        assert_int_equal(n, len);

        if (len > 1) {
            assert_int_equal(ngx_shop_failover_utf8_next(buf, buf + len - 1,
                                                         &bad), 0);
            assert_int_equal(bad, len - 1);
        }
    }
}


static void
there_are_as_many_characters_as_code_points(void **state)
{
    /* at the edges of what can follow, and in the last place too */

    static const unsigned char  tails[] = { 0x7F, 0x80, 0xBF, 0xC0 };

    size_t         bad;
    uint32_t       i, k, count[5];
    unsigned char  buf[4];

    (void) state;

    memset(count, 0, sizeof(count));

    for (i = 0; i < 0x10000; i++) {
        buf[0] = (unsigned char) (i >> 8);
        buf[1] = (unsigned char) i;

        for (k = 0; k < 16; k++) {
            buf[2] = tails[k / 4];
            buf[3] = tails[k % 4];

            count[ngx_shop_failover_utf8_next(buf, buf + 4, &bad)]++;
        }
    }

    /* a character of n bytes has 64 tails in each place, of which we try 2 */

    assert_int_equal(count[1], 0x80 * 0x100 * 16);
    assert_int_equal(count[2], (0x800 - 0x80) * 16);
    assert_int_equal(count[3], (0x10000 - 0x800 - 0x800) / 64 * 2 * 4);
    assert_int_equal(count[4], (0x110000 - 0x10000) / 64 / 64 * 2 * 2);
}


int
main(void)
{
    const struct CMUnitTest  tests[] = {
        cmocka_unit_test(every_code_point_is_read_as_it_is_written),
        cmocka_unit_test(there_are_as_many_characters_as_code_points)
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
