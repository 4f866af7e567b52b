
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * A logo: what an SVG loses, what is refused, and the URI of it.
 */


#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <cmocka.h>

#include "logic/words/logo.h"


static unsigned char  uri[65536], clean[NGX_SHOP_LOGO_MAX];


static const char *
of(const char *data, size_t len)
{
    const char       *reason;
    ngx_shop_str_t    file;
    ngx_shop_emit_t   e;

    file.data = (const unsigned char *) data;
    file.len = len;

    memset(clean, 0, sizeof(clean));
    ngx_shop_emit_init(&e, uri, ngx_shop_logo_room(len));

    if (ngx_shop_logo_uri(&file, clean, &e, &reason) != NGX_SHOP_OK) {
        assert_non_null(reason);
        return NULL;
    }

    assert_false(e.failed);
    *e.pos = '\0';

    return (const char *) uri;
}


static void
assert_svg(const char *source, const char *expected)
{
    assert_non_null(of(source, strlen(source)));
    assert_memory_equal(uri, "data:image/svg+xml;base64,", 26);
    assert_string_equal((const char *) clean, expected);
}


static void
what_runs_is_left_out(void **state)
{
    (void) state;

    assert_svg("<svg><script>alert(1)</script><path d=\"M0\"/></svg>",
               "<svg><path d=\"M0\"/></svg>");
    assert_svg("<svg><script href='x'/><path d='M0'/></svg>",
               "<svg><path d='M0'/></svg>");
    assert_svg("<svg><svg:SCRIPT>if (a < b) </script>x</svg:SCRIPT><g/></svg>",
               "<svg><g/></svg>");
    assert_svg("<svg onload=\"a()\" width=\"1\"></svg>",
               "<svg  width=\"1\"></svg>");
    assert_svg("<svg OnClick = 'a'></svg>", "<svg ></svg>");
    assert_svg("<svg><foreignObject><b>x</b></foreignObject></svg>",
               "<svg></svg>");
}


static void
what_loads_is_left_out(void **state)
{
    (void) state;

    assert_svg("<svg><a xlink:href=\"https://x/\"/></svg>",
               "<svg><a /></svg>");
    assert_svg("<svg><use href=\"#a\"/></svg>",
               "<svg><use href=\"#a\"/></svg>");
    assert_svg("<svg><image href='data:image/png;base64,AA'/></svg>",
               "<svg><image href='data:image/png;base64,AA'/></svg>");
    assert_svg("<svg><a href='javascript:alert(1)'/></svg>",
               "<svg><a /></svg>");
}


static void
what_is_no_part_of_the_picture_is_left_out(void **state)
{
    (void) state;

    assert_svg("\xef\xbb\xbf<?xml version=\"1.0\"?>\n<!-- <script> -->\n"
               "<svg><!-- a --><g></g></svg>\n",
               "<svg><g></g></svg>\n");
    assert_svg("<svg><style><![CDATA[a>b{}]]></style></svg>",
               "<svg><style><![CDATA[a>b{}]]></style></svg>");
}


static void
what_is_no_picture_is_refused(void **state)
{
    unsigned  i;

    static const char  *bad[] = {
        "", "text", "<html></html>", "<svg", "<svg a=b></svg>",
        "<svg a=\"b></svg>", "<svg><script>", "<svg><script", "<",
        "<!DOCTYPE svg [<!ENTITY x \"y\">]><svg>&x;</svg>",
        "<svg a></svg>", "<svg><![CDATA[", "<svg><>", "\x89PNG",
        "<svg:script>x</svg:script>", "<svgs></svgs>", "<SVG></SVG>",
        "<svg>", "<svg><g></svg>", "<svg/><svg/>", "<svg></svg></svg>",
        "<svg a='b'c='d'></svg>", "<svg><g/a='b'></svg>", "<svg <a></svg>",
        "<svg><!-- </svg>", "<svg><!DOCTYPE svg></svg>"
    };

    (void) state;

    for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        if (of(bad[i], strlen(bad[i]))) {
            fail_msg("\"%s\" is taken", bad[i]);
        }
    }
}


static void
a_png_is_taken_as_it_is(void **state)
{
    (void) state;

    assert_string_equal(of("\x89PNG\r\n\x1a\n\0", 9),
                        "data:image/png;base64,iVBORw0KGgoA");
    assert_string_equal(of("\x89PNG\r\n\x1a\n\0\xff", 10),
                        "data:image/png;base64,iVBORw0KGgoA/w==");
    assert_string_equal(of("\x89PNG\r\n\x1a\n\0\xff\xfe", 11),
                        "data:image/png;base64,iVBORw0KGgoA//4=");
}


static void
a_large_file_is_refused(void **state)
{
    static char  large[NGX_SHOP_LOGO_MAX + 1];

    (void) state;

    memcpy(large, "\x89PNG\r\n\x1a\n", 8);
    assert_non_null(of(large, NGX_SHOP_LOGO_MAX));
    assert_null(of(large, NGX_SHOP_LOGO_MAX + 1));
}


int
main(void)
{
    const struct CMUnitTest  tests[] = {
        cmocka_unit_test(what_runs_is_left_out),
        cmocka_unit_test(what_loads_is_left_out),
        cmocka_unit_test(what_is_no_part_of_the_picture_is_left_out),
        cmocka_unit_test(what_is_no_picture_is_refused),
        cmocka_unit_test(a_png_is_taken_as_it_is),
        cmocka_unit_test(a_large_file_is_refused)
    };

    return cmocka_run_group_tests_name("logo", tests, NULL, NULL);
}
