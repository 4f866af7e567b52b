
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * shopctl report: the review of an incident, from the event log.
 */


#ifndef _NGX_SHOP_REPORT_H_INCLUDED_
#define _NGX_SHOP_REPORT_H_INCLUDED_


#include "ctl/log.h"


extern const ngx_shop_options_entry_t  ngx_shop_report_options[];

int ngx_shop_report_run(const ngx_shop_options_t *o);

/* for report.c: one line of the timeline, of events that belong there */
void ngx_shop_report_event(const ngx_shop_event_t *event);

/* of report_text.c: a text of others as Markdown, shown and not obeyed */
void ngx_shop_report_text(ngx_shop_str_t text);

/* "2026-11-21 03:10:00" */
void ngx_shop_report_text_time(int64_t msec);

/* "1.1 s", "25m 3s" */
void ngx_shop_report_text_length(int64_t msec);


#endif /* _NGX_SHOP_REPORT_H_INCLUDED_ */
