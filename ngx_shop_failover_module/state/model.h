
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * What the configuration and the resolver say of peers, groups and
 * sites; memory of a process.
 */


#ifndef _NGX_SHOP_MODEL_H_INCLUDED_
#define _NGX_SHOP_MODEL_H_INCLUDED_


#include "state/layout.h"


/* a peer as the configuration or the resolver names it; process memory */
typedef struct {
    ngx_str_t                  server;       /* as written */
    ngx_str_t                  address;      /* as resolved, text */
    struct sockaddr           *sockaddr;
    socklen_t                  socklen;
    uint64_t                   id;
    uint32_t                   slot;         /* or NO_SLOT */
    unsigned                   backup:1;
    unsigned                   down:1;       /* by the configuration */
    unsigned                   twin:1;       /* named twice: slot shared */
} ngx_shop_model_peer_t;


/* a peer that was found at run time ("resolve"); process memory of a worker */
typedef struct ngx_shop_model_dynamic_s  ngx_shop_model_dynamic_t;

struct ngx_shop_model_dynamic_s {
    ngx_shop_model_peer_t      peer;
    ngx_shop_model_dynamic_t  *next;
    ngx_pool_t                *pool;         /* of this record */
    void                      *target;       /* of who probes it */
    ngx_msec_t                 touched;      /* its slot, by us */
    unsigned                   seen:1;
    unsigned                   gone:1;       /* waits to be freed */
    unsigned                   untracked:1;  /* no room, and told so */
};


typedef struct {
    ngx_str_t                  name;
    ngx_array_t                peers;        /* of _model_peer_t */
    ngx_shop_model_dynamic_t  *dynamic;      /* a list */
    ngx_array_t                chain;        /* of _model_group_t *: backups */
    ngx_shop_verdict_rule_t    rule;
    uint32_t                   index;        /* in sh->groups */
    ngx_msec_t                 hold;         /* of shop_failover_to */
    ngx_uint_t                 below;        /* ... percent; 0: none left */
    ngx_msec_t                 interval;     /* of probes; 0: none */
    ngx_uint_t                 shared;       /* by so many nodes at most */
    ngx_msec_t                 slow_start;   /* 0: off */
    ngx_uint_t                 panic;        /* percent; 0: never */
    ngx_msec_t                 shed;         /* target; 0: off */
    ngx_uint_t                 queue;        /* may wait; 0: nobody */
    ngx_msec_t                 patience;     /* ... for so long */
    ngx_uint_t                 resolve;      /* "resolve" servers */
    unsigned                   checked:1;    /* has probes */
    unsigned                   unknown:1;    /* not all peers found yet */
    unsigned                   backup:1;     /* of another group */
    unsigned                   judged:1;     /* counts for its sites */

    ngx_uint_t                 state;        /* of board_evaluate(): a
                                                _site_group_e */
} ngx_shop_model_group_t;


/* a flag file or directory, however many sites it closes */
typedef struct {
    ngx_str_t                  path;
    uint32_t                   index;        /* in sh->flags */
} ngx_shop_model_flag_t;


/* an upstream of a site */
typedef struct {
    ngx_shop_model_group_t    *group;
    unsigned                   optional:1;   /* its loss is no outage */
} ngx_shop_model_use_t;


typedef struct ngx_shop_model_site_s  ngx_shop_model_site_t;

struct ngx_shop_model_site_s {
    ngx_str_t                  name;         /* len 0: what no site has */
    ngx_shop_model_flag_t     *flag;         /* NULL: none; or the file of it
                                                that speaks for this site */
    ngx_shop_model_flag_t     *base;         /* of the configuration */
    ngx_array_t                names;        /* of ngx_str_t: server names;
                                                len 0: any */
    ngx_shop_model_site_t     *whole;        /* of which it is a part, while a
                                                file closes these hosts alone;
                                                else NULL */
    ngx_str_t                  hosts;        /* of a part */
    ngx_array_t                uses;         /* of _model_use_t */
    ngx_msec_t                 hold;
    ngx_msec_t                 ramp;
    uint32_t                   index;        /* in sh->sites */
    void                      *view;         /* of this worker's board */
    int64_t                    promise;      /* of shop_budget, millionths of
                                                a percent; 0: none */
    ngx_atomic_uint_t          traffic[NGX_SHOP_WEEK_N];
                                             /* of this worker, that nobody
                                                was told of */
    unsigned                   listed:1;     /* of shop_upstreams: whole */
    unsigned                   used:1;       /* of a part: there is one */
};


/* a host that a part of a site has, in board_hosts */
typedef struct ngx_shop_model_hosts_s  ngx_shop_model_hosts_t;


/* a name of shop_class; process memory */
typedef struct {
    ngx_str_t                  name;
    uint32_t                   index;        /* in sh->classes */
} ngx_shop_model_class_t;


/* memory of names and tables that a worker learned; lies in itself */
typedef struct ngx_shop_model_learned_s  ngx_shop_model_learned_t;

struct ngx_shop_model_learned_s {
    ngx_pool_t                *pool;
    ngx_msec_t                 msec;         /* when it was learned */
    ngx_shop_model_learned_t  *before;
};


typedef struct {
    ngx_shop_layout_t         *sh;
    ngx_slab_pool_t           *shpool;
    ngx_shm_zone_t            *shm_zone;
    ngx_array_t                groups;       /* of _model_group_t * */
    ngx_array_t                sites;        /* of _model_site_t * */
    ngx_array_t                flags;        /* of _model_flag_t * */
    ngx_array_t                classes;      /* of _model_class_t * */
    ngx_str_t                  state_file;   /* len 0: none */
    uint64_t                   identity;     /* of the configuration */
    uint32_t                   generation;

    /* of board_hosts: what this worker knows of files with "hosts" */
    ngx_shop_model_flag_t     *voices;       /* LAYOUT_VOICES of them */
    ngx_shop_model_site_t     *parts;        /* LAYOUT_PARTS of them */
    ngx_shop_model_hosts_t    *hosts;        /* NULL: none */
    ngx_shop_model_learned_t  *learned;      /* the newest first */
    ngx_atomic_uint_t          parted;       /* the change that it knows */
} ngx_shop_model_zone_t;


#endif /* _NGX_SHOP_MODEL_H_INCLUDED_ */
