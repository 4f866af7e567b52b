
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * The composition root's half of the configuration: made and merged of the
 * parts of every feature, and in the end the groups and the zone that come of
 * it.  What a directive says is parsed in conf*.c.
 */


#include "nginx/module_conf.h"
#include "nginx/conf_upstreams.h"
#include "nginx/conf_gate.h"
#include "nginx/conf_hints.h"
#include "nginx/conf_page.h"
#include "nginx/conf_site.h"


static void ngx_shop_module_conf_nameless(ngx_conf_t *cf,
    ngx_shop_conf_loc_t *prev, ngx_shop_conf_loc_t *conf);
static ngx_int_t ngx_shop_module_conf_upstream(ngx_conf_t *cf,
    ngx_shop_conf_main_t *smcf, ngx_shop_conf_srv_t *sscf);
static ngx_int_t ngx_shop_module_conf_link(ngx_shop_conf_main_t *smcf);
static ngx_int_t ngx_shop_module_conf_peers(ngx_conf_t *cf,
    ngx_shop_model_group_t *group, ngx_http_upstream_srv_conf_t *uscf,
    ngx_int_t port);


void *
ngx_shop_module_conf_create_main(ngx_conf_t *cf)
{
    ngx_shop_conf_main_t  *smcf;

    smcf = ngx_pcalloc(cf->pool, sizeof(ngx_shop_conf_main_t));
    if (smcf == NULL) {
        return NULL;
    }

    if (ngx_array_init(&smcf->zone.groups, cf->pool, 4, sizeof(void *))
        != NGX_OK
        || ngx_array_init(&smcf->zone.sites, cf->pool, 4, sizeof(void *))
           != NGX_OK
        || ngx_array_init(&smcf->zone.flags, cf->pool, 4, sizeof(void *))
           != NGX_OK
        || ngx_array_init(&smcf->sites, cf->pool, 4, sizeof(void *))
           != NGX_OK
        || ngx_array_init(&smcf->zone.classes, cf->pool, 4, sizeof(void *))
           != NGX_OK
        || ngx_array_init(&smcf->upstreams, cf->pool, 4, sizeof(void *))
           != NGX_OK
        || ngx_array_init(&smcf->pages, cf->pool, 4, sizeof(void *))
           != NGX_OK
        || ngx_array_init(&smcf->matches, cf->pool, 4, sizeof(void *))
           != NGX_OK
        || ngx_array_init(&smcf->balanced, cf->pool, 4, sizeof(void *))
           != NGX_OK)
    {
        return NULL;
    }

    smcf->wake = (ngx_socket_t) -1;

    if (ngx_shop_conf_site_create(cf, smcf) != NGX_OK) {
        return NULL;
    }

    return smcf;
}


void *
ngx_shop_module_conf_create_srv(ngx_conf_t *cf)
{
    ngx_shop_conf_srv_t  *sscf;

    sscf = ngx_pcalloc(cf->pool, sizeof(ngx_shop_conf_srv_t));
    if (sscf == NULL) {
        return NULL;
    }

    sscf->observe.errors = NGX_CONF_UNSET;
    sscf->outlier.percent = NGX_CONF_UNSET_UINT;
    sscf->slow_start = NGX_CONF_UNSET_MSEC;
    sscf->panic = NGX_CONF_UNSET;
    sscf->shed.target = NGX_CONF_UNSET_MSEC;
    sscf->queueing.number = NGX_CONF_UNSET;
    sscf->applied = NGX_CONF_UNSET_UINT;
    sscf->config = NGX_CONF_UNSET_UINT;

    ngx_queue_init(&sscf->flights);
    sscf->pool = cf->pool;

    if (ngx_shop_conf_check_create(cf, &sscf->ask) != NGX_OK) {
        return NULL;
    }

    return sscf;
}


void *
ngx_shop_module_conf_create_loc(ngx_conf_t *cf)
{
    ngx_shop_conf_loc_t  *slcf;

    slcf = ngx_pcalloc(cf->pool, sizeof(ngx_shop_conf_loc_t));
    if (slcf == NULL) {
        return NULL;
    }

    slcf->flag = NGX_CONF_UNSET_PTR;
    slcf->site_name = NGX_CONF_UNSET_PTR;
    slcf->class = NGX_CONF_UNSET_PTR;
    slcf->budget = NGX_CONF_UNSET;
    ngx_shop_conf_gate_create(slcf);
    ngx_shop_conf_page_create(slcf);

    return slcf;
}


char *
ngx_shop_module_conf_merge_loc(ngx_conf_t *cf, void *parent, void *child)
{
    ngx_shop_conf_loc_t  *prev = parent;
    ngx_shop_conf_loc_t  *conf = child;

    if (conf->flag == NULL && ngx_shop_conf_hints_off(cf, prev) != NGX_OK) {
        return NGX_CONF_ERROR;
    }

    ngx_conf_merge_ptr_value(conf->flag, prev->flag, NULL);
    ngx_conf_merge_ptr_value(conf->class, prev->class, NULL);

    conf->flagged = (conf->flag != NULL);
    conf->said |= prev->said;

    if (conf->home == NULL) {
        conf->home = prev->home;
    }

    ngx_shop_module_conf_nameless(cf, prev, conf);

    if (ngx_shop_conf_site_merge(cf, prev, conf) != NGX_CONF_OK
        || ngx_shop_conf_budget_merge(cf, prev, conf) != NGX_CONF_OK
        || ngx_shop_conf_gate_merge(cf, prev, conf) != NGX_CONF_OK
        || ngx_shop_conf_page_merge(cf, prev, conf) != NGX_CONF_OK)
    {
        return NGX_CONF_ERROR;
    }

    ngx_shop_conf_site_count(conf);

    return ngx_shop_conf_hints_error_page(cf, conf) == NGX_OK
           ? NGX_CONF_OK : NGX_CONF_ERROR;
}


/*
 * "if" and "limit_except" are locations inside of one, with a configuration
 * of their own: what answers outside answers there, too, where they name
 * nothing else.  nginx keeps the handler for "if" and drops it for
 * "limit_except"; proxy_pass puts it back as this does
 * (ngx_http_proxy_merge_loc_conf() in src/http/modules).
 */

static void
ngx_shop_module_conf_nameless(ngx_conf_t *cf, ngx_shop_conf_loc_t *prev,
    ngx_shop_conf_loc_t *conf)
{
    ngx_http_core_loc_conf_t  *clcf;

    clcf = ngx_http_conf_get_module_loc_conf(cf, ngx_http_core_module);

    if (!clcf->noname || clcf->handler) {
        return;
    }

    conf->answer = prev->answer;
    conf->status = prev->status;
    conf->strict = prev->strict;
    conf->status_policy = prev->status_policy;
    conf->runbook = prev->runbook;
    conf->control = prev->control;

    if (clcf->lmt_excpt) {
        clcf->handler = conf->answer;
    }
}


ngx_int_t
ngx_shop_module_conf_finish(ngx_conf_t *cf)
{
    ngx_uint_t             i;
    ngx_shop_conf_srv_t   *sscf;
    ngx_shop_conf_main_t  *smcf;

    smcf = ngx_http_conf_get_module_main_conf(cf, ngx_shop_failover_module);

    if (!smcf->used) {
        return NGX_OK;
    }

    ngx_shop_conf_gate_finish(smcf);

    if (ngx_shop_conf_failover_chains(cf) != NGX_OK) {
        return NGX_ERROR;
    }

    i = 0;

    for (sscf = ngx_shop_conf_upstreams_next(cf, &i);
         sscf;
         sscf = ngx_shop_conf_upstreams_next(cf, &i))
    {
        if ((sscf->check || sscf->backups || sscf->is_backup)
            && ngx_shop_module_conf_upstream(cf, smcf, sscf) != NGX_OK)
        {
            return NGX_ERROR;
        }
    }

    if (ngx_shop_module_conf_link(smcf) != NGX_OK
        || ngx_shop_conf_site_uses_finish(cf, smcf) != NGX_OK)
    {
        return NGX_ERROR;
    }

    return ngx_shop_zone_add(cf, &smcf->zone, smcf->zone_size,
                             &ngx_shop_failover_module);
}


static ngx_int_t
ngx_shop_module_conf_upstream(ngx_conf_t *cf, ngx_shop_conf_main_t *smcf,
    ngx_shop_conf_srv_t *sscf)
{
    ngx_int_t                port;
    ngx_shop_conf_srv_t    **upstreams;
    ngx_shop_model_group_t  *group, **groups;

    group = ngx_pcalloc(cf->pool, sizeof(ngx_shop_model_group_t));
    if (group == NULL) {
        return NGX_ERROR;
    }

    group->name = sscf->uscf->host;
    group->backup = sscf->is_backup;
    group->panic = sscf->panic;
    group->shed = sscf->shed.target;
    group->queue = (ngx_uint_t) sscf->queueing.number;
    group->patience = sscf->queueing.timeout;
    group->slow_start = sscf->slow_start;
    group->hold = sscf->backups ? sscf->backups->hold : 0;
    group->below = sscf->backups ? (ngx_uint_t) sscf->backups->below : 0;
    port = 0;

    if (sscf->check) {
        group->rule = sscf->check->rule;
        group->interval = sscf->check->interval;
        group->shared = (ngx_uint_t) sscf->check->shared;
        group->checked = 1;
        port = sscf->check->port;
    }

    if (ngx_array_init(&group->chain, cf->pool, 1, sizeof(void *)) != NGX_OK
        || ngx_shop_module_conf_peers(cf, group, sscf->uscf, port) != NGX_OK)
    {
        return NGX_ERROR;
    }

    sscf->group = group;
    sscf->zone = &smcf->zone;

    groups = ngx_array_push(&smcf->zone.groups);
    upstreams = ngx_array_push(&smcf->balanced);

    if (groups == NULL || upstreams == NULL) {
        return NGX_ERROR;
    }

    *groups = group;
    *upstreams = sscf;

    if (sscf->check) {
        upstreams = ngx_array_push(&smcf->upstreams);
        if (upstreams == NULL) {
            return NGX_ERROR;
        }

        *upstreams = sscf;
    }

    return NGX_OK;
}


/* the chains of the groups, now that there is a group for each */

static ngx_int_t
ngx_shop_module_conf_link(ngx_shop_conf_main_t *smcf)
{
    ngx_uint_t                 i, j;
    ngx_shop_conf_srv_t      **sscf, **chain;
    ngx_shop_model_group_t   **backup;

    sscf = smcf->balanced.elts;

    for (i = 0; i < smcf->balanced.nelts; i++) {
        chain = sscf[i]->chain.elts;

        for (j = 0; j < sscf[i]->chain.nelts; j++) {

            backup = ngx_array_push(&sscf[i]->group->chain);
            if (backup == NULL) {
                return NGX_ERROR;
            }

            *backup = chain[j]->group;
        }
    }

    return NGX_OK;
}


/*
 * The same servers in the same order as ngx_http_upstream_init_round_robin()
 * makes peers of them (src/http/ngx_http_upstream_round_robin.c): the key of
 * a peer is its server as written and its address.
 */

static ngx_int_t
ngx_shop_module_conf_peers(ngx_conf_t *cf, ngx_shop_model_group_t *group,
    ngx_http_upstream_srv_conf_t *uscf, ngx_int_t port)
{
    ngx_uint_t                   i, j;
    struct sockaddr             *sa;
    ngx_shop_model_peer_t       *peer;
    ngx_http_upstream_server_t  *server;

    if (uscf->servers == NULL) {
        return NGX_OK;
    }

    if (ngx_array_init(&group->peers, cf->pool, uscf->servers->nelts + 1,
                       sizeof(ngx_shop_model_peer_t))
        != NGX_OK)
    {
        return NGX_ERROR;
    }

    server = uscf->servers->elts;

    for (i = 0; i < uscf->servers->nelts; i++) {

        if (ngx_shop_compat_resolves(&server[i])) {
            group->resolve++;
            group->unknown = 1;
            continue;
        }

        for (j = 0; j < server[i].naddrs; j++) {

            peer = ngx_array_push(&group->peers);
            if (peer == NULL) {
                return NGX_ERROR;
            }

            ngx_memzero(peer, sizeof(ngx_shop_model_peer_t));

            peer->server = server[i].name;
            peer->address = server[i].addrs[j].name;
            peer->socklen = server[i].addrs[j].socklen;
            peer->backup = server[i].backup;
            peer->down = (server[i].down & NGX_SHOP_COMPAT_DOWN) ? 1 : 0;
            peer->slot = NGX_SHOP_LAYOUT_NO_SLOT;

            sa = ngx_pnalloc(cf->pool, peer->socklen);
            if (sa == NULL) {
                return NGX_ERROR;
            }

            ngx_memcpy(sa, server[i].addrs[j].sockaddr, peer->socklen);

            if (port && sa->sa_family != AF_UNIX) {
                ngx_inet_set_port(sa, (in_port_t) port);
            }

            peer->sockaddr = sa;
        }
    }

    return NGX_OK;
}
