
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * What the files of a flag on disk know of each other; nobody else includes
 * this.
 */


#ifndef _NGX_SHOP_FLAGFILE_INSIDE_H_INCLUDED_
#define _NGX_SHOP_FLAGFILE_INSIDE_H_INCLUDED_


#include "nginx/watch/flagfile.h"


/* what a walk over a directory collects: names, or only the signature */
typedef struct {
    ngx_shop_layout_signature_t   *sig;
    ngx_array_t                   *names;    /* of ngx_str_t; NULL: none */
    ngx_pool_t                    *pool;     /* of the names */
    ngx_log_t                     *log;
} ngx_shop_flagfile_walk_t;


ngx_int_t ngx_shop_flagfile_stat(u_char *path, ngx_file_info_t *fi,
    ngx_err_t *err);
void ngx_shop_flagfile_sign(ngx_shop_layout_signature_t *sig,
    ngx_file_info_t *fi);
ngx_int_t ngx_shop_flagfile_walk(ngx_str_t *path,
    ngx_shop_flagfile_walk_t *walk, ngx_err_t *err);
ngx_int_t ngx_shop_flagfile_means(ngx_err_t err);


#endif /* _NGX_SHOP_FLAGFILE_INSIDE_H_INCLUDED_ */
