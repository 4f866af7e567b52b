
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * Reads the state file at the start, into memory that nobody uses yet.
 */


#include "state/chronicle.h"
#include "state/counters.h"
#include "state/ledger.h"
#include "state/file.h"
#include "state/board.h"
#include "state/force.h"
#include "state/readfile.h"

#include "logic/story/saved.h"


/* what of a file is wanted, and how much of it there was */
typedef struct {
    ngx_uint_t   orders_only;                     /* the rest is too old */
    ngx_uint_t   peers;
    ngx_uint_t   orders;
} ngx_shop_file_load_kept_t;


static void ngx_shop_file_load_apply(ngx_shop_model_zone_t *zone,
    ngx_shop_saved_reader_t *r, ngx_shop_file_load_kept_t *kept);
static ngx_uint_t ngx_shop_file_load_peer(ngx_shop_model_zone_t *zone,
    ngx_shop_saved_peer_t *saved);
static void ngx_shop_file_load_group(ngx_shop_layout_t *sh,
    ngx_shop_saved_group_t *saved);
static void ngx_shop_file_load_site(ngx_shop_layout_t *sh,
    ngx_shop_saved_site_t *saved);
static void ngx_shop_file_load_class(ngx_shop_layout_t *sh,
    ngx_shop_saved_class_t *saved);
static void ngx_shop_file_load_flag(ngx_shop_layout_t *sh,
    ngx_shop_saved_flag_t *saved);


#define NGX_SHOP_FILE_LOAD_MAX  (64 * 1024 * 1024)


void
ngx_shop_file_load(ngx_shop_model_zone_t *zone, ngx_log_t *log)
{
    int64_t                    at;
    ngx_pool_t                *pool;
    ngx_shop_readfile_e        outcome;
    ngx_shop_readfile_t        file;
    ngx_shop_saved_wish_t      wish;
    ngx_shop_saved_reader_t    r;
    ngx_shop_saved_verdict_e   verdict;
    ngx_shop_file_load_kept_t  kept;

    pool = ngx_create_pool(4096, log);
    if (pool == NULL) {
        return;
    }

    file.pool = pool;
    file.max = NGX_SHOP_FILE_LOAD_MAX;

    outcome = ngx_shop_readfile_whole(zone->state_file.data, &file);

    /* an empty one is torn, as any that has lost its end */

    if (outcome != NGX_SHOP_READFILE_OK
        && outcome != NGX_SHOP_READFILE_EMPTY)
    {
        if (outcome != NGX_SHOP_READFILE_NONE) {
            ngx_log_error(NGX_LOG_WARN, log, file.err,
                          "shop failover: state file \"%V\" is not used: it "
                          "%s", &zone->state_file,
                          ngx_shop_readfile_words(outcome));
        }

        ngx_destroy_pool(pool);
        return;
    }

    wish.identity = zone->identity;
    wish.now = ngx_shop_clock_unix();
    wish.age = NGX_SHOP_FILE_AGE;

    verdict = ngx_shop_saved_open(&r, file.data.data, file.data.len, &wish,
                                  &at);

    ngx_memzero(&kept, sizeof(ngx_shop_file_load_kept_t));
    kept.orders_only = (verdict != NGX_SHOP_SAVED_GOOD);

    if (ngx_shop_saved_whole(verdict)) {
        ngx_shmtx_lock(&zone->shpool->mutex);

        ngx_shop_file_load_apply(zone, &r, &kept);

        if (!kept.orders_only) {
            zone->sh->probed = at;
        }

        ngx_shmtx_unlock(&zone->shpool->mutex);
    }

    if (kept.orders_only) {
        ngx_log_error(NGX_LOG_WARN, log, 0,
                      "shop failover: state file \"%V\" is not used: %s%s",
                      &zone->state_file, ngx_shop_saved_words(verdict),
                      kept.orders ? "; orders for servers in it stand" : "");

    } else {
        ngx_log_error(NGX_LOG_NOTICE, log, 0,
                      "shop failover: the state of %ui peers is that of %L "
                      "seconds ago, from \"%V\"", kept.peers,
                      (wish.now - at) / 1000, &zone->state_file);
    }

    if (kept.orders) {
        ngx_log_error(NGX_LOG_NOTICE, log, 0,
                      "shop failover: orders for %ui peers stand since before "
                      "the start", kept.orders);
    }

    ngx_destroy_pool(pool);
}


static void
ngx_shop_file_load_apply(ngx_shop_model_zone_t *zone,
    ngx_shop_saved_reader_t *r, ngx_shop_file_load_kept_t *kept)
{
    ngx_shop_saved_type_e     type;
    ngx_shop_saved_record_t   record;

    for ( ;; ) {
        type = ngx_shop_saved_next(r, &record);

        if (type == NGX_SHOP_SAVED_END) {
            return;
        }

        if (type == NGX_SHOP_SAVED_ORDER) {
            kept->orders += ngx_shop_force_restore_locked(zone,
                                                          &record.u.order);
            continue;
        }

        if (type == NGX_SHOP_SAVED_INCIDENT || type == NGX_SHOP_SAVED_STORY) {
            ngx_shop_chronicle_file_load_locked(zone, &record,
                                                kept->orders_only);
            continue;
        }

        if (type == NGX_SHOP_SAVED_LEDGER) {

            /* a year is worth to be kept, however old its end is */

            ngx_shop_ledger_load_locked(zone->sh, &record.u.ledger);
            continue;
        }

        if (kept->orders_only) {
            continue;
        }

        switch (type) {

        case NGX_SHOP_SAVED_PEER:
            kept->peers += ngx_shop_file_load_peer(zone, &record.u.peer);
            break;

        case NGX_SHOP_SAVED_GROUP:
            ngx_shop_file_load_group(zone->sh, &record.u.group);
            break;

        case NGX_SHOP_SAVED_CLASS:
            ngx_shop_file_load_class(zone->sh, &record.u.class);
            break;

        case NGX_SHOP_SAVED_FLAG:
            ngx_shop_file_load_flag(zone->sh, &record.u.flag);
            break;

        default: /* NGX_SHOP_SAVED_SITE */
            ngx_shop_file_load_site(zone->sh, &record.u.site);
        }
    }
}


static ngx_uint_t
ngx_shop_file_load_peer(ngx_shop_model_zone_t *zone,
    ngx_shop_saved_peer_t *saved)
{
    ngx_shop_model_group_t  *group;
    ngx_shop_layout_peer_t  *ps;

    ps = ngx_shop_peers_add_known_locked(zone, (ngx_str_t *) &saved->group,
                                     (ngx_str_t *) &saved->server,
                                     (ngx_str_t *) &saved->address, &group);
    if (ps == NULL || !group->checked) {
        return 0;
    }

    ps->verdict.state = saved->state;
    ps->verdict.result = saved->result;
    ps->verdict.run = saved->run;
    ps->downs = saved->downs;
    ps->since = saved->since;
    ps->doubt = saved->doubt;
    ps->checks = saved->checks;
    ps->fails = saved->fails;

    ps->last.at = saved->at;
    ps->last.connect = saved->ms[0];
    ps->last.tls = saved->ms[1];
    ps->last.first = saved->ms[2];
    ps->last.total = saved->ms[3];
    ps->last.result = saved->last;
    ps->last.detail_len = (uint8_t) ngx_min(saved->detail.len,
                                            NGX_SHOP_LAYOUT_DETAIL_LEN);
    ngx_memcpy(ps->last.detail, saved->detail.data, ps->last.detail_len);
    ngx_memcpy(ps->history, saved->history, sizeof(ps->history));
    ngx_memcpy(ps->took, saved->took, sizeof(ps->took));

    ngx_shop_peers_publish_locked(zone, ps,
              ngx_shop_verdict_usable(&ps->verdict, &group->rule));

    return 1;
}


static void
ngx_shop_file_load_group(ngx_shop_layout_t *sh, ngx_shop_saved_group_t *saved)
{
    ngx_uint_t                i;
    ngx_shop_layout_group_t  *gs;

    for (i = 0; i < sh->groups_used; i++) {
        gs = &sh->groups[i];

        if (gs->name.len == saved->name.len
            && ngx_memcmp(gs->name.data, saved->name.data, gs->name.len) == 0)
        {
            gs->state = (uint8_t) ngx_shop_file_group(saved->state);
            gs->since = saved->since;
            ngx_shop_counters_file_load_group_locked(gs, saved);
        }
    }
}


static void
ngx_shop_file_load_site(ngx_shop_layout_t *sh, ngx_shop_saved_site_t *saved)
{
    ngx_uint_t               i;
    ngx_shop_layout_site_t  *ss;

    for (i = 0; i < sh->sites_used; i++) {
        ss = sh->sites[i];

        if (ss->name.len == saved->name.len
            && ngx_memcmp(ss->name.data, saved->name.data, ss->name.len) == 0)
        {
            ss->site.state = saved->state;
            ss->site.since = saved->since;
            ss->site.outage = saved->outage ? saved->outage
                              : saved->state == NGX_SHOP_SITE_OUTAGE
                                ? saved->since : 0;
            ss->incident = saved->incident;
            ngx_shop_counters_file_load_locked(ss, saved);
            ss->band = saved->band;
        }
    }
}


/* after the site that it is of */

static void
ngx_shop_file_load_class(ngx_shop_layout_t *sh, ngx_shop_saved_class_t *saved)
{
    ngx_uint_t               i;
    ngx_shop_layout_site_t  *ss;

    for (i = 0; i < sh->sites_used; i++) {
        ss = sh->sites[i];

        if (ss->name.len == saved->site.len
            && ngx_memcmp(ss->name.data, saved->site.data, ss->name.len) == 0)
        {
            ngx_shop_counters_file_load_class_locked(sh, ss, saved);
        }
    }
}


static void
ngx_shop_file_load_flag(ngx_shop_layout_t *sh, ngx_shop_saved_flag_t *saved)
{
    ngx_uint_t               i;
    ngx_shop_layout_flag_t  *fs;

    for (i = 0; i < sh->flags_used; i++) {
        fs = sh->flags[i];

        if (fs->path.len != saved->path.len
            || ngx_memcmp(fs->path.data, saved->path.data, fs->path.len) != 0)
        {
            continue;
        }

        fs->there = saved->there;
        fs->since = saved->since;

        ngx_shop_layout_flag_unread(fs);
    }
}
