
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * The first line is a value, the rest a template: whatever the value is, an
 * accepted template gives the same markup as with an innocent one.
 */


#include "fuzz.h"
#include "logic/words/markup.h"
#include "logic/words/template.h"


#define FUZZ_TEMPLATE_MAX   1024
#define FUZZ_TEMPLATE_ROOM  (256 * FUZZ_TEMPLATE_MAX)


/* names are of one letter, so that they are found soon */
enum {
    FUZZ_VALUE = 0,     /* v */
    FUZZ_LIST,          /* s */
    FUZZ_FIELD,         /* f */
    FUZZ_EMPTY          /* e */
};


typedef struct {
    ngx_shop_str_t  value;
    unsigned        items;
} fuzz_template_data_t;


typedef struct {
    unsigned char   bytes[FUZZ_TEMPLATE_ROOM];
    size_t          len;
    int             failed;
} fuzz_template_out_t;


static fuzz_template_out_t  fuzz_template_first;
static fuzz_template_out_t  fuzz_template_second;


static int
fuzz_template_resolve(void *data, const ngx_shop_str_t *name,
    ngx_shop_template_name_t *result)
{
    const char         *p;
    static const char   names[] = "vsfe";

    (void) data;

    p = memchr(names, name->data[0], sizeof(names) - 1);

    if (p == NULL || name->len != 1) {
        return NGX_SHOP_DECLINED;
    }

    result->id = (uint16_t) (p - names);

    if (result->id == FUZZ_LIST) {
        result->kind = NGX_SHOP_TEMPLATE_LIST;
    }

    if (result->id == FUZZ_FIELD) {
        result->field = 1;
        result->list = FUZZ_LIST;
    }

    return NGX_SHOP_OK;
}


static int
fuzz_template_get(void *data, unsigned id, unsigned item,
    ngx_shop_str_t *value)
{
    fuzz_template_data_t  *d;

    d = data;

    fuzz_holds(item < d->items || id == FUZZ_LIST || item == 0);

    if (id == FUZZ_LIST) {
        return (item < d->items) ? NGX_SHOP_OK : NGX_SHOP_DECLINED;
    }

    if (id == FUZZ_EMPTY) {
        return NGX_SHOP_DECLINED;
    }

    *value = d->value;

    return NGX_SHOP_OK;
}


static void
fuzz_template_render(const ngx_shop_template_t *t, fuzz_template_data_t *d,
    fuzz_template_out_t *out)
{
    ngx_shop_emit_t  e;

    ngx_shop_emit_init(&e, out->bytes, sizeof(out->bytes));
    ngx_shop_template_render(t, fuzz_template_get, d, &e);

    out->len = (size_t) (e.pos - e.start);
    out->failed = e.failed;
}


static size_t
fuzz_template_count(const fuzz_template_out_t *out, unsigned char c)
{
    size_t  i, n;

    n = 0;

    for (i = 0; i < out->len; i++) {
        n += (out->bytes[i] == c);
    }

    return n;
}


/* the next change of where in HTML the output is, as the tracker sees it */

static int
fuzz_template_change(const fuzz_template_out_t *out, size_t *pos,
    ngx_shop_markup_t *m)
{
    size_t   used;
    uint8_t  state;

    state = m->state;

    while (*pos < out->len) {
        fuzz_holds(ngx_shop_markup_feed(m,
                                        out->bytes + *pos,
                                        1, &used)
                   == NGX_SHOP_OK);
        (*pos)++;

        if (m->state != state) {
            return 1;
        }
    }

    return 0;
}


static void
fuzz_template_compare(void)
{
    int                more;
    size_t             i, j;
    const char        *c;
    ngx_shop_markup_t  a, b;

    for (c = "<>\"'"; *c; c++) {
        fuzz_holds(fuzz_template_count(&fuzz_template_first,
                                       (unsigned char) *c)
                   == fuzz_template_count(&fuzz_template_second,
                                          (unsigned char) *c));
    }

    memset(&a, 0, sizeof(a));
    memset(&b, 0, sizeof(b));
    i = 0;
    j = 0;

    do {
        more = fuzz_template_change(&fuzz_template_first, &i, &a);
        fuzz_holds(more == fuzz_template_change(
                                &fuzz_template_second, &j, &b));
        fuzz_holds(a.state == b.state && a.element == b.element
                   && a.attribute == b.attribute);
    } while (more);

    fuzz_holds(ngx_shop_markup_place(&a) == NGX_SHOP_MARKUP_CONTENT);
}


static void
fuzz_template_values(const ngx_shop_template_t *t, const ngx_shop_str_t *value)
{
    size_t                i;
    unsigned char        *copy;
    fuzz_template_data_t  d;

    copy = malloc(value->len + 1);

    if (copy == NULL) {
        abort();
    }

    /* without links, of which fuzz_link takes care */

    for (i = 0; i < value->len; i++) {
        copy[i] = (value->data[i] == ':') ? ';' : value->data[i];
    }

    d.value.data = copy;
    d.value.len = value->len;
    d.items = (unsigned) (value->len % 4);
    fuzz_template_render(t, &d, &fuzz_template_first);

    d.value.data = (const unsigned char *) "x";
    d.value.len = value->len ? 1 : 0;
    fuzz_template_render(t, &d, &fuzz_template_second);

    free(copy);

    if (!fuzz_template_first.failed && !fuzz_template_second.failed) {
        fuzz_template_compare();
    }
}


int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    size_t                      i;
    ngx_shop_str_t              value, source;
    ngx_shop_template_t         t;
    ngx_shop_template_op_t     *ops;
    ngx_shop_template_error_t   error;

    for (i = 0; i < size && data[i] != '\n'; i++) { /* void */ }

    if (i == size || size > FUZZ_TEMPLATE_MAX) {
        return 0;
    }

    value.data = data;
    value.len = i;
    source.data = data + i + 1;
    source.len = size - i - 1;

    memset(&t, 0, sizeof(t));
    memset(&error, 0, sizeof(error));

    if (ngx_shop_template_compile(&t, &source,
                                  fuzz_template_resolve, NULL,
                                  &error)
        != NGX_SHOP_OK)
    {
        fuzz_holds(error.line >= 1
                   && error.line <= source.len + 1
                   && error.reason != NULL
                   && error.what.data >= source.data
                   && error.what.data + error.what.len
                      <= source.data + source.len);
        return 0;
    }

    t.nalloc = t.nops;
    ops = malloc(t.nops * sizeof(ngx_shop_template_op_t) + 1);

    if (ops == NULL) {
        abort();
    }

    t.ops = ops;

    fuzz_holds(ngx_shop_template_compile(&t, &source,
                                         fuzz_template_resolve,
                                         NULL, &error)
               == NGX_SHOP_OK
               && t.nops == t.nalloc);

    fuzz_template_values(&t, &value);

    free(ops);

    return 0;
}
