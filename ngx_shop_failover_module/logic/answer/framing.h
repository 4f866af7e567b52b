
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * What the headers of a response say about its body and its connection
 * (RFC 9112, sections 6.3 and 9.3; for CGI RFC 3875, section 6.3).  A part of
 * answer, which alone calls it, once, when the head is whole.
 */


#ifndef _NGX_SHOP_FRAMING_H_INCLUDED_
#define _NGX_SHOP_FRAMING_H_INCLUDED_


#include "logic/answer/answer.h"


/*
 * Sets content_length, chunked, close, and with cgi the status.  NULL, or a
 * static text that says what is broken.
 */
const char *ngx_shop_framing_read(ngx_shop_answer_t *a);


#endif /* _NGX_SHOP_FRAMING_H_INCLUDED_ */
