
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * The flag on disk.  Knows files, not what is in them.
 */


#include "nginx/watch/flagfile.h"

#include "logic/text/utf8.h"


/* what a walk over a directory collects: names, or only the signature */
typedef struct {
    ngx_shop_layout_signature_t   *sig;
    ngx_array_t                   *names;    /* of ngx_str_t; NULL: none */
    ngx_pool_t                    *pool;     /* of the names */
    ngx_log_t                     *log;
} ngx_shop_flagfile_walk_t;


static ngx_int_t ngx_shop_flagfile_stat(u_char *path, ngx_file_info_t *fi,
    ngx_err_t *err);
static void ngx_shop_flagfile_sign(ngx_shop_layout_signature_t *sig,
    ngx_file_info_t *fi);
static void ngx_shop_flagfile_fold(ngx_shop_layout_signature_t *sig,
    ngx_str_t *name, ngx_file_info_t *fi);
static ngx_int_t ngx_shop_flagfile_walk(ngx_str_t *path,
    ngx_shop_flagfile_walk_t *walk, ngx_err_t *err);
static ngx_int_t ngx_shop_flagfile_visit(ngx_str_t *path, ngx_str_t *name,
    ngx_shop_flagfile_walk_t *walk, ngx_err_t *err);
static ngx_int_t ngx_shop_flagfile_file(ngx_shop_flagfile_t *file,
    ngx_str_t *path, ngx_str_t *name);
static ngx_int_t ngx_shop_flagfile_directory(ngx_shop_flagfile_t *file,
    ngx_str_t *path);
static int64_t ngx_shop_flagfile_ctime(u_char *path, ngx_file_info_t *fi);
static ngx_int_t ngx_shop_flagfile_bytes(ngx_fd_t fd, ngx_str_t *data,
    ngx_err_t *err);
static ngx_int_t ngx_shop_flagfile_means(ngx_err_t err);
static int ngx_libc_cdecl ngx_shop_flagfile_cmp(const void *one,
    const void *two);
static ngx_uint_t ngx_shop_flagfile_same(ngx_str_t *a, ngx_str_t *b);


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


static ngx_int_t
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

static ngx_int_t
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


static void
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

static ngx_int_t
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
        file->rc = ngx_shop_flagfile_directory(file, path);

    } else if (file->rc == NGX_OK || file->rc == NGX_BUSY) {
        file->sig.size = -2;
        file->rc = ngx_shop_flagfile_file(file, path, &none);
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
ngx_shop_flagfile_directory(ngx_shop_flagfile_t *file, ngx_str_t *path)
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

    ngx_qsort(name, names.nelts, sizeof(ngx_str_t), ngx_shop_flagfile_cmp);

    for (i = 0; i < names.nelts; i++) {

        full.len = path->len + 1 + name[i].len;
        full.data = ngx_pnalloc(file->pool, full.len + 1);

        if (full.data == NULL) {
            file->err = NGX_ENOMEM;
            return NGX_ERROR;
        }

        *ngx_sprintf(full.data, "%V/%V", path, &name[i]) = '\0';

        rc = ngx_shop_flagfile_file(file, &full, &name[i]);

        if (rc == NGX_ERROR) {
            return NGX_ERROR;
        }

        /* it was opened, and from here on is only told */

        ngx_shop_utf8_printable(name[i].data, name[i].len);
    }

    return NGX_OK;
}


static int ngx_libc_cdecl
ngx_shop_flagfile_cmp(const void *one, const void *two)
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
ngx_shop_flagfile_file(ngx_shop_flagfile_t *file, ngx_str_t *path,
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
        entry.ctime = ngx_shop_flagfile_ctime(path->data, &fi);

        if (name->len == 0) {
            ngx_shop_flagfile_sign(&file->sig, &fi);
        }

        if (ngx_is_file(&fi)) {
            entry.data.data = ngx_pnalloc(file->pool,
                                          NGX_SHOP_FLAG_MAX_SIZE + 1);
            rc = ngx_shop_flagfile_bytes(fd, &entry.data, &entry.err);

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
ngx_shop_flagfile_ctime(u_char *path, ngx_file_info_t *fi)
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
ngx_shop_flagfile_bytes(ngx_fd_t fd, ngx_str_t *data, ngx_err_t *err)
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
ngx_shop_flagfile_agree(ngx_shop_flagfile_t *a, ngx_shop_flagfile_t *b)
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
            || !ngx_shop_flagfile_same(&one[i].name, &two[i].name)
            || !ngx_shop_flagfile_same(&one[i].data, &two[i].data))
        {
            return 0;
        }
    }

    return 1;
}


static ngx_uint_t
ngx_shop_flagfile_same(ngx_str_t *a, ngx_str_t *b)
{
    return a->len == b->len
           && (a->len == 0 || ngx_memcmp(a->data, b->data, a->len) == 0);
}
