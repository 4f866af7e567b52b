
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * Incidents folded from events, one after the other: when it failed, when that
 * was seen, eased and over, what visitors were told, and how many there were.
 * The module folds as events happen, shopctl from the log; both must agree.
 */


#ifndef _NGX_SHOP_INCIDENT_H_INCLUDED_
#define _NGX_SHOP_INCIDENT_H_INCLUDED_


#include "logic/story/event.h"


#define NGX_SHOP_INCIDENTS        64     /* of all sites, remembered */
#define NGX_SHOP_INCIDENT_TEXTS   16
#define NGX_SHOP_INCIDENT_BYTES   5120
#define NGX_SHOP_INCIDENT_EDGES   12     /* the last ones */

/* peers that fail within this of one another fail together; ms */
#define NGX_SHOP_INCIDENT_BURST   60000

/* upstreams of which that is remembered, the last to fail */
#define NGX_SHOP_INCIDENT_BURSTS  32


typedef enum {
    NGX_SHOP_INCIDENT_NO_NEWS = 0,
    NGX_SHOP_INCIDENT_BEGUN,
    NGX_SHOP_INCIDENT_ESCALATED,
    NGX_SHOP_INCIDENT_RESOLVED
} ngx_shop_incident_e;


/* a text that visitors saw */
typedef struct {
    int64_t                      at;          /* Unix ms */
    uint8_t                      update;      /* else the status */
    ngx_shop_span_t              text;        /* len 0: built in */
} ngx_shop_incident_text_t;


/* what visitors find */
typedef enum {
    NGX_SHOP_INCIDENT_FOUND_OPEN = 0,
    NGX_SHOP_INCIDENT_FOUND_CLOSED,           /* as it was planned */
    NGX_SHOP_INCIDENT_FOUND_PROBLEM,
    NGX_SHOP_INCIDENT_FOUND_BROWSE,
    NGX_SHOP_INCIDENT_FOUND_PATHS,
    NGX_SHOP_INCIDENT_FOUND_N
} ngx_shop_incident_found_e;


/* from when on they found something else */
typedef struct {
    int64_t                      at;          /* Unix ms */
    uint32_t                     nth;         /* of all there were */
    uint8_t                      found;       /* _incident_found_e */
} ngx_shop_incident_edge_t;


typedef struct {
    ngx_shop_span_t              name;
    int64_t                      refused;     /* since it began */
    int64_t                      unknown;
    int64_t                      refused_before;
    int64_t                      unknown_before;
} ngx_shop_incident_class_t;


/* position independent, lives in shared memory; times are Unix ms, 0: none */
typedef struct {
    uint32_t                     number;      /* 0: a free place */
    uint8_t                      state;       /* now, _site_e */
    uint8_t                      severity;    /* worst; 0: planned */
    uint8_t                      planned;     /* a flag began it */
    uint8_t                      by;          /* _event_by_e */
    uint8_t                      lost;        /* end is not known */
    uint8_t                      told;        /* number is settled */

    int64_t                      born;        /* began, and no step of
                                                 the clock moves it */
    int64_t                      began;       /* site left well */
    int64_t                      first_failure;
    int64_t                      detected;
    int64_t                      mitigated;
    int64_t                      reopening;
    int64_t                      resolved;

    int64_t                      visitors;    /* since it began */
    int64_t                      visitors_before;
    uint32_t                     nclasses;
    ngx_shop_incident_class_t classes[NGX_SHOP_EVENT_CLASSES];

    uint32_t                     ntexts;
    uint32_t                     texts_lost;  /* found no room */
    ngx_shop_incident_text_t texts[NGX_SHOP_INCIDENT_TEXTS];

    uint32_t                     nedges;
    ngx_shop_incident_edge_t edges[NGX_SHOP_INCIDENT_EDGES];

    ngx_shop_span_t              site;
    ngx_shop_span_t              hosts;       /* of a part of a site */
    ngx_shop_span_t              flag;        /* its path; len 0: none */
    ngx_shop_span_t              upstreams;   /* as in its first event */
    uint32_t                     nbytes;
    unsigned char                     bytes[NGX_SHOP_INCIDENT_BYTES];
} ngx_shop_incident_t;


/* peers of an upstream that went down together */
typedef struct {
    uint32_t                     upstream;    /* sum of its name; 0: free */
    uint8_t                      by_group;    /* another one stepped in */
    int64_t                      first;       /* failure */
    int64_t                      detected;
    int64_t                      last;        /* one to go down */
} ngx_shop_incident_burst_t;


/* zeroed to begin with */
typedef struct {
    uint32_t                     count;       /* last number */
    uint32_t                     next;        /* place of the next */
    int64_t                      seq;         /* of the last event */

    ngx_shop_incident_burst_t    bursts[NGX_SHOP_INCIDENT_BURSTS];
    ngx_shop_incident_t     incidents[NGX_SHOP_INCIDENTS];
} ngx_shop_incident_fold_t;


/*
 * Adds one event.  Where it begins, worsens or ends an incident, says so, and
 * *incident is that one; else it is the open one that the event belongs to, or
 * NULL.
 */
ngx_shop_incident_e ngx_shop_incident_fold(ngx_shop_incident_fold_t *fold,
    const ngx_shop_event_t *event, ngx_shop_incident_t **incident);

/* gives a time another value, now or in an earlier call: by so many ms */
typedef void (*ngx_shop_incident_move_pt)(void *data, int64_t *at, int64_t by);

/*
 * The clock stepped by so many ms: times of what goes on move along.  Each time
 * there is room for is given to "move", in the same order in every call: those
 * of what is over by 0.
 */
void ngx_shop_incident_shift(ngx_shop_incident_fold_t *fold, int64_t by,
    ngx_shop_incident_move_pt move, void *data);

/* the event that tells of it; seq and time are the caller's */
void ngx_shop_incident_event(const ngx_shop_incident_t *incident,
    ngx_shop_incident_e news, ngx_shop_event_t *event);

/*
 * For a state file: how many bytes of an incident say something, the first
 * ones; and whether so many bytes of a file are one.
 */
size_t ngx_shop_incident_saved_size(const ngx_shop_incident_t *incident);
int ngx_shop_incident_saved_sane(const ngx_shop_incident_t *incident,
    size_t size);

/* one that was saved, the oldest first, into a fold that has no event yet */
void ngx_shop_incident_saved_restore(ngx_shop_incident_fold_t *fold,
    const ngx_shop_incident_t *incident, size_t size);

/* whether an upstream is one of the incident's site, or nobody knows */
int ngx_shop_incident_burst_concerns(const ngx_shop_incident_t *incident,
    const ngx_shop_str_t *upstream);

ngx_shop_str_t ngx_shop_incident_told_text(const ngx_shop_incident_t *incident,
    ngx_shop_span_t span);


#endif /* _NGX_SHOP_INCIDENT_H_INCLUDED_ */
