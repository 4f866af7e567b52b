
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * What the files of incident know of each other; nobody else includes this.
 */


#ifndef _NGX_SHOP_INCIDENT_INSIDE_H_INCLUDED_
#define _NGX_SHOP_INCIDENT_INSIDE_H_INCLUDED_


#include "logic/story/incident.h"


/*
 * incident_burst: peers that fail together.  An event of a peer is one of
 * those, or NULL; the first failure of a site's, for an incident that begins;
 * whether another group stepped in for one of its upstreams.
 */
ngx_shop_incident_burst_t *ngx_shop_incident_burst_of(
    ngx_shop_incident_fold_t *fold, const ngx_shop_event_t *event);
void ngx_shop_incident_burst_add(ngx_shop_incident_fold_t *fold,
    const ngx_shop_event_t *event);
void ngx_shop_incident_burst_failed(ngx_shop_incident_fold_t *fold,
    ngx_shop_incident_t *in, const ngx_shop_event_t *event);
unsigned ngx_shop_incident_burst_by_group(ngx_shop_incident_fold_t *fold,
    const ngx_shop_event_t *event);

/*
 * incident_told: what is remembered in the bytes of an incident.  _class()
 * returns NULL and _keep() 0 where there is no room.
 */
void ngx_shop_incident_told_count(ngx_shop_incident_t *in,
    const ngx_shop_event_t *event);
ngx_shop_incident_class_t *ngx_shop_incident_told_class(
    ngx_shop_incident_t *in, const ngx_shop_str_t *name);
void ngx_shop_incident_told_flag(ngx_shop_incident_t *in,
    const ngx_shop_event_t *event);
void ngx_shop_incident_told_say(ngx_shop_incident_t *in,
    const ngx_shop_event_t *event, unsigned update);
int ngx_shop_incident_told_keep(ngx_shop_incident_t *in,
    ngx_shop_span_t *span, const ngx_shop_str_t *text);

/* incident_public: what visitors find from now on, of a site or of a flag */
void ngx_shop_incident_public_note(ngx_shop_incident_t *in,
    const ngx_shop_event_t *event);


#endif /* _NGX_SHOP_INCIDENT_INSIDE_H_INCLUDED_ */
