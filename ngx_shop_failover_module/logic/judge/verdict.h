
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * From results of probes to a verdict on a peer, and the one table of names
 * of results and states that logs, JSON and metrics share.
 */


#ifndef _NGX_SHOP_VERDICT_H_INCLUDED_
#define _NGX_SHOP_VERDICT_H_INCLUDED_


#include "logic/text/base.h"


/* at most 16: the history keeps four bits a result */
typedef enum {
    NGX_SHOP_VERDICT_RESULT_NONE = 0,      /* not probed yet */
    NGX_SHOP_VERDICT_RESULT_OK,
    NGX_SHOP_VERDICT_RESULT_CONNECT_REFUSED,
    NGX_SHOP_VERDICT_RESULT_CONNECT_TIMEOUT,
    NGX_SHOP_VERDICT_RESULT_TLS,
    NGX_SHOP_VERDICT_RESULT_TIMEOUT,
    NGX_SHOP_VERDICT_RESULT_STATUS,
    NGX_SHOP_VERDICT_RESULT_HEADER,
    NGX_SHOP_VERDICT_RESULT_BODY,
    NGX_SHOP_VERDICT_RESULT_MALFORMED,
    NGX_SHOP_VERDICT_RESULT_CLOSED,
    NGX_SHOP_VERDICT_RESULT_INCONCLUSIVE,  /* our own fault: no evidence */

    /* timed out as answers to visitors take as long: no evidence, either */
    NGX_SHOP_VERDICT_RESULT_BUSY,
    NGX_SHOP_VERDICT_RESULT_N
} ngx_shop_verdict_result_e;


typedef enum {
    NGX_SHOP_VERDICT_CHECKING = 0,         /* no verdict yet */
    NGX_SHOP_VERDICT_UP,
    NGX_SHOP_VERDICT_DOWN,
    NGX_SHOP_VERDICT_DRAINING,             /* by the operator */
    NGX_SHOP_VERDICT_DISABLED,             /* by the operator */
    NGX_SHOP_BUSY,                         /* up, and slow with everybody */
    NGX_SHOP_ASIDE,                        /* worse than its siblings */
    NGX_SHOP_SUSPECT,                      /* silent, to probes as well */
    NGX_SHOP_VERDICT_STATE_N
} ngx_shop_verdict_state_e;


typedef enum {
    NGX_SHOP_VERDICT_EDGE_NONE = 0,
    NGX_SHOP_VERDICT_EDGE_FIRST_UP,        /* checking -> up: no news */
    NGX_SHOP_VERDICT_EDGE_UP,              /* down -> up */
    NGX_SHOP_VERDICT_EDGE_DOWN
} ngx_shop_verdict_edge_e;


/* how many results in a row turn the verdict */
typedef struct {
    uint16_t   fails;
    uint16_t   passes;
    uint8_t    mandatory;                   /* unusable until it passed */
} ngx_shop_verdict_rule_t;


typedef struct {
    uint8_t    state;                       /* CHECKING, UP or DOWN */
    uint8_t    result;                      /* the last conclusive one */
    uint16_t   run;                         /* results against the state */
} ngx_shop_verdict_t;


/*
 * Adds one result.  The return value is the edge: the only place that says
 * that a verdict changed.  An inconclusive result changes nothing, "busy" ends
 * a run of failures.  A new peer is up at its first pass, with "mandatory"
 * after as many as "passes" asks.
 */
ngx_shop_verdict_edge_e ngx_shop_verdict_add(ngx_shop_verdict_t *v,
    const ngx_shop_verdict_rule_t *rule, ngx_shop_verdict_result_e result);

/*
 * Before the result of a probe that failed is added: visitors get no answer
 * either, which counts as the first failure of the run.  The last word is the
 * probe's: with "fails" of 1 nothing changes.
 */
void ngx_shop_verdict_suspect(ngx_shop_verdict_t *v,
    const ngx_shop_verdict_rule_t *rule, ngx_shop_verdict_result_e result);

/* whether the next result may turn the verdict: probe at the "fast" interval */
int ngx_shop_verdict_in_doubt(const ngx_shop_verdict_t *v);

/* whether traffic may be sent, as far as probes say */
int ngx_shop_verdict_usable(const ngx_shop_verdict_t *v,
    const ngx_shop_verdict_rule_t *rule);

/* names for machines ("connect_refused", "up"), and words for people */
const char *ngx_shop_verdict_result_name(unsigned result);
const char *ngx_shop_verdict_result_words(unsigned result);
const char *ngx_shop_verdict_state_name(unsigned state);


#endif /* _NGX_SHOP_VERDICT_H_INCLUDED_ */
