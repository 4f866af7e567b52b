
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * The event log, for shopctl.  One transition a line: even of a bad year it
 * fits into memory, and is read whole so that a pipe will do.
 */


#include <errno.h>
#include <stdlib.h>

#include "ctl/log.h"


static int ngx_shop_failover_log_keep(ngx_shop_failover_log_t *log,
    unsigned n, const ngx_shop_failover_incident_t *incident);


int
ngx_shop_failover_log_read(ngx_shop_failover_log_t *log, const char *path)
{
    int      failed;
    FILE    *in;
    size_t   n;
    void    *p;

    in = strcmp(path, "-") == 0 ? stdin : fopen(path, "r");

    if (in == NULL) {
        (void) ngx_shop_failover_say_errno(errno, "cannot read \"%s\"", path);
        return NGX_SHOP_FAILOVER_ERROR;
    }

    do {
        if (log->room - log->size < 65536) {
            log->room = 2 * log->room + 131072;

            p = realloc(log->data, log->room);
            if (p == NULL) {
                (void) ngx_shop_failover_say_error("no memory");
                return NGX_SHOP_FAILOVER_ERROR;
            }

            log->data = p;
        }

        n = fread(log->data + log->size, 1, 65536, in);
        log->size += n;

    } while (n);

    failed = ferror(in) ? errno : 0;

    if (in != stdin) {
        (void) fclose(in);
    }

    if (failed) {
        (void) ngx_shop_failover_say_errno(failed, "cannot read \"%s\"",
                                           path);
        return NGX_SHOP_FAILOVER_ERROR;
    }

    return NGX_SHOP_FAILOVER_OK;
}


/* what stands before the "{" is what syslog puts there */

int
ngx_shop_failover_log_next(ngx_shop_failover_log_t *log,
    ngx_shop_failover_event_t *event)
{
    const char               *reason;
    const unsigned char      *p, *last, *end;
    ngx_shop_failover_str_t   line;

    last = log->data + log->size;

    while (log->pos < log->size) {

        p = log->data + log->pos;
        end = memchr(p, '\n', (size_t) (last - p));
        end = end ? end : last;

        log->pos = (size_t) (end - log->data) + 1;

        line.data = memchr(p, '{', (size_t) (end - p));
        line.len = line.data ? (size_t) (end - line.data) : 0;

        if (line.data
            && ngx_shop_failover_event_read(event, &line, &reason)
               == NGX_SHOP_FAILOVER_OK)
        {
            return NGX_SHOP_FAILOVER_OK;
        }

        log->skipped++;
    }

    return NGX_SHOP_FAILOVER_DECLINED;
}


int
ngx_shop_failover_log_fold(ngx_shop_failover_log_t *log)
{
    unsigned                                   place;
    ngx_shop_failover_event_t                  event;
    ngx_shop_failover_incident_t              *incident;
    static unsigned                            which
                                               [NGX_SHOP_FAILOVER_INCIDENTS];
    static ngx_shop_failover_incident_fold_t   fold;

    log->pos = 0;
    log->skipped = 0;

    while (ngx_shop_failover_log_next(log, &event) == NGX_SHOP_FAILOVER_OK) {

        if (ngx_shop_failover_incident_fold(&fold, &event, &incident)
            == NGX_SHOP_FAILOVER_INCIDENT_BEGUN)
        {
            place = (unsigned) (incident - fold.incidents);
            which[place] = log->nincidents++;
        }

        /* one that a restart cut off changes without an event of its own */

        for (place = 0; place < NGX_SHOP_FAILOVER_INCIDENTS; place++) {

            if (fold.incidents[place].number
                && ngx_shop_failover_log_keep(log, which[place],
                                              &fold.incidents[place])
                   != NGX_SHOP_FAILOVER_OK)
            {
                return NGX_SHOP_FAILOVER_ERROR;
            }
        }
    }

    return NGX_SHOP_FAILOVER_OK;
}


static int
ngx_shop_failover_log_keep(ngx_shop_failover_log_t *log, unsigned n,
    const ngx_shop_failover_incident_t *incident)
{
    void             *p;
    static unsigned   room;

    if (n >= room) {
        room = 2 * n + 16;

        p = realloc(log->incidents,
                    room * sizeof(ngx_shop_failover_incident_t));
        if (p == NULL) {
            (void) ngx_shop_failover_say_error("no memory");
            return NGX_SHOP_FAILOVER_ERROR;
        }

        log->incidents = p;
    }

    log->incidents[n] = *incident;

    return NGX_SHOP_FAILOVER_OK;
}
