
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * What the files of negotiate know of each other; nobody else includes this.
 */


#ifndef _NGX_SHOP_NEGOTIATE_INSIDE_H_INCLUDED_
#define _NGX_SHOP_NEGOTIATE_INSIDE_H_INCLUDED_


#include "logic/words/negotiate.h"


#define NGX_SHOP_NEGOTIATE_Q_MAX    1000

/* a weight that cannot be read: named, so not excluded, but liked least */
#define NGX_SHOP_NEGOTIATE_Q_MIN    1


/* one member of a list: "gzip;q=0.8" */
typedef struct {
    ngx_shop_str_t  name;
    unsigned        q;             /* thousandths */
} ngx_shop_negotiate_member_t;


/* the next member from *pos on; NGX_SHOP_DECLINED: there is none */
int ngx_shop_negotiate_member_next(const ngx_shop_str_t *header, size_t *pos,
    ngx_shop_negotiate_member_t *member);

/* whatever the case of its letters */
int ngx_shop_negotiate_member_is(const ngx_shop_str_t *s, const char *text);
int ngx_shop_negotiate_member_same(const unsigned char *a,
    const unsigned char *b, size_t len);


#endif /* _NGX_SHOP_NEGOTIATE_INSIDE_H_INCLUDED_ */
