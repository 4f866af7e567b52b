
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * How hard a page is compressed, by its size: a worker serves nobody else
 * meanwhile.  t/bench/render has the figures.
 */


#ifndef _NGX_SHOP_EFFORT_H_INCLUDED_
#define _NGX_SHOP_EFFORT_H_INCLUDED_


#include "logic/text/base.h"


typedef struct {
    size_t     max;              /* bytes of the page; 0: any number */
    uint8_t    br_quality;       /* brotli: 0 to 11 */
    uint8_t    br_window;        /* bits; a larger one only costs memory */
    uint8_t    gzip_level;       /* zlib: 1 to 9 */
    uint8_t    huffman;          /* zlib: a dense page is searched for no
                                    repetitions */
} ngx_shop_effort_t;


/* for a page of so many bytes; never NULL */
const ngx_shop_effort_t *ngx_shop_effort_for(size_t len);

/* whether more than half of it is pictures as data: URIs, or their like */
int ngx_shop_effort_dense(const unsigned char *page, size_t len);


#endif /* _NGX_SHOP_EFFORT_H_INCLUDED_ */
