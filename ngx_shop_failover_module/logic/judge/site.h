
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * What the shop as a whole is: from the groups' states and the flag to one
 * state, its severity, and what a visitor gets.  Pure: no clock, no I/O.
 */


#ifndef _NGX_SHOP_SITE_H_INCLUDED_
#define _NGX_SHOP_SITE_H_INCLUDED_


#include "logic/text/base.h"
#include "logic/flag/flag.h"


/* ordered: the worse, the larger */
typedef enum {
    NGX_SHOP_SITE_GROUP_UP = 0,         /* every primary usable */
    NGX_SHOP_SITE_GROUP_DEGRADED,       /* redundancy lost */
    NGX_SHOP_SITE_GROUP_BACKUP,         /* backups or a backup group */
    NGX_SHOP_SITE_GROUP_PLANNED,        /* all are out by their own word */
    NGX_SHOP_SITE_GROUP_DOWN,
    NGX_SHOP_SITE_GROUP_N
} ngx_shop_site_group_e;


typedef enum {
    NGX_SHOP_SITE_OPEN = 0,
    NGX_SHOP_SITE_DEGRADED,
    NGX_SHOP_SITE_BACKUP,
    NGX_SHOP_SITE_BROWSE,
    NGX_SHOP_SITE_OUTAGE,
    NGX_SHOP_SITE_MAINTENANCE,
    NGX_SHOP_SITE_REOPENING,
    NGX_SHOP_SITE_BUSY,           /* not all visitors find room */
    NGX_SHOP_SITE_N
} ngx_shop_site_e;


typedef enum {
    NGX_SHOP_SITE_FLAG_OPEN = 0,
    NGX_SHOP_SITE_FLAG_CLOSED,    /* everything, or some paths */
    NGX_SHOP_SITE_FLAG_BROWSE,    /* unsafe methods only */
    NGX_SHOP_SITE_FLAG_WORDS      /* nothing: the texts of an outage */
} ngx_shop_site_flag_e;


/* peers of one group that count: not switched off in the configuration */
typedef struct {
    uint32_t  primaries;
    uint32_t  primaries_usable;
    uint32_t  backups;
    uint32_t  backups_usable;
    uint32_t  busy;                         /* usable, and slow */
    uint32_t  aside;                        /* by what visitors got */
    uint32_t  worn;                         /* usable, but it drains or is
                                               degraded, as it says */
    uint32_t  planned;                      /* out, as it says */
    uint32_t  ordered;                      /* out by an operator */
} ngx_shop_site_count_t;


typedef struct {
    uint8_t   group;                        /* worst of the site's groups */
    uint8_t   flag;                         /* _site_flag_e */
    uint8_t   busy;                         /* of one of its groups */
    uint64_t  hold;                         /* ms, of shop_reopen */
    uint64_t  ramp;                         /* ms, of shop_reopen */
} ngx_shop_site_input_t;


typedef struct {
    uint8_t   state;                        /* _site_e */
    int64_t   since;                        /* Unix seconds */
    uint64_t  reopened;                     /* ms: when reopening began */

    /* an order for the ramp, of site_order(); until reopening is over */
    uint64_t  ordered;                      /* ms: when it was given */
    uint64_t  over;                         /* ms: from then on */
    uint16_t  share;                        /* that was in then, to 1000 */
    uint8_t   ramped;                       /* there is one */

    /*
     * An outage that is not over yet.  A flag that comes later gives it its
     * words, and makes nothing of it that was planned.
     */
    int64_t   outage;                       /* Unix s: it began; 0: none */
    uint64_t  served;                       /* ms: somebody serves since */
    uint8_t   serves;                       /* served is set */
} ngx_shop_site_t;


/* what time and health have made of a notice; zeroed with a new one */
typedef struct {
    uint64_t  well;                         /* ms: since when all is well */
    uint8_t   waiting;                      /* well is set */
    uint8_t   ended;                        /* by "end: healthy" */
    uint8_t   late;                         /* came while nobody served */
    uint8_t   passed;                       /* of site_passed() */
} ngx_shop_site_life_t;


/*
 * What a flag asks for at this moment; notice is that of a file which is there.
 * was is the answer before: a "start" that cannot be read keeps it.
 */
ngx_shop_site_flag_e ngx_shop_site_flag(const ngx_shop_flag_notice_t *notice,
    ngx_shop_site_flag_e was, int64_t now);

/* "after" without "after-until", s */
#define NGX_SHOP_SITE_AFTER  (6 * 3600)

/* whether it keeps visitors out */
#define ngx_shop_site_closes(asked)                                          \
    ((asked) == NGX_SHOP_SITE_FLAG_CLOSED                                    \
     || (asked) == NGX_SHOP_SITE_FLAG_BROWSE)

/* whether a notice that comes now is one of the outage that goes on */
int ngx_shop_site_late(const ngx_shop_site_t *site,
    const ngx_shop_flag_notice_t *notice);

/*
 * Whether a flag that closed the site had come when nobody served any more, and
 * probes had not yet found that.  since is that of the flag, in Unix seconds,
 * failing in ms; 0: not known.
 */
int ngx_shop_site_before(const ngx_shop_site_t *site,
    const ngx_shop_flag_notice_t *notice, int64_t since, int64_t failing);

/* what ends it: where the flag does not say so, health does in an outage */
ngx_shop_flag_end_e ngx_shop_site_end(const ngx_shop_site_life_t *life,
    const ngx_shop_flag_notice_t *notice);

/* whether a flag keeps shut what an outage has closed, and servers are back */
#define ngx_shop_site_alone(site)                                            \
    ((site)->outage && (site)->state == NGX_SHOP_SITE_MAINTENANCE)

/*
 * "end: healthy": 1 once all has been well for hold ms while the flag closed,
 * and from then on.  Called only while the flag closes.
 */
int ngx_shop_site_ended(ngx_shop_site_life_t *life,
    const ngx_shop_flag_notice_t *notice, unsigned well, uint64_t hold,
    uint64_t msec);

/*
 * Whether what a notice says "after" it is said now: it has opened the shop at
 * the time that it names itself, and that is not too long ago.
 */
int ngx_shop_site_after(const ngx_shop_flag_notice_t *notice, int64_t now);

/*
 * Which of a notice's times are over, a bit each: when this changes, so does
 * what a page says.
 */
unsigned ngx_shop_site_passed(const ngx_shop_flag_notice_t *notice,
    int64_t now);

/* the next time of a notice that is still to come; 0: none */
int64_t ngx_shop_site_next(const ngx_shop_flag_notice_t *notice, int64_t now);

/*
 * PLANNED: nobody is usable, one at least says that this is planned, and nobody
 * is lost in another way but by an order.  A single dead one makes it DOWN.
 */
ngx_shop_site_group_e ngx_shop_site_group(const ngx_shop_site_count_t *count);

/*
 * One step of the site's state machine; returns 1 where the state changed.
 * An outage stays one under a flag until somebody has served for hold.
 * After an outage or maintenance the site is "reopening" until it has been
 * well for hold, and for ramp; a relapse closes at once.  msec is monotonic,
 * now is wall clock and only stored for people.
 */
int ngx_shop_site_step(ngx_shop_site_t *site, const ngx_shop_site_input_t *in,
    uint64_t msec, int64_t now);

/* the share of visitors that is let in, 0 to 1000, while reopening */
unsigned ngx_shop_site_admitted(const ngx_shop_site_t *site, uint64_t ramp,
    uint64_t msec);

/*
 * Lets all visitors in over so many ms from now (0: at once), whatever the
 * configuration says.  ERROR: nothing to do, all are in, or the site is not
 * reopening.
 */
int ngx_shop_site_order(ngx_shop_site_t *site, uint64_t ramp, uint64_t over,
    uint64_t msec);

/* ms until all visitors are in, or then until it is called well; 0: neither */
uint64_t ngx_shop_site_left(const ngx_shop_site_t *site, uint64_t hold,
    uint64_t ramp, uint64_t msec);

/*
 * Whether a visitor (any hash of him) is among that share.  Who is in stays
 * in, as the share only grows; another reopening begins with other visitors.
 */
int ngx_shop_site_admits(const ngx_shop_site_t *site, uint64_t ramp,
    uint64_t msec, uint32_t visitor);

/* ms until a visitor is among that share; 0: now, or nobody waits */
uint64_t ngx_shop_site_turn(const ngx_shop_site_t *site, uint64_t ramp,
    uint64_t msec, uint32_t visitor);

const char *ngx_shop_site_name(unsigned state);
const char *ngx_shop_site_group_name(unsigned state);

/* 1, 2, 3 for P1 to P3; 0: nothing to do */
unsigned ngx_shop_site_severity(unsigned state);


#endif /* _NGX_SHOP_SITE_H_INCLUDED_ */
