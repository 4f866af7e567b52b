
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * A drill: one server is ordered down, the shop is asked as a visitor would,
 * and what should tell of it is looked at.  The order has an end of its own, so
 * that the server comes back whatever becomes of the drill.
 */


#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "ctl/drill.h"
#include "ctl/fetch.h"
#include "ctl/infile.h"
#include "ctl/log.h"
#include "ctl/order.h"
#include "logic/judge/verdict.h"
#include "logic/text/json.h"


#define NGX_SHOP_DRILL_SIZE   16384
#define NGX_SHOP_DRILL_ASKS   1000        /* at most */
#define NGX_SHOP_DRILL_WAIT   20          /* s, for what should be seen */
#define NGX_SHOP_DRILL_ASK    10000       /* ms, of one visitor */


/* a setting of the plan is a line "NAME VALUE" */
typedef struct {
    const char  *shop;                    /* URL that answers 200 */
    const char  *server;
    const char  *upstream;
    const char  *status;
    const char  *control;
    const char  *key;
    const char  *log;
    const char  *notify;                  /* metrics of shopctl notify */
    const char  *asks;
    const char  *lasts;                   /* of the order */
    const char  *environment;             /* "staging" */
} ngx_shop_drill_plan_t;


static int ngx_shop_drill_read(ngx_shop_drill_plan_t *plan, const char *path);
static int ngx_shop_drill_schedule(const char *path);
static int ngx_shop_drill_ready(const ngx_shop_drill_plan_t *plan);
static int ngx_shop_drill_order(const ngx_shop_drill_plan_t *plan,
    const char *word);
static unsigned ngx_shop_drill_visit(const ngx_shop_drill_plan_t *plan,
    unsigned asks);
static int ngx_shop_drill_told(const ngx_shop_drill_plan_t *plan,
    int64_t begun);
static int ngx_shop_drill_metric(const ngx_shop_drill_plan_t *plan);
static long ngx_shop_drill_messages(const ngx_shop_drill_plan_t *plan);
static int ngx_shop_drill_peer(const ngx_shop_drill_plan_t *plan,
    const char *state);
static int ngx_shop_drill_has(const ngx_shop_drill_plan_t *plan,
    const ngx_shop_json_t *upstream, const char *state);
static int ngx_shop_drill_row(const char *what, int good, const char *why);


const ngx_shop_options_entry_t  ngx_shop_drill_options[] = {
    { "live", NGX_SHOP_OPTIONS_SWITCH, NULL,
      "in production, where visitors are; only with --one-peer" },
    { "one-peer", NGX_SHOP_OPTIONS_SWITCH, NULL,
      "with --live: yes, one server of the plan goes down" },
    { "schedule", NGX_SHOP_OPTIONS_SWITCH, NULL,
      "prints a timer of systemd for this plan, and does nothing else" },
    { NULL, NGX_SHOP_OPTIONS_SWITCH, NULL, NULL }
};


static const struct {
    const char  *name;
    size_t       offset;
    unsigned     needed:1;
} ngx_shop_drill_settings[] = {
    { "shop", offsetof(ngx_shop_drill_plan_t, shop), 1 },
    { "server", offsetof(ngx_shop_drill_plan_t, server), 1 },
    { "upstream", offsetof(ngx_shop_drill_plan_t, upstream), 1 },
    { "status", offsetof(ngx_shop_drill_plan_t, status), 1 },
    { "control", offsetof(ngx_shop_drill_plan_t, control), 1 },
    { "key", offsetof(ngx_shop_drill_plan_t, key), 1 },
    { "log", offsetof(ngx_shop_drill_plan_t, log), 1 },
    { "notify", offsetof(ngx_shop_drill_plan_t, notify), 0 },
    { "asks", offsetof(ngx_shop_drill_plan_t, asks), 0 },
    { "for", offsetof(ngx_shop_drill_plan_t, lasts), 0 },
    { "environment", offsetof(ngx_shop_drill_plan_t, environment), 0 },
    { NULL, 0, 0 }
};


static int  ngx_shop_drill_good;


int
ngx_shop_drill_run(const ngx_shop_options_t *o)
{
    int                     n, back;
    char                    why[128];
    long                    messages;
    int64_t                 begun;
    unsigned                asks, failed;
    ngx_shop_drill_plan_t   plan;

    if (o->nrest != 1) {
        return ngx_shop_say_error("\"drill\" needs one plan: shopctl drill "
                                  "PLAN");
    }

    if (ngx_shop_drill_read(&plan, o->rest[0]) != NGX_SHOP_OK) {
        return NGX_SHOP_SAY_ERROR;
    }

    if (ngx_shop_options_get(o, "schedule")) {
        return ngx_shop_drill_schedule(o->rest[0]);
    }

    if ((plan.environment == NULL || strcmp(plan.environment, "staging") != 0)
        && !(ngx_shop_options_get(o, "live")
             && ngx_shop_options_get(o, "one-peer")))
    {
        return ngx_shop_say_error("the plan does not say \"environment "
                                  "staging\"; in production write: shopctl "
                                  "drill --live --one-peer %s", o->rest[0]);
    }

    if (ngx_shop_drill_ready(&plan) != NGX_SHOP_OK) {
        return NGX_SHOP_SAY_ERROR;
    }

    asks = plan.asks ? (unsigned) strtoul(plan.asks, NULL, 10) : 50;
    asks = asks && asks < NGX_SHOP_DRILL_ASKS ? asks : NGX_SHOP_DRILL_ASKS;
    begun = (int64_t) time(NULL);
    messages = ngx_shop_drill_messages(&plan);

    printf("# Drill: %s of %s is down\n\n", plan.server, plan.upstream);
    (void) fflush(stdout);

    if (ngx_shop_drill_order(&plan, "down") != NGX_SHOP_SAY_YES) {
        return NGX_SHOP_SAY_ERROR;
    }

    failed = ngx_shop_drill_visit(&plan, asks);

    puts("\n| what | how |\n|---|---|");
    ngx_shop_drill_good = 1;

    (void) snprintf(why, sizeof(why), "%u of %u visitors failed", failed,
                    asks);
    (void) ngx_shop_drill_row("nobody fails", failed == 0, why);
    (void) ngx_shop_drill_row("the event comes",
                              ngx_shop_drill_told(&plan, begun),
                              "not in the log");
    (void) ngx_shop_drill_row("the metric comes",
                              ngx_shop_drill_metric(&plan),
                              "no server of it is told as overridden");

    if (plan.notify) {

        for (n = 0; n < 3 * NGX_SHOP_DRILL_WAIT
                    && ngx_shop_drill_messages(&plan) <= messages; n++)
        {
            (void) sleep(1);
        }

        (void) ngx_shop_drill_row("the notification comes",
                                  ngx_shop_drill_messages(&plan) > messages,
                                  "shopctl notify has sent none");
    }

    ngx_shop_say_quiet(1);
    back = ngx_shop_drill_order(&plan, "enable") == NGX_SHOP_SAY_YES;
    ngx_shop_say_quiet(0);

    for (n = 0; n < NGX_SHOP_DRILL_WAIT && !ngx_shop_drill_peer(&plan, "up");
         n++)
    {
        (void) sleep(1);
    }

    (void) ngx_shop_drill_row("the server is back",
                              ngx_shop_drill_peer(&plan, "up"),
                              back ? "it is not up yet"
                                   : "enable failed; its order ends by "
                                     "itself");

    printf("\n%s\n", ngx_shop_drill_good ? "The drill passed."
                                         : "The drill FAILED.");

    return ngx_shop_drill_good ? NGX_SHOP_SAY_YES : NGX_SHOP_SAY_NO;
}


static int
ngx_shop_drill_row(const char *what, int good, const char *why)
{
    printf("| %s | %s%s |\n", what, good ? "yes" : "NO: ", good ? "" : why);
    ngx_shop_drill_good = ngx_shop_drill_good && good;

    return good;
}


static int
ngx_shop_drill_read(ngx_shop_drill_plan_t *plan, const char *path)
{
    char         *p, *line, *name, *value, *save;
    size_t        i;
    ssize_t       size;
    struct stat   sb;
    static char   data[NGX_SHOP_DRILL_SIZE + 1];

    memset(plan, 0, sizeof(ngx_shop_drill_plan_t));
    size = ngx_shop_infile_read(path, (unsigned char *) data,
                                NGX_SHOP_DRILL_SIZE, &sb);

    if (size == -1) {
        ngx_shop_infile_refused(path, &sb);
        return NGX_SHOP_ERROR;
    }

    data[size] = '\0';

    for (line = strtok_r(data, "\r\n", &p); line;
         line = strtok_r(NULL, "\r\n", &p))
    {
        name = strtok_r(line, " \t", &save);

        if (name == NULL || *name == '#') {
            continue;
        }

        value = strtok_r(NULL, " \t", &save);

        for (i = 0; ngx_shop_drill_settings[i].name; i++) {
            if (strcmp(ngx_shop_drill_settings[i].name, name) == 0) {
                break;
            }
        }

        if (ngx_shop_drill_settings[i].name == NULL || value == NULL) {
            (void) ngx_shop_say_error("%s: \"%s\": expected a line NAME VALUE "
                                      "with shop, server, upstream, status, "
                                      "control, key, log, notify, asks, for "
                                      "or environment", path, name);
            return NGX_SHOP_ERROR;
        }

        memcpy((char *) plan + ngx_shop_drill_settings[i].offset, &value,
               sizeof(value));
    }

    for (i = 0; ngx_shop_drill_settings[i].name; i++) {
        memcpy(&value, (char *) plan + ngx_shop_drill_settings[i].offset,
               sizeof(value));

        if (value == NULL && ngx_shop_drill_settings[i].needed) {
            (void) ngx_shop_say_error("%s: a line \"%s VALUE\" is missing",
                                      path, ngx_shop_drill_settings[i].name);
            return NGX_SHOP_ERROR;
        }
    }

    return NGX_SHOP_OK;
}


static int
ngx_shop_drill_schedule(const char *path)
{
    printf("# /etc/systemd/system/shop-drill.service\n"
           "[Unit]\nDescription=a drill of the shop\n\n"
           "[Service]\nType=oneshot\n"
           "ExecStart=/usr/bin/shopctl drill --live --one-peer %s\n\n"
           "# /etc/systemd/system/shop-drill.timer\n"
           "[Unit]\nDescription=a drill of the shop, each month\n\n"
           "[Timer]\nOnCalendar=Tue *-*-01..07 10:00\n\n"
           "[Install]\nWantedBy=timers.target\n", path);

    return NGX_SHOP_SAY_YES;
}


/* it begins only where all is well, and another server is there */

static int
ngx_shop_drill_ready(const ngx_shop_drill_plan_t *plan)
{
    size_t          size;
    unsigned char  *body;

    if (!ngx_shop_drill_peer(plan, "up")) {
        (void) ngx_shop_say_error("server %s of upstream %s is not up, or %s "
                                  "does not answer: no drill begins here",
                                  plan->server, plan->upstream, plan->status);
        return NGX_SHOP_ERROR;
    }

    if (!ngx_shop_drill_peer(plan, NULL)) {
        (void) ngx_shop_say_error("upstream %s has no other server that is "
                                  "up: no drill begins here", plan->upstream);
        return NGX_SHOP_ERROR;
    }

    if (ngx_shop_fetch_quick(plan->shop, NGX_SHOP_DRILL_ASK, &body, &size)
        != NGX_SHOP_OK)
    {
        (void) ngx_shop_say_error("%s does not answer 200: no drill begins "
                                  "here", plan->shop);
        return NGX_SHOP_ERROR;
    }

    free(body);

    return NGX_SHOP_OK;
}


static int
ngx_shop_drill_order(const ngx_shop_drill_plan_t *plan, const char *word)
{
    char                       *argv[] = {
        (char *) plan->server, "--upstream", (char *) plan->upstream,
        "--url", (char *) plan->control, "--key", (char *) plan->key,
        "--for", (char *) (plan->lasts ? plan->lasts : "5m"),
        "--reason", "drill", NULL
    };
    static ngx_shop_options_t   o;

    if (strcmp(word, "down") == 0) {
        return ngx_shop_options_parse(&o, word, ngx_shop_order_options, 11,
                                      argv) == NGX_SHOP_OK
               ? ngx_shop_order_down(&o) : NGX_SHOP_SAY_ERROR;
    }

    return ngx_shop_options_parse(&o, word, ngx_shop_order_enable_options, 7,
                                  argv) == NGX_SHOP_OK
           ? ngx_shop_order_enable(&o) : NGX_SHOP_SAY_ERROR;
}


/* how many got no 200 */

static unsigned
ngx_shop_drill_visit(const ngx_shop_drill_plan_t *plan, unsigned asks)
{
    size_t           size;
    unsigned         failed;
    unsigned char   *body;
    struct timespec  pause;

    pause.tv_sec = 0;
    pause.tv_nsec = 20000000;

    for (failed = 0; asks; asks--) {
        if (ngx_shop_fetch_quick(plan->shop, NGX_SHOP_DRILL_ASK, &body, &size)
            != NGX_SHOP_OK)
        {
            failed++;
        }

        free(body);
        (void) nanosleep(&pause, NULL);
    }

    return failed;
}


static int
ngx_shop_drill_told(const ngx_shop_drill_plan_t *plan, int64_t begun)
{
    int                      n, told;
    ngx_shop_log_t           log;
    ngx_shop_str_t           name;
    static ngx_shop_event_t  event;

    for (n = 0, told = 0; n < NGX_SHOP_DRILL_WAIT && !told; n++) {
        memset(&log, 0, sizeof(log));

        if (ngx_shop_log_read(&log, plan->log) != NGX_SHOP_OK) {
            return 0;
        }

        while (ngx_shop_log_next(&log, &event) == NGX_SHOP_OK) {
            name = ngx_shop_event_get(&event, event.server);

            told |= event.type == NGX_SHOP_EVENT_PEER
                    && event.time / 1000 >= begun
                    && event.cause == NGX_SHOP_EVENT_OPERATOR
                    && name.len == strlen(plan->server)
                    && memcmp(name.data, plan->server, name.len) == 0;
        }

        free(log.data);

        if (!told) {
            (void) sleep(1);
        }
    }

    return told;
}


static int
ngx_shop_drill_metric(const ngx_shop_drill_plan_t *plan)
{
    int             told;
    char           *p, *end;
    char            url[2048], label[300];
    size_t          size;
    unsigned char  *body;

    (void) snprintf(url, sizeof(url), "%.2000s%sformat=prometheus",
                    plan->status, strchr(plan->status, '?') ? "&" : "?");
    (void) snprintf(label, sizeof(label), "upstream=\"%.250s\"",
                    plan->upstream);

    if (ngx_shop_fetch_quick(url, NGX_SHOP_DRILL_ASK, &body, &size)
        != NGX_SHOP_OK)
    {
        return 0;
    }

    /* lines of text; the last byte is the end of the last of them */

    body[size ? size - 1 : 0] = '\0';
    told = 0;

    for (p = (char *) body; p; p = end ? end + 1 : NULL) {
        end = strchr(p, '\n');

        if (end) {
            *end = '\0';
        }

        told |= strncmp(p, "shop_failover_peer_overridden{", 30) == 0
                && strstr(p, label) && strstr(p, "} 1");
    }

    free(body);

    return told;
}


/* the sum of what shopctl notify has sent; 0 where that is not known */

static long
ngx_shop_drill_messages(const ngx_shop_drill_plan_t *plan)
{
    char         *p;
    long          sum;
    ssize_t       size;
    struct stat   sb;
    static char   data[4 * NGX_SHOP_DRILL_SIZE + 1];

    if (plan->notify == NULL) {
        return 0;
    }

    size = ngx_shop_infile_read(plan->notify, (unsigned char *) data,
                                sizeof(data) - 1, &sb);
    data[size > 0 ? size : 0] = '\0';

    for (p = data, sum = 0; p && *p; p = strchr(p, '\n')) {
        p += (*p == '\n');

        if (strncmp(p, "shop_failover_notify_messages_total{", 36) == 0
            && strstr(p, "} "))
        {
            sum += atol(strstr(p, "} ") + 2);
        }
    }

    return sum;
}


/* whether the server is in that state; NULL: whether another one is up */

static int
ngx_shop_drill_peer(const ngx_shop_drill_plan_t *plan, const char *state)
{
    int                   found;
    size_t                size, at;
    const char           *reason;
    unsigned char        *body;
    ngx_shop_str_t        source;
    ngx_shop_json_t       all, list, upstream, v;
    ngx_shop_json_walk_t  walk;

    if (ngx_shop_fetch_quick(plan->status, NGX_SHOP_DRILL_ASK, &body, &size)
        != NGX_SHOP_OK)
    {
        return 0;
    }

    source.data = body;
    source.len = size;
    found = 0;

    if (ngx_shop_json_parse(&all, &source, &at, &reason) == NGX_SHOP_OK
        && ngx_shop_json_find(&all, "upstreams", &list) == NGX_SHOP_OK)
    {
        ngx_shop_json_walk(&list, &walk);

        while (ngx_shop_json_next(&walk, NULL, &upstream) == NGX_SHOP_OK) {

            if (ngx_shop_json_find(&upstream, "name", &v) == NGX_SHOP_OK
                && ngx_shop_json_is(&v, plan->upstream))
            {
                found |= ngx_shop_drill_has(plan, &upstream, state);
            }
        }
    }

    free(body);

    return found;
}


static int
ngx_shop_drill_has(const ngx_shop_drill_plan_t *plan,
    const ngx_shop_json_t *upstream, const char *state)
{
    int                   same;
    ngx_shop_json_t       peers, peer, v;
    ngx_shop_json_walk_t  walk;

    if (ngx_shop_json_find(upstream, "peers", &peers) != NGX_SHOP_OK) {
        return 0;
    }

    ngx_shop_json_walk(&peers, &walk);

    while (ngx_shop_json_next(&walk, NULL, &peer) == NGX_SHOP_OK) {
        same = ngx_shop_json_find(&peer, "server", &v) == NGX_SHOP_OK
               && ngx_shop_json_is(&v, plan->server);

        if (same == (state != NULL)
            && ngx_shop_json_find(&peer, "state", &v) == NGX_SHOP_OK
            && ngx_shop_json_is(&v, state ? state : "up"))
        {
            return 1;
        }
    }

    return 0;
}
