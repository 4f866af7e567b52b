
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * A copy of the list of a balancer, which the resolver changes: made under its
 * lock, for those who look at it afterwards.
 */


#include "nginx/probe/discover_inside.h"


static void ngx_shop_discover_list_lock(ngx_shop_conf_srv_t *sscf,
    ngx_http_upstream_rr_peers_t *peers);
static void ngx_shop_discover_list_unlock(ngx_shop_conf_srv_t *sscf,
    ngx_http_upstream_rr_peers_t *peers);
static ngx_int_t ngx_shop_discover_list_copy(
    ngx_http_upstream_rr_peers_t *peers, ngx_uint_t backup,
    ngx_shop_discover_list_t *list);


/*
 * Each list of an upstream has a lock of its own since nginx 1.27.3, under
 * which the resolver changes it; the generation is of both, and read before
 * them: what changes after that is seen at the next scan.  NGX_AGAIN: a list
 * grew meanwhile, the next scan sees to it.
 */

ngx_int_t
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

        ngx_shop_discover_list_lock(sscf, p);

        for (peer = p->peer; peer; peer = peer->next) {
            list->max++;
            size += peer->name.len + peer->server.len;
        }

        ngx_shop_discover_list_unlock(sscf, p);
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

        ngx_shop_discover_list_lock(sscf, p);

        rc = ngx_shop_discover_list_copy(p, p != peers, list);

        ngx_shop_discover_list_unlock(sscf, p);
    }

    return rc;
}


/* a list that nobody changes is read without its lock */

static void
ngx_shop_discover_list_lock(ngx_shop_conf_srv_t *sscf,
    ngx_http_upstream_rr_peers_t *peers)
{
    if (sscf->group->resolve) {
        ngx_http_upstream_rr_peers_rlock(peers);
    }
}


static void
ngx_shop_discover_list_unlock(ngx_shop_conf_srv_t *sscf,
    ngx_http_upstream_rr_peers_t *peers)
{
    if (sscf->group->resolve) {
        ngx_http_upstream_rr_peers_unlock(peers);
    }
}


static ngx_int_t
ngx_shop_discover_list_copy(ngx_http_upstream_rr_peers_t *peers,
    ngx_uint_t backup,
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


ngx_uint_t
ngx_shop_discover_list_same(ngx_shop_model_peer_t *peer,
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


ngx_shop_model_dynamic_t *
ngx_shop_discover_list_find(ngx_shop_model_group_t *group,
    ngx_shop_discover_copy_t *copy)
{
    ngx_shop_model_dynamic_t  *dynamic;

    for (dynamic = group->dynamic; dynamic; dynamic = dynamic->next) {

        if (ngx_shop_discover_list_same(&dynamic->peer, copy)) {
            return dynamic;
        }
    }

    return NULL;
}
