
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * The key file of a directive.
 */


#ifndef _NGX_SHOP_KEYFILE_H_INCLUDED_
#define _NGX_SHOP_KEYFILE_H_INCLUDED_


#include <ngx_config.h>
#include <ngx_core.h>


/*
 * Reads the file that a directive's first argument names, by the rule of
 * logic/pass/keyrule; sent: its key is sent in a header.  NGX_OK, or NGX_ERROR
 * after it was said why.
 */
ngx_int_t ngx_shop_keyfile_read(ngx_conf_t *cf, ngx_command_t *cmd,
    ngx_uint_t sent, ngx_str_t *key);


#endif /* _NGX_SHOP_KEYFILE_H_INCLUDED_ */
