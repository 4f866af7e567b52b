
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * What an incident may have cost: what is usual in the time that the shop was
 * shut.  An estimate, and called one.
 */


#include <stdlib.h>
#include <time.h>

#include "ctl/ask.h"
#include "ctl/report_brief.h"
#include "ctl/usual.h"


/* of one incident */
typedef struct {
    const char  *why;           /* NULL: it is known */
    double       pages;
    double       posts;
} ngx_shop_report_usual_t;


static void ngx_shop_report_usual_of(const ngx_shop_incident_t *in,
    const ngx_shop_report_facts_t *f, ngx_shop_report_usual_t *usual);


static int               ngx_shop_report_usual_asked;
static const char       *ngx_shop_report_usual_url;
static const char       *ngx_shop_report_usual_price;    /* NULL: none */
static double            ngx_shop_report_usual_value;
static ngx_shop_usual_t  ngx_shop_report_usual_week;


int
ngx_shop_report_usual_begin(const ngx_shop_options_t *o)
{
    char        *end;
    const char  *text;

    text = ngx_shop_options_get(o, "order-value");

    ngx_shop_report_usual_asked = ngx_shop_options_get(o, "usual") || text;
    ngx_shop_report_usual_url = ngx_shop_ask_url(o);
    ngx_shop_report_usual_price = text;

    if (text == NULL) {
        return NGX_SHOP_OK;
    }

    ngx_shop_report_usual_value = strtod(text, &end);

    if (text[strspn(text, "0123456789.")] == '\0' && end > text
        && *end == '\0' && ngx_shop_report_usual_value > 0
        && ngx_shop_report_usual_value <= 1e9)
    {
        return NGX_SHOP_OK;
    }

    (void) ngx_shop_say_error("invalid --order-value \"%s\": write what an "
                              "order is worth, such as 80 or 79.90", text);

    return NGX_SHOP_ERROR;
}


void
ngx_shop_report_usual(const ngx_shop_incident_t *in,
    const ngx_shop_report_facts_t *f)
{
    ngx_shop_report_usual_t  usual;

    if (!ngx_shop_report_usual_asked) {
        return;
    }

    ngx_shop_report_usual_of(in, f, &usual);

    if (usual.why) {
        printf("- Usual in that time: not known, %s\n", usual.why);
        return;
    }

    printf("- Usual in that time: about %.0f pages and %.0f POSTs (an estimate "
           "by what nginx sees in such hours of a week)\n",
           usual.pages, usual.posts);

    if (ngx_shop_report_usual_price) {
        printf("- Missed: %.2f at most, with %s an order (an estimate: not "
               "each POST is an order, and some who were turned away come "
               "back)\n", usual.posts * ngx_shop_report_usual_value,
               ngx_shop_report_usual_price);
    }
}


void
ngx_shop_report_usual_json(ngx_shop_emit_t *e, const ngx_shop_incident_t *in,
    const ngx_shop_report_facts_t *f)
{
    ngx_shop_report_usual_t  usual;

    if (ngx_shop_report_usual_asked) {
        ngx_shop_report_usual_of(in, f, &usual);
    }

    if (!ngx_shop_report_usual_asked || usual.why) {
        ngx_shop_emit_null(e, "usual");
        return;
    }

    ngx_shop_emit_object(e, "usual");
    ngx_shop_emit_milli(e, "pages", (int64_t) (usual.pages * 1000 + 0.5));
    ngx_shop_emit_milli(e, "posts", (int64_t) (usual.posts * 1000 + 0.5));

    if (ngx_shop_report_usual_price) {
        ngx_shop_emit_milli(e, "value",
                            (int64_t) (usual.posts
                                       * ngx_shop_report_usual_value * 1000
                                       + 0.5));

    } else {
        ngx_shop_emit_null(e, "value");
    }

    ngx_shop_emit_close(e, '}');
}


/* of the time in which it was shut for all: of one that lasts, until now */

static void
ngx_shop_report_usual_of(const ngx_shop_incident_t *in,
    const ngx_shop_report_facts_t *f, ngx_shop_report_usual_t *usual)
{
    char                    site[256];
    double                  shut;
    ngx_shop_str_t          name;
    ngx_shop_usual_t       *u = &ngx_shop_report_usual_week;
    ngx_shop_usual_span_t   span;

    name = ngx_shop_incident_told_text(in, in->site);
    snprintf(site, sizeof(site), "%.*s", ngx_shop_say_str(name));

    usual->why = NULL;
    usual->pages = 0;
    usual->posts = 0;

    span.from = f->start / 1000;
    span.to = in->resolved ? in->resolved / 1000 : (int64_t) time(NULL);

    if (f->shut <= 0) {
        return;
    }

    if ((u->site[0] == '\0' || strcmp(u->site, site) != 0)
        && ngx_shop_usual_ask(u, ngx_shop_report_usual_url,
                              site[0] ? site : NULL, NULL)
           != NGX_SHOP_OK)
    {
        usual->why = u->why;
        return;
    }

    span.to = span.to > span.from ? span.to : span.from + 1;
    ngx_shop_usual_span(u, &span);

    if (!span.known) {
        usual->why = "nginx has not seen such hours of a week yet";
        return;
    }

    shut = (double) f->shut / 1000 / (double) (span.to - span.from);
    shut = shut < 1 ? shut : 1;

    usual->pages = span.counts[NGX_SHOP_WEEK_PAGES] * shut;
    usual->posts = span.counts[NGX_SHOP_WEEK_POSTS] * shut;
}
