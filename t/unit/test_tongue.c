
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * Which of the operator's texts a reader gets: in their language, else in the
 * one without a language, and what is marked as being in another one.
 */


#include <stdio.h>

#include "logic/words/tongue.h"
#include "flag.h"


static ngx_shop_tongue_t  tongue;


static ngx_shop_str_t
str(const char *text)
{
    ngx_shop_str_t  s;

    s.data = (const unsigned char *) text;
    s.len = strlen(text);

    return s;
}


static void
reader(const char *flag, const char *lang, const char *second,
    const char *bare)
{
    tongue.notice = test_flag_parse(flag);
    tongue.lang = str(lang);
    tongue.second = str(second);
    tongue.bare = str(bare);
}


static void
is(ngx_shop_str_t s, const char *expected)
{
    if (s.len != strlen(expected)
        || (s.len && memcmp(s.data, expected, s.len) != 0))
    {
        fail_msg("\"%.*s\" is not \"%s\"", (int) s.len,
                 s.len ? (const char *) s.data : "", expected);
    }
}


/* text, and the lang and dir that mark it */

static void
says(unsigned said, unsigned nth, const char *text, const char *lang,
    const char *dir)
{
    ngx_shop_str_t          s;
    ngx_shop_tongue_mark_t  mark;

    s = ngx_shop_tongue_text(&tongue, said, nth, &mark);
    is(s, text);
    is(mark.lang, lang);
    is(mark.dir, dir);
}


static void
test_tongue_status(void **state)
{
    unsigned  i;

    static const struct {
        const char  *lang;
        const char  *text;
    } rows[] = {
        { "de", "Hallo" }, { "DE", "Hallo" }, { "de-AT", "Hallo" },
        { "de-Latn-CH-1996", "Hallo" }, { "pt-BR", "Oi" }, { "d", "Hello" },
        { "deu", "Hello" }, { "fr", "Hello" }, { "nl", "" }
    };

    (void) state;

    for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        reader("status: Hello\nstatus.de: Hallo\nstatus.pt-BR: Oi\n"
               "status.nl:\n", rows[i].lang, "", "");
        says(NGX_SHOP_FLAG_SAID_STATUS, 0, rows[i].text, "", "");
    }

    /* a status in a second language would hide the module's own */

    reader("status.en: Hello\n", "fr", "en", "");
    says(NGX_SHOP_FLAG_SAID_STATUS, 0, "", "", "");
}


static void
test_tongue_others(void **state)
{
    static const char  flag[] =
        "reason: Bare\nreason.de: Deutsch\noffer.en: English\n"
        "offer.ar: Arabic\nupdate.fr: 03:10 Premier\n"
        "update.de: 03:10 Erste\nupdate: 03:40 Two\n";

    (void) state;

    reader(flag, "de-AT", "en", "");
    says(NGX_SHOP_FLAG_SAID_REASON, 0, "Deutsch", "", "");
    says(NGX_SHOP_FLAG_SAID_OFFER, 0, "English", "en", "ltr");
    says(NGX_SHOP_FLAG_SAID_UPDATE, 0, "Erste", "", "");
    says(NGX_SHOP_FLAG_SAID_UPDATE, 1, "Two", "", "");

    /* news is never kept from anybody: the first there is */

    reader(flag, "fi", "pl", "");
    says(NGX_SHOP_FLAG_SAID_REASON, 0, "Bare", "", "");
    says(NGX_SHOP_FLAG_SAID_OFFER, 0, "", "", "");
    says(NGX_SHOP_FLAG_SAID_UPDATE, 0, "Premier", "fr", "ltr");

    /* a language that texts without one are in is known, or not */

    reader(flag, "fi", "ar", "en");
    says(NGX_SHOP_FLAG_SAID_REASON, 0, "Bare", "en", "ltr");
    says(NGX_SHOP_FLAG_SAID_OFFER, 0, "Arabic", "ar", "rtl");

    reader(flag, "en-GB", "en", "en");
    says(NGX_SHOP_FLAG_SAID_REASON, 0, "Bare", "", "");
}


static void
test_tongue_contacts(void **state)
{
    ngx_shop_str_t          lines[NGX_SHOP_FLAG_CONTACTS];
    ngx_shop_tongue_mark_t  mark;

    static const char  flag[] =
        "contact: Phone\ncontact: Mail\ncontact.de: Telefon\n"
        "contact.de: Brief\ncontact.he: Tel\n";

    (void) state;

    reader(flag, "de", "", "");
    assert_int_equal(ngx_shop_tongue_contacts(&tongue, lines, &mark), 2);
    is(lines[0], "Telefon");
    is(lines[1], "Brief");
    is(mark.lang, "");

    reader(flag, "fr", "", "en");
    assert_int_equal(ngx_shop_tongue_contacts(&tongue, lines, &mark), 2);
    is(lines[1], "Mail");
    is(mark.lang, "en");

    reader("contact.he: Tel\n", "fr", "he", "");
    assert_int_equal(ngx_shop_tongue_contacts(&tongue, lines, &mark), 1);
    is(mark.lang, "he");
    is(mark.dir, "rtl");

    reader("contact.he: Tel\n", "fr", "en", "");
    assert_int_equal(ngx_shop_tongue_contacts(&tongue, lines, &mark), 0);
}


static void
test_tongue_lacks(void **state)
{
    unsigned                       i, n;
    ngx_shop_str_t                 langs[4], de;
    const ngx_shop_flag_notice_t  *notice;

    static const char *const  names[] = {
        "status", "reason", "offer", "contact", "update"
    };

    (void) state;

    notice = test_flag_parse("status: a\nstatus.de: b\nreason: c\n"
                             "update: d\nupdate.DE: e\nupdate: f\n"
                             "update.fr: 03:10 g\n");
    n = ngx_shop_tongue_langs(notice, langs, 4);
    assert_int_equal(n, 2);
    is(langs[0], "de");
    is(langs[1], "fr");

    assert_int_equal(ngx_shop_tongue_lacks(notice, &langs[0]),
                     1 << NGX_SHOP_FLAG_SAID_REASON
                     | 1 << NGX_SHOP_FLAG_SAID_UPDATE);

    de = str("de-CH");
    notice = test_flag_parse("status.de: a\nupdate.de: b\n");
    assert_int_equal(ngx_shop_tongue_lacks(notice, &de), 0);

    for (i = 0; i < 5; i++) {
        assert_string_equal(ngx_shop_tongue_name(i + 1), names[i]);
    }
}


static void
test_tongue_dir(void **state)
{
    unsigned        i;
    ngx_shop_str_t  lang;

    static const char *const  rows[][2] = {
        { "ar", "rtl" }, { "ar-EG", "rtl" }, { "he", "rtl" }, { "fa", "rtl" },
        { "az-Arab-IR", "rtl" }, { "ar-Latn", "ltr" }, { "de", "ltr" },
        { "arn", "ltr" }, { "zh-Hant", "ltr" }, { "pa-Arab", "rtl" }
    };

    (void) state;

    for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        lang = str(rows[i][0]);
        is(ngx_shop_tongue_dir(&lang), rows[i][1]);
    }
}


int
main(void)
{
    const struct CMUnitTest  tests[] = {
        test_flag_row("a status in the reader's language",
                      test_tongue_status),
        test_flag_row("other texts, and what is marked", test_tongue_others),
        test_flag_row("contacts are all in one language",
                      test_tongue_contacts),
        test_flag_row("which language lacks which text", test_tongue_lacks),
        test_flag_row("the direction of a language", test_tongue_dir)
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
