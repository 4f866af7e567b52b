
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * Fields of a form.  Decodes in place: what is read is never longer than what
 * was sent.
 */


#include "logic/text/form.h"


static int ngx_shop_form_decode(unsigned char *start, size_t len,
    ngx_shop_str_t *text);
static int ngx_shop_form_digit(unsigned char c);


int
ngx_shop_form_next(unsigned char **rest, unsigned char *last,
    ngx_shop_str_t *name, ngx_shop_str_t *value)
{
    unsigned char  *start, *end, *equal;

    start = *rest;

    while (start < last && *start == '&') {
        start++;
    }

    if (start == last) {
        *rest = last;
        return NGX_SHOP_DECLINED;
    }

    end = memchr(start, '&', (size_t) (last - start));
    if (end == NULL) {
        end = last;
    }

    *rest = end;

    equal = memchr(start, '=', (size_t) (end - start));
    if (equal == NULL) {
        equal = end;
    }

    if (ngx_shop_form_decode(start, (size_t) (equal - start), name)
        != NGX_SHOP_OK)
    {
        return NGX_SHOP_ERROR;
    }

    if (equal < end) {
        equal++;
    }

    return ngx_shop_form_decode(equal, (size_t) (end - equal), value);
}


static int
ngx_shop_form_decode(unsigned char *start, size_t len, ngx_shop_str_t *text)
{
    int             high, low;
    unsigned char   c, *p, *to, *last;

    to = start;
    last = start + len;

    for (p = start; p < last; p++) {
        c = *p;

        if (c == '+') {
            c = ' ';
        }

        if (c == '%') {

            if (last - p < 3) {
                return NGX_SHOP_ERROR;
            }

            high = ngx_shop_form_digit(p[1]);
            low = ngx_shop_form_digit(p[2]);

            if (high < 0 || low < 0) {
                return NGX_SHOP_ERROR;
            }

            c = (unsigned char) (high * 16 + low);
            p += 2;
        }

        if (c == '\0') {
            return NGX_SHOP_ERROR;
        }

        *to++ = c;
    }

    text->data = start;
    text->len = (size_t) (to - start);

    return NGX_SHOP_OK;
}


static int
ngx_shop_form_digit(unsigned char c)
{
    if (c >= '0' && c <= '9') {
        return c - '0';
    }

    c |= 0x20;

    return (c >= 'a' && c <= 'f') ? c - 'a' + 10 : -1;
}


int
ngx_shop_form_add(unsigned char *buf, size_t size, size_t *n, const char *name,
    const char *value)
{
    size_t                i;
    const unsigned char  *p;

    static const char     hex[] = "0123456789ABCDEF";
    static const char     plain[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
                                    "abcdefghijklmnopqrstuvwxyz"
                                    "0123456789-._~";

    i = *n;

    if (size - i < strlen(name) + 2) {
        return NGX_SHOP_ERROR;
    }

    if (i) {
        buf[i++] = '&';
    }

    memcpy(buf + i, name, strlen(name));
    i += strlen(name);
    buf[i++] = '=';

    for (p = (const unsigned char *) value; *p; p++) {

        if (size - i < 3) {
            return NGX_SHOP_ERROR;
        }

        if (strchr(plain, *p)) {
            buf[i++] = *p;
            continue;
        }

        buf[i++] = '%';
        buf[i++] = (unsigned char) hex[*p >> 4];
        buf[i++] = (unsigned char) hex[*p & 0x0f];
    }

    *n = i;

    return NGX_SHOP_OK;
}
