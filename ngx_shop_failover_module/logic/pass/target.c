
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * The target of a request (RFC 9112, section 3.2), taken apart where nginx
 * takes it apart: arguments begin behind the first "?", and what is behind
 * a "#" belongs to nothing.
 */


#include "logic/pass/target.h"
#include "logic/text/span.h"


typedef struct {
    ngx_shop_str_t         path;
    const unsigned char   *rest;        /* arguments, or NULL: no more */
    const unsigned char   *last;
} ngx_shop_target_walk_t;


typedef struct {
    unsigned char         *buf;
    size_t                 size;
    size_t                 len;         /* asked for so far */
} ngx_shop_target_sink_t;


static void ngx_shop_target_begin(ngx_shop_target_walk_t *walk,
    const ngx_shop_str_t *target);
static int ngx_shop_target_next(ngx_shop_target_walk_t *walk,
    ngx_shop_str_t *arg);
static int ngx_shop_target_named(const ngx_shop_str_t *arg, const char *name);
static void ngx_shop_target_put(ngx_shop_target_sink_t *sink, const void *data,
    size_t len);


int
ngx_shop_target_value(const ngx_shop_str_t *target, const char *name,
    ngx_shop_str_t *value)
{
    size_t                  skip;
    ngx_shop_str_t          arg;
    ngx_shop_target_walk_t  walk;

    ngx_shop_target_begin(&walk, target);

    while (ngx_shop_target_next(&walk, &arg) == NGX_SHOP_OK) {
        if (ngx_shop_target_named(&arg, name)) {
            skip = strlen(name) + 1;
            value->data = arg.data + skip;
            value->len = arg.len - skip;
            return NGX_SHOP_OK;
        }
    }

    return NGX_SHOP_DECLINED;
}


size_t
ngx_shop_target_without(unsigned char *buf, size_t size,
    const ngx_shop_str_t *target, const char *name)
{
    const char             *mark;
    ngx_shop_str_t          arg;
    ngx_shop_target_sink_t  sink;
    ngx_shop_target_walk_t  walk;

    sink.buf = buf;
    sink.size = size;
    sink.len = 0;

    ngx_shop_target_begin(&walk, target);

    /* "//host" and "/\host" would lead to another site, to browsers */

    while (walk.path.len
           && (*walk.path.data == '/' || *walk.path.data == '\\'))
    {
        walk.path.data++;
        walk.path.len--;
    }

    ngx_shop_target_put(&sink, "/", 1);
    ngx_shop_target_put(&sink, walk.path.data, walk.path.len);

    mark = "?";

    while (ngx_shop_target_next(&walk, &arg) == NGX_SHOP_OK) {
        if (!ngx_shop_target_named(&arg, name)) {
            ngx_shop_target_put(&sink, mark, 1);
            ngx_shop_target_put(&sink, arg.data, arg.len);
            mark = "&";
        }
    }

    return sink.len;
}


static void
ngx_shop_target_begin(ngx_shop_target_walk_t *walk,
    const ngx_shop_str_t *target)
{
    const unsigned char  *mark, *last;

    last = target->data + target->len;

    mark = target->len ? memchr(target->data, '#', target->len) : NULL;
    walk->last = mark ? mark : last;

    walk->path.data = target->data;
    walk->path.len = (size_t) (walk->last - target->data);

    mark = walk->path.len ? memchr(target->data, '?', walk->path.len) : NULL;
    walk->rest = NULL;

    if (mark) {
        walk->path.len = (size_t) (mark - target->data);
        walk->rest = mark + 1;
    }
}


/* also empty ones: "a&&b" has three arguments */

static int
ngx_shop_target_next(ngx_shop_target_walk_t *walk, ngx_shop_str_t *arg)
{
    size_t                left;
    const unsigned char  *end;

    if (walk->rest == NULL) {
        return NGX_SHOP_DECLINED;
    }

    left = (size_t) (walk->last - walk->rest);
    end = left ? memchr(walk->rest, '&', left) : NULL;

    arg->data = walk->rest;
    arg->len = end ? (size_t) (end - walk->rest) : left;

    walk->rest = end ? end + 1 : NULL;

    return NGX_SHOP_OK;
}


/* "name=...", in any case, as ngx_http_arg() (src/http/ngx_http_parse.c) */

static int
ngx_shop_target_named(const ngx_shop_str_t *arg, const char *name)
{
    size_t  i;

    for (i = 0; name[i]; i++) {
        if (i == arg->len
            || ngx_shop_span_lower(arg->data[i])
               != ngx_shop_span_lower((unsigned char) name[i]))
        {
            return 0;
        }
    }

    return i < arg->len && arg->data[i] == '=';
}


static void
ngx_shop_target_put(ngx_shop_target_sink_t *sink, const void *data, size_t len)
{
    size_t  room;

    room = sink->len < sink->size ? sink->size - sink->len : 0;
    room = len < room ? len : room;

    if (room) {
        memcpy(sink->buf + sink->len, data, room);
    }

    sink->len += len;
}
