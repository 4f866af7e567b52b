
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * What the files of the board know of each other; nobody else includes this.
 */


#ifndef _NGX_SHOP_BOARD_INSIDE_H_INCLUDED_
#define _NGX_SHOP_BOARD_INSIDE_H_INCLUDED_


#include "state/board.h"


/* of the upstreams of a site, at one moment */
typedef struct {
    ngx_msec_t  now;                    /* of the zone */
    ngx_uint_t  worst;                  /* a _site_group_e */
    ngx_uint_t  busy;                   /* one has not room for all */
    ngx_uint_t  checked;                /* how many have probes */
    ngx_shop_own_t  own;                /* where worst is _GROUP_PLANNED */
    int64_t     failing;                /* Unix ms: nobody serves; 0: not so,
                                           or nobody knows since when */
} ngx_shop_board_health_t;


/* the record of a site's flag; NULL: it has none */
#define ngx_shop_board_flag_of(zone, conf)                                   \
    ((conf)->flag ? (zone)->sh->flags[(conf)->flag->index] : NULL)

/*
 * What was read of files with "hosts" of a flag.  One without a place is
 * counted in sh->mute.
 */
void ngx_shop_board_voices_publish_locked(ngx_shop_model_zone_t *zone,
    ngx_shop_model_flag_t *conf, ngx_array_t *readings);

/* of one flag or file: whether something is new, and publishes it */
ngx_uint_t ngx_shop_board_notice_differs(ngx_shop_layout_flag_t *fs,
    ngx_shop_board_reading_t *reading);
void ngx_shop_board_notice_take_locked(ngx_shop_layout_t *sh,
    ngx_shop_layout_flag_t *fs, ngx_shop_board_reading_t *reading);

/* a part whose file is gone ends when it is as its site */
void ngx_shop_board_parts_end_locked(ngx_shop_model_zone_t *zone,
    ngx_shop_model_site_t *part);

/* the word that every request asks first */
ngx_uint_t ngx_shop_board_gate_of(ngx_shop_layout_site_t *ss,
    ngx_shop_layout_flag_t *fs, ngx_shop_model_site_t *conf);

/* of the upstreams of a site: those of the configuration and those learned */
void ngx_shop_board_health(ngx_shop_model_zone_t *zone,
    ngx_shop_model_site_t *conf, ngx_shop_board_health_t *health);


#endif /* _NGX_SHOP_BOARD_INSIDE_H_INCLUDED_ */
