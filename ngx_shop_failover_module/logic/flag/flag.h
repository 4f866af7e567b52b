
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * The flag file's grammar: bytes -> a notice.  Does not read files, does not
 * know the clock, does not decide who is let in (site does).
 */


#ifndef _NGX_SHOP_FLAG_H_INCLUDED_
#define _NGX_SHOP_FLAG_H_INCLUDED_


#include "logic/text/base.h"


#define NGX_SHOP_FLAG_MAX_SIZE   16384    /* bytes of a flag file */
#define NGX_SHOP_FLAG_CONTACTS   8
#define NGX_SHOP_FLAG_UPDATES    32
#define NGX_SHOP_FLAG_LANGS      128      /* texts with a language */
#define NGX_SHOP_FLAG_PATHS      32
#define NGX_SHOP_FLAG_HOSTS      32
#define NGX_SHOP_FLAG_WARNINGS   16

/* bytes of all hosts of a file, with a blank after each */
#define NGX_SHOP_FLAG_HOSTS_MAX  1000

/* bytes of one text, and of the piece that a warning quotes */
#define NGX_SHOP_FLAG_TEXT_MAX   500
#define NGX_SHOP_FLAG_WHAT_MAX   64

/*
 * An update's "HH:MM" may be this much ahead of the file's time, else it is
 * yesterday's; seconds.
 */
#define NGX_SHOP_FLAG_SLACK      900


typedef enum {
    NGX_SHOP_FLAG_FULL = 0,
    NGX_SHOP_FLAG_BROWSE,            /* only safe methods pass, and
                                        POST to these paths */
    NGX_SHOP_FLAG_PATHS_ONLY,        /* only these paths closed */
    NGX_SHOP_FLAG_WORDS              /* closes nothing: texts of an outage */
} ngx_shop_flag_mode_e;


typedef enum {
    NGX_SHOP_FLAG_END_MANUAL = 0,
    NGX_SHOP_FLAG_END_ETA,
    NGX_SHOP_FLAG_END_HEALTHY
} ngx_shop_flag_end_e;


/* a time key: what was written, and what it means */
typedef struct {
    ngx_shop_span_t  text;      /* as written; len 0: key absent */
    int64_t          at;        /* Unix seconds; 0: none or bad */
} ngx_shop_flag_time_t;


/* the keys that may have a language behind them: "status.de" */
typedef enum {
    NGX_SHOP_FLAG_SAID_NONE = 0,
    NGX_SHOP_FLAG_SAID_STATUS,
    NGX_SHOP_FLAG_SAID_REASON,
    NGX_SHOP_FLAG_SAID_OFFER,
    NGX_SHOP_FLAG_SAID_CONTACT,
    NGX_SHOP_FLAG_SAID_UPDATE,
    NGX_SHOP_FLAG_SAID_AFTER,
    NGX_SHOP_FLAG_SAID_N
} ngx_shop_flag_said_e;


/* a text in one language; the same one as the text without a language */
typedef struct {
    ngx_shop_span_t  lang;      /* "de", "pt-BR" */
    ngx_shop_span_t  text;
    uint8_t          said;      /* _flag_said_e */
    uint8_t          nth;       /* of an update: which of them */
} ngx_shop_flag_lang_t;


typedef struct {
    int64_t          at;        /* of "HH:MM "; 0: none given */
    ngx_shop_span_t  text;      /* without the time */
    ngx_shop_span_t  lang;      /* of text; len 0: not told */
} ngx_shop_flag_update_t;


typedef struct {
    uint16_t         line;      /* from 1 */
    uint16_t         reason;    /* index for flag_reason() */
    ngx_shop_span_t  what;      /* the offending piece */
} ngx_shop_flag_warning_t;


/*
 * Position independent and of fixed size: lives in shared memory and is
 * copied whole.  All spans point into text.
 */
typedef struct {
    ngx_shop_flag_time_t     eta;
    ngx_shop_flag_time_t     start;
    ngx_shop_flag_time_t     until;
    ngx_shop_flag_time_t     next_update;
    ngx_shop_flag_time_t     after_until;   /* "after" is said until then */

    uint8_t                  mode;          /* _flag_mode_e */
    uint8_t                  end;           /* _flag_end_e */
    uint8_t                  end_given;     /* else site_end() says */
    uint8_t                  bad_start;     /* stay as before */
    uint8_t                  nlangs;
    uint8_t                  ncontacts;
    uint8_t                  nupdates;
    uint8_t                  npaths;
    uint8_t                  nwarnings;
    uint8_t                  nhosts;
    uint8_t                  hosts_given;   /* without one: closes nobody */

    /* warnings beyond the table are counted, not kept */
    uint32_t                 warnings_total;

    ngx_shop_span_t          status;
    ngx_shop_span_t          reason;
    ngx_shop_span_t          offer;
    ngx_shop_span_t          after;         /* once it is open again */
    ngx_shop_span_t          who;           /* not for visitors */

    ngx_shop_flag_lang_t     langs[NGX_SHOP_FLAG_LANGS];
    ngx_shop_span_t         contacts[NGX_SHOP_FLAG_CONTACTS];
    ngx_shop_flag_update_t  updates[NGX_SHOP_FLAG_UPDATES];
    ngx_shop_span_t          paths[NGX_SHOP_FLAG_PATHS];
    ngx_shop_span_t          hosts[NGX_SHOP_FLAG_HOSTS];
    ngx_shop_flag_warning_t warnings[NGX_SHOP_FLAG_WARNINGS];

    uint32_t                 text_len;
    unsigned char            text[NGX_SHOP_FLAG_MAX_SIZE];
} ngx_shop_flag_notice_t;


/*
 * Parses a whole file.  Never fails: a bad line is ignored with a warning, and
 * any prefix of a valid file is valid.  size above MAX_SIZE is the caller's
 * error (the file is then "too big"); what is beyond is not looked at.
 *
 * text becomes the file itself, made clean: CRLF and a BOM are accepted, each
 * ill-formed piece of UTF-8 becomes one "?" (never longer than the input), a
 * tab becomes a space, other control bytes are dropped.  notice is wholly
 * written, so two notices are equal where their bytes are.
 *
 * Keys are read without regard to case.  Of a key that may stand once the last
 * line wins, also where its value is bad (start: bad_start; until: no end;
 * mode: full; eta, next-update: none; end: manual); of updates the last 32,
 * of contacts, languages and paths the first ones stay.  After a time, a mode
 * or an end " # ..." is a comment; in a text it is text.
 *
 * "update.de: HH:MM text" is the German text of the last update of that time
 * (without one: of the last update) that has none yet; where there is none, it
 * is an update of its own.
 *
 * appeared, see flag_appeared(), anchors what is counted or completed from a
 * moment ("+45m", "04:30", the "HH:MM" of an update) unless prev (may be NULL;
 * not notice itself) has the same line: then prev's resolved time is kept, so
 * that appending an update does not move the ETA.  prev is what was in force
 * until now: NULL after the shop was open.  appeared later than now, or none
 * (0), counts as now.
 */
void ngx_shop_flag_parse(ngx_shop_flag_notice_t *notice,
    const ngx_shop_flag_notice_t *prev, const unsigned char *data, size_t size,
    int64_t appeared, int64_t now);

/*
 * When a file with these times (Unix s) appeared here.  "mv", "cp -p", rsync
 * and tar bring an old mtime along; none of them can choose the ctime.
 */
int64_t ngx_shop_flag_appeared(int64_t mtime, int64_t ctime);

/* the text of a span of this notice */
ngx_shop_str_t ngx_shop_flag_text(const ngx_shop_flag_notice_t *notice,
    ngx_shop_span_t span);

/* leaves what holds when all is over: contacts and offer, in all languages */
void ngx_shop_flag_ways(ngx_shop_flag_notice_t *notice);

/* the status for an operator: the one without a language, else the first */
ngx_shop_str_t ngx_shop_flag_status(const ngx_shop_flag_notice_t *notice);

/* what a person would want to know of a flag that is no bad line */
typedef struct {
    const char              *key;
    const char              *text;
} ngx_shop_flag_doubt_t;


#define NGX_SHOP_FLAG_DOUBTS     12

/*
 * Promises that are over (not where the flag itself is), times in the wrong
 * order, local times that are not clear.  At most FLAG_DOUBTS; how many.
 */
unsigned ngx_shop_flag_doubt(const ngx_shop_flag_notice_t *notice,
    int64_t now, int over, ngx_shop_flag_doubt_t *doubts);

/*
 * Whether a notice is about that host: it names no hosts, or this one.  A host
 * of len 0 is one that nobody names.
 */
int ngx_shop_flag_about(const ngx_shop_flag_notice_t *notice,
    const ngx_shop_str_t *host);

/*
 * Stands for the whole text: two readers of the same file have the same sum.
 */
uint64_t ngx_shop_flag_sum(const ngx_shop_flag_notice_t *notice);

/*
 * "unknown key", "no unit after the number, write as 45m", ...: for a person,
 * beside the piece; NULL: no such reason
 */
const char *ngx_shop_flag_reason(unsigned reason);

/* "full", "browse", ... and "manual", "eta", ...; NULL: there is no such one */
const char *ngx_shop_flag_mode_name(unsigned mode);
const char *ngx_shop_flag_end_name(unsigned end);


#endif /* _NGX_SHOP_FLAG_H_INCLUDED_ */
