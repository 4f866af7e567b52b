
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * What a page says: the built-in templates in every language and state, and
 * which text is chosen when.
 */


#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <cmocka.h>

#include "logic/words/assets.h"
#include "logic/text/json.h"
#include "logic/words/look.h"
#include "logic/words/placeholders.h"
#include "logic/words/problem.h"
#include "logic/words/view.h"


#define NOW  1795231800                     /* 2026-11-21T03:30:00Z */


static ngx_shop_template_op_t  html_ops[512], text_ops[512];
static ngx_shop_template_t     html, text;
static ngx_shop_flag_notice_t  notice;
static ngx_shop_strings_t      words;
static ngx_shop_view_t         view;
static unsigned char           out[65536], shop[65536];


static const ngx_shop_str_t *
asset(const char *name)
{
    unsigned  i;

    for (i = 0; i < ngx_shop_assets_n; i++) {
        if (ngx_shop_assets[i].name.len == strlen(name)
            && memcmp(ngx_shop_assets[i].name.data, name,
                      strlen(name))
               == 0)
        {
            return &ngx_shop_assets[i].data;
        }
    }

    fail_msg("no asset %s", name);
    return NULL;
}


static void
compile(ngx_shop_template_t *t, const char *name, ngx_shop_template_op_t *ops,
    unsigned n)
{
    ngx_shop_emit_t            e;
    ngx_shop_template_error_t  error;

    static unsigned char   dressed[2][16384];
    static ngx_shop_str_t  source[2];

    t->ops = ops;
    t->nalloc = n;

    ngx_shop_emit_init(&e, dressed[t->plain], sizeof(dressed[0]));
    ngx_shop_look_source(&e, asset(name), asset("look/hero.css"),
                         asset("look/plain.css"));

    source[t->plain].data = dressed[t->plain];
    source[t->plain].len = (size_t) (e.pos - e.start);

    if (ngx_shop_template_compile(t, &source[t->plain],
                                  ngx_shop_placeholders_resolve,
                                  &view, &error)
        != NGX_SHOP_OK)
    {
        fail_msg("%s:%u: %s", name, error.line, error.reason);
    }
}


static int
templates(void **state)
{
    (void) state;

    setenv("TZ", "UTC", 1);
    tzset();

    text.plain = 1;
    compile(&html, "page.html", html_ops, 512);
    compile(&text, "page.txt", text_ops, 512);

    return 0;
}


static void
prepare(const char *flag, const char *lang, unsigned state, unsigned post)
{
    char         name[32];
    unsigned     line;
    const char  *reason;

    ngx_shop_flag_parse(&notice, NULL, (const unsigned char *) flag,
                        strlen(flag), NOW, NOW);

    memset(&words, 0, sizeof(words));
    (void) snprintf(name, sizeof(name), "lang/%s.txt", lang);

    view.lang.data = (const unsigned char *) lang;
    view.lang.len = strlen(lang);
    ngx_shop_strings_language(&words, &view.lang, 0);

    /* that of a region says only what is not as in its language */

    if (strncmp(lang, "en-", 3) == 0) {
        assert_int_equal(ngx_shop_strings_parse(&words, asset("lang/en.txt"),
                                                &line, &reason),
                         NGX_SHOP_OK);
    }

    assert_int_equal(ngx_shop_strings_parse(&words, asset(name), &line,
                                            &reason),
                     NGX_SHOP_OK);

    memset(&view, 0, sizeof(view));
    (void) ngx_shop_strings_shop(&words, &view.home, shop);

    view.notice = &notice;
    view.words = &words;
    view.lang.data = (const unsigned char *) lang;
    view.lang.len = strlen(lang);
    view.state = (uint8_t) state;
    view.post = (uint8_t) post;
    view.now = NOW;
    view.since = NOW - 3600;
    view.poll = 30;
    view.retry_after = 120;
    view.status_url.data = (const unsigned char *) "/.shop-status";
    view.status_url.len = strlen("/.shop-status");

    ngx_shop_view_prepare(&view);
}


static const char *
rendered(const ngx_shop_template_t *t)
{
    ngx_shop_emit_t  e;

    ngx_shop_emit_init(&e, out, sizeof(out) - 1);
    ngx_shop_template_render(t, ngx_shop_placeholders_get, &view, &e);
    assert_false(e.failed);

    *e.pos = '\0';

    return (const char *) out;
}


static void
assert_title(const char *expected)
{
    assert_int_equal(view.title.whole.len, strlen(expected));
    assert_memory_equal(view.title.whole.data, expected, strlen(expected));
}


static void
assert_when(const char *expected)
{
    assert_int_equal(view.when.whole.len, strlen(expected));
    assert_memory_equal(view.when.whole.data, expected, strlen(expected));
}


static void
every_language_is_whole_in_every_state(void **state)
{
    char                    lang[16];
    const char             *page;
    unsigned                i, k, post, n, key;
    const ngx_shop_str_t   *name;

    (void) state;

    n = 0;

    for (i = 0; i < ngx_shop_assets_n; i++) {
        name = &ngx_shop_assets[i].name;

        if (memcmp(name->data, "lang/", 5) != 0) {
            continue;
        }

        (void) snprintf(lang, sizeof(lang), "%.*s", (int) name->len - 9,
                        (const char *) name->data + 5);
        n++;

        for (k = 0; k < NGX_SHOP_VIEW_OPEN; k++) {
            for (post = 0; post <= NGX_SHOP_VIEW_UNKNOWN; post++) {

                prepare("eta: +45m\nnext-update: +20m\n", lang, k, post);

                for (key = 0; key < NGX_SHOP_STRINGS_N; key++) {
                    assert_non_null(words.text[key].data);
                }

                page = rendered(&html);
                assert_true(strlen(page) < 8192);
                assert_null(strstr(page, "{{"));
                assert_null(strstr(page, "{eta"));
                assert_null(strstr(page, "{in}"));
                assert_non_null(strstr(page, "<h1"));

                page = rendered(&text);
                assert_null(strstr(page, "{"));
                assert_true(strlen(page) > 100);
            }
        }
    }

    assert_true(n >= 41);
}


static void
the_words_follow_what_is_known_of_the_time(void **state)
{
    (void) state;

    prepare("", "en", NGX_SHOP_VIEW_MAINTENANCE, 0);
    assert_title("Sorry, our online shop is closed at the moment");
    assert_when("We cannot say yet how long this will take. Please try again "
                "later.");

    prepare("eta: +45m\n", "en", NGX_SHOP_VIEW_MAINTENANCE, 0);
    assert_title("Sorry, our online shop is closed until 04:15");
    assert_when("You can shop again from Saturday 21 November at "
                "04:15\xC2\xA0(UTC), in about 45\xC2\xA0minutes.");

    prepare("until: +2h\n", "en", NGX_SHOP_VIEW_MAINTENANCE, 0);
    assert_title("Sorry, our online shop is closed until 05:30");

    prepare("eta: +30h\n", "en", NGX_SHOP_VIEW_MAINTENANCE, 0);
    assert_title("Sorry, our online shop is closed until "
                 "Sunday 22 November at 09:30");

    prepare("eta: 2026-11-21T03:00:00Z\n", "en", NGX_SHOP_VIEW_MAINTENANCE, 0);
    assert_title("Sorry, our online shop is closed at the moment");
    assert_when("This is taking longer than we said. We had expected to be "
                "back by Saturday 21 November at 03:00\xC2\xA0(UTC).");

    prepare("", "en", NGX_SHOP_VIEW_OUTAGE, 0);
    assert_title("Sorry, there is a problem with our online shop");
}


static void
in_a_ramp_the_visitors_turn_is_said_to_the_minute(void **state)
{
    (void) state;

    prepare("eta: +3m\n", "en", NGX_SHOP_VIEW_REOPENING, 0);
    assert_title("Our online shop is opening again");
    assert_when("You can shop again from Saturday 21 November at "
                "03:33\xC2\xA0(UTC), in about 3\xC2\xA0minutes.");

    prepare("eta: +1m\n", "en", NGX_SHOP_VIEW_REOPENING, 0);
    assert_when("You can shop again from Saturday 21 November at "
                "03:31\xC2\xA0(UTC), in about a minute.");

    prepare("eta: +3m\n", "en", NGX_SHOP_VIEW_MAINTENANCE, 0);
    assert_when("You can shop again from Saturday 21 November at "
                "03:33\xC2\xA0(UTC), in a few minutes.");

    prepare("", "en", NGX_SHOP_VIEW_REOPENING, 0);
    assert_when("It will soon be your turn.");
}


static void
only_a_short_time_is_written_very_large(void **state)
{
    (void) state;

    prepare("eta: +45m\n", "en", NGX_SHOP_VIEW_MAINTENANCE, 0);
    assert_true(view.brief);

    prepare("eta: +45m\n", "zh-Hant", NGX_SHOP_VIEW_MAINTENANCE, 0);
    assert_true(view.brief);

    /* eleven characters, most of them twice as wide */

    prepare("eta: 2027-01-01T03:30:00Z\n", "ja",
            NGX_SHOP_VIEW_MAINTENANCE, 0);
    assert_false(view.brief);
}


static void
a_post_is_told_what_became_of_it(void **state)
{
    const char  *page;

    (void) state;

    prepare("", "en", NGX_SHOP_VIEW_OUTAGE, NGX_SHOP_VIEW_UNSENT);
    page = rendered(&html);
    assert_non_null(strstr(page, "did not reach us"));
    assert_null(strstr(page, "We cannot tell whether"));

    prepare("", "en", NGX_SHOP_VIEW_OUTAGE, NGX_SHOP_VIEW_UNKNOWN);
    page = rendered(&html);
    assert_null(strstr(page, "did not reach us"));
    assert_non_null(strstr(page, "We cannot tell whether"));

    prepare("", "en", NGX_SHOP_VIEW_OUTAGE, 0);
    page = rendered(&html);
    assert_null(strstr(page, "you just sent"));
}


static void
what_the_operator_wrote_is_escaped_and_linked(void **state)
{
    const char  *page;

    (void) state;

    prepare("status: <script>alert(1)</script>\n"
            "reason: see https://example.com/a?b=1&c=2 now\n"
            "contact: mailto:a@example.com\ncontact: \"quoted\"\n",
            "en", NGX_SHOP_VIEW_MAINTENANCE, 0);

    page = rendered(&html);
    assert_null(strstr(page, "<script>alert"));
    assert_non_null(strstr(page, "&lt;script&gt;alert(1)&lt;/script&gt;"));
    assert_non_null(strstr(page,
                           "<a href=\"https://example.com/a?b=1&amp;c=2\">"));
    assert_non_null(strstr(page, "<a href=\"mailto:a@example.com\">"
                                 "a@example.com</a>"));

    page = rendered(&text);
    assert_non_null(strstr(page, "<script>alert(1)</script>"));
    assert_non_null(strstr(page, "* \"quoted\""));
}


static void
nothing_is_lost_of_more_links_than_there_is_room_for(void **state)
{
    char         flag[2048];
    size_t       n;
    unsigned     i;
    const char  *page;

    (void) state;

    for (i = 0, n = 0; i < 8; i++) {
        n += (size_t) snprintf(flag + n, sizeof(flag) - n,
                               "contact: tel:+1 tel:+2 tel:+3 tel:+4 tel:+5 "
                               "tel:+6 tel:+7 end%u\n", i);
    }

    prepare(flag, "en", NGX_SHOP_VIEW_MAINTENANCE, 0);
    page = rendered(&html);

    for (i = 0; i < 8; i++) {
        (void) snprintf(flag, sizeof(flag), "end%u", i);
        assert_non_null(strstr(page, flag));
    }
}


static void
the_json_forms_are_json(void **state)
{
    size_t           at;
    unsigned         i;
    const char      *reason;
    ngx_shop_str_t   s;
    ngx_shop_emit_t  e;
    ngx_shop_json_t  json;

    (void) state;

    for (i = 0; i < 2; i++) {
        prepare("status: a \"b\" <c>\neta: +45m\nupdate: 03:00 d\n", "ar",
                NGX_SHOP_VIEW_OUTAGE, i);

        ngx_shop_emit_init(&e, out, sizeof(out));

        if (i) {
            ngx_shop_problem_write(&view, &e);

        } else {
            ngx_shop_problem_status(&view, &e, 1);
        }

        s.data = out;
        s.len = (size_t) (e.pos - e.start);

        assert_int_equal(ngx_shop_json_parse(&json, &s, &at,
                                             &reason),
                         NGX_SHOP_OK);
    }
}


int
main(void)
{
    const struct CMUnitTest  tests[] = {
        cmocka_unit_test(every_language_is_whole_in_every_state),
        cmocka_unit_test(the_words_follow_what_is_known_of_the_time),
        cmocka_unit_test(in_a_ramp_the_visitors_turn_is_said_to_the_minute),
        cmocka_unit_test(only_a_short_time_is_written_very_large),
        cmocka_unit_test(a_post_is_told_what_became_of_it),
        cmocka_unit_test(what_the_operator_wrote_is_escaped_and_linked),
        cmocka_unit_test(nothing_is_lost_of_more_links_than_there_is_room_for),
        cmocka_unit_test(the_json_forms_are_json)
    };

    return cmocka_run_group_tests_name("view", tests, templates, NULL);
}
