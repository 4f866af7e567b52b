
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * Members of a list in a header: a name and its weight (RFC 9110, sections 5.6
 * and 12.4.2).  What cannot be read is liked least, and stops nothing.
 */


#include "logic/words/negotiate_inside.h"


static ngx_shop_str_t ngx_shop_negotiate_member_piece(
    const ngx_shop_str_t *header, size_t *pos);
static unsigned ngx_shop_negotiate_member_weight(const ngx_shop_str_t *param);


/* the next member of a list: OK, or DECLINED where there is none */

int
ngx_shop_negotiate_member_next(const ngx_shop_str_t *header, size_t *pos,
    ngx_shop_negotiate_member_t *member)
{
    unsigned         weighted;
    ngx_shop_str_t   param;

    do {

        while (*pos < header->len && header->data[*pos] == ',') {
            (*pos)++;
        }

        if (*pos == header->len) {
            return NGX_SHOP_DECLINED;
        }

        member->name = ngx_shop_negotiate_member_piece(header, pos);
        member->q = NGX_SHOP_NEGOTIATE_Q_MAX;
        weighted = 0;

        while (*pos < header->len && header->data[*pos] == ';') {
            (*pos)++;
            param = ngx_shop_negotiate_member_piece(header, pos);

            if (!weighted
                && param.len > 1
                && (param.data[0] | 0x20) == 'q'
                && param.data[1] == '=')
            {
                weighted = 1;
                member->q = ngx_shop_negotiate_member_weight(&param);
            }
        }

    } while (member->name.len == 0);

    return NGX_SHOP_OK;
}


/* "q=0.8" -> 800 */

static unsigned
ngx_shop_negotiate_member_weight(const ngx_shop_str_t *param)
{
    size_t         i;
    unsigned       q, unit;
    unsigned char  c;

    if (param->len < 3 || (param->data[2] != '0' && param->data[2] != '1')) {
        return NGX_SHOP_NEGOTIATE_Q_MIN;
    }

    unit = NGX_SHOP_NEGOTIATE_Q_MAX;
    q = (unsigned) (param->data[2] - '0') * unit;

    for (i = 3; i < param->len; i++) {
        c = param->data[i];

        if (i == 3) {

            if (c != '.') {
                return NGX_SHOP_NEGOTIATE_Q_MIN;
            }

            continue;
        }

        if (c < '0' || c > '9') {
            return NGX_SHOP_NEGOTIATE_Q_MIN;
        }

        /* some clients print a float, with more than three digits */

        unit /= 10;
        q += (unsigned) (c - '0') * unit;
    }

    if (q > NGX_SHOP_NEGOTIATE_Q_MAX) {
        return NGX_SHOP_NEGOTIATE_Q_MIN;
    }

    return q;
}


/* what stands before the next ',' or ';' outside quotes, trimmed */

static ngx_shop_str_t
ngx_shop_negotiate_member_piece(const ngx_shop_str_t *header, size_t *pos)
{
    size_t           i;
    unsigned         quoted;
    unsigned char    c;
    ngx_shop_str_t   s;

    quoted = 0;

    for (i = *pos; i < header->len; i++) {
        c = header->data[i];

        if (c == '"') {
            quoted = !quoted;

        } else if (quoted) {

            if (c == '\\' && i + 1 < header->len) {
                i++;
            }

        } else if (c == ',' || c == ';') {
            break;
        }
    }

    s.data = header->data + *pos;
    s.len = i - *pos;
    *pos = i;

    while (s.len && (s.data[0] == ' ' || s.data[0] == '\t')) {
        s.data++;
        s.len--;
    }

    while (s.len
           && (s.data[s.len - 1] == ' ' || s.data[s.len - 1] == '\t'))
    {
        s.len--;
    }

    return s;
}


int
ngx_shop_negotiate_member_is(const ngx_shop_str_t *s, const char *text)
{
    return s->len == strlen(text)
           && ngx_shop_negotiate_member_same(s->data,
                                      (const unsigned char *) text,
                                      s->len);
}


/* without regard to the case of ASCII letters, whatever the locale */

int
ngx_shop_negotiate_member_same(const unsigned char *a, const unsigned char *b,
    size_t len)
{
    size_t         i;
    unsigned char  c, d;

    for (i = 0; i < len; i++) {
        c = a[i];
        d = b[i];

        c = (unsigned char) ((c >= 'A' && c <= 'Z') ? c | 0x20 : c);
        d = (unsigned char) ((d >= 'A' && d <= 'Z') ? d | 0x20 : d);

        if (c != d) {
            return 0;
        }
    }

    return 1;
}
