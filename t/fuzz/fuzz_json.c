
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * Any bytes as JSON: what is accepted can be walked to the end and written
 * again, and reads the same then; a value that lost its last byte is refused.
 */


#include "fuzz.h"
#include "logic/text/emit.h"
#include "logic/text/json.h"


#define FUZZ_JSON_MAX   2048
#define FUZZ_JSON_ROOM  (8 * FUZZ_JSON_MAX)


static void
fuzz_json_string(const ngx_shop_json_t *v, ngx_shop_emit_t *e)
{
    size_t          i;
    unsigned char   text[FUZZ_JSON_MAX];
    ngx_shop_str_t  s;

    for (i = 0; i < v->text.len; i++) {
        fuzz_holds(v->text.data[i] >= 0x20);
    }

    fuzz_holds(ngx_shop_json_string(v, text, v->text.len, &s) == NGX_SHOP_OK);
    fuzz_holds(fuzz_is_utf8(&v->text) && fuzz_is_utf8(&s));

    if (memchr(s.data, '\0', s.len) == NULL && s.len < sizeof(text)) {
        text[s.len] = '\0';
        fuzz_holds(ngx_shop_json_is(v, (char *) text));
    }

    ngx_shop_emit_quoted(e, &s);
}


/* the depth is that of the reader */

static void
fuzz_json_write(const ngx_shop_json_t *v, ngx_shop_emit_t *e)
{
    int                   flag, rc;
    int64_t               n;
    unsigned              i;
    ngx_shop_json_t       key, item;
    const unsigned char  *p;
    ngx_shop_json_walk_t  walk;

    switch (v->type) {

    case NGX_SHOP_JSON_STRING:
        fuzz_json_string(v, e);
        return;

    case NGX_SHOP_JSON_NUMBER:
    case NGX_SHOP_JSON_NULL:
        p = v->text.data + (*v->text.data == '-');

        fuzz_holds(*p != '0' || p + 1 == v->text.data + v->text.len
                   || strchr(".eE", p[1]));

        rc = ngx_shop_json_int(v, &n);
        fuzz_holds(rc == NGX_SHOP_DECLINED || v->type == NGX_SHOP_JSON_NUMBER);

        if (rc == NGX_SHOP_OK && n != 0) {
            ngx_shop_emit_number(e, n);

        } else {
            ngx_shop_emit_raw(e, v->text.data, v->text.len);
        }

        return;

    case NGX_SHOP_JSON_BOOL:
        fuzz_holds(ngx_shop_json_bool(v, &flag) == NGX_SHOP_OK);
        ngx_shop_emit_text(e, flag ? "true" : "false");
        return;

    default:
        break;
    }

    ngx_shop_json_walk(v, &walk);
    ngx_shop_emit_raw(e, walk.object ? "{" : "[", 1);

    for (i = 0; ngx_shop_json_next(&walk, &key, &item) == NGX_SHOP_OK; i++) {
        ngx_shop_emit_raw(e, ",", i ? 1 : 0);

        if (walk.object) {
            fuzz_json_string(&key, e);
            ngx_shop_emit_raw(e, ":", 1);
        }

        fuzz_json_write(&item, e);
    }

    ngx_shop_emit_raw(e, walk.object ? "}" : "]", 1);
}


int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    size_t            at;
    const char       *reason;
    unsigned char    *first, *second;
    ngx_shop_str_t    s;
    ngx_shop_json_t   v;
    ngx_shop_emit_t   e, again;

    if (size > FUZZ_JSON_MAX) {
        return 0;
    }

    s.data = data;
    s.len = size;
    reason = NULL;

    if (ngx_shop_json_parse(&v, &s, &at, &reason) != NGX_SHOP_OK) {
        fuzz_holds(at <= size && reason != NULL);
        return 0;
    }

    first = malloc(FUZZ_JSON_ROOM);
    second = malloc(FUZZ_JSON_ROOM);

    if (first == NULL || second == NULL) {
        abort();
    }

    ngx_shop_emit_init(&e, first, FUZZ_JSON_ROOM);
    fuzz_json_write(&v, &e);
    fuzz_holds(!e.failed);

    if (v.type == NGX_SHOP_JSON_STRING
        || v.type == NGX_SHOP_JSON_ARRAY
        || v.type == NGX_SHOP_JSON_OBJECT)
    {
        s.data = v.text.data;
        s.len = v.text.len - 1;
        fuzz_holds(ngx_shop_json_parse(&v, &s, &at, &reason)
                   == NGX_SHOP_ERROR);
    }

    s.data = first;
    s.len = e.total;
    fuzz_holds(ngx_shop_json_parse(&v, &s, &at, &reason) == NGX_SHOP_OK);

    ngx_shop_emit_init(&again, second, FUZZ_JSON_ROOM);
    fuzz_json_write(&v, &again);
    fuzz_holds(again.total == e.total
               && memcmp(first, second, e.total) == 0);

    free(first);
    free(second);

    return 0;
}
