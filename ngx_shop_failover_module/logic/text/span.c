
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * Pieces of a text.  Does not know what the text says.
 */


#include "logic/text/span.h"


ngx_shop_str_t
ngx_shop_span_str(const unsigned char *text, ngx_shop_span_t span)
{
    ngx_shop_str_t  s;

    s.len = span.len;
    s.data = text + span.off;

    return s;
}


ngx_shop_span_t
ngx_shop_span_trim(const unsigned char *text, ngx_shop_span_t span)
{
    while (span.len && text[span.off] == ' ') {
        span.off++;
        span.len--;
    }

    while (span.len && text[span.off + span.len - 1] == ' ') {
        span.len--;
    }

    return span;
}


ngx_shop_span_t
ngx_shop_span_fit(const unsigned char *text, ngx_shop_span_t span,
    uint16_t max)
{
    if (span.len <= max) {
        return span;
    }

    while (max && (text[span.off + max] & 0xC0) == 0x80) {
        max--;
    }

    span.len = max;

    return ngx_shop_span_trim(text, span);
}


ngx_shop_span_t
ngx_shop_span_uncomment(const unsigned char *text, ngx_shop_span_t span)
{
    uint16_t              i;
    const unsigned char  *p;

    p = text + span.off;

    for (i = 0; i < span.len; i++) {
        if (p[i] == '#' && (i == 0 || p[i - 1] == ' ')) {
            span.len = i;
        }
    }

    return ngx_shop_span_trim(text, span);
}


ngx_shop_span_t
ngx_shop_span_word(const unsigned char *text, ngx_shop_span_t *rest,
    const char *ends)
{
    uint16_t              i;
    ngx_shop_span_t       word;
    const unsigned char  *p;

    p = text + rest->off;

    for (i = 0; i < rest->len; i++) {
        if (strchr(ends, p[i])) {
            break;
        }
    }

    word.off = rest->off;
    word.len = i;

    rest->off = (uint16_t) (rest->off + i);
    rest->len = (uint16_t) (rest->len - i);

    return word;
}


int
ngx_shop_span_is(const ngx_shop_str_t *s, const char *name)
{
    ngx_shop_str_t  n;

    n.len = strlen(name);
    n.data = (const unsigned char *) name;

    return ngx_shop_span_same(s, &n);
}


int
ngx_shop_span_same(const ngx_shop_str_t *a, const ngx_shop_str_t *b)
{
    size_t  i;

    if (a->len != b->len) {
        return 0;
    }

    for (i = 0; i < a->len; i++) {
        if (ngx_shop_span_lower(a->data[i])
            != ngx_shop_span_lower(b->data[i]))
        {
            return 0;
        }
    }

    return 1;
}


unsigned char
ngx_shop_span_lower(unsigned char ch)
{
    return (unsigned char) (ch >= 'A' && ch <= 'Z' ? ch | 0x20 : ch);
}
