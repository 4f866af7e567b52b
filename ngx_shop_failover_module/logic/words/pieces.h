
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * A text of the operator, cut into text, links and codes.  Does not know what
 * the text is of.
 */


#ifndef _NGX_SHOP_PIECES_H_INCLUDED_
#define _NGX_SHOP_PIECES_H_INCLUDED_


#include "logic/words/link.h"
#include "logic/words/tongue.h"


#define NGX_SHOP_PIECES_MAX  64


typedef struct {
    ngx_shop_link_piece_t    link;
    unsigned                 first:1;     /* of its line */
    unsigned                 last:1;
    unsigned                 code:1;      /* of an offer */
} ngx_shop_pieces_piece_t;


typedef struct {
    ngx_shop_pieces_piece_t  piece[NGX_SHOP_PIECES_MAX];
    unsigned                 n;
    ngx_shop_tongue_mark_t   mark;
} ngx_shop_pieces_t;


/*
 * Adds a line, cut into text and links.  One that is cut more often than there
 * is room for ends as text: nothing that the operator wrote is lost.
 */
void ngx_shop_pieces_line(ngx_shop_pieces_t *pieces, ngx_shop_str_t text);

/* cuts the texts further, so that a code to type in is not broken */
void ngx_shop_pieces_codes(ngx_shop_pieces_t *pieces);


#endif /* _NGX_SHOP_PIECES_H_INCLUDED_ */
