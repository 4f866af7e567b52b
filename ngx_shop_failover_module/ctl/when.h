
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * shopctl when: the quietest time of the next seven days.
 */


#ifndef _NGX_SHOP_WHEN_H_INCLUDED_
#define _NGX_SHOP_WHEN_H_INCLUDED_


#include "ctl/options.h"


extern const ngx_shop_options_entry_t  ngx_shop_when_options[];

int ngx_shop_when_run(const ngx_shop_options_t *o);

/*
 * A remark, how much a closing is in the way: of the site with that flag, if
 * nginx answers and knows.  to 0: for an hour.
 */
void ngx_shop_when_compare(const char *url, const char *flag, int64_t from,
    int64_t to, int64_t now);


#endif /* _NGX_SHOP_WHEN_H_INCLUDED_ */
