
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * From a line to its event: strictly, as the line may come from anywhere.
 */


#include "logic/flag/calendar.h"
#include "logic/story/event_member.h"
#include "logic/text/json.h"


static int ngx_shop_event_read_type(ngx_shop_event_t *event,
    const ngx_shop_json_t *value);
static int ngx_shop_event_read_member(ngx_shop_event_t *event,
    const ngx_shop_event_member_t *m, const ngx_shop_json_t *v);
static int ngx_shop_event_read_count(int64_t *n, const ngx_shop_json_t *v);
static int ngx_shop_event_read_time(int64_t *msec, const ngx_shop_json_t *v);
static int ngx_shop_event_read_digits(const unsigned char *p, unsigned n);
static int ngx_shop_event_read_text(ngx_shop_event_t *event,
    ngx_shop_span_t *span, const ngx_shop_json_t *v);
static int ngx_shop_event_read_name(uint8_t *to,
    const ngx_shop_event_member_t *m, unsigned type, const ngx_shop_json_t *v);
static int ngx_shop_event_read_classes(ngx_shop_event_t *event,
    const ngx_shop_json_t *v);


int
ngx_shop_event_read(ngx_shop_event_t *event, const ngx_shop_str_t *line,
    const char **reason)
{
    size_t                          at;
    int64_t                         version;
    unsigned                        type;
    ngx_shop_json_t                 value, v;
    const ngx_shop_event_member_t  *m;

    memset(event, 0, sizeof(ngx_shop_event_t));

    if (ngx_shop_json_parse(&value, line, &at, reason) != NGX_SHOP_OK) {
        return NGX_SHOP_ERROR;
    }

    *reason = "no event of version 1";

    if (ngx_shop_json_find(&value, "v", &v) != NGX_SHOP_OK
        || ngx_shop_json_int(&v, &version) != NGX_SHOP_OK
        || version != NGX_SHOP_EVENT_VERSION
        || ngx_shop_event_read_type(event, &value)
           != NGX_SHOP_OK)
    {
        return NGX_SHOP_ERROR;
    }

    type = 1u << event->type;

    for (m = ngx_shop_event_members; m->key; m++) {

        if (!(m->types & type)
            || ngx_shop_json_find(&value, m->key, &v)
               != NGX_SHOP_OK)
        {
            continue;
        }

        if (ngx_shop_event_read_member(event, m, &v) != NGX_SHOP_OK) {
            *reason = "a member has an unexpected value";
            return NGX_SHOP_ERROR;
        }
    }

    if ((type & NGX_SHOP_EVENT_COUNTED)
        && ngx_shop_json_find(&value, "refused", &v)
           == NGX_SHOP_OK
        && ngx_shop_event_read_classes(event, &v)
           != NGX_SHOP_OK)
    {
        *reason = "\"refused\" has an unexpected value";
        return NGX_SHOP_ERROR;
    }

    return NGX_SHOP_OK;
}


/* what every event has */

static int
ngx_shop_event_read_type(ngx_shop_event_t *event, const ngx_shop_json_t *value)
{
    uint8_t          i;
    ngx_shop_json_t  v;

    if (ngx_shop_json_find(value, "seq", &v) != NGX_SHOP_OK
        || ngx_shop_event_read_count(&event->seq, &v)
           != NGX_SHOP_OK
        || ngx_shop_json_find(value, "time", &v)
           != NGX_SHOP_OK
        || ngx_shop_event_read_time(&event->time, &v)
           != NGX_SHOP_OK
        || event->time == 0
        || ngx_shop_json_find(value, "type", &v)
           != NGX_SHOP_OK)
    {
        return NGX_SHOP_ERROR;
    }

    for (i = 0; i < NGX_SHOP_EVENT_N; i++) {
        if (ngx_shop_json_is(&v, ngx_shop_event_type_name(i))) {
            event->type = i;
            return NGX_SHOP_OK;
        }
    }

    return NGX_SHOP_ERROR;
}


static int
ngx_shop_event_read_member(ngx_shop_event_t *event,
    const ngx_shop_event_member_t *m, const ngx_shop_json_t *v)
{
    int               rc, flag;
    int64_t           n;
    unsigned char    *p;
    ngx_shop_span_t   span;

    p = (unsigned char *) event + m->offset;

    if (v->type == NGX_SHOP_JSON_NULL) {
        return NGX_SHOP_OK;
    }

    switch (m->kind) {

    case NGX_SHOP_EVENT_INT:
    case NGX_SHOP_EVENT_TIME:
        rc = m->kind == NGX_SHOP_EVENT_INT
             ? ngx_shop_event_read_count(&n, v)
             : ngx_shop_event_read_time(&n, v);

        if (rc == NGX_SHOP_OK) {
            memcpy(p, &n, sizeof(n));
        }

        return rc;

    case NGX_SHOP_EVENT_STR:
        rc = ngx_shop_event_read_text(event, &span, v);

        if (rc == NGX_SHOP_OK) {
            memcpy(p, &span, sizeof(span));
        }

        return rc;

    case NGX_SHOP_EVENT_BOOL:
        rc = ngx_shop_json_bool(v, &flag);

        if (rc == NGX_SHOP_OK) {
            *p = (uint8_t) flag;
        }

        return rc;

    default:
        return ngx_shop_event_read_name(p, m, event->type, v);
    }
}


/* what counts something: sums and differences of it do not overflow */

static int
ngx_shop_event_read_count(int64_t *n, const ngx_shop_json_t *v)
{
    return (ngx_shop_json_int(v, n) == NGX_SHOP_OK
            && *n >= 0
            && *n <= NGX_SHOP_EVENT_COUNT_MAX)
           ? NGX_SHOP_OK : NGX_SHOP_ERROR;
}


/* only as it is written: "2026-11-21T03:30:00.123Z" */

static int
ngx_shop_event_read_time(int64_t *msec, const ngx_shop_json_t *v)
{
    int                 i, part[7];
    int64_t             day;
    const char         *c;
    unsigned char       buf[32];
    ngx_shop_str_t      s;

    static const char   form[] = "dddd-dd-ddTdd:dd:dd.dddZ";
    static const struct {
        unsigned char         at;
        unsigned char         len;
    } parts[] = {
        { 0, 4 }, { 5, 2 }, { 8, 2 }, { 11, 2 }, { 14, 2 }, { 17, 2 },
        { 20, 3 }
    };

    if (ngx_shop_json_string(v, buf, sizeof(buf), &s)
        != NGX_SHOP_OK
        || s.len != sizeof(form) - 1)
    {
        return NGX_SHOP_ERROR;
    }

    for (i = 0, c = form; *c; i++, c++) {
        if (*c == 'd' ? (s.data[i] < '0' || s.data[i] > '9')
                      : s.data[i] != (unsigned char) *c)
        {
            return NGX_SHOP_ERROR;
        }
    }

    for (i = 0; i < 7; i++) {
        part[i] = ngx_shop_event_read_digits(s.data + parts[i].at,
                                             parts[i].len);
    }

    if (part[0] < 1970 || part[3] > 23 || part[4] > 59 || part[5] > 59
        || ngx_shop_calendar_day(part[0], part[1], part[2], &day)
           != NGX_SHOP_OK)
    {
        return NGX_SHOP_ERROR;
    }

    *msec = (day + part[3] * 3600 + part[4] * 60 + part[5]) * 1000 + part[6];

    return NGX_SHOP_OK;
}


static int
ngx_shop_event_read_digits(const unsigned char *p, unsigned n)
{
    int  value;

    for (value = 0; n; n--, p++) {
        value = value * 10 + (*p - '0');
    }

    return value;
}


static int
ngx_shop_event_read_text(ngx_shop_event_t *event, ngx_shop_span_t *span,
    const ngx_shop_json_t *v)
{
    unsigned char   buf[6 * NGX_SHOP_EVENT_TEXT + 2];
    ngx_shop_str_t  s;

    if (ngx_shop_json_string(v, buf, sizeof(buf), &s) != NGX_SHOP_OK) {
        return NGX_SHOP_ERROR;
    }

    ngx_shop_event_set(event, span, &s);

    return NGX_SHOP_OK;
}


static int
ngx_shop_event_read_name(uint8_t *to, const ngx_shop_event_member_t *m,
    unsigned type, const ngx_shop_json_t *v)
{
    unsigned     n;
    const char  *name;

    for (n = 0; /* void */ ; n++) {
        name = m->name(type, n);

        if (name == NULL) {
            return NGX_SHOP_ERROR;
        }

        if (*name && ngx_shop_json_is(v, name)) {
            *to = (uint8_t) n;
            return NGX_SHOP_OK;
        }
    }
}


static int
ngx_shop_event_read_classes(ngx_shop_event_t *event, const ngx_shop_json_t *v)
{
    ngx_shop_json_t          item, member;
    ngx_shop_json_walk_t     walk;
    ngx_shop_event_class_t  *class;

    if (v->type != NGX_SHOP_JSON_ARRAY) {
        return NGX_SHOP_ERROR;
    }

    ngx_shop_json_walk(v, &walk);

    while (ngx_shop_json_next(&walk, NULL, &item) == NGX_SHOP_OK) {
        if (event->nclasses == NGX_SHOP_EVENT_CLASSES) {
            return NGX_SHOP_ERROR;
        }

        class = &event->classes[event->nclasses++];

        if (ngx_shop_json_find(&item, "class", &member)
            != NGX_SHOP_OK
            || ngx_shop_event_read_text(event, &class->name, &member)
               != NGX_SHOP_OK
            || ngx_shop_json_find(&item, "refused", &member)
               != NGX_SHOP_OK
            || ngx_shop_event_read_count(&class->refused, &member)
               != NGX_SHOP_OK
            || ngx_shop_json_find(&item, "unknown", &member)
               != NGX_SHOP_OK
            || ngx_shop_event_read_count(&class->unknown, &member)
               != NGX_SHOP_OK)
        {
            return NGX_SHOP_ERROR;
        }
    }

    return NGX_SHOP_OK;
}
