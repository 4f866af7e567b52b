
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * What the operator's screens share: names, and pieces of HTML.  The screens
 * are status_json.c, status_metrics.c and status_html.c; status_answer.c is
 * who is asked for them.
 */


#include "nginx/status/status.h"
#include "nginx/gate/gate.h"

#include "logic/story/event.h"


const char *
ngx_shop_status_severity(unsigned state)
{
    unsigned  severity;

    severity = ngx_shop_site_severity(state);

    return severity ? ngx_shop_event_severity_name(severity) : NULL;
}


/* that of $shop_fallback, with what was sent and then failed told apart */

const char *
ngx_shop_status_cause(ngx_uint_t why)
{
    if (why == NGX_SHOP_GATE_WHY_SENT) {
        return "outage_sent";
    }

    return why <= NGX_SHOP_GATE_WHY_ERROR_PAGE ? ngx_shop_gate_why(why)
                                               : "other";
}


ngx_uint_t
ngx_shop_status_is_cause(ngx_uint_t why)
{
    return why > NGX_SHOP_GATE_WHY_NOT && why <= NGX_SHOP_GATE_WHY_ERROR_PAGE;
}


const char *
ngx_shop_status_kind(ngx_uint_t kind)
{
    static const char  *names[] = { "html", "json", "text", "empty" };

    return names[kind % NGX_SHOP_LAYOUT_KINDS];
}


ngx_int_t
ngx_shop_status_walk(const ngx_shop_status_part_pt *parts, ngx_shop_emit_t *e,
    ngx_shop_snapshot_t *snap, ngx_shop_status_walk_t *walk)
{
    ngx_uint_t  part;

    if (parts[walk->part](e, snap, walk) == NGX_AGAIN) {
        return NGX_AGAIN;
    }

    part = walk->part + 1;

    ngx_memzero(walk, sizeof(ngx_shop_status_walk_t));

    walk->part = part;

    return parts[part] ? NGX_AGAIN : NGX_OK;
}
