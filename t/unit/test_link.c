
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * Which URLs become links, and that nothing else becomes markup.
 */


#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <stdlib.h>
#include <cmocka.h>

#include "logic/text/emit.h"
#include "logic/words/link.h"


typedef struct {
    const char  *text;
    const char  *html;
} test_link_case_t;


static ngx_shop_str_t
test_link_str(const char *text)
{
    ngx_shop_str_t  s;

    s.len = strlen(text);
    s.data = (const unsigned char *) text;

    return s;
}


/* as a page shows it: its links as <a href> */

static void
test_link_html(ngx_shop_emit_t *e, const ngx_shop_str_t *s)
{
    size_t                 pos;
    ngx_shop_link_piece_t  piece;

    pos = 0;

    while (ngx_shop_link_next(s, &pos, &piece) == NGX_SHOP_OK) {
        if (piece.href.len == 0) {
            ngx_shop_emit_html(e, &piece.text);
            continue;
        }

        ngx_shop_emit_text(e, "<a href=\"");
        ngx_shop_emit_html(e, &piece.href);
        ngx_shop_emit_text(e, "\">");
        ngx_shop_emit_html(e, &piece.text);
        ngx_shop_emit_text(e, "</a>");
    }
}


static void
test_link_cases(const test_link_case_t *c, size_t n)
{
    size_t           i;
    unsigned char   *copy, buf[1024];
    ngx_shop_str_t   s;
    ngx_shop_emit_t  e;

    for (i = 0; i < n; i++) {
        print_message("%s\n", c[i].text);

        /* a copy without its NUL, so that reading on shows */

        s = test_link_str(c[i].text);
        copy = malloc(s.len + 1);
        assert_non_null(copy);
        memcpy(copy + 1, s.data, s.len);
        s.data = copy + 1;

        ngx_shop_emit_init(&e, buf, sizeof(buf) - 1);
        test_link_html(&e, &s);

        assert_int_equal(e.failed, 0);
        *e.pos = '\0';
        assert_string_equal((char *) buf, c[i].html);

        free(copy);
    }
}


#define test_link_all(c)  test_link_cases(c, sizeof(c) / sizeof(c[0]))


static void
urls_of_three_schemes_become_links(void **state)
{
    static const test_link_case_t  cases[] = {
        { "https://shop.example",
          "<a href=\"https://shop.example\">https://shop.example</a>" },
        { "HTTPS://Shop.Example:8443/a%20b?c=d&e#f",
          "<a href=\"HTTPS://Shop.Example:8443/a%20b?c=d&amp;e#f\">"
          "HTTPS://Shop.Example:8443/a%20b?c=d&amp;e#f</a>" },
        { "https://shop.example?x",
          "<a href=\"https://shop.example?x\">https://shop.example?x</a>" },
        { "Call tel:+49-800-123456, daily 6:00-22:00",
          "Call <a href=\"tel:+49-800-123456\">+49-800-123456</a>, "
          "daily 6:00-22:00" },
        { "mailto:help@shop.example",
          "<a href=\"mailto:help@shop.example\">help@shop.example</a>" },
        { "tel:(0800)123456 or mailto:a.b+c@xn--mller-kva.example",
          "<a href=\"tel:(0800)123456\">(0800)123456</a> or "
          "<a href=\"mailto:a.b+c@xn--mller-kva.example\">"
          "a.b+c@xn--mller-kva.example</a>" },
        { "tel:112", "<a href=\"tel:112\">112</a>" },
        { "https://127.0.0.1/", "<a href=\"https://127.0.0.1/\">"
          "https://127.0.0.1/</a>" }
    };

    (void) state;

    test_link_all(cases);
}


static void
other_text_stays_text(void **state)
{
    static const test_link_case_t  cases[] = {
        { "", "" },
        { "Order by phone: +49 800 123456, daily",
          "Order by phone: +49 800 123456, daily" },
        { "http://shop.example", "http://shop.example" },
        { "javascript:alert(1)", "javascript:alert(1)" },
        { "data:text/html,x", "data:text/html,x" },
        { "ftp://a.example", "ftp://a.example" },
        { "xhttps://a.example", "xhttps://a.example" },
        { "view-source:https", "view-source:https" },
        { "x-https://a.example", "x-https://a.example" },
        { "hotel:123456", "hotel:123456" },
        { "https:", "https:" },
        { "https://", "https://" },
        { "https:/a.example", "https:/a.example" },
        { "<b>\"'&", "&lt;b&gt;&quot;&#39;&amp;" }
    };

    (void) state;

    test_link_all(cases);
}


static void
doubtful_urls_stay_text(void **state)
{
    static const test_link_case_t  cases[] = {
        { "https://shop.example@evil.example/",
          "https://shop.example@evil.example/" },
        { "https://user:pw@evil.example/", "https://user:pw@evil.example/" },
        { "https://-a.example/", "https://-a.example/" },
        { "https://a-.example/", "https://a-.example/" },
        { "https://a..example/", "https://a..example/" },
        { "https://.a/", "https://.a/" },
        { "https://a_b.example/", "https://a_b.example/" },
        { "https://[::1]/", "https://[::1]/" },
        { "https://a:0/", "https://a:0/" },
        { "https://a:65536/", "https://a:65536/" },
        { "https://a:8x/", "https://a:8x/" },
        { "https://a\\b/", "https://a\\b/" },
        { "https://a/%", "https://a/%" },
        { "https://a/%4", "https://a/%4" },
        { "https://a/%4g", "https://a/%4g" },
        { "https://a/%g4", "https://a/%g4" },
        { "https://a/{x}", "https://a/{x}" },
        { "https://a/x#y#z", "https://a/x#y#z" },
        { "https://m\xC3\xBCller.example/", "https://m\xC3\xBCller.example/" },
        { "https://a/gr\xC3\xB6\xC3\x9F" "e", "https://a/gr\xC3\xB6\xC3\x9F"
          "e" },
        { "tel:12", "tel:12" },
        { "tel:+", "tel:+" },
        { "tel:0800SHOP", "tel:0800SHOP" },
        { "tel:*21*123#", "tel:*21*123#" },
        { "tel:1234567890123456", "tel:1234567890123456" },
        { "tel:+49800;phone-context=x", "tel:+49800;phone-context=x" },
        { "tel:1+23456", "tel:1+23456" },
        { "mailto:a", "mailto:a" },
        { "mailto:@a", "mailto:@a" },
        { "mailto:a@", "mailto:a@" },
        { "mailto:a@b/c", "mailto:a@b/c" },
        { "mailto:a@b?cc=c@d", "mailto:a@b?cc=c@d" },
        { "mailto:a,b@c", "mailto:a,b@c" },

        /* nor does a later part of such a word */
        { "https://a@tel:12345", "https://a@tel:12345" },
        { "tel:x(https://a.example)", "tel:x(https://a.example)" }
    };

    (void) state;

    test_link_all(cases);
}


static void
half_a_number_is_never_a_link(void **state)
{
    static const test_link_case_t  cases[] = {
        { "tel:+49 800 123456", "tel:+49 800 123456" },
        { "tel:+49800 123456", "tel:+49800 123456" },
        { "tel:0800\xC2\xA0" "123", "tel:0800\xC2\xA0" "123" },
        { "tel:0800  (12) 3", "tel:0800  (12) 3" },
        { "tel:0800 - 123", "tel:0800 - 123" },
        { "tel:0800123 x12", "<a href=\"tel:0800123\">0800123</a> x12" },
        { "tel:0800123 ", "<a href=\"tel:0800123\">0800123</a> " },
        { "tel:0800123, 6-22 h", "<a href=\"tel:0800123\">0800123</a>"
          ", 6-22 h" }
    };

    (void) state;

    test_link_all(cases);
}


static void
punctuation_around_a_url_is_left_out(void **state)
{
    static const test_link_case_t  cases[] = {
        { "(https://a.example/b).",
          "(<a href=\"https://a.example/b\">https://a.example/b</a>)." },
        { "https://a.example/b_(c), d",
          "<a href=\"https://a.example/b_(c)\">https://a.example/b_(c)</a>"
          ", d" },
        { "https://a.example/?x=1?!",
          "<a href=\"https://a.example/?x=1\">https://a.example/?x=1</a>?!" },
        { "\"https://a.example\"",
          "&quot;<a href=\"https://a.example\">https://a.example</a>&quot;" },
        { "'https://a.example'",
          "&#39;<a href=\"https://a.example\">https://a.example</a>&#39;" },
        { "<https://a.example>",
          "&lt;<a href=\"https://a.example\">https://a.example</a>&gt;" },
        { "App:https://a.example\tand",
          "App:<a href=\"https://a.example\">https://a.example</a>\tand" },
        { "\xE3\x80\x8Chttps://a.example\xE3\x80\x8D",
          "\xE3\x80\x8C<a href=\"https://a.example\">https://a.example</a>"
          "\xE3\x80\x8D" },
        { "\xC2\xABhttps://a.example\xC2\xBB",
          "\xC2\xAB<a href=\"https://a.example\">https://a.example</a>"
          "\xC2\xBB" },
        { "mailto:a@b.example.", "<a href=\"mailto:a@b.example\">"
          "a@b.example</a>." },
        { "https://a.example...", "<a href=\"https://a.example\">"
          "https://a.example</a>..." }
    };

    (void) state;

    test_link_all(cases);
}


static void
the_pieces_are_the_text(void **state)
{
    size_t                 pos;
    ngx_shop_str_t         s;
    ngx_shop_link_piece_t  piece;

    (void) state;

    s = test_link_str("Write to mailto:a@b.example");
    pos = 0;

    assert_int_equal(ngx_shop_link_next(&s, &pos, &piece), NGX_SHOP_OK);
    assert_int_equal(piece.href.len, 0);
    assert_ptr_equal(piece.text.data, s.data);
    assert_int_equal(piece.text.len, 9);

    assert_int_equal(ngx_shop_link_next(&s, &pos, &piece), NGX_SHOP_OK);
    assert_ptr_equal(piece.href.data, s.data + 9);
    assert_int_equal(piece.href.len, 18);
    assert_ptr_equal(piece.text.data, s.data + 16);
    assert_int_equal(piece.text.len, 11);

    assert_int_equal(ngx_shop_link_next(&s, &pos, &piece), NGX_SHOP_DECLINED);
}


static void
hosts_have_the_lengths_of_dns(void **state)
{
    size_t                 i, pos;
    unsigned char          buf[300];
    ngx_shop_str_t         s;
    ngx_shop_link_piece_t  piece;

    (void) state;

    memcpy(buf, "https://", 8);
    memset(buf + 8, 'a', sizeof(buf) - 8);
    s.data = buf;

    /* labels of 63 and 64 */

    for (s.len = 8 + 63; s.len <= 8 + 64; s.len++) {
        pos = 0;
        (void) ngx_shop_link_next(&s, &pos, &piece);
        assert_int_equal(piece.href.len, (s.len == 8 + 63) ? s.len : 0);
    }

    /* names of 253 and 254 */

    for (i = 8 + 49; i < sizeof(buf); i += 50) {
        buf[i] = '.';
    }

    for (s.len = 8 + 253; s.len <= 8 + 254; s.len++) {
        pos = 0;
        (void) ngx_shop_link_next(&s, &pos, &piece);
        assert_int_equal(piece.href.len, (s.len == 8 + 253) ? s.len : 0);
    }
}


static void
safe_urls_are_told_from_others(void **state)
{
    static const struct {
        const char  *url;
        int          image;
        int          safe;

    } cases[] = {
        { "", 0, 0 },
        { "/", 0, 1 },
        { "/cart?x#y", 0, 1 },
        { "#top", 0, 1 },
        { "?a=b", 0, 1 },
        { "https://shop.example/", 0, 1 },
        { "Http://shop.example/", 0, 1 },
        { "tel:112", 0, 1 },
        { "mailto:a@b", 0, 1 },
        { "data:image/png;base64,AA==", 1, 1 },
        { "data:image/png;base64,AA==", 0, 0 },
        { "data:text/html,x", 1, 0 },
        { "javascript:alert(1)", 0, 0 },
        { "JavaScript:alert(1)", 1, 0 },
        { " javascript:alert(1)", 0, 0 },
        { "/ x", 0, 0 },
        { "/\tx", 0, 0 },
        { "/\\evil.example", 0, 0 },
        { "\x01javascript:alert(1)", 0, 0 },
        { "vbscript:x", 0, 0 },
        { "cart", 0, 0 },
        { "https:", 0, 0 }
    };

    size_t          i;
    ngx_shop_str_t  s;

    (void) state;

    for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        print_message("%s\n", cases[i].url);
        s = test_link_str(cases[i].url);
        assert_int_equal(ngx_shop_link_is_safe(&s, cases[i].image),
                         cases[i].safe);
    }
}


int
main(void)
{
    const struct CMUnitTest  tests[] = {
        cmocka_unit_test(urls_of_three_schemes_become_links),
        cmocka_unit_test(other_text_stays_text),
        cmocka_unit_test(doubtful_urls_stay_text),
        cmocka_unit_test(half_a_number_is_never_a_link),
        cmocka_unit_test(punctuation_around_a_url_is_left_out),
        cmocka_unit_test(the_pieces_are_the_text),
        cmocka_unit_test(hosts_have_the_lengths_of_dns),
        cmocka_unit_test(safe_urls_are_told_from_others)
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
