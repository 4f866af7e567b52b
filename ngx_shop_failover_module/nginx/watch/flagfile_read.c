
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * A flag is read, twice where it has changed: one file, or all of a directory.
 */


#include "nginx/watch/flagfile_inside.h"

#include "logic/text/utf8.h"


static ngx_int_t ngx_shop_flagfile_read_directory(ngx_shop_flagfile_t *file,
    ngx_str_t *path);
static int ngx_libc_cdecl ngx_shop_flagfile_read_cmp(const void *one,
    const void *two);
static ngx_int_t ngx_shop_flagfile_read_file(ngx_shop_flagfile_t *file,
    ngx_str_t *path, ngx_str_t *name);
static int64_t ngx_shop_flagfile_read_ctime(u_char *path,
    ngx_file_info_t *fi);
static ngx_int_t ngx_shop_flagfile_read_bytes(ngx_fd_t fd, ngx_str_t *data,
    ngx_err_t *err);
static ngx_uint_t ngx_shop_flagfile_read_same(ngx_str_t *a, ngx_str_t *b);


ngx_shop_flagfile_t *
ngx_shop_flagfile_read(ngx_str_t *path, ngx_log_t *log)
{
    ngx_pool_t           *pool;
    ngx_str_t             none = ngx_null_string;
    ngx_file_info_t       fi;
    ngx_shop_flagfile_t  *file;

    pool = ngx_create_pool(NGX_DEFAULT_POOL_SIZE, log);
    if (pool == NULL) {
        return NULL;
    }

    file = ngx_pcalloc(pool, sizeof(ngx_shop_flagfile_t));

    if (file == NULL
        || ngx_array_init(&file->entries, pool, 1,
                          sizeof(ngx_shop_flagfile_entry_t))
           != NGX_OK)
    {
        ngx_destroy_pool(pool);
        return NULL;
    }

    file->pool = pool;
    file->rc = ngx_shop_flagfile_stat(path->data, &fi, &file->err);

    if (file->rc == NGX_OK && ngx_is_dir(&fi)) {
        file->rc = ngx_shop_flagfile_read_directory(file, path);

    } else if (file->rc == NGX_OK || file->rc == NGX_BUSY) {
        file->sig.size = -2;
        file->rc = ngx_shop_flagfile_read_file(file, path, &none);
    }

    if (file->rc == NGX_OK && file->entries.nelts == 0 && !file->many) {
        file->rc = NGX_DECLINED;
    }

    if (file->rc == NGX_DECLINED) {
        ngx_memzero(&file->sig, sizeof(ngx_shop_layout_signature_t));
        file->sig.size = -1;
    }

    return file;
}


static ngx_int_t
ngx_shop_flagfile_read_directory(ngx_shop_flagfile_t *file, ngx_str_t *path)
{
    ngx_int_t                  rc;
    ngx_str_t                 *name, full;
    ngx_uint_t                 i;
    ngx_array_t                names;
    ngx_shop_flagfile_walk_t   walk;

    if (ngx_array_init(&names, file->pool, 4, sizeof(ngx_str_t)) != NGX_OK) {
        file->err = NGX_ENOMEM;
        return NGX_ERROR;
    }

    walk.sig = &file->sig;
    walk.names = &names;
    walk.pool = file->pool;
    walk.log = file->pool->log;

    rc = ngx_shop_flagfile_walk(path, &walk, &file->err);

    if (rc != NGX_OK) {
        return rc;
    }

    if (names.nelts > NGX_SHOP_FLAGSET_FILES) {
        file->many = 1;
        return NGX_OK;
    }

    name = names.elts;

    ngx_qsort(name, names.nelts, sizeof(ngx_str_t), ngx_shop_flagfile_read_cmp);

    for (i = 0; i < names.nelts; i++) {

        full.len = path->len + 1 + name[i].len;
        full.data = ngx_pnalloc(file->pool, full.len + 1);

        if (full.data == NULL) {
            file->err = NGX_ENOMEM;
            return NGX_ERROR;
        }

        *ngx_sprintf(full.data, "%V/%V", path, &name[i]) = '\0';

        rc = ngx_shop_flagfile_read_file(file, &full, &name[i]);

        if (rc == NGX_ERROR) {
            return NGX_ERROR;
        }

        /* it was opened, and from here on is only told */

        ngx_shop_utf8_printable(name[i].data, name[i].len);
    }

    return NGX_OK;
}


static int ngx_libc_cdecl
ngx_shop_flagfile_read_cmp(const void *one, const void *two)
{
    ngx_int_t         rc;
    const ngx_str_t  *a, *b;

    a = one;
    b = two;

    rc = ngx_memcmp(a->data, b->data, ngx_min(a->len, b->len));

    return (int) (rc ? rc : (ngx_int_t) a->len - (ngx_int_t) b->len);
}


/*
 * Adds one file to the entries.  The signature of a flag that is a file is
 * that of the file which was opened.
 */

static ngx_int_t
ngx_shop_flagfile_read_file(ngx_shop_flagfile_t *file, ngx_str_t *path,
    ngx_str_t *name)
{
    ngx_fd_t                    fd;
    ngx_int_t                   rc;
    ngx_file_info_t             fi;
    ngx_shop_flagfile_entry_t   entry, *slot;

    ngx_memzero(&entry, sizeof(ngx_shop_flagfile_entry_t));
    entry.name = *name;

    /* a pipe in the place of the flag must not block the worker */

    fd = ngx_open_file(path->data, NGX_FILE_RDONLY, NGX_FILE_NONBLOCK, 0);

    if (fd == NGX_INVALID_FILE) {
        entry.err = ngx_errno;
        rc = ngx_shop_flagfile_means(entry.err);

        if (rc == NGX_BUSY && name->len == 0
            && ngx_file_info(path->data, &fi) != NGX_FILE_ERROR)
        {
            ngx_shop_flagfile_sign(&file->sig, &fi);
        }

        goto done;
    }

    if (ngx_fd_info(fd, &fi) == NGX_FILE_ERROR) {
        entry.err = ngx_errno;
        rc = NGX_ERROR;

    } else {
        entry.mtime = fi.st_mtim.tv_sec;
        entry.ctime = ngx_shop_flagfile_read_ctime(path->data, &fi);

        if (name->len == 0) {
            ngx_shop_flagfile_sign(&file->sig, &fi);
        }

        if (ngx_is_file(&fi)) {
            entry.data.data = ngx_pnalloc(file->pool,
                                          NGX_SHOP_FLAG_MAX_SIZE + 1);
            rc = ngx_shop_flagfile_read_bytes(fd, &entry.data, &entry.err);

        } else {
            entry.err = NGX_EINVAL;
            rc = NGX_BUSY;
        }
    }

    if (ngx_close_file(fd) == NGX_FILE_ERROR) {
        ngx_log_error(NGX_LOG_ALERT, file->pool->log, ngx_errno,
                      ngx_close_file_n " \"%V\" failed", path);
    }

done:

    if (rc == NGX_DECLINED) {
        return rc;
    }

    slot = (rc == NGX_ERROR) ? NULL : ngx_array_push(&file->entries);

    if (slot == NULL) {
        file->err = rc == NGX_ERROR ? entry.err : NGX_ENOMEM;
        return NGX_ERROR;
    }

    *slot = entry;

    return NGX_OK;
}


/* a symlink may be newer than the file that it has just been made for */

static int64_t
ngx_shop_flagfile_read_ctime(u_char *path, ngx_file_info_t *fi)
{
    ngx_file_info_t  link;

    if (ngx_link_info(path, &link) != NGX_FILE_ERROR && ngx_is_link(&link)) {
        return ngx_max(link.st_ctim.tv_sec, fi->st_ctim.tv_sec);
    }

    return fi->st_ctim.tv_sec;
}


/*
 * data has room for one byte more than fits, which tells flagset that it does
 * not
 */

static ngx_int_t
ngx_shop_flagfile_read_bytes(ngx_fd_t fd, ngx_str_t *data, ngx_err_t *err)
{
    ssize_t  n;

    if (data->data == NULL) {
        *err = NGX_ENOMEM;
        return NGX_ERROR;
    }

    while (data->len <= NGX_SHOP_FLAG_MAX_SIZE) {

        n = read(fd, data->data + data->len,
                 NGX_SHOP_FLAG_MAX_SIZE + 1 - data->len);

        if (n == -1) {
            *err = ngx_errno;
            return ngx_shop_flagfile_means(*err) == NGX_BUSY
                   ? NGX_BUSY : NGX_ERROR;
        }

        if (n == 0) {
            return NGX_OK;
        }

        data->len += n;
    }

    return NGX_OK;
}


ngx_uint_t
ngx_shop_flagfile_read_agree(ngx_shop_flagfile_t *a, ngx_shop_flagfile_t *b)
{
    ngx_uint_t                  i;
    ngx_shop_flagfile_entry_t  *one, *two;

    if (a->rc != b->rc || a->err != b->err
        || ngx_memcmp(&a->sig, &b->sig, sizeof(a->sig)) != 0
        || a->entries.nelts != b->entries.nelts || a->many != b->many)
    {
        return 0;
    }

    one = a->entries.elts;
    two = b->entries.elts;

    for (i = 0; i < a->entries.nelts; i++) {
        if (one[i].err != two[i].err
            || !ngx_shop_flagfile_read_same(&one[i].name, &two[i].name)
            || !ngx_shop_flagfile_read_same(&one[i].data, &two[i].data))
        {
            return 0;
        }
    }

    return 1;
}


static ngx_uint_t
ngx_shop_flagfile_read_same(ngx_str_t *a, ngx_str_t *b)
{
    return a->len == b->len
           && (a->len == 0 || ngx_memcmp(a->data, b->data, a->len) == 0);
}
