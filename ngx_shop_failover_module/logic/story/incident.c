
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * Incidents folded from events.  An incident is of one site: from the moment
 * that it is neither "open" nor "degraded" until it is again.
 */


#include "logic/story/incident_inside.h"
#include "logic/flag/flag.h"
#include "logic/judge/site.h"
#include "logic/judge/verdict.h"


static void ngx_shop_incident_restart(ngx_shop_incident_fold_t *fold,
    const ngx_shop_event_t *event);
static void ngx_shop_incident_move(ngx_shop_incident_t *in, int64_t by,
    ngx_shop_incident_move_pt move, void *data);
static void ngx_shop_incident_add(void *data, int64_t *at, int64_t by);
static void ngx_shop_incident_adopt(ngx_shop_incident_fold_t *fold,
    const ngx_shop_event_t *event);
static ngx_shop_incident_t *ngx_shop_incident_find(
    ngx_shop_incident_fold_t *fold, const ngx_shop_event_t *event);
static ngx_shop_incident_e ngx_shop_incident_site(
    ngx_shop_incident_fold_t *fold, const ngx_shop_event_t *event,
    ngx_shop_incident_t **incident);
static ngx_shop_incident_t *ngx_shop_incident_begin(
    ngx_shop_incident_fold_t *fold, const ngx_shop_event_t *event);
static void ngx_shop_incident_ease(ngx_shop_incident_fold_t *fold,
    ngx_shop_incident_t *in, const ngx_shop_event_t *event);


ngx_shop_incident_e
ngx_shop_incident_fold(ngx_shop_incident_fold_t *fold,
    const ngx_shop_event_t *event, ngx_shop_incident_t **incident)
{
    ngx_shop_incident_t        *in;
    ngx_shop_incident_burst_t  *burst;

    *incident = NULL;

    if (event->seq <= fold->seq) {
        ngx_shop_incident_restart(fold, event);
    }

    fold->seq = event->seq;

    switch (event->type) {

    case NGX_SHOP_EVENT_PEER:
        ngx_shop_incident_burst_add(fold, event);
        return NGX_SHOP_INCIDENT_NO_NEWS;

    case NGX_SHOP_EVENT_GROUP:
        burst = ngx_shop_incident_burst_of(fold, event);
        burst->by_group = (event->to == NGX_SHOP_SITE_GROUP_BACKUP
             && (event->served_by.len != event->upstream.len
                 || memcmp(event->bytes + event->served_by.off,
                           event->bytes + event->upstream.off,
                           event->upstream.len)
                    != 0));

        return NGX_SHOP_INCIDENT_NO_NEWS;

    case NGX_SHOP_EVENT_SITE:
        return ngx_shop_incident_site(fold, event, incident);

    default:
        break;
    }

    in = ngx_shop_incident_find(fold, event);

    if (event->type == NGX_SHOP_EVENT_INCIDENT) {
        ngx_shop_incident_adopt(fold, event);
    }

    if (in == NULL) {
        return NGX_SHOP_INCIDENT_NO_NEWS;
    }

    *incident = in;

    if (event->type == NGX_SHOP_EVENT_FLAG) {
        ngx_shop_incident_told_flag(in, event);
        ngx_shop_incident_public_note(in, event);

    } else if (!in->told && event->incident > 0
               && event->incident <= INT32_MAX)
    {
        /* the module's own number, as the status shows it */

        in->number = (uint32_t) event->incident;
        in->told = 1;
        fold->count = in->number;
    }

    return NGX_SHOP_INCIDENT_NO_NEWS;
}


/*
 * The numbers begin anew: nginx was started again with nothing in its shared
 * memory.  Then all is well until the next event says otherwise.
 */

static void
ngx_shop_incident_restart(ngx_shop_incident_fold_t *fold,
    const ngx_shop_event_t *event)
{
    unsigned              i;
    ngx_shop_incident_t  *in;

    for (i = 0; i < NGX_SHOP_INCIDENTS; i++) {
        in = &fold->incidents[i];

        if (in->number && in->resolved == 0) {
            in->resolved = event->time;
            in->lost = 1;
        }
    }
}


/* the open one of the event's site */

static ngx_shop_incident_t *
ngx_shop_incident_find(ngx_shop_incident_fold_t *fold,
    const ngx_shop_event_t *event)
{
    unsigned              i;
    ngx_shop_incident_t  *in;

    for (i = 0; i < NGX_SHOP_INCIDENTS; i++) {
        in = &fold->incidents[i];

        if (in->number && in->resolved == 0
            && in->site.len == event->site.len
            && memcmp(in->bytes + in->site.off,
                      event->bytes + event->site.off, in->site.len)
               == 0)
        {
            return in;
        }
    }

    return NULL;
}


static ngx_shop_incident_e
ngx_shop_incident_site(ngx_shop_incident_fold_t *fold,
    const ngx_shop_event_t *event, ngx_shop_incident_t **incident)
{
    unsigned              well, severity;
    ngx_shop_incident_e   news;
    ngx_shop_incident_t  *in;

    in = ngx_shop_incident_find(fold, event);
    news = NGX_SHOP_INCIDENT_NO_NEWS;

    well = (event->to == NGX_SHOP_SITE_OPEN
            || event->to == NGX_SHOP_SITE_DEGRADED);

    if (in == NULL) {
        if (well) {
            return news;
        }

        in = ngx_shop_incident_begin(fold, event);
        news = NGX_SHOP_INCIDENT_BEGUN;
    }

    *incident = in;
    in->state = event->to;

    ngx_shop_incident_told_count(in, event);
    ngx_shop_incident_public_note(in, event);

    if (well) {
        in->resolved = event->time;
        return NGX_SHOP_INCIDENT_RESOLVED;
    }

    if (event->to == NGX_SHOP_SITE_REOPENING) {
        in->reopening = event->time;
        return news;
    }

    ngx_shop_incident_ease(fold, in, event);

    severity = ngx_shop_site_severity(event->to);

    if (severity && (in->severity == 0 || severity < in->severity)) {
        in->severity = (uint8_t) severity;

        return news ? news : NGX_SHOP_INCIDENT_ESCALATED;
    }

    return news;
}


static ngx_shop_incident_t *
ngx_shop_incident_begin(ngx_shop_incident_fold_t *fold,
    const ngx_shop_event_t *event)
{
    unsigned              i, failed;
    ngx_shop_str_t        s;
    ngx_shop_incident_t  *in;

    in = &fold->incidents[fold->next++ % NGX_SHOP_INCIDENTS];

    memset(in, 0, sizeof(ngx_shop_incident_t));

    in->number = ++fold->count;
    in->born = event->time;
    in->began = event->time;
    in->detected = event->time;

    /* a flag closes a shop whose servers are well, or one in trouble */

    failed = (event->to == NGX_SHOP_SITE_BACKUP
              || event->to == NGX_SHOP_SITE_OUTAGE
              || event->from == NGX_SHOP_SITE_DEGRADED);

    if (!failed) {
        in->planned = 1;

    } else {
        ngx_shop_incident_burst_failed(fold, in, event);
    }

    s = ngx_shop_event_get(event, event->site);
    (void) ngx_shop_incident_told_keep(in, &in->site, &s);

    s = ngx_shop_event_get(event, event->hosts);
    (void) ngx_shop_incident_told_keep(in, &in->hosts, &s);

    s = ngx_shop_event_get(event, event->flag);
    (void) ngx_shop_incident_told_keep(in, &in->flag, &s);

    s = ngx_shop_event_get(event, event->upstreams);
    (void) ngx_shop_incident_told_keep(in, &in->upstreams, &s);

    in->visitors_before = event->visitors;

    for (i = 0; i < event->nclasses; i++) {
        ngx_shop_incident_class_t  *class;

        s = ngx_shop_event_get(event, event->classes[i].name);
        class = ngx_shop_incident_told_class(in, &s);

        if (class) {
            class->refused_before = event->classes[i].refused;
            class->unknown_before = event->classes[i].unknown;
        }
    }

    return in;
}


/* what visitors got instead, and what it said */

static void
ngx_shop_incident_ease(ngx_shop_incident_fold_t *fold, ngx_shop_incident_t *in,
    const ngx_shop_event_t *event)
{
    unsigned  by;

    switch (event->to) {

    case NGX_SHOP_SITE_BACKUP:
        by = ngx_shop_incident_burst_by_group(fold, event)
             ? NGX_SHOP_EVENT_BY_GROUP : NGX_SHOP_EVENT_BY_BACKUP;
        break;

    case NGX_SHOP_SITE_BROWSE:
        by = NGX_SHOP_EVENT_BY_BROWSE;
        break;

    default:
        by = NGX_SHOP_EVENT_BY_PAGE;
    }

    if (in->mitigated == 0) {
        in->mitigated = event->time;
        in->by = (uint8_t) by;
    }

    if (event->to == NGX_SHOP_SITE_OUTAGE
        || event->to == NGX_SHOP_SITE_MAINTENANCE
        || event->to == NGX_SHOP_SITE_BROWSE)
    {
        ngx_shop_incident_told_say(in, event, 0);
    }
}


void
ngx_shop_incident_shift(ngx_shop_incident_fold_t *fold, int64_t by,
    ngx_shop_incident_move_pt move, void *data)
{
    unsigned                    i;
    ngx_shop_incident_t        *in;
    ngx_shop_incident_burst_t  *burst;

    for (i = 0; i < NGX_SHOP_INCIDENT_BURSTS; i++) {
        burst = &fold->bursts[i];

        move(data, &burst->first, by);
        move(data, &burst->detected, by);
        move(data, &burst->last, by);
    }

    for (i = 0; i < NGX_SHOP_INCIDENTS; i++) {
        in = &fold->incidents[i];

        ngx_shop_incident_move(in, in->number && !in->resolved ? by : 0, move,
                               data);
    }
}


static void
ngx_shop_incident_move(ngx_shop_incident_t *in, int64_t by,
    ngx_shop_incident_move_pt move, void *data)
{
    unsigned  i;

    move(data, &in->began, by);
    move(data, &in->first_failure, by);
    move(data, &in->detected, by);
    move(data, &in->mitigated, by);
    move(data, &in->reopening, by);

    for (i = 0; i < NGX_SHOP_INCIDENT_TEXTS; i++) {
        move(data, &in->texts[i].at, by);
    }

    for (i = 0; i < NGX_SHOP_INCIDENT_EDGES; i++) {
        move(data, &in->edges[i].at, by);
    }
}


static void
ngx_shop_incident_add(void *data, int64_t *at, int64_t by)
{
    (void) data;

    *at += *at ? by : 0;
}


/*
 * The module's word for when it was: its clock may have stepped between two
 * lines of the log.
 */

static void
ngx_shop_incident_adopt(ngx_shop_incident_fold_t *fold,
    const ngx_shop_event_t *event)
{
    unsigned              i;
    ngx_shop_incident_t  *in;

    for (i = 0; i < NGX_SHOP_INCIDENTS; i++) {
        in = &fold->incidents[i];

        if (in->number == 0 || in->number != event->incident || !in->told
            || in->site.len != event->site.len
            || memcmp(in->bytes + in->site.off,
                      event->bytes + event->site.off, in->site.len)
               != 0)
        {
            continue;
        }

        if (event->detected) {
            ngx_shop_incident_move(in, event->detected - in->detected,
                                   ngx_shop_incident_add, NULL);
        }

        in->first_failure = event->first_failure;

        if (event->mitigated) {
            in->mitigated = event->mitigated;
        }

        if (event->resolved) {
            in->resolved = event->resolved;
        }
    }
}


void
ngx_shop_incident_event(const ngx_shop_incident_t *incident,
    ngx_shop_incident_e news, ngx_shop_event_t *event)
{
    unsigned                          i;
    ngx_shop_str_t                    s;
    const ngx_shop_incident_class_t  *class;

    memset(event, 0, sizeof(ngx_shop_event_t));

    event->type = NGX_SHOP_EVENT_INCIDENT;
    event->to = news == NGX_SHOP_INCIDENT_BEGUN
                ? NGX_SHOP_EVENT_BEGUN
                : news == NGX_SHOP_INCIDENT_ESCALATED
                  ? NGX_SHOP_EVENT_ESCALATED
                  : NGX_SHOP_EVENT_RESOLVED;

    event->incident = incident->number;
    event->severity = incident->severity;
    event->by = incident->by;
    event->first_failure = incident->first_failure;
    event->detected = incident->detected;
    event->mitigated = incident->mitigated;
    event->resolved = incident->resolved;
    event->visitors = incident->visitors;

    s = ngx_shop_incident_told_text(incident, incident->site);
    ngx_shop_event_set(event, &event->site, &s);

    for (i = 0; i < incident->nclasses; i++) {
        class = &incident->classes[i];
        s = ngx_shop_incident_told_text(incident, class->name);

        (void) ngx_shop_event_add_class(event, &s, class->refused,
                                        class->unknown);
    }
}
