
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * The state file is replaced: written beside it, flushed, renamed.
 */


#include "state/file.h"
#include "state/readfile.h"


static ngx_err_t ngx_shop_file_write_fill(int fd, u_char *data, size_t len);
static void ngx_shop_file_write_sync_directory(u_char *path);


void
ngx_shop_file_write(ngx_shop_model_zone_t *zone, u_char *data, size_t len,
    u_char *temp, ngx_shop_file_outcome_t *outcome)
{
    int  fd;

    outcome->what = "open()";

    /* of a worker that was killed, a link, or a file that others may write */

    (void) unlink((char *) temp);

    fd = open((char *) temp, O_WRONLY|O_CREAT|O_EXCL|O_CLOEXEC, 0600);
    if (fd == -1) {
        outcome->err = ngx_errno;
        return;
    }

    outcome->what = "write()";
    outcome->err = ngx_shop_file_write_fill(fd, data, len);

    if (outcome->err == 0 && fsync(fd) == -1) {
        outcome->what = "fsync()";
        outcome->err = ngx_errno;
    }

    if (close(fd) == -1 && outcome->err == 0) {
        outcome->what = "close()";
        outcome->err = ngx_errno;
    }

    if (outcome->err == 0
        && rename((char *) temp, (char *) zone->state_file.data) == -1)
    {
        outcome->what = "rename()";
        outcome->err = ngx_errno;
    }

    if (outcome->err) {
        (void) unlink((char *) temp);
        return;
    }

    ngx_shop_file_write_sync_directory(temp);
}


static ngx_err_t
ngx_shop_file_write_fill(int fd, u_char *data, size_t len)
{
    ssize_t  n;

    while (len) {
        n = write(fd, data, len);

        if (n == -1) {
            if (ngx_errno == NGX_EINTR) {
                continue;
            }

            return ngx_errno;
        }

        data += n;
        len -= n;
    }

    return 0;
}


/* so that the rename, too, outlives a power cut; cuts path */

static void
ngx_shop_file_write_sync_directory(u_char *path)
{
    int        fd;
    ngx_str_t  name;

    name.data = path;
    name.len = ngx_strlen(path);

    path[ngx_shop_readfile_parent(&name)] = '\0';

    fd = open((char *) path, O_RDONLY|O_DIRECTORY|O_CLOEXEC);

    if (fd != -1) {
        (void) fsync(fd);
        (void) close(fd);
    }
}
