
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * Tells people what changed: edges, not levels, once.
 */


#ifndef _NGX_SHOP_JOURNAL_H_INCLUDED_
#define _NGX_SHOP_JOURNAL_H_INCLUDED_


#include "nginx/conf.h"

#include "state/force.h"
#include "state/record.h"


/* one result of a probe, and the edge that it made */
void ngx_shop_journal_probe(ngx_shop_model_zone_t *zone,
    ngx_shop_model_group_t *group, ngx_shop_model_peer_t *peer,
    ngx_shop_layout_sample_t *sample, ngx_shop_lease_commit_t *commit);

/* an order of the operator about a peer, and the one that stood before it */
void ngx_shop_journal_order(ngx_shop_model_zone_t *zone,
    ngx_shop_model_group_t *group, ngx_shop_model_peer_t *peer,
    ngx_shop_layout_force_t *was, ngx_shop_layout_force_t *order);

/*
 * A peer was put aside, or came back; uri is what it answers well, len 0:
 * nothing that has a name.
 */
void ngx_shop_journal_aside(ngx_shop_model_zone_t *zone,
    ngx_shop_record_change_t *change, ngx_str_t *uri);

/*
 * Brings groups and sites up to date and tells what that changed.  Called
 * after an edge of a peer, a change of a flag, and once a second.
 */
void ngx_shop_journal_update(ngx_shop_model_zone_t *zone);


#endif /* _NGX_SHOP_JOURNAL_H_INCLUDED_ */
