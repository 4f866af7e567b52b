
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * A template with the style and the icon of a look in their places.
 */


#include "logic/text/span.h"
#include "logic/words/look.h"


static void ngx_shop_look_source_flat(ngx_shop_emit_t *e,
    const ngx_shop_str_t *value);
static int ngx_shop_look_source_has(const ngx_shop_str_t *source,
    const char *tag);
static size_t ngx_shop_look_source_comment(const ngx_shop_str_t *source,
    size_t from);


void
ngx_shop_look_source(ngx_shop_emit_t *e, const ngx_shop_str_t *source,
    const ngx_shop_str_t *style, const ngx_shop_str_t *icon)
{
    int                    flat;
    size_t                 i, n;
    unsigned               k;
    const ngx_shop_str_t  *value;

    static const char  *places[] = { "{{look.style}}", "{{look.icon}}" };

    i = 0;
    flat = !ngx_shop_look_source_has(source, "<pre")
           && !ngx_shop_look_source_has(source, "<textarea");

    while (i < source->len) {

        value = NULL;
        n = ngx_shop_look_source_comment(source, i);
        n = n ? n : 1;

        for (k = 0; n == 1 && k < 2 && source->data[i] == '{'; k++) {
            if (source->len - i >= strlen(places[k])
                && memcmp(source->data + i, places[k], strlen(places[k]))
                   == 0)
            {
                value = k ? icon : style;
                n = strlen(places[k]);
                break;
            }
        }

        if (value) {
            ngx_shop_look_source_flat(e, value);

        } else {
            ngx_shop_emit_raw(e, source->data + i, n);
        }

        i += n;

        /* nothing depends on indentation, and all who wait load it */

        if (flat && source->data[i - 1] == '\n') {
            while (i < source->len
                   && (source->data[i] == ' ' || source->data[i] == '\t'))
            {
                i++;
            }
        }
    }
}


/* in one line, so that an error behind it is told with its own */

static void
ngx_shop_look_source_flat(ngx_shop_emit_t *e, const ngx_shop_str_t *value)
{
    size_t  i, from;

    for (i = 0, from = 0; i < value->len; i++) {
        if (value->data[i] == '\n' || value->data[i] == '\r') {
            ngx_shop_emit_raw(e, value->data + from, i - from);
            ngx_shop_emit_text(e, " ");
            from = i + 1;
        }
    }

    ngx_shop_emit_raw(e, value->data + from, value->len - from);
}


static int
ngx_shop_look_source_has(const ngx_shop_str_t *source, const char *tag)
{
    size_t          i;
    ngx_shop_str_t  s;

    s.len = strlen(tag);

    for (i = 0; i + s.len <= source->len; i++) {
        s.data = source->data + i;

        if (ngx_shop_span_is(&s, tag)) {
            return 1;
        }
    }

    return 0;
}


/* the length of a comment, which may speak of {{name}}; 0: there is none */

static size_t
ngx_shop_look_source_comment(const ngx_shop_str_t *source, size_t from)
{
    size_t    i;
    unsigned  depth;

    if (source->len - from < 3 || memcmp(source->data + from, "{{!", 3) != 0) {
        return 0;
    }

    depth = 0;

    for (i = from; i + 1 < source->len; i++) {

        if (source->data[i] == '{' && source->data[i + 1] == '{') {
            depth++;
            i++;

        } else if (source->data[i] == '}' && source->data[i + 1] == '}') {
            i++;

            if (--depth == 0) {
                return i + 1 - from;
            }
        }
    }

    return 0;
}
