
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * What nginx makes of a flag now.
 */


#ifndef _NGX_SHOP_ASK_H_INCLUDED_
#define _NGX_SHOP_ASK_H_INCLUDED_


#include "ctl/options.h"
#include "logic/flag/flag.h"
#include "logic/text/emit.h"


#define NGX_SHOP_ASK_URL      "http://127.0.0.1/shop_status"

/* in the place of a URL: nobody is asked, and nothing is said of it */
#define NGX_SHOP_ASK_NOBODY   "none"

/* ms: for an answer, and until a change is seen where inotify is not */
#define NGX_SHOP_ASK_ANSWER   2000
#define NGX_SHOP_ASK_SEEN     5000


/* the option that names the status, for the tables of commands */
#define NGX_SHOP_ASK_OPTION                                                  \
    { "url", NGX_SHOP_OPTIONS_VALUE, "URL",                                  \
      "a location with shop_status, else $SHOP_STATUS, else "                \
      NGX_SHOP_ASK_URL }


/* of the site that has the flag */
typedef struct {
    char      state[16];          /* "outage" */
    char      flag[16];           /* "closed", "over", as flagset_name() */
    char      sum[24];            /* of the text, "": none is there */
    unsigned  alone:1;            /* the flag alone keeps it shut */
    long      admitted;           /* percent of the visitors, reopening */
    long      left;               /* s, until all are in, or of the hold */
} ngx_shop_ask_t;


const char *ngx_shop_ask_url(const ngx_shop_options_t *o);

/* OK; DECLINED: it has no such flag; ERROR: no answer.  Says nothing */
int ngx_shop_ask(const char *url, const char *flag, ngx_shop_ask_t *a);

/* what it does now, in words: "reopening, 12 % of the visitors are in, ..." */
void ngx_shop_ask_show(const ngx_shop_ask_t *a, int64_t now);

/* the same as a member "nginx" of a JSON; NULL: it was not asked */
void ngx_shop_ask_json(ngx_shop_emit_t *e, const ngx_shop_ask_t *a);

/*
 * Waits until nginx has seen what was done to a flag, and says so, or that it
 * is not known.  NULL: that it is gone.
 */
void ngx_shop_ask_seen(const char *url, const char *flag,
    const ngx_shop_flag_notice_t *notice);


#endif /* _NGX_SHOP_ASK_H_INCLUDED_ */
