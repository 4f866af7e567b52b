
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * What is asked of a URL.
 */


#include "ctl/query.h"


static int ngx_shop_query_long(const char *text);


int
ngx_shop_query_begin(char *buf, const char *url)
{
    if (strlen(url) >= NGX_SHOP_QUERY_LEN) {
        return ngx_shop_query_long(url);
    }

    memcpy(buf, url, strlen(url) + 1);

    return NGX_SHOP_OK;
}


int
ngx_shop_query_add(char *buf, const char *name, const char *value)
{
    int          n;
    char        *p, *last;
    const char  *s;

    if (value == NULL) {
        return NGX_SHOP_OK;
    }

    p = buf + strlen(buf);
    last = buf + NGX_SHOP_QUERY_LEN;

    n = snprintf(p, (size_t) (last - p), "%c%s=", strchr(buf, '?') ? '&' : '?',
                 name);

    if (n < 0 || n >= last - p) {
        return ngx_shop_query_long(buf);
    }

    for (p += n, s = value; *s && last - p > 3; s++) {

        if ((*s >= 'a' && *s <= 'z') || (*s >= 'A' && *s <= 'Z')
            || (*s >= '0' && *s <= '9') || strchr(".-_", *s))
        {
            *p++ = *s;
            *p = '\0';
            continue;
        }

        p += snprintf(p, (size_t) (last - p), "%%%02X", (unsigned char) *s);
    }

    return *s ? ngx_shop_query_long(value) : NGX_SHOP_OK;
}


static int
ngx_shop_query_long(const char *text)
{
    (void) ngx_shop_say_error("\"%s\" is too long", text);

    return NGX_SHOP_ERROR;
}
