
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * Where the symlinks of a flag lead, for who is about to write it.
 */


#ifndef _NGX_SHOP_FOLLOW_H_INCLUDED_
#define _NGX_SHOP_FOLLOW_H_INCLUDED_


#include <stddef.h>


#define NGX_SHOP_FOLLOW_PATH  4096
#define NGX_SHOP_FOLLOW_NAME  256


/* a file, there or not, as a name in a directory that is held open */
typedef struct {
    int   dir;                              /* -1: not open */
    int   err;                              /* errno, where it is */
    char  name[NGX_SHOP_FOLLOW_NAME];
    char  path[NGX_SHOP_FOLLOW_PATH];       /* for messages */
} ngx_shop_follow_t;


/*
 * Walks a path, one component at a time, as the kernel would, but through no
 * symlink that others may have put there, wherever in the path it is: root
 * would write, show or remove what only root may.  With last also a symlink
 * at the end is followed.
 *
 * OK; DECLINED: no such directory, or no right to search it (err); ERROR after
 * it was said why.
 */
int ngx_shop_follow_walk(ngx_shop_follow_t *f, const char *path, int last);

/* the directory of a path; dir has room for a path */
void ngx_shop_follow_dir(const char *path, char *dir);


#endif /* _NGX_SHOP_FOLLOW_H_INCLUDED_ */
