
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * Sees a flag file change, has one worker read it, and publishes what it says.
 * inotify tells at once on a local file system; a timer, once a second, finds
 * what inotify cannot (NFS, a directory that was replaced).  No request looks
 * at the file.
 */


#include "nginx/watch/watch.h"
#include "nginx/watch/watch_read.h"
#include "nginx/watch/flagfile.h"
#include "nginx/journal/journal.h"
#include "nginx/timer.h"

#include "state/ledger.h"
#include "state/readfile.h"

#if (NGX_LINUX)
#include <sys/inotify.h>
#endif


/*
 * Between two reads that have to agree, ms; longer where a file may have been
 * moved away, as an editor does before it writes the new one
 */
#define NGX_SHOP_WATCH_SETTLE  2
#define NGX_SHOP_WATCH_MOVED   20

/* what comes and goes, and what becomes of that which stands there */
#define NGX_SHOP_WATCH_NAMES                                                  \
    (IN_CREATE|IN_DELETE|IN_MOVED_FROM|IN_MOVED_TO|IN_DELETE_SELF             \
     |IN_MOVE_SELF)
#define NGX_SHOP_WATCH_BYTES  (IN_CLOSE_WRITE|IN_MODIFY|IN_ATTRIB)

/* a reader that died is not waited for longer, ms */
#define NGX_SHOP_WATCH_CLAIM   500


typedef struct ngx_shop_watcher_s  ngx_shop_watcher_t;


typedef struct {
    ngx_shop_timer_t        timer;        /* the second read */
    ngx_shop_watcher_t     *watcher;
    ngx_shop_model_flag_t  *conf;
    u_char                 *dir;         /* where the flag stands */
    int                     wd;          /* of dir; -1: not watched */
    int                     wd_self;     /* of the flag itself */
    ngx_shop_flagfile_t    *first;       /* NULL: not reading */
} ngx_shop_watch_flag_t;


struct ngx_shop_watcher_s {
    ngx_shop_timer_t        timer;
    ngx_cycle_t            *cycle;
    ngx_shop_model_zone_t  *zone;
    ngx_connection_t       *inotify;     /* NULL: only the timer */
    ngx_msec_t              gap;         /* before a flag is gone */
    ngx_shop_watch_flag_t  *flags;
    ngx_uint_t              nflags;
};


static ngx_int_t ngx_shop_watch_flag(ngx_shop_watch_flag_t *f,
    ngx_shop_watcher_t *w, ngx_shop_model_flag_t *conf);
static void ngx_shop_watch_tick(ngx_event_t *ev);
static ngx_uint_t ngx_shop_watch_over(ngx_shop_watcher_t *w);
static void ngx_shop_watch_look(ngx_shop_watch_flag_t *f, ngx_uint_t settle);
static void ngx_shop_watch_second(ngx_event_t *ev);
static void ngx_shop_watch_settle(ngx_shop_watch_flag_t *f,
    ngx_shop_flagfile_t *file);
#if (NGX_LINUX)
static void ngx_shop_watch_inotify(ngx_shop_watcher_t *w);
static void ngx_shop_watch_add(ngx_shop_watch_flag_t *f);
static int ngx_shop_watch_path(ngx_shop_watcher_t *w, u_char *path, int was,
    uint32_t mask);
static ngx_uint_t ngx_shop_watch_moved(u_char *buf, ssize_t n);
static void ngx_shop_watch_event(ngx_event_t *ev);
#endif


ngx_int_t
ngx_shop_watch_start(ngx_cycle_t *cycle, ngx_shop_conf_main_t *smcf)
{
    ngx_uint_t               i;
    ngx_shop_watcher_t      *w;
    ngx_shop_model_flag_t  **conf;

    w = ngx_pcalloc(cycle->pool, sizeof(ngx_shop_watcher_t));
    if (w == NULL) {
        return NGX_ERROR;
    }

    w->cycle = cycle;
    w->gap = NGX_SHOP_WATCH_MOVED;
    w->zone = &smcf->zone;

    if (ngx_shop_board_attach(w->zone, cycle->pool) != NGX_OK) {
        return NGX_ERROR;
    }

    conf = smcf->zone.flags.elts;

    w->flags = ngx_pcalloc(cycle->pool, smcf->zone.flags.nelts
                           * sizeof(ngx_shop_watch_flag_t));
    if (w->flags == NULL) {
        return NGX_ERROR;
    }

    for (i = 0; i < smcf->zone.flags.nelts; i++) {
        if (ngx_shop_watch_flag(&w->flags[w->nflags++], w, conf[i])
            != NGX_OK)
        {
            return NGX_ERROR;
        }
    }

#if (NGX_LINUX)
    if (w->nflags) {
        ngx_shop_watch_inotify(w);
    }
#endif

    for (i = 0; i < w->nflags; i++) {
        ngx_shop_watch_look(&w->flags[i], 0);
    }

    ngx_shop_journal_update(w->zone);

    ngx_shop_timer_init(&w->timer, ngx_shop_watch_tick, w, cycle->log);

    ngx_add_timer(&w->timer.event, 1000);

    return NGX_OK;
}


static ngx_int_t
ngx_shop_watch_flag(ngx_shop_watch_flag_t *f, ngx_shop_watcher_t *w,
    ngx_shop_model_flag_t *conf)
{
    size_t  len;

    ngx_shop_timer_init(&f->timer, ngx_shop_watch_second, f, w->cycle->log);

    f->watcher = w;
    f->conf = conf;
    f->wd = -1;
    f->wd_self = -1;

    len = ngx_shop_readfile_parent(&conf->path);

    f->dir = ngx_pnalloc(w->cycle->pool, len + 1);
    if (f->dir == NULL) {
        return NGX_ERROR;
    }

    (void) ngx_cpystrn(f->dir, conf->path.data, len + 1);

    return NGX_OK;
}


/* at the turn of each second, so that "start" and "until" are on time */

static void
ngx_shop_watch_tick(ngx_event_t *ev)
{
    ngx_shop_watcher_t      *w = ngx_shop_timer_data(ev);

    ngx_uint_t               i;
    ngx_time_t              *tp;

    if (ngx_shop_watch_over(w)) {
        return;
    }

    for (i = 0; i < w->nflags; i++) {
#if (NGX_LINUX)
        ngx_shop_watch_add(&w->flags[i]);
#endif
        ngx_shop_watch_look(&w->flags[i], 1);
    }

    ngx_shop_ledger_flush(w->zone);

    if (ngx_shop_board_tick(w->zone, 500)) {
        ngx_shop_journal_update(w->zone);
    }

    tp = ngx_timeofday();

    ngx_add_timer(ev, 1001 - tp->msec);
}


/* this worker leaves, or others have taken over: they look at the flags */

static ngx_uint_t
ngx_shop_watch_over(ngx_shop_watcher_t *w)
{
    return ngx_exiting || ngx_terminate || ngx_quit
           || ngx_shop_zone_superseded(w->zone);
}


/*
 * Compares what stands on disk with what is published.  Without settle (at
 * the start, before the first request) one read is enough.
 */

static void
ngx_shop_watch_look(ngx_shop_watch_flag_t *f, ngx_uint_t settle)
{
    ngx_err_t                    err;
    ngx_int_t                    rc;
    ngx_log_t                   *log;
    ngx_shop_model_zone_t       *zone;
    ngx_shop_layout_signature_t  sig;

    if (f->first || ngx_shop_watch_over(f->watcher)) {
        return;
    }

    log = f->watcher->cycle->log;
    zone = f->watcher->zone;

    if (ngx_shop_flagfile_look(&f->conf->path, &sig, &err, log) != NGX_OK) {
        ngx_shop_watch_read_trouble(zone, f->conf, err, log);
        return;
    }

    rc = ngx_shop_board_flag_claim(zone, f->conf, &sig, NGX_SHOP_WATCH_CLAIM);

    if (rc == NGX_DECLINED) {
        ngx_shop_watch_read_trouble(zone, f->conf, 0, log);
    }

    if (rc != NGX_OK) {
        return;
    }

    f->first = ngx_shop_flagfile_read(&f->conf->path, log);

    if (f->first == NULL) {
        ngx_shop_board_flag_abandon(zone, f->conf);
        return;
    }

    if (settle) {
        ngx_shop_watch_settle(f, f->first);
        return;
    }

    ngx_shop_watch_read_publish(zone, f->conf, f->first, log);
    ngx_shop_flagfile_free(f->first);
    f->first = NULL;
}


static void
ngx_shop_watch_settle(ngx_shop_watch_flag_t *f, ngx_shop_flagfile_t *file)
{
    f->first = file;

    ngx_add_timer(&f->timer.event,
                  file->rc == NGX_DECLINED
                             ? f->watcher->gap
                             : NGX_SHOP_WATCH_SETTLE);
}


static void
ngx_shop_watch_second(ngx_event_t *ev)
{
    ngx_shop_watch_flag_t   *f = ngx_shop_timer_data(ev);

    ngx_log_t               *log;
    ngx_shop_model_zone_t   *zone;
    ngx_shop_flagfile_t     *first, *second;

    log = f->watcher->cycle->log;
    zone = f->watcher->zone;

    first = f->first;
    f->first = NULL;

    if (ngx_shop_watch_over(f->watcher)) {
        ngx_shop_board_flag_abandon(zone, f->conf);
        ngx_shop_flagfile_free(first);
        return;
    }

    second = ngx_shop_flagfile_read(&f->conf->path, log);

    if (second == NULL) {
        ngx_shop_board_flag_abandon(zone, f->conf);

    } else if (ngx_shop_flagfile_read_agree(first, second)) {
        ngx_shop_watch_read_publish(zone, f->conf, second, log);
        ngx_shop_flagfile_free(second);
        ngx_shop_journal_update(zone);

    } else {
        /* somebody is writing; the claim runs out if this never ends */

        ngx_shop_watch_settle(f, second);
    }

    ngx_shop_flagfile_free(first);

#if (NGX_LINUX)
    ngx_shop_watch_add(f);
#endif
}


#if (NGX_LINUX)

/*
 * Without inotify (too many instances, say) the timer alone still sees every
 * change, within a second.
 */

static void
ngx_shop_watch_inotify(ngx_shop_watcher_t *w)
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
    c->read->handler = ngx_shop_watch_event;
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
        ngx_shop_watch_add(&w->flags[i]);
    }
}


/*
 * Both where the flag stands (it comes, goes, is renamed over) and the flag
 * itself: that is the files of a directory, or the target of a symlink.  What
 * is written beside the flag, an access log perhaps, wakes nobody.
 */

static void
ngx_shop_watch_add(ngx_shop_watch_flag_t *f)
{
    ngx_shop_watcher_t  *w;

    w = f->watcher;

    if (w->inotify == NULL) {
        return;
    }

    f->wd = ngx_shop_watch_path(w, f->dir, f->wd,
                                NGX_SHOP_WATCH_NAMES
                                |IN_ONLYDIR);
    f->wd_self = ngx_shop_watch_path(w, f->conf->path.data,
                                     f->wd_self,
                                     NGX_SHOP_WATCH_NAMES
                                     |NGX_SHOP_WATCH_BYTES);
}


/*
 * Adding what is watched already changes nothing and returns the same number.
 * The masks of one inode are added up, as a flag may be the directory of
 * another.
 */

static int
ngx_shop_watch_path(ngx_shop_watcher_t *w, u_char *path, int was,
    uint32_t mask)
{
    int  wd;

    wd = inotify_add_watch(w->inotify->fd, (char *) path, mask|IN_MASK_ADD);

    if (was != -1 && wd != was) {

        /*
         * Something else stands there now.  Whoever watches the old one, too,
         * adds it again within a second.
         */

        (void) inotify_rm_watch(w->inotify->fd, was);
    }

    return wd;
}


/* whether a file was moved away; "rm" is another event, inotify(7) */

static ngx_uint_t
ngx_shop_watch_moved(u_char *buf, ssize_t n)
{
    u_char                *p;
    struct inotify_event  *event;

    for (p = buf; p < buf + n; p += sizeof(*event) + event->len) {
        event = (struct inotify_event *) (void *) p;

        if (event->mask & (IN_MOVED_FROM|IN_MOVE_SELF|IN_Q_OVERFLOW)) {
            return 1;
        }
    }

    return 0;
}


static void
ngx_shop_watch_event(ngx_event_t *ev)
{
    ngx_connection_t    *c = ev->data;
    ngx_shop_watcher_t  *w = c->data;

    u_char                        buf[4096]
                           __attribute__((aligned(sizeof(void *))));
    ssize_t                       n;
    ngx_uint_t                    i;

    if (c->close) {
        w->inotify = NULL;
        ngx_close_connection(c);
        return;
    }

    /* which file it was does not matter: the flag is looked at in any case */

    w->gap = NGX_SHOP_WATCH_SETTLE;

    while ((n = read(c->fd, buf, sizeof(buf))) > 0) {
        if (ngx_shop_watch_moved(buf, n)) {
            w->gap = NGX_SHOP_WATCH_MOVED;
        }
    }

    for (i = 0; i < w->nflags; i++) {
        ngx_shop_watch_add(&w->flags[i]);
        ngx_shop_watch_look(&w->flags[i], 1);
    }

    w->gap = NGX_SHOP_WATCH_MOVED;
}

#endif
