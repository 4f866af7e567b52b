
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * Files that shopctl reads.  Does not know what is in them.
 */


#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "ctl/infile.h"
#include "ctl/say.h"


/* of any other pipe nobody knows whether somebody will ever write to it */

static int
ngx_shop_infile_is_shells(const char *path)
{
    return strcmp(path, "/dev/stdin") == 0
           || strncmp(path, "/dev/fd/", 8) == 0
           || strncmp(path, "/proc/self/fd/", 14) == 0;
}


int
ngx_shop_infile_open(const char *path, int piped, struct stat *sb)
{
    int  fd, err;

    memset(sb, 0, sizeof(struct stat));

    piped = piped && ngx_shop_infile_is_shells(path);

    fd = open(path, O_RDONLY|O_NOCTTY|O_CLOEXEC|(piped ? 0 : O_NONBLOCK));

    if (fd == -1) {
        return -1;
    }

    if (fstat(fd, sb) != 0) {
        err = errno;

    } else if (S_ISREG(sb->st_mode) || (piped && !S_ISDIR(sb->st_mode))) {
        return fd;

    } else {
        err = EINVAL;
    }

    (void) close(fd);
    errno = err;

    return -1;
}


ssize_t
ngx_shop_infile_read(const char *path, unsigned char *data, size_t size,
    struct stat *sb)
{
    int      fd, err;
    size_t   len;
    ssize_t  n;

    fd = ngx_shop_infile_open(path, 0, sb);

    if (fd == -1) {
        return -1;
    }

    len = 0;

    do {
        n = read(fd, data + len, size - len);
        len += n > 0 ? (size_t) n : 0;
    } while (n > 0 && len < size);

    err = errno;
    (void) close(fd);
    errno = err;

    if (n == -1) {
        memset(sb, 0, sizeof(struct stat));
        return -1;
    }

    return (ssize_t) len;
}


void
ngx_shop_infile_refused(const char *path, const struct stat *sb)
{
    if (sb->st_mode == 0) {
        (void) ngx_shop_say_errno(errno, "cannot read \"%s\"", path);
        return;
    }

    (void) ngx_shop_say_error("cannot read \"%s\": it is no "
                              "regular file, but a %s", path,
                              S_ISDIR(sb->st_mode) ? "directory"
                              : "device, a pipe or a socket");
}
