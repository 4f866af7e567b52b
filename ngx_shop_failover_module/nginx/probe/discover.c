
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * Peers that are found at run time.  Knows the balancer's list and the
 * group's; nothing of probes.  No pointer to a balancer's peer outlives its
 * lock: what is needed is copied out.
 */


#include "nginx/probe/discover.h"



/* a copy of a balancer's peer */
typedef struct {
    ngx_http_upstream_rr_peer_t      *peer;
    ngx_str_t                         name;
    ngx_str_t                         server;
    ngx_sockaddr_t                    sockaddr;
    socklen_t                         socklen;
    unsigned                          down:1;
    unsigned                          backup:1;
    unsigned                          dynamic:1;
} ngx_shop_discover_copy_t;


/* room for copies, made before a lock is taken */
typedef struct {
    ngx_shop_discover_copy_t         *copies;
    ngx_uint_t                        n;
    ngx_uint_t                        max;
    u_char                           *text;
    u_char                           *last;
    ngx_uint_t                        config;
} ngx_shop_discover_list_t;


static ngx_int_t ngx_shop_discover_list(ngx_shop_conf_srv_t *sscf,
    ngx_pool_t *pool, ngx_shop_discover_list_t *list);
static void ngx_shop_discover_lock(ngx_shop_conf_srv_t *sscf,
    ngx_http_upstream_rr_peers_t *peers);
static void ngx_shop_discover_unlock(ngx_shop_conf_srv_t *sscf,
    ngx_http_upstream_rr_peers_t *peers);
static ngx_int_t ngx_shop_discover_copy(ngx_http_upstream_rr_peers_t *peers,
    ngx_uint_t backup, ngx_shop_discover_list_t *list);
static void ngx_shop_discover_unseat(void *data);
static ngx_int_t ngx_shop_discover_seat(ngx_shop_conf_srv_t *sscf,
    ngx_shop_discover_list_t *list);
static ngx_shop_model_peer_t *ngx_shop_discover_known(
    ngx_shop_model_group_t *group, ngx_shop_discover_copy_t *copy,
    ngx_uint_t *cursor);
static ngx_uint_t ngx_shop_discover_same(ngx_shop_model_peer_t *peer,
    ngx_shop_discover_copy_t *copy);
static void ngx_shop_discover_merge(ngx_shop_conf_main_t *smcf,
    ngx_shop_conf_srv_t *sscf, ngx_shop_discover_list_t *list);
static ngx_shop_model_dynamic_t *ngx_shop_discover_find(
    ngx_shop_model_group_t *group, ngx_shop_discover_copy_t *copy);
static ngx_shop_model_dynamic_t *ngx_shop_discover_new(
    ngx_shop_conf_srv_t *sscf, ngx_shop_discover_copy_t *copy);
static void ngx_shop_discover_track(ngx_shop_conf_main_t *smcf,
    ngx_shop_conf_srv_t *sscf, ngx_shop_model_dynamic_t *dynamic);


/* a slot that nobody touches for a minute may go to another peer; ms */
#define NGX_SHOP_DISCOVER_TOUCH  20000

/* so long a group without peers waits for its names to be resolved; ms */
#define NGX_SHOP_DISCOVER_WAIT   5000


void
ngx_shop_discover_start(ngx_shop_conf_srv_t *sscf)
{
    sscf->started = ngx_current_msec;
}


void
ngx_shop_discover_scan(ngx_shop_conf_main_t *smcf, ngx_shop_conf_srv_t *sscf)
{
    ngx_pool_t                 *pool;
    ngx_shop_model_dynamic_t   *dynamic;
    ngx_shop_discover_list_t    list;

    if (sscf->group->unknown
        && (sscf->group->dynamic
            || ngx_current_msec - sscf->started
               > NGX_SHOP_DISCOVER_WAIT))
    {
        sscf->group->unknown = 0;
    }

    if (!ngx_shop_discover_due(sscf)) {

        for (dynamic = sscf->group->dynamic; dynamic; dynamic = dynamic->next)
        {
            ngx_shop_discover_track(smcf, sscf, dynamic);
        }

        return;
    }

    pool = ngx_create_pool(4096, ngx_cycle->log);
    if (pool == NULL) {
        return;
    }

    ngx_memzero(&list, sizeof(list));

    if (ngx_shop_discover_list(sscf, pool, &list) == NGX_OK) {

        ngx_shop_discover_merge(smcf, sscf, &list);

        if (ngx_shop_discover_seat(sscf, &list) == NGX_OK) {
            sscf->config = list.config;
        }

        sscf->applied = NGX_CONF_UNSET_UINT;
    }

    ngx_destroy_pool(pool);
}


ngx_int_t
ngx_shop_discover_roster(ngx_shop_conf_srv_t *sscf)
{
    ngx_int_t                  rc;
    ngx_pool_t                *pool;
    ngx_shop_discover_list_t   list;

    if (sscf->group->resolve) {
        return NGX_DECLINED;
    }

    pool = ngx_create_pool(4096, ngx_cycle->log);
    if (pool == NULL) {
        return NGX_ERROR;
    }

    ngx_memzero(&list, sizeof(list));

    rc = ngx_shop_discover_list(sscf, pool, &list);

    if (rc == NGX_OK) {
        rc = ngx_shop_discover_seat(sscf, &list);
    }

    ngx_destroy_pool(pool);

    return rc;
}


/*
 * Each list of an upstream has a lock of its own since nginx 1.27.3, under
 * which the resolver changes it; the generation is of both, and read before
 * them: what changes after that is seen at the next scan.  NGX_AGAIN: a list
 * grew meanwhile, the next scan sees to it.
 */

static ngx_int_t
ngx_shop_discover_list(ngx_shop_conf_srv_t *sscf, ngx_pool_t *pool,
    ngx_shop_discover_list_t *list)
{
    size_t                         size;
    ngx_int_t                      rc;
    ngx_http_upstream_rr_peer_t   *peer;
    ngx_http_upstream_rr_peers_t  *peers, *p;

    size = 0;
    peers = sscf->uscf->peer.data;

    list->config = ngx_shop_compat_config(peers);

    ngx_memory_barrier();

    for (p = peers; p; p = p->next) {

        ngx_shop_discover_lock(sscf, p);

        for (peer = p->peer; peer; peer = peer->next) {
            list->max++;
            size += peer->name.len + peer->server.len;
        }

        ngx_shop_discover_unlock(sscf, p);
    }

    list->copies = ngx_palloc(pool, (list->max + 1)
                              * sizeof(ngx_shop_discover_copy_t));
    list->text = ngx_pnalloc(pool, size + 1);

    if (list->copies == NULL || list->text == NULL) {
        return NGX_ERROR;
    }

    list->last = list->text + size;
    rc = NGX_OK;

    for (p = peers; p && rc == NGX_OK; p = p->next) {

        ngx_shop_discover_lock(sscf, p);

        rc = ngx_shop_discover_copy(p, p != peers, list);

        ngx_shop_discover_unlock(sscf, p);
    }

    return rc;
}


/* a list that nobody changes is read without its lock */

static void
ngx_shop_discover_lock(ngx_shop_conf_srv_t *sscf,
    ngx_http_upstream_rr_peers_t *peers)
{
    if (sscf->group->resolve) {
        ngx_http_upstream_rr_peers_rlock(peers);
    }
}


static void
ngx_shop_discover_unlock(ngx_shop_conf_srv_t *sscf,
    ngx_http_upstream_rr_peers_t *peers)
{
    if (sscf->group->resolve) {
        ngx_http_upstream_rr_peers_unlock(peers);
    }
}


static ngx_int_t
ngx_shop_discover_copy(ngx_http_upstream_rr_peers_t *peers, ngx_uint_t backup,
    ngx_shop_discover_list_t *list)
{
    ngx_shop_discover_copy_t     *copy;
    ngx_http_upstream_rr_peer_t  *peer;

    for (peer = peers->peer; peer; peer = peer->next) {

        if (list->n == list->max
            || peer->name.len + peer->server.len
               > (size_t) (list->last - list->text)
            || peer->socklen > (socklen_t) sizeof(ngx_sockaddr_t))
        {
            return NGX_AGAIN;
        }

        copy = &list->copies[list->n++];

        copy->peer = peer;

        copy->name.len = peer->name.len;
        copy->name.data = list->text;
        list->text = ngx_cpymem(list->text, peer->name.data, peer->name.len);

        copy->server.len = peer->server.len;
        copy->server.data = list->text;
        list->text = ngx_cpymem(list->text, peer->server.data,
                                peer->server.len);

        copy->socklen = peer->socklen;
        ngx_memcpy(&copy->sockaddr, peer->sockaddr, peer->socklen);

        copy->down = (peer->down & NGX_SHOP_COMPAT_DOWN) ? 1 : 0;
        copy->backup = backup;
        copy->dynamic = ngx_shop_compat_dynamic(peer);
    }

    return NGX_OK;
}


/*
 * A new roster in place of the old one, which may name records that are about
 * to be freed: without memory there is none.
 */

static ngx_int_t
ngx_shop_discover_seat(ngx_shop_conf_srv_t *sscf,
    ngx_shop_discover_list_t *list)
{
    ngx_uint_t                 i, cursor[2];
    ngx_pool_t                *pool;
    ngx_shop_seat_t           *seat;
    ngx_pool_cleanup_t        *cln;
    ngx_shop_roster_t         *roster;
    ngx_shop_model_peer_t     *known;
    ngx_shop_discover_copy_t  *copy;

    ngx_shop_discover_unseat(sscf);

    if (!sscf->seated) {
        cln = ngx_pool_cleanup_add(ngx_cycle->pool, 0);
        if (cln == NULL) {
            return NGX_ERROR;
        }

        cln->handler = ngx_shop_discover_unseat;
        cln->data = sscf;
        sscf->seated = 1;
    }

    pool = ngx_create_pool(1024, ngx_cycle->log);
    if (pool == NULL) {
        return NGX_ERROR;
    }

    roster = ngx_pcalloc(pool, sizeof(ngx_shop_roster_t));
    seat = ngx_pcalloc(pool, (list->n + 1) * sizeof(ngx_shop_seat_t));

    if (roster == NULL || seat == NULL) {
        ngx_destroy_pool(pool);
        return NGX_ERROR;
    }

    cursor[0] = 0;
    cursor[1] = 0;
    roster->pool = pool;
    roster->seats[0] = seat;
    roster->seats[1] = seat;

    for (i = 0; i < list->n; i++) {
        copy = &list->copies[i];

        if (copy->backup && roster->n[1] == 0) {
            roster->seats[1] = seat;
        }

        known = ngx_shop_discover_known(sscf->group, copy,
                                        &cursor[copy->backup]);

        if (known == NULL && copy->dynamic) {

            /* no memory for its record: it stays usable, as it is */

            continue;
        }

        seat->peer = copy->peer;
        seat->known = known;
        seat++;

        roster->n[copy->backup]++;
    }

    sscf->roster = roster;

    return NGX_OK;
}


/* before another one, and at the end of a worker */

static void
ngx_shop_discover_unseat(void *data)
{
    ngx_shop_conf_srv_t  *sscf = data;

    if (sscf->roster) {
        ngx_destroy_pool(sscf->roster->pool);
        sscf->roster = NULL;
    }
}


/* in the common case the next peer in order, so that a walk is linear */

static ngx_shop_model_peer_t *
ngx_shop_discover_known(ngx_shop_model_group_t *group,
    ngx_shop_discover_copy_t *copy, ngx_uint_t *cursor)
{
    ngx_uint_t                 i, n;
    ngx_shop_model_peer_t     *known;
    ngx_shop_model_dynamic_t  *dynamic;

    known = group->peers.elts;

    for (n = 0; n < group->peers.nelts; n++) {

        i = (*cursor + n) % group->peers.nelts;

        if (ngx_shop_discover_same(&known[i], copy)) {
            *cursor = i + 1;
            return &known[i];
        }
    }

    dynamic = ngx_shop_discover_find(group, copy);

    return dynamic ? &dynamic->peer : NULL;
}


static ngx_uint_t
ngx_shop_discover_same(ngx_shop_model_peer_t *peer,
    ngx_shop_discover_copy_t *copy)
{
    return peer->address.len == copy->name.len
           && peer->server.len == copy->server.len
           && ngx_memcmp(peer->address.data, copy->name.data, copy->name.len)
              == 0
           && ngx_memcmp(peer->server.data, copy->server.data,
                         copy->server.len)
              == 0;
}


static void
ngx_shop_discover_merge(ngx_shop_conf_main_t *smcf, ngx_shop_conf_srv_t *sscf,
    ngx_shop_discover_list_t *list)
{
    ngx_uint_t                 i;
    ngx_shop_model_group_t    *group;
    ngx_shop_model_dynamic_t  *dynamic;
    ngx_shop_discover_copy_t  *copy;

    group = sscf->group;

    for (dynamic = group->dynamic; dynamic; dynamic = dynamic->next) {
        dynamic->seen = 0;
    }

    for (i = 0; i < list->n; i++) {
        copy = &list->copies[i];

        if (!copy->dynamic) {
            continue;
        }

        dynamic = ngx_shop_discover_find(group, copy);

        if (dynamic == NULL) {
            dynamic = ngx_shop_discover_new(sscf, copy);
            if (dynamic == NULL) {
                continue;
            }

            dynamic->next = group->dynamic;
            group->dynamic = dynamic;
        }

        dynamic->seen = 1;
        dynamic->gone = 0;
        dynamic->peer.down = copy->down;
        dynamic->peer.backup = copy->backup;

        ngx_shop_discover_track(smcf, sscf, dynamic);
    }

    for (dynamic = group->dynamic; dynamic; dynamic = dynamic->next) {
        dynamic->gone = !dynamic->seen;
    }
}


static ngx_shop_model_dynamic_t *
ngx_shop_discover_find(ngx_shop_model_group_t *group,
    ngx_shop_discover_copy_t *copy)
{
    ngx_shop_model_dynamic_t  *dynamic;

    for (dynamic = group->dynamic; dynamic; dynamic = dynamic->next) {

        if (ngx_shop_discover_same(&dynamic->peer, copy)) {
            return dynamic;
        }
    }

    return NULL;
}


static ngx_shop_model_dynamic_t *
ngx_shop_discover_new(ngx_shop_conf_srv_t *sscf,
    ngx_shop_discover_copy_t *copy)
{
    ngx_pool_t                *pool;
    ngx_shop_model_peer_t     *peer;
    ngx_shop_model_dynamic_t  *dynamic;

    pool = ngx_create_pool(1024, ngx_cycle->log);
    if (pool == NULL) {
        return NULL;
    }

    dynamic = ngx_pcalloc(pool, sizeof(ngx_shop_model_dynamic_t));
    if (dynamic == NULL) {
        goto failed;
    }

    peer = &dynamic->peer;

    peer->server.data = ngx_pstrdup(pool, &copy->server);
    peer->address.data = ngx_pstrdup(pool, &copy->name);
    peer->sockaddr = ngx_palloc(pool, copy->socklen);

    if (peer->server.data == NULL || peer->address.data == NULL
        || peer->sockaddr == NULL)
    {
        goto failed;
    }

    peer->server.len = copy->server.len;
    peer->address.len = copy->name.len;
    peer->socklen = copy->socklen;
    peer->slot = NGX_SHOP_LAYOUT_NO_SLOT;

    ngx_memcpy(peer->sockaddr, &copy->sockaddr, copy->socklen);

    if (sscf->check->port) {
        ngx_inet_set_port(peer->sockaddr, (in_port_t) sscf->check->port);
    }

    dynamic->pool = pool;

    return dynamic;

failed:

    ngx_destroy_pool(pool);

    return NULL;
}


/* finds or keeps the slot; told once, by one worker, if there is no room */

static void
ngx_shop_discover_track(ngx_shop_conf_main_t *smcf, ngx_shop_conf_srv_t *sscf,
    ngx_shop_model_dynamic_t *dynamic)
{
    ngx_shop_model_peer_t  *peer;

    peer = &dynamic->peer;

    if (dynamic->gone
        || (dynamic->touched
            && ngx_current_msec - dynamic->touched
               < NGX_SHOP_DISCOVER_TOUCH))
    {
        return;
    }

    dynamic->touched = ngx_current_msec;

    if (ngx_shop_peers_add(&smcf->zone, sscf->group, peer) == NGX_OK) {
        dynamic->untracked = 0;
        sscf->applied = NGX_CONF_UNSET_UINT;
        return;
    }

    if (!dynamic->untracked && ngx_worker == 0) {
        ngx_log_error(NGX_LOG_ERR, ngx_cycle->log, 0,
                      "shop failover: no room in the shared memory zone for "
                      "peer %V of server \"%V\" in upstream \"%V\": it stays "
                      "usable and is not probed; a larger \"shop_zone\" helps",
                      &peer->address, &peer->server, &sscf->group->name);
    }

    dynamic->untracked = 1;
}


void
ngx_shop_discover_free(ngx_shop_model_group_t *group)
{
    ngx_pool_t                 *pool;
    ngx_shop_model_dynamic_t  **next;

    next = &group->dynamic;

    while (*next) {

        if (!(*next)->gone) {
            next = &(*next)->next;
            continue;
        }

        pool = (*next)->pool;
        *next = (*next)->next;

        ngx_destroy_pool(pool);
    }
}
