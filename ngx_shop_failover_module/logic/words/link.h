
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * URLs in a text that people typed: "write to mailto:help@shop.example" ->
 * a link.  https, tel and mailto only, and only what is beyond doubt; all
 * else stays text.  Does not know pages or templates.
 */


#ifndef _NGX_SHOP_LINK_H_INCLUDED_
#define _NGX_SHOP_LINK_H_INCLUDED_


#include "logic/text/base.h"


typedef struct {
    ngx_shop_str_t  text;     /* what is shown */
    ngx_shop_str_t  href;     /* len 0: plain text */
} ngx_shop_link_piece_t;


/*
 * The next piece of a text, plain or a link; start with *pos = 0.  OK or
 * DECLINED (no more).  A link's text is its URL without "tel:" and "mailto:".
 * Nothing is lost and nothing is made up: the pieces are of s, in order.
 *
 *   https://HOST[:PORT][/...]   ASCII only (xn-- for others), no user@
 *   tel:+49-800-123456          digits and -.() only; where a space and more
 *                               digits follow, it is no link: half a number
 *                               would call somebody else
 *   mailto:NAME@HOST            no ?subject
 *
 * Punctuation behind a URL is not part of it.
 */
int ngx_shop_link_next(const ngx_shop_str_t *s, size_t *pos,
    ngx_shop_link_piece_t *piece);

/*
 * Whether a URL may stand in href or src: an absolute one of these schemes
 * or http, a path of this site ("/x", "?x", "#x"), or, where image is set,
 * data:image/.  Nothing with spaces, control bytes or backslashes.
 */
int ngx_shop_link_is_safe(const ngx_shop_str_t *url, int image);


#endif /* _NGX_SHOP_LINK_H_INCLUDED_ */
