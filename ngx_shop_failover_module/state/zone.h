
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * The shared memory: its layout, its size, and how it outlives a reload.
 * The only users of what is declared here are the files of state/; the rest
 * of the module sees peers.h and board.h.
 */


#ifndef _NGX_SHOP_FAILOVER_ZONE_H_INCLUDED_
#define _NGX_SHOP_FAILOVER_ZONE_H_INCLUDED_


#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_event.h>

#include "logic/event.h"
#include "logic/evidence.h"
#include "logic/flag.h"
#include "logic/flagset.h"
#include "logic/serving.h"
#include "logic/site.h"
#include "logic/verdict.h"


#define NGX_SHOP_FAILOVER_ZONE_VERSION   6
#define NGX_SHOP_FAILOVER_NO_SLOT        ((uint32_t) -1)
#define NGX_SHOP_FAILOVER_DETAIL_LEN     96
#define NGX_SHOP_FAILOVER_HISTORY        64       /* results, 4 bits each */
#define NGX_SHOP_FAILOVER_RESERVE        16       /* slots a "resolve" server */
#define NGX_SHOP_FAILOVER_REASON_LEN     96       /* bytes, of an override */
#define NGX_SHOP_FAILOVER_CLASSES        NGX_SHOP_FAILOVER_EVENT_CLASSES
#define NGX_SHOP_FAILOVER_CLASS_LEN      32       /* bytes, of a name */
#define NGX_SHOP_FAILOVER_WHYS           8        /* causes of a page */
#define NGX_SHOP_FAILOVER_KINDS          4        /* _negotiate_e */


/* what one probe found; written whole by peers_commit() */
typedef struct {
    int64_t                          at;          /* Unix ms */
    uint32_t                         connect;     /* ms */
    uint32_t                         tls;         /* ms */
    uint32_t                         first;       /* ms, to the first byte */
    uint32_t                         total;       /* ms */
    uint8_t                          result;      /* _result_e */
    uint8_t                          detail_len;
    u_char                           detail[NGX_SHOP_FAILOVER_DETAIL_LEN];
} ngx_shop_failover_sample_t;


/* what an operator asked of a peer; it stands above what probes say */
typedef enum {
    NGX_SHOP_FAILOVER_FORCE_NONE = 0,
    NGX_SHOP_FAILOVER_FORCE_DRAIN,              /* no new requests */
    NGX_SHOP_FAILOVER_FORCE_DOWN,
    NGX_SHOP_FAILOVER_FORCE_UP
} ngx_shop_failover_force_e;


typedef struct {
    int64_t                          since;       /* Unix s */
    int64_t                          until;       /* Unix s; 0: no end */
    uint8_t                          how;         /* _force_e */
    uint8_t                          reason_len;
    u_char                           reason[NGX_SHOP_FAILOVER_REASON_LEN];
} ngx_shop_failover_force_t;


/* a peer that was put aside for what visitors got of it */
typedef struct {
    ngx_msec_t                       until;       /* monotonic; 0: is not */
    ngx_msec_t                       returned;    /* monotonic; 0: never was */
    int64_t                          since;       /* Unix s */
    uint32_t                         times;       /* in a row */
    ngx_shop_failover_evidence_finding_t   finding;
} ngx_shop_failover_aside_t;


/*
 * One peer, keyed by upstream, server and address.  Written under the mutex of
 * the slab pool, which the master forces open when a worker dies; "unusable"
 * alone is read without a lock, on the request path.
 */
typedef struct {
    uint64_t                         id;          /* changes with the key */
    ngx_atomic_t                     unusable;    /* _unusable_e, no lock */

    uint32_t                         hash;
    uint32_t                         next;        /* slot, or NO_SLOT */
    uint32_t                         group;
    uint16_t                         server_len;
    uint16_t                         address_len;
    u_char                          *names;       /* server, address */

    ngx_shop_failover_verdict_t      verdict;
    uint32_t                         downs;       /* up -> down, so far */
    int64_t                          since;       /* Unix s, of the state */
    int64_t                          doubt;       /* Unix ms: first failure */
    ngx_msec_t                       doubted;     /* the same, monotonic */
    ngx_msec_t                       up_since;    /* monotonic; 0: start */
    uint64_t                         checks;
    uint64_t                         fails;
    ngx_shop_failover_sample_t       last;
    uint8_t                          history[NGX_SHOP_FAILOVER_HISTORY / 2];
    ngx_shop_failover_force_t        force;

    /* added to without a lock, on the request path */
    ngx_shop_failover_evidence_t     evidence;

    ngx_shop_failover_aside_t        aside;
    int64_t                          busy;        /* Unix s, since; 0: no */
    ngx_msec_t                       ramp;        /* of the last return, where
                                                     shop_slow_start is off */
    uint32_t                         asides;      /* so far */
    uint8_t                          relapses;    /* down soon after "up" */

    /* who uses the slot */
    uint32_t                         registered;  /* newest generation */
    uint8_t                          dynamic;     /* found at run time */
    uint16_t                         failures;    /* of live traffic */

    /* the lease: who probes */
    ngx_pid_t                        owner;
    uint32_t                         generation;  /* of the owner's cycle */
    uint16_t                         worker;      /* of the owner */
    uint8_t                          probing;
    uint32_t                         epoch;       /* of the probe in flight */
    ngx_msec_t                       due;
    ngx_msec_t                       until;
    ngx_msec_t                       touched;

    /* of live traffic; monotonic ms, cut to 32 bits */
    uint32_t                         failed;      /* the first of failures */
    uint32_t                         started;     /* the last probe */
} ngx_shop_failover_peer_sh_t;


/* counted for a group, without a lock */
typedef enum {
    NGX_SHOP_FAILOVER_COUNT_FAILOVER = 0,       /* a backup group entered */
    NGX_SHOP_FAILOVER_COUNT_MOVED,              /* taken off a dead peer */
    NGX_SHOP_FAILOVER_COUNT_GROUP_N
} ngx_shop_failover_count_group_e;


typedef struct {
    ngx_str_t                        name;        /* data is in the zone */
    uint8_t                          state;       /* _group_e */
    uint8_t                          panic;       /* verdicts are ignored */
    int64_t                          since;       /* Unix s */
    int64_t                          detection;   /* ms, of the last "down" */
    uint64_t                         results[NGX_SHOP_FAILOVER_RESULT_N];
    uint32_t                         entered[NGX_SHOP_FAILOVER_GROUP_N];
    ngx_atomic_t                     counts[NGX_SHOP_FAILOVER_COUNT_GROUP_N];

    /*
     * Who takes the traffic: 0: the group itself, else 1 + the index of a
     * backup group.  Read without a lock, on the request path.
     */
    ngx_atomic_t                     serving;
    int64_t                          serving_since;   /* Unix s */
    uint32_t                         better;      /* waits for its hold, as
                                                     serving; or NO_SLOT */
    ngx_msec_t                       well;        /* better is usable since */
} ngx_shop_failover_group_sh_t;


/* counted for a site, without a lock; only ever grows */
typedef struct {
    ngx_atomic_t            pages[NGX_SHOP_FAILOVER_WHYS]
                                 [NGX_SHOP_FAILOVER_KINDS];
    ngx_atomic_t            refused[NGX_SHOP_FAILOVER_CLASSES];  /* not sent */
    ngx_atomic_t            unknown[NGX_SHOP_FAILOVER_CLASSES];  /* sent */
    ngx_atomic_t            bypassed;
    ngx_atomic_t            stale;                /* copies of the cache */
} ngx_shop_failover_counters_t;


/* a name of shop_class; its number is that in the arrays above */
typedef struct {
    uint8_t                          len;         /* 0: a free number */
    u_char                           name[NGX_SHOP_FAILOVER_CLASS_LEN];
} ngx_shop_failover_class_sh_t;


/* what identifies the content of a flag file without reading it */
typedef struct {
    uint64_t                         dev;
    uint64_t                         ino;
    int64_t                          size;        /* -1: no file */
    int64_t                          mtime;       /* ns */
    int64_t                          ctime;       /* ns */
} ngx_shop_failover_signature_t;


/* what people were told of a flag last; sums stand for texts */
typedef struct {
    uint32_t                         version;     /* of "published" */
    uint32_t                         sum;
    uint32_t                         update;      /* of the last update */
    int32_t                          error;
    uint8_t                          flag;
} ngx_shop_failover_told_t;


/* one flag, and the state of what it closes; number 0 is of no flag */
typedef struct {
    ngx_str_t                        path;        /* data is in the zone */
    ngx_atomic_t                     gate;        /* _gate_e, no lock */
    ngx_atomic_t                     version;     /* of all that a page shows */
    ngx_shop_failover_site_t         site;
    ngx_shop_failover_signature_t    signature;
    ngx_shop_failover_site_life_t    life;        /* of the notice */
    ngx_shop_failover_flagset_ended_t ended;      /* files of a directory */
    ngx_atomic_t                     announced;   /* a closing, to come */
    int64_t                          flag_since;  /* Unix s */
    int64_t                          written;     /* Unix s, the file; or 0 */
    int64_t                          drill;       /* Unix s: until; 0: none */
    ngx_msec_t                       claimed;     /* until; 0: nobody reads */
    ngx_msec_t                       reread;      /* then, changed or not */
    uint32_t                         file;        /* which of a directory */
    uint32_t                         index;       /* in sh->sites */
    uint8_t                          flag;        /* a file is there */
    uint8_t                          asked;       /* _flag_state_e */
    uint8_t                          rest;        /* another file closes */
    int32_t                          error;       /* errno of the last read */
    ngx_atomic_t                     trouble;     /* errno: nobody knows */
    uint32_t                         published;   /* grows with each change */
    ngx_shop_failover_told_t         told;
    uint32_t                         entered[NGX_SHOP_FAILOVER_SITE_N];
    ngx_shop_failover_counters_t     counters;
    ngx_shop_failover_counters_t     base;        /* when it began */
    int64_t                          incident;    /* Unix s, it began; 0 */
    ngx_shop_failover_notice_t       notice;
} ngx_shop_failover_site_sh_t;


typedef struct ngx_shop_failover_chronicle_sh_s
    ngx_shop_failover_chronicle_sh_t;


typedef struct {
    uint32_t                         version;     /* ZONE_VERSION */
    uint32_t                         layout;      /* sizes of the records */
    uint32_t                         generation;  /* of the newest cycle */
    uint32_t                         running;     /* newest that has workers */
    ngx_atomic_t                     succeeded;   /* by another zone */
    uint64_t                         next_id;

    ngx_atomic_t                     verdicts;    /* generation of verdicts */
    ngx_uint_t                       unsettled;   /* workers that changed a
                                                     peer and did not come to
                                                     publish it */

    uint32_t                         nslots;
    uint32_t                         used;        /* slots ever used */
    uint32_t                         free;        /* list of free slots */
    uint32_t                         nbuckets;    /* a power of two */
    uint32_t                        *buckets;
    ngx_shop_failover_peer_sh_t     *peers;

    uint32_t                         ngroups;
    uint32_t                         groups_used;
    ngx_shop_failover_group_sh_t    *groups;

    uint32_t                         nsites;
    uint32_t                         sites_used;
    ngx_shop_failover_site_sh_t    **sites;

    ngx_atomic_t                     clock;       /* see _zone_msec() */
    int64_t                          ahead;       /* ms, of the wall clock */
    ngx_msec_t                       ahead_at;    /* monotonic; 0: not yet */
    ngx_msec_t                       ticked;      /* last evaluation */

    ngx_shop_failover_chronicle_sh_t  *chronicle;

    int64_t                          expires;     /* Unix s, first override */
    ngx_shop_failover_class_sh_t     classes[NGX_SHOP_FAILOVER_CLASSES];

    ngx_atomic_t                     intruders;   /* wrong keys of control */
    ngx_atomic_t                     intruded;    /* Unix s, last one told */

    /* the state file */
    ngx_atomic_uint_t                changed;     /* edges, so far */
    ngx_atomic_uint_t                saved;       /* "changed" of the file */
    ngx_msec_t                       saved_at;
    ngx_msec_t                       saving;      /* until; 0: nobody does */
    int64_t                          probed;      /* Unix ms, last result */
    ngx_err_t                        save_error;
} ngx_shop_failover_sh_t;


/* a peer as the configuration or the resolver names it; process memory */
typedef struct {
    ngx_str_t                        server;      /* as written */
    ngx_str_t                        address;     /* as resolved, text */
    struct sockaddr                 *sockaddr;
    socklen_t                        socklen;
    uint64_t                         id;
    uint32_t                         slot;        /* or NO_SLOT */
    unsigned                         backup:1;
    unsigned                         down:1;      /* by the configuration */
    unsigned                         twin:1;      /* named twice: slot shared */
} ngx_shop_failover_peer_t;


/* a peer that was found at run time ("resolve"); process memory of a worker */
typedef struct ngx_shop_failover_dynamic_s  ngx_shop_failover_dynamic_t;

struct ngx_shop_failover_dynamic_s {
    ngx_shop_failover_peer_t         peer;
    ngx_shop_failover_dynamic_t     *next;
    ngx_pool_t                      *pool;        /* of this record */
    void                            *target;      /* of who probes it */
    ngx_msec_t                       touched;     /* its slot, by us */
    unsigned                         seen:1;
    unsigned                         gone:1;      /* waits to be freed */
    unsigned                         untracked:1; /* no room, and told so */
};


typedef struct {
    ngx_str_t                        name;
    ngx_array_t                      peers;       /* of _peer_t */
    ngx_shop_failover_dynamic_t     *dynamic;     /* a list */
    ngx_array_t                      chain;       /* of _group_t *: backups */
    ngx_shop_failover_verdict_rule_t rule;
    uint32_t                         index;       /* in sh->groups */
    ngx_msec_t                       hold;        /* of shop_failover_to */
    ngx_msec_t                       slow_start;  /* 0: off */
    ngx_uint_t                       panic;       /* percent; 0: never */
    ngx_uint_t                       resolve;     /* "resolve" servers */
    unsigned                         checked:1;   /* has probes */
    unsigned                         unknown:1;   /* not all peers found yet */
    unsigned                         backup:1;    /* of another group */
} ngx_shop_failover_group_t;


typedef struct {
    ngx_str_t                        path;        /* len 0: of no flag */
    ngx_msec_t                       hold;
    ngx_msec_t                       ramp;
    uint32_t                         index;       /* in sh->sites */
    void                            *view;        /* of this worker's board */
} ngx_shop_failover_flag_conf_t;


/* a name of shop_class; process memory */
typedef struct {
    ngx_str_t                        name;
    uint32_t                         index;       /* in sh->classes */
} ngx_shop_failover_class_conf_t;


typedef struct {
    ngx_shop_failover_sh_t          *sh;
    ngx_slab_pool_t                 *shpool;
    ngx_shm_zone_t                  *shm_zone;
    ngx_array_t                      groups;      /* of _group_t * */
    ngx_array_t                      sites;       /* of _flag_conf_t * */
    ngx_array_t                      classes;     /* of _class_conf_t * */
    ngx_str_t                        state_file;  /* len 0: none */
    uint64_t                         identity;    /* of the configuration */
    uint32_t                         generation;
} ngx_shop_failover_zone_t;


/* "now" for since, eta and the like: Unix seconds */
#define ngx_shop_failover_now()  ((int64_t) ngx_time())


/*
 * "now" for what workers share: monotonic, ms.  Each worker has the time of its
 * last look at the clock; here none is earlier than what another has noted.
 * With the lock or without.
 */
ngx_msec_t ngx_shop_failover_zone_msec(ngx_shop_failover_sh_t *sh);

/*
 * Whether workers of a newer configuration have begun: then those of this one
 * publish nothing, as they would by what is not configured any more, and write
 * no events, which the newer ones write.  No lock.
 */
ngx_uint_t ngx_shop_failover_zone_superseded(ngx_shop_failover_zone_t *zone);

/*
 * Called in the master when a new cycle is certain, before it has workers: a
 * zone of the old one that is not ours is told that it has a successor.
 */
void ngx_shop_failover_zone_succeed(ngx_shop_failover_zone_t *zone,
    ngx_cycle_t *cycle);

/*
 * Adds the zone once the configuration is complete: groups and sites are
 * filled, size is that of shop_zone or 0.  Refuses a size that is too small,
 * naming the one that is needed.
 */
ngx_int_t ngx_shop_failover_zone_add(ngx_conf_t *cf,
    ngx_shop_failover_zone_t *zone, size_t size, void *tag);


#endif /* _NGX_SHOP_FAILOVER_ZONE_H_INCLUDED_ */
