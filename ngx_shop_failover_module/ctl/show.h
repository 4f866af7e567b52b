
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * What a flag means, for a person: check and is-active.
 */


#ifndef _NGX_SHOP_SHOW_H_INCLUDED_
#define _NGX_SHOP_SHOW_H_INCLUDED_


#include "ctl/options.h"
#include "logic/flag/flag.h"


extern const ngx_shop_options_entry_t  ngx_shop_show_options[];
extern const ngx_shop_options_entry_t ngx_shop_show_active_options[];

int ngx_shop_show_check(const ngx_shop_options_t *o);
int ngx_shop_show_is_active(const ngx_shop_options_t *o);

/* one line: "closed: /run/shop/maintenance, well again ..." */
void ngx_shop_show_summary(const ngx_shop_flag_notice_t *n, const char *path,
    int64_t now);

/* "path:line: reason: "piece"", a line each; how many */
unsigned ngx_shop_show_warnings(FILE *out, const ngx_shop_flag_notice_t *n,
    const char *path);


#endif /* _NGX_SHOP_SHOW_H_INCLUDED_ */
