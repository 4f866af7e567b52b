
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * The texts of one language (html/lang/CODE.txt), and sentences, dates and
 * lengths of time made of them.  Knows no page and reads no file.
 */


#ifndef _NGX_SHOP_STRINGS_H_INCLUDED_
#define _NGX_SHOP_STRINGS_H_INCLUDED_


#include "logic/text/base.h"
#include "logic/text/emit.h"


typedef enum {
    NGX_SHOP_STRINGS_NAME = 0,
    NGX_SHOP_STRINGS_DIR,
    NGX_SHOP_STRINGS_SHOP,
    NGX_SHOP_STRINGS_WEEKDAYS,
    NGX_SHOP_STRINGS_MONTHS,
    NGX_SHOP_STRINGS_DAY_FIRST,
    NGX_SHOP_STRINGS_TIME,
    NGX_SHOP_STRINGS_DATE,
    NGX_SHOP_STRINGS_DATE_ZONE,
    NGX_SHOP_STRINGS_IN_FEW_MINUTES,
    NGX_SHOP_STRINGS_IN_MINUTES,
    NGX_SHOP_STRINGS_IN_HOUR,
    NGX_SHOP_STRINGS_IN_HOURS,
    NGX_SHOP_STRINGS_TITLE_UNTIL_TIME,
    NGX_SHOP_STRINGS_TITLE_UNTIL_DATE,
    NGX_SHOP_STRINGS_TITLE_CLOSED,
    NGX_SHOP_STRINGS_TITLE_PROBLEM,
    NGX_SHOP_STRINGS_TITLE_BROWSE,
    NGX_SHOP_STRINGS_TITLE_PATHS,
    NGX_SHOP_STRINGS_TITLE_REOPENING,
    NGX_SHOP_STRINGS_TITLE_BUSY,
    NGX_SHOP_STRINGS_WHEN_CLOSED,
    NGX_SHOP_STRINGS_WHEN_PROBLEM,
    NGX_SHOP_STRINGS_WHEN_BROWSE,
    NGX_SHOP_STRINGS_WHEN_PATHS,
    NGX_SHOP_STRINGS_WHEN_LATE,
    NGX_SHOP_STRINGS_WHEN_UNKNOWN,
    NGX_SHOP_STRINGS_WHEN_REOPENING,
    NGX_SHOP_STRINGS_WHEN_BUSY,
    NGX_SHOP_STRINGS_STATUS_CLOSED,
    NGX_SHOP_STRINGS_STATUS_PROBLEM,
    NGX_SHOP_STRINGS_STATUS_BROWSE,
    NGX_SHOP_STRINGS_STATUS_PATHS,
    NGX_SHOP_STRINGS_STATUS_REOPENING,
    NGX_SHOP_STRINGS_STATUS_BUSY,
    NGX_SHOP_STRINGS_DOING_TITLE,
    NGX_SHOP_STRINGS_DOING,
    NGX_SHOP_STRINGS_POST_TITLE,
    NGX_SHOP_STRINGS_POST_UNSENT,
    NGX_SHOP_STRINGS_POST_PAID,
    NGX_SHOP_STRINGS_POST_UNKNOWN,
    NGX_SHOP_STRINGS_ASK_US,
    NGX_SHOP_STRINGS_CONTACT_TITLE,
    NGX_SHOP_STRINGS_UPDATES_TITLE,
    NGX_SHOP_STRINGS_STARTED,
    NGX_SHOP_STRINGS_NEXT_UPDATE,
    NGX_SHOP_STRINGS_AUTO,
    NGX_SHOP_STRINGS_AUTO_POST,
    NGX_SHOP_STRINGS_CHECK_NOW,
    NGX_SHOP_STRINGS_STOP,
    NGX_SHOP_STRINGS_RESUME,
    NGX_SHOP_STRINGS_CHECK_FAILED,
    NGX_SHOP_STRINGS_NOT_YET,
    NGX_SHOP_STRINGS_NEW_UPDATE,
    NGX_SHOP_STRINGS_OPEN_AGAIN,
    NGX_SHOP_STRINGS_TRY_AGAIN,
    NGX_SHOP_STRINGS_TO_BASKET,
    NGX_SHOP_STRINGS_TO_HOME,
    NGX_SHOP_STRINGS_NOTICE,
    NGX_SHOP_STRINGS_NOTICE_UNTIL,
    NGX_SHOP_STRINGS_N
} ngx_shop_strings_e;


#define NGX_SHOP_STRINGS_FORMS  24    /* "in_hours.2", "date.1" */


/* a text for one number */
typedef struct {
    uint8_t                  key;      /* _words_e */
    uint16_t                 n;
    ngx_shop_str_t           text;
} ngx_shop_strings_form_t;


/* all texts point into the sources, which stay */
typedef struct {
    ngx_shop_str_t           text[NGX_SHOP_STRINGS_N];
    ngx_shop_str_t           weekdays[7];         /* from Sunday */
    ngx_shop_str_t           months[12];
    ngx_shop_strings_form_t  forms[NGX_SHOP_STRINGS_FORMS];
    unsigned                 nforms;
} ngx_shop_strings_t;


/* a value for {name} in a text */
typedef struct {
    const char              *name;
    ngx_shop_str_t           value;
} ngx_shop_strings_place_t;


/* the number of a key, or -1 */
int ngx_shop_strings_key(const ngx_shop_str_t *name);

/*
 * Reads a language file over what w has already: start with zeroed memory or
 * with a copy of another language.  OK, or ERROR with *line (from 1) and a
 * static *reason; w is then half read.
 */
int ngx_shop_strings_parse(ngx_shop_strings_t *w, const ngx_shop_str_t *source,
    unsigned *line, const char **reason);

/* the first key that has no text, or -1: the language is whole */
int ngx_shop_strings_missing(const ngx_shop_strings_t *w);

const char *ngx_shop_strings_name(unsigned key);

/*
 * Puts the shop's name into all texts that say {shop}, or the default where
 * name is empty: that of {shop|default}, else the text "shop".  The texts then
 * point into buf.  Returns the room needed; with buf NULL nothing is done.
 */
size_t ngx_shop_strings_shop(ngx_shop_strings_t *w, const ngx_shop_str_t *name,
    unsigned char *buf);

/* the text of a key for a number or, of one with a moment in it, an hour */
const ngx_shop_str_t *ngx_shop_strings_text(const ngx_shop_strings_t *w,
    unsigned key, unsigned n);

/* the hour of a moment in the process's zone */
unsigned ngx_shop_strings_hour(int64_t at);

/* text with its places filled; a {name} that is not among them stays */
void ngx_shop_strings_fill(ngx_shop_emit_t *e, const ngx_shop_str_t *text,
    const ngx_shop_strings_place_t *places, unsigned n);

/* a moment in the process's zone; how is _TIME, _DATE or _DATE_ZONE */
void ngx_shop_strings_moment(const ngx_shop_strings_t *w, ngx_shop_emit_t *e,
    int64_t at, unsigned how);

/* ", in about 40 minutes"; nothing where it is too far away or past */
void ngx_shop_strings_in(const ngx_shop_strings_t *w, ngx_shop_emit_t *e,
    int64_t seconds);


#endif /* _NGX_SHOP_STRINGS_H_INCLUDED_ */
