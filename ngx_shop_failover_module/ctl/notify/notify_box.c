
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * What waits for a route: news that is folded until it may be sent, and the
 * one message that is being sent.  Bounded: news of a site replaces what is
 * older, and what finds no room is counted.
 */


#include <time.h>

#include "ctl/notify/notify_inside.h"


/* ms */
#define NGX_SHOP_NOTIFY_BOX_RETRY_MIN  2000
#define NGX_SHOP_NOTIFY_BOX_RETRY_MAX  300000
#define NGX_SHOP_NOTIFY_BOX_GIVE_UP    NGX_SHOP_NOTIFY_DAY


static int ngx_shop_notify_box_wants(const ngx_shop_notify_route_t *route,
    const ngx_shop_notify_item_t *item);
static ngx_shop_notify_item_t *ngx_shop_notify_box_same(ngx_shop_notify_t *n,
    unsigned route, const ngx_shop_notify_item_t *item);
static int64_t ngx_shop_notify_box_item_due(const ngx_shop_notify_t *n,
    unsigned route, const ngx_shop_notify_item_t *item, int64_t now);
static int ngx_shop_notify_box_quiet(const ngx_shop_notify_quiet_t *quiet,
    int64_t at);
static int ngx_shop_notify_box_alone(unsigned form);
static void ngx_shop_notify_box_drop(ngx_shop_notify_t *n, unsigned route);


void
ngx_shop_notify_box_put(ngx_shop_notify_t *n,
    const ngx_shop_notify_item_t *item, int64_t now)
{
    unsigned  i;

    for (i = 0; i < n->conf->nroutes; i++) {
        if (ngx_shop_notify_box_wants(&n->conf->routes[i], item)) {
            ngx_shop_notify_box_put_one(n, i, item, now);
        }
    }
}


static int
ngx_shop_notify_box_wants(const ngx_shop_notify_route_t *route,
    const ngx_shop_notify_item_t *item)
{
    /* who asks for a class wants to know of that, and of nothing else */

    if (item->kind == NGX_SHOP_NOTIFY_REFUSED || route->classes.n) {
        return item->kind == NGX_SHOP_NOTIFY_REFUSED
               && ngx_shop_notify_conf_has(&route->classes, item->class)
               && ngx_shop_notify_conf_has(&route->sites, item->site)
               && (route->classes.n
                   || (route->levels & 1u << (unsigned) item->worst));
    }

    return (route->levels & 1u << (unsigned) item->worst)
           && (item->site[0] == '\0'
               || ngx_shop_notify_conf_has(&route->sites, item->site));
}


void
ngx_shop_notify_box_put_one(ngx_shop_notify_t *n, unsigned route,
    const ngx_shop_notify_item_t *item, int64_t now)
{
    int64_t                  worst, changes;
    ngx_shop_notify_item_t  *same;

    (void) now;

    same = ngx_shop_notify_box_same(n, route, item);
    n->dirty = 1;

    if (same) {
        worst = same->worst < item->worst ? same->worst : item->worst;
        changes = same->changes + 1;
        *same = *item;
        same->worst = worst;
        same->changes = changes;
        return;
    }

    if (n->nitems[route] == NGX_SHOP_NOTIFY_ITEMS) {
        n->boxes[route].more++;
        return;
    }

    same = &n->items[route][n->nitems[route]++];
    *same = *item;
    same->taken = 0;
    same->changes = 1;
}


/* what waits and says the same of the same site: states are one thing */

static ngx_shop_notify_item_t *
ngx_shop_notify_box_same(ngx_shop_notify_t *n, unsigned route,
    const ngx_shop_notify_item_t *item)
{
    unsigned                 i;
    int64_t                  kind, other;
    ngx_shop_notify_item_t  *old;

    kind = item->kind <= NGX_SHOP_NOTIFY_RESOLVED ? NGX_SHOP_NOTIFY_STATE
                                                  : item->kind;

    for (i = 0; i < n->nitems[route]; i++) {
        old = &n->items[route][i];
        other = old->kind <= NGX_SHOP_NOTIFY_RESOLVED ? NGX_SHOP_NOTIFY_STATE
                                                      : old->kind;

        if (!old->taken && other == kind
            && strcmp(old->site, item->site) == 0
            && strcmp(old->class, item->class) == 0)
        {
            return old;
        }
    }

    return NULL;
}


/* a program takes one alarm at a time, and a person a list */

static int
ngx_shop_notify_box_alone(unsigned form)
{
    return form == NGX_SHOP_NOTIFY_PAGERDUTY
           || form == NGX_SHOP_NOTIFY_OPSGENIE;
}


int
ngx_shop_notify_box_take(ngx_shop_notify_t *n, unsigned route, int64_t now)
{
    unsigned                 i;
    ngx_shop_notify_box_t   *box;
    ngx_shop_notify_item_t  *item;

    box = &n->boxes[route];

    if (n->nitems[route] == 0
        || ngx_shop_notify_box_due(n, route, now) > now)
    {
        return 0;
    }

    n->dirty = 1;

    if (box->id) {
        box->tries++;
        return 1;
    }

    for (i = 0; i < n->nitems[route]; i++) {
        item = &n->items[route][i];

        if (ngx_shop_notify_box_item_due(n, route, item, now) > now) {
            continue;
        }

        item->taken = 1;

        if (ngx_shop_notify_box_alone(n->conf->routes[route].form)) {
            break;
        }
    }

    box->id = ++n->mark.number;
    box->begun = now;
    box->tries = 1;

    return 1;
}


int64_t
ngx_shop_notify_box_due(const ngx_shop_notify_t *n, unsigned route,
    int64_t now)
{
    unsigned                      i;
    int64_t                       due, at;
    const ngx_shop_notify_box_t  *box;

    box = &n->boxes[route];

    /* a clock that was set back is waited for no longer than a retry */

    if (box->next > now + NGX_SHOP_NOTIFY_BOX_RETRY_MAX + n->conf->fold) {
        return now;
    }

    if (box->id) {
        return box->next;
    }

    due = 0;

    for (i = 0; i < n->nitems[route]; i++) {
        at = ngx_shop_notify_box_item_due(n, route, &n->items[route][i], now);
        due = (i == 0 || at < due) ? at : due;
    }

    return due > box->next ? due : box->next;
}


static int64_t
ngx_shop_notify_box_item_due(const ngx_shop_notify_t *n, unsigned route,
    const ngx_shop_notify_item_t *item, int64_t now)
{
    int64_t                         due;
    const ngx_shop_notify_route_t  *conf;

    conf = &n->conf->routes[route];

    /* tickets wait for the morning; it is looked at again each minute */

    if (item->worst >= NGX_SHOP_NOTIFY_P3
        && item->kind != NGX_SHOP_NOTIFY_DRILL
        && ngx_shop_notify_box_quiet(&conf->quiet, now))
    {
        return now + 60000;
    }

    due = item->time + NGX_SHOP_NOTIFY_GATHER;

    return due > now + NGX_SHOP_NOTIFY_GATHER ? now : due;
}


static int
ngx_shop_notify_box_quiet(const ngx_shop_notify_quiet_t *quiet, int64_t at)
{
    int        minute;
    time_t     t;
    struct tm  tm;

    if (quiet->from == quiet->to) {
        return 0;
    }

    t = (time_t) (at / 1000);

    if (localtime_r(&t, &tm) == NULL) {
        return 0;
    }

    minute = tm.tm_hour * 60 + tm.tm_min;

    return quiet->from < quiet->to
           ? minute >= quiet->from && minute < quiet->to
           : minute >= quiet->from || minute < quiet->to;
}


void
ngx_shop_notify_box_done(ngx_shop_notify_t *n, unsigned route, int64_t now)
{
    ngx_shop_notify_box_t  *box;

    box = &n->boxes[route];
    box->sent = now;
    box->failing = 0;
    box->messages++;

    ngx_shop_notify_box_drop(n, route);

    /* each alarm is one message there: those that wait need not be folded */

    box->next = ngx_shop_notify_box_alone(n->conf->routes[route].form)
                ? now : now + n->conf->fold;
}


/* the message is over */

static void
ngx_shop_notify_box_drop(ngx_shop_notify_t *n, unsigned route)
{
    unsigned                i, kept;
    ngx_shop_notify_box_t  *box;

    for (i = 0, kept = 0; i < n->nitems[route]; i++) {
        if (!n->items[route][i].taken) {
            n->items[route][kept++] = n->items[route][i];
        }
    }

    box = &n->boxes[route];
    box->more = 0;
    box->id = 0;
    box->tries = 0;
    box->doubt = 0;
    n->nitems[route] = kept;
    n->dirty = 1;
}


void
ngx_shop_notify_box_failed(ngx_shop_notify_t *n, unsigned route,
    unsigned doubt, int64_t retry, int64_t now)
{
    int64_t                 pause;
    ngx_shop_notify_box_t  *box;

    box = &n->boxes[route];
    box->failures++;
    box->failing = box->failing ? box->failing : now;
    box->doubt = doubt;
    n->dirty = 1;

    if (now - box->begun > NGX_SHOP_NOTIFY_BOX_GIVE_UP) {
        (void) ngx_shop_say_error("route %s: a message is given up after a "
                                  "day", box->name);
        box->dropped++;
        ngx_shop_notify_box_drop(n, route);
        return;
    }

    pause = box->tries < 8 ? NGX_SHOP_NOTIFY_BOX_RETRY_MIN << (box->tries - 1)
                           : NGX_SHOP_NOTIFY_BOX_RETRY_MAX;

    pause = retry > pause ? retry : pause;
    pause = pause < NGX_SHOP_NOTIFY_BOX_RETRY_MAX
            ? pause : NGX_SHOP_NOTIFY_BOX_RETRY_MAX;

    /* not all daemons of a farm at once */

    pause += (n->mark.nonce ^ now) % (pause / 4 + 1);
    box->next = now + pause;
}
