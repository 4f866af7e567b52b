
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * The follower.  What it has applied last stays until the engine says something
 * else: no answer, no such map and an older state of the engine say nothing.
 */


#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <unistd.h>

#include "ctl/fleet/engine.h"
#include "ctl/fleet/follower.h"
#include "ctl/fleet/hints.h"
#include "ctl/fleet/keep.h"
#include "ctl/fleet/nodeline.h"
#include "ctl/fleet/orders.h"
#include "ctl/fleet/pulse.h"
#include "ctl/fleet/turns.h"

#include "ctl/ask.h"
#include "ctl/fetch.h"


#define NGX_SHOP_FOLLOWER_DIR     "/var/lib/shop/flag"

/* ms */
#define NGX_SHOP_FOLLOWER_BEAT    (NGX_SHOP_ENGINE_LEASE * 1000 / 3)
#define NGX_SHOP_FOLLOWER_SILENT  10000    /* of the engine: read again */
#define NGX_SHOP_FOLLOWER_LOOK    500      /* at the status */
#define NGX_SHOP_FOLLOWER_SOON    5        /* while nginx has yet to see it */
#define NGX_SHOP_FOLLOWER_HOPE    3000     /* so long at that pace */
#define NGX_SHOP_FOLLOWER_RETRY   200      /* the engine, the first time */
#define NGX_SHOP_FOLLOWER_REST    5000     /* ... and in the end */
#define NGX_SHOP_FOLLOWER_AGAIN   1000     /* a file, an order */


typedef struct {
    ngx_shop_settings_t   settings;
    ngx_shop_engine_t     engine;
    ngx_shop_keep_t       keep;
    ngx_shop_nodeline_t   line;
    ngx_shop_orders_t     orders;
    ngx_shop_hints_t      hints;
    ngx_shop_turns_t      turns;

    const char           *node;
    const char           *url;           /* of shop_status */

    unsigned              connected:1;
    unsigned              heard:1;       /* at least once */
    unsigned              away:1;        /* it was said */
    unsigned              older:1;       /* the engine went back */
    unsigned              pending:1;     /* nginx has yet to see it */
    unsigned              some:1;        /* the flag names hosts */
    unsigned              failed:1;      /* the file could not be written */
    int64_t               older_at;      /* revision at which it was seen */
    int64_t               want;          /* revision that is pending */
    char                  sum[24];       /* of the file; "": none */
    char                  error[128];    /* of the file */
    char                  reason[512];   /* why the engine is away */

    int64_t               last;          /* ms: of a word of the engine */
    int64_t               since;         /* ms: pending */
    int64_t               look;          /* ms: when next, and so on */
    int64_t               beat;
    int64_t               retry;
    int64_t               pause;
    int64_t               again;         /* an order */

    size_t                nsent;
    unsigned char         sent[NGX_SHOP_ENGINE_LINE];
} ngx_shop_follower_t;


static void ngx_shop_follower_stop(int signo);
static int ngx_shop_follower_begin(ngx_shop_follower_t *f,
    const ngx_shop_options_t *o);
static void ngx_shop_follower_step(ngx_shop_follower_t *f);
static int64_t ngx_shop_follower_idle(ngx_shop_follower_t *f, int64_t now);
static void ngx_shop_follower_listen(ngx_shop_follower_t *f, int64_t msec);
static void ngx_shop_follower_read(ngx_shop_follower_t *f, unsigned touched);
static void ngx_shop_follower_orders(ngx_shop_follower_t *f);
static void ngx_shop_follower_lost(ngx_shop_follower_t *f);
static int ngx_shop_follower_trust(ngx_shop_follower_t *f, unsigned touched);
static void ngx_shop_follower_flag(ngx_shop_follower_t *f, unsigned touched);
static void ngx_shop_follower_wait(ngx_shop_follower_t *f);
static int ngx_shop_follower_apply(ngx_shop_follower_t *f,
    const ngx_shop_engine_value_t *value);
static size_t ngx_shop_follower_cut(const ngx_shop_engine_value_t *value);
static void ngx_shop_follower_sum(ngx_shop_follower_t *f);
static void ngx_shop_follower_save(ngx_shop_follower_t *f);
static void ngx_shop_follower_look(ngx_shop_follower_t *f, int64_t now);
static void ngx_shop_follower_seen(ngx_shop_follower_t *f, int64_t now);
static void ngx_shop_follower_tell(ngx_shop_follower_t *f, int64_t now);


const ngx_shop_options_entry_t  ngx_shop_follower_options[] = {
    NGX_SHOP_SETTINGS_OPTIONS,
    { "node", NGX_SHOP_OPTIONS_VALUE, "NAME",
      "this node's name, else $SHOP_FLEET_NODE [the host's]" },
    { "flag", NGX_SHOP_OPTIONS_VALUE, "DIR",
      "the directory of shop_maintenance, else $SHOP_FLAG, else "
      NGX_SHOP_FOLLOWER_DIR },
    { "name", NGX_SHOP_OPTIONS_VALUE, "NAME",
      "the file of the fleet there [fleet]" },
    NGX_SHOP_ASK_OPTION,
    NGX_SHOP_ORDERS_OPTIONS,
    { NULL, NGX_SHOP_OPTIONS_SWITCH, NULL, NULL }
};


static ngx_shop_follower_t     ngx_shop_follower;
static ngx_shop_flag_notice_t  ngx_shop_follower_notice;

static volatile sig_atomic_t   ngx_shop_follower_ends;


int
ngx_shop_follower_run(const ngx_shop_options_t *o)
{
    struct sigaction      sa;
    ngx_shop_follower_t  *f = &ngx_shop_follower;

    if (ngx_shop_follower_begin(f, o) != NGX_SHOP_OK) {
        return NGX_SHOP_SAY_ERROR;
    }

    memset(&sa, 0, sizeof(sa));
    sa.sa_handler = ngx_shop_follower_stop;
    (void) sigaction(SIGTERM, &sa, NULL);
    (void) sigaction(SIGINT, &sa, NULL);
    sa.sa_handler = SIG_IGN;
    (void) sigaction(SIGPIPE, &sa, NULL);

    ngx_shop_say_note("node %s follows %s, its flag is %s", f->node,
                      f->settings.engine, f->keep.at.path);

    while (!ngx_shop_follower_ends) {
        ngx_shop_follower_step(f);
    }

    ngx_shop_say_note("ends; the flag stays as it is");
    ngx_shop_engine_close(&f->engine);

    return NGX_SHOP_SAY_YES;
}


static void
ngx_shop_follower_stop(int signo)
{
    (void) signo;
    ngx_shop_follower_ends = 1;
}


static int
ngx_shop_follower_begin(ngx_shop_follower_t *f, const ngx_shop_options_t *o)
{
    const char   *name;
    static char   host[NGX_SHOP_ENGINE_NAME];

    if (o->nrest) {
        (void) ngx_shop_say_error("\"follow\" takes no \"%s\"", o->rest[0]);
        return NGX_SHOP_ERROR;
    }

    if (gethostname(host, sizeof(host) - 1) == -1) {
        host[0] = '\0';
    }

    f->node = ngx_shop_options_setting(o, "node", "SHOP_FLEET_NODE", host);
    f->url = ngx_shop_ask_url(o);
    name = ngx_shop_options_get(o, "name");

    if (*f->node == '\0' || strlen(f->node) >= NGX_SHOP_ENGINE_NAME
        || strspn(f->node, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWX"
                           "YZ0123456789.-_")
           != strlen(f->node))
    {
        (void) ngx_shop_say_error("--node \"%s\": a name has letters, digits "
                                  "and .-_, and at most %d of them", f->node,
                                  NGX_SHOP_ENGINE_NAME - 1);
        return NGX_SHOP_ERROR;
    }

    if (ngx_shop_settings_read(&f->settings, o) != NGX_SHOP_OK
        || ngx_shop_engine_open(&f->engine, &f->settings) != NGX_SHOP_OK
        || ngx_shop_keep_open(&f->keep,
                              ngx_shop_options_setting(o, "flag", "SHOP_FLAG",
                                                       NGX_SHOP_FOLLOWER_DIR),
                              name ? name : "fleet", f->settings.engine)
           != NGX_SHOP_OK)
    {
        return NGX_SHOP_ERROR;
    }

    ngx_shop_orders_open(&f->orders, o);
    ngx_shop_turns_open(&f->turns, f->node, &f->line);
    f->line.orders = f->keep.orders;
    ngx_shop_follower_sum(f);

    return NGX_SHOP_OK;
}


static void
ngx_shop_follower_step(ngx_shop_follower_t *f)
{
    int64_t  now;

    now = ngx_shop_pulse_msec();

    if (!f->connected && now >= f->retry) {
        ngx_shop_follower_read(f, 0);

    } else if (f->connected && now - f->last >= NGX_SHOP_FOLLOWER_SILENT) {

        /* a stream that is dead looks like one on which nothing happens */

        ngx_shop_follower_read(f, 0);

    } else if (f->connected) {
        ngx_shop_follower_listen(f, ngx_shop_follower_idle(f, now));

    } else {
        ngx_shop_pulse_sleep(ngx_shop_follower_idle(f, now));
    }

    now = ngx_shop_pulse_msec();

    if (now >= f->look) {
        ngx_shop_follower_look(f, now);
    }

    if (f->failed && now >= f->since + NGX_SHOP_FOLLOWER_AGAIN
        && f->connected)
    {
        f->connected = 0;
        f->retry = now;
    }

    if (f->orders.waiting && now >= f->again) {
        ngx_shop_follower_orders(f);
    }

    if (f->connected
        && ngx_shop_turns_step(&f->turns, &f->engine, &f->orders)
           != NGX_SHOP_OK)
    {
        ngx_shop_follower_lost(f);
    }

    if (f->connected) {
        ngx_shop_follower_tell(f, now);
    }

    if (f->connected && f->hints.nnews && now >= f->hints.next
        && ngx_shop_hints_tell(&f->hints, &f->engine, f->node, now)
           == NGX_SHOP_DECLINED)
    {
        /* somebody else has said something: read it, and try again */

        ngx_shop_follower_read(f, 0);
    }
}


/* ms until there is something to do */

static int64_t
ngx_shop_follower_idle(ngx_shop_follower_t *f, int64_t now)
{
    int64_t  at;

    at = f->look;

    if (!f->connected && f->retry < at) {
        at = f->retry;
    }

    if (f->connected && f->beat < at) {
        at = f->beat;
    }

    if (f->connected && f->line.share.interval && f->turns.next < at) {
        at = f->turns.next;
    }

    return at > now ? at - now : 0;
}


static void
ngx_shop_follower_listen(ngx_shop_follower_t *f, int64_t msec)
{
    int64_t  now;

    switch (f->engine.ops->watch(&f->engine, msec)) {

    case NGX_SHOP_OK:
        ngx_shop_follower_read(f, f->engine.touched);
        break;

    case NGX_SHOP_ERROR:
        now = ngx_shop_pulse_msec();

        /* a broken stream is nothing yet: it is read again, but not in a run */

        if (now - f->last >= NGX_SHOP_FOLLOWER_RETRY) {
            ngx_shop_follower_read(f, 0);
            break;
        }

        f->connected = 0;
        f->retry = now + NGX_SHOP_FOLLOWER_RETRY;
    }
}


static void
ngx_shop_follower_read(ngx_shop_follower_t *f, unsigned touched)
{
    if (f->engine.ops->read(&f->engine) != NGX_SHOP_OK) {
        ngx_shop_follower_lost(f);
        return;
    }

    if (f->away) {
        ngx_shop_say_note("the engine is back");
    }

    f->away = 0;
    f->connected = 1;
    f->heard = 1;
    f->pause = 0;
    f->last = ngx_shop_pulse_msec();
    f->line.ahead = f->engine.ahead;

    ngx_shop_keep_look(&f->keep);

    if (ngx_shop_follower_trust(f, touched)) {
        ngx_shop_follower_flag(f, touched & (1u << NGX_SHOP_ENGINE_FLAG));
    }

    ngx_shop_follower_orders(f);

    ngx_shop_hints_hear(&f->hints, &f->engine.value[NGX_SHOP_ENGINE_HINTS],
                        &f->orders, f->node);
}


static void
ngx_shop_follower_orders(ngx_shop_follower_t *f)
{
    f->again = ngx_shop_pulse_msec() + NGX_SHOP_FOLLOWER_AGAIN;

    if (ngx_shop_orders_carry(&f->orders,
                              &f->engine.value[NGX_SHOP_ENGINE_ORDERS],
                              &f->keep.orders, &f->line))
    {
        ngx_shop_follower_save(f);
    }
}


/* the last state stays */

static void
ngx_shop_follower_lost(ngx_shop_follower_t *f)
{
    /* once for each reason: what was a refused connection may be a password */

    if (!f->away || strcmp(f->reason, f->engine.error) != 0) {
        ngx_shop_say_note("the engine is away, the flag stays as it is, %s: "
                          "%s", f->keep.there ? "there" : "not there",
                          f->engine.error);
        (void) strcpy(f->reason, f->engine.error);
    }

    f->away = 1;
    f->connected = 0;
    f->pause = f->pause ? 2 * f->pause : NGX_SHOP_FOLLOWER_RETRY;

    if (f->pause > NGX_SHOP_FOLLOWER_REST) {
        f->pause = NGX_SHOP_FOLLOWER_REST;
    }

    /* not all at once */

    f->retry = ngx_shop_pulse_msec() + f->pause * 3 / 4
               + (f->pause / 4) * (getpid() % 16) / 16;
}


/*
 * An engine that knows less than it did was restored from a backup, or is an
 * empty one in the place of the old: what it says of the flag is not of now.
 * The next change of the flag is.
 */

static int
ngx_shop_follower_trust(ngx_shop_follower_t *f, unsigned touched)
{
    ngx_shop_engine_t        *e = &f->engine;
    ngx_shop_engine_value_t  *flag = &e->value[NGX_SHOP_ENGINE_FLAG];

    if (!f->older && e->revision >= f->keep.revision) {
        return 1;
    }

    if (!f->older || e->revision < f->older_at) {
        f->older = 1;
        f->older_at = e->revision;
        (void) strcpy(f->error, "its engine went back: nothing is taken from "
                      "it until the flag is written again");
        ngx_shop_say_note("the engine went back, from revision %ld to %ld: "
                          "the flag stays as it is, %s, until it is written "
                          "again: shopctl fleet on, or off",
                          (long) f->keep.revision, (long) e->revision,
                          f->keep.there ? "there" : "not there");
        return 0;
    }

    if ((touched & (1u << NGX_SHOP_ENGINE_FLAG))
        || (flag->there && flag->revision > f->older_at))
    {
        f->older = 0;
        f->error[0] = '\0';
        return 1;
    }

    return 0;
}


static void
ngx_shop_follower_flag(ngx_shop_follower_t *f, unsigned touched)
{
    int                       rc;
    unsigned                  new;
    ngx_shop_engine_value_t  *value;

    value = &f->engine.value[NGX_SHOP_ENGINE_FLAG];
    new = f->failed || f->keep.revision == 0
          || f->keep.revision > f->engine.revision
          || value->there != f->keep.there
          || (value->there
              && (f->keep.size != ngx_shop_follower_cut(value)
                  || memcmp(f->keep.data, value->data, f->keep.size) != 0));

    rc = ngx_shop_follower_apply(f, value);

    if (rc != NGX_SHOP_OK) {
        if (!f->failed) {
            (void) ngx_shop_say_errno(rc, "cannot change \"%s\"",
                                      f->keep.at.path);
        }

        (void) snprintf(f->error, sizeof(f->error), "its flag could not be "
                        "written: %s", strerror(rc));
        f->failed = 1;
        f->since = ngx_shop_pulse_msec();
        return;
    }

    f->failed = 0;
    f->error[0] = '\0';
    f->want = f->engine.revision;

    if (!new && f->line.revision) {

        /* the same; who has written it again wants to know how it is now */

        if (touched) {
            ngx_shop_follower_wait(f);

        } else if (!f->pending) {
            f->line.revision = f->want;
        }

        return;
    }

    ngx_shop_follower_sum(f);
    f->keep.revision = f->engine.revision;
    ngx_shop_follower_save(f);
    ngx_shop_follower_wait(f);
}


/* nginx is asked until it has the flag in force, or the absence of one */

static void
ngx_shop_follower_wait(ngx_shop_follower_t *f)
{
    f->pending = 1;
    f->since = ngx_shop_pulse_msec();
    f->look = f->since;
}


/* what is the same is not written again: its times count from when it came */

static int
ngx_shop_follower_apply(ngx_shop_follower_t *f,
    const ngx_shop_engine_value_t *value)
{
    int     rc;
    size_t  n;

    if (!value->there) {
        return f->keep.there ? ngx_shop_keep_remove(&f->keep) : NGX_SHOP_OK;
    }

    n = ngx_shop_follower_cut(value);

    if (f->keep.there && f->keep.size == n
        && memcmp(f->keep.data, value->data, n) == 0)
    {
        return NGX_SHOP_OK;
    }

    rc = ngx_shop_keep_write(&f->keep, value->data, n);

    if (rc == NGX_SHOP_OK && n < value->size) {
        ngx_shop_say_note("the flag has %lu bytes, %d are the most: it closes "
                          "with the first lines", (unsigned long) value->size,
                          NGX_SHOP_FLAG_MAX_SIZE);
    }

    return rc;
}


/* whole lines: any beginning of a flag is one that closes */

static size_t
ngx_shop_follower_cut(const ngx_shop_engine_value_t *value)
{
    size_t  n;

    if (value->size <= NGX_SHOP_FLAG_MAX_SIZE) {
        return value->size;
    }

    n = NGX_SHOP_FLAG_MAX_SIZE;

    while (n && value->data[n - 1] != '\n') {
        n--;
    }

    return n;
}


/* as nginx will have it */

static void
ngx_shop_follower_sum(ngx_shop_follower_t *f)
{
    int64_t                  now;
    ngx_shop_flag_notice_t  *n = &ngx_shop_follower_notice;

    if (f->sum[0]) {
        (void) strcpy(f->line.was, f->sum);
    }

    f->sum[0] = '\0';
    f->line.there = f->keep.there;

    if (!f->keep.there) {
        return;
    }

    now = ngx_shop_pulse_wall() / 1000;

    ngx_shop_flag_parse(n, NULL, f->keep.data,
                        f->keep.size > NGX_SHOP_FLAG_MAX_SIZE
                        ? NGX_SHOP_FLAG_MAX_SIZE : f->keep.size, now, now);

    f->some = n->hosts_given;
    (void) snprintf(f->sum, sizeof(f->sum), "%016llx",
                    (unsigned long long) ngx_shop_flag_sum(n));
}


static void
ngx_shop_follower_save(ngx_shop_follower_t *f)
{
    int  rc;

    rc = ngx_shop_keep_save(&f->keep, f->settings.engine);

    if (rc != NGX_SHOP_OK) {
        (void) ngx_shop_say_errno(rc, "cannot write \"%s\"", f->keep.state);
    }
}


/* what nginx has in force, and what it sees */

static void
ngx_shop_follower_look(ngx_shop_follower_t *f, int64_t now)
{
    int              rc, seen;
    size_t           at;
    int64_t          took;
    const char      *reason;
    ngx_shop_str_t   s;
    unsigned char   *body;
    ngx_shop_json_t  v;

    rc = ngx_shop_fetch_quick(f->url, NGX_SHOP_ASK_ANSWER, &body, &s.len);

    /* a status of many servers takes a while: half of the time is for nginx */

    took = ngx_shop_pulse_msec() - now;
    f->look = now + 2 * took
              + (f->pending && now - f->since < NGX_SHOP_FOLLOWER_HOPE
                 ? NGX_SHOP_FOLLOWER_SOON : NGX_SHOP_FOLLOWER_LOOK);

    if (rc != NGX_SHOP_OK) {
        ngx_shop_nodeline_silent(&f->line, "its nginx does not answer");
        return;
    }

    s.data = body;
    seen = 0;

    if (ngx_shop_json_parse(&v, &s, &at, &reason) == NGX_SHOP_OK) {
        seen = ngx_shop_nodeline_status(&f->line, &v, f->keep.dir, f->sum,
                                        f->some);
    } else {
        ngx_shop_nodeline_silent(&f->line, "its nginx answers no status");
    }

    free(body);

    ngx_shop_hints_see(&f->hints, &f->line);

    if (f->pending && seen) {
        ngx_shop_follower_seen(f, now);
    }

    if (f->pending && f->line.other && f->line.trouble[0] == '\0'
        && now - f->since > NGX_SHOP_FOLLOWER_HOPE)
    {
        (void) snprintf(f->line.trouble, sizeof(f->line.trouble), "another "
                        "file of \"%.150s\" speaks there", f->keep.dir);
    }

    if (f->error[0]) {
        (void) strcpy(f->line.trouble, f->error);
    }
}


static void
ngx_shop_follower_seen(ngx_shop_follower_t *f, int64_t now)
{
    f->pending = 0;
    f->line.revision = f->want;
    (void) strcpy(f->line.sum, f->sum);

    ngx_shop_say_note("%s, revision %ld, seen by nginx after %ld ms",
                      f->keep.there ? "closed" : "open", (long) f->want,
                      (long) (now - f->since));
}


static void
ngx_shop_follower_tell(ngx_shop_follower_t *f, int64_t now)
{
    unsigned          changed;
    int64_t           ahead;
    ngx_shop_str_t    s;
    ngx_shop_emit_t   m;

    static unsigned char  line[NGX_SHOP_ENGINE_LINE];

    /* what is always another does not make it a new one */

    f->line.time = 0;
    ahead = f->line.ahead;
    f->line.ahead = ahead >= -1 && ahead <= 1 ? 0 : ahead;
    ngx_shop_emit_init(&m, line, sizeof(line));
    ngx_shop_nodeline_emit(&f->line, &m, NULL);

    s.len = (size_t) (m.pos - m.start);
    changed = s.len != f->nsent || memcmp(line, f->sent, s.len) != 0;

    if (!changed && now < f->beat) {
        return;
    }

    f->nsent = s.len;
    memcpy(f->sent, line, s.len);

    f->line.time = ngx_shop_pulse_wall() / 1000;
    ngx_shop_emit_init(&m, line, sizeof(line));
    ngx_shop_nodeline_emit(&f->line, &m, NULL);
    s.data = line;
    s.len = (size_t) (m.pos - m.start);

    if (f->engine.ops->node(&f->engine, f->node, &s, changed)
        != NGX_SHOP_OK)
    {
        f->nsent = 0;
        ngx_shop_follower_lost(f);
        return;
    }

    f->beat = now + NGX_SHOP_FOLLOWER_BEAT;
}
