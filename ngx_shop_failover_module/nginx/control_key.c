
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * The directive "shop_control" and its key file.  Without a key that is one,
 * and that others cannot read, there is no control.
 */


#include "nginx/control.h"

#include "logic/token.h"


static ngx_str_t *ngx_shop_failover_control_key_open(ngx_conf_t *cf,
    ngx_str_t *path);
static ngx_str_t *ngx_shop_failover_control_key_read(ngx_conf_t *cf,
    ngx_str_t *path, ngx_fd_t fd);


char *
ngx_shop_failover_control_key_directive(ngx_conf_t *cf, ngx_command_t *cmd,
    void *conf)
{
    ngx_shop_failover_loc_conf_t  *slcf = conf;

    ngx_str_t                      *value, path;
    ngx_http_core_loc_conf_t       *clcf;
    ngx_shop_failover_main_conf_t  *smcf;

    if (slcf->exempt) {
        return slcf->control ? "is duplicate"
                             : "cannot stand beside \"shop_status\"";
    }

    value = cf->args->elts;
    path = value[1];

    if (ngx_conf_full_name(cf->cycle, &path, 1) != NGX_OK) {
        return NGX_CONF_ERROR;
    }

    slcf->control = ngx_shop_failover_control_key_open(cf, &path);
    if (slcf->control == NULL) {
        return NGX_CONF_ERROR;
    }

    slcf->exempt = 1;

    smcf = ngx_http_conf_get_module_main_conf(cf, ngx_shop_failover_module);
    smcf->used = 1;

    clcf = ngx_http_conf_get_module_loc_conf(cf, ngx_http_core_module);
    clcf->handler = ngx_shop_failover_control_handler;

    return NGX_CONF_OK;
}


static ngx_str_t *
ngx_shop_failover_control_key_open(ngx_conf_t *cf, ngx_str_t *path)
{
    ngx_fd_t         fd;
    ngx_str_t       *key;
    ngx_file_info_t  fi;

    fd = ngx_open_file(path->data, NGX_FILE_RDONLY|NGX_FILE_NONBLOCK,
                       NGX_FILE_OPEN, 0);

    if (fd == NGX_INVALID_FILE || ngx_fd_info(fd, &fi) == NGX_FILE_ERROR) {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, ngx_errno,
                           "key file \"%V\" of \"shop_control\" cannot be "
                           "read, expected is a file with a key of at least "
                           "%d bytes such as \"openssl rand -hex 32\" makes",
                           path, NGX_SHOP_FAILOVER_TOKEN_KEY_MIN);
        key = NULL;

    } else if (!ngx_is_file(&fi)) {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                           "key file \"%V\" of \"shop_control\" is not a "
                           "file", path);
        key = NULL;

    } else if (fi.st_mode & (S_IROTH|S_IWOTH)) {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                           "key file \"%V\" of \"shop_control\" can be read "
                           "or written by everybody, expected is mode 0600 "
                           "or 0640", path);
        key = NULL;

    } else {
        key = ngx_shop_failover_control_key_read(cf, path, fd);
    }

    if (fd != NGX_INVALID_FILE) {
        (void) ngx_close_file(fd);
    }

    return key;
}


static ngx_str_t *
ngx_shop_failover_control_key_read(ngx_conf_t *cf, ngx_str_t *path,
    ngx_fd_t fd)
{
    size_t      i;
    ssize_t     n;
    ngx_str_t  *key;

    key = ngx_palloc(cf->pool, sizeof(ngx_str_t));
    if (key == NULL) {
        return NULL;
    }

    key->data = ngx_pnalloc(cf->pool, NGX_SHOP_FAILOVER_TOKEN_KEY_MAX + 1);
    if (key->data == NULL) {
        return NULL;
    }

    n = ngx_read_fd(fd, key->data, NGX_SHOP_FAILOVER_TOKEN_KEY_MAX + 1);

    if (n < 0 || n > NGX_SHOP_FAILOVER_TOKEN_KEY_MAX) {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, n < 0 ? ngx_errno : 0,
                           "key file \"%V\" of \"shop_control\" cannot be "
                           "read, or is larger than %d bytes",
                           path, NGX_SHOP_FAILOVER_TOKEN_KEY_MAX);
        return NULL;
    }

    key->len = ngx_shop_failover_token_key_len(key->data, n);

    if (key->len == 0) {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                           "the key in \"%V\" of \"shop_control\" is too "
                           "short, expected are at least %d bytes such as "
                           "\"openssl rand -hex 32\" makes",
                           path, NGX_SHOP_FAILOVER_TOKEN_KEY_MIN);
        return NULL;
    }

    /* it is sent in a header */

    for (i = 0; i < key->len; i++) {
        if (key->data[i] <= 0x20 || key->data[i] >= 0x7f) {
            ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                               "the key in \"%V\" of \"shop_control\" cannot "
                               "be sent in a header, expected are visible "
                               "ASCII characters in one line", path);
            return NULL;
        }
    }

    return key;
}
