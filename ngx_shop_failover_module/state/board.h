
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * The board: what the shop as a whole is, and what its flags say.  Written by
 * whoever finds a change, read by every request through one word.
 */


#ifndef _NGX_SHOP_BOARD_H_INCLUDED_
#define _NGX_SHOP_BOARD_H_INCLUDED_


#include "state/model.h"
#include "state/groups.h"


/* what a request asks first; anything but OPEN needs a closer look */
typedef enum {
    NGX_SHOP_BOARD_GATE_OPEN = 0,
    NGX_SHOP_BOARD_GATE_CLOSED,
    NGX_SHOP_BOARD_GATE_BROWSE,          /* only safe methods pass */
    NGX_SHOP_BOARD_GATE_PATHS,           /* only the notice's paths closed */
    NGX_SHOP_BOARD_GATE_RAMP,            /* visitors are let back in */
    NGX_SHOP_BOARD_GATE_DRILL            /* open but to who drills */
} ngx_shop_board_gate_e;


/* beside it: a file of the flag names hosts, ask board_host() for this one */
#define NGX_SHOP_BOARD_GATE_HOSTS  0x100


/* what was read of a flag */
typedef struct {
    ngx_shop_layout_signature_t    signature;
    const ngx_shop_flag_notice_t  *notice;     /* NULL: no file */
    ngx_err_t                      error;      /* of an unreadable file */
    uint32_t                       file;       /* flagset_id() */
    unsigned                       asked;      /* _site_flag_e */
    unsigned                       over:1;     /* "end: healthy" */
    unsigned                       rest:1;     /* another file closes */
    const ngx_shop_flagset_ended_t
                                     *ended;
    int64_t                        written;    /* Unix s, that file */
    ngx_msec_t                     reread;     /* ms, from now */
    ngx_str_t                      name;       /* of a file with "hosts" */
    ngx_array_t                   *voices;     /* of _board_reading_t, those
                                                  files in their order; or
                                                  NULL */
} ngx_shop_board_reading_t;


/* the board as one site sees it, copied under the lock */
typedef struct {
    ngx_uint_t                     version;
    ngx_shop_site_t                site;
    unsigned                       flag:1;
    unsigned                       over:1;     /* "end: healthy" */
    unsigned                       late:1;     /* came in an outage */
    unsigned                       announced:1;
    unsigned                       asked;      /* _site_flag_e */
    int                            error;      /* errno, flag not read */
    int64_t                        flag_since;
    int64_t                        written;    /* Unix s, the text; or 0 */
    uint32_t                       file;       /* flagset_id() */
    ngx_shop_flagset_ended_t       ended;      /* of a directory */
    ngx_shop_layout_signature_t    signature;
    ngx_shop_own_t                 own;        /* of servers that closed it */
    ngx_shop_flag_notice_t         notice;     /* empty without a flag */
} ngx_shop_board_view_t;


/*
 * What the flag of a site said last, where it went when the site began to
 * reopen; else NGX_DECLINED, and the notice stays as it is.
 */
ngx_int_t ngx_shop_board_flag_last(ngx_shop_model_zone_t *zone,
    ngx_shop_model_site_t *conf, ngx_shop_flag_notice_t *notice);

/* called by zone only; of fit: as ngx_shop_peers_register_fit_locked() */
ngx_uint_t ngx_shop_board_slots_fit_locked(ngx_shop_model_zone_t *zone,
    ngx_shop_layout_t *sh, size_t *size);
ngx_int_t ngx_shop_board_slots_register_locked(ngx_shop_model_zone_t *zone,
    ngx_shop_layout_t *old);

/* no lock: the request path */
#define ngx_shop_board_word_of(zone, conf)                                   \
    ((zone)->sh->sites[(conf)->index]->gate)

/* the same, an ngx_shop_board_gate_e */
#define ngx_shop_board_gate(zone, conf)                                      \
    (ngx_shop_board_word_of(zone, conf) & ~NGX_SHOP_BOARD_GATE_HOSTS)

/* no lock; changes with everything that a page of this site shows */
#define ngx_shop_board_version(zone, conf)                                   \
    ((zone)->sh->sites[(conf)->index]->version                               \
     + ((conf)->flag ? (zone)->sh->flags[(conf)->flag->index]->version : 0))

/* no lock; the site's state, an ngx_shop_site_e */
#define ngx_shop_board_state(zone, conf)                                     \
    ((zone)->sh->sites[(conf)->index]->site.state)

/* no lock; when the outage began that is not over, Unix s; 0: there is none */
#define ngx_shop_board_outage(zone, conf)                                    \
    ((zone)->sh->sites[(conf)->index]->site.outage)

/* no lock; its servers say themselves that they are out, as planned */
#define ngx_shop_board_planned(zone, conf)                                   \
    ((zone)->sh->sites[(conf)->index]->own.what == NGX_SHOP_OWN_MAINT)

/* what a flag says to who visits an open shop */
typedef enum {
    NGX_SHOP_BOARD_SAID_NOTHING = 0,
    NGX_SHOP_BOARD_SAID_BEFORE,          /* a closing is to come */
    NGX_SHOP_BOARD_SAID_AFTER            /* ... is over */
} ngx_shop_board_said_e;


/* no lock; an ngx_shop_board_said_e */
#define ngx_shop_board_announced(zone, conf)                                 \
    ((zone)->sh->sites[(conf)->index]->announced)

/* no lock; where the bit of an upstream stands, and whether it is set */
#define ngx_shop_board_word(n)   ((n) / (8 * sizeof(ngx_atomic_t)))
#define ngx_shop_board_mask(n)                                               \
    ((ngx_atomic_uint_t) 1 << ((n) % (8 * sizeof(ngx_atomic_t))))
#define ngx_shop_board_bit(ss, n)                                            \
    ((ss)->learned[ngx_shop_board_word(n)] & ngx_shop_board_mask(n))

/*
 * One worker reads a changed flag.  NGX_OK: this one, for the next timeout ms;
 * NGX_DECLINED: the signature is the published one, and it is not yet time to
 * read it again in any case; NGX_BUSY: another worker is at it.
 */
ngx_int_t ngx_shop_board_flag_claim(ngx_shop_model_zone_t *zone,
    ngx_shop_model_flag_t *conf, ngx_shop_layout_signature_t *sig,
    ngx_msec_t timeout);

/*
 * Publishes what was read, ends the claim.  With an error the notice is
 * ignored, and the last good text stays.
 */
void ngx_shop_board_flag_publish(ngx_shop_model_zone_t *zone,
    ngx_shop_model_flag_t *conf, ngx_shop_board_reading_t *reading);

/*
 * The flag cannot be looked at (errno), or can be (0); any worker, each time.
 * Returns the errno before: where it is another one, people are to be told.
 */
ngx_err_t ngx_shop_board_flag_trouble(ngx_shop_model_zone_t *zone,
    ngx_shop_model_flag_t *conf, ngx_err_t err);

/* ends the claim and changes nothing */
void ngx_shop_board_flag_abandon(ngx_shop_model_zone_t *zone,
    ngx_shop_model_flag_t *conf);

/*
 * Brings groups and sites up to date with the peers, the flags and the time.
 * Any worker, at any time; the changes it made are in changes (at most n,
 * more stay for the next call), and it alone is to tell people.
 */
ngx_uint_t ngx_shop_board_evaluate(ngx_shop_model_zone_t *zone,
    ngx_shop_groups_change_t *changes, ngx_uint_t n);

/* whether this worker is to evaluate in this period (one of all workers) */
ngx_uint_t ngx_shop_board_tick(ngx_shop_model_zone_t *zone,
    ngx_msec_t period);

void ngx_shop_board_view(ngx_shop_model_zone_t *zone,
    ngx_shop_model_site_t *conf, ngx_shop_board_view_t *view);

/* of a flag alone, whatever its sites are */
void ngx_shop_board_view_flag(ngx_shop_model_zone_t *zone,
    ngx_shop_model_flag_t *conf, ngx_shop_board_view_t *view);

/*
 * What files with "hosts" of a flag said until now, for flagset; each in a copy
 * from the pool.  NULL: no memory.
 */
ngx_array_t *ngx_shop_board_voices_were(ngx_shop_model_zone_t *zone,
    ngx_shop_model_flag_t *conf, ngx_pool_t *pool);

/*
 * Which file speaks for which site, and for which hosts of it alone: those are
 * a part of it.  Before events are told and states evaluated; takes the lock
 * and ends with _board_hosts_learn().
 */
void ngx_shop_board_parts_map(ngx_shop_model_zone_t *zone, ngx_log_t *log);

/* brings this worker's copy of who speaks up to date; takes the lock */
void ngx_shop_board_hosts_learn(ngx_shop_model_zone_t *zone, ngx_log_t *log);

/* frees what was learned, from there on */
void ngx_shop_board_hosts_forget(ngx_shop_model_learned_t **learned);

/*
 * The request path, where the gate has the bit _GATE_HOSTS: the part of a site
 * that has this host, in lower case; or the site.
 */
ngx_shop_model_site_t *ngx_shop_board_hosts_part(ngx_shop_model_zone_t *zone,
    ngx_shop_model_site_t *conf, ngx_str_t *host, ngx_log_t *log);

/* whether the configuration says that a site uses an upstream */
ngx_uint_t ngx_shop_board_uses(ngx_shop_model_site_t *conf,
    ngx_shop_model_group_t *group);

/* no lock; the same, or that requests have shown it */
ngx_uint_t ngx_shop_board_has(ngx_shop_model_zone_t *zone,
    ngx_shop_model_site_t *conf, ngx_shop_model_group_t *group);

/* no lock: the request path; a request of this site uses that upstream */
void ngx_shop_board_learn(ngx_shop_model_zone_t *zone,
    ngx_shop_model_site_t *conf, ngx_shop_model_group_t *group);

/* room for the views of board_current(); once in each worker */
ngx_int_t ngx_shop_board_attach(ngx_shop_model_zone_t *zone,
    ngx_pool_t *pool);

/*
 * This worker's copy of the board, brought up to date; good until the next
 * call.  No lock where nothing changed.
 */
ngx_shop_board_view_t *ngx_shop_board_current(ngx_shop_model_zone_t *zone,
    ngx_shop_model_site_t *conf);

/* no lock; whether a visitor (any hash of him) is let in while reopening */
ngx_uint_t ngx_shop_board_admits(ngx_shop_model_zone_t *zone,
    ngx_shop_model_site_t *conf, uint32_t visitor);

/* when that will be (Unix s); 0: now, or nobody waits */
int64_t ngx_shop_board_turn(ngx_shop_model_zone_t *zone,
    ngx_shop_model_site_t *conf, uint32_t visitor);

/*
 * Lets all visitors of a site in over so many ms; 0: at once.  NGX_DECLINED:
 * there is no ramp to end or to slow.  *site is what it is now.
 */
ngx_int_t ngx_shop_board_reopen(ngx_shop_model_zone_t *zone,
    ngx_shop_model_site_t *conf, ngx_msec_t over, ngx_shop_site_t *site);

/* somebody drills until then (Unix s): requests are asked for their cookie */
void ngx_shop_board_drill(ngx_shop_model_zone_t *zone,
    ngx_shop_model_site_t *conf, int64_t until);



#endif /* _NGX_SHOP_BOARD_H_INCLUDED_ */
