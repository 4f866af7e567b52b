
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * The shop's name in the texts of a language.  Knows no language.
 */


#include "logic/words/strings.h"


static size_t ngx_shop_strings_shop_named(ngx_shop_str_t *text,
    const ngx_shop_str_t *name, const ngx_shop_str_t *shop,
    unsigned char *buf);


size_t
ngx_shop_strings_shop(ngx_shop_strings_t *w, const ngx_shop_str_t *name,
    unsigned char *buf)
{
    size_t           size;
    unsigned         i;
    ngx_shop_str_t   shop;

    size = 0;
    shop = w->text[NGX_SHOP_STRINGS_SHOP];

    for (i = 0; i < NGX_SHOP_STRINGS_N; i++) {
        size += ngx_shop_strings_shop_named(&w->text[i], name, &shop,
                                            buf ? buf + size : NULL);
    }

    for (i = 0; i < w->nforms; i++) {
        size += ngx_shop_strings_shop_named(&w->forms[i].text, name, &shop,
                                            buf ? buf + size : NULL);
    }

    return size;
}


/* how long the text becomes; 0: it does not say {shop} and stays */

static size_t
ngx_shop_strings_shop_named(ngx_shop_str_t *text, const ngx_shop_str_t *name,
    const ngx_shop_str_t *shop, unsigned char *buf)
{
    size_t                 n;
    unsigned               found;
    ngx_shop_str_t         said;
    const unsigned char   *p, *last, *end;

    /* there is room only for texts that change */

    if (buf && ngx_shop_strings_shop_named(text, name, shop, NULL) == 0) {
        return 0;
    }

    n = 0;
    found = 0;
    p = text->data;
    last = p + text->len;

    while (p < last) {

        said.data = p;
        said.len = 1;
        end = p + 1;

        if (last - p > 5 && memcmp(p, "{shop", 5) == 0
            && (p[5] == '}' || p[5] == '|')
            && memchr(p, '}', (size_t) (last - p)))
        {
            found = 1;
            end = memchr(p, '}', (size_t) (last - p));
            said.data = p + 6;
            said.len = p[5] == '|' ? (size_t) (end - said.data) : 0;
            said = name->len ? *name : p[5] == '|' ? said : *shop;
            end++;
        }

        if (buf) {
            memcpy(buf + n, said.data, said.len);
        }

        n += said.len;
        p = end;
    }

    if (found && buf) {
        text->data = buf;
        text->len = n;
    }

    return found ? n : 0;
}
