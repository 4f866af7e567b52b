
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * Files of shopctl.  Does not know what is in them.
 */


#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "ctl/follow.h"
#include "ctl/store.h"


static int ngx_shop_failover_store_name(const char *name);
static int ngx_shop_failover_store_bytes(ngx_shop_failover_store_t *s,
    int fd, const char *path);
static int ngx_shop_failover_store_replace(ngx_shop_failover_store_t *s,
    const unsigned char *data, size_t size);
static int ngx_shop_failover_store_fill(int fd, const unsigned char *data,
    size_t size);
static int ngx_shop_failover_store_settle(const char *dir);


int
ngx_shop_failover_store_open(ngx_shop_failover_store_t *s,
    const ngx_shop_failover_options_t *o)
{
    const char   *flag, *name;
    struct stat   sb;

    memset(s, 0, sizeof(ngx_shop_failover_store_t));

    flag = ngx_shop_failover_options_setting(o, "flag", "SHOP_FLAG",
                                             NGX_SHOP_FAILOVER_STORE_DEFAULT);
    name = ngx_shop_failover_options_get(o, "name");

    if (name == NULL) {
        name = "shopctl";
    }

    if (ngx_shop_failover_store_name(name) != NGX_SHOP_FAILOVER_OK) {
        return NGX_SHOP_FAILOVER_ERROR;
    }

    if (strlen(flag) + strlen(name) + 2 > sizeof(s->path)) {
        (void) ngx_shop_failover_say_error("the path \"%s\" is too long",
                                           flag);
        return NGX_SHOP_FAILOVER_ERROR;
    }

    strcpy(s->flag, flag);
    s->is_dir = (stat(flag, &sb) == 0 && S_ISDIR(sb.st_mode));

    if (s->is_dir) {
        snprintf(s->path, sizeof(s->path), "%s%s%s", flag,
                 flag[strlen(flag) - 1] == '/' ? "" : "/", name);

    } else {
        strcpy(s->path, flag);
    }

    return NGX_SHOP_FAILOVER_OK;
}


static int
ngx_shop_failover_store_name(const char *name)
{
    if (*name == '\0' || *name == '.' || strchr(name, '/')) {
        (void) ngx_shop_failover_say_error("invalid --name \"%s\": a file "
                                           "name without \"/\", and not "
                                           "hidden, as hidden files do not "
                                           "count", name);
        return NGX_SHOP_FAILOVER_ERROR;
    }

    return NGX_SHOP_FAILOVER_OK;
}


/* a symlink stays one: what it leads to is replaced */

int
ngx_shop_failover_store_own(ngx_shop_failover_store_t *s)
{
    size_t  len;
    char    name[NGX_SHOP_FAILOVER_STORE_PATH];

    s->owned = 1;

    if (s->is_dir) {
        snprintf(name, sizeof(name), "%s", strrchr(s->path, '/') + 1);
        strcpy(s->path, s->flag);

        for (len = strlen(s->path); len > 1 && s->path[len - 1] == '/'; len--)
        {
            s->path[len - 1] = '\0';
        }

        if (ngx_shop_failover_follow_links(s->path, sizeof(s->path)
                                                    - strlen(name) - 1)
            != NGX_SHOP_FAILOVER_OK)
        {
            return NGX_SHOP_FAILOVER_ERROR;
        }

        strcat(strcat(s->path, "/"), name);
    }

    return ngx_shop_failover_follow_links(s->path, sizeof(s->path));
}


int
ngx_shop_failover_store_read(ngx_shop_failover_store_t *s)
{
    int  fd, rc;

    s->there = 0;
    s->size = 0;

    fd = open(s->path, O_RDONLY|O_NONBLOCK|(s->owned ? O_NOFOLLOW : 0));

    if (fd == -1) {

        if (errno == ENOENT || errno == ENOTDIR) {
            return NGX_SHOP_FAILOVER_OK;
        }

        (void) ngx_shop_failover_say_errno(errno, "cannot read \"%s\"",
                                           s->path);
        return NGX_SHOP_FAILOVER_ERROR;
    }

    rc = ngx_shop_failover_store_bytes(s, fd, s->path);
    (void) close(fd);

    return rc;
}


int
ngx_shop_failover_store_load(ngx_shop_failover_store_t *s, const char *path)
{
    if (strcmp(path, "-") == 0) {
        strcpy(s->path, "stdin");
        return ngx_shop_failover_store_bytes(s, STDIN_FILENO, "stdin");
    }

    if (strlen(path) >= sizeof(s->path)) {
        (void) ngx_shop_failover_say_error("the path \"%s\" is too long",
                                           path);
        return NGX_SHOP_FAILOVER_ERROR;
    }

    /* the flag itself is there already */

    if (path != s->path) {
        strcpy(s->path, path);
    }

    if (ngx_shop_failover_store_read(s) != NGX_SHOP_FAILOVER_OK) {
        return NGX_SHOP_FAILOVER_ERROR;
    }

    if (!s->there) {
        (void) ngx_shop_failover_say_errno(ENOENT, "cannot read \"%s\"",
                                           path);
        return NGX_SHOP_FAILOVER_ERROR;
    }

    return NGX_SHOP_FAILOVER_OK;
}


static int
ngx_shop_failover_store_bytes(ngx_shop_failover_store_t *s, int fd,
    const char *path)
{
    ssize_t      n;
    struct stat  sb;

    s->there = 1;

    if (fstat(fd, &sb) == 0) {
        s->mtime = (int64_t) sb.st_mtime;

        if (s->owned && !S_ISREG(sb.st_mode)) {
            (void) ngx_shop_failover_say_error("\"%s\" is no file, but a "
                                               "device, a pipe or a "
                                               "directory, and is not "
                                               "replaced; is --flag right?",
                                               path);
            return NGX_SHOP_FAILOVER_ERROR;
        }
    }

    while (s->size < sizeof(s->data)) {
        n = read(fd, s->data + s->size, sizeof(s->data) - s->size);

        if (n == -1) {
            (void) ngx_shop_failover_say_errno(errno, "cannot read \"%s\"",
                                               path);
            return NGX_SHOP_FAILOVER_ERROR;
        }

        if (n == 0) {
            return NGX_SHOP_FAILOVER_OK;
        }

        s->size += (size_t) n;
    }

    (void) ngx_shop_failover_say_error("\"%s\" is larger than %d bytes: it "
                                       "closes the shop, but its text is not "
                                       "shown; shorten it", path,
                                       NGX_SHOP_FAILOVER_FLAG_MAX_SIZE);

    return NGX_SHOP_FAILOVER_ERROR;
}


/* signals wait, so that not even a temporary file stays behind */

int
ngx_shop_failover_store_write(ngx_shop_failover_store_t *s,
    const unsigned char *data, size_t size)
{
    int       rc;
    sigset_t  all, was;

    if (size > NGX_SHOP_FAILOVER_FLAG_MAX_SIZE) {
        (void) ngx_shop_failover_say_error("the flag would have %lu bytes, "
                                           "and more than %d are not read; "
                                           "shorten its texts, for example "
                                           "with an editor",
                                           (unsigned long) size,
                                           NGX_SHOP_FAILOVER_FLAG_MAX_SIZE);
        return NGX_SHOP_FAILOVER_ERROR;
    }

    (void) sigfillset(&all);
    (void) sigprocmask(SIG_BLOCK, &all, &was);

    rc = ngx_shop_failover_store_replace(s, data, size);

    (void) sigprocmask(SIG_SETMASK, &was, NULL);

    return rc;
}


/* the temporary file is hidden: in a directory flag it does not count */

static int
ngx_shop_failover_store_replace(ngx_shop_failover_store_t *s,
    const unsigned char *data, size_t size)
{
    int   fd, err;
    char  dir[NGX_SHOP_FAILOVER_STORE_PATH];
    char  temp[NGX_SHOP_FAILOVER_STORE_PATH + 32];

    ngx_shop_failover_follow_dir(s->path, dir);
    snprintf(temp, sizeof(temp), "%s/.shopctl.XXXXXX", dir);

    fd = mkstemp(temp);

    if (fd == -1) {
        err = errno;

        if (err == ENOENT) {
            (void) ngx_shop_failover_say_error("directory \"%s\" does not "
                                               "exist, so no nginx watches a "
                                               "flag there; make it with: "
                                               "install -d -m 755 %s, or name "
                                               "another flag with --flag",
                                               dir, dir);

        } else {
            (void) ngx_shop_failover_say_errno(err, "cannot write into "
                                               "\"%s\"", dir);
        }

        return NGX_SHOP_FAILOVER_ERROR;
    }

    err = 0;

    if (ngx_shop_failover_store_fill(fd, data, size) != 0
        || fchmod(fd, 0644) != 0 || fsync(fd) != 0)
    {
        err = errno;
    }

    if (close(fd) != 0 && err == 0) {
        err = errno;
    }

    if (err == 0 && rename(temp, s->path) != 0) {
        err = errno;
    }

    if (err) {
        (void) unlink(temp);
        (void) ngx_shop_failover_say_errno(err, "cannot write \"%s\"",
                                           s->path);
        return NGX_SHOP_FAILOVER_ERROR;
    }

    return ngx_shop_failover_store_settle(dir);
}


static int
ngx_shop_failover_store_fill(int fd, const unsigned char *data, size_t size)
{
    ssize_t  n;

    while (size) {
        n = write(fd, data, size);

        if (n == -1) {
            return -1;
        }

        data += n;
        size -= (size_t) n;
    }

    return 0;
}


/* the name has to outlive a power cut, too; not all file systems can */

static int
ngx_shop_failover_store_settle(const char *dir)
{
    int  fd;

    fd = open(dir, O_RDONLY);

    if (fd != -1) {
        (void) fsync(fd);
        (void) close(fd);
    }

    return NGX_SHOP_FAILOVER_OK;
}


int
ngx_shop_failover_store_remove(ngx_shop_failover_store_t *s)
{
    int   err;
    char  dir[NGX_SHOP_FAILOVER_STORE_PATH];

    /* of a symlink the link is the flag */

    const char  *path = s->is_dir ? s->path : s->flag;

    if (unlink(path) == 0) {
        ngx_shop_failover_follow_dir(path, dir);
        return ngx_shop_failover_store_settle(dir);
    }

    err = errno;

    if (err == ENOENT || err == ENOTDIR) {
        return NGX_SHOP_FAILOVER_DECLINED;
    }

    (void) ngx_shop_failover_say_errno(err, "cannot remove \"%s\", the shop "
                                       "stays closed", path);

    return NGX_SHOP_FAILOVER_ERROR;
}


const char *
ngx_shop_failover_store_other(ngx_shop_failover_store_t *s)
{
    DIR            *dir;
    struct dirent  *entry;
    static char     name[NGX_SHOP_FAILOVER_STORE_PATH];

    name[0] = '\0';
    dir = s->is_dir ? opendir(s->flag) : NULL;

    if (dir == NULL) {
        return name;
    }

    while ((entry = readdir(dir)) != NULL) {

        if (entry->d_name[0] != '.'
            && strcmp(entry->d_name, strrchr(s->path, '/') + 1) != 0)
        {
            snprintf(name, sizeof(name), "%s", entry->d_name);
            break;
        }
    }

    (void) closedir(dir);

    return name;
}
