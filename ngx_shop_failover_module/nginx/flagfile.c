
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * The flag on disk.  Knows files, not what is in them.
 */


#include "nginx/flagfile.h"


static void ngx_shop_failover_flagfile_sign(
    ngx_shop_failover_signature_t *sig, ngx_file_info_t *fi);
static ngx_int_t ngx_shop_failover_flagfile_failed(
    ngx_shop_failover_signature_t *sig, ngx_err_t err);


ngx_int_t
ngx_shop_failover_flagfile_look(ngx_str_t *path,
    ngx_shop_failover_signature_t *sig, ngx_err_t *err)
{
    ngx_file_info_t  fi;

    ngx_memzero(sig, sizeof(ngx_shop_failover_signature_t));

    if (ngx_file_info(path->data, &fi) != NGX_FILE_ERROR) {
        ngx_shop_failover_flagfile_sign(sig, &fi);
        return NGX_OK;
    }

    *err = ngx_errno;

    return ngx_shop_failover_flagfile_failed(sig, *err);
}


static void
ngx_shop_failover_flagfile_sign(ngx_shop_failover_signature_t *sig,
    ngx_file_info_t *fi)
{
    sig->dev = fi->st_dev;
    sig->ino = fi->st_ino;
    sig->size = fi->st_size;
    sig->mtime = (int64_t) fi->st_mtim.tv_sec * 1000000000
                 + fi->st_mtim.tv_nsec;
    sig->ctime = (int64_t) fi->st_ctim.tv_sec * 1000000000
                 + fi->st_ctim.tv_nsec;
}


/* what a failed stat() says of the flag */

static ngx_int_t
ngx_shop_failover_flagfile_failed(ngx_shop_failover_signature_t *sig,
    ngx_err_t err)
{
    ngx_memzero(sig, sizeof(ngx_shop_failover_signature_t));

    if (err == NGX_ENOENT || err == NGX_ENOTDIR) {
        sig->size = -1;
        return NGX_OK;
    }

    if (err == NGX_ELOOP) {

        /* a symlink to itself: somebody put it there */

        sig->size = -2;
        return NGX_OK;
    }

    /* EIO, ESTALE, EACCES of the directory: existence is not known */

    return NGX_ERROR;
}


ngx_int_t
ngx_shop_failover_flagfile_read(ngx_str_t *path,
    ngx_shop_failover_signature_t *sig, u_char *buf, size_t size, size_t *n,
    ngx_err_t *err)
{
    ssize_t          got;
    ngx_fd_t         fd;
    ngx_int_t        rc;
    ngx_file_info_t  fi;

    rc = ngx_shop_failover_flagfile_look(path, sig, err);

    if (rc != NGX_OK) {
        return rc;
    }

    if (sig->size == -1) {
        return NGX_DECLINED;
    }

    /* a pipe in the place of the flag must not block the worker */

    fd = ngx_open_file(path->data, NGX_FILE_RDONLY, NGX_FILE_NONBLOCK, 0);

    if (fd == NGX_INVALID_FILE) {
        *err = ngx_errno;
        return *err == NGX_ENOENT ? NGX_DECLINED : NGX_BUSY;
    }

    rc = NGX_BUSY;
    *n = 0;

    if (ngx_fd_info(fd, &fi) == NGX_FILE_ERROR) {
        *err = ngx_errno;
        goto done;
    }

    if (!ngx_is_file(&fi)) {
        *err = EINVAL;
        goto done;
    }

    ngx_shop_failover_flagfile_sign(sig, &fi);

    while (*n <= size) {

        /* one byte more than fits tells that it does not */

        got = read(fd, buf + *n, size + 1 - *n);

        if (got == -1) {
            *err = ngx_errno;
            rc = (*err == NGX_EACCES || *err == NGX_EINVAL) ? NGX_BUSY
                                                            : NGX_ERROR;
            goto done;
        }

        if (got == 0) {
            rc = NGX_OK;
            goto done;
        }

        *n += got;
    }

    *err = EFBIG;

done:

    (void) ngx_close_file(fd);

    return rc;
}
