
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * The board: flags, groups and sites in shared memory.  Reads no file, logs
 * nothing; says what changed.
 */


#include "state/board.h"
#include "state/peers.h"


static ngx_shop_failover_site_sh_t *ngx_shop_failover_board_find(
    ngx_shop_failover_sh_t *sh, ngx_str_t *path);
static ngx_shop_failover_site_sh_t *ngx_shop_failover_board_add_locked(
    ngx_shop_failover_zone_t *zone, ngx_str_t *path);
static ngx_uint_t ngx_shop_failover_board_group(
    ngx_shop_failover_zone_t *zone, ngx_shop_failover_group_t *group);
static ngx_uint_t ngx_shop_failover_board_groups_locked(
    ngx_shop_failover_zone_t *zone, ngx_shop_failover_change_t *changes,
    ngx_uint_t n, ngx_uint_t *worst);
static ngx_uint_t ngx_shop_failover_board_site_locked(
    ngx_shop_failover_site_sh_t *ss, ngx_shop_failover_flag_conf_t *conf,
    ngx_uint_t worst);
static ngx_uint_t ngx_shop_failover_board_flag(
    ngx_shop_failover_site_sh_t *ss);


void
ngx_shop_failover_board_register_locked(ngx_shop_failover_zone_t *zone,
    ngx_shop_failover_sh_t *old)
{
    ngx_uint_t                       i;
    ngx_shop_failover_site_sh_t     *ss, *from;
    ngx_shop_failover_flag_conf_t  **conf;

    conf = zone->sites.elts;

    for (i = 0; i < zone->sites.nelts; i++) {

        ss = ngx_shop_failover_board_find(zone->sh, &conf[i]->path);

        if (ss == NULL) {
            ss = ngx_shop_failover_board_add_locked(zone, &conf[i]->path);
            if (ss == NULL) {
                conf[i]->index = 0;
                continue;
            }

            from = old ? ngx_shop_failover_board_find(old, &conf[i]->path)
                       : NULL;

            if (from) {
                ss->gate = from->gate;
                ss->version = from->version;
                ss->site = from->site;
                ss->signature = from->signature;
                ss->flag_since = from->flag_since;
                ss->flag = from->flag;
                ss->asked = from->asked;
                ss->error = from->error;
                ss->notice = from->notice;
            }
        }

        conf[i]->index = ss->index;
    }
}


static ngx_shop_failover_site_sh_t *
ngx_shop_failover_board_find(ngx_shop_failover_sh_t *sh, ngx_str_t *path)
{
    ngx_uint_t                    i;
    ngx_shop_failover_site_sh_t  *ss;

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


static ngx_shop_failover_site_sh_t *
ngx_shop_failover_board_add_locked(ngx_shop_failover_zone_t *zone,
    ngx_str_t *path)
{
    ngx_shop_failover_sh_t       *sh;
    ngx_shop_failover_site_sh_t  *ss;

    sh = zone->sh;

    if (sh->sites_used == sh->nsites) {
        return NULL;
    }

    ss = ngx_slab_calloc_locked(zone->shpool,
                                sizeof(ngx_shop_failover_site_sh_t));
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
    ss->site.since = ngx_shop_failover_now();
    ss->index = sh->sites_used;

    sh->sites[sh->sites_used++] = ss;

    return ss;
}


ngx_int_t
ngx_shop_failover_board_claim(ngx_shop_failover_zone_t *zone,
    ngx_shop_failover_flag_conf_t *conf, ngx_shop_failover_signature_t *sig,
    ngx_msec_t timeout)
{
    ngx_int_t                     rc;
    ngx_msec_t                    now;
    ngx_shop_failover_site_sh_t  *ss;

    now = ngx_current_msec;
    ss = zone->sh->sites[conf->index];

    ngx_shmtx_lock(&zone->shpool->mutex);

    if (ngx_memcmp(&ss->signature, sig, sizeof(*sig)) == 0) {
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


void
ngx_shop_failover_board_publish(ngx_shop_failover_zone_t *zone,
    ngx_shop_failover_flag_conf_t *conf, ngx_shop_failover_signature_t *sig,
    ngx_shop_failover_notice_t *notice, ngx_err_t error)
{
    ngx_shop_failover_site_sh_t  *ss;

    ss = zone->sh->sites[conf->index];

    ngx_shmtx_lock(&zone->shpool->mutex);

    ss->claimed = 0;
    ss->signature = *sig;
    ss->error = error;

    if (!ss->flag && (notice || error)) {
        ss->flag_since = ngx_shop_failover_now();
    }

    if (notice && !error) {
        ngx_memcpy(&ss->notice, notice, sizeof(ngx_shop_failover_notice_t));

    } else if (!ss->flag || !error) {
        ngx_memzero(&ss->notice, sizeof(ngx_shop_failover_notice_t));
    }

    ss->flag = (notice || error);
    ss->version++;

    ngx_shmtx_unlock(&zone->shpool->mutex);
}


void
ngx_shop_failover_board_abandon(ngx_shop_failover_zone_t *zone,
    ngx_shop_failover_flag_conf_t *conf)
{
    ngx_shmtx_lock(&zone->shpool->mutex);

    zone->sh->sites[conf->index]->claimed = 0;

    ngx_shmtx_unlock(&zone->shpool->mutex);
}


ngx_uint_t
ngx_shop_failover_board_tick(ngx_shop_failover_zone_t *zone,
    ngx_msec_t period)
{
    ngx_uint_t  mine;

    ngx_shmtx_lock(&zone->shpool->mutex);

    mine = (ngx_current_msec - zone->sh->ticked >= period);

    if (mine) {
        zone->sh->ticked = ngx_current_msec;
    }

    ngx_shmtx_unlock(&zone->shpool->mutex);

    return mine;
}


ngx_uint_t
ngx_shop_failover_board_evaluate(ngx_shop_failover_zone_t *zone,
    ngx_shop_failover_change_t *changes, ngx_uint_t n)
{
    unsigned                         from;
    int64_t                          since;
    ngx_uint_t                       i, k, worst;
    ngx_shop_failover_site_sh_t     *ss;
    ngx_shop_failover_flag_conf_t  **conf;

    ngx_shmtx_lock(&zone->shpool->mutex);

    k = ngx_shop_failover_board_groups_locked(zone, changes, n, &worst);

    conf = zone->sites.elts;

    for (i = 0; i < zone->sites.nelts && k < n; i++) {

        ss = zone->sh->sites[conf[i]->index];
        from = ss->site.state;
        since = ss->site.since;

        if (!ngx_shop_failover_board_site_locked(ss, conf[i], worst)) {
            continue;
        }

        changes[k].group = NULL;
        changes[k].site = conf[i];
        changes[k].from = from;
        changes[k].to = ss->site.state;
        changes[k].since = since;
        k++;
    }

    ngx_shmtx_unlock(&zone->shpool->mutex);

    return k;
}


/* the state of a group with its backup groups */

static ngx_uint_t
ngx_shop_failover_board_group(ngx_shop_failover_zone_t *zone,
    ngx_shop_failover_group_t *group)
{
    ngx_uint_t                       i, state;
    ngx_shop_failover_group_t      **next;
    ngx_shop_failover_site_count_t   count;

    ngx_shop_failover_peers_count(zone, group, &count);

    state = ngx_shop_failover_site_group(&count);

    if (state != NGX_SHOP_FAILOVER_GROUP_DOWN) {
        return state;
    }

    next = group->chain.elts;

    for (i = 0; i < group->chain.nelts; i++) {
        ngx_shop_failover_peers_count(zone, next[i], &count);

        if (count.primaries_usable || count.backups_usable) {
            return NGX_SHOP_FAILOVER_GROUP_BACKUP;
        }
    }

    return state;
}


static ngx_uint_t
ngx_shop_failover_board_groups_locked(ngx_shop_failover_zone_t *zone,
    ngx_shop_failover_change_t *changes, ngx_uint_t n, ngx_uint_t *worst)
{
    ngx_uint_t                     i, k, state;
    ngx_shop_failover_group_t    **group;
    ngx_shop_failover_group_sh_t  *gs;

    k = 0;
    *worst = NGX_SHOP_FAILOVER_GROUP_UP;
    group = zone->groups.elts;

    for (i = 0; i < zone->groups.nelts; i++) {

        if (!group[i]->checked && group[i]->chain.nelts == 0) {
            continue;
        }

        gs = &zone->sh->groups[group[i]->index];
        state = ngx_shop_failover_board_group(zone, group[i]);

        if (state != gs->state && k < n) {
            changes[k].group = group[i];
            changes[k].site = NULL;
            changes[k].from = gs->state;
            changes[k].to = state;
            changes[k].since = gs->since;
            k++;

            gs->state = (uint8_t) state;
            gs->since = ngx_shop_failover_now();
        }

        if (!group[i]->backup && state > *worst) {
            *worst = state;
        }
    }

    return k;
}


/* what the flag of a site asks for now, an ngx_shop_failover_flag_state_e */

static ngx_uint_t
ngx_shop_failover_board_flag(ngx_shop_failover_site_sh_t *ss)
{
    if (!ss->flag) {
        return NGX_SHOP_FAILOVER_FLAG_STATE_OPEN;
    }

    if (ss->error) {

        /* somebody made the file: the intent is clear, the text is not */

        return NGX_SHOP_FAILOVER_FLAG_STATE_CLOSED;
    }

    return ngx_shop_failover_site_flag(&ss->notice, ss->asked,
                                       ngx_shop_failover_now());
}


static ngx_uint_t
ngx_shop_failover_board_site_locked(ngx_shop_failover_site_sh_t *ss,
    ngx_shop_failover_flag_conf_t *conf, ngx_uint_t worst)
{
    ngx_uint_t                      gate, changed;
    ngx_shop_failover_site_input_t  in;

    ss->asked = (uint8_t) ngx_shop_failover_board_flag(ss);

    in.group = (uint8_t) worst;
    in.flag = ss->asked;
    in.hold = conf->hold;
    in.ramp = conf->ramp;

    gate = NGX_SHOP_FAILOVER_GATE_OPEN;

    if (in.flag == NGX_SHOP_FAILOVER_FLAG_STATE_BROWSE) {
        gate = NGX_SHOP_FAILOVER_GATE_BROWSE;

    } else if (in.flag == NGX_SHOP_FAILOVER_FLAG_STATE_CLOSED) {

        gate = (ss->notice.mode == NGX_SHOP_FAILOVER_FLAG_PATHS_ONLY
                && ss->notice.npaths)
               ? NGX_SHOP_FAILOVER_GATE_PATHS : NGX_SHOP_FAILOVER_GATE_CLOSED;
    }

    changed = ngx_shop_failover_site_step(&ss->site, &in, ngx_current_msec,
                                          ngx_shop_failover_now());

    if (gate == NGX_SHOP_FAILOVER_GATE_OPEN && in.ramp
        && ss->site.state == NGX_SHOP_FAILOVER_SITE_REOPENING)
    {
        gate = NGX_SHOP_FAILOVER_GATE_RAMP;
    }

    ss->gate = gate;
    ss->version += changed;

    return changed;
}


void
ngx_shop_failover_board_view(ngx_shop_failover_zone_t *zone,
    ngx_shop_failover_flag_conf_t *conf, ngx_shop_failover_board_view_t *view)
{
    ngx_shop_failover_site_sh_t  *ss;

    ss = zone->sh->sites[conf->index];

    ngx_shmtx_lock(&zone->shpool->mutex);

    view->version = ss->version;
    view->site = ss->site;
    view->flag = ss->flag;
    view->asked = ss->asked;
    view->error = ss->error;
    view->flag_since = ss->flag_since;
    ngx_memcpy(&view->notice, &ss->notice,
               sizeof(ngx_shop_failover_notice_t));

    ngx_shmtx_unlock(&zone->shpool->mutex);
}
