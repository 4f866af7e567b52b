
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * Any lines as an event log: what is read is written and reads the same, and
 * the fold of it keeps its order of times.
 */


#include <stdlib.h>

#include "logic/incident.h"


int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);


static void
fuzz_event_holds(int held)
{
    if (!held) {
        abort();
    }
}


static void
fuzz_event_fold(ngx_shop_failover_incident_fold_t *fold,
    const ngx_shop_failover_event_t *event)
{
    ngx_shop_failover_event_t      told;
    ngx_shop_failover_incident_e   news;
    ngx_shop_failover_incident_t  *in;

    news = ngx_shop_failover_incident_fold(fold, event, &in);

    fuzz_event_holds(news == NGX_SHOP_FAILOVER_INCIDENT_NO_NEWS || in);

    if (in == NULL) {
        return;
    }

    fuzz_event_holds(in->nbytes <= NGX_SHOP_FAILOVER_INCIDENT_BYTES
                     && in->ntexts <= NGX_SHOP_FAILOVER_INCIDENT_TEXTS
                     && in->nclasses <= NGX_SHOP_FAILOVER_EVENT_CLASSES);
    fuzz_event_holds((in->resolved != 0)
                     == (news == NGX_SHOP_FAILOVER_INCIDENT_RESOLVED));
    fuzz_event_holds(in->severity <= 3 && in->number);

    if (news) {
        ngx_shop_failover_incident_event(in, news, &told);
        fuzz_event_holds(told.text_len <= NGX_SHOP_FAILOVER_EVENT_TEXT);
    }
}


static void
fuzz_event_line(ngx_shop_failover_incident_fold_t *fold, const uint8_t *data,
    size_t size)
{
    size_t                      n;
    const char                 *reason;
    ngx_shop_failover_str_t     s;
    ngx_shop_failover_event_t   event, back;
    static unsigned char        first[NGX_SHOP_FAILOVER_EVENT_LINE];
    static unsigned char        second[NGX_SHOP_FAILOVER_EVENT_LINE];

    s.data = data;
    s.len = size;
    reason = NULL;

    if (ngx_shop_failover_event_read(&event, &s, &reason)
        != NGX_SHOP_FAILOVER_OK)
    {
        fuzz_event_holds(reason != NULL);
        return;
    }

    n = ngx_shop_failover_event_write(&event, first);
    fuzz_event_holds(n > 2 && first[n - 1] == '\n'
                     && memchr(first, '\n', n) == first + n - 1);

    s.data = first;
    s.len = n - 1;
    fuzz_event_holds(ngx_shop_failover_event_read(&back, &s, &reason)
                     == NGX_SHOP_FAILOVER_OK);

    fuzz_event_holds(ngx_shop_failover_event_write(&back, second) == n
                     && memcmp(first, second, n) == 0);

    fuzz_event_fold(fold, &event);
}


int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const uint8_t                             *p, *last, *end;
    static ngx_shop_failover_incident_fold_t   fold;

    memset(&fold, 0, sizeof(fold));
    last = data + size;

    for (p = data; p < last; p = end + 1) {
        end = memchr(p, '\n', (size_t) (last - p));
        end = end ? end : last;

        fuzz_event_line(&fold, p, (size_t) (end - p));
    }

    return 0;
}
