
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * How well a language serves who asked for another: tags of BCP 47, with the
 * scripts, parents and names of CLDR.  Knows no header and no text.
 */


#ifndef _NGX_SHOP_TAGS_H_INCLUDED_
#define _NGX_SHOP_TAGS_H_INCLUDED_


#include "logic/text/base.h"


#define NGX_SHOP_TAGS_NEVER  1000


/*
 * 0: the same; less is nearer: pt-AO is near to pt-PT, then pt, then pt-BR;
 * zh-TW to zh-Hant, and far from zh-Hans.  NEVER: another language.
 */
unsigned ngx_shop_tags_distance(const ngx_shop_str_t *range,
    const ngx_shop_str_t *lang);

/* the nearest of n, the first of equals; -1: none is of this language */
int ngx_shop_tags_nearest(const ngx_shop_str_t *range,
    const ngx_shop_str_t *langs, unsigned n);


#endif /* _NGX_SHOP_TAGS_H_INCLUDED_ */
