
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * The timeline of a report: events in words.
 */


#include "ctl/report.h"
#include "logic/judge/site.h"
#include "logic/judge/verdict.h"


static void ngx_shop_report_event_peer(const ngx_shop_event_t *event);
static void ngx_shop_report_event_group(const ngx_shop_event_t *event);
static void ngx_shop_report_event_site(const ngx_shop_event_t *event);
static void ngx_shop_report_event_flag(const ngx_shop_event_t *event);
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
    ngx_shop_report_time(event->time);
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
    printf(" is %s (was %s): ", ngx_shop_verdict_state_name(event->to),
           ngx_shop_verdict_state_name(event->from));

    if (event->cause == NGX_SHOP_EVENT_OPERATOR) {
        fputs("ordered, \"", stdout);
        ngx_shop_report_event_text(event, event->detail);
        putchar('"');
        return;
    }

    ngx_shop_report_event_text(event, event->detail);
    printf(", %ld in a row", (long) event->count);

    if (event->first_failure) {
        fputs(", first failure ", stdout);
        ngx_shop_report_length(event->time - event->first_failure);
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

    case NGX_SHOP_EVENT_BLIND:
        fputs(": visitors wait in vain, and probes pass", stdout);
        return;

    case NGX_SHOP_EVENT_BLIND_OVER:
        fputs(": visitors get pages again", stdout);
        return;

    default:
        printf(" is %s (was %s)", ngx_shop_site_group_name(event->to),
               ngx_shop_site_group_name(event->from));
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

    printf("the shop is **%s**%s%s (was %s)", ngx_shop_site_name(event->to),
           event->severity ? ", " : "", event->severity ? severity : "",
           ngx_shop_site_name(event->from));
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
        ngx_shop_report_time(event->eta);
    }

    if (event->warnings) {
        printf(", %ld lines with warnings", (long) event->warnings);
    }
}


static void
ngx_shop_report_event_text(const ngx_shop_event_t *event, ngx_shop_span_t span)
{
    ngx_shop_report_text(ngx_shop_event_get(event, span));
}
