
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * Which file is a key: by what it is, who may read it, and its bytes.
 */


#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "logic/pass/keyrule.h"


static void
a_file_of_few_is_one(void **state)
{
    static const struct {
        unsigned            regular;
        unsigned            mode;
        uint64_t            size;
        ngx_shop_keyrule_e  rule;
    } cases[] = {
        { 1, 0600, 65, NGX_SHOP_KEYRULE_GOOD },
        { 1, 0640, 65, NGX_SHOP_KEYRULE_GOOD },
        { 1, 0400, 0, NGX_SHOP_KEYRULE_GOOD },
        { 1, 0601, 65, NGX_SHOP_KEYRULE_GOOD },
        { 1, 0644, 65, NGX_SHOP_KEYRULE_EXPOSED },
        { 1, 0604, 65, NGX_SHOP_KEYRULE_EXPOSED },
        { 1, 0602, 65, NGX_SHOP_KEYRULE_EXPOSED },
        { 1, 0777, 65, NGX_SHOP_KEYRULE_EXPOSED },
        { 1, 0600, 4096, NGX_SHOP_KEYRULE_GOOD },
        { 1, 0600, 4097, NGX_SHOP_KEYRULE_LONG },
        { 1, 0600, (uint64_t) 1 << 33, NGX_SHOP_KEYRULE_LONG },
        { 0, 0600, 0, NGX_SHOP_KEYRULE_NO_FILE },
        { 0, 0644, 0, NGX_SHOP_KEYRULE_NO_FILE }
    };

    size_t                   i;
    ngx_shop_keyrule_file_t  file;

    (void) state;

    for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        file.regular = cases[i].regular & 1u;
        file.mode = cases[i].mode;
        file.size = cases[i].size;

        assert_int_equal(ngx_shop_keyrule_file(&file), cases[i].rule);
    }
}


static void
a_key_has_at_least_32_bytes(void **state)
{
    static const struct {
        const char  *file;
        size_t       len;              /* 0: too short */
    } cases[] = {
        { "", 0 },
        { "\n", 0 },
        { "0123456789012345678901234567890", 0 },
        { "0123456789012345678901234567890\n", 0 },
        { "01234567890123456789012345678901", 32 },
        { "01234567890123456789012345678901\n", 32 },
        { "01234567890123456789012345678901\r\n\n", 32 },
        { "0123456789012345\n7890123456789012 \n", 34 }
    };

    size_t          i;
    ngx_shop_str_t  key;

    (void) state;

    for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        key.data = (const unsigned char *) cases[i].file;
        key.len = strlen(cases[i].file);

        assert_int_equal(ngx_shop_keyrule_key(&key, 0),
                         cases[i].len ? NGX_SHOP_KEYRULE_GOOD
                                      : NGX_SHOP_KEYRULE_SHORT);

        if (cases[i].len) {
            assert_int_equal(key.len, cases[i].len);
        }
    }
}


static void
a_key_that_is_sent_is_one_visible_line(void **state)
{
    unsigned        c;
    unsigned char   bytes[40];
    ngx_shop_str_t  key;

    (void) state;

    for (c = 0; c < 256; c++) {
        memset(bytes, 'k', sizeof(bytes));
        bytes[20] = (unsigned char) c;

        key.data = bytes;
        key.len = sizeof(bytes);
        assert_int_equal(ngx_shop_keyrule_key(&key, 1),
                         c > 0x20 && c < 0x7F
                         ? NGX_SHOP_KEYRULE_GOOD
                         : NGX_SHOP_KEYRULE_UNSENT);

        key.len = sizeof(bytes);
        assert_int_equal(ngx_shop_keyrule_key(&key, 0), NGX_SHOP_KEYRULE_GOOD);
    }
}


static void
a_file_that_grew_is_noticed(void **state)
{
    ngx_shop_str_t        key;
    static unsigned char  bytes[NGX_SHOP_KEYRULE_MAX + 1];

    (void) state;

    memset(bytes, 'k', sizeof(bytes));
    key.data = bytes;

    key.len = sizeof(bytes) - 1;
    assert_int_equal(ngx_shop_keyrule_key(&key, 1), NGX_SHOP_KEYRULE_GOOD);

    key.len = sizeof(bytes);
    assert_int_equal(ngx_shop_keyrule_key(&key, 1), NGX_SHOP_KEYRULE_LONG);
}


static void
every_refusal_says_why(void **state)
{
    int                             rule;
    const ngx_shop_keyrule_text_t  *text;

    (void) state;

    for (rule = NGX_SHOP_KEYRULE_MISSING;
         rule <= NGX_SHOP_KEYRULE_UNSENT;
         rule++)
    {
        text = ngx_shop_keyrule_text((ngx_shop_keyrule_e) rule);
        assert_true(strlen(text->what) > 0 && strlen(text->cure) > 0);
    }

    text = ngx_shop_keyrule_text(NGX_SHOP_KEYRULE_LONG);
    assert_non_null(strstr(text->what, "4096"));

    text = ngx_shop_keyrule_text(NGX_SHOP_KEYRULE_SHORT);
    assert_non_null(strstr(text->what, "32"));
}


int
main(void)
{
    const struct CMUnitTest  tests[] = {
        cmocka_unit_test(a_file_of_few_is_one),
        cmocka_unit_test(a_key_has_at_least_32_bytes),
        cmocka_unit_test(a_key_that_is_sent_is_one_visible_line),
        cmocka_unit_test(a_file_that_grew_is_noticed),
        cmocka_unit_test(every_refusal_says_why)
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
