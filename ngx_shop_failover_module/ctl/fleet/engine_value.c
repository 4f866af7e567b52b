
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * Documents, errors and clocks of all engines.
 */


#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "ctl/fleet/engine_value.h"
#include "ctl/fleet/pulse.h"


const char *const  ngx_shop_engine_value_names[] = {
    "flag", "orders", "hints"
};


int
ngx_shop_engine_value_fail(ngx_shop_engine_t *e, const char *format, ...)
{
    va_list  args;

    va_start(args, format);
    (void) vsnprintf(e->error, sizeof(e->error), format, args);
    va_end(args);

    return NGX_SHOP_ERROR;
}


int
ngx_shop_engine_value_unheard(ngx_shop_engine_t *e,
    const ngx_shop_exchange_t *x)
{
    return ngx_shop_engine_value_fail(e, "%s: %.300s", e->endpoints[e->at],
                                      x->error);
}


int
ngx_shop_engine_value_json(ngx_shop_engine_t *e, ngx_shop_json_t *v)
{
    size_t           at;
    const char      *reason;
    ngx_shop_str_t   s;

    s.data = e->http.size ? e->http.body : (const unsigned char *) "";
    s.len = e->http.size;

    if (ngx_shop_json_parse(v, &s, &at, &reason) != NGX_SHOP_OK) {
        return ngx_shop_engine_value_fail(e, "%s answers %ld and no JSON: %s "
                                          "at byte %lu", e->endpoints[e->at],
                                          e->http.status, reason,
                                          (unsigned long) at);
    }

    return NGX_SHOP_OK;
}


void
ngx_shop_engine_value_none(ngx_shop_engine_t *e)
{
    unsigned  i;

    for (i = 0; i < NGX_SHOP_ENGINE_KEYS; i++) {
        e->value[i].there = 0;
        e->value[i].revision = 0;
        e->value[i].size = 0;
        e->value[i].len = 0;
    }
}


void
ngx_shop_engine_value_set(ngx_shop_engine_value_t *value, const void *data,
    size_t size)
{
    value->there = 1;
    value->size = size;
    value->len = size < NGX_SHOP_ENGINE_ROOM ? size : NGX_SHOP_ENGINE_ROOM;

    if (value->len) {
        memcpy(value->data, data, value->len);
    }
}


int
ngx_shop_engine_value_text(ngx_shop_engine_value_t *value,
    const ngx_shop_json_t *v)
{
    int              rc;
    unsigned char   *buf;
    ngx_shop_str_t   s;

    if (v->type == NGX_SHOP_JSON_NULL) {
        return NGX_SHOP_OK;
    }

    buf = malloc(v->text.len + 1);

    if (buf == NULL) {
        return NGX_SHOP_ERROR;
    }

    rc = ngx_shop_json_string(v, buf, v->text.len + 1, &s);

    if (rc == NGX_SHOP_OK) {
        ngx_shop_engine_value_set(value, s.data, s.len);
    }

    free(buf);

    return rc == NGX_SHOP_OK ? NGX_SHOP_OK : NGX_SHOP_ERROR;
}


int64_t
ngx_shop_engine_value_number(const ngx_shop_json_t *v, const char *path)
{
    int64_t          n;
    ngx_shop_json_t  found;

    if (ngx_shop_json_find(v, path, &found) != NGX_SHOP_OK) {
        return 0;
    }

    if (found.type == NGX_SHOP_JSON_STRING && found.text.len > 2) {
        found.type = NGX_SHOP_JSON_NUMBER;
        found.text.data++;
        found.text.len -= 2;
    }

    return ngx_shop_json_int(&found, &n) == NGX_SHOP_OK ? n : 0;
}


const char *
ngx_shop_engine_value_bearer(ngx_shop_engine_t *e, int *rc)
{
    static const char  name[] = "Authorization: Bearer ";

    *rc = NGX_SHOP_OK;

    if (e->settings->token_file == NULL) {
        return NULL;
    }

    /* each time: such files are replaced once an hour */

    (void) strcpy(e->token, name);

    if (ngx_shop_settings_secret(e->settings->token_file, 0,
                                 e->token + sizeof(name) - 1,
                                 sizeof(e->token) - sizeof(name))
        != NGX_SHOP_OK)
    {
        *rc = ngx_shop_engine_value_fail(e, "no token");
        return NULL;
    }

    return e->token;
}


void
ngx_shop_engine_value_clock(ngx_shop_engine_t *e,
    const ngx_shop_exchange_t *x)
{
    if (x->date) {
        e->ahead = ngx_shop_pulse_wall() / 1000 - x->date;
    }
}


void
ngx_shop_engine_value_url(ngx_shop_engine_t *e, const char *path, char *url)
{
    int          bare;
    const char  *host, *p;

    host = e->endpoints[e->at];
    p = strchr(host, ']');
    bare = strchr(p ? p : host, ':') == NULL;

    (void) snprintf(url, NGX_SHOP_ENGINE_URL, "%s://%s%s%s%s",
                    e->tls ? "https" : "http", host, bare ? ":" : "",
                    bare ? e->ops->port : "", path);
}
