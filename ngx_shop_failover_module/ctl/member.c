
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * Members of a JSON that nginx answers, for a terminal.
 */


#include "ctl/member.h"
#include "ctl/say.h"
#include "logic/flag/times.h"
#include "logic/text/utf8.h"


int
ngx_shop_member_get(const ngx_shop_json_t *v, const char *path, char *buf,
    size_t size)
{
    char                  shown[NGX_SHOP_SAY_CHAR];
    size_t                i, k, n, bad;
    unsigned char         text[4096];
    ngx_shop_str_t        s;
    ngx_shop_json_t       found;
    const unsigned char  *p, *last;

    *buf = '\0';

    if (ngx_shop_json_find(v, path, &found) != NGX_SHOP_OK
        || ngx_shop_json_string(&found, text, sizeof(text), &s)
           != NGX_SHOP_OK)
    {
        return 0;
    }

    i = 0;
    p = s.data;
    last = p + s.len;

    /* whole characters, and none that a terminal would obey */

    while (p < last) {
        n = ngx_shop_utf8_next(p, last, &bad);
        n = n ? n : bad;

        if (ngx_shop_utf8_control(p, n)) {
            shown[0] = ' ';
            k = 1;

        } else {
            k = ngx_shop_say_char(shown, p, n);
        }

        if (k > size - 1 - i) {
            break;
        }

        memcpy(buf + i, shown, k);
        i += k;
        p += n;
    }

    buf[i] = '\0';

    return i > 0;
}


long
ngx_shop_member_number(const ngx_shop_json_t *v, const char *path)
{
    int64_t          n;
    ngx_shop_json_t  found;

    if (ngx_shop_json_find(v, path, &found) != NGX_SHOP_OK
        || ngx_shop_json_int(&found, &n) != NGX_SHOP_OK)
    {
        return 0;
    }

    return (long) n;
}


int
ngx_shop_member_true(const ngx_shop_json_t *v, const char *path)
{
    int              value;
    ngx_shop_json_t  found;

    value = 0;

    if (ngx_shop_json_find(v, path, &found) == NGX_SHOP_OK) {
        (void) ngx_shop_json_bool(&found, &value);
    }

    return value;
}


int64_t
ngx_shop_member_time(const ngx_shop_json_t *v, const char *path, int64_t now)
{
    char             text[64];
    int64_t          at;
    const char      *reason;
    ngx_shop_str_t   s;

    if (!ngx_shop_member_get(v, path, text, sizeof(text))) {
        return 0;
    }

    s.data = (unsigned char *) text;
    s.len = strlen(text);

    return ngx_shop_times_parse(&s, now, &at, &reason) == NGX_SHOP_OK ? at : 0;
}
