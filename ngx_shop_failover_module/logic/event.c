
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * One transition <-> one JSON line, by one table of members for both ways.
 */


#include "logic/event.h"
#include "logic/calendar.h"
#include "logic/json.h"
#include "logic/site.h"
#include "logic/times.h"
#include "logic/utf8.h"
#include "logic/verdict.h"


typedef enum {
    NGX_SHOP_FAILOVER_EVENT_INT = 0,        /* int64_t */
    NGX_SHOP_FAILOVER_EVENT_TIME,           /* int64_t; null: 0 */
    NGX_SHOP_FAILOVER_EVENT_STR,            /* span */
    NGX_SHOP_FAILOVER_EVENT_BOOL,           /* uint8_t */
    NGX_SHOP_FAILOVER_EVENT_NAME            /* uint8_t, by name */
} ngx_shop_failover_event_kind_e;


/* the name of a value; "": null; NULL: no such value */
typedef const char *(*ngx_shop_failover_event_name_pt)(unsigned type,
    unsigned n);


typedef struct {
    const char                       *key;
    unsigned                          kind;
    unsigned                          types;      /* a bit each */
    size_t                            offset;
    ngx_shop_failover_event_name_pt   name;
} ngx_shop_failover_event_member_t;


static const char *ngx_shop_failover_event_what(unsigned type, unsigned n);
static const char *ngx_shop_failover_event_cause(unsigned type, unsigned n);
static const char *ngx_shop_failover_event_severity(unsigned type,
    unsigned n);
static const char *ngx_shop_failover_event_mode(unsigned type, unsigned n);
static const char *ngx_shop_failover_event_by(unsigned type, unsigned n);
static void ngx_shop_failover_event_write_member(ngx_shop_failover_emit_t *e,
    const ngx_shop_failover_event_t *event,
    const ngx_shop_failover_event_member_t *m);
static void ngx_shop_failover_event_write_classes(
    ngx_shop_failover_emit_t *e, const ngx_shop_failover_event_t *event);
static int ngx_shop_failover_event_read_type(ngx_shop_failover_event_t *event,
    const ngx_shop_failover_json_t *value);
static int ngx_shop_failover_event_read_member(
    ngx_shop_failover_event_t *event,
    const ngx_shop_failover_event_member_t *m,
    const ngx_shop_failover_json_t *v);
static int ngx_shop_failover_event_read_count(int64_t *n,
    const ngx_shop_failover_json_t *v);
static int ngx_shop_failover_event_read_time(int64_t *msec,
    const ngx_shop_failover_json_t *v);
static int ngx_shop_failover_event_read_digits(const unsigned char *p,
    unsigned n);
static int ngx_shop_failover_event_read_text(ngx_shop_failover_event_t *event,
    ngx_shop_failover_span_t *span, const ngx_shop_failover_json_t *v);
static int ngx_shop_failover_event_read_name(uint8_t *to,
    const ngx_shop_failover_event_member_t *m, unsigned type,
    const ngx_shop_failover_json_t *v);
static int ngx_shop_failover_event_read_classes(
    ngx_shop_failover_event_t *event, const ngx_shop_failover_json_t *v);


#define PEER      (1u << NGX_SHOP_FAILOVER_EVENT_PEER)
#define GROUP     (1u << NGX_SHOP_FAILOVER_EVENT_GROUP)
#define SITE      (1u << NGX_SHOP_FAILOVER_EVENT_SITE)
#define FLAG      (1u << NGX_SHOP_FAILOVER_EVENT_FLAG)
#define INCIDENT  (1u << NGX_SHOP_FAILOVER_EVENT_INCIDENT)

#define ngx_shop_failover_event_member(key, kind, types, field, name)        \
    { key, NGX_SHOP_FAILOVER_EVENT_ ## kind, types,                          \
      offsetof(ngx_shop_failover_event_t, field), name }


/* in the order in which they are written */

static const ngx_shop_failover_event_member_t
    ngx_shop_failover_event_members[] =
{
    ngx_shop_failover_event_member("upstream", STR, PEER|GROUP, upstream,
                                   NULL),
    ngx_shop_failover_event_member("peer", STR, PEER, peer, NULL),
    ngx_shop_failover_event_member("server", STR, PEER, server, NULL),
    ngx_shop_failover_event_member("backup", BOOL, PEER, backup, NULL),
    ngx_shop_failover_event_member("site", STR, SITE|FLAG|INCIDENT, site,
                                   NULL),
    ngx_shop_failover_event_member("incident", INT, INCIDENT, incident, NULL),
    ngx_shop_failover_event_member("what", NAME, GROUP, what,
                                   ngx_shop_failover_event_what),
    ngx_shop_failover_event_member("from", NAME, PEER|GROUP|SITE, from,
                                   ngx_shop_failover_event_state_name),
    ngx_shop_failover_event_member("to", NAME, PEER|GROUP|SITE, to,
                                   ngx_shop_failover_event_state_name),
    ngx_shop_failover_event_member("what", NAME, FLAG|INCIDENT, to,
                                   ngx_shop_failover_event_state_name),
    ngx_shop_failover_event_member("since", TIME, PEER|GROUP|SITE, since,
                                   NULL),
    ngx_shop_failover_event_member("severity", NAME, SITE|INCIDENT, severity,
                                   ngx_shop_failover_event_severity),
    ngx_shop_failover_event_member("served_by", STR, GROUP, served_by, NULL),
    ngx_shop_failover_event_member("cause", NAME, PEER, cause,
                                   ngx_shop_failover_event_cause),
    ngx_shop_failover_event_member("detail", STR, PEER, detail, NULL),
    ngx_shop_failover_event_member("count", INT, PEER, count, NULL),
    ngx_shop_failover_event_member("first_failure", TIME, PEER|INCIDENT,
                                   first_failure, NULL),
    ngx_shop_failover_event_member("detected", TIME, INCIDENT, detected,
                                   NULL),
    ngx_shop_failover_event_member("mitigated", TIME, INCIDENT, mitigated,
                                   NULL),
    ngx_shop_failover_event_member("by", NAME, INCIDENT, by,
                                   ngx_shop_failover_event_by),
    ngx_shop_failover_event_member("resolved", TIME, INCIDENT, resolved,
                                   NULL),
    ngx_shop_failover_event_member("mode", NAME, FLAG, mode,
                                   ngx_shop_failover_event_mode),
    ngx_shop_failover_event_member("text", STR, SITE|FLAG, text, NULL),
    ngx_shop_failover_event_member("eta", TIME, SITE|FLAG, eta, NULL),
    ngx_shop_failover_event_member("next_update", TIME, FLAG, next_update,
                                   NULL),
    ngx_shop_failover_event_member("warnings", INT, FLAG, warnings, NULL),
    ngx_shop_failover_event_member("error", INT, FLAG, error, NULL),
    ngx_shop_failover_event_member("visitors", INT, SITE|INCIDENT, visitors,
                                   NULL),
    { NULL, 0, 0, 0, NULL }
};

#define NGX_SHOP_FAILOVER_EVENT_COUNTED  (SITE|INCIDENT)

#undef PEER
#undef GROUP
#undef FLAG


static const char  *ngx_shop_failover_event_types[] = {
    "peer", "group", "site", "flag", "incident"
};

static const char  *ngx_shop_failover_event_groups[] = {
    "state", "serving", "panic", "panic_over"
};

static const char  *ngx_shop_failover_event_flags[] = {
    "set", "changed", "update", "unreadable", "removed"
};

static const char  *ngx_shop_failover_event_incidents[] = {
    "begun", "escalated", "resolved"
};

static const char  *ngx_shop_failover_event_bys[] = {
    "", "backup", "group", "browse", "page"
};

static const char  *ngx_shop_failover_event_modes[] = {
    "full", "browse", "paths"
};


void
ngx_shop_failover_event_set(ngx_shop_failover_event_t *event,
    ngx_shop_failover_span_t *span, const ngx_shop_failover_str_t *text)
{
    size_t                n, next, room, bad;
    const unsigned char  *p;

    room = NGX_SHOP_FAILOVER_EVENT_TEXT - event->text_len;
    n = text->len;

    if (n > room) {
        p = text->data;

        for (n = 0; n < room; n += next) {
            next = ngx_shop_failover_utf8_next(p + n, p + text->len, &bad);
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


ngx_shop_failover_str_t
ngx_shop_failover_event_get(const ngx_shop_failover_event_t *event,
    ngx_shop_failover_span_t span)
{
    ngx_shop_failover_str_t  s;

    s.data = event->bytes + span.off;
    s.len = span.len;

    return s;
}


int
ngx_shop_failover_event_add_class(ngx_shop_failover_event_t *event,
    const ngx_shop_failover_str_t *name, int64_t refused, int64_t unknown)
{
    ngx_shop_failover_event_class_t  *class;

    if (event->nclasses == NGX_SHOP_FAILOVER_EVENT_CLASSES) {
        class = &event->classes[event->nclasses - 1];
        class->refused += refused;
        class->unknown += unknown;

        return NGX_SHOP_FAILOVER_DECLINED;
    }

    class = &event->classes[event->nclasses++];
    class->refused = refused;
    class->unknown = unknown;

    ngx_shop_failover_event_set(event, &class->name, name);

    return NGX_SHOP_FAILOVER_OK;
}


const char *
ngx_shop_failover_event_type_name(unsigned type)
{
    return type < NGX_SHOP_FAILOVER_EVENT_N
           ? ngx_shop_failover_event_types[type] : NULL;
}


const char *
ngx_shop_failover_event_state_name(unsigned type, unsigned n)
{
    switch (type) {

    case NGX_SHOP_FAILOVER_EVENT_PEER:
        return n < NGX_SHOP_FAILOVER_STATE_N
               ? ngx_shop_failover_verdict_state_name(n) : NULL;

    case NGX_SHOP_FAILOVER_EVENT_GROUP:
        return n <= NGX_SHOP_FAILOVER_GROUP_DOWN
               ? ngx_shop_failover_site_group_name(n) : NULL;

    case NGX_SHOP_FAILOVER_EVENT_SITE:
        return n < NGX_SHOP_FAILOVER_SITE_N
               ? ngx_shop_failover_site_name(n) : NULL;

    case NGX_SHOP_FAILOVER_EVENT_FLAG:
        return n < NGX_SHOP_FAILOVER_EVENT_FLAG_N
               ? ngx_shop_failover_event_flags[n] : NULL;

    case NGX_SHOP_FAILOVER_EVENT_INCIDENT:
        return n < NGX_SHOP_FAILOVER_EVENT_INCIDENT_N
               ? ngx_shop_failover_event_incidents[n] : NULL;

    default:
        return NULL;
    }
}


const char *
ngx_shop_failover_event_by_name(unsigned by)
{
    return by < NGX_SHOP_FAILOVER_EVENT_BY_N
           ? ngx_shop_failover_event_bys[by] : NULL;
}


const char *
ngx_shop_failover_event_severity_name(unsigned severity)
{
    static const char  *names[] = { "", "P1", "P2", "P3" };

    return severity < 4 ? names[severity] : NULL;
}


static const char *
ngx_shop_failover_event_what(unsigned type, unsigned n)
{
    (void) type;

    return n < NGX_SHOP_FAILOVER_EVENT_GROUP_N
           ? ngx_shop_failover_event_groups[n] : NULL;
}


static const char *
ngx_shop_failover_event_cause(unsigned type, unsigned n)
{
    (void) type;

    if (n == NGX_SHOP_FAILOVER_EVENT_OPERATOR) {
        return "operator";
    }

    return n < NGX_SHOP_FAILOVER_RESULT_N
           ? ngx_shop_failover_verdict_result_name(n) : NULL;
}


static const char *
ngx_shop_failover_event_severity(unsigned type, unsigned n)
{
    (void) type;

    return ngx_shop_failover_event_severity_name(n);
}


static const char *
ngx_shop_failover_event_mode(unsigned type, unsigned n)
{
    (void) type;

    return n <= NGX_SHOP_FAILOVER_FLAG_PATHS_ONLY
           ? ngx_shop_failover_event_modes[n] : NULL;
}


static const char *
ngx_shop_failover_event_by(unsigned type, unsigned n)
{
    (void) type;

    return ngx_shop_failover_event_by_name(n);
}


size_t
ngx_shop_failover_event_write(const ngx_shop_failover_event_t *event,
    unsigned char *buf)
{
    ngx_shop_failover_emit_t  e;

    ngx_shop_failover_emit_init(&e, buf, NGX_SHOP_FAILOVER_EVENT_LINE);
    ngx_shop_failover_event_write_object(&e, event);
    ngx_shop_failover_emit_raw(&e, "\n", 1);

    return (size_t) (e.pos - e.start);
}


void
ngx_shop_failover_event_write_object(ngx_shop_failover_emit_t *e,
    const ngx_shop_failover_event_t *event)
{
    unsigned                                 type;
    const ngx_shop_failover_event_member_t  *m;

    type = 1u << event->type;

    ngx_shop_failover_emit_object(e, NULL);
    ngx_shop_failover_emit_int(e, "v", NGX_SHOP_FAILOVER_EVENT_VERSION);
    ngx_shop_failover_emit_int(e, "seq", event->seq);
    ngx_shop_failover_event_write_time(e, "time", event->time);
    ngx_shop_failover_emit_cstr(e, "type",
                                ngx_shop_failover_event_types[event->type]);

    for (m = ngx_shop_failover_event_members; m->key; m++) {
        if (m->types & type) {
            ngx_shop_failover_event_write_member(e, event, m);
        }
    }

    if (type & NGX_SHOP_FAILOVER_EVENT_COUNTED) {
        ngx_shop_failover_event_write_classes(e, event);
    }

    ngx_shop_failover_emit_close(e, '}');
}


static void
ngx_shop_failover_event_write_member(ngx_shop_failover_emit_t *e,
    const ngx_shop_failover_event_t *event,
    const ngx_shop_failover_event_member_t *m)
{
    int64_t                    n;
    const char                *name;
    const unsigned char       *p;
    ngx_shop_failover_str_t    s;
    ngx_shop_failover_span_t   span;

    p = (const unsigned char *) event + m->offset;

    switch (m->kind) {

    case NGX_SHOP_FAILOVER_EVENT_INT:
    case NGX_SHOP_FAILOVER_EVENT_TIME:
        memcpy(&n, p, sizeof(n));

        if (m->kind == NGX_SHOP_FAILOVER_EVENT_TIME) {
            ngx_shop_failover_event_write_time(e, m->key, n);
            return;
        }

        ngx_shop_failover_emit_int(e, m->key, n);
        return;

    case NGX_SHOP_FAILOVER_EVENT_STR:
        memcpy(&span, p, sizeof(span));
        s = ngx_shop_failover_event_get(event, span);
        ngx_shop_failover_emit_str(e, m->key, &s);
        return;

    case NGX_SHOP_FAILOVER_EVENT_BOOL:
        ngx_shop_failover_emit_bool(e, m->key, *p);
        return;

    default:
        name = m->name(event->type, *p);

        if (name == NULL || *name == '\0') {
            ngx_shop_failover_emit_null(e, m->key);

        } else {
            ngx_shop_failover_emit_cstr(e, m->key, name);
        }
    }
}


size_t
ngx_shop_failover_event_time(unsigned char *buf, int64_t msec)
{
    size_t    n;
    unsigned  ms;

    n = ngx_shop_failover_times_rfc3339(buf, msec / 1000);
    ms = (unsigned) (msec % 1000);

    n--;
    buf[n++] = '.';
    buf[n++] = (unsigned char) ('0' + ms / 100);
    buf[n++] = (unsigned char) ('0' + ms / 10 % 10);
    buf[n++] = (unsigned char) ('0' + ms % 10);
    buf[n++] = 'Z';

    return n;
}


void
ngx_shop_failover_event_write_time(ngx_shop_failover_emit_t *e,
    const char *key, int64_t msec)
{
    unsigned char            buf[NGX_SHOP_FAILOVER_TIMES_LEN];
    ngx_shop_failover_str_t  s;

    if (msec <= 0) {
        ngx_shop_failover_emit_null(e, key);
        return;
    }

    s.data = buf;
    s.len = ngx_shop_failover_event_time(buf, msec);

    ngx_shop_failover_emit_str(e, key, &s);
}


static void
ngx_shop_failover_event_write_classes(ngx_shop_failover_emit_t *e,
    const ngx_shop_failover_event_t *event)
{
    unsigned                                i;
    ngx_shop_failover_str_t                 s;
    const ngx_shop_failover_event_class_t  *class;

    ngx_shop_failover_emit_array(e, "refused");

    for (i = 0; i < event->nclasses; i++) {
        class = &event->classes[i];
        s = ngx_shop_failover_event_get(event, class->name);

        ngx_shop_failover_emit_object(e, NULL);
        ngx_shop_failover_emit_str(e, "class", &s);
        ngx_shop_failover_emit_int(e, "refused", class->refused);
        ngx_shop_failover_emit_int(e, "unknown", class->unknown);
        ngx_shop_failover_emit_close(e, '}');
    }

    ngx_shop_failover_emit_close(e, ']');
}


int
ngx_shop_failover_event_read(ngx_shop_failover_event_t *event,
    const ngx_shop_failover_str_t *line, const char **reason)
{
    size_t                                   at;
    int64_t                                  version;
    unsigned                                 type;
    ngx_shop_failover_json_t                 value, v;
    const ngx_shop_failover_event_member_t  *m;

    memset(event, 0, sizeof(ngx_shop_failover_event_t));

    if (ngx_shop_failover_json_parse(&value, line, &at, reason)
        != NGX_SHOP_FAILOVER_OK)
    {
        return NGX_SHOP_FAILOVER_ERROR;
    }

    *reason = "no event of version 1";

    if (ngx_shop_failover_json_find(&value, "v", &v) != NGX_SHOP_FAILOVER_OK
        || ngx_shop_failover_json_int(&v, &version) != NGX_SHOP_FAILOVER_OK
        || version != NGX_SHOP_FAILOVER_EVENT_VERSION
        || ngx_shop_failover_event_read_type(event, &value)
           != NGX_SHOP_FAILOVER_OK)
    {
        return NGX_SHOP_FAILOVER_ERROR;
    }

    type = 1u << event->type;

    for (m = ngx_shop_failover_event_members; m->key; m++) {

        if (!(m->types & type)
            || ngx_shop_failover_json_find(&value, m->key, &v)
               != NGX_SHOP_FAILOVER_OK)
        {
            continue;
        }

        if (ngx_shop_failover_event_read_member(event, m, &v)
            != NGX_SHOP_FAILOVER_OK)
        {
            *reason = "a member has an unexpected value";
            return NGX_SHOP_FAILOVER_ERROR;
        }
    }

    if ((type & NGX_SHOP_FAILOVER_EVENT_COUNTED)
        && ngx_shop_failover_json_find(&value, "refused", &v)
           == NGX_SHOP_FAILOVER_OK
        && ngx_shop_failover_event_read_classes(event, &v)
           != NGX_SHOP_FAILOVER_OK)
    {
        *reason = "\"refused\" has an unexpected value";
        return NGX_SHOP_FAILOVER_ERROR;
    }

    return NGX_SHOP_FAILOVER_OK;
}


/* what every event has */

static int
ngx_shop_failover_event_read_type(ngx_shop_failover_event_t *event,
    const ngx_shop_failover_json_t *value)
{
    uint8_t                   i;
    ngx_shop_failover_json_t  v;

    if (ngx_shop_failover_json_find(value, "seq", &v) != NGX_SHOP_FAILOVER_OK
        || ngx_shop_failover_event_read_count(&event->seq, &v)
           != NGX_SHOP_FAILOVER_OK
        || ngx_shop_failover_json_find(value, "time", &v)
           != NGX_SHOP_FAILOVER_OK
        || ngx_shop_failover_event_read_time(&event->time, &v)
           != NGX_SHOP_FAILOVER_OK
        || event->time == 0
        || ngx_shop_failover_json_find(value, "type", &v)
           != NGX_SHOP_FAILOVER_OK)
    {
        return NGX_SHOP_FAILOVER_ERROR;
    }

    for (i = 0; i < NGX_SHOP_FAILOVER_EVENT_N; i++) {
        if (ngx_shop_failover_json_is(&v, ngx_shop_failover_event_types[i])) {
            event->type = i;
            return NGX_SHOP_FAILOVER_OK;
        }
    }

    return NGX_SHOP_FAILOVER_ERROR;
}


static int
ngx_shop_failover_event_read_member(ngx_shop_failover_event_t *event,
    const ngx_shop_failover_event_member_t *m,
    const ngx_shop_failover_json_t *v)
{
    int                        rc, flag;
    int64_t                    n;
    unsigned char             *p;
    ngx_shop_failover_span_t   span;

    p = (unsigned char *) event + m->offset;

    if (v->type == NGX_SHOP_FAILOVER_JSON_NULL) {
        return NGX_SHOP_FAILOVER_OK;
    }

    switch (m->kind) {

    case NGX_SHOP_FAILOVER_EVENT_INT:
    case NGX_SHOP_FAILOVER_EVENT_TIME:
        rc = m->kind == NGX_SHOP_FAILOVER_EVENT_INT
             ? ngx_shop_failover_event_read_count(&n, v)
             : ngx_shop_failover_event_read_time(&n, v);

        if (rc == NGX_SHOP_FAILOVER_OK) {
            memcpy(p, &n, sizeof(n));
        }

        return rc;

    case NGX_SHOP_FAILOVER_EVENT_STR:
        rc = ngx_shop_failover_event_read_text(event, &span, v);

        if (rc == NGX_SHOP_FAILOVER_OK) {
            memcpy(p, &span, sizeof(span));
        }

        return rc;

    case NGX_SHOP_FAILOVER_EVENT_BOOL:
        rc = ngx_shop_failover_json_bool(v, &flag);

        if (rc == NGX_SHOP_FAILOVER_OK) {
            *p = (uint8_t) flag;
        }

        return rc;

    default:
        return ngx_shop_failover_event_read_name(p, m, event->type, v);
    }
}


/* what counts something: sums and differences of it do not overflow */

static int
ngx_shop_failover_event_read_count(int64_t *n,
    const ngx_shop_failover_json_t *v)
{
    return (ngx_shop_failover_json_int(v, n) == NGX_SHOP_FAILOVER_OK
            && *n >= 0
            && *n <= NGX_SHOP_FAILOVER_EVENT_COUNT_MAX)
           ? NGX_SHOP_FAILOVER_OK : NGX_SHOP_FAILOVER_ERROR;
}


/* only as it is written: "2026-11-21T03:30:00.123Z" */

static int
ngx_shop_failover_event_read_time(int64_t *msec,
    const ngx_shop_failover_json_t *v)
{
    int                       i, part[7];
    int64_t                   day;
    const char               *c;
    unsigned char             buf[32];
    ngx_shop_failover_str_t   s;

    static const char         form[] = "dddd-dd-ddTdd:dd:dd.dddZ";
    static const struct {
        unsigned char         at;
        unsigned char         len;
    } parts[] = {
        { 0, 4 }, { 5, 2 }, { 8, 2 }, { 11, 2 }, { 14, 2 }, { 17, 2 },
        { 20, 3 }
    };

    if (ngx_shop_failover_json_string(v, buf, sizeof(buf), &s)
        != NGX_SHOP_FAILOVER_OK
        || s.len != sizeof(form) - 1)
    {
        return NGX_SHOP_FAILOVER_ERROR;
    }

    for (i = 0, c = form; *c; i++, c++) {
        if (*c == 'd' ? (s.data[i] < '0' || s.data[i] > '9')
                      : s.data[i] != (unsigned char) *c)
        {
            return NGX_SHOP_FAILOVER_ERROR;
        }
    }

    for (i = 0; i < 7; i++) {
        part[i] = ngx_shop_failover_event_read_digits(s.data + parts[i].at,
                                                      parts[i].len);
    }

    if (part[0] < 1970 || part[3] > 23 || part[4] > 59 || part[5] > 59
        || ngx_shop_failover_calendar_day(part[0], part[1], part[2], &day)
           != NGX_SHOP_FAILOVER_OK)
    {
        return NGX_SHOP_FAILOVER_ERROR;
    }

    *msec = (day + part[3] * 3600 + part[4] * 60 + part[5]) * 1000 + part[6];

    return NGX_SHOP_FAILOVER_OK;
}


static int
ngx_shop_failover_event_read_digits(const unsigned char *p, unsigned n)
{
    int  value;

    for (value = 0; n; n--, p++) {
        value = value * 10 + (*p - '0');
    }

    return value;
}


static int
ngx_shop_failover_event_read_text(ngx_shop_failover_event_t *event,
    ngx_shop_failover_span_t *span, const ngx_shop_failover_json_t *v)
{
    unsigned char            buf[6 * NGX_SHOP_FAILOVER_EVENT_TEXT + 2];
    ngx_shop_failover_str_t  s;

    if (ngx_shop_failover_json_string(v, buf, sizeof(buf), &s)
        != NGX_SHOP_FAILOVER_OK)
    {
        return NGX_SHOP_FAILOVER_ERROR;
    }

    ngx_shop_failover_event_set(event, span, &s);

    return NGX_SHOP_FAILOVER_OK;
}


static int
ngx_shop_failover_event_read_name(uint8_t *to,
    const ngx_shop_failover_event_member_t *m, unsigned type,
    const ngx_shop_failover_json_t *v)
{
    unsigned     n;
    const char  *name;

    for (n = 0; /* void */ ; n++) {
        name = m->name(type, n);

        if (name == NULL) {
            return NGX_SHOP_FAILOVER_ERROR;
        }

        if (*name && ngx_shop_failover_json_is(v, name)) {
            *to = (uint8_t) n;
            return NGX_SHOP_FAILOVER_OK;
        }
    }
}


static int
ngx_shop_failover_event_read_classes(ngx_shop_failover_event_t *event,
    const ngx_shop_failover_json_t *v)
{
    ngx_shop_failover_json_t          item, member;
    ngx_shop_failover_json_walk_t     walk;
    ngx_shop_failover_event_class_t  *class;

    if (v->type != NGX_SHOP_FAILOVER_JSON_ARRAY) {
        return NGX_SHOP_FAILOVER_ERROR;
    }

    ngx_shop_failover_json_walk(v, &walk);

    while (ngx_shop_failover_json_next(&walk, NULL, &item)
           == NGX_SHOP_FAILOVER_OK)
    {
        if (event->nclasses == NGX_SHOP_FAILOVER_EVENT_CLASSES) {
            return NGX_SHOP_FAILOVER_ERROR;
        }

        class = &event->classes[event->nclasses++];

        if (ngx_shop_failover_json_find(&item, "class", &member)
            != NGX_SHOP_FAILOVER_OK
            || ngx_shop_failover_event_read_text(event, &class->name, &member)
               != NGX_SHOP_FAILOVER_OK
            || ngx_shop_failover_json_find(&item, "refused", &member)
               != NGX_SHOP_FAILOVER_OK
            || ngx_shop_failover_event_read_count(&class->refused, &member)
               != NGX_SHOP_FAILOVER_OK
            || ngx_shop_failover_json_find(&item, "unknown", &member)
               != NGX_SHOP_FAILOVER_OK
            || ngx_shop_failover_event_read_count(&class->unknown, &member)
               != NGX_SHOP_FAILOVER_OK)
        {
            return NGX_SHOP_FAILOVER_ERROR;
        }
    }

    return NGX_SHOP_FAILOVER_OK;
}
