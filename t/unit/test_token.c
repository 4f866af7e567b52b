
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * A bypass token is good for one site, with one key, until its time; any
 * other bytes are not one.
 */


#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "logic/pass/token.h"


#define TEST_TOKEN_NOW  ((int64_t) 1795230000)


/* stands in for HMAC: every bit of key and bytes changes it */

static int
test_token_hmac(void *data, const unsigned char *bytes, size_t size,
    unsigned char *mac)
{
    size_t       i, k;
    uint64_t     h;
    const char  *secret = data;

    if (secret == NULL) {
        return NGX_SHOP_ERROR;
    }

    for (k = 0; k < NGX_SHOP_TOKEN_MAC; k++) {
        h = 14695981039346656037u + k;

        for (i = 0; secret[i]; i++) {
            h = (h ^ (unsigned char) secret[i]) * 1099511628211u;
        }

        for (i = 0; i < size; i++) {
            h = (h ^ bytes[i]) * 1099511628211u;
        }

        mac[k] = (unsigned char) (h >> 32);
    }

    return NGX_SHOP_OK;
}


static ngx_shop_token_key_t
test_token_key(const char *secret, const char *site)
{
    ngx_shop_token_key_t  key;

    key.hmac = test_token_hmac;
    key.data = (void *) (uintptr_t) secret;
    key.site.data = (const unsigned char *) site;
    key.site.len = strlen(site);

    return key;
}


static ngx_shop_str_t
test_token_make(unsigned char *buf, unsigned kind, unsigned drill)
{
    ngx_shop_str_t        text;
    ngx_shop_token_t      token;
    ngx_shop_token_key_t  key;

    key = test_token_key("secret", "shop.example");

    token.kind = (uint8_t) kind;
    token.drill = (uint8_t) drill;
    token.expires = TEST_TOKEN_NOW + 60;

    assert_int_equal(ngx_shop_token_encode(buf, &token, &key), NGX_SHOP_OK);

    text.data = buf;
    text.len = NGX_SHOP_TOKEN_LEN;

    return text;
}


static int
test_token_verify(const ngx_shop_str_t *text, const char *secret,
    const char *site, int64_t now)
{
    ngx_shop_token_t      token;
    ngx_shop_token_key_t  key;

    key = test_token_key(secret, site);

    return ngx_shop_token_verify(&token, text, &key, now);
}


static void
what_was_written_is_read(void **state)
{
    unsigned              kind, drill;
    unsigned char         buf[NGX_SHOP_TOKEN_LEN];
    ngx_shop_str_t        text;
    ngx_shop_token_t      token;
    ngx_shop_token_key_t  key;

    (void) state;

    key = test_token_key("secret", "shop.example");

    for (kind = 0; kind < NGX_SHOP_TOKEN_NKINDS; kind++) {
        for (drill = 0; drill < 2; drill++) {
            text = test_token_make(buf, kind, drill);

            assert_int_equal(ngx_shop_token_verify(&token, &text,
                                                   &key, TEST_TOKEN_NOW),
                             NGX_SHOP_OK);
            assert_int_equal(token.kind, kind);
            assert_int_equal(token.drill, drill);
            assert_int_equal(token.expires, TEST_TOKEN_NOW + 60);
        }
    }
}


static void
a_token_ends_when_its_time_is_over(void **state)
{
    unsigned char   buf[NGX_SHOP_TOKEN_LEN];
    ngx_shop_str_t  text;

    (void) state;

    text = test_token_make(buf, NGX_SHOP_TOKEN_LINK, 0);

    assert_int_equal(test_token_verify(&text, "secret", "shop.example",
                                       TEST_TOKEN_NOW + 59),
                     NGX_SHOP_OK);
    assert_int_equal(test_token_verify(&text, "secret", "shop.example",
                                       TEST_TOKEN_NOW + 60),
                     NGX_SHOP_DECLINED);
}


static void
another_key_or_site_refuses_it(void **state)
{
    unsigned char   buf[NGX_SHOP_TOKEN_LEN];
    ngx_shop_str_t  text;

    (void) state;

    text = test_token_make(buf, NGX_SHOP_TOKEN_COOKIE, 0);

    assert_int_equal(test_token_verify(&text, "Secret", "shop.example",
                                       TEST_TOKEN_NOW),
                     NGX_SHOP_ERROR);
    assert_int_equal(test_token_verify(&text, "secret", "shop.example.org",
                                       TEST_TOKEN_NOW),
                     NGX_SHOP_ERROR);
    assert_int_equal(test_token_verify(&text, "secret", "",
                                       TEST_TOKEN_NOW),
                     NGX_SHOP_ERROR);
    assert_int_equal(test_token_verify(&text, NULL, "shop.example",
                                       TEST_TOKEN_NOW),
                     NGX_SHOP_ERROR);
}


static void
the_case_of_the_host_does_not_matter(void **state)
{
    unsigned char   buf[NGX_SHOP_TOKEN_LEN];
    ngx_shop_str_t  text;

    (void) state;

    text = test_token_make(buf, NGX_SHOP_TOKEN_LINK, 0);

    assert_int_equal(test_token_verify(&text, "secret", "Shop.EXAMPLE",
                                       TEST_TOKEN_NOW),
                     NGX_SHOP_OK);
}


static void
every_changed_character_is_noticed(void **state)
{
    unsigned        i, ch;
    unsigned char   was, buf[NGX_SHOP_TOKEN_LEN];
    ngx_shop_str_t  text;

    (void) state;

    text = test_token_make(buf, NGX_SHOP_TOKEN_LINK, 0);

    for (i = 0; i < NGX_SHOP_TOKEN_LEN; i++) {
        was = buf[i];

        for (ch = 0; ch < 256; ch++) {
            buf[i] = (unsigned char) ch;

            assert_int_equal(test_token_verify(&text, "secret",
                                               "shop.example",
                                               TEST_TOKEN_NOW),
                             ch == was ? NGX_SHOP_OK
                                       : NGX_SHOP_ERROR);
        }

        buf[i] = was;
    }
}


static void
every_other_length_is_refused(void **state)
{
    size_t          len;
    unsigned char   buf[NGX_SHOP_TOKEN_LEN + 4];
    ngx_shop_str_t  text;

    (void) state;

    memset(buf, 'A', sizeof(buf));
    text = test_token_make(buf, NGX_SHOP_TOKEN_LINK, 0);

    for (len = 0; len <= sizeof(buf); len++) {
        text.len = len;

        assert_int_equal(test_token_verify(&text, "secret", "shop.example",
                                           TEST_TOKEN_NOW),
                         len == NGX_SHOP_TOKEN_LEN
                         ? NGX_SHOP_OK : NGX_SHOP_ERROR);
    }
}


static void
a_site_has_a_name_that_fits(void **state)
{
    char                  name[NGX_SHOP_TOKEN_SITE_MAX + 2];
    unsigned char         buf[NGX_SHOP_TOKEN_LEN];
    ngx_shop_token_t      token = { TEST_TOKEN_NOW, 0, 0 };
    ngx_shop_token_key_t  key;

    (void) state;

    memset(name, 'a', sizeof(name));
    name[NGX_SHOP_TOKEN_SITE_MAX + 1] = '\0';

    key = test_token_key("secret", name);
    assert_int_equal(ngx_shop_token_encode(buf, &token, &key), NGX_SHOP_ERROR);

    key.site.len--;
    assert_int_equal(ngx_shop_token_encode(buf, &token, &key), NGX_SHOP_OK);
}


static void
a_domain_is_a_dot_and_two_labels(void **state)
{
    size_t                    i;
    ngx_shop_str_t            s;
    static const char *const  good[] = {
        ".shop.example", ".a.b.c", ".Shop-1.Example", ".xn--mller-kva.de", NULL
    };
    static const char *const  bad[] = {
        "", ".", "..", "shop.example", ".example", ".shop.", ".shop..example",
        ".shop/.example", ".127.0.0.1", ".shop.example.", ". shop.example", NULL
    };

    (void) state;

    for (i = 0; good[i]; i++) {
        s.data = (const unsigned char *) good[i];
        s.len = strlen(good[i]);
        assert_true(ngx_shop_token_is_domain(&s));
    }

    for (i = 0; bad[i]; i++) {
        s.data = (const unsigned char *) bad[i];
        s.len = strlen(bad[i]);
        assert_false(ngx_shop_token_is_domain(&s));
    }
}


static void
a_domain_has_the_hosts_below_it(void **state)
{
    size_t                    i;
    ngx_shop_str_t            domain, host;
    static const char *const  within[] = {
        "shop.example", "www.shop.example", "a.b.SHOP.example", NULL
    };
    static const char *const  without[] = {
        "", "example", "evilshop.example", "shop.example.evil", ".shop.example",
        "shop.example.", NULL
    };

    (void) state;

    domain.data = (const unsigned char *) ".shop.example";
    domain.len = strlen(".shop.example");

    for (i = 0; within[i]; i++) {
        host.data = (const unsigned char *) within[i];
        host.len = strlen(within[i]);
        assert_true(ngx_shop_token_within(&domain, &host));
    }

    for (i = 0; without[i]; i++) {
        host.data = (const unsigned char *) without[i];
        host.len = strlen(without[i]);
        assert_false(ngx_shop_token_within(&domain, &host));
    }

    domain.len = 0;
    assert_false(ngx_shop_token_within(&domain, &host));
}


int
main(void)
{
    const struct CMUnitTest  tests[] = {
        cmocka_unit_test(what_was_written_is_read),
        cmocka_unit_test(a_token_ends_when_its_time_is_over),
        cmocka_unit_test(another_key_or_site_refuses_it),
        cmocka_unit_test(the_case_of_the_host_does_not_matter),
        cmocka_unit_test(every_changed_character_is_noticed),
        cmocka_unit_test(every_other_length_is_refused),
        cmocka_unit_test(a_site_has_a_name_that_fits),
        cmocka_unit_test(a_domain_is_a_dot_and_two_labels),
        cmocka_unit_test(a_domain_has_the_hosts_below_it)
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
