
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * Availability over 7, 30 and 365 days, and what is left of a promise.  What
 * was planned is told apart; no figure is rounded up.
 */


#include <stdlib.h>
#include <time.h>

#include "ctl/budget.h"
#include "ctl/log.h"
#include "logic/flag/times.h"
#include "logic/judge/site.h"


#define NGX_SHOP_BUDGET_SITES    1024
#define NGX_SHOP_BUDGET_WINDOWS  3
#define NGX_SHOP_BUDGET_DAY      ((int64_t) 86400 * 1000)
#define NGX_SHOP_BUDGET_HUNDRED  ((int64_t) 100 * 1000000)


/* of one site in one window, ms */
typedef struct {
    int64_t                         known;     /* that the log tells of */
    int64_t                         planned;
    int64_t                         unplanned;
} ngx_shop_budget_sum_t;


typedef struct {
    unsigned char                   name[256];
    size_t                          len;
    unsigned                        state;
    unsigned                        outage;    /* it began as one */
    int64_t                         since;     /* state */
    ngx_shop_budget_sum_t           sum[NGX_SHOP_BUDGET_WINDOWS];
} ngx_shop_budget_site_t;


static int ngx_shop_budget_moment(const char *text, int64_t *at);
static int ngx_shop_budget_promise(const char *text, int64_t *promise);
static int ngx_shop_budget_read(ngx_shop_log_t *log,
    const ngx_shop_options_t *o);
static int ngx_shop_budget_fold(ngx_shop_log_t *log, int64_t now);
static ngx_shop_budget_site_t *ngx_shop_budget_site(ngx_shop_str_t name,
    const ngx_shop_event_t *event);
static void ngx_shop_budget_add(ngx_shop_budget_site_t *s, int64_t until,
    int64_t now);
static int ngx_shop_budget_show(const ngx_shop_budget_site_t *s,
    int64_t promise);
static void ngx_shop_budget_percent(int64_t good, int64_t all);
static void ngx_shop_budget_length(int64_t ms);


const ngx_shop_options_entry_t  ngx_shop_budget_options[] = {
    { "promise", NGX_SHOP_OPTIONS_VALUE, "PERCENT",
      "what was promised, such as 99.9; shows what is left of it" },
    { "site", NGX_SHOP_OPTIONS_VALUE, "NAME", "that site only" },
    { "at", NGX_SHOP_OPTIONS_VALUE, "TIME",
      "as it was then: \"2026-11-21 04:30\" [now]" },
    { NULL, NGX_SHOP_OPTIONS_SWITCH, NULL, NULL }
};


static const int64_t  ngx_shop_budget_days[NGX_SHOP_BUDGET_WINDOWS] = {
    7, 30, 365
};

static ngx_shop_budget_site_t  ngx_shop_budget_sites[NGX_SHOP_BUDGET_SITES];
static unsigned                ngx_shop_budget_nsites;


int
ngx_shop_budget_run(const ngx_shop_options_t *o)
{
    int              rc, spent;
    int64_t          now, promise;
    unsigned         i, shown;
    const char      *only;
    ngx_shop_log_t   log;

    now = (int64_t) time(NULL);
    promise = 0;

    if (ngx_shop_budget_moment(ngx_shop_options_get(o, "at"), &now)
        != NGX_SHOP_OK
        || ngx_shop_budget_promise(ngx_shop_options_get(o, "promise"),
                                   &promise)
           != NGX_SHOP_OK)
    {
        return NGX_SHOP_SAY_ERROR;
    }

    memset(&log, 0, sizeof(log));
    rc = ngx_shop_budget_read(&log, o);

    if (rc == NGX_SHOP_OK) {
        rc = ngx_shop_budget_fold(&log, now * 1000);
    }

    free(log.data);

    if (rc != NGX_SHOP_OK) {
        return NGX_SHOP_SAY_ERROR;
    }

    only = ngx_shop_options_get(o, "site");

    for (i = 0, shown = 0, spent = 0; i < ngx_shop_budget_nsites; i++) {
        if (only == NULL
            || strcmp(only, (char *) ngx_shop_budget_sites[i].name) == 0)
        {
            spent |= ngx_shop_budget_show(&ngx_shop_budget_sites[i], promise);
            shown++;
        }
    }

    if (shown == 0) {
        return ngx_shop_say_error("the log says nothing of %s%s",
                                  only ? "site " : "any site",
                                  only ? only : "");
    }

    return spent ? NGX_SHOP_SAY_NO : NGX_SHOP_SAY_YES;
}


static int
ngx_shop_budget_moment(const char *text, int64_t *at)
{
    int64_t          now;
    const char      *reason;
    ngx_shop_str_t   s;

    if (text == NULL) {
        return NGX_SHOP_OK;
    }

    now = *at;
    s.data = (const unsigned char *) text;
    s.len = strlen(text);

    if (ngx_shop_times_parse(&s, now, at, &reason) == NGX_SHOP_OK) {
        return NGX_SHOP_OK;
    }

    (void) ngx_shop_say_error("invalid --at \"%s\": %s", text, reason);

    return NGX_SHOP_ERROR;
}


/* "99.95" or "99.95%", in millionths of a percent */

static int
ngx_shop_budget_promise(const char *text, int64_t *promise)
{
    int64_t      value, unit;
    const char  *p;

    if (text == NULL) {
        return NGX_SHOP_OK;
    }

    for (p = text, value = 0; *p >= '0' && *p <= '9' && value < 1000; p++) {
        value = value * 10 + (*p - '0');
    }

    value *= 1000000;

    if (*p == '.' && p > text) {
        for (p++, unit = 100000; *p >= '0' && *p <= '9' && unit; p++) {
            value += (*p - '0') * unit;
            unit /= 10;
        }
    }

    p += (*p == '%');

    if (*p == '\0' && value > 0 && value < NGX_SHOP_BUDGET_HUNDRED) {
        *promise = value;
        return NGX_SHOP_OK;
    }

    (void) ngx_shop_say_error("invalid --promise \"%s\": write a percentage "
                              "above 0 and below 100, such as 99.9", text);

    return NGX_SHOP_ERROR;
}


static int
ngx_shop_budget_read(ngx_shop_log_t *log, const ngx_shop_options_t *o)
{
    const char  *path;

    if (o->nrest) {
        return ngx_shop_log_join(log, o->rest, o->nrest);
    }

    path = getenv("SHOP_EVENTS");

    return ngx_shop_log_read(log, path && *path ? path : NGX_SHOP_LOG_DEFAULT);
}


static int
ngx_shop_budget_fold(ngx_shop_log_t *log, int64_t now)
{
    unsigned                  i;
    ngx_shop_budget_site_t   *s;
    static ngx_shop_event_t   event;

    log->pos = 0;

    while (ngx_shop_log_next(log, &event) == NGX_SHOP_OK) {

        if (event.type != NGX_SHOP_EVENT_SITE || event.time > now) {
            continue;
        }

        s = ngx_shop_budget_site(ngx_shop_event_get(&event, event.site),
                                 &event);

        if (s == NULL) {
            (void) ngx_shop_say_error("more than %d sites",
                                      NGX_SHOP_BUDGET_SITES);
            return NGX_SHOP_ERROR;
        }

        ngx_shop_budget_add(s, event.time, now);
        s->since = event.time;
        s->state = event.to;

        /* what a flag alone keeps shut after an outage was not planned */

        s->outage = event.to == NGX_SHOP_SITE_OUTAGE
                    || (s->outage && event.to == NGX_SHOP_SITE_MAINTENANCE);
    }

    for (i = 0; i < ngx_shop_budget_nsites; i++) {
        ngx_shop_budget_add(&ngx_shop_budget_sites[i], now, now);
    }

    return NGX_SHOP_OK;
}


static ngx_shop_budget_site_t *
ngx_shop_budget_site(ngx_shop_str_t name, const ngx_shop_event_t *event)
{
    unsigned                 i;
    ngx_shop_budget_site_t  *s;

    for (i = 0; i < ngx_shop_budget_nsites; i++) {
        s = &ngx_shop_budget_sites[i];

        if (s->len == name.len && memcmp(s->name, name.data, name.len) == 0) {
            return s;
        }
    }

    if (i == NGX_SHOP_BUDGET_SITES || name.len >= sizeof(s->name)) {
        return NULL;
    }

    /* its first event says since when it was what it was before */

    s = &ngx_shop_budget_sites[ngx_shop_budget_nsites++];
    memcpy(s->name, name.data, name.len);
    s->len = name.len;
    s->state = event->from;
    s->outage = event->from == NGX_SHOP_SITE_OUTAGE;
    s->since = event->since && event->since <= event->time ? event->since
                                                           : event->time;
    return s;
}


/* the state that lasted until then, into each window that it reaches into */

static void
ngx_shop_budget_add(ngx_shop_budget_site_t *s, int64_t until, int64_t now)
{
    int64_t                 from, length;
    unsigned                i;
    ngx_shop_budget_sum_t  *sum;

    for (i = 0; i < NGX_SHOP_BUDGET_WINDOWS; i++) {
        from = now - ngx_shop_budget_days[i] * NGX_SHOP_BUDGET_DAY;
        from = s->since > from ? s->since : from;
        length = until - from;

        if (length <= 0) {
            continue;
        }

        sum = &s->sum[i];
        sum->known += length;

        if (s->outage) {
            sum->unplanned += length;

        } else if (s->state == NGX_SHOP_SITE_MAINTENANCE) {
            sum->planned += length;
        }
    }
}


/* whether the promise of 30 days is broken */

static int
ngx_shop_budget_show(const ngx_shop_budget_site_t *s, int64_t promise)
{
    int                           spent;
    int64_t                       allowed;
    unsigned                      i;
    ngx_shop_str_t                name;
    const ngx_shop_budget_sum_t  *sum;

    name.data = s->name;
    name.len = s->len;
    ngx_shop_say_text(stdout, name);
    putchar('\n');

    for (i = 0, spent = 0; i < NGX_SHOP_BUDGET_WINDOWS; i++) {
        sum = &s->sum[i];

        if (sum->known == 0) {
            continue;
        }

        printf("  %3d days  ", (int) ngx_shop_budget_days[i]);
        ngx_shop_budget_percent(sum->known - sum->planned - sum->unplanned,
                                sum->known - sum->planned);
        ngx_shop_budget_length(sum->unplanned);
        fputs(" of outages, ", stdout);
        ngx_shop_budget_length(sum->planned);
        fputs(" closed as planned", stdout);

        if (promise) {

            /* millionths of a percent, without a product that is too large */

            allowed = (sum->known - sum->planned) / 1000
                      * (NGX_SHOP_BUDGET_HUNDRED - promise)
                      / (NGX_SHOP_BUDGET_HUNDRED / 1000);

            if (sum->unplanned > allowed) {
                fputs("; the promise is BROKEN by ", stdout);
                ngx_shop_budget_length(sum->unplanned - allowed);
                spent |= (ngx_shop_budget_days[i] == 30);

            } else {
                fputs("; left: ", stdout);
                ngx_shop_budget_length(allowed - sum->unplanned);
                fputs(" of ", stdout);
                ngx_shop_budget_length(allowed);
            }
        }

        if (sum->known < ngx_shop_budget_days[i] * NGX_SHOP_BUDGET_DAY) {
            fputs("; the log tells of ", stdout);
            ngx_shop_budget_length(sum->known);
        }

        putchar('\n');
    }

    return spent;
}


static void
ngx_shop_budget_percent(int64_t good, int64_t all)
{
    int64_t  share;

    if (all == 0) {
        fputs("never open: ", stdout);
        return;
    }

    /* cut and not rounded: 100 only where nothing was missed */

    share = (int64_t) ((double) good / (double) all * 100000.0);
    share = good < all && share >= 100000 ? 99999 : share;

    printf("%3d.%03d %%, ", (int) (share / 1000), (int) (share % 1000));
}


static void
ngx_shop_budget_length(int64_t ms)
{
    size_t         n;
    unsigned char  buf[NGX_SHOP_TIMES_LEN];

    n = ngx_shop_times_length(buf, ms / 1000);
    (void) fwrite(buf, 1, n, stdout);
}
