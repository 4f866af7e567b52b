
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * The words of screens, report and log: there is one for each change, and what
 * got better never reads as if it had got worse.
 */


#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "logic/story/vocab.h"
#include "logic/flag/flagset.h"
#include "logic/judge/site.h"
#include "logic/judge/verdict.h"


static const char *
sentence(ngx_shop_event_t *event)
{
    size_t       n;
    static char  buf[512];

    n = ngx_shop_vocab_event((unsigned char *) buf, sizeof(buf) - 1, event);
    buf[n] = '\0';

    return buf;
}


static void
set(ngx_shop_event_t *event, ngx_shop_span_t *span, const char *s)
{
    ngx_shop_str_t  text;

    text.data = (const unsigned char *) s;
    text.len = strlen(s);

    ngx_shop_event_set(event, span, &text);
}


static void
each_change_has_a_word(void **state)
{
    unsigned  from, to;

    (void) state;

    for (from = 0; from < NGX_SHOP_SITE_N; from++) {
        for (to = 0; to < NGX_SHOP_SITE_N; to++) {
            assert_non_null(ngx_shop_vocab_site_change(from, to));
        }
    }

    assert_string_equal(ngx_shop_vocab_site_change(99, 0), "unknown");
    assert_string_equal(ngx_shop_vocab_group_change(0, 99), "unknown");
    assert_string_equal(ngx_shop_vocab_peer_change(99, 0), "unknown");
    assert_string_equal(ngx_shop_vocab_group(99), "unknown");
    assert_string_equal(ngx_shop_vocab_visitors(99, 0, 0, 0), "unknown");
}


static void
an_upstream_that_returns_has_lost_nothing(void **state)
{
    (void) state;

    assert_string_equal(ngx_shop_vocab_group_change(NGX_SHOP_SITE_GROUP_DOWN,
                            NGX_SHOP_SITE_GROUP_DEGRADED),
                        "serves again, not all its servers are back");
    assert_string_equal(ngx_shop_vocab_group_change(NGX_SHOP_SITE_GROUP_DOWN,
                            NGX_SHOP_SITE_GROUP_BACKUP),
                        "serves again, by backups");
    assert_string_equal(ngx_shop_vocab_group_change(NGX_SHOP_SITE_GROUP_UP,
                            NGX_SHOP_SITE_GROUP_DEGRADED),
                        "has lost redundancy: a server is down, aside or "
                        "slow");
    assert_string_equal(ngx_shop_vocab_group_change(NGX_SHOP_SITE_GROUP_UP,
                            NGX_SHOP_SITE_GROUP_BACKUP),
                        "is served by backups");
}


static void
a_shop_that_returns_has_lost_nothing(void **state)
{
    unsigned     i, j;
    const char  *words;

    static unsigned  better[][2] = {
        { NGX_SHOP_SITE_OUTAGE, NGX_SHOP_SITE_DEGRADED },
        { NGX_SHOP_SITE_OUTAGE, NGX_SHOP_SITE_BACKUP },
        { NGX_SHOP_SITE_BACKUP, NGX_SHOP_SITE_DEGRADED },
        { NGX_SHOP_SITE_REOPENING, NGX_SHOP_SITE_DEGRADED },
        { NGX_SHOP_SITE_MAINTENANCE, NGX_SHOP_SITE_BACKUP },
        { NGX_SHOP_SITE_OUTAGE, NGX_SHOP_SITE_REOPENING }
    };

    static const char  *bad[] = { "lost", "outage", "nobody", "closed" };

    (void) state;

    for (i = 0; i < sizeof(better) / sizeof(better[0]); i++) {
        words = ngx_shop_vocab_site_change(better[i][0], better[i][1]);

        for (j = 0; j < sizeof(bad) / sizeof(bad[0]); j++) {
            assert_null(strstr(words, bad[j]));
        }
    }

    assert_string_equal(ngx_shop_vocab_site_change(NGX_SHOP_SITE_OPEN,
                            NGX_SHOP_SITE_DEGRADED), "has lost redundancy");
}


static void
what_visitors_see_is_what_they_see(void **state)
{
    (void) state;

    assert_string_equal(
        ngx_shop_vocab_visitors(NGX_SHOP_SITE_MAINTENANCE,
                                NGX_SHOP_FLAGSET_PATHS, 0, 0),
        "Visitors see the shop, but some of its paths are closed");
    assert_string_equal(
        ngx_shop_vocab_visitors(NGX_SHOP_SITE_MAINTENANCE,
                                NGX_SHOP_FLAGSET_FULL, 1, 0),
        ngx_shop_vocab_visitors(NGX_SHOP_SITE_OUTAGE,
                                NGX_SHOP_FLAGSET_NONE, 0, 0));
    assert_string_equal(
        ngx_shop_vocab_visitors(NGX_SHOP_SITE_REOPENING,
                                NGX_SHOP_FLAGSET_NONE, 0, 40),
        "Visitors are let back in, some after others");

    /* the hold: nobody is let in who is in already */

    assert_string_equal(
        ngx_shop_vocab_visitors(NGX_SHOP_SITE_REOPENING,
                                NGX_SHOP_FLAGSET_NONE, 0, 100),
        "Visitors see the shop again");
}


static void
an_event_is_a_sentence(void **state)
{
    ngx_shop_event_t  event;

    (void) state;

    memset(&event, 0, sizeof(event));
    event.type = NGX_SHOP_EVENT_PEER;
    event.from = NGX_SHOP_VERDICT_UP;
    event.to = NGX_SHOP_VERDICT_DOWN;
    event.backup = 1;
    set(&event, &event.peer, "10.0.0.1:80");
    set(&event, &event.upstream, "shop");
    set(&event, &event.detail, "connect refused");
    assert_string_equal(sentence(&event), "Backup server 10.0.0.1:80 of shop "
                                          "is down: connect refused");

    event.from = NGX_SHOP_ASIDE;
    event.to = NGX_SHOP_VERDICT_UP;
    event.backup = 0;
    event.detail.len = 0;
    assert_string_equal(sentence(&event),
                        "Server 10.0.0.1:80 of shop gets visitors again");

    event.type = NGX_SHOP_EVENT_GROUP;
    event.from = NGX_SHOP_SITE_GROUP_DOWN;
    event.to = NGX_SHOP_SITE_GROUP_DEGRADED;
    assert_string_equal(sentence(&event), "Upstream shop serves again, not "
                                          "all its servers are back");

    event.what = NGX_SHOP_EVENT_SERVING;
    assert_string_equal(sentence(&event), "Upstream shop is served by nobody");
    set(&event, &event.served_by, "spare");
    assert_string_equal(sentence(&event),
                        "Upstream shop is now served by upstream spare");
    set(&event, &event.served_by, "shop");
    assert_string_equal(sentence(&event), "Upstream shop serves itself again");

    event.type = NGX_SHOP_EVENT_SITE;
    event.from = NGX_SHOP_SITE_OUTAGE;
    event.to = NGX_SHOP_SITE_MAINTENANCE;
    set(&event, &event.site, "shop.example");
    assert_string_equal(sentence(&event), "The shop shop.example has its "
                        "servers back, and only the flag keeps it shut");

    event.from = NGX_SHOP_SITE_OPEN;
    assert_string_equal(sentence(&event),
                        "The shop shop.example is closed, as planned");

    event.type = NGX_SHOP_EVENT_FLAG;
    event.to = NGX_SHOP_EVENT_SET;
    set(&event, &event.text, "We repair it.");
    assert_string_equal(sentence(&event), "The flag is set: We repair it.");

    event.to = NGX_SHOP_EVENT_REMOVED;
    assert_string_equal(sentence(&event), "The flag is gone");

    event.type = NGX_SHOP_EVENT_INCIDENT;
    event.to = NGX_SHOP_EVENT_BEGUN;
    event.incident = 7;
    event.severity = 1;
    assert_string_equal(sentence(&event),
                        "Incident 7 of shop.example has begun, P1");
}


static void
what_does_not_fit_is_cut_off(void **state)
{
    size_t            size;
    unsigned char     buf[64];
    ngx_shop_event_t  event;

    (void) state;

    memset(&event, 0, sizeof(event));
    event.type = NGX_SHOP_EVENT_PEER;
    set(&event, &event.peer, "10.0.0.1:80");
    set(&event, &event.upstream, "shop");

    for (size = 0; size < 40; size++) {
        buf[size] = 0xa5;
        assert_true(ngx_shop_vocab_event(buf, size, &event) <= size);
        assert_int_equal(buf[size], 0xa5);
    }
}


int
main(void)
{
    const struct CMUnitTest  tests[] = {
        cmocka_unit_test(each_change_has_a_word),
        cmocka_unit_test(an_upstream_that_returns_has_lost_nothing),
        cmocka_unit_test(a_shop_that_returns_has_lost_nothing),
        cmocka_unit_test(what_visitors_see_is_what_they_see),
        cmocka_unit_test(an_event_is_a_sentence),
        cmocka_unit_test(what_does_not_fit_is_cut_off)
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
