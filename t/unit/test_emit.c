
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * The bounded writer: what is written, and what happens at the bound.
 */


#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "logic/text/emit.h"


/* room that emit gets in pieces, and what it has given back so far */
typedef struct {
    unsigned char  piece[8];
    size_t         size;             /* of a piece, in use */
    unsigned       refuse_after;     /* pieces; 0: never */
    unsigned       pieces;
    unsigned char  out[512];
    size_t         len;
} test_emit_sink_t;


static unsigned char    test_emit_buf[4096];
static ngx_shop_emit_t  test_emit;


static int
test_emit_setup(void **state)
{
    (void) state;

    ngx_shop_emit_init(&test_emit, test_emit_buf, sizeof(test_emit_buf));
    return 0;
}


static ngx_shop_str_t
test_emit_str(const char *data, size_t len)
{
    ngx_shop_str_t  s;

    s.len = len;
    s.data = (const unsigned char *) data;

    return s;
}


static void
test_emit_is(const char *expected)
{
    ngx_shop_emit_t  *e;

    e = &test_emit;

    assert_int_equal(e->failed, 0);
    assert_int_equal(e->pos - e->start, strlen(expected));
    assert_memory_equal(e->start, expected, strlen(expected));
    assert_int_equal(e->total, strlen(expected));

    ngx_shop_emit_init(&test_emit, test_emit_buf, sizeof(test_emit_buf));
}


static void
test_emit_quoted_is(const char *in, size_t len, const char *expected)
{
    ngx_shop_str_t  s;

    s = test_emit_str(in, len);

    ngx_shop_emit_quoted(&test_emit, &s);
    test_emit_is(expected);
}


static void
test_emit_html_is(const char *in, size_t len, const char *expected)
{
    ngx_shop_str_t  s;

    s = test_emit_str(in, len);

    ngx_shop_emit_html(&test_emit, &s);
    test_emit_is(expected);
}


static void
numbers_of_every_size_are_written(void **state)
{
    (void) state;

    ngx_shop_emit_number(&test_emit, 0);
    test_emit_is("0");
    ngx_shop_emit_number(&test_emit, -1);
    test_emit_is("-1");
    ngx_shop_emit_number(&test_emit, INT64_MAX);
    test_emit_is("9223372036854775807");
    ngx_shop_emit_number(&test_emit, INT64_MIN);
    test_emit_is("-9223372036854775808");
}


static void
html_is_escaped_for_text_and_attributes(void **state)
{
    (void) state;

    test_emit_html_is("", 0, "");
    test_emit_html_is("a & b", 5, "a &amp; b");
    test_emit_html_is("<b a=\"x\" c='y'>", 15,
                      "&lt;b a=&quot;x&quot; c=&#39;y&#39;&gt;");
    test_emit_html_is("\xC3\xBC\0\xFF", 4,
                      "\xC3\xBC\xEF\xBF\xBD\xEF\xBF\xBD");
}


static void
json_strings_are_escaped(void **state)
{
    (void) state;

    test_emit_quoted_is("", 0, "\"\"");
    test_emit_quoted_is("a\"b\\c", 5, "\"a\\\"b\\\\c\"");
    test_emit_quoted_is("\n\r\t\b\0\x7F", 6,
                        "\"\\n\\r\\t\\u0008\\u0000\\u007f\"");
    test_emit_quoted_is("</script>", 9, "\"\\u003c/script\\u003e\"");
    test_emit_quoted_is("\xE2\x82\xAC \xF0\x9F\x9B\x92", 8,
                        "\"\xE2\x82\xAC \xF0\x9F\x9B\x92\"");
}


static void
ill_formed_utf8_is_replaced(void **state)
{
    (void) state;

    test_emit_quoted_is("\x80", 1, "\"\xEF\xBF\xBD\"");
    test_emit_quoted_is("a\xC3", 2, "\"a\xEF\xBF\xBD\"");
    test_emit_quoted_is("\xE2\x82z", 3, "\"\xEF\xBF\xBDz\"");
    test_emit_quoted_is("\xF0\x9F\x9B", 3, "\"\xEF\xBF\xBD\"");

    /* overlong, a surrogate, above U+10FFFF: one for each byte */

    test_emit_quoted_is("\xC0\xAF", 2, "\"\xEF\xBF\xBD\xEF\xBF\xBD\"");
    test_emit_quoted_is("\xED\xA0\x80", 3,
                        "\"\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD\"");
    test_emit_quoted_is("\xF4\x90", 2, "\"\xEF\xBF\xBD\xEF\xBF\xBD\"");

    /* the next character is not swallowed with a cut one */

    test_emit_quoted_is("\xE2\"", 2, "\"\xEF\xBF\xBD\\\"\"");
}


static void
commas_stand_between_members_only(void **state)
{
    ngx_shop_emit_t  *e;

    (void) state;

    e = &test_emit;

    ngx_shop_emit_object(e, NULL);
    ngx_shop_emit_int(e, "version", 1);
    ngx_shop_emit_array(e, "none");
    ngx_shop_emit_close(e, ']');
    ngx_shop_emit_array(e, "peers");
    ngx_shop_emit_object(e, NULL);
    ngx_shop_emit_int(e, "n", -2);
    ngx_shop_emit_close(e, '}');
    ngx_shop_emit_object(e, NULL);
    ngx_shop_emit_bool(e, "backup", 1);
    ngx_shop_emit_bool(e, "up", 0);
    ngx_shop_emit_close(e, '}');
    ngx_shop_emit_cstr(e, NULL, "x");
    ngx_shop_emit_null(e, NULL);
    ngx_shop_emit_close(e, ']');
    ngx_shop_emit_cstr(e, "a\"b", "c");
    ngx_shop_emit_close(e, '}');

    test_emit_is("{\"version\":1,\"none\":[],\"peers\":[{\"n\":-2},"
                 "{\"backup\":true,\"up\":false},\"x\",null],"
                 "\"a\\\"b\":\"c\"}");
}


static void
values_at_the_top_have_no_commas(void **state)
{
    ngx_shop_emit_t  *e;

    (void) state;

    e = &test_emit;

    ngx_shop_emit_object(e, NULL);
    ngx_shop_emit_close(e, '}');
    ngx_shop_emit_raw(e, "\n", 1);
    ngx_shop_emit_int(e, NULL, 2);

    test_emit_is("{}\n2");
}


static void
times_are_rfc3339_and_none_is_null(void **state)
{
    ngx_shop_emit_t  *e;

    (void) state;

    e = &test_emit;

    ngx_shop_emit_object(e, NULL);
    ngx_shop_emit_time(e, "eta", 0);
    ngx_shop_emit_time(e, "since", 951782399);
    ngx_shop_emit_close(e, '}');

    test_emit_is("{\"eta\":null,\"since\":\"2000-02-28T23:59:59Z\"}");
}


static void
every_level_up_to_the_limit_works(void **state)
{
    unsigned          i;
    ngx_shop_emit_t  *e;

    (void) state;

    e = &test_emit;

    for (i = 0; i < NGX_SHOP_EMIT_DEPTH; i++) {
        ngx_shop_emit_array(e, NULL);
        ngx_shop_emit_int(e, NULL, 7);
    }

    assert_int_equal(e->failed, 0);
    assert_memory_equal(e->start, "[7,[7,[7", 8);

    ngx_shop_emit_array(e, NULL);
    assert_int_equal(e->failed, 1);
}


static void
a_close_too_many_is_a_failure(void **state)
{
    (void) state;

    ngx_shop_emit_close(&test_emit, '}');
    assert_int_equal(test_emit.failed, 1);
}


static void
what_does_not_fit_is_counted_and_said(void **state)
{
    unsigned char     buf[8];
    ngx_shop_emit_t   e;

    (void) state;

    ngx_shop_emit_init(&e, buf, 5);
    buf[5] = '!';

    ngx_shop_emit_text(&e, "abc");
    assert_int_equal(e.failed, 0);
    ngx_shop_emit_text(&e, "defg");
    assert_int_equal(e.failed, 1);

    /* nothing follows a hole, even where it would fit */

    e.pos--;
    ngx_shop_emit_text(&e, "h");

    assert_int_equal(e.total, 8);
    assert_memory_equal(buf, "abcde!", 6);

    ngx_shop_emit_init(&e, NULL, 0);
    ngx_shop_emit_text(&e, "abc");
    assert_int_equal(e.total, 3);
    assert_int_equal(e.failed, 1);

    ngx_shop_emit_init(&e, buf, 3);
    ngx_shop_emit_text(&e, "abc");
    assert_int_equal(e.failed, 0);
}


static int
test_emit_more(ngx_shop_emit_t *e)
{
    size_t             n;
    test_emit_sink_t  *sink;

    sink = e->data;
    n = (size_t) (e->pos - e->start);

    if (n) {
        memcpy(sink->out + sink->len, e->start, n);
        sink->len += n;
    }

    if (++sink->pieces == sink->refuse_after) {
        return NGX_SHOP_ERROR;
    }

    e->start = sink->piece;
    e->pos = sink->piece;
    e->last = sink->piece + sink->size;

    return NGX_SHOP_OK;
}


static void
pieces_of_any_size_give_the_same_bytes(void **state)
{
    ngx_shop_str_t    s;
    ngx_shop_emit_t   e;
    test_emit_sink_t  sink;

    (void) state;

    s = test_emit_str("a<b>\xC3\xBC\n\xFFz", 9);

    memset(&sink, 0, sizeof(sink));

    for (sink.size = 1; sink.size <= sizeof(sink.piece); sink.size++) {

        sink.len = 0;
        ngx_shop_emit_init(&e, NULL, 0);
        e.more = test_emit_more;
        e.data = &sink;

        ngx_shop_emit_quoted(&e, &s);
        (void) test_emit_more(&e);

        assert_int_equal(e.failed, 0);
        assert_int_equal(sink.len, e.total);

        ngx_shop_emit_quoted(&test_emit, &s);
        assert_int_equal(sink.len, test_emit.pos - test_emit.start);
        assert_memory_equal(sink.out, test_emit.start, sink.len);

        test_emit_setup(NULL);
    }
}


static void
a_refusing_or_empty_more_is_a_failure(void **state)
{
    ngx_shop_emit_t   e;
    test_emit_sink_t  sink;

    (void) state;

    memset(&sink, 0, sizeof(sink));
    sink.size = 2;
    sink.refuse_after = 2;

    ngx_shop_emit_init(&e, NULL, 0);
    e.more = test_emit_more;
    e.data = &sink;

    ngx_shop_emit_text(&e, "abcd");
    assert_int_equal(e.failed, 1);
    assert_int_equal(e.total, 4);
    assert_int_equal(sink.len, 2);

    memset(&sink, 0, sizeof(sink));
    ngx_shop_emit_init(&e, NULL, 0);
    e.more = test_emit_more;
    e.data = &sink;

    ngx_shop_emit_text(&e, "abcd");
    assert_int_equal(e.failed, 1);
}


static void
prometheus_samples_are_written(void **state)
{
    ngx_shop_emit_t        *e;
    ngx_shop_emit_label_t   labels[2];

    (void) state;

    e = &test_emit;

    labels[0].name = "upstream";
    labels[0].value = test_emit_str("shop", 4);
    labels[1].name = "server";
    labels[1].value = test_emit_str("a\"b\\c\nd\xFF", 8);

    ngx_shop_emit_family(e, "x_up", "gauge", "Is it \\ up?\nYes.");
    test_emit_is("# HELP x_up Is it \\\\ up?\\nYes.\n# TYPE x_up gauge\n");

    ngx_shop_emit_sample(e, "x_up", NULL, 0, 1);
    test_emit_is("x_up 1\n");

    ngx_shop_emit_sample(e, "x_up", labels, 2, -3);
    test_emit_is("x_up{upstream=\"shop\",server=\"a\\\"b\\\\c\\nd"
                 "\xEF\xBF\xBD\"} -3\n");
}


static void
thousandths_are_exact(void **state)
{
    static const struct {
        int64_t      milli;
        const char  *text;

    } cases[] = {
        { 0, "x 0\n" },
        { 1, "x 0.001\n" },
        { 1500, "x 1.5\n" },
        { 1050, "x 1.05\n" },
        { 2000, "x 2\n" },
        { -500, "x -0.5\n" },
        { -1500, "x -1.5\n" },
        { -2000, "x -2\n" },
        { INT64_MIN, "x -9223372036854775.808\n" }
    };

    size_t  i;

    (void) state;

    for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        ngx_shop_emit_sample_milli(&test_emit, "x", NULL, 0, cases[i].milli);
        test_emit_is(cases[i].text);
    }
}


int
main(void)
{
    const struct CMUnitTest  tests[] = {
        cmocka_unit_test_setup(numbers_of_every_size_are_written,
                               test_emit_setup),
        cmocka_unit_test_setup(html_is_escaped_for_text_and_attributes,
                               test_emit_setup),
        cmocka_unit_test_setup(json_strings_are_escaped, test_emit_setup),
        cmocka_unit_test_setup(ill_formed_utf8_is_replaced, test_emit_setup),
        cmocka_unit_test_setup(commas_stand_between_members_only,
                               test_emit_setup),
        cmocka_unit_test_setup(values_at_the_top_have_no_commas,
                               test_emit_setup),
        cmocka_unit_test_setup(times_are_rfc3339_and_none_is_null,
                               test_emit_setup),
        cmocka_unit_test_setup(every_level_up_to_the_limit_works,
                               test_emit_setup),
        cmocka_unit_test_setup(a_close_too_many_is_a_failure,
                               test_emit_setup),
        cmocka_unit_test_setup(what_does_not_fit_is_counted_and_said,
                               test_emit_setup),
        cmocka_unit_test_setup(pieces_of_any_size_give_the_same_bytes,
                               test_emit_setup),
        cmocka_unit_test_setup(a_refusing_or_empty_more_is_a_failure,
                               test_emit_setup),
        cmocka_unit_test_setup(prometheus_samples_are_written,
                               test_emit_setup),
        cmocka_unit_test_setup(thousandths_are_exact, test_emit_setup)
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
