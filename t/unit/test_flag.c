
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * The flag file: its lines, and that neither a torn nor a damaged one can break
 * more than the line it touches; test_keys.c has what the lines mean.
 */


#include "flag.h"
#include "logic/judge/site.h"
#include "logic/text/utf8.h"


static ngx_shop_flag_notice_t  test_flag_other;


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


static void
test_flag_span_holds(const ngx_shop_flag_notice_t *n, ngx_shop_span_t span,
    size_t max)
{
    size_t                len, bad;
    const unsigned char  *p, *last;

    assert_true((size_t) span.off + span.len <= n->text_len);
    assert_true(span.len <= max);

    p = n->text + span.off;

    for (last = p + span.len; p < last; p += len) {
        len = ngx_shop_utf8_next(p, last, &bad);
        assert_true(len > 0);
        assert_true(*p >= 0x20 && *p != 0x7F);
    }
}


/* what must be true of every notice, whatever was read */

static void
test_flag_holds(const ngx_shop_flag_notice_t *n, size_t size)
{
    unsigned  i;

    assert_true(n->text_len <= size);
    assert_true(n->mode <= NGX_SHOP_FLAG_PATHS_ONLY);
    assert_true(n->end <= NGX_SHOP_FLAG_END_HEALTHY);
    assert_true(n->nlangs <= NGX_SHOP_FLAG_LANGS);
    assert_true(n->ncontacts <= NGX_SHOP_FLAG_CONTACTS);
    assert_true(n->nupdates <= NGX_SHOP_FLAG_UPDATES);
    assert_true(n->npaths <= NGX_SHOP_FLAG_PATHS);
    assert_true(n->nwarnings <= NGX_SHOP_FLAG_WARNINGS);
    assert_true(n->nwarnings <= n->warnings_total);
    assert_true(n->npaths ? n->mode != NGX_SHOP_FLAG_FULL
                          : n->mode != NGX_SHOP_FLAG_PATHS_ONLY);

    test_flag_span_holds(n, n->status, NGX_SHOP_FLAG_TEXT_MAX);
    test_flag_span_holds(n, n->reason, NGX_SHOP_FLAG_TEXT_MAX);
    test_flag_span_holds(n, n->offer, NGX_SHOP_FLAG_TEXT_MAX);
    test_flag_span_holds(n, n->eta.text, NGX_SHOP_FLAG_TEXT_MAX);
    test_flag_span_holds(n, n->start.text, NGX_SHOP_FLAG_TEXT_MAX);
    test_flag_span_holds(n, n->until.text, NGX_SHOP_FLAG_TEXT_MAX);
    test_flag_span_holds(n, n->next_update.text, NGX_SHOP_FLAG_TEXT_MAX);

    for (i = 0; i < n->nlangs; i++) {
        test_flag_span_holds(n, n->langs[i].lang, NGX_SHOP_FLAG_MAX_SIZE);
        test_flag_span_holds(n, n->langs[i].text, NGX_SHOP_FLAG_TEXT_MAX);
    }

    for (i = 0; i < n->ncontacts; i++) {
        test_flag_span_holds(n, n->contacts[i], NGX_SHOP_FLAG_TEXT_MAX);
    }

    for (i = 0; i < n->nupdates; i++) {
        assert_true(n->updates[i].text.len > 0);
        test_flag_span_holds(n, n->updates[i].text, NGX_SHOP_FLAG_TEXT_MAX);
    }

    for (i = 0; i < n->npaths; i++) {
        assert_int_equal(n->text[n->paths[i].off], '/');
        test_flag_span_holds(n, n->paths[i], NGX_SHOP_FLAG_MAX_SIZE);
    }

    for (i = 0; i < n->nwarnings; i++) {
        assert_true(n->warnings[i].line > 0);
        assert_non_null(ngx_shop_flag_reason(n->warnings[i].reason));
        test_flag_span_holds(n, n->warnings[i].what, NGX_SHOP_FLAG_WHAT_MAX);
    }
}


static void
test_flag_empty(void **state)
{
    const ngx_shop_flag_notice_t  *n;

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
    const ngx_shop_flag_notice_t  *n;

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
    assert_int_equal(n->end, NGX_SHOP_FLAG_END_HEALTHY);

    assert_int_equal(n->ncontacts, 2);
    test_flag_text_is(n, n->contacts[0],
                      "Order by phone: +49 800 123456, daily 6:00-22:00");
    test_flag_text_is(n, n->contacts[1], "mailto:help@shop.example");

    assert_int_equal(n->mode, NGX_SHOP_FLAG_PATHS_ONLY);
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
    size_t                         n, size;
    unsigned char                 *data;
    const ngx_shop_flag_notice_t  *notice;

    (void) state;

    size = strlen(test_flag_full);
    notice = &test_flag_notice;

    for (n = 0; n <= size; n++) {

        /* a piece of memory of its own: not a byte beyond it may be read */

        data = malloc(n ? n : 1);
        assert_non_null(data);
        memcpy(data, test_flag_full, n);

        ngx_shop_flag_parse(&test_flag_notice, NULL, data, n, TEST_FLAG_NOW,
                            TEST_FLAG_NOW);
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

            ngx_shop_flag_parse(&test_flag_notice, NULL, data, size,
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
    ngx_shop_flag_parse(&test_flag_notice, NULL, data, size, TEST_FLAG_NOW,
                        TEST_FLAG_NOW);
    test_flag_holds(&test_flag_notice, size);

    assert_int_equal(ngx_shop_site_flag(&test_flag_notice,
                                        NGX_SHOP_SITE_FLAG_OPEN,
                                        TEST_FLAG_NOW),
                     NGX_SHOP_SITE_FLAG_CLOSED);
    assert_int_equal(test_flag_notice.mode, NGX_SHOP_FLAG_FULL);
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
    const ngx_shop_flag_notice_t  *n;

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
    const ngx_shop_flag_notice_t  *n;

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

    ngx_shop_flag_parse(&test_flag_notice, NULL, nul, 11, TEST_FLAG_NOW,
                        TEST_FLAG_NOW);
    test_flag_text_is(&test_flag_notice, test_flag_notice.status, "ab");

    n = test_flag_parse("status: <b>&amp;</b> \xE2\x80\xAE \xF0\x9F\x98\x80");
    test_flag_text_is(n, n->status,
                      "<b>&amp;</b> \xE2\x80\xAE \xF0\x9F\x98\x80");
    assert_int_equal(n->warnings_total, 0);
}


static void
test_flag_too_big(void **state)
{
    static unsigned char  data[NGX_SHOP_FLAG_MAX_SIZE + 100];

    (void) state;

    /* every byte is a line, and its own warning */

    memset(data, '\n', sizeof(data));
    data[NGX_SHOP_FLAG_MAX_SIZE - 1] = 'x';

    ngx_shop_flag_parse(&test_flag_notice, NULL, data, sizeof(data),
                        TEST_FLAG_NOW, TEST_FLAG_NOW);
    test_flag_holds(&test_flag_notice, NGX_SHOP_FLAG_MAX_SIZE);
    test_flag_warns(&test_flag_notice, 0, NGX_SHOP_FLAG_MAX_SIZE, "no \":\"",
                    "x");

    memset(data, '\xFF', sizeof(data));
    ngx_shop_flag_parse(&test_flag_notice, NULL, data, sizeof(data),
                        TEST_FLAG_NOW, TEST_FLAG_NOW);
    assert_int_equal(test_flag_notice.text_len, NGX_SHOP_FLAG_MAX_SIZE);
    test_flag_holds(&test_flag_notice, NGX_SHOP_FLAG_MAX_SIZE);
}


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
        test_flag_row("the largest file and a larger one",
                      test_flag_too_big)
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
