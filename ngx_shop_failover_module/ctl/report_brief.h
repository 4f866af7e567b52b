
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * Parts of a report: impact and care; and an incident in short, for people and
 * for programs.
 */


#ifndef _NGX_SHOP_REPORT_BRIEF_H_INCLUDED_
#define _NGX_SHOP_REPORT_BRIEF_H_INCLUDED_


#include "ctl/report.h"
#include "ctl/report_facts.h"
#include "logic/text/emit.h"


/* a section of the report: what it did to visitors */
void ngx_shop_report_impact(const ngx_shop_incident_t *in,
    const ngx_shop_report_facts_t *f);

/* another one: their first words, promises, and who it was */
void ngx_shop_report_impact_care(const ngx_shop_incident_t *in,
    const ngx_shop_report_facts_t *f);

/* --usual and --order-value; ERROR: it was said what is wrong with them */
int ngx_shop_report_usual_begin(const ngx_shop_options_t *o);

/* where they are given: lines of a list, and a member */
void ngx_shop_report_usual(const ngx_shop_incident_t *in,
    const ngx_shop_report_facts_t *f);
void ngx_shop_report_usual_json(ngx_shop_emit_t *e,
    const ngx_shop_incident_t *in, const ngx_shop_report_facts_t *f);

/* half a page without names of servers, for those who pay for it */
void ngx_shop_report_brief(const ngx_shop_incident_t *in,
    const ngx_shop_report_facts_t *f);

/* a member of "incidents" */
void ngx_shop_report_json(ngx_shop_emit_t *e, const ngx_shop_incident_t *in,
    const ngx_shop_report_facts_t *f);


#endif /* _NGX_SHOP_REPORT_BRIEF_H_INCLUDED_ */
