
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * What clients ask for, with the headers that real ones send.
 */


#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "logic/words/negotiate.h"


#define HTML      NGX_SHOP_NEGOTIATE_HTML
#define JSON      NGX_SHOP_NEGOTIATE_JSON
#define TEXT      NGX_SHOP_NEGOTIATE_TEXT
#define EMPTY     NGX_SHOP_NEGOTIATE_EMPTY

#define IDENTITY  NGX_SHOP_NEGOTIATE_IDENTITY
#define GZIP      NGX_SHOP_NEGOTIATE_GZIP
#define BR        NGX_SHOP_NEGOTIATE_BR


typedef struct {
    const char  *accept;
    const char  *dest;
    const char  *path;
    int          kind;
} test_negotiate_kind_t;


typedef struct {
    const char  *header;
    const char  *lang;
} test_negotiate_language_t;


typedef struct {
    const char  *header;
    int          have_br;
    int          coding;
} test_negotiate_coding_t;


static const char  test_negotiate_chrome[] =
    "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,"
    "image/webp,image/apng,*/*;q=0.8,application/signed-exchange;v=b3;q=0.7";


static ngx_shop_str_t
test_negotiate_str(const char *text)
{
    ngx_shop_str_t  s;

    s.len = text ? strlen(text) : 0;
    s.data = (const unsigned char *) text;

    return s;
}


static void
test_negotiate_kinds(const test_negotiate_kind_t *c, size_t n)
{
    size_t          i;
    ngx_shop_str_t  accept, dest, path, none;

    none = test_negotiate_str(NULL);

    for (i = 0; i < n; i++) {
        accept = test_negotiate_str(c[i].accept);
        dest = test_negotiate_str(c[i].dest);
        path = test_negotiate_str(c[i].path);

        print_message("accept \"%s\" dest \"%s\" path \"%s\"\n",
                      c[i].accept ? c[i].accept : "",
                      c[i].dest ? c[i].dest : "",
                      c[i].path ? c[i].path : "");

        assert_int_equal(ngx_shop_negotiate_kind(&accept, &dest, &none,
                                                 &path),
                         c[i].kind);
    }
}


static void
who_sends_json_reads_json(void **state)
{
    size_t  i;

    static const struct {
        const char            *type;
        const char            *accept;
        const char            *path;
        ngx_shop_negotiate_e   kind;
    } cases[] = {
        { "application/json", NULL, "/", NGX_SHOP_NEGOTIATE_JSON },
        { "application/json", "*/*", "/", NGX_SHOP_NEGOTIATE_JSON },
        { "Application/JSON; charset=utf-8", "*/*", "/",
          NGX_SHOP_NEGOTIATE_JSON },
        { "application/graphql", "*/*", "/", NGX_SHOP_NEGOTIATE_JSON },
        { "application/vnd.api+json", NULL, "/", NGX_SHOP_NEGOTIATE_JSON },
        { "application/json", NULL, "/a.js", NGX_SHOP_NEGOTIATE_JSON },
        { "application/json", "text/html", "/", NGX_SHOP_NEGOTIATE_HTML },
        { "application/json", "text/plain", "/", NGX_SHOP_NEGOTIATE_TEXT },
        { "application/jsonx", "*/*", "/", NGX_SHOP_NEGOTIATE_TEXT },
        { "application/x-www-form-urlencoded", "*/*", "/",
          NGX_SHOP_NEGOTIATE_TEXT },
        { "text/html", NULL, "/", NGX_SHOP_NEGOTIATE_TEXT },
        { "", NULL, "/", NGX_SHOP_NEGOTIATE_TEXT },
        { ";", NULL, "/", NGX_SHOP_NEGOTIATE_TEXT }
    };

    ngx_shop_str_t  accept, none, type, path;

    (void) state;

    none = test_negotiate_str(NULL);

    for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        accept = test_negotiate_str(cases[i].accept);
        type = test_negotiate_str(cases[i].type);
        path = test_negotiate_str(cases[i].path);

        print_message("type \"%s\"\n", cases[i].type);

        assert_int_equal(ngx_shop_negotiate_kind(&accept, &none, &type, &path),
                         cases[i].kind);
    }
}


#define test_negotiate_all_kinds(c)                                          \
    test_negotiate_kinds(c, sizeof(c) / sizeof(c[0]))


static void
the_destination_decides_where_it_is_sent(void **state)
{
    static const test_negotiate_kind_t  cases[] = {
        { "*/*", "document", "/a.png", HTML },
        { "application/json", "iframe", "/", HTML },
        { "*/*", "frame", "/", HTML },
        { "text/html", "image", "/", EMPTY },
        { "*/*", "style", "/", EMPTY },
        { "*/*", "script", "/", EMPTY },
        { "*/*", "Font", "/", EMPTY },
        { "*/*", "audio", "/", EMPTY },
        { "*/*", "video", "/", EMPTY },
        { "*/*", "track", "/", EMPTY },
        { "*/*", "serviceworker", "/", EMPTY },
        { "application/json", "empty", "/", JSON },
        { test_negotiate_chrome, "empty", "/", HTML },
        { "*/*", "empty", "/", TEXT },
        { "application/json", "documents", "/", JSON },
        { "application/json", "doc", "/", JSON }
    };

    (void) state;

    test_negotiate_all_kinds(cases);
}


static void
accept_decides_by_names_and_quality(void **state)
{
    static const test_negotiate_kind_t  cases[] = {
        { test_negotiate_chrome, NULL, "/", HTML },
        { "application/xhtml+xml", NULL, "/", HTML },
        { "TEXT/HTML", NULL, "/", HTML },

        /* axios, jQuery, a HAL client */
        { "application/json, text/plain, */*", NULL, "/cart", JSON },
        { "application/json, text/javascript, */*; q=0.01", NULL, "/", JSON },
        { "application/hal+json", NULL, "/", JSON },
        { "application/ld+JSON;q=0.5;profile=\"a,text/html,b\"", NULL, "/",
          JSON },

        { "text/html;q=0.5, application/json", NULL, "/", JSON },
        { "text/html;q=0.5, application/json;q=0.4", NULL, "/", HTML },
        { "application/json, text/html", NULL, "/", JSON },
        { "text/html, application/json", NULL, "/", HTML },
        { "text/plain, text/html;q=0.9", NULL, "/", TEXT },
        { "text/html;q=0, application/json;q=0.1", NULL, "/", JSON },
        { "text/html;q=0", NULL, "/", TEXT },
        { "text/html; level=1; Q=0.2 , text/plain ; q=0.3", NULL, "/", TEXT },

        /* a weight is the first q; what follows are extensions */
        { "text/html;q=0.4;q=1, text/plain;q=0.5", NULL, "/", TEXT },

        /* html is never guessed */
        { "*/*", NULL, "/", TEXT },
        { "text/*", NULL, "/", TEXT },
        { NULL, NULL, "/", TEXT },
        { "application/*", NULL, "/", TEXT }
    };

    (void) state;

    test_negotiate_all_kinds(cases);
}


static void
assets_get_an_empty_body(void **state)
{
    static const test_negotiate_kind_t  cases[] = {
        { "image/avif,image/webp,image/svg+xml,image/*,*/*;q=0.8", NULL,
          "/picture", EMPTY },
        { "text/css,*/*;q=0.1", NULL, "/", EMPTY },
        { "text/javascript, application/javascript", NULL, "/", EMPTY },
        { "font/woff2;q=1.0,*/*;q=0.5", NULL, "/", EMPTY },
        { "video/webm,audio/*;q=0.9", NULL, "/", EMPTY },
        { "image/png, application/pdf", NULL, "/", TEXT },
        { "image/png, application/json;q=0.1", NULL, "/", JSON },
        { "image/png;q=0", NULL, "/", TEXT },
        { "image", NULL, "/", TEXT }
    };

    (void) state;

    test_negotiate_all_kinds(cases);
}


static void
the_path_decides_where_accept_does_not(void **state)
{
    static const test_negotiate_kind_t  cases[] = {
        { "*/*", NULL, "/static/app.js", EMPTY },
        { "*/*", NULL, "/A.PNG", EMPTY },
        { NULL, NULL, "/f.woff2", EMPTY },
        { NULL, NULL, "/api/cart.json", JSON },
        { NULL, NULL, "/cart.json?x=a.png", JSON },
        { NULL, NULL, "/a.js/b", TEXT },
        { NULL, NULL, "/a.min.css", EMPTY },
        { NULL, NULL, "/js", TEXT },
        { NULL, NULL, "/.", TEXT },
        { NULL, NULL, "/a.html", TEXT },
        { NULL, NULL, NULL, TEXT },
        { "text/html", NULL, "/a.png", HTML }
    };

    (void) state;

    test_negotiate_all_kinds(cases);
}


static void
broken_lists_do_no_harm(void **state)
{
    static const test_negotiate_kind_t  cases[] = {
        { ",,, ;q=1, ,text/html", NULL, "/", HTML },
        { "text/html;q=", NULL, "/", HTML },
        { "text/html;q=2, application/json;q=0.1", NULL, "/", JSON },
        { "text/html;q=1.5, application/json;q=0.1", NULL, "/", JSON },
        { "text/html;q=0x, application/json;q=0.1", NULL, "/", JSON },
        { "text/html;q=0.x, application/json;q=0.1", NULL, "/", JSON },
        { "text/html;q=0.1999999, application/json;q=0.2", NULL, "/", JSON },
        { "text/html;q", NULL, "/", HTML },
        { "text/html;", NULL, "/", HTML },
        { ";", NULL, "/", TEXT },
        { "application/json;q=0.5;a=\"x\\\",text/html,b", NULL, "/", JSON },
        { "a/b;c=\"", NULL, "/", TEXT },
        { "a/b;c=\"\\", NULL, "/", TEXT }
    };

    (void) state;

    test_negotiate_all_kinds(cases);
}


static void
test_negotiate_languages(const test_negotiate_language_t *c, size_t n,
    const char **names, unsigned nnames)
{
    size_t          i;
    unsigned        k;
    ngx_shop_str_t  header, available[8];

    for (k = 0; k < nnames; k++) {
        available[k] = test_negotiate_str(names[k]);
    }

    for (i = 0; i < n; i++) {
        header = test_negotiate_str(c[i].header);

        print_message("\"%s\"\n", c[i].header ? c[i].header : "");

        k = ngx_shop_negotiate_language(&header, available, nnames);

        assert_true(k < nnames);
        assert_string_equal(names[k], c[i].lang);
    }
}


static void
the_language_liked_best_is_found(void **state)
{
    static const char  *names[] = {
        "en", "de", "pt-BR", "zh-Hans", "zh-Hant", "fr", "fr-CA"
    };

    static const test_negotiate_language_t  cases[] = {
        { NULL, "en" },
        { "", "en" },
        { "*", "en" },
        { "sv", "en" },
        { "de", "de" },
        { "DE-de", "de" },
        { "de-AT-1996", "de" },
        { "d", "en" },
        { "deu", "en" },
        { "de-", "de" },
        { "sv,de;q=0.5", "de" },
        { "en;q=0.8, de;q=0.9", "de" },
        { "fr;q=0.9, de;q=0.9", "fr" },
        { "de;q=0.9, fr;q=0.9", "de" },
        { "de-CH, fr;q=0.9, en;q=0.8, *;q=0.5", "de" },

        /* falls no further than it must */
        { "fr-CA", "fr-CA" },
        { "fr-CA-x-shop", "fr-CA" },
        { "fr-CH", "fr" },
        { "fr", "fr" },

        /* the last resort: a sister of the same language */
        { "pt", "pt-BR" },
        { "pt-PT, en;q=0.8", "pt-BR" },
        { "zh-Hant-TW", "zh-Hant" },
        { "zh-CN", "zh-Hans" },

        { "en;q=0, de", "de" },
        { "en;q=0, *", "de" },
        { "*;q=0, de", "de" },
        { "*;q=0.1, fr;q=0.2", "fr" },
        { "fr;q=0, fr-CH", "en" },
        { "fr;q=0, fr-CA;q=0.1", "fr-CA" },
        { "fr-CA;q=0, fr", "fr" },
        { "pt-BR;q=0, pt, de;q=0.1", "de" },
        { "de;q=0", "en" },
        { "en;q=0", "en" },
        { "de;q=0.000", "en" },
        { "de;q=0.001", "de" }
    };

    (void) state;

    test_negotiate_languages(cases, sizeof(cases) / sizeof(cases[0]), names,
                             7);
}


/* as CLDR has it: likelySubtags, parentLocales, aliases */

static void
a_language_near_by_is_found(void **state)
{
    static const char  *names[] = {
        "en", "en-US", "pt-BR", "pt-PT", "no", "zh-Hans", "zh-Hant", "he"
    };

    static const test_negotiate_language_t  cases[] = {
        { "zh-TW,zh;q=0.9,en-US;q=0.8", "zh-Hant" },
        { "zh-HK", "zh-Hant" },
        { "zh-MO", "zh-Hant" },
        { "zh-Hant-HK", "zh-Hant" },
        { "ZH-HANT", "zh-Hant" },
        { "zh-Hans-TW", "zh-Hans" },
        { "zh-Hant-CN", "zh-Hant" },
        { "zh-CN", "zh-Hans" },
        { "zh-SG", "zh-Hans" },
        { "zh", "zh-Hans" },
        { "cmn-TW", "zh-Hant" },
        { "zh-TW;q=0.5, en;q=0.4", "zh-Hant" },
        { "zh-Hant;q=0, zh-TW, en;q=0.1", "zh-Hans" },

        { "pt", "pt-BR" },
        { "pt-BR,pt;q=0.9", "pt-BR" },
        { "pt-PT,pt;q=0.9,en;q=0.8", "pt-PT" },
        { "pt-AO", "pt-PT" },
        { "pt-US", "pt-BR" },

        { "en-US,en;q=0.9", "en-US" },
        { "en", "en" },
        { "en-GB", "en" },
        { "en-AU,en;q=0.5", "en" },
        { "en-US-x-shop", "en-US" },

        { "nb-NO,nb;q=0.9,no;q=0.8,nn;q=0.7,en-US;q=0.6", "no" },
        { "nn", "no" },
        { "no-NO", "no" },
        { "iw-IL", "he" },
        { "he-IL", "he" },
        { "nob", "en" }
    };

    (void) state;

    test_negotiate_languages(cases, sizeof(cases) / sizeof(cases[0]), names,
                             8);
}


static void
an_own_language_is_nearer_than_one_near_by(void **state)
{
    static const char  *names[] = {
        "en", "es", "es-419", "nb", "no", "zh", "zh-Hant", "de-x-shop"
    };

    static const test_negotiate_language_t  cases[] = {
        { "es-MX", "es-419" },
        { "es-ES", "es" },
        { "es-PH", "es" },
        { "nb-NO", "nb" },
        { "no", "no" },
        { "nn-NO", "nb" },
        { "zh-TW", "zh-Hant" },
        { "zh-CN", "zh" },
        { "zh-Hans", "zh" },
        { "de", "de-x-shop" }
    };

    (void) state;

    test_negotiate_languages(cases, sizeof(cases) / sizeof(cases[0]), names,
                             8);
}


static void
the_order_of_what_is_available_does_not_matter(void **state)
{
    static const char  *names[] = { "en", "fr-CA", "fr" };

    static const test_negotiate_language_t  cases[] = {
        { "fr-CA", "fr-CA" },
        { "fr", "fr" },
        { "fr-CH", "fr" }
    };

    (void) state;

    test_negotiate_languages(cases, sizeof(cases) / sizeof(cases[0]), names,
                             3);
}


static void
no_available_language_is_not_read(void **state)
{
    ngx_shop_str_t  header;

    (void) state;

    header = test_negotiate_str("de, *");

    assert_int_equal(ngx_shop_negotiate_language(&header, NULL, 0), 0);
}


static void
a_language_without_a_name_is_never_found(void **state)
{
    static const char  *names[] = { "en", "", "de" };

    static const test_negotiate_language_t  cases[] = {
        { "sv", "en" },
        { "-", "en" },
        { "de", "de" }
    };

    (void) state;

    test_negotiate_languages(cases, sizeof(cases) / sizeof(cases[0]), names,
                             3);
}


static void
a_very_long_list_is_cut_not_refused(void **state)
{
    size_t          i;
    unsigned char   buf[4 * 3000];
    ngx_shop_str_t  header, available[2];

    (void) state;

    for (i = 0; i < sizeof(buf); i += 3) {
        memcpy(buf + i, "xx,", 3);
    }

    available[0] = test_negotiate_str("en");
    available[1] = test_negotiate_str("de");

    header.data = buf;
    header.len = sizeof(buf);

    memcpy(buf + 63 * 3, "de", 2);
    assert_int_equal(ngx_shop_negotiate_language(&header, available, 2), 1);

    memcpy(buf + 63 * 3, "xx,de", 5);
    assert_int_equal(ngx_shop_negotiate_language(&header, available, 2), 0);
}


static void
the_coding_is_one_that_is_understood(void **state)
{
    static const test_negotiate_coding_t  cases[] = {
        { NULL, 1, IDENTITY },
        { "", 1, IDENTITY },
        { "gzip, deflate, br, zstd", 1, BR },
        { "gzip, deflate, br, zstd", 0, GZIP },
        { "gzip", 1, GZIP },
        { "x-gzip", 1, GZIP },
        { "GZIP", 1, GZIP },
        { "gzipp", 1, IDENTITY },
        { "deflate", 1, IDENTITY },
        { "gzip;q=0", 1, IDENTITY },
        { "gzip;q=0, *", 1, IDENTITY },
        { "*;q=0", 1, IDENTITY },
        { "*;q=0, gzip", 1, GZIP },
        { "*", 1, GZIP },
        { "br;q=0, gzip", 1, GZIP },
        { "br;q=0.5, gzip", 1, GZIP },
        { "br;q=0.5, gzip;q=0.5", 1, BR },
        { "br;q=0.5, *", 1, GZIP },
        { "identity, gzip;q=0.5", 1, IDENTITY },
        { "identity, gzip, br", 1, BR },
        { "identity, br;q=0.5", 1, IDENTITY },
        { "identity;q=0", 1, IDENTITY },
        { "gzip;q=0, gzip", 1, IDENTITY },
        { "gzip;q=0.001", 0, GZIP }
    };

    size_t          i;
    ngx_shop_str_t  header;

    (void) state;

    for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        header = test_negotiate_str(cases[i].header);

        print_message("\"%s\"\n", cases[i].header ? cases[i].header : "");

        assert_int_equal(ngx_shop_negotiate_coding(&header,
                                                   cases[i].have_br),
                         cases[i].coding);
    }
}


int
main(void)
{
    const struct CMUnitTest  tests[] = {
        cmocka_unit_test(the_destination_decides_where_it_is_sent),
        cmocka_unit_test(who_sends_json_reads_json),
        cmocka_unit_test(accept_decides_by_names_and_quality),
        cmocka_unit_test(assets_get_an_empty_body),
        cmocka_unit_test(the_path_decides_where_accept_does_not),
        cmocka_unit_test(broken_lists_do_no_harm),
        cmocka_unit_test(the_language_liked_best_is_found),
        cmocka_unit_test(a_language_near_by_is_found),
        cmocka_unit_test(an_own_language_is_nearer_than_one_near_by),
        cmocka_unit_test(the_order_of_what_is_available_does_not_matter),
        cmocka_unit_test(no_available_language_is_not_read),
        cmocka_unit_test(a_language_without_a_name_is_never_found),
        cmocka_unit_test(a_very_long_list_is_cut_not_refused),
        cmocka_unit_test(the_coding_is_one_that_is_understood)
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
