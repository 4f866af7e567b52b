
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * Availability over 7, 30 and 365 days, and what is left of a promise.  What
 * was planned is told apart; no figure is rounded up.
 */


#include <stdlib.h>
#include <time.h>

#include "ctl/budget.h"
#include "ctl/jsonout.h"
#include "ctl/log.h"
#include "logic/flag/times.h"
#include "logic/judge/site.h"
#include "logic/story/tally.h"


#define NGX_SHOP_BUDGET_SITES    1024
#define NGX_SHOP_BUDGET_DAY      ((int64_t) 86400 * 1000)


typedef struct {
    unsigned char                   name[256];
    size_t                          len;
    unsigned                        state;
    unsigned                        outage;    /* it began as one */
    int64_t                         since;     /* state */
    ngx_shop_tally_sum_t            sum[NGX_SHOP_TALLY_WINDOWS];
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
static int ngx_shop_budget_told(const ngx_shop_options_t *o, int64_t promise,
    int64_t now);
static void ngx_shop_budget_show(const ngx_shop_budget_site_t *s,
    int64_t promise);
static void ngx_shop_budget_json(ngx_shop_emit_t *e,
    const ngx_shop_budget_site_t *s, int64_t promise);


const ngx_shop_options_entry_t  ngx_shop_budget_options[] = {
    { "promise", NGX_SHOP_OPTIONS_VALUE, "PERCENT",
      "what was promised, such as 99.9; shows what is left of it" },
    { "site", NGX_SHOP_OPTIONS_VALUE, "NAME", "that site only" },
    { "at", NGX_SHOP_OPTIONS_VALUE, "TIME",
      "as it was then: \"2026-11-21 04:30\" [now]" },
    NGX_SHOP_JSONOUT_OPTION,
    { NULL, NGX_SHOP_OPTIONS_SWITCH, NULL, NULL }
};


static ngx_shop_budget_site_t  ngx_shop_budget_sites[NGX_SHOP_BUDGET_SITES];
static unsigned                ngx_shop_budget_nsites;


int
ngx_shop_budget_run(const ngx_shop_options_t *o)
{
    int              rc;
    int64_t          now, promise;
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

    return rc == NGX_SHOP_OK ? ngx_shop_budget_told(o, promise, now)
                             : NGX_SHOP_SAY_ERROR;
}


/* NO: a promise of 30 days is broken */

static int
ngx_shop_budget_told(const ngx_shop_options_t *o, int64_t promise, int64_t now)
{
    int                            spent;
    unsigned                       i, shown;
    const char                    *only;
    ngx_shop_emit_t                e;
    const ngx_shop_budget_site_t  *s;

    only = ngx_shop_options_get(o, "site");

    if (ngx_shop_options_get(o, "json")) {
        ngx_shop_jsonout_begin(&e, "budget", now);
        ngx_shop_emit_array(&e, "sites");
    }

    for (i = 0, shown = 0, spent = 0; i < ngx_shop_budget_nsites; i++) {
        s = &ngx_shop_budget_sites[i];

        if (only && strcmp(only, (char *) s->name) != 0) {
            continue;
        }

        shown++;
        spent |= promise
                 && ngx_shop_tally_left(&s->sum[NGX_SHOP_TALLY_MONTH], promise)
                    < 0;

        if (ngx_shop_options_get(o, "json")) {
            ngx_shop_budget_json(&e, s, promise);

        } else {
            ngx_shop_budget_show(s, promise);
        }
    }

    if (shown == 0) {
        return ngx_shop_say_error("the log says nothing of %s%s",
                                  only ? "site " : "any site",
                                  only ? only : "");
    }

    if (ngx_shop_options_get(o, "json")) {
        ngx_shop_emit_close(&e, ']');
        ngx_shop_jsonout_end(&e);
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


static int
ngx_shop_budget_promise(const char *text, int64_t *promise)
{
    if (text == NULL) {
        return NGX_SHOP_OK;
    }

    *promise = ngx_shop_tally_promise((const unsigned char *) text,
                                      strlen(text));

    if (*promise) {
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
    int64_t           from, length;
    unsigned          i;
    ngx_shop_tally_e  kind;

    kind = ngx_shop_tally_kind(s->state, s->outage);

    for (i = 0; i < NGX_SHOP_TALLY_WINDOWS; i++) {
        from = now - ngx_shop_tally_days(i) * NGX_SHOP_BUDGET_DAY;
        from = s->since > from ? s->since : from;
        length = until - from;

        if (length <= 0) {
            continue;
        }

        s->sum[i].ms[NGX_SHOP_TALLY_KNOWN] += length;

        if (kind != NGX_SHOP_TALLY_KNOWN) {
            s->sum[i].ms[kind] += length;
        }
    }
}


static void
ngx_shop_budget_show(const ngx_shop_budget_site_t *s, int64_t promise)
{
    size_t          n;
    int64_t         known;
    unsigned        i, days;
    ngx_shop_str_t  name;
    unsigned char   buf[NGX_SHOP_TALLY_TOLD_LEN];

    name.data = s->name;
    name.len = s->len;
    ngx_shop_say_text(stdout, name);
    putchar('\n');

    for (i = 0; i < NGX_SHOP_TALLY_WINDOWS; i++) {
        days = ngx_shop_tally_days(i);
        known = s->sum[i].ms[NGX_SHOP_TALLY_KNOWN];

        if (known == 0) {
            continue;
        }

        n = ngx_shop_tally_told(buf, &s->sum[i], promise);
        printf("  %3u days  %.*s", days, (int) n, (char *) buf);

        if (known < days * NGX_SHOP_BUDGET_DAY) {
            n = ngx_shop_times_length(buf, known / 1000);
            printf("; the log tells of %.*s", (int) n, (char *) buf);
        }

        putchar('\n');
    }
}


static void
ngx_shop_budget_json(ngx_shop_emit_t *e, const ngx_shop_budget_site_t *s,
    int64_t promise)
{
    ngx_shop_str_t  name;

    name.data = s->name;
    name.len = s->len;

    ngx_shop_emit_object(e, NULL);
    ngx_shop_emit_str(e, "name", &name);
    ngx_shop_tally_told_json(e, "availability", s->sum, promise);
    ngx_shop_emit_close(e, '}');
}
