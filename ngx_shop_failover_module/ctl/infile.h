
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * Files that shopctl reads: the one way in which they are opened, but for the
 * flag that it changes (ctl/follow).
 */


#ifndef _NGX_SHOP_INFILE_H_INCLUDED_
#define _NGX_SHOP_INFILE_H_INCLUDED_


#include <sys/stat.h>
#include <sys/types.h>


/*
 * A regular file, opened without waiting for whoever may write into a pipe;
 * piped: or the pipe that a shell has made of "<(...)" and "-".  -1, and errno:
 * it cannot be opened; *sb has then a mode only if it is another kind of file.
 */
int ngx_shop_infile_open(const char *path, int piped, struct stat *sb);

/* up to so many bytes of a regular file; -1 as above */
ssize_t ngx_shop_infile_read(const char *path, unsigned char *data,
    size_t size, struct stat *sb);

/* says why not, after -1 */
void ngx_shop_infile_refused(const char *path, const struct stat *sb);


#endif /* _NGX_SHOP_INFILE_H_INCLUDED_ */
