
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * What lives in the shared memory: records of fixed size, without
 * pointers into a process.  The only users of what is declared here
 * are the files of state/; the rest of the module sees peers.h and
 * board.h.
 */


#ifndef _NGX_SHOP_LAYOUT_H_INCLUDED_
#define _NGX_SHOP_LAYOUT_H_INCLUDED_


#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_event.h>

#include "logic/answer/own.h"
#include "logic/story/band.h"
#include "logic/story/event.h"
#include "logic/judge/evidence.h"
#include "logic/flag/flag.h"
#include "logic/flag/flagset.h"
#include "logic/judge/room.h"
#include "logic/judge/serving.h"
#include "logic/judge/shed.h"
#include "logic/judge/silence.h"
#include "logic/judge/site.h"
#include "logic/judge/verdict.h"
#include "logic/story/tally.h"
#include "logic/story/week.h"


#define NGX_SHOP_LAYOUT_VERSION      9
#define NGX_SHOP_LAYOUT_NO_SLOT      ((uint32_t) -1)
#define NGX_SHOP_LAYOUT_DETAIL_LEN   96
#define NGX_SHOP_LAYOUT_HISTORY      64       /* results, 4 bits each */
#define NGX_SHOP_LAYOUT_NO_TIME      0xffff   /* of a result: not known */
#define NGX_SHOP_LAYOUT_RESERVE      16       /* slots a "resolve" server */
#define NGX_SHOP_LAYOUT_REASON_LEN   96       /* bytes, of an override */
#define NGX_SHOP_LAYOUT_WHO_LEN      48
#define NGX_SHOP_LAYOUT_CLASSES      NGX_SHOP_EVENT_CLASSES
#define NGX_SHOP_LAYOUT_CLASS_LEN    32       /* bytes, of a name */
#define NGX_SHOP_LAYOUT_VOICES       64       /* files with "hosts" */
#define NGX_SHOP_LAYOUT_PARTS        64       /* of sites, for these */
#define NGX_SHOP_LAYOUT_FILE_LEN     255      /* bytes, of a name */
#define NGX_SHOP_LAYOUT_PART_LEN     640      /* bytes, of a part's name */
#define NGX_SHOP_LAYOUT_WHYS         8        /* causes of a page */
#define NGX_SHOP_LAYOUT_KINDS        4        /* _negotiate_e */
#define NGX_SHOP_LAYOUT_WORKERS      64       /* that count for themselves */


/* of a word that somebody writes while it is read without a lock */
#define ngx_shop_layout_read(word)  __atomic_load_n(&(word), __ATOMIC_RELAXED)

/* ... which is written without one, too, or beside such a writer */
#define ngx_shop_layout_write(word, n)                                       \
    __atomic_store_n(&(word), n, __ATOMIC_RELAXED)


/* what one probe found; written whole by peers_commit() */
typedef struct {
    int64_t                        at;          /* Unix ms */
    uint32_t                       connect;     /* ms */
    uint32_t                       tls;         /* ms */
    uint32_t                       first;       /* ms, to the first byte */
    uint32_t                       total;       /* ms */
    uint8_t                        result;      /* _verdict_result_e */
    uint8_t                        detail_len;
    u_char                         detail[NGX_SHOP_LAYOUT_DETAIL_LEN];
} ngx_shop_layout_sample_t;


/* what an operator asked of a peer; it stands above what probes say */
typedef enum {
    NGX_SHOP_LAYOUT_FORCE_NONE = 0,
    NGX_SHOP_LAYOUT_FORCE_DRAIN,              /* no new requests */
    NGX_SHOP_LAYOUT_FORCE_DOWN,
    NGX_SHOP_LAYOUT_FORCE_UP
} ngx_shop_layout_force_e;


typedef struct {
    int64_t                        since;       /* Unix s */
    int64_t                        until;       /* Unix s; 0: no end */
    uint8_t                        how;         /* _layout_force_e */
    uint8_t                        reason_len;
    uint8_t                        who_len;
    u_char                         reason[NGX_SHOP_LAYOUT_REASON_LEN];
    u_char                         who[NGX_SHOP_LAYOUT_WHO_LEN];
} ngx_shop_layout_force_t;


/* a peer that was put aside for what visitors got of it */
typedef struct {
    ngx_msec_t                     until;       /* monotonic; 0: is not */
    ngx_msec_t                     returned;    /* monotonic; 0: never was */
    int64_t                        since;       /* Unix s */
    uint32_t                       times;       /* in a row */
    ngx_shop_evidence_finding_t    finding;
} ngx_shop_layout_aside_t;


/* what a server says of itself, and is heeded */
typedef struct {
    ngx_shop_own_t                 said;
    int64_t                        since;       /* Unix s */
    ngx_msec_t                     until;       /* monotonic: a promise of
                                                   "maint"; 0: none */
} ngx_shop_layout_own_t;


/*
 * One peer, keyed by upstream, server and address.  Written under the mutex of
 * the slab pool, which the master forces open when a worker dies; "unusable"
 * alone is read without a lock, on the request path.
 */
typedef struct {
    uint64_t                       id;          /* changes with the key */
    ngx_atomic_t                   unusable;    /* _peers_unusable_e, no lock */

    uint32_t                       hash;
    uint32_t                       next;        /* slot, or NO_SLOT */
    uint32_t                       group;
    uint16_t                       server_len;
    uint16_t                       address_len;
    u_char                        *names;       /* server, address */

    ngx_shop_verdict_t             verdict;
    uint32_t                       downs;       /* up -> down, so far */
    int64_t                        since;       /* Unix s, of the state */
    int64_t                        doubt;       /* Unix ms: first failure */
    ngx_msec_t                     doubted;     /* the same, monotonic */
    ngx_msec_t                     up_since;    /* monotonic; 0: start */
    uint64_t                       checks;
    uint64_t                       fails;
    ngx_shop_layout_sample_t       last;
    uint8_t                        history[NGX_SHOP_LAYOUT_HISTORY / 2];
    uint16_t                       took[NGX_SHOP_LAYOUT_HISTORY];   /* ms */
    ngx_shop_layout_force_t        force;
    ngx_shop_layout_own_t          own;

    /* added to without a lock, on the request path */
    ngx_shop_evidence_t            evidence;

    ngx_shop_layout_aside_t        aside;
    int64_t                        busy;        /* Unix s, since; 0: no */
    ngx_msec_t                     ramp;        /* of the last return, where
                                                   shop_slow_start is off */
    uint32_t                       asides;      /* so far */
    uint8_t                        relapses;    /* down soon after "up" */
    uint32_t                       suspect;     /* ms, since: nobody hears
                                                   of it; 0: is not */
    uint32_t                       silence;     /* ms, for which a probe was
                                                   asked; 0: for none */
    uint32_t                       usual;       /* ms, of probes that pass */
    uint32_t                       reach;       /* ms, of their connections;
                                                   0: not known */
    uint8_t                        whose;       /* silence, _silence_e */

    /* monotonic ms, no lock; 0: never */
    uint32_t                       vain;        /* a page was waited for */
    uint32_t                       page;        /* one came meanwhile */

    /* who uses the slot */
    uint32_t                       registered;  /* newest generation */
    uint8_t                        dynamic;     /* found at run time */
    uint16_t                       failures;    /* of live traffic */

    /* the lease: who probes */
    ngx_pid_t                      owner;
    uint32_t                       generation;  /* of the owner's cycle */
    uint16_t                       worker;      /* of the owner */
    uint8_t                        probing;
    uint32_t                       epoch;       /* of the probe in flight */
    ngx_msec_t                     due;
    ngx_msec_t                     until;
    ngx_msec_t                     touched;
    uint32_t                       shared;      /* "due" is a turn: 1 + the
                                                   serial of the order; 0 */

    /* of live traffic; monotonic ms, cut to 32 bits */
    uint32_t                       failed;      /* the first of failures */
    uint32_t                       started;     /* the last probe */
    uint32_t                       counted;     /* ... that was judged */
} ngx_shop_layout_peer_t;


/* counted for a group, without a lock */
typedef enum {
    NGX_SHOP_LAYOUT_COUNT_FAILOVER = 0,       /* a backup group entered */
    NGX_SHOP_LAYOUT_COUNT_MOVED,              /* taken off a dead peer */
    NGX_SHOP_LAYOUT_COUNT_DOUBTED,            /* ... off one that is only
                                                 suspect */
    NGX_SHOP_LAYOUT_COUNT_WAITED,             /* had to wait, shop_queue */
    NGX_SHOP_LAYOUT_COUNT_RELEASED,           /* ... and got a server */
    NGX_SHOP_LAYOUT_COUNT_GONE,               /* ... and left */
    NGX_SHOP_LAYOUT_COUNT_OVER,               /* ... for too long */
    NGX_SHOP_LAYOUT_COUNT_FULL,               /* no room to wait */
    NGX_SHOP_LAYOUT_COUNT_SHED,               /* refused, shop_shed */
    NGX_SHOP_LAYOUT_COUNT_GROUP_N
} ngx_shop_layout_count_group_e;


/* requests of one worker that wait for a server */
typedef struct {
    ngx_atomic_t                   owner;       /* its pid; 0: nobody's */
    ngx_atomic_t                   waiting;
    ngx_atomic_t                   oldest;      /* monotonic ms */
} ngx_shop_layout_place_t;


/* shop_queue; no lock */
typedef struct {
    ngx_atomic_t                   trouble;     /* ms: a request found nobody
                                                   since; 0: never */
    ngx_atomic_t                   hopes;       /* probes that passed while
                                                   somebody waited */
    ngx_shop_layout_place_t        places[NGX_SHOP_LAYOUT_WORKERS];
} ngx_shop_layout_line_t;


typedef struct {
    ngx_str_t                      name;        /* data is in the zone */
    uint8_t                        state;       /* _site_group_e */
    uint8_t                        panic;       /* verdicts are ignored */
    int64_t                        since;       /* Unix s */
    int64_t                        detection;   /* ms, of the last "down" */
    uint64_t                       results[NGX_SHOP_VERDICT_RESULT_N];
    uint32_t                       entered[NGX_SHOP_SITE_GROUP_N];
    ngx_atomic_t                   counts[NGX_SHOP_LAYOUT_COUNT_GROUP_N];

    /* visitors wait for pages where probes pass: monotonic ms, no lock */
    ngx_atomic_t                   vain;        /* seen last; 0: never */
    int64_t                        blind;       /* Unix s, since; 0: no */

    /* shop_shed; no lock */
    ngx_shop_shed_t                shed;
    ngx_atomic_t                   inside[2][NGX_SHOP_LAYOUT_WORKERS];

    ngx_shop_layout_line_t         line;
    ngx_shop_room_t                room;
    int64_t                        lined;       /* Unix s: there is a line
                                                   since */

    /* moved by suspicion in a stretch of time; no lock */
    ngx_atomic_t                   doubts;
    ngx_atomic_t                   doubts_at;   /* which stretch */

    /*
     * Who takes the traffic: 0: the group itself, else 1 + the index of a
     * backup group.  Read without a lock, on the request path.
     */
    ngx_atomic_t                   serving;
    int64_t                        serving_since;   /* Unix s */
    uint32_t                       better;      /* waits for its hold, as
                                                   serving; or NO_SLOT */
    ngx_msec_t                     well;        /* better is usable since */
} ngx_shop_layout_group_t;


/* counted for a site, without a lock; only ever grows */
typedef struct {
    ngx_atomic_t            pages[NGX_SHOP_LAYOUT_WHYS][NGX_SHOP_LAYOUT_KINDS];
    ngx_atomic_t            refused[NGX_SHOP_LAYOUT_CLASSES];  /* not sent */
    ngx_atomic_t            unknown[NGX_SHOP_LAYOUT_CLASSES];  /* sent */
    ngx_atomic_t            bypassed;
    ngx_atomic_t            stale;              /* copies of the cache */
} ngx_shop_layout_counters_t;


/* a name of shop_class; its number is that in the arrays above */
typedef struct {
    uint8_t                        len;         /* 0: a free number */
    u_char                         name[NGX_SHOP_LAYOUT_CLASS_LEN];
} ngx_shop_layout_class_t;


/* what identifies the content of a flag file without reading it */
typedef struct {
    uint64_t                       dev;
    uint64_t                       ino;
    int64_t                        size;        /* -1: no file; -2: not
                                                   read */
    int64_t                        mtime;       /* ns */
    int64_t                        ctime;       /* ns */
} ngx_shop_layout_signature_t;


/* what people were told of a flag last; sums stand for texts */
typedef struct {
    uint32_t                       version;     /* of "published" */
    uint32_t                       sum;
    uint32_t                       update;      /* of the last update */
    int32_t                        error;
    uint8_t                        flag;
} ngx_shop_layout_told_t;


/* one watched flag, whichever sites it closes */
typedef struct {
    ngx_str_t                      path;        /* data is in the zone */
    ngx_atomic_t                   version;     /* of all that a page shows */
    ngx_shop_layout_signature_t    signature;
    ngx_shop_flagset_ended_t ended;             /* files of a directory */
    int64_t                        since;       /* Unix s */
    int64_t                        written;     /* Unix s, the file; or 0 */
    uint64_t                       text;        /* number of the notice, of
                                                   all that there ever were */
    ngx_msec_t                     claimed;     /* until; 0: nobody reads */
    ngx_msec_t                     reread;      /* then, changed or not */
    uint32_t                       file;        /* which of a directory */
    uint32_t                       index;       /* in sh->flags */
    uint8_t                        there;       /* a file is */
    uint8_t                        asked;       /* _site_flag_e, of the site
                                                   that is closed most */
    uint8_t                        over;        /* "end: healthy", for all */
    uint8_t                        said;        /* of a file whose start
                                                   cannot be read */
    uint8_t                        rest;        /* another file closes */
    int32_t                        error;       /* errno of the last read */
    ngx_atomic_t                   trouble;     /* errno: nobody knows */
    uint32_t                       published;   /* grows with each change */
    ngx_shop_layout_told_t         told;

    /* of board_evaluate(), while it looks at all sites */
    uint8_t                        sum_asked;
    uint8_t                        sum_over;
    uint8_t                        sum_sited;

    /* of a flag: its files with "hosts"; of such a file: whose it is */
    uint32_t                       voices;      /* changes, so far */
    uint32_t                       parent;      /* in sh->flags */
    uint16_t                       order;       /* of those of its parent */
    uint8_t                        used;
    uint8_t                        name_len;
    u_char                         name[NGX_SHOP_LAYOUT_FILE_LEN];

    ngx_shop_flag_notice_t         notice;
    ngx_shop_flag_notice_t         last;        /* of a file that is gone */
    int64_t                        gone;        /* Unix s, since then */
} ngx_shop_layout_flag_t;

/* whatever stands on disk now is looked at, be it that nothing does */
#define ngx_shop_layout_flag_unread(fs)  ((fs)->signature.size = -2)


/* what its year and its week were like; the request path adds without a lock */
typedef struct {
    uint64_t                       counted;     /* ms, until then; 0: not yet */
    ngx_shop_tally_t               tally;
    ngx_shop_week_t                week;
    ngx_atomic_t                   fresh[NGX_SHOP_WEEK_N];
} ngx_shop_layout_ledger_t;


/* one shop: what its own upstreams and its flag make of it */
typedef struct {
    ngx_str_t                      name;        /* data is in the zone */
    ngx_atomic_t                   gate;        /* _board_gate_e, no lock */
    ngx_atomic_t                   version;     /* of its state */
    ngx_atomic_t                   announced;   /* _board_said_e */
    ngx_shop_site_t                site;
    ngx_shop_site_life_t           life;        /* of the notice */
    uint64_t                       text;        /* of which life is */
    int64_t                        drill;       /* Unix s: until; 0: none */
    int64_t                        incident;    /* Unix s, it began; 0 */
    uint32_t                       index;       /* in sh->sites */
    uint8_t                        asked;       /* _site_flag_e */
    ngx_shop_own_t                 own;         /* of servers, where they have
                                                   closed it themselves */
    ngx_atomic_t                  *learned;     /* upstreams that requests
                                                   used: bits, by index in
                                                   sh->groups; no lock */

    /* of files with "hosts" */
    uint32_t                       speaker;     /* in sh->flags, the file;
                                                   NO_SLOT: the flag */
    uint32_t                       parts;       /* hosts with one of their
                                                   own */
    uint32_t                       voices;      /* of the flag, for which
                                                   this was found out */
    uint32_t                       generation;  /* which did so */

    /* of such a part of a site */
    uint32_t                       whole;       /* in sh->sites */
    uint8_t                        used;
    uint8_t                        ending;      /* its file is gone */
    uint16_t                       hosts_len;
    u_char                        *hosts;       /* behind room for the name */
    uint32_t                       entered[NGX_SHOP_SITE_N];
    ngx_shop_band_t                band;        /* its last day */
    ngx_shop_layout_ledger_t      *ledger;      /* NULL: of a part */
    ngx_shop_layout_counters_t     counters;
    ngx_shop_layout_counters_t     base;        /* when it began */
} ngx_shop_layout_site_t;


/* words of "learned" for so many groups */
#define ngx_shop_layout_words(ngroups)                                       \
    (((ngroups) + 8 * sizeof(ngx_atomic_t) - 1) / (8 * sizeof(ngx_atomic_t)))


typedef struct ngx_shop_layout_chronicle_s  ngx_shop_layout_chronicle_t;


/* a step of the wall clock that all times of day are moved by, one by one */
typedef struct {
    int64_t                        by;          /* ms; 0: none goes on */
    int64_t                        ahead;       /* what it makes of "ahead" */
    ngx_msec_t                     ahead_at;

    /* records that there were when it began */
    uint32_t                       peers;
    uint32_t                       groups;
    uint32_t                       sites;
    uint32_t                       flags;

    ngx_uint_t                     moved;       /* so many times are done */
    ngx_uint_t                     ready;       /* 1 + the number of the time
                                                   that these are for: */
    int64_t                        value;
    ngx_shop_band_t                band;
} ngx_shop_layout_shift_t;


/* nodes of a fleet that take turns in probing, as was told last */
typedef struct {
    uint32_t                       nodes;       /* 0: nobody told */
    uint32_t                       node;        /* this one, from 0 */
    uint32_t                       serial;      /* changes with the two */
    ngx_msec_t                     heard;       /* monotonic, of the others */
} ngx_shop_layout_share_t;


typedef struct {
    uint32_t                       version;     /* LAYOUT_VERSION */
    uint32_t                       layout;      /* sizes of the records */
    uint32_t                       generation;  /* of the newest cycle */
    ngx_atomic_t                   running;     /* newest that has workers */
    ngx_atomic_t                   succeeded;   /* by another zone */
    uint64_t                       next_id;

    ngx_atomic_t                   verdicts;    /* generation of verdicts */
    ngx_uint_t                     unsettled;   /* workers that changed a
                                                   peer and did not come to
                                                   publish it */

    uint32_t                       nslots;
    uint32_t                       used;        /* slots ever used */
    uint32_t                       free;        /* list of free slots */
    uint32_t                       nbuckets;    /* a power of two */
    uint32_t                      *buckets;
    ngx_shop_layout_peer_t        *peers;

    uint32_t                       ngroups;
    uint32_t                       groups_used;
    ngx_shop_layout_group_t       *groups;

    uint32_t                       nsites;
    uint32_t                       sites_used;
    ngx_shop_layout_site_t       **sites;

    uint32_t                       nflags;
    uint32_t                       flags_used;
    ngx_shop_layout_flag_t       **flags;
    uint64_t                       texts;       /* notices, so far */

    /* behind nsites and nflags: those of files with "hosts" */
    ngx_atomic_t                   parted;      /* changes of them */
    uint32_t                       mute;        /* for which there is no
                                                   room */

    ngx_atomic_t                   clock;       /* see _clock_msec() */
    int64_t                        ahead;       /* ms, of the wall clock */
    ngx_msec_t                     ahead_at;    /* monotonic; 0: not yet */
    ngx_shop_layout_shift_t        shift;
    ngx_msec_t                     ticked;      /* last evaluation */

    ngx_shop_layout_chronicle_t   *chronicle;

    ngx_shop_layout_share_t        share;

    int64_t                        expires;     /* Unix s, first override */
    ngx_shop_layout_class_t        classes[NGX_SHOP_LAYOUT_CLASSES];

    ngx_atomic_t                   intruders;   /* wrong keys of control */
    ngx_atomic_t                   intruded;    /* Unix s, last one told */

    /* the state file */
    ngx_atomic_uint_t              changed;     /* edges, so far */
    ngx_atomic_uint_t              saved;       /* "changed" of the file */
    ngx_msec_t                     saved_at;
    ngx_msec_t                     saving;      /* until; 0: nobody does */
    int64_t                        probed;      /* Unix ms, last result */
    ngx_err_t                      save_error;
} ngx_shop_layout_t;


#endif /* _NGX_SHOP_LAYOUT_H_INCLUDED_ */
