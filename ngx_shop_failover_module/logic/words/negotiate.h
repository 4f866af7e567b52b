
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * What a client wants: which rendering, which language, which encoding.
 * Pure functions of header values (RFC 9110, section 12).
 */


#ifndef _NGX_SHOP_NEGOTIATE_H_INCLUDED_
#define _NGX_SHOP_NEGOTIATE_H_INCLUDED_


#include "logic/text/base.h"


typedef enum {
    NGX_SHOP_NEGOTIATE_HTML = 0,
    NGX_SHOP_NEGOTIATE_JSON,        /* application/problem+json */
    NGX_SHOP_NEGOTIATE_TEXT,
    NGX_SHOP_NEGOTIATE_EMPTY        /* image, style, script, font */
} ngx_shop_negotiate_e;


typedef enum {
    NGX_SHOP_NEGOTIATE_IDENTITY = 0,
    NGX_SHOP_NEGOTIATE_GZIP,
    NGX_SHOP_NEGOTIATE_BR
} ngx_shop_negotiate_coding_e;


/*
 * Header values are those of one line, or of several joined with ", ".  A
 * weight that cannot be read counts as the smallest one: the name was said.
 */

/*
 * Which rendering.  accept, dest (Sec-Fetch-Dest), type and path may have
 * len 0: header absent.  dest decides where it is sent (document, iframe,
 * frame: HTML; image, style, script, worker, font, audio, video, track: EMPTY;
 * empty and others: by accept).  Then what accept names, by quality, the first
 * of equals: text/html or application/xhtml+xml: HTML; a JSON type
 * (application/json, any +json): JSON; text/plain or any text: TEXT; where
 * only image, css, javascript, font, audio, video types are named: EMPTY.
 * Anything else, or none: who sends JSON or GraphQL (type, Content-Type) reads
 * JSON; then by the path's extension (.js .css .png ...: EMPTY, .json: JSON),
 * then TEXT.
 */
ngx_shop_negotiate_e ngx_shop_negotiate_kind(const ngx_shop_str_t *accept,
    const ngx_shop_str_t *dest, const ngx_shop_str_t *type,
    const ngx_shop_str_t *path);

/*
 * The best of n available languages (by quality; "de-AT" falls to "de", as
 * in RFC 4647 lookup, and what is near by CLDR is found: "nb" finds "no",
 * "zh-TW" "zh-Hant", "pt" "pt-BR"; tags.h.  "q=0" excludes).  The first 64
 * ranges are looked at.  Returns its index, or 0 (the default is the first)
 * where nothing fits.
 */
unsigned ngx_shop_negotiate_language(const ngx_shop_str_t *accept_language,
    const ngx_shop_str_t *available, unsigned n);

/*
 * The best coding by quality; among equals br where have_br, then gzip, then
 * identity.  "gzip;q=0" and "*;q=0" are obeyed; "*" stands for gzip but not
 * for br; identity is always possible.
 */
ngx_shop_negotiate_coding_e ngx_shop_negotiate_coding(
    const ngx_shop_str_t *accept_encoding, int have_br);


#endif /* _NGX_SHOP_NEGOTIATE_H_INCLUDED_ */
