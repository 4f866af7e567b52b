
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * Any bytes as text: what is written as JSON is JSON and reads back as the
 * same, what is written as HTML is no markup, a label stays in its line, and
 * a small buffer holds a prefix of what a large one holds.
 */


#include "fuzz.h"
#include "logic/text/emit.h"
#include "logic/text/json.h"


/* every byte as an escape of six, the document around it, some more */
#define FUZZ_EMIT_MAX   512
#define FUZZ_EMIT_ROOM  (64 * FUZZ_EMIT_MAX)


typedef struct {
    unsigned char  bytes[FUZZ_EMIT_ROOM];
    size_t         len;
} fuzz_emit_out_t;


static void
fuzz_emit_quoted(const ngx_shop_str_t *s)
{
    size_t           at;
    const char      *reason;
    fuzz_emit_out_t  quoted, again;
    unsigned char    text[FUZZ_EMIT_ROOM];
    ngx_shop_str_t   source, read;
    ngx_shop_emit_t  e;
    ngx_shop_json_t  v;

    ngx_shop_emit_init(&e, quoted.bytes, FUZZ_EMIT_ROOM);
    ngx_shop_emit_quoted(&e, s);
    fuzz_holds(!e.failed);

    source.data = quoted.bytes;
    source.len = (size_t) (e.pos - e.start);
    fuzz_holds(source.len == e.total);

    /* a value in a <script> cannot end it */

    fuzz_holds(memchr(quoted.bytes, '<', source.len) == NULL
               && memchr(quoted.bytes, '>', source.len) == NULL);

    fuzz_holds(ngx_shop_json_parse(&v, &source, &at, &reason) == NGX_SHOP_OK);
    fuzz_holds(ngx_shop_json_string(&v, text, sizeof(text), &read)
               == NGX_SHOP_OK);

    if (fuzz_is_utf8(s)) {
        fuzz_holds(read.len == s->len
                   && (s->len == 0
                       || memcmp(read.data, s->data, s->len) == 0));
    }

    /* what was repaired once needs no repair */

    ngx_shop_emit_init(&e, again.bytes, FUZZ_EMIT_ROOM);
    ngx_shop_emit_quoted(&e, &read);
    fuzz_holds(e.total == source.len
               && memcmp(again.bytes, quoted.bytes, e.total) == 0);
}


static void
fuzz_emit_html(const ngx_shop_str_t *s)
{
    size_t           i;
    unsigned char    out[FUZZ_EMIT_ROOM];
    ngx_shop_str_t   html;
    ngx_shop_emit_t  e;

    ngx_shop_emit_init(&e, out, sizeof(out));
    ngx_shop_emit_html(&e, s);
    fuzz_holds(!e.failed);

    html.data = out;
    html.len = e.total;
    fuzz_holds(fuzz_is_utf8(&html));

    for (i = 0; i < html.len; i++) {
        fuzz_holds(out[i] != '\0' && strchr("<>\"'", out[i]) == NULL);

        if (out[i] == '&') {
            fuzz_holds(memchr(out + i, ';', html.len - i) != NULL);
        }
    }
}


static void
fuzz_emit_label(const ngx_shop_str_t *s)
{
    size_t                 i, lines;
    unsigned char          out[FUZZ_EMIT_ROOM];
    ngx_shop_emit_t        e;
    ngx_shop_emit_label_t  label;

    label.name = "x";
    label.value = *s;

    ngx_shop_emit_init(&e, out, sizeof(out));
    ngx_shop_emit_sample(&e, "y", &label, 1, 1);

    lines = 0;

    for (i = 0; i < e.total; i++) {
        lines += (out[i] == '\n');
    }

    fuzz_holds(lines == 1
               && e.total > 5
               && memcmp(out + e.total - 5, "\"} 1\n", 5) == 0);

    /* and the quote that ends it is the first that is not escaped */

    for (i = 5; out[i] != '"'; i++) {
        i += (out[i] == '\\');
    }

    fuzz_holds(i == e.total - 5);
}


/* each byte is a step; what is open at the end is closed */

static void
fuzz_emit_document(const ngx_shop_str_t *s, ngx_shop_emit_t *e)
{
    char            close[NGX_SHOP_EMIT_DEPTH];
    size_t          i;
    const char     *key;
    ngx_shop_str_t  rest;

    close[0] = ']';
    ngx_shop_emit_array(e, NULL);

    for (i = 0; i < s->len; i++) {

        key = (close[e->depth - 1] == '}') ? "k" : NULL;
        rest.data = s->data + i;
        rest.len = (s->len - i < 4) ? s->len - i : 4;

        switch (s->data[i] % 8) {

        case 0:
        case 1:

            if (e->depth < NGX_SHOP_EMIT_DEPTH) {
                close[e->depth] = (s->data[i] % 8) ? '}' : ']';

                if (s->data[i] % 8) {
                    ngx_shop_emit_object(e, key);

                } else {
                    ngx_shop_emit_array(e, key);
                }
            }

            break;

        case 2:

            if (e->depth > 1) {
                ngx_shop_emit_close(e, close[e->depth - 1]);
            }

            break;

        case 3:
            ngx_shop_emit_str(e, key, &rest);
            break;

        case 4:
            ngx_shop_emit_int(e, key, (int64_t) i - 2);
            break;

        case 5:
            ngx_shop_emit_bool(e, key, s->data[i] & 0x80);
            break;

        case 6:
            ngx_shop_emit_null(e, key);
            break;

        default:
            ngx_shop_emit_time(e, key, (int64_t) s->data[i]);
        }
    }

    while (e->depth) {
        ngx_shop_emit_close(e, close[e->depth - 1]);
    }
}


int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    size_t           at, room;
    const char      *reason;
    unsigned char   *small;
    unsigned char    out[FUZZ_EMIT_ROOM];
    ngx_shop_str_t   s, document;
    ngx_shop_emit_t  e;
    ngx_shop_json_t  v;

    if (size > FUZZ_EMIT_MAX) {
        return 0;
    }

    s.data = data;
    s.len = size;

    fuzz_emit_quoted(&s);
    fuzz_emit_html(&s);
    fuzz_emit_label(&s);

    ngx_shop_emit_init(&e, out, sizeof(out));
    fuzz_emit_document(&s, &e);
    fuzz_holds(!e.failed);

    document.data = out;
    document.len = e.total;
    fuzz_holds(ngx_shop_json_parse(&v, &document, &at, &reason)
               == NGX_SHOP_OK);

    room = size ? data[size - 1] % (document.len + 1) : 0;
    small = malloc(room + 1);

    if (small == NULL) {
        return 0;
    }

    ngx_shop_emit_init(&e, small, room);
    fuzz_emit_document(&s, &e);
    fuzz_holds(e.total == document.len
               && e.failed == (room < document.len)
               && (size_t) (e.pos - e.start) == room
               && memcmp(small, out, room) == 0);
    free(small);

    return 0;
}
