
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * Events as lines: what is written, and that it reads the same.
 */


#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "logic/flag/flag.h"
#include "logic/story/event.h"
#include "logic/judge/site.h"
#include "logic/judge/verdict.h"


#define TEST_EVENT_TIME  ((int64_t) 1795230600123)     /* ms */


static ngx_shop_str_t
test_event_str(const char *text)
{
    ngx_shop_str_t  s;

    s.len = strlen(text);
    s.data = (const unsigned char *) text;

    return s;
}


static void
test_event_set(ngx_shop_event_t *event, ngx_shop_span_t *span,
    const char *text)
{
    ngx_shop_str_t  s;

    s = test_event_str(text);
    ngx_shop_event_set(event, span, &s);
}


static void
test_event_init(ngx_shop_event_t *event, unsigned type)
{
    memset(event, 0, sizeof(ngx_shop_event_t));

    event->seq = 7;
    event->time = TEST_EVENT_TIME;
    event->type = (uint8_t) type;
}


/* written, compared, read back and written again */

static void
test_event_line(const ngx_shop_event_t *event, const char *line)
{
    size_t             n;
    const char        *reason;
    unsigned char      buf[NGX_SHOP_EVENT_LINE];
    unsigned char      again[NGX_SHOP_EVENT_LINE];
    ngx_shop_str_t     s;
    ngx_shop_event_t   back;

    n = ngx_shop_event_write(event, buf);

    assert_true(n > 0);
    assert_int_equal(buf[n - 1], '\n');
    buf[n - 1] = '\0';
    assert_string_equal((char *) buf, line);

    s.data = buf;
    s.len = n - 1;
    assert_int_equal(ngx_shop_event_read(&back, &s, &reason), NGX_SHOP_OK);
    assert_int_equal(ngx_shop_event_write(&back, again), n);
    assert_memory_equal(again, line, n - 1);
}


static void
a_peer_goes_down(void **state)
{
    ngx_shop_event_t  event;

    (void) state;

    test_event_init(&event, NGX_SHOP_EVENT_PEER);
    event.from = NGX_SHOP_VERDICT_UP;
    event.to = NGX_SHOP_VERDICT_DOWN;
    event.backup = 1;
    event.cause = NGX_SHOP_VERDICT_RESULT_CONNECT_REFUSED;
    event.count = 2;
    event.since = 1795230000000;
    event.first_failure = TEST_EVENT_TIME - 1100;
    test_event_set(&event, &event.upstream, "shop");
    test_event_set(&event, &event.peer, "10.0.0.5:8080");
    test_event_set(&event, &event.server, "app.example:8080");
    test_event_set(&event, &event.detail, "connect refused");
    test_event_set(&event, &event.who, "anna");

    test_event_line(&event,
        "{\"v\":1,\"seq\":7,\"time\":\"2026-11-21T03:10:00.123Z\","
        "\"type\":\"peer\",\"upstream\":\"shop\","
        "\"peer\":\"10.0.0.5:8080\",\"server\":\"app.example:8080\","
        "\"backup\":true,\"from\":\"up\",\"to\":\"down\","
        "\"since\":\"2026-11-21T03:00:00.000Z\","
        "\"cause\":\"connect_refused\",\"detail\":\"connect refused\","
        "\"count\":2,\"first_failure\":\"2026-11-21T03:09:59.023Z\","
        "\"who\":\"anna\"}");
}


static void
a_group_a_site_and_a_flag_change(void **state)
{
    ngx_shop_str_t    class;
    ngx_shop_event_t  event;

    (void) state;

    test_event_init(&event, NGX_SHOP_EVENT_GROUP);
    event.to = NGX_SHOP_SITE_GROUP_BACKUP;
    test_event_set(&event, &event.upstream, "shop");
    test_event_set(&event, &event.served_by, "second");

    test_event_line(&event,
        "{\"v\":1,\"seq\":7,\"time\":\"2026-11-21T03:10:00.123Z\","
        "\"type\":\"group\",\"upstream\":\"shop\",\"what\":\"state\","
        "\"from\":\"up\",\"to\":\"backup\",\"since\":null,"
        "\"served_by\":\"second\"}");

    test_event_init(&event, NGX_SHOP_EVENT_SITE);
    event.from = NGX_SHOP_SITE_BACKUP;
    event.to = NGX_SHOP_SITE_OUTAGE;
    event.severity = 1;
    event.visitors = 12;
    test_event_set(&event, &event.site, "shop.example");
    test_event_set(&event, &event.flag, "/run/shop/maintenance");
    test_event_set(&event, &event.upstreams, "shop spare");
    class = test_event_str("checkout");
    ngx_shop_event_add_class(&event, &class, 3, 1);

    test_event_line(&event,
        "{\"v\":1,\"seq\":7,\"time\":\"2026-11-21T03:10:00.123Z\","
        "\"type\":\"site\",\"site\":\"shop.example\","
        "\"flag\":\"/run/shop/maintenance\",\"upstreams\":\"shop spare\","
        "\"from\":\"backup\",\"to\":\"outage\",\"since\":null,"
        "\"severity\":\"P1\",\"text\":\"\",\"eta\":null,\"visitors\":12,"
        "\"refused\":[{\"class\":\"checkout\",\"refused\":3,"
        "\"unknown\":1}]}");

    test_event_init(&event, NGX_SHOP_EVENT_FLAG);
    event.to = NGX_SHOP_EVENT_UPDATE;
    event.mode = NGX_SHOP_FLAG_WORDS;
    event.eta = TEST_EVENT_TIME;
    test_event_set(&event, &event.text, "Gef\xC3\xBCllt \"halb\"\n");

    test_event_line(&event,
        "{\"v\":1,\"seq\":7,\"time\":\"2026-11-21T03:10:00.123Z\","
        "\"type\":\"flag\",\"site\":\"\",\"flag\":\"\",\"what\":\"update\","
        "\"mode\":\"words\",\"text\":\"Gef\xC3\xBCllt \\\"halb\\\"\\n\","
        "\"who\":\"\","
        "\"eta\":\"2026-11-21T03:10:00.123Z\",\"next_update\":null,"
        "\"warnings\":0,\"error\":0}");
}


static void
an_incident_ends(void **state)
{
    ngx_shop_event_t  event;

    (void) state;

    test_event_init(&event, NGX_SHOP_EVENT_INCIDENT);
    event.to = NGX_SHOP_EVENT_RESOLVED;
    event.incident = 3;
    event.by = NGX_SHOP_EVENT_BY_GROUP;
    event.severity = 2;
    event.resolved = TEST_EVENT_TIME;

    test_event_line(&event,
        "{\"v\":1,\"seq\":7,\"time\":\"2026-11-21T03:10:00.123Z\","
        "\"type\":\"incident\",\"site\":\"\",\"incident\":3,"
        "\"what\":\"resolved\",\"severity\":\"P2\",\"first_failure\":null,"
        "\"detected\":null,\"mitigated\":null,\"by\":\"group\","
        "\"resolved\":\"2026-11-21T03:10:00.123Z\",\"visitors\":0,"
        "\"refused\":[]}");
}


static void
what_is_no_event_is_refused(void **state)
{
    static const char * const  lines[] = {
        "", "{}", "[]", "1", "{\"v\":1}",
        "{\"v\":2,\"seq\":1,\"time\":\"2026-11-21T03:10:00.123Z\","
            "\"type\":\"peer\"}",
        "{\"v\":1,\"seq\":1,\"time\":null,\"type\":\"peer\"}",
        "{\"v\":1,\"seq\":1,\"time\":\"2026-11-21T03:10:00Z\","
            "\"type\":\"peer\"}",
        "{\"v\":1,\"seq\":1,\"time\":\"2026-02-30T03:10:00.000Z\","
            "\"type\":\"peer\"}",
        "{\"v\":1,\"seq\":1,\"time\":\"2026-11-21T24:10:00.000Z\","
            "\"type\":\"peer\"}",
        "{\"v\":1,\"seq\":1,\"time\":\"2026-11-21T03:10:00.123Z\","
            "\"type\":\"shop\"}",
        "{\"v\":1,\"seq\":1,\"time\":\"2026-11-21T03:10:00.123Z\","
            "\"type\":\"peer\",\"to\":\"sideways\"}",
        "{\"v\":1,\"seq\":1,\"time\":\"2026-11-21T03:10:00.123Z\","
            "\"type\":\"peer\",\"backup\":1}",
        "{\"v\":1,\"seq\":1,\"time\":\"2026-11-21T03:10:00.123Z\","
            "\"type\":\"site\",\"refused\":[1]}",
        "{\"v\":1,\"seq\":-1,\"time\":\"2026-11-21T03:10:00.123Z\","
            "\"type\":\"site\"}",
        "{\"v\":1,\"seq\":1,\"time\":\"2026-11-21T03:10:00.123Z\","
            "\"type\":\"site\",\"visitors\":-1}",
        "{\"v\":1,\"seq\":1,\"time\":\"2026-11-21T03:10:00.123Z\","
            "\"type\":\"site\",\"visitors\":9007199254740993}",
        "{\"v\":1,\"seq\":1,\"time\":\"2026-11-21T03:10:00.123Z\","
            "\"type\":\"site\",\"refused\":[{\"class\":\"a\","
            "\"refused\":1,\"unknown\":-9223372036854775808}]}"
    };

    size_t            i;
    const char       *reason;
    ngx_shop_str_t    s;
    ngx_shop_event_t  event;

    (void) state;

    for (i = 0; i < sizeof(lines) / sizeof(lines[0]); i++) {
        s = test_event_str(lines[i]);
        reason = NULL;

        if (ngx_shop_event_read(&event, &s, &reason) != NGX_SHOP_ERROR) {
            fail_msg("read: %s", lines[i]);
        }

        assert_non_null(reason);
    }
}


static void
a_member_of_a_later_version_is_skipped(void **state)
{
    const char       *reason;
    ngx_shop_str_t    s;
    ngx_shop_event_t  event;

    (void) state;

    s = test_event_str("{\"v\":1,\"seq\":1,\"new\":[{}],\"type\":\"group\","
                       "\"time\":\"2026-11-21T03:10:00.123Z\"}");

    assert_int_equal(ngx_shop_event_read(&event, &s, &reason), NGX_SHOP_OK);
    assert_true(event.time == TEST_EVENT_TIME);
}


static void
a_text_without_room_is_cut_between_characters(void **state)
{
    int                i;
    size_t             n;
    char               text[NGX_SHOP_EVENT_TEXT + 8];
    unsigned char      buf[NGX_SHOP_EVENT_LINE];
    ngx_shop_event_t   event;

    (void) state;

    for (i = 0; i + 4 <= (int) sizeof(text); i += 3) {
        memcpy(text + i, "\xE2\x82\xAC", 4);
    }

    /* beside the site there is room for two bytes more than whole characters */

    assert_int_equal((NGX_SHOP_EVENT_TEXT - 2) % 3, 2);

    test_event_init(&event, NGX_SHOP_EVENT_FLAG);
    test_event_set(&event, &event.site, "/a");
    test_event_set(&event, &event.text, text);

    assert_int_equal(event.text.len, NGX_SHOP_EVENT_TEXT - 4);

    test_event_set(&event, &event.detail, "abc");
    assert_int_equal(event.detail.len, 2);

    /* the longest line there is */

    test_event_init(&event, NGX_SHOP_EVENT_SITE);
    memset(text, 1, sizeof(text) - 1);
    text[sizeof(text) - 1] = '\0';
    test_event_set(&event, &event.text, text);

    for (i = 0; i < NGX_SHOP_EVENT_CLASSES; i++) {
        ngx_shop_str_t  none = ngx_shop_string("");

        assert_int_equal(ngx_shop_event_add_class(&event, &none,
                                                  INT64_MIN,
                                                  INT64_MIN),
                         NGX_SHOP_OK);
    }

    n = ngx_shop_event_write(&event, buf);
    assert_memory_equal(buf + n - 3, "]}\n", 3);
}


static void
more_classes_than_room_are_summed_up(void **state)
{
    int                i;
    ngx_shop_str_t     s;
    ngx_shop_event_t   event;

    (void) state;

    test_event_init(&event, NGX_SHOP_EVENT_SITE);
    s = test_event_str("class");

    for (i = 0; i < NGX_SHOP_EVENT_CLASSES + 2; i++) {
        ngx_shop_event_add_class(&event, &s, 1, 2);
    }

    i = NGX_SHOP_EVENT_CLASSES;
    assert_int_equal(event.nclasses, i);
    assert_int_equal(event.classes[i - 1].refused, 3);
    assert_int_equal(event.classes[i - 1].unknown, 6);
}


int
main(void)
{
    const struct CMUnitTest  tests[] = {
        cmocka_unit_test(a_peer_goes_down),
        cmocka_unit_test(a_group_a_site_and_a_flag_change),
        cmocka_unit_test(an_incident_ends),
        cmocka_unit_test(what_is_no_event_is_refused),
        cmocka_unit_test(a_member_of_a_later_version_is_skipped),
        cmocka_unit_test(a_text_without_room_is_cut_between_characters),
        cmocka_unit_test(more_classes_than_room_are_summed_up)
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
