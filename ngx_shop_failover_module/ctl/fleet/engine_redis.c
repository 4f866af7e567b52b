
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * Redis and Valkey.  A document is a string, PREFIX/flag; each change is
 * counted and goes into a stream, PREFIX/changes, at once with it, so that a
 * follower that was cut off misses none.  A node is a string that expires, and
 * a member of a set that does not.
 */


#include <stdio.h>
#include <stdlib.h>

#include "ctl/fleet/engine_value.h"
#include "ctl/fleet/pulse.h"
#include "ctl/fleet/resp.h"


/* ms: an XREAD that finds nothing ends, so that a dead connection is known */
#define NGX_SHOP_ENGINE_REDIS_BLOCK  "5000"
#define NGX_SHOP_ENGINE_REDIS_LATE   8000

#define NGX_SHOP_ENGINE_REDIS_KEY    (NGX_SHOP_ENGINE_PREFIX                  \
                                      + NGX_SHOP_ENGINE_NAME + 16)


typedef struct {
    ngx_shop_resp_t  ask;
    ngx_shop_resp_t  wait;
    unsigned         waiting:1;     /* an XREAD is under way */
    int64_t          since;         /* ms: it is */
    char             last[64];      /* of the stream */
} ngx_shop_engine_redis_t;


static int ngx_shop_engine_redis_open(ngx_shop_engine_t *e);
static void ngx_shop_engine_redis_close(ngx_shop_engine_t *e);
static int ngx_shop_engine_redis_read(ngx_shop_engine_t *e);
static int ngx_shop_engine_redis_write(ngx_shop_engine_t *e, unsigned key,
    const ngx_shop_str_t *data, int64_t expected);
static int ngx_shop_engine_redis_watch(ngx_shop_engine_t *e, int64_t msec);
static int ngx_shop_engine_redis_heard(ngx_shop_engine_t *e,
    const redisReply *r);
static int ngx_shop_engine_redis_node(ngx_shop_engine_t *e, const char *name,
    const ngx_shop_str_t *line, unsigned changed);
static int ngx_shop_engine_redis_nodes(ngx_shop_engine_t *e,
    ngx_shop_engine_node_pt visit, void *data);
static int ngx_shop_engine_redis_forget(ngx_shop_engine_t *e,
    const char *name);
static int ngx_shop_engine_redis_eval(ngx_shop_engine_t *e,
    const char *const *args, const ngx_shop_str_t *data, redisReply **reply);
static int ngx_shop_engine_redis_ready(ngx_shop_engine_t *e,
    ngx_shop_resp_t *r);
static int ngx_shop_engine_redis_failed(ngx_shop_engine_t *e,
    ngx_shop_resp_t *r);
static const char *ngx_shop_engine_redis_key(ngx_shop_engine_t *e,
    const char *name);


const ngx_shop_engine_ops_t  ngx_shop_engine_redis_ops = {
    "redis://",
    "rediss://",
    "6379",
    ngx_shop_engine_redis_open,
    ngx_shop_engine_redis_close,
    ngx_shop_engine_redis_read,
    ngx_shop_engine_redis_write,
    ngx_shop_engine_redis_watch,
    ngx_shop_engine_redis_node,
    ngx_shop_engine_redis_nodes,
    ngx_shop_engine_redis_forget
};


/* ARGV[1] is the prefix, with its slash */

static const char  ngx_shop_engine_redis_script_read[] =
    "local p, c = ARGV[1], redis.call "
    "local h = c('HMGET', p..'revisions', 'all', 'flag', 'orders', 'hints') "
    "local s = c('XREVRANGE', p..'changes', '+', '-', 'COUNT', 1) "
    "return { tonumber(h[1] or 0), s[1] and s[1][1] or '0-0', "
    "tonumber(c('TIME')[1]), "
    "c('GET', p..'flag'), tonumber(h[2] or 0), "
    "c('GET', p..'orders'), tonumber(h[3] or 0), "
    "c('GET', p..'hints'), tonumber(h[4] or 0) }";

/* ARGV: prefix, key, expected, "put" or "del", document */
static const char  ngx_shop_engine_redis_script_write[] =
    "local p, k, c = ARGV[1], ARGV[2], redis.call "
    "local is = 0 "
    "if c('EXISTS', p..k) == 1 then "
    "is = tonumber(c('HGET', p..'revisions', k) or 0) end "
    "if ARGV[3] ~= '-1' and is ~= tonumber(ARGV[3]) then return { 0, 0 } end "
    "local r = c('HINCRBY', p..'revisions', 'all', 1) "
    "c('HSET', p..'revisions', k, r) "
    "if ARGV[4] == 'put' then c('SET', p..k, ARGV[5]) "
    "else c('DEL', p..k) end "
    "c('XADD', p..'changes', 'MAXLEN', '~', 1000, '*', 'key', k, "
    "'revision', r) "
    "return { 1, r }";

/* ARGV: prefix, name, seconds, line */
static const char  ngx_shop_engine_redis_script_node[] =
    "local p, c = ARGV[1], redis.call "
    "c('SADD', p..'members', ARGV[2]) "
    "c('SET', p..'nodes/'..ARGV[2], ARGV[4], 'EX', ARGV[3]) "
    "return 1";

static const char  ngx_shop_engine_redis_script_nodes[] =
    "local p, c, v = ARGV[1], redis.call, {} "
    "local m = c('SMEMBERS', p..'members') "
    "table.sort(m) "
    "for i, n in ipairs(m) do "
    "v[2 * i - 1] = n v[2 * i] = c('GET', p..'nodes/'..n) end "
    "return v";

static const char  ngx_shop_engine_redis_script_forget[] =
    "local p, c = ARGV[1], redis.call "
    "c('DEL', p..'nodes/'..ARGV[2]) "
    "return c('SREM', p..'members', ARGV[2])";


static int
ngx_shop_engine_redis_open(ngx_shop_engine_t *e)
{
    ngx_shop_engine_redis_t  *r;

    if (e->settings->user && e->secret[0] == '\0') {
        return ngx_shop_engine_value_fail(e, "--user needs --password-file");
    }

    r = calloc(1, sizeof(ngx_shop_engine_redis_t));

    if (r == NULL) {
        return ngx_shop_engine_value_fail(e, "no memory");
    }

    r->ask.x = &e->http;
    r->wait.x = &e->stream;
    e->own = r;

    return NGX_SHOP_OK;
}


static void
ngx_shop_engine_redis_close(ngx_shop_engine_t *e)
{
    ngx_shop_engine_redis_t  *r = e->own;

    ngx_shop_resp_end(&r->ask);
    ngx_shop_resp_end(&r->wait);
    free(r);
}


static int
ngx_shop_engine_redis_read(ngx_shop_engine_t *e)
{
    unsigned                  i;
    redisReply               *all, *one;
    ngx_shop_engine_redis_t  *r = e->own;

    const char *const  args[] = { ngx_shop_engine_redis_script_read, NULL };

    if (ngx_shop_engine_redis_eval(e, args, NULL, &all) != NGX_SHOP_OK) {
        return NGX_SHOP_ERROR;
    }

    if (all->type != REDIS_REPLY_ARRAY || all->elements != 9
        || all->element[0]->type != REDIS_REPLY_INTEGER
        || all->element[1]->type != REDIS_REPLY_STRING
        || all->element[1]->len >= sizeof(r->last))
    {
        freeReplyObject(all);
        return ngx_shop_engine_value_fail(e, "%s: that is no answer of a "
                                          "Redis", e->endpoints[e->at]);
    }

    e->revision = all->element[0]->integer;
    e->ahead = ngx_shop_pulse_wall() / 1000 - all->element[2]->integer;

    if (!r->waiting) {
        (void) strcpy(r->last, all->element[1]->str);
    }

    ngx_shop_engine_value_none(e);

    for (i = 0; i < NGX_SHOP_ENGINE_KEYS; i++) {
        one = all->element[3 + 2 * i];

        if (one->type != REDIS_REPLY_STRING && one->type != REDIS_REPLY_NIL) {
            freeReplyObject(all);
            return ngx_shop_engine_value_fail(e, "%s: %s is no string",
                                              e->endpoints[e->at],
                                              ngx_shop_engine_value_names[i]);
        }

        if (one->type == REDIS_REPLY_STRING) {
            ngx_shop_engine_value_set(&e->value[i], one->str,
                                      (size_t) one->len);
            e->value[i].revision = all->element[4 + 2 * i]->integer;
        }
    }

    freeReplyObject(all);

    return NGX_SHOP_OK;
}


static int
ngx_shop_engine_redis_write(ngx_shop_engine_t *e, unsigned key,
    const ngx_shop_str_t *data, int64_t expected)
{
    int          rc;
    char         revision[32];
    redisReply  *r;

    const char *const  args[] = {
        ngx_shop_engine_redis_script_write, ngx_shop_engine_value_names[key],
        revision, data ? "put" : "del", NULL
    };

    (void) snprintf(revision, sizeof(revision), "%lld", (long long) expected);

    if (ngx_shop_engine_redis_eval(e, args, data, &r) != NGX_SHOP_OK) {
        return NGX_SHOP_ERROR;
    }

    rc = NGX_SHOP_DECLINED;

    if (r->type == REDIS_REPLY_ARRAY && r->elements == 2
        && r->element[0]->integer == 1)
    {
        e->written = r->element[1]->integer;
        rc = NGX_SHOP_OK;
    }

    freeReplyObject(r);

    return rc;
}


static int
ngx_shop_engine_redis_watch(ngx_shop_engine_t *e, int64_t msec)
{
    int                       rc;
    redisReply               *reply;
    ngx_shop_engine_redis_t  *r = e->own;

    const char *const  args[] = {
        "XREAD", "BLOCK", NGX_SHOP_ENGINE_REDIS_BLOCK, "STREAMS",
        ngx_shop_engine_redis_key(e, "changes"), r->last, NULL
    };

    e->touched = 0;

    if (!r->waiting) {
        if (ngx_shop_engine_redis_ready(e, &r->wait) != NGX_SHOP_OK
            || ngx_shop_resp_send(&r->wait, args, NULL) != NGX_SHOP_OK)
        {
            return ngx_shop_engine_redis_failed(e, &r->wait);
        }

        r->waiting = 1;
        r->since = ngx_shop_pulse_msec();
    }

    rc = ngx_shop_resp_receive(&r->wait, msec, &reply);

    if (rc == NGX_SHOP_AGAIN
        && ngx_shop_pulse_msec() - r->since > NGX_SHOP_ENGINE_REDIS_LATE)
    {
        (void) strcpy(r->wait.error, "it does not answer");
        rc = NGX_SHOP_ERROR;
    }

    if (rc == NGX_SHOP_ERROR) {
        r->waiting = 0;
        ngx_shop_resp_end(&r->wait);
        return ngx_shop_engine_redis_failed(e, &r->wait);
    }

    if (rc == NGX_SHOP_AGAIN) {
        return rc;
    }

    r->waiting = 0;
    rc = ngx_shop_engine_redis_heard(e, reply);
    freeReplyObject(reply);

    return rc;
}


/* [[ "PREFIX/changes", [[ id, [ "key", k, "revision", r ]], ... ]]], or nil */

static int
ngx_shop_engine_redis_heard(ngx_shop_engine_t *e, const redisReply *r)
{
    size_t                    i;
    unsigned                  k;
    const redisReply         *list, *one, *fields;
    ngx_shop_engine_redis_t  *own = e->own;

    if (r->type == REDIS_REPLY_NIL) {
        return NGX_SHOP_AGAIN;
    }

    if (r->type != REDIS_REPLY_ARRAY || r->elements != 1
        || r->element[0]->type != REDIS_REPLY_ARRAY
        || r->element[0]->elements != 2
        || r->element[0]->element[1]->type != REDIS_REPLY_ARRAY)
    {
        return ngx_shop_engine_value_fail(e, "%s: %.200s",
                                          e->endpoints[e->at],
                                          r->type == REDIS_REPLY_ERROR
                                          ? r->str : "no stream");
    }

    list = r->element[0]->element[1];

    for (i = 0; i < list->elements; i++) {
        one = list->element[i];

        if (one->type != REDIS_REPLY_ARRAY || one->elements != 2
            || one->element[0]->type != REDIS_REPLY_STRING
            || one->element[0]->len >= sizeof(own->last)
            || one->element[1]->type != REDIS_REPLY_ARRAY)
        {
            return ngx_shop_engine_value_fail(e, "%s: no entry of a stream",
                                              e->endpoints[e->at]);
        }

        (void) strcpy(own->last, one->element[0]->str);
        fields = one->element[1];

        if (fields->elements != 4
            || fields->element[1]->type != REDIS_REPLY_STRING
            || fields->element[3]->type != REDIS_REPLY_STRING
            || strtoll(fields->element[3]->str, NULL, 10) <= e->revision)
        {
            continue;
        }

        for (k = 0; k < NGX_SHOP_ENGINE_KEYS; k++) {
            if (strcmp(fields->element[1]->str,
                       ngx_shop_engine_value_names[k])
                == 0)
            {
                e->touched |= 1u << k;
            }
        }
    }

    return e->touched ? NGX_SHOP_OK : NGX_SHOP_AGAIN;
}


static int
ngx_shop_engine_redis_node(ngx_shop_engine_t *e, const char *name,
    const ngx_shop_str_t *line, unsigned changed)
{
    char         lease[16];
    redisReply  *r;

    const char *const  args[] = {
        ngx_shop_engine_redis_script_node, name, lease, NULL
    };

    (void) changed;
    (void) snprintf(lease, sizeof(lease), "%d", NGX_SHOP_ENGINE_LEASE);

    if (ngx_shop_engine_redis_eval(e, args, line, &r) != NGX_SHOP_OK) {
        return NGX_SHOP_ERROR;
    }

    freeReplyObject(r);

    return NGX_SHOP_OK;
}


static int
ngx_shop_engine_redis_nodes(ngx_shop_engine_t *e,
    ngx_shop_engine_node_pt visit, void *data)
{
    size_t                   i;
    redisReply              *r, *line;
    ngx_shop_engine_node_t   n;

    const char *const  args[] = { ngx_shop_engine_redis_script_nodes, NULL };

    if (ngx_shop_engine_redis_eval(e, args, NULL, &r) != NGX_SHOP_OK) {
        return NGX_SHOP_ERROR;
    }

    for (i = 0; r->type == REDIS_REPLY_ARRAY && i + 1 < r->elements; i += 2) {
        if (r->element[i]->type != REDIS_REPLY_STRING
            || r->element[i]->len >= NGX_SHOP_ENGINE_NAME)
        {
            continue;
        }

        line = r->element[i + 1];
        n.name = r->element[i]->str;
        n.away = line->type != REDIS_REPLY_STRING;
        n.line.data = (const unsigned char *) (n.away ? "" : line->str);
        n.line.len = n.away ? 0 : (size_t) line->len;

        visit(data, &n);
    }

    freeReplyObject(r);

    return NGX_SHOP_OK;
}


static int
ngx_shop_engine_redis_forget(ngx_shop_engine_t *e, const char *name)
{
    int          rc;
    redisReply  *r;

    const char *const  args[] = {
        ngx_shop_engine_redis_script_forget, name, NULL
    };

    if (ngx_shop_engine_redis_eval(e, args, NULL, &r) != NGX_SHOP_OK) {
        return NGX_SHOP_ERROR;
    }

    rc = r->integer ? NGX_SHOP_OK : NGX_SHOP_DECLINED;
    freeReplyObject(r);

    return rc;
}


/* args: the script and its arguments; of all hosts the first that can */

static int
ngx_shop_engine_redis_eval(ngx_shop_engine_t *e, const char *const *args,
    const ngx_shop_str_t *data, redisReply **reply)
{
    unsigned                  i, n;
    const char               *all[12];
    ngx_shop_engine_redis_t  *r = e->own;

    n = 0;
    all[n++] = "EVAL";
    all[n++] = args[0];
    all[n++] = "0";
    all[n++] = ngx_shop_engine_redis_key(e, "");

    for (i = 1; args[i]; i++) {
        all[n++] = args[i];
    }

    all[n] = NULL;

    for (i = 0; i < e->nendpoints; i++) {
        if (ngx_shop_engine_redis_ready(e, &r->ask) == NGX_SHOP_OK
            && ngx_shop_resp_send(&r->ask, all, data) == NGX_SHOP_OK
            && ngx_shop_resp_receive(&r->ask, NGX_SHOP_EXCHANGE_TIMEOUT, reply)
               == NGX_SHOP_OK)
        {
            if ((*reply)->type != REDIS_REPLY_ERROR) {
                return NGX_SHOP_OK;
            }

            (void) snprintf(r->ask.error, sizeof(r->ask.error), "%.200s",
                            (*reply)->str);
            freeReplyObject(*reply);
        }

        (void) ngx_shop_engine_redis_failed(e, &r->ask);
        ngx_shop_resp_end(&r->ask);
        ngx_shop_resp_end(&r->wait);
        r->waiting = 0;
        e->at = (e->at + 1) % e->nendpoints;
    }

    return NGX_SHOP_ERROR;
}


/* connected, and known by user and password */

static int
ngx_shop_engine_redis_ready(ngx_shop_engine_t *e, ngx_shop_resp_t *r)
{
    int          rc;
    char         url[NGX_SHOP_ENGINE_URL];
    redisReply  *reply;

    const char *const  args[] = {
        "AUTH", e->settings->user ? e->settings->user : "default", e->secret,
        NULL
    };

    if (r->open) {
        return NGX_SHOP_OK;
    }

    ngx_shop_engine_value_url(e, "", url);

    if (ngx_shop_resp_connect(r, url) != NGX_SHOP_OK) {
        return NGX_SHOP_ERROR;
    }

    if (e->secret[0] == '\0') {
        return NGX_SHOP_OK;
    }

    if (ngx_shop_resp_send(r, args, NULL) != NGX_SHOP_OK
        || ngx_shop_resp_receive(r, NGX_SHOP_EXCHANGE_TIMEOUT, &reply)
           != NGX_SHOP_OK)
    {
        ngx_shop_resp_end(r);
        return NGX_SHOP_ERROR;
    }

    rc = reply->type == REDIS_REPLY_STATUS ? NGX_SHOP_OK : NGX_SHOP_ERROR;
    freeReplyObject(reply);

    if (rc != NGX_SHOP_OK) {
        (void) snprintf(r->error, sizeof(r->error), "it refuses the user "
                        "\"%.60s\" or the password of \"%.100s\"", args[1],
                        e->settings->password_file);
        ngx_shop_resp_end(r);
    }

    return rc;
}


static int
ngx_shop_engine_redis_failed(ngx_shop_engine_t *e, ngx_shop_resp_t *r)
{
    return ngx_shop_engine_value_fail(e, "%s: %.300s", e->endpoints[e->at],
                                      r->error[0] ? r->error
                                                  : "it does not answer");
}


/* until the next call */

static const char *
ngx_shop_engine_redis_key(ngx_shop_engine_t *e, const char *name)
{
    static char  key[NGX_SHOP_ENGINE_REDIS_KEY];

    (void) snprintf(key, sizeof(key), "%s/%s", e->prefix, name);

    return key;
}
