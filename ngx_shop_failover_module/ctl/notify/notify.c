
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * shopctl-notify: tells people what the event log tells.  Reads, decides, puts
 * on disk what it has decided, and only then sends.
 */


#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "ctl/examples.h"
#include "ctl/notify/notify_inside.h"
#include "ctl/options.h"
#include "logic/text/version.h"


/* ms between two looks at the log; of writes that fail */
#define NGX_SHOP_NOTIFY_LOOK     250
#define NGX_SHOP_NOTIFY_AGAIN    5000

/* bytes of the log between two writes of the state */
#define NGX_SHOP_NOTIFY_BATCH    (8 * 1024 * 1024)


static int ngx_shop_notify_run(ngx_shop_notify_t *n);
static void ngx_shop_notify_send(ngx_shop_notify_t *n, unsigned route,
    int64_t now);
static int ngx_shop_notify_begin(ngx_shop_notify_t *n);
static int ngx_shop_notify_lock(const ngx_shop_notify_t *n);
static void ngx_shop_notify_read(ngx_shop_notify_t *n, int64_t now);
static void ngx_shop_notify_lines(ngx_shop_notify_t *n,
    const unsigned char *p, size_t size, int64_t now);
static void ngx_shop_notify_save(ngx_shop_notify_t *n, int64_t now);
static int64_t ngx_shop_notify_due(const ngx_shop_notify_t *n, int64_t now);
static int ngx_shop_notify_check(ngx_shop_notify_t *n);
static void ngx_shop_notify_signal(int signo);


static const ngx_shop_options_entry_t  ngx_shop_notify_options[] = {
    { "config", NGX_SHOP_OPTIONS_VALUE, "FILE",
      "its configuration, else " NGX_SHOP_NOTIFY_CONF },
    { "check", NGX_SHOP_OPTIONS_SWITCH, NULL,
      "reads the configuration and the files with secrets, and ends" },
    { "test", NGX_SHOP_OPTIONS_SWITCH, NULL,
      "sends a marked drill through every route, and ends" },
    { "status", NGX_SHOP_OPTIONS_SWITCH, NULL,
      "shows when each route was last proved and used, and ends" },
    { NULL, NGX_SHOP_OPTIONS_SWITCH, NULL, NULL }
};


static volatile sig_atomic_t    ngx_shop_notify_ends;
static ngx_shop_notify_t        ngx_shop_notify_all;
static ngx_shop_notify_conf_t   ngx_shop_notify_all_conf;


int
main(int argc, char **argv)
{
    const char                 *path;
    ngx_shop_notify_t          *n;
    static ngx_shop_options_t   o;

    tzset();

    if (argc == 2 && strcmp(argv[1], "--version") == 0) {
        puts("shopctl-notify " NGX_SHOP_VERSION);
        return NGX_SHOP_SAY_YES;
    }

    if (argc == 2 && (strcmp(argv[1], "--help") == 0
                      || strcmp(argv[1], "-h") == 0))
    {
        puts("usage: shopctl notify [--config FILE] [--check | --test | "
             "--status]\n\nfollows the event log, and tells people\n");
        ngx_shop_options_usage(stdout, ngx_shop_notify_options);
        ngx_shop_examples_show(stdout, "notify");
        return NGX_SHOP_SAY_YES;
    }

    if (ngx_shop_options_parse(&o, "notify", ngx_shop_notify_options, argc - 1,
                               argv + 1)
        != NGX_SHOP_OK)
    {
        return NGX_SHOP_SAY_ERROR;
    }

    path = ngx_shop_options_setting(&o, "config", "SHOP_NOTIFY",
                                    NGX_SHOP_NOTIFY_CONF);
    n = &ngx_shop_notify_all;
    n->conf = &ngx_shop_notify_all_conf;

    if (ngx_shop_notify_conf_read(n->conf, path) != NGX_SHOP_OK
        || ngx_shop_notify_store_load(n) != NGX_SHOP_OK
        || ngx_shop_notify_send_init() != NGX_SHOP_OK)
    {
        return NGX_SHOP_SAY_ERROR;
    }

    (void) signal(SIGPIPE, SIG_IGN);
    (void) signal(SIGXFSZ, SIG_IGN);

    return ngx_shop_options_get(&o, "check") ? ngx_shop_notify_check(n)
           : ngx_shop_options_get(&o, "test") ? ngx_shop_notify_proof_test(n)
           : ngx_shop_options_get(&o, "status")
             ? ngx_shop_notify_proof_status(n, ngx_shop_notify_store_now())
           : ngx_shop_notify_run(n);
}


static int
ngx_shop_notify_check(ngx_shop_notify_t *n)
{
    int       rc;
    char      secret[NGX_SHOP_NOTIFY_SECRET];
    unsigned  i;

    for (i = 0, rc = NGX_SHOP_OK; i < n->conf->nroutes; i++) {

        if (n->conf->routes[i].url_file) {
            rc |= ngx_shop_notify_conf_secret(n->conf->routes[i].url_file,
                                              secret, sizeof(secret));
        }

        if (n->conf->routes[i].key_file) {
            rc |= ngx_shop_notify_conf_secret(n->conf->routes[i].key_file,
                                              secret, sizeof(secret));
        }
    }

    memset(secret, 0, sizeof(secret));

    if (rc != NGX_SHOP_OK) {
        return NGX_SHOP_SAY_ERROR;
    }

    printf("%u routes, all is well\n", n->conf->nroutes);

    return NGX_SHOP_SAY_YES;
}


static int
ngx_shop_notify_run(ngx_shop_notify_t *n)
{
    int64_t   now, wait;
    unsigned  i;

    if (ngx_shop_notify_begin(n) != NGX_SHOP_OK) {
        return NGX_SHOP_SAY_ERROR;
    }

    while (!ngx_shop_notify_ends) {
        now = ngx_shop_notify_store_now();

        ngx_shop_notify_read(n, now);
        ngx_shop_notify_sites_tick(n, now);
        ngx_shop_notify_watch_tick(n, now);
        ngx_shop_notify_proof_tick(n, now);

        for (i = 0; i < n->conf->nroutes; i++) {
            if (!ngx_shop_notify_send_busy(i)
                && ngx_shop_notify_box_take(n, i, now))
            {
                ngx_shop_notify_send(n, i, now);
            }
        }

        if (n->dirty) {
            ngx_shop_notify_save(n, now);
        }

        wait = ngx_shop_notify_due(n, now);
        (void) ngx_shop_notify_send_step(n, wait);
    }

    ngx_shop_notify_send_stop();
    (void) ngx_shop_notify_store_save(n);

    return NGX_SHOP_SAY_YES;
}


/* on disk as one that may have arrived, and then sent */

static void
ngx_shop_notify_send(ngx_shop_notify_t *n, unsigned route, int64_t now)
{
    int64_t  doubt;

    doubt = n->boxes[route].doubt;
    n->boxes[route].doubt = 1;
    ngx_shop_notify_save(n, now);
    n->boxes[route].doubt = doubt;

    ngx_shop_notify_send_start(n, route, now);
}


static int
ngx_shop_notify_begin(ngx_shop_notify_t *n)
{
    struct sigaction  sa;

    if (ngx_shop_notify_lock(n) != NGX_SHOP_OK) {
        return NGX_SHOP_ERROR;
    }

    memset(&sa, 0, sizeof(sa));
    sa.sa_handler = ngx_shop_notify_signal;
    (void) sigaction(SIGTERM, &sa, NULL);
    (void) sigaction(SIGINT, &sa, NULL);

    if (n->mark.nonce == 0) {
        n->mark.nonce = ngx_shop_notify_store_now() * 1009 + getpid();
        n->dirty = 1;
    }

    return NGX_SHOP_OK;
}


/* two of them would send all twice */

static int
ngx_shop_notify_lock(const ngx_shop_notify_t *n)
{
    int           fd;
    char          path[NGX_SHOP_NOTIFY_PATH];
    struct flock  lock;

    (void) snprintf(path, sizeof(path), "%s.lock", n->conf->state);

    do {
        fd = open(path, O_RDWR|O_CREAT|O_EXCL|O_CLOEXEC, 0640);
        fd = fd == -1 && errno == EEXIST ? open(path, O_RDWR|O_CLOEXEC) : fd;
    } while (fd == -1 && errno == ENOENT && access(path, F_OK) == 0);

    memset(&lock, 0, sizeof(lock));
    lock.l_type = F_WRLCK;
    lock.l_whence = SEEK_SET;

    if (fd == -1) {
        (void) ngx_shop_say_errno(errno, "cannot write \"%s\"", path);
        return NGX_SHOP_ERROR;
    }

    if (fcntl(fd, F_SETLK, &lock) != 0) {
        (void) ngx_shop_say_error("another shopctl-notify has \"%s\"",
                                  n->conf->state);
        return NGX_SHOP_ERROR;
    }

    return NGX_SHOP_OK;
}


static void
ngx_shop_notify_read(ngx_shop_notify_t *n, int64_t now)
{
    size_t                size, total;
    static unsigned char  buf[8 * NGX_SHOP_EVENT_LINE];

    for (total = 0; total < NGX_SHOP_NOTIFY_BATCH; total += size) {
        size = ngx_shop_notify_tail_read(n, buf, sizeof(buf));

        if (size == 0) {

            /* what was in the log when it was first read is no news */

            n->fresh = 0;
            return;
        }

        ngx_shop_notify_lines(n, buf, size, now);
    }
}


static void
ngx_shop_notify_lines(ngx_shop_notify_t *n, const unsigned char *p,
    size_t size, int64_t now)
{
    const char               *reason;
    ngx_shop_str_t            line;
    const unsigned char      *last, *end;
    static ngx_shop_event_t   event;

    for (last = p + size; p < last; p = end + 1) {
        end = memchr(p, '\n', (size_t) (last - p));

        if (end == NULL) {
            return;
        }

        line.data = p;
        line.len = (size_t) (end - p);

        if (ngx_shop_event_read(&event, &line, &reason) == NGX_SHOP_OK) {
            ngx_shop_notify_sites_event(n, &event, now);

        } else {
            n->mark.skipped++;
        }
    }
}


/* a full disk is not asked again at once */

static void
ngx_shop_notify_save(ngx_shop_notify_t *n, int64_t now)
{
    static int64_t  failed;

    if (n->full && now >= failed && now - failed < NGX_SHOP_NOTIFY_AGAIN) {
        return;
    }

    if (ngx_shop_notify_store_save(n) != NGX_SHOP_OK) {
        failed = now;
    }
}


static int64_t
ngx_shop_notify_due(const ngx_shop_notify_t *n, int64_t now)
{
    int64_t   due, wait;
    unsigned  i;

    wait = NGX_SHOP_NOTIFY_LOOK;

    for (i = 0; i < n->conf->nroutes; i++) {

        if (n->nitems[i] && !ngx_shop_notify_send_busy(i)) {
            due = ngx_shop_notify_box_due(n, i, now) - now;
            wait = due < wait ? due : wait;
        }
    }

    return wait > 0 ? wait : 0;
}


static void
ngx_shop_notify_signal(int signo)
{
    (void) signo;

    ngx_shop_notify_ends = 1;
}
