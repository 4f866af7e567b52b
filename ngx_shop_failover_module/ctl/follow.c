
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * Paths, one component at a time: whom a symlink is to be believed depends on
 * who may write where it stands.  Each directory stays open while the next one
 * is looked up in it, so that nothing can be swapped meanwhile.
 */


#define _GNU_SOURCE                      /* O_PATH: to search, not to read */

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "ctl/follow.h"
#include "ctl/say.h"


#define NGX_SHOP_FOLLOW_MAX  16

#ifndef O_PATH
#define O_PATH  O_RDONLY
#endif

#define NGX_SHOP_FOLLOW_DIR  (O_PATH|O_DIRECTORY|O_NOFOLLOW|O_CLOEXEC)


typedef struct {
    ngx_shop_follow_t  *f;
    unsigned            links;
    unsigned            shared;   /* others may have led us here */
    char                rest[NGX_SHOP_FOLLOW_PATH];
} ngx_shop_follow_walk_t;


static int ngx_shop_follow_begin(ngx_shop_follow_walk_t *w);
static int ngx_shop_follow_next(ngx_shop_follow_walk_t *w);
static int ngx_shop_follow_enter(ngx_shop_follow_walk_t *w);
static int ngx_shop_follow_link(ngx_shop_follow_walk_t *w, char *target);
static void ngx_shop_follow_add(ngx_shop_follow_t *f);
static int ngx_shop_follow_shared(const struct stat *sb);
static int ngx_shop_follow_ours(const struct stat *sb);
static int ngx_shop_follow_long(const char *path);


int
ngx_shop_follow_walk(ngx_shop_follow_t *f, const char *path, int last)
{
    int                     rc;
    ssize_t                 n;
    char                    target[NGX_SHOP_FOLLOW_PATH];
    ngx_shop_follow_walk_t  w;

    memset(&w, 0, sizeof(ngx_shop_follow_walk_t));
    w.f = f;
    f->dir = -1;

    if (strlen(path) >= sizeof(w.rest)) {
        return ngx_shop_follow_long(path);
    }

    strcpy(w.rest, path);

    rc = ngx_shop_follow_begin(&w);

    while (rc == NGX_SHOP_OK) {

        rc = ngx_shop_follow_next(&w);

        if (rc != NGX_SHOP_OK) {
            break;
        }

        n = readlinkat(f->dir, f->name, target, sizeof(target) - 1);

        if (n != -1 && (last || w.rest[0])) {
            target[n] = '\0';
            rc = ngx_shop_follow_link(&w, target);

        } else if (w.rest[0]) {
            rc = ngx_shop_follow_enter(&w);

        } else {
            ngx_shop_follow_add(f);
            return NGX_SHOP_OK;
        }
    }

    if (f->dir != -1) {
        (void) close(f->dir);
        f->dir = -1;
    }

    return rc;
}


/* at the root, or where we are */

static int
ngx_shop_follow_begin(ngx_shop_follow_walk_t *w)
{
    int  root;

    root = (w->rest[0] == '/');

    if (w->f->dir != -1) {
        (void) close(w->f->dir);
    }

    w->f->dir = open(root ? "/" : ".", NGX_SHOP_FOLLOW_DIR);
    w->f->err = errno;
    strcpy(w->f->path, root ? "/" : "");
    w->shared = 0;

    return w->f->dir == -1 ? NGX_SHOP_DECLINED : NGX_SHOP_OK;
}


/* takes a name off the rest, and the slashes behind it */

static int
ngx_shop_follow_next(ngx_shop_follow_walk_t *w)
{
    size_t       n;
    const char  *p;

    p = w->rest + strspn(w->rest, "/");
    n = strcspn(p, "/");

    if (n >= sizeof(w->f->name)
        || strlen(w->f->path) + n + 2 > sizeof(w->f->path))
    {
        return ngx_shop_follow_long(w->rest);
    }

    memcpy(w->f->name, n ? p : ".", n ? n : 1);
    w->f->name[n ? n : 1] = '\0';

    p += n;
    p += strspn(p, "/");
    memmove(w->rest, p, strlen(p) + 1);

    return NGX_SHOP_OK;
}


/*
 * In a directory that others may write the next one is theirs to choose, but
 * for one of ours in a sticky directory of ours, such as /tmp.
 */

static int
ngx_shop_follow_enter(ngx_shop_follow_walk_t *w)
{
    int          fd;
    struct stat  in, to;

    fd = openat(w->f->dir, w->f->name, NGX_SHOP_FOLLOW_DIR);

    if (fd == -1 || fstat(w->f->dir, &in) != 0 || fstat(fd, &to) != 0) {
        w->f->err = errno;

        if (fd != -1) {
            (void) close(fd);
        }

        return NGX_SHOP_DECLINED;
    }

    if (ngx_shop_follow_shared(&in)
        && !((in.st_mode & S_ISVTX) && ngx_shop_follow_ours(&in)
             && ngx_shop_follow_ours(&to)))
    {
        w->shared = 1;
    }

    (void) close(w->f->dir);
    w->f->dir = fd;
    ngx_shop_follow_add(w->f);

    return NGX_SHOP_OK;
}


static int
ngx_shop_follow_link(ngx_shop_follow_walk_t *w, char *target)
{
    struct stat  in;

    if (w->shared || fstat(w->f->dir, &in) != 0
        || ngx_shop_follow_shared(&in))
    {
        ngx_shop_follow_add(w->f);
        (void) ngx_shop_say_error("\"%s\" is a symlink to \"%s\", in "
                                  "a directory that others may "
                                  "write: it is not followed; name "
                                  "the file itself with --flag, or "
                                  "remove the symlink", w->f->path,
                                  target);
        return NGX_SHOP_ERROR;
    }

    if (++w->links > NGX_SHOP_FOLLOW_MAX) {
        ngx_shop_follow_add(w->f);
        (void) ngx_shop_say_error("\"%s\" is a symlink that leads "
                                  "over more than %d others; name "
                                  "the file itself with --flag",
                                  w->f->path,
                                  NGX_SHOP_FOLLOW_MAX);
        return NGX_SHOP_ERROR;
    }

    if (strlen(target) + strlen(w->rest) + 2 > sizeof(w->rest)) {
        return ngx_shop_follow_long(target);
    }

    if (w->rest[0]) {
        strcat(strcat(target, "/"), w->rest);
    }

    strcpy(w->rest, target);

    return *target == '/' ? ngx_shop_follow_begin(w) : NGX_SHOP_OK;
}


/* the name behind the path, which has room for it */

static void
ngx_shop_follow_add(ngx_shop_follow_t *f)
{
    size_t  len;

    len = strlen(f->path);

    if (len && f->path[len - 1] != '/') {
        f->path[len++] = '/';
    }

    memcpy(f->path + len, f->name, strlen(f->name) + 1);
}


static int
ngx_shop_follow_shared(const struct stat *sb)
{
    return !ngx_shop_follow_ours(sb) || (sb->st_mode & (S_IWGRP|S_IWOTH));
}


static int
ngx_shop_follow_ours(const struct stat *sb)
{
    return sb->st_uid == 0 || sb->st_uid == geteuid();
}


static int
ngx_shop_follow_long(const char *path)
{
    (void) ngx_shop_say_error("the path \"%s\" is too long", path);

    return NGX_SHOP_ERROR;
}


void
ngx_shop_follow_dir(const char *path, char *dir)
{
    char  *slash;

    strcpy(dir, path);
    slash = strrchr(dir, '/');

    if (slash == NULL) {
        strcpy(dir, ".");

    } else if (slash == dir) {
        dir[1] = '\0';

    } else {
        *slash = '\0';
    }
}
