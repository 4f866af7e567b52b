
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * The hours of the week, out of the status (docs/status.schema.json).
 */


#include <stdlib.h>
#include <time.h>

#include "ctl/fetch.h"
#include "ctl/member.h"
#include "ctl/query.h"
#include "ctl/usual.h"


static int ngx_shop_usual_fetch(ngx_shop_usual_t *u, const char *url,
    const char *site, unsigned char **data, size_t *size);
static int ngx_shop_usual_find(ngx_shop_usual_t *u, const ngx_shop_json_t *v,
    const char *flag);
static int ngx_shop_usual_read(ngx_shop_usual_t *u,
    const ngx_shop_json_t *site);
static unsigned ngx_shop_usual_list(const ngx_shop_json_t *week,
    const char *name, double *to);
static int ngx_shop_usual_same(const ngx_shop_usual_t *u, int64_t now);
static unsigned ngx_shop_usual_hour(const ngx_shop_usual_t *u, int64_t at);
static int ngx_shop_usual_next(const ngx_shop_usual_t *u, int64_t now,
    int64_t length, ngx_shop_usual_span_t *best, unsigned k);


#define NGX_SHOP_USUAL_STEP    900       /* s, between two begins */
#define NGX_SHOP_USUAL_APART   21600     /* s: of one night one is enough */
#define NGX_SHOP_USUAL_ANSWER  2000      /* ms */


static const char  *ngx_shop_usual_names[NGX_SHOP_WEEK_N] = {
    "requests", "pages", "posts"
};


int
ngx_shop_usual_ask(ngx_shop_usual_t *u, const char *url, const char *site,
    const char *flag)
{
    int              rc;
    size_t           size, at;
    const char      *reason;
    unsigned char   *data;
    ngx_shop_str_t   text;
    ngx_shop_json_t  v;

    memset(u, 0, sizeof(ngx_shop_usual_t));

    if (ngx_shop_usual_fetch(u, url, site, &data, &size) != NGX_SHOP_OK) {
        return NGX_SHOP_ERROR;
    }

    text.data = data;
    text.len = size;

    rc = NGX_SHOP_ERROR;

    if (ngx_shop_json_parse(&v, &text, &at, &reason) != NGX_SHOP_OK) {
        snprintf(u->why, sizeof(u->why), "what %.1000s answers is not the "
                 "JSON of shop_status", url);

    } else {
        rc = ngx_shop_usual_find(u, &v, flag);
        u->local = ngx_shop_usual_same(u, (int64_t) time(NULL));
    }

    free(data);

    return rc;
}


static int
ngx_shop_usual_fetch(ngx_shop_usual_t *u, const char *url, const char *site,
    unsigned char **data, size_t *size)
{
    char  of[NGX_SHOP_QUERY_LEN];

    if (ngx_shop_query_begin(of, url) != NGX_SHOP_OK
        || ngx_shop_query_add(of, "week", "1") != NGX_SHOP_OK
        || ngx_shop_query_add(of, "site", site) != NGX_SHOP_OK)
    {
        snprintf(u->why, sizeof(u->why), "that is too long a URL");
        return NGX_SHOP_ERROR;
    }

    if (ngx_shop_fetch_quick(of, NGX_SHOP_USUAL_ANSWER, data, size)
        == NGX_SHOP_OK)
    {
        return NGX_SHOP_OK;
    }

    snprintf(u->why, sizeof(u->why), "%.1000s does not answer%s%.200s; name "
             "another location with shop_status by --url or $SHOP_STATUS",
             url, site ? ", or has no site " : "", site ? site : "");

    return NGX_SHOP_ERROR;
}


/* the site that it shows first, or the first with that flag */

static int
ngx_shop_usual_find(ngx_shop_usual_t *u, const ngx_shop_json_t *v,
    const char *flag)
{
    ngx_shop_json_t       site, list, path;
    ngx_shop_json_walk_t  walk;

    if (flag == NULL) {
        if (ngx_shop_json_find(v, "site", &site) == NGX_SHOP_OK) {
            return ngx_shop_usual_read(u, &site);
        }

    } else if (ngx_shop_json_find(v, "sites", &list) == NGX_SHOP_OK) {
        ngx_shop_json_walk(&list, &walk);

        while (ngx_shop_json_next(&walk, NULL, &site) == NGX_SHOP_OK) {
            if (ngx_shop_json_find(&site, "flag", &path) == NGX_SHOP_OK
                && ngx_shop_json_is(&path, flag))
            {
                return ngx_shop_usual_read(u, &site);
            }
        }
    }

    snprintf(u->why, sizeof(u->why), "nginx has no such site");

    return NGX_SHOP_ERROR;
}


static int
ngx_shop_usual_read(ngx_shop_usual_t *u, const ngx_shop_json_t *site)
{
    double           made[NGX_SHOP_WEEK_HOURS];
    unsigned         h, k, n;
    ngx_shop_json_t  week;

    if (ngx_shop_json_find(site, "week", &week) != NGX_SHOP_OK
        || week.type != NGX_SHOP_JSON_OBJECT)
    {
        snprintf(u->why, sizeof(u->why), "nginx has no table of the week: is "
                 "its module older than 1.1?");
        return NGX_SHOP_ERROR;
    }

    (void) ngx_shop_member_get(site, "name", u->site, sizeof(u->site));
    u->ahead = ngx_shop_member_number(&week, "utc_offset");

    n = ngx_shop_usual_list(&week, "weeks", made);

    for (k = 0; k < NGX_SHOP_WEEK_N && n == NGX_SHOP_WEEK_HOURS; k++) {
        n = ngx_shop_usual_list(&week, ngx_shop_usual_names[k], u->hours[k]);
    }

    if (n != NGX_SHOP_WEEK_HOURS) {
        snprintf(u->why, sizeof(u->why), "the table of the week is not whole");
        return NGX_SHOP_ERROR;
    }

    for (h = 0; h < NGX_SHOP_WEEK_HOURS; h++) {
        u->made[h] = (unsigned) made[h];

        if (u->made[h] && (u->known++ == 0 || u->made[h] < u->weeks)) {
            u->weeks = u->made[h];
        }
    }

    return NGX_SHOP_OK;
}


/* how many numbers it has */

static unsigned
ngx_shop_usual_list(const ngx_shop_json_t *week, const char *name, double *to)
{
    unsigned              n;
    ngx_shop_json_t       list, item;
    ngx_shop_json_walk_t  walk;

    if (ngx_shop_json_find(week, name, &list) != NGX_SHOP_OK) {
        return 0;
    }

    ngx_shop_json_walk(&list, &walk);

    for (n = 0;
         n < NGX_SHOP_WEEK_HOURS
         && ngx_shop_json_next(&walk, NULL, &item) == NGX_SHOP_OK
         && item.type == NGX_SHOP_JSON_NUMBER;
         n++)
    {
        /* what follows a number in an array ends it */

        to[n] = strtod((const char *) item.text.data, NULL);
    }

    return n;
}


/* where both have one time zone its changes are known, too */

static int
ngx_shop_usual_same(const ngx_shop_usual_t *u, int64_t now)
{
    time_t     at;
    struct tm  tm;

    at = (time_t) now;

    return localtime_r(&at, &tm)
           && (unsigned) ((tm.tm_wday + 6) % 7 * 24 + tm.tm_hour)
              == ngx_shop_week_hour(ngx_shop_week_number(now, u->ahead))
           && tm.tm_min == (int) ((now + u->ahead) % 3600 / 60);
}


static unsigned
ngx_shop_usual_hour(const ngx_shop_usual_t *u, int64_t at)
{
    time_t     t;
    struct tm  tm;

    t = (time_t) at;

    if (u->local && localtime_r(&t, &tm)) {
        return (unsigned) ((tm.tm_wday + 6) % 7 * 24 + tm.tm_hour);
    }

    return ngx_shop_week_hour(ngx_shop_week_number(at, u->ahead));
}


void
ngx_shop_usual_span(const ngx_shop_usual_t *u, ngx_shop_usual_span_t *span)
{
    double    week;
    int64_t   at, next;
    unsigned  h, i, k;

    span->known = (span->to > span->from);
    memset(span->counts, 0, sizeof(span->counts));

    for (at = span->from; at < span->to; at = next) {

        /* no zone is ahead by less than a quarter of an hour */

        next = at - at % NGX_SHOP_USUAL_STEP + NGX_SHOP_USUAL_STEP;
        next = next < span->to ? next : span->to;

        h = ngx_shop_usual_hour(u, at);
        span->known &= (u->made[h] != 0);

        for (k = 0; k < NGX_SHOP_WEEK_N; k++) {
            span->counts[k] += u->hours[k][h] * (double) (next - at) / 3600;
        }
    }

    for (k = 0; k < NGX_SHOP_WEEK_N; k++) {

        for (i = 0, week = 0; i < NGX_SHOP_WEEK_HOURS; i++) {
            week += u->hours[k][i];
        }

        span->shares[k] = week > 0 ? span->counts[k] / week : 0;
    }
}


unsigned
ngx_shop_usual_quiet(const ngx_shop_usual_t *u, int64_t now, int64_t length,
    ngx_shop_usual_span_t *best, unsigned n)
{
    unsigned  k;

    for (k = 0; k < n; k++) {
        if (ngx_shop_usual_next(u, now, length, best, k) != NGX_SHOP_OK) {
            break;
        }
    }

    return k;
}


/* the quietest that is near none of the k before; of equal ones the first */

static int
ngx_shop_usual_next(const ngx_shop_usual_t *u, int64_t now, int64_t length,
    ngx_shop_usual_span_t *best, unsigned k)
{
    int                    found;
    unsigned               i;
    ngx_shop_usual_span_t  span;

    found = 0;

    for (span.from = now - now % NGX_SHOP_USUAL_STEP + NGX_SHOP_USUAL_STEP;
         span.from <= now + 7 * 86400;
         span.from += NGX_SHOP_USUAL_STEP)
    {
        span.to = span.from + length;

        for (i = 0; i < k; i++) {
            if (span.from < best[i].to + NGX_SHOP_USUAL_APART
                && span.to > best[i].from - NGX_SHOP_USUAL_APART)
            {
                break;
            }
        }

        if (i < k) {
            continue;
        }

        ngx_shop_usual_span(u, &span);

        if (span.known
            && (!found || ngx_shop_usual_score(&span)
                          < ngx_shop_usual_score(&best[k]) - 1e-9))
        {
            best[k] = span;
            found = 1;
        }
    }

    return found ? NGX_SHOP_OK : NGX_SHOP_DECLINED;
}


/* pages and what is sent count alike; where there are neither, requests do */

double
ngx_shop_usual_score(const ngx_shop_usual_span_t *span)
{
    return span->shares[NGX_SHOP_WEEK_PAGES]
           + span->shares[NGX_SHOP_WEEK_POSTS]
           + span->shares[NGX_SHOP_WEEK_REQUESTS] / 1000;
}
