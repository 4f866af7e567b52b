
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * The directories of flags and of the state file: whether they are there, stay
 * there, and whether the workers may use them.
 */


#include <errno.h>
#include <grp.h>
#include <pwd.h>
#include <sys/stat.h>
#include <sys/types.h>
#include <sys/xattr.h>
#include <unistd.h>
#include <glob.h>

#include "ctl/doctor_inside.h"


#define NGX_SHOP_DOCTOR_RIGHTS_READ    4
#define NGX_SHOP_DOCTOR_RIGHTS_WRITE   2
#define NGX_SHOP_DOCTOR_RIGHTS_SEARCH  1


/* the answer may be that nobody knows */
typedef enum {
    NGX_SHOP_DOCTOR_RIGHTS_NO = 0,
    NGX_SHOP_DOCTOR_RIGHTS_YES,
    NGX_SHOP_DOCTOR_RIGHTS_UNKNOWN
} ngx_shop_doctor_rights_e;


static void ngx_shop_doctor_rights_flag(ngx_shop_doctor_t *d,
    const ngx_shop_doctor_node_t *node, const char *path);
static void ngx_shop_doctor_rights_missing(
    const ngx_shop_doctor_node_t *node, const char *dir);
static void ngx_shop_doctor_rights_reboot(ngx_shop_doctor_t *d,
    const ngx_shop_doctor_node_t *node, const char *dir);
static int ngx_shop_doctor_rights_made(const ngx_shop_doctor_t *d,
    const char *dir);
static const char *ngx_shop_doctor_rights_way(const struct passwd *pw,
    const char *path, ngx_shop_doctor_rights_e *may);
static ngx_shop_doctor_rights_e ngx_shop_doctor_rights_may(
    const struct passwd *pw, const char *path, unsigned wanted);
static void ngx_shop_doctor_rights_state(const struct passwd *pw,
    const ngx_shop_doctor_node_t *node, const char *path);
static void ngx_shop_doctor_rights_workers(const struct passwd *pw,
    const ngx_shop_doctor_node_t *node, const char *dir, const char *path);


void
ngx_shop_doctor_rights(ngx_shop_doctor_t *d)
{
    const char              *path;
    struct passwd           *pw;
    ngx_shop_doctor_node_t  *at, *before;

    at = NULL;
    path = ngx_shop_doctor_path_next(d, &at, "shop_maintenance");

    if (path == NULL && d->before) {
        ngx_shop_doctor_rights_flag(d, NULL, NGX_SHOP_DOCTOR_FLAG);
    }

    while (path) {

        /* servers may share a flag */

        for (before = NULL; ngx_shop_doctor_path_next(d, &before,
                                                      "shop_maintenance")
                            && before != at; )
        {
            if (strcmp(ngx_shop_doctor_tree_arg(before, 1),
                       ngx_shop_doctor_tree_arg(at, 1)) == 0)
            {
                break;
            }
        }

        if (before == at) {
            ngx_shop_doctor_rights_flag(d, at, path);
        }

        path = ngx_shop_doctor_path_next(d, &at, "shop_maintenance");
    }

    pw = getpwnam(d->user);
    at = NULL;

    while (pw && pw->pw_uid
           && (path = ngx_shop_doctor_path_next(d, &at, "shop_state_file")))
    {
        ngx_shop_doctor_rights_state(pw, at, path);
    }
}


static void
ngx_shop_doctor_rights_flag(ngx_shop_doctor_t *d,
    const ngx_shop_doctor_node_t *node, const char *path)
{
    const char     *dir;
    struct stat     sb;
    struct passwd  *pw;

    dir = ngx_shop_doctor_path_dir(path);

    if (stat(dir, &sb) != 0) {

        if (errno == EACCES) {
            ngx_shop_doctor_told_unseen("flag-directory",
                ngx_shop_doctor_room_print("%s, into which this user may not "
                                           "look: sudo shopctl doctor", dir));
            return;
        }

        ngx_shop_doctor_rights_missing(node, dir);
        return;
    }

    ngx_shop_doctor_rights_reboot(d, node, dir);

    pw = getpwnam(d->user);

    if (pw == NULL) {
        ngx_shop_doctor_told_unseen("flag-rights",
            ngx_shop_doctor_room_print("user \"%s\" of the workers is not "
                                       "known here", d->user));
        return;
    }

    if (pw->pw_uid) {
        ngx_shop_doctor_rights_workers(pw, node, dir, path);
    }
}


static void
ngx_shop_doctor_rights_missing(const ngx_shop_doctor_node_t *node,
    const char *dir)
{
    int  passing;

    passing = ngx_shop_doctor_path_below(dir, "/run")
                   || ngx_shop_doctor_path_below(dir, "/var/run");

    ngx_shop_doctor_told_finding("flag-directory", node,
        ngx_shop_doctor_room_print("there is no directory %s, so that nobody "
                                   "can close the shop by its flag", dir),
        ngx_shop_doctor_room_print(passing
                                   ? "echo 'd %s 0755 root root' | sudo tee "
                                     "-a /etc/tmpfiles.d/shop.conf && sudo "
                                     "systemd-tmpfiles --create"
                                   : "sudo mkdir -p -m 0755 %s", dir));
}


/* what is below /run is gone after a reboot, unless somebody makes it */

static void
ngx_shop_doctor_rights_reboot(ngx_shop_doctor_t *d,
    const ngx_shop_doctor_node_t *node, const char *dir)
{
    if ((!ngx_shop_doctor_path_below(dir, "/run")
         && !ngx_shop_doctor_path_below(dir, "/var/run"))
        || strcmp(dir, "/run") == 0 || strcmp(dir, "/var/run") == 0)
    {
        return;
    }

    if (access(ngx_shop_doctor_room_print("%s/run/systemd/system", d->root),
               F_OK) != 0)
    {
        ngx_shop_doctor_told_unseen("flag-directory",
            ngx_shop_doctor_room_print("who makes %s after a reboot, as no "
                                       "systemd runs here", dir));
        return;
    }

    if (!ngx_shop_doctor_rights_made(d, dir)) {
        ngx_shop_doctor_told_finding("flag-directory", node,
            ngx_shop_doctor_room_print("%s is gone after a reboot: nothing in "
                                       "tmpfiles.d makes it", dir),
            ngx_shop_doctor_room_print("echo 'd %s 0755 root root' | sudo tee "
                                       "-a /etc/tmpfiles.d/shop.conf", dir));
    }
}


static int
ngx_shop_doctor_rights_made(const ngx_shop_doctor_t *d, const char *dir)
{
    size_t       i, k;
    glob_t       found;
    const char  *text, *p, *name, *wanted;

    static const char  *places[] = {
        "/etc/tmpfiles.d/*.conf", "/run/tmpfiles.d/*.conf",
        "/usr/lib/tmpfiles.d/*.conf"
    };

    wanted = strncmp(dir, "/var/run/", 9) == 0 ? dir + 4 : dir;

    for (k = 0; k < sizeof(places) / sizeof(places[0]); k++) {

        if (glob(ngx_shop_doctor_room_print("%s%s", d->root, places[k]), 0,
                 NULL, &found)
            != 0)
        {
            continue;
        }

        for (i = 0; i < found.gl_pathc; i++) {
            text = ngx_shop_doctor_room_file("", found.gl_pathv[i]);

            for (p = text; p; p = strchr(p, '\n')) {
                p += strspn(p, "\n \t");

                if (*p != 'd' && *p != 'D') {
                    continue;
                }

                name = p + strcspn(p, " \t\n");
                name += strspn(name, " \t");
                name = ngx_shop_doctor_room_piece(name, " \t\n");
                name = strncmp(name, "/var/run/", 9) == 0 ? name + 4 : name;

                if (*name && ngx_shop_doctor_path_below(name, wanted)) {
                    globfree(&found);
                    return 1;
                }
            }
        }

        globfree(&found);
    }

    return 0;
}


static void
ngx_shop_doctor_rights_workers(const struct passwd *pw,
    const ngx_shop_doctor_node_t *node, const char *dir, const char *path)
{
    const char                *at;
    struct stat                sb;
    ngx_shop_doctor_rights_e   may;

    at = ngx_shop_doctor_rights_way(pw, dir, &may);

    if (may == NGX_SHOP_DOCTOR_RIGHTS_YES) {
        at = dir;
        may = ngx_shop_doctor_rights_may(pw, dir,
                                         NGX_SHOP_DOCTOR_RIGHTS_READ);
    }

    if (may == NGX_SHOP_DOCTOR_RIGHTS_NO) {
        ngx_shop_doctor_told_finding("flag-rights", node,
            ngx_shop_doctor_room_print("workers run as %s, who may not look "
                                       "into %s: %s", pw->pw_name, at,
                                       at == dir
                                       ? "a flag is seen late, or not at all"
                                       : "a flag is not seen"),
            ngx_shop_doctor_room_print("sudo chmod %s %s",
                                       at == dir ? "o+rx" : "o+x", at));
        return;
    }

    if (may == NGX_SHOP_DOCTOR_RIGHTS_YES && dir != path
        && stat(path, &sb) == 0)
    {
        at = path;
        may = ngx_shop_doctor_rights_may(pw, path,
                                         NGX_SHOP_DOCTOR_RIGHTS_READ);

        if (may == NGX_SHOP_DOCTOR_RIGHTS_NO) {
            ngx_shop_doctor_told_finding("flag-rights", node,
                ngx_shop_doctor_room_print("workers run as %s, who may not "
                                           "read %s: the shop is closed, and "
                                           "its words are not shown",
                                           pw->pw_name, path),
                ngx_shop_doctor_room_print("sudo chmod o+r %s", path));
        }
    }

    if (may == NGX_SHOP_DOCTOR_RIGHTS_UNKNOWN) {
        ngx_shop_doctor_told_unseen("flag-rights",
            ngx_shop_doctor_room_print("whether %s may look into %s: an "
                                       "access list (getfacl) or a directory "
                                       "above it decides, not its mode",
                                       pw->pw_name, at));
    }
}


static void
ngx_shop_doctor_rights_state(const struct passwd *pw,
    const ngx_shop_doctor_node_t *node, const char *path)
{
    const char                *dir, *at;
    struct stat                sb;
    ngx_shop_doctor_rights_e   may;

    dir = ngx_shop_doctor_path_dir(path);

    if (stat(dir, &sb) != 0) {

        if (errno != EACCES) {
            ngx_shop_doctor_told_finding("flag-directory", node,
                ngx_shop_doctor_room_print("there is no directory %s for the "
                                           "state file", dir),
                ngx_shop_doctor_room_print("sudo install -d -o %s %s",
                                           pw->pw_name, dir));
        }

        return;
    }

    at = ngx_shop_doctor_rights_way(pw, dir, &may);

    if (may == NGX_SHOP_DOCTOR_RIGHTS_YES) {
        at = dir;
        may = ngx_shop_doctor_rights_may(pw, dir,
                                         NGX_SHOP_DOCTOR_RIGHTS_WRITE);
    }

    if (may == NGX_SHOP_DOCTOR_RIGHTS_NO) {
        ngx_shop_doctor_told_finding("flag-rights", node,
            ngx_shop_doctor_room_print("workers run as %s, who may not write "
                                       "into %s: the state is lost at a "
                                       "restart", pw->pw_name, at),
            ngx_shop_doctor_room_print(at == dir ? "sudo chown %s %s"
                                       : "sudo chmod o+x %.0s%s",
                                       pw->pw_name, at));
    }
}


/* the first directory above a path that stops that user, else the path */

static const char *
ngx_shop_doctor_rights_way(const struct passwd *pw, const char *path,
    ngx_shop_doctor_rights_e *may)
{
    size_t       len;
    const char  *dir;

    for (len = 1; path[len - 1]; len++) {

        if (path[len] != '/' && path[len] != '\0') {
            continue;
        }

        dir = ngx_shop_doctor_room_print("%.*s", (int) len, path);
        *may = ngx_shop_doctor_rights_may(pw, dir,
                                          NGX_SHOP_DOCTOR_RIGHTS_SEARCH);

        if (*may != NGX_SHOP_DOCTOR_RIGHTS_YES) {
            return dir;
        }
    }

    *may = NGX_SHOP_DOCTOR_RIGHTS_YES;

    return path;
}


static ngx_shop_doctor_rights_e
ngx_shop_doctor_rights_may(const struct passwd *pw, const char *path,
    unsigned wanted)
{
    char           **name;
    unsigned         mode;
    struct stat      sb;
    struct group    *group;

    if (stat(path, &sb) != 0
        || getxattr(path, "system.posix_acl_access", NULL, 0) > 0)
    {
        return NGX_SHOP_DOCTOR_RIGHTS_UNKNOWN;
    }

    mode = (unsigned) sb.st_mode & 7;

    if (sb.st_uid == pw->pw_uid) {
        mode = ((unsigned) sb.st_mode >> 6) & 7;

    } else if (sb.st_gid == pw->pw_gid) {
        mode = ((unsigned) sb.st_mode >> 3) & 7;

    } else {
        group = getgrgid(sb.st_gid);

        for (name = group ? group->gr_mem : NULL; name && *name; name++) {
            if (strcmp(*name, pw->pw_name) == 0) {
                mode = ((unsigned) sb.st_mode >> 3) & 7;
            }
        }
    }

    return (mode & wanted) == wanted ? NGX_SHOP_DOCTOR_RIGHTS_YES
                                     : NGX_SHOP_DOCTOR_RIGHTS_NO;
}
