
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * Limits of this machine: inotify instances, descriptors of a worker.
 */


#include <stdlib.h>
#include <unistd.h>

#include "ctl/doctor_inside.h"


/* of a reload: the old workers have theirs until they are gone */
#define NGX_SHOP_DOCTOR_LIMITS_TWICE   2

/* descriptors that are no connection: logs, sockets, eventfd, inotify */
#define NGX_SHOP_DOCTOR_LIMITS_OTHERS  32

#define NGX_SHOP_DOCTOR_LIMITS_INOTIFY                                       \
    "/proc/sys/fs/inotify/max_user_instances"


static long ngx_shop_doctor_limits_workers(const ngx_shop_doctor_t *d);
static void ngx_shop_doctor_limits_inotify(ngx_shop_doctor_t *d);
static void ngx_shop_doctor_limits_files(ngx_shop_doctor_t *d);
static long ngx_shop_doctor_limits_allowed(const ngx_shop_doctor_t *d);
static long ngx_shop_doctor_limits_probes(const ngx_shop_doctor_t *d);


void
ngx_shop_doctor_limits(ngx_shop_doctor_t *d)
{
    ngx_shop_doctor_limits_inotify(d);
    ngx_shop_doctor_limits_files(d);
}


static long
ngx_shop_doctor_limits_workers(const ngx_shop_doctor_t *d)
{
    long                     n;
    ngx_shop_doctor_node_t  *node;

    node = ngx_shop_doctor_tree_child(&d->tree, "worker_processes");
    n = node ? strtol(ngx_shop_doctor_tree_arg(node, 1), NULL, 10) : 1;

    return n > 0 ? n : sysconf(_SC_NPROCESSORS_ONLN);
}


static void
ngx_shop_doctor_limits_inotify(ngx_shop_doctor_t *d)
{
    long  is, wanted;

    is = ngx_shop_doctor_room_number(d->root, NGX_SHOP_DOCTOR_LIMITS_INOTIFY,
                                     -1);

    if (is < 0) {
        ngx_shop_doctor_told_unseen("inotify", "there is no "
                                    NGX_SHOP_DOCTOR_LIMITS_INOTIFY);
        return;
    }

    wanted = NGX_SHOP_DOCTOR_LIMITS_TWICE * ngx_shop_doctor_limits_workers(d);

    if (is < wanted) {
        ngx_shop_doctor_told_finding("inotify", NULL,
            ngx_shop_doctor_room_print("a user may have %ld inotify "
                                       "instances, and %ld are wanted while "
                                       "nginx reloads: a flag is then seen a "
                                       "second late", is, wanted),
            ngx_shop_doctor_room_print("echo fs.inotify.max_user_instances=%ld"
                                       " | sudo tee /etc/sysctl.d/60-shop.conf"
                                       " && sudo sysctl --system",
                                       wanted > 128 ? wanted : 128));
    }
}


static void
ngx_shop_doctor_limits_files(ngx_shop_doctor_t *d)
{
    long                     connections, allowed, wanted, most;
    ngx_shop_doctor_node_t  *events, *node;

    events = ngx_shop_doctor_tree_child(&d->tree, "events");
    node = events ? ngx_shop_doctor_tree_child(events, "worker_connections")
                  : NULL;
    connections = node ? strtol(ngx_shop_doctor_tree_arg(node, 1), NULL, 10)
                       : 512;

    allowed = ngx_shop_doctor_limits_allowed(d);
    wanted = connections + NGX_SHOP_DOCTOR_LIMITS_OTHERS;
    most = ngx_shop_doctor_limits_probes(d) * 2
           + NGX_SHOP_DOCTOR_LIMITS_OTHERS;

    if (allowed <= 0) {
        ngx_shop_doctor_told_unseen("descriptors", "how many a worker may "
            "have: neither \"worker_rlimit_nofile\", nor a unit, nor a "
            "running nginx says so");

    } else if (allowed < wanted) {
        ngx_shop_doctor_told_finding("descriptors", node,
            ngx_shop_doctor_room_print("a worker may have %ld descriptors and "
                                       "shall have %ld connections: under "
                                       "load it fails before it is full, and "
                                       "probes fail with it", allowed,
                                       connections),
            ngx_shop_doctor_room_print("worker_rlimit_nofile %ld;      # at "
                                       "the top of nginx.conf", 2 * wanted));
    }

    if (connections < most) {
        ngx_shop_doctor_told_finding("descriptors", node,
            ngx_shop_doctor_room_print("%ld connections of a worker are few "
                                       "for the probes of %ld servers",
                                       connections,
                                       ngx_shop_doctor_limits_probes(d)),
            ngx_shop_doctor_room_print("worker_connections %ld;      # in "
                                       "\"events\"", 2 * most));
    }
}


/* as nginx has it: its own setting, else that of the unit or of who runs */

static long
ngx_shop_doctor_limits_allowed(const ngx_shop_doctor_t *d)
{
    long                     n, pid;
    const char              *text;
    ngx_shop_doctor_node_t  *node;

    node = ngx_shop_doctor_tree_child(&d->tree, "worker_rlimit_nofile");

    if (node) {
        return strtol(ngx_shop_doctor_tree_arg(node, 1), NULL, 10);
    }

    node = ngx_shop_doctor_tree_child(&d->tree, "pid");
    text = node ? ngx_shop_doctor_tree_arg(node, 1) : "/run/nginx.pid";
    pid = ngx_shop_doctor_room_number("", text, 0);

    text = pid > 0 ? ngx_shop_doctor_room_file("",
                         ngx_shop_doctor_room_print("/proc/%ld/limits", pid))
                   : NULL;
    text = text ? strstr(text, "Max open files") : NULL;

    if (text) {
        n = strtol(text + sizeof("Max open files") - 1, NULL, 10);
        return n > 0 ? n : -1;
    }

    text = ngx_shop_doctor_unit_setting(d, "LimitNOFILE");

    return text ? strtol(text, NULL, 10) : -1;
}


static long
ngx_shop_doctor_limits_probes(const ngx_shop_doctor_t *d)
{
    long                     n;
    ngx_shop_doctor_node_t  *http, *upstream, *server;

    http = ngx_shop_doctor_tree_child(&d->tree, "http");
    upstream = http ? ngx_shop_doctor_tree_child(http, "upstream") : NULL;

    for (n = 0; upstream; upstream = ngx_shop_doctor_tree_next(upstream)) {

        if (!ngx_shop_doctor_tree_child(upstream, "shop_health_check")) {
            continue;
        }

        server = ngx_shop_doctor_tree_child(upstream, "server");

        for ( /* void */ ; server; server = ngx_shop_doctor_tree_next(server))
        {
            n++;
        }
    }

    return n;
}
