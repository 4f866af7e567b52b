
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * What the state file says, and when it is written.  A worker that leaves late
 * does not replace what a newer one wrote.
 */


#include "state/file.h"
#include "state/board.h"
#include "state/chronicle.h"
#include "state/counters.h"
#include "state/ledger.h"
#include "state/peers.h"
#include "state/readfile.h"

#include "logic/story/saved.h"


static ngx_int_t ngx_shop_file_claim(ngx_shop_model_zone_t *zone,
    ngx_uint_t last, ngx_atomic_uint_t *changed, int64_t *at);
static void ngx_shop_file_done(ngx_shop_model_zone_t *zone,
    ngx_atomic_uint_t changed, ngx_shop_file_outcome_t *outcome);
static size_t ngx_shop_file_size(ngx_shop_layout_t *sh);
static void ngx_shop_file_peers(ngx_shop_model_zone_t *zone,
    ngx_shop_saved_writer_t *w);
static void ngx_shop_file_peer(ngx_shop_layout_t *sh,
    ngx_shop_layout_peer_t *ps, ngx_shop_saved_writer_t *w);
static void ngx_shop_file_order(ngx_shop_layout_t *sh,
    ngx_shop_layout_peer_t *ps, ngx_shop_saved_writer_t *w);
static void ngx_shop_file_board(ngx_shop_layout_t *sh,
    ngx_shop_saved_writer_t *w);
static ngx_uint_t ngx_shop_file_superseded(ngx_shop_model_zone_t *zone,
    int64_t at);


#define NGX_SHOP_FILE_REFRESH  60000     /* ms, if nothing changes */
#define NGX_SHOP_FILE_GAP      1000      /* ms between two saves */
#define NGX_SHOP_FILE_RETRY    10000     /* ms after a failure */
#define NGX_SHOP_FILE_CHUNK    64        /* slots under one lock */


/*
 * The same for another order of upstreams or servers, and for other addresses
 * of the same names.
 */

uint64_t
ngx_shop_file_identity(ngx_shop_model_zone_t *zone)
{
    uint64_t                  sum, name;
    ngx_str_t                 last;
    ngx_uint_t                i, j;
    ngx_shop_model_peer_t    *peer;
    ngx_shop_model_group_t  **group;

    sum = 0;
    group = zone->groups.elts;

    for (i = 0; i < zone->groups.nelts; i++) {

        if (!group[i]->checked) {
            continue;
        }

        name = ngx_shop_saved_hash(0, group[i]->name.data, group[i]->name.len);
        sum += name + group[i]->resolve;

        ngx_str_null(&last);
        peer = group[i]->peers.elts;

        for (j = 0; j < group[i]->peers.nelts; j++) {

            if (peer[j].server.data == last.data) {
                continue;
            }

            last = peer[j].server;
            sum += ngx_shop_saved_hash(name, last.data, last.len);
        }
    }

    return sum;
}


ngx_int_t
ngx_shop_file_save(ngx_shop_model_zone_t *zone, ngx_uint_t last,
    ngx_shop_file_outcome_t *outcome, ngx_log_t *log)
{
    size_t                    len, size;
    u_char                   *buf, *temp;
    int64_t                   at;
    ngx_pool_t               *pool;
    ngx_atomic_uint_t         changed;
    ngx_shop_saved_writer_t   w;

    if (zone->state_file.len == 0
        || ngx_shop_file_claim(zone, last, &changed, &at) != NGX_OK)
    {
        return NGX_DECLINED;
    }

    outcome->err = NGX_ENOMEM;
    outcome->what = "memory";

    pool = ngx_create_pool(4096, log);
    if (pool == NULL) {
        goto done;
    }

    size = ngx_shop_file_size(zone->sh);

    buf = ngx_palloc(pool, size);
    temp = ngx_pnalloc(pool, zone->state_file.len + NGX_INT64_LEN
                             + sizeof("..tmp"));

    if (buf == NULL || temp == NULL) {
        ngx_destroy_pool(pool);
        goto done;
    }

    (void) ngx_sprintf(temp, "%V.%P.tmp%Z", &zone->state_file, ngx_pid);

    ngx_shop_saved_begin(&w, buf, size);

    ngx_shop_file_peers(zone, &w);

    ngx_shmtx_lock(&zone->shpool->mutex);

    ngx_shop_file_board(zone->sh, &w);

    ngx_shmtx_unlock(&zone->shpool->mutex);

    ngx_shop_ledger_save(zone, &w);
    ngx_shop_chronicle_file_save(zone, &w);

    /* 0: peers were added meanwhile; there is a next time */

    len = ngx_shop_saved_end(&w, zone->identity, at);

    outcome->err = 0;

    if (len && !ngx_shop_file_superseded(zone, at)) {
        ngx_shop_file_write(zone, buf, len, temp, outcome);
    }

    ngx_destroy_pool(pool);

done:

    ngx_shop_file_done(zone, changed, outcome);

    return NGX_OK;
}


static ngx_int_t
ngx_shop_file_claim(ngx_shop_model_zone_t *zone, ngx_uint_t last,
    ngx_atomic_uint_t *changed, int64_t *at)
{
    ngx_int_t           rc;
    ngx_msec_t          now, gap;
    ngx_shop_layout_t  *sh;

    sh = zone->sh;
    rc = NGX_DECLINED;

    ngx_shmtx_lock(&zone->shpool->mutex);

    now = ngx_shop_clock_msec(sh);

    gap = (sh->changed != sh->saved || last) ? NGX_SHOP_FILE_GAP
                                             : NGX_SHOP_FILE_REFRESH;

    if (last && sh->changed != sh->saved) {
        gap = 0;
    }

    /*
     * What nobody has looked at yet is not worth to replace what was saved; an
     * order is.
     */

    if ((sh->probed || sh->changed)
        && (sh->saving == 0 || (ngx_msec_int_t) (now - sh->saving) >= 0)
        && (sh->saved_at == 0 || now - sh->saved_at >= gap))
    {
        sh->saving = now + NGX_SHOP_FILE_RETRY;
        *changed = sh->changed;
        *at = sh->probed ? sh->probed : ngx_shop_clock_unix();
        rc = NGX_OK;
    }

    ngx_shmtx_unlock(&zone->shpool->mutex);

    return rc;
}


/* after a failure the claim is kept: that is the time until the next try */

static void
ngx_shop_file_done(ngx_shop_model_zone_t *zone, ngx_atomic_uint_t changed,
    ngx_shop_file_outcome_t *outcome)
{
    ngx_shop_layout_t  *sh;

    sh = zone->sh;

    ngx_shmtx_lock(&zone->shpool->mutex);

    outcome->before = sh->save_error;
    sh->save_error = outcome->err;

    if (outcome->err == 0) {
        sh->saving = 0;
        sh->saved = changed;
        sh->saved_at = ngx_shop_clock_msec(sh);
    }

    ngx_shmtx_unlock(&zone->shpool->mutex);
}


/* enough for all, if nothing is added meanwhile */

static size_t
ngx_shop_file_size(ngx_shop_layout_t *sh)
{
    size_t                   size;
    ngx_uint_t               i;
    ngx_shop_layout_peer_t  *ps;

    size = NGX_SHOP_SAVED_HEADER + 64
           + NGX_SHOP_INCIDENTS * (sizeof(ngx_shop_incident_t) + 32);

    for (i = 0; i < sh->used; i++) {
        ps = &sh->peers[i];

        /* what is known of it, and an order */

        size += 2 * (NGX_SHOP_SAVED_PEER_MAX
                     + NGX_SHOP_LAYOUT_DETAIL_LEN
                     + ps->server_len + ps->address_len
                     + sh->groups[ps->group].name.len);
    }

    for (i = 0; i < sh->groups_used; i++) {
        size += NGX_SHOP_SAVED_PEER_MAX + 8 * NGX_SHOP_SAVED_COUNTS
                + sh->groups[i].name.len;
    }

    for (i = 0; i < sh->sites_used; i++) {
        size += NGX_SHOP_SAVED_PEER_MAX + 8 * NGX_SHOP_SAVED_COUNTS
                + NGX_SHOP_LAYOUT_CLASSES * (NGX_SHOP_LAYOUT_CLASS_LEN + 64
                                              + sh->sites[i]->name.len)
                + sizeof(ngx_shop_saved_ledger_t) + 64
                + 2 * sh->sites[i]->name.len;
    }

    for (i = 0; i < sh->flags_used; i++) {
        size += NGX_SHOP_SAVED_PEER_MAX + sh->flags[i]->path.len;
    }

    return size;
}


static void
ngx_shop_file_peers(ngx_shop_model_zone_t *zone, ngx_shop_saved_writer_t *w)
{
    ngx_uint_t          i, n;
    ngx_shop_layout_t  *sh;

    sh = zone->sh;

    for (i = 0; i < sh->used; /* void */ ) {

        ngx_shmtx_lock(&zone->shpool->mutex);

        for (n = 0; n < NGX_SHOP_FILE_CHUNK && i < sh->used; n++) {
            ngx_shop_file_peer(sh, &sh->peers[i], w);
            ngx_shop_file_order(sh, &sh->peers[i++], w);
        }

        ngx_shmtx_unlock(&zone->shpool->mutex);
    }
}


static void
ngx_shop_file_peer(ngx_shop_layout_t *sh, ngx_shop_layout_peer_t *ps,
    ngx_shop_saved_writer_t *w)
{
    ngx_str_t               name;
    ngx_shop_saved_peer_t   peer;

    if (ps->names == NULL || ps->checks == 0) {
        return;
    }

    name = sh->groups[ps->group].name;

    peer.group.len = name.len;
    peer.group.data = name.data;
    peer.server.len = ps->server_len;
    peer.server.data = ps->names;
    peer.address.len = ps->address_len;
    peer.address.data = ps->names + ps->server_len;
    peer.detail.len = ps->last.detail_len;
    peer.detail.data = ps->last.detail;

    peer.state = ps->verdict.state;
    peer.result = ps->verdict.result;
    peer.run = ps->verdict.run;
    peer.downs = ps->downs;
    peer.since = ps->since;
    peer.doubt = ps->doubt;
    peer.checks = ps->checks;
    peer.fails = ps->fails;

    peer.at = ps->last.at;
    peer.ms[0] = ps->last.connect;
    peer.ms[1] = ps->last.tls;
    peer.ms[2] = ps->last.first;
    peer.ms[3] = ps->last.total;
    peer.last = ps->last.result;

    ngx_memcpy(peer.history, ps->history, sizeof(peer.history));
    ngx_memcpy(peer.took, ps->took, sizeof(peer.took));

    ngx_shop_saved_peer(w, &peer);
}


static void
ngx_shop_file_order(ngx_shop_layout_t *sh, ngx_shop_layout_peer_t *ps,
    ngx_shop_saved_writer_t *w)
{
    ngx_str_t                name;
    ngx_shop_saved_order_t   order;

    if (ps->names == NULL || ps->force.how == NGX_SHOP_LAYOUT_FORCE_NONE) {
        return;
    }

    name = sh->groups[ps->group].name;

    order.group.len = name.len;
    order.group.data = name.data;
    order.server.len = ps->server_len;
    order.server.data = ps->names;
    order.address.len = ps->address_len;
    order.address.data = ps->names + ps->server_len;
    order.reason.len = ps->force.reason_len;
    order.reason.data = ps->force.reason;
    order.who.len = ps->force.who_len;
    order.who.data = ps->force.who;

    order.how = ps->force.how;
    order.since = ps->force.since;
    order.until = ps->force.until;

    ngx_shop_saved_order(w, &order);
}


static void
ngx_shop_file_board(ngx_shop_layout_t *sh, ngx_shop_saved_writer_t *w)
{
    ngx_uint_t                 i;
    ngx_shop_layout_group_t   *gs;
    ngx_shop_saved_flag_t      flag;
    ngx_shop_saved_site_t      site;
    ngx_shop_saved_group_t     group;
    ngx_shop_layout_flag_t    *fs;
    ngx_shop_layout_site_t    *ss;

    for (i = 0; i < sh->groups_used; i++) {
        gs = &sh->groups[i];

        group.name.len = gs->name.len;
        group.name.data = gs->name.data;
        group.state = (uint8_t) ngx_shop_file_group(gs->state);
        group.since = gs->since;
        ngx_shop_counters_file_save_group_locked(gs, &group);

        ngx_shop_saved_group(w, &group);
    }

    for (i = 0; i < sh->sites_used; i++) {
        ss = sh->sites[i];

        site.name.len = ss->name.len;
        site.name.data = ss->name.data;
        site.state = ss->site.state;
        site.since = ss->site.since;
        site.outage = ss->site.outage;
        site.incident = ss->incident;
        ngx_shop_counters_file_save_locked(ss, &site);
        site.band = ss->band;

        ngx_shop_saved_site(w, &site);
        ngx_shop_counters_file_save_classes_locked(sh, ss, w);
    }

    for (i = 0; i < sh->flags_used; i++) {
        fs = sh->flags[i];

        flag.path.len = fs->path.len;
        flag.path.data = fs->path.data;
        flag.there = fs->there;
        flag.since = fs->since;

        ngx_shop_saved_flag(w, &flag);
    }
}


/*
 * Whether the file is already newer: that of the workers which took over after
 * a binary upgrade, while this one waits for its last visitor.
 */

static ngx_uint_t
ngx_shop_file_superseded(ngx_shop_model_zone_t *zone, int64_t at)
{
    u_char                    head[NGX_SHOP_SAVED_HEADER];
    int64_t                   saved, now;
    ssize_t                   n;
    ngx_fd_t                  fd;
    ngx_shop_readfile_t       file;
    ngx_shop_saved_wish_t     wish;
    ngx_shop_saved_reader_t   r;

    if (ngx_shop_readfile_open(zone->state_file.data, &file, &fd)
        != NGX_SHOP_READFILE_OK)
    {
        return 0;
    }

    n = read(fd, head, sizeof(head));
    (void) close(fd);

    if (n != (ssize_t) sizeof(head)) {
        return 0;
    }

    now = ngx_shop_clock_unix();

    wish.identity = zone->identity;
    wish.now = now;
    wish.age = NGX_SHOP_FILE_AGE;

    /* the header alone: what can be said of it is its time */

    (void) ngx_shop_saved_open(&r, head, n, &wish, &saved);

    return saved > at && saved <= now;
}
