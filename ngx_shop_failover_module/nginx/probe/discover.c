
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * Peers that are found at run time.  Knows the balancer's list and the
 * group's; nothing of probes.  No pointer to a balancer's peer outlives its
 * lock: what is needed is copied out.
 */


#include "nginx/probe/discover_inside.h"


static void ngx_shop_discover_merge(ngx_shop_conf_main_t *smcf,
    ngx_shop_conf_srv_t *sscf, ngx_shop_discover_list_t *list);
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

        if (ngx_shop_discover_roster_seat(sscf, &list) == NGX_OK) {
            sscf->config = list.config;
        }

        sscf->applied = NGX_CONF_UNSET_UINT;
    }

    ngx_destroy_pool(pool);
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

        dynamic = ngx_shop_discover_list_find(group, copy);

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


void
ngx_shop_discover_end(void *data)
{
    ngx_shop_conf_srv_t *sscf = data;

    ngx_shop_model_dynamic_t  *dynamic;

    if (sscf->roster) {
        ngx_destroy_pool(sscf->roster->pool);
        sscf->roster = NULL;
    }

    for (dynamic = sscf->group->dynamic; dynamic; dynamic = dynamic->next) {
        dynamic->gone = 1;
    }

    ngx_shop_discover_free(sscf->group);
}
