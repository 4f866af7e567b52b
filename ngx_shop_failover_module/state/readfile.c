
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * A path is walked by its components, each opened from the directory before
 * it by O_PATH, which follows no symlink and has no effect on a pipe or a
 * device: what was looked at is what is opened, whoever renames meanwhile.
 */


#include "state/readfile.h"


#define NGX_SHOP_READFILE_LINKS  40      /* as Linux has it */


/* where the walk has come to */
typedef struct {
    ngx_fd_t      dir;
    ngx_uint_t    nlinks;
    ngx_uint_t    owned;                 /* a link that is not root's */
    ngx_uint_t    mixed;                 /* such links of two owners */
    uid_t         owner;                 /* of the link */
    u_char       *rest;                  /* of the path, in buf */
    u_char        buf[NGX_MAX_PATH];
} ngx_shop_readfile_walk_t;


static ngx_int_t ngx_shop_readfile_begin(ngx_shop_readfile_walk_t *w,
    u_char *path);
static ngx_int_t ngx_shop_readfile_step(ngx_shop_readfile_walk_t *w,
    ngx_file_info_t *fi, u_char **name);
static ngx_int_t ngx_shop_readfile_follow(ngx_shop_readfile_walk_t *w,
    ngx_fd_t link, ngx_file_info_t *fi);
static ngx_int_t ngx_shop_readfile_enter(ngx_shop_readfile_walk_t *w,
    ngx_fd_t dir);
static ngx_shop_readfile_e ngx_shop_readfile_last(ngx_shop_readfile_walk_t *w,
    u_char *name, ngx_shop_readfile_t *file, ngx_fd_t *fd);
static ngx_shop_readfile_e ngx_shop_readfile_bytes(ngx_fd_t fd,
    ngx_shop_readfile_t *file);


static const char  *ngx_shop_readfile_sentences[] = {
    "was read",
    "does not exist",
    "cannot be read",
    "is not a regular file",
    "is behind a symlink that is neither root's nor the file owner's",
    "is too large",
    "is empty",
    "was changed while it was read"
};


const char *
ngx_shop_readfile_words(ngx_shop_readfile_e outcome)
{
    return ngx_shop_readfile_sentences[outcome];
}


ngx_shop_readfile_e
ngx_shop_readfile_whole(u_char *path, ngx_shop_readfile_t *file)
{
    ngx_fd_t             fd;
    ngx_shop_readfile_e  outcome;

    outcome = ngx_shop_readfile_open(path, file, &fd);

    if (outcome != NGX_SHOP_READFILE_OK) {
        return outcome;
    }

    outcome = ngx_shop_readfile_bytes(fd, file);

    (void) ngx_close_file(fd);

    return outcome;
}


ngx_shop_readfile_e
ngx_shop_readfile_open(u_char *path, ngx_shop_readfile_t *file, ngx_fd_t *fd)
{
    u_char                    *name;
    ngx_int_t                  rc;
    ngx_shop_readfile_e        outcome;
    ngx_shop_readfile_walk_t   w;

    ngx_str_null(&file->data);
    file->err = 0;

    if (ngx_shop_readfile_begin(&w, path) == NGX_ERROR) {
        file->err = ngx_errno;
        return NGX_SHOP_READFILE_FAILED;
    }

    do {
        rc = ngx_shop_readfile_step(&w, &file->info, &name);
    } while (rc == NGX_AGAIN);

    if (rc == NGX_OK) {
        outcome = ngx_shop_readfile_last(&w, name, file, fd);

    } else if (rc == NGX_DECLINED) {
        outcome = NGX_SHOP_READFILE_KIND;

    } else {
        file->err = ngx_errno;
        outcome = (file->err == NGX_ENOENT)
                  ? NGX_SHOP_READFILE_NONE
                  : NGX_SHOP_READFILE_FAILED;
    }

    if (w.dir != NGX_INVALID_FILE) {
        (void) ngx_close_file(w.dir);
    }

    return outcome;
}


static ngx_int_t
ngx_shop_readfile_begin(ngx_shop_readfile_walk_t *w, u_char *path)
{
    if (ngx_strlen(path) >= NGX_MAX_PATH) {
        ngx_set_errno(ENAMETOOLONG);
        return NGX_ERROR;
    }

    (void) ngx_cpystrn(w->buf, path, NGX_MAX_PATH);

    w->rest = w->buf;
    w->nlinks = 0;
    w->owned = 0;
    w->mixed = 0;

    w->dir = open(path[0] == '/' ? "/" : ".", O_PATH|O_DIRECTORY|O_CLOEXEC);

    return w->dir == NGX_INVALID_FILE ? NGX_ERROR : NGX_OK;
}


/*
 * One component.  NGX_AGAIN: go on; NGX_OK: *name in w->dir is the last one,
 * and no symlink; NGX_DECLINED: the path leads to a directory.
 */

static ngx_int_t
ngx_shop_readfile_step(ngx_shop_readfile_walk_t *w, ngx_file_info_t *fi,
    u_char **name)
{
    u_char     *p;
    ngx_fd_t    fd;
    ngx_int_t   rc;

    for (p = w->rest; *p == '/'; p++) { /* void */ }

    if (*p == '\0') {
        return NGX_DECLINED;
    }

    *name = p;

    while (*p && *p != '/') {
        p++;
    }

    w->rest = p;

    if (*p) {
        *p = '\0';
        w->rest++;
    }

    fd = openat(w->dir, (char *) *name, O_PATH|O_NOFOLLOW|O_CLOEXEC);

    if (fd == NGX_INVALID_FILE) {
        return NGX_ERROR;
    }

    rc = NGX_ERROR;

    if (ngx_fd_info(fd, fi) != NGX_FILE_ERROR) {

        if (S_ISLNK(fi->st_mode)) {
            rc = ngx_shop_readfile_follow(w, fd, fi);

        } else if (w->rest == p) {
            rc = NGX_OK;

        } else {
            return ngx_shop_readfile_enter(w, fd);
        }
    }

    (void) ngx_close_file(fd);

    return rc;
}


/* what the link says takes the place of its name in the path */

static ngx_int_t
ngx_shop_readfile_follow(ngx_shop_readfile_walk_t *w, ngx_fd_t link,
    ngx_file_info_t *fi)
{
    size_t    len;
    u_char    path[NGX_MAX_PATH];
    ssize_t   n;

    if (fi->st_uid != 0) {
        w->mixed |= w->owned && w->owner != fi->st_uid;
        w->owned = 1;
        w->owner = fi->st_uid;
    }

    if (++w->nlinks > NGX_SHOP_READFILE_LINKS) {
        ngx_set_errno(NGX_ELOOP);
        return NGX_ERROR;
    }

    n = readlinkat(link, "", (char *) path, NGX_MAX_PATH);

    if (n == -1) {
        return NGX_ERROR;
    }

    len = ngx_strlen(w->rest);

    if (n + 1 + len >= NGX_MAX_PATH) {
        ngx_set_errno(ENAMETOOLONG);
        return NGX_ERROR;
    }

    if (len) {
        path[n++] = '/';
    }

    ngx_memcpy(&path[n], w->rest, len);
    ngx_memcpy(w->buf, path, n + len);
    w->buf[n + len] = '\0';
    w->rest = w->buf;

    if (w->buf[0] != '/') {
        return NGX_AGAIN;
    }

    return ngx_shop_readfile_enter(w, open("/", O_PATH|O_DIRECTORY|O_CLOEXEC));
}


static ngx_int_t
ngx_shop_readfile_enter(ngx_shop_readfile_walk_t *w, ngx_fd_t dir)
{
    (void) ngx_close_file(w->dir);

    w->dir = dir;

    return dir == NGX_INVALID_FILE ? NGX_ERROR : NGX_AGAIN;
}


static ngx_shop_readfile_e
ngx_shop_readfile_last(ngx_shop_readfile_walk_t *w, u_char *name,
    ngx_shop_readfile_t *file, ngx_fd_t *fd)
{
    ngx_shop_readfile_e  outcome;

    if (!ngx_is_file(&file->info)) {
        return NGX_SHOP_READFILE_KIND;
    }

    *fd = openat(w->dir, (char *) name,
                 O_RDONLY|O_NOFOLLOW|O_NONBLOCK|O_NOCTTY|O_CLOEXEC);

    if (*fd == NGX_INVALID_FILE) {
        file->err = ngx_errno;
        return NGX_SHOP_READFILE_FAILED;
    }

    outcome = NGX_SHOP_READFILE_OK;

    /* another one may have taken its name meanwhile */

    if (ngx_fd_info(*fd, &file->info) == NGX_FILE_ERROR) {
        file->err = ngx_errno;
        outcome = NGX_SHOP_READFILE_FAILED;

    } else if (!ngx_is_file(&file->info)) {
        outcome = NGX_SHOP_READFILE_KIND;

    } else if (w->mixed || (w->owned && w->owner != file->info.st_uid)) {
        outcome = NGX_SHOP_READFILE_LINK;
    }

    if (outcome != NGX_SHOP_READFILE_OK) {
        (void) ngx_close_file(*fd);
    }

    return outcome;
}


/* files of /proc have no size */

static ngx_shop_readfile_e
ngx_shop_readfile_bytes(ngx_fd_t fd, ngx_shop_readfile_t *file)
{
    size_t   size;
    ssize_t  n;

    if (ngx_file_size(&file->info) == 0) {
        return NGX_SHOP_READFILE_EMPTY;
    }

    if (ngx_file_size(&file->info) > (off_t) file->max) {
        return NGX_SHOP_READFILE_LARGE;
    }

    size = ngx_file_size(&file->info);

    file->data.data = ngx_pnalloc(file->pool, size + 1);
    if (file->data.data == NULL) {
        file->err = NGX_ENOMEM;
        return NGX_SHOP_READFILE_FAILED;
    }

    /* the byte too many tells that it has grown */

    while (file->data.len <= size) {
        n = read(fd, file->data.data + file->data.len,
                 size + 1 - file->data.len);

        if (n == 0) {
            break;
        }

        if (n == -1) {

            if (ngx_errno == NGX_EINTR) {
                continue;
            }

            file->err = ngx_errno;
            return NGX_SHOP_READFILE_FAILED;
        }

        file->data.len += n;
    }

    if (file->data.len != size) {
        return NGX_SHOP_READFILE_CHANGED;
    }

    file->data.data[size] = '\0';

    return NGX_SHOP_READFILE_OK;
}


size_t
ngx_shop_readfile_parent(const ngx_str_t *path)
{
    size_t  len;

    for (len = path->len; len > 1 && path->data[len - 1] != '/'; len--) {
        /* void */
    }

    return len;
}
