
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * Events: their members by one table, which writing and reading share, and the
 * names of their values.
 */


#include "logic/story/event_member.h"
#include "logic/judge/site.h"
#include "logic/flag/flag.h"
#include "logic/flag/times.h"
#include "logic/text/utf8.h"
#include "logic/judge/verdict.h"


static const char *ngx_shop_event_state_name(unsigned type, unsigned n);
static const char *ngx_shop_event_what(unsigned type, unsigned n);
static const char *ngx_shop_event_cause(unsigned type, unsigned n);
static const char *ngx_shop_event_severity(unsigned type, unsigned n);
static const char *ngx_shop_event_mode(unsigned type, unsigned n);
static const char *ngx_shop_event_by(unsigned type, unsigned n);


#define PEER      (1u << NGX_SHOP_EVENT_PEER)
#define GROUP     (1u << NGX_SHOP_EVENT_GROUP)
#define SITE      (1u << NGX_SHOP_EVENT_SITE)
#define FLAG      (1u << NGX_SHOP_EVENT_FLAG)
#define INCIDENT  (1u << NGX_SHOP_EVENT_INCIDENT)

#define ngx_shop_event_member(key, kind, types, field, name)                 \
    { key, NGX_SHOP_EVENT_ ## kind, types,                                   \
      offsetof(ngx_shop_event_t, field), name }


const ngx_shop_event_member_t  ngx_shop_event_members[] = {

    ngx_shop_event_member("upstream", STR, PEER|GROUP, upstream,
                          NULL),
    ngx_shop_event_member("peer", STR, PEER, peer, NULL),
    ngx_shop_event_member("server", STR, PEER, server, NULL),
    ngx_shop_event_member("backup", BOOL, PEER, backup, NULL),
    ngx_shop_event_member("site", STR, SITE|FLAG|INCIDENT, site,
                          NULL),
    ngx_shop_event_member("flag", STR, SITE|FLAG, flag, NULL),
    ngx_shop_event_member("upstreams", STR, SITE, upstreams, NULL),
    ngx_shop_event_member("incident", INT, INCIDENT, incident, NULL),
    ngx_shop_event_member("what", NAME, GROUP, what,
                          ngx_shop_event_what),
    ngx_shop_event_member("from", NAME, PEER|GROUP|SITE, from,
                          ngx_shop_event_state_name),
    ngx_shop_event_member("to", NAME, PEER|GROUP|SITE, to,
                          ngx_shop_event_state_name),
    ngx_shop_event_member("what", NAME, FLAG|INCIDENT, to,
                          ngx_shop_event_state_name),
    ngx_shop_event_member("since", TIME, PEER|GROUP|SITE, since,
                          NULL),
    ngx_shop_event_member("severity", NAME, SITE|INCIDENT, severity,
                          ngx_shop_event_severity),
    ngx_shop_event_member("served_by", STR, GROUP, served_by, NULL),
    ngx_shop_event_member("cause", NAME, PEER, cause,
                          ngx_shop_event_cause),
    ngx_shop_event_member("detail", STR, PEER, detail, NULL),
    ngx_shop_event_member("count", INT, PEER, count, NULL),
    ngx_shop_event_member("first_failure", TIME, PEER|INCIDENT,
                          first_failure, NULL),
    ngx_shop_event_member("detected", TIME, INCIDENT, detected,
                          NULL),
    ngx_shop_event_member("mitigated", TIME, INCIDENT, mitigated,
                          NULL),
    ngx_shop_event_member("by", NAME, INCIDENT, by,
                          ngx_shop_event_by),
    ngx_shop_event_member("resolved", TIME, INCIDENT, resolved,
                          NULL),
    ngx_shop_event_member("mode", NAME, FLAG, mode,
                          ngx_shop_event_mode),
    ngx_shop_event_member("text", STR, SITE|FLAG, text, NULL),
    ngx_shop_event_member("who", STR, PEER|FLAG, who, NULL),
    ngx_shop_event_member("eta", TIME, SITE|FLAG, eta, NULL),
    ngx_shop_event_member("next_update", TIME, FLAG, next_update,
                          NULL),
    ngx_shop_event_member("warnings", INT, FLAG, warnings, NULL),
    ngx_shop_event_member("error", INT, FLAG, error, NULL),
    ngx_shop_event_member("visitors", INT, SITE|INCIDENT, visitors,
                          NULL),
    { NULL, 0, 0, 0, NULL }
};

#undef PEER
#undef GROUP
#undef SITE
#undef FLAG
#undef INCIDENT


static const char  *ngx_shop_event_types[] = {
    "peer", "group", "site", "flag", "incident"
};

static const char  *ngx_shop_event_groups[] = {
    "state", "serving", "panic", "panic_over", "blind", "blind_over",
    "line", "line_over", "line_full"
};

static const char  *ngx_shop_event_flags[] = {
    "set", "changed", "update", "unreadable", "removed"
};

static const char  *ngx_shop_event_incidents[] = {
    "begun", "escalated", "resolved"
};

static const char  *ngx_shop_event_bys[] = {
    "", "backup", "group", "browse", "page"
};


void
ngx_shop_event_set(ngx_shop_event_t *event, ngx_shop_span_t *span,
    const ngx_shop_str_t *text)
{
    size_t                n, next, room, bad;
    const unsigned char  *p;

    room = NGX_SHOP_EVENT_TEXT - event->text_len;
    n = text->len;

    if (n > room) {
        p = text->data;

        for (n = 0; n < room; n += next) {
            next = ngx_shop_utf8_next(p + n, p + text->len, &bad);
            next = next ? next : bad;

            if (n + next > room) {
                break;
            }
        }
    }

    span->off = (uint16_t) event->text_len;
    span->len = (uint16_t) n;

    if (n) {
        memcpy(event->bytes + event->text_len, text->data, n);
        event->text_len += (uint32_t) n;
    }
}


ngx_shop_str_t
ngx_shop_event_get(const ngx_shop_event_t *event, ngx_shop_span_t span)
{
    ngx_shop_str_t  s;

    s.data = event->bytes + span.off;
    s.len = span.len;

    return s;
}


int
ngx_shop_event_add_class(ngx_shop_event_t *event, const ngx_shop_str_t *name,
    int64_t refused, int64_t unknown)
{
    ngx_shop_event_class_t  *class;

    if (event->nclasses == NGX_SHOP_EVENT_CLASSES) {
        class = &event->classes[event->nclasses - 1];
        class->refused += refused;
        class->unknown += unknown;

        return NGX_SHOP_DECLINED;
    }

    class = &event->classes[event->nclasses++];
    class->refused = refused;
    class->unknown = unknown;

    ngx_shop_event_set(event, &class->name, name);

    return NGX_SHOP_OK;
}


const char *
ngx_shop_event_type_name(unsigned type)
{
    return type < NGX_SHOP_EVENT_N ? ngx_shop_event_types[type] : NULL;
}


static const char *
ngx_shop_event_state_name(unsigned type, unsigned n)
{
    switch (type) {

    case NGX_SHOP_EVENT_PEER:
        return n < NGX_SHOP_VERDICT_STATE_N
               ? ngx_shop_verdict_state_name(n) : NULL;

    case NGX_SHOP_EVENT_GROUP:
        return n < NGX_SHOP_SITE_GROUP_N
               ? ngx_shop_site_group_name(n) : NULL;

    case NGX_SHOP_EVENT_SITE:
        return n < NGX_SHOP_SITE_N ? ngx_shop_site_name(n) : NULL;

    case NGX_SHOP_EVENT_FLAG:
        return n < NGX_SHOP_EVENT_FLAG_N ? ngx_shop_event_flags[n] : NULL;

    case NGX_SHOP_EVENT_INCIDENT:
        return n < NGX_SHOP_EVENT_INCIDENT_N
               ? ngx_shop_event_incidents[n] : NULL;

    default:
        return NULL;
    }
}


const char *
ngx_shop_event_by_name(unsigned by)
{
    return by < NGX_SHOP_EVENT_BY_N ? ngx_shop_event_bys[by] : NULL;
}


const char *
ngx_shop_event_severity_name(unsigned severity)
{
    static const char  *names[] = { "", "P1", "P2", "P3" };

    return severity < 4 ? names[severity] : NULL;
}


static const char *
ngx_shop_event_what(unsigned type, unsigned n)
{
    (void) type;

    return n < NGX_SHOP_EVENT_GROUP_N ? ngx_shop_event_groups[n] : NULL;
}


static const char *
ngx_shop_event_cause(unsigned type, unsigned n)
{
    (void) type;

    if (n == NGX_SHOP_EVENT_OPERATOR) {
        return "operator";
    }

    if (n == NGX_SHOP_EVENT_VISITORS) {
        return "visitors";
    }

    if (n == NGX_SHOP_EVENT_SERVER) {
        return "server";
    }

    return n < NGX_SHOP_VERDICT_RESULT_N
           ? ngx_shop_verdict_result_name(n) : NULL;
}


static const char *
ngx_shop_event_severity(unsigned type, unsigned n)
{
    (void) type;

    return ngx_shop_event_severity_name(n);
}


static const char *
ngx_shop_event_mode(unsigned type, unsigned n)
{
    (void) type;

    return ngx_shop_flag_mode_name(n);
}


static const char *
ngx_shop_event_by(unsigned type, unsigned n)
{
    (void) type;

    return ngx_shop_event_by_name(n);
}


size_t
ngx_shop_event_time(unsigned char *buf, int64_t msec)
{
    size_t    n;
    unsigned  ms;

    n = ngx_shop_times_rfc3339(buf, msec / 1000);
    ms = (unsigned) (msec % 1000);

    n--;
    buf[n++] = '.';
    buf[n++] = (unsigned char) ('0' + ms / 100);
    buf[n++] = (unsigned char) ('0' + ms / 10 % 10);
    buf[n++] = (unsigned char) ('0' + ms % 10);
    buf[n++] = 'Z';

    return n;
}
