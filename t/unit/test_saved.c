
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * The bytes of the state file: what is written is read, and nothing else is.
 */


#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "logic/story/saved.h"
#include "logic/judge/site.h"
#include "logic/judge/verdict.h"


#define NOW       1800000000000
#define IDENTITY  0x1122334455667788u


static unsigned char                test_saved_buf[4096];
static size_t                       test_saved_len;
static const ngx_shop_saved_wish_t  test_saved_wish = {
    IDENTITY, NOW + 1000, 600000
};


static ngx_shop_str_t
test_saved_str(const char *s)
{
    ngx_shop_str_t  str;

    str.data = (const unsigned char *) s;
    str.len = strlen(s);

    return str;
}


static ngx_shop_saved_peer_t
test_saved_peer(void)
{
    ngx_shop_saved_peer_t  peer;

    memset(&peer, 0, sizeof(peer));

    peer.group = test_saved_str("shop");
    peer.server = test_saved_str("shop.example:8080");
    peer.address = test_saved_str("10.0.0.1:8080");
    peer.detail = test_saved_str("status 503, wanted 200-399");
    peer.state = NGX_SHOP_VERDICT_DOWN;
    peer.result = NGX_SHOP_VERDICT_RESULT_STATUS;
    peer.run = 65535;
    peer.downs = 0xfffffffe;
    peer.since = 5;
    peer.doubt = NOW - 7;
    peer.checks = UINT64_MAX;
    peer.fails = 12345678901234;
    peer.at = NOW;
    peer.ms[0] = 1;
    peer.ms[3] = 0xffffffff;
    peer.last = NGX_SHOP_VERDICT_RESULT_INCONCLUSIVE;
    peer.history[0] = 0x21;
    peer.history[31] = 0xb6;
    peer.took[0] = 7;
    peer.took[63] = NGX_SHOP_SAVED_NO_TIME;

    return peer;
}


static size_t
test_saved_write(unsigned char *buf, size_t size)
{
    ngx_shop_saved_peer_t    peer;
    ngx_shop_saved_flag_t    flag;
    ngx_shop_saved_site_t    site;
    ngx_shop_saved_group_t   group;
    ngx_shop_saved_order_t   order;
    ngx_shop_saved_writer_t  w;

    ngx_shop_saved_story_t     story;
    ngx_shop_saved_class_t     class;
    ngx_shop_saved_incident_t  incident;

    peer = test_saved_peer();

    order.group = test_saved_str("shop");
    order.server = test_saved_str("shop.example:8080");
    order.address = test_saved_str("10.0.0.1:8080");
    order.reason = test_saved_str("kernel update #4711");
    order.who = test_saved_str("anna");
    order.how = 1;
    order.since = NOW / 1000;
    order.until = NOW / 1000 + 1800;

    memset(&group, 0, sizeof(group));
    memset(&site, 0, sizeof(site));

    group.detection = 16;
    group.ncounts = 2;
    group.counts[1] = UINT64_MAX;

    site.outage = 20;
    site.incident = 21;
    site.ncounts = 3;
    site.counts[2] = 22;
    memset(&class, 0, sizeof(class));
    class.site = test_saved_str("");
    class.name = test_saved_str("checkout");
    class.counts[3] = 23;

    incident.form = 24;
    incident.bytes = test_saved_str("what happened");
    story.seq = 25;
    story.count = 26;

    group.name = test_saved_str("shop");
    group.state = NGX_SHOP_SITE_GROUP_DEGRADED;
    group.since = 17;

    site.name = test_saved_str("");
    site.state = NGX_SHOP_SITE_MAINTENANCE;
    site.since = 18;

    memset(&site.band, 0, sizeof(site.band));
    ngx_shop_band_add(&site.band, NGX_SHOP_SITE_OUTAGE, NOW / 1000);

    flag.path = test_saved_str("/run/shop/maintenance");
    flag.there = 1;
    flag.since = 19;

    ngx_shop_saved_begin(&w, buf, size);
    ngx_shop_saved_group(&w, &group);
    ngx_shop_saved_peer(&w, &peer);
    ngx_shop_saved_order(&w, &order);
    ngx_shop_saved_site(&w, &site);
    ngx_shop_saved_flag(&w, &flag);
    ngx_shop_saved_incident(&w, &incident);
    ngx_shop_saved_story(&w, &story);
    ngx_shop_saved_class(&w, &class);

    return ngx_shop_saved_end(&w, IDENTITY, NOW);
}


static int
test_saved_setup(void **state)
{
    (void) state;

    test_saved_len = test_saved_write(test_saved_buf, sizeof(test_saved_buf));

    return test_saved_len == 0;
}


static ngx_shop_saved_verdict_e
test_saved_open(const unsigned char *data, size_t len)
{
    int64_t                  at;
    ngx_shop_saved_reader_t  r;

    return ngx_shop_saved_open(&r, data, len, &test_saved_wish, &at);
}


static void
what_is_written_is_read(void **state)
{
    int64_t                   at;
    ngx_shop_saved_peer_t     peer, *read;
    ngx_shop_saved_reader_t   r;
    ngx_shop_saved_record_t   record;

    (void) state;

    assert_int_equal(ngx_shop_saved_open(&r, test_saved_buf,
                         test_saved_len, &test_saved_wish, &at),
                     NGX_SHOP_SAVED_GOOD);
    assert_int_equal(at, NOW);

    assert_int_equal(ngx_shop_saved_next(&r, &record), NGX_SHOP_SAVED_GROUP);
    assert_int_equal(record.u.group.name.len, 4);
    assert_int_equal(record.u.group.state, NGX_SHOP_SITE_GROUP_DEGRADED);
    assert_int_equal(record.u.group.since, 17);

    assert_int_equal(ngx_shop_saved_next(&r, &record), NGX_SHOP_SAVED_PEER);

    peer = test_saved_peer();
    read = &record.u.peer;

    assert_int_equal(read->server.len, peer.server.len);
    assert_memory_equal(read->server.data, peer.server.data, peer.server.len);
    assert_int_equal(read->address.len, peer.address.len);
    assert_memory_equal(read->detail.data, peer.detail.data, peer.detail.len);

    read->group = peer.group;
    read->server = peer.server;
    read->address = peer.address;
    read->detail = peer.detail;
    assert_memory_equal(read, &peer, sizeof(peer));

    assert_int_equal(ngx_shop_saved_next(&r, &record), NGX_SHOP_SAVED_ORDER);
    assert_int_equal(record.u.order.group.len, 4);
    assert_memory_equal(record.u.order.address.data, "10.0.0.1:8080", 13);
    assert_int_equal(record.u.order.reason.len, 19);
    assert_memory_equal(record.u.order.reason.data, "kernel update #4711", 19);
    assert_int_equal(record.u.order.who.len, 4);
    assert_memory_equal(record.u.order.who.data, "anna", 4);
    assert_int_equal(record.u.order.how, 1);
    assert_int_equal(record.u.order.since, NOW / 1000);
    assert_int_equal(record.u.order.until, NOW / 1000 + 1800);

    assert_int_equal(ngx_shop_saved_next(&r, &record), NGX_SHOP_SAVED_SITE);
    assert_int_equal(record.u.site.name.len, 0);
    assert_int_equal(record.u.site.since, 18);
    assert_int_equal(record.u.site.outage, 20);
    assert_int_equal(record.u.site.incident, 21);
    assert_int_equal(record.u.site.ncounts, 3);
    assert_int_equal(record.u.site.counts[2], 22);
    assert_int_equal(ngx_shop_band_get(&record.u.site.band,
                                       NGX_SHOP_BAND_N - 1),
                     NGX_SHOP_SITE_OUTAGE);

    assert_int_equal(ngx_shop_saved_next(&r, &record), NGX_SHOP_SAVED_FLAG);
    assert_int_equal(record.u.flag.path.len, 21);
    assert_int_equal(record.u.flag.there, 1);
    assert_int_equal(record.u.flag.since, 19);

    assert_int_equal(ngx_shop_saved_next(&r, &record),
                     NGX_SHOP_SAVED_INCIDENT);
    assert_int_equal(record.u.incident.form, 24);
    assert_int_equal(record.u.incident.bytes.len, 13);

    assert_int_equal(ngx_shop_saved_next(&r, &record), NGX_SHOP_SAVED_STORY);
    assert_int_equal(record.u.story.seq, 25);
    assert_int_equal(record.u.story.count, 26);

    assert_int_equal(ngx_shop_saved_next(&r, &record), NGX_SHOP_SAVED_CLASS);
    assert_int_equal(record.u.class.name.len, 8);
    assert_int_equal(record.u.class.counts[3], 23);

    assert_int_equal(ngx_shop_saved_next(&r, &record), NGX_SHOP_SAVED_END);
}


static void
a_file_is_refused_at_every_shorter_length(void **state)
{
    size_t  len;

    (void) state;

    for (len = 0; len < test_saved_len; len++) {
        assert_int_not_equal(test_saved_open(test_saved_buf, len),
                             NGX_SHOP_SAVED_GOOD);
    }

    assert_int_equal(test_saved_open(test_saved_buf, test_saved_len - 1),
                     NGX_SHOP_SAVED_TORN);
    assert_int_equal(test_saved_open(test_saved_buf, test_saved_len + 1),
                     NGX_SHOP_SAVED_TORN);
}


static void
a_file_is_refused_with_any_bit_changed(void **state)
{
    size_t    i;
    unsigned  bit;

    (void) state;

    for (i = 0; i < test_saved_len; i++) {
        for (bit = 0; bit < 8; bit++) {
            test_saved_buf[i] ^= 1 << bit;
            assert_int_not_equal(test_saved_open(test_saved_buf,
                                                 test_saved_len),
                                 NGX_SHOP_SAVED_GOOD);
            test_saved_buf[i] ^= 1 << bit;
        }
    }
}


static void
each_refusal_has_its_reason(void **state)
{
    int64_t                  at;
    ngx_shop_saved_wish_t    wish;
    ngx_shop_saved_reader_t  r;

    (void) state;

    wish = test_saved_wish;
    wish.identity++;
    assert_int_equal(ngx_shop_saved_open(&r, test_saved_buf,
                                         test_saved_len, &wish, &at),
                     NGX_SHOP_SAVED_FOREIGN);

    wish = test_saved_wish;
    wish.now = NOW + wish.age + 1;
    assert_int_equal(ngx_shop_saved_open(&r, test_saved_buf,
                                         test_saved_len, &wish, &at),
                     NGX_SHOP_SAVED_OLD);
    wish.now--;
    assert_int_equal(ngx_shop_saved_open(&r, test_saved_buf,
                                         test_saved_len, &wish, &at),
                     NGX_SHOP_SAVED_GOOD);

    wish.now = NOW - 60001;
    assert_int_equal(ngx_shop_saved_open(&r, test_saved_buf,
                                         test_saved_len, &wish, &at),
                     NGX_SHOP_SAVED_FUTURE);

    assert_int_equal(test_saved_open((const unsigned char *) "up up up", 8),
                     NGX_SHOP_SAVED_ALIEN);

    test_saved_buf[8]++;
    assert_int_equal(test_saved_open(test_saved_buf, test_saved_len),
                     NGX_SHOP_SAVED_VERSION_OTHER);
    test_saved_buf[8]--;

    assert_string_equal(
                        ngx_shop_saved_words(NGX_SHOP_SAVED_TORN),
                        "it is torn");
    assert_string_equal(ngx_shop_saved_words(99), "unknown");
}


/* what a file of another version would be */

static void
test_saved_version(unsigned char version)
{
    unsigned  i;
    uint64_t  hash;

    test_saved_buf[8] = version;

    hash = ngx_shop_saved_hash(0, test_saved_buf, 40);
    hash = ngx_shop_saved_hash(hash, test_saved_buf + 48, test_saved_len - 48);

    for (i = 0; i < 8; i++) {
        test_saved_buf[40 + i] = (unsigned char) (hash >> (8 * i));
    }
}


static void
an_older_version_is_read_and_a_newer_one_is_not(void **state)
{
    (void) state;

    test_saved_version(0);
    assert_int_equal(test_saved_open(test_saved_buf, test_saved_len),
                     NGX_SHOP_SAVED_VERSION_OTHER);

    test_saved_version(1);
    assert_int_equal(test_saved_open(test_saved_buf, test_saved_len),
                     NGX_SHOP_SAVED_GOOD);

    test_saved_version(4);
    assert_int_equal(test_saved_open(test_saved_buf, test_saved_len),
                     NGX_SHOP_SAVED_VERSION_OTHER);

    test_saved_version(3);
    assert_int_equal(test_saved_open(test_saved_buf, test_saved_len),
                     NGX_SHOP_SAVED_GOOD);
}


static void
orders_are_read_of_a_file_that_is_whole(void **state)
{
    int64_t                  at;
    ngx_shop_saved_wish_t    wish;
    ngx_shop_saved_reader_t  r;
    ngx_shop_saved_record_t  record;

    (void) state;

    wish = test_saved_wish;
    wish.now = NOW + 10 * wish.age;
    wish.identity++;

    assert_true(ngx_shop_saved_whole(
                                     ngx_shop_saved_open(&r, test_saved_buf,
                                    test_saved_len, &wish, &at)));

    while (ngx_shop_saved_next(&r, &record) != NGX_SHOP_SAVED_ORDER) {
        assert_int_not_equal(record.type, NGX_SHOP_SAVED_END);
    }

    assert_false(ngx_shop_saved_whole(NGX_SHOP_SAVED_TORN));
    assert_false(ngx_shop_saved_whole(NGX_SHOP_SAVED_VERSION_OTHER));
}


static void
orders_that_make_no_sense_are_passed_over(void **state)
{
    unsigned                 i;
    unsigned char            buf[1024];
    ngx_shop_saved_order_t   order;
    ngx_shop_saved_writer_t  w;
    ngx_shop_saved_reader_t  r;
    ngx_shop_saved_record_t  record;

    (void) state;

    for (i = 0; i < 5; i++) {
        order.group = test_saved_str(i == 0 ? "" : "shop");
        order.server = test_saved_str("a");
        order.address = test_saved_str(i == 1 ? "" : "10.0.0.1:8080");
        order.reason = test_saved_str("");
        order.who = test_saved_str("");
        order.how = (i == 2) ? 0 : (i == 3) ? 4 : 3;
        order.since = 1;
        order.until = (i == 4) ? -1 : 0;

        ngx_shop_saved_begin(&w, buf, sizeof(buf));
        ngx_shop_saved_order(&w, &order);

        r.pos = buf + NGX_SHOP_SAVED_HEADER;
        r.last = w.pos;

        assert_int_equal(ngx_shop_saved_next(&r, &record), NGX_SHOP_SAVED_END);
    }
}


/* with them would be reckoned, and what is beyond has no date */

static void
times_that_no_calendar_has_are_passed_over(void **state)
{
    size_t                   i, k;
    unsigned char            buf[4096];
    ngx_shop_saved_peer_t    peer;
    ngx_shop_saved_flag_t    flag;
    ngx_shop_saved_site_t    site;
    ngx_shop_saved_group_t   group;
    ngx_shop_saved_order_t   order;
    ngx_shop_saved_story_t   story;
    ngx_shop_saved_writer_t  w;
    ngx_shop_saved_reader_t  r;
    ngx_shop_saved_record_t  record;

    struct {
        ngx_shop_saved_type_e  type;
        void                  *from;
        int64_t               *at;
    } rows[] = {
        { NGX_SHOP_SAVED_PEER, &peer, &peer.since },
        { NGX_SHOP_SAVED_PEER, &peer, &peer.doubt },
        { NGX_SHOP_SAVED_PEER, &peer, &peer.at },
        { NGX_SHOP_SAVED_GROUP, &group, &group.since },
        { NGX_SHOP_SAVED_GROUP, &group, &group.detection },
        { NGX_SHOP_SAVED_SITE, &site, &site.since },
        { NGX_SHOP_SAVED_SITE, &site, &site.outage },
        { NGX_SHOP_SAVED_SITE, &site, &site.incident },
        { NGX_SHOP_SAVED_FLAG, &flag, &flag.since },
        { NGX_SHOP_SAVED_ORDER, &order, &order.since },
        { NGX_SHOP_SAVED_ORDER, &order, &order.until },
        { NGX_SHOP_SAVED_STORY, &story, &story.seq }
    };

    const int64_t  times[] = {
        0, NOW / 1000, -1, INT64_MIN, INT64_MAX,
        (NGX_SHOP_SAVED_LATEST + 1) * 100000
    };

    (void) state;

    for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        for (k = 0; k < sizeof(times) / sizeof(times[0]); k++) {

            peer = test_saved_peer();
            memset(&group, 0, sizeof(group));
            memset(&site, 0, sizeof(site));
            memset(&flag, 0, sizeof(flag));
            memset(&order, 0, sizeof(order));
            memset(&story, 0, sizeof(story));

            group.name = test_saved_str("shop");
            flag.path = test_saved_str("/flag");
            order.group = test_saved_str("shop");
            order.address = test_saved_str("10.0.0.1:8080");
            order.how = 1;

            *rows[i].at = times[k];

            ngx_shop_saved_begin(&w, buf, sizeof(buf));
            ngx_shop_saved_write(&w, rows[i].type, rows[i].from);

            r.pos = buf + NGX_SHOP_SAVED_HEADER;
            r.last = w.pos;

            assert_int_equal(ngx_shop_saved_next(&r, &record),
                             k < 2 ? rows[i].type : NGX_SHOP_SAVED_END);
        }
    }
}


static void
a_buffer_that_is_too_small_is_noticed(void **state)
{
    size_t         size;
    unsigned char  buf[4096];

    (void) state;

    for (size = 0; size < test_saved_len; size++) {
        buf[size] = 0xa5;
        assert_int_equal(test_saved_write(buf, size), 0);
        assert_int_equal(buf[size], 0xa5);
    }

    assert_int_equal(test_saved_write(buf, size), test_saved_len);
}


/* of 1.0: without the times of results, and without a day */

static void
shorter_records_of_before_are_read(void **state)
{
    unsigned                  i;
    size_t                    len;
    unsigned char             buf[1024];
    ngx_shop_saved_peer_t     peer;
    ngx_shop_saved_writer_t   w;
    ngx_shop_saved_reader_t   r;
    ngx_shop_saved_record_t   record;

    /* type, length, name "", state, a free byte, since */
    static const unsigned char  site[] = {
        3, 0, 0, 0, 12, 0, 0, 0, 0, 0, 4, 0, 9, 0, 0, 0, 0, 0, 0, 0
    };

    (void) state;

    peer = test_saved_peer();

    ngx_shop_saved_begin(&w, buf, sizeof(buf));
    ngx_shop_saved_peer(&w, &peer);

    len = (size_t) (w.pos - buf) - NGX_SHOP_SAVED_HEADER - 128;
    buf[NGX_SHOP_SAVED_HEADER + 4] = (unsigned char) (len - 8);
    buf[NGX_SHOP_SAVED_HEADER + 5] = (unsigned char) ((len - 8) >> 8);

    r.pos = buf + NGX_SHOP_SAVED_HEADER;
    r.last = r.pos + len;

    assert_int_equal(ngx_shop_saved_next(&r, &record), NGX_SHOP_SAVED_PEER);
    assert_int_equal(record.u.peer.history[31], 0xb6);

    for (i = 0; i < NGX_SHOP_SAVED_RESULTS; i++) {
        assert_int_equal(record.u.peer.took[i], NGX_SHOP_SAVED_NO_TIME);
    }

    r.pos = site;
    r.last = site + sizeof(site);

    assert_int_equal(ngx_shop_saved_next(&r, &record), NGX_SHOP_SAVED_SITE);
    assert_int_equal(record.u.site.since, 9);
    assert_int_equal(ngx_shop_band_get(&record.u.site.band,
                                       NGX_SHOP_BAND_N - 1),
                     NGX_SHOP_BAND_UNKNOWN);
}


static void
records_of_a_later_version_are_passed_over(void **state)
{
    ngx_shop_saved_reader_t  r;
    ngx_shop_saved_record_t  record;

    /* type 99, 3 bytes; then a group that ends in its name, and one whole */
    static const unsigned char  bytes[] = {
        99, 0, 0, 0, 3, 0, 0, 0, 1, 2, 3,
        2, 0, 0, 0, 12, 0, 0, 0, 1, 0, 'a', 1, 5, 0, 0, 0, 0, 0, 0, 0,
        2, 0, 0, 0, 4, 0, 0, 0, 9, 0, 'a', 1
    };

    (void) state;

    r.pos = bytes;
    r.last = bytes + sizeof(bytes);

    assert_int_equal(ngx_shop_saved_next(&r, &record), NGX_SHOP_SAVED_GROUP);
    assert_int_equal(record.u.group.since, 5);
    assert_int_equal(ngx_shop_saved_next(&r, &record), NGX_SHOP_SAVED_END);
}


int
main(void)
{
    const struct CMUnitTest  tests[] = {
        cmocka_unit_test(what_is_written_is_read),
        cmocka_unit_test(a_file_is_refused_at_every_shorter_length),
        cmocka_unit_test(a_file_is_refused_with_any_bit_changed),
        cmocka_unit_test(each_refusal_has_its_reason),
        cmocka_unit_test(an_older_version_is_read_and_a_newer_one_is_not),
        cmocka_unit_test(orders_are_read_of_a_file_that_is_whole),
        cmocka_unit_test(orders_that_make_no_sense_are_passed_over),
        cmocka_unit_test(times_that_no_calendar_has_are_passed_over),
        cmocka_unit_test(a_buffer_that_is_too_small_is_noticed),
        cmocka_unit_test(shorter_records_of_before_are_read),
        cmocka_unit_test(records_of_a_later_version_are_passed_over)
    };

    return cmocka_run_group_tests(tests, test_saved_setup, NULL);
}
