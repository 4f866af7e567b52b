
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * One transition <-> one JSON line; docs/events.md has the names.  Knows no
 * file and no clock, and not what follows from an event (incident does).
 */


#ifndef _NGX_SHOP_EVENT_H_INCLUDED_
#define _NGX_SHOP_EVENT_H_INCLUDED_


#include "logic/text/emit.h"


#define NGX_SHOP_EVENT_VERSION  1
#define NGX_SHOP_EVENT_TEXT     2560     /* bytes of all its texts */
#define NGX_SHOP_EVENT_CLASSES  32       /* of shop_class, in all */

/* above it a double, which most readers of JSON have, loses numbers */
#define NGX_SHOP_EVENT_COUNT_MAX  ((int64_t) 1 << 53)

/* bytes of a line at most: each byte of text may be escaped as \u00xx */
#define NGX_SHOP_EVENT_LINE                                                  \
    (6 * NGX_SHOP_EVENT_TEXT + 8192)


typedef enum {
    NGX_SHOP_EVENT_PEER = 0,
    NGX_SHOP_EVENT_GROUP,
    NGX_SHOP_EVENT_SITE,
    NGX_SHOP_EVENT_FLAG,
    NGX_SHOP_EVENT_INCIDENT,
    NGX_SHOP_EVENT_N
} ngx_shop_event_e;


/* "what" of an event of a group */
typedef enum {
    NGX_SHOP_EVENT_STATE = 0,
    NGX_SHOP_EVENT_SERVING,        /* another group takes over */
    NGX_SHOP_EVENT_PANIC,          /* verdicts are ignored */
    NGX_SHOP_EVENT_PANIC_OVER,
    NGX_SHOP_EVENT_BLIND,          /* visitors wait, probes pass */
    NGX_SHOP_EVENT_BLIND_OVER,
    NGX_SHOP_EVENT_QUEUE,          /* visitors wait in line */
    NGX_SHOP_EVENT_QUEUE_OVER,
    NGX_SHOP_EVENT_QUEUE_FULL,
    NGX_SHOP_EVENT_GROUP_N
} ngx_shop_event_group_e;


/* "to" of an event of a flag */
typedef enum {
    NGX_SHOP_EVENT_SET = 0,
    NGX_SHOP_EVENT_CHANGED,        /* another text, time or mode */
    NGX_SHOP_EVENT_UPDATE,         /* one "update:" line more */
    NGX_SHOP_EVENT_UNREADABLE,
    NGX_SHOP_EVENT_REMOVED,
    NGX_SHOP_EVENT_FLAG_N
} ngx_shop_event_flag_e;


/* "to" of an event of an incident */
typedef enum {
    NGX_SHOP_EVENT_BEGUN = 0,
    NGX_SHOP_EVENT_ESCALATED,      /* a worse severity */
    NGX_SHOP_EVENT_RESOLVED,
    NGX_SHOP_EVENT_INCIDENT_N
} ngx_shop_event_incident_e;


/* what eased an incident first */
typedef enum {
    NGX_SHOP_EVENT_BY_NOTHING = 0,
    NGX_SHOP_EVENT_BY_BACKUP,      /* servers of the same upstream */
    NGX_SHOP_EVENT_BY_GROUP,       /* another upstream */
    NGX_SHOP_EVENT_BY_BROWSE,
    NGX_SHOP_EVENT_BY_PAGE,
    NGX_SHOP_EVENT_BY_N
} ngx_shop_event_by_e;


/* requests of a shop_class that were turned away */
typedef struct {
    ngx_shop_span_t         name;
    int64_t                 refused;      /* never sent */
    int64_t                 unknown;      /* sent, then failed */
} ngx_shop_event_class_t;


/*
 * Position independent and of fixed size, as it lives in shared memory, too.
 * Zeroed, then filled; what a type has no use for stays 0.
 */
typedef struct {
    int64_t                 seq;
    int64_t                 time;         /* Unix ms, as all below */

    uint8_t                 type;         /* _event_e */
    uint8_t                 from;         /* a state of that type */
    uint8_t                 to;
    uint8_t                 cause;        /* _verdict_result_e, or OPERATOR */
    uint8_t                 backup;       /* a backup server */
    uint8_t                 severity;     /* 1 to 3; 0: none */
    uint8_t                 mode;         /* _flag_mode_e */
    uint8_t                 by;           /* _event_by_e */
    uint8_t                 what;         /* _event_group_e */

    int64_t                 since;        /* of "from" */
    int64_t                 first_failure;
    int64_t                 detected;
    int64_t                 mitigated;
    int64_t                 resolved;
    int64_t                 eta;
    int64_t                 next_update;

    int64_t                 count;        /* probes that decided */
    int64_t                 warnings;
    int64_t                 error;        /* errno */
    int64_t                 incident;     /* number */
    int64_t                 visitors;

    ngx_shop_span_t         upstream;
    ngx_shop_span_t         peer;
    ngx_shop_span_t         server;
    ngx_shop_span_t         served_by;
    ngx_shop_span_t         site;
    ngx_shop_span_t         flag;         /* its path; len 0: none */
    ngx_shop_span_t         upstreams;    /* of the site, a blank between
                                             two; len 0: not known */
    ngx_shop_span_t         hosts;        /* of a part of a site, a blank
                                             between two; in no line */
    ngx_shop_span_t         detail;
    ngx_shop_span_t         text;         /* len 0: built in */
    ngx_shop_span_t         who;          /* len 0: not known */

    uint32_t                nclasses;
    ngx_shop_event_class_t  classes[NGX_SHOP_EVENT_CLASSES];

    uint32_t                text_len;
    unsigned char           bytes[NGX_SHOP_EVENT_TEXT];
} ngx_shop_event_t;


/* a cause beside the results of probes: somebody asked for it */
#define NGX_SHOP_EVENT_OPERATOR  NGX_SHOP_VERDICT_RESULT_N
#define NGX_SHOP_EVENT_VISITORS  (NGX_SHOP_VERDICT_RESULT_N + 1)
#define NGX_SHOP_EVENT_SERVER    (NGX_SHOP_VERDICT_RESULT_N + 2)


/*
 * Copies a text into the event.  What does not fit is cut off between two
 * characters.
 */
void ngx_shop_event_set(ngx_shop_event_t *event, ngx_shop_span_t *span,
    const ngx_shop_str_t *text);

ngx_shop_str_t ngx_shop_event_get(const ngx_shop_event_t *event,
    ngx_shop_span_t span);

/* DECLINED: the table is full, then the counts are added to the last one */
int ngx_shop_event_add_class(ngx_shop_event_t *event,
    const ngx_shop_str_t *name, int64_t refused, int64_t unknown);

/*
 * One line with its LF into buf of EVENT_LINE; its length.
 */
size_t ngx_shop_event_write(const ngx_shop_event_t *event, unsigned char *buf);

/* the same as a member of an array, and times as they stand in it */
void ngx_shop_event_write_object(ngx_shop_emit_t *e,
    const ngx_shop_event_t *event);
void ngx_shop_event_write_time(ngx_shop_emit_t *e, const char *key,
    int64_t msec);

/* what a class of requests was refused, an element of "refused" */
void ngx_shop_event_write_class(ngx_shop_emit_t *e, const ngx_shop_str_t *name,
    int64_t refused, int64_t unknown);

/*
 * OK, or ERROR and *reason (static text).  Members that are not known are
 * skipped, those that are missing are as if they were null.
 */
int ngx_shop_event_read(ngx_shop_event_t *event, const ngx_shop_str_t *line,
    const char **reason);

/* names as written, NULL: there is no such number */
const char *ngx_shop_event_type_name(unsigned type);
const char *ngx_shop_event_by_name(unsigned by);
const char *ngx_shop_event_severity_name(unsigned severity);

/* RFC 3339 in UTC with milliseconds; buf of TIMES_LEN, returns the length */
size_t ngx_shop_event_time(unsigned char *buf, int64_t msec);


#endif /* _NGX_SHOP_EVENT_H_INCLUDED_ */
