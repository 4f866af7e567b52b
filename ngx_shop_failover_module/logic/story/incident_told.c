
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * What an incident remembers: what visitors were told, and how many there were.
 * Names and texts lie in its bytes, which are of a fixed number.
 */


#include "logic/story/incident_inside.h"
#include "logic/flag/flag.h"
#include "logic/judge/site.h"
#include "logic/judge/verdict.h"


/* counters only grow, unless nginx lost them: then what is known stays */

void
ngx_shop_incident_told_count(ngx_shop_incident_t *in,
    const ngx_shop_event_t *event)
{
    int64_t                        n;
    unsigned                       i;
    ngx_shop_str_t                 s;
    ngx_shop_incident_class_t     *class;
    const ngx_shop_event_class_t  *from;

    if (event->visitors >= in->visitors_before) {
        in->visitors = event->visitors - in->visitors_before;
    }

    for (i = 0; i < event->nclasses; i++) {
        from = &event->classes[i];
        s = ngx_shop_event_get(event, from->name);
        class = ngx_shop_incident_told_class(in, &s);

        if (class == NULL) {
            continue;
        }

        n = from->refused - class->refused_before;
        class->refused = n > class->refused ? n : class->refused;

        n = from->unknown - class->unknown_before;
        class->unknown = n > class->unknown ? n : class->unknown;
    }
}


ngx_shop_incident_class_t *
ngx_shop_incident_told_class(ngx_shop_incident_t *in,
    const ngx_shop_str_t *name)
{
    unsigned                    i;
    ngx_shop_str_t              s;
    ngx_shop_incident_class_t  *class;

    for (i = 0; i < in->nclasses; i++) {
        s = ngx_shop_incident_told_text(in, in->classes[i].name);

        if (s.len == name->len && memcmp(s.data, name->data, s.len) == 0) {
            return &in->classes[i];
        }
    }

    if (in->nclasses == NGX_SHOP_EVENT_CLASSES) {
        return NULL;
    }

    class = &in->classes[in->nclasses];

    if (!ngx_shop_incident_told_keep(in, &class->name, name)) {
        return NULL;
    }

    in->nclasses++;

    return class;
}


void
ngx_shop_incident_told_flag(ngx_shop_incident_t *in,
    const ngx_shop_event_t *event)
{
    switch (event->to) {

    case NGX_SHOP_EVENT_UPDATE:
        ngx_shop_incident_told_say(in, event, 1);
        return;

    case NGX_SHOP_EVENT_SET:
    case NGX_SHOP_EVENT_CHANGED:
        ngx_shop_incident_told_say(in, event, 0);
        return;

    default:
        return;
    }
}


/* a status that is the same as the one before is no news to visitors */

void
ngx_shop_incident_told_say(ngx_shop_incident_t *in,
    const ngx_shop_event_t *event, unsigned update)
{
    unsigned                   i;
    ngx_shop_str_t             s, last;
    ngx_shop_incident_text_t  *text;

    s = ngx_shop_event_get(event, event->text);

    for (i = in->ntexts; i && !update; i--) {
        text = &in->texts[i - 1];

        if (text->update) {
            continue;
        }

        last = ngx_shop_incident_told_text(in, text->text);

        if (last.len == s.len && memcmp(last.data, s.data, s.len) == 0) {
            return;
        }

        break;
    }

    text = &in->texts[in->ntexts];

    if (in->ntexts == NGX_SHOP_INCIDENT_TEXTS
        || !ngx_shop_incident_told_keep(in, &text->text, &s))
    {
        in->texts_lost++;
        return;
    }

    text->at = event->time;
    text->update = (uint8_t) update;
    in->ntexts++;
}


int
ngx_shop_incident_told_keep(ngx_shop_incident_t *in, ngx_shop_span_t *span,
    const ngx_shop_str_t *text)
{
    if (text->len > NGX_SHOP_INCIDENT_BYTES - in->nbytes) {
        return 0;
    }

    span->off = (uint16_t) in->nbytes;
    span->len = (uint16_t) text->len;

    if (text->len) {
        memcpy(in->bytes + in->nbytes, text->data, text->len);
        in->nbytes += (uint32_t) text->len;
    }

    return 1;
}


ngx_shop_str_t
ngx_shop_incident_told_text(const ngx_shop_incident_t *incident,
    ngx_shop_span_t span)
{
    ngx_shop_str_t  s;

    s.data = incident->bytes + span.off;
    s.len = span.len;

    return s;
}
