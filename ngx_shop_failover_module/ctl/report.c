
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * shopctl report: the review of an incident, as Markdown.  Says what the log
 * knows, and leaves room for what only people know.
 */


#include <stdlib.h>
#include <time.h>

#include "ctl/report.h"
#include "logic/judge/site.h"
#include "logic/flag/times.h"
#include "logic/text/utf8.h"


static int ngx_shop_report_read(ngx_shop_log_t *log,
    const ngx_shop_options_t *o);
static int ngx_shop_report_since(ngx_shop_log_t *log, const char *text);
static int ngx_shop_report_one(ngx_shop_log_t *log, const char *text);
static void ngx_shop_report_incident(ngx_shop_log_t *log,
    const ngx_shop_incident_t *in);
static void ngx_shop_report_head(const ngx_shop_incident_t *in);
static void ngx_shop_report_row(const char *what, const char *how, int64_t at,
    int64_t start);
static void ngx_shop_report_times(const ngx_shop_incident_t *in);
static void ngx_shop_report_impact(const ngx_shop_incident_t *in);
static void ngx_shop_report_classes(const ngx_shop_incident_t *in);
static int ngx_shop_report_is(ngx_shop_str_t name, const char **words);
static void ngx_shop_report_texts(const ngx_shop_incident_t *in);
static void ngx_shop_report_timeline(ngx_shop_log_t *log,
    const ngx_shop_incident_t *in);
static int64_t ngx_shop_report_start(const ngx_shop_incident_t *in);


const ngx_shop_options_entry_t  ngx_shop_report_options[] = {
    { "incident", NGX_SHOP_OPTIONS_VALUE, "N",
      "its number, or \"last\" [last]" },
    { "since", NGX_SHOP_OPTIONS_VALUE, "TIME",
      "all that began since then, such as \"2026-11-21 04:30\"" },
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

    if (ngx_shop_report_read(&log, o) != NGX_SHOP_OK
        || ngx_shop_log_fold(&log) != NGX_SHOP_OK)
    {
        rc = NGX_SHOP_SAY_ERROR;

    } else if (since) {
        rc = ngx_shop_report_since(&log, since);

    } else {
        rc = ngx_shop_report_one(&log, one ? one : "last");
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
            printf("%s", n++ ? "\n\n" : "");
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
    ngx_shop_report_head(in);
    ngx_shop_report_times(in);
    ngx_shop_report_impact(in);
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
ngx_shop_report_head(const ngx_shop_incident_t *in)
{
    printf("# %s %u%s%s\n\n",
           in->planned ? "Maintenance" : "Incident", (unsigned) in->number,
           in->severity ? ", " : "",
           in->severity ? ngx_shop_event_severity_name(in->severity)
                        : "");

    if (in->site.len) {
        fputs("Shop ", stdout);
        ngx_shop_report_text(ngx_shop_incident_text(in, in->site));
        fputs(". ", stdout);
    }

    fputs("All times are UTC.\n\n", stdout);
}


static int64_t
ngx_shop_report_start(const ngx_shop_incident_t *in)
{
    return in->first_failure ? in->first_failure : in->began;
}


static void
ngx_shop_report_times(const ngx_shop_incident_t *in)
{
    int64_t  start;

    static const char  *by[] = {
        "", "by backup servers", "by another upstream", "by browsing only",
        "by the page for visitors"
    };

    start = ngx_shop_report_start(in);

    puts("| what | when | after the start |\n"
         "|---|---|---|");

    ngx_shop_report_row("started", in->first_failure
                                   ? "first failure" : "", start, 0);
    ngx_shop_report_row("detected", "", in->detected, start);
    ngx_shop_report_row("mitigated", by[in->by], in->mitigated, start);

    if (in->reopening) {
        ngx_shop_report_row("reopened", "visitors are let in", in->reopening,
                            start);
    }

    if (in->resolved == 0) {
        printf("| resolved | not yet: the shop is %s | |\n",
               ngx_shop_site_name(in->state));

    } else if (in->lost) {
        puts("| resolved | not known: nginx was started anew | |");

    } else {
        ngx_shop_report_row("resolved", "", in->resolved, start);
    }

    fputs("\nTime to detect: ", stdout);
    ngx_shop_report_length(in->detected - start);
    fputs(". Time to mitigate: ", stdout);
    ngx_shop_report_length(in->mitigated ? in->mitigated - start : 0);

    if (in->resolved && !in->lost) {
        fputs(". Time to recover: ", stdout);
        ngx_shop_report_length(in->resolved - start);
    }

    puts(".");
}


static void
ngx_shop_report_row(const char *what, const char *how, int64_t at,
    int64_t start)
{
    printf("| %s%s%s | ", what, *how ? ", " : "", how);

    if (at) {
        ngx_shop_report_time(at);
    }

    fputs(" | ", stdout);

    if (at && start) {
        ngx_shop_report_length(at - start);
        putchar(' ');
    }

    puts("|");
}


static void
ngx_shop_report_impact(const ngx_shop_incident_t *in)
{
    puts("\n## Impact\n");

    printf("- Visitors who got the page instead of the shop: %ld\n",
           (long) in->visitors);

    if (in->resolved == 0) {
        puts("- So far: the counts are those of the last event.");
    }

    if (in->nclasses) {
        ngx_shop_report_classes(in);
    }
}


static void
ngx_shop_report_classes(const ngx_shop_incident_t *in)
{
    int64_t                           orders, refused, unknown;
    unsigned                          i;
    ngx_shop_str_t                    name;
    const ngx_shop_incident_class_t  *class;

    static const char  *order[] = { "checkout", "order", NULL };
    static const char  *callback[] = {
        "callback", "webhook", "payment", NULL
    };

    orders = 0;
    refused = 0;
    unknown = 0;

    for (i = 0; i < in->nclasses; i++) {
        class = &in->classes[i];
        name = ngx_shop_incident_text(in, class->name);

        if (ngx_shop_report_is(name, callback)) {
            refused += class->refused;
            unknown += class->unknown;

        } else if (ngx_shop_report_is(name, order)) {
            orders += class->refused + class->unknown;
        }
    }

    printf("- Orders refused or of unknown outcome: %ld\n"
           "- Payment callbacks to reconcile: %ld\n\n"
           "| class | refused, never sent | sent, outcome unknown |\n"
           "|---|---|---|\n", (long) orders, (long) (refused + unknown));

    for (i = 0; i < in->nclasses; i++) {
        class = &in->classes[i];

        fputs("| ", stdout);
        ngx_shop_report_text(ngx_shop_incident_text(in, class->name));
        printf(" | %ld | %ld |\n", (long) class->refused,
               (long) class->unknown);
    }

    if (refused + unknown) {
        fputs("\nAsk the payment provider for its callbacks since ", stdout);
        ngx_shop_report_time(ngx_shop_report_start(in));
        puts(" and compare them with the orders: what was refused is sent "
             "again only for a while.");
    }
}


static int
ngx_shop_report_is(ngx_shop_str_t name, const char **words)
{
    size_t  i, n;

    for ( /* void */ ; *words; words++) {
        n = strlen(*words);

        for (i = 0; i + n <= name.len; i++) {
            if (memcmp(name.data + i, *words, n) == 0) {
                return 1;
            }
        }
    }

    return 0;
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
        text = ngx_shop_incident_text(in, t->text);

        fputs("- ", stdout);
        ngx_shop_report_time(t->at);

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

    from = ngx_shop_report_start(in);
    to = in->resolved ? in->resolved : INT64_MAX;
    site = ngx_shop_incident_text(in, in->site);

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
            && !ngx_shop_incident_concerns(in, &of))
        {
            continue;
        }

        ngx_shop_report_event(&event);
    }
}


void
ngx_shop_report_text(ngx_shop_str_t text)
{
    char                  buf[NGX_SHOP_SAY_CHAR];
    size_t                k, n, bad;
    const unsigned char  *p, *last;

    p = text.data;
    last = p + text.len;

    while (p < last) {
        n = ngx_shop_utf8_next(p, last, &bad);
        n = n ? n : bad;

        if (ngx_shop_utf8_control(p, n)) {
            putchar(' ');

        } else {

            if (strchr("\\`*_[]<>|&~", *p)) {
                putchar('\\');
            }

            k = ngx_shop_say_char(buf, p, n);
            (void) fwrite(buf, 1, k, stdout);
        }

        p += n;
    }
}


void
ngx_shop_report_time(int64_t msec)
{
    size_t         n;
    unsigned char  buf[NGX_SHOP_TIMES_LEN];

    /* "2026-11-21T03:10:00Z" */

    n = ngx_shop_times_rfc3339(buf, msec / 1000);
    buf[10] = ' ';

    printf("%.*s", (int) n - 1, (char *) buf);
}


void
ngx_shop_report_length(int64_t msec)
{
    size_t         n;
    unsigned char  buf[NGX_SHOP_TIMES_LEN];

    if (msec < 0) {

        /* the clock was set back meanwhile */

        fputs("unknown", stdout);
        return;
    }

    if (msec < 10000) {
        printf("%ld.%ld s", (long) (msec / 1000), (long) (msec / 100 % 10));
        return;
    }

    n = ngx_shop_times_length(buf, msec / 1000);
    printf("%.*s", (int) n, (char *) buf);
}
