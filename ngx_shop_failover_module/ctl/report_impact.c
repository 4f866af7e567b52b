
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * What an incident did to visitors, and what was done for them.
 */


#include "ctl/report_brief.h"


static void ngx_shop_report_impact_rate(int64_t n, int64_t shut);
static void ngx_shop_report_impact_classes(const ngx_shop_incident_t *in,
    const ngx_shop_report_facts_t *f);


void
ngx_shop_report_impact(const ngx_shop_incident_t *in,
    const ngx_shop_report_facts_t *f)
{
    puts("\n## Impact\n");

    fputs("- Shut for all visitors: ", stdout);
    ngx_shop_report_text_length(f->shut);
    puts(" in all");

    printf("- Visitors who got the page instead of the shop: %ld",
           (long) in->visitors);
    ngx_shop_report_impact_rate(in->visitors, f->shut);

    ngx_shop_report_usual(in, f);

    if (in->resolved == 0) {
        puts("- So far: the counts are those of the last event.");
    }

    if (in->nclasses) {
        ngx_shop_report_impact_classes(in, f);
    }
}


/* ", 12.3 a minute" of so many while it was shut */

static void
ngx_shop_report_impact_rate(int64_t n, int64_t shut)
{
    int64_t  tenths;

    if (n && shut >= 60000) {
        tenths = n * 600000 / shut;
        printf(", %ld.%ld a minute while it was shut", (long) (tenths / 10),
               (long) (tenths % 10));
    }

    putchar('\n');
}


static void
ngx_shop_report_impact_classes(const ngx_shop_incident_t *in,
    const ngx_shop_report_facts_t *f)
{
    unsigned                          i;
    const ngx_shop_incident_class_t  *class;

    printf("- Orders refused or of unknown outcome: %ld", (long) f->orders);
    ngx_shop_report_impact_rate(f->orders, f->shut);

    printf("- Payment callbacks to reconcile: %ld\n\n"
           "| class | refused, never sent | sent, outcome unknown |\n"
           "|---|---|---|\n", (long) f->callbacks);

    for (i = 0; i < in->nclasses; i++) {
        class = &in->classes[i];

        fputs("| ", stdout);
        ngx_shop_report_text(ngx_shop_incident_told_text(in, class->name));
        printf(" | %ld | %ld |\n", (long) class->refused,
               (long) class->unknown);
    }

    if (f->callbacks) {
        fputs("\nAsk the payment provider for its callbacks since ", stdout);
        ngx_shop_report_text_time(f->start);
        puts(" and compare them with the orders: what was refused is sent "
             "again only for a while.");
    }
}


/* what visitors were promised, and who did something */

void
ngx_shop_report_impact_care(const ngx_shop_incident_t *in,
    const ngx_shop_report_facts_t *f)
{
    unsigned        i;
    ngx_shop_str_t  name;

    puts("\n## Care\n");

    fputs("- First words of your own: ", stdout);

    if (f->words == 0) {
        puts(in->resolved ? "none" : "none yet");

    } else {
        fputs("after ", stdout);
        ngx_shop_report_text_length(f->words - f->start);
        puts(f->words - f->start <= NGX_SHOP_REPORT_FACTS_WINDOW
             ? ", within the 30 minutes of an incident plan"
             : ", later than the 30 minutes of an incident plan");
    }

    printf("- Promises kept: %u, broken: %u\n", f->kept, f->broken);

    for (i = 0; i < f->nwho; i++) {
        name.data = (const unsigned char *) f->who[i];
        name.len = strlen(f->who[i]);
        fputs(i ? "; " : "- Who: ", stdout);
        ngx_shop_report_text(name);
    }

    if (f->nwho) {
        putchar('\n');
    }
}
