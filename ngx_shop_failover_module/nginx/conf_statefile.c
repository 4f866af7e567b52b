
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * shop_state_file PATH.
 */


#include "nginx/conf_statefile.h"

#include "state/readfile.h"


static ngx_int_t ngx_shop_conf_statefile_directory(ngx_conf_t *cf,
    ngx_str_t *path);


char *
ngx_shop_conf_statefile_file(ngx_conf_t *cf, ngx_command_t *cmd, void *conf)
{
    ngx_str_t             *value, path;
    ngx_file_info_t        fi;
    ngx_shop_conf_main_t  *smcf = conf;

    if (smcf->zone.state_file.len) {
        return "is duplicate";
    }

    value = cf->args->elts;
    path = value[1];

    if (path.len == 0 || path.data[path.len - 1] == '/'
        || ngx_strlchr(path.data, path.data + path.len, '$'))
    {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                           "invalid value \"%V\" in \"shop_state_file\", "
                           "expected the path of a file, without variables",
                           &path);
        return NGX_CONF_ERROR;
    }

    if (ngx_conf_full_name(cf->cycle, &path, 0) != NGX_OK) {
        return NGX_CONF_ERROR;
    }

    if (ngx_file_info(path.data, &fi) != NGX_FILE_ERROR && !ngx_is_file(&fi)) {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                           "invalid value \"%V\" in \"shop_state_file\", "
                           "expected a regular file or the path of one "
                           "that does not exist yet", &path);
        return NGX_CONF_ERROR;
    }

    if (ngx_shop_conf_statefile_directory(cf, &path) != NGX_OK) {
        return NGX_CONF_ERROR;
    }

    smcf->zone.state_file = path;

    return NGX_CONF_OK;
}


/* the file is replaced by renaming: it needs its directory */

static ngx_int_t
ngx_shop_conf_statefile_directory(ngx_conf_t *cf, ngx_str_t *path)
{
    size_t            len;
    u_char           *dir;
    ngx_file_info_t   fi;

    len = ngx_shop_readfile_parent(path);

    dir = ngx_pnalloc(cf->pool, len + 1);
    if (dir == NULL) {
        return NGX_ERROR;
    }

    (void) ngx_cpystrn(dir, path->data, len + 1);

    if (ngx_file_info(dir, &fi) == NGX_FILE_ERROR || !ngx_is_dir(&fi)) {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                           "directory \"%s\" of \"shop_state_file\" does not "
                           "exist, expected one that the workers may write "
                           "to", dir);
        return NGX_ERROR;
    }

    return NGX_OK;
}
