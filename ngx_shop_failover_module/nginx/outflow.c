
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * A chain of buffers that emit fills.  Does not know what is written.
 */


#include "nginx/outflow.h"
#include "nginx/conf.h"


static int ngx_shop_outflow_more(ngx_shop_emit_t *e);
static ngx_chain_t *ngx_shop_outflow_room(ngx_shop_outflow_t *out);


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

    cl = ngx_shop_outflow_room(out);
    if (cl == NULL) {
        return NGX_ERROR;
    }

    *out->last = cl;
    out->last = &cl->next;
    out->buf = cl->buf;

    e->start = cl->buf->start;
    e->pos = cl->buf->start;
    e->last = cl->buf->end;

    return NGX_OK;
}


/* a buffer that was sent, else a new one */

static ngx_chain_t *
ngx_shop_outflow_room(ngx_shop_outflow_t *out)
{
    ngx_chain_t  *cl;

    cl = out->free;

    if (cl) {
        out->free = cl->next;
        cl->next = NULL;
        return cl;
    }

    cl = ngx_alloc_chain_link(out->request->pool);
    if (cl == NULL) {
        return NULL;
    }

    cl->buf = ngx_create_temp_buf(out->request->pool, out->size);
    if (cl->buf == NULL) {
        return NULL;
    }

    cl->buf->tag = (ngx_buf_tag_t) &ngx_shop_failover_module;
    cl->next = NULL;

    return cl;
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


ngx_int_t
ngx_shop_outflow_send(ngx_shop_outflow_t *out, ngx_uint_t last)
{
    ngx_int_t            rc;
    ngx_http_request_t  *r;

    r = out->request;

    if (out->emit.failed) {
        return NGX_ERROR;
    }

    if (out->buf == NULL) {
        return last ? ngx_http_send_special(r, NGX_HTTP_LAST) : NGX_OK;
    }

    out->buf->last = out->emit.pos;

    if (last) {
        out->buf->last_buf = (r == r->main) ? 1 : 0;
        out->buf->last_in_chain = 1;
    }

    rc = ngx_http_output_filter(r, out->first);

    out->blocked = (rc == NGX_AGAIN);

    ngx_chain_update_chains(r->pool, &out->free, &out->busy, &out->first,
                            (ngx_buf_tag_t) &ngx_shop_failover_module);
    out->last = &out->first;
    out->buf = NULL;

    out->emit.start = NULL;
    out->emit.pos = NULL;
    out->emit.last = NULL;

    return rc;
}


ngx_int_t
ngx_shop_outflow_flush(ngx_shop_outflow_t *out)
{
    ngx_int_t  rc;

    if (!out->blocked) {
        return NGX_OK;
    }

    rc = ngx_http_output_filter(out->request, NULL);

    out->blocked = (rc == NGX_AGAIN);

    ngx_chain_update_chains(out->request->pool, &out->free, &out->busy,
                            &out->first,
                            (ngx_buf_tag_t) &ngx_shop_failover_module);
    return rc;
}
