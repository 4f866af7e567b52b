
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * Orders, on the side of who gives them.  The document has the last order of
 * each server: a node that comes back carries out those that it has missed.
 */


#include "ctl/fleet/await.h"
#include "ctl/fleet/command.h"
#include "ctl/fleet/orders.h"
#include "ctl/fleet/pulse.h"

#include "ctl/jsonout.h"
#include "ctl/login.h"
#include "logic/flag/times.h"


#define NGX_SHOP_COMMAND_TRIES  5


static int ngx_shop_command_give(const ngx_shop_options_t *o,
    const char *action, const char *word);
static int ngx_shop_command_order(const ngx_shop_options_t *o,
    const char *action, ngx_shop_orders_one_t *one);
static int ngx_shop_command_copy(const ngx_shop_options_t *o,
    const char *name, char *to, size_t size);
static int ngx_shop_command_write(ngx_shop_engine_t *e,
    ngx_shop_orders_one_t *one);
static void ngx_shop_command_emit(ngx_shop_emit_t *m,
    const ngx_shop_orders_one_t *one);


const ngx_shop_options_entry_t  ngx_shop_command_options[] = {
    { "for", NGX_SHOP_OPTIONS_VALUE, "LENGTH",
      "30m, 1h30m: then the order ends by itself" },
    { "upstream", NGX_SHOP_OPTIONS_VALUE, "NAME",
      "needed where several upstreams have the server" },
    { "reason", NGX_SHOP_OPTIONS_VALUE, "TEXT",
      "up to 96 bytes, shown in the status and in the log" },
    { "who", NGX_SHOP_OPTIONS_VALUE, "TEXT",
      "who gives the order, up to 48 bytes [the login]" },
    NGX_SHOP_SETTINGS_OPTIONS,
    NGX_SHOP_AWAIT_OPTIONS,
    { NULL, NGX_SHOP_OPTIONS_SWITCH, NULL, NULL }
};


static ngx_shop_settings_t    ngx_shop_command_settings;
static ngx_shop_engine_t      ngx_shop_command_engine;
static ngx_shop_orders_one_t  ngx_shop_command_list[NGX_SHOP_ORDERS_MAX];


int
ngx_shop_command_drain(const ngx_shop_options_t *o)
{
    return ngx_shop_command_give(o, "drain", "draining");
}


int
ngx_shop_command_down(const ngx_shop_options_t *o)
{
    return ngx_shop_command_give(o, "down", "down");
}


int
ngx_shop_command_up(const ngx_shop_options_t *o)
{
    return ngx_shop_command_give(o, "up", "up");
}


int
ngx_shop_command_enable(const ngx_shop_options_t *o)
{
    return ngx_shop_command_give(o, "enable", "enabled");
}


static int
ngx_shop_command_give(const ngx_shop_options_t *o, const char *action,
    const char *word)
{
    int                     i, rc;
    ngx_shop_await_t        a;
    ngx_shop_engine_t      *e = &ngx_shop_command_engine;
    ngx_shop_orders_one_t   one;

    memset(&a, 0, sizeof(a));
    a.engine = e;
    a.command = action;
    a.word = word;

    if (ngx_shop_command_order(o, action, &one) != NGX_SHOP_OK
        || ngx_shop_await_options(&a, o) != NGX_SHOP_OK
        || ngx_shop_settings_read(&ngx_shop_command_settings, o)
           != NGX_SHOP_OK
        || ngx_shop_engine_open(e, &ngx_shop_command_settings) != NGX_SHOP_OK)
    {
        return NGX_SHOP_SAY_ERROR;
    }

    if (e->passive) {
        return ngx_shop_say_error("orders need nodes that report, and this "
                                  "engine has none: give them on each node "
                                  "with shopctl %s", action);
    }

    rc = NGX_SHOP_DECLINED;

    for (i = 0; rc == NGX_SHOP_DECLINED && i < NGX_SHOP_COMMAND_TRIES; i++) {
        a.began = ngx_shop_pulse_msec();
        rc = ngx_shop_command_write(e, &one);
    }

    if (rc != NGX_SHOP_OK) {
        return ngx_shop_say_error("no order is given: %s",
                                  rc == NGX_SHOP_ERROR ? e->error
                                  : "others write all the time; try again");
    }

    a.revision = one.id;

    return ngx_shop_await_all(&a);
}


static int
ngx_shop_command_order(const ngx_shop_options_t *o, const char *action,
    ngx_shop_orders_one_t *one)
{
    char             text[64];
    const char      *length, *reason;
    ngx_shop_str_t   s;

    memset(one, 0, sizeof(ngx_shop_orders_one_t));

    if (o->nrest != 1 || strlen(o->rest[0]) >= sizeof(one->server)) {
        (void) ngx_shop_say_error("\"%s\" needs one server, as written in the "
                                  "configuration or an address: shopctl fleet "
                                  "%s 10.0.0.11:8080", action, action);
        return NGX_SHOP_ERROR;
    }

    (void) strcpy(one->action, action);
    (void) strcpy(one->server, o->rest[0]);
    (void) snprintf(one->who, 49, "%s", ngx_shop_login());

    if (ngx_shop_command_copy(o, "upstream", one->upstream,
                              sizeof(one->upstream)) != NGX_SHOP_OK
        || ngx_shop_command_copy(o, "reason", one->reason, 97) != NGX_SHOP_OK
        || ngx_shop_command_copy(o, "who", one->who, 49) != NGX_SHOP_OK)
    {
        return NGX_SHOP_ERROR;
    }

    length = ngx_shop_options_get(o, "for");

    if (length == NULL) {
        return NGX_SHOP_OK;
    }

    s.data = (const unsigned char *) text;
    s.len = (size_t) snprintf(text, sizeof(text), "+%.60s", length);

    if (strcmp(action, "enable") == 0
        || ngx_shop_times_parse(&s, ngx_shop_pulse_wall() / 1000, &one->until,
                                &reason)
           != NGX_SHOP_OK)
    {
        (void) ngx_shop_say_error("invalid --for \"%s\" of %s: expected a "
                                  "length such as 30m, of drain, down or up",
                                  length, action);
        return NGX_SHOP_ERROR;
    }

    return NGX_SHOP_OK;
}


static int
ngx_shop_command_copy(const ngx_shop_options_t *o, const char *name, char *to,
    size_t size)
{
    const char  *value;

    value = ngx_shop_options_get(o, name);

    if (value && strlen(value) >= size) {
        (void) ngx_shop_say_error("--%s is too long: %lu bytes are the most",
                                  name, (unsigned long) size - 1);
        return NGX_SHOP_ERROR;
    }

    if (value) {
        (void) strcpy(to, value);
    }

    return NGX_SHOP_OK;
}


/* behind the others; the one before of that server goes, and what is over */

static int
ngx_shop_command_write(ngx_shop_engine_t *e, ngx_shop_orders_one_t *one)
{
    int64_t                   now;
    unsigned                  i, n, first;
    ngx_shop_str_t            data;
    ngx_shop_emit_t           m;
    ngx_shop_orders_one_t    *was;
    ngx_shop_engine_value_t  *value = &e->value[NGX_SHOP_ENGINE_ORDERS];

    static unsigned char  doc[NGX_SHOP_ENGINE_ROOM];

    e->writer = 1;

    if (e->ops->read(e) != NGX_SHOP_OK) {
        return NGX_SHOP_ERROR;
    }

    n = ngx_shop_orders_read(value, ngx_shop_command_list);
    now = ngx_shop_pulse_wall();
    one->id = now;

    for (i = 0; i < n; i++) {
        was = &ngx_shop_command_list[i];
        one->id = was->id >= one->id ? was->id + 1 : one->id;
    }

    ngx_shop_emit_init(&m, doc, sizeof(doc));
    ngx_shop_emit_object(&m, NULL);
    ngx_shop_emit_int(&m, "version", 1);
    ngx_shop_emit_array(&m, "orders");

    first = n == NGX_SHOP_ORDERS_MAX ? 1 : 0;

    for (i = first; i < n; i++) {
        was = &ngx_shop_command_list[i];

        if ((was->until && was->until <= now / 1000)
            || (strcmp(was->server, one->server) == 0
                && strcmp(was->upstream, one->upstream) == 0))
        {
            continue;
        }

        ngx_shop_command_emit(&m, was);
    }

    ngx_shop_command_emit(&m, one);
    ngx_shop_emit_close(&m, ']');
    ngx_shop_emit_close(&m, '}');

    data.data = doc;
    data.len = (size_t) (m.pos - m.start);

    return e->ops->write(e, NGX_SHOP_ENGINE_ORDERS, &data, value->revision);
}


static void
ngx_shop_command_emit(ngx_shop_emit_t *m, const ngx_shop_orders_one_t *one)
{
    ngx_shop_emit_object(m, NULL);
    ngx_shop_emit_int(m, "id", one->id);
    ngx_shop_emit_cstr(m, "action", one->action);
    ngx_shop_emit_cstr(m, "server", one->server);
    ngx_shop_emit_cstr(m, "upstream", one->upstream);
    ngx_shop_emit_int(m, "until", one->until);
    ngx_shop_emit_cstr(m, "reason", one->reason);
    ngx_shop_emit_cstr(m, "who", one->who);
    ngx_shop_emit_close(m, '}');
}
