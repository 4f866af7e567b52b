
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * Has logic/flag/flagset choose among what was read of a flag, and
 * publishes.  Knows no event and no file.
 */


#include "nginx/watch/watch_read.h"

#include "logic/flag/hosts.h"


/* a flag is read again after this, changed or not; ms */
#define NGX_SHOP_WATCH_READ_AGAIN  10000


/* one choosing among files */
typedef struct {
    ngx_shop_model_zone_t      *zone;
    ngx_shop_flagfile_t        *file;
    ngx_shop_model_flag_t      *conf;
    ngx_shop_board_view_t      *was;
    ngx_shop_flagset_t         *set;
    ngx_array_t                *voices;  /* of _board_reading_t; NULL: out of
                                            memory */
    unsigned                    same:1;  /* as published */
} ngx_shop_watch_read_t;


static ngx_int_t ngx_shop_watch_read_room(ngx_shop_watch_read_t *read);
static void ngx_shop_watch_read_decide(ngx_shop_watch_read_t *read);
static ngx_msec_t ngx_shop_watch_read_again(int64_t next);
static void ngx_shop_watch_read_tell(void *data,
    const ngx_shop_flagset_file_t *file, const ngx_shop_flag_notice_t *notice,
    int error);
static void ngx_shop_watch_read_voice(void *data,
    const ngx_shop_flagset_voice_t *voice);
static void ngx_shop_watch_read_hosts(ngx_shop_watch_read_t *read,
    ngx_str_t *name, const ngx_shop_flag_notice_t *notice);
static ngx_uint_t ngx_shop_watch_read_known(ngx_shop_watch_read_t *read,
    ngx_shop_str_t *host);
static void ngx_shop_watch_read_unreadable(ngx_shop_watch_read_t *read,
    ngx_str_t *name, ngx_err_t err);
static void ngx_shop_watch_read_warn(ngx_shop_watch_read_t *read,
    ngx_str_t *name, const ngx_shop_flag_notice_t *notice);


void
ngx_shop_watch_read_publish(ngx_shop_model_zone_t *zone,
    ngx_shop_model_flag_t *conf, ngx_shop_flagfile_t *file, ngx_log_t *log)
{
    uint32_t                   mute;
    ngx_shop_flagset_t        *set;
    ngx_shop_watch_read_t      read;
    ngx_shop_board_reading_t   reading;

    if (file->rc == NGX_ERROR) {
        ngx_shop_watch_read_trouble(zone, conf, file->err, log);
        ngx_shop_board_flag_abandon(zone, conf);
        return;
    }

    ngx_memzero(&read, sizeof(ngx_shop_watch_read_t));

    read.zone = zone;
    read.file = file;
    read.conf = conf;

    if (ngx_shop_watch_read_room(&read) != NGX_OK) {
        ngx_shop_board_flag_abandon(zone, conf);
        return;
    }

    ngx_shop_watch_read_trouble(zone, conf, 0, log);
    ngx_shop_board_view_flag(zone, conf, read.was);

    read.same = (ngx_memcmp(&read.was->signature, &file->sig,
                            sizeof(ngx_shop_layout_signature_t))
                 == 0);

    ngx_shop_watch_read_decide(&read);

    if (read.voices == NULL) {
        ngx_shop_board_flag_abandon(zone, conf);
        return;
    }

    set = read.set;

    ngx_memzero(&reading, sizeof(ngx_shop_board_reading_t));

    reading.signature = file->sig;
    reading.notice = set->notice;
    reading.error = set->error;
    reading.written = set->file ? set->file->mtime : 0;
    reading.file = set->id;
    reading.asked = set->asked;
    reading.over = set->over;
    reading.rest = set->rest;
    reading.ended = &set->ended;
    reading.reread = ngx_shop_watch_read_again(set->next);
    reading.voices = read.voices;
    mute = zone->sh->mute;

    ngx_shop_board_flag_publish(zone, conf, &reading);

    if (mute != zone->sh->mute && !read.same) {
        ngx_log_error(NGX_LOG_ERR, log, 0,
                      "shop failover: a file with \"hosts\" of flag \"%V\" "
                      "closes nothing: %d of them speak already, or "
                      "\"shop_zone\" has no room", &conf->path,
                      NGX_SHOP_LAYOUT_VOICES);
    }
}


/* in the pool of the read, which ends with it */

static ngx_int_t
ngx_shop_watch_read_room(ngx_shop_watch_read_t *read)
{
    ngx_uint_t                  i;
    ngx_pool_t                 *pool;
    ngx_array_t                *entries;
    ngx_shop_flagset_t         *set;
    ngx_shop_flagset_file_t    *files;
    ngx_shop_flagfile_entry_t  *entry;

    pool = read->file->pool;
    entries = &read->file->entries;

    read->was = ngx_palloc(pool, sizeof(ngx_shop_board_view_t));
    set = ngx_pcalloc(pool, sizeof(ngx_shop_flagset_t));
    files = ngx_palloc(pool, (entries->nelts + 1)
                             * sizeof(ngx_shop_flagset_file_t));

    if (read->was == NULL || set == NULL || files == NULL) {
        return NGX_ERROR;
    }

    read->voices = ngx_array_create(pool, 4, sizeof(ngx_shop_board_reading_t));
    if (read->voices == NULL) {
        return NGX_ERROR;
    }

    for (i = 0; i < 2; i++) {
        set->room[i] = ngx_palloc(pool, sizeof(ngx_shop_flag_notice_t));
        if (set->room[i] == NULL) {
            return NGX_ERROR;
        }
    }

    entry = entries->elts;

    for (i = 0; i < entries->nelts; i++) {
        files[i].name.len = entry[i].name.len;
        files[i].name.data = entry[i].name.data;
        files[i].data.len = entry[i].data.len;
        files[i].data.data = entry[i].data.data;
        files[i].error = entry[i].err;
        files[i].mtime = entry[i].mtime;
        files[i].ctime = entry[i].ctime;
    }

    set->files = files;
    set->nfiles = read->file->many ? NGX_SHOP_FLAGSET_FILES + 1
                                   : (unsigned) entries->nelts;
    read->set = set;

    return NGX_OK;
}


static void
ngx_shop_watch_read_decide(ngx_shop_watch_read_t *read)
{
    ngx_array_t            *voices;
    ngx_shop_flagset_t     *set;
    ngx_shop_board_view_t  *was;

    set = read->set;
    was = read->was;

    voices = ngx_shop_board_voices_were(read->zone, read->conf,
                                        read->file->pool);
    if (voices == NULL) {
        read->voices = NULL;
        return;
    }

    set->voices = voices->elts;
    set->nvoices = (unsigned) voices->nelts;

    if (was->flag) {
        set->was.notice = &was->notice;
        set->was.file = was->file;
        set->was.asked = was->asked;
        set->was.over = was->over;
    }

    set->was.ended = &was->ended;

    set->now = ngx_shop_clock_now();
    set->visit = ngx_shop_watch_read_tell;
    set->voice = ngx_shop_watch_read_voice;
    set->data = read;

    ngx_shop_flagset_decide(set);
}


/* a file with "hosts": as a flag of its own, in the pool of the read */

static void
ngx_shop_watch_read_voice(void *data, const ngx_shop_flagset_voice_t *voice)
{
    ngx_shop_watch_read_t  *read = data;

    ngx_shop_flag_notice_t    *notice;
    ngx_shop_board_reading_t  *reading;

    if (read->voices == NULL || voice->notice->nhosts == 0) {
        return;
    }

    notice = ngx_palloc(read->file->pool, sizeof(ngx_shop_flag_notice_t));
    reading = ngx_array_push(read->voices);

    if (notice == NULL || reading == NULL) {
        read->voices = NULL;
        return;
    }

    ngx_memcpy(notice, voice->notice, sizeof(ngx_shop_flag_notice_t));
    ngx_memzero(reading, sizeof(ngx_shop_board_reading_t));

    reading->notice = notice;
    reading->error = voice->error;
    reading->written = voice->file->mtime;
    reading->file = voice->id;
    reading->asked = voice->asked;
    reading->over = voice->over;
    reading->rest = voice->rest;
    reading->name.len = voice->file->name.len;
    reading->name.data = (u_char *) voice->file->name.data;
}


static ngx_msec_t
ngx_shop_watch_read_again(int64_t next)
{
    int64_t      wait;
    ngx_time_t  *tp;

    if (next == 0) {
        return NGX_SHOP_WATCH_READ_AGAIN;
    }

    tp = ngx_timeofday();
    wait = (next - (int64_t) tp->sec) * 1000 - tp->msec;

    if (wait >= NGX_SHOP_WATCH_READ_AGAIN) {
        return NGX_SHOP_WATCH_READ_AGAIN;
    }

    return wait > 0 ? (ngx_msec_t) wait : 0;
}


void
ngx_shop_watch_read_trouble(ngx_shop_model_zone_t *zone,
    ngx_shop_model_flag_t *conf, ngx_err_t err, ngx_log_t *log)
{
    if (ngx_shop_board_flag_trouble(zone, conf, err) == err) {
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
ngx_shop_watch_read_tell(void *data, const ngx_shop_flagset_file_t *file,
    const ngx_shop_flag_notice_t *notice, int error)
{
    ngx_shop_watch_read_t  *read = data;

    ngx_str_t  name;

    ngx_str_null(&name);

    if (file) {
        name.len = file->name.len;
        name.data = (u_char *) file->name.data;
    }

    if (error) {
        if (!read->same || read->was->error != error) {
            ngx_shop_watch_read_unreadable(read, &name, error);
        }

    } else if (!read->same) {
        ngx_shop_watch_read_warn(read, &name, notice);
        ngx_shop_watch_read_hosts(read, &name, notice);
    }
}


/* a host that no server of the flag has is nobody's, and so a mistake */

static void
ngx_shop_watch_read_hosts(ngx_shop_watch_read_t *read, ngx_str_t *name,
    const ngx_shop_flag_notice_t *notice)
{
    ngx_uint_t      i;
    ngx_shop_str_t  host;

    for (i = 0; i < notice->nhosts; i++) {
        host = ngx_shop_flag_text(notice, notice->hosts[i]);

        if (ngx_shop_watch_read_known(read, &host)) {
            continue;
        }

        ngx_log_error(NGX_LOG_WARN, read->file->pool->log, 0,
                      "shop failover: flag %V%s%V: no server that it closes "
                      "has the host \"%*s\" of \"hosts\": write it as in "
                      "\"server_name\"", &read->conf->path,
                      name->len ? "/" : "", name, host.len, host.data);
    }
}


static ngx_uint_t
ngx_shop_watch_read_known(ngx_shop_watch_read_t *read, ngx_shop_str_t *host)
{
    ngx_str_t               *name;
    ngx_uint_t               i, j;
    ngx_shop_model_site_t  **site;

    site = read->zone->sites.elts;

    for (i = 0; i < read->zone->sites.nelts; i++) {

        if (site[i]->base != read->conf) {
            continue;
        }

        name = site[i]->names.elts;

        for (j = 0; j < site[i]->names.nelts; j++) {
            if (ngx_shop_hosts_meets(host, (ngx_shop_str_t *) &name[j])) {
                return 1;
            }
        }
    }

    return 0;
}


static void
ngx_shop_watch_read_unreadable(ngx_shop_watch_read_t *read, ngx_str_t *name,
    ngx_err_t err)
{
    const char  *what;

    switch (err) {

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
                  (err == EFBIG || err == E2BIG) ? 0 : err,
                  "shop failover: flag \"%V%s%V\" %s: closed, with the last "
                  "good text or the default one", &read->conf->path,
                  name->len ? "/" : "", name, what);
}


static void
ngx_shop_watch_read_warn(ngx_shop_watch_read_t *read, ngx_str_t *name,
    const ngx_shop_flag_notice_t *notice)
{
    ngx_uint_t                      i;
    ngx_shop_str_t                  what;
    const ngx_shop_flag_warning_t  *warning;

    for (i = 0; i < notice->nwarnings; i++) {
        warning = &notice->warnings[i];
        what = ngx_shop_flag_text(notice, warning->what);

        ngx_log_error(NGX_LOG_WARN, read->file->pool->log, 0,
                      "shop failover: flag %V%s%V:%ui: %s: \"%*s\"",
                      &read->conf->path, name->len ? "/" : "",
                      name, (ngx_uint_t) warning->line,
                      ngx_shop_flag_reason(warning->reason),
                      what.len, what.data);
    }
}
