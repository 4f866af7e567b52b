
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * Events and incidents in shared memory.  The log is written from here and in
 * the order of the numbers, whichever worker saw the event: what a full disk
 * refuses stays here for a while.
 */


#include "state/chronicle.h"
#include "state/counters.h"
#include "state/clock.h"

#include "logic/story/incident_public.h"


static void ngx_shop_chronicle_push_locked(ngx_shop_layout_chronicle_t *ch,
    ngx_shop_event_t *event);
static ngx_shop_event_t *ngx_shop_chronicle_event(
    ngx_shop_layout_chronicle_t *ch, ngx_atomic_uint_t seq);


/* a worker that died while it wrote is not waited for longer; ms */
#define NGX_SHOP_CHRONICLE_CLAIM  10000


ngx_int_t
ngx_shop_chronicle_create(ngx_shop_model_zone_t *zone)
{
    zone->sh->chronicle = ngx_slab_calloc(zone->shpool,
                                          sizeof(ngx_shop_layout_chronicle_t));

    return zone->sh->chronicle ? NGX_OK : NGX_ERROR;
}


void
ngx_shop_chronicle_inherit(ngx_shop_model_zone_t *zone, ngx_shop_layout_t *old)
{
    ngx_shop_layout_chronicle_t  *ch;

    ch = zone->sh->chronicle;

    ngx_memcpy(ch, old->chronicle, sizeof(ngx_shop_layout_chronicle_t));
    ch->claimed = 0;
}


void
ngx_shop_chronicle_add(ngx_shop_model_zone_t *zone, ngx_shop_event_t *event)
{
    ngx_shop_event_t              told;
    ngx_shop_incident_t          *incident;
    ngx_shop_incident_e           news;
    ngx_shop_layout_chronicle_t  *ch;

    ch = zone->sh->chronicle;

    ngx_shmtx_lock(&zone->shpool->mutex);

    ngx_shop_chronicle_push_locked(ch, event);

    news = ngx_shop_incident_fold(&ch->fold, event, &incident);

    if (news != NGX_SHOP_INCIDENT_NO_NEWS) {
        ngx_shop_incident_event(incident, news, &told);
        ngx_shop_chronicle_push_locked(ch, &told);
        ch->fold.seq = told.seq;
    }

    ngx_shmtx_unlock(&zone->shpool->mutex);
}


static void
ngx_shop_chronicle_push_locked(ngx_shop_layout_chronicle_t *ch,
    ngx_shop_event_t *event)
{
    int64_t      now;
    ngx_time_t  *tp;

    tp = ngx_timeofday();
    now = (int64_t) tp->sec * 1000 + tp->msec;

    /* each worker has the time of its last look at the clock */

    if (now < ch->time && ch->time - now < 1000) {
        now = ch->time;
    }

    ch->time = now;

    event->time = now;
    event->seq = ch->seq + 1;

    *ngx_shop_chronicle_event(ch, ch->seq + 1) = *event;

    ngx_memory_barrier();

    ch->seq++;
}


static ngx_shop_event_t *
ngx_shop_chronicle_event(ngx_shop_layout_chronicle_t *ch,
    ngx_atomic_uint_t seq)
{
    return &ch->events[seq % NGX_SHOP_CHRONICLE_EVENTS];
}


ngx_uint_t
ngx_shop_chronicle_verdict(ngx_shop_model_zone_t *zone,
    ngx_shop_model_peer_t *peer)
{
    ngx_shop_layout_peer_t  *ps;

    if (peer->slot == NGX_SHOP_LAYOUT_NO_SLOT) {
        return NGX_SHOP_VERDICT_CHECKING;
    }

    ps = &zone->sh->peers[peer->slot];

    return ngx_shop_layout_read(ps->id) == peer->id
           ? ngx_shop_layout_read(ps->verdict.state)
           : NGX_SHOP_VERDICT_CHECKING;
}


void
ngx_shop_chronicle_counters(ngx_shop_model_zone_t *zone,
    ngx_shop_model_site_t *conf, ngx_shop_event_t *event)
{
    ngx_uint_t                   i, n;
    ngx_shop_model_class_t     **class;
    ngx_shop_layout_counters_t  *counters;

    counters = &zone->sh->sites[conf->index]->counters;
    class = zone->classes.elts;

    event->visitors = (int64_t) ngx_shop_counters_visitors(counters);

    for (i = 0; i < zone->classes.nelts; i++) {
        n = class[i]->index;

        if (n < NGX_SHOP_LAYOUT_CLASSES) {
            (void) ngx_shop_event_add_class(event,
                                            (ngx_shop_str_t *) &class[i]->name,
                                            (int64_t) counters->refused[n],
                                            (int64_t) counters->unknown[n]);
        }
    }
}


ngx_int_t
ngx_shop_chronicle_next(ngx_shop_model_zone_t *zone, ngx_shop_event_t *event,
    ngx_uint_t *lost)
{
    ngx_int_t                     rc;
    ngx_msec_t                    now;
    ngx_atomic_uint_t             seq;
    ngx_shop_layout_chronicle_t  *ch;

    ch = zone->sh->chronicle;

    if (ch->written == ch->seq) {
        return NGX_DECLINED;
    }

    *lost = 0;

    ngx_shmtx_lock(&zone->shpool->mutex);

    now = ngx_shop_clock_msec(zone->sh);
    seq = ch->written + 1;

    if (ch->seq == ch->written) {
        ch->claimed = 0;
        rc = NGX_DECLINED;

    } else if ((ch->claimed && (ngx_msec_int_t) (ch->claimed - now) > 0)
               || (ch->broken && (ngx_msec_int_t) (ch->retry - now) > 0))
    {
        rc = NGX_BUSY;

    } else {
        if (ch->seq - ch->written > NGX_SHOP_CHRONICLE_EVENTS) {
            seq = ch->seq - NGX_SHOP_CHRONICLE_EVENTS + 1;
            *lost = seq - ch->written - 1;
        }

        ch->claimed = now + NGX_SHOP_CHRONICLE_CLAIM;
        *event = *ngx_shop_chronicle_event(ch, seq);
        rc = NGX_OK;
    }

    ngx_shmtx_unlock(&zone->shpool->mutex);

    return rc;
}


ngx_shop_chronicle_turn_e
ngx_shop_chronicle_wrote(ngx_shop_model_zone_t *zone, ngx_shop_event_t *event,
    ngx_uint_t ok, ngx_msec_t retry)
{
    ngx_uint_t                    was;
    ngx_atomic_uint_t             seq;
    ngx_shop_layout_chronicle_t  *ch;

    ch = zone->sh->chronicle;
    seq = (ngx_atomic_uint_t) event->seq;

    ngx_shmtx_lock(&zone->shpool->mutex);

    was = ch->broken;

    ch->broken = !ok;
    ch->claimed = 0;

    if (!ok) {
        ch->retry = ngx_shop_clock_msec(zone->sh) + retry;

    } else if ((ngx_atomic_int_t) (seq - ch->written) > 0) {
        ch->written = seq;
    }

    ngx_shmtx_unlock(&zone->shpool->mutex);

    if (was == !ok) {
        return NGX_SHOP_CHRONICLE_AS_BEFORE;
    }

    return ok ? NGX_SHOP_CHRONICLE_WORKS_AGAIN : NGX_SHOP_CHRONICLE_BROKE;
}


void
ngx_shop_chronicle_skip(ngx_shop_model_zone_t *zone)
{
    ngx_shop_layout_chronicle_t  *ch;

    ch = zone->sh->chronicle;

    if (ch->written == ch->seq) {
        return;
    }

    ngx_shmtx_lock(&zone->shpool->mutex);

    ch->written = ch->seq;
    ch->broken = 0;

    ngx_shmtx_unlock(&zone->shpool->mutex);
}


/* one at a time, so that nobody waits for the lock while 100 KB are copied */

ngx_uint_t
ngx_shop_chronicle_events(ngx_shop_model_zone_t *zone,
    ngx_shop_event_t *events, ngx_uint_t n)
{
    ngx_uint_t                    i, updates;
    ngx_atomic_uint_t             seq;
    ngx_shop_layout_chronicle_t  *ch;

    ch = zone->sh->chronicle;
    seq = ch->seq;
    n = ngx_min(n, NGX_SHOP_CHRONICLE_EVENTS);
    updates = 0;

    for (i = 0; i < n && seq; seq--) {

        ngx_shmtx_lock(&zone->shpool->mutex);
        events[i] = *ngx_shop_chronicle_event(ch, seq);
        ngx_shmtx_unlock(&zone->shpool->mutex);

        if (events[i].seq != (int64_t) seq) {

            /* newer ones took its place meanwhile */

            break;
        }

        if (events[i].type == NGX_SHOP_EVENT_FLAG
            && events[i].to == NGX_SHOP_EVENT_UPDATE
            && ++updates > NGX_SHOP_CHRONICLE_UPDATES)
        {
            continue;
        }

        i++;
    }

    return i;
}


ngx_uint_t
ngx_shop_chronicle_incidents(ngx_shop_model_zone_t *zone,
    ngx_shop_incident_t *incidents, ngx_uint_t n)
{
    uint32_t                   next;
    ngx_uint_t                 i;
    ngx_shop_incident_t       *from;
    ngx_shop_incident_fold_t  *fold;

    fold = &zone->sh->chronicle->fold;
    next = fold->next;
    n = ngx_min(n, NGX_SHOP_INCIDENTS);

    for (i = 0; i < n; i++) {
        from = &fold->incidents[(next - 1 - i) % NGX_SHOP_INCIDENTS];

        ngx_shmtx_lock(&zone->shpool->mutex);
        incidents[i] = *from;
        ngx_shmtx_unlock(&zone->shpool->mutex);

        if (incidents[i].number == 0) {
            break;
        }
    }

    return i;
}


/* for a feed, which few ask for: 64 names are soon compared */

uint64_t
ngx_shop_chronicle_met(ngx_shop_model_zone_t *zone, ngx_str_t *site,
    ngx_str_t *host)
{
    uint64_t                   met;
    ngx_uint_t                 i;
    ngx_shop_incident_t       *in;
    ngx_shop_incident_fold_t  *fold;

    fold = &zone->sh->chronicle->fold;
    met = 0;

    ngx_shmtx_lock(&zone->shpool->mutex);

    for (i = 0; i < NGX_SHOP_INCIDENTS; i++) {
        in = &fold->incidents[i];

        if (in->number && in->nedges
            && ngx_shop_incident_public_of(in, (ngx_shop_str_t *) site,
                                           (ngx_shop_str_t *) host))
        {
            met |= (uint64_t) 1 << i;
        }
    }

    ngx_shmtx_unlock(&zone->shpool->mutex);

    return met;
}


void
ngx_shop_chronicle_incident(ngx_shop_model_zone_t *zone, ngx_uint_t place,
    ngx_shop_incident_t *incident)
{
    ngx_shmtx_lock(&zone->shpool->mutex);
    *incident = zone->sh->chronicle->fold.incidents[place];
    ngx_shmtx_unlock(&zone->shpool->mutex);
}
