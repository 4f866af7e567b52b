
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * Any lines as an event log: what is read is written and reads the same, and
 * the fold of it keeps its order of times.
 */


#include "fuzz.h"
#include "logic/story/incident.h"


/* numbers of which sums and differences do not overflow */

static void
fuzz_event_counts(const ngx_shop_event_t *event)
{
    unsigned  i;

    fuzz_holds(event->seq >= 0
               && event->visitors >= 0
               && event->visitors <= NGX_SHOP_EVENT_COUNT_MAX);

    for (i = 0; i < event->nclasses; i++) {
        fuzz_holds(event->classes[i].refused >= 0
                   && event->classes[i].unknown >= 0);
        fuzz_holds(event->classes[i].refused
                   <= NGX_SHOP_EVENT_COUNT_MAX
                   && event->classes[i].unknown
                      <= NGX_SHOP_EVENT_COUNT_MAX);
    }
}


/* how many are open of those that began before the event */

static unsigned
fuzz_event_open(const ngx_shop_incident_fold_t *fold,
    const ngx_shop_incident_t *but)
{
    unsigned                    i, n;
    const ngx_shop_incident_t  *in;

    for (i = 0, n = 0; i < NGX_SHOP_INCIDENTS; i++) {
        in = &fold->incidents[i];
        n += (in != but && in->number && in->resolved == 0);
    }

    return n;
}


static void
fuzz_event_fold(ngx_shop_incident_fold_t *fold, const ngx_shop_event_t *event)
{
    int                   restart;
    ngx_shop_event_t      told;
    ngx_shop_incident_e   news;
    ngx_shop_incident_t  *in;

    restart = (event->seq <= fold->seq);
    news = ngx_shop_incident_fold(fold, event, &in);

    fuzz_holds(!restart || fuzz_event_open(fold, in) == 0);
    fuzz_holds(news == NGX_SHOP_INCIDENT_NO_NEWS || in);

    if (in == NULL) {
        return;
    }

    fuzz_holds(in->nbytes <= NGX_SHOP_INCIDENT_BYTES
               && in->ntexts <= NGX_SHOP_INCIDENT_TEXTS
               && in->nclasses <= NGX_SHOP_EVENT_CLASSES);
    fuzz_holds((in->resolved != 0) == (news == NGX_SHOP_INCIDENT_RESOLVED));
    fuzz_holds(in->severity <= 3 && in->number);

    if (news) {
        ngx_shop_incident_event(in, news, &told);
        fuzz_holds(told.text_len <= NGX_SHOP_EVENT_TEXT);
    }
}


static void
fuzz_event_line(ngx_shop_incident_fold_t *fold, const uint8_t *data,
    size_t size)
{
    size_t                 n;
    const char            *reason;
    ngx_shop_str_t         s;
    ngx_shop_event_t       event, back;
    static unsigned char   first[NGX_SHOP_EVENT_LINE];
    static unsigned char   second[NGX_SHOP_EVENT_LINE];

    s.data = data;
    s.len = size;
    reason = NULL;

    if (ngx_shop_event_read(&event, &s, &reason) != NGX_SHOP_OK) {
        fuzz_holds(reason != NULL);
        return;
    }

    fuzz_event_counts(&event);

    n = ngx_shop_event_write(&event, first);
    fuzz_holds(n > 2 && first[n - 1] == '\n'
               && memchr(first, '\n', n) == first + n - 1);

    s.data = first;
    s.len = n - 1;
    fuzz_holds(ngx_shop_event_read(&back, &s, &reason) == NGX_SHOP_OK);

    fuzz_holds(ngx_shop_event_write(&back, second) == n
               && memcmp(first, second, n) == 0);

    fuzz_event_fold(fold, &event);
}


int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const uint8_t                    *p, *last, *end;
    static ngx_shop_incident_fold_t   fold;

    memset(&fold, 0, sizeof(fold));
    last = data + size;

    for (p = data; p < last; p = end + 1) {
        end = memchr(p, '\n', (size_t) (last - p));
        end = end ? end : last;

        fuzz_event_line(&fold, p, (size_t) (end - p));
    }

    return 0;
}
