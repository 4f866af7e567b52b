
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * The words for what is and for what happened: one vocabulary for the screens,
 * the report and the error log.  What got better never reads as if it had got
 * worse.
 */


#ifndef _NGX_SHOP_VOCAB_H_INCLUDED_
#define _NGX_SHOP_VOCAB_H_INCLUDED_


#include "logic/story/event.h"


/*
 * What visitors see: "Visitors see the shop".  state is a _site_e, flag a
 * _flagset_e, alone that of site_alone(), admitted percents of them.
 */
const char *ngx_shop_vocab_visitors(unsigned state, unsigned flag,
    unsigned alone, unsigned admitted);

/* an upstream as it is: "redundancy lost" */
const char *ngx_shop_vocab_group(unsigned state);

/* after its name: "serves again, not all its servers are back" */
const char *ngx_shop_vocab_group_change(unsigned from, unsigned to);
const char *ngx_shop_vocab_site_change(unsigned from, unsigned to);
const char *ngx_shop_vocab_peer_change(unsigned from, unsigned to);

/*
 * An event as a sentence without its full stop, as plain text that may have
 * been cut off; its length.
 */
size_t ngx_shop_vocab_event(unsigned char *buf, size_t size,
    const ngx_shop_event_t *event);


#endif /* _NGX_SHOP_VOCAB_H_INCLUDED_ */
