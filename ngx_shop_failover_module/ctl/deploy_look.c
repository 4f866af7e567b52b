
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * What the status says of one server.
 */


#include <stdlib.h>
#include <string.h>

#include "ctl/deploy_look.h"
#include "ctl/fetch.h"
#include "ctl/member.h"


static int ngx_shop_deploy_look_upstreams(const ngx_shop_json_t *status,
    const char *upstream, const char *server, ngx_shop_deploy_look_t *look);
static int ngx_shop_deploy_look_peers(const ngx_shop_json_t *group,
    const char *server, ngx_shop_deploy_look_t *look);
static void ngx_shop_deploy_look_peer(const ngx_shop_json_t *peer,
    ngx_shop_deploy_look_t *look);
static int ngx_shop_deploy_look_usable(const ngx_shop_json_t *peer);
static int ngx_shop_deploy_look_is(const ngx_shop_json_t *peer,
    const char *server);


int
ngx_shop_deploy_look(const char *url, const char *upstream, const char *server,
    ngx_shop_deploy_look_t *look)
{
    int              rc;
    size_t           at, size;
    const char      *reason;
    unsigned char   *body;
    ngx_shop_str_t   source;
    ngx_shop_json_t  status;

    if (ngx_shop_fetch_url(url, &body, &size) != NGX_SHOP_OK) {
        return NGX_SHOP_ERROR;
    }

    source.data = body;
    source.len = size;

    if (ngx_shop_json_parse(&status, &source, &at, &reason) != NGX_SHOP_OK) {
        (void) ngx_shop_say_error("%s is no status: name a location with "
                                  "shop_status by --status", url);
        rc = NGX_SHOP_ERROR;

    } else {
        rc = ngx_shop_deploy_look_upstreams(&status, upstream, server, look);
    }

    free(body);

    return rc;
}


static int
ngx_shop_deploy_look_upstreams(const ngx_shop_json_t *status,
    const char *upstream, const char *server, ngx_shop_deploy_look_t *look)
{
    char                    name[256];
    unsigned                found;
    ngx_shop_json_t         groups, group, queue;
    ngx_shop_json_walk_t    walk;
    ngx_shop_deploy_look_t  one;

    if (ngx_shop_json_find(status, "upstreams", &groups) != NGX_SHOP_OK) {
        (void) ngx_shop_say_error("that is not the answer of shop_status");
        return NGX_SHOP_ERROR;
    }

    found = 0;
    ngx_shop_json_walk(&groups, &walk);

    while (ngx_shop_json_next(&walk, NULL, &group) == NGX_SHOP_OK) {

        (void) ngx_shop_member_get(&group, "name", name, sizeof(name));

        if (upstream && strcmp(upstream, name) != 0) {
            continue;
        }

        memset(&one, 0, sizeof(one));

        if (!ngx_shop_deploy_look_peers(&group, server, &one)) {
            continue;
        }

        if (found++) {
            (void) ngx_shop_say_error("\"%s\" is in upstream %s and in %s: "
                                      "say which by --upstream", server,
                                      look->upstream, name);
            return NGX_SHOP_DECLINED;
        }

        memcpy(one.upstream, name, sizeof(name));
        one.queue = ngx_shop_json_find(&group, "queue.waiting", &queue)
                    == NGX_SHOP_OK;
        *look = one;
    }

    if (found == 0) {
        (void) ngx_shop_say_error("no upstream%s%s has a server \"%s\", as "
                                  "written in the configuration or an "
                                  "address; shopctl status shows them",
                                  upstream ? " " : "",
                                  upstream ? upstream : "", server);
        return NGX_SHOP_DECLINED;
    }

    return NGX_SHOP_OK;
}


/* 1: it is one of them */

static int
ngx_shop_deploy_look_peers(const ngx_shop_json_t *group, const char *server,
    ngx_shop_deploy_look_t *look)
{
    int                   found;
    ngx_shop_json_t       peers, peer;
    ngx_shop_json_walk_t  walk;

    found = 0;

    if (ngx_shop_json_find(group, "peers", &peers) != NGX_SHOP_OK) {
        return 0;
    }

    ngx_shop_json_walk(&peers, &walk);

    while (ngx_shop_json_next(&walk, NULL, &peer) == NGX_SHOP_OK) {

        if (ngx_shop_deploy_look_is(&peer, server)) {
            found = 1;
            ngx_shop_deploy_look_peer(&peer, look);

        } else {
            look->others += ngx_shop_deploy_look_usable(&peer);
        }
    }

    return found;
}


static void
ngx_shop_deploy_look_peer(const ngx_shop_json_t *peer,
    ngx_shop_deploy_look_t *look)
{
    ngx_shop_json_t  active;

    look->checks = ngx_shop_member_number(peer, "checks");
    look->probed = look->checks != 0;
    look->active = -1;

    if (ngx_shop_json_find(peer, "active", &active) == NGX_SHOP_OK
        && active.type == NGX_SHOP_JSON_NUMBER)
    {
        look->active = ngx_shop_member_number(peer, "active");
    }

    (void) ngx_shop_member_get(peer, "last.result", look->result,
                               sizeof(look->result));
}


static int
ngx_shop_deploy_look_usable(const ngx_shop_json_t *peer)
{
    char      state[32];
    unsigned  i;

    static const char  *usable[] = { "up", "busy", "suspect", "checking" };

    (void) ngx_shop_member_get(peer, "state", state, sizeof(state));

    for (i = 0; i < sizeof(usable) / sizeof(usable[0]); i++) {
        if (strcmp(state, usable[i]) == 0) {
            return 1;
        }
    }

    return 0;
}


static int
ngx_shop_deploy_look_is(const ngx_shop_json_t *peer, const char *server)
{
    char  name[256];

    return (ngx_shop_member_get(peer, "server", name, sizeof(name))
            && strcmp(name, server) == 0)
           || (ngx_shop_member_get(peer, "address", name, sizeof(name))
               && strcmp(name, server) == 0);
}
