
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * The keys of a flag file: what each line means, and what a bad one does.
 */


#include <stdio.h>

#include "flag.h"


static ngx_shop_flag_notice_t  test_keys_other;


static void
test_keys_times(void **state)
{
    const ngx_shop_flag_notice_t  *n;

    (void) state;

    n = test_flag_parse("eta: 04:30 # anna says\nuntil: +2h#x\n");
    test_flag_text_is(n, n->eta.text, "04:30");
    assert_true(n->eta.at == TEST_FLAG_0430);
    assert_true(n->until.at == 0);
    assert_int_equal(n->warnings_total, 1);
    test_flag_warns(n, 0, 2, "no number", "+2h#x");

    n = test_flag_parse("eta: +4\nnext-update:\nuntil: 11/12\n");
    assert_int_equal(n->warnings_total, 3);
    test_flag_warns(n, 0, 1, "no unit after the number", "+4");
    test_flag_warns(n, 1, 2, "not a time", "");
    test_flag_warns(n, 2, 3, "not a clear date", "11/12");
    assert_true(n->eta.at == 0);
    test_flag_text_is(n, n->eta.text, "+4");
    assert_true(n->until.at == 0);
    assert_int_equal(n->bad_start, 0);
}


static void
test_keys_bad_start(void **state)
{
    unsigned                       i;
    const ngx_shop_flag_notice_t  *n;

    static const char *const  bad[] = {
        "start: tomorow\n", "start:\n", "start", "start 04:30\n",
        "START: 2026-11-31 04:30\n", "start: 2026-11-2", "start : +4",
        "start: 04:30\nstart: 04:3", "start: # 04:30"
    };

    static const char *const  good[] = {
        "start: 04:30\n", "start: x\nstart: +1h\n", "start\nstart: +1h",
        "start: +1h  # planned", "# start: x\n", "starts: x\n", ""
    };

    (void) state;

    for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        n = test_flag_parse(bad[i]);
        assert_int_equal(n->bad_start, 1);
        assert_true(n->warnings_total > 0);
    }

    for (i = 0; i < sizeof(good) / sizeof(good[0]); i++) {
        n = test_flag_parse(good[i]);
        assert_int_equal(n->bad_start, 0);
    }
}


static void
test_keys_modes(void **state)
{
    unsigned                       i;
    const ngx_shop_flag_notice_t  *n;

    static const char *const  bad[] = {
        "mode: closed", "mode:", "mode: paths", "mode: paths checkout",
        "mode: full full", "mode: paths ,,", "mode: browse\nmode: brwse",
        "mode: paths /a?b=c", "mode: paths /a%zz", "mode: paths /../a"
    };

    (void) state;

    assert_int_equal(test_flag_parse("mode: Browse # x")->mode,
                     NGX_SHOP_FLAG_BROWSE);
    assert_int_equal(test_flag_notice.warnings_total, 0);

    assert_int_equal(test_flag_parse("mode: full")->mode, NGX_SHOP_FLAG_FULL);
    assert_int_equal(test_flag_notice.warnings_total, 0);

    for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        n = test_flag_parse(bad[i]);
        assert_int_equal(n->mode, NGX_SHOP_FLAG_FULL);
        assert_int_equal(n->npaths, 0);
        assert_true(n->warnings_total > 0);
    }

    n = test_flag_parse("mode: paths /a, cart x ,,/b  /c# # /d\n");
    assert_int_equal(n->mode, NGX_SHOP_FLAG_PATHS_ONLY);
    assert_int_equal(n->npaths, 2);
    test_flag_text_is(n, n->paths[0], "/a");
    test_flag_text_is(n, n->paths[1], "/b");
    assert_int_equal(n->warnings_total, 1);
    test_flag_warns(n, 0, 1, "begins with /", "cart");

    /* the last line wins as a whole */

    n = test_flag_parse("mode: paths /a /b\nmode: paths /c\n");
    assert_int_equal(n->npaths, 1);
    test_flag_text_is(n, n->paths[0], "/c");
    test_flag_warns(n, 0, 2, "again", "mode");

    /* what can match nothing is told */

    n = test_flag_parse("mode: paths /a /b?c\n");
    assert_int_equal(n->npaths, 1);
    test_flag_warns(n, 0, 1, "matches nothing", "/b?c");

    /* the paths of "browse" are those that take a POST */

    n = test_flag_parse("mode: browse /graphql, cart /*/rest\n");
    assert_int_equal(n->mode, NGX_SHOP_FLAG_BROWSE);
    assert_int_equal(n->npaths, 2);
    test_flag_text_is(n, n->paths[1], "/*/rest");
    assert_int_equal(n->warnings_total, 1);
    test_flag_warns(n, 0, 1, "begins with /", "cart");

    n = test_flag_parse("mode: paths /a /b\nmode: browse\n");
    assert_int_equal(n->npaths, 0);
    assert_int_equal(n->mode, NGX_SHOP_FLAG_BROWSE);
}


static void
test_keys_ends(void **state)
{
    const ngx_shop_flag_notice_t  *n;

    (void) state;

    assert_int_equal(test_flag_parse("end: eta")->end, NGX_SHOP_FLAG_END_ETA);
    assert_int_equal(test_flag_parse("end: manual")->end,
                     NGX_SHOP_FLAG_END_MANUAL);
    assert_int_equal(test_flag_notice.warnings_total, 0);

    n = test_flag_parse("end: healthy\nend: well");
    assert_int_equal(n->end, NGX_SHOP_FLAG_END_MANUAL);
    assert_int_equal(n->warnings_total, 2);
    test_flag_warns(n, 0, 2, "again", "end");
    test_flag_warns(n, 1, 2, "unknown end", "well");
}


static void
test_keys_languages(void **state)
{
    unsigned                       i;
    const ngx_shop_flag_notice_t  *n;

    static const char *const  bad[] = {
        "status.: x", "status.d: x", "status.de_AT: x", "status.1: x",
        "status.de-: x", "status..de: x", "status.de-toolongpart: x",
        "status.germanlang: x", "status.\xC3\xA4: x", "eta.de: +1h",
        "mode.de: full", "update.d: x"
    };

    (void) state;

    n = test_flag_parse("status: Hello\nstatus.de: no\nSTATUS.de: Hallo\n"
                        "status.pt-BR: Oi\nstatus.nl:\nreason.de: Strom\n"
                        "OFFER.de: 10 %\ncontact.de: a\ncontact.de: b\n"
                        "contact.de:\n");
    assert_int_equal(n->nlangs, 7);
    test_flag_text_is(n, n->langs[0].lang, "de");
    test_flag_text_is(n, n->langs[0].text, "Hallo");
    assert_int_equal(n->langs[0].said, NGX_SHOP_FLAG_SAID_STATUS);
    test_flag_text_is(n, n->langs[3].text, "Strom");
    assert_int_equal(n->langs[3].said, NGX_SHOP_FLAG_SAID_REASON);
    assert_int_equal(n->langs[4].said, NGX_SHOP_FLAG_SAID_OFFER);
    test_flag_text_is(n, n->langs[6].text, "b");
    assert_int_equal(n->langs[6].said, NGX_SHOP_FLAG_SAID_CONTACT);

    assert_int_equal(n->warnings_total, 3);
    test_flag_warns(n, 0, 3, "again", "de");
    test_flag_warns(n, 1, 5, "no value", "");
    test_flag_warns(n, 2, 10, "no value", "");

    for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        n = test_flag_parse(bad[i]);
        assert_int_equal(n->nlangs, 0);
        assert_int_equal(n->nupdates, 0);
        assert_int_equal(n->warnings_total, 1);
    }
}


/* "update.de" is the text of an update that is there, or one of its own */

static void
test_keys_update_languages(void **state)
{
    char                           text[8192];
    size_t                         len;
    unsigned                       i;
    const ngx_shop_flag_notice_t  *n;

    (void) state;

    /* in blocks, in pairs, and without times */

    n = test_flag_parse("update: 03:10 a\nupdate: 03:40 b\n"
                        "update.de: 03:10 A\nupdate.de: [03:40] B\n"
                        "update: c\nupdate.de: C\nupdate.fr: 03:10 AF\n");
    assert_int_equal(n->nupdates, 3);
    assert_int_equal(n->nlangs, 4);
    assert_int_equal(n->langs[0].nth, 0);
    test_flag_text_is(n, n->langs[0].text, "A");
    assert_int_equal(n->langs[1].nth, 1);
    test_flag_text_is(n, n->langs[1].text, "B");
    assert_int_equal(n->langs[2].nth, 2);
    assert_int_equal(n->langs[3].nth, 0);
    assert_int_equal(n->warnings_total, 0);

    /* what belongs to none stands alone */

    n = test_flag_parse("update.de: 03:10 A\nupdate.fr: 03:10 AF\n"
                        "update.de: 03:40 B\nupdate.de: C\nupdate.de: D\n");
    assert_int_equal(n->nupdates, 4);
    assert_int_equal(n->nlangs, 1);
    test_flag_text_is(n, n->updates[0].lang, "de");
    test_flag_text_is(n, n->updates[0].text, "A");
    assert_true(n->updates[0].at == TEST_FLAG_0310);
    test_flag_text_is(n, n->langs[0].text, "AF");
    test_flag_text_is(n, n->updates[3].text, "D");

    /* the oldest goes with all that it says */

    for (i = 1, len = 0; i <= 33; i++) {
        len += (size_t) sprintf(text + len, "update: u%u\nupdate.de: d%u\n"
                                "update.fr: f%u\n", i, i, i);
    }

    n = test_flag_parse(text);
    assert_int_equal(n->nupdates, 32);
    assert_int_equal(n->nlangs, 64);
    assert_int_equal(n->langs[0].nth, 0);
    test_flag_text_is(n, n->langs[0].text, "d2");
    assert_int_equal(n->langs[63].nth, 31);
    test_flag_text_is(n, n->langs[63].text, "f33");
}


static void
test_keys_updates(void **state)
{
    const ngx_shop_flag_notice_t  *n;

    (void) state;

    /* now is 04:00: a little ahead is a fast watch, more is yesterday */

    n = test_flag_parse("update: 04:15 a\nupdate: 04:16 b\n"
                        "update: [23:50]c\nupdate: 3:10 d\nupdate: 25:10 e\n"
                        "update: 03:10e\nupdate: [03:10 f\nupdate: 03:10\n"
                        "update:\nupdate: [03:10]\n");
    assert_int_equal(n->nupdates, 7);
    assert_true(n->updates[0].at == TEST_FLAG_NOW + 900);
    assert_true(n->updates[1].at == TEST_FLAG_NOW + 960 - 86400);
    assert_true(n->updates[2].at == TEST_FLAG_NOW - 4 * 3600 - 600);
    test_flag_text_is(n, n->updates[2].text, "c");
    assert_true(n->updates[3].at == 0);
    test_flag_text_is(n, n->updates[3].text, "3:10 d");
    assert_true(n->updates[4].at == 0);
    test_flag_text_is(n, n->updates[4].text, "25:10 e");
    test_flag_text_is(n, n->updates[5].text, "03:10e");
    test_flag_text_is(n, n->updates[6].text, "[03:10 f");

    assert_int_equal(n->warnings_total, 4);
    test_flag_warns(n, 0, 5, "no such time of day", "25:10");
    test_flag_warns(n, 1, 8, "no value", "");
    test_flag_warns(n, 2, 9, "no value", "");
    test_flag_warns(n, 3, 10, "no value", "");
}


static void
test_keys_given_again(void **state)
{
    const ngx_shop_flag_notice_t  *n;

    (void) state;

    n = test_flag_parse("status: a\neta: +1h\nstatus: b\neta: +2h\n"
                        "eta: x\n");
    test_flag_text_is(n, n->status, "b");
    assert_true(n->eta.at == 0);
    test_flag_text_is(n, n->eta.text, "x");
    assert_int_equal(n->warnings_total, 4);
    test_flag_warns(n, 0, 3, "again", "status");
    test_flag_warns(n, 1, 4, "again", "eta");
    test_flag_warns(n, 2, 5, "again", "eta");
    test_flag_warns(n, 3, 5, "not a time", "x");
}


static void
test_keys_too_many(void **state)
{
    char                           text[8192];
    size_t                         len;
    unsigned                       i;
    const ngx_shop_flag_notice_t  *n;

    (void) state;

    for (i = 1, len = 0; i <= 10; i++) {
        len += (size_t) sprintf(text + len, "contact: c%u\n", i);
    }

    n = test_flag_parse(text);
    assert_int_equal(n->ncontacts, 8);
    test_flag_text_is(n, n->contacts[7], "c8");
    assert_int_equal(n->warnings_total, 2);
    test_flag_warns(n, 0, 9, "more than 8", "c9");

    /* of updates the newest stay */

    for (i = 1, len = 0; i <= 34; i++) {
        len += (size_t) sprintf(text + len, "update: u%u\n", i);
    }

    n = test_flag_parse(text);
    assert_int_equal(n->nupdates, 32);
    test_flag_text_is(n, n->updates[0].text, "u3");
    test_flag_text_is(n, n->updates[31].text, "u34");
    assert_int_equal(n->warnings_total, 2);
    test_flag_warns(n, 0, 33, "more than 32", "u1");
    test_flag_warns(n, 1, 34, "more than 32", "u2");

    for (i = 0, len = 0; i < 130; i++) {
        len += (size_t) sprintf(text + len, "reason.%c%c: t\n", 'a' + i / 26,
                                'a' + i % 26);
    }

    n = test_flag_parse(text);
    assert_int_equal(n->nlangs, 128);
    assert_int_equal(n->warnings_total, 2);
    test_flag_warns(n, 0, 129, "more than 128", "ey");

    for (i = 1, len = 0; i <= 9; i++) {
        len += (size_t) sprintf(text + len, "contact.de: c%u\n", i);
    }

    n = test_flag_parse(text);
    assert_int_equal(n->nlangs, 8);
    test_flag_warns(n, 0, 9, "more than 8", "c9");

    len = (size_t) sprintf(text, "mode: paths");

    for (i = 1; i <= 35; i++) {
        len += (size_t) sprintf(text + len, " /p%u", i);
    }

    n = test_flag_parse(text);
    assert_int_equal(n->npaths, 32);
    assert_int_equal(n->mode, NGX_SHOP_FLAG_PATHS_ONLY);
    test_flag_warns(n, 0, 1, "more than 32", "/p33");

    /* warnings beyond the table are counted */

    for (i = 1, len = 0; i <= 20; i++) {
        len += (size_t) sprintf(text + len, "k%u: v\n", i);
    }

    n = test_flag_parse(text);
    assert_int_equal(n->nwarnings, 16);
    assert_int_equal(n->warnings_total, 20);
}


static void
test_keys_too_long(void **state)
{
    char                           text[2048];
    const ngx_shop_flag_notice_t  *n;

    (void) state;

    /* 499 bytes, then a character of two: it does not fit as a whole */

    memset(text, 'a', sizeof(text));
    memcpy(text, "reason: ", 8);
    strcpy(text + 8 + 499, "\xC3\xBC");

    n = test_flag_parse(text);
    assert_int_equal(n->reason.len, 499);
    assert_int_equal(n->warnings_total, 1);
    assert_int_equal(n->warnings[0].what.len, NGX_SHOP_FLAG_WHAT_MAX);

    strcpy(text + 8 + 498, "\xC3\xBC");
    n = test_flag_parse(text);
    assert_int_equal(n->reason.len, 500);
    assert_int_equal(n->warnings_total, 0);

    memcpy(text, "update: ", 8);
    strcpy(text + 8 + 600, "\n");
    memset(text + 8 + 490, 'a', 110);
    n = test_flag_parse(text);
    assert_int_equal(n->updates[0].text.len, 500);
    assert_int_equal(n->warnings_total, 1);
}


/* the next notice, of a file that was written "later" seconds after prev's */

static const ngx_shop_flag_notice_t *
test_keys_then(const char *text, int64_t later)
{
    ngx_shop_flag_parse(&test_keys_other, &test_flag_notice,
                        (const unsigned char *) text, strlen(text),
                        TEST_FLAG_NOW + later, TEST_FLAG_NOW + later);
    return &test_keys_other;
}


static void
test_keys_kept_times(void **state)
{
    const ngx_shop_flag_notice_t  *n;

    (void) state;

    test_flag_parse("eta: +45m\nuntil: 04:30\nnext-update: +20m\n"
                    "update: 03:10 a\nupdate: 03:10 b\n");

    /* an update is appended an hour later: 04:30 has passed meanwhile */

    n = test_keys_then("# x\nuntil:  04:30 # y\neta: +45m\n"
                       "next-update: +21m\n"
                       "update: 03:10 a\nupdate: 04:50 c\n", 3600);
    assert_true(n->eta.at == TEST_FLAG_NOW + 2700);
    assert_true(n->until.at == TEST_FLAG_0430);
    assert_true(n->next_update.at == TEST_FLAG_NOW + 3600 + 21 * 60);
    assert_true(n->updates[0].at == TEST_FLAG_0310);
    assert_true(n->updates[1].at == TEST_FLAG_NOW + 3000);

    /* a day later: what was said yesterday stays of yesterday */

    n = test_keys_then("update: 03:10 a\nupdate: [03:10]   b\n"
                       "update: 03:11 a\nupdate: 03:10 c\n", 86400);
    assert_true(n->updates[0].at == TEST_FLAG_0310);
    assert_true(n->updates[1].at == TEST_FLAG_0310);
    assert_true(n->updates[2].at == TEST_FLAG_0310 + 86460);
    assert_true(n->updates[3].at == TEST_FLAG_0310 + 86400);

    /* the same text under another key is another promise */

    n = test_keys_then("next-update: +45m\n", 60);
    assert_true(n->next_update.at == TEST_FLAG_NOW + 60 + 2700);

    /* what was bad is looked at again */

    test_flag_parse("eta: x\n");
    n = test_keys_then("eta: x\n", 60);
    assert_true(n->eta.at == 0);
    assert_int_equal(n->warnings_total, 1);
}


static void
test_keys_anchor(void **state)
{
    unsigned  i;

    static const struct {
        int64_t  mtime;
        int64_t  now;
        int64_t  at;
    } rows[] = {
        { TEST_FLAG_NOW - 60, TEST_FLAG_NOW, TEST_FLAG_NOW },
        { TEST_FLAG_NOW + 60, TEST_FLAG_NOW, TEST_FLAG_NOW + 60 },
        { 0, TEST_FLAG_NOW, TEST_FLAG_NOW + 60 },
        { -1, TEST_FLAG_NOW, TEST_FLAG_NOW + 60 },
        { INT64_MAX, INT64_MAX, 0 },
        { INT64_MIN, INT64_MIN, 0 }
    };

    static const unsigned char  text[] = "eta: +1m\nupdate: 04:10 x";

    (void) state;

    for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        ngx_shop_flag_parse(&test_flag_notice, NULL, text, sizeof(text) - 1,
                            rows[i].mtime, rows[i].now);
        assert_true(test_flag_notice.eta.at == rows[i].at);
    }
}


static void
test_keys_hosts(void **state)
{
    unsigned                       i;
    size_t                         len;
    char                           text[2048];
    ngx_shop_str_t                 host;
    const ngx_shop_flag_notice_t  *n;

    (void) state;

    n = test_flag_parse("hosts: a.example, *.b.example shop.* # not c.example");
    assert_int_equal(n->nhosts, 3);
    assert_int_equal(n->warnings_total, 0);
    test_flag_text_is(n, n->hosts[1], "*.b.example");

    host.data = (const unsigned char *) "x.B.example";
    host.len = 11;
    assert_true(ngx_shop_flag_about(n, &host));
    host.len = 9;
    assert_false(ngx_shop_flag_about(n, &host));
    host.len = 0;
    assert_false(ngx_shop_flag_about(n, &host));
    assert_true(ngx_shop_flag_about(test_flag_parse(""), &host));

    /* a bad one is left out; without any it is about nobody */

    n = test_flag_parse("hosts: a.example:80 b.example b.*.c\n");
    assert_int_equal(n->nhosts, 1);
    assert_int_equal(n->warnings_total, 2);
    test_flag_warns(n, 0, 1, "without a port", "a.example:80");
    test_flag_warns(n, 1, 1, "stands alone in front", "b.*.c");

    n = test_flag_parse("hosts:\n");
    assert_int_equal(n->nhosts, 0);
    assert_int_equal(n->hosts_given, 1);
    test_flag_warns(n, 0, 1, "closes nobody", "");

    n = test_flag_parse("hosts: a.example\nhosts: b.example\n");
    assert_int_equal(n->nhosts, 1);
    test_flag_text_is(n, n->hosts[0], "b.example");
    test_flag_warns(n, 0, 2, "given again", "hosts");

    len = (size_t) sprintf(text, "hosts:");

    for (i = 1; i <= 33; i++) {
        len += (size_t) sprintf(text + len, " h%u.example", i);
    }

    n = test_flag_parse(text);
    assert_int_equal(n->nhosts, 32);
    test_flag_warns(n, 0, 1, "more than 32 hosts", "h33.example");

    len = (size_t) sprintf(text, "hosts:");

    for (i = 0; i < 6; i++) {
        len += (size_t) sprintf(text + len, " a%0200u", i);
    }

    n = test_flag_parse(text);
    assert_int_equal(n->nhosts, 4);
    assert_int_equal(n->warnings_total, 2);
}


static void
test_keys_reasons(void **state)
{
    unsigned  i;

    (void) state;

    for (i = 0; ngx_shop_flag_reason(i); i++) {
        assert_true(strlen(ngx_shop_flag_reason(i)) > 5);
    }

    assert_int_equal(i, 24 + 17);
    assert_null(ngx_shop_flag_reason(65535));
}


int
main(void)
{
    const struct CMUnitTest  tests[] = {
        test_flag_row("times, good and bad", test_keys_times),
        test_flag_row("a bad start does not close the shop now",
                      test_keys_bad_start),
        test_flag_row("modes, and full where one is bad", test_keys_modes),
        test_flag_row("ends, and manual where one is bad", test_keys_ends),
        test_flag_row("texts in a language", test_keys_languages),
        test_flag_row("updates in a language", test_keys_update_languages),
        test_flag_row("updates and when they were said",
                      test_keys_updates),
        test_flag_row("of keys given again the last counts",
                      test_keys_given_again),
        test_flag_row("too many of anything", test_keys_too_many),
        test_flag_row("texts that are too long are cut between characters",
                      test_keys_too_long),
        test_flag_row("a line that stays keeps its time",
                      test_keys_kept_times),
        test_flag_row("what times are counted from", test_keys_anchor),
        test_flag_row("hosts that it is about", test_keys_hosts),
        test_flag_row("every reason has a text", test_keys_reasons)
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
