
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * An incident as visitors met it: closings, openings, and what they were told.
 */


#ifndef _NGX_SHOP_INCIDENT_PUBLIC_H_INCLUDED_
#define _NGX_SHOP_INCIDENT_PUBLIC_H_INCLUDED_


#include "logic/story/incident.h"


/* of one incident: its edges, the end, and its texts */
#define NGX_SHOP_INCIDENT_ENTRIES                                            \
    (NGX_SHOP_INCIDENT_EDGES + 1 + NGX_SHOP_INCIDENT_TEXTS)


typedef struct {
    int64_t                 at;        /* Unix ms */
    uint32_t                nth;       /* of its kind, in the incident */
    uint8_t                 told;      /* a text; else an edge */
    uint8_t                 update;    /* of a text: an update, not a status */
    uint8_t                 found;     /* of an edge, _incident_found_e */
    ngx_shop_str_t          text;      /* len 0: none, or built in */
} ngx_shop_incident_entry_t;


/*
 * What there is to tell, into room for INCIDENT_ENTRIES, the edges first;
 * returns how many.  Nothing is told of what visitors did not meet: a server
 * that is down, a text that nobody was shown.
 */
unsigned ngx_shop_incident_public(const ngx_shop_incident_t *in,
    ngx_shop_incident_entry_t *entries);

/*
 * Whether an incident is one of a site and of a host of it, in lower case: its
 * parts are named "site:...", see state/board_parts.
 */
int ngx_shop_incident_public_of(const ngx_shop_incident_t *in,
    const ngx_shop_str_t *site, const ngx_shop_str_t *host);


#endif /* _NGX_SHOP_INCIDENT_PUBLIC_H_INCLUDED_ */
