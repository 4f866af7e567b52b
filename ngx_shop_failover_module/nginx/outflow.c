
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * A chain of buffers that emit fills.  Does not know what is written.
 */


#include "nginx/outflow.h"


static int ngx_shop_outflow_more(ngx_shop_emit_t *e);


void
ngx_shop_outflow_begin(ngx_shop_outflow_t *out, ngx_http_request_t *r,
    size_t size)
{
    ngx_memzero(out, sizeof(ngx_shop_outflow_t));

    out->request = r;
    out->size = size;
    out->last = &out->first;

    ngx_shop_emit_init(&out->emit, NULL, 0);

    out->emit.more = ngx_shop_outflow_more;
    out->emit.data = out;
}


static int
ngx_shop_outflow_more(ngx_shop_emit_t *e)
{
    ngx_chain_t         *cl;
    ngx_shop_outflow_t  *out = e->data;

    if (out->buf) {
        out->buf->last = e->pos;
    }

    cl = ngx_alloc_chain_link(out->request->pool);
    if (cl == NULL) {
        return NGX_ERROR;
    }

    cl->buf = ngx_create_temp_buf(out->request->pool, out->size);
    if (cl->buf == NULL) {
        return NGX_ERROR;
    }

    cl->next = NULL;
    *out->last = cl;
    out->last = &cl->next;
    out->buf = cl->buf;

    e->start = cl->buf->start;
    e->pos = cl->buf->start;
    e->last = cl->buf->end;

    return NGX_OK;
}


ngx_int_t
ngx_shop_outflow_end(ngx_shop_outflow_t *out)
{
    if (out->emit.failed || out->buf == NULL) {
        return NGX_ERROR;
    }

    out->buf->last = out->emit.pos;
    out->buf->last_buf = (out->request == out->request->main) ? 1 : 0;
    out->buf->last_in_chain = 1;

    return NGX_OK;
}
