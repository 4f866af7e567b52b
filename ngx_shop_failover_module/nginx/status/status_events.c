
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * What happened, in the status: the last events and incidents.
 */


#include "nginx/status/status.h"

#include "logic/story/vocab.h"


static void ngx_shop_status_events_incident(ngx_shop_emit_t *e,
    ngx_shop_incident_t *in);
static void ngx_shop_status_events_texts(ngx_shop_emit_t *e,
    ngx_shop_incident_t *in);


#define NGX_SHOP_STATUS_EVENTS_MAX  5


void
ngx_shop_status_events_json(ngx_shop_emit_t *e, ngx_shop_snapshot_t *snap)
{
    ngx_uint_t  i;

    ngx_shop_emit_array(e, "incidents");

    for (i = 0; i < snap->nincidents; i++) {
        ngx_shop_status_events_incident(e, &snap->incidents[i]);
    }

    ngx_shop_emit_close(e, ']');

    ngx_shop_emit_array(e, "events");

    for (i = 0; i < snap->nevents; i++) {
        ngx_shop_event_write_object(e, &snap->events[i]);
    }

    ngx_shop_emit_close(e, ']');
}


static void
ngx_shop_status_events_incident(ngx_shop_emit_t *e, ngx_shop_incident_t *in)
{
    ngx_uint_t                  i;
    const char                 *name;
    ngx_shop_str_t              s;
    ngx_shop_incident_class_t  *class;

    ngx_shop_emit_object(e, NULL);
    ngx_shop_emit_int(e, "number", in->number);

    s = ngx_shop_incident_told_text(in, in->site);
    ngx_shop_emit_str(e, "site", &s);

    s = ngx_shop_incident_told_text(in, in->flag);
    ngx_shop_emit_str(e, "flag", &s);
    ngx_shop_emit_cstr(e, "state", ngx_shop_site_name(in->state));

    name = ngx_shop_event_severity_name(in->severity);

    if (in->severity) {
        ngx_shop_emit_cstr(e, "severity", name);

    } else {
        ngx_shop_emit_null(e, "severity");
    }

    ngx_shop_emit_bool(e, "planned", in->planned);
    ngx_shop_event_write_time(e, "began", in->began);
    ngx_shop_event_write_time(e, "first_failure", in->first_failure);
    ngx_shop_event_write_time(e, "detected", in->detected);
    ngx_shop_event_write_time(e, "mitigated", in->mitigated);
    ngx_shop_emit_cstr(e, "by", ngx_shop_event_by_name(in->by));
    ngx_shop_event_write_time(e, "reopening", in->reopening);
    ngx_shop_event_write_time(e, "resolved", in->resolved);
    ngx_shop_emit_int(e, "visitors", in->visitors);

    ngx_shop_emit_array(e, "refused");

    for (i = 0; i < in->nclasses; i++) {
        class = &in->classes[i];
        s = ngx_shop_incident_told_text(in, class->name);

        ngx_shop_event_write_class(e, &s, class->refused, class->unknown);
    }

    ngx_shop_emit_close(e, ']');

    ngx_shop_status_events_texts(e, in);

    ngx_shop_emit_close(e, '}');
}


static void
ngx_shop_status_events_texts(ngx_shop_emit_t *e, ngx_shop_incident_t *in)
{
    ngx_uint_t      i;
    ngx_shop_str_t  s;

    ngx_shop_emit_array(e, "texts");

    for (i = 0; i < in->ntexts; i++) {
        s = ngx_shop_incident_told_text(in, in->texts[i].text);

        ngx_shop_emit_object(e, NULL);
        ngx_shop_event_write_time(e, "time", in->texts[i].at);
        ngx_shop_emit_bool(e, "update", in->texts[i].update);
        ngx_shop_emit_str(e, "text", &s);
        ngx_shop_emit_close(e, '}');
    }

    ngx_shop_emit_close(e, ']');
}


void
ngx_shop_status_events_html(ngx_shop_emit_t *e, ngx_shop_snapshot_t *snap)
{
    u_char          buf[NGX_SHOP_EVENT_TEXT];
    ngx_uint_t      i, n;
    ngx_shop_str_t  text;

    if (snap->nevents == 0) {
        return;
    }

    ngx_shop_emit_text(e, "<section>\n<h2>What happened</h2>\n<ul>\n");

    for (i = 0, n = 0;
         i < snap->nevents && n < NGX_SHOP_STATUS_EVENTS_MAX;
         i++)
    {
        /* updates stand with the other texts */

        if (snap->events[i].type == NGX_SHOP_EVENT_FLAG
            && snap->events[i].to == NGX_SHOP_EVENT_UPDATE)
        {
            continue;
        }

        n++;
        text.data = buf;
        text.len = ngx_shop_vocab_event(buf, sizeof(buf), &snap->events[i]);

        ngx_shop_emit_text(e, "<li>");
        ngx_shop_emit_html(e, &text);
        ngx_shop_emit_text(e, " <span class=\"m\">");
        ngx_shop_status_piece_ago(e, snap->events[i].time / 1000, snap->now);
        ngx_shop_emit_text(e, "</span></li>\n");
    }

    ngx_shop_emit_text(e, "</ul>\n</section>\n");
}
