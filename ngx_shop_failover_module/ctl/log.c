
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * The event log, for shopctl.  One transition a line: even of a bad year it
 * fits into memory, and is read whole so that a pipe will do.
 */


#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

#include "ctl/log.h"
#include "ctl/infile.h"


static int ngx_shop_log_open(const char *path);
static int ngx_shop_log_large(const char *path);
static int ngx_shop_log_bytes(ngx_shop_log_t *log, int fd, const char *path);
static int ngx_shop_log_plain(ngx_shop_log_t *log, const char *path);
static void ngx_shop_log_sort(ngx_shop_log_t *files, unsigned n);
static int ngx_shop_log_append(ngx_shop_log_t *log,
    const ngx_shop_log_t *file);
static int ngx_shop_log_keep(ngx_shop_log_t *log, unsigned n,
    const ngx_shop_incident_t *incident);


int
ngx_shop_log_read(ngx_shop_log_t *log, const char *path)
{
    int  fd, rc;

    fd = ngx_shop_log_open(path);

    if (fd == -1) {
        return NGX_SHOP_ERROR;
    }

    rc = ngx_shop_log_bytes(log, fd, path);

    if (fd != STDIN_FILENO) {
        (void) close(fd);
    }

    return rc == NGX_SHOP_OK ? ngx_shop_log_plain(log, path) : rc;
}


static int
ngx_shop_log_open(const char *path)
{
    int          fd;
    struct stat  sb;

    if (strcmp(path, "-") == 0) {
        return STDIN_FILENO;
    }

    fd = ngx_shop_infile_open(path, 1, &sb);

    if (fd == -1 && (sb.st_mode == 0 || S_ISDIR(sb.st_mode))) {
        ngx_shop_infile_refused(path, &sb);

    } else if (fd == -1) {
        (void) ngx_shop_say_error("\"%s\" is no file, but a device, "
                                  "a pipe or a socket; of a pipe "
                                  "write: shopctl report - < %s",
                                  path, path);

    } else if (S_ISREG(sb.st_mode) && sb.st_size > NGX_SHOP_LOG_MAX) {
        (void) ngx_shop_log_large(path);
        (void) close(fd);

    } else {
        return fd;
    }

    return -1;
}


static int
ngx_shop_log_large(const char *path)
{
    (void) ngx_shop_say_error("\"%s\" is larger than %d MB: that is "
                              "no log of events; give it a part of "
                              "it, such as: tail -n 10000 LOG | "
                              "shopctl report -", path,
                              NGX_SHOP_LOG_MAX >> 20);

    return NGX_SHOP_ERROR;
}


static int
ngx_shop_log_bytes(ngx_shop_log_t *log, int fd, const char *path)
{
    void     *p;
    ssize_t   n;

    do {
        if (log->room - log->size < 65536) {
            log->room = 2 * log->room + 131072;

            p = realloc(log->data, log->room);
            if (p == NULL) {
                (void) ngx_shop_say_error("no memory");
                return NGX_SHOP_ERROR;
            }

            log->data = p;
        }

        n = read(fd, log->data + log->size, 65535);

        if (n == -1) {
            (void) ngx_shop_say_errno(errno, "cannot read \"%s\"", path);
            return NGX_SHOP_ERROR;
        }

        log->size += (size_t) n;

        if (log->size > NGX_SHOP_LOG_MAX) {
            return ngx_shop_log_large(path);
        }

    } while (n);

    return NGX_SHOP_OK;
}


/*
 * There is room.  A line that was cut off ends: what follows from another file
 * is not its rest.
 */

static int
ngx_shop_log_plain(ngx_shop_log_t *log, const char *path)
{
    if (log->size >= 2 && memcmp(log->data, "\x1F\x8B", 2) == 0) {
        (void) ngx_shop_say_error("\"%s\" is compressed; write: "
                                  "zcat %s | shopctl report -",
                                  path, path);
        return NGX_SHOP_ERROR;
    }

    if (log->size && log->data[log->size - 1] != '\n') {
        log->data[log->size++] = '\n';
    }

    return NGX_SHOP_OK;
}


int
ngx_shop_log_join(ngx_shop_log_t *log, const char *const *paths, unsigned n)
{
    int                    rc;
    unsigned               i;
    static ngx_shop_log_t  files[NGX_SHOP_OPTIONS_MAX];

    rc = NGX_SHOP_OK;

    for (i = 0; i < n && rc == NGX_SHOP_OK; i++) {
        rc = ngx_shop_log_read(&files[i], paths[i]);
    }

    ngx_shop_log_sort(files, i);

    for (i = 0; i < n; i++) {

        if (rc == NGX_SHOP_OK) {
            rc = ngx_shop_log_append(log, &files[i]);
        }

        free(files[i].data);
    }

    return rc;
}


/* by the time of the first event; files without any come first */

static void
ngx_shop_log_sort(ngx_shop_log_t *files, unsigned n)
{
    int64_t           begin[NGX_SHOP_OPTIONS_MAX], at;
    unsigned          i, k;
    ngx_shop_log_t    file;
    ngx_shop_event_t  event;

    for (i = 0; i < n; i++) {
        file = files[i];
        at = ngx_shop_log_next(&file, &event) == NGX_SHOP_OK ? event.time : 0;

        for (k = i; k && begin[k - 1] > at; k--) {
            files[k] = files[k - 1];
            begin[k] = begin[k - 1];
        }

        files[k] = file;
        begin[k] = at;
    }
}


static int
ngx_shop_log_append(ngx_shop_log_t *log, const ngx_shop_log_t *file)
{
    void  *p;

    if (file->size == 0) {
        return NGX_SHOP_OK;
    }

    if (log->size + file->size > NGX_SHOP_LOG_MAX) {
        return ngx_shop_log_large("all of them");
    }

    p = realloc(log->data, log->size + file->size);

    if (p == NULL) {
        (void) ngx_shop_say_error("no memory");
        return NGX_SHOP_ERROR;
    }

    log->data = p;
    memcpy(log->data + log->size, file->data, file->size);
    log->size += file->size;

    return NGX_SHOP_OK;
}


/* what stands before the "{" is what syslog puts there */

int
ngx_shop_log_next(ngx_shop_log_t *log, ngx_shop_event_t *event)
{
    const char            *reason;
    ngx_shop_str_t         line;
    const unsigned char   *p, *last, *end;

    last = log->data + log->size;

    while (log->pos < log->size) {

        p = log->data + log->pos;
        end = memchr(p, '\n', (size_t) (last - p));
        end = end ? end : last;

        log->pos = (size_t) (end - log->data) + 1;

        line.data = memchr(p, '{', (size_t) (end - p));
        line.len = line.data ? (size_t) (end - line.data) : 0;

        if (line.data
            && ngx_shop_event_read(event, &line, &reason)
               == NGX_SHOP_OK)
        {
            return NGX_SHOP_OK;
        }

        log->skipped++;
    }

    return NGX_SHOP_DECLINED;
}


int
ngx_shop_log_fold(ngx_shop_log_t *log)
{
    unsigned                          place;
    ngx_shop_event_t                  event;
    ngx_shop_incident_t              *incident;
    static unsigned                   which[NGX_SHOP_INCIDENTS];
    static ngx_shop_incident_fold_t   fold;

    log->pos = 0;
    log->skipped = 0;

    while (ngx_shop_log_next(log, &event) == NGX_SHOP_OK) {

        if (ngx_shop_incident_fold(&fold, &event, &incident)
            == NGX_SHOP_INCIDENT_BEGUN)
        {
            place = (unsigned) (incident - fold.incidents);
            which[place] = log->nincidents++;
        }

        /* one that a restart cut off changes without an event of its own */

        for (place = 0; place < NGX_SHOP_INCIDENTS; place++) {

            if (fold.incidents[place].number
                && ngx_shop_log_keep(log, which[place],
                                     &fold.incidents[place])
                   != NGX_SHOP_OK)
            {
                return NGX_SHOP_ERROR;
            }
        }
    }

    return NGX_SHOP_OK;
}


static int
ngx_shop_log_keep(ngx_shop_log_t *log, unsigned n,
    const ngx_shop_incident_t *incident)
{
    void             *p;
    static unsigned   room;

    if (n >= room) {
        room = 2 * n + 16;

        p = realloc(log->incidents, room * sizeof(ngx_shop_incident_t));
        if (p == NULL) {
            (void) ngx_shop_say_error("no memory");
            return NGX_SHOP_ERROR;
        }

        log->incidents = p;
    }

    log->incidents[n] = *incident;

    return NGX_SHOP_OK;
}
