
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * Round robin over servers that are not equal: by their configuration, and by
 * what probes of a running nginx found.
 */


#include <stdlib.h>

#include "ctl/ask.h"
#include "ctl/doctor_inside.h"
#include "ctl/fetch.h"
#include "ctl/member.h"


/* ms, for the status */
#define NGX_SHOP_DOCTOR_EQUAL_ANSWER   2000

/* probes of a server before anything is said of it */
#define NGX_SHOP_DOCTOR_EQUAL_SAMPLES  8

/* it takes so much longer: by this factor, and by so many ms */
#define NGX_SHOP_DOCTOR_EQUAL_FACTOR   3
#define NGX_SHOP_DOCTOR_EQUAL_MORE     100


/* the quickest and the slowest server of an upstream */
typedef struct {
    long  quick;
    long  slow;
    char  quick_name[256];
    char  slow_name[256];
} ngx_shop_doctor_equal_t;


static int ngx_shop_doctor_equal_is_robin(
    const ngx_shop_doctor_node_t *upstream);
static void ngx_shop_doctor_equal_written(ngx_shop_doctor_node_t *upstream);
static int ngx_shop_doctor_equal_weighed(
    const ngx_shop_doctor_node_t *upstream);
static void ngx_shop_doctor_equal_measured(ngx_shop_doctor_t *d,
    const ngx_shop_json_t *group);
static long ngx_shop_doctor_equal_median(const ngx_shop_json_t *peer);
static int ngx_shop_doctor_equal_compare(const void *one, const void *two);


void
ngx_shop_doctor_equal(ngx_shop_doctor_t *d)
{
    size_t                   size, at;
    const char              *url, *reason;
    unsigned char           *body;
    ngx_shop_str_t           text;
    ngx_shop_json_t          v, list, group;
    ngx_shop_json_walk_t     walk;
    ngx_shop_doctor_node_t  *http, *upstream;

    http = ngx_shop_doctor_tree_child(&d->tree, "http");
    upstream = http ? ngx_shop_doctor_tree_child(http, "upstream") : NULL;

    for ( /* void */ ; upstream; upstream = ngx_shop_doctor_tree_next(upstream))
    {
        if (ngx_shop_doctor_equal_is_robin(upstream)) {
            ngx_shop_doctor_equal_written(upstream);
        }
    }

    if (d->before) {
        return;
    }

    url = ngx_shop_ask_url(d->options);

    if (ngx_shop_fetch_quick(url, NGX_SHOP_DOCTOR_EQUAL_ANSWER, &body, &size)
        != NGX_SHOP_OK)
    {
        ngx_shop_doctor_told_unseen("unequal",
            ngx_shop_doctor_room_print("whether some servers are slower than "
                                       "others: %s does not answer; name a "
                                       "location with shop_status by --url "
                                       "or $SHOP_STATUS", url));
        return;
    }

    text.data = body;
    text.len = size;

    if (ngx_shop_json_parse(&v, &text, &at, &reason) == NGX_SHOP_OK
        && ngx_shop_json_find(&v, "upstreams", &list) == NGX_SHOP_OK)
    {
        ngx_shop_json_walk(&list, &walk);

        while (ngx_shop_json_next(&walk, NULL, &group) == NGX_SHOP_OK) {
            ngx_shop_doctor_equal_measured(d, &group);
        }
    }

    free(body);
}


static int
ngx_shop_doctor_equal_is_robin(const ngx_shop_doctor_node_t *upstream)
{
    unsigned  i;

    static const char  *others[] = {
        "least_conn", "least_time", "ip_hash", "hash", "random", "sticky"
    };

    for (i = 0; i < sizeof(others) / sizeof(others[0]); i++) {
        if (ngx_shop_doctor_tree_child(upstream, others[i])) {
            return 0;
        }
    }

    return 1;
}


/* who knows their weights has thought of it */

static int
ngx_shop_doctor_equal_weighed(const ngx_shop_doctor_node_t *upstream)
{
    const ngx_shop_doctor_node_t  *server;

    server = ngx_shop_doctor_tree_child(upstream, "server");

    for ( /* void */ ; server; server = ngx_shop_doctor_tree_next(server)) {
        if (ngx_shop_doctor_tree_has(server, "weight=")) {
            return 1;
        }
    }

    return 0;
}


static void
ngx_shop_doctor_equal_written(ngx_shop_doctor_node_t *upstream)
{
    const char              *first, *its;
    ngx_shop_doctor_node_t  *server;

    if (ngx_shop_doctor_equal_weighed(upstream)) {
        return;
    }

    first = NULL;
    server = ngx_shop_doctor_tree_child(upstream, "server");

    for ( /* void */ ; server; server = ngx_shop_doctor_tree_next(server)) {

        if (ngx_shop_doctor_tree_has(server, "backup")) {
            continue;
        }

        its = ngx_shop_doctor_tree_has(server, "max_conns=");
        its = its ? its : "0";
        first = first ? first : its;

        if (strcmp(first, its) == 0) {
            continue;
        }

        ngx_shop_doctor_told_finding("unequal", server,
            ngx_shop_doctor_room_print("servers of upstream \"%s\" have "
                                       "different \"max_conns\" and equal "
                                       "shares: the smaller ones are full "
                                       "first",
                                       ngx_shop_doctor_tree_arg(upstream, 1)),
            ngx_shop_doctor_room_print("least_conn;      # in upstream "
                                       "\"%s\", or weight= for each server",
                                       ngx_shop_doctor_tree_arg(upstream,
                                                                1)));
        return;
    }
}


static void
ngx_shop_doctor_equal_measured(ngx_shop_doctor_t *d,
    const ngx_shop_json_t *group)
{
    long                      ms;
    char                      name[256];
    ngx_shop_json_t           list, peer;
    ngx_shop_json_walk_t      walk;
    ngx_shop_doctor_node_t   *upstream;
    ngx_shop_doctor_equal_t   e;

    (void) ngx_shop_member_get(group, "name", name, sizeof(name));
    upstream = ngx_shop_doctor_tree_upstream(d, name);

    if (upstream == NULL || !ngx_shop_doctor_equal_is_robin(upstream)
        || ngx_shop_doctor_equal_weighed(upstream)
        || ngx_shop_json_find(group, "peers", &list) != NGX_SHOP_OK)
    {
        return;
    }

    memset(&e, 0, sizeof(ngx_shop_doctor_equal_t));
    e.quick = -1;

    ngx_shop_json_walk(&list, &walk);

    while (ngx_shop_json_next(&walk, NULL, &peer) == NGX_SHOP_OK) {

        ms = ngx_shop_doctor_equal_median(&peer);
        (void) ngx_shop_member_get(&peer, "server", name, sizeof(name));

        if (ms < 0 || ngx_shop_member_true(&peer, "backup")) {
            continue;
        }

        if (e.quick == -1 || ms < e.quick) {
            e.quick = ms;
            (void) snprintf(e.quick_name, sizeof(e.quick_name), "%s", name);
        }

        if (ms >= e.slow) {
            e.slow = ms;
            (void) snprintf(e.slow_name, sizeof(e.slow_name), "%s", name);
        }
    }

    if (e.quick == -1 || e.slow < e.quick * NGX_SHOP_DOCTOR_EQUAL_FACTOR
        || e.slow < e.quick + NGX_SHOP_DOCTOR_EQUAL_MORE)
    {
        return;
    }

    (void) ngx_shop_member_get(group, "name", name, sizeof(name));

    ngx_shop_doctor_told_finding("unequal", upstream,
        ngx_shop_doctor_room_print("upstream \"%s\" gives each server the same"
                                   " share, and probes of %s take %ld ms and "
                                   "those of %s %ld ms", name, e.slow_name,
                                   e.slow, e.quick_name, e.quick),
        ngx_shop_doctor_room_print("least_conn;      # in upstream \"%s\", or "
                                   "weight= for each server", name));
}


/* of its last good probes; -1: too few */

static long
ngx_shop_doctor_equal_median(const ngx_shop_json_t *peer)
{
    long                   ms[64];
    char                   result[32];
    size_t                 n;
    int64_t                value;
    ngx_shop_json_t        list, item;
    ngx_shop_json_walk_t   walk;

    if (!ngx_shop_member_get(peer, "last.result", result, sizeof(result))
        || strcmp(result, "ok") != 0
        || ngx_shop_json_find(peer, "history_ms", &list) != NGX_SHOP_OK)
    {
        return -1;
    }

    n = 0;
    ngx_shop_json_walk(&list, &walk);

    while (n < 64 && ngx_shop_json_next(&walk, NULL, &item) == NGX_SHOP_OK) {
        if (ngx_shop_json_int(&item, &value) == NGX_SHOP_OK) {
            ms[n++] = (long) value;
        }
    }

    if (n < NGX_SHOP_DOCTOR_EQUAL_SAMPLES) {
        return -1;
    }

    qsort(ms, n, sizeof(ms[0]), ngx_shop_doctor_equal_compare);

    return ms[n / 2];
}


static int
ngx_shop_doctor_equal_compare(const void *one, const void *two)
{
    const long  *a = one, *b = two;

    return *a < *b ? -1 : *a > *b;
}
