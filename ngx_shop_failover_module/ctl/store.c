
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
#include <unistd.h>

#include "ctl/store_lock.h"
#include "ctl/store.h"
#include "ctl/infile.h"


static int ngx_shop_store_name(const char *name);
static int ngx_shop_store_bytes(ngx_shop_store_t *s, int fd, const char *path);
static int ngx_shop_store_replace(ngx_shop_store_t *s,
    const unsigned char *data, size_t size, ngx_shop_store_e what);
static int ngx_shop_store_temp(ngx_shop_store_t *s, char *temp);
static int ngx_shop_store_same(ngx_shop_store_t *s);
static int ngx_shop_store_fill(int fd, const unsigned char *data, size_t size);
static int ngx_shop_store_settle(ngx_shop_store_t *s);


#define NGX_SHOP_STORE_TEMP  48


int
ngx_shop_store_open(ngx_shop_store_t *s, const ngx_shop_options_t *o)
{
    const char   *flag, *name;
    struct stat   sb;

    memset(s, 0, sizeof(ngx_shop_store_t));

    flag = ngx_shop_options_setting(o, "flag", "SHOP_FLAG",
                                    NGX_SHOP_STORE_DEFAULT);
    name = ngx_shop_options_get(o, "name");

    if (name == NULL) {
        name = "shopctl";
    }

    if (ngx_shop_store_name(name) != NGX_SHOP_OK) {
        return NGX_SHOP_ERROR;
    }

    if (strlen(flag) + strlen(name) + 2 > sizeof(s->path)) {
        (void) ngx_shop_say_error("the path \"%s\" is too long", flag);
        return NGX_SHOP_ERROR;
    }

    strcpy(s->flag, flag);
    s->is_dir = (stat(flag, &sb) == 0 && S_ISDIR(sb.st_mode));

    if (s->is_dir) {
        snprintf(s->path, sizeof(s->path), "%s%s%s", flag,
                 flag[strlen(flag) - 1] == '/' ? "" : "/", name);

    } else {
        strcpy(s->path, flag);
    }

    return NGX_SHOP_OK;
}


static int
ngx_shop_store_name(const char *name)
{
    if (*name == '\0' || *name == '.' || strchr(name, '/')) {
        (void) ngx_shop_say_error("invalid --name \"%s\": a file "
                                  "name without \"/\", and not "
                                  "hidden, as hidden files do not "
                                  "count", name);
        return NGX_SHOP_ERROR;
    }

    return NGX_SHOP_OK;
}


/* a symlink stays one: what it leads to is replaced */

int
ngx_shop_store_own(ngx_shop_store_t *s, ngx_shop_store_e what)
{
    s->owned = 1;

    if (ngx_shop_follow_walk(&s->at, s->path,
                             what != NGX_SHOP_STORE_REMOVE)
        == NGX_SHOP_ERROR)
    {
        return NGX_SHOP_ERROR;
    }

    if (s->at.dir == -1) {

        /* whoever reads or writes says so */

        return NGX_SHOP_OK;
    }

    if (what != NGX_SHOP_STORE_REMOVE) {
        strcpy(s->path, s->at.path);
    }

    /* to open the shop is never refused; nor to close it */

    if (ngx_shop_store_lock_take(s->at.dir, NGX_SHOP_STORE_WAIT)
        == NGX_SHOP_OK)
    {
        return NGX_SHOP_OK;
    }

    if (what == NGX_SHOP_STORE_CHANGE) {
        (void) ngx_shop_say_error("another program has had a lock on "
                                  "the directory of \"%s\" for %d s; "
                                  "nothing is written, run it again",
                                  s->path,
                                  NGX_SHOP_STORE_WAIT);
        return NGX_SHOP_ERROR;
    }

    ngx_shop_say_note("another program has had a lock on the "
                      "directory of \"%s\" for %d s; not waited for "
                      "any longer", s->path,
                      NGX_SHOP_STORE_WAIT);

    return NGX_SHOP_OK;
}


int
ngx_shop_store_read(ngx_shop_store_t *s)
{
    int          fd, rc;
    struct stat  sb;

    s->there = 0;
    s->size = 0;

    if (!s->owned) {
        fd = ngx_shop_infile_open(s->path, 1, &sb);

        if (fd == -1 && sb.st_mode) {
            ngx_shop_infile_refused(s->path, &sb);
            return NGX_SHOP_ERROR;
        }

    } else if (s->at.dir == -1) {
        errno = s->at.err;
        fd = -1;

    } else {
        fd = openat(s->at.dir, s->at.name, O_RDONLY|O_NONBLOCK|O_NOFOLLOW);
    }

    if (fd == -1) {

        if (errno == ENOENT || errno == ENOTDIR) {
            return NGX_SHOP_OK;
        }

        (void) ngx_shop_say_errno(errno, "cannot read \"%s\"", s->path);
        return NGX_SHOP_ERROR;
    }

    rc = ngx_shop_store_bytes(s, fd, s->path);
    (void) close(fd);

    return rc;
}


int
ngx_shop_store_load(ngx_shop_store_t *s, const char *path)
{
    if (strcmp(path, "-") == 0) {
        strcpy(s->path, "stdin");
        return ngx_shop_store_bytes(s, STDIN_FILENO, "stdin");
    }

    if (strlen(path) >= sizeof(s->path)) {
        (void) ngx_shop_say_error("the path \"%s\" is too long", path);
        return NGX_SHOP_ERROR;
    }

    /* the flag itself is there already */

    if (path != s->path) {
        strcpy(s->path, path);
    }

    if (ngx_shop_store_read(s) != NGX_SHOP_OK) {
        return NGX_SHOP_ERROR;
    }

    if (!s->there) {
        (void) ngx_shop_say_errno(ENOENT, "cannot read \"%s\"", path);
        return NGX_SHOP_ERROR;
    }

    return NGX_SHOP_OK;
}


static int
ngx_shop_store_bytes(ngx_shop_store_t *s, int fd, const char *path)
{
    ssize_t  n;

    s->there = 1;

    if (fstat(fd, &s->sb) == 0) {
        s->appeared = ngx_shop_flag_appeared(
                                             (int64_t) s->sb.st_mtime,
                                             ngx_shop_store_ctime(path,
                                                                  &s->sb));

        if (s->owned && !S_ISREG(s->sb.st_mode)) {
            (void) ngx_shop_say_error("\"%s\" is no file, but a "
                                      "device, a pipe or a "
                                      "directory, and is not "
                                      "replaced; is --flag right?",
                                      path);
            return NGX_SHOP_ERROR;
        }
    }

    while (s->size < sizeof(s->data)) {
        n = read(fd, s->data + s->size, sizeof(s->data) - s->size);

        if (n == -1) {
            (void) ngx_shop_say_errno(errno, "cannot read \"%s\"", path);
            return NGX_SHOP_ERROR;
        }

        if (n == 0) {
            return NGX_SHOP_OK;
        }

        s->size += (size_t) n;
    }

    (void) ngx_shop_say_error("\"%s\" is larger than %d bytes: it "
                              "closes the shop, but its text is not "
                              "shown; shorten it", path,
                              NGX_SHOP_FLAG_MAX_SIZE);

    return NGX_SHOP_ERROR;
}


/* a symlink may be newer than the file that it has just been made for */

int64_t
ngx_shop_store_ctime(const char *path, const struct stat *sb)
{
    struct stat  link;

    if (lstat(path, &link) == 0 && S_ISLNK(link.st_mode)
        && link.st_ctime > sb->st_ctime)
    {
        return (int64_t) link.st_ctime;
    }

    return (int64_t) sb->st_ctime;
}


/* signals wait, so that not even a temporary file stays behind */

int
ngx_shop_store_write(ngx_shop_store_t *s, const unsigned char *data,
    size_t size, ngx_shop_store_e what)
{
    int       rc;
    sigset_t  all, was;

    if (size > NGX_SHOP_FLAG_MAX_SIZE) {
        (void) ngx_shop_say_error("the flag would have %lu bytes, "
                                  "and more than %d are not read; "
                                  "shorten its texts, for example "
                                  "with an editor",
                                  (unsigned long) size,
                                  NGX_SHOP_FLAG_MAX_SIZE);
        return NGX_SHOP_ERROR;
    }

    (void) sigfillset(&all);
    (void) sigprocmask(SIG_BLOCK, &all, &was);

    rc = ngx_shop_store_replace(s, data, size, what);

    (void) sigprocmask(SIG_SETMASK, &was, NULL);

    return rc;
}


static int
ngx_shop_store_replace(ngx_shop_store_t *s, const unsigned char *data,
    size_t size, ngx_shop_store_e what)
{
    int   fd, err, dir;
    char  temp[NGX_SHOP_STORE_TEMP];

    dir = s->at.dir;
    fd = ngx_shop_store_temp(s, temp);

    if (fd == -1) {
        return NGX_SHOP_ERROR;
    }

    err = 0;

    if (ngx_shop_store_fill(fd, data, size) != 0
        || fchmod(fd, 0644) != 0 || fsync(fd) != 0)
    {
        err = errno;
    }

    if (close(fd) != 0 && err == 0) {
        err = errno;
    }

    if (err == 0 && what == NGX_SHOP_STORE_CHANGE && !ngx_shop_store_same(s)) {
        (void) unlinkat(dir, temp, 0);
        (void) ngx_shop_say_error("\"%s\" was changed or removed "
                                  "meanwhile: nothing is written, "
                                  "run it again", s->path);
        return NGX_SHOP_ERROR;
    }

    if (err == 0 && renameat(dir, temp, dir, s->at.name) != 0) {
        err = errno;
    }

    if (err) {
        (void) unlinkat(dir, temp, 0);
        (void) ngx_shop_say_errno(err, "cannot write \"%s\"", s->path);
        return NGX_SHOP_ERROR;
    }

    return ngx_shop_store_settle(s);
}


/* the temporary file is hidden: in a directory flag it does not count */

static int
ngx_shop_store_temp(ngx_shop_store_t *s, char *temp)
{
    int       fd, err;
    char      dir[NGX_SHOP_STORE_PATH];
    unsigned  i;

    fd = -1;
    err = s->at.err;

    for (i = 0; s->at.dir != -1 && i < 1000; i++) {
        snprintf(temp, NGX_SHOP_STORE_TEMP, ".shopctl.%ld.%u", (long) getpid(),
                 i);

        fd = openat(s->at.dir, temp,
                    O_WRONLY|O_CREAT|O_EXCL|O_NOFOLLOW|O_CLOEXEC, 0600);

        if (fd != -1) {
            return fd;
        }

        err = errno;

        if (err != EEXIST) {
            break;
        }
    }

    ngx_shop_follow_dir(s->path, dir);

    if (err == ENOENT) {
        (void) ngx_shop_say_error("directory \"%s\" does not "
                                  "exist, so no nginx watches a "
                                  "flag there; make it with: "
                                  "install -d -m 755 %s, or name "
                                  "another flag with --flag",
                                  dir, dir);

    } else {
        (void) ngx_shop_say_errno(err, "cannot write into \"%s\"", dir);
    }

    return -1;
}


/* whether the file is still the one that was read */

static int
ngx_shop_store_same(ngx_shop_store_t *s)
{
    struct stat  sb;

    return fstatat(s->at.dir, s->at.name, &sb, AT_SYMLINK_NOFOLLOW) == 0
           && sb.st_dev == s->sb.st_dev && sb.st_ino == s->sb.st_ino
           && sb.st_size == s->sb.st_size
           && sb.st_mtim.tv_sec == s->sb.st_mtim.tv_sec
           && sb.st_mtim.tv_nsec == s->sb.st_mtim.tv_nsec;
}


static int
ngx_shop_store_fill(int fd, const unsigned char *data, size_t size)
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
ngx_shop_store_settle(ngx_shop_store_t *s)
{
    int  fd;

    fd = openat(s->at.dir, ".", O_RDONLY|O_CLOEXEC);

    if (fd != -1) {
        (void) fsync(fd);
        (void) close(fd);
    }

    return NGX_SHOP_OK;
}


int
ngx_shop_store_remove(ngx_shop_store_t *s)
{
    int  err;

    err = s->at.err;

    if (s->at.dir != -1) {

        if (unlinkat(s->at.dir, s->at.name, 0) == 0) {
            return ngx_shop_store_settle(s);
        }

        err = errno;
    }

    if (err == ENOENT || err == ENOTDIR) {
        return NGX_SHOP_DECLINED;
    }

    (void) ngx_shop_say_errno(err, "cannot remove \"%s\", the shop "
                              "stays closed", s->path);

    return NGX_SHOP_ERROR;
}


const char *
ngx_shop_store_other(ngx_shop_store_t *s)
{
    DIR            *dir;
    struct dirent  *entry;
    static char     name[NGX_SHOP_STORE_PATH];

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
