
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * The last day of a site.  Pure: no clock, no I/O.
 */


#include "logic/story/band.h"
#include "logic/judge/site.h"


static unsigned ngx_shop_band_rank(unsigned state);
static unsigned ngx_shop_band_index(const ngx_shop_band_t *band, unsigned i);
static void ngx_shop_band_set(ngx_shop_band_t *band, unsigned index,
    unsigned value);


/* the worse, the larger: what visitors lose, and whether it was meant */
static const uint8_t  ngx_shop_band_ranks[] = {
    1,                                  /* open */
    3,                                  /* degraded */
    4,                                  /* backup */
    6,                                  /* browse */
    8,                                  /* outage */
    7,                                  /* maintenance */
    2,                                  /* reopening */
    5                                   /* busy */
};

typedef char  ngx_shop_band_has_all[
    sizeof(ngx_shop_band_ranks) == NGX_SHOP_SITE_N
    && NGX_SHOP_SITE_N < NGX_SHOP_BAND_UNKNOWN ? 1 : -1];


void
ngx_shop_band_add(ngx_shop_band_t *band, unsigned state, int64_t now)
{
    int64_t   n, step;
    unsigned  index;

    step = now / NGX_SHOP_BAND_STEP;

    if (band->last == 0) {
        band->last = step;
    }

    /* a clock that was set back in small steps, or while nobody looked */

    if (band->last > step + 1) {
        ngx_shop_band_shift(band, (step - band->last) * NGX_SHOP_BAND_STEP);
    }

    /* steps in which nobody looked */

    for (n = 0; band->last < step; n++) {

        if (n == NGX_SHOP_BAND_N) {
            band->last = step;
            break;
        }

        band->last++;
        ngx_shop_band_set(band, ngx_shop_band_index(band, NGX_SHOP_BAND_N - 1),
                          0);
    }

    index = ngx_shop_band_index(band, NGX_SHOP_BAND_N - 1);

    state = ngx_shop_band_worse(state, ngx_shop_band_get(band,
                                                         NGX_SHOP_BAND_N - 1));

    if (state != NGX_SHOP_BAND_UNKNOWN) {
        ngx_shop_band_set(band, index, state + 1);
    }
}


/* what was so many steps ago stays so many steps ago, and where it stood */

void
ngx_shop_band_shift(ngx_shop_band_t *band, int64_t seconds)
{
    int64_t          by;
    unsigned         i;
    ngx_shop_band_t  from;

    by = (seconds + (seconds < 0 ? -NGX_SHOP_BAND_STEP / 2
                                 : NGX_SHOP_BAND_STEP / 2))
         / NGX_SHOP_BAND_STEP;

    if (by == 0 || band->last == 0 || band->last + by <= NGX_SHOP_BAND_N) {
        return;
    }

    from = *band;
    band->last += by;

    for (i = 0; i < NGX_SHOP_BAND_N; i++) {
        ngx_shop_band_set(band, ngx_shop_band_index(band, i),
                          (ngx_shop_band_get(&from, i) + 1) & 0x0f);
    }
}


unsigned
ngx_shop_band_get(const ngx_shop_band_t *band, unsigned i)
{
    unsigned  index, value;

    index = ngx_shop_band_index(band, i);
    value = band->steps[index / 2] >> (index & 1 ? 4 : 0) & 0x0f;

    /* from a file: of another version, perhaps */

    return value && value <= NGX_SHOP_SITE_N ? value - 1
                                             : NGX_SHOP_BAND_UNKNOWN;
}


int64_t
ngx_shop_band_time(const ngx_shop_band_t *band, unsigned i)
{
    return (band->last - NGX_SHOP_BAND_N + 1 + i) * NGX_SHOP_BAND_STEP;
}


unsigned
ngx_shop_band_worse(unsigned a, unsigned b)
{
    return ngx_shop_band_rank(a) >= ngx_shop_band_rank(b) ? a : b;
}


static unsigned
ngx_shop_band_rank(unsigned state)
{
    return state < NGX_SHOP_SITE_N ? ngx_shop_band_ranks[state] : 0;
}


/* a ring: where a step stands follows from its number */

static unsigned
ngx_shop_band_index(const ngx_shop_band_t *band, unsigned i)
{
    return (unsigned) ((uint64_t) (band->last + 1 + i) % NGX_SHOP_BAND_N);
}


static void
ngx_shop_band_set(ngx_shop_band_t *band, unsigned index, unsigned value)
{
    uint8_t  *two;

    two = &band->steps[index / 2];

    *two = (uint8_t) (index & 1 ? (*two & 0x0f) | value << 4
                                : (*two & 0xf0) | value);
}
