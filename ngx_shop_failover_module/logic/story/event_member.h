
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * For event_write.c and event_read.c: what a line of each type of event has.
 */


#ifndef _NGX_SHOP_EVENT_MEMBER_H_INCLUDED_
#define _NGX_SHOP_EVENT_MEMBER_H_INCLUDED_


#include "logic/story/event.h"


/* types, a bit each, that count what was refused */
#define NGX_SHOP_EVENT_COUNTED                                               \
    (1u << NGX_SHOP_EVENT_SITE                                               \
     | 1u << NGX_SHOP_EVENT_INCIDENT)


typedef enum {
    NGX_SHOP_EVENT_INT = 0,        /* int64_t */
    NGX_SHOP_EVENT_TIME,           /* int64_t; null: 0 */
    NGX_SHOP_EVENT_STR,            /* span */
    NGX_SHOP_EVENT_BOOL,           /* uint8_t */
    NGX_SHOP_EVENT_NAME            /* uint8_t, by name */
} ngx_shop_event_kind_e;


/* the name of a value; "": null; NULL: no such value */
typedef const char *(*ngx_shop_event_name_pt)(unsigned type, unsigned n);


typedef struct {
    const char              *key;
    unsigned                 kind;
    unsigned                 types;      /* a bit each */
    size_t                   offset;
    ngx_shop_event_name_pt   name;
} ngx_shop_event_member_t;


/* in the order in which they are written; a key of NULL ends the table */
extern const ngx_shop_event_member_t ngx_shop_event_members[];


#endif /* _NGX_SHOP_EVENT_MEMBER_H_INCLUDED_ */
