
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * When the fewest are in the shop: by what is usual in each hour of the week.
 * POSTs are orders and all else that visitors send: nobody says "orders" of
 * them.
 */


#include <time.h>

#include "ctl/ask.h"
#include "ctl/jsonout.h"
#include "ctl/usual.h"
#include "ctl/when.h"
#include "logic/flag/times.h"


static int ngx_shop_when_length(const char *text, int64_t *length);
static int ngx_shop_when_unknown(const ngx_shop_usual_t *u, int64_t length);
static void ngx_shop_when_show(const ngx_shop_usual_t *u, int64_t length,
    const ngx_shop_usual_span_t *spans, unsigned n);
static void ngx_shop_when_json(const ngx_shop_usual_t *u, int64_t length,
    const ngx_shop_usual_span_t *spans, unsigned n, int64_t now);
static const char *ngx_shop_when_share(char *buf, double share);
static const char *ngx_shop_when_count(char *buf, double count);
static const char *ngx_shop_when_words(char *buf,
    size_t (*write)(unsigned char *buf, int64_t n), int64_t n);


#define NGX_SHOP_WHEN_BEST   3
#define NGX_SHOP_WHEN_LEAST  60          /* s */
#define NGX_SHOP_WHEN_MOST   86400


const ngx_shop_options_entry_t  ngx_shop_when_options[] = {
    { "for", NGX_SHOP_OPTIONS_VALUE, "LENGTH",
      "how long the work takes: 45m, 2h, at most 24h [1h]" },
    { "site", NGX_SHOP_OPTIONS_VALUE, "NAME",
      "which shop [that of the status]" },
    NGX_SHOP_ASK_OPTION,
    NGX_SHOP_JSONOUT_OPTION,
    { NULL, NGX_SHOP_OPTIONS_SWITCH, NULL, NULL }
};


static ngx_shop_usual_t  ngx_shop_when_usual;


int
ngx_shop_when_run(const ngx_shop_options_t *o)
{
    int64_t                 now, length;
    unsigned                n;
    ngx_shop_usual_t       *u = &ngx_shop_when_usual;
    ngx_shop_usual_span_t   spans[NGX_SHOP_WHEN_BEST];

    if (o->nrest) {
        return ngx_shop_say_error("\"when\" takes options only: shopctl when "
                                  "--for %s", o->rest[0]);
    }

    if (ngx_shop_when_length(ngx_shop_options_get(o, "for"), &length)
        != NGX_SHOP_OK)
    {
        return NGX_SHOP_SAY_ERROR;
    }

    now = (int64_t) time(NULL);

    if (ngx_shop_usual_ask(u, ngx_shop_ask_url(o),
                           ngx_shop_options_get(o, "site"), NULL)
        != NGX_SHOP_OK)
    {
        return ngx_shop_say_error("%s", u->why);
    }

    n = ngx_shop_usual_quiet(u, now, length, spans, NGX_SHOP_WHEN_BEST);

    if (ngx_shop_options_get(o, "json")) {
        ngx_shop_when_json(u, length, spans, n, now);
        return n ? NGX_SHOP_SAY_YES : NGX_SHOP_SAY_NO;
    }

    if (n == 0) {
        return ngx_shop_when_unknown(u, length);
    }

    ngx_shop_when_show(u, length, spans, n);

    return NGX_SHOP_SAY_YES;
}


static int
ngx_shop_when_length(const char *text, int64_t *length)
{
    const char      *reason;
    ngx_shop_str_t   s;

    *length = 3600;

    if (text == NULL) {
        return NGX_SHOP_OK;
    }

    s.data = (const unsigned char *) text;
    s.len = strlen(text);

    if (ngx_shop_times_parse_length(&s, length, &reason) != NGX_SHOP_OK) {
        (void) ngx_shop_say_error("invalid --for \"%s\": %s", text, reason);
        return NGX_SHOP_ERROR;
    }

    if (*length < NGX_SHOP_WHEN_LEAST || *length > NGX_SHOP_WHEN_MOST) {
        (void) ngx_shop_say_error("invalid --for \"%s\": write a length from "
                                  "1m to 24h, such as 45m", text);
        return NGX_SHOP_ERROR;
    }

    return NGX_SHOP_OK;
}


static int
ngx_shop_when_unknown(const ngx_shop_usual_t *u, int64_t length)
{
    char  buf[NGX_SHOP_TIMES_LEN + 1];

    printf("nothing is known yet of any %s of %s: of the week's 168 hours "
           "nginx\nhas watched %u, and an hour is known when it is over and "
           "was open for half of it\n",
           ngx_shop_when_words(buf, ngx_shop_times_length, length), u->site,
           u->known);

    return NGX_SHOP_SAY_NO;
}


static void
ngx_shop_when_show(const ngx_shop_usual_t *u, int64_t length,
    const ngx_shop_usual_span_t *spans, unsigned n)
{
    char      a[NGX_SHOP_TIMES_LEN + 1], b[NGX_SHOP_TIMES_LEN + 1];
    char      share[16], count[32];
    unsigned  i;

    printf("the quietest %s of the next 7 days, of %s\n",
           ngx_shop_when_words(a, ngx_shop_times_length, length), u->site);

    for (i = 0; i < n; i++) {
        printf("\n%u  %s to %s\n", i + 1,
               ngx_shop_when_words(a, ngx_shop_times_local, spans[i].from),
               ngx_shop_when_words(b, ngx_shop_times_local, spans[i].to));

        printf("   %s of a week's pages, about %s\n",
               ngx_shop_when_share(share,
                                   spans[i].shares[NGX_SHOP_WEEK_PAGES]),
               ngx_shop_when_count(count,
                                   spans[i].counts[NGX_SHOP_WEEK_PAGES]));
        printf("   %s of a week's POSTs, about %s; orders are among them\n",
               ngx_shop_when_share(share,
                                   spans[i].shares[NGX_SHOP_WEEK_POSTS]),
               ngx_shop_when_count(count,
                                   spans[i].counts[NGX_SHOP_WEEK_POSTS]));
        printf("   shopctl on --start %s --until %s\n",
               ngx_shop_when_words(a, ngx_shop_times_rfc3339_local,
                                   spans[i].from),
               ngx_shop_when_words(b, ngx_shop_times_rfc3339_local,
                                   spans[i].to));
    }

    printf("\nWhat is usual is made of %u %s or more, the newest of which "
           "count most.\n", u->weeks, u->weeks == 1 ? "week" : "weeks");

    if (u->known < NGX_SHOP_WEEK_HOURS) {
        printf("Of %u of the 168 hours of a week nothing is known yet: they "
               "are left out, and\nshares are those of the others.\n",
               NGX_SHOP_WEEK_HOURS - u->known);
    }
}


static void
ngx_shop_when_json(const ngx_shop_usual_t *u, int64_t length,
    const ngx_shop_usual_span_t *spans, unsigned n, int64_t now)
{
    unsigned         i, k;
    ngx_shop_emit_t  e;

    static const struct {
        const char  *count;
        const char  *percent;
    } names[NGX_SHOP_WEEK_N] = {
        { "requests", "requests_percent" },
        { "pages", "pages_percent" },
        { "posts", "posts_percent" }
    };

    ngx_shop_jsonout_begin(&e, "when", now);
    ngx_shop_emit_cstr(&e, "site", u->site);
    ngx_shop_emit_int(&e, "seconds", length);
    ngx_shop_emit_int(&e, "known_hours", u->known);
    ngx_shop_emit_int(&e, "weeks", u->weeks);
    ngx_shop_emit_array(&e, "windows");

    for (i = 0; i < n; i++) {
        ngx_shop_emit_object(&e, NULL);
        ngx_shop_emit_time(&e, "from", spans[i].from);
        ngx_shop_emit_time(&e, "to", spans[i].to);

        for (k = 0; k < NGX_SHOP_WEEK_N; k++) {
            ngx_shop_emit_milli(&e, names[k].count,
                                (int64_t) (spans[i].counts[k] * 1000 + 0.5));
            ngx_shop_emit_milli(&e, names[k].percent,
                                (int64_t) (spans[i].shares[k] * 100000 + 0.5));
        }

        ngx_shop_emit_close(&e, '}');
    }

    ngx_shop_emit_close(&e, ']');
    ngx_shop_jsonout_end(&e);
}


void
ngx_shop_when_compare(const char *url, const char *flag, int64_t from,
    int64_t to, int64_t now)
{
    char                    a[NGX_SHOP_TIMES_LEN + 1];
    char                    b[NGX_SHOP_TIMES_LEN + 1];
    char                    pages[16], posts[16], npages[32], nposts[32];
    ngx_shop_usual_t       *u = &ngx_shop_when_usual;
    ngx_shop_usual_span_t   span, best;

    span.from = from;
    span.to = to ? to : from + 3600;

    if (strcmp(url, NGX_SHOP_ASK_NOBODY) == 0
        || span.to - span.from < NGX_SHOP_WHEN_LEAST
        || span.to - span.from > NGX_SHOP_WHEN_MOST
        || ngx_shop_usual_ask(u, url, NULL, flag) != NGX_SHOP_OK)
    {
        return;
    }

    ngx_shop_usual_span(u, &span);

    if (!span.known
        || ngx_shop_usual_quiet(u, now, span.to - span.from, &best, 1) == 0)
    {
        return;
    }

    ngx_shop_say_note("usual in %s are %s of a week's pages and %s of its "
                      "POSTs (about %s and %s)", to ? "that time"
                      : "the hour from then on",
                      ngx_shop_when_share(pages,
                                          span.shares[NGX_SHOP_WEEK_PAGES]),
                      ngx_shop_when_share(posts,
                                          span.shares[NGX_SHOP_WEEK_POSTS]),
                      ngx_shop_when_count(npages,
                                          span.counts[NGX_SHOP_WEEK_PAGES]),
                      ngx_shop_when_count(nposts,
                                          span.counts[NGX_SHOP_WEEK_POSTS]));

    if (ngx_shop_usual_score(&span) <= ngx_shop_usual_score(&best) * 1.25) {
        ngx_shop_say_note("hardly any time of the next 7 days is quieter");
        return;
    }

    ngx_shop_say_note("the quietest %s of the next 7 days begin at %s, with "
                      "%s and %s: shopctl when --for %lds",
                      ngx_shop_when_words(a, ngx_shop_times_length,
                                          span.to - span.from),
                      ngx_shop_when_words(b, ngx_shop_times_local, best.from),
                      ngx_shop_when_share(pages,
                                          best.shares[NGX_SHOP_WEEK_PAGES]),
                      ngx_shop_when_share(posts,
                                          best.shares[NGX_SHOP_WEEK_POSTS]),
                      (long) (span.to - span.from));
}


static const char *
ngx_shop_when_share(char *buf, double share)
{
    if (share > 0 && share < 0.0005) {
        return "less than 0.1 %";
    }

    (void) snprintf(buf, 16, "%.1f %%", share * 100);

    return buf;
}


static const char *
ngx_shop_when_count(char *buf, double count)
{
    if (count > 0 && count < 0.5) {
        return "less than one";
    }

    (void) snprintf(buf, 32, "%.0f", count);

    return buf;
}


static const char *
ngx_shop_when_words(char *buf, size_t (*write)(unsigned char *buf, int64_t n),
    int64_t n)
{
    buf[write((unsigned char *) buf, n)] = '\0';

    return buf;
}
