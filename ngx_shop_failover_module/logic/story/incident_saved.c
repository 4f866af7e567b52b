
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * An incident as bytes of the state file, and back: what a file says is
 * believed only where each of its numbers fits.
 */


#include <stddef.h>

#include "logic/story/incident.h"
#include "logic/story/saved.h"
#include "logic/judge/site.h"


static int ngx_shop_incident_saved_times(const ngx_shop_incident_t *incident);
static int ngx_shop_incident_saved_count(int64_t n);
static int ngx_shop_incident_saved_within(const ngx_shop_incident_t *incident,
    ngx_shop_span_t span);


size_t
ngx_shop_incident_saved_size(const ngx_shop_incident_t *incident)
{
    return offsetof(ngx_shop_incident_t, bytes) + incident->nbytes;
}


int
ngx_shop_incident_saved_sane(const ngx_shop_incident_t *incident, size_t size)
{
    uint32_t                          i;
    const ngx_shop_incident_class_t  *class;

    if (size < offsetof(ngx_shop_incident_t, bytes)
        || incident->number == 0
        || incident->state >= NGX_SHOP_SITE_N
        || incident->severity > 3
        || incident->by >= NGX_SHOP_EVENT_BY_N
        || incident->nclasses > NGX_SHOP_EVENT_CLASSES
        || incident->ntexts > NGX_SHOP_INCIDENT_TEXTS
        || incident->nedges > NGX_SHOP_INCIDENT_EDGES
        || incident->nbytes > NGX_SHOP_INCIDENT_BYTES
        || size != ngx_shop_incident_saved_size(incident)
        || !ngx_shop_incident_saved_times(incident)
        || !ngx_shop_incident_saved_count(incident->visitors)
        || !ngx_shop_incident_saved_count(incident->visitors_before)
        || !ngx_shop_incident_saved_within(incident, incident->site)
        || !ngx_shop_incident_saved_within(incident, incident->hosts)
        || !ngx_shop_incident_saved_within(incident, incident->flag)
        || !ngx_shop_incident_saved_within(incident, incident->upstreams))
    {
        return 0;
    }

    for (i = 0; i < incident->nclasses; i++) {
        class = &incident->classes[i];

        if (!ngx_shop_incident_saved_within(incident, class->name)
            || !ngx_shop_incident_saved_count(class->refused)
            || !ngx_shop_incident_saved_count(class->unknown)
            || !ngx_shop_incident_saved_count(class->refused_before)
            || !ngx_shop_incident_saved_count(class->unknown_before))
        {
            return 0;
        }
    }

    for (i = 0; i < incident->ntexts; i++) {
        if (!ngx_shop_incident_saved_within(incident,
                                            incident->texts[i].text)
            || !ngx_shop_saved_time(incident->texts[i].at, 1000))
        {
            return 0;
        }
    }

    for (i = 0; i < incident->nedges; i++) {
        if (incident->edges[i].found >= NGX_SHOP_INCIDENT_FOUND_N
            || !ngx_shop_saved_time(incident->edges[i].at, 1000))
        {
            return 0;
        }
    }

    return 1;
}


static int
ngx_shop_incident_saved_times(const ngx_shop_incident_t *incident)
{
    return ngx_shop_saved_time(incident->born, 1000)
           && ngx_shop_saved_time(incident->began, 1000)
           && ngx_shop_saved_time(incident->first_failure, 1000)
           && ngx_shop_saved_time(incident->detected, 1000)
           && ngx_shop_saved_time(incident->mitigated, 1000)
           && ngx_shop_saved_time(incident->reopening, 1000)
           && ngx_shop_saved_time(incident->resolved, 1000);
}


/* what is added to it fits, too */

static int
ngx_shop_incident_saved_count(int64_t n)
{
    return n > -NGX_SHOP_SAVED_MOST && n < NGX_SHOP_SAVED_MOST;
}


static int
ngx_shop_incident_saved_within(const ngx_shop_incident_t *incident,
    ngx_shop_span_t span)
{
    return (uint32_t) span.off + span.len <= incident->nbytes;
}


void
ngx_shop_incident_saved_restore(ngx_shop_incident_fold_t *fold,
    const ngx_shop_incident_t *incident, size_t size)
{
    ngx_shop_incident_t  *to;

    to = &fold->incidents[fold->next++ % NGX_SHOP_INCIDENTS];

    memset(to, 0, sizeof(ngx_shop_incident_t));
    memcpy(to, incident, size);

    if (incident->number > fold->count) {
        fold->count = incident->number;
    }
}
