
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * How many requests are at each server of a group, of all workers: nginx counts
 * them in the memory of an upstream with "zone".
 */


#include "nginx/conf.h"
#include "nginx/status/status.h"


/* the peers of a group by their address */
typedef struct {
    ngx_shop_snapshot_group_t  *group;
    uint32_t                   *heads;      /* 1 + the first; 0: none */
    uint32_t                   *next;       /* the same, of each peer */
    ngx_uint_t                  mask;
} ngx_shop_status_active_t;


static ngx_shop_conf_srv_t *ngx_shop_status_active_conf(
    ngx_shop_model_group_t *group);
static ngx_int_t ngx_shop_status_active_index(ngx_shop_status_active_t *a,
    ngx_pool_t *pool);
static void ngx_shop_status_active_add(ngx_shop_status_active_t *a,
    ngx_str_t *address, ngx_uint_t n);


void
ngx_shop_status_active(ngx_shop_snapshot_t *snap,
    ngx_shop_snapshot_group_t *group)
{
    ngx_shop_conf_srv_t           *sscf;
    ngx_shop_status_active_t       a;
    ngx_http_upstream_rr_peer_t   *peer;
    ngx_http_upstream_rr_peers_t  *list;

    ngx_memzero(&a, sizeof(ngx_shop_status_active_t));

    sscf = ngx_shop_status_active_conf(group->group);
    a.group = group;

    if (sscf == NULL
        || ngx_shop_status_active_index(&a, snap->pool) != NGX_OK)
    {
        return;
    }

    for (list = sscf->uscf->peer.data; list; list = list->next) {

        /*
         * A list that nobody changes is read without its lock, which outlives
         * a kill.
         */

        if (sscf->group->resolve) {
            ngx_http_upstream_rr_peers_rlock(list);
        }

        for (peer = list->peer; peer; peer = peer->next) {
            ngx_shop_status_active_add(&a, &peer->name, peer->conns);
        }

        if (sscf->group->resolve) {
            ngx_http_upstream_rr_peers_unlock(list);
        }
    }
}


/* NULL: of this group it is not known */

static ngx_shop_conf_srv_t *
ngx_shop_status_active_conf(ngx_shop_model_group_t *group)
{
#if (NGX_HTTP_UPSTREAM_ZONE)
    ngx_uint_t              i;
    ngx_shop_conf_srv_t   **sscf;
    ngx_shop_conf_main_t   *smcf;

    smcf = ngx_shop_conf_cycle((ngx_cycle_t *) ngx_cycle);
    sscf = smcf->balanced.elts;

    for (i = 0; i < smcf->balanced.nelts; i++) {
        if (sscf[i]->group == group) {
            return sscf[i]->uscf->shm_zone ? sscf[i] : NULL;
        }
    }
#endif

    return NULL;
}


static ngx_int_t
ngx_shop_status_active_index(ngx_shop_status_active_t *a, ngx_pool_t *pool)
{
    uint32_t    *head;
    ngx_str_t   *address;
    ngx_uint_t   i, size;

    for (size = 16; size < 2 * a->group->npeers; size *= 2) { /* void */ }

    a->mask = size - 1;
    a->heads = ngx_pcalloc(pool, size * sizeof(uint32_t));
    a->next = ngx_pcalloc(pool, (a->group->npeers + 1) * sizeof(uint32_t));
    a->group->active = ngx_pcalloc(pool, (a->group->npeers + 1)
                                         * sizeof(ngx_uint_t));

    if (a->heads == NULL || a->next == NULL || a->group->active == NULL) {
        a->group->active = NULL;
        return NGX_ERROR;
    }

    for (i = 0; i < a->group->npeers; i++) {
        address = &a->group->peers[i].peer->address;
        head = &a->heads[ngx_crc32_short(address->data, address->len)
                         & a->mask];
        a->next[i] = *head;
        *head = (uint32_t) i + 1;
    }

    return NGX_OK;
}


/* two servers with one address have the requests of both */

static void
ngx_shop_status_active_add(ngx_shop_status_active_t *a, ngx_str_t *address,
    ngx_uint_t n)
{
    uint32_t    i;
    ngx_str_t  *own;

    if (n == 0) {
        return;
    }

    for (i = a->heads[ngx_crc32_short(address->data, address->len) & a->mask];
         i;
         i = a->next[i - 1])
    {
        own = &a->group->peers[i - 1].peer->address;

        if (own->len == address->len
            && ngx_memcmp(own->data, address->data, own->len) == 0)
        {
            a->group->active[i - 1] += n;
        }
    }
}
