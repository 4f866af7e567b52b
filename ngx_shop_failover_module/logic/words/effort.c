
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * How hard a page is compressed.  Knows no library, only its scale.
 */


#include "logic/words/effort.h"


/* so many digits of base64 in a row are no word */
#define NGX_SHOP_EFFORT_RUN  512


/*
 * Half of the 10 ms that a rendering may take of a worker, also of 320k, the
 * largest; the other half is for a slower machine.  Brotli's qualities 10 and
 * 11 take 1 to 2 ms for each kilobyte, so 10 ms for the built-in page, of which
 * they save a tenth.  What makes a page large is pictures as data: URIs, of
 * which zlib's levels only find in 8 ms that nothing repeats: Huffman's codes
 * alone make them as small in 3 ms.  Text is left to level 1, in 4 ms.
 */

static const ngx_shop_effort_t  ngx_shop_effort_table[] = {
    {  32 * 1024, 9, 16, 9, 0 },
    { 128 * 1024, 5, 18, 4, 0 },
    {          0, 3, 19, 1, 1 }
};


const ngx_shop_effort_t *
ngx_shop_effort_for(size_t len)
{
    const ngx_shop_effort_t  *effort;

    for (effort = ngx_shop_effort_table; effort->max; effort++) {
        if (len <= effort->max) {
            break;
        }
    }

    return effort;
}


int
ngx_shop_effort_dense(const unsigned char *page, size_t len)
{
    size_t         i, run, dense;
    unsigned char  c;

    run = 0;
    dense = 0;

    for (i = 0; i < len; i++) {
        c = page[i];

        if ((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z')
            || (c >= '0' && c <= '9') || c == '+' || c == '/')
        {
            run++;
            dense += (run > NGX_SHOP_EFFORT_RUN) ? 1
                     : (run == NGX_SHOP_EFFORT_RUN) ? run : 0;

        } else {
            run = 0;
        }
    }

    return dense > len / 2;
}
