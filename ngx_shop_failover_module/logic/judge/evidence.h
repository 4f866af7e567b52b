
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * What visitors got of a server, and what follows from it beside what its
 * siblings gave and what probes found.  Pure: time comes in.  The counters are
 * of fixed size and are added to by all workers at once, without a lock: one
 * that is lost moves no verdict, as none hangs on one alone.
 */


#ifndef _NGX_SHOP_EVIDENCE_H_INCLUDED_
#define _NGX_SHOP_EVIDENCE_H_INCLUDED_


#include "logic/text/base.h"


/* the window that slides: so many stretches of so many ms, a power of two */
#define NGX_SHOP_EVIDENCE_SLOTS  8
#define NGX_SHOP_EVIDENCE_SHIFT  12

#define NGX_SHOP_EVIDENCE_WINDOW                                             \
    (NGX_SHOP_EVIDENCE_SLOTS << NGX_SHOP_EVIDENCE_SHIFT)

/* after that a server that was put aside is one like all others; ms */
#define NGX_SHOP_EVIDENCE_PROBATION  60000


/* what one request got of a server */
typedef enum {
    NGX_SHOP_EVIDENCE_GOOD = 0,    /* any answer but a 5xx */
    NGX_SHOP_EVIDENCE_STATUS,      /* a 5xx */
    NGX_SHOP_EVIDENCE_CONNECT,     /* no connection */
    NGX_SHOP_EVIDENCE_READ,        /* no answer, or not one of HTTP */
    NGX_SHOP_EVIDENCE_BODY,        /* good until it broke off */
    NGX_SHOP_EVIDENCE_N
} ngx_shop_evidence_e;


/* shop_outlier and shop_health_check, as far as they matter here */
typedef struct {
    uint32_t  errors;           /* failures in a row; 0: not judged */
    uint32_t  min;              /* answers, for all but a row of failures */
    uint32_t  ratio;            /* percent, above the siblings' */
    uint32_t  slow;             /* times the siblings' time; 0: not judged */
    uint32_t  timeout;          /* ms, of a probe */
    uint32_t  interval;         /* ms, of probes */
} ngx_shop_evidence_rule_t;


typedef struct {
    uint32_t  kind;             /* _evidence_e */
    uint32_t  waited;           /* ms, to the first byte */
    uint32_t  msec;             /* now */
    uint32_t  place;            /* a hash of the URI; only of a failure */
    uint32_t  visitor;          /* a hash of the visitor; as above */
} ngx_shop_evidence_heard_t;


typedef struct {
    uint32_t  period;           /* which stretch of time */
    uint32_t  good;             /* answers, also those that broke off */
    uint32_t  bad[NGX_SHOP_EVIDENCE_N - 1];
    uint64_t  sum;              /* ms, of good ones */
    uint64_t  squares;          /* ms^2 */
} ngx_shop_evidence_slot_t;


/* of one server; lives in shared memory, zeroed: nothing was heard */
typedef struct {
    ngx_shop_evidence_slot_t  slots[NGX_SHOP_EVIDENCE_SLOTS];
    uint32_t  heard;            /* ms: the last answer */
    uint32_t  run;              /* failures since the last good answer */
    uint32_t  well;             /* good answers since the last failure */
    uint32_t  failed;           /* ms: the last failure */
    uint32_t  proofs;           /* requests that failed here and did well at
                                   a sibling, of late */
    uint32_t  places;           /* what failed of late: a bit each */
    uint32_t  visitors;         /* whose, a bit each */
    uint32_t  late;             /* ms: the last answer that was as slow as a
                                   probe that times out */
    uint32_t  lateness;         /* ms, that it took; 0: there was none */
    uint32_t  quiet;            /* ms: the longest silence of late that ended
                                   with an answer */
} ngx_shop_evidence_t;


/* sums of a window, of one server or of several */
typedef struct {
    uint32_t  servers;
    uint32_t  n;
    uint32_t  bad;
    uint32_t  kinds[NGX_SHOP_EVIDENCE_N - 1];
    uint32_t  timed;
    uint64_t  sum;
    uint64_t  squares;
    uint32_t  well;             /* good answers in a row, of whom */
} ngx_shop_evidence_sum_t;


/* what is asked, and all that is known for the answer */
typedef struct {
    const ngx_shop_evidence_rule_t  *rule;
    const ngx_shop_evidence_t       *own;
    ngx_shop_evidence_sum_t          sum;       /* of own */
    ngx_shop_evidence_sum_t          others;    /* of usable ones */
    uint32_t                         msec;      /* now */
    uint32_t                         began;     /* ms, the probe */
    uint8_t                          late;      /* it timed out */
    uint8_t                          room;      /* another has room */
    uint8_t                          returned;  /* was aside of late */
    uint8_t                          busy;      /* as the last probe found */
} ngx_shop_evidence_case_t;


typedef enum {
    NGX_SHOP_EVIDENCE_NOTHING = 0,  /* to be said against the probe,
                                       or against the server */
    NGX_SHOP_EVIDENCE_BUSY,         /* the probe waits as visitors do */
    NGX_SHOP_EVIDENCE_FAILS,        /* more than its siblings */
    NGX_SHOP_EVIDENCE_CRAWLS        /* beside its siblings */
} ngx_shop_evidence_verdict_e;


typedef struct {
    ngx_shop_evidence_verdict_e  verdict;
    uint32_t                     kind;     /* most of what failed */
    uint32_t                     failed;   /* ... of so many */
    uint32_t                     of;
    uint32_t                     mean;     /* ms, its own */
    uint32_t                     usual;    /* ms, its siblings' */
} ngx_shop_evidence_finding_t;


/*
 * One request's; on the request path.  1: it was heard after a longer silence
 * than was usual, or failed.
 */
int ngx_shop_evidence_add(ngx_shop_evidence_t *e,
    const ngx_shop_evidence_rule_t *rule,
    const ngx_shop_evidence_heard_t *heard);

/* the same of a good one, as nearly all are: ms to its first byte, and now */
int ngx_shop_evidence_good(ngx_shop_evidence_t *e,
    const ngx_shop_evidence_rule_t *rule, uint32_t waited, uint32_t msec);

/* what failed here did well at a sibling */
void ngx_shop_evidence_proof(ngx_shop_evidence_t *e);

/* adds what was heard of a server in the window to the sums */
void ngx_shop_evidence_sum(ngx_shop_evidence_sum_t *sum,
    const ngx_shop_evidence_t *e, uint32_t msec);

/*
 * Whether a server could take what another has too much of: its last probe
 * passed within "probe" ms, quickly, and no visitor waits for long there.
 */
int ngx_shop_evidence_room(const ngx_shop_evidence_t *e,
    const ngx_shop_evidence_rule_t *rule, uint32_t probe, uint32_t msec);

/*
 * The one place that weighs.  A probe that timed out (late): BUSY where an
 * answer that came since it began had waited about as long, and nobody else
 * has room; a long poll, which waits for much longer, is no such answer.
 * Else: FAILS or CRAWLS where its answers are markedly worse than its
 * siblings'; where all are as bad, it is none of theirs.
 */
void ngx_shop_evidence_weigh(const ngx_shop_evidence_case_t *c,
    ngx_shop_evidence_finding_t *finding);

/*
 * How long a probe may take, ms.  A server with which all wait is asked with
 * more patience: once the queue is longer than visitors stay, only the probe
 * is there to hear that it lives.
 */
uint32_t ngx_shop_evidence_timeout(const ngx_shop_evidence_case_t *c);

/* how long a server is put aside for the nth time (0: the first); ms */
uint32_t ngx_shop_evidence_aside(uint32_t min, uint32_t max, unsigned n);

/* whether one more of so many servers may be put aside */
int ngx_shop_evidence_spares(uint32_t servers, uint32_t usable,
    uint32_t percent);

/* "answered 500" and the like, of most of what failed */
const char *ngx_shop_evidence_words(unsigned kind);


#endif /* _NGX_SHOP_EVIDENCE_H_INCLUDED_ */
