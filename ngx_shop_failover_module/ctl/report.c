
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * shopctl report: the review of an incident, as Markdown.  Says what the log
 * knows, and leaves room for what only people know.
 */


#include <stdlib.h>
#include <time.h>

#include "ctl/ask.h"
#include "ctl/jsonout.h"
#include "ctl/report.h"
#include "ctl/report_brief.h"
#include "logic/judge/site.h"
#include "logic/flag/times.h"


static int ngx_shop_report_read(ngx_shop_log_t *log,
    const ngx_shop_options_t *o);
static int ngx_shop_report_some(ngx_shop_log_t *log, const char *since,
    const char *one);
static int ngx_shop_report_document(ngx_shop_log_t *log, const char *since,
    const char *one);
static int ngx_shop_report_since(ngx_shop_log_t *log, const char *text);
static int ngx_shop_report_one(ngx_shop_log_t *log, const char *text);
static void ngx_shop_report_incident(ngx_shop_log_t *log,
    const ngx_shop_incident_t *in);
static void ngx_shop_report_head(const ngx_shop_incident_t *in,
    const ngx_shop_report_facts_t *f);
static void ngx_shop_report_row(const char *what, const char *how, int64_t at,
    int64_t start);
static void ngx_shop_report_times(const ngx_shop_incident_t *in,
    const ngx_shop_report_facts_t *f);
static void ngx_shop_report_ended(const ngx_shop_incident_t *in, int64_t start);
static void ngx_shop_report_texts(const ngx_shop_incident_t *in);
static void ngx_shop_report_timeline(ngx_shop_log_t *log,
    const ngx_shop_incident_t *in);


typedef enum {
    NGX_SHOP_REPORT_WHOLE = 0,
    NGX_SHOP_REPORT_BRIEF,
    NGX_SHOP_REPORT_JSON
} ngx_shop_report_form_e;


static ngx_shop_report_form_e  ngx_shop_report_form;
static ngx_shop_emit_t         ngx_shop_report_emit;


const ngx_shop_options_entry_t  ngx_shop_report_options[] = {
    { "incident", NGX_SHOP_OPTIONS_VALUE, "N",
      "its number, or \"last\" [last]" },
    { "since", NGX_SHOP_OPTIONS_VALUE, "TIME",
      "all that began since then, such as \"2026-11-21 04:30\"" },
    { "brief", NGX_SHOP_OPTIONS_SWITCH, NULL,
      "half a page without names of servers, for those who pay for it" },
    { "usual", NGX_SHOP_OPTIONS_SWITCH, NULL,
      "asks nginx what is usual in that time: pages and POSTs, an estimate" },
    { "order-value", NGX_SHOP_OPTIONS_VALUE, "NUMBER",
      "... and what was missed at most, if an order is worth so much" },
    NGX_SHOP_ASK_OPTION,
    NGX_SHOP_JSONOUT_OPTION,
    { NULL, NGX_SHOP_OPTIONS_SWITCH, NULL, NULL }
};


int
ngx_shop_report_run(const ngx_shop_options_t *o)
{
    int             rc;
    const char     *since, *one;
    ngx_shop_log_t  log;

    memset(&log, 0, sizeof(ngx_shop_log_t));

    since = ngx_shop_options_get(o, "since");
    one = ngx_shop_options_get(o, "incident");

    if (since && one) {
        return ngx_shop_say_error("--incident or --since, not both");
    }

    ngx_shop_report_form = ngx_shop_options_get(o, "json")
                           ? NGX_SHOP_REPORT_JSON
                           : ngx_shop_options_get(o, "brief")
                             ? NGX_SHOP_REPORT_BRIEF : NGX_SHOP_REPORT_WHOLE;

    if (ngx_shop_report_usual_begin(o) != NGX_SHOP_OK
        || ngx_shop_report_read(&log, o) != NGX_SHOP_OK
        || ngx_shop_log_fold(&log) != NGX_SHOP_OK)
    {
        rc = NGX_SHOP_SAY_ERROR;

    } else {
        rc = ngx_shop_report_form == NGX_SHOP_REPORT_JSON
             ? ngx_shop_report_document(&log, since, one)
             : ngx_shop_report_some(&log, since, one);
    }

    free(log.data);
    free(log.incidents);

    return rc;
}


static int
ngx_shop_report_read(ngx_shop_log_t *log, const ngx_shop_options_t *o)
{
    const char  *path;

    if (o->nrest) {
        return ngx_shop_log_join(log, o->rest, o->nrest);
    }

    path = getenv("SHOP_EVENTS");

    return ngx_shop_log_read(log, path && *path ? path : NGX_SHOP_LOG_DEFAULT);
}


static int
ngx_shop_report_some(ngx_shop_log_t *log, const char *since, const char *one)
{
    return since ? ngx_shop_report_since(log, since)
                 : ngx_shop_report_one(log, one ? one : "last");
}


static int
ngx_shop_report_document(ngx_shop_log_t *log, const char *since,
    const char *one)
{
    int  rc;

    ngx_shop_jsonout_begin(&ngx_shop_report_emit, "report",
                           (int64_t) time(NULL));
    ngx_shop_emit_array(&ngx_shop_report_emit, "incidents");

    rc = ngx_shop_report_some(log, since, one);

    ngx_shop_emit_close(&ngx_shop_report_emit, ']');
    ngx_shop_jsonout_end(&ngx_shop_report_emit);

    return rc;
}


static int
ngx_shop_report_since(ngx_shop_log_t *log, const char *text)
{
    int64_t          at, now;
    unsigned         i, n;
    const char      *reason;
    ngx_shop_str_t   s;

    s.data = (const unsigned char *) text;
    s.len = strlen(text);
    now = (int64_t) time(NULL);

    /* "04:30" is the last one here, not the next */

    if (ngx_shop_times_last(&s, now, &at) != NGX_SHOP_OK
        && ngx_shop_times_parse(&s, now, &at, &reason)
           != NGX_SHOP_OK)
    {
        return ngx_shop_say_error("--since \"%s\": %s", text, reason);
    }

    n = 0;

    for (i = 0; i < log->nincidents; i++) {
        if (log->incidents[i].began >= at * 1000) {
            if (n++ && ngx_shop_report_form != NGX_SHOP_REPORT_JSON) {
                fputs("\n\n", stdout);
            }

            ngx_shop_report_incident(log, &log->incidents[i]);
        }
    }

    if (n == 0) {
        (void) ngx_shop_say_error("no incident began since \"%s\"", text);
        return NGX_SHOP_SAY_NO;
    }

    return NGX_SHOP_SAY_YES;
}


static int
ngx_shop_report_one(ngx_shop_log_t *log, const char *text)
{
    char      *end;
    long       number;
    unsigned   i;

    number = 0;

    if (strcmp(text, "last") != 0) {
        number = strtol(text, &end, 10);

        if (number <= 0 || *end) {
            return ngx_shop_say_error("--incident \"%s\": expected "
                                      "a number or \"last\"",
                                      text);
        }
    }

    /* after a restart the numbers begin anew: the newest is meant */

    for (i = log->nincidents; i; i--) {

        if (number == 0 || log->incidents[i - 1].number == number) {
            ngx_shop_report_incident(log, &log->incidents[i - 1]);
            return NGX_SHOP_SAY_YES;
        }
    }

    (void) ngx_shop_say_error(number ? "no incident %s in the log"
                                     : "no incident in the log",
                              text);

    return NGX_SHOP_SAY_NO;
}


static void
ngx_shop_report_incident(ngx_shop_log_t *log, const ngx_shop_incident_t *in)
{
    ngx_shop_report_facts_t  f;

    ngx_shop_report_facts(log, in, (int64_t) time(NULL) * 1000, &f);

    if (ngx_shop_report_form == NGX_SHOP_REPORT_BRIEF) {
        ngx_shop_report_brief(in, &f);
        return;
    }

    if (ngx_shop_report_form == NGX_SHOP_REPORT_JSON) {
        ngx_shop_report_json(&ngx_shop_report_emit, in, &f);
        return;
    }

    ngx_shop_report_head(in, &f);
    ngx_shop_report_times(in, &f);
    ngx_shop_report_impact(in, &f);
    ngx_shop_report_impact_care(in, &f);
    ngx_shop_report_texts(in);
    ngx_shop_report_timeline(log, in);

    puts("\n## Review\n\n"
         "- Cause:\n"
         "- What went well:\n"
         "- What did not:\n"
         "- To do, by whom, until when:");

    if (log->skipped) {
        ngx_shop_say_note("%u lines of the log are no events", log->skipped);
    }
}


static void
ngx_shop_report_head(const ngx_shop_incident_t *in,
    const ngx_shop_report_facts_t *f)
{
    unsigned  both;

    both = in->planned ? f->outage : f->closed;

    printf("# %s %u%s%s\n\n",
           in->planned && !both ? "Maintenance" : "Incident",
           (unsigned) in->number, in->severity ? ", " : "",
           in->severity ? ngx_shop_event_severity_name(in->severity)
                        : "");

    if (both) {
        puts(in->planned
             ? "A planned closing with an outage inside: nobody served when "
               "the shop was to be open.\n"
             : "An outage with a closing by hand inside.\n");
    }

    if (in->site.len) {
        fputs("Shop ", stdout);
        ngx_shop_report_text(ngx_shop_incident_told_text(in, in->site));
        fputs(". ", stdout);
    }

    fputs("All times are UTC.\n\n", stdout);
}


static void
ngx_shop_report_times(const ngx_shop_incident_t *in,
    const ngx_shop_report_facts_t *f)
{
    int64_t  start, mitigated;

    static const char  *by[] = {
        "", "by backup servers", "by another upstream", "by browsing only", ""
    };

    start = f->start;

    /* a page that says sorry mitigates nothing */

    mitigated = in->by == NGX_SHOP_EVENT_BY_PAGE ? 0 : in->mitigated;

    puts("| what | when | after the start |\n"
         "|---|---|---|");

    ngx_shop_report_row("started", in->first_failure
                                   ? "first failure" : "", start, 0);
    ngx_shop_report_row("detected", "", in->detected, start);

    if (mitigated) {
        ngx_shop_report_row("mitigated", by[in->by], mitigated, start);
    }

    if (f->page) {
        ngx_shop_report_row("page up", "for visitors", f->page, start);
    }

    if (f->words) {
        ngx_shop_report_row("first words of your own", "", f->words, start);
    }

    if (in->reopening) {
        ngx_shop_report_row("reopened", "visitors are let in", in->reopening,
                            start);
    }

    ngx_shop_report_ended(in, start);

    fputs("\nTime to detect: ", stdout);
    ngx_shop_report_text_length(in->detected - start);

    if (mitigated) {
        fputs(". Time to mitigate: ", stdout);
        ngx_shop_report_text_length(mitigated - start);
    }

    if (in->resolved && !in->lost) {
        fputs(". Time to recover: ", stdout);
        ngx_shop_report_text_length(in->resolved - start);
    }

    puts(".");
}


static void
ngx_shop_report_ended(const ngx_shop_incident_t *in, int64_t start)
{
    if (in->resolved == 0) {
        printf("| resolved | not yet: the shop is %s | |\n",
               ngx_shop_site_name(in->state));

    } else if (in->lost) {
        puts("| resolved | not known: nginx was started anew | |");

    } else {
        ngx_shop_report_row("resolved", "", in->resolved, start);
    }
}


static void
ngx_shop_report_row(const char *what, const char *how, int64_t at,
    int64_t start)
{
    printf("| %s%s%s | ", what, *how ? ", " : "", how);

    if (at) {
        ngx_shop_report_text_time(at);
    }

    fputs(" | ", stdout);

    if (at && start) {
        ngx_shop_report_text_length(at - start);
        putchar(' ');
    }

    puts("|");
}


static void
ngx_shop_report_texts(const ngx_shop_incident_t *in)
{
    unsigned                         i;
    ngx_shop_str_t                   text;
    const ngx_shop_incident_text_t  *t;

    if (in->ntexts == 0) {
        return;
    }

    puts("\n## What visitors read\n");

    for (i = 0; i < in->ntexts; i++) {
        t = &in->texts[i];
        text = ngx_shop_incident_told_text(in, t->text);

        fputs("- ", stdout);
        ngx_shop_report_text_time(t->at);

        if (text.len == 0) {
            puts(" the built-in text");
            continue;
        }

        fputs(t->update ? " update: \"" : " \"", stdout);
        ngx_shop_report_text(text);
        puts("\"");
    }

    if (in->texts_lost) {
        printf("- and %u more, see the timeline\n", (unsigned) in->texts_lost);
    }
}


static void
ngx_shop_report_timeline(ngx_shop_log_t *log, const ngx_shop_incident_t *in)
{
    int64_t           from, to;
    ngx_shop_str_t    site, of;
    ngx_shop_event_t  event;

    puts("\n## Timeline\n");

    from = in->first_failure ? in->first_failure : in->began;
    to = in->resolved ? in->resolved : INT64_MAX;
    site = ngx_shop_incident_told_text(in, in->site);

    log->pos = 0;
    log->skipped = 0;

    while (ngx_shop_log_next(log, &event) == NGX_SHOP_OK) {

        if (event.time < from || event.time > to) {
            continue;
        }

        of = ngx_shop_event_get(&event, event.site);

        if (event.type >= NGX_SHOP_EVENT_SITE
            && (of.len != site.len || memcmp(of.data, site.data, of.len) != 0))
        {
            /* of another shop */

            continue;
        }

        of = ngx_shop_event_get(&event, event.upstream);

        if (event.type < NGX_SHOP_EVENT_SITE
            && !ngx_shop_incident_burst_concerns(in, &of))
        {
            continue;
        }

        ngx_shop_report_event(&event);
    }
}
