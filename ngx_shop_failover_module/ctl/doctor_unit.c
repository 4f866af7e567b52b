
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * nginx.service: what a unit of systemd hides from the workers, or empties
 * behind their back.  Its files are read, as systemd reads them.
 */


#include <ctype.h>
#include <glob.h>
#include <stdlib.h>
#include <unistd.h>

#include "ctl/doctor_inside.h"


static const char *ngx_shop_doctor_unit_text(const ngx_shop_doctor_t *d);
static const char *ngx_shop_doctor_unit_dropins(const ngx_shop_doctor_t *d,
    const char *text);
static int ngx_shop_doctor_unit_compare(const void *one, const void *two);
static int ngx_shop_doctor_unit_yes(const char *value);
static void ngx_shop_doctor_unit_path(const ngx_shop_doctor_t *d,
    const ngx_shop_doctor_node_t *node, const char *path, int written);
static void ngx_shop_doctor_unit_tmp(const ngx_shop_doctor_t *d,
    const ngx_shop_doctor_node_t *node, const char *path);
static void ngx_shop_doctor_unit_runtime(const ngx_shop_doctor_t *d,
    const ngx_shop_doctor_node_t *node, const char *path);
static void ngx_shop_doctor_unit_protected(const ngx_shop_doctor_t *d,
    const ngx_shop_doctor_node_t *node, const char *path);
static int ngx_shop_doctor_unit_named(const ngx_shop_doctor_t *d,
    const char *setting, const char *below, const char *path);


/* the later the stronger, but the unit itself is the first that is found */
static const char  *ngx_shop_doctor_unit_places[] = {
    "/etc/systemd/system", "/run/systemd/system", "/usr/lib/systemd/system",
    "/lib/systemd/system"
};

static const char  *ngx_shop_doctor_unit_read;


void
ngx_shop_doctor_unit(ngx_shop_doctor_t *d)
{
    unsigned                 i;
    const char              *path;
    ngx_shop_doctor_node_t  *at;

    static const char  *written[] = { "shop_state_file", "shop_events" };

    if (*ngx_shop_doctor_unit_text(d) == '\0') {
        ngx_shop_doctor_told_unseen("private-tmp", "the unit of nginx: there "
                                    "is no nginx.service");
        return;
    }

    at = NULL;
    path = ngx_shop_doctor_path_next(d, &at, "shop_maintenance");

    if (path == NULL && d->before) {
        ngx_shop_doctor_unit_path(d, NULL, NGX_SHOP_DOCTOR_FLAG, 0);
    }

    while (path) {
        ngx_shop_doctor_unit_path(d, at, path, 0);
        path = ngx_shop_doctor_path_next(d, &at, "shop_maintenance");
    }

    for (i = 0; i < sizeof(written) / sizeof(written[0]); i++) {
        at = NULL;

        while ((path = ngx_shop_doctor_path_next(d, &at, written[i]))) {
            ngx_shop_doctor_unit_path(d, at, path, 1);
        }
    }
}


static const char *
ngx_shop_doctor_unit_text(const ngx_shop_doctor_t *d)
{
    unsigned     i;
    const char  *text;

    if (ngx_shop_doctor_unit_read) {
        return ngx_shop_doctor_unit_read;
    }

    for (i = 0, text = NULL;
         text == NULL && i < sizeof(ngx_shop_doctor_unit_places)
                             / sizeof(ngx_shop_doctor_unit_places[0]);
         i++)
    {
        text = ngx_shop_doctor_room_file(d->root,
                   ngx_shop_doctor_room_print("%s/nginx.service",
                       ngx_shop_doctor_unit_places[i]));
    }

    ngx_shop_doctor_unit_read = text ? ngx_shop_doctor_unit_dropins(d, text)
                                     : "";

    return ngx_shop_doctor_unit_read;
}


/* by their names, wherever they are; one of a name hides those further down */

static const char *
ngx_shop_doctor_unit_dropins(const ngx_shop_doctor_t *d, const char *text)
{
    size_t       i, k, n;
    glob_t       found;
    const char  *pattern, *more, *names[64];

    n = 0;

    for (i = 0; i < sizeof(ngx_shop_doctor_unit_places)
                    / sizeof(ngx_shop_doctor_unit_places[0]); i++)
    {
        pattern = ngx_shop_doctor_room_print("%s%s/nginx.service.d/*.conf",
                                             d->root,
                                             ngx_shop_doctor_unit_places[i]);

        if (glob(pattern, 0, NULL, &found) != 0) {
            continue;
        }

        for (k = 0; k < found.gl_pathc && n < 64; k++) {
            names[n++] = ngx_shop_doctor_room_print("%s", found.gl_pathv[k]);
        }

        globfree(&found);
    }

    qsort(names, n, sizeof(names[0]), ngx_shop_doctor_unit_compare);

    for (i = 0; i < n; i++) {

        if (i + 1 < n
            && strcmp(strrchr(names[i], '/'), strrchr(names[i + 1], '/')) == 0)
        {
            continue;
        }

        more = ngx_shop_doctor_room_file("", names[i]);
        text = ngx_shop_doctor_room_print("%s\n%s", text, more ? more : "");
    }

    return text;
}


static int
ngx_shop_doctor_unit_compare(const void *one, const void *two)
{
    int                  rc;
    const char *const  *a = one, *const *b = two;

    rc = strcmp(strrchr(*a, '/'), strrchr(*b, '/'));

    /* "/usr" before "/run" before "/etc": the last one of a name counts */

    return rc ? rc : -strcmp(*a, *b);
}


/* of a list, all of it: "=" alone begins it anew */

const char *
ngx_shop_doctor_unit_setting(const ngx_shop_doctor_t *d, const char *name)
{
    size_t       len;
    const char  *p, *value, *text;

    len = strlen(name);
    value = NULL;
    text = ngx_shop_doctor_unit_text(d);

    for (p = text; p; p = strchr(p, '\n')) {
        p += strspn(p, "\n \t");

        if (strncmp(p, name, len) != 0 || p[len + strspn(p + len, " ")] != '=')
        {
            continue;
        }

        p = strchr(p, '=') + 1;
        p += strspn(p, " \t");
        text = ngx_shop_doctor_room_piece(p, "\r\n");

        value = *text && value && strncmp(name, "Limit", 5) != 0
                && *text != '~' && strchr(text, '/')
                ? ngx_shop_doctor_room_print("%s %s", value, text)
                : *text ? text : NULL;
    }

    return value;
}


static int
ngx_shop_doctor_unit_yes(const char *value)
{
    return value && (strcmp(value, "yes") == 0 || strcmp(value, "true") == 0
                     || strcmp(value, "on") == 0 || strcmp(value, "1") == 0
                     || strcmp(value, "disconnected") == 0);
}


static void
ngx_shop_doctor_unit_path(const ngx_shop_doctor_t *d,
    const ngx_shop_doctor_node_t *node, const char *path, int written)
{
    ngx_shop_doctor_unit_tmp(d, node, path);
    ngx_shop_doctor_unit_runtime(d, node, path);

    if (written) {
        ngx_shop_doctor_unit_protected(d, node, path);
    }
}


static void
ngx_shop_doctor_unit_tmp(const ngx_shop_doctor_t *d,
    const ngx_shop_doctor_node_t *node, const char *path)
{
    if ((ngx_shop_doctor_path_below(path, "/tmp")
         || ngx_shop_doctor_path_below(path, "/var/tmp"))
        && ngx_shop_doctor_unit_yes(ngx_shop_doctor_unit_setting(d,
                                                                 "PrivateTmp")))
    {
        ngx_shop_doctor_told_finding("private-tmp", node,
            ngx_shop_doctor_room_print("nginx.service has PrivateTmp=: the "
                                       "nginx that runs has a /tmp of its "
                                       "own, and sees no %s of others", path),
            ngx_shop_doctor_tree_is(node, "shop_maintenance")
            ? "shop_maintenance " NGX_SHOP_DOCTOR_FLAG ";"
            : "a path below /var/lib/shop-failover or /var/log/nginx");
    }
}


static void
ngx_shop_doctor_unit_runtime(const ngx_shop_doctor_t *d,
    const ngx_shop_doctor_node_t *node, const char *path)
{
    const char  *keep, *dirs, *p, *dir;

    dirs = ngx_shop_doctor_unit_setting(d, "RuntimeDirectory");
    keep = ngx_shop_doctor_unit_setting(d, "RuntimeDirectoryPreserve");

    if (dirs == NULL || (keep && strcmp(keep, "no") != 0)) {
        return;
    }

    path = strncmp(path, "/var/run/", 9) == 0 ? path + 4 : path;

    for (p = dirs; *p; p += strspn(p, " ")) {
        dir = ngx_shop_doctor_room_piece(p, " :");
        p += strcspn(p, " ");

        if (ngx_shop_doctor_path_below(path,
                ngx_shop_doctor_room_print("/run/%s", dir)))
        {
            ngx_shop_doctor_told_finding("runtime-directory", node,
                ngx_shop_doctor_room_print("nginx.service has "
                                           "RuntimeDirectory=%s: systemd "
                                           "removes %s when nginx stops, and "
                                           "a closed shop is open after it",
                                           dir, path),
                "sudo systemctl edit nginx      # write: [Service] "
                "RuntimeDirectoryPreserve=yes");
        }
    }
}


/* where nothing may be written a state file and events are lost */

static void
ngx_shop_doctor_unit_protected(const ngx_shop_doctor_t *d,
    const ngx_shop_doctor_node_t *node, const char *path)
{
    const char  *protect, *dir;

    dir = ngx_shop_doctor_path_dir(path);
    protect = ngx_shop_doctor_unit_setting(d, "ProtectSystem");

    if (protect == NULL || strcmp(protect, "no") == 0
        || strcmp(protect, "false") == 0
        || (strcmp(protect, "strict") != 0
            && !ngx_shop_doctor_path_below(path, "/usr")
            && !ngx_shop_doctor_path_below(path, "/etc"))
        || (strcmp(protect, "strict") != 0 && strcmp(protect, "full") != 0
            && ngx_shop_doctor_path_below(path, "/etc")))
    {
        return;
    }

    if (ngx_shop_doctor_unit_named(d, "ReadWritePaths", "", path)
        || ngx_shop_doctor_unit_named(d, "ReadWriteDirectories", "", path)
        || ngx_shop_doctor_unit_named(d, "StateDirectory", "/var/lib/", path)
        || ngx_shop_doctor_unit_named(d, "LogsDirectory", "/var/log/", path)
        || ngx_shop_doctor_unit_named(d, "CacheDirectory", "/var/cache/",
                                      path)
        || ngx_shop_doctor_unit_named(d, "RuntimeDirectory", "/run/", path))
    {
        return;
    }

    ngx_shop_doctor_told_finding("protect-system", node,
        ngx_shop_doctor_room_print("nginx.service has ProtectSystem=%s: %s "
                                   "cannot be written", protect, path),
        ngx_shop_doctor_room_print("sudo systemctl edit nginx      # write: "
                                   "[Service] ReadWritePaths=%s", dir));
}


static int
ngx_shop_doctor_unit_named(const ngx_shop_doctor_t *d, const char *setting,
    const char *below, const char *path)
{
    const char  *p, *dir;

    p = ngx_shop_doctor_unit_setting(d, setting);

    while (p && *p) {
        p += strspn(p, " -+");
        dir = ngx_shop_doctor_room_print("%s%s", below,
                  ngx_shop_doctor_room_piece(p, *below ? " :" : " "));
        p += strcspn(p, " ");

        if (dir[strlen(below)]
            && ngx_shop_doctor_path_below(path, dir))
        {
            return 1;
        }
    }

    return 0;
}
