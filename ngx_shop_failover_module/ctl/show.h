
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * What a flag means: check.
 */


#ifndef _NGX_SHOP_SHOW_H_INCLUDED_
#define _NGX_SHOP_SHOW_H_INCLUDED_


#include "ctl/options.h"
#include "logic/flag/flagset.h"


extern const ngx_shop_options_entry_t  ngx_shop_show_options[];

int ngx_shop_show_check(const ngx_shop_options_t *o);

/* one line: "closed: /run/shop/maintenance, well again ..." */
void ngx_shop_show_notice_summary(const ngx_shop_flag_notice_t *n,
    const char *path, int64_t now);

/* "path:line: reason: "piece"", a line each; how many */
unsigned ngx_shop_show_notice_warnings(FILE *out,
    const ngx_shop_flag_notice_t *n, const char *path);

/* "path: eta is over, ...": what else is odd; how many.  out may be NULL */
unsigned ngx_shop_show_notice_doubts(FILE *out, const ngx_shop_flag_notice_t *n,
    const char *path, int64_t now);

/* says what closes, and why its text is not shown */
void ngx_shop_show_trouble(const char *flag,
    const ngx_shop_flagset_file_t *file, int error);


#endif /* _NGX_SHOP_SHOW_H_INCLUDED_ */
