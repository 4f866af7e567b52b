
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * For journal.c: what it tells people, told to machines.
 */


#ifndef _NGX_SHOP_JOURNAL_EVENT_H_INCLUDED_
#define _NGX_SHOP_JOURNAL_EVENT_H_INCLUDED_


#include "nginx/conf.h"

#include "state/force.h"
#include "state/record.h"


void ngx_shop_journal_event_probe(ngx_shop_model_zone_t *zone,
    ngx_shop_model_group_t *group, ngx_shop_model_peer_t *peer,
    ngx_shop_layout_sample_t *sample, ngx_shop_lease_commit_t *commit);

void ngx_shop_journal_event_order(ngx_shop_model_zone_t *zone,
    ngx_shop_model_group_t *group, ngx_shop_model_peer_t *peer,
    ngx_shop_layout_force_t *was, ngx_shop_layout_force_t *order);

/* a peer is slow with everybody, or no more */
/* it says another word of itself */
void ngx_shop_journal_event_said(ngx_shop_model_zone_t *zone,
    ngx_shop_model_group_t *group, ngx_shop_model_peer_t *peer,
    ngx_shop_lease_commit_t *commit);
void ngx_shop_journal_event_busy(ngx_shop_model_zone_t *zone,
    ngx_shop_model_group_t *group, ngx_shop_model_peer_t *peer,
    ngx_shop_layout_sample_t *sample, ngx_shop_lease_commit_t *commit);

/* a peer was put aside for what visitors got, or came back */
void ngx_shop_journal_event_aside(ngx_shop_model_zone_t *zone,
    ngx_shop_record_change_t *change);

void ngx_shop_journal_event_group(ngx_shop_model_zone_t *zone,
    ngx_shop_groups_change_t *change);
void ngx_shop_journal_event_site(ngx_shop_model_zone_t *zone,
    ngx_shop_groups_change_t *change);

/* each flag that says something new */
void ngx_shop_journal_event_flags(ngx_shop_model_zone_t *zone);


#endif /* _NGX_SHOP_JOURNAL_EVENT_H_INCLUDED_ */
