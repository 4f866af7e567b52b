
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * How hard a page is compressed.  Knows no library, only its scale.
 */


#include "logic/words/effort.h"


/*
 * Half of the 10 ms that a rendering may take of a worker, also of 320k, the
 * largest; the other half is for a slower machine.  Brotli's qualities 10 and
 * 11 take 1 to 2 ms for each kilobyte, so 10 ms for the built-in page, of which
 * they save a tenth.  What makes a page large is pictures as data: URIs, of
 * which zlib's levels only find in 8 ms that nothing repeats: Huffman's codes
 * alone make them as small in 3 ms.
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
