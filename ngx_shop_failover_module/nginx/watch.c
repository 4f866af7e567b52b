
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * Sees a flag file change, has one worker read it, and publishes what it says.
 * inotify tells at once on a local file system; a timer, once a second, finds
 * what inotify cannot (NFS, a directory that was replaced).  No request looks
 * at the file.
 */


#include "nginx/watch.h"
#include "nginx/flagfile.h"
#include "nginx/journal.h"
#include "nginx/stall.h"

#if (NGX_LINUX)
#include <sys/inotify.h>
#endif


/* between two reads that have to agree, ms */
#define NGX_SHOP_FAILOVER_WATCH_SETTLE  3

/* a reader that died is not waited for longer, ms */
#define NGX_SHOP_FAILOVER_WATCH_CLAIM   500


typedef struct ngx_shop_failover_watcher_s  ngx_shop_failover_watcher_t;


/* one read of a flag */
typedef struct {
    ngx_int_t                        rc;          /* of flagfile_read() */
    ngx_err_t                        err;
    size_t                           len;
    ngx_shop_failover_signature_t    sig;
    u_char                           data[NGX_SHOP_FAILOVER_FLAG_MAX_SIZE
                                          + 1];
} ngx_shop_failover_watch_read_t;


typedef struct {
    ngx_shop_failover_timer_t        timer;       /* behind event.data */
    ngx_event_t                      event;       /* the second read */
    ngx_shop_failover_watcher_t     *watcher;
    ngx_shop_failover_flag_conf_t   *conf;
    u_char                          *dir;         /* the flag's directory */
    int                              wd;          /* -1: not watched */
    ngx_err_t                        said;        /* last error logged */
    ngx_shop_failover_watch_read_t  *first;       /* NULL: not reading */
} ngx_shop_failover_watch_flag_t;


struct ngx_shop_failover_watcher_s {
    ngx_shop_failover_timer_t        timer;       /* behind tick.data */
    ngx_event_t                      tick;
    ngx_cycle_t                     *cycle;
    ngx_shop_failover_zone_t        *zone;
    ngx_connection_t                *inotify;     /* NULL: only the timer */
    ngx_shop_failover_watch_flag_t  *flags;
    ngx_uint_t                       nflags;
};


static ngx_int_t ngx_shop_failover_watch_flag(
    ngx_shop_failover_watch_flag_t *f, ngx_shop_failover_watcher_t *w,
    ngx_shop_failover_flag_conf_t *conf);
static void ngx_shop_failover_watch_tick(ngx_event_t *ev);
static void ngx_shop_failover_watch_look(ngx_shop_failover_watch_flag_t *f,
    ngx_uint_t settle);
static void ngx_shop_failover_watch_second(ngx_event_t *ev);
static ngx_shop_failover_watch_read_t *ngx_shop_failover_watch_read(
    ngx_shop_failover_watch_flag_t *f);
static ngx_uint_t ngx_shop_failover_watch_agree(
    ngx_shop_failover_watch_read_t *a, ngx_shop_failover_watch_read_t *b);
static void ngx_shop_failover_watch_publish(ngx_shop_failover_watch_flag_t *f,
    ngx_shop_failover_watch_read_t *read);
static void ngx_shop_failover_watch_say(ngx_shop_failover_watch_flag_t *f,
    ngx_err_t err, const char *what);
static void ngx_shop_failover_watch_warn(ngx_shop_failover_watch_flag_t *f,
    ngx_shop_failover_notice_t *notice);
#if (NGX_LINUX)
static void ngx_shop_failover_watch_inotify(ngx_shop_failover_watcher_t *w);
static void ngx_shop_failover_watch_add(ngx_shop_failover_watch_flag_t *f);
static void ngx_shop_failover_watch_event(ngx_event_t *ev);
#endif


ngx_int_t
ngx_shop_failover_watch_start(ngx_cycle_t *cycle,
    ngx_shop_failover_main_conf_t *smcf)
{
    ngx_uint_t                       i;
    ngx_shop_failover_watcher_t     *w;
    ngx_shop_failover_flag_conf_t  **conf;

    w = ngx_pcalloc(cycle->pool, sizeof(ngx_shop_failover_watcher_t));
    if (w == NULL) {
        return NGX_ERROR;
    }

    w->cycle = cycle;
    w->zone = &smcf->zone;

    conf = smcf->zone.sites.elts;

    w->flags = ngx_pcalloc(cycle->pool, smcf->zone.sites.nelts
                                     * sizeof(ngx_shop_failover_watch_flag_t));
    if (w->flags == NULL) {
        return NGX_ERROR;
    }

    for (i = 0; i < smcf->zone.sites.nelts; i++) {

        if (conf[i]->path.len == 0) {
            continue;
        }

        if (ngx_shop_failover_watch_flag(&w->flags[w->nflags++], w, conf[i])
            != NGX_OK)
        {
            return NGX_ERROR;
        }
    }

#if (NGX_LINUX)
    if (w->nflags) {
        ngx_shop_failover_watch_inotify(w);
    }
#endif

    for (i = 0; i < w->nflags; i++) {
        ngx_shop_failover_watch_look(&w->flags[i], 0);
    }

    ngx_shop_failover_journal_update(w->zone);

    w->timer.data = w;
    w->timer.fd = (ngx_socket_t) -1;

    w->tick.handler = ngx_shop_failover_watch_tick;
    w->tick.data = &w->timer;
    w->tick.log = cycle->log;
    w->tick.cancelable = 1;

    ngx_add_timer(&w->tick, 1000);

    return NGX_OK;
}


static ngx_int_t
ngx_shop_failover_watch_flag(ngx_shop_failover_watch_flag_t *f,
    ngx_shop_failover_watcher_t *w, ngx_shop_failover_flag_conf_t *conf)
{
    u_char  *p;

    f->timer.data = f;
    f->timer.fd = (ngx_socket_t) -1;

    f->event.handler = ngx_shop_failover_watch_second;
    f->event.data = &f->timer;
    f->event.log = w->cycle->log;
    f->event.cancelable = 1;

    f->watcher = w;
    f->conf = conf;
    f->wd = -1;

    for (p = conf->path.data + conf->path.len;
         p > conf->path.data + 1 && p[-1] != '/';
         p--)
    {
        /* void */
    }

    f->dir = ngx_pnalloc(w->cycle->pool, p - conf->path.data + 1);
    if (f->dir == NULL) {
        return NGX_ERROR;
    }

    (void) ngx_cpystrn(f->dir, conf->path.data, p - conf->path.data + 1);

    return NGX_OK;
}


/* at the turn of each second, so that "start" and "until" are on time */

static void
ngx_shop_failover_watch_tick(ngx_event_t *ev)
{
    ngx_shop_failover_timer_t    *timer = ev->data;
    ngx_shop_failover_watcher_t  *w = timer->data;

    ngx_uint_t                    i;
    ngx_time_t                   *tp;

    if (ngx_exiting) {
        return;
    }

    for (i = 0; i < w->nflags; i++) {
#if (NGX_LINUX)
        ngx_shop_failover_watch_add(&w->flags[i]);
#endif
        ngx_shop_failover_watch_look(&w->flags[i], 1);
    }

    if (ngx_shop_failover_board_tick(w->zone, 500)) {
        ngx_shop_failover_journal_update(w->zone);
    }

    tp = ngx_timeofday();

    ngx_add_timer(ev, 1001 - tp->msec);
}


/*
 * Compares what stands on disk with what is published.  Without settle (at
 * the start, before the first request) one read is enough.
 */

static void
ngx_shop_failover_watch_look(ngx_shop_failover_watch_flag_t *f,
    ngx_uint_t settle)
{
    ngx_err_t                      err;
    ngx_shop_failover_signature_t  sig;

    if (f->first) {
        return;
    }

    if (ngx_shop_failover_flagfile_look(&f->conf->path, &sig, &err)
        != NGX_OK)
    {
        ngx_shop_failover_watch_say(f, err, "cannot be looked at, the last "
                                            "known state stays");
        return;
    }

    if (ngx_shop_failover_board_claim(f->watcher->zone, f->conf, &sig,
                                      NGX_SHOP_FAILOVER_WATCH_CLAIM)
        != NGX_OK)
    {
        return;
    }

    f->first = ngx_shop_failover_watch_read(f);

    if (f->first == NULL) {
        ngx_shop_failover_board_abandon(f->watcher->zone, f->conf);
        return;
    }

    if (settle) {
        ngx_add_timer(&f->event, NGX_SHOP_FAILOVER_WATCH_SETTLE);
        return;
    }

    ngx_shop_failover_watch_publish(f, f->first);
    ngx_free(f->first);
    f->first = NULL;
}


static void
ngx_shop_failover_watch_second(ngx_event_t *ev)
{
    ngx_shop_failover_timer_t       *timer = ev->data;
    ngx_shop_failover_watch_flag_t  *f = timer->data;

    ngx_shop_failover_watch_read_t  *second;

    second = ngx_shop_failover_watch_read(f);

    if (second && !ngx_shop_failover_watch_agree(f->first, second)
        && !ngx_exiting)
    {
        /* somebody is writing; the claim runs out if this never ends */

        ngx_free(f->first);
        f->first = second;
        ngx_add_timer(ev, NGX_SHOP_FAILOVER_WATCH_SETTLE);
        return;
    }

    if (second) {
        ngx_shop_failover_watch_publish(f, second);
        ngx_shop_failover_journal_update(f->watcher->zone);
        ngx_free(second);

    } else {
        ngx_shop_failover_board_abandon(f->watcher->zone, f->conf);
    }

    ngx_free(f->first);
    f->first = NULL;
}


static ngx_shop_failover_watch_read_t *
ngx_shop_failover_watch_read(ngx_shop_failover_watch_flag_t *f)
{
    ngx_shop_failover_watch_read_t  *read;

    read = ngx_alloc(sizeof(ngx_shop_failover_watch_read_t),
                     f->watcher->cycle->log);
    if (read == NULL) {
        return NULL;
    }

    read->err = 0;
    read->len = 0;
    read->rc = ngx_shop_failover_flagfile_read(&f->conf->path, &read->sig,
                                               read->data,
                                               NGX_SHOP_FAILOVER_FLAG_MAX_SIZE,
                                               &read->len, &read->err);

    return read;
}


static ngx_uint_t
ngx_shop_failover_watch_agree(ngx_shop_failover_watch_read_t *a,
    ngx_shop_failover_watch_read_t *b)
{
    return a->rc == b->rc && a->err == b->err && a->len == b->len
           && ngx_memcmp(&a->sig, &b->sig, sizeof(a->sig)) == 0
           && ngx_memcmp(a->data, b->data, a->len) == 0;
}


static void
ngx_shop_failover_watch_publish(ngx_shop_failover_watch_flag_t *f,
    ngx_shop_failover_watch_read_t *read)
{
    ngx_shop_failover_notice_t       *notice;
    ngx_shop_failover_board_view_t   *view;

    switch (read->rc) {

    case NGX_DECLINED:
        f->said = 0;
        ngx_shop_failover_board_publish(f->watcher->zone, f->conf, &read->sig,
                                        NULL, 0);
        return;

    case NGX_ERROR:
        ngx_shop_failover_watch_say(f, read->err, "cannot be read, the last "
                                                  "known state stays");
        ngx_shop_failover_board_abandon(f->watcher->zone, f->conf);
        return;

    case NGX_BUSY:
        ngx_shop_failover_watch_say(f, read->err,
                                    read->err == EFBIG
                                    ? "is larger than 16k, closed with the "
                                      "last good text or the default one"
                                    : "cannot be read, closed with the last "
                                      "good text or the default one");
        ngx_shop_failover_board_publish(f->watcher->zone, f->conf, &read->sig,
                                        NULL, read->err);
        return;
    }

    view = ngx_alloc(sizeof(ngx_shop_failover_board_view_t),
                     f->watcher->cycle->log);
    notice = ngx_alloc(sizeof(ngx_shop_failover_notice_t),
                       f->watcher->cycle->log);

    if (view && notice) {
        ngx_shop_failover_board_view(f->watcher->zone, f->conf, view);

        ngx_shop_failover_flag_parse(notice,
                                     view->flag ? &view->notice : NULL,
                                     read->data, read->len,
                                     read->sig.mtime / 1000000000,
                                     ngx_shop_failover_now());

        f->said = 0;
        ngx_shop_failover_watch_warn(f, notice);
        ngx_shop_failover_board_publish(f->watcher->zone, f->conf, &read->sig,
                                        notice, 0);

    } else {
        ngx_shop_failover_board_abandon(f->watcher->zone, f->conf);
    }

    if (view) {
        ngx_free(view);
    }

    if (notice) {
        ngx_free(notice);
    }
}


/* once for each error, not once a second */

static void
ngx_shop_failover_watch_say(ngx_shop_failover_watch_flag_t *f, ngx_err_t err,
    const char *what)
{
    if (f->said == err) {
        return;
    }

    f->said = err;

    ngx_log_error(NGX_LOG_ERR, f->watcher->cycle->log, err,
                  "shop failover: flag \"%V\" %s", &f->conf->path, what);
}


static void
ngx_shop_failover_watch_warn(ngx_shop_failover_watch_flag_t *f,
    ngx_shop_failover_notice_t *notice)
{
    ngx_uint_t                         i;
    ngx_shop_failover_str_t            what;
    ngx_shop_failover_flag_warning_t  *warning;

    for (i = 0; i < notice->nwarnings; i++) {
        warning = &notice->warnings[i];
        what = ngx_shop_failover_flag_text(notice, warning->what);

        ngx_log_error(NGX_LOG_WARN, f->watcher->cycle->log, 0,
                      "shop failover: flag %V:%ui: %s: \"%*s\"",
                      &f->conf->path, (ngx_uint_t) warning->line,
                      ngx_shop_failover_flag_reason(warning->reason),
                      what.len, what.data);
    }
}


#if (NGX_LINUX)

/*
 * Without inotify (too many instances, say) the timer alone still sees every
 * change, within a second.
 */

static void
ngx_shop_failover_watch_inotify(ngx_shop_failover_watcher_t *w)
{
    int                fd;
    ngx_uint_t         i;
    ngx_connection_t  *c;

    fd = inotify_init1(IN_NONBLOCK|IN_CLOEXEC);

    if (fd == -1) {
        ngx_log_error(NGX_LOG_NOTICE, w->cycle->log, ngx_errno,
                      "shop failover: inotify_init1() failed, a flag is seen "
                      "within a second and not at once");
        return;
    }

    c = ngx_get_connection(fd, w->cycle->log);

    if (c == NULL) {
        (void) close(fd);
        return;
    }

    c->data = w;
    c->log = w->cycle->log;
    c->recv = ngx_recv;
    c->read->handler = ngx_shop_failover_watch_event;
    c->read->log = c->log;
    c->write->log = c->log;

    /* told to close when the worker exits, so that no socket is "left open" */

    c->idle = 1;

    if (ngx_add_event(c->read, NGX_READ_EVENT,
                      (ngx_event_flags & NGX_USE_CLEAR_EVENT)
                      ? NGX_CLEAR_EVENT : NGX_LEVEL_EVENT)
        != NGX_OK)
    {
        ngx_close_connection(c);
        return;
    }

    w->inotify = c;

    for (i = 0; i < w->nflags; i++) {
        ngx_shop_failover_watch_add(&w->flags[i]);
    }
}


/* adding what is watched already changes nothing and returns the same wd */

static void
ngx_shop_failover_watch_add(ngx_shop_failover_watch_flag_t *f)
{
    int  wd;

    if (f->watcher->inotify == NULL) {
        return;
    }

    wd = inotify_add_watch(f->watcher->inotify->fd, (char *) f->dir,
                           IN_CREATE|IN_DELETE|IN_MOVED_FROM|IN_MOVED_TO
                           |IN_CLOSE_WRITE|IN_MODIFY|IN_ATTRIB
                           |IN_DELETE_SELF|IN_MOVE_SELF|IN_ONLYDIR);

    if (f->wd != -1 && wd != f->wd) {

        /* another directory stands there now; others may watch the old one */

        (void) inotify_rm_watch(f->watcher->inotify->fd, f->wd);
    }

    f->wd = wd;
}


static void
ngx_shop_failover_watch_event(ngx_event_t *ev)
{
    ngx_connection_t             *c = ev->data;
    ngx_shop_failover_watcher_t  *w = c->data;

    u_char                        buf[4096];
    ssize_t                       n;
    ngx_uint_t                    i;

    if (c->close) {
        w->inotify = NULL;
        ngx_close_connection(c);
        return;
    }

    /* which file it was does not matter: the flag is looked at in any case */

    do {
        n = read(c->fd, buf, sizeof(buf));
    } while (n > 0);

    for (i = 0; i < w->nflags; i++) {
        ngx_shop_failover_watch_look(&w->flags[i], 1);
    }
}

#endif
