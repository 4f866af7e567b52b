
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * Parses what was read of a flag, chooses among the files of a directory, and
 * publishes.  Knows no event and no file.
 */


#include "nginx/watch_read.h"


/* a flag is read again after this, changed or not; ms */
#define NGX_SHOP_FAILOVER_WATCH_READ_AGAIN  10000


/* one choosing among files; a lower rank is a better claim */
typedef struct {
    ngx_shop_failover_flagfile_t        *file;
    ngx_shop_failover_flag_conf_t       *conf;
    ngx_shop_failover_board_view_t      *was;
    ngx_shop_failover_notice_t          *best;
    ngx_shop_failover_notice_t          *other;
    ngx_shop_failover_flagfile_entry_t  *chosen;
    ngx_uint_t                           rank;
    int64_t                              next;    /* Unix s; 0: none */
    unsigned                             same:1;  /* as published */
} ngx_shop_failover_watch_read_t;


static ngx_int_t ngx_shop_failover_watch_read_room(
    ngx_shop_failover_watch_read_t *read);
static void ngx_shop_failover_watch_read_choose(
    ngx_shop_failover_watch_read_t *read);
static ngx_uint_t ngx_shop_failover_watch_read_rank(
    ngx_shop_failover_watch_read_t *read,
    ngx_shop_failover_flagfile_entry_t *entry);
static uint32_t ngx_shop_failover_watch_read_id(
    ngx_shop_failover_flagfile_entry_t *entry);
static ngx_msec_t ngx_shop_failover_watch_read_again(int64_t next);
static void ngx_shop_failover_watch_read_unreadable(
    ngx_shop_failover_watch_read_t *read,
    ngx_shop_failover_flagfile_entry_t *entry);
static void ngx_shop_failover_watch_read_warn(
    ngx_shop_failover_watch_read_t *read,
    ngx_shop_failover_flagfile_entry_t *entry);


/* ranks; one more is added where "end: healthy" may end it */
#define NGX_SHOP_FAILOVER_WATCH_READ_CLOSES     0
#define NGX_SHOP_FAILOVER_WATCH_READ_ERROR      2
#define NGX_SHOP_FAILOVER_WATCH_READ_BROWSE     4
#define NGX_SHOP_FAILOVER_WATCH_READ_PATHS      6
#define NGX_SHOP_FAILOVER_WATCH_READ_ANNOUNCES  8
#define NGX_SHOP_FAILOVER_WATCH_READ_OVER       10
#define NGX_SHOP_FAILOVER_WATCH_READ_NONE       12


void
ngx_shop_failover_watch_read_publish(ngx_shop_failover_zone_t *zone,
    ngx_shop_failover_flag_conf_t *conf, ngx_shop_failover_flagfile_t *file,
    ngx_log_t *log)
{
    ngx_shop_failover_reading_t     reading;
    ngx_shop_failover_watch_read_t  read;

    if (file->rc == NGX_ERROR) {
        ngx_shop_failover_watch_read_trouble(zone, conf, file->err, log);
        ngx_shop_failover_board_abandon(zone, conf);
        return;
    }

    ngx_memzero(&read, sizeof(ngx_shop_failover_watch_read_t));

    read.file = file;
    read.conf = conf;

    if (ngx_shop_failover_watch_read_room(&read) != NGX_OK) {
        ngx_shop_failover_board_abandon(zone, conf);
        return;
    }

    ngx_shop_failover_watch_read_trouble(zone, conf, 0, log);
    ngx_shop_failover_board_view(zone, conf, read.was);

    read.same = (ngx_memcmp(&read.was->signature, &file->sig,
                            sizeof(ngx_shop_failover_signature_t))
                 == 0);

    ngx_memzero(&reading, sizeof(ngx_shop_failover_reading_t));

    reading.signature = file->sig;

    if (file->rc == NGX_OK) {
        ngx_shop_failover_watch_read_choose(&read);

        reading.notice = read.best;
        reading.error = read.chosen->err;
        reading.written = read.chosen->mtime;
        reading.file = ngx_shop_failover_watch_read_id(read.chosen);
    }

    reading.reread = ngx_shop_failover_watch_read_again(read.next);

    ngx_shop_failover_board_publish(zone, conf, &reading);
}


/* in the pool of the read, which ends with it */

static ngx_int_t
ngx_shop_failover_watch_read_room(ngx_shop_failover_watch_read_t *read)
{
    ngx_pool_t  *pool;

    pool = read->file->pool;

    read->was = ngx_palloc(pool, sizeof(ngx_shop_failover_board_view_t));
    read->best = ngx_palloc(pool, sizeof(ngx_shop_failover_notice_t));
    read->other = ngx_palloc(pool, sizeof(ngx_shop_failover_notice_t));

    return (read->was && read->best && read->other) ? NGX_OK : NGX_ERROR;
}


/* closed while any closes: the strictest counts, of equals the first by name */

static void
ngx_shop_failover_watch_read_choose(ngx_shop_failover_watch_read_t *read)
{
    int64_t                              now, next;
    ngx_uint_t                           i, rank;
    ngx_shop_failover_notice_t          *notice, *prev;
    ngx_shop_failover_flagfile_entry_t  *entry;

    now = ngx_shop_failover_now();
    entry = read->file->entries.elts;
    read->rank = NGX_SHOP_FAILOVER_WATCH_READ_NONE;

    for (i = 0; i < read->file->entries.nelts; i++) {

        prev = (read->was->flag
                && read->was->file
                   == ngx_shop_failover_watch_read_id(&entry[i]))
               ? &read->was->notice : NULL;

        notice = read->other;

        ngx_shop_failover_flag_parse(notice, prev, entry[i].data.data,
                                     entry[i].err ? 0 : entry[i].data.len,
                                     entry[i].mtime, now);

        if (entry[i].err) {
            ngx_shop_failover_watch_read_unreadable(read, &entry[i]);

        } else if (!read->same) {
            ngx_shop_failover_watch_read_warn(read, &entry[i]);
        }

        next = ngx_shop_failover_site_next(notice, now);

        if (next && (read->next == 0 || next < read->next)) {
            read->next = next;
        }

        rank = ngx_shop_failover_watch_read_rank(read, &entry[i]);

        if (rank < read->rank) {
            read->rank = rank;
            read->chosen = &entry[i];
            read->other = read->best;
            read->best = notice;
        }
    }
}


static ngx_uint_t
ngx_shop_failover_watch_read_rank(ngx_shop_failover_watch_read_t *read,
    ngx_shop_failover_flagfile_entry_t *entry)
{
    int64_t                      now;
    ngx_uint_t                   asked, was, rank;
    ngx_shop_failover_notice_t  *notice;

    if (entry->err) {
        return NGX_SHOP_FAILOVER_WATCH_READ_ERROR;
    }

    now = ngx_shop_failover_now();
    notice = read->other;

    was = (read->was->flag
           && read->was->file == ngx_shop_failover_watch_read_id(entry))
          ? read->was->asked : NGX_SHOP_FAILOVER_FLAG_STATE_OPEN;

    asked = ngx_shop_failover_site_flag(notice, was, now);

    if (asked == NGX_SHOP_FAILOVER_FLAG_STATE_OPEN) {
        return notice->start.at > now
               ? NGX_SHOP_FAILOVER_WATCH_READ_ANNOUNCES
               : NGX_SHOP_FAILOVER_WATCH_READ_OVER;
    }

    if (asked == NGX_SHOP_FAILOVER_FLAG_STATE_BROWSE) {
        rank = NGX_SHOP_FAILOVER_WATCH_READ_BROWSE;

    } else if (notice->mode == NGX_SHOP_FAILOVER_FLAG_PATHS_ONLY) {
        rank = NGX_SHOP_FAILOVER_WATCH_READ_PATHS;

    } else {
        rank = NGX_SHOP_FAILOVER_WATCH_READ_CLOSES;
    }

    return rank + (notice->end == NGX_SHOP_FAILOVER_FLAG_END_HEALTHY);
}


/* 0 for a flag that is no directory */

static uint32_t
ngx_shop_failover_watch_read_id(ngx_shop_failover_flagfile_entry_t *entry)
{
    return entry->name.len ? ngx_crc32_short(entry->name.data, entry->name.len)
                           : 0;
}


static ngx_msec_t
ngx_shop_failover_watch_read_again(int64_t next)
{
    int64_t      wait;
    ngx_time_t  *tp;

    if (next == 0) {
        return NGX_SHOP_FAILOVER_WATCH_READ_AGAIN;
    }

    tp = ngx_timeofday();
    wait = (next - (int64_t) tp->sec) * 1000 - tp->msec;

    if (wait >= NGX_SHOP_FAILOVER_WATCH_READ_AGAIN) {
        return NGX_SHOP_FAILOVER_WATCH_READ_AGAIN;
    }

    return wait > 0 ? (ngx_msec_t) wait : 0;
}


void
ngx_shop_failover_watch_read_trouble(ngx_shop_failover_zone_t *zone,
    ngx_shop_failover_flag_conf_t *conf, ngx_err_t err, ngx_log_t *log)
{
    if (ngx_shop_failover_board_trouble(zone, conf, err) == err) {
        return;
    }

    if (err == 0) {
        ngx_log_error(NGX_LOG_NOTICE, log, 0,
                      "shop failover: flag \"%V\" can be looked at again",
                      &conf->path);
        return;
    }

    ngx_log_error(NGX_LOG_ERR, log, err,
                  "shop failover: flag \"%V\" cannot be looked at, the last "
                  "known state stays", &conf->path);
}


/* once, not each time that it is read again */

static void
ngx_shop_failover_watch_read_unreadable(ngx_shop_failover_watch_read_t *read,
    ngx_shop_failover_flagfile_entry_t *entry)
{
    const char  *what;

    if (read->same && read->was->error == entry->err) {
        return;
    }

    switch (entry->err) {

    case EFBIG:
        what = "is larger than 16k";
        break;

    case E2BIG:
        what = "has more than 64 files";
        break;

    default:
        what = "cannot be read";
    }

    ngx_log_error(NGX_LOG_ERR, read->file->pool->log,
                  (entry->err == EFBIG || entry->err == E2BIG) ? 0
                                                               : entry->err,
                  "shop failover: flag \"%V%s%V\" %s: closed, with the last "
                  "good text or the default one", &read->conf->path,
                  entry->name.len ? "/" : "", &entry->name, what);
}


static void
ngx_shop_failover_watch_read_warn(ngx_shop_failover_watch_read_t *read,
    ngx_shop_failover_flagfile_entry_t *entry)
{
    ngx_uint_t                         i;
    ngx_shop_failover_str_t            what;
    ngx_shop_failover_notice_t        *notice;
    ngx_shop_failover_flag_warning_t  *warning;

    notice = read->other;

    for (i = 0; i < notice->nwarnings; i++) {
        warning = &notice->warnings[i];
        what = ngx_shop_failover_flag_text(notice, warning->what);

        ngx_log_error(NGX_LOG_WARN, read->file->pool->log, 0,
                      "shop failover: flag %V%s%V:%ui: %s: \"%*s\"",
                      &read->conf->path, entry->name.len ? "/" : "",
                      &entry->name, (ngx_uint_t) warning->line,
                      ngx_shop_failover_flag_reason(warning->reason),
                      what.len, what.data);
    }
}
