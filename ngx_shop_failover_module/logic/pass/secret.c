
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * Comparison in constant time.
 */


#include "logic/pass/secret.h"


int
ngx_shop_secret_same(const ngx_shop_str_t *sent, const ngx_shop_str_t *secret)
{
    size_t                  i;
    volatile unsigned char  differ;

    /* volatile, or a compiler may leave the loop at the first difference */

    differ = (unsigned char) (sent->len != secret->len);

    for (i = 0; i < sent->len; i++) {
        differ = (unsigned char) (differ
                                  | (sent->data[i]
                                     ^ secret->data[i % secret->len]));
    }

    return differ == 0;
}
