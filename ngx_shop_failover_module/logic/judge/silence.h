
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * For how long a server may be silent: at its own pace.  Pure: time comes in.
 */


#ifndef _NGX_SHOP_SILENCE_H_INCLUDED_
#define _NGX_SHOP_SILENCE_H_INCLUDED_


#include "logic/judge/evidence.h"


/* no server is asked for its silence sooner; ms */
#define NGX_SHOP_SILENCE_FLOOR    50

/* no connection is given up sooner; ms */
#define NGX_SHOP_SILENCE_CONNECT  20


/* who waited so long for a page is about to leave; ms */
#define NGX_SHOP_SILENCE_VAIN     5000


/* whose silence it is */
typedef enum {
    NGX_SHOP_SILENCE_UNKNOWN = 0,
    NGX_SHOP_SILENCE_PROCESS,
    NGX_SHOP_SILENCE_HOST,
    NGX_SHOP_SILENCE_N
} ngx_shop_silence_e;


/* visitors who wait for pages of a server whose probe passed; ms */
typedef struct {
    uint32_t  waiting;          /* so many, for NGX_SHOP_SILENCE_VAIN or more */
    uint32_t  now;
    uint32_t  page;             /* the last one that came; 0: none did */
    uint32_t  probe;            /* the last one that passed began */
} ngx_shop_silence_wait_t;


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

/*
 * How long a connection may take, ms; reach: what the longest took that probes
 * made, of late; 0: not known, and no answer here.
 */
uint32_t ngx_shop_silence_connect(uint32_t reach);

/*
 * Who is silent where a request was sent so many ms ago and nothing came back:
 * the host, which would acknowledge it, or a process on it.  rtt: ms.
 */
ngx_shop_silence_e ngx_shop_silence_whose(uint32_t unacked, uint32_t rtt,
    uint32_t waited);

/* "its host does not answer" and the like */
const char *ngx_shop_silence_name(unsigned whose);
const char *ngx_shop_silence_words(unsigned whose);

/*
 * Whether visitors wait in vain: so many for pages, the first one since then,
 * and none came meanwhile, while a probe passed that began after that.
 */
int ngx_shop_silence_blind(const ngx_shop_silence_wait_t *w);

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
