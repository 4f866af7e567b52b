
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * What a node of a fleet says of itself: made from its nginx's status, written
 * as one line of JSON, and read again.
 */


#ifndef _NGX_SHOP_NODELINE_H_INCLUDED_
#define _NGX_SHOP_NODELINE_H_INCLUDED_


#include "logic/text/emit.h"
#include "logic/text/json.h"


#define NGX_SHOP_NODELINE_SITES  32      /* that are named */
#define NGX_SHOP_NODELINE_DOWN   64
#define NGX_SHOP_NODELINE_NAME   128
#define NGX_SHOP_NODELINE_WHY    256


typedef struct {
    char      name[NGX_SHOP_NODELINE_NAME];
    char      state[16];
} ngx_shop_nodeline_site_t;


typedef struct {
    char      upstream[NGX_SHOP_NODELINE_NAME];
    char      server[NGX_SHOP_NODELINE_NAME];
} ngx_shop_nodeline_server_t;


/* of probes that nodes may share, by the upstream with the shortest interval */
typedef struct {
    int64_t                     interval;   /* ms; 0: none */
    int64_t                     sum;        /* of what is probed, and how */
    int64_t                     beat;       /* changes while it is well */
    int64_t                     set;        /* of the nodes that it sees */
} ngx_shop_nodeline_share_t;


typedef struct {
    int64_t                     time;       /* Unix s, by its own clock */
    int64_t                     ahead;      /* s, of the engine's clock */

    /* of the flag: what its nginx has in force */
    int64_t                     revision;   /* acknowledged; 0: none yet */
    char                        sum[24];    /* of its text; "": open */
    char                        was[24];    /* of ours before; not told */
    unsigned                    there:1;    /* a flag of the fleet is */
    unsigned                    other:1;    /* another file of it counts */
    unsigned                    nginx_up:1; /* its status was read */
    unsigned                    knows:1;    /* it has a flag of that path */
    char                        trouble[NGX_SHOP_NODELINE_WHY];

    /* of orders */
    int64_t                     orders;     /* the last that was dealt with */
    int64_t                     refused;    /* the last that nginx refused */
    char                        why[NGX_SHOP_NODELINE_WHY];

    ngx_shop_nodeline_share_t   share;

    char                        module[32];
    char                        nginx[32];

    unsigned                    nsites;
    unsigned                    ndown;      /* of down, all of them */
    unsigned                    nservers;
    unsigned                    ndoubt;     /* of doubt; not told */
    ngx_shop_nodeline_site_t    sites[NGX_SHOP_NODELINE_SITES];
    ngx_shop_nodeline_server_t  down[NGX_SHOP_NODELINE_DOWN];
    ngx_shop_nodeline_server_t  doubt[NGX_SHOP_NODELINE_DOWN];
} ngx_shop_nodeline_t;


/*
 * What a status says of sites and servers, and of the flag dir: whether a text
 * of this sum is in force ("": that of n->was is not), by every site that has
 * the flag; some: only of those that it names.  1, or 0: not (yet).
 */
int ngx_shop_nodeline_status(ngx_shop_nodeline_t *n, const ngx_shop_json_t *v,
    const char *dir, const char *sum, unsigned some);

/* there is no status */
void ngx_shop_nodeline_silent(ngx_shop_nodeline_t *n, const char *why);

/* key: of the object that it is a member of, or NULL */
void ngx_shop_nodeline_emit(const ngx_shop_nodeline_t *n, ngx_shop_emit_t *e,
    const char *key);

/* what others wrote: OK, or ERROR; whatever is too long is cut */
int ngx_shop_nodeline_parse(ngx_shop_nodeline_t *n, const ngx_shop_str_t *s);


#endif /* _NGX_SHOP_NODELINE_H_INCLUDED_ */
