
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * An incident for programs: docs/shopctl.schema.json.
 */


#include "ctl/report_brief.h"
#include "logic/judge/site.h"


static void ngx_shop_report_json_times(ngx_shop_emit_t *e,
    const ngx_shop_incident_t *in);
static void ngx_shop_report_json_facts(ngx_shop_emit_t *e,
    const ngx_shop_report_facts_t *f);
static void ngx_shop_report_json_after(ngx_shop_emit_t *e, const char *key,
    int64_t at, int64_t start);
static void ngx_shop_report_json_classes(ngx_shop_emit_t *e,
    const ngx_shop_incident_t *in);


void
ngx_shop_report_json(ngx_shop_emit_t *e, const ngx_shop_incident_t *in,
    const ngx_shop_report_facts_t *f)
{
    ngx_shop_str_t  site;

    site = ngx_shop_incident_told_text(in, in->site);

    ngx_shop_emit_object(e, NULL);
    ngx_shop_emit_int(e, "number", in->number);
    ngx_shop_emit_str(e, "site", &site);

    if (in->severity) {
        ngx_shop_emit_cstr(e, "severity",
                           ngx_shop_event_severity_name(in->severity));

    } else {
        ngx_shop_emit_null(e, "severity");
    }

    ngx_shop_emit_bool(e, "planned", in->planned);
    ngx_shop_emit_bool(e, "outage_inside", in->planned && f->outage);
    ngx_shop_emit_cstr(e, "state", ngx_shop_site_name(in->state));

    ngx_shop_report_json_times(e, in);
    ngx_shop_report_json_facts(e, f);

    ngx_shop_emit_int(e, "visitors", in->visitors);

    if (f->shut >= 60000) {
        ngx_shop_emit_int(e, "refused_per_minute",
                          in->visitors * 60000 / f->shut);

    } else {
        ngx_shop_emit_null(e, "refused_per_minute");
    }

    ngx_shop_report_json_classes(e, in);
    ngx_shop_report_usual_json(e, in, f);
    ngx_shop_emit_close(e, '}');
}


static void
ngx_shop_report_json_times(ngx_shop_emit_t *e, const ngx_shop_incident_t *in)
{
    ngx_shop_event_write_time(e, "began", in->began);
    ngx_shop_event_write_time(e, "first_failure", in->first_failure);
    ngx_shop_event_write_time(e, "detected", in->detected);
    ngx_shop_event_write_time(e, "mitigated",
                              in->by == NGX_SHOP_EVENT_BY_PAGE
                              ? 0 : in->mitigated);
    ngx_shop_event_write_time(e, "resolved", in->lost ? 0 : in->resolved);
}


static void
ngx_shop_report_json_facts(ngx_shop_emit_t *e,
    const ngx_shop_report_facts_t *f)
{
    unsigned  i;

    ngx_shop_emit_int(e, "shut_ms", f->shut);
    ngx_shop_report_json_after(e, "page_after_ms", f->page, f->start);
    ngx_shop_report_json_after(e, "words_after_ms", f->words, f->start);

    ngx_shop_emit_object(e, "promises");
    ngx_shop_emit_int(e, "kept", f->kept);
    ngx_shop_emit_int(e, "broken", f->broken);
    ngx_shop_emit_close(e, '}');

    ngx_shop_emit_array(e, "who");

    for (i = 0; i < f->nwho; i++) {
        ngx_shop_emit_cstr(e, NULL, f->who[i]);
    }

    ngx_shop_emit_close(e, ']');
}


static void
ngx_shop_report_json_after(ngx_shop_emit_t *e, const char *key, int64_t at,
    int64_t start)
{
    if (at) {
        ngx_shop_emit_int(e, key, at - start);

    } else {
        ngx_shop_emit_null(e, key);
    }
}


static void
ngx_shop_report_json_classes(ngx_shop_emit_t *e,
    const ngx_shop_incident_t *in)
{
    unsigned        i;
    ngx_shop_str_t  name;

    ngx_shop_emit_array(e, "classes");

    for (i = 0; i < in->nclasses; i++) {
        name = ngx_shop_incident_told_text(in, in->classes[i].name);

        ngx_shop_emit_object(e, NULL);
        ngx_shop_emit_str(e, "class", &name);
        ngx_shop_emit_int(e, "refused", in->classes[i].refused);
        ngx_shop_emit_int(e, "unknown", in->classes[i].unknown);
        ngx_shop_emit_close(e, '}');
    }

    ngx_shop_emit_close(e, ']');
}
