
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * A bounded writer of JSON and of Prometheus text.  Commas, escaping and
 * numbers live here and nowhere else.
 */


#ifndef _NGX_SHOP_EMIT_H_INCLUDED_
#define _NGX_SHOP_EMIT_H_INCLUDED_


#include "logic/text/base.h"


#define NGX_SHOP_EMIT_DEPTH  32


typedef struct ngx_shop_emit_s  ngx_shop_emit_t;

/*
 * Called when the buffer is full: takes what is between start and pos, and
 * sets start, pos and last to fresh room.  OK, or ERROR (then emit goes
 * on counting in total but writes no more, and failed is set).
 */
typedef int (*ngx_shop_emit_more_pt)(ngx_shop_emit_t *e);

struct ngx_shop_emit_s {
    unsigned char          *start;
    unsigned char          *pos;
    unsigned char          *last;
    ngx_shop_emit_more_pt   more;      /* NULL: bounded by last */
    void                   *data;      /* of the caller's */
    size_t                  total;     /* bytes asked for so far */
    uint32_t                comma;     /* bit a level: not first */
    uint8_t                 depth;
    uint8_t                 failed;    /* something did not fit */
};

/* a failed bounded buffer holds a prefix: nothing is written after a hole */


void ngx_shop_emit_init(ngx_shop_emit_t *e, unsigned char *buf, size_t size);

/* raw bytes, and a NUL-terminated constant */
void ngx_shop_emit_raw(ngx_shop_emit_t *e, const void *data, size_t len);
void ngx_shop_emit_text(ngx_shop_emit_t *e, const char *text);
void ngx_shop_emit_number(ngx_shop_emit_t *e, int64_t n);

/*
 * Text with & < > " ' escaped, for HTML text and quoted attributes; invalid
 * UTF-8 and NUL become U+FFFD.
 */
void ngx_shop_emit_html(ngx_shop_emit_t *e, const ngx_shop_str_t *s);

/* a quoted JSON string; invalid UTF-8 becomes U+FFFD, < and > are escaped */
void ngx_shop_emit_quoted(ngx_shop_emit_t *e, const ngx_shop_str_t *s);

/*
 * JSON.  key is NULL in an array and at the top.  Commas are kept by depth;
 * "open" is followed by members and one "close".  Values at the top stand
 * alone, without commas (JSON lines).  Deeper than EMIT_DEPTH, or one close
 * too many: failed.
 */
void ngx_shop_emit_object(ngx_shop_emit_t *e, const char *key);
void ngx_shop_emit_array(ngx_shop_emit_t *e, const char *key);
void ngx_shop_emit_close(ngx_shop_emit_t *e, char bracket);
void ngx_shop_emit_str(ngx_shop_emit_t *e, const char *key,
    const ngx_shop_str_t *value);
void ngx_shop_emit_cstr(ngx_shop_emit_t *e, const char *key,
    const char *value);
void ngx_shop_emit_int(ngx_shop_emit_t *e, const char *key, int64_t value);
/* a number that is written already; one in thousandths */
void ngx_shop_emit_digits(ngx_shop_emit_t *e, const char *key,
    const void *data, size_t len);
void ngx_shop_emit_milli(ngx_shop_emit_t *e, const char *key, int64_t milli);
void ngx_shop_emit_bool(ngx_shop_emit_t *e, const char *key, int value);
void ngx_shop_emit_null(ngx_shop_emit_t *e, const char *key);
/* RFC 3339 in UTC; 0 becomes null */
void ngx_shop_emit_time(ngx_shop_emit_t *e, const char *key, int64_t at);

/*
 * Prometheus text format 0.0.4.  A family once, then its samples.  labels is a
 * list of name, value pairs; milli is the value times 1000, so that seconds
 * are exact ("1.5").
 */
typedef struct {
    const char             *name;
    ngx_shop_str_t          value;
} ngx_shop_emit_label_t;

void ngx_shop_emit_family(ngx_shop_emit_t *e, const char *name,
    const char *type, const char *help);
void ngx_shop_emit_sample(ngx_shop_emit_t *e, const char *name,
    const ngx_shop_emit_label_t *labels, unsigned nlabels, int64_t value);
void ngx_shop_emit_sample_digits(ngx_shop_emit_t *e, const char *name,
    const ngx_shop_emit_label_t *labels, unsigned nlabels, const void *data,
    size_t len);
void ngx_shop_emit_sample_milli(ngx_shop_emit_t *e, const char *name,
    const ngx_shop_emit_label_t *labels, unsigned nlabels, int64_t milli);


#endif /* _NGX_SHOP_EMIT_H_INCLUDED_ */
