
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * Which file is a key: one rule for shop_bypass_key, shop_control and shopctl.
 * Opens nothing: what the file is, and its bytes, come in as arguments.
 */


#ifndef _NGX_SHOP_KEYRULE_H_INCLUDED_
#define _NGX_SHOP_KEYRULE_H_INCLUDED_


#include "logic/text/base.h"


/* bytes of a key, without what ends its line; MAX: of its file */
#define NGX_SHOP_KEYRULE_MIN  32
#define NGX_SHOP_KEYRULE_MAX  4096


typedef enum {
    NGX_SHOP_KEYRULE_GOOD = 0,
    NGX_SHOP_KEYRULE_MISSING,   /* for the caller: cannot be read */
    NGX_SHOP_KEYRULE_NO_FILE,
    NGX_SHOP_KEYRULE_LINKED,    /* for the caller: by somebody else */
    NGX_SHOP_KEYRULE_EXPOSED,
    NGX_SHOP_KEYRULE_LONG,
    NGX_SHOP_KEYRULE_SHORT,
    NGX_SHOP_KEYRULE_UNSENT     /* cannot stand in a header */
} ngx_shop_keyrule_e;


/* what a file is; of the open one, so that it is the one that is read */
typedef struct {
    uint64_t                  size;
    unsigned                  mode;      /* as of chmod */
    unsigned                  regular:1;
} ngx_shop_keyrule_file_t;


/* 'key file "FILE" of DIRECTIVE <what>; <cure>FILE<end>' */
typedef struct {
    const char               *what;
    const char               *cure;
    const char               *end;
} ngx_shop_keyrule_text_t;


/* before it is read */
ngx_shop_keyrule_e ngx_shop_keyrule_file(const ngx_shop_keyrule_file_t *file);

/*
 * What was read of it, up to MAX + 1 bytes: cut to the key.  sent: it is sent
 * in a header, as that of shop_control.
 */
ngx_shop_keyrule_e ngx_shop_keyrule_key(ngx_shop_str_t *key, unsigned sent);

/* what is wrong, in words; not of GOOD */
const ngx_shop_keyrule_text_t *ngx_shop_keyrule_text(ngx_shop_keyrule_e rule);


#endif /* _NGX_SHOP_KEYRULE_H_INCLUDED_ */
