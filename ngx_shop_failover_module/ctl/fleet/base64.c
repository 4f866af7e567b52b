
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * Base64.  Strict: no blanks, no line ends, padding at the end only.
 */


#include "ctl/fleet/base64.h"


static const char  ngx_shop_base64_digits[] =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";


void
ngx_shop_base64_emit(ngx_shop_emit_t *e, const char *key, const void *data,
    size_t size)
{
    char                  four[4];
    size_t                i, n;
    uint32_t              bits;
    const unsigned char  *p = data;

    /* an empty string, whose quotes then get the digits between them */

    ngx_shop_emit_cstr(e, key, "");

    if (!e->failed) {
        e->pos--;
    }

    for (i = 0; i < size; i += 3) {
        n = size - i < 3 ? size - i : 3;
        bits = (uint32_t) p[i] << 16;
        bits |= n > 1 ? (uint32_t) p[i + 1] << 8 : 0;
        bits |= n > 2 ? (uint32_t) p[i + 2] : 0;

        four[0] = ngx_shop_base64_digits[bits >> 18 & 63];
        four[1] = ngx_shop_base64_digits[bits >> 12 & 63];
        four[2] = n > 1 ? ngx_shop_base64_digits[bits >> 6 & 63] : '=';
        four[3] = n > 2 ? ngx_shop_base64_digits[bits & 63] : '=';

        ngx_shop_emit_raw(e, four, 4);
    }

    ngx_shop_emit_text(e, "\"");
}


int
ngx_shop_base64_decode(const ngx_shop_str_t *s, unsigned char *buf,
    size_t size, size_t *whole)
{
    size_t       i, n, len;
    uint32_t     bits;
    unsigned     count;
    const char  *digit;

    len = s->len;

    while (len && s->len - len < 2 && s->data[len - 1] == '=') {
        len--;
    }

    if (s->len % 4 || len % 4 == 1) {
        return NGX_SHOP_ERROR;
    }

    bits = 0;
    count = 0;
    n = 0;

    for (i = 0; i < len; i++) {
        digit = s->data[i] ? strchr(ngx_shop_base64_digits, s->data[i]) : NULL;

        if (digit == NULL) {
            return NGX_SHOP_ERROR;
        }

        bits = bits << 6 | (uint32_t) (digit - ngx_shop_base64_digits);
        count += 6;

        if (count >= 8) {
            count -= 8;

            if (n < size) {
                buf[n] = (unsigned char) (bits >> count & 0xFF);
            }

            n++;
        }
    }

    *whole = n;

    return NGX_SHOP_OK;
}
