
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * What all fuzz targets need.
 */


#ifndef _FUZZ_H_INCLUDED_
#define _FUZZ_H_INCLUDED_


#include <stdlib.h>

#include "logic/text/base.h"


int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);


static inline void
fuzz_holds(int held)
{
    if (!held) {
        abort();
    }
}


/*
 * Whether it is UTF-8, by arithmetic: logic/text/utf8.c, which has a table, is
 * not to be its own judge.
 */

static inline int
fuzz_is_utf8(const ngx_shop_str_t *s)
{
    size_t    i, k, n;
    uint32_t  code;

    static const uint32_t  least[] = { 0, 0x80, 0x800, 0x10000 };

    for (i = 0; i < s->len; i += n) {
        code = s->data[i];

        n = code < 0x80 ? 1 : code < 0xC0 ? 0 : code < 0xE0 ? 2
            : code < 0xF0 ? 3 : code < 0xF8 ? 4 : 0;

        if (n == 0 || n > s->len - i) {
            return 0;
        }

        code &= n == 1 ? 0x7F : 0xFFu >> (n + 1);

        for (k = 1; k < n; k++) {
            if ((s->data[i + k] & 0xC0) != 0x80) {
                return 0;
            }

            code = code << 6 | (s->data[i + k] & 0x3F);
        }

        if (code < least[n - 1] || code > 0x10FFFF
            || (code >= 0xD800 && code <= 0xDFFF))
        {
            return 0;
        }
    }

    return 1;
}


#endif /* _FUZZ_H_INCLUDED_ */
