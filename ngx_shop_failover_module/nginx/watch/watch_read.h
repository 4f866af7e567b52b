
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * From what was read of a flag to what is published, and what people are told
 * about it.
 */


#ifndef _NGX_SHOP_WATCH_READ_H_INCLUDED_
#define _NGX_SHOP_WATCH_READ_H_INCLUDED_


#include "nginx/conf.h"
#include "nginx/watch/flagfile.h"


/* ends the claim in any case */
void ngx_shop_watch_read_publish(ngx_shop_model_zone_t *zone,
    ngx_shop_model_flag_t *conf, ngx_shop_flagfile_t *file, ngx_log_t *log);

/* the flag cannot be looked at, or (0) can be; told once, by one worker */
void ngx_shop_watch_read_trouble(ngx_shop_model_zone_t *zone,
    ngx_shop_model_flag_t *conf, ngx_err_t err, ngx_log_t *log);


#endif /* _NGX_SHOP_WATCH_READ_H_INCLUDED_ */
