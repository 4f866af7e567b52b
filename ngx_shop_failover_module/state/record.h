
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * What visitors got of peers, in shared memory, and what follows from it.
 * logic/judge/evidence weighs; no log line, no HTTP here.
 */


#ifndef _NGX_SHOP_RECORD_H_INCLUDED_
#define _NGX_SHOP_RECORD_H_INCLUDED_


#include "state/peers.h"


/* where the evidence of a peer is; slot: NO_SLOT, then nothing is kept */
typedef struct {
    uint64_t                      id;
    uint32_t                      slot;
} ngx_shop_record_t;


/* shop_outlier */
typedef struct {
    ngx_shop_evidence_rule_t      rule;
    ngx_uint_t                    percent;  /* at most out; 0: off */
    ngx_msec_t                    min;      /* aside, the first time */
    ngx_msec_t                    max;
} ngx_shop_record_conf_t;


/* a peer was put aside, or came back; copied out, to be told to people */
typedef struct {
    ngx_shop_model_group_t       *group;
    ngx_shop_model_peer_t        *peer;
    ngx_uint_t                    aside;    /* 0: it came back */
    ngx_uint_t                    last;     /* ... as nobody is left */
    ngx_msec_t                    length;   /* of the time aside */
    int64_t                       since;    /* Unix s, state before */
    ngx_shop_evidence_finding_t   finding;
} ngx_shop_record_change_t;


/*
 * On the request path, no lock: what a request got of a peer.  Good: after how
 * many ms; 1: whether a page came is to be told by _record_page().
 */
ngx_uint_t ngx_shop_record_good(ngx_shop_model_zone_t *zone,
    ngx_shop_record_t *record, ngx_shop_evidence_rule_t *rule,
    uint32_t waited);
void ngx_shop_record_bad(ngx_shop_model_zone_t *zone,
    ngx_shop_record_t *record, ngx_shop_evidence_rule_t *rule,
    ngx_shop_evidence_heard_t *heard);

/*
 * No lock; when the peer answered a visitor last, whom ever, monotonic ms cut
 * to 32 bits.  NGX_DECLINED: it did not yet.
 */
ngx_int_t ngx_shop_record_heard(ngx_shop_model_zone_t *zone,
    ngx_shop_record_t *record, uint32_t *msec);

/*
 * No lock; for how long a request may wait at the peer, while nobody hears of
 * it, before somebody looks: at most "most" ms.
 */
ngx_msec_t ngx_shop_record_patience(ngx_shop_model_zone_t *zone,
    ngx_shop_record_t *record, ngx_msec_t most);

/*
 * No lock.  Somebody waits for a page of the peer; from now on those that come
 * are told of.
 */
void ngx_shop_record_wait(ngx_shop_model_zone_t *zone,
    ngx_shop_record_t *record);

/* no lock; a page came */
void ngx_shop_record_page(ngx_shop_model_zone_t *zone,
    ngx_shop_record_t *record);

/*
 * No lock.  So many visitors of this worker wait for pages of the peer for too
 * long; where its probes pass that makes the check blind.
 */
void ngx_shop_record_vain(ngx_shop_model_zone_t *zone,
    ngx_shop_model_group_t *group, ngx_shop_record_t *record, ngx_uint_t n);

/* no lock; how long a connection to it may take, ms; 0: not known */
ngx_msec_t ngx_shop_record_connect(ngx_shop_model_zone_t *zone,
    ngx_shop_record_t *record);

/* no lock; what failed at the peer did well at a sibling */
void ngx_shop_record_proof(ngx_shop_model_zone_t *zone,
    ngx_shop_record_t *record);

/*
 * No lock.  A probe of the peer that began so many ms ago timed out.  How long
 * an answer took that a visitor got since, where that makes the timeout no
 * evidence; else 0.
 */
ngx_msec_t ngx_shop_record_late(ngx_shop_model_zone_t *zone,
    ngx_shop_model_group_t *group, ngx_shop_model_peer_t *peer,
    ngx_shop_evidence_rule_t *rule, ngx_msec_t ago);

/* no lock; how long the next probe of the peer may take, ms */
ngx_msec_t ngx_shop_record_timeout(ngx_shop_model_zone_t *zone,
    ngx_shop_model_group_t *group, ngx_shop_model_peer_t *peer,
    ngx_shop_evidence_rule_t *rule);

/*
 * Whether a peer is to be put aside beside its siblings.  NGX_OK: it was, and
 * the caller alone is to tell people.  NGX_DECLINED: it stays.
 */
ngx_int_t ngx_shop_record_judge(ngx_shop_model_zone_t *zone,
    ngx_shop_model_group_t *group, ngx_shop_model_peer_t *peer,
    ngx_shop_record_conf_t *conf, ngx_shop_record_change_t *change);

/*
 * Peers whose time aside is over, or that are all that is left.  Any worker,
 * at any time; what came back is in changes (at most n, more the next time).
 */
ngx_uint_t ngx_shop_record_return(ngx_shop_model_zone_t *zone,
    ngx_shop_record_change_t *changes, ngx_uint_t n);


/*
 * In words: "38 of 40 requests of visitors got a 5xx"; returns where the
 * text ends.  For logs, events and the status.
 */
u_char *ngx_shop_record_why(u_char *buf, u_char *last,
    ngx_shop_evidence_finding_t *finding);


#endif /* _NGX_SHOP_RECORD_H_INCLUDED_ */
