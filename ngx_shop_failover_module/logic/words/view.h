
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * What a page says: from a notice, the texts of a language and the time to
 * the values of a template, and to the two JSON forms of the same.  Shared by
 * the module and by shopctl's preview; docs/page-authoring.md has the names.
 */


#ifndef _NGX_SHOP_VIEW_H_INCLUDED_
#define _NGX_SHOP_VIEW_H_INCLUDED_


#include "logic/text/base.h"
#include "logic/text/emit.h"
#include "logic/flag/flag.h"
#include "logic/words/pieces.h"
#include "logic/words/template.h"
#include "logic/words/strings.h"
#include "logic/words/tongue.h"


#define NGX_SHOP_VIEW_UPDATES  10       /* the newest */
#define NGX_SHOP_VIEW_SCRATCH  16384
#define NGX_SHOP_VIEW_BRIEF    13       /* characters; shorter ones
                                           fit into a line of a
                                           phone, very large */


typedef enum {
    NGX_SHOP_VIEW_MAINTENANCE = 0,
    NGX_SHOP_VIEW_OUTAGE,
    NGX_SHOP_VIEW_BROWSE,
    NGX_SHOP_VIEW_PATHS,
    NGX_SHOP_VIEW_REOPENING,
    NGX_SHOP_VIEW_BUSY,             /* no room for this request */
    NGX_SHOP_VIEW_OPEN              /* of the public status only */
} ngx_shop_view_e;


typedef enum {
    NGX_SHOP_VIEW_NO_POST = 0,      /* GET or HEAD */
    NGX_SHOP_VIEW_UNSENT,           /* it did not reach the shop */
    NGX_SHOP_VIEW_UNKNOWN           /* it was sent, and failed */
} ngx_shop_view_post_e;


/* a value of shop_page_var */
typedef struct {
    ngx_shop_str_t                  name;
    ngx_shop_str_t                  value;
} ngx_shop_view_var_t;


/* a sentence around a moment */
typedef struct {
    ngx_shop_str_t                  whole;
    ngx_shop_str_t                  before;
    ngx_shop_str_t                  time;
    ngx_shop_str_t                  after;
} ngx_shop_view_sentence_t;


typedef struct {
    ngx_shop_str_t                  text;
    ngx_shop_str_t                  time;
    ngx_shop_str_t                  iso;
    ngx_shop_tongue_mark_t          mark;
} ngx_shop_view_update_t;


typedef struct {
    /* set by the caller; all that is pointed at stays while the view does */
    const ngx_shop_flag_notice_t   *notice;
    const ngx_shop_strings_t       *words;
    ngx_shop_str_t                  lang;
    ngx_shop_str_t                  second;      /* see tongue.h */
    ngx_shop_str_t                  bare;        /* see tongue.h */
    uint8_t                         state;       /* _view_e */
    uint8_t                         post;        /* _view_post_e */
    uint8_t                         unplanned;   /* an outage began it */
    int64_t                         now;         /* Unix seconds */
    int64_t                         since;
    int64_t                         poll;        /* seconds */
    int64_t                         retry_after;
    ngx_shop_str_t                  status_url;  /* "": no polling */
    const ngx_shop_view_var_t      *vars;
    unsigned                        nvars;

    /* set by view_prepare() */
    int64_t                         eta;         /* eta, else until */
    ngx_shop_str_t                  status;
    ngx_shop_tongue_mark_t          status_mark;
    ngx_shop_str_t                  poll_text;
    ngx_shop_str_t                  url;         /* status_url?lang= */
    ngx_shop_str_t                  home;
    ngx_shop_str_t                  basket;
    ngx_shop_str_t                  version;     /* of what it says */
    int64_t                         progress_at;    /* percent */
    ngx_shop_str_t                  progress;    /* in digits, or "" */
    unsigned                        brief:1;     /* title's time */
    ngx_shop_view_sentence_t        title;
    ngx_shop_view_sentence_t        when;
    ngx_shop_view_sentence_t        next;
    ngx_shop_view_sentence_t        started;
    ngx_shop_str_t                  eta_iso;
    ngx_shop_str_t                  next_iso;
    ngx_shop_str_t                  since_iso;
    ngx_shop_pieces_t               reason;
    ngx_shop_pieces_t               offer;
    ngx_shop_pieces_t               contacts;
    ngx_shop_view_update_t
                            updates[NGX_SHOP_VIEW_UPDATES];
    unsigned                        nupdates;

    ngx_shop_emit_t                 scratch;
    unsigned char                 buf[NGX_SHOP_VIEW_SCRATCH];
} ngx_shop_view_t;


/* works out all values, once for any number of renderings */
void ngx_shop_view_prepare(ngx_shop_view_t *v);

/* who reads it, for texts that are not among the view's */
ngx_shop_tongue_t ngx_shop_view_tongue(const ngx_shop_view_t *v);

/* "maintenance", "outage", ... */
const char *ngx_shop_view_state_name(unsigned state);


#endif /* _NGX_SHOP_VIEW_H_INCLUDED_ */
