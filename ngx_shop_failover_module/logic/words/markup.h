
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * Where in HTML one is: fed with the literal text of a template, it tells
 * what may stand at a point.  A tracker, not a parser: it refuses what it
 * cannot be sure of.  Does not know templates.
 */


#ifndef _NGX_SHOP_MARKUP_H_INCLUDED_
#define _NGX_SHOP_MARKUP_H_INCLUDED_


#include "logic/text/base.h"


/* longer names of elements and attributes are cut, no known one is */
#define NGX_SHOP_MARKUP_NAME  16


typedef enum {
    NGX_SHOP_MARKUP_CONTENT = 0,  /* text and elements */
    NGX_SHOP_MARKUP_TEXT,         /* text: <title>, quoted values */
    NGX_SHOP_MARKUP_URL,          /* the start of a quoted href */
    NGX_SHOP_MARKUP_IMAGE,        /* the start of a quoted src */
    NGX_SHOP_MARKUP_TAG,          /* between attributes */
    NGX_SHOP_MARKUP_NOTHING       /* script, style, comments, ... */
} ngx_shop_markup_place_e;


/* compared and copied whole; starts as zero */
typedef struct {
    uint8_t        state;
    uint8_t        element;            /* what its content is */
    uint8_t        attribute;          /* what its value is */
    uint8_t        started;            /* literal text in the value */
    uint8_t        len;
    uint8_t        matched;            /* of an end tag or of "-->" */
    unsigned char  name[NGX_SHOP_MARKUP_NAME];
    unsigned char  raw[NGX_SHOP_MARKUP_NAME];  /* until this ends */
} ngx_shop_markup_t;


/*
 * Goes on over literal text.  OK, or ERROR with *used at the byte that does
 * not fit: a section in a tag must not become a part of a name or of a value.
 */
int ngx_shop_markup_feed(ngx_shop_markup_t *m, const unsigned char *data,
    size_t len, size_t *used);

/* what may stand here, between two literal texts */
ngx_shop_markup_place_e ngx_shop_markup_place(ngx_shop_markup_t *m);

/*
 * Text that may be left out began with m at "open" and ends with "m": OK where
 * what follows means the same with and without it; m is then what is sure.
 */
int ngx_shop_markup_join(ngx_shop_markup_t *m, const ngx_shop_markup_t *open);


#endif /* _NGX_SHOP_MARKUP_H_INCLUDED_ */
