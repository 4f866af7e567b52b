
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * What a flag says: one worker claims the reading of it and publishes what it
 * read.
 */


#include "state/board_inside.h"
#include "state/clock.h"
#include "state/shift.h"


/* s; from the end of a flag to the evaluation that opens the site */
#define NGX_SHOP_BOARD_FLAG_LAST  5


ngx_int_t
ngx_shop_board_flag_claim(ngx_shop_model_zone_t *zone,
    ngx_shop_model_flag_t *conf, ngx_shop_layout_signature_t *sig,
    ngx_msec_t timeout)
{
    ngx_int_t                rc;
    ngx_msec_t               now;
    ngx_shop_layout_flag_t  *fs;

    fs = zone->sh->flags[conf->index];

    ngx_shmtx_lock(&zone->shpool->mutex);

    now = ngx_shop_clock_msec(zone->sh);

    if (ngx_memcmp(&fs->signature, sig, sizeof(*sig)) == 0
        && (!fs->there || (ngx_msec_int_t) (fs->reread - now) > 0))
    {
        rc = NGX_DECLINED;

    } else if (fs->claimed && (ngx_msec_int_t) (fs->claimed - now) > 0) {
        rc = NGX_BUSY;

    } else {
        fs->claimed = now + timeout;
        rc = NGX_OK;
    }

    ngx_shmtx_unlock(&zone->shpool->mutex);

    return rc;
}


/*
 * In the order in which a worker may be killed: first the flag counts as not
 * read, at the end as read.  Of a worker that dies between, another one reads
 * it again, also where the file has become again what it was before.  A file
 * that has ended is noted before another one speaks.
 */

void
ngx_shop_board_flag_publish(ngx_shop_model_zone_t *zone,
    ngx_shop_model_flag_t *conf, ngx_shop_board_reading_t *reading)
{
    ngx_shop_layout_flag_t  *fs;

    fs = zone->sh->flags[conf->index];

    ngx_shmtx_lock(&zone->shpool->mutex);

    ngx_shop_shift_follow_locked(zone->sh);

    ngx_shop_layout_flag_unread(fs);
    ngx_memory_barrier();

    fs->ended = *reading->ended;
    ngx_memory_barrier();

    ngx_shop_board_notice_take_locked(zone->sh, fs, reading);
    ngx_shop_board_voices_publish_locked(zone, conf, reading->voices);
    ngx_memory_barrier();

    fs->signature = reading->signature;
    fs->reread = ngx_shop_clock_msec(zone->sh) + reading->reread;
    fs->claimed = 0;

    ngx_shmtx_unlock(&zone->shpool->mutex);
}


ngx_int_t
ngx_shop_board_flag_last(ngx_shop_model_zone_t *zone,
    ngx_shop_model_site_t *conf, ngx_shop_flag_notice_t *notice)
{
    ngx_int_t                rc;
    ngx_shop_layout_flag_t  *fs;
    ngx_shop_layout_site_t  *ss;

    if (conf->flag == NULL) {
        return NGX_DECLINED;
    }

    fs = zone->sh->flags[conf->flag->index];
    ss = zone->sh->sites[conf->index];
    rc = NGX_DECLINED;

    ngx_shmtx_lock(&zone->shpool->mutex);

    /* what was taken back long before it opened is not said again */

    if (fs->gone && fs->gone >= ss->site.since - NGX_SHOP_BOARD_FLAG_LAST) {
        ngx_memcpy(notice, &fs->last, sizeof(ngx_shop_flag_notice_t));
        rc = NGX_OK;
    }

    ngx_shmtx_unlock(&zone->shpool->mutex);

    return rc;
}


ngx_err_t
ngx_shop_board_flag_trouble(ngx_shop_model_zone_t *zone,
    ngx_shop_model_flag_t *conf, ngx_err_t err)
{
    ngx_err_t                was;
    ngx_shop_layout_flag_t  *fs;

    fs = zone->sh->flags[conf->index];
    was = (ngx_err_t) fs->trouble;

    if (was == err
        || !ngx_atomic_cmp_set(&fs->trouble, (ngx_atomic_uint_t) was,
                               (ngx_atomic_uint_t) err))
    {
        return err;
    }

    return was;
}


void
ngx_shop_board_flag_abandon(ngx_shop_model_zone_t *zone,
    ngx_shop_model_flag_t *conf)
{
    ngx_shmtx_lock(&zone->shpool->mutex);

    zone->sh->flags[conf->index]->claimed = 0;

    ngx_shmtx_unlock(&zone->shpool->mutex);
}
