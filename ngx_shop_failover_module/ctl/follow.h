
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * Where the symlinks of a flag lead, for who is about to write it.
 */


#ifndef _NGX_SHOP_FAILOVER_FOLLOW_H_INCLUDED_
#define _NGX_SHOP_FAILOVER_FOLLOW_H_INCLUDED_


#include <stddef.h>


/*
 * Replaces a path that is a symlink by the one that it leads to, there or not.
 * ERROR after it was said why: a symlink in a directory that others may write
 * is refused, as it could make root write, and show, what only root may.
 */
int ngx_shop_failover_follow_links(char *path, size_t size);

/* the directory of a path; dir has room for a path */
void ngx_shop_failover_follow_dir(const char *path, char *dir);


#endif /* _NGX_SHOP_FAILOVER_FOLLOW_H_INCLUDED_ */
