
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * Well-formed UTF-8 (RFC 3629): no overlong forms, no surrogates, nothing
 * above U+10FFFF.  Knows bytes only, not what a character means.
 */


#ifndef _NGX_SHOP_UTF8_H_INCLUDED_
#define _NGX_SHOP_UTF8_H_INCLUDED_


#include "logic/text/base.h"


/* U+FFFD, what stands in the place of an ill-formed piece */
#define NGX_SHOP_UTF8_REPLACEMENT  "\xEF\xBF\xBD"


/*
 * The length, 1 to 4, of the character at p, which is before last.  0: it is
 * ill-formed or cut off, and *bad is the length of the piece, at least 1, that
 * one replacement stands for (the maximal subpart of Unicode, section 3.9).
 */
size_t ngx_shop_utf8_next(const unsigned char *p, const unsigned char *last,
    size_t *bad);

/* writes a code point, a scalar value, to buf; returns its length, 1 to 4 */
size_t ngx_shop_utf8_encode(unsigned char *buf, uint32_t code);

/* whether the character at p, of that length, is a control: C0, DEL or C1 */
int ngx_shop_utf8_control(const unsigned char *p, size_t len);

/*
 * The code point of a character that turns the direction of what follows, or 0:
 * U+061C, U+200E, U+200F, U+202A to U+202E, U+2066 to U+2069.  In a terminal it
 * makes a line say something else.
 */
uint32_t ngx_shop_utf8_bidi(const unsigned char *p, size_t len);

/*
 * Puts "?" in the place of each byte of what is ill-formed or a control, so
 * that names which others choose make no line of a log, nor tell a terminal
 * what to do.
 */
void ngx_shop_utf8_printable(unsigned char *p, size_t size);


#endif /* _NGX_SHOP_UTF8_H_INCLUDED_ */
