
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * Fields of a form: what curl and browsers send, and what nobody should.
 */


#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "logic/text/form.h"


/* "name=value|name=value" of all fields; "!" where one is refused */
static const char *
form_of(const char *text)
{
    int             rc;
    size_t          n;
    unsigned char   buf[256], *rest;
    static char     out[512];
    ngx_shop_str_t  name, value;

    memcpy(buf, text, strlen(text));
    rest = buf;
    n = 0;

    for ( ;; ) {
        rc = ngx_shop_form_next(&rest, buf + strlen(text), &name, &value);
        if (rc != NGX_SHOP_OK) {
            break;
        }

        if (n) {
            out[n++] = '|';
        }

        memcpy(out + n, name.data, name.len);
        n += name.len;
        out[n++] = '=';
        memcpy(out + n, value.data, value.len);
        n += value.len;
    }

    if (rc == NGX_SHOP_ERROR) {
        out[n++] = '!';
    }

    out[n] = '\0';

    return out;
}


static void
fields_are_split_and_decoded(void **state)
{
    (void) state;

    assert_string_equal(form_of("a=1"), "a=1");
    assert_string_equal(form_of("a=1&b=2"), "a=1|b=2");
    assert_string_equal(form_of("a=x+y%20z"), "a=x y z");
    assert_string_equal(form_of("%61=%C3%A4%2b"), "a=\xc3\xa4+");
    assert_string_equal(form_of("a=b=c"), "a=b=c");
    assert_string_equal(form_of("peer=%5B%3A%3A1%5D:80"), "peer=[::1]:80");
}


static void
what_is_empty_is_no_error(void **state)
{
    (void) state;

    assert_string_equal(form_of(""), "");
    assert_string_equal(form_of("&&"), "");
    assert_string_equal(form_of("&a=1&&b=2&"), "a=1|b=2");
    assert_string_equal(form_of("a"), "a=");
    assert_string_equal(form_of("a="), "a=");
    assert_string_equal(form_of("=1"), "=1");
}


static void
a_bad_escape_is_refused(void **state)
{
    (void) state;

    assert_string_equal(form_of("a=%"), "!");
    assert_string_equal(form_of("a=%2"), "!");
    assert_string_equal(form_of("a=%2g"), "!");
    assert_string_equal(form_of("a=%g2"), "!");
    assert_string_equal(form_of("a=%00"), "!");
    assert_string_equal(form_of("%=1"), "!");
    assert_string_equal(form_of("a=1&b=%zz"), "a=1!");

    /* an escape does not reach into the next field */

    assert_string_equal(form_of("a=%4&1=2"), "!");
}


static void
what_is_written_is_read(void **state)
{
    size_t         n, size;
    unsigned char  buf[256];

    static const char  value[] = "a b&c=d%+\xc3\xa4[::1]:80";

    (void) state;

    n = 0;
    assert_int_equal(ngx_shop_form_add(buf, sizeof(buf) - 1, &n, "a",
                                       value), 0);
    assert_int_equal(ngx_shop_form_add(buf, sizeof(buf) - 1, &n, "b", ""), 0);
    buf[n] = '\0';

    assert_string_equal((char *) buf,
                  "a=a%20b%26c%3Dd%25%2B%C3%A4%5B%3A%3A1%5D%3A80&b=");
    assert_string_equal(form_of((char *) buf),
                        "a=a b&c=d%+\xc3\xa4[::1]:80|b=");

    /* what does not fit writes nothing outside, and counts for nothing */

    for (size = 0; size < 12; size++) {
        n = 0;
        memset(buf, '!', sizeof(buf));

        assert_int_equal(ngx_shop_form_add(buf, size, &n, "name", "   "), -1);
        assert_int_equal(n, 0);
        assert_int_equal(buf[size], '!');
    }
}


int
main(void)
{
    const struct CMUnitTest  tests[] = {
        cmocka_unit_test(fields_are_split_and_decoded),
        cmocka_unit_test(what_is_empty_is_no_error),
        cmocka_unit_test(a_bad_escape_is_refused),
        cmocka_unit_test(what_is_written_is_read)
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
