
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

#include "logic/text/utf8.h"


static void
every_code_point_is_read_as_it_is_written(void **state)
{
    size_t         n, len, bad;
    uint32_t       code;
    unsigned char  buf[4];

    (void) state;

    for (code = 0; code <= 0x10FFFF; code++) {
        len = ngx_shop_utf8_encode(buf, code);
        n = ngx_shop_utf8_next(buf, buf + len, &bad);

        if (code >= 0xD800 && code <= 0xDFFF) {
            assert_int_equal(n, 0);
            assert_int_equal(bad, 1);
            continue;
        }

        assert_int_equal(n, len);

        if (len > 1) {
            assert_int_equal(ngx_shop_utf8_next(buf, buf + len - 1, &bad), 0);
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

            count[ngx_shop_utf8_next(buf, buf + 4, &bad)]++;
        }
    }

    /* a character of n bytes has 64 tails in each place, of which we try 2 */

    assert_int_equal(count[1], 0x80 * 0x100 * 16);
    assert_int_equal(count[2], (0x800 - 0x80) * 16);
    assert_int_equal(count[3], (0x10000 - 0x800 - 0x800) / 64 * 2 * 4);
    assert_int_equal(count[4], (0x110000 - 0x10000) / 64 / 64 * 2 * 2);
}


static void
what_moves_a_cursor_is_not_printable(void **state)
{
    size_t         i;
    unsigned char  buf[64];

    static const char  *rows[][2] = {
        { "", "" },
        { "na\xc3\xafve \xe6\x97\xa5", "na\xc3\xafve \xe6\x97\xa5" },
        { "a\n\x1b[31m\tb\x7f", "a??[31m?b?" },
        { "\xc2\x80\xc2\x9b\xc2\x9f\xc2\xa0", "??????\xc2\xa0" },
        { "\xff\xe6\x97\x61\xe6\x97", "???a??" }
    };

    (void) state;

    for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        strcpy((char *) buf, rows[i][0]);
        ngx_shop_utf8_printable(buf, strlen(rows[i][0]));
        assert_string_equal((char *) buf, rows[i][1]);
    }
}


static void
controls_are_the_two_blocks_of_unicode(void **state)
{
    size_t         len;
    uint32_t       code;
    unsigned char  buf[4];

    (void) state;

    for (code = 0; code < 0x3000; code++) {
        len = ngx_shop_utf8_encode(buf, code);

        if (ngx_shop_utf8_control(buf, len)
            != (code < 0x20 || (code >= 0x7F && code < 0xA0)))
        {
            fail_msg("U+%04X", (unsigned) code);
        }
    }
}


static void
what_turns_the_direction_is_known(void **state)
{
    size_t         n;
    uint32_t       code, is;
    unsigned char  buf[4];

    (void) state;

    for (code = 0; code <= 0x10FFFF; code++) {
        n = ngx_shop_utf8_encode(buf, code);
        is = (code == 0x61C || code == 0x200E || code == 0x200F
              || (code >= 0x202A && code <= 0x202E)
              || (code >= 0x2066 && code <= 0x2069)) ? code : 0;

        assert_int_equal(ngx_shop_utf8_bidi(buf, n), is);
    }
}


int
main(void)
{
    const struct CMUnitTest  tests[] = {
        cmocka_unit_test(every_code_point_is_read_as_it_is_written),
        cmocka_unit_test(there_are_as_many_characters_as_code_points),
        cmocka_unit_test(what_moves_a_cursor_is_not_printable),
        cmocka_unit_test(controls_are_the_two_blocks_of_unicode),
        cmocka_unit_test(what_turns_the_direction_is_known)
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
