
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * Whether a request is for a page.  logic/words/negotiate reads the headers;
 * who sends none that tell is taken for a visitor.
 */


#include "nginx/document.h"

#include "logic/words/negotiate.h"


static ngx_str_t  ngx_shop_document_headers[] = {
    ngx_string("accept"),
    ngx_string("sec-fetch-dest"),
    ngx_string("content-type")
};


ngx_uint_t
ngx_shop_document_is(ngx_http_request_t *r)
{
    ngx_str_t          values[3];
    ngx_uint_t         i, k;
    ngx_list_part_t   *part;
    ngx_table_elt_t   *h;

    ngx_memzero(values, sizeof(values));

    part = &r->headers_in.headers.part;
    h = part->elts;

    for (i = 0; /* void */ ; i++) {

        if (i >= part->nelts) {

            if (part->next == NULL) {
                break;
            }

            part = part->next;
            h = part->elts;
            i = 0;
        }

        for (k = 0; k < 3; k++) {

            if (h[i].key.len == ngx_shop_document_headers[k].len
                && ngx_strncmp(h[i].lowcase_key,
                               ngx_shop_document_headers[k].data,
                               h[i].key.len)
                   == 0)
            {
                values[k] = h[i].value;
            }
        }
    }

    switch (ngx_shop_negotiate_kind((ngx_shop_str_t *) &values[0],
                                    (ngx_shop_str_t *) &values[1],
                                    (ngx_shop_str_t *) &values[2],
                                    (ngx_shop_str_t *) &r->uri))
    {
    case NGX_SHOP_NEGOTIATE_HTML:
        return 1;

    case NGX_SHOP_NEGOTIATE_TEXT:

        /* a page that asks says so */

        return values[1].len == 0;

    default:
        return 0;
    }
}
