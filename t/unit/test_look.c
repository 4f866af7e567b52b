
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * A shop's colours in a look: which values are refused, what is made of them,
 * and which pairs are hard to read.  The ratios are those of WCAG's formula.
 */


#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <cmocka.h>

#include "logic/words/assets.h"
#include "logic/words/look.h"


#define MAX  8


static ngx_shop_view_var_t  vars[MAX];
static unsigned             nvars;
static unsigned char        out[4096];


static ngx_shop_str_t
str(const char *text)
{
    ngx_shop_str_t  s;

    s.data = (const unsigned char *) text;
    s.len = strlen(text);

    return s;
}


static void
set(const char *name, const char *value)
{
    vars[nvars].name = str(name);
    vars[nvars++].value = str(value);
}


static const char *
style(void)
{
    ngx_shop_str_t   look;
    ngx_shop_emit_t  e;

    look = str("h1{margin:0}");

    ngx_shop_emit_init(&e, out, look.len + NGX_SHOP_LOOK_ROOM);
    ngx_shop_look_style(&e, &look, vars, nvars);
    assert_false(e.failed);

    *e.pos = '\0';

    return (const char *) out;
}


static const char *
refused(const char *name, const char *value)
{
    nvars = 0;
    set(name, value);

    return ngx_shop_look_refuses(&vars[0]);
}


static void
what_is_no_value_is_refused(void **state)
{
    unsigned  i;

    static const char  *bad[][2] = {
        { "accent", "red" }, { "accent", "#12" }, { "accent", "#12345g" },
        { "background", "#1234567" }, { "text", "" },
        { "accent_dark", "#fff;}" },
        { "font", "Arial;}body{display:none" }, { "font", "\"Arial\"" },
        { "font", "" }, { "font", "'Arial" }, { "font", "url(x)" },
        { "radius", "4" }, { "radius", "px" }, { "radius", "-1px" },
        { "radius", "1000px" }, { "radius", "1px;" }, { "radius", "" }
    };

    static const char  *good[][2] = {
        { "accent", "#0B4a57" }, { "text", "#fff" }, { "radius", "0" },
        { "radius", "12px" }, { "radius", "1rem" }, { "radius", "1em" },
        { "font", "Georgia, 'Times New Roman', serif" },
        { "name", "anything; \"at\" all" }, { "mine", "#12" }
    };

    (void) state;

    for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        if (refused(bad[i][0], bad[i][1]) == NULL) {
            fail_msg("%s %s is taken", bad[i][0], bad[i][1]);
        }
    }

    for (i = 0; i < sizeof(good) / sizeof(good[0]); i++) {
        if (refused(good[i][0], good[i][1])) {
            fail_msg("%s %s is refused", good[i][0], good[i][1]);
        }
    }
}


static void
without_colours_the_style_is_the_looks(void **state)
{
    (void) state;

    nvars = 0;
    assert_string_equal(style(), "h1{margin:0}");

    set("name", "Linden Tea");
    assert_string_equal(style(), "h1{margin:0}");
}


static void
one_accent_makes_a_dark_one_and_what_is_written_on_it(void **state)
{
    (void) state;

    nvars = 0;
    set("accent", "#ffcc00");

    assert_string_equal(style(), "h1{margin:0}"
        ":root{--page:#faf9f5;--ink:#1c2427;--soft:#465156;--key:#ffcc00;"
        "--on:#000000}@media (prefers-color-scheme:dark){:root{--page:#14191b;"
        "--ink:#eeece6;--soft:#b9c1c4;--key:#ffcc00;--on:#14191b}}");

    /* too dark for the dark page: made lighter, and no more than is needed */

    nvars = 0;
    set("accent", "#8b0000");
    (void) style();
    assert_non_null(strstr((char *) out, "--key:#8b0000;--on:#faf9f5}"));
    assert_non_null(strstr((char *) out, "--key:#d19999;--on:#14191b}"));

    set("accent_dark", "#ff8888");
    (void) style();
    assert_non_null(strstr((char *) out, "--key:#ff8888;--on:#14191b}"));
}


static void
text_and_background_make_the_softer_text(void **state)
{
    (void) state;

    nvars = 0;
    set("background", "#fff");
    set("text", "#000");
    (void) style();
    assert_non_null(strstr((char *) out, ":root{--page:#ffffff;--ink:#000000;"
                                         "--soft:#404040;"));

    /* where that would be hard to read it is the text's */

    nvars = 0;
    set("text", "#666666");
    (void) style();
    assert_non_null(strstr((char *) out, "--ink:#666666;--soft:#666666;"));
}


static void
font_and_radius_are_taken_over(void **state)
{
    (void) state;

    nvars = 0;
    set("font", "Georgia, serif");
    set("radius", "0");
    assert_string_equal(style(), "h1{margin:0}:root{--font:Georgia, serif}"
                                 ":root{--round:0}");
}


static void
what_is_hard_to_read_is_told(void **state)
{
    ngx_shop_look_pair_t  pair;

    (void) state;

    nvars = 0;
    assert_int_equal(ngx_shop_look_contrast(vars, nvars, 0, &pair),
                     NGX_SHOP_DECLINED);

    /* #767676 on white is 4.54:1, #777777 is 4.47:1: the border of AA */

    set("background", "#ffffff");
    set("text", "#767676");
    assert_int_equal(ngx_shop_look_contrast(vars, nvars, 0, &pair),
                     NGX_SHOP_DECLINED);

    vars[1].value = str("#777777");
    assert_int_equal(ngx_shop_look_contrast(vars, nvars, 0, &pair),
                     NGX_SHOP_OK);
    assert_string_equal(pair.front, "text");
    assert_string_equal(pair.front_is, "#777777");
    assert_string_equal(pair.back, "background");
    assert_string_equal(pair.back_is, "#ffffff");
    assert_int_equal(pair.ratio, 447);

    set("accent", "#ffff00");
    set("accent_dark", "#222222");
    assert_int_equal(ngx_shop_look_contrast(vars, nvars, 1, &pair),
                     NGX_SHOP_OK);
    assert_string_equal(pair.front, "accent");
    assert_int_equal(ngx_shop_look_contrast(vars, nvars, 2, &pair),
                     NGX_SHOP_OK);
    assert_string_equal(pair.front, "accent_dark");
    assert_string_equal(pair.back_is, "#14191b");
    assert_int_equal(ngx_shop_look_contrast(vars, nvars, 3, &pair),
                     NGX_SHOP_DECLINED);

    /* black on white is the largest */

    nvars = 0;
    set("background", "#ffffff");
    set("text", "#ffffff");
    assert_int_equal(ngx_shop_look_contrast(vars, nvars, 0, &pair),
                     NGX_SHOP_OK);
    assert_int_equal(pair.ratio, 100);
}


/* the defaults have two homes: page.html, and look.c, which measures them */

static void
the_page_has_the_default_colours(void **state)
{
    unsigned     i;
    char         page[16384];
    char         light[128], dark[128];
    const char  *p;

    (void) state;

    nvars = 0;
    set("accent", "#0b4a57");
    set("accent_dark", "#93d5e1");
    p = style();

    (void) sscanf(strstr(p, ":root{") + 6, "%127[^}]", light);
    (void) sscanf(strstr(p, "{:root{") + 7, "%127[^}]", dark);
    *strstr(light, ";--on") = '\0';
    *strstr(dark, ";--on") = '\0';

    for (i = 0; i < ngx_shop_assets_n; i++) {
        if (ngx_shop_assets[i].name.len == 9
            && memcmp(ngx_shop_assets[i].name.data, "page.html", 9)
               == 0)
        {
            (void) snprintf(page, sizeof(page), "%.*s",
                            (int) ngx_shop_assets[i].data.len,
                            (const char *)
                            ngx_shop_assets[i].data.data);
            assert_non_null(strstr(page, light));
            assert_non_null(strstr(page, dark));
            return;
        }
    }

    fail();
}


static void
the_places_are_filled_and_nothing_else(void **state)
{
    ngx_shop_str_t   source, css, icon;
    ngx_shop_emit_t  e;

    (void) state;

    source = str("{{look.icon}}{{look.x}}{a}<style>{{look.style}}</style>{{l");
    css = str("b{}");
    icon = str("data:,");

    ngx_shop_emit_init(&e, out, sizeof(out));
    ngx_shop_look_source(&e, &source, &css, &icon);
    *e.pos = '\0';

    assert_string_equal((char *) out,
                        "data:,{{look.x}}{a}<style>b{}</style>{{l");
}


int
main(void)
{
    const struct CMUnitTest  tests[] = {
        cmocka_unit_test(what_is_no_value_is_refused),
        cmocka_unit_test(without_colours_the_style_is_the_looks),
        cmocka_unit_test(one_accent_makes_a_dark_one_and_what_is_written_on_it),
        cmocka_unit_test(text_and_background_make_the_softer_text),
        cmocka_unit_test(font_and_radius_are_taken_over),
        cmocka_unit_test(what_is_hard_to_read_is_told),
        cmocka_unit_test(the_page_has_the_default_colours),
        cmocka_unit_test(the_places_are_filled_and_nothing_else)
    };

    return cmocka_run_group_tests_name("look", tests, NULL, NULL);
}
