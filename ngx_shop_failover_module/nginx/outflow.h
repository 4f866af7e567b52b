
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * Where emit writes to for a request: a chain of buffers of its pool that
 * grows as it is filled.
 */


#ifndef _NGX_SHOP_OUTFLOW_H_INCLUDED_
#define _NGX_SHOP_OUTFLOW_H_INCLUDED_


#include "nginx/compat.h"

#include "logic/text/emit.h"


typedef struct {
    ngx_http_request_t    *request;
    size_t                 size;             /* of each buffer */
    ngx_chain_t           *first;            /* not sent */
    ngx_chain_t          **last;
    ngx_buf_t             *buf;              /* emit writes to it; or NULL */
    ngx_chain_t           *busy;             /* with the filters */
    ngx_chain_t           *free;
    ngx_uint_t             blocked;          /* the client is slow */
    ngx_shop_emit_t        emit;
} ngx_shop_outflow_t;


void ngx_shop_outflow_begin(ngx_shop_outflow_t *out, ngx_http_request_t *r,
    size_t size);

/*
 * NGX_OK: the chain from "first" is the whole body, of emit.total bytes;
 * NGX_ERROR: nothing was written, or there was no memory.
 */
ngx_int_t ngx_shop_outflow_end(ngx_shop_outflow_t *out);

/*
 * For a body in pieces, instead: sends what was written since; "last" with the
 * last piece.  As ngx_http_output_filter(); NGX_AGAIN: the client is slow.
 */
ngx_int_t ngx_shop_outflow_send(ngx_shop_outflow_t *out, ngx_uint_t last);

/* the same for what the client did not take; NGX_OK: nothing is left */
ngx_int_t ngx_shop_outflow_flush(ngx_shop_outflow_t *out);


#endif /* _NGX_SHOP_OUTFLOW_H_INCLUDED_ */
