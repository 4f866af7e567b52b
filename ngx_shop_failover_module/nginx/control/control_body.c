
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * The body of an order in one piece.  nginx has it in one buffer for each
 * recv(), chunk or frame, or in a temporary file.
 */


#include "nginx/control/control.h"


static ngx_int_t ngx_shop_control_body_add(ngx_http_request_t *r,
    ngx_str_t *body, ngx_buf_t *b);


/*
 * A copy: it is decoded where it stands, and in a subrequest of "mirror" it is
 * what the main request still has to send.
 */

ngx_int_t
ngx_shop_control_body_read(ngx_http_request_t *r, ngx_str_t *body)
{
    off_t         size;
    ngx_chain_t  *cl, *bufs;

    bufs = r->request_body ? r->request_body->bufs : NULL;
    size = 0;

    for (cl = bufs; cl; cl = cl->next) {
        size += ngx_buf_size(cl->buf);
    }

    if (size > NGX_SHOP_CONTROL_BODY) {
        return NGX_HTTP_REQUEST_ENTITY_TOO_LARGE;
    }

    body->len = 0;
    body->data = ngx_pnalloc(r->pool, (size_t) size + 1);

    if (body->data == NULL) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    for (cl = bufs; cl; cl = cl->next) {
        if (ngx_shop_control_body_add(r, body, cl->buf) != NGX_OK) {
            return NGX_HTTP_INTERNAL_SERVER_ERROR;
        }
    }

    return NGX_OK;
}


static ngx_int_t
ngx_shop_control_body_add(ngx_http_request_t *r, ngx_str_t *body, ngx_buf_t *b)
{
    u_char   *p;
    size_t    size;
    ssize_t   n;

    p = body->data + body->len;
    size = (size_t) ngx_buf_size(b);

    if (size == 0) {
        return NGX_OK;
    }

    body->len += size;

    if (ngx_buf_in_memory(b)) {
        ngx_memcpy(p, b->pos, size);
        return NGX_OK;
    }

    n = ngx_read_file(b->file, p, size, b->file_pos);

    if (n == (ssize_t) size) {
        return NGX_OK;
    }

    if (n != NGX_ERROR) {
        ngx_log_error(NGX_LOG_CRIT, r->connection->log, 0,
                      "shop failover: control: only %z of %uz bytes of an "
                      "order were read from \"%V\"", n, size, &b->file->name);
    }

    return NGX_ERROR;
}
