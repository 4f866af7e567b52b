
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * How hard a page is compressed.  Knows no library, only its scale.
 */


#include "logic/words/effort.h"


/*
 * No page takes more than 10 ms of a worker, also of 320k, the largest.
 * Brotli's qualities 10 and 11 take 1 to 2 ms for each kilobyte, so 10 ms for
 * the built-in page, of which they save a tenth.
 */

static const ngx_shop_effort_t  ngx_shop_effort_table[] = {
    {  32 * 1024, 9, 16, 9 },
    { 128 * 1024, 5, 18, 6 },
    {          0, 3, 19, 3 }
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
