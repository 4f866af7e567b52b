
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * Who of the peers of a balancer is who of the group: a roster, for balance.
 */


#include "nginx/probe/discover_inside.h"


static void ngx_shop_discover_roster_unseat(void *data);
static ngx_shop_model_peer_t *ngx_shop_discover_roster_known(
    ngx_shop_model_group_t *group, ngx_shop_discover_copy_t *copy,
    ngx_uint_t *cursor);


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
        rc = ngx_shop_discover_roster_seat(sscf, &list);
    }

    ngx_destroy_pool(pool);

    return rc;
}


/*
 * A new roster in place of the old one, which may name records that are about
 * to be freed: without memory there is none.
 */

ngx_int_t
ngx_shop_discover_roster_seat(ngx_shop_conf_srv_t *sscf,
    ngx_shop_discover_list_t *list)
{
    ngx_uint_t                 i, cursor[2];
    ngx_pool_t                *pool;
    ngx_shop_seat_t           *seat;
    ngx_pool_cleanup_t        *cln;
    ngx_shop_roster_t         *roster;
    ngx_shop_model_peer_t     *known;
    ngx_shop_discover_copy_t  *copy;

    ngx_shop_discover_roster_unseat(sscf);

    if (!sscf->seated) {
        cln = ngx_pool_cleanup_add(ngx_cycle->pool, 0);
        if (cln == NULL) {
            return NGX_ERROR;
        }

        cln->handler = ngx_shop_discover_roster_unseat;
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

        known = ngx_shop_discover_roster_known(sscf->group, copy,
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
ngx_shop_discover_roster_unseat(void *data)
{
    ngx_shop_conf_srv_t  *sscf = data;

    if (sscf->roster) {
        ngx_destroy_pool(sscf->roster->pool);
        sscf->roster = NULL;
    }
}


/* in the common case the next peer in order, so that a walk is linear */

static ngx_shop_model_peer_t *
ngx_shop_discover_roster_known(ngx_shop_model_group_t *group,
    ngx_shop_discover_copy_t *copy, ngx_uint_t *cursor)
{
    ngx_uint_t                 i, n;
    ngx_shop_model_peer_t     *known;
    ngx_shop_model_dynamic_t  *dynamic;

    known = group->peers.elts;

    for (n = 0; n < group->peers.nelts; n++) {

        i = (*cursor + n) % group->peers.nelts;

        if (ngx_shop_discover_list_same(&known[i], copy)) {
            *cursor = i + 1;
            return &known[i];
        }
    }

    dynamic = ngx_shop_discover_list_find(group, copy);

    return dynamic ? &dynamic->peer : NULL;
}
