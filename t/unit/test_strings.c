
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
    assert_int_equal(w.forms[0].n, 2);
    assert_null(w.text[NGX_SHOP_STRINGS_NAME].data);
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
        { "ampm = a", "1: ampm are 2 names" },
        { "ampm = a, b, c", "1: ampm are 2 names" },
        { "in_hours.x = a", "1: no such form" },
        { "in_hours.0 = a", "1: no such form" },
        { "in_hours.1000 = a", "1: no such form" },
        { "doing.2 = a", "1: no such form" },
        { "doing.few = a", "1: no such form" },
        { "done.informal = a", "1: no such form" },
        { "started.24 = a", "1: no such form" },
        { "date. = a", "1: no such form" },
        { "date.24 = a", "1: no such form" },
        { "date.Gen = a", "1: no such form" },
        { "weekdays.1 = a, b, c, d, e, f, g", "1: no such form" },
        { "weekdays.genitive = a, b", "1: weekdays are 7 names" },
        { "months.genitive = a, b, c, d, e, f, g", "1: weekdays are 7" },
        { "date.a = a\ndate.b = a\ndate.c = a\ndate.d = a\ndate.e = a",
          "5: no such form" },
        { "stop = x\n\nwhen_late = {eta:gen}, {eta}\nresume = y",
          "3: the text has a place such as {eta:CASE}" },
        { "date.gen = x\nwhen_late = {eta:gen}\nnotice = {start:genitive}",
          "3: the text has a place such as {eta:CASE}" }
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
    ngx_shop_strings_t        w;
    ngx_shop_strings_place_t  place;

    (void) state;

    memset(&w, 0, sizeof(w));
    memset(&place, 0, sizeof(place));

    place.name = "n";
    place.value = str("40");
    text = str("in {n} or {m}, {n, {}{n}");

    ngx_shop_emit_init(&e, buf, sizeof(buf));
    ngx_shop_strings_fill(&w, &e, &text, &place, 1);

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
        int          exact;
    } cases[] = {
        { -60, "", 0 }, { 0, "", 0 }, { 60, "few", 0 }, { 479, "few", 0 },
        { 480, "10m", 0 }, { 2400, "40m", 0 }, { 45 * 60, "45m", 0 },
        { 51 * 60, "50m", 0 }, { 52 * 60, "1h", 0 }, { 89 * 60, "1h", 0 },
        { 90 * 60, "two", 0 }, { 149 * 60, "two", 0 }, { 150 * 60, "3h", 0 },
        { 629 * 60, "10h", 0 }, { 630 * 60, "", 0 },

        /* of a visitor's turn each minute is known */

        { 0, "", 1 }, { 1, "one", 1 }, { 60, "one", 1 }, { 61, "2m", 1 },
        { 180, "3m", 1 }, { 600, "10m", 1 }, { 601, "10m", 1 },
        { 13 * 60, "15m", 1 }, { 52 * 60, "1h", 1 }
    };

    (void) state;

    assert_string_equal(parse(&w, "in_few_minutes = few\nin_minutes = {n}m\n"
                                  "in_minutes.1 = one\n"
                                  "in_hour = 1h\nin_hours = {n}h\n"
                                  "in_hours.2 = two\n"), "");

    for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        ngx_shop_emit_init(&e, buf, sizeof(buf));
        ngx_shop_strings_in(&w, &e, cases[i].seconds, cases[i].exact);
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
    ngx_shop_strings_moment(&w, &e, 1795231800, NGX_SHOP_STRINGS_DATE_ZONE,
                            NULL);
    assert_written(&e, "Sa 21 Nov 2026 4.30 04 CET");

    setenv("TZ", "<+03>-3", 1);
    tzset();
    ngx_shop_emit_init(&e, buf, sizeof(buf));
    ngx_shop_strings_moment(&w, &e, 1795231800, NGX_SHOP_STRINGS_DATE_ZONE,
                            NULL);
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
        ngx_shop_strings_moment(&w, &e, cases[i].at, NGX_SHOP_STRINGS_DATE,
                                NULL);
        assert_written(&e, cases[i].expected);
    }
}


/* a text of w as it is said at a moment in UTC */

static const char *
said(const ngx_shop_strings_t *w, unsigned key, int64_t at, unsigned how)
{
    ngx_shop_emit_t           e;
    ngx_shop_strings_place_t  place;

    static char  buf[256];

    setenv("TZ", "UTC", 1);
    tzset();

    memset(&place, 0, sizeof(place));
    place.name = "eta";
    place.at = at;
    place.how = how;

    ngx_shop_emit_init(&e, (unsigned char *) buf, sizeof(buf) - 1);
    ngx_shop_strings_fill(w, &e, &w->text[key], &place, 1);
    *e.pos = '\0';

    return buf;
}


/* 2026-11-21 is a Saturday */

static void
a_moment_stands_in_the_case_that_its_sentence_asks_for(void **state)
{
    ngx_shop_strings_t  w;

    (void) state;

    assert_string_equal(parse(&w, "weekdays = ned,pon,ut,st,ct,pa,sobota\n"
                                  "weekdays.gen = n,p,u,s,c,p,soboty\n"
                                  "weekdays.acc = n,p,u,s,c,p,v sobotu\n"
                                  "months = 1,2,3,4,5,6,7,8,9,10,listopad,12\n"
                                  "months.gen = 1,2,3,4,5,6,7,8,9,10,"
                                  "listopadu,12\n"
                                  "time = {h}:{minute}\n"
                                  "date = {weekday} {day}. {month} {time}\n"
                                  "date.acc = {weekday} o {time}\n"
                                  "when_closed = od {eta:gen}.\n"
                                  "when_late = {eta}, {eta:acc}, {eta:gen}\n"),
                        "");

    assert_string_equal(said(&w, NGX_SHOP_STRINGS_WHEN_CLOSED, 1795231800,
                             NGX_SHOP_STRINGS_DATE),
                        "od soboty 21. listopadu 3:30.");
    assert_string_equal(said(&w, NGX_SHOP_STRINGS_WHEN_LATE, 1795231800,
                             NGX_SHOP_STRINGS_DATE),
                        "sobota 21. listopad 3:30, v sobotu o 3:30, "
                        "soboty 21. listopadu 3:30");

    /* where there is only a time, no case changes it */

    w.forms[w.nforms - 1].text.len = 0;
    assert_string_equal(said(&w, NGX_SHOP_STRINGS_WHEN_CLOSED, 1795231800,
                             NGX_SHOP_STRINGS_TIME), "od 3:30.");
}


static void
the_clock_may_have_twelve_hours(void **state)
{
    size_t              i;
    ngx_shop_strings_t  w;

    static const struct {
        int64_t      at;              /* of 2026-11-21 */
        const char  *two;
        const char  *hours;
    } cases[] = {
        { 0, "12:00 AM", "12:00 h0" },
        { 59 * 60, "12:59 AM", "12:59 h0" },
        { 3600, "1:00 AM", "1:00 h1" },
        { 11 * 3600, "11:00 AM", "11:00 h11" },
        { 12 * 3600, "12:00 PM", "12:00 h12" },
        { 13 * 3600 + 300, "1:05 PM", "1:05 h13" },
        { 23 * 3600, "11:00 PM", "11:00 h23" }
    };

    (void) state;

    for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        assert_string_equal(parse(&w, "weekdays = a,b,c,d,e,f,g\n"
                                      "months = 1,2,3,4,5,6,7,8,9,10,11,12\n"
                                      "ampm = AM, PM\ndate = {time}\n"
                                      "time = {h12}:{minute} {ampm}\n"
                                      "stop = {eta}\n"), "");
        assert_string_equal(said(&w, NGX_SHOP_STRINGS_STOP,
                                 1795219200 + cases[i].at,
                                 NGX_SHOP_STRINGS_DATE), cases[i].two);

        assert_string_equal(parse(&w, "weekdays = a,b,c,d,e,f,g\n"
                                      "months = 1,2,3,4,5,6,7,8,9,10,11,12\n"
                                      "ampm = h0,h1,h2,h3,h4,h5,h6,h7,h8,h9,"
                                      "h10,h11,h12,h13,h14,h15,h16,h17,h18,"
                                      "h19,h20,h21,h22,h23\ndate = {time}\n"
                                      "time = {h12}:{minute} {ampm}\n"
                                      "stop = {eta}\n"), "");
        assert_string_equal(said(&w, NGX_SHOP_STRINGS_STOP,
                                 1795219200 + cases[i].at,
                                 NGX_SHOP_STRINGS_DATE), cases[i].hours);
    }
}


static void
a_number_has_the_form_of_its_category(void **state)
{
    size_t              i;
    unsigned char       buf[64];
    ngx_shop_str_t      code;
    ngx_shop_emit_t     e;
    ngx_shop_strings_t  w;

    static const struct {
        const char  *code;
        int64_t      hours;
        const char  *expected;
    } cases[] = {
        { "pl", 2, "2 few" }, { "pl", 4, "4 few" }, { "pl", 5, "5 many" },
        { "sl", 2, "two of two" }, { "sl", 3, "3 few" }, { "sl", 5, "5 h" },
        { "pt-BR", 2, "2 h" }, { "xx", 3, "3 h" }
    };

    (void) state;

    for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        assert_string_equal(parse(&w, "in_hours.few = {n} few\n"
                                      "in_hours.many = {n} many\n"
                                      "in_hours = {n} h\n"
                                      "in_hours.two = two of two\n"), "");
        code = str(cases[i].code);
        ngx_shop_strings_language(&w, &code, 0);

        ngx_shop_emit_init(&e, buf, sizeof(buf));
        ngx_shop_strings_in(&w, &e, cases[i].hours * 3600, 0);
        assert_written(&e, cases[i].expected);
    }
}


/* the operator's file over the built-in one */

static void
a_text_takes_the_place_of_one_before_and_of_its_forms(void **state)
{
    unsigned            line;
    const char         *reason;
    ngx_shop_str_t      text;
    ngx_shop_strings_t  w;

    (void) state;

    assert_string_equal(parse(&w, "in_hours = {n} a\nin_hours.2 = two a\n"
                                  "in_minutes = {n} a\nin_minutes.10 = ten\n"),
                        "");

    text = str("in_hours.3 = three b\nin_hours = {n} b\n");
    assert_int_equal(ngx_shop_strings_parse(&w, &text, &line, &reason),
                     NGX_SHOP_OK);

    assert_memory_equal(ngx_shop_strings_text(&w, NGX_SHOP_STRINGS_IN_HOURS, 2)
                        ->data, "{n} b", 5);
    assert_memory_equal(ngx_shop_strings_text(&w, NGX_SHOP_STRINGS_IN_HOURS, 3)
                        ->data, "three b", 7);
    assert_memory_equal(ngx_shop_strings_text(&w, NGX_SHOP_STRINGS_IN_MINUTES,
                                              10)->data, "ten", 3);
}


static void
who_is_on_first_name_terms_says_so_throughout(void **state)
{
    int                 informal;
    ngx_shop_str_t      code, text;
    ngx_shop_strings_t  w;

    unsigned            line;
    const char         *reason;

    (void) state;

    code = str("de");

    for (informal = 0; informal < 2; informal++) {
        memset(&w, 0, sizeof(w));
        ngx_shop_strings_language(&w, &code, informal);

        text = str("stop = Warten Sie\nstop.informal = Warte\nresume = Los\n");
        assert_int_equal(ngx_shop_strings_parse(&w, &text, &line, &reason),
                         NGX_SHOP_OK);

        assert_int_equal(w.text[NGX_SHOP_STRINGS_STOP].len,
                         strlen(informal ? "Warte" : "Warten Sie"));
        assert_int_equal(w.text[NGX_SHOP_STRINGS_RESUME].len, 3);
        assert_int_equal(w.nforms, 0);
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
        cmocka_unit_test(an_hour_and_the_first_may_have_a_form),
        cmocka_unit_test(
                      a_moment_stands_in_the_case_that_its_sentence_asks_for),
        cmocka_unit_test(the_clock_may_have_twelve_hours),
        cmocka_unit_test(a_number_has_the_form_of_its_category),
        cmocka_unit_test(
                       a_text_takes_the_place_of_one_before_and_of_its_forms),
        cmocka_unit_test(who_is_on_first_name_terms_says_so_throughout)
    };

    return cmocka_run_group_tests_name("words", tests, NULL, NULL);
}
