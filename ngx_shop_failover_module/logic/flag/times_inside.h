
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * What the files of times know of each other; nobody else includes this.
 */


#ifndef _NGX_SHOP_TIMES_INSIDE_H_INCLUDED_
#define _NGX_SHOP_TIMES_INSIDE_H_INCLUDED_


#include "logic/flag/times.h"


typedef struct {
    char     name;
    int64_t  seconds;
} ngx_shop_times_unit_t;


/* from large to small; the last name is 0 */
extern const ngx_shop_times_unit_t  ngx_shop_times_parse_units[];

/* "04:30" -> minutes of the day, or -1 */
int ngx_shop_times_parse_clock(const unsigned char *p, size_t len);


#endif /* _NGX_SHOP_TIMES_INSIDE_H_INCLUDED_ */
