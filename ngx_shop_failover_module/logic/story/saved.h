
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * The bytes of the state file: what is known of peers, groups and sites, so
 * that it survives a restart.  Bytes in memory only; no file, no clock.
 *
 * A header with the length of all, a hash of the configuration that it belongs
 * to, its time, and a checksum; then records, each with its own length, so that
 * a reader passes over those that it does not know.  Numbers are little endian.
 */


#ifndef _NGX_SHOP_SAVED_H_INCLUDED_
#define _NGX_SHOP_SAVED_H_INCLUDED_


#include "logic/text/base.h"
#include "logic/story/band.h"
#include "logic/story/tally.h"
#include "logic/story/week.h"


#define NGX_SHOP_SAVED_VERSION      3
#define NGX_SHOP_SAVED_OLDEST       1     /* that is read: no orders */
#define NGX_SHOP_SAVED_HEADER       48
#define NGX_SHOP_SAVED_PEER_MAX     384   /* beside its texts */
#define NGX_SHOP_SAVED_HISTORY_LEN  32
#define NGX_SHOP_SAVED_COUNTS       96    /* of a site or a group */
#define NGX_SHOP_SAVED_RESULTS      64
#define NGX_SHOP_SAVED_NO_TIME      0xffff
#define NGX_SHOP_SAVED_LATEST       253402300799    /* the year 9999, Unix s */
#define NGX_SHOP_SAVED_MOST         ((int64_t) 1 << 53)     /* of a count */


typedef enum {
    NGX_SHOP_SAVED_GOOD = 0,
    NGX_SHOP_SAVED_ALIEN,          /* not a state file */
    NGX_SHOP_SAVED_VERSION_OTHER,
    NGX_SHOP_SAVED_TORN,
    NGX_SHOP_SAVED_FOREIGN,        /* another configuration */
    NGX_SHOP_SAVED_OLD,
    NGX_SHOP_SAVED_FUTURE,
    NGX_SHOP_SAVED_VERDICT_N
} ngx_shop_saved_verdict_e;


typedef enum {
    NGX_SHOP_SAVED_END = 0,
    NGX_SHOP_SAVED_PEER,
    NGX_SHOP_SAVED_GROUP,
    NGX_SHOP_SAVED_SITE,
    NGX_SHOP_SAVED_ORDER,
    NGX_SHOP_SAVED_FLAG,
    NGX_SHOP_SAVED_INCIDENT,
    NGX_SHOP_SAVED_STORY,
    NGX_SHOP_SAVED_CLASS,
    NGX_SHOP_SAVED_LEDGER
} ngx_shop_saved_type_e;


/* texts point into the bytes that are read */
typedef struct {
    ngx_shop_str_t        group;
    ngx_shop_str_t        server;
    ngx_shop_str_t        address;
    ngx_shop_str_t        detail;        /* of the last result */

    uint8_t               state;
    uint8_t               result;        /* last conclusive */
    uint16_t              run;
    uint32_t              downs;
    int64_t               since;         /* Unix s */
    int64_t               doubt;         /* Unix ms */
    uint64_t              checks;
    uint64_t              fails;

    int64_t               at;            /* Unix ms, of the last result */
    uint32_t              ms[4];         /* connect, tls, first, total */
    uint8_t               last;          /* the last result */
    uint8_t               history[NGX_SHOP_SAVED_HISTORY_LEN];
    uint16_t              took[NGX_SHOP_SAVED_RESULTS];     /* ms; NO_TIME */
} ngx_shop_saved_peer_t;


/* numbers since the start are 0 in a file of 1.0 */
typedef struct {
    ngx_shop_str_t        name;
    uint8_t               state;
    int64_t               since;         /* Unix s */
    int64_t               detection;     /* ms */
    uint8_t               ncounts;
    uint64_t              counts[NGX_SHOP_SAVED_COUNTS];
} ngx_shop_saved_group_t;


/* of a site: refused and unknown, now and when the incident began */
typedef struct {
    ngx_shop_str_t        site;
    ngx_shop_str_t        name;
    uint64_t              counts[4];
} ngx_shop_saved_class_t;


/* up to version 2 it was one with its flag, and had the flag's path as name */
typedef struct {
    ngx_shop_str_t        name;          /* may be empty */
    uint8_t               state;
    int64_t               since;         /* Unix s */
    int64_t               outage;        /* Unix s: that is not over; or 0 */
    int64_t               incident;      /* Unix s; 0: none goes on */
    uint8_t               ncounts;
    uint64_t              counts[NGX_SHOP_SAVED_COUNTS];
    ngx_shop_band_t       band;
} ngx_shop_saved_site_t;


/* since 1.1; its last numbers may be of some other day than it was saved */
typedef struct {
    ngx_shop_str_t        site;
    ngx_shop_tally_t      tally;
    ngx_shop_week_t       week;
} ngx_shop_saved_ledger_t;


/* bytes of an ngx_shop_incident_t, of the same build */
typedef struct {
    ngx_shop_str_t        bytes;
    uint32_t              form;          /* stands for its members */
} ngx_shop_saved_incident_t;


/* where the numbers of events and incidents go on */
typedef struct {
    int64_t               seq;
    uint32_t              count;
} ngx_shop_saved_story_t;


typedef struct {
    ngx_shop_str_t        path;
    uint8_t               there;         /* a file is */
    int64_t               since;         /* Unix s */
} ngx_shop_saved_flag_t;


/* what an operator asked of a peer; it does not grow old with the rest */
typedef struct {
    ngx_shop_str_t        group;
    ngx_shop_str_t        server;
    ngx_shop_str_t        address;
    ngx_shop_str_t        reason;
    ngx_shop_str_t        who;
    uint8_t               how;           /* drain, down, up: 1 to 3 */
    int64_t               since;         /* Unix s */
    int64_t               until;         /* Unix s; 0: no end */
} ngx_shop_saved_order_t;


typedef struct {
    unsigned char        *start;
    unsigned char        *pos;
    unsigned char        *last;
    int                   full;          /* a record did not fit */
} ngx_shop_saved_writer_t;


typedef struct {
    const unsigned char  *pos;
    const unsigned char  *last;
} ngx_shop_saved_reader_t;


typedef struct {
    ngx_shop_saved_type_e       type;
    union {
        ngx_shop_saved_peer_t   peer;
        ngx_shop_saved_group_t  group;
        ngx_shop_saved_site_t   site;
        ngx_shop_saved_order_t  order;
        ngx_shop_saved_flag_t   flag;
        ngx_shop_saved_incident_t  incident;
        ngx_shop_saved_story_t  story;
        ngx_shop_saved_class_t  class;
        ngx_shop_saved_ledger_t ledger;
    } u;
} ngx_shop_saved_record_t;


/* what a reader asks of a file */
typedef struct {
    uint64_t              identity;      /* of this configuration */
    int64_t               now;           /* Unix ms */
    int64_t               age;           /* ms, at most */
} ngx_shop_saved_wish_t;


void ngx_shop_saved_begin(ngx_shop_saved_writer_t *w, unsigned char *buf,
    size_t size);

/* from: one of the structs above, that of the type */
void ngx_shop_saved_write(ngx_shop_saved_writer_t *w,
    ngx_shop_saved_type_e type, const void *from);

#define ngx_shop_saved_peer(w, peer)                                         \
    ngx_shop_saved_write(w, NGX_SHOP_SAVED_PEER, peer)
#define ngx_shop_saved_group(w, group)                                       \
    ngx_shop_saved_write(w, NGX_SHOP_SAVED_GROUP, group)
#define ngx_shop_saved_site(w, site)                                         \
    ngx_shop_saved_write(w, NGX_SHOP_SAVED_SITE, site)
#define ngx_shop_saved_flag(w, flag)                                         \
    ngx_shop_saved_write(w, NGX_SHOP_SAVED_FLAG, flag)
#define ngx_shop_saved_incident(w, incident)                                 \
    ngx_shop_saved_write(w, NGX_SHOP_SAVED_INCIDENT, incident)
#define ngx_shop_saved_story(w, story)                                       \
    ngx_shop_saved_write(w, NGX_SHOP_SAVED_STORY, story)
#define ngx_shop_saved_class(w, class)                                       \
    ngx_shop_saved_write(w, NGX_SHOP_SAVED_CLASS, class)
#define ngx_shop_saved_ledger(w, ledger)                                     \
    ngx_shop_saved_write(w, NGX_SHOP_SAVED_LEDGER, ledger)
#define ngx_shop_saved_order(w, order)                                       \
    ngx_shop_saved_write(w, NGX_SHOP_SAVED_ORDER, order)

/* whether a number of a file is a time, in so many parts of a second */
int ngx_shop_saved_time(int64_t at, int64_t parts);

/* the length of all; 0: the buffer was too small */
size_t ngx_shop_saved_end(ngx_shop_saved_writer_t *w, uint64_t identity,
    int64_t at);

/*
 * Whether the bytes may be used.  r is set where they are whole: GOOD, and
 * also FOREIGN, FUTURE and OLD, of which orders alone are worth to be kept.
 * *at is the time of what is in there, where the header can be read, else 0.
 */
ngx_shop_saved_verdict_e ngx_shop_saved_open(ngx_shop_saved_reader_t *r,
    const unsigned char *data, size_t len, const ngx_shop_saved_wish_t *wish,
    int64_t *at);

/* "it is torn": why a file is not used, for the log */
const char *ngx_shop_saved_words(unsigned verdict);

/* whether r is set after that: see above */
int ngx_shop_saved_whole(unsigned verdict);

/* the next record that is known; END where there is none */
ngx_shop_saved_type_e ngx_shop_saved_next(ngx_shop_saved_reader_t *r,
    ngx_shop_saved_record_t *record);

/* FNV-1a, for the identity: begins with hash 0 */
uint64_t ngx_shop_saved_hash(uint64_t hash, const void *data, size_t len);


#endif /* _NGX_SHOP_SAVED_H_INCLUDED_ */
