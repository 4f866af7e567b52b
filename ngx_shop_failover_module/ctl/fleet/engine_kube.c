
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * Kubernetes: the documents are the data of one ConfigMap, kube://NAMESPACE/MAP
 * which is read, patched and watched with its resourceVersion.  A node is a
 * Lease, MAP-NODE, with its line in an annotation.
 */


#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "ctl/fleet/engine_value.h"
#include "ctl/fleet/pulse.h"
#include "logic/flag/times.h"


/* of a pod */
#define NGX_SHOP_ENGINE_KUBE_TOKEN                                           \
    "/var/run/secrets/kubernetes.io/serviceaccount/token"
#define NGX_SHOP_ENGINE_KUBE_CA                                              \
    "/var/run/secrets/kubernetes.io/serviceaccount/ca.crt"

#define NGX_SHOP_ENGINE_KUBE_LINE   "shop-fleet/line"
#define NGX_SHOP_ENGINE_KUBE_LABEL  "shop-fleet"


static int ngx_shop_engine_kube_begin(ngx_shop_engine_t *e);
static void ngx_shop_engine_kube_close(ngx_shop_engine_t *e);
static int ngx_shop_engine_kube_read(ngx_shop_engine_t *e);
static int ngx_shop_engine_kube_write(ngx_shop_engine_t *e, unsigned key,
    const ngx_shop_str_t *data, int64_t expected);
static int ngx_shop_engine_kube_watch(ngx_shop_engine_t *e, int64_t msec);
static int ngx_shop_engine_kube_listen(ngx_shop_engine_t *e);
static int ngx_shop_engine_kube_event(ngx_shop_engine_t *e,
    const ngx_shop_str_t *line);
static int ngx_shop_engine_kube_node(ngx_shop_engine_t *e, const char *name,
    const ngx_shop_str_t *line, unsigned changed);
static void ngx_shop_engine_kube_lease(ngx_shop_engine_t *e,
    ngx_shop_emit_t *m, const char *name, const ngx_shop_str_t *line);
static int ngx_shop_engine_kube_nodes(ngx_shop_engine_t *e,
    ngx_shop_engine_node_pt visit, void *data);
static void ngx_shop_engine_kube_visit(ngx_shop_engine_t *e,
    const ngx_shop_json_t *lease, ngx_shop_engine_node_pt visit, void *data);
static int ngx_shop_engine_kube_forget(ngx_shop_engine_t *e,
    const char *name);
static int ngx_shop_engine_kube_call(ngx_shop_engine_t *e, const char *method,
    const char *path, const ngx_shop_emit_t *m, ngx_shop_json_t *answer);
static int ngx_shop_engine_kube_refused(ngx_shop_engine_t *e,
    const ngx_shop_json_t *answer, const char *what);


const ngx_shop_engine_ops_t  ngx_shop_engine_kube_ops = {
    "kube://",
    NULL,
    "443",
    ngx_shop_engine_kube_begin,
    ngx_shop_engine_kube_close,
    ngx_shop_engine_kube_read,
    ngx_shop_engine_kube_write,
    ngx_shop_engine_kube_watch,
    ngx_shop_engine_kube_node,
    ngx_shop_engine_kube_nodes,
    ngx_shop_engine_kube_forget
};


/*
 * own: "NAMESPACE"; prefix is the map.  The API's address and the account are
 * those of the pod, unless $SHOP_FLEET_API and the options name others.
 */

static int
ngx_shop_engine_kube_begin(ngx_shop_engine_t *e)
{
    const char            *api, *host, *port;
    ngx_shop_settings_t   *s;

    static ngx_shop_settings_t  settings;
    static char                 address[NGX_SHOP_ENGINE_URL];

    s = &settings;
    *s = *e->settings;
    e->own = e->hosts;

    if (strchr(e->prefix, '/') || e->nendpoints != 1
        || strchr(e->hosts, ':'))
    {
        return ngx_shop_engine_value_fail(e, "expected kube://NAMESPACE/"
                                          "CONFIGMAP");
    }

    api = getenv("SHOP_FLEET_API");
    host = getenv("KUBERNETES_SERVICE_HOST");
    port = getenv("KUBERNETES_SERVICE_PORT");

    if (api && strncmp(api, "https://", 8) == 0) {
        (void) snprintf(address, sizeof(address), "%.300s", api + 8);

    } else if (host && port) {
        (void) snprintf(address, sizeof(address),
                        strchr(host, ':') ? "[%.200s]:%.10s" : "%.200s:%.10s",
                        host, port);

    } else {
        return ngx_shop_engine_value_fail(e, "where is the API? in a pod it "
                                          "is known, else set SHOP_FLEET_API="
                                          "https://HOST:6443");
    }

    address[strcspn(address, "/")] = '\0';
    e->endpoints[0] = address;
    e->tls = 1;

    if (s->token_file == NULL && s->cert == NULL) {
        s->token_file = NGX_SHOP_ENGINE_KUBE_TOKEN;
    }

    if (s->ca == NULL && api == NULL) {
        s->ca = NGX_SHOP_ENGINE_KUBE_CA;
        (void) curl_easy_setopt(e->http.easy, CURLOPT_CAINFO, s->ca);
        (void) curl_easy_setopt(e->stream.easy, CURLOPT_CAINFO, s->ca);
    }

    e->settings = s;

    return NGX_SHOP_OK;
}


static void
ngx_shop_engine_kube_close(ngx_shop_engine_t *e)
{
    (void) e;
}


/* a map that is not there says nothing: it does not open a shop */

static int
ngx_shop_engine_kube_read(ngx_shop_engine_t *e)
{
    char              path[NGX_SHOP_ENGINE_URL];
    unsigned          i;
    ngx_shop_json_t   answer, data, value;

    ngx_shop_exchange_stop(&e->stream);

    (void) snprintf(path, sizeof(path), "/api/v1/namespaces/%s/configmaps/%s",
                    (char *) e->own, e->prefix);

    if (ngx_shop_engine_kube_call(e, "GET", path, NULL, &answer)
        != NGX_SHOP_OK)
    {
        return NGX_SHOP_ERROR;
    }

    e->revision = ngx_shop_engine_value_number(&answer,
                                               "metadata.resourceVersion");

    if (e->http.status != 200 || e->revision <= 0
        || ngx_shop_json_find(&answer, "kind", &value) != NGX_SHOP_OK
        || !ngx_shop_json_is(&value, "ConfigMap"))
    {
        return ngx_shop_engine_kube_refused(e, &answer, path);
    }

    ngx_shop_engine_value_none(e);

    for (i = 0; i < NGX_SHOP_ENGINE_KEYS; i++) {
        if (ngx_shop_json_find(&answer, "data", &data) == NGX_SHOP_OK
            && ngx_shop_json_find(&data, ngx_shop_engine_value_names[i],
                                  &value)
               == NGX_SHOP_OK
            && ngx_shop_engine_value_text(&e->value[i], &value)
               != NGX_SHOP_OK)
        {
            return ngx_shop_engine_kube_refused(e, &answer, path);
        }

        /* one resource: what changes is all of it */

        e->value[i].revision = e->revision;
    }

    ngx_shop_engine_value_clock(e, &e->http);

    return NGX_SHOP_OK;
}


static int
ngx_shop_engine_kube_write(ngx_shop_engine_t *e, unsigned key,
    const ngx_shop_str_t *data, int64_t expected)
{
    char              path[NGX_SHOP_ENGINE_URL], revision[32];
    ngx_shop_emit_t   m;
    ngx_shop_json_t   answer;

    (void) snprintf(path, sizeof(path), "/api/v1/namespaces/%s/configmaps/%s",
                    (char *) e->own, e->prefix);
    (void) snprintf(revision, sizeof(revision), "%lld", (long long) expected);

    ngx_shop_emit_init(&m, e->out, NGX_SHOP_ENGINE_OUT);
    ngx_shop_emit_object(&m, NULL);
    ngx_shop_emit_object(&m, "metadata");

    if (expected > 0) {
        ngx_shop_emit_cstr(&m, "resourceVersion", revision);
    }

    ngx_shop_emit_close(&m, '}');
    ngx_shop_emit_object(&m, "data");

    if (data) {
        ngx_shop_emit_str(&m, ngx_shop_engine_value_names[key], data);

    } else {
        ngx_shop_emit_null(&m, ngx_shop_engine_value_names[key]);
    }

    ngx_shop_emit_close(&m, '}');
    ngx_shop_emit_close(&m, '}');

    if (ngx_shop_engine_kube_call(e, "PATCH", path, &m, &answer)
        != NGX_SHOP_OK)
    {
        return NGX_SHOP_ERROR;
    }

    if (e->http.status == 409) {
        return NGX_SHOP_DECLINED;
    }

    if (e->http.status != 200) {
        return ngx_shop_engine_kube_refused(e, &answer, path);
    }

    e->written = ngx_shop_engine_value_number(&answer,
                                              "metadata.resourceVersion");

    return NGX_SHOP_OK;
}


static int
ngx_shop_engine_kube_watch(ngx_shop_engine_t *e, int64_t msec)
{
    int                   rc;
    size_t                n;
    ngx_shop_str_t        line;
    const unsigned char  *end;

    e->touched = 0;

    if (!e->stream.running && ngx_shop_engine_kube_listen(e) != NGX_SHOP_OK) {
        return ngx_shop_engine_value_unheard(e, &e->stream);
    }

    rc = ngx_shop_exchange_wait(&e->stream, msec);

    if (rc == NGX_SHOP_ERROR) {
        return ngx_shop_engine_value_unheard(e, &e->stream);
    }

    if (rc == NGX_SHOP_AGAIN) {
        return rc;
    }

    n = 0;

    while (n < e->stream.size) {
        line.data = e->stream.body + n;
        end = memchr(line.data, '\n', e->stream.size - n);

        if (end == NULL) {
            break;
        }

        line.len = (size_t) (end - line.data);
        n += line.len + 1;

        if (line.len
            && ngx_shop_engine_kube_event(e, &line) != NGX_SHOP_OK)
        {
            return NGX_SHOP_ERROR;
        }
    }

    ngx_shop_exchange_eat(&e->stream, n);

    return e->touched ? NGX_SHOP_OK : NGX_SHOP_AGAIN;
}


static int
ngx_shop_engine_kube_listen(ngx_shop_engine_t *e)
{
    int                          rc;
    char                         path[NGX_SHOP_ENGINE_URL / 2];
    char                         url[NGX_SHOP_ENGINE_URL];
    ngx_shop_exchange_request_t  r;

    (void) snprintf(path, sizeof(path), "/api/v1/namespaces/%.63s/configmaps"
                    "?watch=1&fieldSelector=metadata.name%%3D%s"
                    "&resourceVersion=%lld&allowWatchBookmarks=true",
                    (char *) e->own, e->prefix, (long long) e->revision);

    ngx_shop_engine_value_url(e, path, url);

    memset(&r, 0, sizeof(r));
    r.method = "GET";
    r.url = url;
    r.headers[0] = "Accept: application/json";
    r.headers[1] = ngx_shop_engine_value_bearer(e, &rc);

    return rc == NGX_SHOP_OK ? ngx_shop_exchange_start(&e->stream, &r) : rc;
}


/* ADDED and MODIFIED say something; ERROR, 410 above all: read again */

static int
ngx_shop_engine_kube_event(ngx_shop_engine_t *e, const ngx_shop_str_t *line)
{
    size_t            at;
    const char       *reason;
    ngx_shop_json_t   v, type;

    if (ngx_shop_json_parse(&v, line, &at, &reason) != NGX_SHOP_OK
        || ngx_shop_json_find(&v, "type", &type) != NGX_SHOP_OK)
    {
        return ngx_shop_engine_value_fail(e, "%s: no event in its stream",
                                          e->endpoints[e->at]);
    }

    if (ngx_shop_json_is(&type, "BOOKMARK")) {
        return NGX_SHOP_OK;
    }

    if (ngx_shop_json_is(&type, "ADDED") || ngx_shop_json_is(&type, "MODIFIED"))
    {
        if (ngx_shop_engine_value_number(&v, "object.metadata.resourceVersion")
            > e->revision)
        {
            e->touched = 1u << NGX_SHOP_ENGINE_FLAG;
        }

        return NGX_SHOP_OK;
    }

    return ngx_shop_engine_value_fail(e, "%s: the watch ended, %ld",
                                      e->endpoints[e->at],
                                      (long) ngx_shop_engine_value_number(&v,
                                                              "object.code"));
}


static int
ngx_shop_engine_kube_node(ngx_shop_engine_t *e, const char *name,
    const ngx_shop_str_t *line, unsigned changed)
{
    char              path[NGX_SHOP_ENGINE_URL];
    ngx_shop_emit_t   m;
    ngx_shop_json_t   answer;

    (void) changed;
    (void) snprintf(path, sizeof(path), "/apis/coordination.k8s.io/v1/"
                    "namespaces/%s/leases/%s-%s", (char *) e->own, e->prefix,
                    name);
    ngx_shop_engine_kube_lease(e, &m, name, line);

    if (ngx_shop_engine_kube_call(e, "PATCH", path, &m, &answer)
        != NGX_SHOP_OK)
    {
        return NGX_SHOP_ERROR;
    }

    if (e->http.status == 404) {
        *strrchr(path, '/') = '\0';

        if (ngx_shop_engine_kube_call(e, "POST", path, &m, &answer)
            != NGX_SHOP_OK)
        {
            return NGX_SHOP_ERROR;
        }
    }

    return e->http.status == 200 || e->http.status == 201
           ? NGX_SHOP_OK : ngx_shop_engine_kube_refused(e, &answer, path);
}


static void
ngx_shop_engine_kube_lease(ngx_shop_engine_t *e, ngx_shop_emit_t *m,
    const char *name, const ngx_shop_str_t *line)
{
    char       at[40], whole[NGX_SHOP_ENGINE_PREFIX + NGX_SHOP_ENGINE_NAME];
    time_t     now;
    struct tm  tm;

    now = (time_t) (ngx_shop_pulse_wall() / 1000);
    (void) gmtime_r(&now, &tm);
    (void) strftime(at, sizeof(at), "%Y-%m-%dT%H:%M:%S.000000Z", &tm);
    (void) snprintf(whole, sizeof(whole), "%s-%s", e->prefix, name);

    ngx_shop_emit_init(m, e->out, NGX_SHOP_ENGINE_OUT);
    ngx_shop_emit_object(m, NULL);
    ngx_shop_emit_cstr(m, "apiVersion", "coordination.k8s.io/v1");
    ngx_shop_emit_cstr(m, "kind", "Lease");
    ngx_shop_emit_object(m, "metadata");
    ngx_shop_emit_cstr(m, "name", whole);
    ngx_shop_emit_object(m, "labels");
    ngx_shop_emit_cstr(m, NGX_SHOP_ENGINE_KUBE_LABEL, e->prefix);
    ngx_shop_emit_close(m, '}');
    ngx_shop_emit_object(m, "annotations");
    ngx_shop_emit_str(m, NGX_SHOP_ENGINE_KUBE_LINE, line);
    ngx_shop_emit_close(m, '}');
    ngx_shop_emit_close(m, '}');
    ngx_shop_emit_object(m, "spec");
    ngx_shop_emit_cstr(m, "holderIdentity", name);
    ngx_shop_emit_int(m, "leaseDurationSeconds", NGX_SHOP_ENGINE_LEASE);
    ngx_shop_emit_cstr(m, "renewTime", at);
    ngx_shop_emit_close(m, '}');
    ngx_shop_emit_close(m, '}');
}


static int
ngx_shop_engine_kube_nodes(ngx_shop_engine_t *e, ngx_shop_engine_node_pt visit,
    void *data)
{
    char                   path[NGX_SHOP_ENGINE_URL];
    ngx_shop_json_t        answer, items, lease;
    ngx_shop_json_walk_t   walk;

    (void) snprintf(path, sizeof(path), "/apis/coordination.k8s.io/v1/"
                    "namespaces/%s/leases?labelSelector="
                    NGX_SHOP_ENGINE_KUBE_LABEL "%%3D%s", (char *) e->own,
                    e->prefix);

    if (ngx_shop_engine_kube_call(e, "GET", path, NULL, &answer)
        != NGX_SHOP_OK)
    {
        return NGX_SHOP_ERROR;
    }

    if (e->http.status != 200
        || ngx_shop_json_find(&answer, "items", &items) != NGX_SHOP_OK)
    {
        return ngx_shop_engine_kube_refused(e, &answer, path);
    }

    ngx_shop_engine_value_clock(e, &e->http);
    ngx_shop_json_walk(&items, &walk);

    while (ngx_shop_json_next(&walk, NULL, &lease) == NGX_SHOP_OK) {
        ngx_shop_engine_kube_visit(e, &lease, visit, data);
    }

    return NGX_SHOP_OK;
}


/* renewed by the node's clock: what that is ahead is in its line */

static void
ngx_shop_engine_kube_visit(ngx_shop_engine_t *e, const ngx_shop_json_t *lease,
    ngx_shop_engine_node_pt visit, void *data)
{
    int64_t                 at, now, slack;
    const char             *reason;
    unsigned char           text[64], name[NGX_SHOP_ENGINE_NAME];
    ngx_shop_str_t          s;
    ngx_shop_json_t         v, key, value;
    ngx_shop_json_walk_t    walk;
    ngx_shop_engine_node_t  n;

    static unsigned char  line[NGX_SHOP_ENGINE_LINE];

    if (ngx_shop_json_find(lease, "spec.holderIdentity", &v) != NGX_SHOP_OK
        || ngx_shop_json_string(&v, name, sizeof(name) - 1, &s) != NGX_SHOP_OK)
    {
        return;
    }

    (void) memmove(name, s.data, s.len);
    name[s.len] = '\0';

    memset(&n, 0, sizeof(n));
    n.name = (const char *) name;
    n.line.data = line;

    if (ngx_shop_json_find(lease, "metadata.annotations", &v) == NGX_SHOP_OK) {
        ngx_shop_json_walk(&v, &walk);

        while (ngx_shop_json_next(&walk, &key, &value) == NGX_SHOP_OK) {
            if (ngx_shop_json_is(&key, NGX_SHOP_ENGINE_KUBE_LINE)) {
                (void) ngx_shop_json_string(&value, line, sizeof(line),
                                            &n.line);
            }
        }
    }

    now = ngx_shop_pulse_wall() / 1000;
    slack = NGX_SHOP_ENGINE_LEASE + (e->ahead > 0 ? e->ahead : -e->ahead);

    if (ngx_shop_json_find(lease, "spec.renewTime", &v) == NGX_SHOP_OK
        && ngx_shop_json_string(&v, text, sizeof(text), &s) == NGX_SHOP_OK
        && s.len > 19)
    {
        /* without the part of a second */

        text[19] = 'Z';
        s.data = text;
        s.len = 20;

        n.away = ngx_shop_times_parse(&s, now, &at, &reason) != NGX_SHOP_OK
                 || now - at > slack;

    } else {
        n.away = 1;
    }

    visit(data, &n);
}


static int
ngx_shop_engine_kube_forget(ngx_shop_engine_t *e, const char *name)
{
    char              path[NGX_SHOP_ENGINE_URL];
    ngx_shop_json_t   answer;

    (void) snprintf(path, sizeof(path), "/apis/coordination.k8s.io/v1/"
                    "namespaces/%s/leases/%s-%.63s", (char *) e->own,
                    e->prefix, name);

    if (ngx_shop_engine_kube_call(e, "DELETE", path, NULL, &answer)
        != NGX_SHOP_OK)
    {
        return NGX_SHOP_ERROR;
    }

    return e->http.status == 404 ? NGX_SHOP_DECLINED
           : e->http.status < 300 ? NGX_SHOP_OK
           : ngx_shop_engine_kube_refused(e, &answer, path);
}


/* any status */

static int
ngx_shop_engine_kube_call(ngx_shop_engine_t *e, const char *method,
    const char *path, const ngx_shop_emit_t *m, ngx_shop_json_t *answer)
{
    int                          rc;
    char                         url[NGX_SHOP_ENGINE_URL];
    ngx_shop_exchange_request_t  r;

    if (m && m->failed) {
        return ngx_shop_engine_value_fail(e, "too large to be sent");
    }

    ngx_shop_engine_value_url(e, path, url);

    memset(&r, 0, sizeof(r));
    r.method = method;
    r.url = url;
    r.headers[0] = "Accept: application/json";
    r.headers[1] = strcmp(method, "PATCH") == 0
                   ? "Content-Type: application/merge-patch+json"
                   : "Content-Type: application/json";
    r.headers[2] = ngx_shop_engine_value_bearer(e, &rc);

    if (m) {
        r.body.data = m->start;
        r.body.len = (size_t) (m->pos - m->start);
    }

    if (rc != NGX_SHOP_OK) {
        return rc;
    }

    if (ngx_shop_exchange_run(&e->http, &r) != NGX_SHOP_OK) {
        return ngx_shop_engine_value_unheard(e, &e->http);
    }

    return ngx_shop_engine_value_json(e, answer);
}


static int
ngx_shop_engine_kube_refused(ngx_shop_engine_t *e,
    const ngx_shop_json_t *answer, const char *what)
{
    unsigned char     text[512];
    ngx_shop_str_t    s;
    ngx_shop_json_t   message;

    s.len = 0;
    s.data = text;

    if (ngx_shop_json_find(answer, "message", &message) == NGX_SHOP_OK) {
        (void) ngx_shop_json_string(&message, text, sizeof(text), &s);
    }

    return ngx_shop_engine_value_fail(e, "%s answers %ld to %.100s: %.*s",
                                      e->endpoints[e->at], e->http.status,
                                      what, s.len > 200 ? 200
                                      : (int) s.len, (const char *) s.data);
}
