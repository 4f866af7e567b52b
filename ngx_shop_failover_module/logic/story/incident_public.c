
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * An incident as visitors met it.  Decides what is told of it, and no words.
 */


#include "logic/story/incident_inside.h"
#include "logic/story/incident_public.h"
#include "logic/flag/flag.h"
#include "logic/flag/hosts.h"
#include "logic/judge/site.h"
#include "logic/text/span.h"


static unsigned ngx_shop_incident_public_found(unsigned was,
    const ngx_shop_event_t *event);
static unsigned ngx_shop_incident_public_last(const ngx_shop_incident_t *in);
static void ngx_shop_incident_public_edge(ngx_shop_incident_t *in, int64_t at,
    unsigned found);
static ngx_shop_str_t ngx_shop_incident_public_status(
    const ngx_shop_incident_t *in, int64_t at);
static int ngx_shop_incident_public_shown(const ngx_shop_incident_t *in,
    unsigned i);


void
ngx_shop_incident_public_note(ngx_shop_incident_t *in,
    const ngx_shop_event_t *event)
{
    unsigned  was, found;

    was = ngx_shop_incident_public_last(in);
    found = ngx_shop_incident_public_found(was, event);

    if (found != was) {
        ngx_shop_incident_public_edge(in, event->time, found);
    }
}


/* until all are in, "reopening" is no opening */

static unsigned
ngx_shop_incident_public_found(unsigned was, const ngx_shop_event_t *event)
{
    int  paths;

    paths = (event->mode == NGX_SHOP_FLAG_PATHS_ONLY);

    if (event->type == NGX_SHOP_EVENT_FLAG) {

        /* the mode of a flag that closes turns, and the state does not */

        if (event->to != NGX_SHOP_EVENT_CHANGED
            || (was != NGX_SHOP_INCIDENT_FOUND_CLOSED
                && was != NGX_SHOP_INCIDENT_FOUND_PATHS)
            || (!paths && event->mode != NGX_SHOP_FLAG_FULL))
        {
            return was;
        }

        return paths ? NGX_SHOP_INCIDENT_FOUND_PATHS
                     : NGX_SHOP_INCIDENT_FOUND_CLOSED;
    }

    switch (event->to) {

    case NGX_SHOP_SITE_OUTAGE:
        return NGX_SHOP_INCIDENT_FOUND_PROBLEM;

    case NGX_SHOP_SITE_BROWSE:
        return NGX_SHOP_INCIDENT_FOUND_BROWSE;

    case NGX_SHOP_SITE_MAINTENANCE:

        /* what an outage has closed was not planned */

        if (was == NGX_SHOP_INCIDENT_FOUND_PROBLEM && !paths) {
            return was;
        }

        return paths ? NGX_SHOP_INCIDENT_FOUND_PATHS
                     : NGX_SHOP_INCIDENT_FOUND_CLOSED;

    case NGX_SHOP_SITE_REOPENING:
        return was;

    default:
        return NGX_SHOP_INCIDENT_FOUND_OPEN;
    }
}


static unsigned
ngx_shop_incident_public_last(const ngx_shop_incident_t *in)
{
    return in->nedges ? in->edges[in->nedges - 1].found
                      : NGX_SHOP_INCIDENT_FOUND_OPEN;
}


static void
ngx_shop_incident_public_edge(ngx_shop_incident_t *in, int64_t at,
    unsigned found)
{
    uint32_t                   nth;
    ngx_shop_incident_edge_t  *edge;

    nth = in->nedges ? in->edges[in->nedges - 1].nth + 1 : 0;

    if (in->nedges == NGX_SHOP_INCIDENT_EDGES) {
        in->nedges--;
        memmove(in->edges, in->edges + 1,
                in->nedges * sizeof(ngx_shop_incident_edge_t));
    }

    edge = &in->edges[in->nedges++];

    edge->at = at;
    edge->nth = nth;
    edge->found = (uint8_t) found;
}


unsigned
ngx_shop_incident_public(const ngx_shop_incident_t *in,
    ngx_shop_incident_entry_t *entries)
{
    unsigned                    i, n;
    ngx_shop_incident_edge_t    edge;
    ngx_shop_incident_entry_t  *entry;

    memset(entries, 0,
           NGX_SHOP_INCIDENT_ENTRIES * sizeof(ngx_shop_incident_entry_t));

    for (i = 0, n = 0; i <= in->nedges && in->nedges; i++) {

        if (i < in->nedges) {
            edge = in->edges[i];

        } else if (in->resolved
                   && ngx_shop_incident_public_last(in)
                      != NGX_SHOP_INCIDENT_FOUND_OPEN)
        {
            /* nobody saw how it ended: nginx was not there */

            edge.at = in->resolved;
            edge.nth = in->edges[i - 1].nth + 1;
            edge.found = NGX_SHOP_INCIDENT_FOUND_OPEN;

        } else {
            break;
        }

        entry = &entries[n++];
        entry->at = edge.at;
        entry->nth = edge.nth;
        entry->found = edge.found;

        if (edge.found != NGX_SHOP_INCIDENT_FOUND_OPEN) {
            entry->text = ngx_shop_incident_public_status(in, edge.at);
        }
    }

    for (i = 0; i < in->ntexts; i++) {
        if (ngx_shop_incident_public_shown(in, i)) {
            entry = &entries[n++];
            entry->at = in->texts[i].at;
            entry->nth = i;
            entry->told = 1;
            entry->update = in->texts[i].update;
            entry->text = ngx_shop_incident_told_text(in, in->texts[i].text);
        }
    }

    return n;
}


/* the one that stood there when it was closed */

static ngx_shop_str_t
ngx_shop_incident_public_status(const ngx_shop_incident_t *in, int64_t at)
{
    unsigned        i;
    ngx_shop_str_t  none;

    for (i = in->ntexts; i; i--) {
        if (!in->texts[i - 1].update && in->texts[i - 1].at <= at) {
            return ngx_shop_incident_told_text(in, in->texts[i - 1].text);
        }
    }

    memset(&none, 0, sizeof(none));

    return none;
}


/* a status that a closing tells already is not told again */

static int
ngx_shop_incident_public_shown(const ngx_shop_incident_t *in, unsigned i)
{
    unsigned                         k, found;
    const ngx_shop_incident_text_t  *text;

    text = &in->texts[i];
    found = NGX_SHOP_INCIDENT_FOUND_OPEN;

    for (k = 0; k < in->nedges && in->edges[k].at <= text->at; k++) {
        found = in->edges[k].found;

        if (!text->update && in->edges[k].at == text->at) {
            return 0;
        }
    }

    return text->text.len && found != NGX_SHOP_INCIDENT_FOUND_OPEN;
}


int
ngx_shop_incident_public_of(const ngx_shop_incident_t *in,
    const ngx_shop_str_t *site, const ngx_shop_str_t *host)
{
    ngx_shop_str_t   name, part, pattern;
    ngx_shop_span_t  rest;

    name = ngx_shop_incident_told_text(in, in->site);

    if (name.len < site->len || memcmp(name.data, site->data, site->len) != 0) {
        return 0;
    }

    if (name.len == site->len) {
        return 1;
    }

    rest = in->hosts;

    /* a part is named after its first host: "a:b" may be a site, too */

    pattern = ngx_shop_span_str(in->bytes,
                                ngx_shop_span_word(in->bytes, &rest, " "));
    part.data = name.data + site->len + 1;
    part.len = name.len - site->len - 1;

    if (memcmp(part.data, pattern.data,
               part.len < pattern.len ? part.len : pattern.len) != 0)
    {
        return 0;
    }

    rest = in->hosts;

    while (name.data[site->len] == ':' && rest.len) {
        pattern = ngx_shop_span_str(in->bytes,
                                  ngx_shop_span_word(in->bytes, &rest, " "));

        if (ngx_shop_hosts_match(&pattern, host)) {
            return 1;
        }

        if (rest.len) {
            rest.off++;
            rest.len--;
        }
    }

    return 0;
}
