
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * The last day of a site as a band: the worst state in each five minutes.  So
 * an outage of a second is seen, and no flapping pushes another one out.
 */


#ifndef _NGX_SHOP_BAND_H_INCLUDED_
#define _NGX_SHOP_BAND_H_INCLUDED_


#include "logic/text/base.h"


#define NGX_SHOP_BAND_STEP     300      /* seconds */
#define NGX_SHOP_BAND_N        288      /* steps: 24 hours */
#define NGX_SHOP_BAND_UNKNOWN  15       /* for a state: nobody looked */


/* zeroed: nothing is known.  Kept in shared memory and in the state file */
typedef struct {
    int64_t  last;                      /* number of the newest step */
    uint8_t  steps[NGX_SHOP_BAND_N / 2];    /* 4 bits: 0, or 1 + the state */
} ngx_shop_band_t;


/* the site is in that state now, in Unix seconds */
void ngx_shop_band_add(ngx_shop_band_t *band, unsigned state, int64_t now);

/* the clock was set forward by so many seconds, or back */
void ngx_shop_band_shift(ngx_shop_band_t *band, int64_t seconds);

/* a _site_e or UNKNOWN, of step i; 0 is the oldest */
unsigned ngx_shop_band_get(const ngx_shop_band_t *band, unsigned i);

/* when step i began, in Unix seconds */
int64_t ngx_shop_band_time(const ngx_shop_band_t *band, unsigned i);

/* the worse of two states, UNKNOWN among them: of two steps drawn as one */
unsigned ngx_shop_band_worse(unsigned a, unsigned b);


#endif /* _NGX_SHOP_BAND_H_INCLUDED_ */
