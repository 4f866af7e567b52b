
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * Which engine a URL means.  Asks nobody.
 */


#include <stdlib.h>

#include "ctl/fleet/engine.h"


static int ngx_shop_engine_scheme(ngx_shop_engine_t *e, const char **rest);
static int ngx_shop_engine_hosts(ngx_shop_engine_t *e, const char *rest);
static int ngx_shop_engine_prefix(ngx_shop_engine_t *e, const char *path);
static int ngx_shop_engine_room(ngx_shop_engine_t *e);


static const ngx_shop_engine_ops_t *const  ngx_shop_engine_all[] = {
    &ngx_shop_engine_etcd_ops,
    &ngx_shop_engine_redis_ops,
    &ngx_shop_engine_kube_ops,
    &ngx_shop_engine_https_ops,
    NULL
};


int
ngx_shop_engine_open(ngx_shop_engine_t *e, const ngx_shop_settings_t *s)
{
    const char               *rest;
    ngx_shop_exchange_tls_t   tls;

    memset(e, 0, sizeof(ngx_shop_engine_t));
    e->settings = s;

    if (ngx_shop_engine_scheme(e, &rest) != NGX_SHOP_OK
        || ngx_shop_engine_hosts(e, rest) != NGX_SHOP_OK
        || (s->password_file
            && ngx_shop_settings_secret(s->password_file, 1, e->secret,
                                        sizeof(e->secret))
               != NGX_SHOP_OK)
        || ngx_shop_engine_room(e) != NGX_SHOP_OK)
    {
        return NGX_SHOP_ERROR;
    }

    tls.ca = s->ca;
    tls.certificate = s->cert;
    tls.key = s->cert_key;

    if (ngx_shop_exchange_open(&e->http, &tls) != NGX_SHOP_OK
        || ngx_shop_exchange_open(&e->stream, &tls) != NGX_SHOP_OK)
    {
        (void) ngx_shop_say_error("no memory");
        return NGX_SHOP_ERROR;
    }

    if (e->ops->begin(e) != NGX_SHOP_OK) {
        (void) ngx_shop_say_error("--engine %s: %s", s->engine, e->error);
        return NGX_SHOP_ERROR;
    }

    return NGX_SHOP_OK;
}


void
ngx_shop_engine_close(ngx_shop_engine_t *e)
{
    unsigned  i;

    e->ops->close(e);
    ngx_shop_exchange_close(&e->http);
    ngx_shop_exchange_close(&e->stream);

    for (i = 0; i < NGX_SHOP_ENGINE_KEYS; i++) {
        free(e->value[i].data);
    }

    free(e->out);
    memset(e, 0, sizeof(ngx_shop_engine_t));
}


static int
ngx_shop_engine_scheme(ngx_shop_engine_t *e, const char **rest)
{
    size_t       n, m;
    unsigned     i;
    const char  *url;

    url = e->settings->engine;

    for (i = 0; ngx_shop_engine_all[i]; i++) {
        e->ops = ngx_shop_engine_all[i];
        n = strlen(e->ops->scheme);
        m = e->ops->secure ? strlen(e->ops->secure) : 0;

        if (m && strncmp(url, e->ops->secure, m) == 0) {
            e->tls = 1;
            *rest = url + m;
            return NGX_SHOP_OK;
        }

        if (strncmp(url, e->ops->scheme, n) == 0) {
            *rest = url + n;
            return NGX_SHOP_OK;
        }
    }

    (void) ngx_shop_say_error("--engine \"%s\": known are etcd://, etcds://, "
                              "redis://, rediss://, kube:// and https://",
                              url);
    return NGX_SHOP_ERROR;
}


/* "HOST[:PORT],HOST.../PREFIX" */

static int
ngx_shop_engine_hosts(ngx_shop_engine_t *e, const char *rest)
{
    char    *p;
    size_t   n;

    n = strcspn(rest, "/");

    if (n == 0 || n >= sizeof(e->hosts)
        || strspn(rest, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
                        "0123456789.-_:,[]") != n)
    {
        (void) ngx_shop_say_error("--engine \"%s\": expected a host after "
                                  "\"//\"", e->settings->engine);
        return NGX_SHOP_ERROR;
    }

    memcpy(e->hosts, rest, n);
    p = e->hosts;

    while (*p) {
        if (e->nendpoints == NGX_SHOP_ENGINE_ENDPOINTS) {
            (void) ngx_shop_say_error("--engine: more than %d hosts",
                                      NGX_SHOP_ENGINE_ENDPOINTS);
            return NGX_SHOP_ERROR;
        }

        e->endpoints[e->nendpoints++] = p;
        p += strcspn(p, ",");

        if (*p) {
            *p++ = '\0';
        }
    }

    return ngx_shop_engine_prefix(e, rest + n);
}


/* without a slash at its ends */

static int
ngx_shop_engine_prefix(ngx_shop_engine_t *e, const char *path)
{
    size_t  n;

    while (*path == '/') {
        path++;
    }

    n = strlen(path);

    while (n && path[n - 1] == '/') {
        n--;
    }

    if (n >= sizeof(e->prefix)
        || strspn(path, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
                        "0123456789.-_~:/%") < n)
    {
        (void) ngx_shop_say_error("--engine \"%s\": the path may have letters, "
                                  "digits and .-_~:/%%, and %d bytes",
                                  e->settings->engine,
                                  NGX_SHOP_ENGINE_PREFIX - 1);
        return NGX_SHOP_ERROR;
    }

    memcpy(e->prefix, path, n);

    if (n == 0) {
        (void) strcpy(e->prefix, "shop");
    }

    return NGX_SHOP_OK;
}


static int
ngx_shop_engine_room(ngx_shop_engine_t *e)
{
    unsigned  i;

    e->out = malloc(NGX_SHOP_ENGINE_OUT);

    for (i = 0; i < NGX_SHOP_ENGINE_KEYS; i++) {
        e->value[i].data = malloc(NGX_SHOP_ENGINE_ROOM);

        if (e->value[i].data == NULL) {
            e->out = NULL;
        }
    }

    if (e->out == NULL) {
        (void) ngx_shop_say_error("no memory");
        return NGX_SHOP_ERROR;
    }

    return NGX_SHOP_OK;
}
