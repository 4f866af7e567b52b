
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * Turns in probing.  Nodes take turns only where all of them see the same
 * nodes: else one would leave a server to somebody who does not come.
 */


#include "ctl/fleet/pulse.h"
#include "ctl/fleet/turns.h"

#include "logic/story/saved.h"


/* of an interval: how often, and for how long a beat counts */
#define ngx_shop_turns_beat(interval)   ((interval) / 4)
#define ngx_shop_turns_trust(interval)  ((interval) / 4 * 3)

/* s: whose clock is further off has another turn than it believes */
#define NGX_SHOP_TURNS_AHEAD  1


typedef struct {
    unsigned  nodes;
    unsigned  node;
    unsigned  split:1;                /* somebody sees others */
    int64_t   set;
    int64_t   age;                    /* ms: of the oldest beat */
} ngx_shop_turns_order_t;


static unsigned ngx_shop_turns_shares(const ngx_shop_nodeline_t *line);
static void ngx_shop_turns_visit(void *data,
    const ngx_shop_engine_node_t *node);
static ngx_shop_turns_node_t *ngx_shop_turns_find(ngx_shop_turns_t *t,
    const char *name);
static void ngx_shop_turns_order(ngx_shop_turns_t *t, int64_t now,
    ngx_shop_turns_order_t *order);
static int64_t ngx_shop_turns_hash(const char *name);


void
ngx_shop_turns_open(ngx_shop_turns_t *t, const char *node,
    ngx_shop_nodeline_t *line)
{
    t->node = node;
    t->line = line;
}


int
ngx_shop_turns_step(ngx_shop_turns_t *t, ngx_shop_engine_t *e,
    ngx_shop_orders_t *c)
{
    int64_t                 now;
    unsigned                i;
    ngx_shop_turns_order_t  order;

    now = ngx_shop_pulse_msec();

    if (now < t->next) {
        return NGX_SHOP_OK;
    }

    if (e->passive || !ngx_shop_turns_shares(t->line)) {
        t->n = 0;
        t->line->share.beat = 0;
        t->next = now + NGX_SHOP_TURNS_IDLE;
        return NGX_SHOP_OK;
    }

    t->next = now + ngx_shop_turns_beat(t->line->share.interval);
    t->line->share.beat++;

    for (i = 0; i < t->n; i++) {
        t->nodes[i].same = 0;
    }

    if (e->ops->nodes(e, ngx_shop_turns_visit, t) != NGX_SHOP_OK) {
        return NGX_SHOP_ERROR;
    }

    t->last = now;

    ngx_shop_turns_order(t, now, &order);
    t->line->share.set = order.set;

    if (order.nodes > 1 && !order.split) {
        ngx_shop_orders_share(c, order.nodes, order.node, order.age);
    }

    return NGX_SHOP_OK;
}


static unsigned
ngx_shop_turns_shares(const ngx_shop_nodeline_t *line)
{
    return line->nginx_up && line->share.interval > 0
           && line->ahead >= -NGX_SHOP_TURNS_AHEAD
           && line->ahead <= NGX_SHOP_TURNS_AHEAD;
}


static void
ngx_shop_turns_visit(void *data, const ngx_shop_engine_node_t *node)
{
    ngx_shop_turns_t       *t = data;
    ngx_shop_turns_node_t  *one;

    static ngx_shop_nodeline_t  line;

    if (node->away || strcmp(node->name, t->node) == 0
        || ngx_shop_nodeline_parse(&line, &node->line) != NGX_SHOP_OK
        || !ngx_shop_turns_shares(&line)
        || line.share.interval != t->line->share.interval
        || line.share.sum != t->line->share.sum)
    {
        return;
    }

    one = ngx_shop_turns_find(t, node->name);

    if (one == NULL) {
        return;
    }

    /* one that was there before says nothing of when it came */

    if (one->beat != line.share.beat) {
        one->heard = one->beat ? t->last : 0;
        one->beat = line.share.beat;
    }

    one->set = line.share.set;
    one->same = 1;
}


/* a new one takes the place of one that is gone */

static ngx_shop_turns_node_t *
ngx_shop_turns_find(ngx_shop_turns_t *t, const char *name)
{
    unsigned                i;
    ngx_shop_turns_node_t  *one;

    for (i = 0; i < t->n; i++) {
        if (strcmp(t->nodes[i].name, name) == 0) {
            return &t->nodes[i];
        }
    }

    if (t->n == NGX_SHOP_TURNS_NODES) {
        for (i = 0; i < t->n && t->nodes[i].same; i++) {
            /* void */
        }

        if (i == t->n) {
            return NULL;
        }

    } else {
        t->n++;
    }

    one = &t->nodes[i];
    memset(one, 0, sizeof(ngx_shop_turns_node_t));
    (void) strcpy(one->name, name);

    return one;
}


/* by name: each node comes to the same order by itself */

static void
ngx_shop_turns_order(ngx_shop_turns_t *t, int64_t now,
    ngx_shop_turns_order_t *order)
{
    int64_t                 age, trust;
    unsigned                i;
    ngx_shop_turns_node_t  *one;

    memset(order, 0, sizeof(ngx_shop_turns_order_t));
    order->nodes = 1;
    order->set = ngx_shop_turns_hash(t->node);
    trust = ngx_shop_turns_trust(t->line->share.interval);

    for (i = 0; i < t->n; i++) {
        one = &t->nodes[i];
        age = now - one->heard;

        if (one->same && one->heard && age < trust) {
            order->nodes++;
            order->node += strcmp(one->name, t->node) < 0;
            order->set ^= ngx_shop_turns_hash(one->name);
            order->age = age > order->age ? age : order->age;
        }
    }

    for (i = 0; i < t->n; i++) {
        one = &t->nodes[i];

        if (one->same && one->heard && now - one->heard < trust
            && one->set != order->set)
        {
            order->split = 1;
        }
    }
}


/* fits into a number of JSON */

static int64_t
ngx_shop_turns_hash(const char *name)
{
    return (int64_t) (ngx_shop_saved_hash(0, name, strlen(name)) >> 12);
}
