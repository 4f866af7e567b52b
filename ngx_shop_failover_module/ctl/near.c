
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * What somebody may have meant who mistyped a word.
 */


#include "ctl/near.h"


static unsigned ngx_shop_near_distance(const char *a, size_t na,
    const char *b, size_t nb);


void
ngx_shop_near_try(ngx_shop_near_t *near, const char *text, size_t len,
    const char *candidate)
{
    size_t    n;
    unsigned  begun, distance;

    n = strlen(candidate);

    if (len == 0 || len > NGX_SHOP_NEAR_LEN || n > NGX_SHOP_NEAR_LEN) {
        return;
    }

    /* who stopped in the middle of a word meant it */

    begun = n > len && len > 1 && memcmp(text, candidate, len) == 0;
    distance = begun ? 1 : ngx_shop_near_distance(text, len, candidate, n);

    /* of a short word one letter, else it could be any other one */

    if (distance > (len < 3 ? 1u : len < 6 ? 2u : 3u) || distance >= n) {
        return;
    }

    if (near->word == NULL || distance < near->distance
        || (begun && distance == near->distance))
    {
        near->word = candidate;
        near->distance = distance;
    }
}


/* letters to change, add, leave out, or swap with their neighbour */

static unsigned
ngx_shop_near_distance(const char *a, size_t na, const char *b, size_t nb)
{
    size_t    i, k;
    unsigned  best, cost;
    unsigned  d[NGX_SHOP_NEAR_LEN + 1][NGX_SHOP_NEAR_LEN + 1];

    for (i = 0; i <= na; i++) {
        d[i][0] = (unsigned) i;
    }

    for (k = 0; k <= nb; k++) {
        d[0][k] = (unsigned) k;
    }

    for (i = 1; i <= na; i++) {

        for (k = 1; k <= nb; k++) {
            cost = (a[i - 1] != b[k - 1]);
            best = d[i - 1][k - 1] + cost;
            best = d[i - 1][k] + 1 < best ? d[i - 1][k] + 1 : best;
            best = d[i][k - 1] + 1 < best ? d[i][k - 1] + 1 : best;

            if (i > 1 && k > 1 && a[i - 1] == b[k - 2] && a[i - 2] == b[k - 1]
                && d[i - 2][k - 2] + 1 < best)
            {
                best = d[i - 2][k - 2] + 1;
            }

            d[i][k] = best;
        }
    }

    return d[na][nb];
}
