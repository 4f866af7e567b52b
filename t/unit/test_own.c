
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * What a server says of itself: good words and bad ones.
 */


#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "logic/answer/own.h"


#define NOW  ((int64_t) 784111777)           /* 06 Nov 1994 08:49:37 */


static ngx_shop_own_t  own;
static char            bad[256];


/* head has the lines of an answer, as answer keeps them */

static void
read_head(unsigned status, int passed, const char *head)
{
    unsigned char       buf[1024];
    ngx_shop_emit_t     e;
    ngx_shop_answer_t   a;

    memset(&a, 0, sizeof(a));
    memcpy(buf, head, strlen(head));

    a.head = buf;
    a.head_len = strlen(head);
    a.head_size = sizeof(buf);
    a.status = (uint16_t) status;

    ngx_shop_emit_init(&e, (unsigned char *) bad, sizeof(bad) - 1);
    ngx_shop_own_read(&own, &a, passed, NOW, &e);
    *e.pos = '\0';
}


static void
reads(const char *value, unsigned what, unsigned weight, long retry,
    const char *reason, const char *wrong)
{
    char  head[1024];

    strcpy(head, "Shop-Health: ");
    strcat(head, value);
    strcat(head, "\n");

    read_head(200, 1, head);

    assert_int_equal(own.what, what);
    assert_int_equal(own.weight, weight);
    assert_int_equal(own.timed, retry >= 0);
    assert_int_equal(own.retry, retry >= 0 ? retry : 0);
    assert_int_equal(own.reason_len, strlen(reason));
    assert_memory_equal(own.reason, reason, strlen(reason));
    assert_string_equal(bad, wrong);
}


static void
good_words_are_read(void **state)
{
    (void) state;

    reads("drain", NGX_SHOP_OWN_DRAIN, 0, -1, "", "");
    reads("maint", NGX_SHOP_OWN_MAINT, 0, -1, "", "");
    reads("DEGRADED", NGX_SHOP_OWN_DEGRADED, 0, -1, "", "");
    reads("weight=50", NGX_SHOP_OWN_WEIGHT, 50, -1, "", "");
    reads("weight=100", NGX_SHOP_OWN_WEIGHT, 100, -1, "", "");
    reads("maint; reason=\"new disks\"; retry-after=600", NGX_SHOP_OWN_MAINT,
          0, 600, "new disks", "");
    reads("maint;retry-after=0;reason=\"a; \\\"b\\\" \303\274\"",
          NGX_SHOP_OWN_MAINT, 0, 0, "a; \"b\" \303\274", "");
    reads("drain ; ;", NGX_SHOP_OWN_DRAIN, 0, -1, "", "");
}


static void
bad_values_are_named_and_ignored(void **state)
{
    (void) state;

    /* without a good word, all of it */

    reads("", NGX_SHOP_OWN_NONE, 0, -1, "", "Shop-Health \"\"");
    reads("fine", NGX_SHOP_OWN_NONE, 0, -1, "", "Shop-Health \"fine\"");
    reads("drain maint", NGX_SHOP_OWN_NONE, 0, -1, "",
          "Shop-Health \"drain maint\"");
    reads("weight=0; retry-after=5", NGX_SHOP_OWN_NONE, 0, -1, "",
          "Shop-Health \"weight=0\"");
    reads("weight=101", NGX_SHOP_OWN_NONE, 0, -1, "",
          "Shop-Health \"weight=101\"");
    reads("weight=-1", NGX_SHOP_OWN_NONE, 0, -1, "",
          "Shop-Health \"weight=-1\"");
    reads("weight=", NGX_SHOP_OWN_NONE, 0, -1, "",
          "Shop-Health \"weight=\"");
    reads("weight=4294967346", NGX_SHOP_OWN_NONE, 0, -1, "",
          "Shop-Health \"weight=4294967346\"");
    reads("\033[2Jmaint", NGX_SHOP_OWN_NONE, 0, -1, "",
          "Shop-Health \"?[2Jmaint\"");

    /* else what is bad alone */

    reads("maint; retry-after=soon", NGX_SHOP_OWN_MAINT, 0, -1, "",
          "Shop-Health \"retry-after=soon\"");
    reads("maint; retry-after=86401", NGX_SHOP_OWN_MAINT, 0, -1, "",
          "Shop-Health \"retry-after=86401\"");
    reads("maint; reason=bare", NGX_SHOP_OWN_MAINT, 0, -1, "",
          "Shop-Health \"reason=bare\"");
    reads("maint; reason=\"a\"b\"", NGX_SHOP_OWN_MAINT, 0, -1, "",
          "Shop-Health \"reason=\"a\"b\"\"");
    reads("maint; reason=\"", NGX_SHOP_OWN_MAINT, 0, -1, "",
          "Shop-Health \"reason=\"\"");
    reads("maint; reason=\"a\\\"; colour=red", NGX_SHOP_OWN_MAINT, 0, -1, "",
          "Shop-Health \"reason=\"a\\\"; colour=red\"");
    reads("drain; reason=\"a\001b\"; x", NGX_SHOP_OWN_DRAIN, 0, -1, "",
          "Shop-Health \"reason=\"a?b\"\", Shop-Health \"x\"");
    reads("drain; reason=\"\342\200\256evil\"", NGX_SHOP_OWN_DRAIN, 0, -1, "",
          "Shop-Health \"reason=\"???evil\"\"");
    reads("drain; reason=\"\303\"", NGX_SHOP_OWN_DRAIN, 0, -1, "",
          "Shop-Health \"reason=\"?\"\"");
    reads("maint; retry-after=5; retry-after=6", NGX_SHOP_OWN_MAINT, 0, 5, "",
          "Shop-Health \"retry-after=6\"");

    read_head(200, 1, "Shop-Health: drain\nShop-Health: maint\n");
    assert_int_equal(own.what, NGX_SHOP_OWN_NONE);
    assert_string_equal(bad, "a second Shop-Health \"maint\"");
}


static void
a_reason_has_its_limit(void **state)
{
    char    value[256];
    size_t  n;

    (void) state;

    for (n = 95; n <= 97; n++) {
        strcpy(value, "Shop-Health: maint; reason=\"");
        memset(value + strlen(value), 0, 1);
        memset(value + 28, 'x', n);
        strcpy(value + 28 + n, "\"\n");

        read_head(200, 1, value);
        assert_int_equal(own.what, NGX_SHOP_OWN_MAINT);
        assert_int_equal(own.reason_len, n <= 96 ? n : 0);
    }

    /* what is told of it is short */

    assert_true(strlen(bad) < 80);
}


static void
a_503_with_a_time_is_maintenance(void **state)
{
    (void) state;

    read_head(503, 0, "Retry-After: 600\n");
    assert_int_equal(own.what, NGX_SHOP_OWN_MAINT);
    assert_int_equal(own.retry, 600);

    read_head(503, 0, "Retry-After: Sun, 06 Nov 1994 08:59:37 GMT\n");
    assert_int_equal(own.what, NGX_SHOP_OWN_MAINT);
    assert_int_equal(own.retry, 600);

    /* one that is over */
    read_head(503, 0, "Retry-After: Sat, 05 Nov 1994 08:59:37 GMT\n");
    assert_int_equal(own.what, NGX_SHOP_OWN_MAINT);
    assert_int_equal(own.retry, 0);

    read_head(503, 0, "Shop-Status: maintenance; since=x\nRetry-After: 5\n");
    assert_int_equal(own.what, NGX_SHOP_OWN_MAINT);

    read_head(503, 0, "Shop-Health: maint; reason=\"x\"\nRetry-After: 5\n");
    assert_int_equal(own.retry, 5);
    assert_int_equal(own.reason_len, 1);
}


static void
another_failure_is_none(void **state)
{
    size_t              i;
    static const char  *heads[] = {
        "", "Retry-After: soon\n", "Retry-After: -5\n",
        "Retry-After: 5\nRetry-After: 6\n",
        "Retry-After: Sun, 31 Feb 1994 08:59:37 GMT\n",
        "Retry-After: Sun, 06 Nov 1994 25:59:37 GMT\n",
        "Retry-After: Sun, 06 Nov 2094 08:59:37 GMT\n",
        "Retry-After: Sunday, 06-Nov-94 08:49:37 GMT\n",

        /* a shop failover behind this one, where nothing serves */
        "Shop-Status: outage; since=x\nRetry-After: 120\n",
        "Shop-Status: busy\nRetry-After: 120\n",

        /* these serve, by their own word, and the answer says no */
        "Shop-Health: degraded\nRetry-After: 120\n",
        "Shop-Health: weight=5\nRetry-After: 120\n"
    };

    (void) state;

    for (i = 0; i < sizeof(heads) / sizeof(heads[0]); i++) {
        read_head(503, 0, heads[i]);
        assert_int_equal(own.what, NGX_SHOP_OWN_NONE);
        assert_int_equal(own.weight, 0);
        assert_int_equal(own.timed, 0);
    }

    read_head(500, 0, "Retry-After: 5\n");
    assert_int_equal(own.what, NGX_SHOP_OWN_NONE);

    /* an answer that the check wants so */
    read_head(503, 1, "Retry-After: 5\n");
    assert_int_equal(own.what, NGX_SHOP_OWN_NONE);

    /* a word of its own counts whatever the status is */
    read_head(500, 0, "Shop-Health: drain\n");
    assert_int_equal(own.what, NGX_SHOP_OWN_DRAIN);
}


int
main(void)
{
    const struct CMUnitTest  tests[] = {
        cmocka_unit_test(good_words_are_read),
        cmocka_unit_test(bad_values_are_named_and_ignored),
        cmocka_unit_test(a_reason_has_its_limit),
        cmocka_unit_test(a_503_with_a_time_is_maintenance),
        cmocka_unit_test(another_failure_is_none)
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
