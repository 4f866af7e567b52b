
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * Whether the routes work: a drill through each, when that was last done, and
 * the figures of all this for people and for Prometheus.
 */


#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

#include "ctl/infile.h"
#include "ctl/notify/notify_inside.h"
#include "logic/flag/times.h"


/* ms between two writes of the metrics; of a nag and the next */
#define NGX_SHOP_NOTIFY_PROOF_EVERY  15000
#define NGX_SHOP_NOTIFY_PROOF_NAG    (30 * NGX_SHOP_NOTIFY_DAY)

#define NGX_SHOP_NOTIFY_PROOF_SIZE   32768


/* a figure of a route, from its box */
typedef struct {
    const char  *name;
    const char  *type;
    const char  *help;
    size_t       offset;
    unsigned     seconds:1;       /* a time in ms */
} ngx_shop_notify_proof_figure_t;


static void ngx_shop_notify_proof_read(const ngx_shop_notify_t *n,
    int64_t *proved);
static int ngx_shop_notify_proof_write(const ngx_shop_notify_t *n,
    const int64_t *proved);
static void ngx_shop_notify_proof_nag(ngx_shop_notify_t *n,
    const int64_t *proved, int64_t now);
static void ngx_shop_notify_proof_metrics(const ngx_shop_notify_t *n,
    const int64_t *proved);
static void ngx_shop_notify_proof_sample(ngx_shop_emit_t *e, const char *name,
    const char *route, int64_t value);
static void ngx_shop_notify_proof_total(ngx_shop_emit_t *e, const char *name,
    const char *help, int64_t value);
static void ngx_shop_notify_proof_path(const ngx_shop_notify_t *n, char *path,
    size_t size);
static void ngx_shop_notify_proof_when(const char *before, int64_t at,
    int64_t now);


static const ngx_shop_notify_proof_figure_t
    ngx_shop_notify_proof_figures[] = {

    { "shop_failover_notify_last_success_timestamp_seconds", "gauge",
      "When a message of the route last arrived; 0: never.",
      offsetof(ngx_shop_notify_box_t, sent), 1 },

    { "shop_failover_notify_failing_since_timestamp_seconds", "gauge",
      "Since when messages of the route fail; 0: they do not.",
      offsetof(ngx_shop_notify_box_t, failing), 1 },

    { "shop_failover_notify_messages_total", "counter",
      "Messages of the route that arrived.",
      offsetof(ngx_shop_notify_box_t, messages), 0 },

    { "shop_failover_notify_failures_total", "counter",
      "Attempts of the route that failed.",
      offsetof(ngx_shop_notify_box_t, failures), 0 },

    { "shop_failover_notify_dropped_total", "counter",
      "Messages of the route that were given up after a day.",
      offsetof(ngx_shop_notify_box_t, dropped), 0 },

    { NULL, NULL, NULL, 0, 0 }
};


void
ngx_shop_notify_proof_tick(ngx_shop_notify_t *n, int64_t now)
{
    unsigned        i;
    int64_t         proved[NGX_SHOP_NOTIFY_ROUTES];
    static int64_t  last;

    if (last && now >= last && now - last < NGX_SHOP_NOTIFY_PROOF_EVERY) {
        return;
    }

    last = now;
    ngx_shop_notify_proof_read(n, proved);

    for (i = 0; i < n->conf->nroutes; i++) {
        if (n->boxes[i].first == 0) {
            n->boxes[i].first = now;
            n->dirty = 1;
        }
    }

    ngx_shop_notify_proof_nag(n, proved, now);
    ngx_shop_notify_proof_metrics(n, proved);
}


/* by a line "ROUTE MS" each, beside the state; a test may be run meanwhile */

static void
ngx_shop_notify_proof_read(const ngx_shop_notify_t *n, int64_t *proved)
{
    long           at;
    char           path[NGX_SHOP_NOTIFY_PATH], name[NGX_SHOP_NOTIFY_NAME];
    char          *p;
    ssize_t        size;
    unsigned       i;
    struct stat    sb;
    static char    data[NGX_SHOP_NOTIFY_PROOF_SIZE];

    memset(proved, 0, NGX_SHOP_NOTIFY_ROUTES * sizeof(int64_t));
    ngx_shop_notify_proof_path(n, path, sizeof(path));
    size = ngx_shop_infile_read(path, (unsigned char *) data,
                                sizeof(data) - 1, &sb);

    if (size <= 0) {
        return;
    }

    data[size] = '\0';

    for (p = data; p && *p; p = strchr(p, '\n')) {
        p += (*p == '\n');

        if (sscanf(p, "%63s %ld", name, &at) != 2) {
            continue;
        }

        for (i = 0; i < n->conf->nroutes; i++) {
            if (strcmp(n->conf->routes[i].name, name) == 0) {
                proved[i] = at;
            }
        }
    }
}


static int
ngx_shop_notify_proof_write(const ngx_shop_notify_t *n, const int64_t *proved)
{
    char             path[NGX_SHOP_NOTIFY_PATH];
    unsigned         i;
    unsigned char    data[NGX_SHOP_NOTIFY_ROUTES * 96];
    ngx_shop_emit_t  e;

    ngx_shop_notify_proof_path(n, path, sizeof(path));
    ngx_shop_emit_init(&e, data, sizeof(data));

    for (i = 0; i < n->conf->nroutes; i++) {
        if (proved[i]) {
            ngx_shop_emit_text(&e, n->conf->routes[i].name);
            ngx_shop_emit_text(&e, " ");
            ngx_shop_emit_number(&e, proved[i]);
            ngx_shop_emit_text(&e, "\n");
        }
    }

    if (ngx_shop_notify_store_replace(path, data, (size_t) (e.pos - e.start))
        != NGX_SHOP_OK)
    {
        (void) ngx_shop_say_errno(errno, "cannot write \"%s\"", path);
        return NGX_SHOP_ERROR;
    }

    return NGX_SHOP_OK;
}


static void
ngx_shop_notify_proof_path(const ngx_shop_notify_t *n, char *path, size_t size)
{
    (void) snprintf(path, size, "%s.proved", n->conf->state);
}


/* a route that nobody has tried for long is one that may not work */

static void
ngx_shop_notify_proof_nag(ngx_shop_notify_t *n, const int64_t *proved,
    int64_t now)
{
    int64_t                  since;
    unsigned                 i;
    ngx_shop_notify_box_t   *box;
    ngx_shop_notify_item_t   item;

    for (i = 0; i < n->conf->nroutes; i++) {
        box = &n->boxes[i];
        since = proved[i] ? proved[i] : box->first;

        if (now - since < NGX_SHOP_NOTIFY_PROVED
            || (box->nagged > since
                && now - box->nagged < NGX_SHOP_NOTIFY_PROOF_NAG))
        {
            continue;
        }

        box->nagged = now;
        memset(&item, 0, sizeof(item));
        item.kind = NGX_SHOP_NOTIFY_UNPROVED;
        item.level = NGX_SHOP_NOTIFY_P3;
        item.worst = item.level;
        item.time = now;

        /* of each route one */

        (void) snprintf(item.class, sizeof(item.class), "%s", box->name);
        (void) snprintf(item.title, sizeof(item.title), "Route %s was %s for "
                        "%ld days", box->name,
                        proved[i] ? "not proved" : "never proved",
                        (long) ((now - since) / NGX_SHOP_NOTIFY_DAY));
        strcpy(item.todo, "shopctl notify --test");
        ngx_shop_notify_box_put(n, &item, now);
    }
}


static void
ngx_shop_notify_proof_metrics(const ngx_shop_notify_t *n,
    const int64_t *proved)
{
    int64_t                                value;
    unsigned                               i;
    ngx_shop_emit_t                        e;
    static unsigned char                   buf[NGX_SHOP_NOTIFY_PROOF_SIZE];
    const ngx_shop_notify_proof_figure_t  *f;

    if (n->conf->metrics == NULL) {
        return;
    }

    ngx_shop_emit_init(&e, buf, sizeof(buf));

    ngx_shop_notify_proof_total(&e, "shop_failover_notify_events_total",
                                "Lines of the event log that were read.",
                                n->mark.events);
    ngx_shop_notify_proof_total(&e, "shop_failover_notify_events_lost_total",
                                "Events that were missing in the event log.",
                                n->mark.lost);

    for (f = ngx_shop_notify_proof_figures; f->name; f++) {
        ngx_shop_emit_family(&e, f->name, f->type, f->help);

        for (i = 0; i < n->conf->nroutes; i++) {
            memcpy(&value, (const char *) &n->boxes[i] + f->offset,
                   sizeof(value));
            ngx_shop_notify_proof_sample(&e, f->name, n->boxes[i].name,
                                         f->seconds ? value / 1000 : value);
        }
    }

    ngx_shop_emit_family(&e, "shop_failover_notify_proved_timestamp_seconds",
                         "gauge", "When a drill of the route last arrived; 0: "
                         "never.");

    for (i = 0; i < n->conf->nroutes; i++) {
        ngx_shop_notify_proof_sample(&e,
                             "shop_failover_notify_proved_timestamp_seconds",
                             n->boxes[i].name, proved[i] / 1000);
    }

    ngx_shop_emit_family(&e, "shop_failover_notify_waiting", "gauge",
                         "News that waits for the route.");

    for (i = 0; i < n->conf->nroutes; i++) {
        ngx_shop_notify_proof_sample(&e, "shop_failover_notify_waiting",
                                     n->boxes[i].name,
                                     (int64_t) n->nitems[i]
                                     + n->boxes[i].more);
    }

    if (!e.failed) {
        (void) ngx_shop_notify_store_replace(n->conf->metrics, buf,
                                             (size_t) (e.pos - e.start));
        (void) chmod(n->conf->metrics, 0644);
    }
}


static void
ngx_shop_notify_proof_total(ngx_shop_emit_t *e, const char *name,
    const char *help, int64_t value)
{
    ngx_shop_emit_family(e, name, "counter", help);
    ngx_shop_emit_sample(e, name, NULL, 0, value);
}


static void
ngx_shop_notify_proof_sample(ngx_shop_emit_t *e, const char *name,
    const char *route, int64_t value)
{
    ngx_shop_emit_label_t  label;

    label.name = "route";
    label.value.data = (const unsigned char *) route;
    label.value.len = strlen(route);

    ngx_shop_emit_sample(e, name, &label, 1, value);
}


/* of the daemon that has written the state; exit code */

int
ngx_shop_notify_proof_status(ngx_shop_notify_t *n, int64_t now)
{
    int                           bad;
    int64_t                       proved[NGX_SHOP_NOTIFY_ROUTES];
    unsigned                      i;
    const ngx_shop_notify_box_t  *box;

    ngx_shop_notify_proof_read(n, proved);
    bad = 0;

    for (i = 0; i < n->conf->nroutes; i++) {
        box = &n->boxes[i];
        printf("%-20s %-10s", box->name,
               ngx_shop_notify_conf_form(n->conf->routes[i].form));

        ngx_shop_notify_proof_when("proved", proved[i], now);
        ngx_shop_notify_proof_when(", sent", box->sent, now);

        if (n->nitems[i]) {
            printf(", %u waiting", n->nitems[i]);
        }

        if (box->failing) {
            ngx_shop_notify_proof_when(", FAILING since", box->failing, now);
            bad = 1;
        }

        bad |= (proved[i] == 0 || now - proved[i] > NGX_SHOP_NOTIFY_PROVED);
        putchar('\n');
    }

    printf("%ld events were read, %ld are missing\n", (long) n->mark.events,
           (long) n->mark.lost);

    return bad ? NGX_SHOP_SAY_NO : NGX_SHOP_SAY_YES;
}


static void
ngx_shop_notify_proof_when(const char *before, int64_t at, int64_t now)
{
    size_t         len;
    unsigned char  text[NGX_SHOP_TIMES_LEN];

    if (at == 0) {
        printf("%s never", before);
        return;
    }

    len = ngx_shop_times_length(text, (now - at) / 1000);
    printf("%s %.*s ago", before, (int) len, (char *) text);
}


/* a marked drill through every route, at once; what waits is left alone */

int
ngx_shop_notify_proof_test(ngx_shop_notify_t *n)
{
    int                      bad;
    int64_t                  now, proved[NGX_SHOP_NOTIFY_ROUTES];
    unsigned                 i;
    ngx_shop_notify_item_t   item;

    ngx_shop_notify_proof_read(n, proved);
    now = ngx_shop_notify_store_now();

    memset(&item, 0, sizeof(item));
    item.kind = NGX_SHOP_NOTIFY_DRILL;
    item.level = NGX_SHOP_NOTIFY_P3;
    item.worst = item.level;
    item.time = now;
    strcpy(item.title, "A drill: this route works");
    strcpy(item.detail, "Whoever reads this would be told of the shop.");
    strcpy(item.todo, "shopctl notify --status");

    for (i = 0; i < n->conf->nroutes; i++) {
        n->nitems[i] = 0;
        memset(&n->boxes[i], 0, sizeof(n->boxes[i]));
        (void) snprintf(n->boxes[i].name, sizeof(n->boxes[i].name), "%s",
                        n->conf->routes[i].name);
        ngx_shop_notify_box_put_one(n, i, &item, now);
        n->items[i][0].taken = 1;

        /* no id of a message, and none of another drill */

        n->boxes[i].id = now;
        n->boxes[i].tries = 1;
        n->boxes[i].begun = now;
        n->boxes[i].failing = now;
        ngx_shop_notify_send_start(n, i, now);
    }

    while (ngx_shop_notify_send_step(n, 200)) { /* void */ }

    for (i = 0, bad = 0; i < n->conf->nroutes; i++) {

        if (n->boxes[i].messages) {
            proved[i] = ngx_shop_notify_store_now();
            printf("%-20s ok\n", n->boxes[i].name);
            continue;
        }

        printf("%-20s FAILED: %s\n", n->boxes[i].name,
               ngx_shop_notify_send_reason(i));
        bad = 1;
    }

    if (ngx_shop_notify_proof_write(n, proved) != NGX_SHOP_OK) {
        return NGX_SHOP_SAY_ERROR;
    }

    return bad ? NGX_SHOP_SAY_NO : NGX_SHOP_SAY_YES;
}
