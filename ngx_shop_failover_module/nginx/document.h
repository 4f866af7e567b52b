
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * What a request is to its visitor: a page, or a part of one.
 */


#ifndef _NGX_SHOP_DOCUMENT_H_INCLUDED_
#define _NGX_SHOP_DOCUMENT_H_INCLUDED_


#include "nginx/compat.h"


/*
 * 1: a page that somebody waits for.  0: a picture, a script, data that a page
 * asks for, a long poll.  Walks the headers: not for each healthy request.
 */
ngx_uint_t ngx_shop_document_is(ngx_http_request_t *r);


#endif /* _NGX_SHOP_DOCUMENT_H_INCLUDED_ */
