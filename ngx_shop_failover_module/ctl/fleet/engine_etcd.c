
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * etcd, by its JSON gateway (v3): https://etcd.io/docs/v3.4/dev-guide/
 * api_grpc_gateway/.  A document is a key, PREFIX/flag; a node is a key with a
 * lease, PREFIX/nodes/NAME, and one without, PREFIX/members/NAME, so that one
 * that is away is missed.
 */


#include <stdio.h>

#include "ctl/fleet/base64.h"
#include "ctl/fleet/engine_value.h"


#define NGX_SHOP_ENGINE_ETCD_KEY  (NGX_SHOP_ENGINE_PREFIX                     \
                                   + NGX_SHOP_ENGINE_NAME + 16)


static int ngx_shop_engine_etcd_open(ngx_shop_engine_t *e);
static void ngx_shop_engine_etcd_close(ngx_shop_engine_t *e);
static int ngx_shop_engine_etcd_read(ngx_shop_engine_t *e);
static int ngx_shop_engine_etcd_value(ngx_shop_engine_t *e,
    const ngx_shop_json_t *answer, unsigned key);
static int ngx_shop_engine_etcd_write(ngx_shop_engine_t *e, unsigned key,
    const ngx_shop_str_t *data, int64_t expected);
static int ngx_shop_engine_etcd_watch(ngx_shop_engine_t *e, int64_t msec);
static int ngx_shop_engine_etcd_listen(ngx_shop_engine_t *e);
static int ngx_shop_engine_etcd_heard(ngx_shop_engine_t *e);
static int ngx_shop_engine_etcd_event(ngx_shop_engine_t *e,
    const ngx_shop_str_t *line);
static int ngx_shop_engine_etcd_node(ngx_shop_engine_t *e, const char *name,
    const ngx_shop_str_t *line, unsigned changed);
static int ngx_shop_engine_etcd_alive(ngx_shop_engine_t *e);
static int ngx_shop_engine_etcd_nodes(ngx_shop_engine_t *e,
    ngx_shop_engine_node_pt visit, void *data);
static void ngx_shop_engine_etcd_visit(const ngx_shop_json_t *member,
    const ngx_shop_json_t *alive, ngx_shop_engine_node_pt visit, void *data);
static const char *ngx_shop_engine_etcd_name(const ngx_shop_json_t *kv,
    char *key);
static int ngx_shop_engine_etcd_raw(const ngx_shop_json_t *v,
    const char *member, ngx_shop_str_t *s);
static int ngx_shop_engine_etcd_forget(ngx_shop_engine_t *e, const char *name);
static void ngx_shop_engine_etcd_key(ngx_shop_engine_t *e, ngx_shop_emit_t *m,
    const char *member, const char *kind, const char *name);
static int ngx_shop_engine_etcd_call(ngx_shop_engine_t *e, const char *path,
    const ngx_shop_emit_t *m, ngx_shop_json_t *answer);
static int ngx_shop_engine_etcd_ask(ngx_shop_engine_t *e, const char *path,
    const ngx_shop_emit_t *m, ngx_shop_json_t *answer);
static int ngx_shop_engine_etcd_login(ngx_shop_engine_t *e);


const ngx_shop_engine_ops_t  ngx_shop_engine_etcd_ops = {
    "etcd://",
    "etcds://",
    "2379",
    ngx_shop_engine_etcd_open,
    ngx_shop_engine_etcd_close,
    ngx_shop_engine_etcd_read,
    ngx_shop_engine_etcd_write,
    ngx_shop_engine_etcd_watch,
    ngx_shop_engine_etcd_node,
    ngx_shop_engine_etcd_nodes,
    ngx_shop_engine_etcd_forget
};


static int
ngx_shop_engine_etcd_open(ngx_shop_engine_t *e)
{
    if (e->settings->user && e->secret[0] == '\0') {
        return ngx_shop_engine_value_fail(e, "--user needs --password-file");
    }

    return NGX_SHOP_OK;
}


static void
ngx_shop_engine_etcd_close(ngx_shop_engine_t *e)
{
    (void) e;
}


static int
ngx_shop_engine_etcd_read(ngx_shop_engine_t *e)
{
    unsigned          i;
    ngx_shop_emit_t   m;
    ngx_shop_json_t   answer;

    ngx_shop_exchange_stop(&e->stream);
    ngx_shop_emit_init(&m, e->out, NGX_SHOP_ENGINE_OUT);
    ngx_shop_emit_object(&m, NULL);
    ngx_shop_emit_array(&m, "success");

    for (i = 0; i < NGX_SHOP_ENGINE_KEYS; i++) {
        ngx_shop_emit_object(&m, NULL);
        ngx_shop_emit_object(&m, "requestRange");
        ngx_shop_engine_etcd_key(e, &m, "key", ngx_shop_engine_value_names[i],
                                 NULL);
        ngx_shop_emit_close(&m, '}');
        ngx_shop_emit_close(&m, '}');
    }

    ngx_shop_emit_close(&m, ']');
    ngx_shop_emit_close(&m, '}');

    if (ngx_shop_engine_etcd_call(e, "kv/txn", &m, &answer) != NGX_SHOP_OK) {
        return NGX_SHOP_ERROR;
    }

    e->revision = ngx_shop_engine_value_number(&answer, "header.revision");

    if (e->revision <= 0) {
        return ngx_shop_engine_value_fail(e, "%s: no revision in the answer",
                                          e->endpoints[e->at]);
    }

    ngx_shop_engine_value_none(e);

    for (i = 0; i < NGX_SHOP_ENGINE_KEYS; i++) {
        if (ngx_shop_engine_etcd_value(e, &answer, i) != NGX_SHOP_OK) {
            return ngx_shop_engine_value_fail(e, "%s: no documents in the "
                                              "answer", e->endpoints[e->at]);
        }
    }

    ngx_shop_engine_value_clock(e, &e->http);

    return NGX_SHOP_OK;
}


/* ERROR: it does not say whether there is one */

static int
ngx_shop_engine_etcd_value(ngx_shop_engine_t *e,
    const ngx_shop_json_t *answer, unsigned key)
{
    char                      path[64];
    size_t                    size;
    ngx_shop_str_t            text;
    ngx_shop_json_t           range, kv, value;
    ngx_shop_engine_value_t  *v = &e->value[key];

    (void) snprintf(path, sizeof(path), "responses.%u.response_range", key);

    if (ngx_shop_json_find(answer, path, &range) != NGX_SHOP_OK
        || range.type != NGX_SHOP_JSON_OBJECT)
    {
        return NGX_SHOP_ERROR;
    }

    if (ngx_shop_json_find(&range, "kvs.0", &kv) != NGX_SHOP_OK) {
        return NGX_SHOP_OK;
    }

    v->there = 1;
    v->revision = ngx_shop_engine_value_number(&kv, "mod_revision");

    /* of an empty one the gateway says nothing */

    if (ngx_shop_json_find(&kv, "value", &value) != NGX_SHOP_OK) {
        return NGX_SHOP_OK;
    }

    if (ngx_shop_engine_etcd_raw(&kv, "value", &text) != NGX_SHOP_OK
        || ngx_shop_base64_decode(&text, v->data, NGX_SHOP_ENGINE_ROOM, &size)
           != NGX_SHOP_OK)
    {
        return NGX_SHOP_ERROR;
    }

    v->size = size;
    v->len = size < NGX_SHOP_ENGINE_ROOM ? size : NGX_SHOP_ENGINE_ROOM;

    return NGX_SHOP_OK;
}


static int
ngx_shop_engine_etcd_write(ngx_shop_engine_t *e, unsigned key,
    const ngx_shop_str_t *data, int64_t expected)
{
    int               ok;
    const char       *name;
    ngx_shop_emit_t   m;
    ngx_shop_json_t   answer, value;

    name = ngx_shop_engine_value_names[key];

    ngx_shop_emit_init(&m, e->out, NGX_SHOP_ENGINE_OUT);
    ngx_shop_emit_object(&m, NULL);

    if (expected != NGX_SHOP_ENGINE_ANY) {
        ngx_shop_emit_array(&m, "compare");
        ngx_shop_emit_object(&m, NULL);
        ngx_shop_emit_cstr(&m, "target", "MOD");
        ngx_shop_emit_cstr(&m, "result", "EQUAL");
        ngx_shop_engine_etcd_key(e, &m, "key", name, NULL);
        ngx_shop_emit_int(&m, "modRevision", expected);
        ngx_shop_emit_close(&m, '}');
        ngx_shop_emit_close(&m, ']');
    }

    ngx_shop_emit_array(&m, "success");
    ngx_shop_emit_object(&m, NULL);
    ngx_shop_emit_object(&m, data ? "requestPut" : "requestDeleteRange");
    ngx_shop_engine_etcd_key(e, &m, "key", name, NULL);

    if (data) {
        ngx_shop_base64_emit(&m, "value", data->data, data->len);
    }

    ngx_shop_emit_close(&m, '}');
    ngx_shop_emit_close(&m, '}');
    ngx_shop_emit_close(&m, ']');
    ngx_shop_emit_close(&m, '}');

    if (ngx_shop_engine_etcd_call(e, "kv/txn", &m, &answer) != NGX_SHOP_OK) {
        return NGX_SHOP_ERROR;
    }

    e->written = ngx_shop_engine_value_number(&answer, "header.revision");

    return ngx_shop_json_find(&answer, "succeeded", &value) == NGX_SHOP_OK
           && ngx_shop_json_bool(&value, &ok) == NGX_SHOP_OK && ok
           ? NGX_SHOP_OK : NGX_SHOP_DECLINED;
}


static int
ngx_shop_engine_etcd_watch(ngx_shop_engine_t *e, int64_t msec)
{
    int  rc;

    e->touched = 0;

    if (!e->stream.running
        && ngx_shop_engine_etcd_listen(e) != NGX_SHOP_OK)
    {
        return ngx_shop_engine_value_unheard(e, &e->stream);
    }

    rc = ngx_shop_exchange_wait(&e->stream, msec);

    if (rc == NGX_SHOP_ERROR) {
        return ngx_shop_engine_value_unheard(e, &e->stream);
    }

    return rc == NGX_SHOP_OK ? ngx_shop_engine_etcd_heard(e) : rc;
}


/* three watches on one stream, each from what was read on */

static int
ngx_shop_engine_etcd_listen(ngx_shop_engine_t *e)
{
    char                         url[NGX_SHOP_ENGINE_URL];
    unsigned                     i;
    ngx_shop_emit_t              m;
    ngx_shop_exchange_request_t  r;

    ngx_shop_emit_init(&m, e->out, NGX_SHOP_ENGINE_OUT);

    for (i = 0; i < NGX_SHOP_ENGINE_KEYS; i++) {
        ngx_shop_emit_object(&m, NULL);
        ngx_shop_emit_object(&m, "create_request");
        ngx_shop_engine_etcd_key(e, &m, "key", ngx_shop_engine_value_names[i],
                                 NULL);
        ngx_shop_emit_int(&m, "start_revision", e->revision + 1);
        ngx_shop_emit_int(&m, "watch_id", (int64_t) i + 1);
        ngx_shop_emit_close(&m, '}');
        ngx_shop_emit_close(&m, '}');
        ngx_shop_emit_text(&m, "\n");
    }

    memset(&r, 0, sizeof(r));
    ngx_shop_engine_value_url(e, "/v3/watch", url);
    r.method = "POST";
    r.url = url;
    r.headers[0] = e->token[0] ? e->token : NULL;
    r.body.data = e->out;
    r.body.len = (size_t) (m.pos - m.start);

    return ngx_shop_exchange_start(&e->stream, &r);
}


/* the whole lines that are there */

static int
ngx_shop_engine_etcd_heard(ngx_shop_engine_t *e)
{
    size_t                n;
    ngx_shop_str_t        line;
    const unsigned char  *end;

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
            && ngx_shop_engine_etcd_event(e, &line) != NGX_SHOP_OK)
        {
            return NGX_SHOP_ERROR;
        }
    }

    ngx_shop_exchange_eat(&e->stream, n);

    return e->touched ? NGX_SHOP_OK : NGX_SHOP_AGAIN;
}


static int
ngx_shop_engine_etcd_event(ngx_shop_engine_t *e, const ngx_shop_str_t *line)
{
    size_t            at;
    int64_t           id, compacted;
    const char       *reason;
    ngx_shop_json_t   v, found;

    if (ngx_shop_json_parse(&v, line, &at, &reason) != NGX_SHOP_OK) {
        return ngx_shop_engine_value_fail(e, "%s: no JSON in its stream: %s",
                                          e->endpoints[e->at], reason);
    }

    compacted = ngx_shop_engine_value_number(&v, "result.compact_revision");

    if (compacted) {
        return ngx_shop_engine_value_fail(e, "%s: what was read is compacted "
                                          "at revision %ld",
                                          e->endpoints[e->at],
                                          (long) compacted);
    }

    if (ngx_shop_json_find(&v, "error", &found) == NGX_SHOP_OK
        || ngx_shop_json_find(&v, "result.canceled", &found) == NGX_SHOP_OK)
    {
        e->token[0] = '\0';
        return ngx_shop_engine_value_fail(e, "%s: it ended the watch",
                                          e->endpoints[e->at]);
    }

    if (ngx_shop_json_find(&v, "result.events.0", &found) == NGX_SHOP_OK) {
        id = ngx_shop_engine_value_number(&v, "result.watch_id");
        e->touched |= id >= 1 && id <= NGX_SHOP_ENGINE_KEYS
                      ? 1u << (id - 1) : 1u << NGX_SHOP_ENGINE_FLAG;
    }

    return NGX_SHOP_OK;
}


static int
ngx_shop_engine_etcd_node(ngx_shop_engine_t *e, const char *name,
    const ngx_shop_str_t *line, unsigned changed)
{
    int               rc;
    ngx_shop_emit_t   m;
    ngx_shop_json_t   answer;

    rc = ngx_shop_engine_etcd_alive(e);

    if (rc == NGX_SHOP_ERROR) {
        return rc;
    }

    if (rc == NGX_SHOP_OK && !changed) {
        return NGX_SHOP_OK;
    }

    ngx_shop_emit_init(&m, e->out, NGX_SHOP_ENGINE_OUT);
    ngx_shop_emit_object(&m, NULL);
    ngx_shop_emit_array(&m, "success");

    ngx_shop_emit_object(&m, NULL);
    ngx_shop_emit_object(&m, "requestPut");
    ngx_shop_engine_etcd_key(e, &m, "key", "nodes", name);
    ngx_shop_base64_emit(&m, "value", line->data, line->len);
    ngx_shop_emit_int(&m, "lease", e->lease);
    ngx_shop_emit_close(&m, '}');
    ngx_shop_emit_close(&m, '}');

    if (rc == NGX_SHOP_DECLINED) {
        ngx_shop_emit_object(&m, NULL);
        ngx_shop_emit_object(&m, "requestPut");
        ngx_shop_engine_etcd_key(e, &m, "key", "members", name);
        ngx_shop_emit_close(&m, '}');
        ngx_shop_emit_close(&m, '}');
    }

    ngx_shop_emit_close(&m, ']');
    ngx_shop_emit_close(&m, '}');

    rc = ngx_shop_engine_etcd_call(e, "kv/txn", &m, &answer);

    if (rc != NGX_SHOP_OK) {
        e->lease = 0;
    }

    return rc;
}


/* OK: the lease goes on; DECLINED: it is a new one */

static int
ngx_shop_engine_etcd_alive(ngx_shop_engine_t *e)
{
    ngx_shop_emit_t   m;
    ngx_shop_json_t   answer;

    if (e->lease) {
        ngx_shop_emit_init(&m, e->out, NGX_SHOP_ENGINE_OUT);
        ngx_shop_emit_object(&m, NULL);
        ngx_shop_emit_int(&m, "ID", e->lease);
        ngx_shop_emit_close(&m, '}');

        if (ngx_shop_engine_etcd_call(e, "lease/keepalive", &m, &answer)
            != NGX_SHOP_OK)
        {
            return NGX_SHOP_ERROR;
        }

        if (ngx_shop_engine_value_number(&answer, "result.TTL") > 0) {
            return NGX_SHOP_OK;
        }
    }

    ngx_shop_emit_init(&m, e->out, NGX_SHOP_ENGINE_OUT);
    ngx_shop_emit_object(&m, NULL);
    ngx_shop_emit_int(&m, "TTL", NGX_SHOP_ENGINE_LEASE);
    ngx_shop_emit_close(&m, '}');

    if (ngx_shop_engine_etcd_call(e, "lease/grant", &m, &answer)
        != NGX_SHOP_OK)
    {
        return NGX_SHOP_ERROR;
    }

    e->lease = ngx_shop_engine_value_number(&answer, "ID");

    return e->lease ? NGX_SHOP_DECLINED
                    : ngx_shop_engine_value_fail(e, "%s grants no lease",
                                                 e->endpoints[e->at]);
}


static int
ngx_shop_engine_etcd_nodes(ngx_shop_engine_t *e, ngx_shop_engine_node_pt visit,
    void *data)
{
    unsigned               i;
    ngx_shop_emit_t        m;
    ngx_shop_json_t        answer, members, alive, member;
    ngx_shop_json_walk_t   walk;

    static const char *const  kinds[] = { "members", "nodes" };

    ngx_shop_emit_init(&m, e->out, NGX_SHOP_ENGINE_OUT);
    ngx_shop_emit_object(&m, NULL);
    ngx_shop_emit_array(&m, "success");

    for (i = 0; i < 2; i++) {
        ngx_shop_emit_object(&m, NULL);
        ngx_shop_emit_object(&m, "requestRange");
        ngx_shop_engine_etcd_key(e, &m, "key", kinds[i], "");
        ngx_shop_engine_etcd_key(e, &m, "range_end", kinds[i], NULL);
        ngx_shop_emit_close(&m, '}');
        ngx_shop_emit_close(&m, '}');
    }

    ngx_shop_emit_close(&m, ']');
    ngx_shop_emit_close(&m, '}');

    if (ngx_shop_engine_etcd_call(e, "kv/txn", &m, &answer) != NGX_SHOP_OK) {
        return NGX_SHOP_ERROR;
    }

    if (ngx_shop_json_find(&answer, "responses.0.response_range.kvs", &members)
        != NGX_SHOP_OK)
    {
        return NGX_SHOP_OK;
    }

    if (ngx_shop_json_find(&answer, "responses.1.response_range.kvs", &alive)
        != NGX_SHOP_OK)
    {
        memset(&alive, 0, sizeof(alive));
    }

    ngx_shop_json_walk(&members, &walk);

    while (ngx_shop_json_next(&walk, NULL, &member) == NGX_SHOP_OK) {
        ngx_shop_engine_etcd_visit(&member, &alive, visit, data);
    }

    return NGX_SHOP_OK;
}


/* a member, and what the node of its name says; without one it is away */

static void
ngx_shop_engine_etcd_visit(const ngx_shop_json_t *member,
    const ngx_shop_json_t *alive, ngx_shop_engine_node_pt visit, void *data)
{
    char                    name[NGX_SHOP_ENGINE_ETCD_KEY + 1];
    char                    other[NGX_SHOP_ENGINE_ETCD_KEY + 1];
    size_t                  size;
    ngx_shop_str_t          text;
    ngx_shop_json_t         node;
    ngx_shop_json_walk_t    walk;
    ngx_shop_engine_node_t  n;

    static unsigned char  line[NGX_SHOP_ENGINE_LINE];

    n.name = ngx_shop_engine_etcd_name(member, name);
    n.line.data = line;
    n.line.len = 0;
    n.away = 1;

    if (n.name == NULL) {
        return;
    }

    ngx_shop_json_walk(alive, &walk);

    while (ngx_shop_json_next(&walk, NULL, &node) == NGX_SHOP_OK) {
        if (ngx_shop_engine_etcd_name(&node, other) == NULL
            || strcmp(strrchr(other, '/') + 1, n.name) != 0)
        {
            continue;
        }

        n.away = 0;

        if (ngx_shop_engine_etcd_raw(&node, "value", &text) == NGX_SHOP_OK
            && ngx_shop_base64_decode(&text, line, sizeof(line), &size)
               == NGX_SHOP_OK)
        {
            n.line.len = size < sizeof(line) ? size : sizeof(line);
        }

        break;
    }

    visit(data, &n);
}


/* of a key what is after its last slash; key has room for it */

static const char *
ngx_shop_engine_etcd_name(const ngx_shop_json_t *kv, char *key)
{
    size_t           size;
    const char      *slash;
    ngx_shop_str_t   text;

    if (ngx_shop_engine_etcd_raw(kv, "key", &text) != NGX_SHOP_OK
        || ngx_shop_base64_decode(&text, (unsigned char *) key,
                                  NGX_SHOP_ENGINE_ETCD_KEY, &size)
           != NGX_SHOP_OK
        || size > NGX_SHOP_ENGINE_ETCD_KEY)
    {
        return NULL;
    }

    key[size] = '\0';
    slash = strrchr(key, '/');

    return slash && slash[1] && strlen(slash + 1) < NGX_SHOP_ENGINE_NAME
           ? slash + 1 : NULL;
}


/* base64 has nothing that JSON would escape */

static int
ngx_shop_engine_etcd_raw(const ngx_shop_json_t *v, const char *member,
    ngx_shop_str_t *s)
{
    ngx_shop_json_t  found;

    if (ngx_shop_json_find(v, member, &found) != NGX_SHOP_OK
        || found.type != NGX_SHOP_JSON_STRING || found.text.len < 2)
    {
        return NGX_SHOP_DECLINED;
    }

    s->data = found.text.data + 1;
    s->len = found.text.len - 2;

    return NGX_SHOP_OK;
}


static int
ngx_shop_engine_etcd_forget(ngx_shop_engine_t *e, const char *name)
{
    unsigned          i;
    ngx_shop_emit_t   m;
    ngx_shop_json_t   answer;

    static const char *const  kinds[] = { "members", "nodes" };

    ngx_shop_emit_init(&m, e->out, NGX_SHOP_ENGINE_OUT);
    ngx_shop_emit_object(&m, NULL);
    ngx_shop_emit_array(&m, "success");

    for (i = 0; i < 2; i++) {
        ngx_shop_emit_object(&m, NULL);
        ngx_shop_emit_object(&m, "requestDeleteRange");
        ngx_shop_engine_etcd_key(e, &m, "key", kinds[i], name);
        ngx_shop_emit_close(&m, '}');
        ngx_shop_emit_close(&m, '}');
    }

    ngx_shop_emit_close(&m, ']');
    ngx_shop_emit_close(&m, '}');

    if (ngx_shop_engine_etcd_call(e, "kv/txn", &m, &answer) != NGX_SHOP_OK) {
        return NGX_SHOP_ERROR;
    }

    return ngx_shop_engine_value_number(&answer,
                                        "responses.0.response_delete_range"
                                        ".deleted")
           ? NGX_SHOP_OK : NGX_SHOP_DECLINED;
}


/* PREFIX/KIND[/NAME]; a range of names ends before what follows "/" */

static void
ngx_shop_engine_etcd_key(ngx_shop_engine_t *e, ngx_shop_emit_t *m,
    const char *member, const char *kind, const char *name)
{
    int   n;
    char  key[NGX_SHOP_ENGINE_ETCD_KEY];

    n = snprintf(key, sizeof(key), "%s/%s%s%s", e->prefix, kind,
                 name ? "/" : strcmp(member, "range_end") == 0 ? "0" : "",
                 name ? name : "");

    ngx_shop_base64_emit(m, member, key, (size_t) n);
}


/* with the password again where the token is too old */

static int
ngx_shop_engine_etcd_call(ngx_shop_engine_t *e, const char *path,
    const ngx_shop_emit_t *m, ngx_shop_json_t *answer)
{
    int              rc;
    ngx_shop_json_t  found;

    if (m->failed) {
        return ngx_shop_engine_value_fail(e, "too large to be sent");
    }

    if (e->settings->user && e->token[0] == '\0'
        && ngx_shop_engine_etcd_login(e) != NGX_SHOP_OK)
    {
        return NGX_SHOP_ERROR;
    }

    rc = ngx_shop_engine_etcd_ask(e, path, m, answer);

    if (rc != NGX_SHOP_OK || e->http.status == 200) {
        return rc;
    }

    if (e->settings->user
        && (e->http.status == 401
            || ngx_shop_json_find(answer, "error", &found) == NGX_SHOP_OK)
        && ngx_shop_engine_etcd_login(e) == NGX_SHOP_OK
        && ngx_shop_engine_etcd_ask(e, path, m, answer) == NGX_SHOP_OK
        && e->http.status == 200)
    {
        return NGX_SHOP_OK;
    }

    return ngx_shop_engine_value_fail(e, "%s answers %ld to /v3/%s: %.200s",
                                      e->endpoints[e->at], e->http.status,
                                      path, (const char *) e->http.body);
}


/* the first endpoint that answers */

static int
ngx_shop_engine_etcd_ask(ngx_shop_engine_t *e, const char *path,
    const ngx_shop_emit_t *m, ngx_shop_json_t *answer)
{
    char                         v3[64], url[NGX_SHOP_ENGINE_URL];
    unsigned                     i;
    ngx_shop_exchange_request_t  r;

    (void) snprintf(v3, sizeof(v3), "/v3/%s", path);

    memset(&r, 0, sizeof(r));
    r.method = "POST";
    r.url = url;
    r.headers[0] = e->token[0] ? e->token : NULL;
    r.body.data = m->start;
    r.body.len = (size_t) (m->pos - m->start);

    for (i = 0; i < e->nendpoints; i++) {
        ngx_shop_engine_value_url(e, v3, url);

        if (ngx_shop_exchange_run(&e->http, &r) == NGX_SHOP_OK
            && e->http.status < 500)
        {
            return ngx_shop_engine_value_json(e, answer);
        }

        if (e->http.status >= 500) {
            (void) ngx_shop_engine_value_fail(e, "%s answers %ld",
                                              e->endpoints[e->at],
                                              e->http.status);
        } else {
            (void) ngx_shop_engine_value_unheard(e, &e->http);
        }

        e->at = (e->at + 1) % e->nendpoints;
    }

    return NGX_SHOP_ERROR;
}


static int
ngx_shop_engine_etcd_login(ngx_shop_engine_t *e)
{
    int               n;
    unsigned char     body[2 * sizeof(e->secret)];
    ngx_shop_str_t    token;
    ngx_shop_emit_t   m;
    ngx_shop_json_t   answer, found;
    unsigned char     text[2048];

    e->token[0] = '\0';

    ngx_shop_emit_init(&m, body, sizeof(body));
    ngx_shop_emit_object(&m, NULL);
    ngx_shop_emit_cstr(&m, "name", e->settings->user);
    ngx_shop_emit_cstr(&m, "password", e->secret);
    ngx_shop_emit_close(&m, '}');

    if (ngx_shop_engine_etcd_ask(e, "auth/authenticate", &m, &answer)
        != NGX_SHOP_OK)
    {
        return NGX_SHOP_ERROR;
    }

    if (e->http.status != 200
        || ngx_shop_json_find(&answer, "token", &found) != NGX_SHOP_OK
        || ngx_shop_json_string(&found, text, sizeof(text), &token)
           != NGX_SHOP_OK)
    {
        return ngx_shop_engine_value_fail(e, "%s refuses the user \"%s\" or "
                                          "the password of \"%s\"",
                                          e->endpoints[e->at],
                                          e->settings->user,
                                          e->settings->password_file);
    }

    n = snprintf(e->token, sizeof(e->token), "Authorization: %.*s",
                 ngx_shop_say_str(token));

    if (n < 0 || strpbrk(e->token, "\r\n")) {
        e->token[0] = '\0';
    }

    return NGX_SHOP_OK;
}
