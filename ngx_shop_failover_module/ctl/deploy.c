
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * shopctl deploy: drains a server, waits until its requests are done, runs a
 * command, waits until its probes pass, and gives it back to the visitors.
 * Each step is said.  Where one fails the server stays out, the others serve,
 * and it is said how to go on.
 */


#define _POSIX_C_SOURCE  200809L

#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "ctl/ask.h"
#include "ctl/deploy.h"
#include "ctl/deploy_look.h"
#include "ctl/order.h"
#include "logic/flag/times.h"


#define NGX_SHOP_DEPLOY_DRAIN   "30s"
#define NGX_SHOP_DEPLOY_ALONE   2         /* s, where visitors wait for it */
#define NGX_SHOP_DEPLOY_START   "60s"
#define NGX_SHOP_DEPLOY_PASSES  2
#define NGX_SHOP_DEPLOY_TURN    200       /* ms */
#define NGX_SHOP_DEPLOY_REASON  "deploy"


typedef struct {
    const ngx_shop_options_t  *options;
    ngx_shop_options_t         order;     /* for drain and enable */
    const char                *url;       /* of the status */
    const char                *upstream;
    const char                *server;
    int64_t                    drain;     /* s */
    int64_t                    start;     /* s */
    unsigned                   alone:1;   /* nobody else serves */
} ngx_shop_deploy_t;


static int ngx_shop_deploy_read(ngx_shop_deploy_t *d,
    const ngx_shop_options_t *o);
static int ngx_shop_deploy_length(const ngx_shop_options_t *o,
    const char *name, const char *other, int64_t *seconds);
static int ngx_shop_deploy_first(ngx_shop_deploy_t *d);
static int ngx_shop_deploy_drain(ngx_shop_deploy_t *d);
static int ngx_shop_deploy_command(ngx_shop_deploy_t *d);
static int ngx_shop_deploy_ended(int status);
static int ngx_shop_deploy_passes(ngx_shop_deploy_t *d);
static int ngx_shop_deploy_enable(ngx_shop_deploy_t *d);
static int ngx_shop_deploy_failed(ngx_shop_deploy_t *d);
static int64_t ngx_shop_deploy_now(void);
static void ngx_shop_deploy_pause(void);
static void ngx_shop_deploy_stop(int signo);


static volatile sig_atomic_t  ngx_shop_deploy_stopped;


const ngx_shop_options_entry_t  ngx_shop_deploy_options[] = {
    { "drain", NGX_SHOP_OPTIONS_VALUE, "LENGTH",
      "how long its requests may take to end ["
      NGX_SHOP_DEPLOY_DRAIN "; 2s where it is the only server]" },
    { "start", NGX_SHOP_OPTIONS_VALUE, "LENGTH",
      "how long it may take to pass its probes [" NGX_SHOP_DEPLOY_START "]" },
    { "alone", NGX_SHOP_OPTIONS_SWITCH, NULL,
      "also where it is the only server and nobody can wait for it" },
    { "status", NGX_SHOP_OPTIONS_VALUE, "URL",
      "a location with shop_status, else $SHOP_STATUS, else "
      NGX_SHOP_ASK_URL },
    NGX_SHOP_ORDER_UPSTREAM,
    NGX_SHOP_ORDER_OPTIONS
};


int
ngx_shop_deploy_run(const ngx_shop_options_t *o)
{
    struct sigaction   sa;
    ngx_shop_deploy_t  d;

    if (ngx_shop_deploy_read(&d, o) != NGX_SHOP_OK
        || ngx_shop_deploy_first(&d) != NGX_SHOP_OK)
    {
        return NGX_SHOP_SAY_ERROR;
    }

    memset(&sa, 0, sizeof(sa));
    sa.sa_handler = ngx_shop_deploy_stop;

    (void) sigaction(SIGINT, &sa, NULL);
    (void) sigaction(SIGTERM, &sa, NULL);
    (void) sigaction(SIGHUP, &sa, NULL);

    if (ngx_shop_order_drain(&d.order) != NGX_SHOP_SAY_YES) {
        return NGX_SHOP_SAY_ERROR;
    }

    if (ngx_shop_deploy_drain(&d) != NGX_SHOP_OK
        || ngx_shop_deploy_command(&d) != NGX_SHOP_OK)
    {
        return ngx_shop_deploy_failed(&d);
    }

    if (d.alone) {

        /* who waits for it is let go with the first probe that passes */

        if (ngx_shop_deploy_enable(&d) != NGX_SHOP_OK) {
            return NGX_SHOP_SAY_ERROR;
        }

        return ngx_shop_deploy_passes(&d) == NGX_SHOP_OK
               ? NGX_SHOP_SAY_YES : NGX_SHOP_SAY_NO;
    }

    if (ngx_shop_deploy_passes(&d) != NGX_SHOP_OK) {
        return ngx_shop_deploy_failed(&d);
    }

    return ngx_shop_deploy_enable(&d) == NGX_SHOP_OK ? NGX_SHOP_SAY_YES
                                                     : NGX_SHOP_SAY_ERROR;
}


static int
ngx_shop_deploy_read(ngx_shop_deploy_t *d, const ngx_shop_options_t *o)
{
    memset(d, 0, sizeof(ngx_shop_deploy_t));

    if (o->nrest < 2) {
        (void) ngx_shop_say_error("\"deploy\" needs a server and the command "
                                  "that restarts it: shopctl deploy "
                                  "10.0.0.11:8080 -- systemctl restart shop");
        return NGX_SHOP_ERROR;
    }

    d->options = o;
    d->server = o->rest[0];
    d->upstream = ngx_shop_options_get(o, "upstream");
    d->url = ngx_shop_options_setting(o, "status", "SHOP_STATUS",
                                      NGX_SHOP_ASK_URL);
    d->order = *o;
    d->order.nrest = 1;

    if (ngx_shop_options_get(o, "reason") == NULL
        && d->order.ngiven < NGX_SHOP_OPTIONS_MAX)
    {
        d->order.given[d->order.ngiven].option = NULL;
        d->order.given[d->order.ngiven].name = "reason";
        d->order.given[d->order.ngiven].len = 6;
        d->order.given[d->order.ngiven].value = NGX_SHOP_DEPLOY_REASON;
        d->order.ngiven++;
    }

    return ngx_shop_deploy_length(o, "drain", NGX_SHOP_DEPLOY_DRAIN,
                                  &d->drain)
           == NGX_SHOP_OK
           ? ngx_shop_deploy_length(o, "start", NGX_SHOP_DEPLOY_START,
                                    &d->start)
           : NGX_SHOP_ERROR;
}


static int
ngx_shop_deploy_length(const ngx_shop_options_t *o, const char *name,
    const char *other, int64_t *seconds)
{
    const char      *value, *reason;
    ngx_shop_str_t   text;

    value = ngx_shop_options_get(o, name);
    value = value ? value : other;

    text.data = (const unsigned char *) value;
    text.len = strlen(value);

    if (ngx_shop_times_parse_length(&text, seconds, &reason) != NGX_SHOP_OK) {
        (void) ngx_shop_say_error("invalid --%s \"%s\": %s", name, value,
                                  reason);
        return NGX_SHOP_ERROR;
    }

    return NGX_SHOP_OK;
}


/* before anything is done: is it there, and who serves meanwhile */

static int
ngx_shop_deploy_first(ngx_shop_deploy_t *d)
{
    ngx_shop_deploy_look_t  look;

    if (ngx_shop_deploy_look(d->url, d->upstream, d->server, &look)
        != NGX_SHOP_OK)
    {
        return NGX_SHOP_ERROR;
    }

    if (!look.probed) {
        (void) ngx_shop_say_error("upstream %s has no probe of %s yet: "
                                  "nothing would tell that it is back; it "
                                  "needs a shop_health_check",
                                  look.upstream, d->server);
        return NGX_SHOP_ERROR;
    }

    d->alone = look.others == 0;

    if (!d->alone) {
        printf("upstream %s: %ld other server%s while %s is away\n",
               look.upstream, look.others,
               look.others == 1 ? " serves" : "s serve", d->server);
        return NGX_SHOP_OK;
    }

    if (!look.queue && ngx_shop_options_get(d->options, "alone") == NULL) {
        (void) ngx_shop_say_error("%s is the only server of upstream %s that "
                                  "serves: visitors would see the page.  Let "
                                  "them wait for it (\"shop_queue 200;\" in "
                                  "the upstream), or say --alone",
                                  d->server, look.upstream);
        return NGX_SHOP_ERROR;
    }

    printf("upstream %s: %s is the only server, visitors %s\n", look.upstream,
           d->server, look.queue ? "wait for it" : "see the page");

    if (ngx_shop_options_get(d->options, "drain") == NULL) {
        d->drain = NGX_SHOP_DEPLOY_ALONE;
    }

    return NGX_SHOP_OK;
}


/* until its requests are done, or the time for that is over */

static int
ngx_shop_deploy_drain(ngx_shop_deploy_t *d)
{
    int64_t                 until;
    ngx_shop_deploy_look_t  look;

    until = ngx_shop_deploy_now() + d->drain * 1000;

    for ( ;; ) {

        if (ngx_shop_deploy_stopped
            || ngx_shop_deploy_look(d->url, d->upstream, d->server, &look)
               != NGX_SHOP_OK)
        {
            return NGX_SHOP_ERROR;
        }

        if (look.active == 0) {
            printf("its requests are done\n");
            return NGX_SHOP_OK;
        }

        if (ngx_shop_deploy_now() >= until) {
            break;
        }

        ngx_shop_deploy_pause();
    }

    if (look.active > 0) {
        printf("%ld of its requests still run after %ld s: going on\n",
               look.active, (long) d->drain);

    } else {
        printf("waited for %ld s: how many requests it has is known where the "
               "upstream has a \"zone\"\n", (long) d->drain);
    }

    return NGX_SHOP_OK;
}


static int
ngx_shop_deploy_command(ngx_shop_deploy_t *d)
{
    int        status;
    pid_t      pid;
    unsigned   i;
    char      *argv[NGX_SHOP_OPTIONS_MAX + 1];

    for (i = 1; i < d->options->nrest; i++) {
        argv[i - 1] = (char *) d->options->rest[i];
    }

    argv[i - 1] = NULL;

    printf("running: %s\n", ngx_shop_say_name(argv[0]));
    (void) fflush(stdout);

    pid = fork();

    if (pid == -1) {
        (void) ngx_shop_say_errno(errno, "cannot run \"%s\"", argv[0]);
        return NGX_SHOP_ERROR;
    }

    if (pid == 0) {
        (void) execvp(argv[0], argv);
        (void) ngx_shop_say_errno(errno, "cannot run \"%s\"", argv[0]);
        _exit(127);
    }

    while (waitpid(pid, &status, 0) == -1) {
        if (errno != EINTR) {
            (void) ngx_shop_say_errno(errno, "waitpid()");
            return NGX_SHOP_ERROR;
        }
    }

    return ngx_shop_deploy_ended(status);
}


static int
ngx_shop_deploy_ended(int status)
{
    if (WIFEXITED(status) && WEXITSTATUS(status) == 0
        && !ngx_shop_deploy_stopped)
    {
        printf("the command is done\n");
        return NGX_SHOP_OK;
    }

    if (WIFSIGNALED(status)) {
        (void) ngx_shop_say_error("the command was killed by signal %d",
                                  WTERMSIG(status));

    } else if (WEXITSTATUS(status)) {
        (void) ngx_shop_say_error("the command failed with exit code %d",
                                  WEXITSTATUS(status));
    }

    return NGX_SHOP_ERROR;
}


/* probes that began after the command was done */

static int
ngx_shop_deploy_passes(ngx_shop_deploy_t *d)
{
    long                    checks, passes, need;
    int64_t                 until;
    ngx_shop_deploy_look_t  look;

    passes = 0;
    checks = -1;
    need = d->alone ? 1 : NGX_SHOP_DEPLOY_PASSES;
    until = ngx_shop_deploy_now() + d->start * 1000;

    do {
        if (ngx_shop_deploy_stopped
            || ngx_shop_deploy_look(d->url, d->upstream, d->server, &look)
               != NGX_SHOP_OK)
        {
            return NGX_SHOP_ERROR;
        }

        if (checks != -1 && look.checks != checks) {
            passes = strcmp(look.result, "ok") == 0 ? passes + 1 : 0;
        }

        checks = look.checks;

        if (passes >= need) {
            printf("it passes its probes\n");
            return NGX_SHOP_OK;
        }

        ngx_shop_deploy_pause();

    } while (ngx_shop_deploy_now() < until);

    (void) ngx_shop_say_error("%s did not pass its probes within %ld s: the "
                              "last one says \"%s\"", d->server,
                              (long) d->start, look.result);

    return NGX_SHOP_ERROR;
}


static int
ngx_shop_deploy_enable(ngx_shop_deploy_t *d)
{
    if (ngx_shop_order_enable(&d->order) == NGX_SHOP_SAY_YES) {
        return NGX_SHOP_OK;
    }

    ngx_shop_say_note("it is still drained: shopctl enable %s", d->server);

    return NGX_SHOP_ERROR;
}


/* how to go on */

static int
ngx_shop_deploy_failed(ngx_shop_deploy_t *d)
{
    if (d->alone) {

        /* nobody else serves, and its probes know best whether it can */

        ngx_shop_say_note("nobody else serves, so its probes decide again");

        return ngx_shop_deploy_enable(d) == NGX_SHOP_OK ? NGX_SHOP_SAY_NO
                                                        : NGX_SHOP_SAY_ERROR;
    }

    ngx_shop_say_note("%s is drained and gets no visitors, the others serve.  "
                      "Once it is repaired: shopctl enable %s%s%s",
                      d->server, d->server,
                      d->upstream ? " --upstream " : "",
                      d->upstream ? d->upstream : "");

    return NGX_SHOP_SAY_NO;
}


/* monotonic ms */

static int64_t
ngx_shop_deploy_now(void)
{
    struct timespec  ts;

    (void) clock_gettime(CLOCK_MONOTONIC, &ts);

    return (int64_t) ts.tv_sec * 1000 + ts.tv_nsec / 1000000;
}


static void
ngx_shop_deploy_pause(void)
{
    struct timespec  ts;

    (void) fflush(stdout);

    ts.tv_sec = 0;
    ts.tv_nsec = NGX_SHOP_DEPLOY_TURN * 1000000L;

    (void) nanosleep(&ts, NULL);
}


static void
ngx_shop_deploy_stop(int signo)
{
    ngx_shop_deploy_stopped = signo;
}
