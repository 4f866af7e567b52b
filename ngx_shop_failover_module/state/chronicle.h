
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * What happened: the last events with their numbers, the last incidents, and
 * which events the log has.  Does not know where the log is.
 */


#ifndef _NGX_SHOP_CHRONICLE_H_INCLUDED_
#define _NGX_SHOP_CHRONICLE_H_INCLUDED_


#include "state/model.h"

#include "logic/story/incident.h"
#include "logic/story/saved.h"


#define NGX_SHOP_CHRONICLE_EVENTS  64

/* of updates for visitors, which may be many, a copy has so many */
#define NGX_SHOP_CHRONICLE_UPDATES  3


struct ngx_shop_layout_chronicle_s {
    ngx_atomic_t              seq;        /* of the newest event */
    ngx_atomic_t              written;    /* up to this one */
    int64_t                   time;       /* Unix ms, of the newest */

    /* who writes the log */
    ngx_msec_t                claimed;    /* until; 0: nobody */
    ngx_msec_t                retry;      /* not before, if broken */
    uint8_t                   broken;     /* it could not be written */

    ngx_shop_incident_fold_t  fold;
    ngx_shop_event_t  events[NGX_SHOP_CHRONICLE_EVENTS];
};


/* how the writing of the log turned */
typedef enum {
    NGX_SHOP_CHRONICLE_AS_BEFORE = 0,
    NGX_SHOP_CHRONICLE_BROKE,
    NGX_SHOP_CHRONICLE_WORKS_AGAIN
} ngx_shop_chronicle_turn_e;


/* to a state file, one incident at a time, and from it */
void ngx_shop_chronicle_file_save(ngx_shop_model_zone_t *zone,
    ngx_shop_saved_writer_t *w);
void ngx_shop_chronicle_file_load_locked(ngx_shop_model_zone_t *zone,
    ngx_shop_saved_record_t *record, ngx_uint_t lost);

/* called by zone only */
ngx_int_t ngx_shop_chronicle_create(ngx_shop_model_zone_t *zone);
void ngx_shop_chronicle_inherit(ngx_shop_model_zone_t *zone,
    ngx_shop_layout_t *old);

/*
 * Adds what just happened, and after it the event of an incident that this
 * begins, worsens or ends.  Sets seq and time.
 */
void ngx_shop_chronicle_add(ngx_shop_model_zone_t *zone,
    ngx_shop_event_t *event);

/* no lock; what probes say of a peer, a _verdict_state_e */
ngx_uint_t ngx_shop_chronicle_verdict(ngx_shop_model_zone_t *zone,
    ngx_shop_model_peer_t *peer);

/* what the site counted so far, into an event */
void ngx_shop_chronicle_counters(ngx_shop_model_zone_t *zone,
    ngx_shop_model_site_t *conf, ngx_shop_event_t *event);

/*
 * The next event for the log, NGX_OK: this worker is to write it and to say
 * how that went; *lost is how many before it are not known any more.
 * NGX_DECLINED: the log has all; NGX_BUSY: another worker writes, or it is not
 * yet time to try again.
 */
ngx_int_t ngx_shop_chronicle_next(ngx_shop_model_zone_t *zone,
    ngx_shop_event_t *event, ngx_uint_t *lost);
ngx_shop_chronicle_turn_e ngx_shop_chronicle_wrote(ngx_shop_model_zone_t *zone,
    ngx_shop_event_t *event, ngx_uint_t ok, ngx_msec_t retry);

/* there is no log: nothing waits for it */
void ngx_shop_chronicle_skip(ngx_shop_model_zone_t *zone);

/*
 * Copies for the status.  The newest events, at most n, the newest first, with
 * few updates, so that these push nothing away; and
 * the newest incidents, at most n, too.
 */
ngx_uint_t ngx_shop_chronicle_events(ngx_shop_model_zone_t *zone,
    ngx_shop_event_t *events, ngx_uint_t n);
ngx_uint_t ngx_shop_chronicle_incidents(ngx_shop_model_zone_t *zone,
    ngx_shop_incident_t *incidents, ngx_uint_t n);

/*
 * Which places of the table have an incident of a site and of a host of it
 * that visitors met, a bit each; and a copy of what is in a place.
 */
uint64_t ngx_shop_chronicle_met(ngx_shop_model_zone_t *zone, ngx_str_t *site,
    ngx_str_t *host);
void ngx_shop_chronicle_incident(ngx_shop_model_zone_t *zone, ngx_uint_t place,
    ngx_shop_incident_t *incident);

/* no lock; changes with each event */
#define ngx_shop_chronicle_version(zone)  ((zone)->sh->chronicle->seq)


#endif /* _NGX_SHOP_CHRONICLE_H_INCLUDED_ */
