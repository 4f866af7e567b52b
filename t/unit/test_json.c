
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * The reader of JSON: what it refuses, and that it finds what is there.
 */


#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <stdlib.h>
#include <cmocka.h>

#include "logic/text/emit.h"
#include "logic/text/json.h"


static const char  test_json_status[] =
    "{ \"version\": 1, \"site\" : {\"state\":\"backup\",\"since\":null},\n"
    "\t\"upstreams\":[{\"name\":\"shop\",\"serving\":true,\"peers\":["
    "{\"server\":\"10.0.0.1:80\",\"ms\":-12.5e+1},{},"
    "{\"server\":\"a\\\"]}\\u00fc\"}]},[],[ 1 , 2 ]] , \"x\\u0079\":\"z\","
    "\"last\":false }\r\n";


static ngx_shop_str_t
test_json_str(const char *text)
{
    ngx_shop_str_t  s;

    s.len = strlen(text);
    s.data = (const unsigned char *) text;

    return s;
}


static ngx_shop_json_t
test_json_value(const char *text)
{
    size_t           at;
    const char      *reason;
    ngx_shop_str_t   s;
    ngx_shop_json_t  v;

    s = test_json_str(text);

    if (ngx_shop_json_parse(&v, &s, &at, &reason) != NGX_SHOP_OK) {
        fail_msg("%s: at %u: %s", text, (unsigned) at, reason);
    }

    return v;
}


static ngx_shop_json_t
test_json_found(const ngx_shop_json_t *v, const char *path)
{
    ngx_shop_json_t  found;

    assert_int_equal(ngx_shop_json_find(v, path, &found), NGX_SHOP_OK);
    return found;
}


static void
valid_values_are_accepted(void **state)
{
    static const char * const  cases[] = {
        "{}", "[]", "\"\"", "0", "-0", "-1", "10.5", "1e5", "1E+05",
        "0.1e-2", "true", "false", "null", " \t\r\n1 \t\r\n",
        "[1,2]", "[[],{},\"\"]", "{\"\":{\"a\":[null]}}",
        "\"\\\"\\\\\\/\\b\\f\\n\\r\\t\\u00e4\\uD83D\\uDED2\"",
        "\"\xC3\xBC\xE2\x82\xAC\xF0\x9F\x9B\x92\x7F\"", "\"\\u0000\"",
        "{\"a\":1,\"a\":2}"
    };

    size_t           i;
    ngx_shop_json_t  v;

    (void) state;

    for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        v = test_json_value(cases[i]);
        assert_true(v.text.len > 0);
    }
}


static void
all_else_is_refused(void **state)
{
    static const struct {
        const char  *text;
        size_t       at;

    } cases[] = {
        { "", 0 },
        { " ", 1 },
        { "\xEF\xBB\xBF{}", 0 },
        { "tru", 0 },
        { "truE", 0 },
        { "True", 0 },
        { "nul", 0 },
        { "NaN", 0 },
        { "Infinity", 0 },
        { "'a'", 0 },
        { "a", 0 },
        { "+1", 0 },
        { "-", 0 },
        { "-a", 0 },
        { "01", 1 },
        { "1.", 2 },
        { ".5", 0 },
        { "1.e5", 2 },
        { "1e", 2 },
        { "1e+", 3 },
        { "0x1", 1 },
        { "1 2", 2 },
        { "{} {}", 3 },
        { "[1,]", 3 },
        { "[,1]", 1 },
        { "[1 2]", 3 },
        { "[1", 2 },
        { "[", 1 },
        { "[1}", 2 },
        { "]", 0 },
        { "{", 1 },
        { "{\"a\":1]", 6 },
        { "{\"a\"}", 4 },
        { "{\"a\" 1}", 5 },
        { "{\"a\":}", 5 },
        { "{\"a\":1,}", 7 },
        { "{a:1}", 1 },
        { "{1:1}", 1 },
        { "{\"a\":1 \"b\":2}", 7 },
        { "[1]/**/", 3 },
        { "\"a", 2 },
        { "\"\n\"", 1 },
        { "\"\x1F\"", 1 },
        { "\"\\\"", 3 },
        { "\"\\", 1 },
        { "\"\\x\"", 1 },
        { "\"\\u12\"", 1 },
        { "\"\\u12g4\"", 1 },
        { "\"\\U1234\"", 1 },
        { "\"\\ud800\"", 1 },
        { "\"\\ud800x\"", 1 },
        { "\"\\ud800\\n\"", 1 },
        { "\"\\ud800\\ud800\"", 1 },
        { "\"\\ud800\\ue000\"", 1 },
        { "\"\\udc00\\ud800\"", 1 },
        { "\"\\udc00\\udc00\"", 1 },
        { "\"a\x80\"", 2 },
        { "\"\xC0\x80\"", 1 },
        { "\"\xED\xA0\x80\"", 1 },
        { "\"\xC3\"", 1 }
    };

    size_t            i, at;
    const char       *reason;
    unsigned char    *copy;
    ngx_shop_str_t    s;
    ngx_shop_json_t   v;

    (void) state;

    for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        print_message("%s\n", cases[i].text);

        /* a copy without its NUL, so that reading on shows */

        s = test_json_str(cases[i].text);
        copy = malloc(s.len + 1);
        assert_non_null(copy);
        memcpy(copy + 1, s.data, s.len);
        s.data = copy + 1;

        reason = NULL;
        assert_int_equal(ngx_shop_json_parse(&v, &s, &at, &reason),
                         NGX_SHOP_ERROR);
        assert_int_equal(at, cases[i].at);
        assert_non_null(reason);

        free(copy);
    }
}


static void
no_part_of_a_document_is_a_document(void **state)
{
    size_t            at;
    const char       *reason;
    unsigned char    *copy;
    ngx_shop_str_t    s;
    ngx_shop_json_t   v;

    (void) state;

    s = test_json_str(test_json_status);

    /* the end of line is not needed */

    for (s.len = 0; s.len < sizeof(test_json_status) - 3; s.len++) {
        copy = malloc(s.len + 1);
        assert_non_null(copy);
        memcpy(copy + 1, test_json_status, s.len);
        s.data = copy + 1;

        assert_int_equal(ngx_shop_json_parse(&v, &s, &at, &reason),
                         NGX_SHOP_ERROR);
        assert_true(at <= s.len);

        free(copy);
    }

    (void) test_json_value(test_json_status);
}


static void
levels_are_bounded(void **state)
{
    char             text[2 * NGX_SHOP_JSON_DEPTH + 3];
    size_t           n, at;
    const char      *reason;
    ngx_shop_str_t   s;
    ngx_shop_json_t  v;

    (void) state;

    n = NGX_SHOP_JSON_DEPTH;

    memset(text, '[', n + 1);
    memset(text + n, ']', n);
    text[2 * n] = '\0';
    v = test_json_value(text);
    assert_int_equal(v.text.len, 2 * n);

    memset(text, '[', n + 1);
    memset(text + n + 1, ']', n + 1);
    text[2 * n + 2] = '\0';
    s = test_json_str(text);

    assert_int_equal(ngx_shop_json_parse(&v, &s, &at, &reason),
                     NGX_SHOP_ERROR);
    assert_int_equal(at, n);
    assert_string_equal(reason, "too many levels");
}


static void
values_are_found_by_path(void **state)
{
    int              flag;
    int64_t          n;
    ngx_shop_json_t  v, found;

    static const char * const  absent[] = {
        "sit", "sitee", "site.x", "site.state.x", "version.0", "upstreams.3",
        "upstreams.x", "upstreams.", "upstreams..", "upstreams.0.peers.1.x",
        "upstreams.1.0", "upstreams.00000000000000000000", "upstreams.-1",
        "upstreams.4294967296", ".", "x", "xyz", "upstreams.0x"
    };

    size_t  i;

    (void) state;

    v = test_json_value(test_json_status);
    assert_int_equal(v.type, NGX_SHOP_JSON_OBJECT);

    found = test_json_found(&v, "");
    assert_ptr_equal(found.text.data, v.text.data);

    found = test_json_found(&v, "version");
    assert_int_equal(ngx_shop_json_int(&found, &n), NGX_SHOP_OK);
    assert_int_equal(n, 1);

    found = test_json_found(&v, "site.state");
    assert_true(ngx_shop_json_is(&found, "backup"));
    assert_false(ngx_shop_json_is(&found, "backups"));
    assert_false(ngx_shop_json_is(&found, "backu"));
    assert_false(ngx_shop_json_is(&found, ""));

    found = test_json_found(&v, "site.since");
    assert_int_equal(found.type, NGX_SHOP_JSON_NULL);
    assert_false(ngx_shop_json_is(&found, "ul"));

    found = test_json_found(&v, "upstreams.0.serving");
    assert_int_equal(ngx_shop_json_bool(&found, &flag), NGX_SHOP_OK);
    assert_int_equal(flag, 1);

    found = test_json_found(&v, "last");
    assert_int_equal(ngx_shop_json_bool(&found, &flag), NGX_SHOP_OK);
    assert_int_equal(flag, 0);

    found = test_json_found(&v, "upstreams.0.peers.2.server");
    assert_true(ngx_shop_json_is(&found, "a\"]}\xC3\xBC"));

    found = test_json_found(&v, "upstreams.2.1");
    assert_int_equal(found.text.len, 1);
    assert_int_equal(found.text.data[0], '2');

    /* a key is what it means, not how it is written */

    found = test_json_found(&v, "xy");
    assert_true(ngx_shop_json_is(&found, "z"));

    for (i = 0; i < sizeof(absent) / sizeof(absent[0]); i++) {
        print_message("%s\n", absent[i]);
        assert_int_equal(ngx_shop_json_find(&v, absent[i], &found),
                         NGX_SHOP_DECLINED);
    }
}


static void
of_equal_keys_the_first_is_found(void **state)
{
    ngx_shop_json_t  v, found;

    (void) state;

    v = test_json_value("{\"a\":\"1\",\"a\":\"2\"}");
    found = test_json_found(&v, "a");

    assert_true(ngx_shop_json_is(&found, "1"));
}


static void
arrays_and_objects_are_walked(void **state)
{
    int64_t               n, sum;
    unsigned              i;
    ngx_shop_json_t       v, key, item;
    ngx_shop_json_walk_t  walk;

    (void) state;

    v = test_json_value(" [ 1,20 , 300 ] ");
    ngx_shop_json_walk(&v, &walk);
    sum = 0;

    while (ngx_shop_json_next(&walk, &key, &item) == NGX_SHOP_OK) {
        assert_int_equal(key.type, NGX_SHOP_JSON_NULL);
        assert_int_equal(ngx_shop_json_int(&item, &n), NGX_SHOP_OK);
        sum += n;
    }

    assert_int_equal(sum, 321);
    assert_int_equal(ngx_shop_json_next(&walk, NULL, &item),
                     NGX_SHOP_DECLINED);

    v = test_json_value("{\"a\":{\"x\":[{}]} , \"b\" :\"}\",\"c\":-1}");
    ngx_shop_json_walk(&v, &walk);

    for (i = 0; ngx_shop_json_next(&walk, &key, &item) == NGX_SHOP_OK; i++) {
        assert_int_equal(key.text.len, 3);
        assert_int_equal(key.text.data[1], "abc"[i]);
        assert_int_equal(item.type, i == 0 ? NGX_SHOP_JSON_OBJECT
                                  : i == 1 ? NGX_SHOP_JSON_STRING
                                           : NGX_SHOP_JSON_NUMBER);
    }

    assert_int_equal(i, 3);

    v = test_json_value("{ }");
    ngx_shop_json_walk(&v, &walk);
    assert_int_equal(ngx_shop_json_next(&walk, &key, &item),
                     NGX_SHOP_DECLINED);

    v = test_json_value("\"[1]\"");
    ngx_shop_json_walk(&v, &walk);
    assert_int_equal(ngx_shop_json_next(&walk, &key, &item),
                     NGX_SHOP_DECLINED);
}


static void
strings_are_unescaped_into_a_bounded_buffer(void **state)
{
    unsigned char    buf[32];
    ngx_shop_str_t   s;
    ngx_shop_json_t  v;

    static const char  expected[] =
        "\"\\/\b\f\n\r\t\xC3\xA4\xE2\x82\xAC\xF0\x9F\x9B\x92\0\xC3\xBC";

    (void) state;

    v = test_json_value("\"\\\"\\\\\\/\\b\\f\\n\\r\\t\\u00E4\\u20ac"
                        "\\uD83d\\uDED2\\u0000\xC3\xBC\"");

    assert_int_equal(ngx_shop_json_string(&v, buf, sizeof(buf), &s),
                     NGX_SHOP_OK);
    assert_int_equal(s.len, sizeof(expected) - 1);
    assert_ptr_equal(s.data, buf);
    assert_memory_equal(buf, expected, s.len);

    assert_int_equal(ngx_shop_json_string(&v, buf,
                                          sizeof(expected) - 1, &s),
                     NGX_SHOP_OK);
    assert_int_equal(ngx_shop_json_string(&v, buf,
                                          sizeof(expected) - 2, &s),
                     NGX_SHOP_ERROR);

    v = test_json_value("\"\"");
    assert_int_equal(ngx_shop_json_string(&v, NULL, 0, &s), NGX_SHOP_OK);
    assert_int_equal(s.len, 0);

    v = test_json_value("1");
    assert_int_equal(ngx_shop_json_string(&v, buf, sizeof(buf), &s),
                     NGX_SHOP_DECLINED);
}


static void
integers_are_exact_or_none(void **state)
{
    static const struct {
        const char  *text;
        int          rc;
        int64_t      n;

    } cases[] = {
        { "0", NGX_SHOP_OK, 0 },
        { "-0", NGX_SHOP_OK, 0 },
        { "-42", NGX_SHOP_OK, -42 },
        { "9223372036854775807", NGX_SHOP_OK, INT64_MAX },
        { "-9223372036854775807", NGX_SHOP_OK, -INT64_MAX },
        { "-9223372036854775808", NGX_SHOP_OK, INT64_MIN },
        { "9223372036854775808", NGX_SHOP_DECLINED, 7 },
        { "-9223372036854775809", NGX_SHOP_DECLINED, 7 },
        { "100000000000000000000", NGX_SHOP_DECLINED, 7 },
        { "1.0", NGX_SHOP_DECLINED, 7 },
        { "1e3", NGX_SHOP_DECLINED, 7 },
        { "true", NGX_SHOP_DECLINED, 7 },
        { "\"1\"", NGX_SHOP_DECLINED, 7 }
    };

    int              flag;
    size_t           i;
    int64_t          n;
    ngx_shop_json_t  v;

    (void) state;

    for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        n = 7;
        v = test_json_value(cases[i].text);

        assert_int_equal(ngx_shop_json_int(&v, &n), cases[i].rc);
        assert_true(n == cases[i].n);

        if (v.type != NGX_SHOP_JSON_BOOL) {
            assert_int_equal(ngx_shop_json_bool(&v, &flag), NGX_SHOP_DECLINED);
        }
    }
}


static void
what_emit_writes_is_read(void **state)
{
    unsigned char     buf[1024], text[256];
    ngx_shop_str_t    s;
    ngx_shop_emit_t   e;
    ngx_shop_json_t   v, found;

    static const char  odd[] = "</b>\"\\\n\x01\x7F \xC3\xBC \xF0\x9F\x9B\x92";

    (void) state;

    ngx_shop_emit_init(&e, buf, sizeof(buf) - 1);
    ngx_shop_emit_object(&e, NULL);
    ngx_shop_emit_array(&e, "a.b");
    ngx_shop_emit_close(&e, ']');
    ngx_shop_emit_cstr(&e, "odd", odd);
    ngx_shop_emit_int(&e, "min", INT64_MIN);
    ngx_shop_emit_time(&e, "eta", 951782399);
    ngx_shop_emit_close(&e, '}');
    *e.pos = '\0';

    v = test_json_value((char *) buf);
    found = test_json_found(&v, "odd");

    assert_int_equal(ngx_shop_json_string(&found, text,
                                          sizeof(text), &s),
                     NGX_SHOP_OK);
    assert_int_equal(s.len, sizeof(odd) - 1);
    assert_memory_equal(text, odd, s.len);

    found = test_json_found(&v, "eta");
    assert_true(ngx_shop_json_is(&found, "2000-02-28T23:59:59Z"));
}


int
main(void)
{
    const struct CMUnitTest  tests[] = {
        cmocka_unit_test(valid_values_are_accepted),
        cmocka_unit_test(all_else_is_refused),
        cmocka_unit_test(no_part_of_a_document_is_a_document),
        cmocka_unit_test(levels_are_bounded),
        cmocka_unit_test(values_are_found_by_path),
        cmocka_unit_test(of_equal_keys_the_first_is_found),
        cmocka_unit_test(arrays_and_objects_are_walked),
        cmocka_unit_test(strings_are_unescaped_into_a_bounded_buffer),
        cmocka_unit_test(integers_are_exact_or_none),
        cmocka_unit_test(what_emit_writes_is_read)
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
