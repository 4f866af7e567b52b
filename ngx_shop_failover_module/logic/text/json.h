
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * A strict reader of JSON (RFC 8259) over the caller's bytes: checked once
 * as a whole, then walked.  What emit writes, this reads.  Does not know
 * what the values mean.
 */


#ifndef _NGX_SHOP_JSON_H_INCLUDED_
#define _NGX_SHOP_JSON_H_INCLUDED_


#include "logic/text/base.h"


#define NGX_SHOP_JSON_DEPTH  32


typedef enum {
    NGX_SHOP_JSON_NULL = 0,
    NGX_SHOP_JSON_BOOL,
    NGX_SHOP_JSON_NUMBER,
    NGX_SHOP_JSON_STRING,
    NGX_SHOP_JSON_ARRAY,
    NGX_SHOP_JSON_OBJECT
} ngx_shop_json_type_e;


/* a value that was checked; text is what stands for it, into the source */
typedef struct {
    ngx_shop_json_type_e  type;
    ngx_shop_str_t        text;
} ngx_shop_json_t;


/* the rest of an array or an object */
typedef struct {
    const unsigned char  *pos;
    const unsigned char  *last;
    unsigned              object;
} ngx_shop_json_walk_t;


/*
 * One value and nothing else: OK, or ERROR, *at (bytes from the start) and
 * *reason (static text).  Refused as well: invalid UTF-8, half of a surrogate
 * pair, more than JSON_DEPTH levels.  source must stay.
 */
int ngx_shop_json_parse(ngx_shop_json_t *value, const ngx_shop_str_t *source,
    size_t *at, const char **reason);

/*
 * By a path of keys and of numbers of items from 0, "upstreams.0.peers"; ""
 * is the value itself.  Of equal keys the first.  OK, or DECLINED: none.
 */
int ngx_shop_json_find(const ngx_shop_json_t *value, const char *path,
    ngx_shop_json_t *found);

/* of anything but an array or an object: nothing follows */
void ngx_shop_json_walk(const ngx_shop_json_t *value,
    ngx_shop_json_walk_t *walk);

/*
 * The next item of an array or member of an object: OK or DECLINED (no more).
 * key may be NULL; in an array it is set to null.
 */
int ngx_shop_json_next(ngx_shop_json_walk_t *walk, ngx_shop_json_t *key,
    ngx_shop_json_t *value);

/*
 * A string, unescaped into buf: never longer than text.  OK and *s,
 * DECLINED: not a string, ERROR: it does not fit.
 */
int ngx_shop_json_string(const ngx_shop_json_t *value, unsigned char *buf,
    size_t size, ngx_shop_str_t *s);

/* whether a value is this string */
int ngx_shop_json_is(const ngx_shop_json_t *value, const char *text);

/* OK, or DECLINED: no number, a fraction or exponent, or out of range */
int ngx_shop_json_int(const ngx_shop_json_t *value, int64_t *n);

/* OK, or DECLINED: neither true nor false */
int ngx_shop_json_bool(const ngx_shop_json_t *value, int *flag);


#endif /* _NGX_SHOP_JSON_H_INCLUDED_ */
