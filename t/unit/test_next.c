
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * What to type next is true in each state: the list of both screens.
 */


#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "logic/flag/flagset.h"
#include "logic/judge/site.h"
#include "logic/story/next.h"


#define TEST_NEXT_NOW  ((int64_t) 1795230000)


/* the commands that are advised, their first words, a blank behind each */

static void
test_next_list(const ngx_shop_next_t *site, char *list)
{
    unsigned                 i, n;
    ngx_shop_next_command_t  commands[NGX_SHOP_NEXT_MAX];

    n = ngx_shop_next(site, commands);
    assert_true(n <= NGX_SHOP_NEXT_MAX);

    list[0] = '\0';

    for (i = 0; i < n; i++) {
        strncat(list, commands[i].command,
                strcspn(commands[i].command, " "));
        strcat(list, " ");
        assert_true(strlen(commands[i].why) > 5);

        /* nobody is told to write a file by hand */

        assert_null(strchr(commands[i].command, '>'));
    }
}


static void
each_state_has_its_commands(void **state)
{
    size_t           i;
    char             list[256];
    ngx_shop_next_t  site;

    static const struct {
        const char  *name;
        unsigned     state, flag, alone, ramp;
        int          eta, next;
        const char  *list;
    } cases[] = {
        { "open", NGX_SHOP_SITE_OPEN, NGX_SHOP_FLAGSET_NONE, 0, 0, 0, 0,
          "on " },
        { "announced", NGX_SHOP_SITE_OPEN, NGX_SHOP_FLAGSET_ANNOUNCED, 0, 0,
          0, 0, "off " },
        { "closed", NGX_SHOP_SITE_MAINTENANCE, NGX_SHOP_FLAGSET_FULL, 0, 0,
          60, 60, "update off " },
        { "closed, late", NGX_SHOP_SITE_MAINTENANCE, NGX_SHOP_FLAGSET_FULL,
          0, 0, -60, 0, "update off " },
        { "closed, overdue", NGX_SHOP_SITE_MAINTENANCE,
          NGX_SHOP_FLAGSET_FULL, 0, 0, 60, -60, "update off " },
        { "ended", NGX_SHOP_SITE_OPEN, NGX_SHOP_FLAGSET_OVER, 0, 0, 0, 0,
          "off " },
        { "outage", NGX_SHOP_SITE_OUTAGE, NGX_SHOP_FLAGSET_NONE, 0, 0, 0, 0,
          "tell " },
        { "outage with words", NGX_SHOP_SITE_OUTAGE, NGX_SHOP_FLAGSET_WORDS,
          0, 0, 60, 0, "update " },
        { "outage, an ended flag", NGX_SHOP_SITE_OUTAGE,
          NGX_SHOP_FLAGSET_OVER, 0, 0, 0, 0, "on " },
        { "well but closed", NGX_SHOP_SITE_MAINTENANCE,
          NGX_SHOP_FLAGSET_FULL, 1, 0, 0, 0, "off update " },
        { "reopening by a ramp", NGX_SHOP_SITE_REOPENING,
          NGX_SHOP_FLAGSET_NONE, 0, 1, 0, 0, "reopen reopen on " },
        { "words of an outage that may come", NGX_SHOP_SITE_OPEN,
          NGX_SHOP_FLAGSET_WORDS, 0, 0, -60, 0, "off " }
    };

    (void) state;

    for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        print_message("%s\n", cases[i].name);

        memset(&site, 0, sizeof(ngx_shop_next_t));
        site.state = cases[i].state;
        site.flag = cases[i].flag;
        site.alone = cases[i].alone & 1;
        site.ramp = cases[i].ramp & 1;
        site.configured = 1;
        site.now = TEST_NEXT_NOW;
        site.eta = cases[i].eta ? TEST_NEXT_NOW + cases[i].eta : 0;
        site.next_update = cases[i].next ? TEST_NEXT_NOW + cases[i].next : 0;

        test_next_list(&site, list);
        assert_string_equal(list, cases[i].list);
    }
}


static void
what_is_not_there_is_not_advised(void **state)
{
    char             list[256];
    ngx_shop_next_t  site;

    (void) state;

    memset(&site, 0, sizeof(ngx_shop_next_t));
    site.flag = NGX_SHOP_FLAGSET_NONE;
    site.state = NGX_SHOP_SITE_OUTAGE;

    test_next_list(&site, list);
    assert_string_equal(list, "");

    site.incident = 1;
    test_next_list(&site, list);
    assert_string_equal(list, "report ");
}


int
main(void)
{
    const struct CMUnitTest  tests[] = {
        cmocka_unit_test(each_state_has_its_commands),
        cmocka_unit_test(what_is_not_there_is_not_advised)
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
