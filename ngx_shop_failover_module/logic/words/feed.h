
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * What visitors met and were told, as an Atom feed (RFC 4287).  Chooses no
 * event: the caller has done that.
 */


#ifndef _NGX_SHOP_FEED_H_INCLUDED_
#define _NGX_SHOP_FEED_H_INCLUDED_


#include "logic/text/emit.h"
#include "logic/words/view.h"


#define NGX_SHOP_FEED_ENTRIES  40      /* the newest are written */

/* behind the public status' address */
#define NGX_SHOP_FEED_SUFFIX   ".atom"


typedef struct {
    int64_t                 at;        /* Unix ms */
    int64_t                 born;      /* what it is of, and never moves */
    uint32_t                nth;       /* of its kind in that */
    uint8_t                 told;      /* a text; else a closing or opening */
    uint8_t                 update;    /* of a text: else a status */
    uint8_t                 state;     /* of the others, _view_e */
    ngx_shop_str_t          site;      /* by the name in the log */
    ngx_shop_str_t          text;      /* len 0: the built-in one */
} ngx_shop_feed_entry_t;


/* the view is prepared; entries, in any order, are put in theirs */
void ngx_shop_feed_write(const ngx_shop_view_t *v, const ngx_shop_str_t *site,
    ngx_shop_feed_entry_t *entries, unsigned n, ngx_shop_emit_t *e);


#endif /* _NGX_SHOP_FEED_H_INCLUDED_ */
