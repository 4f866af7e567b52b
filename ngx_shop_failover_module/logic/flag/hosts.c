
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * Names of hosts with a "*" at one end.  Knows no file and no request.
 */


#include "logic/flag/hosts.h"
#include "logic/text/span.h"


typedef enum {
    NGX_SHOP_HOSTS_EXACT = 0,
    NGX_SHOP_HOSTS_BELOW,        /* "*.b.example": ends so */
    NGX_SHOP_HOSTS_UNDER         /* "shop.*": begins so */
} ngx_shop_hosts_kind_e;


static ngx_shop_hosts_kind_e ngx_shop_hosts_take(const ngx_shop_str_t *pattern,
    ngx_shop_str_t *rest);
static int ngx_shop_hosts_ends(const ngx_shop_str_t *host,
    const ngx_shop_str_t *end);
static int ngx_shop_hosts_begins(const ngx_shop_str_t *host,
    const ngx_shop_str_t *begin);


ngx_shop_hosts_fault_e
ngx_shop_hosts_fault(const ngx_shop_str_t *pattern)
{
    size_t                 i;
    unsigned char          ch, last;
    ngx_shop_str_t         rest;
    ngx_shop_hosts_kind_e  kind;

    kind = ngx_shop_hosts_take(pattern, &rest);

    if (kind != NGX_SHOP_HOSTS_EXACT) {

        /* the dot is a part of it */

        if (rest.len < 2
            || rest.data[kind == NGX_SHOP_HOSTS_BELOW ? 0 : rest.len - 1]
               != '.')
        {
            return NGX_SHOP_HOSTS_STAR;
        }

        rest.data += (kind == NGX_SHOP_HOSTS_BELOW);
        rest.len--;
    }

    if (rest.len == 0 || rest.len > NGX_SHOP_HOSTS_LEN) {
        return NGX_SHOP_HOSTS_BAD;
    }

    last = '.';

    for (i = 0; i < rest.len; i++) {
        ch = rest.data[i];

        if (ch == '*') {
            return NGX_SHOP_HOSTS_STAR;
        }

        if (ch == ':' || ch == '/') {
            return NGX_SHOP_HOSTS_PORT;
        }

        if (!((ch >= '0' && ch <= '9') || ch == '-' || ch == '_'
              || ((ch | 0x20) >= 'a' && (ch | 0x20) <= 'z')
              || (ch == '.' && last != '.')))
        {
            return NGX_SHOP_HOSTS_BAD;
        }

        last = ch;
    }

    return last == '.' ? NGX_SHOP_HOSTS_BAD : NGX_SHOP_HOSTS_FITS;
}


/* rest has the dot of a "*." or ".*" */

static ngx_shop_hosts_kind_e
ngx_shop_hosts_take(const ngx_shop_str_t *pattern, ngx_shop_str_t *rest)
{
    *rest = *pattern;

    if (pattern->len && pattern->data[0] == '*') {
        rest->data++;
        rest->len--;

        return NGX_SHOP_HOSTS_BELOW;
    }

    if (pattern->len && pattern->data[pattern->len - 1] == '*') {
        rest->len--;

        return NGX_SHOP_HOSTS_UNDER;
    }

    return NGX_SHOP_HOSTS_EXACT;
}


int
ngx_shop_hosts_match(const ngx_shop_str_t *pattern, const ngx_shop_str_t *host)
{
    ngx_shop_str_t  rest;

    switch (ngx_shop_hosts_take(pattern, &rest)) {

    case NGX_SHOP_HOSTS_BELOW:
        return host->len > rest.len && ngx_shop_hosts_ends(host, &rest);

    case NGX_SHOP_HOSTS_UNDER:
        return host->len > rest.len && ngx_shop_hosts_begins(host, &rest);

    default:
        return ngx_shop_span_same(host, &rest);
    }
}


static int
ngx_shop_hosts_ends(const ngx_shop_str_t *host, const ngx_shop_str_t *end)
{
    ngx_shop_str_t  tail;

    if (host->len < end->len) {
        return 0;
    }

    tail.data = host->data + host->len - end->len;
    tail.len = end->len;

    return ngx_shop_span_same(&tail, end);
}


static int
ngx_shop_hosts_begins(const ngx_shop_str_t *host, const ngx_shop_str_t *begin)
{
    ngx_shop_str_t  head;

    if (host->len < begin->len) {
        return 0;
    }

    head.data = host->data;
    head.len = begin->len;

    return ngx_shop_span_same(&head, begin);
}


int
ngx_shop_hosts_meets(const ngx_shop_str_t *pattern, const ngx_shop_str_t *name)
{
    ngx_shop_str_t         a, b;
    ngx_shop_hosts_kind_e  one, two;

    if (name->len == 0) {
        return 1;
    }

    one = ngx_shop_hosts_take(pattern, &a);
    two = ngx_shop_hosts_take(name, &b);

    if (two == NGX_SHOP_HOSTS_EXACT) {
        return ngx_shop_hosts_match(pattern, name);
    }

    if (one == NGX_SHOP_HOSTS_EXACT) {
        return ngx_shop_hosts_match(name, pattern);
    }

    if (one != two) {

        /* "*.example" and "shop.*" have "shop.example" in common */

        return 1;
    }

    return one == NGX_SHOP_HOSTS_BELOW
           ? ngx_shop_hosts_ends(&a, &b) || ngx_shop_hosts_ends(&b, &a)
           : ngx_shop_hosts_begins(&a, &b) || ngx_shop_hosts_begins(&b, &a);
}


int
ngx_shop_hosts_covers(const ngx_shop_str_t *pattern,
    const ngx_shop_str_t *name)
{
    ngx_shop_str_t         a, b;
    ngx_shop_hosts_kind_e  one, two;

    if (name->len == 0) {
        return 0;
    }

    one = ngx_shop_hosts_take(pattern, &a);
    two = ngx_shop_hosts_take(name, &b);

    if (two == NGX_SHOP_HOSTS_EXACT) {
        return ngx_shop_hosts_match(pattern, name);
    }

    if (one != two) {
        return 0;
    }

    return one == NGX_SHOP_HOSTS_BELOW ? ngx_shop_hosts_ends(&b, &a)
                                       : ngx_shop_hosts_begins(&b, &a);
}
