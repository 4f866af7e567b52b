
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * Symlinks, one at a time: whom a link is to be believed depends on who may
 * write into its directory.  realpath() would follow them all at once.
 */


#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "ctl/follow.h"
#include "ctl/say.h"
#include "ctl/store.h"


#define NGX_SHOP_FAILOVER_FOLLOW_MAX  8


static int ngx_shop_failover_follow_one(char *path, size_t size,
    const char *target);
static int ngx_shop_failover_follow_shared(const char *dir);


int
ngx_shop_failover_follow_links(char *path, size_t size)
{
    ssize_t   n;
    unsigned  i;
    char      target[NGX_SHOP_FAILOVER_STORE_PATH];

    for (i = 0; i < NGX_SHOP_FAILOVER_FOLLOW_MAX; i++) {
        n = readlink(path, target, sizeof(target) - 1);

        if (n == -1) {

            /* no symlink, or nothing there */

            return NGX_SHOP_FAILOVER_OK;
        }

        target[n] = '\0';

        if (ngx_shop_failover_follow_one(path, size, target)
            != NGX_SHOP_FAILOVER_OK)
        {
            return NGX_SHOP_FAILOVER_ERROR;
        }
    }

    (void) ngx_shop_failover_say_error("\"%s\" is a symlink that leads over "
                                       "more than %d others; name the file "
                                       "itself with --flag", path,
                                       NGX_SHOP_FAILOVER_FOLLOW_MAX);
    return NGX_SHOP_FAILOVER_ERROR;
}


static int
ngx_shop_failover_follow_one(char *path, size_t size, const char *target)
{
    char    dir[NGX_SHOP_FAILOVER_STORE_PATH];
    size_t  len;

    ngx_shop_failover_follow_dir(path, dir);

    if (ngx_shop_failover_follow_shared(dir)) {
        (void) ngx_shop_failover_say_error("\"%s\" is a symlink to \"%s\", in "
                                           "a directory that others may "
                                           "write: it is not followed; name "
                                           "the file itself with --flag, or "
                                           "remove the symlink", path,
                                           target);
        return NGX_SHOP_FAILOVER_ERROR;
    }

    len = (*target == '/') ? 0 : strlen(dir) + 1;

    if (len + strlen(target) >= size) {
        (void) ngx_shop_failover_say_error("the path of symlink \"%s\" is "
                                           "too long", path);
        return NGX_SHOP_FAILOVER_ERROR;
    }

    if (len) {
        memcpy(path, dir, len - 1);
        path[len - 1] = '/';
    }

    strcpy(path + len, target);

    return NGX_SHOP_FAILOVER_OK;
}


static int
ngx_shop_failover_follow_shared(const char *dir)
{
    struct stat  sb;

    return stat(dir, &sb) != 0
           || (sb.st_uid != 0 && sb.st_uid != geteuid())
           || (sb.st_mode & (S_IWGRP|S_IWOTH));
}


void
ngx_shop_failover_follow_dir(const char *path, char *dir)
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
