
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * Which of the operator's texts a reader gets, and in which language it is:
 * KEY.LANG of the reader's language, else KEY, else that of a second language.
 * Reads no flag file and writes no page.
 */


#ifndef _NGX_SHOP_TONGUE_H_INCLUDED_
#define _NGX_SHOP_TONGUE_H_INCLUDED_


#include "logic/flag/flag.h"


typedef struct {
    const ngx_shop_flag_notice_t  *notice;
    ngx_shop_str_t                 lang;      /* the reader's */
    ngx_shop_str_t                 second;    /* where there is no other */
    ngx_shop_str_t                 bare;      /* of texts without a language;
                                                 len 0: not known */
} ngx_shop_tongue_t;


/* lang and dir of what is not in the reader's language; else both len 0 */
typedef struct {
    ngx_shop_str_t                 lang;
    ngx_shop_str_t                 dir;
} ngx_shop_tongue_mark_t;


/*
 * The text under said (_flag_said_e; of an update the nth), or len 0: nothing
 * is said to this reader.  A status is never in a second language: the module
 * has one in the reader's.  An update is never kept from a reader: it is then
 * in the language in which it was written.
 */
ngx_shop_str_t ngx_shop_tongue_text(const ngx_shop_tongue_t *t, unsigned said,
    unsigned nth, ngx_shop_tongue_mark_t *mark);

/* the contacts of a reader, all in one language; returns how many */
unsigned ngx_shop_tongue_contacts(const ngx_shop_tongue_t *t,
    ngx_shop_str_t *lines, ngx_shop_tongue_mark_t *mark);

/* the languages that a notice has a text in; returns how many of max */
unsigned ngx_shop_tongue_langs(const ngx_shop_flag_notice_t *notice,
    ngx_shop_str_t *langs, unsigned max);

/*
 * A bit (1 << _flag_said_e) for each text that the notice has, and not in lang:
 * its readers get it in another language, or not at all.
 */
unsigned ngx_shop_tongue_lacks(const ngx_shop_flag_notice_t *notice,
    const ngx_shop_str_t *lang);

/* "status", "reason", ... */
const char *ngx_shop_tongue_name(unsigned said);

/* "rtl" or "ltr", by the script in which a language is written */
ngx_shop_str_t ngx_shop_tongue_dir(const ngx_shop_str_t *lang);


#endif /* _NGX_SHOP_TONGUE_H_INCLUDED_ */
