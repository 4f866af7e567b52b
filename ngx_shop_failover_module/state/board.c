
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * The board as it is read: the gate of a site, its upstreams, copies of what
 * is published.
 */


#include "state/board_inside.h"
#include "state/clock.h"


static void ngx_shop_board_detach(void *data);
static void ngx_shop_board_view_flag_locked(ngx_shop_layout_flag_t *fs,
    ngx_shop_board_view_t *view);


ngx_uint_t
ngx_shop_board_tick(ngx_shop_model_zone_t *zone, ngx_msec_t period)
{
    ngx_msec_t  now;
    ngx_uint_t  mine;

    ngx_shmtx_lock(&zone->shpool->mutex);

    now = ngx_shop_clock_msec(zone->sh);
    mine = (now - zone->sh->ticked >= period);

    if (mine) {
        zone->sh->ticked = now;
    }

    ngx_shmtx_unlock(&zone->shpool->mutex);

    return mine;
}


ngx_uint_t
ngx_shop_board_uses(ngx_shop_model_site_t *conf,
    ngx_shop_model_group_t *group)
{
    ngx_uint_t             i;
    ngx_shop_model_use_t  *use;

    use = conf->uses.elts;

    for (i = 0; i < conf->uses.nelts; i++) {
        if (use[i].group == group) {
            return 1;
        }
    }

    return 0;
}


ngx_uint_t
ngx_shop_board_has(ngx_shop_model_zone_t *zone, ngx_shop_model_site_t *conf,
    ngx_shop_model_group_t *group)
{
    return ngx_shop_board_uses(conf, group)
           || (!conf->listed
               && ngx_shop_board_bit(zone->sh->sites[conf->index],
                                     group->index));
}


void
ngx_shop_board_learn(ngx_shop_model_zone_t *zone, ngx_shop_model_site_t *conf,
    ngx_shop_model_group_t *group)
{
    ngx_atomic_t            *word;
    ngx_atomic_uint_t        was, mask;
    ngx_shop_layout_site_t  *ss;

    ss = zone->sh->sites[conf->index];

    if (conf->listed || ngx_shop_board_bit(ss, group->index)) {
        return;
    }

    word = &ss->learned[ngx_shop_board_word(group->index)];
    mask = ngx_shop_board_mask(group->index);

    do {
        was = *word;
    } while (!ngx_atomic_cmp_set(word, was, was | mask));
}


ngx_uint_t
ngx_shop_board_gate_of(ngx_shop_layout_site_t *ss, ngx_shop_layout_flag_t *fs,
    ngx_shop_model_site_t *conf)
{
    ngx_uint_t  hosts;

    hosts = ss->parts ? NGX_SHOP_BOARD_GATE_HOSTS : 0;

    if (ss->asked == NGX_SHOP_SITE_FLAG_BROWSE) {
        return hosts | NGX_SHOP_BOARD_GATE_BROWSE;
    }

    if (ss->asked == NGX_SHOP_SITE_FLAG_CLOSED) {

        return hosts | ((fs && !fs->error
                         && fs->notice.mode == NGX_SHOP_FLAG_PATHS_ONLY
                         && fs->notice.npaths)
                        ? NGX_SHOP_BOARD_GATE_PATHS
                        : NGX_SHOP_BOARD_GATE_CLOSED);
    }

    if (conf->ramp && ss->site.state == NGX_SHOP_SITE_REOPENING) {
        return hosts | NGX_SHOP_BOARD_GATE_RAMP;
    }

    return hosts | (ss->drill > ngx_shop_clock_now()
                    ? NGX_SHOP_BOARD_GATE_DRILL : NGX_SHOP_BOARD_GATE_OPEN);
}


void
ngx_shop_board_drill(ngx_shop_model_zone_t *zone, ngx_shop_model_site_t *conf,
    int64_t until)
{
    ngx_shop_layout_site_t  *ss;

    ss = zone->sh->sites[conf->index];

    ngx_shmtx_lock(&zone->shpool->mutex);

    ss->drill = ngx_max(ss->drill, until);
    ss->gate = ngx_shop_board_gate_of(ss, ngx_shop_board_flag_of(zone, conf),
                                      conf);

    ngx_shmtx_unlock(&zone->shpool->mutex);
}


ngx_uint_t
ngx_shop_board_admits(ngx_shop_model_zone_t *zone,
    ngx_shop_model_site_t *conf, uint32_t visitor)
{
    return ngx_shop_site_admits(&ngx_shop_board_current(zone, conf)->site,
                                conf->ramp, ngx_shop_clock_msec(zone->sh),
                                visitor);
}


int64_t
ngx_shop_board_turn(ngx_shop_model_zone_t *zone, ngx_shop_model_site_t *conf,
    uint32_t visitor)
{
    uint64_t  ms;

    ms = ngx_shop_site_turn(&ngx_shop_board_current(zone, conf)->site,
                            conf->ramp, ngx_shop_clock_msec(zone->sh),
                            visitor);

    return ms ? ngx_shop_clock_now() + (int64_t) (ms + 999) / 1000 : 0;
}


ngx_int_t
ngx_shop_board_attach(ngx_shop_model_zone_t *zone, ngx_pool_t *pool)
{
    ngx_uint_t               i;
    ngx_pool_cleanup_t      *cln;
    ngx_shop_board_view_t   *view;
    ngx_shop_model_site_t  **conf;

    cln = ngx_pool_cleanup_add(pool, 0);
    if (cln == NULL) {
        return NGX_ERROR;
    }

    cln->handler = ngx_shop_board_detach;
    cln->data = zone;

    conf = zone->sites.elts;

    for (i = 0; i < zone->sites.nelts; i++) {

        view = ngx_palloc(pool, sizeof(ngx_shop_board_view_t));
        if (view == NULL) {
            return NGX_ERROR;
        }

        ngx_shop_board_view(zone, conf[i], view);
        conf[i]->view = view;
    }

    return NGX_OK;
}


/* what a worker learned of parts has pools of its own */

static void
ngx_shop_board_detach(void *data)
{
    ngx_shop_model_zone_t  *zone = data;

    ngx_shop_board_hosts_forget(&zone->learned);
}


ngx_shop_board_view_t *
ngx_shop_board_current(ngx_shop_model_zone_t *zone,
    ngx_shop_model_site_t *conf)
{
    ngx_shop_board_view_t  *view;

    view = conf->view;

    if (view == NULL) {

        /* of a part: its place is used again */

        view = ngx_palloc(((ngx_cycle_t *) ngx_cycle)->pool,
                          sizeof(ngx_shop_board_view_t));
        if (view == NULL) {
            return ngx_shop_board_current(zone, conf->whole);
        }

        conf->view = view;
        ngx_shop_board_view(zone, conf, view);
        return view;
    }

    if (view->version != ngx_shop_board_version(zone, conf)) {
        ngx_shop_board_view(zone, conf, view);
    }

    return view;
}


void
ngx_shop_board_view(ngx_shop_model_zone_t *zone, ngx_shop_model_site_t *conf,
    ngx_shop_board_view_t *view)
{
    ngx_shop_layout_site_t  *ss;

    ss = zone->sh->sites[conf->index];

    if (zone->parted != zone->sh->parted) {
        ngx_shop_board_hosts_learn(zone, ngx_cycle->log);
    }

    ngx_shmtx_lock(&zone->shpool->mutex);

    ngx_shop_board_view_flag_locked(ngx_shop_board_flag_of(zone, conf), view);

    view->version = ngx_shop_board_version(zone, conf);
    view->site = ss->site;
    view->over = ss->life.ended;
    view->late = ss->life.late;
    view->announced = (ss->announced == NGX_SHOP_BOARD_SAID_BEFORE);
    view->own = ss->own;
    view->asked = ss->asked;

    ngx_shmtx_unlock(&zone->shpool->mutex);
}


void
ngx_shop_board_view_flag(ngx_shop_model_zone_t *zone,
    ngx_shop_model_flag_t *conf, ngx_shop_board_view_t *view)
{
    ngx_memzero(&view->site, sizeof(ngx_shop_site_t));

    ngx_shmtx_lock(&zone->shpool->mutex);

    ngx_shop_board_view_flag_locked(zone->sh->flags[conf->index], view);

    ngx_shmtx_unlock(&zone->shpool->mutex);
}


static void
ngx_shop_board_view_flag_locked(ngx_shop_layout_flag_t *fs,
    ngx_shop_board_view_t *view)
{
    if (fs == NULL) {
        ngx_memzero(view, sizeof(ngx_shop_board_view_t));
        return;
    }

    view->version = fs->version;
    view->flag = fs->there;
    view->over = fs->over;
    view->late = 0;
    view->announced = 0;
    view->asked = fs->asked;
    view->error = fs->error;
    view->flag_since = fs->since;
    view->written = fs->written;
    view->file = fs->file;
    view->ended = fs->ended;
    view->signature = fs->signature;
    ngx_memcpy(&view->notice, &fs->notice, sizeof(ngx_shop_flag_notice_t));
}
