
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * What a browser blocks of a template: where it is told, and what is not.
 */


#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdint.h>
#include <stdlib.h>
#include <cmocka.h>

#include "logic/words/lint.h"


static char  told[4096];


static void
tell(void *data, const ngx_shop_lint_found_t *found)
{
    size_t  len;

    (void) data;

    len = strlen(told);

    (void) snprintf(told + len, sizeof(told) - len, "%u %.*s|", found->line,
                    (int) found->what.len, (const char *) found->what.data);
    assert_true(strlen(found->reason) > 10);
}


static const char *
lint(const char *text)
{
    ngx_shop_str_t  s;

    s.data = (const unsigned char *) text;
    s.len = strlen(text);
    told[0] = '\0';

    ngx_shop_lint_page(&s, tell, NULL);

    return told;
}


static void
test_lint_blocked(void **state)
{
    unsigned  i;

    static const char *const  rows[][2] = {
        { "<p>\n<b style=\"color:red\">x</b>", "2 style=\"color:red\"|" },
        { "<a onclick='x()' href=/>", "1 onclick='x()'|" },
        { "\n\n<style media=print>a{}</style>", "3 <style media=print>|" },
        { "<script src=\"/a.js\"></script>", "1 <script src=\"/a.js\">|" },
        { "<script type=module>if (a < b) {}</script>",
          "1 <script type=module>|" },
        { "<link rel=stylesheet href=/a.css>",
          "1 <link rel=stylesheet href=/a.css>|" },
        { "<img alt='>' src=\"logo.png\">", "1 src=\"logo.png\"|" },
        { "<IMG SRC=https://x.example/a.png>",
          "1 SRC=https://x.example/a.png|" },
        { "<source srcset=a.webp>", "1 srcset=a.webp|" },
        { "<svg><use href=\"/i.svg#a\"/></svg>", "1 href=\"/i.svg#a\"|" },
        { "<form action=/x>", "1 <form action=/x>|" },
        { "<iframe src=/x>", "1 src=/x|1 <iframe src=/x>|" },
        { "<base href=/>", "1 <base href=/>|" },
        { "<style>\n@font-face { src: url(a.woff) }\n</style>",
          "2 @font-face|2 url(|" },
        { "<style>@import 'a.css';</style>", "1 @import|" },
        { "<style>\na { background: url( \"/a.png\") }</style>",
          "2 url( \"|" },
        { "<a href=\"JavaScript:x()\">", "1 href=\"JavaScript:x()\"|" },
        { "<img {{#a}} src=x {{/a}}>", "1 src=x|" }
    };

    (void) state;

    for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        assert_string_equal(lint(rows[i][0]), rows[i][1]);
    }
}


static void
test_lint_allowed(void **state)
{
    unsigned  i;

    static const char *const  rows[] = {
        "<style>a { background: url(data:image/png;base64,x) }</style>",
        "<style>/* @import url(x) style= */ a{}</style>",
        "<script>el.onclick = x; el.style = y; '<img src=x>'</script>",
        "<link rel=\"icon\" href=\"{{look.icon}}\">",
        "<link rel=icon href=data:,>",
        "<img src=\"{{var.logo}}\" alt=x>", "<img src='data:image/png,x'>",
        "<a href=https://x.example/ class=style>style=\"x\"</a>",
        "{{! <img src=x> of {{name}} }}", "<!-- <img src=x> -->",
        "<p data-src=x data-on=x>", "<svg><use href=\"#a\"/></svg>",
        "<img src=", "<img src=\"x", "<", "<a", "<style", "<!--", "{{!",
        "<p {{", ""
    };

    (void) state;

    for (i = 0; i < sizeof(rows) / sizeof(rows[0]) - 8; i++) {
        assert_string_equal(lint(rows[i]), "");
    }

    /* what ends early ends */

    for ( /* void */ ; i < sizeof(rows) / sizeof(rows[0]); i++) {
        (void) lint(rows[i]);
    }
}


static void
test_lint_size(void **state)
{
    ngx_shop_str_t  s;
    const char     *text = "<img src=\"data:image/png;base64,AAAA\"><p>x";

    (void) state;

    s.data = (const unsigned char *) text;
    s.len = strlen(text);

    assert_int_equal(ngx_shop_lint_size(&s), strlen("<img src=\"\"><p>x"));
}


static void
test_lint_texts(void **state)
{
    unsigned        i;
    ngx_shop_str_t  s;

    static const char *const  rows[][2] = {
        { "# {etta}\nwhen = from {eta}{in}\n", "" },
        { "a = {etta}\nb = {eta:case} {shop|Our {shop}\n", "1 {etta}|" },
        { "a = x\n#{x}\nb = {shop|Our shop} {N} {ampm}", "3 {N}|" },
        { "a = {eta\nb = {} {shops|x}", "2 {}|2 {shops|x}|" }
    };

    (void) state;

    for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        told[0] = '\0';
        s.data = (const unsigned char *) rows[i][0];
        s.len = strlen(rows[i][0]);
        ngx_shop_lint_texts(&s, tell, NULL);
        assert_string_equal(told, rows[i][1]);
    }
}


int
main(void)
{
    const struct CMUnitTest  tests[] = {
        cmocka_unit_test(test_lint_blocked),
        cmocka_unit_test(test_lint_allowed),
        cmocka_unit_test(test_lint_texts),
        cmocka_unit_test(test_lint_size)
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
