
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * Which hosts a pattern of the key "hosts" means, and what it has in common
 * with a server_name.
 */


#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "logic/flag/hosts.h"


static ngx_shop_str_t
str(const char *text)
{
    ngx_shop_str_t  s;

    s.data = (const unsigned char *) text;
    s.len = strlen(text);

    return s;
}


static void
a_name_may_have_a_star_at_one_end(void **state)
{
    size_t          i;
    ngx_shop_str_t  s;

    static const struct {
        const char             *text;
        ngx_shop_hosts_fault_e  fault;
    } rows[] = {
        { "a.example", NGX_SHOP_HOSTS_FITS },
        { "A.Example", NGX_SHOP_HOSTS_FITS },
        { "localhost", NGX_SHOP_HOSTS_FITS },
        { "10.0.0.1", NGX_SHOP_HOSTS_FITS },
        { "xn--mller-kva.example", NGX_SHOP_HOSTS_FITS },
        { "*.b.example", NGX_SHOP_HOSTS_FITS },
        { "shop.*", NGX_SHOP_HOSTS_FITS },
        { "", NGX_SHOP_HOSTS_BAD },
        { ".", NGX_SHOP_HOSTS_BAD },
        { ".b.example", NGX_SHOP_HOSTS_BAD },
        { "b.example.", NGX_SHOP_HOSTS_BAD },
        { "b..example", NGX_SHOP_HOSTS_BAD },
        { "m\xc3\xbcller.example", NGX_SHOP_HOSTS_BAD },
        { "a.example:8080", NGX_SHOP_HOSTS_PORT },
        { "https://a.example", NGX_SHOP_HOSTS_PORT },
        { "*", NGX_SHOP_HOSTS_STAR },
        { "*.", NGX_SHOP_HOSTS_STAR },
        { ".*", NGX_SHOP_HOSTS_STAR },
        { "**.a.example", NGX_SHOP_HOSTS_STAR },
        { "a.*.example", NGX_SHOP_HOSTS_STAR },
        { "*a.example", NGX_SHOP_HOSTS_STAR },
        { "shop*", NGX_SHOP_HOSTS_STAR },
        { "*.shop.*", NGX_SHOP_HOSTS_STAR }
    };

    (void) state;

    for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        s = str(rows[i].text);

        if (ngx_shop_hosts_fault(&s) != rows[i].fault) {
            fail_msg("\"%s\" is %u", rows[i].text,
                     (unsigned) ngx_shop_hosts_fault(&s));
        }
    }
}


static void
a_pattern_means_hosts(void **state)
{
    size_t          i;
    ngx_shop_str_t  pattern, host;

    static const struct {
        const char  *pattern;
        const char  *host;
        int          means;
    } rows[] = {
        { "a.example", "a.example", 1 },
        { "A.example", "a.EXAMPLE", 1 },
        { "a.example", "b.a.example", 0 },
        { "a.example", "", 0 },
        { "*.b.example", "a.b.example", 1 },
        { "*.b.example", "A.a.B.example", 1 },
        { "*.b.example", "b.example", 0 },
        { "*.b.example", ".b.example", 0 },
        { "*.b.example", "evilb.example", 0 },
        { "shop.*", "shop.example", 1 },
        { "shop.*", "shop.co.example", 1 },
        { "shop.*", "shop.", 0 },
        { "shop.*", "shopping.example", 0 },
        { "shop.*", "www.shop.example", 0 }
    };

    (void) state;

    for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        pattern = str(rows[i].pattern);
        host = str(rows[i].host);

        if (ngx_shop_hosts_match(&pattern, &host) != rows[i].means) {
            fail_msg("\"%s\" and \"%s\"", rows[i].pattern, rows[i].host);
        }
    }
}


static void
a_pattern_and_a_server_name(void **state)
{
    size_t          i;
    ngx_shop_str_t  pattern, name;

    static const struct {
        const char  *pattern;
        const char  *name;
        int          meets;
        int          covers;
    } rows[] = {
        { "a.example", "a.example", 1, 1 },
        { "a.example", "b.example", 0, 0 },
        { "a.example", "*.example", 1, 0 },
        { "a.example", "a.*", 1, 0 },
        { "a.example", "", 1, 0 },
        { "*.example", "a.example", 1, 1 },
        { "*.example", "*.example", 1, 1 },
        { "*.example", "*.a.example", 1, 1 },
        { "*.a.example", "*.example", 1, 0 },
        { "*.a.example", "*.b.example", 0, 0 },
        { "*.example", "shop.*", 1, 0 },
        { "shop.*", "shop.*", 1, 1 },
        { "shop.*", "shop.co.*", 1, 1 },
        { "shop.co.*", "shop.*", 1, 0 },
        { "shop.*", "www.*", 0, 0 },
        { "shop.*", "", 1, 0 }
    };

    (void) state;

    for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        pattern = str(rows[i].pattern);
        name = str(rows[i].name);

        if (ngx_shop_hosts_meets(&pattern, &name) != rows[i].meets
            || ngx_shop_hosts_covers(&pattern, &name) != rows[i].covers)
        {
            fail_msg("\"%s\" and \"%s\"", rows[i].pattern, rows[i].name);
        }
    }
}


int
main(void)
{
    const struct CMUnitTest  tests[] = {
        cmocka_unit_test(a_name_may_have_a_star_at_one_end),
        cmocka_unit_test(a_pattern_means_hosts),
        cmocka_unit_test(a_pattern_and_a_server_name)
    };

    return cmocka_run_group_tests_name("hosts", tests, NULL, NULL);
}
