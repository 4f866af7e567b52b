
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * The board: flags, groups and sites in shared memory.  Reads no file, logs
 * nothing; says what changed.
 */


#include "state/board.h"
#include "state/clock.h"
#include "state/shift.h"
#include "state/counters.h"
#include "state/groups.h"
#include "state/peers.h"


/* of all groups that are looked after, at one moment */
typedef struct {
    ngx_msec_t  now;                    /* of the zone */
    ngx_uint_t  worst;                  /* a _site_group_e */
    ngx_uint_t  checked;                /* how many have probes */
} ngx_shop_board_health_t;


static ngx_shop_layout_site_t *ngx_shop_board_find(ngx_shop_layout_t *sh,
    ngx_str_t *path);
static ngx_shop_layout_site_t *ngx_shop_board_add_locked(
    ngx_shop_model_zone_t *zone, ngx_str_t *path);
static ngx_uint_t ngx_shop_board_groups_locked(ngx_shop_model_zone_t *zone,
    ngx_shop_groups_change_t *changes, ngx_uint_t n,
    ngx_shop_board_health_t *health);
static ngx_uint_t ngx_shop_board_site_locked(ngx_shop_layout_site_t *ss,
    ngx_shop_model_site_t *conf, ngx_shop_board_health_t *health);
static ngx_uint_t ngx_shop_board_flag(ngx_shop_layout_site_t *ss,
    ngx_shop_model_site_t *conf, ngx_shop_board_health_t *health);
static ngx_uint_t ngx_shop_board_gate_of(ngx_shop_layout_site_t *ss,
    ngx_shop_model_site_t *conf);
static void ngx_shop_board_times(ngx_shop_layout_site_t *ss);
static ngx_uint_t ngx_shop_board_differs(ngx_shop_layout_site_t *ss,
    ngx_shop_board_reading_t *reading);
static void ngx_shop_board_set_notice(ngx_shop_layout_site_t *ss,
    ngx_shop_board_reading_t *reading);


ngx_uint_t
ngx_shop_board_fit_locked(ngx_shop_model_zone_t *zone, ngx_shop_layout_t *sh,
    size_t *size)
{
    ngx_uint_t               i, room;
    ngx_shop_model_site_t  **conf;

    room = sh->nsites - sh->sites_used;
    conf = zone->sites.elts;

    for (i = 0; i < zone->sites.nelts; i++) {

        if (ngx_shop_board_find(sh, &conf[i]->path)) {
            continue;
        }

        if (room-- == 0) {
            return 0;
        }

        *size += ngx_align(sizeof(ngx_shop_layout_site_t), ngx_pagesize)
                 + ngx_align(conf[i]->path.len, ngx_pagesize);
    }

    return 1;
}


void
ngx_shop_board_register_locked(ngx_shop_model_zone_t *zone,
    ngx_shop_layout_t *old)
{
    ngx_uint_t               i;
    ngx_shop_model_site_t  **conf;
    ngx_shop_layout_site_t  *ss, *from;

    conf = zone->sites.elts;

    for (i = 0; i < zone->sites.nelts; i++) {

        ss = ngx_shop_board_find(zone->sh, &conf[i]->path);

        if (ss == NULL) {
            ss = ngx_shop_board_add_locked(zone, &conf[i]->path);
            if (ss == NULL) {
                conf[i]->index = 0;
                continue;
            }

            from = old ? ngx_shop_board_find(old, &conf[i]->path) : NULL;

            if (from) {
                ss->gate = from->gate;
                ss->version = from->version;
                ss->site = from->site;
                ss->signature = from->signature;
                ss->life = from->life;
                ss->ended = from->ended;
                ss->rest = from->rest;
                ss->announced = from->announced;
                ss->drill = from->drill;
                ss->reread = from->reread;
                ss->file = from->file;
                ss->flag_since = from->flag_since;
                ss->written = from->written;
                ss->flag = from->flag;
                ss->asked = from->asked;
                ss->error = from->error;
                ss->notice = from->notice;
                ss->published = from->published;
                ss->told = from->told;

                ngx_shop_counters_inherit(zone->sh, ss, old, from);
            }
        }

        conf[i]->index = ss->index;
    }
}


static ngx_shop_layout_site_t *
ngx_shop_board_find(ngx_shop_layout_t *sh, ngx_str_t *path)
{
    ngx_uint_t               i;
    ngx_shop_layout_site_t  *ss;

    for (i = 0; i < sh->sites_used; i++) {
        ss = sh->sites[i];

        if (ss->path.len == path->len
            && ngx_memcmp(ss->path.data, path->data, path->len) == 0)
        {
            return ss;
        }
    }

    return NULL;
}


static ngx_shop_layout_site_t *
ngx_shop_board_add_locked(ngx_shop_model_zone_t *zone, ngx_str_t *path)
{
    ngx_shop_layout_t       *sh;
    ngx_shop_layout_site_t  *ss;

    sh = zone->sh;

    if (sh->sites_used == sh->nsites) {
        return NULL;
    }

    ss = ngx_slab_calloc_locked(zone->shpool, sizeof(ngx_shop_layout_site_t));
    if (ss == NULL) {
        return NULL;
    }

    if (path->len) {
        ss->path.data = ngx_slab_alloc_locked(zone->shpool, path->len);
        if (ss->path.data == NULL) {
            ngx_slab_free_locked(zone->shpool, ss);
            return NULL;
        }

        ss->path.len = path->len;
        ngx_memcpy(ss->path.data, path->data, path->len);
    }

    ss->signature.size = -1;
    ss->site.since = ngx_shop_clock_now();
    ss->index = sh->sites_used;

    sh->sites[sh->sites_used++] = ss;

    return ss;
}


ngx_int_t
ngx_shop_board_claim(ngx_shop_model_zone_t *zone, ngx_shop_model_site_t *conf,
    ngx_shop_layout_signature_t *sig, ngx_msec_t timeout)
{
    ngx_int_t                rc;
    ngx_msec_t               now;
    ngx_shop_layout_site_t  *ss;

    ss = zone->sh->sites[conf->index];

    ngx_shmtx_lock(&zone->shpool->mutex);

    now = ngx_shop_clock_msec(zone->sh);

    if (ngx_memcmp(&ss->signature, sig, sizeof(*sig)) == 0
        && (!ss->flag || (ngx_msec_int_t) (ss->reread - now) > 0))
    {
        rc = NGX_DECLINED;

    } else if (ss->claimed && (ngx_msec_int_t) (ss->claimed - now) > 0) {
        rc = NGX_BUSY;

    } else {
        ss->claimed = now + timeout;
        rc = NGX_OK;
    }

    ngx_shmtx_unlock(&zone->shpool->mutex);

    return rc;
}


/*
 * In the order in which a worker may be killed: that there is something new is
 * said before, and that it was read at the end.  Another worker does it again.
 */

void
ngx_shop_board_publish(ngx_shop_model_zone_t *zone,
    ngx_shop_model_site_t *conf, ngx_shop_board_reading_t *reading)
{
    ngx_shop_layout_site_t  *ss;

    ss = zone->sh->sites[conf->index];

    ngx_shmtx_lock(&zone->shpool->mutex);

    ngx_shop_shift_follow_locked(zone->sh);

    if (ngx_shop_board_differs(ss, reading)) {
        ss->version++;
        ss->published++;
        ngx_memory_barrier();

        ngx_shop_board_set_notice(ss, reading);
        ngx_memory_barrier();
    }

    if (!reading->error) {
        ss->written = reading->written;
    }

    ss->rest = reading->rest;
    ss->ended = *reading->ended;
    ss->signature = reading->signature;
    ss->reread = ngx_shop_clock_msec(zone->sh) + reading->reread;
    ss->claimed = 0;

    ngx_shmtx_unlock(&zone->shpool->mutex);
}


static ngx_uint_t
ngx_shop_board_differs(ngx_shop_layout_site_t *ss,
    ngx_shop_board_reading_t *reading)
{
    ngx_uint_t  flag;

    flag = (reading->notice || reading->error);

    if (ss->flag != flag || ss->error != reading->error) {
        return 1;
    }

    return flag && !reading->error
           && (ss->file != reading->file
               || ngx_memcmp(&ss->notice, reading->notice,
                             sizeof(ngx_shop_flag_notice_t))
                  != 0);
}


static void
ngx_shop_board_set_notice(ngx_shop_layout_site_t *ss,
    ngx_shop_board_reading_t *reading)
{
    if (!reading->error || !ss->flag) {

        /* else the last good text stays */

        ngx_memzero(&ss->life, sizeof(ngx_shop_site_life_t));
        ss->file = 0;

        if (reading->error || reading->notice == NULL) {
            ngx_memzero(&ss->notice, sizeof(ngx_shop_flag_notice_t));

        } else {
            ngx_memcpy(&ss->notice, reading->notice,
                       sizeof(ngx_shop_flag_notice_t));
            ss->file = reading->file;
            ss->life.ended = (uint8_t) reading->over;
            ss->life.late = (uint8_t) ngx_shop_site_late(&ss->site,
                                                         &ss->notice);

            if (reading->notice->bad_start) {

                /* as before: of this file, not of the one that spoke */

                ss->asked = (uint8_t) reading->asked;
            }
        }
    }

    if (!ss->flag) {
        ss->flag_since = ngx_shop_clock_now();
    }

    ss->error = reading->error;
    ss->flag = (reading->notice || reading->error);
}


ngx_err_t
ngx_shop_board_trouble(ngx_shop_model_zone_t *zone,
    ngx_shop_model_site_t *conf, ngx_err_t err)
{
    ngx_err_t                was;
    ngx_shop_layout_site_t  *ss;

    ss = zone->sh->sites[conf->index];
    was = (ngx_err_t) ss->trouble;

    if (was == err
        || !ngx_atomic_cmp_set(&ss->trouble, (ngx_atomic_uint_t) was,
                               (ngx_atomic_uint_t) err))
    {
        return err;
    }

    return was;
}


void
ngx_shop_board_abandon(ngx_shop_model_zone_t *zone,
    ngx_shop_model_site_t *conf)
{
    ngx_shmtx_lock(&zone->shpool->mutex);

    zone->sh->sites[conf->index]->claimed = 0;

    ngx_shmtx_unlock(&zone->shpool->mutex);
}


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
ngx_shop_board_evaluate(ngx_shop_model_zone_t *zone,
    ngx_shop_groups_change_t *changes, ngx_uint_t n)
{
    unsigned                 from;
    int64_t                  since;
    ngx_uint_t               i, k;
    ngx_shop_board_health_t  health;
    ngx_shop_layout_site_t  *ss;
    ngx_shop_model_site_t  **conf;

    ngx_shmtx_lock(&zone->shpool->mutex);

    ngx_shop_shift_follow_locked(zone->sh);

    if (zone->sh->unsettled) {
        ngx_shop_peers_settle_locked(zone);
    }

    k = ngx_shop_board_groups_locked(zone, changes, n, &health);

    conf = zone->sites.elts;

    for (i = 0; i < zone->sites.nelts && k < n; i++) {

        ss = zone->sh->sites[conf[i]->index];
        from = ss->site.state;
        since = ss->site.since;

        if (!ngx_shop_board_site_locked(ss, conf[i], &health)) {
            continue;
        }

        changes[k].what = NGX_SHOP_GROUPS_CHANGE_STATE;
        changes[k].group = NULL;
        changes[k].site = conf[i];
        changes[k].from = from;
        changes[k].to = ss->site.state;
        changes[k].since = since;
        k++;
    }

    zone->sh->changed += k;

    ngx_shmtx_unlock(&zone->shpool->mutex);

    return k;
}


static ngx_uint_t
ngx_shop_board_groups_locked(ngx_shop_model_zone_t *zone,
    ngx_shop_groups_change_t *changes, ngx_uint_t n,
    ngx_shop_board_health_t *health)
{
    ngx_uint_t                  i, k, state;
    ngx_shop_model_group_t    **group;

    k = 0;
    health->now = ngx_shop_clock_msec(zone->sh);
    health->worst = NGX_SHOP_SITE_GROUP_UP;
    health->checked = 0;
    group = zone->groups.elts;

    for (i = 0; i < zone->groups.nelts; i++) {

        if ((!group[i]->checked && group[i]->chain.nelts == 0)
            || group[i]->unknown)
        {
            continue;
        }

        k += ngx_shop_groups_evaluate_locked(zone, group[i], &changes[k],
                                             n - k);

        state = ngx_shop_groups_state(zone, group[i]);

        health->checked += group[i]->checked;

        if (!group[i]->backup && state > health->worst) {
            health->worst = state;
        }
    }

    return k;
}


/* what the flag of a site asks for now, an ngx_shop_site_flag_e */

static ngx_uint_t
ngx_shop_board_flag(ngx_shop_layout_site_t *ss, ngx_shop_model_site_t *conf,
    ngx_shop_board_health_t *health)
{
    ngx_uint_t  asked, well;

    if (!ss->flag) {
        return NGX_SHOP_SITE_FLAG_OPEN;
    }

    if (ss->error) {

        /* somebody made the file: the intent is clear, the text is not */

        return NGX_SHOP_SITE_FLAG_CLOSED;
    }

    asked = ngx_shop_site_flag(&ss->notice, ss->asked, ngx_shop_clock_now());

    /* without probes nobody can tell; a backup that serves is not well */

    well = (health->checked && health->worst <= NGX_SHOP_SITE_GROUP_DEGRADED);

    if (asked != NGX_SHOP_SITE_FLAG_OPEN
        && !ngx_shop_site_ended(&ss->life, &ss->notice,
                                (unsigned) well, conf->hold,
                                health->now))
    {
        return asked;
    }

    if (ss->rest && ngx_shop_site_closes(ss->asked)) {

        /* another file closes: not open until one has said which */

        ss->reread = health->now;
        return ss->asked;
    }

    return NGX_SHOP_SITE_FLAG_OPEN;
}


static ngx_uint_t
ngx_shop_board_site_locked(ngx_shop_layout_site_t *ss,
    ngx_shop_model_site_t *conf, ngx_shop_board_health_t *health)
{
    ngx_uint_t             changed;
    ngx_shop_site_t        next;
    ngx_shop_site_input_t  in;

    ss->asked = (uint8_t) ngx_shop_board_flag(ss, conf, health);

    in.group = (uint8_t) health->worst;
    in.flag = ss->asked;
    in.hold = conf->hold;
    in.ramp = conf->ramp;

    next = ss->site;
    changed = ngx_shop_site_step(&next, &in, health->now,
                                 ngx_shop_clock_now());
    if (changed) {

        /* first: a worker that is killed here leaves it to be done again */

        ss->version++;
        ngx_memory_barrier();

        ngx_shop_counters_mark_locked(ss, &next);
    }

    ss->site = next;

    if (changed) {
        ss->entered[ss->site.state]++;
    }

    ss->gate = ngx_shop_board_gate_of(ss, conf);

    ngx_shop_board_times(ss);

    return changed;
}


/* the word that every request asks first */

static ngx_uint_t
ngx_shop_board_gate_of(ngx_shop_layout_site_t *ss, ngx_shop_model_site_t *conf)
{
    if (ss->asked == NGX_SHOP_SITE_FLAG_BROWSE) {
        return NGX_SHOP_BOARD_GATE_BROWSE;
    }

    if (ss->asked == NGX_SHOP_SITE_FLAG_CLOSED) {

        return (!ss->error
                && ss->notice.mode == NGX_SHOP_FLAG_PATHS_ONLY
                && ss->notice.npaths)
               ? NGX_SHOP_BOARD_GATE_PATHS : NGX_SHOP_BOARD_GATE_CLOSED;
    }

    if (conf->ramp && ss->site.state == NGX_SHOP_SITE_REOPENING) {
        return NGX_SHOP_BOARD_GATE_RAMP;
    }

    return ss->drill > ngx_shop_clock_now() ? NGX_SHOP_BOARD_GATE_DRILL
                                            : NGX_SHOP_BOARD_GATE_OPEN;
}


/* a time that is over changes what a page says, and what is announced */

static void
ngx_shop_board_times(ngx_shop_layout_site_t *ss)
{
    int64_t     now;
    ngx_uint_t  passed;

    now = ngx_shop_clock_now();
    passed = ss->flag ? ngx_shop_site_passed(&ss->notice, now) : 0;

    ss->announced = (ss->flag && !ss->error && !ss->notice.bad_start
                     && ss->notice.mode != NGX_SHOP_FLAG_WORDS
                     && ss->notice.start.at > now
                     && (ss->notice.until.at == 0
                         || ss->notice.until.at > now));

    if (passed != ss->life.passed) {
        ss->version++;
        ngx_memory_barrier();
        ss->life.passed = (uint8_t) passed;
    }
}


void
ngx_shop_board_drill(ngx_shop_model_zone_t *zone, ngx_shop_model_site_t *conf,
    int64_t until)
{
    ngx_shop_layout_site_t  *ss;

    ss = zone->sh->sites[conf->index];

    ngx_shmtx_lock(&zone->shpool->mutex);

    ss->drill = ngx_max(ss->drill, until);
    ss->gate = ngx_shop_board_gate_of(ss, conf);

    ngx_shmtx_unlock(&zone->shpool->mutex);
}


ngx_uint_t
ngx_shop_board_admits(ngx_shop_model_zone_t *zone, ngx_shop_model_site_t *conf,
    uint32_t visitor)
{
    return ngx_shop_site_admits(
                                &zone->sh->sites[conf->index]->site,
                                conf->ramp,
                                ngx_shop_clock_msec(zone->sh),
                                visitor);
}


ngx_int_t
ngx_shop_board_attach(ngx_shop_model_zone_t *zone, ngx_pool_t *pool)
{
    ngx_uint_t               i;
    ngx_shop_board_view_t   *view;
    ngx_shop_model_site_t  **conf;

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


ngx_shop_board_view_t *
ngx_shop_board_current(ngx_shop_model_zone_t *zone,
    ngx_shop_model_site_t *conf)
{
    ngx_shop_board_view_t  *view;

    view = conf->view;

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

    ngx_shmtx_lock(&zone->shpool->mutex);

    view->version = ss->version;
    view->site = ss->site;
    view->flag = ss->flag;
    view->over = ss->life.ended;
    view->late = ss->life.late;
    view->announced = (ss->announced != 0);
    view->asked = ss->asked;
    view->error = ss->error;
    view->flag_since = ss->flag_since;
    view->written = ss->written;
    view->file = ss->file;
    view->ended = ss->ended;
    view->signature = ss->signature;
    ngx_memcpy(&view->notice, &ss->notice, sizeof(ngx_shop_flag_notice_t));

    ngx_shmtx_unlock(&zone->shpool->mutex);
}
