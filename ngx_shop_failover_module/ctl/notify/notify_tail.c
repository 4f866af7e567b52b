
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * Follows the event log over its rotation and truncation.  The place is a file
 * (by its inode), an offset, and a sum of the bytes before it: a file that was
 * cut off and grew again has other ones.
 */


#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

#include "ctl/infile.h"
#include "ctl/notify/notify_inside.h"


/* ms: workers of nginx open a new log one after the other */
#define NGX_SHOP_NOTIFY_TAIL_LINGER  2000

/* bytes before the offset that the sum is of */
#define NGX_SHOP_NOTIFY_TAIL_SUM     256


static int ngx_shop_notify_tail_cut(ngx_shop_notify_t *n,
    const struct stat *sb);
static int ngx_shop_notify_tail_open(ngx_shop_notify_t *n);
static int ngx_shop_notify_tail_at(ngx_shop_notify_t *n, int fd,
    const struct stat *sb);
static int ngx_shop_notify_tail_rotated(ngx_shop_notify_t *n,
    struct stat *found);
static int ngx_shop_notify_tail_follows(ngx_shop_notify_t *n);
static int ngx_shop_notify_tail_later(const struct stat *a,
    const struct stat *b);
static int ngx_shop_notify_tail_beside(ngx_shop_notify_t *n, char *path,
    size_t size, const char *name);
static int64_t ngx_shop_notify_tail_sum(int fd, int64_t offset);
static void ngx_shop_notify_tail_close(void);
static int ngx_shop_notify_tail_next(ngx_shop_notify_t *n);
static void ngx_shop_notify_tail_begin(ngx_shop_notify_t *n,
    const struct stat *sb);


static int      ngx_shop_notify_tail_fd = -1;
static int64_t  ngx_shop_notify_tail_new;      /* another file is there since */


size_t
ngx_shop_notify_tail_read(ngx_shop_notify_t *n, unsigned char *buf,
    size_t size)
{
    ssize_t      got;
    struct stat  sb;

    if (ngx_shop_notify_tail_fd == -1
        && ngx_shop_notify_tail_open(n) != NGX_SHOP_OK)
    {
        return 0;
    }

    memset(&sb, 0, sizeof(sb));

    if (fstat(ngx_shop_notify_tail_fd, &sb) == 0
        && ngx_shop_notify_tail_cut(n, &sb))
    {
        ngx_shop_say_note("\"%s\" was truncated, it is read from its start",
                          n->conf->log);
        ngx_shop_notify_tail_begin(n, &sb);
    }

    got = pread(ngx_shop_notify_tail_fd, buf, size, (off_t) n->mark.offset);

    while (got > 0 && buf[got - 1] != '\n') {
        got--;
    }

    /* a line that is longer than any event: its bytes are none */

    if (got == 0 && sb.st_size - n->mark.offset >= (off_t) size) {
        n->mark.offset += (int64_t) size;
        n->mark.skipped++;
        n->dirty = 1;
        return ngx_shop_notify_tail_read(n, buf, size);
    }

    if (got <= 0) {
        return ngx_shop_notify_tail_next(n)
               ? ngx_shop_notify_tail_read(n, buf, size) : 0;
    }

    n->mark.offset += got;
    n->mark.sum = ngx_shop_notify_tail_sum(ngx_shop_notify_tail_fd,
                                           n->mark.offset);
    n->dirty = 1;

    return (size_t) got;
}


/* whether what was read is no longer there; looked at when it was written */

static int
ngx_shop_notify_tail_cut(ngx_shop_notify_t *n, const struct stat *sb)
{
    static struct stat  last;

    if (sb->st_size < n->mark.offset) {
        return 1;
    }

    if (sb->st_ino == last.st_ino
        && sb->st_mtim.tv_sec == last.st_mtim.tv_sec
        && sb->st_mtim.tv_nsec == last.st_mtim.tv_nsec)
    {
        return 0;
    }

    last = *sb;

    return ngx_shop_notify_tail_sum(ngx_shop_notify_tail_fd, n->mark.offset)
           != n->mark.sum;
}


/* the file of the place, else what came after it */

static int
ngx_shop_notify_tail_open(ngx_shop_notify_t *n)
{
    int          fd;
    struct stat  sb;

    fd = ngx_shop_infile_open(n->conf->log, 0, &sb);

    if (fd != -1 && (n->mark.ino == 0 || ngx_shop_notify_tail_at(n, fd, &sb))) {
        ngx_shop_notify_tail_fd = fd;
        n->mark.dev = (int64_t) sb.st_dev;
        n->mark.ino = (int64_t) sb.st_ino;
        return NGX_SHOP_OK;
    }

    if (n->mark.ino && fd != -1 && (int64_t) sb.st_ino == n->mark.ino
        && (int64_t) sb.st_dev == n->mark.dev)
    {
        /* this file, but with other bytes */

        ngx_shop_say_note("\"%s\" was truncated, it is read from its start",
                          n->conf->log);
        ngx_shop_notify_tail_fd = fd;
        ngx_shop_notify_tail_begin(n, &sb);
        return NGX_SHOP_OK;
    }

    if (fd != -1) {
        (void) close(fd);
    }

    if (n->mark.ino) {
        fd = ngx_shop_notify_tail_rotated(n, &sb);

        if (fd != -1) {
            ngx_shop_notify_tail_fd = fd;
            return NGX_SHOP_OK;
        }
    }

    fd = ngx_shop_infile_open(n->conf->log, 0, &sb);

    if (fd == -1) {
        return NGX_SHOP_ERROR;
    }

    ngx_shop_notify_tail_fd = fd;
    ngx_shop_notify_tail_begin(n, &sb);

    return NGX_SHOP_OK;
}


static void
ngx_shop_notify_tail_begin(ngx_shop_notify_t *n, const struct stat *sb)
{
    n->mark.dev = (int64_t) sb->st_dev;
    n->mark.ino = (int64_t) sb->st_ino;
    n->mark.offset = 0;
    n->mark.sum = 0;
    n->dirty = 1;
}


/* whether it is the file that was read up to the mark */

static int
ngx_shop_notify_tail_at(ngx_shop_notify_t *n, int fd, const struct stat *sb)
{
    return (int64_t) sb->st_ino == n->mark.ino
           && (int64_t) sb->st_dev == n->mark.dev
           && sb->st_size >= n->mark.offset
           && ngx_shop_notify_tail_sum(fd, n->mark.offset) == n->mark.sum;
}


/* FNV-1a; 0: of no byte */

static int64_t
ngx_shop_notify_tail_sum(int fd, int64_t offset)
{
    ssize_t        i, got;
    uint64_t       sum;
    unsigned char  buf[NGX_SHOP_NOTIFY_TAIL_SUM];

    if (offset == 0) {
        return 0;
    }

    got = offset < (int64_t) sizeof(buf) ? (ssize_t) offset
                                         : (ssize_t) sizeof(buf);
    got = pread(fd, buf, (size_t) got, (off_t) (offset - got));
    sum = 14695981039346656037ULL;

    for (i = 0; i < got; i++) {
        sum = (sum ^ buf[i]) * 1099511628211ULL;
    }

    return (int64_t) (sum >> 2);
}


/* the same file by another name beside the log */

static int
ngx_shop_notify_tail_rotated(ngx_shop_notify_t *n, struct stat *found)
{
    int             fd;
    DIR            *dir;
    char            path[NGX_SHOP_NOTIFY_PATH * 2];
    struct dirent  *entry;

    (void) ngx_shop_notify_tail_beside(n, path, sizeof(path), "");
    dir = opendir(path);

    while (dir && (entry = readdir(dir)) != NULL) {

        if (!ngx_shop_notify_tail_beside(n, path, sizeof(path),
                                         entry->d_name))
        {
            continue;
        }

        fd = ngx_shop_infile_open(path, 0, found);

        if (fd != -1 && ngx_shop_notify_tail_at(n, fd, found)) {
            (void) closedir(dir);
            return fd;
        }

        if (fd != -1) {
            (void) close(fd);
        }
    }

    if (dir) {
        (void) closedir(dir);
    }

    return -1;
}


/* a path beside the log; whether its name begins as that of the log */

static int
ngx_shop_notify_tail_beside(ngx_shop_notify_t *n, char *path, size_t size,
    const char *name)
{
    int          len;
    const char  *base;

    base = strrchr(n->conf->log, '/');
    len = base ? (int) (base + 1 - n->conf->log) : 0;
    base = n->conf->log + len;

    (void) snprintf(path, size, "%.*s%s", len, n->conf->log,
                    len || *name ? name : ".");

    return strncmp(name, base, strlen(base)) == 0;
}


/*
 * At the end of a file: whether there is another one to go on with.  The old
 * one is read on for a while, and once more when that is over.
 */

static int
ngx_shop_notify_tail_next(ngx_shop_notify_t *n)
{
    int64_t      now;
    struct stat  sb, own;

    if (stat(n->conf->log, &sb) != 0
        || fstat(ngx_shop_notify_tail_fd, &own) != 0
        || (sb.st_ino == own.st_ino && sb.st_dev == own.st_dev)
        || sb.st_size == 0)
    {
        ngx_shop_notify_tail_new = 0;
        return 0;
    }

    now = ngx_shop_notify_store_now();

    if (ngx_shop_notify_tail_new == 0) {
        ngx_shop_notify_tail_new = now;
        return 0;
    }

    if (now >= ngx_shop_notify_tail_new
        && now - ngx_shop_notify_tail_new < NGX_SHOP_NOTIFY_TAIL_LINGER)
    {
        return 0;
    }

    ngx_shop_notify_tail_new = 0;
    ngx_shop_notify_tail_close();

    return ngx_shop_notify_tail_follows(n);
}


/* of several files since, the oldest first: by the time of their last line */

static int
ngx_shop_notify_tail_follows(ngx_shop_notify_t *n)
{
    int              fd;
    DIR             *dir;
    char             path[NGX_SHOP_NOTIFY_PATH * 2];
    char             best[NGX_SHOP_NOTIFY_PATH * 2];
    struct stat      sb, own, oldest;
    struct dirent   *entry;

    best[0] = '\0';
    memset(&own, 0, sizeof(own));
    memset(&oldest, 0, sizeof(oldest));
    fd = ngx_shop_notify_tail_rotated(n, &own);

    if (fd != -1) {
        (void) close(fd);
    }

    (void) ngx_shop_notify_tail_beside(n, path, sizeof(path), "");
    dir = fd != -1 ? opendir(path) : NULL;

    while (dir && (entry = readdir(dir)) != NULL) {
        if (ngx_shop_notify_tail_beside(n, path, sizeof(path), entry->d_name)
            && strstr(entry->d_name, ".gz") == NULL
            && stat(path, &sb) == 0 && S_ISREG(sb.st_mode) && sb.st_size
            && ngx_shop_notify_tail_later(&sb, &own)
            && (best[0] == '\0' || ngx_shop_notify_tail_later(&oldest, &sb)))
        {
            strcpy(best, path);
            oldest = sb;
        }
    }

    if (dir) {
        (void) closedir(dir);
    }

    fd = ngx_shop_infile_open(best[0] ? best : n->conf->log, 0, &sb);

    if (fd == -1) {
        return 0;
    }

    ngx_shop_notify_tail_fd = fd;
    ngx_shop_notify_tail_begin(n, &sb);

    return 1;
}


static int
ngx_shop_notify_tail_later(const struct stat *a, const struct stat *b)
{
    return a->st_mtim.tv_sec != b->st_mtim.tv_sec
           ? a->st_mtim.tv_sec > b->st_mtim.tv_sec
           : a->st_mtim.tv_nsec > b->st_mtim.tv_nsec;
}


static void
ngx_shop_notify_tail_close(void)
{
    (void) close(ngx_shop_notify_tail_fd);
    ngx_shop_notify_tail_fd = -1;
}
