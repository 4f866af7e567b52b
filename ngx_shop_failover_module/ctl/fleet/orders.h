
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * Orders for servers that all nodes of a fleet carry out: the document, who
 * writes into it, and who carries it out.
 */


#ifndef _NGX_SHOP_ORDERS_H_INCLUDED_
#define _NGX_SHOP_ORDERS_H_INCLUDED_


#include "ctl/fleet/engine.h"
#include "ctl/fleet/nodeline.h"


#define NGX_SHOP_ORDERS_URL  "http://127.0.0.1/shop_control"
#define NGX_SHOP_ORDERS_KEY  "/etc/nginx/shop.key"
#define NGX_SHOP_ORDERS_MAX  64


/* how a node's nginx is told */
#define NGX_SHOP_ORDERS_OPTIONS                                              \
    { "control", NGX_SHOP_OPTIONS_VALUE, "URL",                              \
      "a location with shop_control, else $SHOP_CONTROL, else "              \
      NGX_SHOP_ORDERS_URL },                                                 \
    { "key", NGX_SHOP_OPTIONS_VALUE, "FILE",                                 \
      "of shop_control, else $SHOP_CONTROL_KEY, else "                       \
      NGX_SHOP_ORDERS_KEY "; where there is none no orders are carried out" }


typedef struct {
    const char  *url;
    const char  *key;
    unsigned     waiting:1;   /* for nginx, to be tried again */
} ngx_shop_orders_t;


/* one of the document; id is the time at which it was given, ms, or more */
typedef struct {
    int64_t      id;
    int64_t      until;       /* Unix s; 0: until another one */
    char         action[16];
    char         server[NGX_SHOP_NODELINE_NAME];
    char         upstream[NGX_SHOP_NODELINE_NAME];
    char         reason[NGX_SHOP_NODELINE_NAME];
    char         who[64];
} ngx_shop_orders_one_t;


void ngx_shop_orders_open(ngx_shop_orders_t *c, const ngx_shop_options_t *o);

/* of a document, the first ORDERS_MAX of them; how many */
unsigned ngx_shop_orders_read(const ngx_shop_engine_value_t *value,
    ngx_shop_orders_one_t *orders);

/*
 * What is new in the document, by this node's shop_control.  1: something was
 * done, and how far it has come is to be saved.
 */
int ngx_shop_orders_carry(ngx_shop_orders_t *c,
    const ngx_shop_engine_value_t *value, int64_t *done,
    ngx_shop_nodeline_t *line);

/* a probe of a server, now: OK; else nginx could not be asked, or refused */
int ngx_shop_orders_probe(ngx_shop_orders_t *c, const char *upstream,
    const char *server);


/*
 * Tells nginx that so many nodes take turns in probing, that this is the one
 * of that number, and that the others were heard of so many ms ago.  One that
 * is not told probes alone, so nothing is said of a failure.
 */
void ngx_shop_orders_share(ngx_shop_orders_t *c, unsigned nodes, unsigned node,
    int64_t age);


#endif /* _NGX_SHOP_ORDERS_H_INCLUDED_ */
