
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * fleet status: one screen, JSON, or metrics of a fleet.
 */


#ifndef _NGX_SHOP_OVERVIEW_H_INCLUDED_
#define _NGX_SHOP_OVERVIEW_H_INCLUDED_


#include "ctl/fleet/engine.h"
#include "ctl/fleet/nodeline.h"


#define NGX_SHOP_OVERVIEW_NODES    256
#define NGX_SHOP_OVERVIEW_SERVERS  256


typedef struct {
    char                 name[NGX_SHOP_ENGINE_NAME];
    unsigned             away:1;
    unsigned             unread:1;     /* its line cannot be read */
    unsigned             agrees:1;     /* it has the flag of the engine */
    unsigned             alone;        /* servers that it alone sees down */
    ngx_shop_nodeline_t  line;
} ngx_shop_overview_node_t;


/* a server that at least one node sees down */
typedef struct {
    const char  *upstream;
    const char  *server;
    unsigned     n;                    /* how many see it */
    unsigned     by[NGX_SHOP_OVERVIEW_NODES / 32];
} ngx_shop_overview_server_t;


typedef struct {
    const char                 *engine;
    int64_t                     now;
    int64_t                     revision;
    unsigned                    there:1;
    char                        word[16];
    char                        status[512];
    char                        sum[24];

    unsigned                    nnodes;
    unsigned                    nheard;    /* not away, and readable */
    unsigned                    nagree;
    ngx_shop_overview_node_t   *nodes;

    unsigned                    nservers;
    ngx_shop_overview_server_t  servers[NGX_SHOP_OVERVIEW_SERVERS];
} ngx_shop_overview_t;


extern const ngx_shop_options_entry_t  ngx_shop_overview_options[];

int ngx_shop_overview_run(const ngx_shop_options_t *o);

/* each in a file of its own; metrics: OK, or ERROR after it was said why */
void ngx_shop_overview_screen(const ngx_shop_overview_t *v);
void ngx_shop_overview_json(const ngx_shop_overview_t *v);
int ngx_shop_overview_metrics(const ngx_shop_overview_t *v, const char *path);


#endif /* _NGX_SHOP_OVERVIEW_H_INCLUDED_ */
