
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * What is built in, by its name.  Knows nothing of what it is for.
 */


#include "logic/words/assets.h"

#include <string.h>


const ngx_shop_assets_entry_t *
ngx_shop_assets_find(const char *name)
{
    size_t                          len;
    unsigned                        i;
    const ngx_shop_assets_entry_t  *asset;

    len = strlen(name);

    for (i = 0; i < ngx_shop_assets_n; i++) {
        asset = &ngx_shop_assets[i];

        if (asset->name.len == len
            && memcmp(asset->name.data, name, len) == 0)
        {
            return asset;
        }
    }

    return NULL;
}
