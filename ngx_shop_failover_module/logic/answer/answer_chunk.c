
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * A chunked body: its sizes and its trailers (RFC 9112, section 7.1).
 */


#include "logic/answer/answer_inside.h"


/* a chunk's size line with its extensions, in bytes */
#define NGX_SHOP_ANSWER_CHUNK_MAX  4096


static int ngx_shop_answer_chunk_size(ngx_shop_answer_t *a, unsigned char c);


int
ngx_shop_answer_chunk(ngx_shop_answer_t *a, unsigned char c)
{
    switch (a->state) {

    case sw_chunk:
        a->left = 0;
        a->mark = 0;
        a->state = sw_chunk_size;

        if (c == '\n' || c == ' ' || c == '\t' || c == ';') {
            return ngx_shop_answer_fail(a, "chunk without a size");
        }

        /* fall through */

    case sw_chunk_size:
    case sw_chunk_ext:

        /* mark counts the line's bytes: extensions are of no use to us */

        if (++a->mark > NGX_SHOP_ANSWER_CHUNK_MAX) {
            return ngx_shop_answer_fail(a, "chunk line too long");
        }

        if (c == '\n') {
            a->state = a->left ? sw_chunk_data : sw_trailer;
            return NGX_SHOP_OK;
        }

        return ngx_shop_answer_chunk_size(a, c);

    default: /* sw_chunk_end */
        if (c != '\n') {
            return ngx_shop_answer_fail(a, "chunk longer than its" " size");
        }

        a->state = sw_chunk;
        return NGX_SHOP_OK;
    }
}


static int
ngx_shop_answer_chunk_size(ngx_shop_answer_t *a, unsigned char c)
{
    unsigned  digit;

    if (a->state == sw_chunk_ext) {
        return NGX_SHOP_OK;
    }

    if (c == ';' || c == ' ' || c == '\t') {
        a->state = sw_chunk_ext;
        return NGX_SHOP_OK;
    }

    if (c >= '0' && c <= '9') {
        digit = c - '0';

    } else if ((c | 0x20) >= 'a' && (c | 0x20) <= 'f') {
        digit = (c | 0x20) - 'a' + 10;

    } else {
        return ngx_shop_answer_fail(a, "bad chunk size");
    }

    if (a->left > (uint64_t) INT64_MAX >> 4) {
        return ngx_shop_answer_fail(a, "chunk size too large");
    }

    a->left = a->left << 4 | digit;

    return NGX_SHOP_OK;
}


int
ngx_shop_answer_chunk_trailer(ngx_shop_answer_t *a, unsigned char c)
{
    if (c != '\n') {
        a->state = sw_trailer_line;
        return NGX_SHOP_OK;
    }

    a->state = (a->state == sw_trailer) ? sw_done : sw_trailer;

    return NGX_SHOP_OK;
}
