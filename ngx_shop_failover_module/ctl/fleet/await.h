
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * Who of a fleet has done what was written, and who has not, and why.
 */


#ifndef _NGX_SHOP_AWAIT_H_INCLUDED_
#define _NGX_SHOP_AWAIT_H_INCLUDED_


#include "ctl/fleet/engine.h"
#include "ctl/fleet/nodeline.h"


#define NGX_SHOP_AWAIT_NODES  1024
#define NGX_SHOP_AWAIT_WAIT   5000     /* ms */


#define NGX_SHOP_AWAIT_OPTIONS                                               \
    { "wait", NGX_SHOP_OPTIONS_VALUE, "LENGTH",                              \
      "how long to wait for all nodes [5s]" },                               \
    NGX_SHOP_JSONOUT_OPTION


typedef struct {
    char                  name[NGX_SHOP_ENGINE_NAME];
    unsigned              done:1;
    unsigned              away:1;
    unsigned              refused:1;   /* it will not be done */
    char                  why[NGX_SHOP_NODELINE_WHY + 64];
} ngx_shop_await_node_t;


typedef struct {

    /* in */
    ngx_shop_engine_t    *engine;
    const char           *command;     /* "on" */
    const char           *word;        /* "closed" */
    const char           *sum;         /* of the flag; NULL: an order */
    int64_t               revision;    /* of the flag, or the order's id */
    int64_t               began;       /* ms */
    int64_t               wait;        /* ms */
    unsigned              json:1;

    /* out */
    unsigned                later:1;   /* a node has a later flag */
    char                    newer[24]; /* its sum, as the engine has it */
    ngx_shop_await_node_t  *nodes;
    unsigned                nnodes;
    unsigned                ndone;
} ngx_shop_await_t;


/* of --wait; OK, or ERROR after it was said */
int ngx_shop_await_options(ngx_shop_await_t *a, const ngx_shop_options_t *o);

/* looks once; OK: all have; AGAIN: some may yet; DECLINED: some will not */
int ngx_shop_await_look(ngx_shop_await_t *a);

/* waits, and says it; the exit code */
int ngx_shop_await_all(ngx_shop_await_t *a);


#endif /* _NGX_SHOP_AWAIT_H_INCLUDED_ */
