
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * The flag file: what each line means, what a bad one does, and that neither
 * a torn nor a damaged file can break more than the line it touches.
 */


#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <cmocka.h>

#include "logic/flag.h"
#include "logic/site.h"
#include "logic/utf8.h"


/* 2026-11-21 04:00 in Berlin, when all of these files are written */
#define TEST_FLAG_NOW   ((int64_t) 1795230000)

/* 04:30, 03:10 and 03:40 of that night */
#define TEST_FLAG_0430  (TEST_FLAG_NOW + 1800)
#define TEST_FLAG_0310  (TEST_FLAG_NOW - 3000)
#define TEST_FLAG_0340  (TEST_FLAG_NOW - 1200)


static ngx_shop_failover_notice_t  test_flag_notice;
static ngx_shop_failover_notice_t  test_flag_other;


static const char  test_flag_full[] =
    "# who: anna, ticket 4711\n"
    "status: We are repairing the order database.\n"
    "status.de: Wir reparieren die Bestelldatenbank f\xC3\xBCr Sie.\n"
    "reason: A disk is full.\n"
    "offer: SORRY10\n"
    "eta: +45m\n"
    "start: 2026-11-21 03:00\n"
    "until: 2026-11-21T09:00:00+01:00\n"
    "end: healthy\n"
    "next-update: +20m\n"
    "contact: Order by phone: +49 800 123456, daily 6:00-22:00\n"
    "contact: mailto:help@shop.example\n"
    "mode: paths /checkout /cart\n"
    "update: 03:10 Cause found. Orders placed before 02:40 are stored.\n"
    "update: [03:40] Restore is half done.\n"
    "update: Almost there.\n";


static int
test_flag_setup(void **state)
{
    (void) state;

    /* Berlin, with its rules written out */

    setenv("TZ", "CET-1CEST,M3.5.0,M10.5.0/3", 1);
    tzset();

    memset(&test_flag_notice, 0xA5, sizeof(test_flag_notice));

    return 0;
}


static const ngx_shop_failover_notice_t *
test_flag_parse(const char *text)
{
    ngx_shop_failover_flag_parse(&test_flag_notice, NULL,
                                 (const unsigned char *) text, strlen(text),
                                 TEST_FLAG_NOW, TEST_FLAG_NOW);
    return &test_flag_notice;
}


static void
test_flag_text_is(const ngx_shop_failover_notice_t *n,
    ngx_shop_failover_span_t span, const char *expected)
{
    char                     buf[NGX_SHOP_FAILOVER_FLAG_MAX_SIZE + 1];
    ngx_shop_failover_str_t  s;

    s = ngx_shop_failover_flag_text(n, span);
    memcpy(buf, s.data, s.len);
    buf[s.len] = '\0';

    assert_string_equal(buf, expected);
}


/* the warning i of the notice: its line, a part of its reason, its piece */

static void
test_flag_warns(const ngx_shop_failover_notice_t *n, unsigned i,
    unsigned line, const char *reason, const char *what)
{
    const char  *text;

    assert_true(i < n->nwarnings);
    assert_int_equal(n->warnings[i].line, line);

    text = ngx_shop_failover_flag_reason(n->warnings[i].reason);
    assert_non_null(text);

    if (strstr(text, reason) == NULL) {
        fail_msg("\"%s\" does not say \"%s\"", text, reason);
    }

    test_flag_text_is(n, n->warnings[i].what, what);
}


static void
test_flag_span_holds(const ngx_shop_failover_notice_t *n,
    ngx_shop_failover_span_t span, size_t max)
{
    size_t                len, bad;
    const unsigned char  *p, *last;

    assert_true((size_t) span.off + span.len <= n->text_len);
    assert_true(span.len <= max);

    p = n->text + span.off;

    for (last = p + span.len; p < last; p += len) {
        len = ngx_shop_failover_utf8_next(p, last, &bad);
        assert_true(len > 0);
        assert_true(*p >= 0x20 && *p != 0x7F);
    }
}


/* what must be true of every notice, whatever was read */

static void
test_flag_holds(const ngx_shop_failover_notice_t *n, size_t size)
{
    unsigned  i;

    assert_true(n->text_len <= size);
    assert_true(n->mode <= NGX_SHOP_FAILOVER_FLAG_PATHS_ONLY);
    assert_true(n->end <= NGX_SHOP_FAILOVER_FLAG_END_HEALTHY);
    assert_true(n->nlangs <= NGX_SHOP_FAILOVER_FLAG_LANGS);
    assert_true(n->ncontacts <= NGX_SHOP_FAILOVER_FLAG_CONTACTS);
    assert_true(n->nupdates <= NGX_SHOP_FAILOVER_FLAG_UPDATES);
    assert_true(n->npaths <= NGX_SHOP_FAILOVER_FLAG_PATHS);
    assert_true(n->nwarnings <= NGX_SHOP_FAILOVER_FLAG_WARNINGS);
    assert_true(n->nwarnings <= n->warnings_total);
    assert_true((n->mode == NGX_SHOP_FAILOVER_FLAG_PATHS_ONLY)
                == (n->npaths > 0));

    test_flag_span_holds(n, n->status, NGX_SHOP_FAILOVER_FLAG_TEXT_MAX);
    test_flag_span_holds(n, n->reason, NGX_SHOP_FAILOVER_FLAG_TEXT_MAX);
    test_flag_span_holds(n, n->offer, NGX_SHOP_FAILOVER_FLAG_TEXT_MAX);
    test_flag_span_holds(n, n->eta.text, NGX_SHOP_FAILOVER_FLAG_TEXT_MAX);
    test_flag_span_holds(n, n->start.text, NGX_SHOP_FAILOVER_FLAG_TEXT_MAX);
    test_flag_span_holds(n, n->until.text, NGX_SHOP_FAILOVER_FLAG_TEXT_MAX);
    test_flag_span_holds(n, n->next_update.text,
                         NGX_SHOP_FAILOVER_FLAG_TEXT_MAX);

    for (i = 0; i < n->nlangs; i++) {
        test_flag_span_holds(n, n->langs[i].lang,
                             NGX_SHOP_FAILOVER_FLAG_MAX_SIZE);
        test_flag_span_holds(n, n->langs[i].text,
                             NGX_SHOP_FAILOVER_FLAG_TEXT_MAX);
    }

    for (i = 0; i < n->ncontacts; i++) {
        test_flag_span_holds(n, n->contacts[i],
                             NGX_SHOP_FAILOVER_FLAG_TEXT_MAX);
    }

    for (i = 0; i < n->nupdates; i++) {
        assert_true(n->updates[i].text.len > 0);
        test_flag_span_holds(n, n->updates[i].text,
                             NGX_SHOP_FAILOVER_FLAG_TEXT_MAX);
    }

    for (i = 0; i < n->npaths; i++) {
        assert_int_equal(n->text[n->paths[i].off], '/');
        test_flag_span_holds(n, n->paths[i], NGX_SHOP_FAILOVER_FLAG_MAX_SIZE);
    }

    for (i = 0; i < n->nwarnings; i++) {
        assert_true(n->warnings[i].line > 0);
        assert_non_null(ngx_shop_failover_flag_reason(n->warnings[i].reason));
        test_flag_span_holds(n, n->warnings[i].what,
                             NGX_SHOP_FAILOVER_FLAG_WHAT_MAX);
    }
}


static void
test_flag_empty(void **state)
{
    const ngx_shop_failover_notice_t  *n;

    (void) state;

    n = test_flag_parse("");

    memset(&test_flag_other, 0, sizeof(test_flag_other));
    assert_memory_equal(n, &test_flag_other, sizeof(test_flag_other));

    n = test_flag_parse("\n\r\n   \n# eta: +45m\n  # \xFF\x01\n");
    assert_int_equal(n->warnings_total, 0);
    assert_int_equal(n->eta.text.len, 0);
    assert_int_equal(n->status.len, 0);
}


static void
test_flag_whole(void **state)
{
    const ngx_shop_failover_notice_t  *n;

    (void) state;

    n = test_flag_parse(test_flag_full);
    test_flag_holds(n, strlen(test_flag_full));

    assert_int_equal(n->warnings_total, 0);
    test_flag_text_is(n, n->status, "We are repairing the order database.");
    assert_int_equal(n->nlangs, 1);
    test_flag_text_is(n, n->langs[0].lang, "de");
    test_flag_text_is(n, n->langs[0].text,
                      "Wir reparieren die Bestelldatenbank f\xC3\xBCr Sie.");
    test_flag_text_is(n, n->reason, "A disk is full.");
    test_flag_text_is(n, n->offer, "SORRY10");

    test_flag_text_is(n, n->eta.text, "+45m");
    assert_true(n->eta.at == TEST_FLAG_NOW + 2700);
    test_flag_text_is(n, n->start.text, "2026-11-21 03:00");
    assert_true(n->start.at == TEST_FLAG_NOW - 3600);
    assert_int_equal(n->bad_start, 0);
    assert_true(n->until.at == TEST_FLAG_NOW + 5 * 3600);
    assert_true(n->next_update.at == TEST_FLAG_NOW + 1200);
    assert_int_equal(n->end, NGX_SHOP_FAILOVER_FLAG_END_HEALTHY);

    assert_int_equal(n->ncontacts, 2);
    test_flag_text_is(n, n->contacts[0],
                      "Order by phone: +49 800 123456, daily 6:00-22:00");
    test_flag_text_is(n, n->contacts[1], "mailto:help@shop.example");

    assert_int_equal(n->mode, NGX_SHOP_FAILOVER_FLAG_PATHS_ONLY);
    assert_int_equal(n->npaths, 2);
    test_flag_text_is(n, n->paths[0], "/checkout");
    test_flag_text_is(n, n->paths[1], "/cart");

    assert_int_equal(n->nupdates, 3);
    assert_true(n->updates[0].at == TEST_FLAG_0310);
    test_flag_text_is(n, n->updates[0].text,
                     "Cause found. Orders placed before 02:40 are stored.");
    assert_true(n->updates[1].at == TEST_FLAG_0340);
    test_flag_text_is(n, n->updates[1].text, "Restore is half done.");
    assert_true(n->updates[2].at == 0);
    test_flag_text_is(n, n->updates[2].text, "Almost there.");
}


/* of a prefix that ends with a line, what the whole says after it is absent */

static void
test_flag_every_prefix(void **state)
{
    size_t                             n, size;
    unsigned char                     *data;
    const ngx_shop_failover_notice_t  *notice;

    (void) state;

    size = strlen(test_flag_full);
    notice = &test_flag_notice;

    for (n = 0; n <= size; n++) {

        /* a piece of memory of its own: not a byte beyond it may be read */

        data = malloc(n ? n : 1);
        assert_non_null(data);
        memcpy(data, test_flag_full, n);

        ngx_shop_failover_flag_parse(&test_flag_notice, NULL, data, n,
                                     TEST_FLAG_NOW, TEST_FLAG_NOW);
        test_flag_holds(notice, n);
        assert_memory_equal(notice->text, test_flag_full,
                            notice->text_len > 2 ? notice->text_len - 2 : 0);

        if (n == 0 || data[n - 1] == '\n') {
            assert_int_equal(notice->warnings_total, 0);
            assert_int_equal(notice->text_len, n);

        } else {
            assert_true(notice->warnings_total <= 2);
        }

        free(data);
    }
}


static void
test_flag_every_byte_changed(void **state)
{
    size_t         i, size;
    unsigned       ch;
    unsigned char  data[sizeof(test_flag_full)];

    (void) state;

    size = strlen(test_flag_full);
    memcpy(data, test_flag_full, size);

    for (i = 0; i < size; i++) {
        for (ch = 0; ch < 256; ch++) {
            data[i] = (unsigned char) ch;

            ngx_shop_failover_flag_parse(&test_flag_notice, NULL, data, size,
                                         TEST_FLAG_NOW, TEST_FLAG_NOW);
            test_flag_holds(&test_flag_notice, size);

            /* one byte is in one line, or makes one line of two */

            assert_true(test_flag_notice.nupdates >= 2);
            assert_true(test_flag_notice.ncontacts >= 1);
            assert_true((test_flag_notice.status.len > 0)
                        + (test_flag_notice.reason.len > 0)
                        + (test_flag_notice.offer.len > 0) >= 2);
            assert_true(test_flag_notice.warnings_total <= 3);
        }

        data[i] = (unsigned char) test_flag_full[i];
    }
}


/* all of the shop, whoever was there before */

static void
test_flag_closes(const unsigned char *data, size_t size)
{
    ngx_shop_failover_flag_parse(&test_flag_notice, NULL, data, size,
                                 TEST_FLAG_NOW, TEST_FLAG_NOW);
    test_flag_holds(&test_flag_notice, size);

    assert_int_equal(ngx_shop_failover_site_flag(&test_flag_notice,
                                           NGX_SHOP_FAILOVER_FLAG_STATE_OPEN,
                                           TEST_FLAG_NOW),
                     NGX_SHOP_FAILOVER_FLAG_STATE_CLOSED);
    assert_int_equal(test_flag_notice.mode, NGX_SHOP_FAILOVER_FLAG_FULL);
}


/* the file that the documentation shows, torn or with any one byte wrong */

static void
test_flag_keeps_closed(void **state)
{
    size_t         i, size;
    unsigned       ch;
    unsigned char  data[512], byte;

    static const char  shown[] =
        "# who: anna, ticket 4711\n"
        "status: We are repairing the order database.\n"
        "status.de: Wir reparieren die Bestelldatenbank.\n"
        "eta: +45m\n"
        "next-update: +20m\n"
        "contact: Order by phone: +49 800 123456, daily 6:00-22:00\n"
        "mode: full\n"
        "update: 03:10 Cause found. Orders placed before 02:40 are stored.\n"
        "update: 03:40 Restore is half done.\n";

    (void) state;

    size = sizeof(shown) - 1;
    assert_true(size <= sizeof(data));
    memcpy(data, shown, size);

    for (i = 0; i <= size; i++) {
        test_flag_closes(data, i);
    }

    for (i = 0; i < size; i++) {
        byte = data[i];

        for (ch = 0; ch < 256; ch++) {
            data[i] = (unsigned char) ch;
            test_flag_closes(data, size);
        }

        data[i] = byte;
    }
}


static void
test_flag_lines(void **state)
{
    const ngx_shop_failover_notice_t  *n;

    (void) state;

    /* CRLF, a BOM, spaces, tabs, case, no end of the last line */

    n = test_flag_parse("\xEF\xBB\xBF" "status: a\r\n\t Eta \t:+45m\t\r\n"
                        "  OFFER :b: c # d\r\n\r\nreason:e");
    assert_int_equal(n->warnings_total, 0);
    test_flag_text_is(n, n->status, "a");
    test_flag_text_is(n, n->eta.text, "+45m");
    test_flag_text_is(n, n->offer, "b: c # d");
    test_flag_text_is(n, n->reason, "e");

    /* a CRLF of which the LF is not there yet */

    n = test_flag_parse("eta: +45m\r");
    assert_int_equal(n->warnings_total, 0);
    assert_true(n->eta.at == TEST_FLAG_NOW + 2700);

    n = test_flag_parse("a\n\nb: c\n: d\nstatus e\nreason\n");
    assert_int_equal(n->warnings_total, 5);
    test_flag_warns(n, 0, 1, "no \":\"", "a");
    test_flag_warns(n, 1, 3, "unknown key", "b: c");
    test_flag_warns(n, 2, 4, "unknown key", ": d");
    test_flag_warns(n, 3, 5, "no \":\"", "status e");
    test_flag_warns(n, 4, 6, "no \":\"", "reason");
    assert_int_equal(n->status.len, 0);
}


static void
test_flag_bytes(void **state)
{
    const ngx_shop_failover_notice_t  *n;

    static const unsigned char  nul[] = "status: a\0b";

    (void) state;

    /* one "?" for each ill-formed piece, as long as the longest wrong one */

    n = test_flag_parse("status: f\xFCr \xE2\x82 \xED\xA0\x80 \xC0\xAF.\n");
    test_flag_text_is(n, n->status, "f?r ? ??? ??.");
    assert_int_equal(n->warnings_total, 1);
    test_flag_warns(n, 0, 1, "UTF-8", "status: f?r ? ??? ??.");

    n = test_flag_parse("status: a\x1B[31m\x7F\xC2\x85" "b\tc\rd\n");
    test_flag_text_is(n, n->status, "a[31mb cd");
    assert_int_equal(n->warnings_total, 1);
    test_flag_warns(n, 0, 1, "control", "status: a[31mb cd");

    ngx_shop_failover_flag_parse(&test_flag_notice, NULL, nul, 11,
                                 TEST_FLAG_NOW, TEST_FLAG_NOW);
    test_flag_text_is(&test_flag_notice, test_flag_notice.status, "ab");

    n = test_flag_parse("status: <b>&amp;</b> \xE2\x80\xAE \xF0\x9F\x98\x80");
    test_flag_text_is(n, n->status,
                      "<b>&amp;</b> \xE2\x80\xAE \xF0\x9F\x98\x80");
    assert_int_equal(n->warnings_total, 0);
}


static void
test_flag_times(void **state)
{
    const ngx_shop_failover_notice_t  *n;

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
test_flag_bad_start(void **state)
{
    unsigned                           i;
    const ngx_shop_failover_notice_t  *n;

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
test_flag_modes(void **state)
{
    unsigned                           i;
    const ngx_shop_failover_notice_t  *n;

    static const char *const  bad[] = {
        "mode: closed", "mode:", "mode: paths", "mode: paths checkout",
        "mode: browse /cart", "mode: full full", "mode: paths ,,",
        "mode: browse\nmode: brwse"
    };

    (void) state;

    assert_int_equal(test_flag_parse("mode: Browse # x")->mode,
                     NGX_SHOP_FAILOVER_FLAG_BROWSE);
    assert_int_equal(test_flag_notice.warnings_total, 0);

    assert_int_equal(test_flag_parse("mode: full")->mode,
                     NGX_SHOP_FAILOVER_FLAG_FULL);
    assert_int_equal(test_flag_notice.warnings_total, 0);

    for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        n = test_flag_parse(bad[i]);
        assert_int_equal(n->mode, NGX_SHOP_FAILOVER_FLAG_FULL);
        assert_int_equal(n->npaths, 0);
        assert_true(n->warnings_total > 0);
    }

    n = test_flag_parse("mode: paths /a, cart x ,,/b  /c# # /d\n");
    assert_int_equal(n->mode, NGX_SHOP_FAILOVER_FLAG_PATHS_ONLY);
    assert_int_equal(n->npaths, 3);
    test_flag_text_is(n, n->paths[0], "/a");
    test_flag_text_is(n, n->paths[1], "/b");
    test_flag_text_is(n, n->paths[2], "/c#");
    assert_int_equal(n->warnings_total, 1);
    test_flag_warns(n, 0, 1, "begins with /", "cart");

    /* the last line wins as a whole */

    n = test_flag_parse("mode: paths /a /b\nmode: paths /c\n");
    assert_int_equal(n->npaths, 1);
    test_flag_text_is(n, n->paths[0], "/c");
    test_flag_warns(n, 0, 2, "again", "mode");

    n = test_flag_parse("mode: paths /a /b\nmode: browse\n");
    assert_int_equal(n->npaths, 0);
    assert_int_equal(n->mode, NGX_SHOP_FAILOVER_FLAG_BROWSE);
}


static void
test_flag_ends(void **state)
{
    const ngx_shop_failover_notice_t  *n;

    (void) state;

    assert_int_equal(test_flag_parse("end: eta")->end,
                     NGX_SHOP_FAILOVER_FLAG_END_ETA);
    assert_int_equal(test_flag_parse("end: manual")->end,
                     NGX_SHOP_FAILOVER_FLAG_END_MANUAL);
    assert_int_equal(test_flag_notice.warnings_total, 0);

    n = test_flag_parse("end: healthy\nend: well");
    assert_int_equal(n->end, NGX_SHOP_FAILOVER_FLAG_END_MANUAL);
    assert_int_equal(n->warnings_total, 2);
    test_flag_warns(n, 0, 2, "again", "end");
    test_flag_warns(n, 1, 2, "unknown end", "well");
}


static void
test_flag_languages(void **state)
{
    unsigned                           i;
    ngx_shop_failover_str_t            s;
    const ngx_shop_failover_notice_t  *n;

    static const struct {
        const char  *lang;
        const char  *text;
    } rows[] = {
        { "de", "Hallo" }, { "DE", "Hallo" }, { "de-AT", "Hallo" },
        { "de-Latn-CH-1996", "Hallo" }, { "pt-BR", "Oi" }, { "pt", "Hello" },
        { "d", "Hello" }, { "deu", "Hello" }, { "fr", "Hello" },
        { "", "Hello" }, { "-", "Hello" }, { "nl", "" }
    };

    static const char *const  bad[] = {
        "status.: x", "status.d: x", "status.de_AT: x", "status.1: x",
        "status.de-: x", "status..de: x", "status.de-toolongpart: x",
        "status.germanlang: x", "status.\xC3\xA4: x"
    };

    (void) state;

    n = test_flag_parse("status: Hello\nstatus.de: no\nSTATUS.de: Hallo\n"
                        "status.pt-BR: Oi\nstatus.nl:\n");
    assert_int_equal(n->nlangs, 3);
    assert_int_equal(n->warnings_total, 2);
    test_flag_warns(n, 0, 3, "again", "de");
    test_flag_warns(n, 1, 5, "no value", "");

    for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        s.data = (const unsigned char *) rows[i].lang;
        s.len = strlen(rows[i].lang);
        s = ngx_shop_failover_flag_status(n, &s);

        assert_int_equal(s.len, strlen(rows[i].text));
        assert_memory_equal(s.data, rows[i].text, s.len);
    }

    for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        n = test_flag_parse(bad[i]);
        assert_int_equal(n->nlangs, 0);
        assert_int_equal(n->warnings_total, 1);
    }
}


static void
test_flag_updates(void **state)
{
    const ngx_shop_failover_notice_t  *n;

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
test_flag_given_again(void **state)
{
    const ngx_shop_failover_notice_t  *n;

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
test_flag_too_many(void **state)
{
    char                               text[8192];
    size_t                             len;
    unsigned                           i;
    const ngx_shop_failover_notice_t  *n;

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

    for (i = 0, len = 0; i < 26; i++) {
        len += (size_t) sprintf(text + len, "status.x%c: t\n", 'a' + i);
    }

    n = test_flag_parse(text);
    assert_int_equal(n->nlangs, 24);
    assert_int_equal(n->warnings_total, 2);
    test_flag_warns(n, 0, 25, "more than 24", "xy");

    len = (size_t) sprintf(text, "mode: paths");

    for (i = 1; i <= 35; i++) {
        len += (size_t) sprintf(text + len, " /p%u", i);
    }

    n = test_flag_parse(text);
    assert_int_equal(n->npaths, 32);
    assert_int_equal(n->mode, NGX_SHOP_FAILOVER_FLAG_PATHS_ONLY);
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
test_flag_too_long(void **state)
{
    char                               text[2048];
    const ngx_shop_failover_notice_t  *n;

    (void) state;

    /* 499 bytes, then a character of two: it does not fit as a whole */

    memset(text, 'a', sizeof(text));
    memcpy(text, "reason: ", 8);
    strcpy(text + 8 + 499, "\xC3\xBC");

    n = test_flag_parse(text);
    assert_int_equal(n->reason.len, 499);
    assert_int_equal(n->warnings_total, 1);
    assert_int_equal(n->warnings[0].what.len, NGX_SHOP_FAILOVER_FLAG_WHAT_MAX);

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


static void
test_flag_too_big(void **state)
{
    static unsigned char  data[NGX_SHOP_FAILOVER_FLAG_MAX_SIZE + 100];

    (void) state;

    /* every byte is a line, and its own warning */

    memset(data, '\n', sizeof(data));
    data[NGX_SHOP_FAILOVER_FLAG_MAX_SIZE - 1] = 'x';

    ngx_shop_failover_flag_parse(&test_flag_notice, NULL, data, sizeof(data),
                                 TEST_FLAG_NOW, TEST_FLAG_NOW);
    test_flag_holds(&test_flag_notice, NGX_SHOP_FAILOVER_FLAG_MAX_SIZE);
    test_flag_warns(&test_flag_notice, 0, NGX_SHOP_FAILOVER_FLAG_MAX_SIZE,
                    "no \":\"", "x");

    memset(data, '\xFF', sizeof(data));
    ngx_shop_failover_flag_parse(&test_flag_notice, NULL, data, sizeof(data),
                                 TEST_FLAG_NOW, TEST_FLAG_NOW);
    assert_int_equal(test_flag_notice.text_len,
                     NGX_SHOP_FAILOVER_FLAG_MAX_SIZE);
    test_flag_holds(&test_flag_notice, NGX_SHOP_FAILOVER_FLAG_MAX_SIZE);
}


/* the next notice, of a file that was written "later" seconds after prev's */

static const ngx_shop_failover_notice_t *
test_flag_then(const char *text, int64_t later)
{
    ngx_shop_failover_flag_parse(&test_flag_other, &test_flag_notice,
                                 (const unsigned char *) text, strlen(text),
                                 TEST_FLAG_NOW + later, TEST_FLAG_NOW + later);
    return &test_flag_other;
}


static void
test_flag_kept_times(void **state)
{
    const ngx_shop_failover_notice_t  *n;

    (void) state;

    test_flag_parse("eta: +45m\nuntil: 04:30\nnext-update: +20m\n"
                    "update: 03:10 a\nupdate: 03:10 b\n");

    /* an update is appended an hour later: 04:30 has passed meanwhile */

    n = test_flag_then("# x\nuntil:  04:30 # y\neta: +45m\n"
                       "next-update: +21m\n"
                       "update: 03:10 a\nupdate: 04:50 c\n", 3600);
    assert_true(n->eta.at == TEST_FLAG_NOW + 2700);
    assert_true(n->until.at == TEST_FLAG_0430);
    assert_true(n->next_update.at == TEST_FLAG_NOW + 3600 + 21 * 60);
    assert_true(n->updates[0].at == TEST_FLAG_0310);
    assert_true(n->updates[1].at == TEST_FLAG_NOW + 3000);

    /* a day later: what was said yesterday stays of yesterday */

    n = test_flag_then("update: 03:10 a\nupdate: [03:10]   b\n"
                       "update: 03:11 a\nupdate: 03:10 c\n", 86400);
    assert_true(n->updates[0].at == TEST_FLAG_0310);
    assert_true(n->updates[1].at == TEST_FLAG_0310);
    assert_true(n->updates[2].at == TEST_FLAG_0310 + 86460);
    assert_true(n->updates[3].at == TEST_FLAG_0310 + 86400);

    /* the same text under another key is another promise */

    n = test_flag_then("next-update: +45m\n", 60);
    assert_true(n->next_update.at == TEST_FLAG_NOW + 60 + 2700);

    /* what was bad is looked at again */

    test_flag_parse("eta: x\n");
    n = test_flag_then("eta: x\n", 60);
    assert_true(n->eta.at == 0);
    assert_int_equal(n->warnings_total, 1);
}


static void
test_flag_anchor(void **state)
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
        ngx_shop_failover_flag_parse(&test_flag_notice, NULL, text,
                                     sizeof(text) - 1, rows[i].mtime,
                                     rows[i].now);
        assert_true(test_flag_notice.eta.at == rows[i].at);
    }
}


static void
test_flag_reasons(void **state)
{
    unsigned  i;

    (void) state;

    for (i = 0; ngx_shop_failover_flag_reason(i); i++) {
        assert_true(strlen(ngx_shop_failover_flag_reason(i)) > 5);
    }

    assert_int_equal(i, 16 + 17);
    assert_null(ngx_shop_failover_flag_reason(65535));
}


#define test_flag_row(name, function)                                        \
    { name, function, test_flag_setup, NULL, NULL }


int
main(void)
{
    const struct CMUnitTest  tests[] = {
        test_flag_row("an empty file and comments say nothing",
                      test_flag_empty),
        test_flag_row("a full file", test_flag_whole),
        test_flag_row("every prefix of a full file",
                      test_flag_every_prefix),
        test_flag_row("every change of one byte of a full file",
                      test_flag_every_byte_changed),
        test_flag_row("whatever is wrong with a file, it closes",
                      test_flag_keeps_closed),
        test_flag_row("lines, keys and colons", test_flag_lines),
        test_flag_row("bytes that are no text", test_flag_bytes),
        test_flag_row("times, good and bad", test_flag_times),
        test_flag_row("a bad start does not close the shop now",
                      test_flag_bad_start),
        test_flag_row("modes, and full where one is bad", test_flag_modes),
        test_flag_row("ends, and manual where one is bad", test_flag_ends),
        test_flag_row("the status in a language", test_flag_languages),
        test_flag_row("updates and when they were said",
                      test_flag_updates),
        test_flag_row("of keys given again the last counts",
                      test_flag_given_again),
        test_flag_row("too many of anything", test_flag_too_many),
        test_flag_row("texts that are too long are cut between characters",
                      test_flag_too_long),
        test_flag_row("the largest file and a larger one",
                      test_flag_too_big),
        test_flag_row("a line that stays keeps its time",
                      test_flag_kept_times),
        test_flag_row("what times are counted from", test_flag_anchor),
        test_flag_row("every reason has a text", test_flag_reasons)
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
