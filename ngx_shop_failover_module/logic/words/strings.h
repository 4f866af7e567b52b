
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
    NGX_SHOP_STRINGS_AMPM,
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


#define NGX_SHOP_STRINGS_FORMS   32    /* "in_hours.2", "date.1" */
#define NGX_SHOP_STRINGS_CASES   4     /* "weekdays.genitive" */

/* what a form is for: else a number, or an hour */
#define NGX_SHOP_STRINGS_PLURAL  0x4000  /* of this category */
#define NGX_SHOP_STRINGS_CASE    0x8000  /* of this number in cases[] */


/* a text that is used instead of the plain one of its key */
typedef struct {
    uint8_t                  key;      /* _strings_e */
    uint8_t                  source;   /* that it is of */
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
    ngx_shop_str_t           cases[NGX_SHOP_STRINGS_CASES];
    unsigned                 ncases;
    const char              *plural;   /* rules; set by _language() */
    uint8_t                  informal;
    uint8_t                  sources;  /* that were read */
} ngx_shop_strings_t;


/* a value for {name} in a text, or a moment for {name} and {name:case} */
typedef struct {
    const char              *name;
    ngx_shop_str_t           value;
    int64_t                  at;       /* 0: no moment */
    unsigned                 how;
} ngx_shop_strings_place_t;


/* the number of a key, or -1 */
int ngx_shop_strings_key(const ngx_shop_str_t *name);

/*
 * Before a language's files are read, over zeroed memory or over a copy of
 * another language: whose rules of number they follow, and whether the texts
 * that say "du" are taken.
 */
void ngx_shop_strings_language(ngx_shop_strings_t *w,
    const ngx_shop_str_t *code, int informal);

/*
 * Reads a language file over what w has already.  OK, or ERROR with *line
 * (from 1) and a static *reason; w is then half read.  A text of this file
 * takes the place of one before with all its forms.
 */
int ngx_shop_strings_parse(ngx_shop_strings_t *w, const ngx_shop_str_t *source,
    unsigned *line, const char **reason);

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
void ngx_shop_strings_fill(const ngx_shop_strings_t *w, ngx_shop_emit_t *e,
    const ngx_shop_str_t *text, const ngx_shop_strings_place_t *places,
    unsigned n);

/*
 * The length of a place at the beginning of text, 0 if there is none; its name
 * and its case, which has len 0 if it has none.
 */
size_t ngx_shop_strings_place(const ngx_shop_str_t *text, ngx_shop_str_t *name,
    ngx_shop_str_t *form);

/*
 * A moment in the process's zone; how is _TIME, _DATE or _DATE_ZONE.  Of an
 * unknown form it is the plain one.
 */
void ngx_shop_strings_moment(const ngx_shop_strings_t *w, ngx_shop_emit_t *e,
    int64_t at, unsigned how, const ngx_shop_str_t *form);

/* without blanks around it */
ngx_shop_str_t ngx_shop_strings_trim(const unsigned char *p,
    const unsigned char *last);

/* item i of a list with commas between; len 0: it has not so many */
ngx_shop_str_t ngx_shop_strings_item(const ngx_shop_str_t *list, unsigned i);

/*
 * ", in about 40 minutes"; nothing where it is too far away or past.  Up to ten
 * minutes each is said where they are exact, else "a few".
 */
void ngx_shop_strings_in(const ngx_shop_strings_t *w, ngx_shop_emit_t *e,
    int64_t seconds, int exact);


#endif /* _NGX_SHOP_STRINGS_H_INCLUDED_ */
