
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * UTF-8: every code point, and every sequence of up to three bytes that is
 * none.
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
    size_t         bad;
    uint32_t       i, count[4];
    unsigned char  buf[3];

    (void) state;

    memset(count, 0, sizeof(count));

    for (i = 0; i < 0x1000000; i++) {
        buf[0] = (unsigned char) (i >> 16);
        buf[1] = (unsigned char) (i >> 8);
        buf[2] = (unsigned char) i;

        count[ngx_shop_failover_utf8_next(buf, buf + 3, &bad)]++;
    }

    assert_int_equal(count[1], 0x80 * 0x10000);
    assert_int_equal(count[2], (0x800 - 0x80) * 0x100);
    assert_int_equal(count[3], 0x10000 - 0x800 - 0x800);
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
