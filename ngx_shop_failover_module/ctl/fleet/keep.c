
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * Files of a follower.  Each is replaced as a whole: whenever it is killed,
 * there is the old one or the new one.
 */


#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

#include "ctl/fleet/keep.h"
#include "ctl/infile.h"
#include "ctl/member.h"
#include "ctl/say.h"
#include "logic/text/emit.h"


static void ngx_shop_keep_load(ngx_shop_keep_t *k, const char *engine);
static int64_t ngx_shop_keep_number(const ngx_shop_json_t *v,
    const char *name);
static int ngx_shop_keep_put(int dir, const char *name,
    const unsigned char *data, size_t size);
static int ngx_shop_keep_settle(int dir);
static int ngx_shop_keep_fill(int fd, const unsigned char *data, size_t size);


int
ngx_shop_keep_open(ngx_shop_keep_t *k, const char *dir, const char *name,
    const char *engine)
{
    int          n;
    char         path[NGX_SHOP_FOLLOW_PATH];
    size_t       len;

    memset(k, 0, sizeof(ngx_shop_keep_t));
    len = strlen(dir);

    while (len > 1 && dir[len - 1] == '/') {
        len--;
    }

    if (name[0] == '.' || name[0] == '\0' || strchr(name, '/')) {
        (void) ngx_shop_say_error("--name \"%s\": expected a file name that "
                                  "is not hidden", name);
        return NGX_SHOP_ERROR;
    }

    (void) snprintf(k->dir, sizeof(k->dir), "%.*s", (int) len, dir);
    n = snprintf(path, sizeof(path), "%.*s/%s", (int) len, dir, name);

    if (n < 0 || (size_t) n >= sizeof(path) - 16 || strlen(name) > 200) {
        (void) ngx_shop_say_error("the path \"%s\" is too long", dir);
        return NGX_SHOP_ERROR;
    }

    if (ngx_shop_follow_walk(&k->at, path, 0) == NGX_SHOP_ERROR) {
        return NGX_SHOP_ERROR;
    }

    if (k->at.dir == -1) {
        (void) ngx_shop_say_errno(k->at.err, "cannot use the directory \"%s\" "
                                  "of the flag", k->dir);
        return NGX_SHOP_ERROR;
    }

    (void) snprintf(k->state, sizeof(k->state), "%.*s/.%s.state", (int) len,
                    dir, name);

    ngx_shop_keep_load(k, engine);
    ngx_shop_keep_look(k);

    return NGX_SHOP_OK;
}


/* what was saved; of another engine it counts nothing */

static void
ngx_shop_keep_load(ngx_shop_keep_t *k, const char *engine)
{
    size_t           at;
    ssize_t          n;
    const char      *reason;
    struct stat      sb;
    unsigned char    buf[4096];
    ngx_shop_str_t   s;
    ngx_shop_json_t  v, found;

    n = ngx_shop_infile_read(k->state, buf, sizeof(buf), &sb);

    if (n <= 0) {
        return;
    }

    s.data = buf;
    s.len = (size_t) n;

    if (ngx_shop_json_parse(&v, &s, &at, &reason) != NGX_SHOP_OK) {
        ngx_shop_say_note("\"%s\" is damaged, and is not used: %s", k->state,
                          reason);
        return;
    }

    if (ngx_shop_json_find(&v, "engine", &found) != NGX_SHOP_OK
        || !ngx_shop_json_is(&found, engine))
    {
        return;
    }

    k->revision = ngx_shop_keep_number(&v, "revision");
    k->orders = ngx_shop_keep_number(&v, "orders");
}


static int64_t
ngx_shop_keep_number(const ngx_shop_json_t *v, const char *name)
{
    int64_t          n;
    ngx_shop_json_t  found;

    return ngx_shop_json_find(v, name, &found) == NGX_SHOP_OK
           && ngx_shop_json_int(&found, &n) == NGX_SHOP_OK ? n : 0;
}


void
ngx_shop_keep_look(ngx_shop_keep_t *k)
{
    ssize_t      n;
    struct stat  sb;

    n = ngx_shop_infile_read(k->at.path, k->data, sizeof(k->data), &sb);

    k->there = (n >= 0 || errno != ENOENT);
    k->size = n >= 0 ? (size_t) n : 0;
}


int
ngx_shop_keep_write(ngx_shop_keep_t *k, const unsigned char *data,
    size_t size)
{
    int  rc;

    if (size > NGX_SHOP_FLAG_MAX_SIZE) {
        return EFBIG;
    }

    rc = ngx_shop_keep_put(k->at.dir, k->at.name, data, size);

    if (rc == NGX_SHOP_OK) {
        k->there = 1;
        k->size = size;
        memmove(k->data, data, size);
    }

    return rc;
}


int
ngx_shop_keep_remove(ngx_shop_keep_t *k)
{
    if (unlinkat(k->at.dir, k->at.name, 0) == -1 && errno != ENOENT) {
        return errno;
    }

    k->there = 0;
    k->size = 0;

    return ngx_shop_keep_settle(k->at.dir);
}


int
ngx_shop_keep_save(ngx_shop_keep_t *k, const char *engine)
{
    unsigned char    buf[4096];
    ngx_shop_emit_t  e;

    ngx_shop_emit_init(&e, buf, sizeof(buf));
    ngx_shop_emit_object(&e, NULL);
    ngx_shop_emit_int(&e, "version", 1);
    ngx_shop_emit_cstr(&e, "engine", engine);
    ngx_shop_emit_int(&e, "revision", k->revision);
    ngx_shop_emit_int(&e, "orders", k->orders);
    ngx_shop_emit_close(&e, '}');
    ngx_shop_emit_text(&e, "\n");

    if (e.failed) {
        return EFBIG;
    }

    return ngx_shop_keep_put(k->at.dir, strrchr(k->state, '/') + 1, buf,
                             (size_t) (e.pos - e.start));
}


int
ngx_shop_keep_file(const char *path, const unsigned char *data, size_t size)
{
    int                rc;
    ngx_shop_follow_t  at;

    if (ngx_shop_follow_walk(&at, path, 0) != NGX_SHOP_OK) {
        return at.dir == -1 && at.err ? at.err : ELOOP;
    }

    rc = ngx_shop_keep_put(at.dir, at.name, data, size);
    (void) close(at.dir);

    return rc;
}


static int
ngx_shop_keep_put(int dir, const char *name, const unsigned char *data,
    size_t size)
{
    int   fd, err;
    char  temp[NGX_SHOP_FOLLOW_NAME + 8];

    (void) snprintf(temp, sizeof(temp), ".%s.new", name);

    /* one that was killed may have left it */

    if (unlinkat(dir, temp, 0) == -1 && errno != ENOENT) {
        return errno;
    }

    fd = openat(dir, temp, O_WRONLY|O_CREAT|O_EXCL|O_NOFOLLOW|O_CLOEXEC, 0644);

    if (fd == -1) {
        return errno;
    }

    err = ngx_shop_keep_fill(fd, data, size);

    if (close(fd) == -1 && err == 0) {
        err = errno;
    }

    if (err == 0 && renameat(dir, temp, dir, name) == -1) {
        err = errno;
    }

    if (err) {
        (void) unlinkat(dir, temp, 0);
        return err;
    }

    return ngx_shop_keep_settle(dir);
}


/* the directory as well, or a power cut would bring the old file back */

static int
ngx_shop_keep_settle(int dir)
{
    int  fd, err;

    fd = openat(dir, ".", O_RDONLY|O_DIRECTORY|O_CLOEXEC);

    if (fd == -1) {
        return errno;
    }

    err = fsync(fd) == -1 && errno != EINVAL ? errno : NGX_SHOP_OK;
    (void) close(fd);

    return err;
}


static int
ngx_shop_keep_fill(int fd, const unsigned char *data, size_t size)
{
    ssize_t  n;

    while (size) {
        n = write(fd, data, size);

        if (n == -1 && errno == EINTR) {
            continue;
        }

        if (n <= 0) {
            return n == -1 ? errno : ENOSPC;
        }

        data += n;
        size -= (size_t) n;
    }

    /* nginx reads it as another user, whatever umask says */

    return fchmod(fd, 0644) == -1 || fsync(fd) == -1 ? errno : 0;
}
