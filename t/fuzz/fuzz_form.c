
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * Any bytes as a form: every field lies within what was sent, has no NUL, and
 * each call goes forward.
 */


#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "logic/form.h"


int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);


static void
fuzz_form_lies_within(const ngx_shop_failover_str_t *s,
    const unsigned char *start, const unsigned char *end)
{
    if (s->data < start || s->data + s->len > end
        || (s->len && memchr(s->data, '\0', s->len)))
    {
        abort();
    }
}


int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    unsigned char            *buf, *rest, *before;
    ngx_shop_failover_str_t   name, value;

    buf = malloc(size + 1);
    if (buf == NULL) {
        return 0;
    }

    if (size) {
        memcpy(buf, data, size);
    }

    rest = buf;
    before = rest;

    while (ngx_shop_failover_form_next(&rest, buf + size, &name, &value)
           == NGX_SHOP_FAILOVER_OK)
    {
        if (rest <= before || rest > buf + size) {
            abort();
        }

        fuzz_form_lies_within(&name, before, rest);
        fuzz_form_lies_within(&value, before, rest);

        before = rest;
    }

    free(buf);

    return 0;
}
