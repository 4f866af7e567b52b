
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * The files of a page: built in, or of the operator's directory.
 */


#include "nginx/page/skin_source.h"
#include "nginx/page/skin.h"

#include "state/readfile.h"

#include "logic/words/assets.h"


ngx_int_t
ngx_shop_skin_source_builtin(const char *name, ngx_shop_skin_source_t *source)
{
    const ngx_shop_assets_entry_t  *asset;

    asset = ngx_shop_assets_find(name);

    if (asset == NULL) {
        return NGX_DECLINED;
    }

    source->name.len = asset->name.len;
    source->name.data = (u_char *) asset->name.data;
    source->data = asset->data;

    return NGX_OK;
}


/* NGX_DECLINED: the directory has no such file, which is no error */

ngx_int_t
ngx_shop_skin_source_file(ngx_conf_t *cf, ngx_str_t *dir, const char *name,
    ngx_shop_skin_source_t *source)
{
    ngx_shop_readfile_e  outcome;
    ngx_shop_readfile_t  file;

    if (dir->len == 0) {
        return NGX_DECLINED;
    }

    source->name.len = dir->len + 1 + ngx_strlen(name);
    source->name.data = ngx_pnalloc(cf->pool, source->name.len + 1);
    if (source->name.data == NULL) {
        return NGX_ERROR;
    }

    *ngx_sprintf(source->name.data, "%V/%s", dir, name) = '\0';

    file.pool = cf->pool;
    file.max = NGX_SHOP_SKIN_FILE;

    outcome = ngx_shop_readfile_whole(source->name.data, &file);

    switch (outcome) {

    case NGX_SHOP_READFILE_OK:
        source->data.data = file.data.data;
        source->data.len = file.data.len;
        return NGX_OK;

    case NGX_SHOP_READFILE_NONE:
        return NGX_DECLINED;

    case NGX_SHOP_READFILE_LARGE:
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                           "page file \"%V\" is larger than 256k: every "
                           "waiting visitor would load it", &source->name);
        return NGX_ERROR;

    default:
        ngx_conf_log_error(NGX_LOG_EMERG, cf, file.err,
                           "page file \"%V\" %s; write it anew, or remove it "
                           "for the built-in one", &source->name,
                           ngx_shop_readfile_words(outcome));
        return NGX_ERROR;
    }
}
