
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * Peers that fail together, as long as no incident tells of them yet: an
 * incident that begins looks here when it was first seen, and how.
 */


#include "logic/story/incident_inside.h"
#include "logic/flag/flag.h"
#include "logic/judge/site.h"
#include "logic/judge/verdict.h"


static uint32_t ngx_shop_incident_burst_sum(const unsigned char *data,
    size_t len);
static int ngx_shop_incident_burst_lists(const ngx_shop_str_t *names,
    uint32_t sum);


void
ngx_shop_incident_burst_add(ngx_shop_incident_fold_t *fold,
    const ngx_shop_event_t *event)
{
    int64_t                     failed;
    ngx_shop_incident_burst_t  *burst;

    /* what a server says of itself is planned */

    if ((event->to != NGX_SHOP_VERDICT_DOWN
         && event->to != NGX_SHOP_VERDICT_DISABLED)
        || event->cause == NGX_SHOP_EVENT_SERVER)
    {
        return;
    }

    failed = event->first_failure ? event->first_failure : event->time;

    burst = ngx_shop_incident_burst_of(fold, event);

    if (event->time - burst->last > NGX_SHOP_INCIDENT_BURST) {
        burst->first = failed;
        burst->detected = event->time;

    } else if (failed < burst->first) {
        burst->first = failed;
    }

    burst->last = event->time;
}


/* of the event's upstream; a new one takes the place of the oldest */

ngx_shop_incident_burst_t *
ngx_shop_incident_burst_of(ngx_shop_incident_fold_t *fold,
    const ngx_shop_event_t *event)
{
    unsigned                    i;
    uint32_t                    sum;
    ngx_shop_str_t              name;
    ngx_shop_incident_burst_t  *burst;

    name = ngx_shop_event_get(event, event->upstream);
    sum = ngx_shop_incident_burst_sum(name.data, name.len);
    burst = &fold->bursts[0];

    for (i = 0; i < NGX_SHOP_INCIDENT_BURSTS; i++) {

        if (fold->bursts[i].upstream == sum) {
            return &fold->bursts[i];
        }

        if (fold->bursts[i].last < burst->last) {
            burst = &fold->bursts[i];
        }
    }

    memset(burst, 0, sizeof(ngx_shop_incident_burst_t));
    burst->upstream = sum;

    return burst;
}


/* what failed just before, of the upstreams of this site */

void
ngx_shop_incident_burst_failed(ngx_shop_incident_fold_t *fold,
    ngx_shop_incident_t *in, const ngx_shop_event_t *event)
{
    unsigned                    i;
    ngx_shop_str_t              names;
    ngx_shop_incident_burst_t  *burst;

    names = ngx_shop_event_get(event, event->upstreams);

    for (i = 0; i < NGX_SHOP_INCIDENT_BURSTS; i++) {
        burst = &fold->bursts[i];

        if (burst->last == 0
            || event->time - burst->last > NGX_SHOP_INCIDENT_BURST
            || !ngx_shop_incident_burst_lists(&names, burst->upstream))
        {
            continue;
        }

        /* the first one also where the clock was set back since */

        if (in->first_failure == 0 || burst->detected < in->detected) {
            in->detected = burst->detected;
        }

        if (in->first_failure == 0 || burst->first < in->first_failure) {
            in->first_failure = burst->first;
        }
    }
}


unsigned
ngx_shop_incident_burst_by_group(ngx_shop_incident_fold_t *fold,
    const ngx_shop_event_t *event)
{
    unsigned        i;
    ngx_shop_str_t  names;

    names = ngx_shop_event_get(event, event->upstreams);

    for (i = 0; i < NGX_SHOP_INCIDENT_BURSTS; i++) {
        if (fold->bursts[i].by_group
            && ngx_shop_incident_burst_lists(&names, fold->bursts[i].upstream))
        {
            return 1;
        }
    }

    return 0;
}


int
ngx_shop_incident_burst_concerns(const ngx_shop_incident_t *incident,
    const ngx_shop_str_t *upstream)
{
    ngx_shop_str_t  names;

    names = ngx_shop_incident_told_text(incident, incident->upstreams);

    return ngx_shop_incident_burst_lists(&names,
                                   ngx_shop_incident_burst_sum(upstream->data,
                                                         upstream->len));
}


/* FNV-1a; never 0 */

static uint32_t
ngx_shop_incident_burst_sum(const unsigned char *data, size_t len)
{
    size_t    i;
    uint32_t  sum;

    sum = 2166136261u;

    for (i = 0; i < len; i++) {
        sum = (sum ^ data[i]) * 16777619u;
    }

    return sum ? sum : 1;
}


/* whether a list of names has one with this sum; an empty list has all */

static int
ngx_shop_incident_burst_lists(const ngx_shop_str_t *names, uint32_t sum)
{
    const unsigned char  *p, *last, *name;

    p = names->data;
    last = p + names->len;

    while (p < last) {
        name = p;

        while (p < last && *p != ' ') {
            p++;
        }

        if (ngx_shop_incident_burst_sum(name, (size_t) (p - name)) == sum) {
            return 1;
        }

        p++;
    }

    return names->len == 0;
}
