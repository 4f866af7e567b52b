
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * Any bytes as a form: every field lies within what was sent, has no NUL, and
 * each call goes forward; a value that is sent again is read as the same.
 */


#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "fuzz.h"
#include "logic/text/form.h"


static void
fuzz_form_lies_within(const ngx_shop_str_t *s, const unsigned char *start,
    const unsigned char *end)
{
    if (s->data < start || s->data + s->len > end
        || (s->len && memchr(s->data, '\0', s->len)))
    {
        abort();
    }
}


/* a value of n bytes fits into 3 n, with its name around it */

static void
fuzz_form_again(const ngx_shop_str_t *value)
{
    int              rc;
    char            *text;
    size_t           n, size;
    unsigned char   *buf, *rest;
    ngx_shop_str_t   first, name, read;

    size = 3 * value->len + 16;

    text = malloc(value->len + 1);
    buf = malloc(size);

    if (text == NULL || buf == NULL) {
        abort();
    }

    memcpy(text, value->data, value->len);
    text[value->len] = '\0';
    n = 0;

    if (ngx_shop_form_add(buf, size, &n, "a", "b")
        != NGX_SHOP_OK
        || ngx_shop_form_add(buf, size, &n, "reason", text)
           != NGX_SHOP_OK)
    {
        abort();
    }

    rest = buf;

    if (ngx_shop_form_next(&rest, buf + n, &name, &first)
        != NGX_SHOP_OK
        || ngx_shop_form_next(&rest, buf + n, &name, &read)
           != NGX_SHOP_OK
        || name.len != 6 || memcmp(name.data, "reason", 6) != 0
        || read.len != value->len
        || memcmp(read.data, value->data, read.len) != 0)
    {
        abort();
    }

    rc = ngx_shop_form_next(&rest, buf + n, &name, &read);

    if (rc != NGX_SHOP_DECLINED) {
        abort();
    }

    free(text);
    free(buf);
}


int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    unsigned char   *buf, *rest, *before;
    ngx_shop_str_t   name, value;

    /* of that size and no more, so that each byte beyond it is seen */

    buf = malloc(size ? size : 1);
    if (buf == NULL) {
        return 0;
    }

    if (size) {
        memcpy(buf, data, size);
    }

    rest = buf;
    before = rest;

    while (ngx_shop_form_next(&rest, buf + size, &name, &value)
           == NGX_SHOP_OK)
    {
        if (rest <= before || rest > buf + size) {
            abort();
        }

        fuzz_form_lies_within(&name, before, rest);
        fuzz_form_lies_within(&value, before, rest);
        fuzz_form_again(&value);

        before = rest;
    }

    free(buf);

    return 0;
}
