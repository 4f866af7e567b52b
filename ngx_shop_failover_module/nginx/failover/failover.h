
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * Whole groups as backups, entered within the request.
 */


#ifndef _NGX_SHOP_FAILOVER_H_INCLUDED_
#define _NGX_SHOP_FAILOVER_H_INCLUDED_


#include "nginx/conf.h"

#include "state/suspect.h"


/* of a request that was taken off a peer which it waited for */
typedef enum {
    NGX_SHOP_FAILOVER_MOVED_NOT = 0,
    NGX_SHOP_FAILOVER_MOVED_OFF,                /* is about to be */
    NGX_SHOP_FAILOVER_MOVED_ON                  /* is at the next one */
} ngx_shop_failover_moved_e;


/* of a request for which there is no server now, in failover_queue.h */
typedef struct ngx_shop_failover_place_s  ngx_shop_failover_place_t;


/*
 * One request on its way through a chain of groups: the data of our functions
 * in u->peer, which stand around those of the group that is being tried.  It is
 * one that an earlier request of this primary has left, see failover_idle: what
 * is marked with "-" is as in a new one then, and nobody has to set it.
 */
typedef struct {
    ngx_queue_t                      queue;     /* in flights of group */
    ngx_http_request_t              *request;
    ngx_shop_conf_srv_t             *primary;
    ngx_shop_conf_srv_t             *group;     /* being tried */
    ngx_uint_t                       config;    /* of the peers' list */

    /* the group's own */
    void                            *data;      /* idle: the next one */
    ngx_event_get_peer_pt            get;
    ngx_event_free_peer_pt           free;
    ngx_event_notify_peer_pt         notify;
#if (NGX_HTTP_SSL)
    ngx_event_set_peer_session_pt    set_session;
    ngx_event_save_peer_session_pt   save_session;
#endif
    ngx_uint_t                       tries;

    ngx_uint_t                       told;      /* tries, as nginx sees them */
    ngx_uint_t                       used;      /* - */
    ngx_uint_t                       start;     /* -, in the chain */
    ngx_uint_t                       passed;    /* -, groups before this one */

    unsigned                         idles:1;   /* is for the next, once it is
                                                   over */
    unsigned                         reopened:2;  /* - */
    unsigned                         stale:1;   /* -, met a kept connection
                                                   that had died */
    unsigned                         flying:1;  /* -, in flights */
    unsigned                         lined:2;   /* -, _failover_lined_e */

    /* of failover_shed */
    unsigned                         inside:1;  /* -, in hand */

    /* of failover_wait, where live traffic is observed */
    unsigned                         looked:1;  /* - */

    /* of failover_record */
    unsigned                         heard:1;   /* -, recorded already */

    /* of failover_rescue */
    unsigned                         moved:2;   /* -, _failover_moved_e */
    unsigned                         doubted:1; /* off one that is suspect */

    ngx_shop_failover_place_t       *place;     /* where lined */
    ngx_msec_t                       begun;     /* inside, since */
    ngx_shop_record_t                record;    /* of the peer it is at */
    ngx_shop_record_t                failed;    /* -, of the last one that
                                                   failed, in this group */
} ngx_shop_failover_t;


/*
 * Wraps peer.init of every upstream with a group of ours.  To be called in
 * postconfiguration, after balance_init().  NGX_ERROR: no memory.
 */
ngx_int_t ngx_shop_failover_init(ngx_conf_t *cf);

/* monotonic ms: since when a request is at its peer, by nginx */
#define ngx_shop_failover_since(ctx)  ((ctx)->request->upstream->start_time)

/* how many tries a request has in groups that it did not enter yet */
ngx_uint_t ngx_shop_failover_extra(ngx_shop_failover_t *ctx);

/* a context for a request, where none is idle; NULL: no memory */
ngx_shop_failover_t *ngx_shop_failover_idle_make(ngx_http_request_t *r,
    ngx_shop_conf_srv_t *primary) ngx_shop_compat_cold;

/* something went wrong: the context stays with its request to the very end */
void ngx_shop_failover_idle_not(ngx_shop_failover_t *ctx)
    ngx_shop_compat_cold;

/* a context that is as a new one is for the next request */
#define ngx_shop_failover_idle_push(ctx)                                     \
    (ctx)->data = (ctx)->primary->idle;                                      \
    (ctx)->primary->idle = ctx

/*
 * Moves requests on that wait for a peer which was found dead.  Called in each
 * worker when the verdicts may have changed; cheap where they have not.
 */
void ngx_shop_failover_rescue(ngx_shop_conf_main_t *smcf);

/* once for each upstream, at configuration time; NGX_ERROR: no memory */
ngx_int_t ngx_shop_failover_rescue_init(ngx_conf_t *cf,
    ngx_shop_conf_srv_t *sscf);

/*
 * Whether a request waits for its connection, and to move one that does, by
 * the rules of nginx; 1: it is.
 */
ngx_uint_t ngx_shop_failover_rescue_connecting(ngx_shop_failover_t *ctx);
ngx_uint_t ngx_shop_failover_rescue_connect(ngx_shop_failover_t *ctx);

/*
 * Begins anew with the first group that is to be had; the balancer's own
 * functions are those of u->peer then.  NGX_ERROR: no memory.
 */
ngx_int_t ngx_shop_failover_anew(ngx_shop_failover_t *ctx);

/*
 * Where shop_shed is, once the request has its group: it is in hand from now
 * on, or refused.  NGX_ERROR: no memory.
 */
ngx_int_t ngx_shop_failover_shed(ngx_shop_failover_t *ctx);

/* it waits for a server, and is not in hand; 1: it was */
ngx_uint_t ngx_shop_failover_shed_out(ngx_shop_failover_t *ctx);

/* ... and is in hand again */
void ngx_shop_failover_shed_in(ngx_shop_failover_t *ctx);

/* ... inside, and its answer begins; good: a page */
void ngx_shop_failover_shed_page(ngx_shop_failover_t *ctx, ngx_uint_t good);

/* the balancer gave a kept connection, and a fresh one is to be made */
void ngx_shop_failover_kept_drop(ngx_peer_connection_t *pc);

/* a request that was moved is done: there is room for the next */
void ngx_shop_failover_rescue_more(ngx_shop_conf_srv_t *sscf);

/*
 * A request failed at the peer in pc, or waits there for its answer since a
 * time (monotonic ms; 0: it failed): the verdict is in doubt, and the probe
 * that confirms or clears it is to run now.
 */
void ngx_shop_failover_observe(ngx_http_request_t *r,
    ngx_shop_conf_srv_t *sscf, ngx_peer_connection_t *pc, ngx_msec_t since);

/*
 * A request waits at a peer of which nobody heard for longer than is usual: a
 * probe runs, or the peer is suspect.  In how many ms to ask again; 0: not.
 */
ngx_msec_t ngx_shop_failover_observe_silent(ngx_http_request_t *r,
    ngx_shop_conf_srv_t *sscf, ngx_shop_record_t *record,
    ngx_shop_suspect_silence_t *silence);

/* once for each upstream, at configuration time; NGX_ERROR: no memory */
ngx_int_t ngx_shop_failover_wait_init(ngx_conf_t *cf,
    ngx_shop_conf_srv_t *sscf);

/* where group->wait is, and group->waiting not: a request is at a peer */
void ngx_shop_failover_wait_begin(ngx_shop_conf_srv_t *sscf);

/*
 * 1: a request of this worker waits for an answer of the peer for longer than
 * "fast", and no other got one meanwhile, in any worker.
 */
ngx_uint_t ngx_shop_failover_wait_silent(ngx_shop_conf_srv_t *sscf,
    ngx_shop_model_peer_t *peer);

/* of u->peer: it tells a request that is ours, and is at a peer */
void ngx_shop_failover_free(ngx_peer_connection_t *pc, void *data,
    ngx_uint_t state);

/* once for each upstream, at configuration time; NGX_ERROR: no memory */
ngx_int_t ngx_shop_failover_queue_init(ngx_conf_t *cf,
    ngx_shop_conf_srv_t *sscf);

/* called in each worker when a server may be had again */
void ngx_shop_failover_queue_woken(ngx_shop_conf_main_t *smcf);

/* of u->peer, as _failover_free(), while others wait for the peer's place */
void ngx_shop_failover_queue_free(ngx_peer_connection_t *pc, void *data,
    ngx_uint_t state);

/* the variable, in preconfiguration */
ngx_int_t ngx_shop_failover_time_add(ngx_conf_t *cf);

/* once for each upstream, at configuration time; NGX_ERROR: no memory */
ngx_int_t ngx_shop_failover_record_init(ngx_conf_t *cf,
    ngx_shop_conf_srv_t *sscf);

/*
 * Where group->witness is: a request was given to the peer of this name, and
 * is back from it, with nginx's state of the peer.
 */
void ngx_shop_failover_record_begin(ngx_shop_failover_t *ctx, ngx_str_t *name);
void ngx_shop_failover_record_end(ngx_shop_failover_t *ctx, ngx_uint_t state);

/* a header goes out, of a request with an upstream, whoever sends it */
void ngx_shop_failover_record_heard(ngx_http_request_t *r);

/* whether a peer of nginx, by its name, is one of ours */
#define ngx_shop_failover_at(name, peer)                                     \
    ((peer)->address.len == (name)->len                                      \
     && ngx_memcmp((peer)->address.data, (name)->data, (name)->len) == 0)


#endif /* _NGX_SHOP_FAILOVER_H_INCLUDED_ */
