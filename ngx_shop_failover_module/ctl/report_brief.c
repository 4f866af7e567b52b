
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * An incident on half a page, for those who pay for it: no names of servers.
 */


#include "ctl/report_brief.h"
#include "logic/judge/site.h"


static const char *ngx_shop_report_brief_what(const ngx_shop_incident_t *in,
    const ngx_shop_report_facts_t *f);
static void ngx_shop_report_brief_when(const ngx_shop_incident_t *in,
    const ngx_shop_report_facts_t *f);
static void ngx_shop_report_brief_words(const ngx_shop_incident_t *in,
    const ngx_shop_report_facts_t *f);


void
ngx_shop_report_brief(const ngx_shop_incident_t *in,
    const ngx_shop_report_facts_t *f)
{
    printf("# %s %u: %s\n\n",
           in->planned && !f->outage ? "Maintenance" : "Incident",
           (unsigned) in->number, ngx_shop_report_brief_what(in, f));

    ngx_shop_report_brief_when(in, f);

    fputs("- Shut for all visitors: ", stdout);
    ngx_shop_report_text_length(f->shut);
    puts(" in all");

    printf("- Turned away: %ld visitors", (long) in->visitors);

    if (in->nclasses) {
        printf(", %ld orders refused or of unknown outcome, %ld payment "
               "callbacks to reconcile", (long) f->orders,
               (long) f->callbacks);
    }

    putchar('\n');

    ngx_shop_report_usual(in, f);
    ngx_shop_report_brief_words(in, f);

    puts("- Cause:\n"
         "- What changes, by whom, until when:");
}


static const char *
ngx_shop_report_brief_what(const ngx_shop_incident_t *in,
    const ngx_shop_report_facts_t *f)
{
    if (in->planned) {
        return f->outage ? "a planned closing with an outage inside"
                         : "a planned closing";
    }

    return f->outage ? "nobody could buy"
                     : "the shop went on with less behind it";
}


static void
ngx_shop_report_brief_when(const ngx_shop_incident_t *in,
    const ngx_shop_report_facts_t *f)
{
    if (in->site.len) {
        fputs("- Shop: ", stdout);
        ngx_shop_report_text(ngx_shop_incident_told_text(in, in->site));
        putchar('\n');
    }

    fputs("- When: ", stdout);
    ngx_shop_report_text_time(f->start);

    if (in->resolved == 0) {
        printf(" UTC, and not over: the shop is %s\n",
               ngx_shop_site_name(in->state));

    } else if (in->lost) {
        puts(" UTC; when it ended is not known, nginx was started anew");

    } else {
        fputs(" to ", stdout);
        ngx_shop_report_text_time(in->resolved);
        fputs(" UTC, ", stdout);
        ngx_shop_report_text_length(in->resolved - f->start);
        putchar('\n');
    }
}


static void
ngx_shop_report_brief_words(const ngx_shop_incident_t *in,
    const ngx_shop_report_facts_t *f)
{
    unsigned        i;
    ngx_shop_str_t  text;

    if (f->page) {
        fputs("- Visitors were told by a page after ", stdout);
        ngx_shop_report_text_length(f->page - f->start);

        if (f->words) {
            fputs(", in our own words after ", stdout);
            ngx_shop_report_text_length(f->words - f->start);

        } else {
            fputs(", never in our own words", stdout);
        }

        putchar('\n');
    }

    for (i = in->ntexts; i; i--) {
        text = ngx_shop_incident_told_text(in, in->texts[i - 1].text);

        if (text.len) {
            fputs("- The last they read: \"", stdout);
            ngx_shop_report_text(text);
            puts("\"");
            break;
        }
    }

    if (f->kept || f->broken) {
        printf("- Promises kept: %u, broken: %u\n", f->kept, f->broken);
    }
}
