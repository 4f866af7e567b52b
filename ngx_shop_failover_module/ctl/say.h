
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * What shopctl says to a person, and how it ends.
 */


#ifndef _NGX_SHOP_SAY_H_INCLUDED_
#define _NGX_SHOP_SAY_H_INCLUDED_


#include <stdio.h>

#include "logic/text/base.h"


/* exit codes */
#define NGX_SHOP_SAY_YES    0
#define NGX_SHOP_SAY_NO     1      /* open; or there are warnings */
#define NGX_SHOP_SAY_ERROR  2


/* the longest path that is shown */
#define NGX_SHOP_SAY_NAME   4096


/* arguments for "%.*s" */
#define ngx_shop_say_str(s)  (int) (s).len, (const char *) (s).data


/* "shopctl: ..." on stderr; returns SAY_ERROR */
int ngx_shop_say_error(const char *format, ...);

/* the same with the reason of errno and, where there is one, its cure */
int ngx_shop_say_errno(int err, const char *format, ...);

/* errors are not shown from here on, or are again */
void ngx_shop_say_quiet(int quiet);

/* a remark on stderr that is no error */
void ngx_shop_say_note(const char *format, ...);

/*
 * A name as it can be shown: what would move a terminal's cursor is "?", what
 * would turn a line around is its code ("\u202e").
 */
const char *ngx_shop_say_name(const char *name);

/* a text as one line that can be shown, good until the next call */
const char *ngx_shop_say_clean(ngx_shop_str_t text);

/* a text without control characters, as it can be shown */
void ngx_shop_say_text(FILE *out, ngx_shop_str_t text);

/* room for one character as it can be shown */
#define NGX_SHOP_SAY_CHAR   8

/* a character, of that length, into buf, as it can be shown; its length */
size_t ngx_shop_say_char(char *buf, const unsigned char *p, size_t len);

/* "2026-11-21 04:30 CET, in 45m" or "..., 5m ago" */
void ngx_shop_say_time(FILE *out, int64_t at, int64_t now);


#endif /* _NGX_SHOP_SAY_H_INCLUDED_ */
