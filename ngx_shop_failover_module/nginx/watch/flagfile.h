
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * The flag on disk, a file or a directory of files: its signature and its
 * bytes.
 */


#ifndef _NGX_SHOP_FLAGFILE_H_INCLUDED_
#define _NGX_SHOP_FLAGFILE_H_INCLUDED_


#include "nginx/conf.h"


/* one file as it was read */
typedef struct {
    ngx_str_t                      name;     /* empty: not of a directory */
    ngx_err_t                      err;      /* there, but not readable */
    int64_t                        mtime;    /* Unix s */
    int64_t                        ctime;    /* Unix s */
    ngx_str_t                      data;     /* one byte too much: too big */
} ngx_shop_flagfile_entry_t;


/*
 * A whole flag as it was read, in a pool of its own.
 *
 * rc is NGX_OK: entries are what counts, at least one, by name, or many is set,
 * and none is read; NGX_DECLINED: there is nothing; NGX_ERROR: it cannot be
 * told (err), so the last known state is to stay.
 */
typedef struct {
    ngx_pool_t                    *pool;
    ngx_int_t                      rc;
    ngx_err_t                      err;
    ngx_shop_layout_signature_t    sig;      /* of what was read */
    ngx_array_t                    entries;
    ngx_uint_t                     many;     /* more than are read */
} ngx_shop_flagfile_t;


/*
 * What stands at path, without reading it.  NGX_OK: *sig is set, size -1 where
 * there is nothing.  NGX_ERROR: it cannot be told (*err).
 */
ngx_int_t ngx_shop_flagfile_look(ngx_str_t *path,
    ngx_shop_layout_signature_t *sig, ngx_err_t *err, ngx_log_t *log);

/* NULL: no memory; else to be freed */
ngx_shop_flagfile_t *ngx_shop_flagfile_read(ngx_str_t *path, ngx_log_t *log);

#define ngx_shop_flagfile_free(file)                                         \
    ngx_destroy_pool((file)->pool)

/* whether two reads found the same */
ngx_uint_t ngx_shop_flagfile_read_agree(ngx_shop_flagfile_t *a,
    ngx_shop_flagfile_t *b);


#endif /* _NGX_SHOP_FLAGFILE_H_INCLUDED_ */
