
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * Language files, and sentences and times made of them.
 */


#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <cmocka.h>

#include "logic/words/strings.h"


static ngx_shop_str_t
str(const char *s)
{
    ngx_shop_str_t  text;

    text.data = (const unsigned char *) s;
    text.len = strlen(s);

    return text;
}


static const char *
parse(ngx_shop_strings_t *w, const char *source)
{
    unsigned        line;
    const char     *reason;
    static char     out[256];
    ngx_shop_str_t  text;

    memset(w, 0, sizeof(ngx_shop_strings_t));
    text = str(source);

    if (ngx_shop_strings_parse(w, &text, &line, &reason) == NGX_SHOP_OK) {
        return "";
    }

    (void) snprintf(out, sizeof(out), "%u: %s", line, reason);

    return out;
}


static void
assert_written(const ngx_shop_emit_t *e, const char *expected)
{
    assert_int_equal(e->pos - e->start, strlen(expected));
    assert_memory_equal(e->start, expected, strlen(expected));
}


static void
a_language_file_is_read(void **state)
{
    ngx_shop_strings_t  w;

    (void) state;

    assert_string_equal(parse(&w, "\xef\xbb\xbf# a comment\r\n\n"
                                  "  doing =  Please = wait.  \r\n"
                                  "dir = rtl\nmonths = a,b,c,d,e,f,g,h,i,j,"
                                  "k , l\nin_hours.2 = two\n"), "");
    assert_int_equal(w.text[NGX_SHOP_STRINGS_DOING].len, 14);
    assert_memory_equal(w.text[NGX_SHOP_STRINGS_DOING].data, "Please = wait.",
                        14);
    assert_memory_equal(w.months[11].data, "l", 1);
    assert_int_equal(w.nforms, 1);
    assert_int_equal(ngx_shop_strings_missing(&w), NGX_SHOP_STRINGS_NAME);
}


static void
a_bad_line_is_refused_with_its_number(void **state)
{
    size_t              i;
    ngx_shop_strings_t  w;

    static const char  *cases[][2] = {
        { "doing", "1: no \"=\"" },
        { "\ndone = x", "2: unknown key" },
        { "dir = up", "1: dir is ltr or rtl" },
        { "weekdays = a, b", "1: weekdays are 7 names" },
        { "weekdays = a, b, c, d, e, f, g, h", "1: weekdays are 7 names" },
        { "months = a,,c,d,e,f,g,h,i,j,k,l", "1: months are 12 names" },
        { "in_hours.x = a", "1: only in_minutes.N" },
        { "in_hours.0 = a", "1: only in_minutes.N" },
        { "doing.2 = a", "1: only in_minutes.N" },
        { "in_hours.0 = a", "1: only in_minutes.N" },
        { "date. = a", "1: only in_minutes.N" },
        { "date.24 = a", "1: only in_minutes.N" }
    };

    (void) state;

    for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        assert_memory_equal(parse(&w, cases[i][0]), cases[i][1],
                            strlen(cases[i][1]));
    }
}


static void
places_are_filled_and_unknown_ones_stay(void **state)
{
    unsigned char             buf[128];
    ngx_shop_str_t            text;
    ngx_shop_emit_t           e;
    ngx_shop_strings_place_t  place;

    (void) state;

    place.name = "n";
    place.value = str("40");
    text = str("in {n} or {m}, {n, {}{n}");

    ngx_shop_emit_init(&e, buf, sizeof(buf));
    ngx_shop_strings_fill(&e, &text, &place, 1);

    assert_written(&e, "in 40 or {m}, {n, {}40");
}


static void
how_long_it_takes_is_said_in_round_numbers(void **state)
{
    size_t              i;
    unsigned char       buf[128];
    ngx_shop_emit_t     e;
    ngx_shop_strings_t  w;

    static const struct {
        int64_t      seconds;
        const char  *expected;
    } cases[] = {
        { -60, "" }, { 0, "" }, { 60, "few" }, { 479, "few" },
        { 480, "10m" }, { 2400, "40m" }, { 45 * 60, "45m" },
        { 51 * 60, "50m" }, { 52 * 60, "1h" }, { 89 * 60, "1h" },
        { 90 * 60, "two" }, { 149 * 60, "two" }, { 150 * 60, "3h" },
        { 629 * 60, "10h" }, { 630 * 60, "" }
    };

    (void) state;

    assert_string_equal(parse(&w, "in_few_minutes = few\nin_minutes = {n}m\n"
                                  "in_hour = 1h\nin_hours = {n}h\n"
                                  "in_hours.2 = two\n"), "");

    for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        ngx_shop_emit_init(&e, buf, sizeof(buf));
        ngx_shop_strings_in(&w, &e, cases[i].seconds);
        assert_written(&e, cases[i].expected);
    }
}


static void
a_moment_is_said_in_the_zone_of_the_server(void **state)
{
    unsigned char       buf[128];
    ngx_shop_emit_t     e;
    ngx_shop_strings_t  w;

    (void) state;

    assert_string_equal(parse(&w, "weekdays = So,Mo,Di,Mi,Do,Fr,Sa\n"
                                  "months = 1,2,3,4,5,6,7,8,9,10,Nov,12\n"
                                  "time = {h}.{minute}\n"
                                  "date_zone = {weekday} {day} {month} {year}"
                                  " {time} {hour} {zone}\n"), "");

    /* 2026-11-21T03:30:00Z */

    setenv("TZ", "Europe/Berlin", 1);
    tzset();
    ngx_shop_emit_init(&e, buf, sizeof(buf));
    ngx_shop_strings_moment(&w, &e, 1795231800, NGX_SHOP_STRINGS_DATE_ZONE);
    assert_written(&e, "Sa 21 Nov 2026 4.30 04 CET");

    setenv("TZ", "<+03>-3", 1);
    tzset();
    ngx_shop_emit_init(&e, buf, sizeof(buf));
    ngx_shop_strings_moment(&w, &e, 1795231800, NGX_SHOP_STRINGS_DATE_ZONE);
    assert_written(&e, "Sa 21 Nov 2026 6.30 06 UTC+03");
}


static void
the_name_of_the_shop_stands_in_the_texts(void **state)
{
    size_t              n;
    unsigned            i;
    ngx_shop_str_t      name;
    ngx_shop_strings_t  w;

    unsigned char      *buf;

    static const char  *cases[][3] = {
        { "", "our shop is, in {n} of Our shop", "shut {shop, {shopp}" },
        { "Tea & {n}", "Tea & {n} is, in {n} of Tea & {n}",
          "shut {shop, {shopp}" }
    };

    (void) state;

    for (i = 0; i < 2; i++) {
        assert_string_equal(parse(&w, "shop = our shop\n"
                                      "doing = {shop} is, in {n} of "
                                      "{shop|Our shop}\n"
                                      "stop = shut {shop, {shopp}\n"
                                      "date.1 = {shop}{shop}\n"), "");

        name = str(cases[i][0]);
        n = ngx_shop_strings_shop(&w, &name, NULL);

        /* a sanitizer watches its end */

        buf = malloc(n);
        assert_non_null(buf);
        assert_int_equal(ngx_shop_strings_shop(&w, &name, buf), n);

        assert_int_equal(w.text[NGX_SHOP_STRINGS_DOING].len,
                         strlen(cases[i][1]));
        assert_memory_equal(w.text[NGX_SHOP_STRINGS_DOING].data, cases[i][1],
                            strlen(cases[i][1]));
        assert_memory_equal(w.text[NGX_SHOP_STRINGS_STOP].data, cases[i][2],
                            strlen(cases[i][2]));
        assert_int_equal(w.forms[0].text.len,
                         2 * strlen(name.len ? cases[1][0] : "our shop"));
        free(buf);
    }
}


static void
an_hour_and_the_first_may_have_a_form(void **state)
{
    size_t              i;
    unsigned char       buf[128];
    ngx_shop_emit_t     e;
    ngx_shop_strings_t  w;

    static const struct {
        int64_t      at;
        const char  *expected;
    } cases[] = {
        { 1796086200, "1er Dec, at the 00:50" },  /* 2026-12-01T00:50:00Z */
        { 1796088600, "1er Dec, at one 01:30" },
        { 1796175000, "2 Dec, at one 01:30" },
        { 1796178600, "2 Dec, at 02:30" }
    };

    (void) state;

    setenv("TZ", "UTC", 1);
    tzset();

    assert_string_equal(parse(&w, "weekdays = a,b,c,d,e,f,g\n"
                                  "months = 1,2,3,4,5,6,7,8,9,10,11,Dec\n"
                                  "day_first = 1er\ntime = {hour}:{minute}\n"
                                  "date = {day} {month}, at {time}\n"
                                  "date.1 = {day} {month}, at one {time}\n"
                                  "date.0 = {day} {month}, at the {time}\n"),
                        "");

    for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        ngx_shop_emit_init(&e, buf, sizeof(buf));
        ngx_shop_strings_moment(&w, &e, cases[i].at, NGX_SHOP_STRINGS_DATE);
        assert_written(&e, cases[i].expected);
    }
}


int
main(void)
{
    const struct CMUnitTest  tests[] = {
        cmocka_unit_test(a_language_file_is_read),
        cmocka_unit_test(a_bad_line_is_refused_with_its_number),
        cmocka_unit_test(places_are_filled_and_unknown_ones_stay),
        cmocka_unit_test(how_long_it_takes_is_said_in_round_numbers),
        cmocka_unit_test(a_moment_is_said_in_the_zone_of_the_server),
        cmocka_unit_test(the_name_of_the_shop_stands_in_the_texts),
        cmocka_unit_test(an_hour_and_the_first_may_have_a_form)
    };

    return cmocka_run_group_tests_name("words", tests, NULL, NULL);
}
