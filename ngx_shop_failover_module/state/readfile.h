
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * Files of the operator's, read whole: the one way in which the master and
 * the workers open what others may have put there.
 *
 * Nothing that lies there can block (a pipe is not opened), nothing but a
 * regular file is read, and no more of it than the caller wants.  A symlink,
 * anywhere in the path, is followed only if it is root's or of the owner of
 * the file: who may write a directory cannot make root read a file that is
 * not his (as disable_symlinks if_not_owner, but for every link of a chain).
 */


#ifndef _NGX_SHOP_READFILE_H_INCLUDED_
#define _NGX_SHOP_READFILE_H_INCLUDED_


#include <ngx_config.h>
#include <ngx_core.h>


typedef enum {
    NGX_SHOP_READFILE_OK = 0,
    NGX_SHOP_READFILE_NONE,         /* there is none */
    NGX_SHOP_READFILE_FAILED,       /* err says why */
    NGX_SHOP_READFILE_KIND,         /* no regular file */
    NGX_SHOP_READFILE_LINK,         /* of somebody else */
    NGX_SHOP_READFILE_LARGE,
    NGX_SHOP_READFILE_EMPTY,
    NGX_SHOP_READFILE_CHANGED       /* while it was read */
} ngx_shop_readfile_e;


typedef struct {
    /* set by the caller */
    ngx_pool_t        *pool;                 /* of data */
    size_t             max;                  /* bytes */

    /* the result; a NUL follows the data */
    ngx_str_t          data;
    ngx_file_info_t    info;
    ngx_err_t          err;                  /* 0: no system call failed */
} ngx_shop_readfile_t;


/* path ends with a NUL.  Logs nothing. */
ngx_shop_readfile_e ngx_shop_readfile_whole(u_char *path,
    ngx_shop_readfile_t *file);

/* only opens: *fd is the caller's to close where it says OK */
ngx_shop_readfile_e ngx_shop_readfile_open(u_char *path,
    ngx_shop_readfile_t *file, ngx_fd_t *fd);

/* "is empty", to be said after the file's name */
const char *ngx_shop_readfile_words(ngx_shop_readfile_e outcome);

/* how many bytes of an absolute path are its directory, with the last "/" */
size_t ngx_shop_readfile_parent(const ngx_str_t *path);


#endif /* _NGX_SHOP_READFILE_H_INCLUDED_ */
