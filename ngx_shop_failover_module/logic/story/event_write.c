
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * From an event to its line.
 */


#include "logic/story/event_member.h"
#include "logic/flag/times.h"


static void ngx_shop_event_write_member(ngx_shop_emit_t *e,
    const ngx_shop_event_t *event, const ngx_shop_event_member_t *m);
static void ngx_shop_event_write_classes(ngx_shop_emit_t *e,
    const ngx_shop_event_t *event);


size_t
ngx_shop_event_write(const ngx_shop_event_t *event, unsigned char *buf)
{
    ngx_shop_emit_t  e;

    ngx_shop_emit_init(&e, buf, NGX_SHOP_EVENT_LINE);
    ngx_shop_event_write_object(&e, event);
    ngx_shop_emit_raw(&e, "\n", 1);

    return (size_t) (e.pos - e.start);
}


void
ngx_shop_event_write_object(ngx_shop_emit_t *e, const ngx_shop_event_t *event)
{
    unsigned                        type;
    const ngx_shop_event_member_t  *m;

    type = 1u << event->type;

    ngx_shop_emit_object(e, NULL);
    ngx_shop_emit_int(e, "v", NGX_SHOP_EVENT_VERSION);
    ngx_shop_emit_int(e, "seq", event->seq);
    ngx_shop_event_write_time(e, "time", event->time);
    ngx_shop_emit_cstr(e, "type", ngx_shop_event_type_name(event->type));

    for (m = ngx_shop_event_members; m->key; m++) {
        if (m->types & type) {
            ngx_shop_event_write_member(e, event, m);
        }
    }

    if (type & NGX_SHOP_EVENT_COUNTED) {
        ngx_shop_event_write_classes(e, event);
    }

    ngx_shop_emit_close(e, '}');
}


static void
ngx_shop_event_write_member(ngx_shop_emit_t *e, const ngx_shop_event_t *event,
    const ngx_shop_event_member_t *m)
{
    int64_t                n;
    const char            *name;
    ngx_shop_str_t         s;
    ngx_shop_span_t        span;
    const unsigned char   *p;

    p = (const unsigned char *) event + m->offset;

    switch (m->kind) {

    case NGX_SHOP_EVENT_INT:
    case NGX_SHOP_EVENT_TIME:
        memcpy(&n, p, sizeof(n));

        if (m->kind == NGX_SHOP_EVENT_TIME) {
            ngx_shop_event_write_time(e, m->key, n);
            return;
        }

        ngx_shop_emit_int(e, m->key, n);
        return;

    case NGX_SHOP_EVENT_STR:
        memcpy(&span, p, sizeof(span));
        s = ngx_shop_event_get(event, span);
        ngx_shop_emit_str(e, m->key, &s);
        return;

    case NGX_SHOP_EVENT_BOOL:
        ngx_shop_emit_bool(e, m->key, *p);
        return;

    default:
        name = m->name(event->type, *p);

        if (name == NULL || *name == '\0') {
            ngx_shop_emit_null(e, m->key);

        } else {
            ngx_shop_emit_cstr(e, m->key, name);
        }
    }
}


void
ngx_shop_event_write_time(ngx_shop_emit_t *e, const char *key, int64_t msec)
{
    unsigned char   buf[NGX_SHOP_TIMES_LEN];
    ngx_shop_str_t  s;

    if (msec <= 0) {
        ngx_shop_emit_null(e, key);
        return;
    }

    s.data = buf;
    s.len = ngx_shop_event_time(buf, msec);

    ngx_shop_emit_str(e, key, &s);
}


static void
ngx_shop_event_write_classes(ngx_shop_emit_t *e, const ngx_shop_event_t *event)
{
    unsigned                       i;
    ngx_shop_str_t                 s;
    const ngx_shop_event_class_t  *class;

    ngx_shop_emit_array(e, "refused");

    for (i = 0; i < event->nclasses; i++) {
        class = &event->classes[i];
        s = ngx_shop_event_get(event, class->name);

        ngx_shop_event_write_class(e, &s, class->refused, class->unknown);
    }

    ngx_shop_emit_close(e, ']');
}


void
ngx_shop_event_write_class(ngx_shop_emit_t *e, const ngx_shop_str_t *name,
    int64_t refused, int64_t unknown)
{
    ngx_shop_emit_object(e, NULL);
    ngx_shop_emit_str(e, "class", name);
    ngx_shop_emit_int(e, "refused", refused);
    ngx_shop_emit_int(e, "unknown", unknown);
    ngx_shop_emit_close(e, '}');
}
