
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * Well-formed UTF-8: one table, the one of Unicode's table 3-7.  Knows bytes
 * only, not what a character means.
 */


#include "logic/text/utf8.h"


/* lead bytes up to "lead", their length, and the range of the second byte */
typedef struct {
    unsigned char  lead;
    unsigned char  len;
    unsigned char  low;
    unsigned char  high;
} ngx_shop_utf8_row_t;


static const ngx_shop_utf8_row_t  ngx_shop_utf8_rows[] = {
    { 0x7F, 1, 0x00, 0x00 },
    { 0xC1, 0, 0x00, 0x00 },         /* continuation bytes, overlong */
    { 0xDF, 2, 0x80, 0xBF },
    { 0xE0, 3, 0xA0, 0xBF },
    { 0xEC, 3, 0x80, 0xBF },
    { 0xED, 3, 0x80, 0x9F },         /* not the surrogates */
    { 0xEF, 3, 0x80, 0xBF },
    { 0xF0, 4, 0x90, 0xBF },
    { 0xF3, 4, 0x80, 0xBF },
    { 0xF4, 4, 0x80, 0x8F },
    { 0xFF, 0, 0x00, 0x00 }
};


size_t
ngx_shop_utf8_next(const unsigned char *p, const unsigned char *last,
    size_t *bad)
{
    size_t                      i;
    const ngx_shop_utf8_row_t  *row;

    row = ngx_shop_utf8_rows;

    while (*p > row->lead) {
        row++;
    }

    *bad = 1;

    if (row->len < 2) {
        return row->len;
    }

    if (last - p < 2 || p[1] < row->low || p[1] > row->high) {
        return 0;
    }

    for (i = 2; i < row->len; i++) {

        if ((size_t) (last - p) == i || (p[i] & 0xC0) != 0x80) {
            *bad = i;
            return 0;
        }
    }

    return row->len;
}


size_t
ngx_shop_utf8_encode(unsigned char *buf, uint32_t code)
{
    if (code < 0x80) {
        buf[0] = (unsigned char) code;
        return 1;
    }

    if (code < 0x800) {
        buf[0] = (unsigned char) (0xC0 | (code >> 6));
        buf[1] = (unsigned char) (0x80 | (code & 0x3F));
        return 2;
    }

    if (code < 0x10000) {
        buf[0] = (unsigned char) (0xE0 | (code >> 12));
        buf[1] = (unsigned char) (0x80 | ((code >> 6) & 0x3F));
        buf[2] = (unsigned char) (0x80 | (code & 0x3F));
        return 3;
    }

    buf[0] = (unsigned char) (0xF0 | (code >> 18));
    buf[1] = (unsigned char) (0x80 | ((code >> 12) & 0x3F));
    buf[2] = (unsigned char) (0x80 | ((code >> 6) & 0x3F));
    buf[3] = (unsigned char) (0x80 | (code & 0x3F));
    return 4;
}


int
ngx_shop_utf8_control(const unsigned char *p, size_t len)
{
    return *p < 0x20 || *p == 0x7F
           || (len == 2 && *p == 0xC2 && p[1] < 0xA0);
}


uint32_t
ngx_shop_utf8_bidi(const unsigned char *p, size_t len)
{
    uint32_t  code;

    if (len == 2) {
        return (p[0] == 0xD8 && p[1] == 0x9C) ? 0x061C : 0;
    }

    if (len != 3 || p[0] != 0xE2) {
        return 0;
    }

    code = 0x2000 | (uint32_t) (p[1] & 0x3F) << 6 | (p[2] & 0x3F);

    return (code == 0x200E || code == 0x200F
            || (code >= 0x202A && code <= 0x202E)
            || (code >= 0x2066 && code <= 0x2069))
           ? code : 0;
}


void
ngx_shop_utf8_printable(unsigned char *p, size_t size)
{
    size_t                n, bad;
    const unsigned char  *last;

    for (last = p + size; p < last; p += n) {
        n = ngx_shop_utf8_next(p, last, &bad);

        if (n == 0) {
            n = bad;

        } else if (!ngx_shop_utf8_control(p, n)) {
            continue;
        }

        memset(p, '?', n);
    }
}
