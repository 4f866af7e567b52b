
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * What somebody may have meant who mistyped a word.
 */


#ifndef _NGX_SHOP_NEAR_H_INCLUDED_
#define _NGX_SHOP_NEAR_H_INCLUDED_


#include "logic/text/base.h"


/* longer words are not guessed */
#define NGX_SHOP_NEAR_LEN  32


/* the best so far; zeroed to begin with */
typedef struct {
    const char  *word;        /* NULL: nothing is near */
    unsigned     distance;
} ngx_shop_near_t;


/* whether a candidate is nearer than what was seen before */
void ngx_shop_near_try(ngx_shop_near_t *near, const char *text, size_t len,
    const char *candidate);


#endif /* _NGX_SHOP_NEAR_H_INCLUDED_ */
