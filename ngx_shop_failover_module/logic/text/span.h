
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * Pieces of a text: cut, trimmed, taken apart and compared.  text is clean
 * UTF-8 without a NUL, and spans lie inside of it.  Does not know what the
 * text says.
 */


#ifndef _NGX_SHOP_SPAN_H_INCLUDED_
#define _NGX_SHOP_SPAN_H_INCLUDED_


#include "logic/text/base.h"


ngx_shop_str_t ngx_shop_span_str(const unsigned char *text,
    ngx_shop_span_t span);

/* without the spaces around it */
ngx_shop_span_t ngx_shop_span_trim(const unsigned char *text,
    ngx_shop_span_t span);

/* without a "#" that stands first or after a space, and what follows it */
ngx_shop_span_t ngx_shop_span_uncomment(const unsigned char *text,
    ngx_shop_span_t span);

/* at most max bytes of it, cut between characters */
ngx_shop_span_t ngx_shop_span_fit(const unsigned char *text,
    ngx_shop_span_t span, uint16_t max);

/* takes off rest what stands before the first byte of ends */
ngx_shop_span_t ngx_shop_span_word(const unsigned char *text,
    ngx_shop_span_t *rest, const char *ends);

/* of an ASCII letter, whatever the locale; any other byte stays */
unsigned char ngx_shop_span_lower(unsigned char ch);

/* whether two are equal but for the case of ASCII letters */
int ngx_shop_span_same(const ngx_shop_str_t *a, const ngx_shop_str_t *b);
int ngx_shop_span_is(const ngx_shop_str_t *s, const char *name);


#endif /* _NGX_SHOP_SPAN_H_INCLUDED_ */
