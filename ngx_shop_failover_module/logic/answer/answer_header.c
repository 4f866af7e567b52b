
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * Looks up a header in the lines of a head.
 */


#include "logic/answer/answer.h"
#include "logic/text/span.h"


int
ngx_shop_answer_header(const ngx_shop_answer_t *a, const ngx_shop_str_t *name,
    size_t *pos, ngx_shop_str_t *value)
{
    size_t                rest;
    ngx_shop_str_t        found;
    const unsigned char  *p, *lf, *colon;

    /* only whole lines: the one that is being received has no LF yet */

    while (*pos < a->head_len) {

        p = a->head + *pos;
        rest = a->head_len - *pos;

        lf = memchr(p, '\n', rest);

        if (lf == NULL) {
            break;
        }

        *pos += (size_t) (lf - p) + 1;

        colon = memchr(p, ':', (size_t) (lf - p));

        found.data = p;
        found.len = (size_t) (colon - p);

        if (ngx_shop_span_same(&found, name)) {
            value->data = colon + 2;
            value->len = (size_t) (lf - value->data);
            return NGX_SHOP_OK;
        }
    }

    return NGX_SHOP_DECLINED;
}
