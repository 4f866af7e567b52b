
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * What the log knows of an incident beside its times.
 */


#ifndef _NGX_SHOP_REPORT_FACTS_H_INCLUDED_
#define _NGX_SHOP_REPORT_FACTS_H_INCLUDED_


#include "ctl/log.h"


#define NGX_SHOP_REPORT_FACTS_WHO   8
#define NGX_SHOP_REPORT_FACTS_NAME  64

/* ms: the incident plan's window for the first words of one's own */
#define NGX_SHOP_REPORT_FACTS_WINDOW  1800000


/* times are Unix ms, 0: none */
typedef struct {
    int64_t   start;
    int64_t   shut;           /* ms, for all visitors, together */
    int64_t   page;           /* it was up */
    int64_t   words;          /* of one's own, that visitors could read */
    unsigned  kept;           /* promises */
    unsigned  broken;
    unsigned  outage;         /* the servers failed */
    unsigned  closed;         /* a flag closed */
    int64_t   orders;         /* refused, or of unknown outcome */
    int64_t   callbacks;
    unsigned  nwho;
    char      who[NGX_SHOP_REPORT_FACTS_WHO][NGX_SHOP_REPORT_FACTS_NAME];
} ngx_shop_report_facts_t;


/* walks the log from its beginning; where it goes on until now (Unix ms) */
void ngx_shop_report_facts(ngx_shop_log_t *log, const ngx_shop_incident_t *in,
    int64_t now, ngx_shop_report_facts_t *f);


#endif /* _NGX_SHOP_REPORT_FACTS_H_INCLUDED_ */
