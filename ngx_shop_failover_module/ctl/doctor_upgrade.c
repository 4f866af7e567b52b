
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * What the next upgrade would make of nginx and of the module: apt is asked to
 * pretend.  And whether the nginx that runs is the one that is installed.
 */


#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

#include "ctl/doctor_inside.h"


static const char *ngx_shop_doctor_upgrade_line(const char *text,
    const char *verb, const char *package);
static void ngx_shop_doctor_upgrade_apt(ngx_shop_doctor_t *d,
    const char *text);
static void ngx_shop_doctor_upgrade_new(ngx_shop_doctor_t *d,
    const char *line);
static const char *ngx_shop_doctor_upgrade_upstream(const char *version);
static void ngx_shop_doctor_upgrade_running(ngx_shop_doctor_t *d);


void
ngx_shop_doctor_upgrade(ngx_shop_doctor_t *d)
{
    ngx_shop_doctor_said_t  said;

    static const char *const  argv[] = {
        "apt-get", "-s", "-q", "-o", "Debug::NoLocking=1", "dist-upgrade",
        NULL
    };

    ngx_shop_doctor_upgrade_running(d);

    if (d->package == NULL) {
        ngx_shop_doctor_told_fact("upgrade", "nginx is of no package, so that "
                                             "no upgrade touches it");
        return;
    }

    if (!ngx_shop_doctor_call_knows("apt-get")) {
        ngx_shop_doctor_told_unseen("upgrade", "what the next upgrade does: "
                                    "only apt is asked");
        return;
    }

    ngx_shop_doctor_call(&said, argv);

    if (said.code != 0) {
        ngx_shop_doctor_told_unseen("upgrade",
            "what the next upgrade does: \"apt-get -s dist-upgrade\" fails");
        return;
    }

    ngx_shop_doctor_upgrade_apt(d, said.out);
}


static void
ngx_shop_doctor_upgrade_apt(ngx_shop_doctor_t *d, const char *text)
{
    const char  *line;

    if (d->owner
        && ngx_shop_doctor_upgrade_line(text, "Remv", d->owner))
    {
        ngx_shop_doctor_told_finding("upgrade", NULL,
            ngx_shop_doctor_room_print("the next \"apt full-upgrade\" takes "
                                       "%s away, and nginx would not start "
                                       "again", d->owner),
            ngx_shop_doctor_room_print("sudo apt-mark hold %s %s", d->package,
                                       d->owner));
        return;
    }

    line = ngx_shop_doctor_upgrade_line(text, "Inst", d->package);

    if (line) {
        ngx_shop_doctor_upgrade_new(d, line);
        return;
    }

    ngx_shop_doctor_told_fact("upgrade", "the next \"apt full-upgrade\" "
                              "leaves nginx as it is, by the lists of the "
                              "last \"apt update\"");
}


/* "nginx [1.22.1-9] (1.26.3-3 ...": another version wants another module */

static void
ngx_shop_doctor_upgrade_new(ngx_shop_doctor_t *d, const char *line)
{
    const char  *from, *to;

    from = strchr(line, '[');
    to = strchr(line, '(');

    from = from ? ngx_shop_doctor_room_piece(from + 1, "]") : "";
    to = to ? ngx_shop_doctor_room_piece(to + 1, " )") : "";

    if (d->owner == NULL
        && strcmp(ngx_shop_doctor_upgrade_upstream(from),
                  ngx_shop_doctor_upgrade_upstream(to)) != 0)
    {
        ngx_shop_doctor_told_finding("upgrade", NULL,
            ngx_shop_doctor_room_print("the next \"apt full-upgrade\" brings "
                                       "nginx %s, and the module is built for "
                                       "%s: nginx would not start again", to,
                                       from),
            ngx_shop_doctor_room_print("sudo apt-mark hold %s      # until "
                                       "the module is built anew",
                                       d->package));
        return;
    }

    ngx_shop_doctor_told_fact("upgrade",
        ngx_shop_doctor_room_print("the next \"apt full-upgrade\" brings "
                                   "nginx %s; %s", to, d->owner
                                   ? "the module's package stays with it"
                                   : "the module fits this version"));
}


/* 1:1.22.1-9+deb12u11: 1.22.1 */

static const char *
ngx_shop_doctor_upgrade_upstream(const char *version)
{
    const char  *p;

    p = strchr(version, ':');

    return ngx_shop_doctor_room_piece(p ? p + 1 : version, "-~+");
}


static const char *
ngx_shop_doctor_upgrade_line(const char *text, const char *verb,
    const char *package)
{
    const char  *line, *wanted;

    wanted = ngx_shop_doctor_room_print("%s %s ", verb, package);

    for (line = text; line; line = strchr(line, '\n')) {
        line += *line == '\n';

        if (strncmp(line, wanted, strlen(wanted)) == 0) {
            return ngx_shop_doctor_room_piece(line, "\n");
        }
    }

    return NULL;
}


/* an upgrade puts another file into the place of the one that runs */

static void
ngx_shop_doctor_upgrade_running(ngx_shop_doctor_t *d)
{
    char                     exe[4096];
    long                     pid;
    ssize_t                  n;
    const char              *path;
    ngx_shop_doctor_node_t  *node;

    node = ngx_shop_doctor_tree_child(&d->tree, "pid");
    path = node ? ngx_shop_doctor_tree_arg(node, 1) : "/run/nginx.pid";
    path = *path == '/' ? path
           : ngx_shop_doctor_room_print("%s%s", d->prefix, path);

    pid = ngx_shop_doctor_room_number("", path, 0);

    if (pid <= 0) {
        return;
    }

    n = readlink(ngx_shop_doctor_room_print("/proc/%ld/exe", pid), exe,
                 sizeof(exe) - 1);

    if (n < 0) {
        if (errno == EACCES) {
            ngx_shop_doctor_told_unseen("running", "whether the nginx that "
                                        "runs is the one that is installed: "
                                        "sudo shopctl doctor");
        }

        return;
    }

    exe[n] = '\0';

    if (strstr(exe, "nginx") && strstr(exe, " (deleted)")) {
        ngx_shop_doctor_told_finding("running", node,
            ngx_shop_doctor_room_print("nginx was upgraded and the old one "
                                       "runs on (process %ld): a reload loads "
                                       "the new module into the old nginx",
                                       pid),
            "sudo service nginx upgrade      # or: sudo systemctl restart "
            "nginx");
    }
}
