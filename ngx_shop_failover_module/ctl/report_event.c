
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * The timeline of a report: events in words.
 */


#include "ctl/report.h"
#include "logic/judge/verdict.h"
#include "logic/story/vocab.h"


static void ngx_shop_report_event_peer(const ngx_shop_event_t *event);
static void ngx_shop_report_event_group(const ngx_shop_event_t *event);
static void ngx_shop_report_event_site(const ngx_shop_event_t *event);
static void ngx_shop_report_event_flag(const ngx_shop_event_t *event);
static void ngx_shop_report_event_who(const ngx_shop_event_t *event);
static void ngx_shop_report_event_text(const ngx_shop_event_t *event,
    ngx_shop_span_t span);


void
ngx_shop_report_event(const ngx_shop_event_t *event)
{
    if (event->type == NGX_SHOP_EVENT_INCIDENT) {

        /* it is what the table is about */

        return;
    }

    fputs("- ", stdout);
    ngx_shop_report_text_time(event->time);
    putchar(' ');

    switch (event->type) {

    case NGX_SHOP_EVENT_PEER:
        ngx_shop_report_event_peer(event);
        break;

    case NGX_SHOP_EVENT_GROUP:
        ngx_shop_report_event_group(event);
        break;

    case NGX_SHOP_EVENT_SITE:
        ngx_shop_report_event_site(event);
        break;

    default:
        ngx_shop_report_event_flag(event);
    }

    putchar('\n');
}


static void
ngx_shop_report_event_peer(const ngx_shop_event_t *event)
{
    printf("%sserver ", event->backup ? "backup " : "");
    ngx_shop_report_event_text(event, event->peer);
    fputs(" of upstream ", stdout);
    ngx_shop_report_event_text(event, event->upstream);
    printf(" %s: ", ngx_shop_vocab_peer_change(event->from, event->to));

    if (event->cause == NGX_SHOP_EVENT_OPERATOR) {
        fputs("ordered, \"", stdout);
        ngx_shop_report_event_text(event, event->detail);
        putchar('"');
        ngx_shop_report_event_who(event);
        return;
    }

    ngx_shop_report_event_text(event, event->detail);

    if (event->cause == NGX_SHOP_EVENT_SERVER) {
        return;
    }

    printf(", %ld in a row", (long) event->count);

    if (event->first_failure) {
        fputs(", first failure ", stdout);
        ngx_shop_report_text_length(event->time - event->first_failure);
        fputs(" before", stdout);
    }
}


static void
ngx_shop_report_event_group(const ngx_shop_event_t *event)
{
    fputs("upstream ", stdout);
    ngx_shop_report_event_text(event, event->upstream);

    switch (event->what) {

    case NGX_SHOP_EVENT_SERVING:
        break;

    case NGX_SHOP_EVENT_PANIC:
        fputs(": too few servers are up, probes are ignored", stdout);
        return;

    case NGX_SHOP_EVENT_PANIC_OVER:
        fputs(": probes count again", stdout);
        return;

    case NGX_SHOP_EVENT_QUEUE:
        fputs(": visitors wait in line", stdout);
        return;

    case NGX_SHOP_EVENT_QUEUE_OVER:
        fputs(": nobody waits in line any more", stdout);
        return;

    case NGX_SHOP_EVENT_QUEUE_FULL:
        fputs(": the line is full, who comes is turned away", stdout);
        return;

    case NGX_SHOP_EVENT_BLIND:
        fputs(": visitors wait in vain, and probes pass", stdout);
        return;

    case NGX_SHOP_EVENT_BLIND_OVER:
        fputs(": visitors get pages again", stdout);
        return;

    default:
        printf(" %s", ngx_shop_vocab_group_change(event->from, event->to));
        return;
    }

    if (event->served_by.len == 0) {
        fputs(", served by nobody", stdout);
        return;
    }

    fputs(", served by upstream ", stdout);
    ngx_shop_report_event_text(event, event->served_by);
}


static void
ngx_shop_report_event_site(const ngx_shop_event_t *event)
{
    const char  *severity;

    severity = ngx_shop_event_severity_name(event->severity);

    printf("the shop %s%s%s", ngx_shop_vocab_site_change(event->from,
                                                         event->to),
           event->severity ? ", " : "", event->severity ? severity : "");
}


static void
ngx_shop_report_event_flag(const ngx_shop_event_t *event)
{
    static const char  *words[] = {
        "the flag is set", "the flag is changed", "an update",
        "the flag cannot be read", "the flag is gone"
    };

    fputs(words[event->to], stdout);

    if (event->text.len && event->to != NGX_SHOP_EVENT_REMOVED) {
        fputs(": \"", stdout);
        ngx_shop_report_event_text(event, event->text);
        putchar('"');
    }

    if (event->eta && event->to != NGX_SHOP_EVENT_REMOVED
        && event->to != NGX_SHOP_EVENT_UPDATE)
    {
        fputs(", ETA ", stdout);
        ngx_shop_report_text_time(event->eta);
    }

    if (event->warnings) {
        printf(", %ld lines with warnings", (long) event->warnings);
    }

    ngx_shop_report_event_who(event);
}


static void
ngx_shop_report_event_who(const ngx_shop_event_t *event)
{
    if (event->who.len) {
        fputs(", by ", stdout);
        ngx_shop_report_event_text(event, event->who);
    }
}


static void
ngx_shop_report_event_text(const ngx_shop_event_t *event, ngx_shop_span_t span)
{
    ngx_shop_report_text(ngx_shop_event_get(event, span));
}
