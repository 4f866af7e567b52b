
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * Any answer of a server, and what it says of itself in it: a word of the
 * table, a share from 1 to 100, a reason that makes no line and fits, a time
 * within its bound; and what is bad of it is told in printable bytes.
 */


#include "fuzz.h"
#include "logic/answer/own.h"
#include "logic/text/utf8.h"


int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    int                 passed;
    size_t              i, n, bad, used;
    unsigned char      *head, told[128];
    ngx_shop_own_t      own;
    ngx_shop_emit_t     e;
    ngx_shop_answer_t   a;

    if (size == 0) {
        return 0;
    }

    passed = data[0] & 1;

    memset(&a, 0, sizeof(a));
    a.head_size = 4096;
    a.head = head = malloc(a.head_size);
    fuzz_holds(head != NULL);
    a.cgi = (data[0] >> 1) & 1;

    ngx_shop_answer_init(&a);
    (void) ngx_shop_answer_feed(&a, data + 1, size - 1, &used);

    ngx_shop_emit_init(&e, told, sizeof(told));
    ngx_shop_own_read(&own, &a, passed, 784111777, &e);

    fuzz_holds(own.what < NGX_SHOP_OWN_N);
    fuzz_holds((own.what == NGX_SHOP_OWN_WEIGHT) == (own.weight != 0));
    fuzz_holds(own.weight <= 100);
    fuzz_holds(own.reason_len <= NGX_SHOP_OWN_REASON_LEN);
    fuzz_holds(own.retry <= NGX_SHOP_OWN_RETRY_MAX);
    fuzz_holds(own.timed || own.retry == 0);
    fuzz_holds(own.what || !(own.timed || own.reason_len));
    fuzz_holds(passed || own.what < NGX_SHOP_OWN_DEGRADED);

    for (i = 0; i < own.reason_len; i += n) {
        n = ngx_shop_utf8_next(own.reason + i, own.reason + own.reason_len,
                               &bad);
        fuzz_holds(n && !ngx_shop_utf8_control(own.reason + i, n));
    }

    for (i = 0; &told[i] < e.pos; i++) {
        fuzz_holds(told[i] >= ' ' && told[i] < 0x7f);
    }

    free(head);

    return 0;
}
