
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * A document on any web server or object store: https://HOST/PATH is JSON with
 * "revision", "flag" (a text, or null) and "orders".  It is asked for with its
 * ETag, and written with If-Match.  Nobody reports there: who wants to know
 * asks the status of each node of a list.
 */


#include <stdio.h>
#include <stdlib.h>

#include "ctl/fleet/engine_value.h"
#include "ctl/fleet/nodeline.h"
#include "ctl/fleet/pulse.h"
#include "ctl/infile.h"
#include "logic/flag/flag.h"


/* ms between two looks */
#define NGX_SHOP_ENGINE_HTTPS_LOOK  1000

#define NGX_SHOP_ENGINE_HTTPS_LIST  65536


typedef struct {
    char     etag[256];
    int64_t  next;
} ngx_shop_engine_https_t;


static int ngx_shop_engine_https_begin(ngx_shop_engine_t *e);
static void ngx_shop_engine_https_close(ngx_shop_engine_t *e);
static int ngx_shop_engine_https_read(ngx_shop_engine_t *e);
static int ngx_shop_engine_https_write(ngx_shop_engine_t *e, unsigned key,
    const ngx_shop_str_t *data, int64_t expected);
static int ngx_shop_engine_https_watch(ngx_shop_engine_t *e, int64_t msec);
static int ngx_shop_engine_https_node(ngx_shop_engine_t *e, const char *name,
    const ngx_shop_str_t *line, unsigned changed);
static int ngx_shop_engine_https_nodes(ngx_shop_engine_t *e,
    ngx_shop_engine_node_pt visit, void *data);
static void ngx_shop_engine_https_visit(ngx_shop_engine_t *e, const char *name,
    const char *url, ngx_shop_engine_node_pt visit, void *data);
static int ngx_shop_engine_https_forget(ngx_shop_engine_t *e,
    const char *name);
static int ngx_shop_engine_https_call(ngx_shop_engine_t *e,
    const char *method, const char *header, const ngx_shop_emit_t *m);


const ngx_shop_engine_ops_t  ngx_shop_engine_https_ops = {
    "https://",
    NULL,
    "443",
    ngx_shop_engine_https_begin,
    ngx_shop_engine_https_close,
    ngx_shop_engine_https_read,
    ngx_shop_engine_https_write,
    ngx_shop_engine_https_watch,
    ngx_shop_engine_https_node,
    ngx_shop_engine_https_nodes,
    ngx_shop_engine_https_forget
};


static int
ngx_shop_engine_https_begin(ngx_shop_engine_t *e)
{
    e->tls = 1;
    e->passive = 1;
    e->own = calloc(1, sizeof(ngx_shop_engine_https_t));

    if (e->own == NULL) {
        return ngx_shop_engine_value_fail(e, "no memory");
    }

    if (e->settings->user) {
        (void) curl_easy_setopt(e->http.easy, CURLOPT_USERNAME,
                                e->settings->user);
        (void) curl_easy_setopt(e->http.easy, CURLOPT_PASSWORD, e->secret);
    }

    return NGX_SHOP_OK;
}


static void
ngx_shop_engine_https_close(ngx_shop_engine_t *e)
{
    free(e->own);
}


/* no document says nothing: it is no open shop, but for who is to write it */

static int
ngx_shop_engine_https_read(ngx_shop_engine_t *e)
{
    int64_t                   revision;
    unsigned                  i;
    ngx_shop_json_t           doc, value;
    ngx_shop_engine_https_t  *own = e->own;

    if (ngx_shop_engine_https_call(e, "GET", NULL, NULL) != NGX_SHOP_OK) {
        return NGX_SHOP_ERROR;
    }

    own->next = ngx_shop_pulse_msec() + NGX_SHOP_ENGINE_HTTPS_LOOK;

    if (e->http.status == 404 && e->writer) {
        ngx_shop_engine_value_none(e);
        e->revision = 0;
        own->etag[0] = '\0';
        return NGX_SHOP_OK;
    }

    if (e->http.status != 200) {
        return ngx_shop_engine_value_fail(e, "%s answers %ld to /%s",
                                          e->endpoints[0], e->http.status,
                                          e->prefix);
    }

    if (ngx_shop_engine_value_json(e, &doc) != NGX_SHOP_OK) {
        return NGX_SHOP_ERROR;
    }

    revision = ngx_shop_engine_value_number(&doc, "revision");

    if (revision <= 0
        || ngx_shop_json_find(&doc, "flag", &value) != NGX_SHOP_OK)
    {
        return ngx_shop_engine_value_fail(e, "%s/%s: no \"revision\" or no "
                                          "\"flag\" in it", e->endpoints[0],
                                          e->prefix);
    }

    e->revision = revision;
    ngx_shop_engine_value_none(e);
    (void) strcpy(own->etag, e->http.etag);

    for (i = 0; i < NGX_SHOP_ENGINE_KEYS; i++) {
        if (ngx_shop_json_find(&doc, ngx_shop_engine_value_names[i], &value)
            == NGX_SHOP_OK
            && ngx_shop_engine_value_text(&e->value[i], &value)
               != NGX_SHOP_OK)
        {
            return ngx_shop_engine_value_fail(e, "%s/%s: \"%s\" is neither a "
                                              "text nor null",
                                              e->endpoints[0], e->prefix,
                                              ngx_shop_engine_value_names[i]);
        }

        e->value[i].revision = e->revision;
    }

    ngx_shop_engine_value_clock(e, &e->http);

    return NGX_SHOP_OK;
}


static int
ngx_shop_engine_https_write(ngx_shop_engine_t *e, unsigned key,
    const ngx_shop_str_t *data, int64_t expected)
{
    char                       match[300];
    unsigned                   i;
    ngx_shop_str_t             s;
    ngx_shop_emit_t            m;
    ngx_shop_engine_value_t   *value;
    ngx_shop_engine_https_t   *own = e->own;

    if (expected == NGX_SHOP_ENGINE_ANY
        && ngx_shop_engine_https_read(e) != NGX_SHOP_OK)
    {
        return NGX_SHOP_ERROR;
    }

    if (data) {
        ngx_shop_engine_value_set(&e->value[key], data->data, data->len);

    } else {
        e->value[key].there = 0;
    }

    ngx_shop_emit_init(&m, e->out, NGX_SHOP_ENGINE_OUT);
    ngx_shop_emit_object(&m, NULL);
    ngx_shop_emit_int(&m, "revision", e->revision + 1);

    for (i = 0; i < NGX_SHOP_ENGINE_KEYS; i++) {
        value = &e->value[i];
        s.data = value->data;
        s.len = value->len;

        if (value->there) {
            ngx_shop_emit_str(&m, ngx_shop_engine_value_names[i], &s);

        } else {
            ngx_shop_emit_null(&m, ngx_shop_engine_value_names[i]);
        }
    }

    ngx_shop_emit_close(&m, '}');
    ngx_shop_emit_text(&m, "\n");

    (void) snprintf(match, sizeof(match), "%s%s",
                    own->etag[0] ? "If-Match: " : "If-None-Match: *",
                    own->etag);

    if (ngx_shop_engine_https_call(e, "PUT", match, &m) != NGX_SHOP_OK) {
        return NGX_SHOP_ERROR;
    }

    if (e->http.status == 412 || e->http.status == 409) {
        return NGX_SHOP_DECLINED;
    }

    if (e->http.status < 200 || e->http.status > 204) {
        return ngx_shop_engine_value_fail(e, "%s answers %ld to a PUT of /%s",
                                          e->endpoints[0], e->http.status,
                                          e->prefix);
    }

    e->revision++;
    e->written = e->revision;
    (void) strcpy(own->etag, e->http.etag);

    return NGX_SHOP_OK;
}


static int
ngx_shop_engine_https_watch(ngx_shop_engine_t *e, int64_t msec)
{
    char                      match[300];
    int64_t                   left;
    ngx_shop_engine_https_t  *own = e->own;

    e->touched = 0;
    left = own->next - ngx_shop_pulse_msec();

    if (left > 0) {
        ngx_shop_pulse_sleep(left < msec ? left : msec);
        return NGX_SHOP_AGAIN;
    }

    own->next = ngx_shop_pulse_msec() + NGX_SHOP_ENGINE_HTTPS_LOOK;
    (void) snprintf(match, sizeof(match), "If-None-Match: %s", own->etag);

    if (ngx_shop_engine_https_call(e, "GET", own->etag[0] ? match : NULL, NULL)
        != NGX_SHOP_OK)
    {
        return NGX_SHOP_ERROR;
    }

    if (e->http.status == 304
        || (e->http.status == 200 && own->etag[0]
            && strcmp(own->etag, e->http.etag) == 0))
    {
        return NGX_SHOP_AGAIN;
    }

    /* a new one, or whatever "read" will say of it */

    e->touched = e->http.status == 200 ? 1u << NGX_SHOP_ENGINE_FLAG : 0;

    return e->touched ? NGX_SHOP_OK : NGX_SHOP_ERROR;
}


static int
ngx_shop_engine_https_node(ngx_shop_engine_t *e, const char *name,
    const ngx_shop_str_t *line, unsigned changed)
{
    (void) e;
    (void) name;
    (void) line;
    (void) changed;

    return NGX_SHOP_OK;
}


/* lines "NAME URL" */

static int
ngx_shop_engine_https_nodes(ngx_shop_engine_t *e,
    ngx_shop_engine_node_pt visit, void *data)
{
    char         *line, *next, *url;
    ssize_t       n;
    struct stat   sb;

    static char  list[NGX_SHOP_ENGINE_HTTPS_LIST];

    if (e->settings->nodes == NULL) {
        return ngx_shop_engine_value_fail(e, "nobody reports to this engine: "
                                          "name the nodes by --nodes FILE, a "
                                          "line \"NAME URL\" each");
    }

    n = ngx_shop_infile_read(e->settings->nodes, (unsigned char *) list,
                             sizeof(list), &sb);

    if (n == -1 || (size_t) n == sizeof(list)) {
        return ngx_shop_engine_value_fail(e, "the list \"%.200s\" of --nodes "
                                          "cannot be read, or is too large",
                                          e->settings->nodes);
    }

    list[n] = '\0';

    for (line = list; *line; line = next) {
        next = line + strcspn(line, "\n");

        if (*next) {
            *next++ = '\0';
        }

        line[strcspn(line, "\r#")] = '\0';
        line += strspn(line, " \t");
        url = line + strcspn(line, " \t");

        if (*url) {
            *url++ = '\0';
            url += strspn(url, " \t");
            url[strcspn(url, " \t")] = '\0';
        }

        if (*line && *url && strlen(line) < NGX_SHOP_ENGINE_NAME) {
            ngx_shop_engine_https_visit(e, line, url, visit, data);
        }
    }

    return NGX_SHOP_OK;
}


/* its line, as its follower would have written it */

static void
ngx_shop_engine_https_visit(ngx_shop_engine_t *e, const char *name,
    const char *url, ngx_shop_engine_node_pt visit, void *data)
{
    int64_t                       now;
    size_t                        at;
    const char                   *reason;
    ngx_shop_str_t                s;
    ngx_shop_emit_t               m;
    ngx_shop_json_t               v;
    ngx_shop_engine_node_t        n;
    ngx_shop_engine_value_t      *flag;
    ngx_shop_exchange_request_t   r;

    static unsigned char           line[NGX_SHOP_ENGINE_LINE];
    static ngx_shop_nodeline_t     l;
    static ngx_shop_flag_notice_t  notice;

    memset(&r, 0, sizeof(r));
    r.method = "GET";
    r.url = url;

    memset(&n, 0, sizeof(n));
    n.name = name;
    n.line.data = line;
    n.away = ngx_shop_exchange_run(&e->stream, &r) != NGX_SHOP_OK
             || e->stream.status != 200;

    s.data = e->stream.body;
    s.len = e->stream.size;

    if (n.away || s.len == 0
        || ngx_shop_json_parse(&v, &s, &at, &reason) != NGX_SHOP_OK)
    {
        n.away = 1;
        visit(data, &n);
        return;
    }

    memset(&l, 0, sizeof(l));
    now = ngx_shop_pulse_wall() / 1000;
    flag = &e->value[NGX_SHOP_ENGINE_FLAG];
    l.time = now;

    if (flag->there) {
        ngx_shop_flag_parse(&notice, NULL, flag->data,
                            flag->len > NGX_SHOP_FLAG_MAX_SIZE
                            ? NGX_SHOP_FLAG_MAX_SIZE : flag->len, now, now);
        (void) snprintf(l.sum, sizeof(l.sum), "%016llx",
                        (unsigned long long) ngx_shop_flag_sum(&notice));
    }

    if (ngx_shop_nodeline_status(&l, &v, "", l.sum,
                                 flag->there && notice.hosts_given))
    {
        l.revision = e->revision;

    } else {
        (void) strcpy(l.sum, "other");
    }

    ngx_shop_emit_init(&m, line, sizeof(line));
    ngx_shop_nodeline_emit(&l, &m, NULL);
    n.line.len = (size_t) (m.pos - m.start);

    visit(data, &n);
}


static int
ngx_shop_engine_https_forget(ngx_shop_engine_t *e, const char *name)
{
    return ngx_shop_engine_value_fail(e, "take \"%.60s\" out of the list of "
                                      "--nodes", name);
}


/* any status */

static int
ngx_shop_engine_https_call(ngx_shop_engine_t *e, const char *method,
    const char *header, const ngx_shop_emit_t *m)
{
    int                          rc;
    char                         path[NGX_SHOP_ENGINE_PREFIX + 2];
    char                         url[NGX_SHOP_ENGINE_URL];
    unsigned                     n;
    const char                  *bearer;
    ngx_shop_exchange_request_t  r;

    if (m && m->failed) {
        return ngx_shop_engine_value_fail(e, "too large to be sent");
    }

    (void) snprintf(path, sizeof(path), "/%s", e->prefix);
    ngx_shop_engine_value_url(e, path, url);
    bearer = ngx_shop_engine_value_bearer(e, &rc);

    if (rc != NGX_SHOP_OK) {
        return rc;
    }

    memset(&r, 0, sizeof(r));
    r.method = method;
    r.url = url;
    n = 0;

    if (header) {
        r.headers[n++] = header;
    }

    if (m) {
        r.headers[n++] = "Content-Type: application/json";
        r.body.data = m->start;
        r.body.len = (size_t) (m->pos - m->start);
    }

    r.headers[n] = bearer;

    return ngx_shop_exchange_run(&e->http, &r) == NGX_SHOP_OK
           ? NGX_SHOP_OK : ngx_shop_engine_value_unheard(e, &e->http);
}
