
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * Opens and reads a key file, once, as the user who starts nginx.  Which file
 * is a key is decided in logic/pass/keyrule.
 */


#include "nginx/keyfile.h"

#include "logic/pass/keyrule.h"
#include "state/readfile.h"


static ngx_shop_keyrule_e ngx_shop_keyfile_open(ngx_str_t *path,
    ngx_str_t *key, ngx_uint_t sent, ngx_err_t *err);
static ngx_shop_keyrule_e ngx_shop_keyfile_bytes(ngx_fd_t fd,
    ngx_file_info_t *fi, ngx_str_t *key, ngx_uint_t sent, ngx_err_t *err);


ngx_int_t
ngx_shop_keyfile_read(ngx_conf_t *cf, ngx_command_t *cmd, ngx_uint_t sent,
    ngx_str_t *key)
{
    ngx_err_t                       err;
    ngx_str_t                      *value, path;
    ngx_shop_keyrule_e              rule;
    const ngx_shop_keyrule_text_t  *text;

    value = cf->args->elts;
    path = value[1];

    if (ngx_conf_full_name(cf->cycle, &path, 1) != NGX_OK) {
        return NGX_ERROR;
    }

    key->data = ngx_pnalloc(cf->pool, NGX_SHOP_KEYRULE_MAX + 1);
    if (key->data == NULL) {
        return NGX_ERROR;
    }

    err = 0;
    rule = ngx_shop_keyfile_open(&path, key, sent, &err);

    if (rule == NGX_SHOP_KEYRULE_GOOD) {
        return NGX_OK;
    }

    text = ngx_shop_keyrule_text(rule);

    ngx_conf_log_error(NGX_LOG_EMERG, cf, err,
                       "key file \"%V\" of \"%V\" %s; %s%V%s",
                       &path, &cmd->name, text->what, text->cure, &path,
                       text->end);

    return NGX_ERROR;
}


static ngx_shop_keyrule_e
ngx_shop_keyfile_open(ngx_str_t *path, ngx_str_t *key, ngx_uint_t sent,
    ngx_err_t *err)
{
    ngx_fd_t             fd;
    ngx_shop_keyrule_e   rule;
    ngx_shop_readfile_t  file;

    switch (ngx_shop_readfile_open(path->data, &file, &fd)) {

    case NGX_SHOP_READFILE_OK:
        rule = ngx_shop_keyfile_bytes(fd, &file.info, key, sent, err);
        (void) ngx_close_file(fd);
        return rule;

    case NGX_SHOP_READFILE_KIND:
        return NGX_SHOP_KEYRULE_NO_FILE;

    case NGX_SHOP_READFILE_LINK:
        return NGX_SHOP_KEYRULE_LINKED;

    default:
        *err = file.err;
        return NGX_SHOP_KEYRULE_MISSING;
    }
}


static ngx_shop_keyrule_e
ngx_shop_keyfile_bytes(ngx_fd_t fd, ngx_file_info_t *fi, ngx_str_t *key,
    ngx_uint_t sent, ngx_err_t *err)
{
    ssize_t                  n;
    ngx_shop_keyrule_e       rule;
    ngx_shop_keyrule_file_t  file;

    file.size = (uint64_t) ngx_file_size(fi);
    file.mode = (unsigned) ngx_file_access(fi);
    file.regular = 1;

    rule = ngx_shop_keyrule_file(&file);

    if (rule != NGX_SHOP_KEYRULE_GOOD) {
        return rule;
    }

    n = ngx_read_fd(fd, key->data, NGX_SHOP_KEYRULE_MAX + 1);

    if (n == -1) {
        *err = ngx_errno;
        return NGX_SHOP_KEYRULE_MISSING;
    }

    key->len = n;

    return ngx_shop_keyrule_key((ngx_shop_str_t *) key, sent);
}
