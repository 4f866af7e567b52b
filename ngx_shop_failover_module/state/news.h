
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * What a flag says that people were not told yet.
 */


#ifndef _NGX_SHOP_NEWS_H_INCLUDED_
#define _NGX_SHOP_NEWS_H_INCLUDED_


#include "state/board.h"


typedef struct {
    unsigned    appeared:1;
    unsigned    removed:1;
    unsigned    unreadable:1;               /* it was readable before */
    unsigned    changed:1;                  /* status, times, mode, ... */
    ngx_uint_t  updates;                    /* first new one; nupdates: none */
} ngx_shop_news_t;


/* no lock; whether it is worth to ask */
#define ngx_shop_news_wait(zone, conf)                                       \
    ((zone)->sh->flags[(conf)->index]->told.version                          \
     != (zone)->sh->flags[(conf)->index]->published)

/*
 * NGX_OK: view is what the flag says now, news is what of that is new, and
 * this worker alone is to tell.  NGX_DECLINED: nothing is.
 */
ngx_int_t ngx_shop_news_take(ngx_shop_model_zone_t *zone,
    ngx_shop_model_flag_t *conf, ngx_shop_board_view_t *view,
    ngx_shop_news_t *news);


#endif /* _NGX_SHOP_NEWS_H_INCLUDED_ */
