
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * An incident as bytes of the state file, and back: what a file says is
 * believed only where each of its numbers fits.
 */


#include <stddef.h>

#include "logic/story/incident.h"
#include "logic/judge/site.h"


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
    uint32_t  i;

    if (size < offsetof(ngx_shop_incident_t, bytes)
        || incident->number == 0
        || incident->state >= NGX_SHOP_SITE_N
        || incident->severity > 3
        || incident->by >= NGX_SHOP_EVENT_BY_N
        || incident->nclasses > NGX_SHOP_EVENT_CLASSES
        || incident->ntexts > NGX_SHOP_INCIDENT_TEXTS
        || incident->nbytes > NGX_SHOP_INCIDENT_BYTES
        || size != ngx_shop_incident_saved_size(incident)
        || !ngx_shop_incident_saved_within(incident, incident->site)
        || !ngx_shop_incident_saved_within(incident, incident->flag)
        || !ngx_shop_incident_saved_within(incident, incident->upstreams))
    {
        return 0;
    }

    for (i = 0; i < incident->nclasses; i++) {
        if (!ngx_shop_incident_saved_within(incident,
                                            incident->classes[i].name))
        {
            return 0;
        }
    }

    for (i = 0; i < incident->ntexts; i++) {
        if (!ngx_shop_incident_saved_within(incident,
                                            incident->texts[i].text))
        {
            return 0;
        }
    }

    return 1;
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
