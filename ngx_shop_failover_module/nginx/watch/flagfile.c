
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * The flag on disk: whether it has changed.  Knows files, not what is in them.
 */


#include "nginx/watch/flagfile_inside.h"

#include "logic/text/utf8.h"


static void ngx_shop_flagfile_fold(ngx_shop_layout_signature_t *sig,
    ngx_str_t *name, ngx_file_info_t *fi);
static ngx_int_t ngx_shop_flagfile_visit(ngx_str_t *path, ngx_str_t *name,
    ngx_shop_flagfile_walk_t *walk, ngx_err_t *err);


ngx_int_t
ngx_shop_flagfile_look(ngx_str_t *path, ngx_shop_layout_signature_t *sig,
    ngx_err_t *err, ngx_log_t *log)
{
    ngx_int_t                 rc;
    ngx_file_info_t           fi;
    ngx_shop_flagfile_walk_t  walk;

    ngx_memzero(sig, sizeof(ngx_shop_layout_signature_t));

    rc = ngx_shop_flagfile_stat(path->data, &fi, err);

    if (rc == NGX_OK && ngx_is_dir(&fi)) {
        walk.sig = sig;
        walk.names = NULL;
        walk.pool = NULL;
        walk.log = log;

        rc = ngx_shop_flagfile_walk(path, &walk, err);

    } else if (rc == NGX_OK) {
        ngx_shop_flagfile_sign(sig, &fi);

    } else if (rc == NGX_BUSY) {

        /* a symlink to itself: somebody put it there */

        sig->size = -2;
        rc = NGX_OK;
    }

    if (rc == NGX_DECLINED) {
        ngx_memzero(sig, sizeof(ngx_shop_layout_signature_t));
        sig->size = -1;
        rc = NGX_OK;
    }

    return rc;
}


ngx_int_t
ngx_shop_flagfile_stat(u_char *path, ngx_file_info_t *fi, ngx_err_t *err)
{
    ngx_int_t  rc;

    if (ngx_file_info(path, fi) != NGX_FILE_ERROR) {
        return NGX_OK;
    }

    *err = ngx_errno;
    rc = ngx_shop_flagfile_means(*err);

    /* without the right to search the directory existence is not known */

    return (rc == NGX_BUSY && *err != NGX_ELOOP) ? NGX_ERROR : rc;
}


/*
 * What a failure says of the flag.  NGX_DECLINED: it is not there; NGX_BUSY:
 * it is, but not for us; NGX_ERROR (EIO, ESTALE, ...): nobody knows.
 */

ngx_int_t
ngx_shop_flagfile_means(ngx_err_t err)
{
    switch (err) {

    case NGX_ENOENT:
    case NGX_ENOTDIR:
        return NGX_DECLINED;

    case NGX_EACCES:
    case NGX_EPERM:
    case NGX_ELOOP:
    case NGX_EISDIR:
    case NGX_EINVAL:
    case ENXIO:
        return NGX_BUSY;

    default:
        return NGX_ERROR;
    }
}


void
ngx_shop_flagfile_sign(ngx_shop_layout_signature_t *sig, ngx_file_info_t *fi)
{
    ngx_memzero(sig, sizeof(ngx_shop_layout_signature_t));

    sig->dev = fi->st_dev;
    sig->ino = fi->st_ino;
    sig->size = fi->st_size;
    sig->mtime = (int64_t) fi->st_mtim.tv_sec * 1000000000
                 + fi->st_mtim.tv_nsec;
    sig->ctime = (int64_t) fi->st_ctim.tv_sec * 1000000000
                 + fi->st_ctim.tv_nsec;
}


/* adds a file to the signature of a directory; the order does not matter */

static void
ngx_shop_flagfile_fold(ngx_shop_layout_signature_t *sig, ngx_str_t *name,
    ngx_file_info_t *fi)
{
    size_t                       i;
    uint64_t                     hash;
    u_char                      *bytes;
    ngx_shop_layout_signature_t  one;

    ngx_shop_flagfile_sign(&one, fi);

    hash = 14695981039346656037ull;
    bytes = (u_char *) &one;

    for (i = 0; i < sizeof(one); i++) {
        hash = (hash ^ bytes[i]) * 1099511628211ull;
    }

    for (i = 0; i < name->len; i++) {
        hash = (hash ^ name->data[i]) * 1099511628211ull;
    }

    sig->size++;
    sig->mtime = (int64_t) ((uint64_t) sig->mtime + hash);
    sig->ctime ^= (int64_t) (hash * hash);
}


/* NGX_OK: something counts; NGX_DECLINED: nothing does; NGX_ERROR: *err */

ngx_int_t
ngx_shop_flagfile_walk(ngx_str_t *path, ngx_shop_flagfile_walk_t *walk,
    ngx_err_t *err)
{
    ngx_int_t  rc;
    ngx_dir_t  dir;
    ngx_str_t  name;

    if (ngx_open_dir(path, &dir) == NGX_ERROR) {
        *err = ngx_errno;
        return *err == NGX_ENOENT ? NGX_DECLINED : NGX_ERROR;
    }

    rc = NGX_OK;

    do {
        ngx_set_errno(0);

        if (ngx_read_dir(&dir) == NGX_ERROR) {
            *err = ngx_errno;
            rc = (*err == 0 || *err == NGX_ENOMOREFILES) ? NGX_DONE
                                                         : NGX_ERROR;
            break;
        }

        name.data = ngx_de_name(&dir);
        name.len = ngx_de_namelen(&dir);

        /* also "..data", by which Kubernetes swaps the files of a ConfigMap */

        if (name.len == 0 || name.data[0] == '.') {
            continue;
        }

        rc = ngx_shop_flagfile_visit(path, &name, walk, err);

        if (rc == NGX_OK && walk->sig->size > NGX_SHOP_FLAGSET_FILES) {

            /* which they are, and how many more, is not worth a look */

            walk->sig->mtime = 0;
            walk->sig->ctime = 0;
            rc = NGX_DONE;
        }

    } while (rc == NGX_OK);

    if (ngx_close_dir(&dir) == NGX_ERROR) {
        ngx_log_error(NGX_LOG_ALERT, walk->log, ngx_errno,
                      ngx_close_dir_n " \"%V\" failed", path);
    }

    if (rc == NGX_DONE) {
        return walk->sig->size ? NGX_OK : NGX_DECLINED;
    }

    return rc;
}


static ngx_int_t
ngx_shop_flagfile_visit(ngx_str_t *path, ngx_str_t *name,
    ngx_shop_flagfile_walk_t *walk, ngx_err_t *err)
{
    u_char            full[NGX_MAX_PATH];
    ngx_int_t         rc;
    ngx_str_t        *copy;
    ngx_file_info_t   fi;

    if (path->len + name->len + 2 > sizeof(full)) {
        return NGX_OK;
    }

    *ngx_sprintf(full, "%V/%V", path, name) = '\0';

    rc = ngx_shop_flagfile_stat(full, &fi, err);

    if (rc == NGX_DECLINED || (rc == NGX_OK && ngx_is_dir(&fi))) {
        return NGX_OK;
    }

    if (rc == NGX_ERROR) {
        return NGX_ERROR;
    }

    if (rc == NGX_BUSY) {
        ngx_memzero(&fi, sizeof(ngx_file_info_t));
    }

    ngx_shop_flagfile_fold(walk->sig, name, &fi);

    if (walk->names == NULL) {
        return NGX_OK;
    }

    copy = ngx_array_push(walk->names);
    if (copy == NULL) {
        *err = NGX_ENOMEM;
        return NGX_ERROR;
    }

    copy->len = name->len;
    copy->data = ngx_pstrdup(walk->pool, name);

    if (copy->data == NULL) {
        *err = NGX_ENOMEM;
        return NGX_ERROR;
    }

    return NGX_OK;
}
