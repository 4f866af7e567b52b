
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * Any bytes as the target of a request: what is counted is written and no byte
 * more, none is new, it is a path of this host, and what was taken out is
 * gone, so that a redirect to it ends.
 */


#include "fuzz.h"
#include "logic/pass/target.h"


#define FUZZ_TARGET_NAME  "shop-bypass"


int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    size_t           i, j, n;
    unsigned char   *buf, *again;
    ngx_shop_str_t   target, leads, value;

    target.data = data;
    target.len = size;

    n = ngx_shop_target_without(NULL, 0, &target, FUZZ_TARGET_NAME);
    fuzz_holds(n > 0 && n <= size + 1);

    buf = malloc(n);
    again = malloc(n);
    fuzz_holds(buf != NULL && again != NULL);

    fuzz_holds(ngx_shop_target_without(buf, n, &target,
                                       FUZZ_TARGET_NAME)
               == n);

    fuzz_holds(buf[0] == '/' && (n == 1 || (buf[1] != '/' && buf[1] != '\\')));

    /* what is there was sent, in that order; "?" may stand where "&" did */

    j = 0;

    for (i = 1; i < n; i++) {
        while (j < size
               && data[j] != buf[i]
               && !(buf[i] == '&' && data[j] == '?')
               && !(buf[i] == '?' && data[j] == '&'))
        {
            j++;
        }

        fuzz_holds(j++ < size);
    }

    leads.data = buf;
    leads.len = n;

    fuzz_holds(ngx_shop_target_value(&leads, FUZZ_TARGET_NAME,
                                     &value)
               == NGX_SHOP_DECLINED);
    fuzz_holds(ngx_shop_target_without(again, n, &leads,
                                       FUZZ_TARGET_NAME)
               == n
               && memcmp(again, buf, n) == 0);

    if (ngx_shop_target_value(&target, FUZZ_TARGET_NAME, &value)
        == NGX_SHOP_OK)
    {
        fuzz_holds(value.data >= data && value.data + value.len <= data + size
                   && n < size + 1);
    }

    free(buf);
    free(again);

    return 0;
}
