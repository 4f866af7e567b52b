
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * For how long a server may be silent: at its own pace.  Pure: time comes in.
 */


#ifndef _NGX_SHOP_SILENCE_H_INCLUDED_
#define _NGX_SHOP_SILENCE_H_INCLUDED_


#include "logic/judge/evidence.h"


/* no server is asked for its silence sooner; ms */
#define NGX_SHOP_SILENCE_FLOOR  50


/*
 * How long a request may wait, while nobody hears of the server, before that
 * is a reason to look: longer than any silence of late.  At most "most" ms,
 * which it is where too little is known.
 */
uint32_t ngx_shop_silence_patience(const ngx_shop_evidence_t *e,
    uint32_t msec, uint32_t most);

/*
 * How long a probe may be without an answer before that is one more reason,
 * ms; usual: what the longest ones took, of late; 0: not known.
 */
uint32_t ngx_shop_silence_probe(uint32_t usual, uint32_t most);

/* what the longest probes took: one more passed, in so many ms */
uint32_t ngx_shop_silence_usual(uint32_t usual, uint32_t took);

/* how many of n requests may be moved by suspicion alone */
uint32_t ngx_shop_silence_budget(uint32_t n);

/*
 * How many of those that wait at a silent server others have room for: begun
 * with as many as they have in hand, and one more with each that was answered.
 */
uint32_t ngx_shop_silence_room(uint32_t others, uint32_t answered,
    uint32_t moved);


#endif /* _NGX_SHOP_SILENCE_H_INCLUDED_ */
