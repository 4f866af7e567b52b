
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * Patterns of paths: one form for "shop_open", "mode: paths" and "mode:
 * browse".  Knows no request and no flag.
 *
 * "/cart" is the path and all below it; "*" stands for any bytes of one
 * segment, and for at least one where it is the whole segment.
 */


#ifndef _NGX_SHOP_PATTERN_H_INCLUDED_
#define _NGX_SHOP_PATTERN_H_INCLUDED_


#include "logic/text/base.h"


/* what a text is, of which a path is made */
typedef enum {
    NGX_SHOP_PATTERN_TARGET = 0,    /* a request's, as it was sent */
    NGX_SHOP_PATTERN_URI,           /* decoded already, has no arguments */
    NGX_SHOP_PATTERN_PATTERN        /* written by the operator */
} ngx_shop_pattern_text_e;


/* why no path can be what was written */
typedef enum {
    NGX_SHOP_PATTERN_FITS = 0,
    NGX_SHOP_PATTERN_NO_PATH,       /* does not begin with "/" */
    NGX_SHOP_PATTERN_ARGUMENTS,     /* "?" or "#" */
    NGX_SHOP_PATTERN_ESCAPE,        /* no escape, or that of NUL */
    NGX_SHOP_PATTERN_ABOVE          /* ".." leads out of "/" */
} ngx_shop_pattern_fault_e;


/*
 * What text means: escapes decoded and "//", "." and ".." resolved where
 * nginx does (ngx_http_parse_complex_uri(), src/http/ngx_http_parse.c),
 * "index.php" left out, as a front controller leaves it out, and no "/" at
 * the end but in "/".  buf has room for text->len + 1 bytes; returns how many
 * it takes, at least one.
 */
size_t ngx_shop_pattern_path(unsigned char *buf, const ngx_shop_str_t *text,
    ngx_shop_pattern_text_e what);

/* whether a path is that pattern, or below it; both made by _pattern_path() */
int ngx_shop_pattern_match(const ngx_shop_str_t *pattern,
    const ngx_shop_str_t *path);

/* of a pattern as it was written */
ngx_shop_pattern_fault_e ngx_shop_pattern_fault(const ngx_shop_str_t *text);


#endif /* _NGX_SHOP_PATTERN_H_INCLUDED_ */
