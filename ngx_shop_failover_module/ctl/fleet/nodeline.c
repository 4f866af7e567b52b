
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * A node's line.  Reads no status itself and no clock.
 */


#include <stdio.h>

#include "ctl/fleet/nodeline.h"
#include "ctl/member.h"
#include "logic/story/saved.h"


static int ngx_shop_nodeline_flag(ngx_shop_nodeline_t *n,
    const ngx_shop_json_t *site, const char *dir, const char *sum);
static int ngx_shop_nodeline_is(const char *path, const char *dir);
static void ngx_shop_nodeline_group(ngx_shop_nodeline_t *n,
    const ngx_shop_json_t *group);
static unsigned ngx_shop_nodeline_shared(ngx_shop_nodeline_t *n,
    const ngx_shop_json_t *group);
static void ngx_shop_nodeline_sum(ngx_shop_nodeline_t *n,
    const ngx_shop_json_t *v, const char *member);
static void ngx_shop_nodeline_server(ngx_shop_nodeline_t *n,
    const ngx_shop_json_t *group, const ngx_shop_json_t *item);
static void ngx_shop_nodeline_add(ngx_shop_nodeline_server_t *list,
    unsigned n, const ngx_shop_json_t *group, const ngx_shop_json_t *item);
static void ngx_shop_nodeline_lists(ngx_shop_nodeline_t *n,
    const ngx_shop_json_t *v);


int
ngx_shop_nodeline_status(ngx_shop_nodeline_t *n, const ngx_shop_json_t *v,
    const char *dir, const char *sum, unsigned some)
{
    unsigned                   yes, no;
    ngx_shop_json_t            list, item, whole;
    ngx_shop_json_walk_t       walk;
    ngx_shop_nodeline_site_t  *site;

    n->nginx_up = 1;
    n->knows = 0;
    n->other = 0;
    n->nsites = 0;
    n->ndown = 0;
    n->ndoubt = 0;
    n->nservers = 0;
    n->share.interval = 0;
    n->share.sum = 0;
    n->trouble[0] = '\0';
    yes = 0;
    no = 0;

    (void) ngx_shop_member_get(v, "module", n->module, sizeof(n->module));
    (void) ngx_shop_member_get(v, "nginx", n->nginx, sizeof(n->nginx));

    if (ngx_shop_json_find(v, "sites", &list) == NGX_SHOP_OK) {
        ngx_shop_json_walk(&list, &walk);

        while (ngx_shop_json_next(&walk, NULL, &item) == NGX_SHOP_OK) {
            if (n->nsites < NGX_SHOP_NODELINE_SITES) {
                site = &n->sites[n->nsites++];
                (void) ngx_shop_member_get(&item, "name", site->name,
                                           sizeof(site->name));
                (void) ngx_shop_member_get(&item, "state", site->state,
                                           sizeof(site->state));
            }

            switch (ngx_shop_nodeline_flag(n, &item, dir, sum)) {

            case NGX_SHOP_OK:
                yes++;
                break;

            case NGX_SHOP_DECLINED:

                /* hosts that a file closes alone have a text of their own */

                no += !some
                      && (ngx_shop_json_find(&item, "part_of", &whole)
                          != NGX_SHOP_OK
                          || whole.type == NGX_SHOP_JSON_NULL);
            }
        }
    }

    if (ngx_shop_json_find(v, "upstreams", &list) == NGX_SHOP_OK) {
        ngx_shop_json_walk(&list, &walk);

        while (ngx_shop_json_next(&walk, NULL, &item) == NGX_SHOP_OK) {
            ngx_shop_nodeline_group(n, &item);
        }
    }

    if (!n->knows) {
        (void) snprintf(n->trouble, sizeof(n->trouble), "its nginx has no flag "
                        "\"%.150s\": is it that of shop_maintenance?", dir);
        return 0;
    }

    return *sum ? yes && !no : !yes;
}


/*
 * Of a site with that flag: OK, the text is in force, or for "" one of ours
 * may be; DECLINED: it is not; ERROR: it is another flag's site.
 */

static int
ngx_shop_nodeline_flag(ngx_shop_nodeline_t *n, const ngx_shop_json_t *site,
    const char *dir, const char *sum)
{
    char  path[4096], is[24];

    if (!ngx_shop_member_get(site, "flag", path, sizeof(path))
        || !ngx_shop_nodeline_is(path, dir))
    {
        return NGX_SHOP_ERROR;
    }

    n->knows = 1;

    (void) ngx_shop_member_get(site, "flag_sum", is, sizeof(is));

    if (*sum) {
        n->other |= *is && strcmp(is, sum) != 0;
        return strcmp(is, sum) == 0 ? NGX_SHOP_OK : NGX_SHOP_DECLINED;
    }

    n->other |= *is && strcmp(is, n->was) != 0;

    return *is && strcmp(is, n->was) == 0 ? NGX_SHOP_OK : NGX_SHOP_DECLINED;
}


/* the directory, or a file of it */

static int
ngx_shop_nodeline_is(const char *path, const char *dir)
{
    size_t  n;

    n = strlen(dir);

    return strncmp(path, dir, n) == 0 && (path[n] == '\0' || path[n] == '/');
}


static void
ngx_shop_nodeline_group(ngx_shop_nodeline_t *n, const ngx_shop_json_t *group)
{
    unsigned              shared;
    ngx_shop_json_t       list, item;
    ngx_shop_json_walk_t  walk;

    if (ngx_shop_json_find(group, "peers", &list) != NGX_SHOP_OK) {
        return;
    }

    shared = ngx_shop_nodeline_shared(n, group);
    ngx_shop_json_walk(&list, &walk);

    while (ngx_shop_json_next(&walk, NULL, &item) == NGX_SHOP_OK) {
        n->nservers++;
        ngx_shop_nodeline_server(n, group, &item);

        if (shared) {
            ngx_shop_nodeline_sum(n, &item, "address");
        }
    }
}


/* nodes take turns only where they probe the same servers in the same way */

static unsigned
ngx_shop_nodeline_shared(ngx_shop_nodeline_t *n, const ngx_shop_json_t *group)
{
    long             interval;
    ngx_shop_json_t  shared;

    interval = ngx_shop_member_number(group, "shared.interval_ms");

    if (interval <= 0
        || ngx_shop_json_find(group, "shared", &shared) != NGX_SHOP_OK)
    {
        return 0;
    }

    if (n->share.interval == 0 || interval < n->share.interval) {
        n->share.interval = interval;
    }

    ngx_shop_nodeline_sum(n, group, "name");
    ngx_shop_nodeline_sum(n, &shared, "interval_ms");
    ngx_shop_nodeline_sum(n, &shared, "most");

    return 1;
}


static void
ngx_shop_nodeline_sum(ngx_shop_nodeline_t *n, const ngx_shop_json_t *v,
    const char *member)
{
    ngx_shop_json_t  found;

    if (ngx_shop_json_find(v, member, &found) == NGX_SHOP_OK) {
        n->share.sum = (int64_t) (ngx_shop_saved_hash((uint64_t) n->share.sum,
                                                      found.text.data,
                                                      found.text.len)
                                  >> 12);
    }
}


static void
ngx_shop_nodeline_server(ngx_shop_nodeline_t *n, const ngx_shop_json_t *group,
    const ngx_shop_json_t *item)
{
    unsigned         down, well;
    ngx_shop_json_t  state, last;

    if (ngx_shop_json_find(item, "state", &state) != NGX_SHOP_OK) {
        return;
    }

    down = ngx_shop_json_is(&state, "down") != 0;

    if (down) {
        ngx_shop_nodeline_add(n->down, n->ndown++, group, item);
    }

    if (ngx_shop_json_find(item, "last.result", &last) != NGX_SHOP_OK
        || ngx_shop_json_is(&last, "busy")
        || ngx_shop_json_is(&last, "inconclusive"))
    {
        return;
    }

    /* the last probe says something else: there may soon be a new verdict */

    well = ngx_shop_json_is(&last, "ok") != 0;

    if (well == down && (down || ngx_shop_json_is(&state, "up"))) {
        ngx_shop_nodeline_add(n->doubt, n->ndoubt++, group, item);
    }
}


static void
ngx_shop_nodeline_add(ngx_shop_nodeline_server_t *list, unsigned n,
    const ngx_shop_json_t *group, const ngx_shop_json_t *item)
{
    if (n < NGX_SHOP_NODELINE_DOWN) {
        (void) ngx_shop_member_get(group, "name", list[n].upstream,
                                   sizeof(list[n].upstream));
        (void) ngx_shop_member_get(item, "server", list[n].server,
                                   sizeof(list[n].server));
    }
}


void
ngx_shop_nodeline_silent(ngx_shop_nodeline_t *n, const char *why)
{
    n->nginx_up = 0;
    n->knows = 0;
    n->other = 0;
    n->nsites = 0;
    n->ndown = 0;
    n->ndoubt = 0;
    n->nservers = 0;
    n->share.interval = 0;

    (void) snprintf(n->trouble, sizeof(n->trouble), "%s", why);
}


void
ngx_shop_nodeline_emit(const ngx_shop_nodeline_t *n, ngx_shop_emit_t *e,
    const char *key)
{
    unsigned  i;

    ngx_shop_emit_object(e, key);
    ngx_shop_emit_int(e, "version", 1);
    ngx_shop_emit_int(e, "time", n->time);
    ngx_shop_emit_int(e, "ahead", n->ahead);
    ngx_shop_emit_int(e, "revision", n->revision);
    ngx_shop_emit_cstr(e, "sum", n->sum);
    ngx_shop_emit_bool(e, "there", (int) n->there);
    ngx_shop_emit_bool(e, "other", (int) n->other);
    ngx_shop_emit_bool(e, "nginx_up", (int) n->nginx_up);
    ngx_shop_emit_bool(e, "knows", (int) n->knows);
    ngx_shop_emit_cstr(e, "trouble", n->trouble);
    ngx_shop_emit_int(e, "orders", n->orders);
    ngx_shop_emit_int(e, "refused", n->refused);
    ngx_shop_emit_cstr(e, "why", n->why);

    if (n->share.interval) {
        ngx_shop_emit_object(e, "shared");
        ngx_shop_emit_int(e, "interval_ms", n->share.interval);
        ngx_shop_emit_int(e, "sum", n->share.sum);
        ngx_shop_emit_int(e, "beat", n->share.beat);
        ngx_shop_emit_int(e, "set", n->share.set);
        ngx_shop_emit_close(e, '}');
    }

    ngx_shop_emit_cstr(e, "module", n->module);
    ngx_shop_emit_cstr(e, "nginx", n->nginx);
    ngx_shop_emit_int(e, "servers", (int64_t) n->nservers);
    ngx_shop_emit_int(e, "servers_down", (int64_t) n->ndown);
    ngx_shop_emit_array(e, "sites");

    for (i = 0; i < n->nsites; i++) {
        ngx_shop_emit_object(e, NULL);
        ngx_shop_emit_cstr(e, "name", n->sites[i].name);
        ngx_shop_emit_cstr(e, "state", n->sites[i].state);
        ngx_shop_emit_close(e, '}');
    }

    ngx_shop_emit_close(e, ']');
    ngx_shop_emit_array(e, "down");

    for (i = 0; i < n->ndown && i < NGX_SHOP_NODELINE_DOWN; i++) {
        ngx_shop_emit_object(e, NULL);
        ngx_shop_emit_cstr(e, "upstream", n->down[i].upstream);
        ngx_shop_emit_cstr(e, "server", n->down[i].server);
        ngx_shop_emit_close(e, '}');
    }

    ngx_shop_emit_close(e, ']');
    ngx_shop_emit_close(e, '}');
}


int
ngx_shop_nodeline_parse(ngx_shop_nodeline_t *n, const ngx_shop_str_t *s)
{
    long              servers;
    size_t            at;
    const char       *reason;
    ngx_shop_json_t   v, state;

    memset(n, 0, sizeof(ngx_shop_nodeline_t));

    if (ngx_shop_json_parse(&v, s, &at, &reason) != NGX_SHOP_OK
        || ngx_shop_json_find(&v, "revision", &state) != NGX_SHOP_OK)
    {
        return NGX_SHOP_ERROR;
    }

    n->time = ngx_shop_member_number(&v, "time");
    n->ahead = ngx_shop_member_number(&v, "ahead");
    n->revision = ngx_shop_member_number(&v, "revision");
    n->there = ngx_shop_member_true(&v, "there") != 0;
    n->other = ngx_shop_member_true(&v, "other") != 0;
    n->nginx_up = ngx_shop_member_true(&v, "nginx_up") != 0;
    n->knows = ngx_shop_member_true(&v, "knows") != 0;
    n->orders = ngx_shop_member_number(&v, "orders");
    n->refused = ngx_shop_member_number(&v, "refused");
    n->share.interval = ngx_shop_member_number(&v, "shared.interval_ms");
    n->share.sum = ngx_shop_member_number(&v, "shared.sum");
    n->share.beat = ngx_shop_member_number(&v, "shared.beat");
    n->share.set = ngx_shop_member_number(&v, "shared.set");
    (void) ngx_shop_member_get(&v, "sum", n->sum, sizeof(n->sum));
    (void) ngx_shop_member_get(&v, "trouble", n->trouble, sizeof(n->trouble));
    (void) ngx_shop_member_get(&v, "why", n->why, sizeof(n->why));
    (void) ngx_shop_member_get(&v, "module", n->module, sizeof(n->module));
    (void) ngx_shop_member_get(&v, "nginx", n->nginx, sizeof(n->nginx));

    ngx_shop_nodeline_lists(n, &v);

    servers = ngx_shop_member_number(&v, "servers_down");
    n->ndown = servers > (long) n->ndown && servers < 1000000
               ? (unsigned) servers : n->ndown;
    servers = ngx_shop_member_number(&v, "servers");
    n->nservers = servers > 0 && servers < 1000000 ? (unsigned) servers : 0;

    return NGX_SHOP_OK;
}


static void
ngx_shop_nodeline_lists(ngx_shop_nodeline_t *n, const ngx_shop_json_t *v)
{
    ngx_shop_json_t              list, item;
    ngx_shop_json_walk_t         walk;
    ngx_shop_nodeline_site_t    *site;
    ngx_shop_nodeline_server_t  *down;

    if (ngx_shop_json_find(v, "sites", &list) == NGX_SHOP_OK) {
        ngx_shop_json_walk(&list, &walk);

        while (n->nsites < NGX_SHOP_NODELINE_SITES
               && ngx_shop_json_next(&walk, NULL, &item) == NGX_SHOP_OK)
        {
            site = &n->sites[n->nsites++];
            (void) ngx_shop_member_get(&item, "name", site->name,
                                       sizeof(site->name));
            (void) ngx_shop_member_get(&item, "state", site->state,
                                       sizeof(site->state));
        }
    }

    if (ngx_shop_json_find(v, "down", &list) == NGX_SHOP_OK) {
        ngx_shop_json_walk(&list, &walk);

        while (n->ndown < NGX_SHOP_NODELINE_DOWN
               && ngx_shop_json_next(&walk, NULL, &item) == NGX_SHOP_OK)
        {
            down = &n->down[n->ndown++];
            (void) ngx_shop_member_get(&item, "upstream", down->upstream,
                                       sizeof(down->upstream));
            (void) ngx_shop_member_get(&item, "server", down->server,
                                       sizeof(down->server));
        }
    }
}
