
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * Directives of the whole: shop_maintenance, shop_zone; and whether and where
 * a cycle or an upstream is ours.
 */


#include "nginx/conf.h"

#include "state/readfile.h"


static ngx_shop_model_flag_t *ngx_shop_conf_flag(ngx_conf_t *cf,
    ngx_shop_conf_main_t *smcf, ngx_str_t *path);
static void ngx_shop_conf_flag_directory(ngx_conf_t *cf, ngx_str_t *path);


/*
 * A cycle from before load_module was added, or that has another build of it,
 * has no slot at our index: nginx counts the modules of each cycle anew, and
 * makes its arrays as long as that.
 */

ngx_shop_conf_main_t *
ngx_shop_conf_of_cycle(ngx_cycle_t *cycle)
{
    ngx_uint_t  i;

    if (cycle == NULL || cycle->conf_ctx == NULL || cycle->modules == NULL) {
        return NULL;
    }

    for (i = 0; cycle->modules[i]; i++) {

        if (cycle->modules[i] == &ngx_shop_failover_module) {
            return ngx_http_cycle_get_module_main_conf(cycle,
                                                     ngx_shop_failover_module);
        }
    }

    return NULL;
}


char *
ngx_shop_conf_use(ngx_conf_t *cf, ngx_shop_conf_srv_t *sscf)
{
    ngx_shop_conf_main_t  *smcf;

    sscf->uscf = ngx_http_conf_get_module_srv_conf(cf,
                                                   ngx_http_upstream_module);

    smcf = ngx_http_conf_get_module_main_conf(cf, ngx_shop_failover_module);
    smcf->used = 1;

    return NGX_CONF_OK;
}


char *
ngx_shop_conf_maintenance(ngx_conf_t *cf, ngx_command_t *cmd, void *conf)
{
    ngx_str_t             *value, path;
    ngx_shop_conf_loc_t   *slcf = conf;
    ngx_shop_conf_main_t  *smcf;

    if (slcf->flag != NGX_CONF_UNSET_PTR) {
        return "is duplicate";
    }

    value = cf->args->elts;
    path = value[1];

    if (path.len == 3 && ngx_strncmp(path.data, "off", 3) == 0) {
        slcf->flag = NULL;
        slcf->said = 1;
        return NGX_CONF_OK;
    }

    if (path.len == 0 || ngx_strlchr(path.data, path.data + path.len, '$')) {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                           "invalid value \"%V\" in \"shop_maintenance\", "
                           "expected the path of a file or directory "
                           "(without variables: it is watched, not looked "
                           "up for each request), or \"off\"", &path);
        return NGX_CONF_ERROR;
    }

    if (ngx_conf_full_name(cf->cycle, &path, 0) != NGX_OK) {
        return NGX_CONF_ERROR;
    }

    smcf = ngx_http_conf_get_module_main_conf(cf, ngx_shop_failover_module);
    smcf->used = 1;

    slcf->flag = ngx_shop_conf_flag(cf, smcf, &path);
    if (slcf->flag == NULL) {
        return NGX_CONF_ERROR;
    }

    slcf->home = slcf->flag;
    slcf->said = 1;

    return NGX_CONF_OK;
}


/*
 * The record of a flag's path, one however often the path is written; NULL: no
 * memory.
 */

static ngx_shop_model_flag_t *
ngx_shop_conf_flag(ngx_conf_t *cf, ngx_shop_conf_main_t *smcf, ngx_str_t *path)
{
    ngx_uint_t               i;
    ngx_shop_model_flag_t   *flag, **flags;

    flags = smcf->zone.flags.elts;

    for (i = 0; i < smcf->zone.flags.nelts; i++) {
        if (flags[i]->path.len == path->len
            && ngx_strncmp(flags[i]->path.data, path->data, path->len) == 0)
        {
            return flags[i];
        }
    }

    flag = ngx_pcalloc(cf->pool, sizeof(ngx_shop_model_flag_t));
    if (flag == NULL) {
        return NULL;
    }

    flag->path = *path;

    flags = ngx_array_push(&smcf->zone.flags);
    if (flags == NULL) {
        return NULL;
    }

    *flags = flag;

    ngx_shop_conf_flag_directory(cf, path);

    return flag;
}


/* a typing error in the path would mean a shop that cannot be closed */

static void
ngx_shop_conf_flag_directory(ngx_conf_t *cf, ngx_str_t *path)
{
    size_t            len;
    u_char           *dir;
    ngx_file_info_t   fi;

    len = ngx_shop_readfile_parent(path);

    dir = ngx_pnalloc(cf->pool, len + 1);
    if (dir == NULL) {
        return;
    }

    (void) ngx_cpystrn(dir, path->data, len + 1);

    if (ngx_file_info(dir, &fi) == NGX_FILE_ERROR) {
        ngx_conf_log_error(NGX_LOG_WARN, cf, ngx_errno,
                           "directory \"%s\" of the \"shop_maintenance\" flag "
                           "cannot be looked into, the shop stays open until "
                           "it exists", dir);
    }
}


char *
ngx_shop_conf_zone(ngx_conf_t *cf, ngx_command_t *cmd, void *conf)
{
    ssize_t                size;
    ngx_str_t             *value;
    ngx_shop_conf_main_t  *smcf = conf;

    if (smcf->zone_size) {
        return "is duplicate";
    }

    value = cf->args->elts;
    size = ngx_parse_size(&value[1]);

    if (size == NGX_ERROR || size < (ssize_t) (8 * ngx_pagesize)) {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                           "invalid value \"%V\" in \"shop_zone\", expected "
                           "a size of at least %uzk such as 1m",
                           &value[1], 8 * ngx_pagesize / 1024);
        return NGX_CONF_ERROR;
    }

    smcf->zone_size = size;

    return NGX_CONF_OK;
}
