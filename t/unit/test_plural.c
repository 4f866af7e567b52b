
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * Plural categories: every rule of CLDR, by CLDR's own examples.
 */


#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <cmocka.h>

#include "logic/words/plural.h"
#include "plural.h"


static ngx_shop_str_t
str(const char *s, size_t len)
{
    ngx_shop_str_t  text;

    text.data = (const unsigned char *) s;
    text.len = len;

    return text;
}


/* "one 1 21 31; few 2 3 4": how many numbers were tried */

static unsigned
examples(const char *code, const char *p)
{
    int              category;
    char            *end;
    size_t           len;
    unsigned         n, tried;
    ngx_shop_str_t   name, lang;

    tried = 0;
    lang = str(code, strlen(code));

    while (*p) {
        len = strcspn(p, " ");
        name = str(p, len);
        category = ngx_shop_plural_named(&name);
        assert_true(category != -1);

        for (p += len; *p == ' '; p = end) {
            n = (unsigned) strtoul(p + 1, &end, 10);

            if (ngx_shop_plural_category(ngx_shop_plural_find(&lang), n)
                != (ngx_shop_plural_e) category)
            {
                fail_msg("%s: %u is not \"%.*s\"", code, n, (int) len,
                         (const char *) name.data);
            }

            tried++;
        }

        p += *p == ';' ? 2 : 0;
    }

    return tried;
}


static void
every_rule_has_the_examples_that_cldr_gives(void **state)
{
    size_t    i;
    unsigned  tried;

    (void) state;

    for (i = 0, tried = 0;
         i < sizeof(plural_samples) / sizeof(plural_samples[0]);
         i++)
    {
        tried += examples(plural_samples[i].code, plural_samples[i].examples);
    }

    assert_true(i > 35);
    assert_true(tried > 1000);
}


static void
a_region_has_the_rules_of_its_language_or_its_own(void **state)
{
    size_t           i;
    ngx_shop_str_t   a, b;

    static const char  *same[][2] = {
        { "pl-PL", "pl" }, { "zh-Hant-TW", "ja" }, { "pt-BR", "pt" },
        { "pt-PT-x-shop", "pt-PT" }, { "xx", "" }, { "", "ja" },
        { "p", "ja" }
    };

    (void) state;

    for (i = 0; i < sizeof(same) / sizeof(same[0]); i++) {
        a = str(same[i][0], strlen(same[i][0]));
        b = str(same[i][1], strlen(same[i][1]));

        assert_string_equal(ngx_shop_plural_find(&a),
                            ngx_shop_plural_find(&b));
    }

    a = str("pt-PT", 5);
    b = str("pt-BR", 5);
    assert_string_not_equal(ngx_shop_plural_find(&a),
                            ngx_shop_plural_find(&b));
}


int
main(void)
{
    const struct CMUnitTest  tests[] = {
        cmocka_unit_test(every_rule_has_the_examples_that_cldr_gives),
        cmocka_unit_test(a_region_has_the_rules_of_its_language_or_its_own)
    };

    return cmocka_run_group_tests_name("plural", tests, NULL, NULL);
}
