
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * A copy of all that the shared memory knows, for people and their machines.
 * Taken in small steps: no lock that a request takes is held for longer than
 * it takes to copy a few records.
 */


#ifndef _NGX_SHOP_SNAPSHOT_H_INCLUDED_
#define _NGX_SHOP_SNAPSHOT_H_INCLUDED_


#include "state/record.h"
#include "state/board.h"
#include "state/chronicle.h"
#include "state/ledger.h"


typedef struct {
    ngx_shop_model_peer_t      *peer;
    ngx_shop_verdict_t          verdict;
    unsigned                    known:1;      /* has a record */
    unsigned                    usable:1;
    unsigned                    suspect:1;
    uint8_t                     state;        /* as people see it */
    uint8_t                     whose;        /* silence, _silence_e */
    uint16_t                    share;        /* 1000: all of it */
    uint32_t                    downs;
    int64_t                     since;        /* Unix s */
    uint64_t                    checks;
    uint64_t                    fails;
    ngx_shop_layout_sample_t    last;
    uint8_t                   history[NGX_SHOP_LAYOUT_HISTORY / 2];
    uint16_t                  took[NGX_SHOP_LAYOUT_HISTORY];
    ngx_shop_layout_force_t     force;
    ngx_shop_layout_own_t       own;          /* said of itself */
    ngx_shop_layout_aside_t     aside;
    int64_t                     back;         /* Unix s, from aside */
    uint32_t                    asides;
    ngx_shop_evidence_sum_t     visitors;     /* of the window */
    int64_t                     busy;         /* Unix s; 0: no */
} ngx_shop_snapshot_peer_t;


typedef struct {
    ngx_shop_model_group_t     *group;
    ngx_uint_t                  state;        /* _site_group_e */
    int64_t                     since;        /* Unix s */
    ngx_shop_model_group_t     *serving;      /* NULL: nobody */
    ngx_shop_site_count_t       count;
    int64_t                     detection;    /* ms; 0: none yet */
    ngx_uint_t                  panic;        /* verdicts ignored */
    ngx_uint_t                  limit;        /* of shop_shed; 0: none */
    ngx_uint_t                  inside;       /* pages in hand */
    ngx_uint_t                  waiting;      /* shop_queue: for a server */
    ngx_uint_t                  busy;         /* not room for all */
    ngx_uint_t                  nodes;        /* share its probes */
    ngx_uint_t                  node;         /* ... this one, from 0 */
    ngx_msec_t                  longest;      /* ... ms, since the first did */
    int64_t                     blind;        /* Unix s: visitors wait in
                                                 vain; 0: no */
    uint64_t                   results[NGX_SHOP_VERDICT_RESULT_N];
    uint32_t                   entered[NGX_SHOP_SITE_GROUP_N];
    ngx_atomic_uint_t          counts[NGX_SHOP_LAYOUT_COUNT_GROUP_N];
    ngx_shop_snapshot_peer_t   *peers;
    ngx_uint_t                  npeers;

    /* set by who asks: requests at each of them; NULL: not known */
    ngx_uint_t                 *active;
} ngx_shop_snapshot_group_t;


/* of a site that reopens */
typedef struct {
    uint32_t                    share;        /* of visitors, 0 to 1000 */
    int64_t                     left;         /* ms, until all are in, or of
                                                 the hold; 0: none */
    int64_t                     end;          /* Unix s, the same */
} ngx_shop_snapshot_way_t;


typedef struct {
    ngx_shop_model_site_t      *conf;
    ngx_shop_board_view_t       view;
    ngx_shop_snapshot_way_t     way;
    uint32_t                   entered[NGX_SHOP_SITE_N];
    ngx_shop_band_t             band;
    ngx_shop_ledger_view_t      ledger;
    int64_t                     incident;     /* Unix s; 0: none */
    ngx_shop_layout_counters_t  counters;
    ngx_shop_layout_counters_t  base;         /* when it began */
    ngx_shop_model_use_t       *uses;         /* learned ones included */
    ngx_uint_t                  nuses;
} ngx_shop_snapshot_site_t;


typedef struct {
    ngx_shop_model_zone_t      *zone;
    int64_t                     now;          /* Unix s */
    ngx_shop_snapshot_site_t   *site;         /* to begin with */
    ngx_shop_snapshot_site_t  **sites;        /* the worst first */
    ngx_uint_t                  nsites;
    ngx_shop_snapshot_group_t  *groups;
    ngx_uint_t                  ngroups;

    /* the newest first */
    ngx_shop_incident_t        *incidents;
    ngx_uint_t                  nincidents;
    ngx_shop_event_t           *events;
    ngx_uint_t                  nevents;

    /* set by who asks: a URL; a site that there is not */
    ngx_str_t                   runbook;
    ngx_str_t                   unknown;

    unsigned                    hours:1;      /* of the week, too */

    /* while it is taken */
    ngx_pool_t                 *pool;
    ngx_shop_model_site_t      *asked;
    ngx_uint_t                  next;         /* site, or peer of a group */
} ngx_shop_snapshot_t;


/*
 * conf is the site that is asked for; NULL: then "site" is the one in the worst
 * state.  That of upstreams which no site has is left out where another is and
 * it never sent a page.
 * NULL: no memory.
 */
ngx_shop_snapshot_t *ngx_shop_snapshot_begin(ngx_pool_t *pool,
    ngx_shop_model_zone_t *zone, ngx_shop_model_site_t *conf);

/*
 * Takes a little more of it, of one site or some tens of peers: NGX_OK: it is
 * whole; NGX_AGAIN: call again, at any time; NGX_ERROR: no memory.
 */
ngx_int_t ngx_shop_snapshot_step(ngx_shop_snapshot_t *snap);

/* of one site alone, by its name; NGX_DECLINED: there is no such site */
ngx_int_t ngx_shop_snapshot_keep(ngx_shop_snapshot_t *snap, ngx_str_t *name);

/* result number i of a peer, 0 is the oldest; n of them */
ngx_uint_t ngx_shop_snapshot_results(ngx_shop_snapshot_peer_t *peer);
ngx_uint_t ngx_shop_snapshot_result(ngx_shop_snapshot_peer_t *peer,
    ngx_uint_t i);

/* how long that probe took, in ms; NGX_SHOP_LAYOUT_NO_TIME: not known */
ngx_uint_t ngx_shop_snapshot_took(ngx_shop_snapshot_peer_t *peer,
    ngx_uint_t i);


#endif /* _NGX_SHOP_SNAPSHOT_H_INCLUDED_ */
