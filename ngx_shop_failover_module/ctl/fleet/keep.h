
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * What a follower keeps on its own disk: the flag, as one file of a directory,
 * and beside it, hidden, how far it has come.
 */


#ifndef _NGX_SHOP_KEEP_H_INCLUDED_
#define _NGX_SHOP_KEEP_H_INCLUDED_


#include "ctl/follow.h"
#include "logic/flag/flag.h"


typedef struct {
    ngx_shop_follow_t  at;               /* the file, its directory open */
    char               dir[NGX_SHOP_FOLLOW_PATH];
    char               state[NGX_SHOP_FOLLOW_PATH];   /* of the hidden one */

    unsigned           there:1;          /* as it is on disk */
    size_t             size;
    unsigned char      data[NGX_SHOP_FLAG_MAX_SIZE + 1];

    /* saved */
    int64_t            revision;         /* of the flag; 0: none yet */
    int64_t            orders;           /* the last one carried out */
} ngx_shop_keep_t;


/* of that engine; OK, or ERROR after it was said why */
int ngx_shop_keep_open(ngx_shop_keep_t *k, const char *dir, const char *name,
    const char *engine);

/* looks at the file again, which somebody may have changed */
void ngx_shop_keep_look(ngx_shop_keep_t *k);

/* all of it at once, for good.  OK, or errno */
int ngx_shop_keep_write(ngx_shop_keep_t *k, const unsigned char *data,
    size_t size);
int ngx_shop_keep_remove(ngx_shop_keep_t *k);
int ngx_shop_keep_save(ngx_shop_keep_t *k, const char *engine);

/* any file, in the same way */
int ngx_shop_keep_file(const char *path, const unsigned char *data,
    size_t size);


#endif /* _NGX_SHOP_KEEP_H_INCLUDED_ */
