
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * How many requests are at a server, of all workers: nginx counts them in the
 * memory of an upstream with "zone".
 */


#include "nginx/conf.h"
#include "nginx/status/status.h"


static int64_t ngx_shop_status_active_of(ngx_shop_model_group_t *group,
    ngx_shop_model_peer_t *peer);
static int64_t ngx_shop_status_active_count(ngx_shop_conf_srv_t *sscf,
    ngx_str_t *address);


/* the member "active" of a peer; null: it is not known */

void
ngx_shop_status_active_json(ngx_shop_emit_t *e, ngx_shop_model_group_t *group,
    ngx_shop_model_peer_t *peer)
{
    int64_t  n;

    n = ngx_shop_status_active_of(group, peer);

    if (n < 0) {
        ngx_shop_emit_null(e, "active");

    } else {
        ngx_shop_emit_int(e, "active", n);
    }
}


/* -1: it is not known */

static int64_t
ngx_shop_status_active_of(ngx_shop_model_group_t *group,
    ngx_shop_model_peer_t *peer)
{
    ngx_uint_t              i;
    ngx_shop_conf_srv_t   **sscf;
    ngx_shop_conf_main_t   *smcf;

    smcf = ngx_shop_conf_cycle((ngx_cycle_t *) ngx_cycle);
    sscf = smcf->balanced.elts;

    for (i = 0; i < smcf->balanced.nelts; i++) {

        if (sscf[i]->group != group) {
            continue;
        }

#if (NGX_HTTP_UPSTREAM_ZONE)
        if (sscf[i]->uscf->shm_zone) {
            return ngx_shop_status_active_count(sscf[i], &peer->address);
        }
#endif

        break;
    }

    return -1;
}


/* a list that nobody changes is read without its lock, which outlives a kill */

static int64_t
ngx_shop_status_active_count(ngx_shop_conf_srv_t *sscf, ngx_str_t *address)
{
    int64_t                        n;
    ngx_http_upstream_rr_peer_t   *peer;
    ngx_http_upstream_rr_peers_t  *list;

    n = 0;

    for (list = sscf->uscf->peer.data; list; list = list->next) {

        if (sscf->group->resolve) {
            ngx_http_upstream_rr_peers_rlock(list);
        }

        for (peer = list->peer; peer; peer = peer->next) {
            if (peer->name.len == address->len
                && ngx_memcmp(peer->name.data, address->data, address->len)
                   == 0)
            {
                n += peer->conns;
            }
        }

        if (sscf->group->resolve) {
            ngx_http_upstream_rr_peers_unlock(list);
        }
    }

    return n;
}
