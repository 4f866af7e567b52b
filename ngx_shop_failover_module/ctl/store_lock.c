
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * The lock is that of the directory: the flag itself is replaced by rename, so
 * that a lock on it would be one on a file that is gone, and a directory needs
 * no file more, that would have to be made, owned and left behind.  NFS locks
 * only what is open for writing: there it is a hidden file.
 */


#include <errno.h>
#include <fcntl.h>
#include <sys/file.h>
#include <time.h>
#include <unistd.h>

#include "ctl/store_lock.h"
#include "ctl/say.h"


#define NGX_SHOP_STORE_LOCK_FILE  ".shopctl.lock"


static int ngx_shop_store_lock_wait(int fd, unsigned seconds);
static int64_t ngx_shop_store_lock_msec(void);


int
ngx_shop_store_lock_take(int dir, unsigned seconds)
{
    int  fd, rc;

    fd = openat(dir, ".", O_RDONLY|O_DIRECTORY|O_CLOEXEC);
    rc = ngx_shop_store_lock_wait(fd, seconds);

    if (rc == NGX_SHOP_ERROR) {
        fd = openat(dir, NGX_SHOP_STORE_LOCK_FILE,
                    O_RDWR|O_CREAT|O_NOFOLLOW|O_NONBLOCK|O_CLOEXEC, 0666);
        rc = ngx_shop_store_lock_wait(fd, seconds);
    }

    /* what cannot be locked can still be written */

    return rc == NGX_SHOP_ERROR ? NGX_SHOP_OK : rc;
}


/* OK or DECLINED, as above; ERROR: it cannot be locked */

static int
ngx_shop_store_lock_wait(int fd, unsigned seconds)
{
    int64_t          begun;
    struct timespec  pause;

    if (fd == -1) {
        return NGX_SHOP_ERROR;
    }

    begun = ngx_shop_store_lock_msec();
    pause.tv_sec = 0;
    pause.tv_nsec = 10 * 1000 * 1000;

    while (flock(fd, LOCK_EX|LOCK_NB) != 0) {

        if (errno != EWOULDBLOCK && errno != EINTR) {
            (void) close(fd);
            return NGX_SHOP_ERROR;
        }

        if (ngx_shop_store_lock_msec() - begun > (int64_t) seconds * 1000) {
            (void) close(fd);
            return NGX_SHOP_DECLINED;
        }

        (void) nanosleep(&pause, NULL);
    }

    return NGX_SHOP_OK;
}


static int64_t
ngx_shop_store_lock_msec(void)
{
    struct timespec  ts;

    (void) clock_gettime(CLOCK_MONOTONIC, &ts);

    return (int64_t) ts.tv_sec * 1000 + ts.tv_nsec / 1000000;
}
